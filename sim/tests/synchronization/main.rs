//! Clocks that are set by each other: the vectors of the reference, every reachable state of small systems with its number,
//! random schedules, and the planted bugs.
#![cfg(feature = "embed")]

mod plain;

use serde_json::Value as Json;

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/synchronization.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// A number of a vector as a whole number of thousandths.
fn thousandths(json: &Json) -> i64 {
    (json.as_f64().unwrap_or_else(|| panic!("{json} is no number")) * 1_000.0).round() as i64
}

fn list(json: &Json) -> &[Json] {
    json.as_array().unwrap_or_else(|| panic!("{json} is no list"))
}
