//! What the clocks of a run showed: exact lines, made while the run is followed. Between two events a clock is a straight
//! line, or bends where a correction is absorbed; at an event it may jump.

use crate::{Life, Micros, World};

/// Bends that are looked for in one span at most.
const BENDS: usize = 24;

/// The clocks of a run, each minus true time.
#[derive(Default)]
pub struct ClockLines {
    points: Vec<ClockPoint>,
    last: Option<World>,
    apart: u64,
    off: u64,
}

/// All clocks at one instant. Two points at the same instant are a jump.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClockPoint {
    /// The instant.
    pub at: Micros,
    /// The clock of each node minus true time, by index; nothing for one that is down or not there.
    pub errors: Vec<Option<i64>>,
    /// Whether a clock goes on from here otherwise than it would have: it was set, slewed, or given another rate.
    pub adjusted: bool,
}

impl ClockPoint {
    fn of(world: &World, at: Micros) -> Self {
        let up = |node: &crate::Node| node.life() == Life::Up;
        let error = |node: &crate::Node| up(node).then(|| node.clock_at(at).saturating_sub(at.0.cast_signed()));
        Self { at, errors: world.nodes().iter().map(error).collect(), adjusted: false }
    }

    /// The least and the greatest error.
    pub fn extremes(&self) -> Option<(i64, i64)> {
        let errors = || self.errors.iter().flatten().copied();
        Some((errors().min()?, errors().max()?))
    }

    /// How far the two clocks that differ most are apart: what a bound on the precision bounds.
    pub fn apart(&self) -> u64 {
        self.extremes().map_or(0, |(low, high)| high.abs_diff(low))
    }

    /// How far the clock that is most wrong is from the true time: what a bound on the accuracy bounds.
    pub fn off(&self) -> u64 {
        self.extremes().map_or(0, |(low, high)| low.unsigned_abs().max(high.unsigned_abs()))
    }
}

impl ClockLines {
    /// The points, in the order of time.
    pub fn points(&self) -> &[ClockPoint] {
        &self.points
    }
    /// The greatest distance of two clocks so far.
    pub fn most_apart(&self) -> u64 {
        self.apart
    }
    /// The greatest distance of a clock from the true time so far.
    pub fn most_off(&self) -> u64 {
        self.off
    }

    /// Follows the run by one event; the first call is for its start.
    pub fn follow(&mut self, world: &World) {
        let now = world.now();
        let mut point = ClockPoint::of(world, now);
        if let Some(last) = self.last.take() {
            self.pass(&last, now);
            // Far behind whatever is absorbed at present: there, two clocks that are the same now differ if one was set.
            let later = now.plus(Micros(1 << 40));
            point.adjusted = ClockPoint::of(&last, later).errors != ClockPoint::of(world, later).errors;
        }
        if self.points.last().is_none_or(|last| point.adjusted || last.errors != point.errors) {
            self.push(point);
        }
        self.last = Some(world.clone());
    }

    /// The time until `now`, in which nothing happens.
    fn pass(&mut self, world: &World, now: Micros) {
        if now <= world.now() {
            return;
        }
        let mut bends = Vec::new();
        find_bends(world, world.now(), now, &mut bends);
        for at in bends {
            self.push(ClockPoint::of(world, at));
        }
        self.push(ClockPoint::of(world, now));
    }

    fn push(&mut self, point: ClockPoint) {
        (self.apart, self.off) = (self.apart.max(point.apart()), self.off.max(point.off()));
        if let [.., a, b] = &self.points[..]
            && !b.adjusted
            && is_between(a, b, &point)
        {
            self.points.pop();
        }
        self.points.push(point);
    }
}

/// The instants between which a clock bends: halving what is no straight line.
fn find_bends(world: &World, from: Micros, to: Micros, bends: &mut Vec<Micros>) {
    if to.0 - from.0 < 2 || bends.len() >= BENDS {
        return;
    }
    let middle = Micros(from.0.midpoint(to.0));
    let [a, b, c] = [from, middle, to].map(|at| ClockPoint::of(world, at));
    if is_between(&a, &b, &c) {
        return;
    }
    let found = bends.len();
    find_bends(world, from, middle, bends);
    find_bends(world, middle, to, bends);
    // Either half alone is as good as straight, to the rounding: from end to end, the bend is cut by no more than that.
    if bends.len() == found {
        bends.extend([from, to]);
    }
}

/// Whether the second point lies on the straight lines from the first to the third; readings are rounded.
fn is_between(a: &ClockPoint, b: &ClockPoint, c: &ClockPoint) -> bool {
    if !(a.at < b.at && b.at < c.at) {
        return false;
    }
    let (part, whole) = (i128::from(b.at.0 - a.at.0), i128::from(c.at.0 - a.at.0));
    let three = a.errors.iter().zip(&b.errors).zip(&c.errors);
    a.errors.len() == c.errors.len()
        && three.into_iter().all(|((a, b), c)| match (*a, *b, *c) {
            (None, None, None) => true,
            (Some(a), Some(b), Some(c)) => {
                let on_the_line = i128::from(a) + (i128::from(c) - i128::from(a)) * part / whole;
                (i128::from(b) - on_the_line).abs() <= 1
            }
            _ => false,
        })
}
