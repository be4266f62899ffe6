//! Detection with several units.

use super::{ask, bench, cell, chance, numbers, refused, seeds, vector};
use serde_json::{Value as Json, json};
use sim::algorithms::deadlock::detect_multi::ALGORITHM;

fn names(rows: &Json, first: u64) -> String {
    let names: Vec<String> =
        rows.as_array().into_iter().flatten().filter_map(Json::as_u64).map(|row| format!("P{}", row + first)).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

#[test]
fn the_tables_of_the_reference_are_judged_as_it_says() {
    for (id, first) in [("detect-silberschatz-none", 0), ("detect-silberschatz-yes", 0), ("detect-stallings", 1)] {
        let vector = vector(id);
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let config = json!({"available": inputs["available"], "allocation": inputs["allocation"], "request": inputs["request"], "first": first});
        let mut bench = bench(&ALGORITHM, &config, &Json::Null);
        let wanted = names(&expected["deadlocked"], first);
        assert_eq!(cell(&bench, "findings", "Deadlock"), wanted, "{id}");
        assert_eq!(json!(numbers(&bench, "allocation")), inputs["allocation"], "{id}");
        assert_eq!(json!(numbers(&bench, "request")), inputs["request"], "{id}");
        let kind = if wanted == "none" { "NoDeadlock" } else { "Deadlock" };
        assert_eq!(ask(&mut bench, &json!("Detect")), [kind], "{id}");
        if let Some(order) = expected["forward_scan_sequence"].as_array() {
            let state = bench.world.node(sim::NodeId(0)).expect("a node").process().reflect().to_json();
            let found = state["scan"]["scan"]["finished"].as_array().expect("rows").iter().map(|row| format!("P{row}"));
            assert_eq!(json!(found.collect::<Vec<_>>()), json!(order), "{id}");
        }
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{id}");
    }
}

#[test]
fn tables_and_graph_are_one_state() {
    let config = json!({"available": [1], "allocation": [[1]], "request": [[0]], "first": 1});
    let mut bench = bench(&ALGORITHM, &config, &Json::Null);
    bench.ask(0, json!({"Edit": {"Connect": {"from": 1, "to": 1001}}}));
    assert_eq!(numbers(&bench, "request"), [[1]]);
    bench.ask(0, json!({"Edit": {"Write": {"table": "request", "row": 0, "column": 0, "values": [[0]]}}}));
    assert_eq!(bench.world.node(sim::NodeId(0)).expect("a node").process().edges().len(), 1);
    let too_much = json!({"Write": {"table": "allocation", "row": 0, "column": 0, "values": [[3]]}});
    let why = refused(&mut bench, &too_much).expect("a reason");
    assert!(why.starts_with("P1, R1: 3 held"), "{why}");
    let needs = json!({"Set": {"part": 1, "what": "needs", "value": 1}});
    assert!(refused(&mut bench, &needs).is_some());
}

#[test]
fn random_tables_are_judged_right() {
    let mut deadlocks = 0;
    for seed in 0..seeds(300, 10_000) {
        let (n, m) = (1 + chance(seed, 0, 5), 1 + chance(seed, 1, 3));
        let table = |base: u64| -> Vec<Vec<u64>> {
            (0..n).map(|row| (0..m).map(|column| chance(seed, base + 10 * row + column, 3)).collect()).collect()
        };
        let allocation = table(100);
        let held = |column: u64| allocation.iter().map(|row| row[column as usize]).sum::<u64>();
        let available: Vec<u64> =
            (0..m).map(|column| chance(seed, 300 + column, 2).max(u64::from(held(column) == 0))).collect();
        let request: Vec<Vec<u64>> = table(200)
            .iter()
            .zip(&allocation)
            .map(|(wants, holds)| {
                (0..m as usize).map(|k| wants[k].min(held(k as u64) + available[k] - holds[k])).collect()
            })
            .collect();
        let config = json!({"available": available, "allocation": allocation, "request": request});
        let mut bench = bench(&ALGORITHM, &config, &Json::Null);
        ask(&mut bench, &json!("Detect"));
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}: {config}");
        let expected = names(&json!(by_all_sets(&available, &allocation, &request)), 0);
        assert_eq!(cell(&bench, "findings", "Deadlock"), expected, "seed {seed}: {config}");
        deadlocks += u64::from(expected != "none");
    }
    assert!(deadlocks > 30, "{deadlocks}");
}

/// By trying every set of processes that hold something: the largest whose members all lack something even when everybody
/// else has given back all.
fn by_all_sets(available: &[u64], allocation: &[Vec<u64>], request: &[Vec<u64>]) -> Vec<usize> {
    let n = allocation.len();
    let inside = |set: usize, k: usize| set >> k & 1 == 1;
    let in_vain = |set: usize| {
        let free = |column: usize| {
            available[column] + (0..n).filter(|&k| !inside(set, k)).map(|k| allocation[k][column]).sum::<u64>()
        };
        (0..n).filter(|&k| inside(set, k)).all(|k| (0..available.len()).any(|column| request[k][column] > free(column)))
    };
    let largest = (0..1_usize << n).filter(|&set| in_vain(set)).fold(0, |all, set| all | set);
    (0..n).filter(|&k| inside(largest, k) && allocation[k].iter().any(|&units| units > 0)).collect()
}
