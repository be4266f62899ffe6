//! What is judged, counted and remarked about a run of the bully algorithm.

use super::{Member, Message, Output};
use crate::{
    AnyProcess, Effect, Micros, NodeId, Setup, Step, Violation, World,
    algorithm::Remark,
    algorithms::election::{
        outcome::{self, Elector as _},
        round_trip::{self, round_trip},
    },
    property::Monitor,
};

// Timeouts.

/// What stands beside T1 and T2.
pub fn remarks(setup: &Setup) -> Vec<Remark> {
    let enough = setup.span("ok-timeout").plus(round_trip(setup).unwrap_or(Micros::ZERO));
    round_trip::remarks(setup, "ok-timeout", "coordinator-timeout", ("T1 and a round trip", enough))
}

// Properties.

/// Two processes lead at once, and not because one of them has just come back.
///
/// While a higher process that was down comes back, it and the lower one that was elected without it may both take
/// themselves for the leader for the time of a message; nobody could know better. The epochs of the textbooks leave that
/// out; this says the same by its cause. Of two leaders, the lower one has asked the higher one. If the higher one has been
/// up ever since, it has answered OK, and the lower one must not lead.
pub struct OneLeader;

/// For each process that elects or leads, in the order of their ids: which higher ones have been up ever since it asked.
pub type UpSinceAsked = Vec<(NodeId, Vec<NodeId>)>;

/// 2 for one that leads, 1 for one that elects.
fn stand(process: &dyn AnyProcess) -> i64 {
    outcome::number::<Member>(process, |member| match member.leader() {
        Some(leader) if leader == member.me => 2,
        _ => member.is_electing().into(),
    })
}

impl Monitor for OneLeader {
    type State = UpSinceAsked;

    fn observe(state: &mut UpSinceAsked, step: &Step, world: &World) -> Result<(), Violation> {
        let up = outcome::of_each(world, stand);
        let stand_of = |id: NodeId| up.binary_search_by_key(&id, |(other, _)| *other).ok().map(|place| up[place].1);
        let (mut asks, mut announced) = (None, None);
        for effect in &step.effects {
            match effect {
                Effect::Sent { id, payload, .. } if id.copy == 0 && payload.get() == Some(&Message::Election) => {
                    asks = Some(id.from);
                }
                Effect::Output(who, output) if output.get() == Some(&Output::Elected) => announced = Some(*who),
                _ => {}
            }
        }
        if let Some(who) = asks {
            let place = state.partition_point(|(other, _)| *other < who);
            if state.get(place).is_none_or(|(other, _)| *other != who) {
                state.insert(place, (who, vec![]));
            }
            state[place].1 = up.iter().map(|(id, _)| *id).filter(|other| *other > who).collect();
        }
        state.retain(|(id, _)| stand_of(*id).is_some_and(|stand| stand > 0));
        for (_, higher) in state.iter_mut() {
            higher.retain(|id| stand_of(*id).is_some());
        }
        match announced {
            Some(announced) => must_not_lead_beside(announced, &up, state, world),
            None => Ok(()),
        }
    }
}

fn must_not_lead_beside(
    announced: NodeId,
    up: &[(NodeId, i64)],
    asked: &UpSinceAsked,
    world: &World,
) -> Result<(), Violation> {
    for &(other, stand) in up {
        let (lower, higher) = (announced.min(other), announced.max(other));
        let has_asked = |(who, up): &(NodeId, Vec<NodeId>)| *who == lower && up.contains(&higher);
        if stand < 2 || other == announced || !asked.iter().any(has_asked) {
            continue;
        }
        let t1 = world.setup().span("ok-timeout");
        let short = match round_trip(world.setup()).filter(|&round_trip| t1 < round_trip) {
            Some(longer) => {
                format!(" T1 = {t1} is less than the round trip of {longer}: silence did not mean a crash.")
            }
            None => String::new(),
        };
        let why = format!(
            "{announced} announces itself while {other} takes itself for the leader. {higher} has been up all the time since {lower} asked it.{short}"
        );
        return Err(Violation::new(why, [announced, other]));
    }
    Ok(())
}

// Costs.

/// The process that has noticed, and the number of processes: where one election has run its course as in the textbook.
fn textbook(world: &World) -> Option<(u64, u64)> {
    let setup = world.setup();
    let n = world.members().len();
    let highest = *world.members().last()?;
    let as_planned = matches!(setup.variant, None | Some("lower-only")) && world.broken_assumption().is_none();
    let mut asked = world.members().iter().filter(|id| world.nodes()[id.index()].requests() > 0);
    let (Some(initiator), None) = (asked.next(), asked.next()) else { return None };
    // Whom each that is up follows: all are up but the highest, and follow the one below it.
    let followed = outcome::of_each(world, outcome::leader::<Member>);
    let winner = i64::from(world.members()[n.checked_sub(2)?].0);
    let only_the_highest_is_down = followed.len() + 1 == n && followed.last().is_some_and(|(id, _)| *id < highest);
    let settled = followed.iter().all(|(_, leader)| *leader == winner) && world.flights().next().is_none();
    // Each process from the initiator up has held one election: nobody's T2 was over before the end.
    let electors = n as u64 - 1 - u64::from(initiator.0);
    let once = world.tally().outputs("HoldsElection") == electors && world.tally().outputs("Elected") == 1;
    let in_time = || round_trip(setup).is_some_and(|round_trip| setup.span("ok-timeout") >= round_trip);
    (as_planned && only_the_highest_is_down && settled && once && in_time()).then_some((initiator.0.into(), n as u64))
}

/// Messages ELECTION, and their formula.
pub fn count_elections(world: &World) -> Option<(u64, u64)> {
    textbook(world).map(|(i, n)| (world.tally().sent("Election"), (n - 1 - i) * (n - i) / 2))
}

/// Messages OK, and their formula.
pub fn count_oks(world: &World) -> Option<(u64, u64)> {
    textbook(world).map(|(i, n)| (world.tally().sent("Ok"), (n - 2 - i) * (n - 1 - i) / 2))
}

/// Messages COORDINATOR that reach a process that is up, and their formula. Each that reaches a process that is up is accepted there.
pub fn count_coordinators(world: &World) -> Option<(u64, u64)> {
    textbook(world).map(|(_, n)| (world.tally().outputs("Accepted"), n - 2))
}

/// All messages but those COORDINATOR that reach nobody.
pub fn count_all(world: &World) -> Option<(u64, u64)> {
    let counts = [count_elections(world)?, count_oks(world)?, count_coordinators(world)?];
    let (i, n) = textbook(world)?;
    Some((counts.iter().map(|(counted, _)| counted).sum(), (n - 1 - i).pow(2) + n - 2))
}

/// The same against the worst case.
pub fn count_worst(world: &World) -> Option<(u64, u64)> {
    against(world, |n| n * n - n - 1)
}

/// The same against the best case.
pub fn count_best(world: &World) -> Option<(u64, u64)> {
    against(world, |n| n - 1)
}

/// The same against the mean over all that can notice.
pub fn count_mean(world: &World) -> Option<(u64, u64)> {
    against(world, |n| n - 2 + (n * (2 * n - 1) + 3) / 6)
}

fn against(world: &World, formula: fn(u64) -> u64) -> Option<(u64, u64)> {
    let (_, n) = textbook(world)?;
    Some((count_all(world)?.0, formula(n)))
}
