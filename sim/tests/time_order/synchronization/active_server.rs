//! The active time server.

use super::*;
use sim::{Micros, NodeId, algorithms::time::active_server_broadcast::ALGORITHM, testing::explore};

const ERROR: &str = "a broadcast leaves a clock off by Ta minus the delay";
const MONOTONE: &str = "time never runs backward";

/// Seconds of a vector as microseconds.
fn micros(json: &Json) -> i64 {
    (json.as_f64().expect("a number") * 1e6).round() as i64
}

#[test]
fn vector_active_server_broadcast() {
    let vector = vector("active-server-broadcast");
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let links: Vec<Json> = (1..)
        .zip(list(&inputs["actual_delays"]))
        .map(|(node, delay)| json!({"ends": [0, node], "delay": {"constant": micros(delay)}}))
        .collect();
    let more = json!({"nodes": [{"clock-offset": micros(&inputs["T"])}, {}, {}, {}], "topology": links,
        "order": "any", "policy": {"adjust": "step"}, "parameters": {"known-delay": micros(&inputs["Ta"])}});
    let mut bench = bench(&ALGORITHM, &more);
    bench.ask(0, json!("Broadcast"));
    let mut set_to = vec![];
    while bench.play_one() {
        let receiver = bench.step.node.expect("a receiver");
        let clock = bench.world.nodes()[receiver.index()].clock_at(bench.world.now());
        set_to.push((receiver.0, clock));
    }
    set_to.sort_unstable();
    let wanted: Vec<(u32, i64)> = (1..).zip(list(&expected["set_to"]).iter().map(micros)).collect();
    assert_eq!(set_to, wanted);
    let off: Vec<i64> = errors(&bench)[1..].iter().map(|error| error - errors(&bench)[0]).collect();
    assert_eq!(off, list(&expected["errors"]).iter().map(micros).collect::<Vec<_>>());
    assert!(bench.broken().is_empty());
    assert_eq!(costs_agree(&bench), 1);
}

/// Three broadcasts to two receivers, in every order; the number is pinned.
#[test]
fn every_state_of_three_broadcasts() {
    let more = json!({"order": "any", "delay": {"constant": 0}, "policy": {"adjust": "slew"},
        "nodes": [{}, {"clock-offset": 5_000}, {"clock-offset": -7_000}], "parameters": {"known-delay": 0}});
    let mut bench = bench(&ALGORITHM, &more);
    let ask = bench.request(0, json!("Broadcast"));
    let walk = explore(&bench, Mode::Untimed, &[(ask, 3)], 60_000);
    assert!(walk.complete && walk.broken.is_empty(), "{} states, {:?}", walk.states, walk.broken);
    assert_eq!(walk.states, 30);
}

/// Losses, crashes, recoveries, drift, any delays.
#[test]
fn random_schedules_leave_exactly_the_error_of_the_guess() {
    let mut received = 0;
    for seed in 0..seeds() {
        let ppm = |k: u64| 1_000_000 + (seed * 7_919 + k * 104_729) % 2_001 - 1_000;
        let nodes: Vec<Json> = (0..4)
            .map(|k| json!({"clock-offset": (k * seed * 13 % 60_000) as i64 - 30_000, "clock-rate": [ppm(k), 1_000_000]}))
            .collect();
        let adjust = ["slew", "forward", "step"][(seed % 3) as usize];
        let more = json!({"nodes": nodes, "order": "any", "seed": seed, "delay": {"exponential": "15 ms"},
            "loss": 50_000, "parameters": {"period": "300 ms"}, "policy": {"adjust": adjust}});
        let mut bench = bench(&ALGORITHM, &more);
        random_run(&mut bench, seed, 150, Mode::Untimed, |_, bits| {
            let node = NodeId((bits >> 8) as u32 % 4);
            match bits % 3 {
                0 => Some(Event::Crash(node)),
                1 => Some(Event::Recover(node)),
                _ => Some(Event::SetClock(node, (bits >> 16) as i64 % 90_000)),
            }
        });
        bench.play(300);
        let broken = bench.broken();
        assert!(!broken.contains(&ERROR), "seed {seed}: {:?}", bench.judge.verdicts());
        assert!(seed % 3 == 2 || !broken.contains(&MONOTONE), "seed {seed}: only who steps goes back");
        assert_eq!(costs_agree(&bench), usize::from(bench.world.tally().outputs("Broadcast") > 0));
        received += bench.world.tally().sent("Time");
    }
    assert!(received > 30 * seeds(), "{received}");
}

#[test]
fn scenarios_end_as_they_say() {
    let ends = |name: &str| {
        let mut bench = embedded(&ALGORITHM, name, true);
        bench.play_until(Micros(2_000_000));
        (errors(&bench), bench.broken())
    };
    let at = 1_000_000_000;
    assert_eq!(ends("right-guess"), (vec![at, at, at + 1_000, at - 15_000], vec![]));
    assert_eq!(ends("congestion"), (vec![0; 4], vec![]), "P2 has still to be slewed");
    assert_eq!(ends("stepped-back"), (vec![0, 0, -15_000, 0], vec![MONOTONE]));
    assert_eq!(ends("server-wrong"), (vec![2_000_000; 4], vec![]));
    assert_eq!(ends("nothing-added"), (vec![0, -10_000, -10_000, -10_000], vec![ERROR, MONOTONE]));
    let mut bench = embedded(&ALGORITHM, "server-crash", true);
    // To the moment at which it comes back: between that and its crash nothing happens.
    bench.play_until(Micros(8_000_000));
    assert!(errors(&bench)[1] > 7_000 && errors(&bench)[2] < -7_000, "{:?}", errors(&bench));
    for bug in ALGORITHM.bugs {
        let mut right = embedded(&ALGORITHM, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}
