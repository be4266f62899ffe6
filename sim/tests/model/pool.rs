//! model/processor-pool and model/hybrid.

use crate::support::{assert_costs, bench, deep};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Mode,
    algorithms::{
        load::theory,
        model::{hybrid, processor_pool},
    },
    testing::{Walk, explore, random_run},
};

/// The mean response in seconds of so many processes, without delays, with processor times of one second on average.
fn mean_response(nodes: u32, users: u32, own: u32, pool: u32, place: &str, load: f64, count: u64) -> f64 {
    let mut bench = bench(
        &processor_pool::ALGORITHM,
        &json!({
            "nodes": nodes,
            "delay": {"constant": 0},
            "parameters": {"users": users, "own-speed": own, "pool-speed": pool},
            "policy": {"place": place},
            "workload": [{
                "on": "start",
                "after": {"exponential": (1e6 / load).round() as u64},
                "request": {"Job": {"demand": {"draw": {"exponential": "1 s"}}}},
                "repeat": true,
                "nodes": (1..=users).collect::<Vec<u32>>(),
            }],
        }),
    )
    .without_monitors();
    bench.step.recording = false;
    let mut so_far = |count: u64| {
        while bench.world.tally().outputs("Finished") < count {
            assert!(bench.play_one());
        }
        (processor_pool::ALGORITHM.statistics[0].total)(&bench.world)
    };
    let (early, late) = (so_far(count / 10), so_far(count));
    (late.0 - early.0) as f64 / 1e6 / (late.1 - early.1) as f64
}

/// V:pooling, and the formulas of theory; the tolerance is that of so many processes.
#[test]
fn vector_pooling() {
    let vectors: Vec<Json> = serde_json::from_str(include_str!("../vectors/pool.json")).unwrap();
    let vector = vectors.iter().find(|vector| vector["id"] == "pooling").unwrap();
    let users = vector["inputs"]["n"].as_u64().unwrap() as u32;
    let load = vector["inputs"]["rho"].as_f64().unwrap();
    let expected = |name: &str| vector["expected"][name].as_f64().unwrap();
    assert!((theory::alone(load) - expected("separate")).abs() < 1e-9);
    assert!((theory::pooled(users, load) - expected("MM10")).abs() < 1e-5);
    let (count, tolerance) = if deep() { (2_000_000, 0.015) } else { (100_000, 0.06) };
    for (nodes, own, pool, place, name) in [
        (1 + users, 100, 100, "own", "separate"),
        (1 + 2 * users, 0, 100, "pool", "MM10"),
        (2 + users, 0, 1_000, "pool", "single_10x"),
    ] {
        let found = mean_response(nodes, users, own, pool, place, load, count);
        let expected = expected(name);
        println!("{name}: {found:.4}, expected {expected}");
        assert!((found - expected).abs() < tolerance * expected, "{name}: {found}, expected {expected}");
    }
}

/// One user and ten processes at once: n processors need the tenth part, rounded up, of the time of one.
#[test]
fn ten_processes_of_one_user_run_side_by_side_in_a_pool() {
    for (pool, place, expected) in [(5, "pool", 200_000), (10, "pool", 100_000), (5, "own", 1_000_000)] {
        let script: Vec<Json> = (0..10)
            .map(|_| json!({"at": 0, "event": {"request": {"node": 1, "ask": {"Job": {"demand": "100 ms"}}}}}))
            .collect();
        let fields = json!({"nodes": 4 + pool, "delay": {"constant": 0}, "policy": {"place": place}, "script": script});
        let mut bench = bench(&processor_pool::ALGORITHM, &fields);
        bench.play(1_000);
        assert_eq!(bench.world.now().0, expected, "{pool}, {place}");
        assert_eq!(bench.broken(), [""; 0]);
    }
}

/// Two users and two processors, in every order of events.
fn walk(algorithm: &'static Algorithm, place: &str, variant: Option<&str>) -> Walk {
    let mut bench = bench(
        algorithm,
        &json!({
            "nodes": 5,
            "delay": {"constant": 0},
            "parameters": {"users": 2, "demand": 0},
            "policy": {"place": place},
            "variant": variant,
        }),
    );
    let (job, command) = (json!({"Job": {"demand": 0}}), json!({"Command": {"demand": 0}}));
    let asked = [(1, job.clone(), 2), (2, job, 1), (2, command, 1)];
    let budget: Vec<(Event, u32)> = asked.map(|(node, ask, count)| (bench.request(node, ask), count)).into();
    explore(&bench, Mode::Untimed, &budget, 900_000)
}

#[test]
fn every_interleaving_of_two_users_is_right() {
    let mut found = Vec::new();
    for (algorithm, place) in
        [(&processor_pool::ALGORITHM, "own"), (&processor_pool::ALGORITHM, "pool"), (&hybrid::ALGORITHM, "hybrid")]
    {
        let walk = walk(algorithm, place, None);
        assert_eq!(walk.broken, [], "{place}");
        assert!(walk.complete, "{place}");
        found.push(walk.states);
    }
    assert_eq!(found, [60, 13_224, 4_113], "states: own machines, a pool, both");
}

#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let mut found = Vec::new();
    for (algorithm, place, bug) in [
        (&processor_pool::ALGORITHM, "pool", "forgets-queue"),
        (&processor_pool::ALGORITHM, "pool", "not-taken-back"),
        (&hybrid::ALGORITHM, "hybrid", "commands-too"),
    ] {
        let walk = walk(algorithm, place, Some(bug));
        let breaks = algorithm.bug(bug).unwrap().breaks;
        let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
        found.push(run.unwrap_or_else(|| panic!("{bug} breaks {:?}", walk.broken)));
    }
    assert_eq!(found, [9, 6, 1], "events of the shortest runs, in the order of the list");
}

#[test]
fn random_schedules_are_right() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let algorithm = if seed % 2 == 0 { &processor_pool::ALGORITHM } else { &hybrid::ALGORITHM };
        let place = ["own", "pool", "hybrid"][seed as usize / 2 % 3];
        let fields = json!({
            "nodes": 5 + seed % 3,
            "seed": seed,
            "parameters": {"users": 2 + seed % 2, "own-speed": 50 * (seed % 3)},
            "policy": {"place": place},
        });
        let mut bench = bench(algorithm, &fields);
        random_run(&mut bench, seed, 250, Mode::Untimed, |_, _| None);
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}");
        assert_eq!(bench.broken(), [""; 0], "seed {seed}");
        assert_costs(algorithm, &bench, &format!("seed {seed}"));
    }
}
