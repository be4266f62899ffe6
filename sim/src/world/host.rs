//! How a handler is run, and what it may do meanwhile.

use super::{Life, World};
use crate::order::Order as _;
use crate::{
    AnyProcess, Datum, Effect, Micros, NodeId, RequestId, Setup, Stamp, Stamping, Step, TimerId,
    erased::Input,
    process::Host,
    random::{Purpose, draw},
    scenario::WorkloadRule,
    world::Timer,
};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// A handler at work.
struct Desk<'w> {
    world: &'w mut World,
    step: &'w mut Step,
    me: NodeId,
    /// The request that what is sent now serves.
    serves: Option<RequestId>,
    /// Whether what is sent is a further event, after a receipt.
    sends_apart: bool,
}

impl World {
    /// Runs a handler of a node that is up.
    pub(super) fn run(&mut self, node: NodeId, input: Input<'_>, serves: Option<RequestId>, step: &mut Step) {
        let seat = &mut self.nodes[node.index()];
        if seat.life != Life::Up {
            return;
        }
        let Some(mut process) = seat.process.take() else { return };
        let showed = self.shows(node, &*process);
        self.nodes[node.index()].fingerprint = OnceLock::new();
        let sends_apart = matches!(input, Input::Message(..));
        if self.stamping != Stamping::None && !matches!(input, Input::Start) {
            step.stamps.event = self.tick(node);
        }
        step.node = Some(node);
        let mut desk = Desk { world: self, step, me: node, serves, sends_apart };
        if let Some(state) = Arc::get_mut(&mut process) {
            state.handle(input, &mut desk);
        } else {
            // Somebody keeps the old state: a checkpoint, the search. Only this node is copied.
            process = process.copy();
            if let Some(state) = Arc::get_mut(&mut process) {
                state.handle(input, &mut desk);
            }
        }
        if let (Some(before), Some(after)) = (showed, self.shows(node, &*process))
            && before != after
        {
            step.effects.push(Effect::ClockSet(node, before, after));
        }
        self.nodes[node.index()].process = Some(process);
    }

    /// What the clock of a node shows by its process, which is not in its seat; nothing where time is no subject.
    fn shows(&self, node: NodeId, process: &dyn AnyProcess) -> Option<i64> {
        self.setup.algorithm.clocks?;
        let seat = &self.nodes[node.index()];
        let correction = process.correction(seat.clock.read(self.now)).by;
        Some(seat.uncorrected(self.now).saturating_add(correction))
    }

    /// Advances the stamps of a node by one event.
    fn tick(&mut self, node: NodeId) -> Stamp {
        let seat = &mut self.nodes[node.index()];
        seat.lamport += 1;
        if let Some(vector) = &mut seat.vector {
            if vector.len() <= node.index() {
                let mut longer = vector.to_vec();
                longer.resize(node.index() + 1, 0);
                *vector = longer.into();
            }
            Arc::make_mut(vector)[node.index()] += 1;
        }
        Stamp { lamport: seat.lamport, vector: seat.vector.clone() }
    }

    /// Merges the stamp of a message into its receiver's, before the receipt ticks.
    pub(super) fn merge_stamp(&mut self, node: NodeId, stamp: &Stamp) {
        let seat = &mut self.nodes[node.index()];
        if seat.life != Life::Up {
            return;
        }
        seat.lamport = seat.lamport.max(stamp.lamport);
        if let (Some(mine), Some(theirs)) = (&mut seat.vector, &stamp.vector) {
            if mine.len() < theirs.len() {
                let mut longer = mine.to_vec();
                longer.resize(theirs.len(), 0);
                *mine = longer.into();
            }
            for (mine, theirs) in Arc::make_mut(mine).iter_mut().zip(theirs.iter()) {
                *mine = (*mine).max(*theirs);
            }
        }
    }

    /// Arms a timer of a node for a hardware reading.
    fn arm(&mut self, node: NodeId, after: Micros, payload: Datum) -> Timer {
        let sequence = self.agenda.take_sequence();
        let seat = &mut self.nodes[node.index()];
        let id = TimerId { node, number: seat.timers_set };
        seat.timers_set += 1;
        let deadline = seat.clock.read(self.now).saturating_add(after.0.min(i64::MAX as u64) as i64);
        let due = seat.clock.first_showing(deadline);
        Timer { id, payload, deadline, due, sequence }
    }

