//! How a process gives way: back to a checkpoint, to its start, or for good; and who is chosen for it.

use super::{
    Age, Checkpoint, Edge, Lines, Message, Output, Phase, ProcessId, ResourceId, Site, Ticket, Timer, Why, line,
    policy::{Policy, Recovery, Victim},
    running::{BANKER, site_of},
};
use crate::sorted::Map;
use crate::{Context, Micros};

impl Site {
    /// Nothing that it asked for at once is to be had: it gives back what it has got of it, and tries again later.
    pub(super) fn receive_refusal(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        number: u32,
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.waits.get(&id) != Some(&number) {
            return;
        }
        line(ctx, Lines::Program, "retry");
        // Who was refused stands in no queue.
        local.waits.remove(&id);
        local.tries += 1;
        ctx.output(Output::Refused(process));
        if ctx.setup().variant("keeps-what-it-got") {
            ctx.note(format_args!("{process} keeps what it has got, and asks for {id} again later."));
            local.phase = Phase::Rests;
            return Self::rest(process, ctx);
        }
        let tries = local.tries;
        ctx.note(format_args!(
            "{process} cannot have all at once: it gives back what it has got and tries again. This was try {tries}."
        ));
        let held: Vec<(ResourceId, u32)> = local.holds.iter().map(|(id, number)| (*id, *number)).collect();
        local.holds.clear();
        self.hand_back(process, &held, ctx);
        self.stop_asking(process, ctx);
        if let Some(local) = self.processes.get_mut(&process) {
            local.checkpoints.clear();
            local.phase = Phase::Rests;
        }
        Self::rest(process, ctx);
    }

    /// Withdraws whatever a process still asks for.
    fn stop_asking(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        let waits: Vec<(ResourceId, u32)> = local.waits.iter().map(|(id, number)| (*id, *number)).collect();
        local.waits.clear();
        local.permitted.clear();
        local.plan.clear();
        let banker = local.policy.avoidance;
        for (resource, number) in waits {
            if let Some(at) = site_of(resource, ctx) {
                self.post(at, Message::Withdraw { process, resource, number }, ctx);
            }
            if banker {
                self.post(BANKER, Message::Return { process, resource, number }, ctx);
            }
        }
    }

    /// It goes on some time later: all after the same time, or each after a time of its own.
    fn rest(process: ProcessId, ctx: &mut Context<'_, Self>) {
        let Micros(span) = ctx.setup().span("restart-after");
        match ctx.setup().parameter("restart") {
            0 => {
                let more = ctx.random_below(u32::try_from(span).unwrap_or(u32::MAX));
                ctx.set_timer(Micros(span + u64::from(more)), Timer::GoOn(process));
            }
            1 => ctx.set_timer(Micros(span), Timer::GoOn(process)),
            _ => {}
        }
    }

    pub(super) fn again(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let policy = ctx.policy::<Policy>().copied().unwrap_or_default();
        let Some(local) = self.processes.get_mut(&process).filter(|local| local.phase == Phase::Rests) else { return };
        line(ctx, Lines::Program, "again");
        if local.holds.is_empty() {
            local.policy = policy;
        }
        if ctx.setup().variant("new-stamp") && local.rollbacks > 0 {
            self.clock += 1;
            local.stamp = self.clock;
        }
        ctx.note(format_args!("{process} goes on."));
        self.run(process, ctx);
    }

    /// Somebody says that this process must give way; that may be out of date.
    pub(super) fn give_way(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        number: u32,
        (why, to): (Why, Option<Age>),
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.holds.get(&id) != Some(&number) && local.waits.get(&id) != Some(&number) {
            return ctx.note(format_args!("{process} has nothing to do with {id} any more: this is out of date."));
        }
        if why == Why::Dies {
            local.waits.remove(&id);
        }
        match why {
            Why::Ended => self.end(process, to, ctx),
            Why::Dies | Why::Wounded => self.roll_back(process, None, (why, to), ctx),
            Why::RolledBack => {
                let without = |checkpoint: &Checkpoint| checkpoint.holds.get(&id) != Some(&number);
                let target = local.checkpoints.iter().rfind(|checkpoint| without(checkpoint)).cloned();
                self.roll_back(process, target, (why, to), ctx);
            }
        }
    }

