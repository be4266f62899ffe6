//! What comes next: pending items by (due, class, sequence), SEMANTICS 3.

use super::{Flight, Life, Timer, World};
use crate::{Datum, Event, Micros, NodeId, RequestId, random, scenario::WorkloadRule};
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
    /// Whether that rule goes on when it was put.
    pub(super) again: bool,
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
    /// Whether the heap's first entry was taken already. The next one that comes takes its place, which is cheaper than
    /// to close the gap and to find the newcomer's place anew.
    gap: bool,
    sequence: u64,
    /// Items that were passed over because they are held, blocked or at a paused node.
    parked: bool,
}

/// Due, class, sequence and slot in one number, so that the heap compares two entries at once: 64, 2, 40 and 22 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u128);

impl Entry {
    const SLOT_BITS: u32 = 22;
    const CLASS_SHIFT: u32 = 62;

    fn new(due: Micros, class: u64, sequence: u64, slot: u32) -> Self {
        debug_assert!(slot >> Self::SLOT_BITS == 0 && sequence >> (Self::CLASS_SHIFT - Self::SLOT_BITS) == 0);
        let order = class << Self::CLASS_SHIFT | sequence << Self::SLOT_BITS | u64::from(slot);
        Self(u128::from(due.0) << 64 | u128::from(order))
    }
    fn due(self) -> Micros {
        Micros((self.0 >> 64) as u64)
    }
    fn class(self) -> u64 {
        self.0 as u64 >> Self::CLASS_SHIFT
    }
    fn sequence(self) -> u64 {
        (self.0 as u64) << 2 >> 2 >> Self::SLOT_BITS
    }
    fn slot(self) -> u32 {
        self.0 as u32 & ((1 << Self::SLOT_BITS) - 1)
    }
}

impl Agenda {
    fn push(&mut self, due: Micros, class: u64, sequence: u64, slot: u32) {
        let entry = Reverse(Entry::new(due, class, sequence, slot));
        if std::mem::take(&mut self.gap)
            && let Some(mut first) = self.heap.peek_mut()
        {
            *first = entry;
        } else {
            self.heap.push(entry);
        }
    }
    fn pop(&mut self) -> Option<Entry> {
        if self.gap {
            self.heap.pop();
        }
        let first = self.heap.peek();
        self.gap = first.is_some();
        first.map(|Reverse(entry)| *entry)
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
        while let Some(entry) = self.agenda.pop() {
            match self.look_up(entry) {
                Some((event, true)) => return Some((event, entry.due(), entry.slot())),
                Some((_, false)) => self.agenda.parked = true,
                None => {}
            }
        }
        None
    }

    /// The event of an entry that still stands for something pending, and whether it can happen now.
    fn look_up(&self, entry: Entry) -> Option<(Event, bool)> {
        let (slot, due, sequence) = (entry.slot(), entry.due(), entry.sequence());
        match entry.class() {
            MESSAGE => {
                let flight = self.flights.get(slot)?;
                let valid = flight.sequence == sequence && flight.due == due;
                valid.then(|| (Event::Deliver(flight.id), self.can_arrive(flight)))
            }
            TIMER => {
                let timer = self.timers.get(slot)?;
                let valid = timer.sequence == sequence && timer.due == due;
                valid.then(|| (Event::Fire(timer.id), self.can_fire(timer)))
            }
            _ => {
                let plan = self.planned.get(slot)?;
                let valid = plan.sequence == sequence && plan.due == due;
                valid.then(|| (plan.event, self.can_begin(plan)))
            }
        }
    }

    /// The earliest pending item that can happen, without taking it: what Play would do.
    pub fn peek_next(&self) -> Option<(Event, Micros)> {
        let flights = self.flights.iter().filter(|flight| self.can_arrive(flight));
        let flights = flights.map(|flight| (flight.due, MESSAGE, flight.sequence, Event::Deliver(flight.id)));
        let timers = self.timers.iter().filter(|timer| self.can_fire(timer));
        let timers = timers.map(|timer| (timer.due, TIMER, timer.sequence, Event::Fire(timer.id)));
        let planned = self.planned.iter().filter(|plan| self.can_begin(plan));
        let planned = planned.map(|plan| (plan.due, PLANNED, plan.sequence, plan.event));
        let pending = flights.chain(timers).chain(planned);
        let (due, _, _, event) = pending.min_by_key(|&(due, class, sequence, _)| (due, class, sequence))?;
        Some((event, due))
    }

