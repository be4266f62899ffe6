//! What is asked of physical clocks, whichever algorithm corrects them: monotone readings, precision π, accuracy α, drift ρ.
//! The bounds are those that the algorithm promises ([`Algorithm::clocks`](crate::Algorithm::clocks)).

use crate::{ClockBounds, Effect, Life, Micros, NodeId, Property, Step, Violation, World, narrate, property::Monitor};

/// Time never runs backward, unless the user sets a clock.
pub const MONOTONE: Property = Property::monitor::<Monotone>("time never runs backward");
/// π: no two clocks are further apart than the algorithm promises.
pub const PRECISION: Property = Property::monitor::<Precision>("no two clocks are further apart than π");
/// α: no clock is further from the true time than the algorithm promises.
pub const ACCURACY: Property = Property::monitor::<Accuracy>("no clock is further from the true time than α");
/// ρ: no hardware clock is faulty.
pub const DRIFT: Property = Property::always("every hardware clock keeps to its drift rate ρ", drift);

/// What the algorithm promises at this moment.
pub fn bounds(world: &World) -> ClockBounds {
    world.setup().algorithm.clocks.map_or_else(ClockBounds::default, |bounds| bounds(world))
}

/// The clocks of the nodes that are up, each minus true time.
pub fn errors(world: &World) -> impl Iterator<Item = (NodeId, i64)> {
    let (now, up) = (world.now(), |id: &NodeId| world.node(*id).filter(|node| node.life() == Life::Up));
    world.members().iter().filter_map(move |&id| Some((id, up(&id)?.clock_at(now).saturating_sub(now.0.cast_signed()))))
}

/// Milliseconds by which each clock is ahead of the true time, to be plotted.
pub fn in_ms(world: &World) -> Vec<(String, i64)> {
    errors(world).map(|(id, error)| (world.name(id).to_owned(), error.div_euclid(1_000))).collect()
}

/// The clock that is most behind and the one that is most ahead, each with its error.
pub fn extremes(mut errors: impl Iterator<Item = (NodeId, i64)>) -> Option<[(NodeId, i64); 2]> {
    let first = errors.next()?;
    Some(errors.fold([first; 2], |[low, high], error| {
        [if error.1 < low.1 { error } else { low }, if error.1 > high.1 { error } else { high }]
    }))
}

/// The errors just before the step: a clock that was set counts with what it showed until then. Between two events clocks
/// are straight lines, or bend towards the truth: what grows between them is greatest at one of its ends.
fn errors_before<'a>(step: &'a Step, world: &'a World) -> impl Iterator<Item = (NodeId, i64)> + 'a {
    let now = world.now().0.cast_signed();
    errors(world).map(move |(id, error)| {
        let set = step.effects.iter().find_map(|effect| match effect {
            Effect::ClockSet(node, before, _) if *node == id => Some(before.saturating_sub(now)),
            _ => None,
        });
        (id, set.unwrap_or(error))
    })
}

struct Monotone;

impl Monitor for Monotone {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for effect in &step.effects {
            if let Effect::ClockSet(node, before, after) = effect
                && after < before
            {
                let (name, by) = (world.name(*node), Micros(before.abs_diff(*after)));
                let (before, after) = (narrate::reading(*before), narrate::reading(*after));
                let why = format!("{name}'s clock was set back by {by}: after {before} it shows {after}.");
                return Err(Violation::new(why, [*node]));
            }
        }
        Ok(())
    }
}

struct Precision;

impl Monitor for Precision {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        let Some(bound) = bounds(world).precision else { return Ok(()) };
        apart(extremes(errors_before(step, world)), bound, world)?;
        apart(extremes(errors(world)), bound, world)
    }
}

fn apart(extremes: Option<[(NodeId, i64); 2]>, bound: Micros, world: &World) -> Result<(), Violation> {
    let Some([(behind, low), (ahead, high)]) = extremes else { return Ok(()) };
    let apart = Micros(high.abs_diff(low));
    // Readings are rounded down: they may differ by a microsecond more than the clocks do.
    if apart <= bound.plus(Micros(1)) {
        return Ok(());
    }
    let (one, other) = (world.name(ahead), world.name(behind));
    let why = format!("{one}'s clock is {apart} ahead of {other}'s: more than π = {bound}.");
    Err(Violation::new(why, [behind, ahead]))
}

struct Accuracy;

impl Monitor for Accuracy {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        let Some(bound) = bounds(world).accuracy else { return Ok(()) };
        let both = [extremes(errors_before(step, world)), extremes(errors(world))];
        for (node, error) in both.into_iter().flatten().flatten() {
            let by = Micros(error.unsigned_abs());
            if by > bound {
                let way = if error > 0 { "ahead of" } else { "behind" };
                let why = format!("{}'s clock is {by} {way} the true time: more than α = {bound}.", world.name(node));
                return Err(Violation::new(why, [node]));
            }
        }
        Ok(())
    }
}

/// A clock is faulty if it gains or loses more than ρ allows.
fn drift(world: &World) -> Result<(), Violation> {
    let Some(bound) = bounds(world).drift else { return Ok(()) };
    for &id in world.members() {
        let Some(node) = world.node(id) else { continue };
        let rate = node.hardware_clock().rate();
        let off = u64::from(rate.numerator.abs_diff(rate.denominator)) * 1_000_000;
        if off > u64::from(bound) * u64::from(rate.denominator) {
            let (name, rate) = (world.name(id), narrate::rate(rate));
            return Err(Violation::new(
                format!("{name}'s clock {rate}: more than ρ = {bound}/1,000,000 allows."),
                [id],
            ));
        }
    }
    Ok(())
}
