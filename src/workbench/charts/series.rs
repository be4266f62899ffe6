//! The samples of a quantity along the branch in view: at most so many, kept from step to step, made a little a frame.

use super::draw::{Line, Picture};
use crate::lab::Lab;
use sim::{Micros, MomentId, NodeId, Rate, Session, Stamping, Step, World, narrate};

/// Samples of a branch at most.
const SAMPLES: u32 = 600;
/// Lines of one chart at most; of more, the least, the mean and the greatest.
const LINES: usize = 8;
/// Steps that are looked at in one go.
const CHUNK: u32 = 512;

/// What can be plotted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantity {
    /// The algorithm's k-th plot.
    Plot(usize),
    /// Messages sent so far, by kind.
    Messages,
    /// Each node's own clock minus true time.
    Skew,
}

/// What can be plotted of this run.
pub fn available(lab: &Lab) -> Vec<Quantity> {
    let world = lab.session.world();
    let plots = lab.session.setup().algorithm.plots;
    let mut quantities: Vec<Quantity> = (0..plots.len()).map(Quantity::Plot).collect();
    quantities.push(Quantity::Messages);
    if clocks_differ(world) {
        quantities.push(Quantity::Skew);
    }
    quantities
}

/// Whether some clock is wrong, or may become so.
pub fn clocks_differ(world: &World) -> bool {
    world
        .members()
        .iter()
        .any(|&id| world.node(id).is_some_and(|node| node.offset() != 0 || node.hardware_clock().rate() != Rate::TRUE))
}

impl Quantity {
    /// Its name.
    pub fn title(self, lab: &Lab) -> String {
        match self {
            Self::Plot(index) => lab.session.setup().algorithm.plots[index].title.into(),
            Self::Messages => "messages so far, by kind".into(),
            Self::Skew => "clocks, ahead of true time".into(),
        }
    }

    /// Its unit.
    pub fn unit(self, lab: &Lab) -> &'static str {
        match self {
            Self::Plot(index) => match lab.session.setup().algorithm.plots[index].unit {
                "µs" | "us" => "ms",
                unit => unit,
            },
            Self::Messages => "",
            Self::Skew => "ms",
        }
    }

    /// Its values in a world, with their names.
    pub fn values(self, lab: &Lab, world: &World) -> Vec<(String, f64)> {
        let values: Vec<(String, f64)> = match self {
            Self::Plot(index) => {
                let plot = &lab.session.setup().algorithm.plots[index];
                let scale = if matches!(plot.unit, "µs" | "us") { 1e-3 } else { 1.0 };
                (plot.values)(world).into_iter().map(|(name, value)| (name, value as f64 * scale)).collect()
            }
            Self::Messages => {
                let sent = world.tally().sent_by_kind().iter();
                sent.map(|(kind, count)| (narrate::message_kind(kind), *count as f64)).collect()
            }
            Self::Skew => {
                let ahead = |id: NodeId| {
                    let clock = world.node(id).map_or(0, |node| node.clock_at(world.now()));
                    (clock - world.now().0.cast_signed()) as f64 / 1e3
                };
                world.members().iter().map(|&id| (world.name(id).to_owned(), ahead(id))).collect()
            }
        };
        if values.len() <= LINES { values } else { summary(&values) }
    }
}

/// The least, the mean and the greatest of too many values.
fn summary(values: &[(String, f64)]) -> Vec<(String, f64)> {
    let numbers = || values.iter().map(|(_, value)| *value);
    let mean = numbers().sum::<f64>() / values.len() as f64;
    vec![
        ("greatest".into(), numbers().fold(f64::MIN, f64::max)),
        ("mean".into(), mean),
        ("least".into(), numbers().fold(f64::MAX, f64::min)),
    ]
}

/// The values at one moment, in the order of the track's names; nothing for a name that came later.
pub struct Sample {
    depth: u32,
    moment: MomentId,
    /// When.
    pub at: Micros,
    /// The values.
    pub values: Vec<Option<f64>>,
}

