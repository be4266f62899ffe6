//! The resource allocation graph.

use super::{bench, cell, chance, embedded, outcomes, refused, seeds, tables, vector};
use serde_json::{Value as Json, json};
use sim::{NodeId, algorithms::deadlock::rag::ALGORITHM, testing::Bench};
use std::collections::BTreeSet;

/// The bench of a vector: names from its edges, units as it says.
fn of_vector(inputs: &Json) -> Bench {
    let edges = inputs["edges"].as_array().expect("edges").clone();
    let ends: BTreeSet<String> = edges
        .iter()
        .flat_map(|edge| [&edge[0], &edge[1]])
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    let of = |letter: char| ends.iter().filter(move |name| name.starts_with(letter));
    let units = |name: &str| inputs["units"][name].as_u64().unwrap_or(1);
    let processes: Vec<Json> = of('P').map(|name| json!({ "name": name })).collect();
    let resources: Vec<Json> = of('R').map(|name| json!({"name": name, "units": units(name)})).collect();
    // Assignments first: what is held must be there before more is asked for.
    let (held, wanted): (Vec<Json>, Vec<Json>) =
        edges.into_iter().partition(|edge| edge[0].as_str().is_some_and(|name| name.starts_with('R')));
    let edges = [held, wanted].concat();
    bench(&ALGORITHM, &json!({"processes": processes, "resources": resources, "edges": edges}), &Json::Null)
}

fn names(text: &str) -> BTreeSet<String> {
    text.split(&[',', ' ', ';'][..]).filter(|word| word.starts_with(['P', 'R'])).map(str::to_owned).collect()
}

fn set(json: &Json) -> BTreeSet<String> {
    json.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

#[test]
fn the_graphs_of_the_reference_are_judged_as_it_says() {
    for id in [
        "rag-single-cycle",
        "rag-cycle-no-deadlock",
        "rag-knot-deadlock",
        "rag-and-request-no-knot",
        "rag-knot-not-expedient",
    ] {
        let vector = vector(id);
        let (bench, expected) = (of_vector(&vector["inputs"]), &vector["expected"]);
        assert_eq!(cell(&bench, "findings", "Cycle") != "none", expected["cycle"] == true, "{id}");
        assert_eq!(names(&cell(&bench, "findings", "Knot")), set(&expected["knot"]), "{id}");
        let deadlock = cell(&bench, "findings", "Deadlock");
        assert_eq!(deadlock != "none", expected["deadlock"] == true, "{id}");
        if expected["deadlocked"].is_array() {
            assert_eq!(names(&deadlock), set(&expected["deadlocked"]), "{id}");
        }
        if let Some(expedient) = expected["expedient"].as_bool() {
            assert_eq!(cell(&bench, "findings", "Expedient").starts_with("yes"), expedient, "{id}");
        }
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{id}");
    }
}

#[test]
fn one_of_two_is_enough_until_the_way_out_closes() {
    let mut bench = embedded(&ALGORITHM, "one-of-two");
    assert_eq!(cell(&bench, "findings", "Deadlock"), "none");
    outcomes(&mut bench);
    assert_eq!(names(&cell(&bench, "findings", "Deadlock")), ["P1", "P2", "P4"].map(str::to_owned).into());
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    let mut bench = embedded(&ALGORITHM, "cycle-no-deadlock");
    for (edit, reason) in [
        (json!({"Connect": {"from": 1, "to": 2}}), "An arrow leads from a process to a resource"),
        (json!({"Connect": {"from": 1001, "to": 4}}), "All units of R1 are taken."),
        (json!({"Connect": {"from": 1, "to": 1009}}), "There is no resource R9."),
        (json!({"Disconnect": {"from": 4, "to": 1001}}), "There is no such arrow."),
        (json!({"Set": {"part": 1001, "what": "units", "value": 1}}), "2 units of R1 are taken"),
        (json!({"Set": {"part": 1001, "what": "units", "value": 0}}), "R1 can have 1 to 50 units."),
        (json!({"Remove": {"part": 77}}), "It is not here any more."),
    ] {
        let why = refused(&mut bench, &edit).unwrap_or_else(|| panic!("{edit} is not refused"));
        assert!(why.starts_with(reason), "{edit}: {why}");
    }
}

/// An edit by chance: of everything that a hand can do, also of what is refused.
fn random_edit(seed: u64, k: u64) -> Json {
    let bits = |salt: u64, bound: u64| chance(seed, 10 * k + salt, bound);
    let (process, resource) = (1 + bits(1, 5), 1_001 + bits(2, 4));
    let at = json!({"x": bits(3, 1001), "y": bits(4, 1001)});
    let (from, to) = if bits(5, 2) == 0 { (process, resource) } else { (resource, process) };
    match bits(0, 12) {
        0 => json!({"Add": {"kind": "process", "at": at}}),
        1 => json!({"Add": {"kind": "resource", "at": at}}),
        2 => json!({"Remove": {"part": from}}),
        3 => json!({"Move": {"part": from, "to": at}}),
        4 => json!({"Disconnect": {"from": from, "to": to}}),
        5 => json!({"Set": {"part": process, "what": "needs", "value": bits(6, 2)}}),
        6 => json!({"Set": {"part": resource, "what": "units", "value": 1 + bits(6, 4)}}),
        _ => json!({"Connect": {"from": from, "to": to}}),
    }
}

/// Every event is judged by the definition, the theorems about cycles and knots included.
#[test]
fn random_drawings_are_judged_right_at_every_moment() {
    let (mut deadlocks, mut refusals) = (0, 0);
    for seed in 0..seeds(200, 10_000) {
        let config = json!({"philosophers": 2 + chance(seed, 0, 3)});
        let mut bench = bench(&ALGORITHM, &config, &Json::Null);
        for k in 1..40 {
            let request = match chance(seed, 10 * k + 9, 10) {
                0 => json!("Reduce"),
                1 => json!({"Grant": {"process": format!("P{}", 1 + chance(seed, 10 * k + 8, 5))}}),
                2 => json!({"Finish": {"process": format!("P{}", 1 + chance(seed, 10 * k + 8, 5))}}),
                _ => json!({"Edit": random_edit(seed, k)}),
            };
            let event = bench.request(0, request.clone());
            if bench.world.refusal(event, &bench.payloads).is_some() {
                refusals += 1;
            } else {
                bench.take(event);
            }
            bench.play(chance(seed, 10 * k + 7, 4));
            assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}, edit {k}: {request}");
        }
        deadlocks += u64::from(cell(&bench, "findings", "Deadlock") != "none");
    }
    assert!(deadlocks > 10 && refusals > 100, "{deadlocks} deadlocks, {refusals} refusals");
}

#[test]
fn a_graph_of_eight_hundred_parts_is_taken() {
    let mut bench = bench(&ALGORITHM, &json!({"philosophers": 400}), &Json::Null);
    assert_eq!(bench.world.node(NodeId(0)).expect("the graph").process().parts().len(), 800);
    let why = refused(&mut bench, &json!({"Add": {"kind": "process", "at": {"x": 1, "y": 1}}}));
    assert_eq!(why.as_deref(), Some("There may be 400 of them."));
    assert!(tables(&bench, 0)[0].rows.iter().all(|row| row.cells[0].text.len() < 300), "words stay short");
}
