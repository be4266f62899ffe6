//! What happens when the coordinator is taken for crashed: an election that is really held, and telling the new one what
//! it has to know.

use super::{super::application::Phase, Desk, Entry, Member, Message, Timer};
use crate::{Context, algorithms::election::bully};

impl Member {
    /// Runs a handler of the election, and hears what it has come to.
    pub(super) fn elect(
        &mut self,
        ctx: &mut Context<'_, Self>,
        run: impl FnOnce(&mut bully::Member, &mut Context<'_, bully::Member>),
    ) {
        let election = &mut self.election;
        let ((), outputs) = ctx.scope(Message::Election, Timer::Election, |inner| run(election, inner));
        for output in outputs {
            match output {
                bully::Output::Elected => self.take_over(ctx),
                bully::Output::Accepted(_) => self.follow(ctx),
                bully::Output::HoldsElection => {}
            }
        }
    }

    /// It is the coordinator now, with an empty memory.
    fn take_over(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("take-over");
        self.desk = Desk::new(self.desk.done.len());
        let mine = Entry::new(self.me, self.number);
        match self.phase {
            Phase::Inside => self.desk.holder = Some(mine),
            Phase::Waiting => self.desk.queue.push(mine),
            Phase::Thinking => {}
        }
        if !ctx.setup().variant("grant-at-once") {
            self.desk.settling = true;
            ctx.note(format_args!(
                "{} does not know who is inside. It waits until all have had the time to say so.",
                self.me
            ));
            return ctx.set_timer(ctx.setup().span("answer-timeout"), Timer::Settled);
        }
        self.grant_next(ctx);
    }

    /// Somebody else is the coordinator now: it is told what it has to know.
    fn follow(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("follow");
        self.desk = Desk::new(self.desk.done.len());
        ctx.cancel_timer(Timer::Settled);
        ctx.cancel_timer(Timer::Lease);
        match self.phase {
            Phase::Inside => self.tell_coordinator(Message::Inside(self.number), ctx),
            Phase::Waiting => self.ask(ctx),
            Phase::Thinking => {}
        }
    }
}
