//! The other policies: shortest queue, choices, receivers, both sides.

use crate::{
    support::{
        assert_costs, assert_near, bench, deep, jobs_at, named, numbers, overall, policy_event, simulate, submit,
        tolerance,
    },
    theory::vectors,
};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Mode,
    algorithms::{
        alloc::sender_random,
        load::{location_shortest, machines, power_of_two, sharing_receiver, symmetric, theory},
    },
    testing::{Bench, Walk, explore, random_run},
};

const POLICIES: [&Algorithm; 5] = [
    &machines::ALGORITHM,
    &location_shortest::ALGORITHM,
    &power_of_two::ALGORITHM,
    &sharing_receiver::ALGORITHM,
    &symmetric::ALGORITHM,
];

/// The vector polls machines 4, 3 and 1, of which 4 is idle: one poll, since an idle machine ends the search.
#[test]
fn vector_location_shortest_trace() {
    let vector = named(&vectors(), "location-shortest-trace");
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let threshold = inputs["T"].as_u64().unwrap() as usize;
    let polled = |idle: bool| {
        let load = |machine: u64| match inputs["loads"][machine.to_string()].as_u64() {
            Some(0) if !idle => 1,
            Some(load) => load as usize,
            None => 9,
        };
        let mut jobs = vec![vec![1_000_000; threshold]];
        jobs.extend((1..5).map(|machine| vec![1_000_000; load(machine)]));
        let mut bench = bench(
            &location_shortest::ALGORITHM,
            &json!({
                "nodes": 5,
                "policy": {"threshold": threshold, "probe-limit": 3, "location": "shortest"},
                "config": {"jobs": jobs, "probe-order": inputs["poll_set"]},
            }),
        );
        bench.ask(0, submit(1_000));
        while bench.world.flights().next().is_some() {
            assert!(bench.play_one());
        }
        let chosen = expected["chosen"].as_u64().unwrap() as u32;
        assert_eq!(jobs_at(&bench.world, chosen), 1 + load(chosen.into()));
        bench.world.tally().sent("Probe")
    };
    assert_eq!(polled(true), expected["polls_with_stop_at_zero"].as_u64().unwrap());
    assert_eq!(polled(false), expected["polls_basic"].as_u64().unwrap(), "with nobody idle all are polled");
}

/// What runs in a vector of the simulations.
fn policy(vector: &Json) -> (&'static Algorithm, Json) {
    let (threshold, probes) = (&vector["inputs"]["T"], &vector["inputs"]["L"]);
    let with = |location: &str, receive: &str| json!({"threshold": threshold, "probe-limit": probes, "location": location, "receive": receive, "moves": probes});
    match vector["inputs"]["policy"].as_str().unwrap() {
        "no-sharing" => (&machines::ALGORITHM, with("nowhere", "no")),
        "random" => (&sender_random::ALGORITHM, with("random", "no")),
        "shortest" => (&location_shortest::ALGORITHM, with("shortest", "no")),
        "receiver-initiated" => (&sharing_receiver::ALGORITHM, with("nowhere", "yes")),
        "symmetric" => (&symmetric::ALGORITHM, with("threshold", "yes")),
        other => panic!("no policy {other}"),
    }
}

#[test]
fn twenty_machines_respond_as_the_vectors_say() {
    let jobs = if deep() { 2_000_000 } else { 60_000 };
    for (id, seen) in [
        ("sim-K20-no-sharing-T1-L3", 0.3),
        ("sim-K20-random-T1-L3", 0.5),
        ("sim-K20-random-T2-L3", 0.7),
        ("sim-K20-shortest-T1-L3", 0.7),
        ("sim-K20-shortest-T2-L3", 0.8),
        ("sim-K20-shortest-T2-L5", 0.5),
        ("sim-K20-receiver-initiated-T1-L3", 0.5),
        ("sim-K20-receiver-initiated-T1-L5", 0.8),
        ("sim-K20-symmetric-T1-L3", 0.8),
    ] {
        let vector = named(&vectors(), id);
        let (algorithm, policy) = policy(&vector);
        let known = numbers(&vector["inputs"]["rho"]);
        let loads: &[f64] = if deep() { &[0.3, 0.5, 0.8, 0.9] } else { &[seen] };
        for &load in loads {
            let at = known.iter().position(|&rho| (rho - load).abs() < 1e-9).unwrap();
            let (mean, counted) = overall(&simulate(algorithm, 20, &policy, load, jobs));
            let expected = numbers(&vector["expected"]["R"])[at];
            let tolerance = tolerance(numbers(&vector["expected"]["ci95"])[at], counted);
            println!("{id} at {load}: {mean:.4}, expected {expected} ± {tolerance:.4} ({counted} jobs)");
            assert_near(mean, expected, tolerance, &format!("{id} at {load}"));
            assert!(mean > theory::pooled(20, load), "{id}: nothing is better than one common queue");
        }
    }
}

/// The vectors of these give a tolerance of 3 %.
#[test]
fn choices_and_both_sides_are_near_the_vectors() {
    let jobs = if deep() { 2_000_000 } else { 150_000 };
    let finite = named(&vectors(), "pod-finite");
    let both = named(&vectors(), "symmetric-sim");
    let choices = |others: u32| json!({"probe-limit": others, "location": "choices"});
    let symmetric_policy = json!({"threshold": 1, "probe-limit": 3, "receive": "yes"});
    for (algorithm, policy, load, expected) in [
        (&power_of_two::ALGORITHM, choices(1), 0.5, &finite["expected"]["K20"][0]),
        (&power_of_two::ALGORITHM, choices(1), 0.9, &finite["expected"]["K20"][1]),
        (&power_of_two::ALGORITHM, choices(2), 0.9, &finite["expected"]["K20_d3_rho09"]),
        (&symmetric::ALGORITHM, symmetric_policy, 0.5, &both["expected"]["K20"][0]),
    ] {
        let expected = expected.as_f64().unwrap();
        let (mean, _) = overall(&simulate(algorithm, 20, &policy, load, jobs));
        println!("{} {policy} at {load}: {mean:.4}, expected {expected}", algorithm.id);
        assert_near(mean, expected, 0.03 * expected, &format!("{} {policy} at {load}", algorithm.id));
    }
}

