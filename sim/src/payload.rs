//! Payloads of events, interned per session, so that an event stays small (SEMANTICS 4).

use crate::json::Json;
use crate::{Datum, NodeId, event::PayloadId};

/// What an event carries besides ids. Requests and policies keep the JSON by which files and links name them.
#[derive(Clone, PartialEq, Debug)]
pub enum Payload {
    /// A request.
    Request(Json, Datum),
    /// The nodes on one side of a partition, in the order of their ids.
    Side(Vec<NodeId>),
    /// A policy.
    Policy(Json, Datum),
}

/// The payloads of one session.
#[derive(Clone, Default, Debug)]
pub struct Payloads(Vec<Payload>);

impl Payloads {
    /// The id of a payload; an equal one that is known already keeps its id.
    pub fn intern(&mut self, payload: Payload) -> PayloadId {
        let known = self.0.iter().position(|other| *other == payload);
        PayloadId(known.unwrap_or_else(|| {
            self.0.push(payload);
            self.0.len() - 1
        }) as u32)
    }

    /// The payload of this id.
    pub fn get(&self, id: PayloadId) -> Option<&Payload> {
        self.0.get(id.0 as usize)
    }
}
