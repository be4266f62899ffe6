//! What is counted in a run, as whole numbers: a sum, and what it is divided by.

use super::{Count, Measure, Per, Take};
use crate::{Algorithm, Effect, Micros, Step, World, algorithm::Statistic};

/// A value as two whole numbers: exact, and the same everywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fraction {
    /// The sum.
    pub sum: i64,
    /// What it is divided by.
    pub count: i64,
}

impl Fraction {
    /// The value; nothing where there is nothing to divide by.
    pub fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }
    fn since(self, earlier: Self) -> Self {
        Self { sum: self.sum - earlier.sum, count: self.count - earlier.count }
    }
}

/// Whether the algorithm has what is counted; the error says what it has.
pub fn check(count: &Count, algorithm: &Algorithm) -> Result<(), String> {
    let (what, name, known): (_, _, Vec<&str>) = match count {
        Count::Cost(name) => ("cost", name, algorithm.costs.iter().map(|cost| cost.what).collect()),
        Count::Statistic(name) => ("statistic", name, algorithm.statistics.iter().map(|known| known.name).collect()),
        Count::Plot { title, .. } => ("plot", title, algorithm.plots.iter().map(|plot| plot.title).collect()),
        _ => return Ok(()),
    };
    if known.contains(&name.as_str()) {
        return Ok(());
    }
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(format!("{} has no {what} `{name}`; it has: {known}", algorithm.id))
}

/// Counts one measure in one run.
pub struct Meter<'a> {
    measure: &'a Measure,
    /// What there was when measuring began.
    start: Fraction,
    begun: Micros,
    /// What has been summed up since.
    so_far: Fraction,
    /// Of a span, when it began at each node; of a gap under node 0.
    open: Vec<Option<Micros>>,
    /// Of a plot: until when it has been summed up, and its value since.
    since: (Micros, Fraction),
}

impl<'a> Meter<'a> {
    /// A meter that has not begun to measure.
    pub fn new(measure: &'a Measure) -> Self {
        let nothing = Fraction::default();
        Self {
            measure,
            start: nothing,
            begun: Micros::ZERO,
            so_far: nothing,
            open: vec![],
            since: (Micros::ZERO, nothing),
        }
    }

    /// Whether it looks at every event.
    pub fn watches(&self) -> bool {
        matches!(self.measure.count, Count::Span { .. } | Count::Gap { .. } | Count::Plot { .. })
    }

    /// Begins to measure.
    pub fn begin(&mut self, world: &World, now: Micros) {
        self.start = self.reading(world, now);
        self.begun = now;
        self.so_far = Fraction::default();
        self.since = (now, plotted(&self.measure.count, world));
    }

    /// Looks at what has just happened.
    pub fn observe(&mut self, world: &World, step: &Step) {
        match &self.measure.count {
            Count::Span { from, to } => {
                for (node, kind) in outputs(step) {
                    if kind == to
                        && let Some(begun) = self.close(node)
                    {
                        self.add(step.at.since(begun));
                    }
                    if kind == from {
                        self.open(node, step.at);
                    }
                }
            }
            Count::Gap { from, to, asked } => {
                for (_, kind) in outputs(step) {
                    if kind == to
                        && let Some(begun) = self.close(0)
                    {
                        self.add(step.at.since(begun));
                    }
                    if kind == from && world.tally().outputs(asked) > world.tally().outputs(to) {
                        self.open(0, step.at);
                    }
                }
            }
            count @ Count::Plot { take: Take::Mean | Take::Sum, .. } => {
                self.sum_up(step.at);
                self.since.1 = plotted(count, world);
            }
            _ => {}
        }
    }

    fn open(&mut self, node: u32, now: Micros) {
        if self.open.len() <= node as usize {
            self.open.resize(node as usize + 1, None);
        }
        self.open[node as usize] = Some(now);
    }

    fn close(&mut self, node: u32) -> Option<Micros> {
        self.open.get_mut(node as usize)?.take()
    }

    /// Adds a time. In the unit of times, milliseconds.
    fn add(&mut self, span: Micros) {
        self.so_far.sum += span.0 as i64;
        self.so_far.count += 1000;
    }

