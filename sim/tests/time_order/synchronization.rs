//! Clocks that are set by each other.

mod active_server;
mod berkeley;
mod distributed;
mod dts;
mod ntp;
mod plain;

use super::*;
use plain::seconds;

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

/// By how many microseconds the clock of each node is ahead of the true time.
fn errors(bench: &Bench) -> Vec<i64> {
    let now = bench.world.now();
    bench.world.nodes().iter().map(|node| node.clock_at(now) - now.0.cast_signed()).collect()
}
