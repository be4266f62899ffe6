//! The Starter of a machine: policy. It decides that a process of its machine leaves, and which of others may come.

use super::{Host, Job, Message, OfferId, Output, Request, Timer, partner, patience, starter_of};
use crate::{Context, NodeId, Offer, Process as _, Status, Tone, Wait, sorted::Set};
use serde::Serialize;

/// What a Starter knows.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Starter {
    /// Processes of its machine, as far as it was told.
    runs: Vec<Job>,
    /// Those that it has let in and that have not come yet.
    expected: Set<OfferId>,
    /// Which process it wants to send away, and which Starter it has asked.
    asked: Option<(Job, NodeId)>,
    /// How many machines there are, and which is its own.
    machines: u32,
    own: u32,
}

impl Starter {
    pub fn new(runs: Vec<Job>, own: u32, machines: u32) -> Self {
        Self { runs, expected: Set::new(), asked: None, machines, own }
    }

    /// Step 1: a process is to move.
    pub fn propose(&mut self, process: u32, machine: u32, ctx: &mut Context<'_, Host>) {
        let Some(&job) = self.runs.iter().find(|job| job.number == process) else { return };
        let other = starter_of(machine);
        ctx.line("ask");
        ctx.note(format_args!("{} wants to send P{process} away and asks {}.", ctx.name(ctx.me()), ctx.name(other)));
        self.asked = Some((job, other));
        ctx.set_timer(patience(ctx), Timer::NoAnswer);
        ctx.send(other, Message::Ask(job));
    }

    pub fn on_message(&mut self, from: NodeId, message: &Message, ctx: &mut Context<'_, Host>) {
        match *message {
            Message::Ask(job) => self.answer(from, job, ctx),
            Message::Agree(job) => {
                let Some((_, to)) = self.asked.take_if(|asked| *asked == (job, from)) else { return };
                ctx.line("decide");
                ctx.note(format_args!("{} agrees: the kernel is told to offer P{}.", ctx.name(to), job.number));
                ctx.cancel_timer(Timer::NoAnswer);
                ctx.send(partner(ctx.me()), Message::MigrateOut { job, to: partner(to) });
            }
            Message::Decline(job) if self.asked == Some((job, from)) => self.give_up(ctx),
            Message::Relay { offer, job } => self.admit(offer, job, ctx),
            Message::Gone(job) => self.runs.retain(|known| *known != job),
            Message::Arrived { offer, job } => {
                self.expected.remove(&offer);
                self.runs.push(job);
            }
            Message::Dropped { offer } => {
                self.expected.remove(&offer);
            }
            _ => {}
        }
    }

    /// Whether it wants one more process.
    fn has_room(&self, ctx: &Context<'_, Host>) -> bool {
        ((self.runs.len() + self.expected.len()) as i64) < ctx.setup().parameter("processes")
    }

    /// Step 2: would it take that process?
    fn answer(&mut self, from: NodeId, job: Job, ctx: &mut Context<'_, Host>) {
        if self.has_room(ctx) {
            ctx.line("agree");
            ctx.note(format_args!("{} would take P{}, as things stand.", ctx.name(ctx.me()), job.number));
            ctx.send(from, Message::Agree(job));
        } else {
            ctx.line("decline");
            ctx.note(format_args!("{} has enough processes already.", ctx.name(ctx.me())));
            ctx.send(from, Message::Decline(job));
        }
    }

    /// Step 6: its kernel has room for what was offered. Does it still want it?
    fn admit(&mut self, offer: OfferId, job: Job, ctx: &mut Context<'_, Host>) {
        let kernel = partner(ctx.me());
        if self.has_room(ctx) {
            ctx.line("migrate-in");
            ctx.note(format_args!("{} wants P{}: its kernel may take it.", ctx.name(ctx.me()), job.number));
            self.expected.insert(offer);
            ctx.send(kernel, Message::MigrateIn { offer });
        } else {
            ctx.line("deny");
            ctx.note(format_args!("{} has let others in meanwhile.", ctx.name(ctx.me())));
            ctx.send(kernel, Message::Deny { offer });
        }
    }

    /// The other Starter has said no, or nothing.
    pub fn give_up(&mut self, ctx: &mut Context<'_, Host>) {
        let Some((job, other)) = self.asked.take() else { return };
        ctx.line("stays");
        ctx.note(format_args!("{} does not agree: P{} stays.", ctx.name(other), job.number));
        ctx.cancel_timer(Timer::NoAnswer);
        ctx.output(Output::Stays { process: job.number });
    }

    pub fn offers(&self) -> Vec<Offer<Request>> {
        let pair = |job: &Job| {
            let process = job.number;
            let others = (0..self.machines).filter(|&machine| machine != self.own);
            others.map(move |machine| Request::Move { process, machine }).collect::<Vec<_>>()
        };
        let offer = |request: Request| {
            let label = Host::label(&request).unwrap_or_default();
            let refusal = self.check(&request).err();
            Offer::ready(label, request).refused_if(refusal.is_some(), refusal.unwrap_or_default())
        };
        self.runs.iter().flat_map(pair).map(offer).collect()
    }

    pub fn check(&self, request: &Request) -> Result<(), String> {
        let Request::Move { process, machine } = request;
        if self.asked.is_some() {
            return Err("It has asked another Starter and waits for the answer.".to_owned());
        }
        if self.runs.iter().all(|job| job.number != *process) {
            return Err(format!("P{process} is not on this machine."));
        }
        if *machine >= self.machines || *machine == self.own {
            return Err("It moves to another machine.".to_owned());
        }
        Ok(())
    }

    pub fn status(&self) -> Status {
        let expected = self.expected.len();
        match self.asked {
            Some((job, _)) => Status::new("asking", Tone::Waiting).detail(format!("for P{}", job.number)),
            None if expected > 0 => Status::new("expects", Tone::Active).detail(format!("{expected} to come")),
            None => Status::new("idle", Tone::Idle).detail(match self.runs.len() {
                1 => "1 process".to_owned(),
                count => format!("{count} processes"),
            }),
        }
    }

    pub fn waits_for(&self) -> Vec<Wait> {
        self.asked.iter().map(|&(job, other)| Wait::node(other, format!("its answer about P{}", job.number))).collect()
    }
}