    /// A new process for a node that joins.
    pub(super) fn spawn(&self, node: NodeId) -> Arc<dyn AnyProcess> {
        (self.setup.algorithm.spawn)(&self.setup, node)
    }
}

impl Host for Desk<'_> {
    fn me(&self) -> NodeId {
        self.me
    }
    fn members(&self) -> &Arc<[NodeId]> {
        &self.world.members
    }
    fn neighbours(&self) -> Vec<NodeId> {
        let mine =
            self.world.links.iter().filter(|link| link.is_up() && (link.ends.0 == self.me || link.ends.1 == self.me));
        let mut others: Vec<NodeId> = mine.map(|link| link.other(self.me)).collect();
        others.order();
        others.dedup();
        others
    }
    fn hardware_clock(&self) -> i64 {
        self.world.nodes[self.me.index()].clock.read(self.world.now)
    }
    fn clock(&self) -> i64 {
        self.world.nodes[self.me.index()].uncorrected(self.world.now)
    }
    fn random(&mut self) -> u64 {
        let seed = self.world.setup.seed;
        let seat = &mut self.world.nodes[self.me.index()];
        seat.draws += 1;
        draw(seed, Purpose::Process, (self.me.0.into(), 0), seat.draws.into())
    }
    fn send(&mut self, to: NodeId, message: Datum) {
        if self.world.stamping != Stamping::None && self.step.stamps.sent.is_none() {
            // A receipt and what it sends are two events; a request or a timer and what it sends are one.
            let apart = self.sends_apart || self.step.event.is_none();
            let stamp = if apart { self.world.tick(self.me) } else { self.step.stamps.event.clone() };
            self.step.stamps.sent = Some(stamp);
        }
        self.world.send(self.me, to, message, self.serves, self.step);
    }
    fn set_timer(&mut self, after: Micros, payload: Datum) {
        self.cancel_timer(&payload);
        let timer = self.world.arm(self.me, after, payload);
        let (id, due, sequence) = (timer.id, timer.due, timer.sequence);
        self.step.effects.push(Effect::TimerSet(id, due));
        let slot = self.world.timers.insert(timer);
        self.world.agenda.push_timer(due, sequence, slot);
    }
    fn cancel_timer(&mut self, payload: &Datum) {
        let me = self.me;
        for slot in self.world.timers.find_all(|timer| timer.id.node == me && timer.payload == *payload) {
            self.world.timers.remove(slot);
        }
    }
    fn output(&mut self, output: Datum) {
        let kind = output.kind();
        self.world.tally.count_output(kind);
        self.step.effects.push(Effect::Output(self.me, output));
    }
    fn policy(&self) -> Option<&Datum> {
        self.world.policy.as_ref()
    }
    fn setup(&self) -> &Setup {
        &self.world.setup
    }
    fn recording(&self) -> bool {
        self.step.recording
    }
    fn line(&mut self, tag: &'static str) {
        if self.step.recording && !self.step.lines.contains(&tag) {
            self.step.lines.push(tag);
        }
    }
    fn note(&mut self, sentence: &dyn fmt::Display) {
        if self.step.recording {
            self.step.notes.push(self.world.with_names(&sentence.to_string()));
        }
    }
    fn on_behalf_of(&mut self, node: NodeId) {
        let open = self.world.nodes.get(node.index()).map_or(0, |seat| seat.requests);
        self.serves = open.checked_sub(1).map(|number| RequestId { node, number });
    }
}

/// Lets the workload answer what a process has just told.
impl World {
    pub(super) fn answer_outputs(&mut self, step: &Step) {
        // Open arrivals answer to nothing.
        if self.setup.workload.iter().all(WorkloadRule::is_open) {
            return;
        }
        for effect in &step.effects {
            if let Effect::Output(node, output) = effect {
                self.plan_workload(*node, output.kind());
            }
        }
    }
}
