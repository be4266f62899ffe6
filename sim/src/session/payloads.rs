//! What events carry besides ids: requests, sides of a partition, policies, interned once a session.

use super::Session;
use crate::{
    Event, FileError, NodeId, Payload, PayloadId, Payloads, Refusal,
    order::Order as _,
    scenario::{FileEvent, event_reader},
};

impl Session {
    /// Interns a request, given as JSON, for a node of the present world.
    pub fn request(&mut self, node: NodeId, json: serde_json::Value) -> Result<Event, Refusal> {
        let seat = self.world.node(node).ok_or_else(|| Refusal(format!("There is no node {}.", node.0)))?;
        let request = seat.process().read_request(&json).map_err(Refusal)?;
        Ok(Event::Request(node, self.payloads.intern(Payload::Request(json, request))))
    }

    /// Interns a partition: the nodes of one side.
    pub fn partition(&mut self, mut side: Vec<NodeId>) -> Event {
        side.order();
        side.dedup();
        Event::Partition(self.intern(Payload::Side(side)))
    }

    /// Interns a policy, given as JSON.
    pub fn policy(&mut self, json: serde_json::Value) -> Result<Event, Refusal> {
        let Some(kind) = &self.setup.algorithm.policy else {
            return Err(Refusal("This algorithm has no policy to set.".into()));
        };
        let policy = (kind.read)(&json).map_err(Refusal)?;
        Ok(Event::SetPolicy(self.intern(Payload::Policy(json, policy))))
    }

    pub(crate) fn set_payloads(&mut self, payloads: Payloads) {
        self.payloads = payloads;
    }

    /// Interns a payload.
    pub fn intern(&mut self, payload: Payload) -> PayloadId {
        self.payloads.intern(payload)
    }

    /// The event that a file or a link names, at the present moment.
    pub fn resolve(&mut self, event: &FileEvent) -> Result<Event, FileError> {
        let mut payloads = self.payloads().clone();
        let event = event_reader(self.world(), |reader| event.resolve(reader, &mut payloads, "event"))?;
        self.set_payloads(payloads);
        Ok(event)
    }
}
