//! What can happen next, what cannot and why, and what would break an assumption (SEMANTICS 5, 6).

use super::{Life, Refusal, World};
use crate::order::Order as _;
use crate::{
    Assumption, Event, Micros, NodeId, Order, Payloads,
    algorithm::{Faults, Links, Membership, Timing},
};

/// When timers may go off (SEMANTICS 6). Every search and every published claim names its mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Any timer at any time.
    Untimed,
    /// A timer only when no message is under way.
    TimeoutsLongEnough,
    /// Only what is due next; remaining times are part of the state.
    Timed,
}

/// Something pending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The event that takes it.
    pub event: Event,
    /// When it is due.
    pub due: Micros,
    /// Why it cannot be taken now, if so.
    pub refused: Option<String>,
    /// The assumption that taking it would break, if any.
    pub breaks: Option<Assumption>,
    /// Whether Play would take it next.
    pub next: bool,
}

impl World {
    /// Everything pending, in the order of its ids: plans, messages, timers. What cannot happen now says why.
    pub fn choices(&self) -> Vec<Choice> {
        let next = self.peek_next().map(|(event, _)| event);
        let none = Payloads::default();
        self.pending_events()
            .into_iter()
            .map(|(event, due)| Choice {
                event,
                due,
                refused: self.admit(event, &none).err().map(|Refusal(reason)| reason),
                breaks: self.would_break(event),
                next: next == Some(event),
            })
            .collect()
    }

    /// The pending events that can be taken, in the order of their ids: the moves of the search, and the alphabet of
    /// links.
    pub fn enabled(&self, mode: Mode) -> Vec<Event> {
        let none = Payloads::default();
        let mut pending = self.pending_events();
        if mode == Mode::Timed {
            let able = pending.iter().filter(|(event, _)| self.admit(*event, &none).is_ok());
            let earliest = able.map(|&(_, due)| due.max(self.now)).min();
            pending.retain(|&(_, due)| Some(due.max(self.now)) == earliest);
        }
        let quiet_network = self.flights.iter().all(|flight| flight.held);
        let timers_wait = mode == Mode::TimeoutsLongEnough && !quiet_network;
        let events = pending.into_iter().map(|(event, _)| event);
        events
            .filter(|&event| !(timers_wait && matches!(event, Event::Fire(_))) && self.admit(event, &none).is_ok())
            .collect()
    }

    fn pending_events(&self) -> Vec<(Event, Micros)> {
        let mut planned: Vec<_> = self.planned.iter().map(|plan| (plan.event, plan.due)).collect();
        planned.order_by_key(|(event, _)| match event {
            Event::Script(k) => (0, 0, *k),
            Event::Arrive(request) => (1, request.node.0, request.number),
            _ => (2, 0, 0),
        });
        let mut flights: Vec<_> = self.flights.iter().map(|flight| (flight.id, flight.due)).collect();
        flights.order();
        let mut timers: Vec<_> = self.timers.iter().map(|timer| (timer.id, timer.due)).collect();
        timers.order();
        let flights = flights.into_iter().map(|(id, due)| (Event::Deliver(id), due));
        let timers = timers.into_iter().map(|(id, due)| (Event::Fire(id), due));
        planned.into_iter().chain(flights).chain(timers).collect()
    }

    /// Why an event cannot be taken now, if so: for buttons that are greyed out with their reason.
    pub fn refusal(&self, event: Event, payloads: &Payloads) -> Option<String> {
        self.admit(event, payloads).err().map(|Refusal(reason)| reason)
    }

    /// The assumption of the algorithm that taking this event would break; known before it is taken.
    pub fn would_break(&self, event: Event) -> Option<Assumption> {
        let assumes = self.setup.algorithm.assumes;
        let reliable = assumes.links == Links::Reliable;
        match event {
            Event::Drop(_) | Event::CutLink(_) | Event::Partition(_) | Event::RemoveLink(_) if reliable => {
                Some(Assumption::NoLoss)
            }
            Event::SetLoss(_, chance) if reliable && chance > 0 => Some(Assumption::NoLoss),
            Event::Duplicate(_) | Event::SetDuplication(..) if assumes.links != Links::LossyAndDuplicating => {
                Some(Assumption::NoDuplication)
            }
            Event::Crash(_) if assumes.faults == Faults::None => Some(Assumption::NoCrash),
            // Where the others are told, leaving is no fault.
            Event::RemoveNode(_)
                if assumes.faults == Faults::None && self.setup.algorithm.membership == Membership::Fixed =>
            {
                Some(Assumption::NoCrash)
            }
            Event::Recover(_) if assumes.faults == Faults::CrashStop => Some(Assumption::NoRecovery),
            Event::Deliver(id) => {
                let flight = self.flight(id)?;
                if assumes.order == Order::Fifo && self.earlier_of_pair(flight).is_some() {
                    return Some(Assumption::Fifo);
                }
                self.breaks_bound(flight.due, Some(event))
            }
            Event::Fire(id) => self.breaks_bound(self.timer(id)?.due, Some(event)),
            Event::Script(k) => {
                let plan = self.planned.iter().find(|plan| plan.event == event)?;
                let inner = self.setup.script[k as usize].event;
                self.breaks_bound(plan.due, None).or_else(|| self.would_break(inner))
            }
            Event::Arrive(_) => {
                let plan = self.planned.iter().find(|plan| plan.event == event)?;
                self.breaks_bound(plan.due, None)
            }
            _ => None,
        }
    }

    /// Whether moving time to `due` makes a pending message later than the greatest delay of its links.
    fn breaks_bound(&self, due: Micros, taken: Option<Event>) -> Option<Assumption> {
        if self.setup.algorithm.assumes.timing == Timing::Asynchronous {
            return None;
        }
        let at = self.now.max(due);
        let late = |flight: &super::Flight| {
            let is_taken = taken == Some(Event::Deliver(flight.id));
            !is_taken && flight.bound < at && self.nodes[flight.to.index()].life == Life::Up
        };
        self.flights.iter().any(late).then_some(Assumption::BoundedDelay)
    }

    /// The message that would be later than its bound if this event were taken: what the mark on a choice names.
    pub fn made_late_by(&self, event: Event) -> Vec<(NodeId, NodeId)> {
        let due = match event {
            Event::Fire(id) => self.timer(id).map(|timer| timer.due),
            Event::Deliver(id) => self.flight(id).map(|flight| flight.due),
            _ => self.planned.iter().find(|plan| plan.event == event).map(|plan| plan.due),
        };
        let Some(at) = due.map(|due| due.max(self.now)) else { return vec![] };
        let late = self.flights.iter().filter(|flight| flight.bound < at && Event::Deliver(flight.id) != event);
        late.map(|flight| (flight.id.from, flight.to)).collect()
    }
}
