//! Events as files and links name them: by stable names, never by position in a list (SEMANTICS 4).

use super::FileError;
use crate::order::Order as _;
use crate::{
    AnyProcess, Delay, Event, LinkId, MessageId, NodeId, Order, Payload, Payloads, Place, Rate, RequestId, Setup,
    TimerId,
    json::{Json, Read, Wrong},
    read_variants,
};
use serde::Serialize;

/// An event in a file.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // each is the event of the same name
pub enum FileEvent {
    Deliver(MessageName),
    Drop(MessageName),
    Duplicate(MessageName),
    Hold(MessageName),
    Release(MessageName),
    Fire(u32, u32),
    Script(u32),
    Arrive(u32, u32),
    Request { node: u32, ask: Json },
    Crash(u32),
    Recover(u32),
    Pause(u32),
    Resume(u32),
    AddNode(Place),
    RemoveNode(u32),
    MoveNode(u32, Place),
    AddLink(u32, u32),
    RemoveLink(LinkRef),
    CutLink(LinkRef),
    MendLink(LinkRef),
    Partition(Vec<u32>),
    Heal,
    SetDelay(LinkRef, Delay),
    SetDelayFrom { link: LinkRef, from: u32, delay: Delay },
    SetLoss(LinkRef, u32),
    SetDuplication(LinkRef, u32),
    SetOrder(LinkRef, Order),
    SetClock(u32, i64),
    SetRate(u32, Rate),
    SetPolicy(Json),
}

read_variants!(FileEvent {
    Deliver(message) from "deliver", Drop(message) from "drop", Duplicate(message) from "duplicate",
    Hold(message) from "hold", Release(message) from "release", Fire(node, number) from "fire",
    Script(index) from "script", Arrive(node, number) from "arrive", Request { node, ask } from "request",
    Crash(node) from "crash", Recover(node) from "recover", Pause(node) from "pause", Resume(node) from "resume",
    AddNode(place) from "add-node", RemoveNode(node) from "remove-node", MoveNode(node, place) from "move-node",
    AddLink(a, b) from "add-link", RemoveLink(link) from "remove-link", CutLink(link) from "cut-link",
    MendLink(link) from "mend-link", Partition(side) from "partition", Heal from "heal",
    SetDelay(link, delay) from "set-delay",
    SetDelayFrom { link, from, delay } from "set-delay-from", SetLoss(link, chance) from "set-loss",
    SetDuplication(link, chance) from "set-duplication", SetOrder(link, order) from "set-order",
    SetClock(node, offset) from "set-clock", SetRate(node, rate) from "set-rate", SetPolicy(policy) from "set-policy",
});

/// A message in a file: its sender, its number, and the copy's number where it is a copy.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum MessageName {
    /// A copy.
    Copy(u32, u32, u32),
    /// An original.
    Original(u32, u32),
}

impl Read for MessageName {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match Vec::read(json).as_deref() {
            Ok(&[from, number]) => Ok(Self::Original(from, number)),
            Ok(&[from, number, copy]) => Ok(Self::Copy(from, number, copy)),
            _ => Err(Wrong::expected("a message as [sender, number] or [sender, number, copy]", json)),
        }
    }
}

/// A link in a file: its number, or its two ends.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum LinkRef {
    /// Its number.
    Number(u32),
    /// Its two ends.
    Ends(u32, u32),
}

impl Read for LinkRef {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let ends = || <(u32, u32)>::read(json).map(|(a, b)| Self::Ends(a, b));
        let expected = |_| Wrong::expected("a link's number, or its two ends as [0, 1]", json);
        u32::read(json).map(Self::Number).or_else(|_| ends()).map_err(expected)
    }
}

impl From<MessageId> for MessageName {
    fn from(id: MessageId) -> Self {
        match id.copy {
            0 => Self::Original(id.from.0, id.number),
            copy => Self::Copy(id.from.0, id.number, copy),
        }
    }
}

impl From<MessageName> for MessageId {
    fn from(name: MessageName) -> Self {
        let (from, number, copy) = match name {
            MessageName::Original(from, number) => (from, number, 0),
            MessageName::Copy(from, number, copy) => (from, number, copy),
        };
        Self { from: NodeId(from), number, copy }
    }
}

/// What reading an event needs to know: who reads requests, which links there are, who reads policies.
pub struct Reader<'a> {
    /// The process of a node.
    pub process: &'a dyn Fn(NodeId) -> Option<&'a dyn AnyProcess>,
    /// The links, in the order of their ids.
    pub links: &'a [crate::Link],
    /// The scenario.
    pub setup: &'a Setup,
}

