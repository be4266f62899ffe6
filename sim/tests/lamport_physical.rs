//! Lamport's clock from physical clocks: the figure of 6, 8 and 10, the clock condition on every order of small runs and on
//! random ones with faults, and the theorem about calls outside the system.
#![cfg(feature = "embed")]

use serde_json::{Value as Json, json};
use sim::{
    Event, Micros, Mode, NodeId, Scenario, Verdict,
    algorithms::time::lamport_physical::ALGORITHM,
    testing::{Bench, random_run},
};

const CLOCK_CONDITION: &str = "a → b implies C(a) < C(b)";
const MONOTONE: &str = "time never runs backward";
const NO_ANOMALY: &str = "what a call has caused is stamped after its cause";

fn bench(more: &Json) -> Bench {
    let mut json =
        json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "", "nodes": 3});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    Bench::of_json(&ALGORITHM, json).unwrap_or_else(|error| panic!("{error}"))
}

fn embedded(name: &str) -> Bench {
    let scenario = Scenario::embedded(&ALGORITHM, name).unwrap_or_else(|| panic!("no scenario {name}"));
    let setup = scenario.and_then(|scenario| scenario.prepare(&ALGORITHM));
    Bench::new(setup.unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// What every clock shows, in milliseconds.
fn clocks(bench: &Bench) -> Vec<i64> {
    let now = bench.world.now();
    bench.world.nodes().iter().map(|node| node.clock_at(now) / 1_000).collect()
}

fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

/// The reference's table, tick by tick: physical clocks of these rates show what its tables show.
#[test]
fn vector_lamport_tanenbaum_6_8_10() {
    let all: Vec<Json> = serde_json::from_str(include_str!("vectors/lamport-clock.json")).expect("vectors");
    let vector = all.into_iter().find(|vector| vector["id"] == "lamport-tanenbaum-6-8-10").expect("the vector");
    for (scenario, table) in [("six-eight-ten", "corrected"), ("never-set", "uncorrected")] {
        let mut bench = embedded(scenario);
        for tick in 0..=10_u64 {
            bench.play_until(Micros::from_millis(tick * 10));
            let now = Micros::from_millis(tick * 10);
            let shown: Vec<i64> = bench.world.nodes().iter().map(|node| node.clock_at(now) / 1_000).collect();
            let rows = vector["expected"][table].as_array().expect("a table");
            let expected: Vec<i64> = rows.iter().map(|row| row[tick as usize].as_i64().expect("a number")).collect();
            assert_eq!(shown, expected, "{scenario}, tick {tick}");
        }
    }
}

#[test]
fn scenarios_end_as_they_say() {
    let broken = |name: &str| {
        let mut bench = embedded(name);
        bench.play(500);
        bench.broken()
    };
    assert_eq!(broken("six-eight-ten"), [""; 0]);
    assert_eq!(broken("never-set"), [CLOCK_CONDITION]);
    assert_eq!(broken("telephone"), [NO_ANOMALY]);
    assert_eq!(broken("kept-together"), [""; 0]);
    assert_eq!(broken("crash"), [""; 0]);
    assert_eq!(broken("set-to-the-stamp"), [CLOCK_CONDITION, MONOTONE]);
    let mut bench = embedded("telephone");
    bench.play_until(Micros::from_millis(100));
    assert_eq!(clocks(&bench), [150, 141]);
}

/// Every order in which three crossing messages and two events of their own can happen, late or early, lost or not.
#[test]
fn every_order_of_a_small_run_keeps_the_clock_condition() {
    let mut start = bench(&json!({"nodes": [{"clock-offset": 40000, "clock-rate": [11, 10]}, {"clock-rate": [9, 10]}],
        "delay": {"constant": "10 ms"}}));
    let asks = [
        (0, json!({"Send": {"to": 1, "name": null}})),
        (1, json!({"Send": {"to": 0, "name": null}})),
        (0, json!("Local")),
    ];
    let budget: Vec<Event> = asks.iter().map(|(node, ask)| start.request(*node, ask.clone())).collect();
    let (mut ends, mut set) = (0, 0);
    all_orders(&start, &budget, &[1, 2, 1], &mut |bench| {
        assert!(bench.broken().is_empty(), "{:?}", bench.broken());
        ends += 1;
        set += u32::from(bench.world.tally().outputs("SetForward") > 0);
    });
    // Seven events, each end of a message after its sending, two sendings alike, three messages lost or not: 7!/2³/2·2³.
    // P0 is ahead, so its own message sets a clock, unless it is lost.
    assert_eq!((ends, set), (2520, 1260));
}

/// Takes every choice there is, one after the other: requests that are left, deliveries, losses.
fn all_orders(bench: &Bench, requests: &[Event], left: &[u32], end: &mut dyn FnMut(&Bench)) {
    let mut moved = false;
    for (index, &event) in requests.iter().enumerate().filter(|(index, _)| left[*index] > 0) {
        let mut left = left.to_vec();
        left[index] -= 1;
        let mut next = bench.clone();
        next.take(event);
        all_orders(&next, requests, &left, end);
        moved = true;
    }
    for event in bench.world.enabled(Mode::Untimed) {
        let lost = match event {
            Event::Deliver(id) => Some(Event::Drop(id)),
            _ => None,
        };
        for event in [Some(event), lost].into_iter().flatten() {
            let mut next = bench.clone();
            next.take(event);
            all_orders(&next, requests, left, end);
            moved = true;
        }
    }
    if !moved {
        end(bench);
    }
}

fn seeds() -> u64 {
    if deep() { 10_000 } else { 200 }
}

/// Bad clocks, no bound on any delay, losses, duplicates, crashes: the clock condition needs nothing of them.
#[test]
fn random_schedules_with_faults_keep_the_clock_condition() {
    let nodes =
        json!([{"clock-offset": 90000, "clock-rate": [13, 10]}, {"clock-rate": [1, 2]}, {"clock-offset": -5000}, {}]);
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": nodes, "parameters": {"period": "30 ms"}, "seed": seed,
            "delay": {"uniform": ["1 ms", "80 ms"]}}));
        random_run(&mut bench, seed, 120, Mode::Untimed, |bench, bits| {
            let flights: Vec<_> = bench.world.flights().map(|flight| flight.id).collect();
            let node = NodeId((bits >> 8) as u32 % 4);
            let pick = || flights.get((bits >> 16) as usize % flights.len().max(1)).copied();
            match bits % 4 {
                0 => Some(Event::Crash(node)),
                1 => Some(Event::Recover(node)),
                2 => pick().map(Event::Drop),
                _ => pick().map(Event::Duplicate),
            }
        });
        assert!(bench.broken().is_empty(), "seed {seed}: {:?}", bench.broken());
    }
}

