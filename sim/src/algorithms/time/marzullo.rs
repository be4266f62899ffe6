//! Marzullo's sweep: the part of a line that most of many intervals cover. Plain code, one edge at a time, so that each of its
//! steps can be shown.

use crate::order::Order as _;
use serde::Serialize;

/// All points from one to another, both included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Interval {
    /// The least of them.
    pub from: i64,
    /// The greatest of them.
    pub to: i64,
}

impl Interval {
    /// All points that are at most so far from the middle.
    pub fn around(middle: i64, inaccuracy: i64) -> Self {
        Self { from: middle.saturating_sub(inaccuracy), to: middle.saturating_add(inaccuracy) }
    }
    /// The middle, rounded down.
    pub fn midpoint(self) -> i64 {
        (i128::from(self.from) + i128::from(self.to)).div_euclid(2) as i64
    }
    /// How far its ends are apart.
    pub fn width(self) -> i64 {
        self.to - self.from
    }
    /// How far from its midpoint the farther end is.
    pub fn inaccuracy(self) -> i64 {
        self.to - self.midpoint()
    }
    /// Whether it has this point.
    pub fn has(self, point: i64) -> bool {
        (self.from..=self.to).contains(&point)
    }
    /// Whether it has a point of the other.
    pub fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
    /// Longer by so much at each end.
    #[must_use]
    pub fn widened(self, by: i64) -> Self {
        Self { from: self.from.saturating_sub(by), to: self.to.saturating_add(by) }
    }
    /// Moved to the right.
    #[must_use]
    pub fn moved(self, by: i64) -> Self {
        Self { from: self.from.saturating_add(by), to: self.to.saturating_add(by) }
    }
}

/// Whether two intervals that have one end in common overlap there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Ends {
    /// They do: at one place starts come before ends.
    Closed,
    /// They do not: ends come before starts.
    Open,
}

/// Where an interval starts or ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Edge {
    /// Where.
    pub at: i64,
    /// Whether it starts there.
    pub starts: bool,
    /// Which of the intervals, by its position.
    pub of: u32,
}

/// A sweep on its way from the left to the right.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Sweep {
    edges: Vec<Edge>,
    /// How many edges have been passed.
    passed: u32,
    /// How many intervals cover the place where it is.
    covering: u32,
    /// The most that it has met.
    best: u32,
    /// Where it has met them, from the left to the right.
    spans: Vec<Interval>,
}

impl Sweep {
    /// Sorts the edges of these intervals. None of them ends before it starts.
    pub fn new(intervals: &[Interval], ends: Ends) -> Self {
        let mut edges = Vec::with_capacity(2 * intervals.len());
        for (of, interval) in (0..).zip(intervals) {
            // Without its ends nothing is left of it.
            if ends == Ends::Open && interval.width() == 0 {
                continue;
            }
            edges.push(Edge { at: interval.from, starts: true, of });
            edges.push(Edge { at: interval.to, starts: false, of });
        }
        let starts_first = ends == Ends::Closed;
        edges.order_by_key(|edge| (edge.at, edge.starts != starts_first));
        Self { edges, passed: 0, covering: 0, best: 0, spans: vec![] }
    }

    /// Passes the next edge; nothing at the end.
    pub fn step(&mut self) -> Option<Edge> {
        let edge = *self.edges.get(self.passed as usize)?;
        self.passed += 1;
        if !edge.starts {
            self.covering -= 1;
            return Some(edge);
        }
        self.covering += 1;
        if self.covering > self.best {
            self.best = self.covering;
            self.spans.clear();
        }
        if self.covering == self.best {
            let to = self.edges.get(self.passed as usize).map_or(edge.at, |next| next.at);
            self.spans.push(Interval { from: edge.at, to });
        }
        Some(edge)
    }

    /// Passes all that is left.
    #[must_use]
    pub fn finished(mut self) -> Self {
        while self.step().is_some() {}
        self
    }

    /// The edges, in the order in which they are passed, and how many have been.
    pub fn edges(&self) -> (&[Edge], usize) {
        (&self.edges, self.passed as usize)
    }
    /// How many intervals cover the place where it is.
    pub fn covering(&self) -> u32 {
        self.covering
    }
    /// The most intervals that it has met at one place.
    pub fn best(&self) -> u32 {
        self.best
    }
    /// Where it has met them: the first is its answer, the others are as good.
    pub fn spans(&self) -> &[Interval] {
        &self.spans
    }
}

