//! The two fingerprints of a world (SEMANTICS 23).

use super::{Mode, World};
use crate::order::Order as _;
use crate::{
    Fingerprint, Order,
    fingerprint::{StableHasher, bag, fingerprint},
    scenario::WorkloadRule,
};
use std::hash::Hash;

/// All that determines the rest of the run and all that is shown.
pub(super) fn digest(world: &World) -> Fingerprint {
    let mut hasher = StableHasher::default();
    let into = &mut hasher;
    world.now.hash(into);
    for node in &world.nodes {
        node.state_fingerprint().hash(into);
        (node.place, node.clock, node.offset, node.lamport, node.vector.as_deref()).hash(into);
        (node.sends, node.timers_set, node.requests, node.draws, node.arrivals, &node.fired).hash(into);
        for channel in node.channels.iter() {
            channel.hash_counters(into);
        }
    }
    world.members.hash(into);
    for link in world.links.iter() {
        (link.ends, link.delay, link.loss, link.duplication, link.order).hash(into);
        link.back.iter().for_each(|delay| delay.hash(into));
        (link.cut, link.severed, link.removed).hash(into);
    }
    let mut flights: Vec<_> = world.flights.iter().collect();
    flights.order_by_key(|flight| flight.id);
    for flight in flights {
        (flight.id, flight.to, flight.payload.fingerprint(), flight.sent_at, flight.due, flight.bound, flight.held)
            .hash(into);
        (flight.stamp.lamport, flight.stamp.vector.as_deref(), flight.serves, &flight.route).hash(into);
    }
    let mut timers: Vec<_> = world.timers.iter().collect();
    timers.order_by_key(|timer| timer.id);
    for timer in timers {
        (timer.id, timer.payload.fingerprint(), timer.deadline, timer.due).hash(into);
    }
    // Ties at one time are broken by sequence: their order is part of what determines the rest of the run.
    let mut order: Vec<_> =
        world.flights.iter().map(|flight| (flight.due, flight.sequence, fingerprint(&flight.id))).collect();
    order.extend(world.timers.iter().map(|timer| (timer.due, timer.sequence, fingerprint(&timer.id))));
    order.extend(world.planned.iter().map(|plan| (plan.due, plan.sequence, fingerprint(&plan.event))));
    order.order();
    order.iter().for_each(|(_, _, id)| id.hash(into));
    for plan in sorted_plans(world) {
        plan.hash(into);
    }
    world.policy.as_ref().map(crate::Datum::fingerprint).hash(into);
    for breach in &world.breaches {
        breach.hash(into);
    }
    hasher.fingerprint()
}

fn sorted_plans(world: &World) -> Vec<(crate::Micros, Fingerprint)> {
    let plan = |plan: &super::Planned| {
        (plan.due, fingerprint(&(plan.event, plan.request.as_ref().map(crate::Datum::fingerprint))))
    };
    let mut plans: Vec<_> = world.planned.iter().map(plan).collect();
    plans.order();
    plans
}

/// What the search knows a state by. Remaining times only in timed mode.
pub(super) fn state_key(world: &World, mode: Mode) -> Fingerprint {
    let mut hasher = StableHasher::default();
    let into = &mut hasher;
    let timed = mode == Mode::Timed;
    for node in &world.nodes {
        node.state_fingerprint().hash(into);
        if timed {
            (node.clock.rate(), node.clock_at(world.now)).hash(into);
        }
    }
    world.members.hash(into);
    for link in world.links.iter() {
        (link.ends, link.delay, link.loss, link.duplication, link.order, link.is_up()).hash(into);
        link.back.iter().for_each(|delay| delay.hash(into));
    }
    channels(world, timed).hash(into);
    let left = |due: crate::Micros| if timed { due.since(world.now) } else { crate::Micros::ZERO };
    bag(world.timers.iter().map(|timer| fingerprint(&(timer.id.node, timer.payload.fingerprint(), left(timer.due)))))
        .hash(into);
    let plan = |plan: &super::Planned| {
        let what = match plan.event {
            crate::Event::Script(k) => (Some(k), None),
            _ => (None, plan.node),
        };
        fingerprint(&(what, plan.request.as_ref().map(crate::Datum::fingerprint), plan.rule, left(plan.due)))
    };
    bag(world.planned.iter().map(plan)).hash(into);
    for node in &world.nodes {
        // How often a limited rule may still fire decides what can happen, and which rows of the trace are still to come.
        let ends = |rule: &WorkloadRule| rule.limit.is_some() || rule.on == WorkloadRule::TRACE;
        let limited = world.setup.workload.iter().enumerate().filter(|(_, rule)| ends(rule));
        limited.for_each(|(rule, _)| node.fired(rule as u32).hash(into));
    }
    world.policy.as_ref().map(crate::Datum::fingerprint).hash(into);
    hasher.fingerprint()
}

/// A channel a pair: the sequence of what is in it where it is FIFO, the bag where it is not.
fn channels(world: &World, timed: bool) -> Fingerprint {
    let mut flights: Vec<_> = world.flights.iter().collect();
    flights.order_by_key(|flight| (flight.id.from, flight.to, flight.id));
    let mut pairs = StableHasher::default();
    let same_pair = |a: &&super::Flight, b: &&super::Flight| a.id.from == b.id.from && a.to == b.to;
    for pair in flights.chunk_by(|a, b| same_pair(a, b)) {
        (pair[0].id.from, pair[0].to).hash(&mut pairs);
        let content = |flight: &&super::Flight| {
            let left = if timed { flight.due.since(world.now) } else { crate::Micros::ZERO };
            fingerprint(&(flight.payload.fingerprint(), flight.held, left))
        };
        match world.order_of(pair[0]) {
            Order::Fifo => pair.iter().map(content).collect::<Vec<_>>().hash(&mut pairs),
            Order::Any => bag(pair.iter().map(content)).hash(&mut pairs),
        }
    }
    pairs.fingerprint()
}
