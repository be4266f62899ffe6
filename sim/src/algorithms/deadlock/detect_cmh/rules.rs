//! The rules, named as in the pseudocode.

use super::{
    Awaited, Held, Holder, Layout, Local, Message, Output, Party, Probe, ProcessId, Request, Resource, ResourceId,
    Site, Timer,
};
use crate::sorted::Map;
use crate::{Context, NodeId, Setup};

impl Local {
    /// Whether it waits for something.
    pub(super) fn is_blocked(&self) -> bool {
        !self.waits.is_empty()
    }

    /// For whom it waits, as far as it has been told, with the resources.
    pub(super) fn holders(&self) -> Map<Party, Vec<(ResourceId, u32)>> {
        let mut holders: Map<Party, Vec<(ResourceId, u32)>> = Map::new();
        for (&resource, awaited) in &self.waits {
            if let Some(holder) = awaited.holder {
                holders.or_default(holder.who).push((resource, holder.grant));
            }
        }
        holders
    }

    fn waits_in_words(&self) -> String {
        let names: Vec<String> = self.waits.keys().map(ToString::to_string).collect();
        names.join(" and ")
    }
}

impl Site {
    pub(super) fn new(setup: &Setup, me: NodeId) -> Self {
        let mut site = Self { me, processes: Map::new(), resources: Map::new() };
        let Some(layout) = setup.config::<Layout>() else { return site };
        for &process in layout.sites.get(me.index()).into_iter().flatten() {
            site.processes.insert(process, Local::default());
        }
        for placed in &layout.resources {
            let (resource, at) = (placed.resource, NodeId(placed.site));
            let holder = placed.holder.and_then(|process| layout.party(process));
            if let Some(local) = holder.and_then(|holder| site.processes.get_mut(&holder.process)) {
                local.holds.insert(resource, Held { at, grant: 1 });
            }
            if at == me {
                let grants = u32::from(holder.is_some());
                site.resources.insert(resource, Resource { holder, grants, queue: vec![] });
            }
        }
        for &(process, resource) in &layout.waits {
            let (Some(who), Some(placed)) = (layout.party(process), layout.placed(resource)) else { continue };
            if let Some(resource) = site.resources.get_mut(&resource) {
                resource.queue.push(who);
            }
            if let Some(local) = site.processes.get_mut(&process) {
                let holder = placed.holder.and_then(|holder| layout.party(holder));
                let holder = holder.map(|who| Holder { who, grant: 1 });
                local.waits.insert(resource, Awaited { at: NodeId(placed.site), holder });
            }
        }
        site
    }

    /// Why a request makes no sense now.
    pub(super) fn refusal(&self, request: &Request, may_release: bool) -> Option<String> {
        let (Request::Ask { process, .. } | Request::Release { process, .. } | Request::Probe { process }) = request;
        let Some(local) = self.processes.get(process) else {
            return Some(format!("{process} does not run at this site."));
        };
        let waits = || format!("{process} is blocked: it waits for {}", local.waits_in_words());
        match request {
            Request::Ask { .. } if local.is_blocked() => Some(format!("{}.", waits())),
            Request::Ask { resources, .. } if resources.is_empty() => Some("It asks for nothing.".into()),
            Request::Ask { resources, .. } => {
                let held = resources.iter().find(|resource| local.holds.contains_key(resource));
                held.map(|resource| format!("{process} holds {resource} already."))
            }
            Request::Release { resource, .. } if !local.holds.contains_key(resource) => {
                Some(format!("{process} does not hold {resource}."))
            }
            Request::Release { .. } if local.is_blocked() && !may_release => {
                Some(format!("{}, and keeps what it holds meanwhile.", waits()))
            }
            Request::Probe { .. } if local.deadlocked => Some(format!("{process} has found its deadlock already.")),
            Request::Probe { .. } if !local.is_blocked() => Some(format!("{process} waits for nothing.")),
            Request::Release { .. } | Request::Probe { .. } => None,
        }
    }

    // Asking for resources, and giving them out.

    pub(super) fn ask(&mut self, process: ProcessId, resources: &[ResourceId], ctx: &mut Context<'_, Self>) {
        ctx.line("ask");
        let Some(layout) = ctx.setup().config::<Layout>() else { return };
        let asked: Vec<(ResourceId, NodeId)> =
            resources.iter().filter_map(|&resource| Some((resource, layout.site_of(resource)?))).collect();
        let Some(local) = self.processes.get_mut(&process) else { return };
        for &(resource, at) in &asked {
            local.waits.insert(resource, Awaited { at, holder: None });
        }
        let wanted = local.waits_in_words();
        ctx.note(format_args!("{process} asks for {wanted} and goes on only when it has got it all."));
        for (resource, at) in asked {
            if at == self.me {
                self.receive_request(Party { process, site: at }, resource, ctx);
            } else {
                ctx.send(at, Message::Request { process, resource });
            }
        }
        if self.processes.get(&process).is_some_and(Local::is_blocked) {
            ctx.output(Output::Blocked(process));
            self.expect_a_probe(process, ctx);
        }
    }