    /// When the earliest pending item that can happen is due: as [`World::peek_next`] says, by a look at the queue.
    pub fn next_due(&mut self) -> Option<Micros> {
        let (_, due, _) = self.pop_next()?;
        // It was looked at and not taken.
        self.agenda.gap = false;
        Some(due)
    }

    fn can_arrive(&self, flight: &Flight) -> bool {
        let free = !flight.held && !self.nodes[flight.to.index()].paused;
        free && (self.held == 0 || self.ahead_of(flight).is_none())
    }
    fn can_fire(&self, timer: &Timer) -> bool {
        !self.nodes[timer.id.node.index()].paused
    }
    fn can_begin(&self, plan: &Planned) -> bool {
        match plan.event {
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
        let mut agenda = Agenda { sequence: self.agenda.sequence, ..Agenda::default() };
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
            self.plan(Planned {
                event,
                node: None,
                due: item.at,
                request: None,
                rule: None,
                again: false,
                sequence: 0,
            });
        }
    }

    /// Lets the workload answer: `occasion` is `"start"` or the kind of an output. A draw depends on the
    /// node, the rule and how often the rule has fired there.
    pub(super) fn plan_workload(&mut self, node: NodeId, occasion: &str) {
        let setup = Arc::clone(&self.setup);
        for (index, rule) in setup.workload.iter().enumerate() {
            let fits = rule.on == occasion || (occasion == WorkloadRule::START && rule.on == WorkloadRule::TRACE);
            if fits && rule.applies_to(node) {
                self.plan_rule(node, index as u32);
            }
        }
    }

    /// Plans the next requests of a rule at a node: as many as it puts at a time.
    pub(super) fn plan_rule(&mut self, node: NodeId, index: u32) {
        let setup = Arc::clone(&self.setup);
        let rule = &setup.workload[index as usize];
        let mut due = None;
        for left in (0..rule.burst).rev() {
            let Some((event, request, at)) = self.next_of_rule(node, index, due) else { return };
            due = Some(at);
            // The last of a burst brings the next one.
            let again = left == 0 && (rule.repeat || rule.on == WorkloadRule::TRACE);
            let plan = Planned {
                event,
                node: Some(node),
                due: at,
                request: Some(request),
                rule: Some(index),
                again,
                sequence: 0,
            };
            self.plan(plan);
        }
    }

    /// Draws the next request of a rule, due at `due` where that is known already.
    fn next_of_rule(&mut self, node: NodeId, index: u32, due: Option<Micros>) -> Option<(Event, Datum, Micros)> {
        let setup = Arc::clone(&self.setup);
        let rule = &setup.workload[index as usize];
        let seat = &mut self.nodes[node.index()];
        let fired = seat.fired(index);
        if rule.limit.is_some_and(|limit| fired >= limit) || seat.life == Life::Removed {
            return None;
        }
        let row = match &setup.trace {
            Some(trace) if rule.on == WorkloadRule::TRACE => Some(trace.row_of(node, fired)?),
            _ => None,
        };
        let number = seat.arrivals;
        seat.arrivals += 1;
        seat.count_firing(index);
        let owner = (u64::from(node.0), u64::from(index));
        let mut draws = 0;
        let mut bits = || {
            draws += 1;
            random::draw(setup.seed, random::Purpose::Workload, owner, u64::from(fired + 1) << 8 | draws)
        };
        let due = due.unwrap_or_else(|| row.map_or(self.now, |(_, at)| at).plus(rule.after.sample(bits())));
        let row = (setup.trace.as_ref(), row.map_or(0, |(row, _)| row));
        let process = self.nodes[node.index()].process();
        let request = setup.templates[index as usize].request(row, process, &mut bits)?;
        Some((Event::Arrive(RequestId { node, number }), request, due))
    }
}