// Search

/// Three machines whose services take no time, in every order of events. The search does not branch on draws, so the
/// order of asking is given.
fn walk(algorithm: &'static Algorithm, variant: Option<&str>, jobs: &Json, arrivals: [u32; 3]) -> Walk {
    let mut bench = bench(
        algorithm,
        &json!({
            "nodes": 3,
            "delay": {"constant": 0},
            "parameters": {"service": 0},
            "config": {"jobs": jobs, "probe-order": [1, 2, 0]},
            "variant": variant,
        }),
    );
    let budget: Vec<(Event, u32)> = (0..3).map(|k| (bench.request(k, submit(0)), arrivals[k as usize])).collect();
    explore(&bench, Mode::Untimed, &budget, 600_000)
}

#[test]
fn every_interleaving_on_three_machines_is_right() {
    let mut found = Vec::new();
    for (algorithm, jobs, arrivals) in [
        (&machines::ALGORITHM, json!([]), [2, 2, 1]),
        (&location_shortest::ALGORITHM, json!([[0, 0], [0], []]), [1, 2, 0]),
        (&power_of_two::ALGORITHM, json!([]), [2, 2, 1]),
        (&sharing_receiver::ALGORITHM, json!([]), [2, 1, 1]),
        (&symmetric::ALGORITHM, json!([]), [2, 1, 0]),
    ] {
        let walk = walk(algorithm, None, &jobs, arrivals);
        assert_eq!(walk.broken, [], "{}", algorithm.id);
        assert!(walk.complete, "{}", algorithm.id);
        found.push(walk.states);
    }
    assert_eq!(found, [108, 2_644, 6_254, 3_033, 2_834], "states, in the order of the list");
}

/// The reference counts 2 events for the longer queue and 3 for the last job, with answers that take no message: here each
/// question and its answer are events of their own, and the answer is needed for the first, the question for the second.
#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let mut found = Vec::new();
    for (algorithm, bug, jobs, arrivals) in [
        (&machines::ALGORITHM, "sleeps-after", json!([]), [2, 0, 0]),
        (&location_shortest::ALGORITHM, "longest", json!([[0, 0], [], [0]]), [1, 0, 0]),
        (&power_of_two::ALGORITHM, "join-longer", json!([]), [2, 0, 0]),
        (&sharing_receiver::ALGORITHM, "give-last", json!([]), [1, 1, 0]),
        (&symmetric::ALGORITHM, "give-last", json!([]), [1, 1, 0]),
        (&symmetric::ALGORITHM, "any-answer", json!([[0], [0], [0]]), [1, 0, 0]),
    ] {
        let right = walk(algorithm, None, &jobs, arrivals);
        assert_eq!((right.broken, right.complete), (vec![], true), "{} without the bug", algorithm.id);
        let walk = walk(algorithm, Some(bug), &jobs, arrivals);
        let breaks = algorithm.bug(bug).unwrap().breaks;
        let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
        found.push(run.unwrap_or_else(|| panic!("{}: {bug} breaks {:?}", algorithm.id, walk.broken)));
    }
    assert_eq!(found, [3, 5, 4, 4, 4, 3], "events of the shortest runs, in the order of the list");
}

// Random schedules

/// Any order of everything, and a user who keeps changing to any policy: nothing breaks that does not speak of a single
/// policy, and in the end all jobs are done.
#[test]
fn random_schedules_with_changes_of_policy_are_right() {
    let locations = ["nowhere", "random", "threshold", "shortest", "choices"];
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let mut bench = bench(&machines::ALGORITHM, &json!({"nodes": 3 + seed % 4, "seed": seed}));
        random_run(&mut bench, seed, 300, Mode::Untimed, |bench, bits| {
            let policy = json!({
                "threshold": 1 + bits % 3, "probe-limit": bits / 3 % 4, "location": locations[(bits / 12 % 5) as usize],
                "receive": bits / 60 % 2, "reserve": bits / 120 % 2, "moves": 1 + bits / 240 % 3,
            });
            Some(policy_event(&machines::ALGORITHM, bench, &policy))
        });
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}");
        let broken: Vec<_> = bench.broken().into_iter().filter(|name| *name != "first come, first served").collect();
        assert_eq!(broken, [""; 0], "seed {seed}");
    }
}

/// Each policy alone, in any order of everything.
#[test]
fn random_schedules_of_each_policy_are_right() {
    for algorithm in POLICIES {
        for seed in 0..if deep() { 10_000 } else { 200 } {
            let mut bench: Bench = bench(algorithm, &json!({"nodes": 3 + seed % 4, "seed": seed}));
            random_run(&mut bench, seed, 200, Mode::Untimed, |_, _| None);
            bench.play(10_000);
            assert!(bench.world.is_quiet(), "{} seed {seed}", algorithm.id);
            assert_eq!(bench.broken(), [""; 0], "{} seed {seed}", algorithm.id);
            assert_costs(algorithm, &bench, &format!("{} seed {seed}", algorithm.id));
        }
    }
}