/// The samples of one quantity.
#[derive(Default)]
pub struct Track {
    quantity: Option<Quantity>,
    /// Every so many steps there is a sample.
    stride: u32,
    samples: Vec<Sample>,
    tip: Option<Sample>,
    /// The names of the lines, in the order in which they first appeared.
    pub names: Vec<String>,
}

impl Track {
    /// The samples, in the order of time; the last is that of the branch's end.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.samples.iter().chain(&self.tip)
    }

    /// What is drawn of it.
    pub fn picture(&self, unit: &'static str, now: Micros) -> Picture {
        let line = |(index, name): (usize, &String)| Line { name: name.clone(), points: steps(self.samples(), index) };
        let end = self.samples().last().map_or(Micros::ZERO, |sample| sample.at).max(now);
        Picture { lines: self.names.iter().enumerate().map(line).collect(), unit, end, now, ..Picture::default() }
    }

    /// Samples what is missing while `more_time` says so; whether nothing is missing.
    pub fn extend(&mut self, lab: &Lab, quantity: Quantity, more_time: &mut dyn FnMut() -> bool) -> bool {
        let session = &lab.session;
        if self.quantity != Some(quantity) {
            *self = Self { quantity: Some(quantity), stride: 1, ..Self::default() };
        }
        self.forget_other_branches(session);
        let end = session.end();
        while end / self.stride >= SAMPLES {
            self.stride *= 2;
            let stride = self.stride;
            self.samples.retain(|sample| is_regular(sample.depth, stride));
        }
        if self.samples.is_empty() {
            let start = World::new(session.setup().clone(), Stamping::None, &mut Step::default());
            self.add(lab, quantity, 0, &start);
        }
        loop {
            let next = self.next_depth();
            if next > end {
                break;
            }
            if next == session.depth() {
                self.add(lab, quantity, next, session.world());
            } else {
                // Samples far apart are looked for one by one: each lies just behind a checkpoint.
                let chunk = if self.stride >= CHUNK { 1 } else { CHUNK };
                session.visit(next..next.saturating_add(chunk).min(end + 1), &mut |depth, _, world| {
                    if is_regular(depth, self.stride) {
                        self.add(lab, quantity, depth, world);
                    }
                });
            }
            if !more_time() {
                return false;
            }
        }
        self.find_tip(lab, quantity, end);
        true
    }

    fn next_depth(&self) -> u32 {
        let last = self.samples.last().map_or(0, |sample| sample.depth);
        if last == 0 { 1 } else { last + self.stride }
    }

    fn find_tip(&mut self, lab: &Lab, quantity: Quantity, end: u32) {
        let session = &lab.session;
        self.tip = None;
        if self.samples.last().is_some_and(|sample| sample.depth == end) {
            return;
        }
        if session.depth() == end {
            self.tip = Some(self.sample(lab, quantity, end, session.world()));
        } else {
            session
                .visit(end..end + 1, &mut |depth, _, world| self.tip = Some(self.sample(lab, quantity, depth, world)));
        }
    }

    fn add(&mut self, lab: &Lab, quantity: Quantity, depth: u32, world: &World) {
        let sample = self.sample(lab, quantity, depth, world);
        self.samples.push(sample);
    }

    fn sample(&mut self, lab: &Lab, quantity: Quantity, depth: u32, world: &World) -> Sample {
        let mut values = vec![None; self.names.len()];
        for (name, value) in quantity.values(lab, world) {
            let index = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
                self.names.push(name);
                values.push(None);
                self.names.len() - 1
            });
            values[index] = Some(value);
        }
        Sample { depth, moment: moment_at(&lab.session, depth), at: world.now(), values }
    }

    /// Drops what belongs to another branch than the one in view.
    fn forget_other_branches(&mut self, session: &Session) {
        let on_line =
            |sample: &Sample| sample.depth <= session.end() && moment_at(session, sample.depth) == sample.moment;
        while self.samples.last().is_some_and(|sample| !on_line(sample)) {
            self.samples.pop();
        }
    }
}

