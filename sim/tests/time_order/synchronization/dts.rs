//! The Distributed Time Service.

use super::*;
use sim::{Micros, NodeId, algorithms::time::dts_intersection::ALGORITHM, testing::explore};

const TRUE_TIME: &str = "the true time is in every interval but those that were wrong from the start";
const MAJORITY: &str = "more than half of the intervals cover the ends of an answer";
const DECIDED: &str = "every synchronization comes to an answer";

/// Servers with these intervals, thousandths as microseconds, and a clerk that is `clerk` ahead; messages take no time.
fn of(intervals: &Json, truth: i64, clerk: i64, parameters: &Json) -> Bench {
    let intervals = list(intervals).iter().map(|ends| (thousandths(&ends[0]), thousandths(&ends[1])));
    let mut nodes: Vec<Json> = vec![];
    let mut inaccuracy: Vec<Json> = vec![];
    for (from, to) in intervals {
        // A half of a thousandth cannot be said: the vectors have none.
        nodes.push(json!({"clock-offset": i64::midpoint(from, to) - truth}));
        inaccuracy.push(json!((to - from) / 2));
    }
    nodes.push(json!({"clock-offset": clerk}));
    inaccuracy.push(json!(1_000_000));
    let mut all = json!({"drift": 0, "least-servers": 1, "sweep": "at-once"});
    for (name, value) in parameters.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let more = json!({"nodes": nodes, "order": "any", "delay": {"constant": 0}, "policy": {"adjust": "step"},
        "config": {"clerks": [inaccuracy.len() - 1], "inaccuracy": inaccuracy}, "parameters": all});
    bench(&ALGORITHM, &more)
}

fn synchronized(bench: &mut Bench) -> (i64, i64) {
    let clerk = bench.world.nodes().len() - 1;
    bench.ask(clerk as u32, json!("Synchronize"));
    bench.play(100);
    let within = bench.world.nodes()[clerk].correction_at(bench.world.now()).within.expect("an interval");
    (errors(bench)[clerk], within.0.cast_signed())
}

/// The clerk's clock comes to the middle of the answer, and its inaccuracy to half of the width.
#[test]
fn vectors_are_what_the_clerk_comes_to() {
    for id in ["marzullo-w1", "marzullo-w2", "marzullo-w3", "marzullo-w4", "marzullo-pp", "dts-one-faulty-of-three"] {
        let vector = vector(id);
        let expected = &vector["expected"];
        for sweep in ["at-once", "step-by-step"] {
            let mut bench = of(&vector["inputs"]["intervals"], 10_000, 12_345, &json!({"sweep": sweep}));
            let (error, within) = synchronized(&mut bench);
            let (from, to) = (thousandths(&expected["interval"][0]), thousandths(&expected["interval"][1]));
            assert_eq!(error, (from + to).div_euclid(2) - 10_000, "{id}");
            assert_eq!(within, to - (from + to).div_euclid(2), "{id}");
            assert_eq!(costs_agree(&bench), 1);
        }
        if let Some(faulty) = expected["faulty"].as_array() {
            let mut bench = of(&vector["inputs"]["intervals"], 10_200, 0, &json!({}));
            synchronized(&mut bench);
            let names: Vec<String> = faulty.iter().map(|index| format!("P{index}")).collect();
            assert_eq!(bench.world.status(NodeId(3)).detail, format!("faulty: {}", names.join(", ")));
        }
    }
}

#[test]
fn vector_touching_endpoints_both_ways() {
    let vector = vector("marzullo-touching-endpoints");
    let mut closed = of(&vector["inputs"]["intervals"], 13_000, 0, &json!({}));
    assert_eq!(synchronized(&mut closed), (0, 0), "a single point");
    let mut open = of(&vector["inputs"]["intervals"], 13_000, 0, &json!({"ends": "no"}));
    let first = &vector["expected"]["open"]["intervals"][0];
    assert_eq!(synchronized(&mut open).0, i64::midpoint(thousandths(&first[0]), thousandths(&first[1])) - 13_000);
}

