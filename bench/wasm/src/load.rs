//! Jobs on twenty machines with threshold location, as an experiment runs them: one cell, without history.

use sim::experiment::{Experiment, Outcome, Plan};

/// Machines.
pub const MACHINES: u32 = 20;
/// T: a machine with so many jobs looks for another.
pub const THRESHOLD: u32 = 2;
/// Lp: how many others are asked for one job, at most.
pub const PROBES: u32 = 3;
/// The mean service time in microseconds; gaps and services are exponential.
pub const SERVICE_US: u32 = 1_000_000;
/// The mean gap between two jobs of one machine, in microseconds: a load of 80 %.
pub const GAP_US: u32 = 1_250_000;

/// A run that ends with so many finished jobs.
///
/// # Panics
/// If the engine refuses the experiment: then the bench is wrong.
pub fn plan(jobs: u32) -> Plan {
    let json = serde_json::json!({
        "version": 1, "name": "bench", "title": "Bench", "sentence": "As many jobs as it takes.",
        "base": {
            "version": 1, "algorithm": "load/location-threshold", "name": "bench", "title": "Bench",
            "sentence": "As many jobs as it takes.", "nodes": MACHINES, "delay": {"constant": 0},
            "policy": {"threshold": THRESHOLD, "probe-limit": PROBES, "location": "threshold"},
            "workload": [{
                "on": "start", "after": {"exponential": GAP_US}, "repeat": true,
                "request": {"Submit": {"demand": {"draw": {"exponential": SERVICE_US}}}},
            }],
        },
        "sweep": {"label": "probes", "variable": "L", "values": [PROBES], "set": {"policy.probe-limit": "L"}},
        "replications": 1, "seed": 7, "until": {"outputs": ["JobFinished", jobs]},
        "measures": [
            {"label": "mean response", "unit": "ms", "count": {"statistic": "response time of a job"}},
            {"label": "moves", "unit": "moves", "count": {"outputs": ["JobMoved"]}},
            {"label": "probes", "unit": "probes", "count": {"sent": ["Probe"]}},
        ],
    });
    let experiment = Experiment::read(&json.to_string()).expect("the bench's own experiment is in order");
    Plan::new(experiment).expect("the bench's own experiment can be run")
}

/// What came of the run, in numbers that can be compared.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Found {
    /// Events of the engine; 0 where something else ran.
    pub events: u64,
    /// The mean response in seconds.
    pub response: f64,
    /// Jobs that were run elsewhere than where they arrived.
    pub moves: u64,
    /// Questions that were asked.
    pub probes: u64,
}

/// Runs it on the engine.
pub fn run(plan: &Plan) -> Found {
    let Outcome { values, events, .. } = plan.run(0);
    let value = |at: usize| values[at].and_then(sim::experiment::Fraction::value).unwrap_or(f64::NAN);
    Found { events, response: value(0) / 1e3, moves: value(1) as u64, probes: value(2) as u64 }
}
