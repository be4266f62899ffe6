//! What is judged, counted and remarked about a run of the ring election with a list.

use super::Message;
use crate::{Life, Micros, Setup, Violation, World, algorithm::Remark, algorithms::election::round_trip};

/// What stands beside T1 and T2.
pub fn remarks(setup: &Setup) -> Vec<Remark> {
    let delay = round_trip::greatest_delay(setup).unwrap_or(Micros::ZERO);
    let tours = Micros(delay.0.saturating_mul(2 * setup.nodes.len() as u64));
    round_trip::remarks(
        setup,
        "ack-timeout",
        "tour-timeout",
        ("two tours and T1 for each that is skipped, at least", tours),
    )
}

/// A message that somebody has had already is on its way.
pub fn nobody_is_passed_twice(world: &World) -> Result<(), Violation> {
    for flight in world.flights() {
        let from = flight.id.from;
        let why = match flight.payload.get() {
            // Whoever passes ELECTION on has just added itself.
            Some(Message::Election(list)) if list.last() != Some(&from) => {
                format!("ELECTION has come to {from} a second time, and it passes it on.")
            }
            // From each to one that stands later in the list, or to its origin, which stands first.
            Some(Message::Coordinator(list)) => {
                let place = |node| list.iter().position(|&other| other == node).unwrap_or(0);
                let to = place(flight.to);
                if to == 0 || to > place(from) {
                    continue;
                }
                format!("COORDINATOR begins a second tour at {}.", flight.to)
            }
            _ => continue,
        };
        return Err(Violation::new(why, [from]));
    }
    Ok(())
}

// Costs.

/// How many calls there were and how many processes are up, where each tour has met just those.
fn textbook(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let as_planned = world.setup().variant.is_none() && world.broken_assumption().is_none();
    let up = world.members().iter().filter(|id| world.nodes()[id.index()].life() == Life::Up).count() as u64;
    let down = world.members().len() as u64 - up;
    let calls = tally.outputs("HoldsElection");
    // Each tour of ELECTION has skipped all those that are down now, so none of them has crashed since it began.
    let skipped = tally.sent("Election").checked_sub(tally.sent("AckElection"))?;
    // And none of those in a list was down when the news came to it.
    let all_told = tally.sent("Coordinator") == tally.sent("AckCoordinator");
    let undisturbed = skipped == calls * down && tally.outputs("Closed") == calls && all_told;
    let over = calls > 0 && up > 1 && world.flights().next().is_none() && world.timers().next().is_none();
    (as_planned && undisturbed && over).then_some((calls, up))
}

/// Messages ELECTION that reached a process that was up: each of these sent an ACK.
pub fn count_elections(world: &World) -> Option<(u64, u64)> {
    textbook(world).map(|(calls, up)| (world.tally().sent("AckElection"), calls * up))
}

/// Messages COORDINATOR that reached a process that was up.
pub fn count_coordinators(world: &World) -> Option<(u64, u64)> {
    textbook(world).map(|(calls, up)| (world.tally().sent("AckCoordinator"), calls * up))
}

/// Both. Attempts to reach a process that is down are not counted, nor are ACKs.
pub fn count_both(world: &World) -> Option<(u64, u64)> {
    let ((elections, formula), (coordinators, _)) = (count_elections(world)?, count_coordinators(world)?);
    Some((elections + coordinators, 2 * formula))
}
