//! The Banker.

use super::{ask, bench, cell, chance, embedded, numbers, outcomes, refused, seeds, vector};
use serde_json::{Value as Json, json};
use sim::{
    Event, Mode,
    algorithms::deadlock::bankers::{ALGORITHM, units_that_never_deadlock},
    testing::{Bench, explore, random_run},
};

fn of_vector(inputs: &Json) -> Bench {
    let available =
        json!({"available": inputs["available"], "maximum": inputs["max"], "allocation": inputs["allocation"]});
    bench(&ALGORITHM, &available, &Json::Null)
}

/// All safe sequences as the page lists them, and how many there are.
fn listed(bench: &mut Bench) -> (Json, Json) {
    bench.ask(0, json!("List"));
    let state = bench.world.node(sim::NodeId(0)).expect("the Banker").process().reflect().to_json();
    (state["sequences"]["count"].clone(), state["sequences"]["listed"].clone())
}

#[test]
fn the_textbook_state_has_sixteen_safe_sequences() {
    let vector = vector("banker-silberschatz-safe");
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let mut bench = of_vector(inputs);
    assert_eq!(json!(numbers(&bench, "need")), expected["need"]);
    assert_eq!(json!(numbers(&bench, "resources")[0]), inputs["total"]);
    assert_eq!(listed(&mut bench), (json!(16), expected["all_safe_sequences"].clone()));
    let order = |names: &Json| {
        names
            .as_array()
            .expect("names")
            .iter()
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert!(cell(&bench, "state", "State").ends_with(&order(&expected["forward_scan_sequence"])));
    assert_eq!(ask(&mut bench, &json!("Test")), ["Safe"]);
    let config =
        json!({"available": inputs["available"], "maximum": inputs["max"], "allocation": inputs["allocation"]});
    let top = super::bench(&ALGORITHM, &config, &json!({"parameters": {"scan": "at the top"}}));
    assert!(cell(&top, "state", "State").ends_with(&order(&expected["restart_scan_sequence"])));
    // The book's own order is one of the sixteen.
    let book: Vec<u32> =
        order(&expected["textbook_sequence"]).split(", ").map(|name| name[1..].parse().expect("a number")).collect();
    assert!(expected["all_safe_sequences"].as_array().expect("a list").contains(&json!(book)));
}

#[test]
fn requests_are_granted_denied_refused_or_made_to_wait_as_the_reference_says() {
    for (id, outcome) in [
        ("banker-silberschatz-p1-102", "Granted"),
        ("banker-silberschatz-p4-330", "Waits"),
        ("banker-silberschatz-p0-020", "Denied"),
        ("banker-silberschatz-p0-020-before", "Granted"),
        ("banker-silberschatz-p4-330-before", "Denied"),
        ("banker-exceeds-claim", "Error"),
        ("banker-stallings-p2", "Granted"),
        ("banker-stallings-p1", "Denied"),
        ("banker-4res-p1-0420", "Granted"),
    ] {
        let vector = vector(id);
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let mut bench = of_vector(inputs);
        let before = numbers(&bench, "allocation");
        let outcomes = ask(&mut bench, &json!({"Ask": {"process": inputs["process"], "units": inputs["request"]}}));
        assert_eq!(outcomes.last(), Some(&outcome), "{id}");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{id}");
        let word = match expected["decision"].as_str() {
            Some("grant") => "Granted",
            Some("wait") => "Waits",
            Some("deny") => "Denied",
            _ => "Error",
        };
        assert_eq!(word, outcome, "{id}");
        if outcome == "Granted" {
            if let Some(count) = expected["number_of_safe_sequences"].as_u64() {
                assert_eq!(listed(&mut bench).0, count, "{id}");
            }
            if expected["available"].is_array() {
                assert_eq!(json!(numbers(&bench, "resources")[1]), expected["available"], "{id}");
            }
        } else {
            assert_eq!(numbers(&bench, "allocation"), before, "{id}: nothing was given out");
        }
    }
}

#[test]
fn the_other_states_of_the_reference() {
    let safe = |id: &str| {
        let mut bench = of_vector(&vector(id)["inputs"]);
        let outcome = ask(&mut bench, &json!("Test"));
        (outcome, listed(&mut bench))
    };
    assert_eq!(safe("banker-tape-safe"), (vec!["Safe"], (json!(1), json!([[1, 0, 2]]))));
    assert_eq!(safe("banker-tape-unsafe"), (vec!["Unsafe"], (json!(0), json!([]))));
    let (outcome, (count, _)) = safe("banker-4res");
    assert_eq!((outcome, count), (vec!["Safe"], vector("banker-4res")["expected"]["number_of_safe_sequences"].clone()));
    let vector = vector("rmin-formula");
    let cases = vector["inputs"]["cases"].as_array().expect("cases").iter();
    let enough = cases.map(|case| {
        units_that_never_deadlock((0..case[0].as_u64().unwrap_or(0)).map(|_| case[1].as_u64().unwrap_or(0) as u32))
    });
    assert_eq!(json!(enough.collect::<Vec<_>>()), vector["expected"]["R_min"]);
}

#[test]
fn without_looking_ahead_the_same_requests_end_in_a_deadlock() {
    let mut bench = embedded(&ALGORITHM, "without-avoidance");
    outcomes(&mut bench);
    assert!(
        cell(&bench, "state", "Deadlock").starts_with("P0, P1, P2, P3, P4"),
        "{}",
        cell(&bench, "state", "Deadlock")
    );
    assert!(bench.world.status(sim::NodeId(0)).word.starts_with("deadlock"));
    let mut bench = embedded(&ALGORITHM, "three-requests");
    outcomes(&mut bench);
    assert_eq!(cell(&bench, "state", "Deadlock"), "none");
}

#[test]
fn impossible_numbers_are_refused_at_their_cell_and_blocks_are_put_whole() {
    let inputs = &vector("banker-silberschatz-safe")["inputs"];
    let mut bench = of_vector(inputs);
    let write = |table: &str, row: u32, column: u32, values: Json| json!({"Write": {"table": table, "row": row, "column": column, "values": values}});
    for (edit, reason) in [
        (write("allocation", 1, 0, json!([[4]])), "P1, A: it holds 4, which is more than its maximum of 3."),
        (write("allocation", 1, 1, json!([[-1]])), "P1, B: there are no -1 units."),
        (write("maximum", 0, 0, json!([[11]])), "P0, A: it may claim 11, but there are only 10 units."),
        (write("resources", 0, 2, json!([[2]])), "P0, C: it may claim 3, but there are only 2 units."),
        (write("allocation", 0, 0, json!([[5], [3], [4]])), "A: 14 units would be held, but there are only 10."),
        (write("allocation", 0, 2, json!([[1, 1]])), "The block is too large"),
        (write("need", 0, 0, json!([[1]])), "These numbers follow from the others."),
    ] {
        let why = refused(&mut bench, &edit).unwrap_or_else(|| panic!("{edit} is not refused"));
        assert!(why.starts_with(reason), "{edit}: {why}");
    }
    let block = json!([[1, 1, 1], [1, 1, 1], [1, 0, 1], [1, 1, 1], [1, 1, 1]]);
    bench.ask(0, json!({"Edit": write("allocation", 0, 0, block.clone())}));
    assert_eq!(json!(numbers(&bench, "allocation")), block);
    // A block of more rows brings its processes with it.
    bench.ask(0, json!({"Edit": write("maximum", 4, 0, json!([[2, 2, 2], [1, 0, 1]]))}));
    assert_eq!(numbers(&bench, "maximum").len(), 6);
    for _ in 6..20 {
        bench.ask(0, json!({"Edit": {"AddRow": {"table": "allocation"}}}));
    }
    assert!(refused(&mut bench, &json!({"AddRow": {"table": "allocation"}})).is_some_and(|why| why.contains("20")));
    for _ in 3..10 {
        bench.ask(0, json!({"Edit": {"AddColumn": {"table": "allocation"}}}));
    }
    assert!(refused(&mut bench, &json!({"AddColumn": {"table": "allocation"}})).is_some_and(|why| why.contains("10")));
    assert_eq!(listed(&mut bench).1.as_array().map(Vec::len), Some(100), "the list is bounded");
}

/// A random state of up to five processes and three types.
fn random_state(seed: u64) -> Json {
    let (n, m) = (1 + chance(seed, 0, 5), 1 + chance(seed, 1, 3));
    let number = |k: u64, bound: u64| chance(seed, 2 + k, bound);
    let table = |base: u64, bound: u64| -> Vec<Vec<u64>> {
        (0..n).map(|row| (0..m).map(|column| number(base + row * m + column, bound)).collect()).collect()
    };
    let (allocation, more) = (table(0, 3), table(100, 4));
    let available: Vec<u64> = (0..m).map(|column| number(200 + column, 4)).collect();
    let total = |column: usize| available[column] + allocation.iter().map(|row| row[column]).sum::<u64>();
    let maximum: Vec<Vec<u64>> = allocation
        .iter()
        .zip(&more)
        .map(|(held, more)| {
            held.iter().zip(more).enumerate().map(|(column, (held, more))| (held + more).min(total(column))).collect()
        })
        .collect();
    json!({"available": available, "maximum": maximum, "allocation": allocation})
}

/// All safe sequences by trying every order of the processes.
fn by_trying_all(state: &Json) -> Vec<Vec<usize>> {
    let table = |name: &str| serde_json::from_value::<Vec<Vec<u64>>>(state[name].clone()).expect("a table");
    let (maximum, allocation) = (table("maximum"), table("allocation"));
    let available: Vec<u64> = serde_json::from_value(state["available"].clone()).expect("numbers");
    let mut orders: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..maximum.len() {
        orders = orders
            .into_iter()
            .flat_map(|order| (0..maximum.len()).map(move |next| [order.clone(), vec![next]].concat()))
            .filter(|order| order[..order.len() - 1].iter().all(|known| known != &order[order.len() - 1]))
            .collect();
    }
    let runs = |order: &Vec<usize>| {
        let mut free = available.clone();
        order.iter().all(|&process| {
            let fits = (0..free.len()).all(|k| maximum[process][k] - allocation[process][k] <= free[k]);
            (0..free.len()).for_each(|k| free[k] += allocation[process][k]);
            fits
        })
    };
    orders.into_iter().filter(runs).collect()
}

#[test]
fn safe_sequences_of_random_states_are_those_found_by_trying_all_orders() {
    let (mut safe, count) = (0, seeds(300, 5_000));
    for seed in 0..count {
        let state = random_state(seed);
        let all = by_trying_all(&state);
        let mut bench = bench(&ALGORITHM, &state, &Json::Null);
        let (number, list) = listed(&mut bench);
        assert_eq!(number, all.len(), "seed {seed}: {state}");
        let first: Vec<&Vec<usize>> = all.iter().take(100).collect();
        assert_eq!(list, json!(first), "seed {seed}: {state}");
        let expected = if all.is_empty() { "Unsafe" } else { "Safe" };
        assert_eq!(ask(&mut bench, &json!("Test")), [expected], "seed {seed}: {state}");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        safe += u64::from(!all.is_empty());
    }
    assert!(safe > count / 10 && safe < count * 9 / 10, "{safe} of {count} are safe: both kinds are there");
}

#[test]
fn by_chance_nothing_is_broken_and_who_looks_ahead_never_ends_in_a_deadlock() {
    let (mut granted, mut stuck) = (0, 0);
    for seed in 0..seeds(200, 10_000) {
        let mut bench = bench(&ALGORITHM, &random_state(seed), &Json::Null);
        let start_is_safe = cell(&bench, "state", "State").starts_with("safe");
        // With looking ahead switched on and off, everything that can be pressed.
        random_run(&mut bench, seed, 120, Mode::Untimed, |_, _| None);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        granted += bench.world.tally().outputs("Granted");
        stuck += u64::from(bench.world.status(sim::NodeId(0)).word.starts_with("deadlock"));
        if !start_is_safe {
            continue;
        }
        let mut careful = super::bench(&ALGORITHM, &random_state(seed), &Json::Null);
        for k in 0..60 {
            let off = careful.request(0, json!({"Avoid": false}));
            let requests: Vec<Event> = careful.ready_requests().into_iter().filter(|event| *event != off).collect();
            let next = requests.get(chance(seed, 500 + k, requests.len().max(1) as u64) as usize);
            match next {
                Some(&event) => drop(careful.take(event)),
                None => drop(careful.play_one()),
            }
            let word = careful.world.status(sim::NodeId(0)).word;
            assert!(!word.starts_with("deadlock"), "seed {seed}, step {k}: {word}");
        }
    }
    assert!(granted > 100 && stuck > 5, "{granted} grants, {stuck} deadlocks without looking ahead");
}

#[test]
fn every_state_of_a_small_bank_is_walked() {
    let config = json!({"total": [3], "maximum": [[2], [3]], "allocation": [[0], [0]]});
    let mut start = bench(&ALGORITHM, &config, &Json::Null);
    let mut budget = vec![];
    for process in 0..2 {
        budget.push((start.request(0, json!({"Ask": {"process": process, "units": [1]}})), u32::MAX));
        budget.push((start.request(0, json!({"Finish": {"process": process}})), u32::MAX));
    }
    let walk = explore(&start, Mode::Untimed, &budget, 100_000);
    assert!(walk.complete && walk.broken.is_empty(), "{walk:?}");
    assert_eq!((walk.states, walk.quiet), STATES);
}

/// Pinned: states of the small bank, and those in which nothing can be done any more.
const STATES: (usize, usize) = (81, 0);
