//! alloc/up-down.

use crate::support::{assert_costs, bench, deep};
use serde_json::{Value as Json, json};
use sim::{
    Event, Micros, Mode,
    algorithms::alloc::up_down::{ALGORITHM, table},
    testing::{Bench, Walk, explore, random_run},
};
use std::collections::BTreeMap;

fn vector(id: &str) -> Json {
    let vectors: Vec<Json> = serde_json::from_str(include_str!("../vectors/up-down.json")).unwrap();
    vectors.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// The requests of a vector, without delays: A is the first workstation.
fn of_vector(vector: &Json, policy: &Json) -> Bench {
    let node = |name: &Json| name.as_str().unwrap().as_bytes()[0] - b'A' + 1;
    let requests = vector["inputs"]["requests"].as_array().unwrap();
    let script: Vec<Json> = requests
        .iter()
        .map(|request| {
            let ask = json!({"Start": {"demand": request[2].as_u64().unwrap() * 1_000_000}});
            json!({"at": request[0].as_u64().unwrap() * 1_000_000, "event": {"request": {"node": node(&request[1]), "ask": ask}}})
        })
        .collect();
    bench(&ALGORITHM, &json!({"nodes": 4, "delay": {"constant": 0}, "policy": policy, "script": script}))
}

/// The points of A, B and C.
fn points(bench: &Bench) -> Vec<i64> {
    (ALGORITHM.plots[0].values)(&bench.world).into_iter().map(|(_, points)| points).collect()
}

/// When which workstation was granted a processor, in seconds.
type Grants = Vec<(u64, String)>;

/// The grants, and the points at these times.
fn grants(mut bench: Bench, until: u64) -> (Grants, BTreeMap<u64, Vec<i64>>) {
    let (mut grants, mut table) = (vec![], BTreeMap::new());
    let mut known = [0; 3];
    loop {
        let before = bench.world.now().0;
        if before / 1_000_000 > until || !bench.play_one() {
            return (grants, table);
        }
        table.insert(bench.world.now().0 / 1_000_000, points(&bench));
        for (k, known) in known.iter_mut().enumerate() {
            let state = bench.world.nodes()[k + 1].process().reflect();
            let Some(sim::Value::Int(granted)) = state.field("granted") else { panic!("no grants") };
            if *granted > *known {
                *known = *granted;
                let name = char::from(b'A' + k as u8);
                grants.push((bench.world.now().0 / 1_000_000, name.to_string()));
            }
        }
    }
}

#[test]
fn vector_updown_trace() {
    let vector = vector("updown-trace");
    let (found, points) = grants(of_vector(&vector, &json!({"next": "lowest"})), 40);
    let expected: Vec<(u64, String)> = serde_json::from_value(vector["expected"]["grants"].clone()).unwrap();
    assert_eq!(found, expected);
    for (second, expected) in vector["expected"]["points"].as_object().unwrap() {
        let expected: Vec<i64> = ["A", "B", "C"].map(|name| expected[name].as_i64().unwrap()).into();
        assert_eq!(points[&second.parse::<u64>().unwrap()], expected, "after {second} s");
    }
}

#[test]
fn vector_updown_vs_fifo() {
    let vector = vector("updown-vs-fifo");
    for (next, expected) in [("lowest", "updown_grant_B"), ("first", "fifo_grant_B")] {
        let (found, _) = grants(of_vector(&vector, &json!({"next": next})), 40);
        let of_b = found.iter().find(|(_, name)| name == "B").map(|(second, _)| *second);
        assert_eq!(of_b, vector["expected"][expected].as_u64(), "{next}");
    }
}

#[test]
fn vector_updown_decay() {
    let vector = vector("updown-decay");
    let numbers = |json: &Json| -> Vec<i32> { serde_json::from_value(json.clone()).unwrap() };
    let step = vector["inputs"]["increment"].as_i64().unwrap() as i32;
    let next: Vec<i32> =
        numbers(&vector["inputs"]["values"]).into_iter().map(|points| table::toward_zero(points, step)).collect();
    assert_eq!(next, numbers(&vector["expected"]["next"]));
}

/// Without delays and with processes that take no time, in every order of events, counts among them: at most three points.
fn walk(variant: Option<&str>, policy: &Json, started: [u32; 2]) -> Walk {
    let mut bench = bench(
        &ALGORITHM,
        &json!({
            "nodes": 3,
            "delay": {"constant": 0},
            "parameters": {"tick": 0, "most": 3, "demand": 0},
            "policy": policy,
            "variant": variant,
        }),
    );
    let start = json!({"Start": {"demand": 0}});
    let budget: Vec<(Event, u32)> =
        [1, 2].map(|node| (bench.request(node, start.clone()), started[node as usize - 1])).into();
    explore(&bench, Mode::Untimed, &budget, 900_000)
}

#[test]
fn every_interleaving_of_two_workstations_is_right() {
    let mut found = Vec::new();
    for policy in [json!({"next": "lowest"}), json!({"next": "first"}), json!({"next": "lowest", "back": 2})] {
        let walk = walk(None, &policy, [2, 1]);
        assert_eq!(walk.broken, [], "{policy}");
        assert!(walk.complete, "{policy}");
        found.push(walk.states);
    }
    assert_eq!(found, [1_776, 1_830, 1_764], "states: the lowest, the first, and two points back");
}

#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let mut found = Vec::new();
    let policy = json!({"next": "lowest", "back": 2});
    for bug in ["highest-first", "overshoots", "exit-not-booked"] {
        let walk = walk(Some(bug), &policy, [2, 1]);
        let breaks = ALGORITHM.bug(bug).unwrap().breaks;
        let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
        found.push(run.unwrap_or_else(|| panic!("{bug} breaks {:?}", walk.broken)));
    }
    assert_eq!(found, [10, 7, 5], "events of the shortest runs, in the order of the list");
}

#[test]
fn random_schedules_are_right() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let fields = json!({
            "nodes": 4 + seed % 3,
            "seed": seed,
            "parameters": {"processors": 1 + seed % 3, "demand": "2 s"},
            "policy": {"next": "lowest", "up": 1 + seed % 2, "down": 1, "back": 1 + seed % 4},
        });
        let mut bench = bench(&ALGORITHM, &fields);
        random_run(&mut bench, seed, 250, Mode::Untimed, |_, _| None);
        bench.play(20_000);
        assert!(bench.world.is_quiet(), "seed {seed}: counting never ends");
        assert_eq!(bench.broken(), [""; 0], "seed {seed}");
        assert_costs(&ALGORITHM, &bench, &format!("seed {seed}"));
        assert!(points(&bench).iter().all(|&points| points == 0), "seed {seed}: all are back at zero");
    }
}

/// However much the heavy user asks for, a light one waits for no more than the process that runs and its own.
#[test]
fn a_light_user_does_not_wait_for_the_heavy_ones_queue() {
    for backlog in [5, 50, 500] {
        let mut script: Vec<Json> = (0..backlog)
            .map(|_| json!({"at": 0, "event": {"request": {"node": 1, "ask": {"Start": {"demand": "5 s"}}}}}))
            .collect();
        script.push(json!({"at": "7 s", "event": {"request": {"node": 2, "ask": {"Start": {"demand": "5 s"}}}}}));
        let mut bench = bench(&ALGORITHM, &json!({"nodes": 3, "script": script}));
        bench.play_until(Micros(16_000_000));
        let (waited, granted) = (ALGORITHM.statistics[1].total)(&bench.world);
        assert_eq!(granted, 1, "{backlog} before it");
        assert!(waited <= 5_000_000, "{backlog} before it: {waited} µs");
    }
}
