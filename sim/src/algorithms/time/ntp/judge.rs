//! What is judged, counted and plotted about a run of NTP.

use super::{
    Machine, Output, Sample, UNSYNCHRONIZED,
    sources::{Candidate, interval, select},
};
use crate::{Event, Micros, NodeId, Range, Ranges, Skew, Step, Tone, Violation, World, property::Monitor};

/// Each sample of a primary server, against the clocks as they are. What the two clocks drift while the exchange lasts is
/// allowed for. A server that follows another one may be setting its own clock meanwhile, and is not judged.
pub struct Within;

impl Monitor for Within {
    /// When the user has last set a clock: exchanges that were out then are not judged.
    type State = Option<Micros>;

    fn observe(disturbed: &mut Option<Micros>, step: &Step, world: &World) -> Result<(), Violation> {
        let event = match step.event {
            Some(Event::Script(item)) => world.setup().script.get(item as usize).map(|item| item.event),
            event => event,
        };
        if matches!(event, Some(Event::SetClock(..) | Event::SetRate(..))) {
            *disturbed = Some(world.now());
        }
        let Some(client) = step.node else { return Ok(()) };
        for output in step.outputs() {
            if let Some(Output::Sampled(server, .., trip)) = output.get() {
                let trip = Micros(trip.0.unsigned_abs());
                let machine = world.process_at::<Machine>(client);
                let source = machine.and_then(|machine| machine.sources.iter().find(|known| known.server == *server));
                if let Some(sample) = source.and_then(|source| source.register.last())
                    && disturbed.is_none_or(|at| at.plus(trip).plus(trip) < world.now())
                {
                    sample_is_right(world, client, *server, *sample, trip)?;
                }
            }
        }
        Ok(())
    }
}

fn sample_is_right(
    world: &World,
    client: NodeId,
    server: NodeId,
    sample: Sample,
    trip: Micros,
) -> Result<(), Violation> {
    let primary = world.process_at::<Machine>(server).is_some_and(|machine| machine.sources.is_empty());
    let (Some(own), Some(other)) = (world.node(client), world.node(server).filter(|_| primary)) else { return Ok(()) };
    let now = world.now();
    let shown = own.hardware_clock().read(now) + own.offset() + sample.correction;
    let (truth, mut allowed) = (other.clock_at(now) - shown, (sample.delay.0 + 1) / 2 + 2);
    for rate in [own.hardware_clock().rate(), other.hardware_clock().rate()] {
        let off = u128::from(rate.numerator.abs_diff(rate.denominator)) * 2 * u128::from(trip.0);
        allowed += off.div_ceil(u128::from(rate.denominator)) as i64;
    }
    let error = (sample.offset.0 - truth).abs();
    if error <= allowed {
        return Ok(());
    }
    let (name, error) = (world.name(server), Micros(error.unsigned_abs()));
    let half = Micros((sample.delay.0 / 2).unsigned_abs());
    let why = format!("The offset of {name} is wrong by {error}: more than half of its delay, {half}.");
    Err(Violation::new(why, [client, server]))
}

/// No sample in the register has a smaller delay than the one that is used, where that is the rule.
pub fn the_smallest_delay_counts(world: &World) -> Result<(), Violation> {
    if world.setup().parameter("filter") != 0 {
        return Ok(());
    }
    for (id, machine) in world.live::<Machine>() {
        let Some((server, used)) = machine.follows else { continue };
        let register = machine.sources.iter().find(|source| source.server == server).map(|source| &source.register);
        let Some(register) = register.filter(|register| register.contains(&used)) else { continue };
        if let Some(better) = register.iter().find(|sample| sample.delay < used.delay) {
            let (used, better) = (used.delay.size(), better.delay.size());
            let why = format!("{} uses a sample of {used}, and has one of {better}.", world.name(id));
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}

/// One more than the stratum that the server has told.
pub fn strata_are_right(world: &World) -> Result<(), Violation> {
    for (id, machine) in world.live::<Machine>() {
        let Some((server, _)) = machine.follows else { continue };
        let told = machine.sources.iter().find(|source| source.server == server).map(|source| source.stratum);
        if told.is_some_and(|told| machine.stratum != (told + 1).min(UNSYNCHRONIZED)) {
            let why = format!("{} has stratum {} and follows {}.", world.name(id), machine.stratum, world.name(server));
            return Err(Violation::new(why, [id, server]));
        }
    }
    Ok(())
}

/// Messages, and their formula.
pub fn messages(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let exchanges = tally.sent("Request");
    let idle = world.processes::<Machine>().all(|(_, machine)| machine.desk.is_empty());
    let rest = world.flights().next().is_none() && idle && tally.lost == 0 && world.broken_assumption().is_none();
    (rest && exchanges > 0).then(|| (tally.sent_in_all(), 2 * exchanges))
}

fn used(world: &World, value: fn(Sample) -> i64) -> Vec<(String, i64)> {
    let clients = world.processes::<Machine>().filter(|(_, machine)| !machine.sources.is_empty());
    clients
        .map(|(id, machine)| (world.name(id).to_owned(), machine.follows.map_or(0, |(_, used)| value(used))))
        .collect()
}

/// Of the sample that each client uses, in microseconds.
pub fn delays(world: &World) -> Vec<(String, i64)> {
    used(world, |sample| sample.delay.0)
}

/// Of the sample that each client uses, in microseconds.
pub fn offsets(world: &World) -> Vec<(String, i64)> {
    used(world, |sample| sample.offset.0)
}

/// Where the offset of each server can be, as the client that asks most of them knows it: its filter's choice, and half of
/// the delay to either side.
pub fn ranges(world: &World) -> Vec<Ranges> {
    let words = |value: i64| Skew(value).to_string();
    let nothing = Ranges {
        title: "No server has answered yet".into(),
        bars: vec![],
        zero: String::new(),
        cursor: None,
        marked: (vec![], ""),
        words,
    };
    let client = world.live::<Machine>().max_by_key(|(id, machine)| (machine.sources.len(), std::cmp::Reverse(*id)));
    let Some((id, machine)) = client else { return vec![nothing] };
    let hardware = world.node(id).map_or(0, |node| node.hardware_clock().read(world.now()));
    let correction = machine.clock.correction(hardware);
    let candidates = machine.candidates(world.setup(), correction);
    if candidates.is_empty() {
        return vec![nothing];
    }
    let (best, falsetickers) = select(&candidates, correction);
    let bar = |candidate: &Candidate| {
        let (server, interval) = (candidate.0, interval(candidate, correction));
        let tone = match best {
            _ if falsetickers.contains(&server) => Tone::Failed,
            Some(best) if best.0 == server => Tone::Active,
            _ => Tone::Idle,
        };
        Range { name: world.name(server).to_owned(), from: interval.from, to: interval.to, tone }
    };
    let name = world.name(id);
    vec![Ranges {
        title: format!("Servers’ clocks, as {name} knows them"),
        bars: candidates.iter().map(bar).collect(),
        zero: format!("{name}’s clock"),
        ..nothing
    }]
}
