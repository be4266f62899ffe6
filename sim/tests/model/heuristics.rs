//! The four heuristics of processor allocation. Three of them are policies of load sharing under another name, whose
//! vectors and walks are those of `tests/load`; here is what is their own.

use crate::support::{assert_costs, bench, deep};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Mode,
    algorithms::{
        alloc::{receiver, sender_probe, sender_random, sender_shortest},
        load::{location_shortest, location_threshold, sharing_receiver},
    },
    testing::{Walk, explore, random_run},
};

const ALL: [&Algorithm; 4] =
    [&sender_random::ALGORITHM, &sender_probe::ALGORITHM, &sender_shortest::ALGORITHM, &receiver::ALGORITHM];

fn walk(algorithm: &'static Algorithm, variant: Option<&str>, policy: &Json, jobs: &Json) -> Walk {
    let mut bench = bench(
        algorithm,
        &json!({
            "nodes": 3,
            "delay": {"constant": 0},
            "parameters": {"service": 0},
            "policy": policy,
            "config": {"jobs": jobs, "probe-order": [2, 1, 0]},
            "variant": variant,
        }),
    );
    let submit = json!({"Submit": {"demand": 0}});
    let budget: Vec<(Event, u32)> =
        [(0, 2), (1, 1)].map(|(node, count)| (bench.request(node, submit.clone()), count)).into();
    // Without a limit on moves there is no end of states.
    explore(&bench, Mode::Untimed, &budget, if variant.is_some() { 2_000 } else { 900_000 })
}

fn random(hops: u32) -> Json {
    json!({"threshold": 1, "location": "random", "moves": hops})
}

#[test]
fn every_interleaving_of_sending_anywhere_is_right() {
    let mut found = Vec::new();
    for hops in 1..=3 {
        let walk = walk(&sender_random::ALGORITHM, None, &random(hops), &json!([[0], [0], [0]]));
        assert_eq!(walk.broken, [], "{hops}");
        assert!(walk.complete, "{hops}");
        found.push(walk.states);
    }
    assert_eq!(found, [734, 2_156, 4_821], "states with one, two and three hops");
}

#[test]
fn without_a_hop_limit_a_process_travels_on() {
    let walk = walk(&sender_random::ALGORITHM, Some("no-hop-limit"), &random(1), &json!([[0], [0], [0]]));
    let breaks = sender_random::ALGORITHM.bug("no-hop-limit").unwrap().breaks;
    let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
    assert_eq!(run, Some(2), "events of the shortest run");
}

/// The same machine with the same policy makes the same run, whichever of its names it has.
#[test]
fn three_of_them_run_as_what_they_are_called_in_load_sharing() {
    for (allocation, sharing) in [
        (&sender_probe::ALGORITHM, &location_threshold::ALGORITHM),
        (&sender_shortest::ALGORITHM, &location_shortest::ALGORITHM),
        (&receiver::ALGORITHM, &sharing_receiver::ALGORITHM),
    ] {
        let ends = [allocation, sharing].map(|algorithm| {
            let policy: Json = serde_json::from_str(allocation.policy.as_ref().unwrap().default).unwrap();
            let arrivals = json!([{"on": "start", "after": {"exponential": "220 ms"}, "repeat": true,
                "request": {"Submit": {"demand": {"draw": {"exponential": "200 ms"}}}}}]);
            let mut bench = bench(algorithm, &json!({"nodes": 8, "policy": policy, "workload": arrivals}));
            bench.play(5_000);
            (bench.world.now(), bench.world.tally().sent_by_kind().to_vec(), bench.broken())
        });
        assert_eq!(ends[0], ends[1], "{}", allocation.id);
        assert!(ends[0].2.is_empty(), "{}", allocation.id);
    }
}

#[test]
fn random_schedules_are_right() {
    for algorithm in ALL {
        for seed in 0..if deep() { 10_000 } else { 200 } {
            let mut bench = bench(algorithm, &json!({"nodes": 3 + seed % 4, "seed": seed}));
            random_run(&mut bench, seed, 200, Mode::Untimed, |_, _| None);
            bench.play(10_000);
            assert!(bench.world.is_quiet(), "{} seed {seed}", algorithm.id);
            assert_eq!(bench.broken(), [""; 0], "{} seed {seed}", algorithm.id);
            assert_costs(algorithm, &bench, &format!("{} seed {seed}", algorithm.id));
        }
    }
}
