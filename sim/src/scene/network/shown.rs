//! What the processes show, asked once a picture.

use crate::{Life, NodeId, Part, Stand, Status, World};

/// What the processes show at this moment, asked once.
pub struct Shown {
    /// Of every node.
    pub statuses: Vec<Status>,
    /// Of every node.
    pub parts: Vec<Vec<Part>>,
    /// Of every node: where the user has put its parts.
    pub stands: Vec<Vec<Stand>>,
    /// Of every node: the one above it in a tree that the algorithm keeps.
    pub above: Vec<Option<NodeId>>,
}

impl Shown {
    /// Asks every process.
    pub fn of(world: &World) -> Self {
        let here = || world.nodes().iter().map(|node| (node.life() != Life::Removed).then(|| node.process()));
        Self {
            statuses: world.statuses(),
            parts: here().map(|process| process.map_or_else(Vec::new, crate::AnyProcess::parts)).collect(),
            stands: here().map(|process| process.map_or_else(Vec::new, crate::AnyProcess::stands)).collect(),
            above: here().map(|process| process.and_then(crate::AnyProcess::above)).collect(),
        }
    }
}
