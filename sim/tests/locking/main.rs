//! What the tests that walk the list cannot say about the lock workload and its detectors: the vectors of the reference,
//! every reachable state of small programs, and random programs against an oracle of their own, which takes the waits
//! apart instead of looking for cycles.
#![cfg(feature = "embed")]

mod detectors;
mod oracle;
mod phantom;
mod workload;

use serde_json::{Value as Json, json};
use sim::{Algorithm, Event, NodeId, Scenario, testing::Bench};

/// A vector of the reference.
fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/locking.json")).expect("the vectors are JSON");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector is called {id}"))
}

fn number(json: &Json) -> u32 {
    json.as_u64().unwrap_or_else(|| panic!("{json} is no number")) as u32
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text"))
}

fn list(json: &Json) -> &[Json] {
    json.as_array().unwrap_or_else(|| panic!("{json} is no list"))
}

fn bench(algorithm: &'static Algorithm, nodes: u32, more: &Json) -> Bench {
    let mut scenario = json!({
        "version": 1, "algorithm": algorithm.id, "name": "test", "title": "Test", "sentence": "A test.", "nodes": nodes,
    });
    for (name, value) in more.as_object().expect("an object") {
        scenario[name] = value.clone();
    }
    Bench::of_json(algorithm, scenario).unwrap_or_else(|error| panic!("{error}: {more}"))
}

/// A scenario of a topic, whatever runs in it.
fn embedded(topic: &Algorithm, name: &str) -> Bench {
    let scenario = Scenario::embedded(topic, name).unwrap_or_else(|| panic!("no scenario is called {name}"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    let algorithm = sim::algorithms::find(&scenario.algorithm).expect("it is listed");
    Bench::new(scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// Everything that was told so far, as the page shows it.
fn told(bench: &mut Bench, limit: u64) -> Vec<String> {
    let mut told = Vec::new();
    for _ in 0..limit {
        if !bench.play_one() {
            break;
        }
        told.extend(bench.step.outputs().map(|output| output.reflect().to_string()));
    }
    told
}

/// The deadlocks that were reported so far: where, and the numbers of the processes.
fn deadlocks(bench: &Bench) -> Vec<(NodeId, Vec<u32>)> {
    let mut found = Vec::new();
    for effect in &bench.step.effects {
        let sim::Effect::Output(at, output) = effect else { continue };
        if output.kind() == "Deadlock" {
            let json = output.reflect().to_json();
            let parties = list(&json["Deadlock"]);
            found.push((*at, parties.iter().map(|party| oracle::process(text(&party["process"]))).collect()));
        }
    }
    found
}

/// Plays to the end and gives all deadlocks that were reported.
fn all_deadlocks(bench: &mut Bench, limit: u64) -> Vec<(NodeId, Vec<u32>)> {
    let mut found = deadlocks(bench);
    for _ in 0..limit {
        if !bench.play_one() {
            break;
        }
        found.extend(deadlocks(bench));
    }
    found
}

fn request(bench: &mut Bench, node: u32, json: Json) -> Event {
    bench.request(node, json)
}

/// How many seeds of random programs.
fn seeds() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}