    /// Adds what was plotted since the last time, weighed with how long it lasted. Whole milliseconds would lose short
    /// ones, and microseconds fit for years.
    fn sum_up(&mut self, now: Micros) {
        let (before, value) = self.since;
        let span = now.since(before).0 as i64;
        self.so_far.sum += value.sum * span;
        self.so_far.count += value.count * span;
        self.since.0 = now;
    }

    /// The value at the end.
    pub fn end(mut self, world: &World, now: Micros) -> Option<Fraction> {
        let span = now.since(self.begun);
        let found = match &self.measure.count {
            Count::Span { .. } | Count::Gap { .. } => self.so_far,
            Count::Plot { take: Take::Greatest, .. } => plotted(&self.measure.count, world),
            Count::Plot { .. } => {
                self.sum_up(now);
                self.so_far
            }
            Count::Cost(name) => {
                let cost = world.setup().algorithm.costs.iter().find(|cost| cost.what == name)?;
                let (counted, _) = (cost.count)(world)?;
                Fraction { sum: counted as i64, count: 1 }
            }
            Count::Time => Fraction { sum: span.0 as i64, count: 1000 },
            Count::Statistic(_) => self.reading(world, now).since(self.start),
            _ => Fraction { sum: self.reading(world, now).since(self.start).sum, count: 1 },
        };
        let found = match &self.measure.per {
            Per::Run => found,
            Per::Node => Fraction { count: found.count * world.members().len() as i64, ..found },
            Per::Second => Fraction { sum: found.sum * 1_000_000, count: found.count * span.0 as i64 },
            // What was divided by is counted as the count of the reading.
            Per::Output(_) => {
                Fraction { count: self.reading(world, now).since(self.start).count * found.count, ..found }
            }
        };
        (found.count > 0).then_some(found)
    }

    /// What has been counted since the start of the run, and the outputs that it is divided by.
    fn reading(&self, world: &World, now: Micros) -> Fraction {
        let tally = world.tally();
        let of = |kinds: &[String], counts: &[(&'static str, u64)]| {
            let wanted = counts.iter().filter(|(kind, _)| kinds.is_empty() || kinds.iter().any(|known| known == kind));
            wanted.map(|(_, count)| *count as i64).sum()
        };
        let sum = match &self.measure.count {
            Count::Sent(kinds) => of(kinds, tally.sent_by_kind()),
            Count::Outputs(kinds) => of(kinds, tally.outputs_by_kind()),
            Count::Lost => tally.lost as i64,
            Count::Events => tally.events as i64,
            Count::Time => now.0 as i64,
            Count::Statistic(name) => {
                let known = world.setup().algorithm.statistics.iter().find(|known| known.name == name);
                return known.map_or(Fraction::default(), |known| statistic(known, world));
            }
            _ => 0,
        };
        let count = match &self.measure.per {
            Per::Output(kind) => tally.outputs(kind) as i64,
            _ => 0,
        };
        Fraction { sum, count }
    }
}

fn statistic(known: &Statistic, world: &World) -> Fraction {
    let (sum, count) = (known.total)(world);
    let scale = if known.unit == MICROS { 1000 } else { 1 };
    Fraction { sum, count: count * scale }
}

/// The unit of which milliseconds are made.
const MICROS: &str = "µs";

/// The value of a plot in this world.
fn plotted(count: &Count, world: &World) -> Fraction {
    let Count::Plot { title, take } = count else { return Fraction::default() };
    let Some(plot) = world.setup().algorithm.plots.iter().find(|plot| plot.title == title) else {
        return Fraction::default();
    };
    let values = (plot.values)(world);
    let numbers = || values.iter().map(|(_, value)| *value);
    let (sum, lines) = match take {
        Take::Mean => (numbers().sum(), values.len() as i64),
        Take::Sum => (numbers().sum(), 1),
        Take::Greatest => (numbers().max().unwrap_or(0), i64::from(!values.is_empty())),
    };
    Fraction { sum, count: lines * if plot.unit == MICROS { 1000 } else { 1 } }
}

/// The outputs of a step, with their nodes.
fn outputs(step: &Step) -> impl Iterator<Item = (u32, &'static str)> {
    step.effects.iter().filter_map(|effect| match effect {
        Effect::Output(node, output) => Some((node.0, output.kind())),
        _ => None,
    })
}
