//! The machine that a process leaves.

use super::{Machine, Message, Output, Timer, rules, rules::Strategy};
use crate::sorted::Set;
use crate::{Context, Micros, NodeId};
use serde::Serialize;
use std::fmt;

/// A move of the process away from this machine.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Outgoing {
    /// Where it goes.
    pub to: NodeId,
    /// How far it is.
    pub phase: Phase,
    /// Pages that are still to leave, the next one last.
    pub queue: Vec<u32>,
    /// Pages of the state that are still to leave.
    pub state: u32,
    /// Pages that were sent to the target, all rounds together.
    pub sent: u32,
    /// The rounds of copying so far, and how many pages the latest had.
    pub round: u32,
    pub size: u32,
    /// Pages that have changed since the latest round began.
    pub changed: Set<u32>,
}

/// How far a move is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// The process runs, and its pages are copied.
    Copying,
    /// A round is over, but the process waits for a page, and is not frozen before that has come.
    Waiting,
    /// The process is frozen, and pages leave.
    Frozen,
    /// The pages have left for the file server, which has not said yet that it has them.
    ToDisk,
    /// The state has left.
    Sent,
}

impl Machine {
    /// The process is to move.
    pub(super) fn migrate(&mut self, to: NodeId, ctx: &mut Context<'_, Self>) {
        let state = ctx.setup().parameter("state") as u32;
        let Some(program) = &mut self.program else { return };
        program.attempt += 1;
        ctx.line("begin");
        ctx.note(format_args!("P is to move from {} to {}.", ctx.name(ctx.me()), ctx.name(to)));
        self.outgoing = Some(Outgoing {
            to,
            phase: Phase::Copying,
            queue: vec![],
            state,
            sent: 0,
            round: 0,
            size: u32::MAX,
            changed: Set::new(),
        });
        let all = self.pages_here(|_| true);
        if Strategy::of(ctx.setup()).copies_first() { self.copy(all, ctx) } else { self.freeze(None, ctx) }
    }

    /// The pages here that are as asked for, the first one last.
    fn pages_here(&self, wanted: impl Fn(rules::Frame) -> bool) -> Vec<u32> {
        let here = self.memory.iter().enumerate().rev();
        here.filter(|(_, frame)| frame.is_some_and(&wanted)).map(|(page, _)| page as u32).collect()
    }

    /// A round of copying begins.
    fn copy(&mut self, queue: Vec<u32>, ctx: &mut Context<'_, Self>) {
        let Some(outgoing) = &mut self.outgoing else { return };
        outgoing.round += 1;
        outgoing.size = queue.len() as u32;
        outgoing.queue = queue;
        outgoing.changed.clear();
        let (number, pages) = (outgoing.round, outgoing.size);
        ctx.line("round");
        ctx.note(format_args!("Round {number} copies {pages} pages, while P runs on."));
        ctx.output(Output::Round { number, pages });
        self.ship_on(ctx);
    }

    /// The process has changed a page, or fetched one: it has to be copied again.
    pub(super) fn note_change(&mut self, page: u32, ctx: &mut Context<'_, Self>) {
        let Some(outgoing) = self.outgoing.as_mut().filter(|outgoing| outgoing.phase == Phase::Copying) else { return };
        if ctx.setup().variant("misses-change") && !outgoing.queue.contains(&page) {
            return;
        }
        ctx.line("changed");
        outgoing.changed.insert(page);
    }

    /// A round is over: another one, or is little enough left?
    fn end_of_round(&mut self, ctx: &mut Context<'_, Self>) {
        let awaits = self.program.as_ref().is_some_and(|program| program.awaits.is_some());
        let Some(outgoing) = &mut self.outgoing else { return };
        let left = outgoing.changed.len() as u32;
        let few = left <= ctx.setup().parameter("stop-at") as u32;
        let last = outgoing.round >= ctx.setup().parameter("rounds") as u32;
        let changed: Vec<u32> = outgoing.changed.iter().rev().copied().collect();
        if !few && !last && left < outgoing.size {
            return self.copy(changed, ctx);
        }
        if awaits {
            // The table of a frozen process must not change: first the page.
            outgoing.phase = Phase::Waiting;
            return;
        }
        ctx.line("stop");
        let why = match (few, last) {
            (true, _) => "that is little enough",
            (_, true) => "but this was the last round",
            _ => "the rounds do not shrink",
        };
        ctx.note(format_args!("Pages that have changed meanwhile: {left}; {why}."));
        self.freeze(Some(changed), ctx);
    }

