//! What is judged and counted about a run of averaging without a master.

use super::{Member, Output};
use crate::{Event, Life, Micros, NodeId, Step, Violation, World, property::Monitor};
use serde::Serialize;

/// Whether the user sets a clock in this step, by the script or by hand: what is compared begins anew then.
fn is_set_by_the_user(step: &Step, world: &World) -> bool {
    let event = match step.event {
        Some(Event::Script(item)) => world.setup().script.get(item as usize).map(|item| item.event),
        event => event,
    };
    matches!(event, Some(Event::SetClock(..) | Event::SetRate(..)))
}

/// By how much one estimate can be wrong: what a link may differ from what is known of it, and rounding.
fn estimates_are_within(world: &World) -> i64 {
    const ANYTHING: i64 = i64::MAX / 1_000_000;
    let (nodes, links) = (world.members().len(), world.links().len());
    if world.setup().parameter("form") == 0 && 2 * links < nodes * nodes.saturating_sub(1) {
        // What is told to all travels over several links.
        return ANYTHING;
    }
    let known = world.setup().parameter("propagation");
    let off = |delay: crate::Delay, from: Micros| (delay.mean().0.cast_signed() - known).abs() + from.0.cast_signed();
    let widest = world.links().iter().flat_map(|link| {
        let both = [link.delay_from(link.ends.0), link.delay_from(link.ends.1)];
        // Between the mean and the greatest there is as much as between the least and the mean, or more.
        both.map(|delay| delay.greatest().map_or(ANYTHING, |most| off(delay, most.since(delay.mean()))))
    });
    widest.max().unwrap_or(0) + 2
}

/// The corrections of one round add up to nothing: the mean of the clocks stays, however they drift.
pub struct MeanStays;

/// The corrections of the latest rounds.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Sums {
    /// Round, how many have corrected themselves in it, the sum of their corrections.
    rounds: Vec<(u32, u32, i64)>,
    /// Rounds up to this one are not judged.
    disturbed: u32,
}

impl Monitor for MeanStays {
    type State = Sums;

    fn observe(sums: &mut Sums, step: &Step, world: &World) -> Result<(), Violation> {
        if is_set_by_the_user(step, world) {
            let latest = world.processes::<Member>().map(|(_, member)| member.round).max();
            *sums = Sums { rounds: vec![], disturbed: latest.unwrap_or(0) + 1 };
        }
        // Extremes are dropped by each as it sees them: that moves the mean, and is meant to.
        if world.setup().parameter("dropped") > 0 {
            return Ok(());
        }
        for output in step.outputs() {
            let Some(Output::Corrected(round, by)) = output.get() else { continue };
            if *round <= sums.disturbed {
                continue;
            }
            if !sums.rounds.iter().any(|(known, ..)| known == round) {
                sums.rounds.push((*round, 0, 0));
            }
            let Some(entry) = sums.rounds.iter_mut().find(|(known, ..)| known == round) else { continue };
            (entry.1, entry.2) = (entry.1 + 1, entry.2 + by.0);
            let (count, sum, all) = (entry.1, entry.2, world.members().len() as u32);
            if count == all {
                sums.rounds.retain(|(known, ..)| known > round);
                let drifted = drift(world, world.setup().span("period"));
                let most = i64::from(all).saturating_mul(estimates_are_within(world).saturating_add(drifted));
                if sum.abs() > most {
                    let by = crate::Skew(sum / i64::from(all));
                    let why = format!("Round {round} has moved the mean of all clocks by {by}.");
                    return Err(Violation::new(why, world.members().iter().copied()));
                }
            }
        }
        Ok(())
    }
}

/// When all have ended a round, the clocks are no further apart than after the round before, but for what they drift.
pub struct NeverApart;

/// After which round, when, and how far the clocks were apart.
pub type Apart = Option<(u32, Micros, i64)>;

impl Monitor for NeverApart {
    type State = Apart;

    fn observe(known: &mut Apart, step: &Step, world: &World) -> Result<(), Violation> {
        if is_set_by_the_user(step, world) {
            *known = None;
        }
        let mut members = world.live::<Member>();
        let Some((_, first)) = members.next() else { return Ok(()) };
        if first.collects || members.any(|(_, other)| other.collects || other.round != first.round) {
            return Ok(());
        }
        let (round, now) = (first.round, world.now());
        if known.is_some_and(|(known, ..)| known == round) {
            return Ok(());
        }
        let errors: Vec<i64> = world.members().iter().filter_map(|&id| error_to_come(world, id)).collect();
        let apart = errors.iter().max().unwrap_or(&0) - errors.iter().min().unwrap_or(&0);
        let before = known.replace((round, now, apart));
        let Some((_, at, earlier)) = before else { return Ok(()) };
        let allowed =
            earlier.saturating_add(2 * estimates_are_within(world)).saturating_add(drift(world, now.since(at)));
        if apart <= allowed {
            return Ok(());
        }
        let (apart, earlier) = (Micros(apart.unsigned_abs()), Micros(earlier.unsigned_abs()));
        Err(Violation::new(format!("After round {round} the clocks are {apart} apart, and were {earlier}."), []))
    }
}

/// The clock of a node minus the true time, once it has absorbed its correction.
fn error_to_come(world: &World, id: NodeId) -> Option<i64> {
    let (node, now) = (world.node(id).filter(|node| node.life() == Life::Up)?, world.now());
    let left = world.process_at::<Member>(id)?.clock.left(node.hardware_clock().read(now));
    Some(node.clock_at(now) + left - now.0.cast_signed())
}

/// By how much two clocks can part in so long.
fn drift(world: &World, lasted: Micros) -> i64 {
    let rates = world.nodes().iter().map(|node| node.hardware_clock().rate());
    let off = rates.map(|rate| {
        let off = u128::from(rate.numerator.abs_diff(rate.denominator)) * u128::from(lasted.0);
        off.div_ceil(u128::from(rate.denominator)) as i64
    });
    2 * off.max().unwrap_or(0)
}

/// Messages of a form, and their formula.
pub fn messages(world: &World, form: i64) -> Option<(u64, u64)> {
    let nodes = world.members().len() as u64;
    let rounds: Vec<u64> = world.processes::<Member>().map(|(_, member)| u64::from(member.round)).collect();
    let (least, most) = (*rounds.iter().min()?, *rounds.iter().max()?);
    let cut = world.links().iter().any(|link| link.cut || link.severed || link.removed);
    let rest = world.flights().next().is_none() && least == most && least > 0;
    let counts = rest && !cut && world.setup().parameter("form") == form && world.broken_assumption().is_none();
    let links = world.links().len() as u64;
    let each = if form == 0 { nodes * nodes.saturating_sub(1) } else { 2 * links };
    counts.then(|| (world.tally().sent_in_all(), each * most))
}
