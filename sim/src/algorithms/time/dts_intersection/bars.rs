//! What is drawn: how far each clock may be wrong, and the intervals of the latest intersection.

use super::{Bars, Machine, Stage};
use crate::{
    NodeId, Range, Ranges, Skew, Tone, World,
    algorithms::time::marzullo::{Interval, Sweep},
};

/// Two pictures: the interval of every machine against the true time, and what was intersected last.
pub(super) fn ranges(world: &World) -> Vec<Ranges> {
    let intersected = latest(world).and_then(|(id, machine)| swept(world, id, machine));
    vec![believed(world), intersected.unwrap_or_else(|| empty("Nothing has been intersected yet"))]
}

fn empty(title: impl Into<String>) -> Ranges {
    let words = |value: i64| Skew(value).to_string();
    Ranges { title: title.into(), bars: vec![], zero: "true time".into(), cursor: None, marked: (vec![], ""), words }
}

/// What every machine says that the time is, minus the true time. The true time should be in it.
fn believed(world: &World) -> Ranges {
    let now = world.now();
    let bar = |(id, _): (NodeId, &Machine)| {
        let node = world.node(id)?;
        let within = node.correction_at(now).within?.0.cast_signed();
        let interval = Interval::around(node.clock_at(now) - now.0.cast_signed(), within);
        let tone = if interval.has(0) { Tone::Idle } else { Tone::Violated };
        Some(Range { name: world.name(id).to_owned(), from: interval.from, to: interval.to, tone })
    };
    Ranges { bars: world.live::<Machine>().filter_map(bar).collect(), ..empty("The intervals now") }
}

/// Who intersects, or who has done so last, by its own clock.
fn latest(world: &World) -> Option<(NodeId, &Machine)> {
    let ago = |(id, machine): &(NodeId, &Machine)| {
        let now = world.node(*id).map_or(0, |node| node.hardware_clock().read(world.now()));
        match &machine.stage {
            Stage::Sweeps { .. } => Some(-1),
            Stage::Done { bars, .. } => Some(now - bars.hardware),
            Stage::Free | Stage::Asks { .. } => None,
        }
    };
    world.live::<Machine>().filter(|found| ago(found).is_some()).min_by_key(ago)
}

/// The true time minus the clock of this machine, as each interval has it.
fn swept(world: &World, id: NodeId, machine: &Machine) -> Option<Ranges> {
    let (bars, sweep, answer) = match &machine.stage {
        Stage::Sweeps { bars, sweep } => (bars, Some(sweep), None),
        Stage::Done { bars, answer } => (bars, None, *answer),
        Stage::Free | Stage::Asks { .. } => return None,
    };
    let edges = sweep.map_or((&[][..], 0), Sweep::edges);
    let passed = &edges.0[..edges.1];
    let tone = |index: usize| {
        let times = passed.iter().filter(|edge| edge.of as usize == index).count();
        match (sweep, answer) {
            (Some(_), _) if times == 1 => Tone::Active,
            (Some(_), _) if times == 2 => Tone::Done,
            (_, Some(answer)) if !bars.intervals[index].meets(answer) => Tone::Failed,
            _ => Tone::Idle,
        }
    };
    let bar = |(index, &server): (usize, &NodeId)| {
        let Interval { from, to } = bars.intervals[index];
        Range { name: world.name(server).to_owned(), from, to, tone: tone(index) }
    };
    let best = sweep.map_or_else(|| answer.into_iter().collect(), |sweep| sweep.spans().to_vec());
    let name = world.name(id);
    Some(Ranges {
        title: title(name, bars, sweep, answer),
        bars: bars.servers.iter().enumerate().map(bar).collect(),
        zero: format!("{name}’s clock"),
        cursor: passed.last().map(|edge| edge.at),
        marked: (best.iter().map(|span| (span.from, span.to)).collect(), ""),
        ..empty("")
    })
}

fn title(name: &str, bars: &Bars, sweep: Option<&Sweep>, answer: Option<Interval>) -> String {
    let count = bars.intervals.len();
    match (sweep, answer) {
        (Some(sweep), _) => format!("{name} sweeps: {} here, at most {} of {count}", sweep.covering(), sweep.best()),
        (None, Some(_)) => format!("What {name} found in {count} intervals"),
        (None, None) => format!("{name} found no answer in {count}"),
    }
}
