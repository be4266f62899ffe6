//! The names of things: nodes, links, messages, timers, requests.
//!
//! No id depends on the interleaving (SEMANTICS 2): a message is its sender and that sender's k-th send, a timer its
//! node and that node's k-th set. Ids are never reused; what is removed leaves a tombstone.

use crate::json::{Json, Read, Wrong};
use serde::Serialize;
use std::fmt;

/// A node, numbered from 0 in the order in which it joined.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The position of this node in tables that have a row a node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{}", self.0)
    }
}

/// A link, numbered from 0 in the order in which it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct LinkId(pub u32);

impl LinkId {
    /// The position of this link in tables that have a row a link.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A message: the k-th send of its sender, with a copy number for duplicates (0 is the original).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct MessageId {
    /// Who sent it.
    pub from: NodeId,
    /// How many messages this sender had sent before.
    pub number: u32,
    /// 0 for the original, then 1, 2, … for its duplicates.
    pub copy: u32,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}.{}", self.from, self.number)?;
        if self.copy > 0 { write!(f, " (copy {})", self.copy) } else { Ok(()) }
    }
}

/// A timer: the k-th that its node has set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct TimerId {
    /// Whose timer.
    pub node: NodeId,
    /// How many timers this node had set before.
    pub number: u32,
}

/// A request: the k-th that was put to its node, by the user, the script or the workload.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct RequestId {
    /// Whose request.
    pub node: NodeId,
    /// How many requests were put to this node before.
    pub number: u32,
}

impl Read for NodeId {
    fn read(json: &Json) -> Result<Self, Wrong> {
        u32::read(json).map(Self)
    }
}
