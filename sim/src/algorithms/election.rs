//! Elections: one leader, and everybody knows which.

pub mod bully;
pub mod chang_roberts;
pub mod hirschberg_sinclair;
pub mod ring_list;
pub mod ring_silberschatz;

pub(crate) mod outcome;
mod round_trip;

use crate::NodeId;

/// "P1", "P1 and P2", "P1, P2 and P4".
fn list(nodes: &[NodeId]) -> String {
    joined(nodes, "and")
}

fn joined(nodes: &[NodeId], last: &str) -> String {
    let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    match names.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, start)) => format!("{} {last} {end}", start.join(", ")),
        None => "nobody".into(),
    }
}
