//! The machine that a process comes to, and the file server that its changed pages go to.

use super::{Machine, Message, Output, Program, policy, policy::Guest, rules::Frame, running::HOME};
use crate::sorted::Map;
use crate::{Context, Micros, NodeId};
use serde::Serialize;

/// What has come of a process that is on its way here.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Incoming {
    /// From where.
    pub from: NodeId,
    /// The number of the attempt.
    pub attempt: u32,
    /// Pages that have come, those that came twice counted twice.
    pub came: u32,
    /// The newest copy of each.
    pub pages: Map<u32, Frame>,
    /// The state, and after how many pages it was sent.
    pub state: Option<(u32, Program)>,
    /// Whether it has said that everything is here.
    pub ready: bool,
}

impl Machine {
    /// What has come of this attempt; nothing where it is over, or where guests are not welcome.
    fn welcome(&mut self, from: NodeId, attempt: u32, ctx: &mut Context<'_, Self>) -> bool {
        if attempt <= self.closed || self.incoming.as_ref().is_some_and(|incoming| incoming.attempt > attempt) {
            ctx.line("late");
            ctx.note("It belongs to a move that is over.");
            return false;
        }
        if self.incoming.as_ref().is_none_or(|incoming| incoming.attempt != attempt) {
            if self.owner && ctx.me() != HOME && policy(ctx).guest != Guest::Stays {
                ctx.note(format_args!("The owner is at {}: no guests.", ctx.name(ctx.me())));
                self.closed = attempt;
                ctx.send(from, Message::Refuse { attempt });
                return false;
            }
            self.incoming = Some(Incoming { from, attempt, came: 0, pages: Map::default(), state: None, ready: false });
        }
        true
    }

    /// A page has come.
    pub(super) fn take_page(
        &mut self,
        from: NodeId,
        attempt: u32,
        (page, frame): (u32, Frame),
        ctx: &mut Context<'_, Self>,
    ) {
        if !self.welcome(from, attempt, ctx) {
            return;
        }
        let Some(incoming) = &mut self.incoming else { return };
        ctx.line("store");
        incoming.came += 1;
        let newer = incoming.pages.get(&page).is_none_or(|known| known.value <= frame.value);
        if newer || ctx.setup().variant("last-wins") {
            incoming.pages.insert(page, frame);
            ctx.note(format_args!("Page {page} is here."));
        } else {
            ctx.note(format_args!("An old copy of page {page}: the newer one is here already."));
        }
        self.tell_ready(ctx);
    }

    /// The state has come.
    pub(super) fn take_state(
        &mut self,
        from: NodeId,
        attempt: u32,
        state: (u32, Program),
        ctx: &mut Context<'_, Self>,
    ) {
        if !self.welcome(from, attempt, ctx) {
            return;
        }
        if let Some(incoming) = &mut self.incoming {
            incoming.state = Some(state);
        }
        self.tell_ready(ctx);
    }

    /// Says that everything is here, once it is.
    fn tell_ready(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(incoming) = &mut self.incoming else { return };
        let Some((pages, _)) = incoming.state else { return };
        if (incoming.came < pages && !ctx.setup().variant("ready-early")) || incoming.ready {
            return;
        }
        incoming.ready = true;
        let (from, attempt) = (incoming.from, incoming.attempt);
        ctx.line("ready");
        ctx.note(format_args!("Everything that was sent is here: {} says so.", ctx.name(ctx.me())));
        ctx.send(from, Message::Ready { attempt });
        if ctx.setup().variant("runs-unasked") {
            self.adopt(attempt, ctx);
        }
    }

    /// The process is here now, and runs.
    pub(super) fn adopt(&mut self, attempt: u32, ctx: &mut Context<'_, Self>) {
        let Some(incoming) = self.incoming.take_if(|incoming| incoming.attempt == attempt) else { return };
        let Some((_, mut program)) = incoming.state else { return };
        let me = ctx.me();
        for (page, &frame) in &incoming.pages {
            if program.place[*page as usize] == me {
                self.memory[*page as usize] = Some(frame);
            }
        }
        let frozen = Micros((ctx.hardware_clock() - program.froze).max(0) as u64);
        program.lost = program.lost.plus(frozen);
        program.frozen = false;
        program.moves += 1;
        program.before = program.done;
        self.program = Some(program);
        self.closed = attempt;
        ctx.line("resume");
        ctx.note(format_args!("P runs at {}, after {frozen}.", ctx.name(me)));
        ctx.output(Output::Resumed { frozen });
        self.run_on(ctx);
        self.evict(ctx);
    }

    /// The source has called the move off.
    pub(super) fn forget(&mut self, attempt: u32, ctx: &mut Context<'_, Self>) {
        self.closed = self.closed.max(attempt);
        if self.incoming.take_if(|incoming| incoming.attempt <= attempt).is_some() {
            ctx.line("forget");
            ctx.note("The move is off: what has come is thrown away.");
        }
    }

    /// At the file server: a changed page is written to the disk.
    pub(super) fn write_back(
        &mut self,
        from: NodeId,
        attempt: u32,
        (page, value, of): (u32, u32, u32),
        ctx: &mut Context<'_, Self>,
    ) {
        ctx.line("write-back");
        ctx.note(format_args!("Page {page} is written to the disk."));
        if let Some(frame) = self.memory[page as usize].as_mut().filter(|frame| frame.value < value) {
            frame.value = value;
        }
        if self.flushed.0 < attempt {
            self.flushed = (attempt, 0);
        }
        if self.flushed.0 == attempt {
            self.flushed.1 += 1;
            if self.flushed.1 == of {
                ctx.send(from, Message::Flushed { attempt });
            }
        }
    }
}
