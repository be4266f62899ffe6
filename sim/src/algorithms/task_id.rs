//! The name of a process where the first node is nobody's: a coordinator, a server.

use crate::{NodeId, PartId};
use serde::{Serialize, Serializer};
use std::fmt;

/// A process: the k-th that was started at the node `origin`, counted from 1. Written "1.3": the third of the first user,
/// who is at the second node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TaskId {
    pub origin: NodeId,
    pub number: u32,
}

impl TaskId {
    /// Its number as a part, the same wherever it is.
    pub fn part(self) -> PartId {
        PartId(self.origin.0 << 16 | self.number & 0xFFFF)
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.origin.0, self.number)
    }
}

impl Serialize for TaskId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