#[test]
fn vector_two_servers_cannot_be_decided() {
    let intervals = &vector("dts-two-servers-disagree")["inputs"]["intervals"];
    for least in [1, 3] {
        let mut bench = of(intervals, 10_500, 777, &json!({"least-servers": least}));
        assert_eq!(synchronized(&mut bench), (777, 1_000_000), "the clock stays as it is");
        assert_eq!(bench.broken(), [DECIDED]);
    }
}

#[test]
fn vector_the_sweep_misses_the_truth_and_the_guarantee_does_not() {
    let vector = vector("dts-sweep-misses-truth");
    let (intervals, truth) = (&vector["inputs"]["intervals"], thousandths(&vector["inputs"]["true_time"]));
    let mut sweep = of(intervals, truth, 0, &json!({}));
    assert_eq!(synchronized(&mut sweep), (1_500 - truth, 500));
    assert_eq!(sweep.broken(), [TRUE_TIME]);
    let mut guaranteed = of(intervals, truth, 0, &json!({"answer": "guaranteed"}));
    assert_eq!(synchronized(&mut guaranteed), (5_500 - truth, 4_500));
    assert!(guaranteed.broken().is_empty());
}

/// Every order of messages and timers for a clerk and two servers that all ask. The number is pinned.
#[test]
fn every_state_of_three_that_ask() {
    let start = || {
        let more = json!({"nodes": [{"clock-offset": 2_000}, {"clock-offset": -3_000}, {"clock-offset": 50_000}],
            "delay": {"constant": 0}, "order": "any", "policy": {"adjust": "step"},
            "parameters": {"drift": 0, "least-servers": 2, "sweep": "at-once"}});
        bench(&ALGORITHM, &more)
    };
    let mut bench = start();
    let asks: Vec<(Event, u32)> = (0..3).map(|node| (bench.request(node, json!("Synchronize")), 1)).collect();
    let walk = explore(&bench, Mode::Timed, &asks, 60_000);
    assert!(walk.complete && walk.broken.is_empty(), "{} states, {:?}", walk.states, walk.broken);
    assert_eq!(walk.states, 296);
}

/// Random delays, drifts within ρ, and at most one liar among four: with the guarantee the truth is never missed.
#[test]
fn random_runs_keep_the_true_time_inside() {
    let mut answers = 0;
    for seed in 0..seeds() {
        let ppm = |k: u64| 1_000_000 + (seed * 7_919 + k * 104_729) % 1_001 - 500;
        let offset = |k: u64| (seed * 31 + k * 17) % 10 * 1_000;
        let nodes: Vec<Json> = (0..5)
            .map(|k| json!({"clock-offset": offset(k) as i64 - 5_000, "clock-rate": [ppm(k), 1_000_000]}))
            .collect();
        let more = json!({"nodes": nodes, "order": "any", "seed": seed, "delay": {"uniform": ["1 ms", "30 ms"]},
            "policy": {"adjust": if seed % 2 == 0 { "step" } else { "slew" }},
            "config": {"clerks": [4], "inaccuracy": ["5 ms", "5 ms", "5 ms", "5 ms", "20 ms"]},
            "parameters": {"drift": 500, "answer": "guaranteed", "period": "2 s"}});
        let mut bench = bench(&ALGORITHM, &more);
        if seed % 3 > 0 {
            bench.play_until(Micros(1_000_000 + seed % 7 * 500_000));
            bench.take(Event::SetClock(NodeId(0), 400_000));
        }
        bench.play_until(Micros(30_000_000));
        assert!(!bench.broken().contains(&TRUE_TIME), "seed {seed}: {:?}", bench.judge.verdicts());
        assert!(!bench.broken().contains(&MAJORITY), "seed {seed}");
        answers += bench.world.tally().outputs("Synchronized");
    }
    assert!(answers > 40 * seeds(), "{answers}");
}

