//! Physical clocks: the vectors of the reference, every reachable state of small systems with its number, random schedules
//! with all the faults that are borne, and the planted bugs.
#![cfg(feature = "embed")]

mod clock_lines;
mod passive_server;
mod physical_clock;
mod software_clock;
mod topics;

use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Effect, Micros, NodeId, Scenario,
    testing::{Bench, Walk},
};

/// Nodes on a complete network, and what the test says besides.
fn bench(algorithm: &'static Algorithm, more: &Json) -> Bench {
    let mut json =
        json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": "", "nodes": 2});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    Bench::of_json(algorithm, json).unwrap_or_else(|error| panic!("{error}"))
}

/// A scenario of a topic, on the algorithm that it runs; without its variant where that is not wanted.
fn embedded(topic: &'static Algorithm, name: &str, variant: bool) -> Bench {
    let scenario = Scenario::embedded(topic, name).unwrap_or_else(|| panic!("no scenario {name}"));
    let mut scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    if !variant {
        scenario.variant = None;
    }
    let algorithm = sim::algorithms::find(&scenario.algorithm).unwrap_or_else(|| panic!("{name}: no algorithm"));
    Bench::new(scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/physical_clocks.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

fn seeds() -> u64 {
    if deep() { 10_000 } else { 200 }
}

/// Seconds as a vector writes them, in microseconds.
fn micros(json: &Json) -> i64 {
    (json.as_f64().unwrap_or_else(|| panic!("{json} is no number of seconds")) * 1e6).round() as i64
}

/// A time of day as a vector writes it, "10:54:28.342", in microseconds.
fn time_of_day(json: &Json) -> i64 {
    let text = json.as_str().unwrap_or_else(|| panic!("{json} is no time of day"));
    let parts: Vec<f64> = text.split(':').map(|part| part.parse().expect("a number")).collect();
    (parts.iter().fold(0.0, |sum, part| sum * 60.0 + part) * 1e6).round() as i64
}

/// What a node's clock shows.
fn clock(bench: &Bench, node: u32) -> i64 {
    bench.world.node(NodeId(node)).expect("a node").clock_at(bench.world.now())
}

/// How far a node believes that it may be wrong.
fn within(bench: &Bench, node: u32) -> Option<Micros> {
    bench.world.node(NodeId(node)).expect("a node").correction_at(bench.world.now()).within
}

/// The clocks that were set in the latest step.
fn set(bench: &Bench) -> Vec<(u32, i64, i64)> {
    let set = bench.step.effects.iter().filter_map(|effect| match effect {
        Effect::ClockSet(node, before, after) => Some((node.0, *before, *after)),
        _ => None,
    });
    set.collect()
}

fn shortest(walk: &Walk, property: &str) -> usize {
    let found = walk.broken.iter().find(|(name, _)| *name == property);
    found.unwrap_or_else(|| panic!("{property} is never broken in {} states", walk.states)).1.len()
}