/// The theorem: while ε/(1 − κ) ≤ μ, no call that takes μ finds an earlier stamp than that of its cause. And without: many.
#[test]
fn calls_find_no_anomaly_while_the_clocks_are_near_enough() {
    let run = |seed: u64, offset: i64| {
        let mut script = vec![];
        for k in 0..12_u64 {
            let (from, to, at) = ((seed + k) % 3, (seed + k + 1 + k % 2) % 3, 60 + 40 * k + (seed * 7 + k * 13) % 17);
            script.push(json!({"at": format!("{at} ms"), "event": {"request": {"node": from, "ask": "Local"}}}));
            let called = json!({"request": {"node": to, "ask": {"Called": {"by": from}}}});
            script.push(json!({"at": format!("{} ms", at + 20), "event": called}));
        }
        let nodes = json!([{"clock-offset": offset, "clock-rate": [102, 100]}, {}, {"clock-rate": [98, 100]}]);
        let mut bench = bench(&json!({"nodes": nodes, "script": script, "seed": seed,
            "delay": {"uniform": ["4 ms", "12 ms"]},
            "parameters": {"least-delay": "4 ms", "call": "20 ms", "period": if offset > 19_000 { "0" } else { "50 ms" }}}));
        let (mut farthest, mut steps) = (0, 0);
        while bench.play_one() && steps < 1_000 && bench.world.now() < Micros::from_millis(560) {
            let shown = clocks(&bench);
            farthest = farthest.max(shown.iter().max().unwrap_or(&0) - shown.iter().min().unwrap_or(&0));
            steps += 1;
        }
        (farthest, bench.verdict(NO_ANOMALY).is_broken())
    };
    let mut anomalies = 0;
    for seed in 0..seeds() {
        let (farthest, broken) = run(seed, 10_000);
        assert!(farthest <= 19 && !broken, "seed {seed}: {farthest} ms apart");
        anomalies += u64::from(run(seed, 60_000).1);
    }
    assert!(anomalies > seeds() / 2, "{anomalies}");
}

#[test]
fn the_bound_is_said_beside_the_call() {
    let remark = |name: &str| {
        let bench = embedded(name);
        let remarks = (ALGORITHM.remarks)(bench.world.setup());
        remarks.into_iter().map(|remark| (remark.parameter, remark.text, remark.warns)).collect::<Vec<_>>()
    };
    let text = "No anomaly while the clocks are no more than 20 ms apart: ε/(1 − κ) ≤ μ with κ = 0 millionths. They start 50 ms apart.";
    assert_eq!(remark("telephone"), [("call", text.to_owned(), true)]);
    assert_eq!(remark("six-eight-ten"), []);
    assert_eq!(*embedded("kept-together").verdict(CLOCK_CONDITION), Verdict::Holds);
}
