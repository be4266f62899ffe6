//! A machine that has too little to do looks for work: what receivers do.

use super::{Counted, Job, Machine, Message, Timer, choose, policy};
use crate::{Context, Micros, NodeId};
use serde::Serialize;

/// The search for work: the machines that were asked, the latest last; it has not answered yet.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Hunt {
    pub asked: Vec<NodeId>,
}

impl Machine {
    /// Looks for work if the policy says so and there is room for it.
    pub(super) fn look_for_work(&mut self, ctx: &mut Context<'_, Self>) {
        let policy = policy(ctx);
        if policy.receive && self.hunt.is_none() && self.load() < policy.threshold {
            ctx.line("under");
            self.ask_for_work(Hunt { asked: vec![] }, ctx);
        }
    }

    /// Asks one more machine for work, or gives up for the time being.
    fn ask_for_work(&mut self, mut hunt: Hunt, ctx: &mut Context<'_, Self>) {
        let (limit, asked) = (policy(ctx).probe_limit, hunt.asked.len() as u32);
        self.greatest_limit = self.greatest_limit.max(limit);
        let me = ctx.name(ctx.me());
        let Some(next) = choose(&hunt.asked, ctx).filter(|_| asked < limit) else {
            ctx.line("no-work");
            ctx.note(format_args!("{} had nothing to spare: {me} stays as it is.", Counted(asked, "machine")));
            let again = policy(ctx).retry;
            if again > Micros::ZERO {
                ctx.line("again");
                ctx.set_timer(again, Timer::LookAgain);
            }
            return;
        };
        ctx.line("ask");
        let nth = asked + 1;
        ctx.note(format_args!(
            "{me} has {} and asks {} for work, {nth} of {limit}.",
            Counted(self.load(), "job"),
            ctx.name(next)
        ));
        ctx.send(next, Message::Ask { nth, limit });
        hunt.asked.push(next);
        self.hunt = Some(hunt);
    }

    /// Another machine asks for work: it gets the job that has come last and is not in service, if enough stay here.
    pub(super) fn give(&mut self, to: NodeId, ctx: &mut Context<'_, Self>) {
        let (load, threshold) = (self.queue.len() as u32, policy(ctx).threshold);
        let me = ctx.name(ctx.me());
        let least = if ctx.setup().variant("give-last") { 1 } else { threshold + 1 };
        let last = self.queue.len().saturating_sub(1);
        let can = load >= least && (last > 0 || !self.busy || ctx.setup().variant("give-last"));
        if !can {
            ctx.line("nothing");
            ctx.note(format_args!("{me} has {} and keeps what it has.", Counted(load, "job")));
            return ctx.send(to, Message::Nothing { load });
        }
        ctx.line("give");
        let job = self.queue[last].id;
        ctx.note(format_args!("{me} has {}: job {job} goes to {}.", Counted(load, "job"), ctx.name(to)));
        self.searches.retain(|search| search.job != job);
        if last == 0 && self.busy {
            self.busy = false;
            ctx.cancel_timer(Timer::Finished);
            ctx.cancel_timer(Timer::Slice);
        }
        self.send_job(last, to, Message::Work, ctx);
    }

    /// A machine that was asked for work has given some.
    pub(super) fn get_work(&mut self, from: NodeId, mut job: Job, ctx: &mut Context<'_, Self>) {
        Self::unpack(&mut job, ctx);
        self.hunt.take_if(|hunt| hunt.asked.last() == Some(&from));
        ctx.line("get");
        ctx.note(format_args!("Job {} has come to {} and is run here.", job.id, ctx.name(ctx.me())));
        self.queue.push(job);
        self.start(ctx);
    }

    /// A machine that was asked for work has none.
    pub(super) fn look_on(&mut self, from: NodeId, load: u32, ctx: &mut Context<'_, Self>) {
        let Some(hunt) = self.hunt.take_if(|hunt| hunt.asked.last() == Some(&from)) else { return };
        ctx.line("next-ask");
        ctx.note(format_args!("{} has {load} and keeps what it has.", ctx.name(from)));
        if self.load() < policy(ctx).threshold {
            self.ask_for_work(hunt, ctx);
        } else {
            ctx.note("Work has come meanwhile: nobody else is asked.");
        }
    }
}