    pub(super) fn receive_request(&mut self, who: Party, id: ResourceId, ctx: &mut Context<'_, Self>) {
        let Some(resource) = self.resources.get_mut(&id) else { return };
        match resource.holder {
            None => {
                ctx.line("grant");
                ctx.note(format_args!("{id} is free: {} gets it.", who.process));
                self.give(id, who, ctx);
            }
            // The network has made a copy of the request.
            Some(_) if resource.queue.contains(&who) => {}
            Some(holder) => {
                ctx.line("queue");
                resource.queue.push(who);
                ctx.note(format_args!("{id} is held by {}: {} must wait for it.", holder.process, who.process));
                self.tell_holder(id, who, ctx);
            }
        }
    }

    fn give(&mut self, id: ResourceId, who: Party, ctx: &mut Context<'_, Self>) {
        let Some(resource) = self.resources.get_mut(&id) else { return };
        resource.grants += 1;
        resource.holder = Some(who);
        let grant = resource.grants;
        if who.site == self.me {
            self.receive_grant(who.process, id, Held { at: self.me, grant }, ctx);
        } else {
            ctx.send(who.site, Message::Grant { process: who.process, resource: id, grant });
        }
    }

    /// Tells one that waits for a resource who holds it.
    fn tell_holder(&mut self, id: ResourceId, waiting: Party, ctx: &mut Context<'_, Self>) {
        let Some(resource) = self.resources.get(&id) else { return };
        let Some(who) = resource.holder else { return };
        let holder = Holder { who, grant: resource.grants };
        if waiting.site == self.me {
            self.learn_holder(waiting.process, id, holder, ctx);
        } else {
            ctx.send(waiting.site, Message::Held { process: waiting.process, resource: id, holder });
        }
    }

    pub(super) fn learn_holder(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        holder: Holder,
        ctx: &mut Context<'_, Self>,
    ) {
        let awaited = self.processes.get_mut(&process).and_then(|local| local.waits.get_mut(&id));
        let Some(awaited) = awaited else { return };
        // News can overtake each other: the grant with the higher number is the later one.
        if awaited.holder.is_some_and(|known| known.grant >= holder.grant) {
            return;
        }
        ctx.line("told");
        awaited.holder = Some(holder);
        ctx.note(format_args!("{process} waits for {}, which holds {id}.", holder.who.process));
        self.expect_a_probe(process, ctx);
    }

    pub(super) fn receive_grant(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        held: Held,
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if local.waits.remove(&id).is_none() {
            return ctx.note(format_args!("{process} has not asked for {id}: this is a copy."));
        }
        ctx.line("got");
        local.holds.insert(id, held);
        ctx.output(Output::Granted(process, id));
        if local.is_blocked() {
            let missing = local.waits_in_words();
            ctx.note(format_args!("{process} has {id} and still waits for {missing}."));
            return self.expect_a_probe(process, ctx);
        }
        local.deadlocked = false;
        ctx.cancel_timer(Timer::Probe(process));
        ctx.output(Output::Runs(process));
        ctx.note(format_args!("{process} has {id}, and with it all that it has asked for: it runs."));
    }

    pub(super) fn release(&mut self, process: ProcessId, id: ResourceId, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        let Some(held) = local.holds.remove(&id) else { return };
        ctx.line("release");
        if local.is_blocked() {
            let waits = local.waits_in_words();
            ctx.note(format_args!("{process} gives {id} back although it is blocked: it still waits for {waits}."));
        } else {
            ctx.note(format_args!("{process} gives {id} back."));
        }
        if held.at == self.me {
            self.take_back(id, held.grant, ctx);
        } else {
            ctx.send(held.at, Message::Release { resource: id, grant: held.grant });
        }
    }

    pub(super) fn take_back(&mut self, id: ResourceId, grant: u32, ctx: &mut Context<'_, Self>) {
        let Some(resource) = self.resources.get_mut(&id) else { return };
        // A copy of an old release must not take it from the next holder.
        if resource.holder.is_none() || resource.grants != grant {
            return;
        }
        resource.holder = None;
        if resource.queue.is_empty() {
            return ctx.note(format_args!("{id} is free again."));
        }
        ctx.line("next");
        let next = resource.queue.remove(0);
        let others = resource.queue.clone();
        ctx.note(format_args!("{} is the first in the queue of {id} and gets it.", next.process));
        self.give(id, next, ctx);
        for other in others {
            self.tell_holder(id, other, ctx);
        }
    }

    // Probing.

    /// Whenever the waits of a blocked process have changed, it starts a probe some time later: the last to learn of an
    /// edge of a cycle starts when the whole cycle is known.
    pub(super) fn expect_a_probe(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let by_hand = ctx.setup().parameter("start") == 1;
        let Some(local) = self.processes.get_mut(&process) else { return };
        local.tries = 0;
        if local.is_blocked() && !local.deadlocked && !by_hand {
            ctx.set_timer(ctx.setup().span("probe-after"), Timer::Probe(process));
        }
    }

