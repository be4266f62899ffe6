//! How a process runs its program: it asks, works, gives back, and begins again.

use super::{
    Checkpoint, Lines, Local, Message, Output, Phase, Resource, Rule, Site, Ticket, Timer, line,
    policy::{Policy, Preemption},
    program::{Config, Program, Step},
};
use crate::algorithms::deadlock::layout::{Party, ProcessId, ResourceId};
use crate::order::Order as _;
use crate::sorted::{Map, Set};
use crate::{Context, Micros, NodeId, Setup};

/// Whether a process does something by itself.
pub fn has_program(process: ProcessId, ctx: &Context<'_, Site>) -> bool {
    ctx.setup().config::<Config>().is_some_and(|config| config.program(process).is_some())
}

impl Local {
    fn new() -> Self {
        Self {
            phase: Phase::Idle,
            step: 0,
            round: 0,
            stamp: 0,
            began: 0,
            holds: Map::new(),
            waits: Map::new(),
            permitted: Set::new(),
            plan: vec![],
            asked: 0,
            work: Micros(0),
            lost: Micros(0),
            rollbacks: 0,
            tries: 0,
            checkpoints: vec![],
            policy: Policy::default(),
        }
    }

    /// "R1 and R2": what it waits for.
    pub(super) fn wanted(&self) -> String {
        let names: Vec<String> = self.waits.keys().map(ToString::to_string).collect();
        names.join(" and ")
    }

    /// What its requests want where a resource is not free; `spooled` is whether that can be shared at all.
    fn rule(&self, spooled: bool) -> Rule {
        match self.policy {
            Policy { mutual_exclusion: false, .. } if spooled => Rule::Spool,
            Policy { hold_and_wait: false, .. } => Rule::Try,
            Policy { no_preemption: false, preempt_by: Preemption::WaitDie, .. } => Rule::WaitDie,
            Policy { no_preemption: false, preempt_by: Preemption::WoundWait, .. } => Rule::WoundWait,
            _ => Rule::Wait,
        }
    }
}

impl Site {
    /// Puts processes and resources where the scenario has them, with what is held and waited for at the start.
    pub(super) fn place(&mut self, setup: &Setup) {
        let Some(config) = setup.config::<Config>() else { return };
        let policy = setup.policy.as_ref().and_then(crate::Datum::get).copied().unwrap_or_default();
        let mut all: Map<ProcessId, Local> = Map::new();
        for &process in config.layout.sites.iter().flatten() {
            let stamp = config.ages.iter().find(|(known, _)| *known == process).map_or(0, |(_, stamp)| *stamp);
            all.insert(process, Local { stamp, began: stamp, policy, ..Local::new() });
        }
        let mut resources: Map<ResourceId, Resource> = Map::new();
        for placed in &config.layout.resources {
            let lent = resources.or_default(placed.resource);
            let Some(who) = placed.holder.and_then(|process| config.layout.party(process)) else { continue };
            let Some(local) = all.get_mut(&who.process) else { continue };
            local.asked += 1;
            local.holds.insert(placed.resource, local.asked);
            let elsewhere = config.layout.placed(placed.resource).is_some_and(|other| other.site != who.site.0);
            lent.holders.push(local.ticket(who, local.asked, elsewhere));
        }
        for &(process, resource) in &config.layout.waits {
            let (Some(who), Some(local)) = (config.layout.party(process), all.get_mut(&process)) else { continue };
            local.asked += 1;
            local.phase = Phase::Waits;
            local.waits.insert(resource, local.asked);
            let at = config.layout.site_of(resource);
            let elsewhere = local.holds.keys().any(|held| config.layout.site_of(*held) != at);
            let spooled = config.layout.placed(resource).is_some_and(|placed| placed.spooled);
            let waiting = (local.ticket(who, local.asked, elsewhere), local.rule(spooled));
            resources.or_default(resource).queue.push(waiting);
        }
        self.places = config.layout.resources.iter().map(|placed| (placed.resource, NodeId(placed.site))).collect();
        self.clock = config.ages.iter().map(|(_, stamp)| *stamp).max().unwrap_or_default();
        let mine = |resource: &ResourceId| config.layout.site_of(*resource) == Some(self.me);
        resources.retain(|resource, _| mine(resource));
        self.resources = resources;
        let here = config.layout.sites.get(self.me.index());
        all.retain(|process, _| here.is_some_and(|here| here.contains(process)));
        self.processes = all;
    }

