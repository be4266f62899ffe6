//! Jobs and their names.

use crate::{Micros, NodeId, PartId};
use serde::{Serialize, Serializer};
use std::fmt;

/// A job: the k-th that arrived at the machine `origin`, counted from 1. Written "1.3": the third of the first machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct JobId {
    pub origin: NodeId,
    pub number: u32,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.origin.0 + 1, self.number)
    }
}
impl Serialize for JobId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One job, wherever it is.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Job {
    pub id: JobId,
    /// How long it is in service at a machine of normal speed.
    pub demand: Micros,
    /// How much of that it still needs, beside what it has had of the slice in which it is.
    pub left: Micros,
    /// What the hardware clock of its first machine showed when it arrived. Hardware clocks agree as long as nobody
    /// changes their rates, so that its response time can be told where it ends.
    pub arrived: i64,
    /// What the clock of its machine showed when it was started or sent the last time.
    pub since: i64,
    /// How long it has travelled, and how long it was served in slices that are over.
    pub travelled: Micros,
    pub served: Micros,
    pub moves: u32,
}

impl JobId {
    /// Its number as a part, the same wherever it is.
    pub fn part(self) -> PartId {
        PartId(self.origin.0 << 16 | self.number & 0xFFFF)
    }
}

impl Job {
    /// A job that has just arrived from outside.
    pub fn new(id: JobId, demand: Micros, arrived: i64) -> Self {
        let (travelled, served) = (Micros::ZERO, Micros::ZERO);
        Self { id, demand, left: demand, arrived, since: arrived, travelled, served, moves: 0 }
    }
}

/// "1 job", "2 jobs"; put together only when somebody reads it.
pub struct Counted(pub u32, pub &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}
