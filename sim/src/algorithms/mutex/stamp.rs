//! The queue that stamped requests form, and what is said of it.

use crate::{
    Datum, NodeId, Violation,
    json::{Json, Read as _},
    read_record,
};
use serde::Serialize;

pub(super) use crate::algorithms::stamp::Stamp;

pub(super) const IN_ORDER: &str = "the critical section goes to the smallest stamp";

/// Requests in the order of their stamps.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub(super) struct StampedQueue(Vec<Stamp>);

impl StampedQueue {
    /// Puts a request where it belongs; one that is there already stays once.
    pub(super) fn insert(&mut self, stamp: Stamp) {
        if let Err(place) = self.0.binary_search(&stamp) {
            self.0.insert(place, stamp);
        }
    }
    /// Takes the requests of a process away.
    pub(super) fn remove(&mut self, id: NodeId) {
        self.0.retain(|stamp| stamp.id != id);
    }
    /// Takes the first request away.
    pub(super) fn pop(&mut self) -> Option<Stamp> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
    /// The first request.
    pub(super) fn head(&self) -> Option<Stamp> {
        self.0.first().copied()
    }
    /// The request of a process.
    pub(super) fn of(&self, id: NodeId) -> Option<Stamp> {
        self.0.iter().find(|stamp| stamp.id == id).copied()
    }
    /// The requests before this one.
    pub(super) fn before(&self, stamp: Stamp) -> impl Iterator<Item = Stamp> {
        self.0.iter().copied().take_while(move |&other| other < stamp)
    }
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The scenario's `config`: `{"clocks": [7, 0, 11]}`, the numbers that the processes have seen before the run.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Clocks {
    pub(super) clocks: Vec<u64>,
}

read_record!(Clocks { clocks });

/// Reads `{"clocks": […]}`.
pub(super) fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = || format!("expected {{\"clocks\": […]}} with {nodes} numbers from 0 to 1000000");
    let config = Clocks::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    let fits = config.clocks.len() == nodes as usize && config.clocks.iter().all(|&clock| clock <= 1_000_000);
    if fits { Ok(Some(Datum::new(config))) } else { Err(expected()) }
}

/// Nobody with a smaller stamp waits while somebody is inside: the greatest of those inside, and the smallest of those that
/// wait.
pub(super) fn smallest_is_inside(inside: Option<Stamp>, waiting: Option<Stamp>) -> Result<(), Violation> {
    let (Some(inside), Some(waiting)) = (inside, waiting) else { return Ok(()) };
    if inside < waiting {
        return Ok(());
    }
    let ids = (inside.id, waiting.id);
    let why = format!("{} is inside with {inside}, while {} waits with {waiting}, which is before it.", ids.0, ids.1);
    Err(Violation::new(why, [ids.0, ids.1]))
}