    /// A transaction begins: a program from its first step.
    pub(super) fn begin(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let policy = ctx.policy::<Policy>().copied().unwrap_or_default();
        let Some(local) = self.processes.get_mut(&process) else { return };
        line(ctx, Lines::Program, "begin");
        // The first has the age that the scenario gives it, if any.
        if local.round > 0 || local.stamp == 0 {
            self.clock += 1;
            local.stamp = self.clock;
            local.began = self.clock;
        }
        (local.step, local.work, local.rollbacks, local.tries) = (0, Micros(0), 0, 0);
        local.checkpoints.clear();
        local.policy = policy;
        self.run(process, ctx);
    }

    /// Goes on with a program until it works or waits.
    pub(super) fn run(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        loop {
            let Some(local) = self.processes.get_mut(&process) else { return };
            let program = ctx.setup().config::<Config>().and_then(|config| config.program(process));
            let Some(program) = program else { return local.phase = Phase::Idle };
            let Some(step) = program.0.get(local.step as usize).cloned() else {
                if self.finish(process, ctx) {
                    continue;
                }
                return;
            };
            match step {
                Step::Compute(time) => {
                    line(ctx, Lines::Program, "work");
                    local.phase = Phase::Works;
                    return ctx.set_timer(time, Timer::WorkDone(process));
                }
                Step::Release(given) => {
                    let kept = keeps(local, program);
                    let given: Vec<ResourceId> = local
                        .holds
                        .keys()
                        .copied()
                        .filter(|resource| given.is_empty() || given.contains(resource))
                        .filter(|resource| !kept.contains(resource))
                        .collect();
                    local.step += 1;
                    self.release(process, &given, ctx);
                }
                Step::Ask(wanted) => {
                    let missing = missing(local, program, &wanted);
                    if missing.is_empty() {
                        local.step += 1;
                        continue;
                    }
                    local.checkpoints.push(Checkpoint {
                        step: local.step,
                        work: local.work,
                        holds: local.holds.clone(),
                    });
                    return self.ask(process, missing, ctx);
                }
            }
        }
    }

    /// The end of a program: everything is given back. Whether it begins once more.
    fn finish(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) -> bool {
        let rounds = ctx.setup().parameter("rounds");
        let Some(local) = self.processes.get_mut(&process) else { return false };
        line(ctx, Lines::Program, "finish");
        let all: Vec<ResourceId> = local.holds.keys().copied().collect();
        local.round += 1;
        local.phase = Phase::Idle;
        local.checkpoints.clear();
        let more = i64::from(local.round) < rounds;
        self.release(process, &all, ctx);
        ctx.output(Output::Finished(process));
        ctx.note(format_args!("{process} has come to the end of its program."));
        if more {
            let Some(local) = self.processes.get_mut(&process) else { return false };
            self.clock += 1;
            (local.stamp, local.began) = (self.clock, self.clock);
            (local.step, local.work, local.rollbacks, local.tries) = (0, Micros(0), 0, 0);
            local.policy = ctx.policy::<Policy>().copied().unwrap_or_default();
        }
        more
    }

