//! What the tests that walk the list cannot say about the benches: the vectors of the reference, edits by chance,
//! every safe sequence by trying all orders.
#![cfg(feature = "embed")]

mod assignment;
mod bankers;
mod graphs;
mod matrix;
mod multi;
mod wait_for;

use serde_json::{Value as Json, json};
use sim::{
    Algorithm, NodeId, Scenario, Table,
    random::{Purpose, below, draw},
    testing::Bench,
};

/// A vector of the reference.
fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/benches.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

fn bench(algorithm: &'static Algorithm, config: &Json, more: &Json) -> Bench {
    let mut scenario = json!({
        "version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": "",
        "nodes": 1, "config": config,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        scenario[name] = value.clone();
    }
    Bench::of_json(algorithm, scenario).unwrap_or_else(|error| panic!("{config}: {error}"))
}

fn embedded(algorithm: &'static Algorithm, name: &str) -> Bench {
    let scenario = Scenario::embedded(algorithm, name).expect("a scenario").expect("it reads");
    Bench::new(scenario.prepare(algorithm).expect("it fits"))
}

fn tables(bench: &Bench, node: u32) -> Vec<Table> {
    let node = NodeId(node);
    bench.world.node(node).expect("a node").process().tables(&bench.world.view(node))
}

/// The first cell of a row.
fn cell(bench: &Bench, table: &str, row: &str) -> String {
    let tables = tables(bench, 0);
    let table = tables.iter().find(|known| known.id == table).expect("the table");
    let row = table.rows.iter().find(|known| known.name == row);
    row.map_or_else(String::new, |row| row.cells[0].text.clone())
}

/// The numbers of a table.
fn numbers(bench: &Bench, table: &str) -> Vec<Vec<u32>> {
    let tables = tables(bench, 0);
    let table = tables.iter().find(|known| known.id == table).expect("the table");
    let row = |row: &sim::Row| row.cells.iter().map(|cell| cell.text.parse().expect("a number")).collect();
    table.rows.iter().map(row).collect()
}

/// The kinds of outputs of a run to its end.
fn outcomes(bench: &mut Bench) -> Vec<&'static str> {
    let mut kinds = vec![];
    while bench.play_one() {
        kinds.extend(bench.step.outputs().map(sim::Datum::kind));
    }
    kinds
}

/// Asks, and plays to the end; the outputs of both.
fn ask(bench: &mut Bench, request: &Json) -> Vec<&'static str> {
    bench.ask(0, request.clone());
    let mut kinds: Vec<&str> = bench.step.outputs().map(sim::Datum::kind).collect();
    kinds.extend(outcomes(bench));
    kinds
}

/// Why an edit is refused, if it is.
fn refused(bench: &mut Bench, edit: &Json) -> Option<String> {
    let event = bench.request(0, json!({ "Edit": edit }));
    bench.world.refusal(event, &bench.payloads)
}

/// A number below `bound` by chance.
fn chance(seed: u64, k: u64, bound: u64) -> u64 {
    below(draw(seed, Purpose::Process, (7, 0), k), bound)
}

/// How many seeds there is time for.
fn seeds(normally: u64, deep: u64) -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { deep } else { normally }
}