    pub(super) fn start_run(&mut self, process: ProcessId, ctx: &mut Context<'_, Self>) {
        let Some(local) = self.processes.get_mut(&process) else { return };
        if !local.is_blocked() || local.deadlocked {
            return;
        }
        ctx.line("start");
        local.runs += 1;
        local.tries += 1;
        let run = if ctx.setup().variant("no-dependent-array") {
            None
        } else if ctx.setup().variant("write-once-array") {
            Some(1)
        } else {
            Some(local.runs)
        };
        let waits = local.waits_in_words();
        match local.runs {
            1 => ctx.note(format_args!("{process} waits for {waits} and starts a probe.")),
            nth => ctx.note(format_args!("{process} still waits for {waits} and starts a probe, its run {nth}.")),
        }
        ctx.output(Output::Probes(process, run));
        self.spread(process, run, process, ctx);
    }

    /// Sends the probe from `first` to all that it waits for, and on from those at this site to which it comes.
    pub(super) fn spread(
        &mut self,
        initiator: ProcessId,
        run: Option<u32>,
        first: ProcessId,
        ctx: &mut Context<'_, Self>,
    ) {
        let every_hop_is_a_message = ctx.setup().variant("no-dependent-array");
        let to_the_last_only = ctx.setup().variant("one-edge");
        let mut passing = vec![first];
        let mut next = 0;
        while let Some(&sender) = passing.get(next) {
            next += 1;
            let Some(local) = self.processes.get(&sender) else { continue };
            let mut holders: Vec<_> = local.holders().into_iter().collect();
            if to_the_last_only {
                holders.drain(..holders.len().saturating_sub(1));
            }
            for (holder, claims) in holders {
                let probe = Probe { initiator, sender, receiver: holder.process, run, claims };
                if holder.site == self.me && !every_hop_is_a_message {
                    ctx.line("local");
                    ctx.note(format_args!(
                        "{sender} waits for {} at the same site: {probe} needs no message.",
                        holder.process
                    ));
                    if self.passes_on(&probe, ctx) {
                        passing.push(holder.process);
                    }
                } else {
                    ctx.line("send");
                    ctx.note(format_args!(
                        "{sender} waits for {}: the probe {probe} goes to its site.",
                        holder.process
                    ));
                    ctx.send(holder.site, Message::Probe(probe));
                }
            }
        }
    }

    /// What the receiver of a probe does with it; whether it passes it on.
    pub(super) fn passes_on(&mut self, probe: &Probe, ctx: &mut Context<'_, Self>) -> bool {
        let Probe { initiator, sender, receiver, run, ref claims } = *probe;
        let Some(local) = self.processes.get_mut(&receiver) else { return false };
        if !local.is_blocked() {
            ctx.line("active");
            ctx.note(format_args!("{receiver} waits for nothing: the probe {probe} ends here."));
            return false;
        }
        let holds =
            |&(resource, grant): &(ResourceId, u32)| local.holds.get(&resource).is_some_and(|held| held.grant == grant);
        if !claims.iter().any(holds) && !ctx.setup().variant("no-hold-check") {
            ctx.line("answered");
            ctx.note(format_args!("{receiver} holds nothing any more for which {sender} waits: the probe {probe} is out of date and ends here."));
            return false;
        }
        if let Some(run) = run {
            let latest = local.dependent.or_default(initiator);
            if run <= *latest {
                ctx.line("seen");
                ctx.note(format_args!("The probe of {initiator} has been at {receiver} before: {probe} ends here."));
                return false;
            }
            ctx.line("mark");
            *latest = run;
        }
        if receiver != initiator {
            ctx.line("forward");
            return true;
        }
        ctx.line("home");
        if !local.deadlocked {
            local.deadlocked = true;
            ctx.cancel_timer(Timer::Probe(receiver));
            ctx.output(Output::Deadlock(receiver));
            ctx.note(format_args!(
                "The probe of {receiver} has come home: {receiver} waits for itself. This is a deadlock."
            ));
        }
        false
    }

    /// "local graph: P1 → P2, no cycle": all that this site sees by itself.
    pub(super) fn local_graph(&self) -> String {
        let mut edges = Vec::new();
        for (&process, local) in &self.processes {
            let here = local.holders().into_keys().filter(|holder| holder.site == self.me);
            edges.extend(here.map(|holder| (process, holder.process)));
        }
        if edges.is_empty() {
            return "local graph: no edge".into();
        }
        let cycle = if edges.iter().any(|&(process, _)| super::judge::is_on_cycle(&edges, process)) {
            "a cycle"
        } else {
            "no cycle"
        };
        let edges: Vec<String> = edges.iter().map(|(from, to)| format!("{from} → {to}")).collect();
        format!("local graph: {}, {cycle}", edges.join(", "))
    }
}
