//! What a client keeps of its servers: exchanges, samples, registers; and which servers it believes.

use crate::{
    Datum, NodeId, Setup, Skew,
    algorithms::time::{
        average,
        marzullo::{Ends, Interval, Sweep},
    },
    json::{Json, Read as _},
    read_record,
};
use serde::Serialize;

/// The scenario's `config`: `{"servers": [[], [], [0, 1]]}`, whom each node asks. The last node asks all others if nothing
/// is said.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    servers: Vec<Vec<u32>>,
}

read_record!(Config { servers });

pub(super) fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = "expected {\"servers\": [[], [0]]}, a list of other nodes for each node";
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {expected}"))?;
    let fits = |(node, servers): (u32, &Vec<u32>)| servers.iter().all(|&server| server < nodes && server != node);
    let fits = config.servers.len() == nodes as usize && (0..).zip(&config.servers).all(fits);
    if fits { Ok(Some(Datum::new(config))) } else { Err(expected.into()) }
}

/// Whom a node asks.
pub(super) fn servers_of(setup: &Setup, node: NodeId) -> Vec<NodeId> {
    match setup.config::<Config>() {
        Some(config) => config.servers.get(node.index()).into_iter().flatten().copied().map(NodeId).collect(),
        None if node.index() + 1 == setup.nodes.len() => (0..node.0).map(NodeId).collect(),
        None => vec![],
    }
}

/// A request that is out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Exchange {
    pub(super) t1: Skew,
    /// What the hardware clock showed then.
    pub(super) hardware: i64,
    /// What was added to it: T4 is read on the same scale, so that a clock that is being slewed measures well.
    pub(super) correction: i64,
}

/// What an exchange says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Sample {
    /// θ: the server's clock minus this one, as that was with `correction`.
    pub(super) offset: Skew,
    /// δ: how long the way there and back took.
    pub(super) delay: Skew,
    /// What was added to the hardware clock.
    pub(super) correction: i64,
    /// What the hardware clock showed when the reply came.
    pub(super) at: i64,
}

impl Sample {
    /// From T1, T2, T3 and T4. `kept`: the time that the server took is not taken off the offset.
    pub(super) fn of([t1, t2, t3, t4]: [Skew; 4], kept: bool, asked: Exchange, at: i64) -> Self {
        let twice = if kept { 2 * (t2.0 - t1.0) - (t4.0 - t1.0) } else { (t2.0 - t1.0) + (t3.0 - t4.0) };
        let delay = (t4.0 - t1.0) - (t3.0 - t2.0);
        Self { offset: Skew(twice.div_euclid(2)), delay: Skew(delay), correction: asked.correction, at }
    }

    /// The offset seen from the clock as it is corrected now.
    fn seen_with(self, correction: i64) -> i64 {
        self.offset.0 - (correction - self.correction)
    }
}

/// One server, as a client knows it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Source {
    pub(super) server: NodeId,
    pub(super) stratum: u32,
    pub(super) asked: Option<Exchange>,
    /// The latest samples, the oldest first.
    pub(super) register: Vec<Sample>,
}

impl Source {
    pub(super) fn new(server: NodeId) -> Self {
        Self { server, stratum: super::UNSYNCHRONIZED, asked: None, register: vec![] }
    }

    /// Puts a sample into the register, where `most` find room.
    pub(super) fn keep(&mut self, sample: Sample, stratum: u32, most: i64) {
        self.stratum = stratum;
        self.register.push(sample);
        let many = self.register.len().saturating_sub(most.max(1) as usize);
        self.register.drain(..many);
    }

    /// What its register says, seen from the clock as it is corrected now. 0: the sample of the smallest delay counts, the
    /// latest of equal ones; 1: the latest; 2: the mean.
    pub(super) fn candidate(&self, filter: i64, correction: i64) -> Option<(NodeId, u32, Sample)> {
        let latest = *self.register.last()?;
        let sample = match filter {
            0 => *self.register.iter().rev().min_by_key(|sample| sample.delay)?,
            1 => latest,
            _ => {
                let all = |value: &dyn Fn(&Sample) -> i64| {
                    let values: Vec<i64> = self.register.iter().map(value).collect();
                    average::mean(&values, &vec![true; values.len()])
                };
                let offset = Skew(all(&|sample| sample.seen_with(correction))?);
                Sample { offset, delay: Skew(all(&|sample| sample.delay.0)?), correction, ..latest }
            }
        };
        (self.stratum < super::UNSYNCHRONIZED).then_some((self.server, self.stratum, sample))
    }
}

/// What a server and its sample say, with the stratum of the server.
pub(super) type Candidate = (NodeId, u32, Sample);

/// What the server's clock can be ahead of the client's: half of the delay to either side.
pub(super) fn interval((_, _, sample): &Candidate, correction: i64) -> Interval {
    Interval::around(sample.seen_with(correction), (sample.delay.0.max(0) + 1) / 2)
}

/// The candidate to follow, and the falsetickers. Nobody is followed where no majority agrees. Of those that agree the
/// lowest stratum counts, then the smallest delay.
pub(super) fn select(candidates: &[Candidate], correction: i64) -> (Option<Candidate>, Vec<NodeId>) {
    let intervals: Vec<Interval> = candidates.iter().map(|candidate| interval(candidate, correction)).collect();
    let sweep = Sweep::new(&intervals, Ends::Closed).finished();
    let Some(&overlap) = sweep.spans().first().filter(|_| 2 * sweep.best() as usize > candidates.len()) else {
        return (None, vec![]);
    };
    let (mut best, mut falsetickers): (Option<Candidate>, Vec<NodeId>) = (None, vec![]);
    for (candidate, interval) in candidates.iter().zip(&intervals) {
        if !interval.meets(overlap) {
            falsetickers.push(candidate.0);
        } else if best.is_none_or(|best| (candidate.1, candidate.2.delay) < (best.1, best.2.delay)) {
            best = Some(*candidate);
        }
    }
    (best, falsetickers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All offsets and ways that small whole numbers can say: the error is exactly half of the difference between the ways.
    #[test]
    fn the_error_of_an_exchange_is_half_of_what_the_ways_differ_by() {
        let asked = Exchange { t1: Skew(0), hardware: 0, correction: 0 };
        for case in 0..6 * 6 * 6 * 6 {
            let [offset, out, back, takes] = [case % 6, case / 6 % 6, case / 36 % 6, case / 216].map(|n| 2 * n);
            let stamps = [0, out + offset, out + takes + offset, out + takes + back].map(Skew);
            let sample = Sample::of(stamps, false, asked, 0);
            assert_eq!((sample.offset.0 - offset, sample.delay.0), ((out - back) / 2, out + back));
            let kept = Sample::of(stamps, true, asked, 0);
            assert_eq!(kept.offset.0 - offset, (out - back - takes) / 2);
        }
    }
}