    /// Back to a checkpoint, or to the start: what was got since is given back, what was done since is lost.
    pub(super) fn roll_back(
        &mut self,
        process: ProcessId,
        target: Option<Checkpoint>,
        (why, to): (Why, Option<Age>),
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        line(ctx, Lines::Program, "back");
        let (step, work, kept) = match target {
            Some(target) => (target.step, target.work, target.holds),
            None => (0, Micros(0), Map::new()),
        };
        let given: Vec<(ResourceId, u32)> =
            local.holds.iter().filter(|(id, _)| !kept.contains_key(id)).map(|(id, number)| (*id, *number)).collect();
        let lost = Micros(local.work.0.saturating_sub(work.0));
        local.lost = Micros(local.lost.0 + lost.0);
        local.checkpoints.retain(|checkpoint| checkpoint.step < step);
        (local.step, local.work, local.holds, local.phase) = (step, work, kept, Phase::Rests);
        local.rollbacks += 1;
        let began = (local.began, process);
        ctx.cancel_timer(Timer::WorkDone(process));
        ctx.output(Output::GivesWay { process, why, began, to });
        let whence = if step == 0 { "the start of its program" } else { "a checkpoint" };
        ctx.note(format_args!("{process} goes back to {whence}. {lost} of work are lost."));
        self.hand_back(process, &given, ctx);
        self.stop_asking(process, ctx);
        Self::rest(process, ctx);
    }

    /// A process is ended: all that it holds is free.
    pub(super) fn end(&mut self, process: ProcessId, to: Option<Age>, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        line(ctx, Lines::Program, "end");
        let held: Vec<(ResourceId, u32)> = local.holds.iter().map(|(id, number)| (*id, *number)).collect();
        local.holds.clear();
        local.checkpoints.clear();
        local.lost = Micros(local.lost.0 + local.work.0);
        let (lost, began) = (local.work, (local.began, process));
        local.work = Micros(0);
        ctx.cancel_timer(Timer::WorkDone(process));
        ctx.cancel_timer(Timer::GoOn(process));
        ctx.output(Output::GivesWay { process, why: Why::Ended, began, to });
        ctx.note(format_args!("{process} is ended. {lost} of work are lost."));
        self.hand_back(process, &held, ctx);
        self.stop_asking(process, ctx);
        if let Some(local) = self.processes.get_mut(&process) {
            local.phase = Phase::Ended;
        }
    }

    /// What is done about a cycle that was found.
    pub(super) fn resolve(&mut self, cycle: &[Edge], ctx: &mut Context<'_, Self>) {
        let policy = ctx.policy::<Policy>().copied().unwrap_or_default();
        let why = match policy.recovery {
            Recovery::Operator => {
                return ctx.note(format_args!("The operator is told, and may end one of them or roll it back."));
            }
            Recovery::Terminate => Why::Ended,
            Recovery::RollBack => Why::RolledBack,
        };
        let Some(victim) = victim(cycle, policy.victim) else { return };
        // It is the one before it that waits for what the victim holds.
        let Some(edge) = cycle.iter().find(|edge| edge.to() == victim.from()) else { return };
        line(ctx, Lines::Detector, "victim");
        ctx.note(format_args!("{} has to give way, so that {} gets {}.", edge.holder, edge.waiter, edge.resource));
        let (process, resource, number) = (edge.holder.who.process, edge.resource, edge.holder.number);
        self.post(edge.holder.who.site, Message::GiveWay { process, resource, number, why, to: None }, ctx);
    }
}

/// Who has to give way: the cheapest by the rule, and of equals the youngest.
pub fn victim(cycle: &[Edge], rule: Victim) -> Option<&Edge> {
    let price = |ticket: &Ticket| match rule {
        Victim::Age => 0,
        Victim::Progress => ticket.work.0,
        Victim::Resources => u64::from(ticket.held),
        Victim::Rollbacks => ticket.work.0 + 10_000 * ((1 << ticket.rollbacks.min(20)) - 1),
    };
    cycle.iter().min_by(|a, b| {
        let younger = b.waiter.beginning().cmp(&a.waiter.beginning());
        price(&a.waiter).cmp(&price(&b.waiter)).then(younger)
    })
}
