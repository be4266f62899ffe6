//! Who sends, who takes, and who is served first: transfer policies, migration limits, priorities.

use crate::{
    support::{bench, deep, jobs_at, named, policy_event, submit},
    theory::vectors,
};
use serde_json::{Value as Json, json};
use sim::{
    Mode,
    algorithms::load::{location_threshold, machines, sharing_receiver},
    testing::{Bench, random_run},
};

const LONG: u64 = 1_000_000;

fn settle(bench: &mut Bench) {
    while bench.world.flights().next().is_some() {
        assert!(bench.play_one());
    }
}

fn full(loads: &[u64]) -> Vec<Vec<u64>> {
    loads.iter().map(|&load| vec![LONG; load as usize]).collect()
}

/// The vector moves jobs that are there; here the last job of each sender is its new one.
#[test]
fn vector_transfer_single_thrash() {
    let vector = named(&vectors(), "transfer-single-thrash");
    let case = &vector["expected"]["two_senders_same_target"];
    let before: Vec<u64> = serde_json::from_value(case["before"].clone()).unwrap();
    assert_eq!(case["before"], vector["inputs"]["loads"]);
    let mut bench = bench(
        &location_threshold::ALGORITHM,
        &json!({
            "nodes": 3,
            "policy": {"threshold": vector["inputs"]["T"], "probe-limit": 1},
            "config": {"jobs": full(&[before[0] - 1, before[1] - 1, before[2]]), "probe-order": [2, 0, 1]},
        }),
    );
    bench.ask(0, submit(LONG));
    bench.ask(1, submit(LONG));
    settle(&mut bench);
    let after: Vec<usize> = serde_json::from_value(case["after"].clone()).unwrap();
    assert_eq!((0..3).map(|machine| jobs_at(&bench.world, machine)).collect::<Vec<_>>(), after);
}

/// Loads on a mark count as normal in the vector: with whole jobs, above 4 is from 5 on.
#[test]
fn vector_transfer_double() {
    let vector = named(&vectors(), "transfer-double");
    let (low, high) = (vector["inputs"]["low"].as_u64().unwrap(), vector["inputs"]["high"].as_u64().unwrap());
    let loads: Vec<u64> = serde_json::from_value(vector["inputs"]["loads"].clone()).unwrap();
    for (at, &load) in loads.iter().enumerate() {
        let start = |jobs: Vec<Vec<u64>>| {
            bench(
                &location_threshold::ALGORITHM,
                &json!({
                    "nodes": 2,
                    "policy": {"threshold": high + 1, "low": low, "probe-limit": 1},
                    "config": {"jobs": jobs},
                }),
            )
        };
        let mut local = start(full(&[load, 0]));
        local.ask(0, submit(LONG));
        let remote = local.world.tally().sent("Probe") == 1;
        assert_eq!(vector["expected"]["new_local"][at] == "remote", remote, "a new job at {load}");
        let mut asked = start(full(&[9, load]));
        asked.ask(0, submit(LONG));
        settle(&mut asked);
        let taken = asked.world.tally().sent("Transfer") == 1;
        assert_eq!(vector["expected"]["accept_remote"][at].as_bool().unwrap(), taken, "a job of another at {load}");
    }
}

/// All or nothing: a machine without jobs asks, one with more than one gives.
#[test]
fn vector_all_or_nothing() {
    let vector = named(&vectors(), "all-or-nothing");
    let processes: Vec<u64> = serde_json::from_value(vector["inputs"]["processes"].clone()).unwrap();
    for (at, &load) in processes.iter().enumerate() {
        let mut jobs = full(&[9, load]);
        jobs[1].insert(0, 10);
        let mut bench = bench(
            &sharing_receiver::ALGORITHM,
            &json!({
                "nodes": 2,
                "policy": {"threshold": vector["inputs"]["T"], "probe-limit": 1, "location": "nowhere", "receive": "yes"},
                "config": {"jobs": jobs},
            }),
        );
        bench.play_until(sim::Micros(10));
        let asks = bench.world.tally().sent("Ask") == 1;
        let role = &vector["expected"]["role"][at];
        assert_eq!(role == "receiver", asks, "with {load} left");
        let gives = {
            let mut jobs = full(&[0, load]);
            jobs[0].push(10);
            let mut other = self::bench(&sharing_receiver::ALGORITHM, &json!({"nodes": 2, "config": {"jobs": jobs}}));
            other.play_until(sim::Micros(10));
            settle(&mut other);
            other.world.tally().sent("Work") == 1
        };
        assert_eq!(role == "sender", gives, "with {load}");
    }
}

