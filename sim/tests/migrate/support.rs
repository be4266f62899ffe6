//! What the tests of the family share.

use serde_json::{Value as Json, json};
use sim::{Algorithm, Scenario, Value, algorithms::find, testing::Bench};

pub const STRATEGIES: [&str; 5] = ["eager-all", "precopy", "eager-dirty", "copy-on-reference", "flushing"];

pub fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

/// The topic of a strategy.
pub fn topic(strategy: &str) -> &'static Algorithm {
    find(&format!("migrate/{strategy}")).unwrap()
}

/// Source, target and file server, with these fields of a scenario.
pub fn bench(strategy: &str, fields: &Json) -> Bench {
    let algorithm = topic(strategy);
    let mut whole =
        json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": "", "nodes": 3});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Bench::new(Scenario::read(&whole.to_string()).unwrap().prepare(algorithm).unwrap())
}

pub fn migrate(to: u32) -> Json {
    json!({"Migrate": {"to": to}})
}

pub fn vector(id: &str) -> Json {
    let vectors: Vec<Json> = serde_json::from_str(include_str!("../vectors/migrate.json")).unwrap();
    vectors.iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}")).clone()
}

/// What a run tells from the latest step on, by the kinds of outputs, each as a tree.
pub fn play(bench: &mut Bench) -> Vec<(&'static str, Value)> {
    let mut told = Vec::new();
    loop {
        told.extend(bench.step.outputs().map(|output| (output.kind(), output.reflect())));
        if !bench.play_one() {
            return told;
        }
    }
}

/// The number in this field of each output of this kind.
pub fn numbers(told: &[(&'static str, Value)], kind: &str, field: &str) -> Vec<u64> {
    let of_kind = told.iter().filter(|(known, _)| *known == kind);
    of_kind
        .map(|(_, output)| match output.field(field) {
            Some(Value::Int(number)) => *number as u64,
            Some(Value::Time(time)) => time.0,
            other => panic!("{field} of {kind}: {other:?}"),
        })
        .collect()
}
