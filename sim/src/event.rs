//! What can happen: every choice of the user, the script and the network is one of these.

use crate::{Delay, LinkId, MessageId, NodeId, Rate, RequestId, TimerId, read_record, read_variants};
use serde::Serialize;

/// One thing that happens. Small and `Copy`: a run is a list of these (DESIGN, rule 1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    /// A message reaches its receiver, or is lost there because the receiver is down.
    Deliver(MessageId),
    /// A message in flight is lost.
    Drop(MessageId),
    /// A message in flight gets a copy behind it.
    Duplicate(MessageId),
    /// A message in flight is held back by the user.
    Hold(MessageId),
    /// A held message may travel on.
    Release(MessageId),
    /// A timer goes off.
    Fire(TimerId),
    /// The k-th item of the scenario's script happens.
    Script(u32),
    /// A request of the workload is put to its node.
    Arrive(RequestId),
    /// The user puts a request to a node.
    Request(NodeId, PayloadId),
    /// A node crashes: no code runs, its timers are gone.
    Crash(NodeId),
    /// A crashed node comes back with what survived.
    Recover(NodeId),
    /// A node stops handling anything, but keeps its state.
    Pause(NodeId),
    /// A paused node goes on.
    Resume(NodeId),
    /// A node joins.
    AddNode(Place),
    /// A node leaves for good: a crash with a tombstone.
    RemoveNode(NodeId),
    /// A node is drawn elsewhere.
    MoveNode(NodeId, Place),
    /// Two nodes are linked.
    AddLink(NodeId, NodeId),
    /// A link is taken away for good.
    RemoveLink(LinkId),
    /// A link goes down; what is on it or must still pass it is lost.
    CutLink(LinkId),
    /// A cut link is up again.
    MendLink(LinkId),
    /// The named nodes are separated from the others.
    Partition(PayloadId),
    /// The partition is over.
    Heal,
    /// Messages sent from now on take this long on the link.
    SetDelay(LinkId, Delay),
    /// Messages that this end sends from now on take this long on the link; the other way stays as it is.
    SetDelayFrom(LinkId, NodeId, Delay),
    /// So many in a million of the messages sent from now on are lost on the link.
    SetLoss(LinkId, u32),
    /// So many in a million of the messages sent from now on are duplicated on the link.
    SetDuplication(LinkId, u32),
    /// The order in which the link delivers.
    SetOrder(LinkId, Order),
    /// The node's software clock is set so that it differs from its hardware clock by so many microseconds.
    SetClock(NodeId, i64),
    /// The node's hardware clock runs at this rate from now on.
    SetRate(NodeId, Rate),
    /// The policy is replaced.
    SetPolicy(PayloadId),
}

/// A payload of an event, interned per session: a position in its [`Payloads`](crate::Payloads).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PayloadId(pub u32);

/// Where a node is drawn: thousandths of the stage's width and height.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Place {
    /// From the left, 0 to 1000.
    pub x: i16,
    /// From the top, 0 to 1000.
    pub y: i16,
}

read_record!(Place { x, y });

/// Whether messages of one sender to one receiver can overtake each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// They can.
    Any,
    /// First in, first out.
    Fifo,
}

read_variants!(Order { Any from "any", Fifo from "fifo" });

impl Event {
    /// Whether this is something pending that happens by itself in [Play](crate::World::next), as opposed to something
    /// that the user does to the run.
    pub fn is_pending_item(self) -> bool {
        matches!(self, Self::Deliver(_) | Self::Fire(_) | Self::Script(_) | Self::Arrive(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEMANTICS 4.
    #[test]
    fn rule_04_an_event_is_copy_and_at_most_24_bytes() {
        fn copy<T: Copy>() {}
        copy::<Event>();
        assert!(size_of::<Event>() <= 24, "{} bytes", size_of::<Event>());
    }
}
