//! What is judged, counted and remarked about a run of the ring election with a list.

use super::{Member, Message};
use crate::{
    Effect, Life, Micros, NodeId, Setup, Step, Violation, World,
    algorithm::Remark,
    algorithms::election::{
        outcome::followed,
        round_trip::{greatest_delay, round_trip},
    },
    property::Monitor,
    step::Cause,
};

/// What stands beside T1 and T2.
pub fn remarks(setup: &Setup) -> Vec<Remark> {
    let (Some(round_trip), Some(delay)) = (round_trip(setup), greatest_delay(setup)) else { return vec![] };
    if round_trip == Micros::NEVER {
        let text = "delays have no bound: no timeout is long enough".to_owned();
        return vec![Remark { parameter: "ack-timeout", text, warns: true }];
    }
    let (t1, t2) = (setup.span("ack-timeout"), setup.span("tour-timeout"));
    let tours = Micros(2 * delay.0 * setup.nodes.len() as u64);
    vec![
        Remark { parameter: "ack-timeout", text: format!("round trip {round_trip}"), warns: t1 < round_trip },
        Remark {
            parameter: "tour-timeout",
            text: format!("two tours {tours}, and T1 for each that is skipped"),
            warns: t2 < tours,
        },
    ]
}

/// Two processes that are up take themselves for the leader.
pub fn at_most_one_leader(world: &World) -> Result<(), Violation> {
    let followed = followed::<Member>(world);
    let leads: Vec<NodeId> = followed.iter().filter(|(id, leader)| *leader == Some(*id)).map(|(id, _)| *id).collect();
    match leads[..] {
        [first, second, ..] => {
            Err(Violation::new(format!("{first} and {second} both take themselves for the leader."), leads))
        }
        _ => Ok(()),
    }
}

/// A process that has had a message passes it on again.
pub struct OneTour;

impl Monitor for OneTour {
    type State = ();

    fn observe((): &mut (), step: &Step, _world: &World) -> Result<(), Violation> {
        let place = |list: &[NodeId], node: NodeId| list.iter().position(|&other| other == node);
        for effect in &step.effects {
            let Effect::Sent { id, to, payload, .. } = effect else { continue };
            let why = match payload.get() {
                // Who adds itself sends another list than it has got.
                Some(Message::Election(list)) => match &step.cause {
                    Cause::Message { payload: got, .. } if got == payload && list.contains(&id.from) => {
                        format!("ELECTION has come to {} a second time, and it passes it on.", id.from)
                    }
                    _ => continue,
                },
                // From each to one that stands later in the list, or to its origin, which stands first.
                Some(Message::Coordinator(list)) => match (place(list, id.from), place(list, *to)) {
                    (Some(from), Some(to)) if to > 0 && to <= from => {
                        format!("COORDINATOR begins a second tour at {}.", list[to])
                    }
                    _ => continue,
                },
                _ => continue,
            };
            return Err(Violation::new(why, [id.from]));
        }
        Ok(())
    }
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
