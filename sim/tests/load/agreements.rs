//! Bidding and pairing: what two machines agree on.

use crate::{
    support::{assert_costs, bench, deep, jobs_at, named, submit},
    theory::vectors,
};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Mode, Value,
    algorithms::load::{location_bidding, location_pairing},
    testing::{Bench, Walk, explore, random_run},
};

/// Plays until nothing is under way.
fn settle(bench: &mut Bench) {
    while bench.world.flights().next().is_some() {
        assert!(bench.play_one());
    }
}

#[test]
fn vector_bidding_messages() {
    let vector = named(&vectors(), "bidding-messages");
    let machines = vector["inputs"]["n"].as_u64().unwrap();
    let mut jobs = vec![vec![1_000_000, 1_000_000]];
    jobs.extend((1..machines).map(|machine| vec![1_000_000; usize::from(machine > 1)]));
    let mut bench = bench(&location_bidding::ALGORITHM, &json!({"nodes": machines, "config": {"jobs": jobs}}));
    bench.ask(0, submit(1_000));
    settle(&mut bench);
    let expected = |field: &str| vector["expected"][field].as_u64().unwrap();
    let tally = bench.world.tally();
    assert_eq!(tally.sent("Call"), expected("broadcast_request"));
    assert_eq!(tally.sent("Bid"), expected("bids"));
    assert_eq!(tally.sent("Award"), expected("award"));
    assert_eq!(tally.sent("Contract"), expected("accept_or_reject"));
    assert_eq!(tally.sent_in_all() - tally.sent("Transfer"), expected("total"));
    assert_eq!(jobs_at(&bench.world, 1), 1, "the idle machine has made the lowest bid");
}

#[test]
fn vector_pairing() {
    let vector = named(&vectors(), "pairing");
    let loads: Vec<usize> = serde_json::from_value(vector["inputs"]["loads"].clone()).unwrap();
    let least = vector["inputs"]["min_tasks_to_seek_partner"].as_u64().unwrap();
    let jobs = [vec![1_000_000; loads[0] - 1], vec![1_000_000; loads[1]]];
    let mut pair = bench(&location_pairing::ALGORITHM, &json!({"nodes": 2, "config": {"jobs": jobs}}));
    pair.ask(0, submit(1_000_000));
    settle(&mut pair);
    let after: Vec<usize> = serde_json::from_value(vector["expected"]["after"].clone()).unwrap();
    assert_eq!([jobs_at(&pair.world, 0), jobs_at(&pair.world, 1)], after[..]);
    assert_eq!(pair.world.tally().sent("Work"), vector["expected"]["migrations"].as_u64().unwrap());
    let mut lonely = bench(&location_pairing::ALGORITHM, &json!({"nodes": 2, "config": {"jobs": []}}));
    for arrived in 1..=least {
        let seeks = lonely.world.tally().sent("Propose") > 0;
        assert_eq!(seeks, vector["expected"]["node_with_1_task_seeks_partner"].as_bool().unwrap(), "{arrived}");
        lonely.ask(0, submit(1_000_000));
    }
    assert_eq!(lonely.world.tally().sent("Propose"), 1, "with two jobs it does");
}

/// Three machines whose services take no time, in every order of events; the order of asking is given.
fn walk(algorithm: &'static Algorithm, variant: Option<&str>, policy: &Json, jobs: &Json, arrivals: [u32; 3]) -> Walk {
    let mut bench = bench(
        algorithm,
        &json!({
            "nodes": 3,
            "delay": {"constant": 0},
            "parameters": {"service": 0},
            "policy": policy,
            "config": {"jobs": jobs, "probe-order": [2, 0, 1]},
            "variant": variant,
        }),
    );
    let budget: Vec<(Event, u32)> = (0..3).map(|k| (bench.request(k, submit(0)), arrivals[k as usize])).collect();
    explore(&bench, Mode::Untimed, &budget, 900_000)
}

#[test]
fn every_interleaving_on_three_machines_is_right() {
    let bids = json!({"threshold": 1, "location": "bids"});
    let pairs = json!({"probe-limit": 2, "location": "partner"});
    let mut found = Vec::new();
    for (algorithm, policy, jobs, arrivals) in [
        (&location_bidding::ALGORITHM, &bids, json!([]), [2, 2, 0]),
        (&location_pairing::ALGORITHM, &pairs, json!([[0], [0], []]), [2, 1, 0]),
    ] {
        let walk = walk(algorithm, None, policy, &jobs, arrivals);
        assert_eq!(walk.broken, [], "{}", algorithm.id);
        assert!(walk.complete, "{}", algorithm.id);
        found.push(walk.states);
    }
    assert_eq!(found, [13_133, 11_353], "states, in the order of the list");
}

#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let bids = json!({"threshold": 1, "location": "bids"});
    let pairs = json!({"probe-limit": 2, "location": "partner"});
    let mut found = Vec::new();
    for (algorithm, bug, policy, jobs, arrivals) in [
        (&location_bidding::ALGORITHM, "never-declines", &bids, json!([[0], [0], []]), [1, 1, 0]),
        (&location_pairing::ALGORITHM, "two-partners", &pairs, json!([[0], [0], []]), [1, 1, 0]),
    ] {
        let walk = walk(algorithm, Some(bug), policy, &jobs, arrivals);
        let breaks = algorithm.bug(bug).unwrap().breaks;
        let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
        found.push(run.unwrap_or_else(|| panic!("{}: {bug} breaks {:?}", algorithm.id, walk.broken)));
    }
    assert_eq!(found, [8, 4], "events of the shortest runs, in the order of the list");
}

#[test]
fn random_schedules_are_right() {
    for algorithm in [&location_bidding::ALGORITHM, &location_pairing::ALGORITHM] {
        for seed in 0..if deep() { 10_000 } else { 200 } {
            let mut bench = bench(algorithm, &json!({"nodes": 3 + seed % 4, "seed": seed}));
            random_run(&mut bench, seed, 200, Mode::Untimed, |_, _| None);
            bench.play(10_000);
            assert!(bench.world.is_quiet(), "{} seed {seed}", algorithm.id);
            assert_eq!(bench.broken(), [""; 0], "{} seed {seed}", algorithm.id);
            assert_costs(algorithm, &bench, &format!("{} seed {seed}", algorithm.id));
            for machine in bench.world.nodes() {
                let pairing = machine.process().reflect().field("pairing").cloned();
                assert_eq!(pairing, Some(Value::Nothing), "{} seed {seed}: a pair for ever", algorithm.id);
            }
        }
    }
}
