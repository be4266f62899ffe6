//! Every interleaving of a small process, random schedules with crashes, and a crash of the source at each moment.

use crate::support::{STRATEGIES, bench, deep, migrate, play, topic};
use serde_json::json;
use sim::{
    Event, Life, Mode, NodeId, Verdict,
    testing::{Bench, explore, random_run},
};

/// All times zero: no state differs by its clock alone.
fn small(strategy: &str) -> Bench {
    bench(
        strategy,
        &json!({
            "delay": {"constant": 0},
            "config": {"trace": ["0w", "1", "0"]},
            "parameters": {
                "pages": 2, "dirty": 1, "state": 0, "page-time": 0, "access-time": 0, "timeout": 0, "stop-at": 0,
                "rounds": 2
            },
        }),
    )
}

/// There and back, with time-outs that go off at any moment, and a crash of either machine.
#[test]
fn no_interleaving_of_a_small_process_breaks_anything() {
    let expected = [
        ("eager-all", 3152),
        ("precopy", 6444),
        ("eager-dirty", 1878),
        ("copy-on-reference", 1315),
        ("flushing", 1527),
    ];
    let mut found = vec![];
    for (strategy, _) in expected {
        for crashed in [0, 1] {
            let mut bench = small(strategy);
            let there = bench.request(0, migrate(1));
            let back = bench.request(1, migrate(0));
            let budget = [(there, 1), (back, 1), (Event::Crash(NodeId(crashed)), 1)];
            let walk = explore(&bench, Mode::Untimed, &budget, 2_000_000);
            let broken: Vec<_> = walk.broken.iter().map(|(name, run)| (name, run)).collect();
            assert!(broken.is_empty(), "{strategy}: {broken:?}");
            assert!(walk.complete);
            if crashed == 0 {
                found.push((strategy, walk.states));
            }
            let promises = !matches!(strategy, "eager-dirty" | "copy-on-reference");
            assert_eq!(walk.not_promised.is_empty(), promises, "{strategy}: {:?}", walk.not_promised);
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn random_schedules_with_crashes_break_nothing() {
    for strategy in STRATEGIES {
        for seed in 0..if deep() { 10_000 } else { 200 } {
            let mut bench = bench(
                strategy,
                &json!({
                    "nodes": 4,
                    "seed": seed,
                    "delay": {"uniform": ["1 ms", "60 ms"]},
                    "parameters": {"pages": 6, "dirty": 2, "accesses": 30, "timeout": "80 ms"},
                }),
            );
            random_run(&mut bench, seed, 250, Mode::Untimed, |bench, bits| {
                let node = NodeId((bits % 4) as u32);
                let up = |id: NodeId| bench.world.nodes()[id.index()].life() == Life::Up;
                let others = (0..4).filter(|&id| up(NodeId(id))).count();
                (bits % 16 < 4 && others > 2 && up(node)).then_some(Event::Crash(node))
            });
            bench.play(5_000);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "{strategy}, seed {seed}");
        }
    }
}

/// The process does and finds the same, access by access, under every strategy.
#[test]
fn the_same_process_runs_under_every_strategy() {
    let run = |strategy: &str| {
        let mut bench = bench(strategy, &json!({"nodes": 4, "seed": 7, "parameters": {"accesses": 60}}));
        bench.play_until(sim::Micros(90_000));
        bench.ask(0, migrate(1));
        let mut told = vec![];
        while bench.world.now() < sim::Micros(700_000) && bench.play_one() {
            told.extend(bench.step.outputs().map(|output| (output.kind(), output.reflect())));
        }
        bench.ask(1, migrate(2));
        told.extend(play(&mut bench));
        assert_eq!(bench.world.tally().outputs("Finished"), 1, "{strategy}");
        told.into_iter().filter(|(kind, _)| *kind == "Accessed").map(|(_, output)| output).collect::<Vec<_>>()
    };
    let first = run(STRATEGIES[0]);
    assert!(first.len() > 50);
    for strategy in &STRATEGIES[1..] {
        assert_eq!(run(strategy), first, "{strategy}");
    }
}

/// What becomes of the process when the source crashes before the k-th event of the opening scenario. It is lost while it
/// is there. Once it has left, it comes to its end, unless pages that it still needs were left behind.
#[test]
fn a_crash_of_the_source_is_judged_at_each_moment() {
    for strategy in STRATEGIES {
        let opening = topic(strategy).scenarios[0];
        let start = || {
            let scenario = sim::Scenario::embedded(topic(strategy), opening).unwrap().unwrap();
            Bench::new(scenario.prepare(topic(strategy)).unwrap())
        };
        let events = start().play(u64::MAX);
        let (mut lost, mut stuck, mut well) = (0, 0, 0);
        for k in 0..events {
            let mut bench = start();
            bench.play(k);
            let left = bench.world.tally().sent("Commit") > 0;
            bench.take(Event::Crash(NodeId(0)));
            bench.play(u64::MAX);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "{strategy}, event {k}");
            let finished = bench.world.tally().outputs("Finished") == 1;
            match bench.verdict("P outlives the machines that it has left") {
                Verdict::NotPromised(_) => stuck += 1,
                _ if finished => well += 1,
                _ => lost += 1,
            }
            assert!(left || !finished, "{strategy}, event {k}: it was at the source");
        }
        let needs_source = matches!(strategy, "eager-dirty" | "copy-on-reference");
        assert_eq!(stuck > 0, needs_source, "{strategy}: {lost} lost, {stuck} stuck, {well} well");
        assert!(lost > 0 && well > 0, "{strategy}: {lost} lost, {stuck} stuck, {well} well");
    }
}
