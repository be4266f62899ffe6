//! What each event does.

use super::{Flight, Life, World, node::Node};
use crate::{
    Cause, Effect, Event, LinkId, Members, Membership, MessageId, NodeId, Order, Payload, Payloads, RequestId, Step,
    erased::Input,
};
use std::sync::{Arc, OnceLock};

impl World {
    /// Does what an admitted event does.
    pub(super) fn apply(&mut self, event: Event, payloads: &Payloads, step: &mut Step) {
        let slot = match event {
            Event::Deliver(id) => self.flights.find_all(|flight| flight.id == id).first().copied(),
            Event::Fire(id) => self.timers.find_all(|timer| timer.id == id).first().copied(),
            Event::Script(_) | Event::Arrive(_) => self.planned.find_all(|plan| plan.event == event).first().copied(),
            _ => None,
        };
        match slot {
            Some(slot) => {
                self.apply_item(event, slot, payloads, step);
                self.unpark();
                self.trim_agenda();
            }
            None => self.apply_act(event, payloads, step),
        }
    }

    /// Takes the pending item in this slot.
    pub(super) fn apply_item(&mut self, event: Event, slot: u32, payloads: &Payloads, step: &mut Step) {
        match event {
            Event::Deliver(_) => self.deliver(slot, step),
            Event::Fire(_) => {
                let Some(timer) = self.timers.remove(slot) else { return };
                step.cause = Cause::Timer(timer.payload.clone());
                self.run(timer.id.node, Input::Timer(&timer.payload), None, step);
                self.answer_outputs(step);
            }
            _ => {
                let Some(plan) = self.planned.remove(slot) else { return };
                match (plan.event, plan.request, plan.node) {
                    (Event::Script(k), ..) => self.apply_scripted(k, payloads, step),
                    (_, Some(request), Some(node)) => {
                        self.ask(node, &request, step);
                        if let Some(rule) = plan.rule.filter(|_| plan.again) {
                            self.plan_rule(node, rule);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// A scripted event does what the user could do; one that makes no sense any more does nothing, and says so.
    fn apply_scripted(&mut self, k: u32, payloads: &Payloads, step: &mut Step) {
        let event = self.setup.script[k as usize].event;
        match self.admit(event, payloads) {
            Ok(_) => {
                let broke = self.would_break(event);
                self.break_assumption(broke, step);
                self.apply(event, payloads, step);
            }
            Err(refusal) if step.recording => step.notes.push(refusal.0),
            Err(_) => {}
        }
    }

    pub(super) fn deliver(&mut self, slot: u32, step: &mut Step) {
        let Some(flight) = self.flights.remove(slot) else { return };
        let Flight { id, to, payload, sent_at, stamp, serves, .. } = flight;
        step.node = Some(to);
        match self.nodes[to.index()].life {
            Life::Up => {}
            Life::Down => return self.lose(id, to, payload, "its receiver is down", step),
            Life::Removed => return self.lose(id, to, payload, "its receiver is not a member", step),
        }
        if self.stamping != super::Stamping::None {
            self.merge_stamp(to, &stamp);
        }
        self.run(to, Input::Message(id.from, &payload), serves, step);
        step.cause = Cause::Message { id, payload, sent_at };
        self.answer_outputs(step);
    }

    /// Puts a request to a node; one that is down does not hear it.
    fn ask(&mut self, node: NodeId, request: &crate::Datum, step: &mut Step) {
        step.node = Some(node);
        step.cause = Cause::Request(request.clone());
        if self.nodes[node.index()].life != Life::Up {
            if step.recording {
                step.notes.push(format!("{} is down: nobody hears the request.", self.name(node)));
            }
            return;
        }
        // The workload does not look before it asks: what makes no sense now is refused like a user's request.
        if let Err(reason) = self.nodes[node.index()].process().check(request, &self.view(node)) {
            if step.recording {
                step.notes.push(format!("{} refuses: {reason}", self.name(node)));
            }
            return;
        }
        let number = self.nodes[node.index()].requests;
        self.nodes[node.index()].requests += 1;
        self.run(node, Input::Request(request), Some(RequestId { node, number }), step);
        self.answer_outputs(step);
    }

    /// Does what the user does to the run.
    fn apply_act(&mut self, event: Event, payloads: &Payloads, step: &mut Step) {
        match event {
            Event::Deliver(_) | Event::Fire(_) | Event::Script(_) | Event::Arrive(_) => {}
            Event::Request(node, payload) => {
                if let Some(Payload::Request(_, request)) = payloads.get(payload) {
                    self.ask(node, request, step);
                }
            }
            Event::Drop(id) => {
                for slot in self.flights.find_all(|flight| flight.id == id) {
                    if let Some(Flight { to, payload, .. }) = self.take_flight(slot) {
                        self.lose(id, to, payload, "you dropped it", step);
                    }
                }
            }
            Event::Duplicate(id) => self.duplicate(id, step),
            Event::Hold(id) => self.set_held(id, true),
            Event::Release(id) => self.set_held(id, false),
            Event::Crash(_)
            | Event::Recover(_)
            | Event::Pause(_)
            | Event::Resume(_)
            | Event::RemoveNode(_)
            | Event::AddNode(_) => {
                self.apply_to_node(event, step);
            }
            Event::MoveNode(node, place) => self.nodes[node.index()].place = place,
            Event::SetClock(node, offset) => {
                step.node = Some(node);
                self.nodes[node.index()].offset = offset;
            }
            Event::SetRate(node, rate) => {
                step.node = Some(node);
                self.set_rate(node, rate);
            }
            Event::SetPolicy(payload) => {
                if let Some(Payload::Policy(_, policy)) = payloads.get(payload) {
                    self.policy = Some(policy.clone());
                }
            }
            _ => self.apply_to_links(event, payloads, step),
        }
        self.unpark();
    }

    fn set_held(&mut self, id: MessageId, held: bool) {
        for (_, flight) in self.flights.slots_mut() {
            if flight.id == id && flight.held != held {
                flight.held = held;
                if held {
                    self.held += 1;
                } else {
                    self.held -= 1;
                }
            }
        }
    }

    fn apply_to_node(&mut self, event: Event, step: &mut Step) {
        match event {
            Event::Crash(node) => {
                step.node = Some(node);
                self.crash(node, step);
            }
            Event::Recover(node) => {
                step.node = Some(node);
                let seat = &mut self.nodes[node.index()];
                seat.process = seat.survivor.take().or(seat.process.take());
                seat.life = Life::Up;
                seat.fingerprint = OnceLock::new();
                self.topology += 1;
                self.run(node, Input::Recover, None, step);
                self.answer_outputs(step);
            }
            Event::Pause(node) | Event::Resume(node) => {
                step.node = Some(node);
                let seat = &mut self.nodes[node.index()];
                seat.paused = matches!(event, Event::Pause(_));
                seat.fingerprint = OnceLock::new();
            }
            Event::RemoveNode(node) => {
                step.node = Some(node);
                self.crash(node, step);
                let seat = &mut self.nodes[node.index()];
                seat.life = Life::Removed;
                seat.survivor = None;
                self.members = self.members.iter().copied().filter(|&member| member != node).collect();
                for link in self.links_mut() {
                    link.removed |= link.ends.0 == node || link.ends.1 == node;
                }
                self.tell_members(Members::Left(node), step);
                self.answer_outputs(step);
            }
            Event::AddNode(place) => {
                let node = NodeId(self.nodes.len() as u32);
                step.node = Some(node);
                let name: Arc<str> = self.setup.algorithm.node_name(node).into();
                let process = self.spawn(node);
                let mut seat = Node::at(&name, place, process);
                if self.stamping == super::Stamping::Vectors && self.nodes.len() < Self::MAX_VECTOR_NODES {
                    seat.vector = Some(vec![0; self.nodes.len() + 1].into());
                }
                self.nodes.push(seat);
                for &member in Arc::clone(&self.members).iter() {
                    self.add_link(member, node);
                }
                self.members = self.members.iter().copied().chain([node]).collect();
                self.plan_workload(node, crate::scenario::WorkloadRule::START);
                self.run(node, Input::Start, None, step);
                self.tell_members(Members::Joined(node), step);
                self.answer_outputs(step);
            }
            _ => {}
        }
    }

    fn tell_members(&mut self, change: Members, step: &mut Step) {
        if self.setup.algorithm.membership == Membership::Fixed {
            return;
        }
        let (Members::Joined(subject) | Members::Left(subject)) = change;
        let at = step.node;
        for &member in Arc::clone(&self.members).iter().filter(|&&member| member != subject) {
            self.run(member, Input::Members(change), None, step);
            step.stamps.sent = None;
        }
        step.node = at;
    }

    /// No code runs: the timers are gone, what must be relayed here is lost, what was sent travels on.
    fn crash(&mut self, node: NodeId, step: &mut Step) {
        let seat = &mut self.nodes[node.index()];
        seat.survivor = seat.process.as_ref().and_then(|process| process.after_crash());
        seat.life = Life::Down;
        seat.paused = false;
        seat.fingerprint = OnceLock::new();
        self.topology += 1;
        for slot in self.timers.find_all(|timer| timer.id.node == node) {
            self.timers.remove(slot);
        }
        self.lose_relayed_by(node, step);
    }

    /// The reading does not jump; the dues of the node's timers follow the new rate.
    fn set_rate(&mut self, node: NodeId, rate: crate::Rate) {
        let now = self.now;
        let seat = &mut self.nodes[node.index()];
        seat.clock.set_rate(now, rate);
        let clock = seat.clock;
        for (_, timer) in self.timers.slots_mut() {
            if timer.id.node == node {
                timer.due = clock.first_showing(timer.deadline);
            }
        }
        self.rebuild_agenda();
    }

    fn apply_to_links(&mut self, event: Event, payloads: &Payloads, step: &mut Step) {
        match event {
            Event::AddLink(a, b) => self.add_link(a, b),
            Event::RemoveLink(id) => {
                self.links_mut()[id.index()].removed = true;
                self.lose_on_link(id, "its link was taken away", step);
            }
            Event::CutLink(id) => {
                self.links_mut()[id.index()].cut = true;
                self.lose_on_link(id, "its link was cut", step);
            }
            Event::MendLink(id) => self.links_mut()[id.index()].cut = false,
            Event::SetDelay(id, delay) => {
                let link = &mut self.links_mut()[id.index()];
                (link.delay, link.back) = (delay, None);
            }
            Event::SetDelayFrom(id, end, delay) => self.links_mut()[id.index()].set_delay_from(end, delay),
            Event::SetLoss(id, chance) => self.links_mut()[id.index()].loss = chance,
            Event::SetDuplication(id, chance) => self.links_mut()[id.index()].duplication = chance,
            Event::SetOrder(id, order) => {
                self.links_mut()[id.index()].order = order;
                if order == Order::Fifo {
                    let (a, b) = self.links[id.index()].ends;
                    self.make_monotone(a, b);
                    self.make_monotone(b, a);
                }
            }
            Event::Partition(payload) => {
                let Some(Payload::Side(side)) = payloads.get(payload) else { return };
                let crosses = |link: &crate::Link| side.contains(&link.ends.0) != side.contains(&link.ends.1);
                let cut: Vec<usize> = (0..self.links.len()).filter(|&index| crosses(&self.links[index])).collect();
                for &index in &cut {
                    self.links_mut()[index].severed = true;
                }
                for index in cut {
                    self.lose_on_link(LinkId(index as u32), "the network is partitioned", step);
                }
            }
            Event::Heal => {
                for link in self.links_mut() {
                    link.severed = false;
                }
            }
            _ => {}
        }
    }

    /// What a step did to a message that is named by an event, for callers that need no more.
    pub fn lost_in(step: &Step) -> impl Iterator<Item = MessageId> {
        step.effects.iter().filter_map(|effect| match effect {
            Effect::Lost { id, .. } => Some(*id),
            _ => None,
        })
    }
}
