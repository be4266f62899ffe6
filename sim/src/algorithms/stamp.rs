//! Stamps that put everything in one order: a number first, then an id, so that no two are equal and all processes sort
//! them alike.

use crate::NodeId;
use serde::Serialize;
use std::fmt;

/// What orders requests and messages: the number first, then the id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(super) struct Stamp {
    pub(super) ts: u64,
    pub(super) id: NodeId,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.ts, self.id)
    }
}
