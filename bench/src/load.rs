//! Four million jobs on twenty machines with threshold location: our engine, a loop written for nothing else, the same
//! loop of events without a model, simpy, and our engine in WASM.

use std::process::Command;
use std::time::Instant;

use interleave_bench_ring::load::{self, Found, GAP_US, MACHINES, PROBES, SERVICE_US, THRESHOLD};

use crate::figure::{Bound, Figure};
use crate::rounds::{median, rate, time};
use crate::wasm::Node;
use crate::{dedicated, heap};

/// Jobs of the one long run.
const JOBS: u32 = 4_000_000;
/// Rounds in which what is compared takes turns.
const ROUNDS: usize = 7;
/// Jobs of a round.
const ROUND_JOBS: u32 = 400_000;
/// Jobs that simpy gets in a round: it is slow, and its speed does not depend on how many there are.
const SIMPY_JOBS: u32 = 40_000;

/// One round.
struct Round {
    /// Jobs a second.
    ours: f64,
    dedicated: f64,
    simpy: Option<f64>,
    wasm: Option<f64>,
    /// Events a second.
    events: f64,
    bare: f64,
}

/// All of them in one run.
pub fn load() -> Vec<Figure> {
    let plan = load::plan(JOBS);
    let start = Instant::now();
    let found = load::run(&plan);
    let seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let expected = dedicated::run(JOBS);
    let dedicated_seconds = start.elapsed().as_secs_f64();
    assert_same(&found, &expected, 0.001);
    let mut figures = vec![
        Figure::new("load.four_million.ratio_to_dedicated_loop", seconds / dedicated_seconds, "×")
            .bound(Bound::AtMost(10.0)),
        Figure::new("load.four_million.time", seconds, "s"),
        Figure::new("load.four_million.dedicated_loop", dedicated_seconds, "s"),
    ];
    figures.extend(in_turns());
    figures
}

/// What is compared takes turns, so that a drifting machine treats all alike.
fn in_turns() -> Vec<Figure> {
    let plan = load::plan(ROUND_JOBS);
    let mut node = Node::start_if_there();
    let python = simpy_is_there();
    let rounds: Vec<Round> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let found = load::run(&plan);
            let ours = start.elapsed();
            let dedicated = time(|| assert_same(&found, &dedicated::run(ROUND_JOBS), 0.01));
            let mut bare = heap::Ring::new();
            let bare_time = time(|| bare.play(found.events));
            Round {
                ours: rate(ROUND_JOBS.into(), ours),
                dedicated: rate(ROUND_JOBS.into(), dedicated),
                simpy: python.then(|| simpy(&found)),
                wasm: node.as_mut().map(|node| f64::from(ROUND_JOBS) / node.play("load", ROUND_JOBS).seconds),
                events: rate(found.events, ours),
                bare: rate(found.events, bare_time),
            }
        })
        .collect();
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    let mut figures = vec![
        Figure::new("load.ratio_to_bare_loop", of(&|round| round.events / round.bare), "×").bound(Bound::AtLeast(0.2)),
        Figure::new("load.jobs", of(&|round| round.ours), "jobs/s"),
        Figure::new("load.dedicated_loop", of(&|round| round.dedicated), "jobs/s"),
        Figure::new("load.events", of(&|round| round.events), "events/s"),
        Figure::new("load.bare_loop", of(&|round| round.bare), "events/s"),
    ];
    let rounds_with = |value: fn(&Round) -> Option<f64>| -> Option<Vec<(f64, f64)>> {
        rounds.iter().map(|round| Some((round.ours, value(round)?))).collect()
    };
    if let Some(pairs) = rounds_with(|round| round.simpy) {
        let ratio = median(pairs.iter().map(|(ours, simpy)| ours / simpy).collect());
        figures.push(Figure::new("load.ratio_to_simpy", ratio, "×").bound(Bound::AtLeast(20.0)));
        figures.push(Figure::new("load.simpy", median(pairs.iter().map(|pair| pair.1).collect()), "jobs/s"));
    }
    if let Some(pairs) = rounds_with(|round| round.wasm) {
        let ratio = median(pairs.iter().map(|(ours, wasm)| ours / wasm).collect());
        figures.push(Figure::new("load.wasm.time_to_native", ratio, "×").bound(Bound::AtMost(3.0)));
        figures.push(Figure::new("load.wasm.jobs", median(pairs.iter().map(|pair| pair.1).collect()), "jobs/s"));
    }
    figures
}

/// What is compared did the same work: the draws are the same, and jobs of the same microsecond are too few to matter.
fn assert_same(found: &Found, expected: &Found, tolerance: f64) {
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() <= tolerance;
    let same = near(found.response, expected.response)
        && near(found.moves as f64, expected.moves as f64)
        && near(found.probes as f64, expected.probes as f64);
    assert!(same, "not the same work: {found:?} and {expected:?}");
}

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/simpy/threshold.py");

fn simpy_is_there() -> bool {
    let there =
        Command::new("python3").args(["-c", "import simpy"]).output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("No figure of simpy: python3 or simpy is not here (`pip install simpy`).");
    }
    there
}

/// Jobs a second that simpy does, after a look at what it did.
fn simpy(ours: &Found) -> f64 {
    let numbers = [SIMPY_JOBS, MACHINES, THRESHOLD, PROBES, GAP_US, SERVICE_US].map(|number| number.to_string());
    let output = Command::new("python3").arg(SCRIPT).args(numbers).output().expect("python3 was there just now");
    let text = String::from_utf8_lossy(&output.stdout);
    let words: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [seconds, response] = words[..] else { panic!("simpy: {text}{}", String::from_utf8_lossy(&output.stderr)) };
    assert!(
        (response / ours.response - 1.0).abs() < 0.1,
        "simpy: a mean response of {response}, here {}",
        ours.response
    );
    f64::from(SIMPY_JOBS) / seconds
}
