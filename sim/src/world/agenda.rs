//! What comes next: pending items by (due, class, sequence), SEMANTICS 3.

use super::{Life, World};
use crate::{Datum, Event, Micros, NodeId, RequestId, random};
use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

/// A scripted event or a request of the workload that is still to come.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is.
    pub event: Event,
    /// The node that it will be put to, where it is a request of the workload.
    pub node: Option<NodeId>,
    /// When it is due.
    pub due: Micros,
    /// The request, for one of the workload.
    pub request: Option<Datum>,
    /// The rule of the workload that made it.
    pub(super) rule: Option<u32>,
    pub(super) sequence: u64,
}

/// Classes of pending items in their order at the same time.
const PLANNED: u64 = 0;
const MESSAGE: u64 = 1;
const TIMER: u64 = 2;

/// The queue of pending items. Entries of items that are gone, or that cannot happen now, are passed over.
#[derive(Clone, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    sequence: u64,
    /// Items that were passed over because they are held, blocked or at a paused node.
    parked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    due: Micros,
    /// Class in the two highest bits, then the sequence.
    order: u64,
    slot: u32,
}

impl Agenda {
    fn push(&mut self, due: Micros, class: u64, sequence: u64, slot: u32) {
        self.heap.push(Reverse(Entry { due, order: class << 62 | sequence, slot }));
    }
    pub fn take_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
    pub fn push_flight(&mut self, due: Micros, sequence: u64, slot: u32) {
        self.push(due, MESSAGE, sequence, slot);
    }
    pub fn push_timer(&mut self, due: Micros, sequence: u64, slot: u32) {
        self.push(due, TIMER, sequence, slot);
    }
}

impl World {
    /// The earliest pending item that can happen: its event, its due, its slot.
    pub(super) fn pop_next(&mut self) -> Option<(Event, Micros, u32)> {
        while let Some(Reverse(entry)) = self.agenda.heap.pop() {
            let Some((event, due, sequence)) = self.pending_item(entry.order >> 62, entry.slot) else { continue };
            if sequence != entry.order << 2 >> 2 || due != entry.due {
                continue;
            }
            if self.can_happen(event, entry.slot) {
                return Some((event, due, entry.slot));
            }
            self.agenda.parked = true;
        }
        None
    }

    /// The earliest pending item that can happen, without taking it: what Play would do.
    pub fn peek_next(&self) -> Option<(Event, Micros)> {
        let flights = self.flights.slots().map(|(slot, flight)| (flight.due, MESSAGE, flight.sequence, slot));
        let timers = self.timers.slots().map(|(slot, timer)| (timer.due, TIMER, timer.sequence, slot));
        let planned = self.planned.slots().map(|(slot, plan)| (plan.due, PLANNED, plan.sequence, slot));
        let able = flights.chain(timers).chain(planned).filter(|&(_, class, _, slot)| {
            self.pending_item(class, slot).is_some_and(|(event, ..)| self.can_happen(event, slot))
        });
        let (due, class, _, slot) = able.min()?;
        self.pending_item(class, slot).map(|(event, ..)| (event, due))
    }

    fn pending_item(&self, class: u64, slot: u32) -> Option<(Event, Micros, u64)> {
        match class {
            MESSAGE => self.flights.get(slot).map(|flight| (Event::Deliver(flight.id), flight.due, flight.sequence)),
            TIMER => self.timers.get(slot).map(|timer| (Event::Fire(timer.id), timer.due, timer.sequence)),
            _ => self.planned.get(slot).map(|plan| (plan.event, plan.due, plan.sequence)),
        }
    }

    fn can_happen(&self, event: Event, slot: u32) -> bool {
        match event {
            Event::Deliver(_) => {
                let Some(flight) = self.flights.get(slot) else { return false };
                let free = !flight.held && !self.nodes[flight.to.index()].paused;
                free && (self.held == 0 || self.ahead_of(flight).is_none())
            }
            Event::Fire(timer) => !self.nodes[timer.node.index()].paused,
            Event::Arrive(request) => !self.nodes[request.node.index()].paused,
            _ => true,
        }
    }

    /// Looks again at items that were passed over.
    pub(super) fn unpark(&mut self) {
        if self.agenda.parked {
            self.rebuild_agenda();
        }
    }

    /// Makes the queue anew from what is pending, after dues have changed.
    pub(super) fn rebuild_agenda(&mut self) {
        let mut agenda = Agenda { heap: BinaryHeap::new(), sequence: self.agenda.sequence, parked: false };
        for (slot, flight) in self.flights.slots() {
            agenda.push(flight.due, MESSAGE, flight.sequence, slot);
        }
        for (slot, timer) in self.timers.slots() {
            agenda.push(timer.due, TIMER, timer.sequence, slot);
        }
        for (slot, plan) in self.planned.slots() {
            agenda.push(plan.due, PLANNED, plan.sequence, slot);
        }
        self.agenda = agenda;
    }

    /// Keeps entries of items that are gone from piling up when the user picks items by hand.
    pub(super) fn trim_agenda(&mut self) {
        if self.agenda.heap.len() > 2 * self.pending() + 64 {
            self.rebuild_agenda();
        }
    }

    fn plan(&mut self, mut plan: Planned) {
        plan.sequence = self.agenda.take_sequence();
        let (due, sequence) = (plan.due, plan.sequence);
        let slot = self.planned.insert(plan);
        self.agenda.push(due, PLANNED, sequence, slot);
    }

    pub(super) fn plan_script(&mut self) {
        let setup = Arc::clone(&self.setup);
        for (k, item) in setup.script.iter().enumerate() {
            let event = Event::Script(k as u32);
            self.plan(Planned { event, node: None, due: item.at, request: None, rule: None, sequence: 0 });
        }
    }

    /// Lets the workload answer: `occasion` is `"start"` or the kind of an output. A draw depends on the
    /// node, the rule and how often the rule has fired there.
    pub(super) fn plan_workload(&mut self, node: NodeId, occasion: &str) {
        let setup = Arc::clone(&self.setup);
        for (index, rule) in setup.workload.iter().enumerate() {
            if rule.on == occasion && rule.applies_to(node) {
                self.plan_rule(node, index as u32);
            }
        }
    }

    /// Plans the next request of a rule at a node.
    pub(super) fn plan_rule(&mut self, node: NodeId, index: u32) {
        let setup = Arc::clone(&self.setup);
        let rule = &setup.workload[index as usize];
        let seat = &mut self.nodes[node.index()];
        let number = seat.arrivals;
        if rule.limit.is_some_and(|limit| seat.fired(index) >= limit) || seat.life == Life::Removed {
            return;
        }
        seat.arrivals += 1;
        seat.count_firing(index);
        let owner = (u64::from(node.0), u64::from(index));
        let nth = u64::from(seat.fired(index));
        let mut draws = 0;
        let mut draw = |delay: crate::Delay| {
            draws += 1;
            delay.sample(random::draw(setup.seed, random::Purpose::Workload, owner, nth << 8 | draws))
        };
        let due = self.now.plus(draw(rule.after));
        let json = rule.request_with(&mut draw);
        let Ok(request) = self.nodes[node.index()].process().read_request(&json) else { return };
        let event = Event::Arrive(RequestId { node, number });
        self.plan(Planned { event, node: Some(node), due, request: Some(request), rule: Some(index), sequence: 0 });
    }
}