/// Reads events against a running world.
pub(crate) fn event_reader<R>(world: &crate::World, read: impl FnOnce(&Reader<'_>) -> R) -> R {
    let process = |id: NodeId| world.node(id).map(crate::Node::process);
    read(&Reader { process: &process, links: world.links(), setup: world.setup() })
}

impl FileEvent {
    /// The event itself. `field` is where it stands, for the error.
    pub fn resolve(&self, reader: &Reader<'_>, payloads: &mut Payloads, field: &str) -> Result<Event, FileError> {
        let link = |name: LinkRef| match name {
            LinkRef::Number(number) => Ok(LinkId(number)),
            LinkRef::Ends(a, b) => {
                let ends = (NodeId(a.min(b)), NodeId(a.max(b)));
                let found = reader.links.iter().position(|link| link.ends == ends && !link.removed);
                let none = || FileError::field(field, format!("there is no link between node {a} and node {b}"));
                found.map(|index| LinkId(index as u32)).ok_or_else(none)
            }
        };
        Ok(match self {
            Self::Deliver(name) => Event::Deliver((*name).into()),
            Self::Drop(name) => Event::Drop((*name).into()),
            Self::Duplicate(name) => Event::Duplicate((*name).into()),
            Self::Hold(name) => Event::Hold((*name).into()),
            Self::Release(name) => Event::Release((*name).into()),
            Self::Fire(node, number) => Event::Fire(TimerId { node: NodeId(*node), number: *number }),
            Self::Script(k) => Event::Script(*k),
            Self::Arrive(node, number) => Event::Arrive(RequestId { node: NodeId(*node), number: *number }),
            Self::Request { node, ask } => {
                let node = NodeId(*node);
                let process = (reader.process)(node);
                let process = process.ok_or_else(|| FileError::field(field, format!("there is no node {}", node.0)))?;
                let request = process.read_request(ask).map_err(|why| FileError::field(field, why))?;
                Event::Request(node, payloads.intern(Payload::Request(ask.clone(), request)))
            }
            Self::Crash(node) => Event::Crash(NodeId(*node)),
            Self::Recover(node) => Event::Recover(NodeId(*node)),
            Self::Pause(node) => Event::Pause(NodeId(*node)),
            Self::Resume(node) => Event::Resume(NodeId(*node)),
            Self::AddNode(place) => Event::AddNode(*place),
            Self::RemoveNode(node) => Event::RemoveNode(NodeId(*node)),
            Self::MoveNode(node, place) => Event::MoveNode(NodeId(*node), *place),
            Self::AddLink(a, b) => Event::AddLink(NodeId(*a), NodeId(*b)),
            Self::RemoveLink(name) => Event::RemoveLink(link(*name)?),
            Self::CutLink(name) => Event::CutLink(link(*name)?),
            Self::MendLink(name) => Event::MendLink(link(*name)?),
            Self::Partition(side) => {
                let mut side: Vec<NodeId> = side.iter().copied().map(NodeId).collect();
                side.order();
                side.dedup();
                Event::Partition(payloads.intern(Payload::Side(side)))
            }
            Self::Heal => Event::Heal,
            Self::SetDelay(name, delay) => Event::SetDelay(link(*name)?, *delay),
            Self::SetDelayFrom { link: name, from, delay } => Event::SetDelayFrom(link(*name)?, NodeId(*from), *delay),
            Self::SetLoss(name, chance) => Event::SetLoss(link(*name)?, *chance),
            Self::SetDuplication(name, chance) => Event::SetDuplication(link(*name)?, *chance),
            Self::SetOrder(name, order) => Event::SetOrder(link(*name)?, *order),
            Self::SetClock(node, offset) => Event::SetClock(NodeId(*node), *offset),
            Self::SetRate(node, rate) => Event::SetRate(NodeId(*node), *rate),
            Self::SetPolicy(json) => {
                let Some(policy) = &reader.setup.algorithm.policy else {
                    return Err(FileError::field(field, "this algorithm has no policy to set"));
                };
                let read = (policy.read)(json).map_err(|why| FileError::field(field, why))?;
                Event::SetPolicy(payloads.intern(Payload::Policy(json.clone(), read)))
            }
        })
    }

    /// How a file names an event.
    pub fn of(event: Event, payloads: &Payloads) -> Self {
        let request = |id| match payloads.get(id) {
            Some(Payload::Request(json, _) | Payload::Policy(json, _)) => json.clone(),
            _ => Json::Null,
        };
        let link = |id: LinkId| LinkRef::Number(id.0);
        match event {
            Event::Deliver(id) => Self::Deliver(id.into()),
            Event::Drop(id) => Self::Drop(id.into()),
            Event::Duplicate(id) => Self::Duplicate(id.into()),
            Event::Hold(id) => Self::Hold(id.into()),
            Event::Release(id) => Self::Release(id.into()),
            Event::Fire(id) => Self::Fire(id.node.0, id.number),
            Event::Script(k) => Self::Script(k),
            Event::Arrive(id) => Self::Arrive(id.node.0, id.number),
            Event::Request(node, id) => Self::Request { node: node.0, ask: request(id) },
            Event::Crash(node) => Self::Crash(node.0),
            Event::Recover(node) => Self::Recover(node.0),
            Event::Pause(node) => Self::Pause(node.0),
            Event::Resume(node) => Self::Resume(node.0),
            Event::AddNode(place) => Self::AddNode(place),
            Event::RemoveNode(node) => Self::RemoveNode(node.0),
            Event::MoveNode(node, place) => Self::MoveNode(node.0, place),
            Event::AddLink(a, b) => Self::AddLink(a.0, b.0),
            Event::RemoveLink(id) => Self::RemoveLink(link(id)),
            Event::CutLink(id) => Self::CutLink(link(id)),
            Event::MendLink(id) => Self::MendLink(link(id)),
            Event::Partition(id) => Self::Partition(match payloads.get(id) {
                Some(Payload::Side(side)) => side.iter().map(|node| node.0).collect(),
                _ => vec![],
            }),
            Event::Heal => Self::Heal,
            Event::SetDelay(id, delay) => Self::SetDelay(link(id), delay),
            Event::SetDelayFrom(id, from, delay) => Self::SetDelayFrom { link: link(id), from: from.0, delay },
            Event::SetLoss(id, chance) => Self::SetLoss(link(id), chance),
            Event::SetDuplication(id, chance) => Self::SetDuplication(link(id), chance),
            Event::SetOrder(id, order) => Self::SetOrder(link(id), order),
            Event::SetClock(node, offset) => Self::SetClock(node.0, offset),
            Event::SetRate(node, rate) => Self::SetRate(node.0, rate),
            Event::SetPolicy(id) => Self::SetPolicy(request(id)),
        }
    }
}
