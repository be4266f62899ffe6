//! What is judged, counted and plotted about a run of the Berkeley algorithm.

use super::{
    Member, Message,
    round::{Averaged, Reading},
};
use crate::{Cause, Effect, Event, Life, Micros, NodeId, Step, Violation, World, property::Monitor};

/// Of the clocks that one round has set, no two differ by more than the master could not know: half of the round trip of
/// each, and what they drift while the round lasts. A clock that is still being slewed counts with what it comes to.
pub struct Agree;

/// The rounds that are judged, by their masters: number, when they began, and each clock that they have set with its error
/// and its bound.
pub type Rounds = Vec<(NodeId, u32, Micros, Vec<(NodeId, i64, i64)>)>;

impl Monitor for Agree {
    type State = Rounds;

    fn observe(rounds: &mut Rounds, step: &Step, world: &World) -> Result<(), Violation> {
        // Who sets a clock or its rate in the middle of a round sets it apart from what was measured.
        let event = match step.event {
            Some(Event::Script(item)) => world.setup().script.get(item as usize).map(|item| item.event),
            event => event,
        };
        if matches!(event, Some(Event::SetClock(..) | Event::SetRate(..))) {
            rounds.clear();
        }
        for effect in &step.effects {
            let (Effect::Sent { id, payload, .. } | Effect::Lost { id, payload, .. }) = effect else { continue };
            // One that is lost on the way had been sent before.
            if step.node != Some(id.from) {
                continue;
            }
            if let Some(Message::Poll { number, .. }) = payload.get() {
                let known = |round: &(NodeId, u32, Micros, Vec<_>)| round.0 == id.from && round.1 >= *number;
                if !rounds.iter().any(known) {
                    rounds.retain(|(master, ..)| *master != id.from);
                    rounds.push((id.from, *number, world.now(), vec![]));
                }
            }
        }
        match step.node {
            Some(node) if matches!(step.cause, Cause::Message { .. } | Cause::Timer(_)) => set(rounds, node, world),
            _ => Ok(()),
        }
    }
}

/// This clock may have been set.
fn set(rounds: &mut Rounds, node: NodeId, world: &World) -> Result<(), Violation> {
    let Some(corrected) = world.process_at::<Member>(node).and_then(|member| member.corrected.as_ref()) else {
        return Ok(());
    };
    let master = world.process_at::<Member>(corrected.master).and_then(|master| master.averaged.as_ref());
    let of_this =
        |round: &&mut (NodeId, u32, Micros, Vec<_>)| (round.0, round.1) == (corrected.master, corrected.number);
    let (Some(averaged), Some((.., began, known))) = (master, rounds.iter_mut().find(of_this)) else { return Ok(()) };
    let reading = averaged.readings.iter().find(|reading| reading.node == node && averaged.number == corrected.number);
    let (Some(reading), Some(error)) = (reading, error_to_come(node, world)) else { return Ok(()) };
    if known.iter().any(|(other, ..)| *other == node) {
        return Ok(());
    }
    let lasted = world.now().since(*began).0;
    let bound = reading.within.0 + 1 + drift(node, world, lasted);
    let apart = known.iter().find(|(_, other, their)| error.abs_diff(*other) > (bound + their).unsigned_abs());
    if let Some((other, their_error, their_bound)) = apart {
        let (by, most) = (Micros(error.abs_diff(*their_error)), Micros((bound + their_bound).unsigned_abs()));
        let (one, two) = (world.name(node), world.name(*other));
        let why = format!("The same round has set {one} and {two}, and they are {by} apart: more than {most}.");
        return Err(Violation::new(why, [node, *other]));
    }
    known.push((node, error, bound));
    Ok(())
}

/// What the clock of a node minus the true time will be when it has absorbed its correction.
fn error_to_come(node: NodeId, world: &World) -> Option<i64> {
    let (seat, now) = (world.node(node)?, world.now());
    let left = world.process_at::<Member>(node)?.clock.left(seat.hardware_clock().read(now));
    Some(seat.clock_at(now) + left - now.0.cast_signed())
}

/// By how much a clock gains or loses in so long, at most.
fn drift(node: NodeId, world: &World, lasted: u64) -> i64 {
    let Some(rate) = world.node(node).map(|node| node.hardware_clock().rate()) else { return 0 };
    let off = u128::from(rate.numerator.abs_diff(rate.denominator)) * u128::from(lasted);
    off.div_ceil(u128::from(rate.denominator)) as i64
}

/// Every average that a master remembers, against the definition: the clocks that count are at most γ apart, no other set
/// like that is larger, and the average is their mean.
pub fn averages_are_right(world: &World) -> Result<(), Violation> {
    let gamma = world.setup().parameter("gamma");
    for (id, member) in world.live::<Member>() {
        let Some(averaged) = &member.averaged else { continue };
        if let Err(why) = average_is_right(averaged, gamma, world) {
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}

fn average_is_right(averaged: &Averaged, gamma: i64, world: &World) -> Result<(), String> {
    let readings = &averaged.readings;
    let counted = || readings.iter().filter(|reading| reading.counts);
    let (mut sum, mut count) = (0, 0);
    for reading in counted() {
        if let Some(other) = counted().find(|other| (other.ahead.0 - reading.ahead.0).abs() > gamma) {
            let (one, two) = (world.name(reading.node), world.name(other.node));
            return Err(format!("{one} and {two} count both and differ by more than γ."));
        }
        (sum, count) = (sum + reading.ahead.0, count + 1);
    }
    for lowest in readings {
        let with = |reading: &&Reading| (0..=gamma).contains(&(reading.ahead.0 - lowest.ahead.0));
        let agree = readings.iter().filter(|reading| !reading.late).filter(with).count() as i64;
        if agree > count {
            return Err(format!("{count} clocks count, but {agree} are at most γ apart."));
        }
    }
    // Half a microsecond of rounding for each.
    if (2 * (averaged.average.0 * count - sum)).abs() > count {
        return Err("The corrections of the clocks that count do not add up to nothing.".into());
    }
    Ok(())
}

/// Nobody who has answered waits for a correction for ever: if the master dies, another begins again.
pub fn answers_are_corrected(world: &World) -> Result<(), Violation> {
    let waiting: Vec<NodeId> =
        world.live::<Member>().filter(|(_, member)| member.answered.is_some()).map(|(id, _)| id).collect();
    match waiting.first() {
        Some(first) => Err(Violation::new(format!("{} waits for an ADJUST.", world.name(*first)), waiting)),
        None => Ok(()),
    }
}

/// Messages of the rounds, and their formula.
pub fn messages(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let (rounds, others) = (tally.outputs("Averaged"), world.members().len() as u64 - 1);
    let all_up = world.nodes().iter().all(|node| node.life() == Life::Up);
    let rest = world.flights().next().is_none() && world.live::<Member>().all(|(_, member)| member.round.is_none());
    let counts = rest && all_up && tally.lost == 0 && world.broken_assumption().is_none() && rounds > 0;
    // Only what one master has done without an election can be compared.
    let counts = counts && tally.sent("Election") == 0;
    counts.then(|| (tally.sent("Poll") + tally.sent("Diff") + tally.sent("Adjust"), 3 * others * rounds))
}