    pub(super) fn worked(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process).filter(|local| local.phase == Phase::Works) else { return };
        let program = ctx.setup().config::<Config>().and_then(|config| config.program(process));
        if let Some(Step::Compute(time)) = program.and_then(|program| program.0.get(local.step as usize)) {
            local.work = Micros(local.work.0 + time.0);
        }
        local.step += 1;
        self.run(process, ctx);
    }

    // Asking.

    pub(super) fn ask_by_hand(&mut self, process: ProcessId, wanted: &[ResourceId], ctx: &mut Context<'_, Self>) {
        let policy = ctx.policy::<Policy>().copied().unwrap_or_default();
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.holds.is_empty() || local.stamp == 0 {
            local.policy = policy;
        }
        if local.stamp == 0 {
            self.clock += 1;
            (local.stamp, local.began) = (self.clock, self.clock);
        }
        local.checkpoints.push(Checkpoint { step: local.step, work: local.work, holds: local.holds.clone() });
        let mut wanted = wanted.to_vec();
        if !local.policy.circular_wait {
            wanted.order();
        }
        self.ask(process, wanted, ctx);
    }

    /// Asks for all of these, or, where an order is kept, for one after the other.
    fn ask(&mut self, process: ProcessId, mut wanted: Vec<ResourceId>, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        local.phase = Phase::Waits;
        if !local.policy.circular_wait && local.policy.hold_and_wait {
            local.plan = wanted.split_off(1);
        }
        line(ctx, Lines::Program, if local.policy.avoidance { "claim" } else { "ask" });
        let names: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        match local.holds.keys().map(ToString::to_string).collect::<Vec<_>>() {
            none if none.is_empty() => ctx.note(format_args!("{process} asks for {}.", names.join(" and "))),
            held => {
                ctx.note(format_args!("{process} holds {} and asks for {}.", held.join(" and "), names.join(" and ")));
            }
        }
        for &resource in &wanted {
            local.asked += 1;
            local.waits.insert(resource, local.asked);
        }
        let asked: Vec<(ResourceId, u32)> =
            wanted.iter().filter_map(|resource| Some((*resource, *local.waits.get(resource)?))).collect();
        let banker = local.policy.avoidance;
        for (resource, number) in asked {
            let Some((ticket, rule)) = self.ticket(process, resource, number, ctx) else { continue };
            if banker {
                self.post(BANKER, Message::Claim { resource, ticket }, ctx);
            } else if let Some(at) = site_of(resource, ctx) {
                self.post(at, Message::Request { resource, ticket, rule }, ctx);
            }
        }
    }

    /// What goes with a request.
    fn ticket(
        &self,
        process: ProcessId,
        resource: ResourceId,
        number: u32,
        ctx: &Context<'_, Self>,
    ) -> Option<(Ticket, Rule)> {
        let local = self.processes.get(&process)?;
        let at = site_of(resource, ctx);
        let mut touched = local.holds.keys().chain(local.waits.keys());
        let elsewhere = touched.any(|&other| site_of(other, ctx) != at);
        let placed = ctx.setup().config::<Config>().and_then(|config| config.layout.placed(resource));
        let rule = local.rule(placed.is_some_and(|placed| placed.spooled));
        Some((local.ticket(Party { process, site: self.me }, number, elsewhere), rule))
    }

    pub(super) fn receive_permit(
        &mut self,
        process: ProcessId,
        resource: ResourceId,
        number: u32,
        from: NodeId,
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.waits.get(&resource) != Some(&number) {
            return self.post(from, Message::Return { process, resource, number }, ctx);
        }
        local.permitted.insert(resource);
        if let (Some((ticket, rule)), Some(at)) = (self.ticket(process, resource, number, ctx), site_of(resource, ctx))
        {
            self.post(at, Message::Request { resource, ticket, rule }, ctx);
        }
    }

    pub(super) fn receive_grant(
        &mut self,
        process: ProcessId,
        resource: ResourceId,
        number: u32,
        from: NodeId,
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.holds.get(&resource) == Some(&number) {
            return ctx.note(format_args!("{process} has {resource} already: this is a copy."));
        }
        if local.waits.get(&resource) != Some(&number) {
            ctx.note(format_args!("{process} does not want {resource} any more, and gives it back at once."));
            return self.post(from, Message::Release { process, resource, number }, ctx);
        }
        line(ctx, Lines::Program, "got");
        local.waits.remove(&resource);
        local.permitted.remove(&resource);
        local.holds.insert(resource, number);
        ctx.output(Output::Granted(process, resource));
        if !local.waits.is_empty() {
            let wanted = local.wanted();
            return ctx.note(format_args!("{process} has {resource} and still waits for {wanted}."));
        }
        if !local.plan.is_empty() {
            let rest = std::mem::take(&mut local.plan);
            return self.ask(process, rest, ctx);
        }
        ctx.note(format_args!("{process} has {resource}, and goes on."));
        self.run(process, ctx);
    }

    // Giving back.

    pub(super) fn release(&mut self, process: ProcessId, given: &[ResourceId], ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        let given: Vec<(ResourceId, u32)> =
            given.iter().filter_map(|resource| Some((*resource, local.holds.remove(resource)?))).collect();
        if given.is_empty() {
            return;
        }
        // What was given back cannot be had again by going back.
        local.checkpoints.clear();
        line(ctx, Lines::Program, "release");
        let names: Vec<String> = given.iter().map(|(resource, _)| resource.to_string()).collect();
        ctx.note(format_args!("{process} gives {} back.", names.join(" and ")));
        self.hand_back(process, &given, ctx);
    }

    /// Tells the sites, and the banker where there is one, that these are free of a process.
    pub(super) fn hand_back(&mut self, process: ProcessId, given: &[(ResourceId, u32)], ctx: &mut Context<'_, Self>) {
        let banker = self.processes.get(&process).is_some_and(|local| local.policy.avoidance);
        for &(resource, number) in given {
            if let Some(at) = site_of(resource, ctx) {
                self.post(at, Message::Release { process, resource, number }, ctx);
            }
            if banker {
                self.post(BANKER, Message::Return { process, resource, number }, ctx);
            }
        }
    }
}

