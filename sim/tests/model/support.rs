//! What the tests of the family share.

use serde_json::{Value as Json, json};
use sim::{Algorithm, Micros, Scenario, Value, World, testing::Bench};

pub fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

pub fn bench(algorithm: &'static Algorithm, fields: &Json) -> Bench {
    let mut whole = json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": ""});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Bench::new(Scenario::read(&whole.to_string()).unwrap().prepare(algorithm).unwrap())
}

/// A topic's own scenario.
pub fn own(topic: &'static Algorithm, host: &'static Algorithm, name: &str) -> Bench {
    let scenario = Scenario::embedded(topic, name).expect("it is listed").expect("it is in order");
    Bench::new(scenario.prepare(host).unwrap())
}

/// A field of a node's state.
pub fn field(world: &World, node: u32, name: &str) -> Value {
    let state = world.nodes()[node as usize].process().reflect();
    state.field(name).unwrap_or_else(|| panic!("no field {name}")).clone()
}

/// A time in the states of all nodes, summed up.
pub fn total(world: &World, name: &str) -> Micros {
    let of = |node: u32| match field(world, node, name) {
        Value::Time(time) => time.0,
        other => panic!("{name} of node {node}: {other:?}"),
    };
    Micros((0..world.nodes().len() as u32).map(of).sum())
}

/// What was counted for this cost, beside its formula.
pub fn cost(algorithm: &Algorithm, bench: &Bench, what: &str) -> Option<(u64, u64)> {
    let cost = algorithm.costs.iter().find(|cost| cost.what == what);
    (cost.unwrap_or_else(|| panic!("no cost “{what}”")).count)(&bench.world)
}

pub fn assert_costs(algorithm: &Algorithm, bench: &Bench, context: &str) {
    for cost in algorithm.costs {
        if let Some((counted, formula)) = (cost.count)(&bench.world) {
            assert!(cost.relation.holds(counted, formula), "{context}: {}: {counted} for {formula}", cost.what);
        }
    }
}
