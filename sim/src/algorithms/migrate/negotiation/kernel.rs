//! The kernel of a machine: mechanism. It has the processes and the memory, and does what its Starter says, if it can.

use super::{Host, Job, Message, OfferId, Output, Timer, partner, patience};
use crate::{Context, Gauge, NodeId, Part, PartId, PartKind, Status, Tone, Wait};
use serde::Serialize;

/// What a kernel has.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Kernel {
    /// Megabytes.
    pub memory: u32,
    /// Processes that are here.
    pub jobs: Vec<Job>,
    /// Room that is kept for processes that were accepted.
    pub reserved: Vec<(OfferId, Job)>,
    /// Offers of others, of which its Starter has been told.
    relayed: Vec<(OfferId, Job)>,
    /// Its own offers, each with the kernel to which it was made.
    made: Vec<(OfferId, Job, NodeId)>,
    /// How many it has made in all.
    offers: u32,
}

impl Kernel {
    pub fn new(memory: u32, jobs: Vec<Job>) -> Self {
        Self { memory, jobs, reserved: vec![], relayed: vec![], made: vec![], offers: 0 }
    }

    /// Megabytes that are taken or promised.
    pub fn used(&self) -> u32 {
        self.jobs.iter().chain(self.reserved.iter().map(|(_, job)| job)).map(|job| job.size).sum()
    }

    fn fits(&self, job: Job) -> bool {
        job.size <= self.memory.saturating_sub(self.used())
    }

    pub fn on_message(&mut self, from: NodeId, message: &Message, ctx: &mut Context<'_, Host>) {
        match *message {
            Message::MigrateOut { job, to } => self.offer(job, to, ctx),
            Message::Offer { offer, job } => self.consider(offer, job, ctx),
            Message::MigrateIn { offer } => self.reserve(offer, ctx),
            Message::Deny { offer } => {
                self.relayed.retain(|(known, _)| *known != offer);
                ctx.line("reject");
                ctx.note("Its Starter does not want it.");
                ctx.send(offer.kernel, Message::Reject { offer });
            }
            Message::Accept { offer } => self.transfer(from, offer, ctx),
            Message::Reject { offer } => {
                if let Some((_, job)) = self.end_offer(offer, ctx) {
                    ctx.line("refused");
                    ctx.note(format_args!("{} does not take it: P{} stays.", ctx.name(from), job.number));
                    ctx.output(Output::Stays { process: job.number });
                }
            }
            Message::Withdraw { offer } => self.release(offer, ctx),
            Message::Transfer { offer, job } => {
                self.reserved.retain(|(known, _)| *known != offer);
                self.jobs.push(job);
                ctx.line("arrived");
                ctx.note(format_args!("P{} is here, in the place that was kept for it.", job.number));
                ctx.output(Output::Moved { process: job.number });
                ctx.send(partner(ctx.me()), Message::Arrived { offer, job });
            }
            _ => {}
        }
    }

    /// Step 4: its Starter wants a process to leave.
    fn offer(&mut self, job: Job, to: NodeId, ctx: &mut Context<'_, Host>) {
        let here = self.jobs.contains(&job) && self.made.iter().all(|(_, made, _)| *made != job);
        if !here {
            return ctx.note(format_args!("P{} is not here, or is offered already.", job.number));
        }
        self.offers += 1;
        let offer = OfferId { kernel: ctx.me(), number: self.offers };
        ctx.line("offer");
        ctx.note(format_args!("P{} is offered to {}: {} MB.", job.number, ctx.name(to), job.size));
        self.made.push((offer, job, to));
        ctx.set_timer(patience(ctx), Timer::NoAccept { offer });
        ctx.send(to, Message::Offer { offer, job });
    }

    /// Step 5: another kernel offers a process.
    fn consider(&mut self, offer: OfferId, job: Job, ctx: &mut Context<'_, Host>) {
        let free = self.memory.saturating_sub(self.used());
        if !self.fits(job) {
            ctx.line("no-room");
            ctx.note(format_args!("P{} needs {} MB, and {free} MB are free.", job.number, job.size));
            ctx.output(Output::NoRoom { process: job.number });
            return ctx.send(offer.kernel, Message::Reject { offer });
        }
        ctx.line("relay");
        ctx.note(format_args!("There is room for P{}: {free} MB are free. The Starter is asked.", job.number));
        self.relayed.push((offer, job));
        if ctx.setup().variant("asks-nobody") {
            return self.reserve(offer, ctx);
        }
        ctx.send(partner(ctx.me()), Message::Relay { offer, job });
    }