/// A value holds until the next event: a line in steps.
fn steps<'a>(samples: impl Iterator<Item = &'a Sample>, index: usize) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for sample in samples {
        let Some(value) = sample.values.get(index).copied().flatten() else { continue };
        let at = sample.at.0 as f64;
        if let Some(&(_, before)) = points.last().filter(|(_, before)| (before - value).abs() > f64::EPSILON) {
            points.push((at, before));
        }
        points.push((at, value));
    }
    points
}

/// Whether there is a sample at this depth: the start, and one step behind every so many. Checkpoints are at powers of
/// two, so that what is just behind them costs least.
fn is_regular(depth: u32, stride: u32) -> bool {
    depth == 0 || (depth - 1).is_multiple_of(stride)
}

/// The moment of the branch in view that holds this depth.
pub fn moment_at(session: &Session, depth: u32) -> MomentId {
    let line = session.line();
    let index = line.partition_point(|&id| session.moment(id).depth < depth);
    line.get(index).copied().unwrap_or(MomentId::START)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::{Event, Scenario};

    fn lab() -> Lab {
        let text = r#"{"version": 1, "algorithm": "mutex/ricart-agrawala", "name": "n", "title": "", "sentence": "", "nodes": 3,
            "workload": [{"on": "start", "after": {"constant": "1 ms"}, "request": "Enter"},
                         {"on": "Entered", "after": {"constant": "1 ms"}, "request": "Exit"},
                         {"on": "Exited", "after": {"constant": "1 ms"}, "request": "Enter"}]}"#;
        let session = Session::new(Scenario::read(text).expect("it is in order")).expect("it fits");
        Lab::new(session, None)
    }

    fn play(lab: &mut Lab, steps: u32) {
        let played = lab.session.play(steps, |_, _, _| false);
        assert_eq!(played.map_err(|refusal| refusal.0), Ok(steps));
    }

    fn all(track: &mut Track, lab: &Lab) {
        while !track.extend(lab, Quantity::Messages, &mut || false) {}
    }

    #[test]
    fn a_long_run_has_few_samples_and_the_last_is_its_end() {
        let (mut lab, mut track) = (lab(), Track::default());
        for _ in 0..4 {
            play(&mut lab, 1_300);
            all(&mut track, &lab);
            let count = track.samples().count();
            assert!(count > 300 && count <= SAMPLES as usize + 2, "{count} samples");
            assert_eq!(track.samples().last().map(|sample| sample.depth), Some(lab.session.end()));
            let mut fresh = Track::default();
            all(&mut fresh, &lab);
            let values =
                |track: &Track| track.samples().map(|sample| (sample.depth, sample.values.clone())).collect::<Vec<_>>();
            assert_eq!(values(&track), values(&fresh), "what was kept is what would be found anew");
        }
    }

    #[test]
    fn another_branch_has_its_own_samples() {
        let (mut lab, mut track) = (lab(), Track::default());
        play(&mut lab, 60);
        all(&mut track, &lab);
        lab.session.seek(20);
        lab.session.take(Event::Crash(NodeId(1))).expect("a node can crash");
        play(&mut lab, 5);
        all(&mut track, &lab);
        let depths: Vec<u32> = track.samples().map(|sample| sample.depth).collect();
        assert_eq!(depths, (0..=26).collect::<Vec<_>>());
    }

    #[test]
    fn too_many_lines_are_summed_up() {
        let many: Vec<(String, f64)> = (0..9_u8).map(|k| (k.to_string(), f64::from(k))).collect();
        let told: Vec<f64> = summary(&many).into_iter().map(|(_, value)| value).collect();
        assert_eq!(told, [8.0, 4.0, 0.0]);
    }
}
