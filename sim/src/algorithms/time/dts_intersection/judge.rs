//! What is judged, counted and plotted about a run of the Distributed Time Service.

use super::{Machine, Output, Role, Stage};
use crate::{
    Event, Life, Micros, NodeId, Step, Violation, World, algorithms::time::marzullo::Interval, property::Monitor,
};

/// The true time is in the interval of every machine. Whose interval was wrong from the start, or was made so by the user,
/// is a faulty server: it need not, until it has synchronized.
pub struct TrueTime;

/// The interval of a machine minus the true time.
fn interval(world: &World, id: NodeId) -> Option<Interval> {
    let (node, now) = (world.node(id)?, world.now());
    let within = node.correction_at(now).within?.0.cast_signed();
    // The clock shows whole microseconds.
    Some(Interval::around(node.clock_at(now) - now.0.cast_signed(), within + 1))
}

impl Monitor for TrueTime {
    /// Who need not.
    type State = Vec<NodeId>;

    fn observe(wrong: &mut Vec<NodeId>, step: &Step, world: &World) -> Result<(), Violation> {
        let misses = |id: NodeId| interval(world, id).is_some_and(|interval| !interval.has(0));
        let event = match step.event {
            Some(Event::Script(item)) => world.setup().script.get(item as usize).map(|item| item.event),
            event => event,
        };
        match event {
            None => wrong.extend(world.members().iter().copied().filter(|&id| misses(id))),
            Some(Event::SetClock(id, _) | Event::SetRate(id, _)) if !wrong.contains(&id) => wrong.push(id),
            _ => {}
        }
        let right = step.outputs().any(|output| output.get() == Some(&Output::Synchronized));
        wrong.retain(|id| !(right && step.node == Some(*id)));
        let up = |id: &NodeId| world.node(*id).is_some_and(|node| node.life() == Life::Up);
        let missing = world.members().iter().copied().filter(up).find(|&id| misses(id) && !wrong.contains(&id));
        let Some(id) = missing else { return Ok(()) };
        let liars = world.live::<Machine>().filter(|(id, machine)| machine.role != Role::Clerk && misses(*id)).count();
        let why = match liars {
            0 => format!("The true time is not in the interval of {}.", world.name(id)),
            1 => format!("The true time is not in the interval of {}. One server is wrong.", world.name(id)),
            _ => format!("The true time is not in the interval of {}. {liars} servers are wrong.", world.name(id)),
        };
        Err(Violation::new(why, [id]))
    }
}

/// Every answer, against the definition.
pub fn a_majority_covers_the_answers(world: &World) -> Result<(), Violation> {
    for (id, machine) in world.live::<Machine>() {
        let Stage::Done { bars, answer: Some(answer) } = &machine.stage else { continue };
        for end in [answer.from, answer.to] {
            let cover = bars.intervals.iter().filter(|interval| interval.has(end)).count();
            if 2 * cover <= bars.intervals.len() {
                let (name, count) = (world.name(id), bars.intervals.len());
                let why = format!("{cover} of {count} intervals cover an end of the answer of {name}: no majority.");
                return Err(Violation::new(why, [id]));
            }
        }
    }
    Ok(())
}

/// Nobody is left without an answer.
pub fn all_are_decided(world: &World) -> Result<(), Violation> {
    for (id, machine) in world.live::<Machine>() {
        let why = match &machine.stage {
            Stage::Done { answer: None, .. } => "could not decide",
            Stage::Asks { .. } | Stage::Sweeps { .. } => "has no answer yet",
            Stage::Free | Stage::Done { .. } => continue,
        };
        return Err(Violation::new(format!("{} {why}.", world.name(id)), [id]));
    }
    Ok(())
}

/// Messages, and their formula.
pub fn messages(world: &World) -> Option<(u64, u64)> {
    let servers = world.processes::<Machine>().filter(|(_, machine)| machine.role != Role::Clerk).count() as u64;
    let asked = world
        .processes::<Machine>()
        .map(|(_, machine)| u64::from(machine.number) * (servers - u64::from(machine.role != Role::Clerk)));
    let (asked, tally) = (asked.sum::<u64>(), world.tally());
    let rest = world.flights().next().is_none() && tally.lost == 0 && world.broken_assumption().is_none();
    (rest && asked > 0).then(|| (tally.sent_in_all(), 2 * asked))
}

/// Milliseconds by which each clock may be wrong.
pub fn inaccuracies(world: &World) -> Vec<(String, i64)> {
    let within = |id: NodeId| world.node(id)?.correction_at(world.now()).within;
    let shown = world.members().iter().map(|&id| (world.name(id).to_owned(), within(id).unwrap_or(Micros::ZERO)));
    shown.map(|(name, within)| (name, (within.0 / 1_000).cast_signed())).collect()
}
