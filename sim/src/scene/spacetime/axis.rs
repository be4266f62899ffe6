//! Where events stand: a map from steps to pixels that grows with the run.
//!
//! Every event moves on by at least a little, so that no two cover each other; quiet stretches are cut short.

use crate::{Micros, MomentId, Session, Setup};
use std::sync::Arc;

/// Pixels between two events, at least.
const LEAST: f64 = 52.0;
/// Pixels between two events, at most: a longer wait is drawn with a fold.
const MOST: f64 = 170.0;
/// Pixels of a stretch whose steps are folded away in the history.
const FOLDED: f64 = 60.0;

/// A stop of the axis: a moment of the branch.
#[derive(Clone, Copy, Debug)]
struct Stop {
    id: MomentId,
    depth: u32,
    time: Micros,
    x: f64,
    /// The wait before it was cut short.
    cut: bool,
}

/// The axis of the branch in view. The start is at 0.
#[derive(Clone, Default)]
pub struct Axis {
    stops: Vec<Stop>,
    /// Pixels a microsecond.
    scale: f64,
    /// Whose run it is.
    setup: Option<Arc<Setup>>,
}

impl Axis {
    /// Follows the branch in view: keeps what is the same, adds what is new.
    pub fn follow(&mut self, session: &Session) {
        let line = session.line();
        if !self.setup.as_ref().is_some_and(|setup| Arc::ptr_eq(setup, session.setup())) {
            // Moments of another session may have the same numbers.
            *self = Self { stops: vec![], scale: scale(session), setup: Some(Arc::clone(session.setup())) };
        }
        let known = self.stops.len().min(line.len());
        // A tip that is the same has the same past; else the first difference is found by halving.
        let same = |k: usize| self.stops[k].id == line[k] && self.stops[k].depth == session.moment(line[k]).depth;
        let keep = if known > 0 && same(known - 1) {
            known
        } else {
            let (mut low, mut high) = (0, known);
            while low < high {
                let middle = low.midpoint(high);
                if same(middle) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        self.stops.truncate(keep);
        for &id in &line[keep..] {
            let moment = session.moment(id);
            let stop = match self.stops.last() {
                None => Stop { id, depth: 0, time: Micros::ZERO, x: 0.0, cut: false },
                Some(before) => {
                    let wait = moment.time.since(before.time).0 as f64 * self.scale;
                    let folded = if moment.folded > 0 { FOLDED } else { 0.0 };
                    let x = before.x + wait.clamp(LEAST, MOST) + folded;
                    Stop { id, depth: moment.depth, time: moment.time, x, cut: wait > MOST || moment.folded > 0 }
                }
            };
            self.stops.push(stop);
        }
    }

    /// Where the event after so many steps stands.
    pub fn x(&self, depth: u32) -> f64 {
        let index = self.stops.partition_point(|stop| stop.depth < depth);
        match (self.stops.get(index), index.checked_sub(1).and_then(|before| self.stops.get(before))) {
            (Some(stop), _) if stop.depth == depth => stop.x,
            (Some(stop), Some(before)) => {
                let part = f64::from(depth - before.depth) / f64::from(stop.depth - before.depth);
                before.x + part * (stop.x - before.x)
            }
            (None, Some(last)) => last.x,
            _ => 0.0,
        }
    }

    /// Where a time stands, between the events around it.
    pub fn x_of_time(&self, time: Micros) -> f64 {
        let index = self.stops.partition_point(|stop| stop.time < time);
        match (self.stops.get(index), index.checked_sub(1).and_then(|before| self.stops.get(before))) {
            (Some(stop), Some(before)) => {
                let part = time.since(before.time).0 as f64 / stop.time.since(before.time).0.max(1) as f64;
                before.x + part * (stop.x - before.x)
            }
            (None, Some(last)) => last.x + (time.since(last.time).0 as f64 * self.scale).min(MOST),
            _ => 0.0,
        }
    }

    /// The step at whose time something happened; the first of them where there are several.
    pub fn step_at(&self, time: Micros) -> Option<u32> {
        let index = self.stops.partition_point(|stop| stop.time < time);
        self.stops.get(index).map(|stop| stop.depth)
    }

    /// The steps that stand between two places, and one more on either side.
    pub fn steps(&self, from: f64, to: f64) -> std::ops::Range<u32> {
        let first = self.stops.partition_point(|stop| stop.x < from).saturating_sub(1);
        let last = self.stops.partition_point(|stop| stop.x <= to).min(self.stops.len().saturating_sub(1));
        let depth = |index: usize| self.stops.get(index).map_or(0, |stop| stop.depth);
        depth(first)..depth(last) + 1
    }

    /// The step that stands nearest to a place.
    pub fn nearest(&self, x: f64) -> u32 {
        let index = self.stops.partition_point(|stop| stop.x < x);
        let candidates = [index.saturating_sub(1), index];
        let near = candidates.iter().filter_map(|&index| self.stops.get(index));
        let near = near.min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()));
        near.map_or(0, |stop| stop.depth)
    }

    /// The last step that does not stand behind a place.
    pub fn reached(&self, x: f64) -> u32 {
        let index = self.stops.partition_point(|stop| stop.x <= x);
        index.checked_sub(1).map_or(0, |index| self.stops[index].depth)
    }

    /// How long the axis is.
    pub fn length(&self) -> f64 {
        self.stops.last().map_or(0.0, |stop| stop.x)
    }

    /// The ticks between two places: where, and the time; no two nearer than `gap`.
    pub fn ticks(&self, from: f64, to: f64, gap: f64) -> Vec<(f64, Micros)> {
        let first = self.stops.partition_point(|stop| stop.x < from - gap);
        let mut ticks: Vec<(f64, Micros)> = Vec::new();
        for stop in self.stops[first..].iter().take_while(|stop| stop.x <= to) {
            let room = ticks.last().is_none_or(|(x, time)| stop.x - x >= gap && stop.time > *time);
            if room {
                ticks.push((stop.x, stop.time));
            }
        }
        ticks
    }

    /// Where waits were cut short, between two places.
    pub fn cuts(&self, from: f64, to: f64) -> Vec<f64> {
        let first = self.stops.partition_point(|stop| stop.x < from);
        let near = self.stops[first..].windows(2).take_while(|pair| pair[0].x <= to);
        near.filter(|pair| pair[1].cut).map(|pair| pair[0].x.midpoint(pair[1].x)).collect()
    }
}

/// Pixels a microsecond: such that a message of the scenario's mean delay covers a hand's breadth.
fn scale(session: &Session) -> f64 {
    let mean = session.setup().delay.mean().0.max(1);
    110.0 / mean as f64
}