/// The fault-tolerant answer: from the least to the greatest point that at least so many intervals cover. If all but
/// `intervals.len() − least` are right, and these are fewer than `least`, it has the true time.
pub fn covered_by(intervals: &[Interval], least: u32) -> Option<Interval> {
    let mut sweep = Sweep::new(intervals, Ends::Closed);
    let mut found: Option<Interval> = None;
    loop {
        let before = sweep.covering;
        let Some(edge) = sweep.step() else { return found };
        if edge.starts && sweep.covering >= least {
            found.get_or_insert(Interval { from: edge.at, to: edge.at });
        }
        if !edge.starts
            && before >= least
            && let Some(found) = &mut found
        {
            found.to = edge.at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, below, draw};

    fn intervals(seed: u64) -> Vec<Interval> {
        let number = |k: u64, bound| below(draw(seed, Purpose::Process, (0, 0), k), bound).cast_signed();
        (1..=number(0, 6).cast_unsigned())
            .map(|k| {
                let from = number(2 * k, 14);
                Interval { from, to: from + number(2 * k + 1, 6) }
            })
            .collect()
    }

    /// How many cover a place. Ends are whole numbers: halves lie between them.
    fn covering(intervals: &[Interval], half: i64) -> u32 {
        intervals.iter().filter(|interval| (2 * interval.from..=2 * interval.to).contains(&half)).count() as u32
    }

    /// Against a look at every point of the line.
    #[test]
    fn the_sweep_finds_exactly_the_places_that_most_intervals_cover() {
        for seed in 0..2_000 {
            let intervals = intervals(seed);
            let sweep = Sweep::new(&intervals, Ends::Closed).finished();
            let most = (0..=50).map(|half| covering(&intervals, half)).max();
            assert_eq!(most, Some(sweep.best()), "{intervals:?}");
            for half in (0..=50).filter(|_| sweep.best() > 0) {
                let in_span = sweep.spans().iter().any(|span| (2 * span.from..=2 * span.to).contains(&half));
                assert_eq!(covering(&intervals, half) == sweep.best(), in_span, "{intervals:?} at {half} halves");
            }
        }
    }

    /// The guarantee: with at most f wrong among n ≥ 2f + 1, the truth is in what n − f cover.
    #[test]
    fn what_n_minus_f_cover_has_the_truth() {
        let mut missed_by_the_sweep = 0;
        for seed in 0..5_000 {
            let intervals = intervals(seed);
            for truth in 0..20 {
                let wrong = intervals.iter().filter(|interval| !interval.has(truth)).count();
                if intervals.len() > 2 * wrong {
                    let least = (intervals.len() - wrong) as u32;
                    let found = covered_by(&intervals, least).expect("the right ones cover the truth");
                    assert!(found.has(truth), "{intervals:?}, {truth}");
                    let spans = Sweep::new(&intervals, Ends::Closed).finished().spans;
                    missed_by_the_sweep += u32::from(!spans.iter().any(|span| span.has(truth)));
                }
            }
        }
        assert!(missed_by_the_sweep > 0, "the sweep alone promises less");
    }

    #[test]
    fn what_many_cover_is_as_its_definition_says() {
        for seed in 0..2_000 {
            let intervals = intervals(seed);
            for least in 1..=intervals.len() as u32 {
                let points: Vec<i64> = (0..=50).filter(|&half| covering(&intervals, half) >= least).collect();
                let ends = points.first().zip(points.last()).map(|(from, to)| (from / 2, to / 2));
                let found = covered_by(&intervals, least).map(|found| (found.from, found.to));
                assert_eq!(found, ends, "{intervals:?} by {least}");
            }
        }
    }

    #[test]
    fn an_interval_without_length_is_swept_with_either_rule() {
        let point = [Interval { from: 3, to: 3 }, Interval { from: 0, to: 9 }];
        assert_eq!(Sweep::new(&point, Ends::Closed).finished().spans(), [Interval { from: 3, to: 3 }]);
        assert_eq!(Sweep::new(&point, Ends::Open).finished().spans(), [point[1]]);
    }
}
