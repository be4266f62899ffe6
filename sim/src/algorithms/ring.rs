//! A logical ring: who comes after whom, whatever the links are.

use crate::{
    Datum, NodeId, Setup,
    algorithm::{Parameter, Unit},
    json::{Json, Read as _},
    random::{Purpose, below, draw},
    read_record,
};
use serde::Serialize;

/// How the ids stand round the ring, seen in the direction in which messages travel, where the scenario's `config` does
/// not say it: each higher than the one before, each lower, or drawn by the seed.
pub const PLACEMENT: Parameter = Parameter {
    name: "placement",
    label: "ids along the ring",
    unit: Unit::Choice(&["rising", "falling", "shuffled"]),
    min: 0,
    max: 2,
    default: 0,
};

/// The scenario's `config`: `{"ring": [2, 1, 0]}`, every node once, in the direction in which messages travel.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    ring: Vec<u32>,
}

read_record!(Config { ring });

/// Reads the scenario's `config`.
pub fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected =
        || format!("expected {{\"ring\": […]}} with every number from 0 to {} once", nodes.saturating_sub(1));
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    let complete = (0..nodes).all(|node| config.ring.contains(&node)) && config.ring.len() == nodes as usize;
    if complete { Ok(Some(Datum::new(config))) } else { Err(expected()) }
}

/// The nodes in the order of the ring: as the `config` says, else as [`PLACEMENT`] says, else in the order of their ids.
pub fn of(setup: &Setup) -> Vec<NodeId> {
    if let Some(config) = setup.config::<Config>() {
        return config.ring.iter().copied().map(NodeId).collect();
    }
    let mut ring: Vec<NodeId> = (0..setup.nodes.len() as u32).map(NodeId).collect();
    match setup.parameter(PLACEMENT.name) {
        1 => ring.reverse(),
        2 => {
            for last in (1..ring.len()).rev() {
                let bits = draw(setup.seed, Purpose::Workload, (u64::MAX, 0), last as u64);
                ring.swap(last, below(bits, last as u64 + 1) as usize);
            }
        }
        _ => {}
    }
    ring
}

/// Who comes so many places after this node; a negative number counts backward.
pub fn at(ring: &[NodeId], node: NodeId, places: i32) -> NodeId {
    let position = ring.iter().position(|&other| other == node).unwrap_or(0) as i32;
    ring.get((position + places).rem_euclid(ring.len().max(1) as i32) as usize).copied().unwrap_or(node)
}

/// The next of the ring after this node.
pub fn after(ring: &[NodeId], node: NodeId) -> NodeId {
    at(ring, node, 1)
}

/// The next of the ring after this node that is not passed over; the node itself where nobody else is left.
pub fn after_skipping(ring: &[NodeId], node: NodeId, skipped: &[NodeId]) -> NodeId {
    let others = (1..ring.len() as i32).map(|places| at(ring, node, places));
    others.into_iter().find(|next| !skipped.contains(next)).unwrap_or(node)
}