/// The site of the banker.
pub const BANKER: NodeId = NodeId(0);

impl Local {
    fn ticket(&self, who: Party, number: u32, elsewhere: bool) -> Ticket {
        Ticket {
            who,
            round: self.round,
            number,
            stamp: self.stamp,
            began: self.began,
            work: self.work,
            held: self.holds.len() as u32,
            rollbacks: self.rollbacks,
            elsewhere,
        }
    }
}

/// The site that lends a resource.
pub fn site_of(resource: ResourceId, ctx: &Context<'_, Site>) -> Option<NodeId> {
    ctx.setup().config::<Config>()?.layout.site_of(resource)
}

/// What a process has to ask for now to do a step that needs these.
fn missing(local: &Local, program: &Program, wanted: &[ResourceId]) -> Vec<ResourceId> {
    let mut wanted: Vec<ResourceId> = wanted.to_vec();
    wanted.retain(|resource| !local.holds.contains_key(resource));
    if !local.policy.hold_and_wait {
        // All that the program ever needs, before it does anything.
        let later = program.asked_after(local.step);
        wanted.extend(later.iter().copied().filter(|resource| !local.holds.contains_key(resource)));
    } else if !local.policy.circular_wait {
        // What comes before these in the order and will be needed later must be asked for first.
        let last = wanted.iter().max().copied();
        let later = program.asked_after(local.step);
        let first = |resource: &ResourceId| Some(*resource) < last && !local.holds.contains_key(resource);
        wanted.extend(later.iter().copied().filter(first));
    }
    wanted.order();
    wanted.dedup();
    wanted
}

/// What a process does not give back yet: under two-phase locking all, and where it may not ask for something once more
/// while it holds others, what it will ask for once more.
fn keeps(local: &Local, program: &Program) -> Vec<ResourceId> {
    let Policy { two_phase, hold_and_wait, circular_wait, .. } = local.policy;
    let held = local.holds.keys().copied();
    if two_phase {
        return held.collect();
    }
    let later = program.asked_after(local.step);
    let again = |resource: &ResourceId| !(hold_and_wait && circular_wait) && later.contains(resource);
    held.filter(again).collect()
}