#[test]
fn vector_migration_limit() {
    let vector = named(&vectors(), "migration-limit");
    let limit = vector["inputs"]["limit"].as_u64().unwrap();
    let may: Vec<bool> = serde_json::from_value(vector["expected"]["may_migrate"].clone()).unwrap();
    assert_eq!(may.iter().filter(|may| **may).count() as u64, limit);
    let mut bench = bench(
        &machines::ALGORITHM,
        &json!({
            "nodes": 3,
            "policy": {"threshold": 1, "location": "random", "moves": limit},
            "config": {"jobs": full(&[1, 1, 1])},
        }),
    );
    bench.ask(0, submit(LONG));
    settle(&mut bench);
    assert_eq!(bench.world.tally().sent("Transfer"), limit, "all are busy: it moves as often as it may");
}

/// One machine with a job in service, so many of its own that wait and so many of others: whose turn is it?
#[test]
fn vector_priority() {
    let vector = named(&vectors(), "priority");
    let cases: Vec<[u64; 2]> = serde_json::from_value(vector["inputs"]["cases"].clone()).unwrap();
    for priority in ["selfish", "altruistic", "intermediate"] {
        for (at, &[own, others]) in cases.iter().enumerate() {
            let policy = |priority: &str| json!({"threshold": 9, "probe-limit": 1, "priority": priority});
            let mut sharing = policy(priority);
            sharing["threshold"] = json!(1);
            sharing["low"] = json!(1);
            let mut bench = bench(
                &location_threshold::ALGORITHM,
                &json!({
                    "nodes": 2, "delay": {"constant": 0}, "policy": {"threshold": 1, "location": "random"},
                    "config": {"jobs": [[1_000], [LONG]], "probe-order": [0, 1]},
                }),
            );
            for _ in 0..others {
                bench.ask(1, submit(LONG));
                settle(&mut bench);
            }
            let event = policy_event(&location_threshold::ALGORITHM, &mut bench, &policy(priority));
            bench.take(event);
            for _ in 0..own {
                bench.ask(0, submit(LONG));
            }
            assert_eq!(jobs_at(&bench.world, 0) as u64, 1 + own + others);
            bench.play_until(sim::Micros(1_000));
            let first =
                bench.world.nodes()[0].process().parts().into_iter().find(|part| part.word.contains("in service"));
            let served = if first.unwrap().word.contains("move") { "remote" } else { "local" };
            assert_eq!(vector["expected"][priority][at], served, "{priority} with {own} own and {others} others");
        }
    }
}

/// Any order of everything under each priority, with jobs that travel.
#[test]
fn random_schedules_under_each_priority_are_right() {
    for priority in ["selfish", "altruistic", "intermediate"] {
        for seed in 0..if deep() { 10_000 } else { 200 } {
            let policy: Json = json!({"threshold": 1, "probe-limit": 2, "receive": seed % 2, "priority": priority});
            let mut bench = bench(&location_threshold::ALGORITHM, &json!({"nodes": 4, "seed": seed, "policy": policy}));
            random_run(&mut bench, seed, 200, Mode::Untimed, |_, _| None);
            bench.play(10_000);
            assert!(bench.world.is_quiet(), "{priority} seed {seed}");
            assert_eq!(bench.broken(), [""; 0], "{priority} seed {seed}");
        }
    }
}
