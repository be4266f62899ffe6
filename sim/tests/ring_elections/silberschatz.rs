//! Silberschatz' ring.

use crate::support::{
    KNOWN, bugs_are_shown, embedded, leader, lengths, number, numbers, orders, random_schedules, reference_states,
    ring, started, vector, walk,
};
use serde_json::{Value as Json, json};
use sim::{Assumption, Order, algorithms::election::ring_silberschatz::ALGORITHM};

const COMPLETE: &str = "a list that is closed names everybody";

fn expected(id: &str) -> Json {
    vector(include_str!("../vectors/ring-silberschatz.json"), id)["expected"].clone()
}

#[test]
fn it_costs_n_squared_whoever_starts_and_wherever_they_stand() {
    for (n, messages) in [3, 4, 5, 8_u32].into_iter().zip(numbers(&expected("ring-silberschatz")["messages"])) {
        let placements = if n < 5 { orders(n) } else { vec![(0..n).collect(), (0..n).rev().collect()] };
        for ids in &placements {
            for mask in 1..(1_u32 << n.min(4)) {
                let starters: Vec<u32> = (0..n).filter(|node| mask & (1 << node) != 0).collect();
                let mut bench = started(&ALGORITHM, ids, &starters, &json!({}));
                bench.play(10_000);
                assert_eq!(bench.world.tally().sent_in_all(), messages, "{ids:?}, {starters:?}");
                assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((messages, messages)));
                assert_eq!(bench.broken(), Vec::<&str>::new());
            }
        }
    }
}

#[test]
fn the_trace_of_three_is_that_of_the_reference() {
    let expected = expected("silberschatz-trace");
    let mut bench = embedded(&ALGORITHM, "lists-fill");
    let mut closed = vec![];
    while bench.play_one() {
        if bench.step.outputs().any(|output| output.kind() == "Closes") {
            closed.push(bench.step.node.expect("at a node").0);
        }
    }
    assert_eq!(closed, vec![0, 1, 2]);
    assert_eq!(bench.world.tally().sent_in_all(), number(&expected["messages"]));
    assert!((0..3).all(|node| leader(&bench, node) == Some(number(&expected["leader"]) as u32)));
}

#[test]
fn every_state_of_two_to_four_is_right() {
    let expected = expected("silberschatz-states");
    for n in 2..=4_u32 {
        let ids: Vec<u32> = (0..n).collect();
        for (starters, form) in [(vec![0], "one"), (ids.clone(), "all")] {
            let found = walk(ring(&ALGORITHM, &ids, &json!({})), &starters, 50_000);
            assert!(found.complete && found.broken.is_empty(), "n = {n}, {form}: {:?}", found.broken);
            let start = ring(&ALGORITHM, &ids, &json!({}));
            let states = if form == "one" { found.states as u64 } else { reference_states(&start, "") };
            assert_eq!(states, number(&expected[format!("n{n}_{form}")]), "n = {n}, {form}");
        }
    }
}

#[test]
fn random_schedules_elect_the_highest() {
    let over = random_schedules(&ALGORITHM, Order::Fifo);
    assert!(over > crate::support::runs() / 2, "only {over} elections were over");
}

#[test]
fn a_list_is_closed_too_early_after_three_and_four_steps() {
    let expected = expected("silberschatz-bugs");
    let first = |n: u32, more: &Json| {
        let ids: Vec<u32> = (0..n).collect();
        let found = walk(ring(&ALGORITHM, &ids, more), &ids, 50_000);
        lengths(&found).into_iter().find(|(name, _)| *name == COMPLETE).map(|(_, steps)| steps)
    };
    for n in 2..=4 {
        let steps = first(n, &json!({ "variant": "forward-first" }));
        assert_eq!(steps, Some(n as usize + 1), "its own id second, n = {n}");
        if let Some(run) = expected[format!("swap_n{n}")].as_array() {
            assert_eq!(steps, Some(run.len()));
        }
        assert_eq!(first(n, &json!({ "order": "any" })), Some(n as usize + 1), "without FIFO, n = {n}");
    }
    assert_eq!(number(&expected["nonfifo_n4_steps"]), 5);
    bugs_are_shown(&ALGORITHM);
    assert_eq!(ALGORITHM.bugs.len(), 1, "a new bug needs a line here");
}

#[test]
fn scenarios_end_as_their_texts_say() {
    for (name, broken, assumption) in [
        ("all-start", vec![], None),
        ("no-fifo", vec![COMPLETE], Some(Assumption::Fifo)),
        ("lost", vec![COMPLETE, KNOWN], Some(Assumption::NoLoss)),
    ] {
        let mut bench = embedded(&ALGORITHM, name);
        bench.play(1_000);
        assert_eq!(bench.broken(), broken, "{name}");
        assert_eq!(bench.world.broken_assumption(), assumption, "{name}");
    }
}