#[test]
fn scenarios_end_as_they_say() {
    let ends = |name: &str| {
        let (bench, broken) = played(&ALGORITHM, name);
        let clerk = bench.world.nodes().len() - 1;
        (bench.world.status(NodeId(clerk as u32)).detail, errors(&bench)[clerk], broken)
    };
    let (detail, error, broken) = ends("three-servers");
    assert!(detail.is_empty() && error.abs() <= 1_500 && broken.is_empty(), "{error}");
    let (detail, _, broken) = ends("one-faulty");
    assert_eq!((detail.as_str(), broken), ("faulty: P2", vec![]));
    let (bench, _) = played(&ALGORITHM, "one-faulty");
    let details: Vec<String> = bench.world.statuses().into_iter().map(|status| status.detail).collect();
    assert_eq!(details, ["", "", "faulty, says P3", "faulty: P2"], "it stands at the server, too");
    assert_eq!(ends("two-servers"), ("2 of 3 intervals".into(), 80_000, vec![DECIDED]));
    assert_eq!(ends("no-majority").2, [DECIDED]);
    assert_eq!(ends("two-answers").2, [TRUE_TIME]);
    assert_eq!(ends("touching"), ("faulty: P0".into(), 0, vec![]));
    assert_eq!(ends("sweep-misses").2, [TRUE_TIME]);
    assert_eq!(ends("guaranteed").2, [] as [&str; 0]);
    assert_eq!(ends("no-widening").2, [TRUE_TIME]);
    assert!(ends("any-overlap").2.contains(&MAJORITY));
    assert_eq!(ends("clerk-counts-itself").2, [DECIDED]);
    for bug in ALGORITHM.bugs {
        let mut right = embedded(&ALGORITHM, bug.scenario, false);
        right.play(2_000);
        assert!(!right.broken().contains(&bug.breaks), "{}: {:?}", bug.id, right.broken());
    }
}

/// Without an answer from anybody inaccuracy grows by ρ on each side, and no further.
#[test]
fn intervals_widen_with_drift_and_those_of_providers_do_not() {
    let bench = embedded(&ALGORITHM, "bars-widen", true);
    let within = |bench: &Bench, node: usize, at: u64| bench.world.nodes()[node].correction_at(Micros(at)).within;
    assert_eq!(within(&bench, 0, 9_000_000), Some(Micros(1_000)));
    assert_eq!(within(&bench, 2, 0), Some(Micros(5_000)));
    let grown = within(&bench, 2, 9_000_000).expect("an interval").0;
    assert!((13_990..=14_000).contains(&grown), "{grown}");
}

/// What is drawn: the intervals of all, and the sweep edge by edge, which comes to the answer.
#[test]
fn the_sweep_is_drawn_as_it_goes() {
    let ranges = ALGORITHM.ranges.expect("it has ranges");
    let mut bench = embedded(&ALGORITHM, "one-faulty", true);
    let before = ranges(&bench.world);
    assert_eq!((before.len(), before[0].bars.len(), before[1].bars.len()), (2, 4, 0));
    let width = |bench: &Bench| ranges(&bench.world)[0].bars[0].to - ranges(&bench.world)[0].bars[0].from;
    let (mut cursors, narrow) = (vec![], width(&bench));
    loop {
        let picture = ranges(&bench.world).remove(1);
        if let Some(cursor) = picture.cursor {
            cursors.push(cursor);
            let open = picture.bars.iter().filter(|bar| bar.tone == sim::Tone::Active);
            assert!(open.clone().all(|bar| bar.from <= cursor && cursor <= bar.to), "{cursor}: {picture:?}");
        }
        if !bench.play_one() {
            break;
        }
    }
    assert_eq!(cursors.len(), 12, "six edges in each of two sweeps: {cursors:?}");
    assert!(cursors[..6].is_sorted() && cursors[6..].is_sorted());
    let after = ranges(&bench.world).remove(1);
    assert_eq!(after.bars.iter().filter(|bar| bar.tone == sim::Tone::Failed).count(), 1, "{after:?}");
    assert!(after.cursor.is_none() && after.marked.0.len() == 1);
    assert!(width(&bench) > narrow, "it widens with drift");
}