    /// The page has come for which the process had to wait at the end of a round.
    pub(super) fn after_the_wait(&mut self, ctx: &mut Context<'_, Self>) {
        if let Some(outgoing) = self.outgoing.as_mut().filter(|outgoing| outgoing.phase == Phase::Waiting) {
            outgoing.phase = Phase::Copying;
            self.end_of_round(ctx);
        }
    }

    /// The process stops; what the strategy ships while it is frozen leaves, or what is left of the copying.
    fn freeze(&mut self, left: Option<Vec<u32>>, ctx: &mut Context<'_, Self>) {
        let strategy = Strategy::of(ctx.setup());
        let queue = left.unwrap_or_else(|| self.pages_here(|frame| strategy.ships(frame)));
        let changed = self.pages_here(|frame| frame.dirty).len() as u32;
        let (Some(program), Some(outgoing)) = (&mut self.program, &mut self.outgoing) else { return };
        program.frozen = true;
        program.froze = ctx.hardware_clock();
        program.changed += changed;
        outgoing.phase = Phase::Frozen;
        outgoing.size = queue.len() as u32;
        outgoing.queue = queue;
        let pages = outgoing.size;
        ctx.line("freeze");
        if !ctx.setup().variant("runs-on") {
            ctx.cancel_timer(Timer::NextAccess);
        }
        ctx.note(format_args!("P is frozen. Pages that leave before it runs again: {pages}."));
        ctx.output(Output::Frozen { pages });
        self.ship_on(ctx);
    }

    /// A page has left.
    pub(super) fn ship(&mut self, ctx: &mut Context<'_, Self>) {
        let server = self.server.filter(|_| Strategy::of(ctx.setup()) == Strategy::Flushing);
        let (Some(program), Some(outgoing)) = (&mut self.program, &mut self.outgoing) else { return };
        let attempt = program.attempt;
        program.shipped += u32::from(program.frozen);
        match outgoing.queue.pop() {
            None => outgoing.state = outgoing.state.saturating_sub(1),
            Some(page) => {
                let Some(frame) = self.memory[page as usize] else { return };
                ctx.line("page");
                let by = server.unwrap_or(outgoing.to);
                ctx.note(format_args!("Page {page} leaves for {}.", ctx.name(by)));
                if server.is_some() {
                    ctx.send(by, Message::Flush { attempt, page, value: frame.value, of: outgoing.size });
                } else {
                    outgoing.sent += 1;
                    ctx.send(by, Message::Page { attempt, page, frame });
                }
            }
        }
        self.ship_on(ctx);
    }

    /// What comes next: a page, the next round, the state.
    fn ship_on(&mut self, ctx: &mut Context<'_, Self>) {
        let flushes = Strategy::of(ctx.setup()) == Strategy::Flushing && !ctx.setup().variant("no-receipt");
        let (Some(program), Some(outgoing)) = (&self.program, &mut self.outgoing) else { return };
        let attempt = program.attempt;
        if !outgoing.queue.is_empty() {
            return ctx.set_timer(ctx.setup().span("page-time"), Timer::PageLeaves);
        }
        match outgoing.phase {
            Phase::Copying => self.end_of_round(ctx),
            Phase::Frozen if flushes && outgoing.size > 0 => {
                outgoing.phase = Phase::ToDisk;
                ctx.set_timer(ctx.setup().span("timeout"), Timer::GiveUp { attempt });
            }
            Phase::Frozen if outgoing.state > 0 => ctx.set_timer(ctx.setup().span("page-time"), Timer::PageLeaves),
            Phase::Frozen => self.send_state(ctx),
            Phase::Waiting | Phase::ToDisk | Phase::Sent => {}
        }
    }