    /// Step 7: its Starter wants it. Is there still room?
    fn reserve(&mut self, offer: OfferId, ctx: &mut Context<'_, Host>) {
        let starter = partner(ctx.me());
        let Some(at) = self.relayed.iter().position(|(known, _)| *known == offer) else {
            ctx.line("withdrawn");
            ctx.note("The offer was withdrawn meanwhile.");
            return ctx.send(starter, Message::Dropped { offer });
        };
        let (_, job) = self.relayed.remove(at);
        if !self.fits(job) && !ctx.setup().variant("no-second-look") {
            ctx.line("room-gone");
            ctx.note(format_args!("The room for P{} was promised to another meanwhile.", job.number));
            ctx.output(Output::NoRoom { process: job.number });
            ctx.send(starter, Message::Dropped { offer });
            return ctx.send(offer.kernel, Message::Reject { offer });
        }
        ctx.line("reserve");
        ctx.note(format_args!("{} MB are kept for P{}.", job.size, job.number));
        if !ctx.setup().variant("reserves-nothing") {
            self.reserved.push((offer, job));
        }
        ctx.send(offer.kernel, Message::Accept { offer });
    }

    /// Step 8: the other kernel has reserved the memory.
    fn transfer(&mut self, from: NodeId, offer: OfferId, ctx: &mut Context<'_, Host>) {
        let Some((_, job)) = self.end_offer(offer, ctx) else {
            ctx.line("too-late");
            ctx.note("The offer does not hold any more: the place is given back.");
            if !ctx.setup().variant("no-withdrawal") {
                ctx.send(from, Message::Withdraw { offer });
            }
            return;
        };
        ctx.line("transfer");
        ctx.note(format_args!("A place is kept for P{} at {}: it leaves.", job.number, ctx.name(from)));
        self.jobs.retain(|known| *known != job);
        ctx.send(from, Message::Transfer { offer, job });
        ctx.send(partner(ctx.me()), Message::Gone(job));
    }

    /// An offer of its own is over.
    fn end_offer(&mut self, offer: OfferId, ctx: &mut Context<'_, Host>) -> Option<(NodeId, Job)> {
        let at = self.made.iter().position(|(known, ..)| *known == offer)?;
        let (_, job, to) = self.made.remove(at);
        ctx.cancel_timer(Timer::NoAccept { offer });
        Some((to, job))
    }

    /// Nobody has answered.
    pub fn withdraw(&mut self, offer: OfferId, ctx: &mut Context<'_, Host>) {
        let Some((to, job)) = self.end_offer(offer, ctx) else { return };
        ctx.line("withdraw");
        ctx.note(format_args!("{} does not answer: P{} stays, and the offer is withdrawn.", ctx.name(to), job.number));
        ctx.output(Output::Stays { process: job.number });
        if !ctx.setup().variant("no-withdrawal") {
            ctx.send(to, Message::Withdraw { offer });
        }
        if ctx.setup().variant("late-accept") {
            self.made.push((offer, job, to));
        }
    }

    /// An offer of another is withdrawn.
    fn release(&mut self, offer: OfferId, ctx: &mut Context<'_, Host>) {
        ctx.line("release");
        self.relayed.retain(|(known, _)| *known != offer);
        if let Some(at) = self.reserved.iter().position(|(known, _)| *known == offer) {
            let (_, job) = self.reserved.remove(at);
            ctx.note(format_args!("P{} does not come: {} MB are free again.", job.number, job.size));
            ctx.send(partner(ctx.me()), Message::Dropped { offer });
        }
    }

    pub fn status(&self) -> Status {
        let (tone, word) = match (self.made.is_empty(), self.reserved.is_empty()) {
            (false, _) => (Tone::Waiting, "offering"),
            (true, false) => (Tone::Active, "reserved"),
            (true, true) => (Tone::Idle, "memory"),
        };
        let detail = format!("{} of {} MB", self.used(), self.memory);
        let gauge = Gauge { name: "memory", value: self.used(), full: self.memory.max(1), marks: vec![] };
        Status::new(word, tone).detail(detail).gauge(gauge)
    }

    pub fn waits_for(&self) -> Vec<Wait> {
        let wait = |&(_, job, to): &(OfferId, Job, NodeId)| Wait::node(to, format!("its answer about P{}", job.number));
        self.made.iter().map(wait).collect()
    }

    pub fn parts(&self) -> Vec<Part> {
        let part = |job: &Job, tone: Tone, word: &str| Part {
            id: PartId(job.number),
            name: format!("P{}", job.number),
            kind: PartKind::Process,
            tone,
            word: word.to_owned(),
        };
        let offered = |job: &Job| self.made.iter().any(|(_, made, _)| made == job);
        let here = self.jobs.iter().map(|job| match offered(job) {
            true => part(job, Tone::Waiting, "is offered"),
            false => part(job, Tone::Active, "runs"),
        });
        here.chain(self.reserved.iter().map(|(_, job)| part(job, Tone::Idle, "place kept"))).collect()
    }
}