    /// The file server has all changed pages.
    pub(super) fn flushed(&mut self, attempt: u32, ctx: &mut Context<'_, Self>) {
        let Some(outgoing) = self.outgoing.as_mut().filter(|outgoing| outgoing.phase == Phase::ToDisk) else { return };
        if self.program.as_ref().is_none_or(|program| program.attempt != attempt) {
            return;
        }
        ctx.line("on-disk");
        ctx.note("The file server has every changed page.");
        ctx.cancel_timer(Timer::GiveUp { attempt });
        outgoing.phase = Phase::Frozen;
        outgoing.size = 0;
        self.ship_on(ctx);
    }

    /// The rest of the process leaves, with the table that says where its pages will be.
    fn send_state(&mut self, ctx: &mut Context<'_, Self>) {
        let (strategy, server, me) = (Strategy::of(ctx.setup()), self.server, ctx.me());
        let (Some(program), Some(outgoing)) = (&mut self.program, &mut self.outgoing) else { return };
        let attempt = program.attempt;
        let to = outgoing.to;
        outgoing.phase = Phase::Sent;
        let mut copy = program.clone();
        for (page, place) in copy.place.iter_mut().enumerate() {
            if let Some(frame) = self.memory[page].filter(|_| *place == me) {
                *place = strategy.place_after(frame, me, to, server);
            }
        }
        ctx.line("state");
        ctx.note(format_args!("The state leaves for {}, which has to say that it has everything.", ctx.name(to)));
        ctx.set_timer(ctx.setup().span("timeout"), Timer::GiveUp { attempt });
        ctx.send(to, Message::State { attempt, pages: outgoing.sent, program: copy });
        if ctx.setup().variant("lets-go-early") {
            self.program = None;
        }
    }

    /// The target has everything: from now on the process is there, and only there.
    pub(super) fn commit(&mut self, attempt: u32, ctx: &mut Context<'_, Self>) {
        let (strategy, server, me) = (Strategy::of(ctx.setup()), self.server, ctx.me());
        let current = |outgoing: &Outgoing| outgoing.phase == Phase::Sent;
        let known = self.program.as_ref().is_none_or(|program| program.attempt == attempt);
        let Some(outgoing) = self.outgoing.take_if(|outgoing| known && current(outgoing)) else { return };
        ctx.line("commit");
        ctx.cancel_timer(Timer::GiveUp { attempt });
        self.program = None;
        self.closed = attempt;
        for place in &mut self.memory {
            let stays = |frame| strategy.place_after(frame, me, outgoing.to, server) == me;
            place.take_if(|frame| !stays(*frame) || ctx.setup().variant("throws-away"));
        }
        let left = self.memory.iter().flatten().count();
        let to = ctx.name(outgoing.to);
        match left {
            0 => ctx.note(format_args!("P is handed over to {to}. Nothing of it stays here.")),
            _ => ctx.note(format_args!("P is handed over to {to}. Pages that stay here until it needs them: {left}.")),
        }
        ctx.send(outgoing.to, Message::Commit { attempt });
    }

    /// The move comes to nothing: the process runs on here.
    pub(super) fn take_back(&mut self, attempt: u32, why: fmt::Arguments<'_>, ctx: &mut Context<'_, Self>) {
        let current = self.program.as_ref().is_some_and(|program| program.attempt == attempt);
        let Some(outgoing) = self.outgoing.take_if(|_| current) else { return };
        let now = ctx.hardware_clock();
        ctx.line("take-back");
        ctx.note(format_args!("{why}: P stays at {}.", ctx.name(ctx.me())));
        ctx.cancel_timer(Timer::PageLeaves);
        ctx.cancel_timer(Timer::GiveUp { attempt });
        ctx.send(outgoing.to, Message::Abort { attempt });
        ctx.output(Output::GaveUp);
        if let Some(program) = self.program.as_mut().filter(|program| program.frozen) {
            let frozen = Micros((now - program.froze).max(0) as u64);
            program.frozen = false;
            program.lost = program.lost.plus(frozen);
            ctx.output(Output::Resumed { frozen });
            self.run_on(ctx);
        }
        if self.owner {
            ctx.set_timer(ctx.setup().span("timeout"), Timer::TryAgain);
        }
    }
}
