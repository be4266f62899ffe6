//! What one event did: enough to tell it, to draw it and to judge it.

use crate::{Assumption, Datum, Event, MessageId, Micros, NodeId, TimerId};
use std::sync::Arc;

/// What one event did.
#[derive(Clone, Default)]
pub struct Step {
    /// The event; nothing for the start of the run.
    pub event: Option<Event>,
    /// The time before.
    pub before: Micros,
    /// The time at which it happened.
    pub at: Micros,
    /// The node at which it happened, if at one.
    pub node: Option<NodeId>,
    /// What the node was given.
    pub cause: Cause,
    /// What came of it, in order.
    pub effects: Vec<Effect>,
    /// The stamps of the event itself and of what it sent.
    pub stamps: Stamps,
    /// The assumption that it broke, if any.
    pub broke: Option<Assumption>,
    /// Lines of the pseudocode that were run. Empty unless [`Step::recording`].
    pub lines: Vec<&'static str>,
    /// Sentences for the learner. Empty unless [`Step::recording`].
    pub notes: Vec<String>,
    /// Whether lines and notes are wanted.
    pub recording: bool,
}

impl Step {
    /// A buffer that also takes lines and notes.
    pub fn recorder() -> Self {
        Self { recording: true, ..Self::default() }
    }

    /// Empties the buffer, keeping its room.
    pub(crate) fn clear(&mut self) {
        self.event = None;
        self.node = None;
        self.cause = Cause::Nothing;
        self.effects.clear();
        self.stamps = Stamps::default();
        self.broke = None;
        self.lines.clear();
        self.notes.clear();
    }

    /// Whether this is no event but the start of the run.
    pub fn is_start(&self) -> bool {
        self.event.is_none()
    }

    /// What the process told the user in this step.
    pub fn outputs(&self) -> impl Iterator<Item = &Datum> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Output(_, output) => Some(output),
            _ => None,
        })
    }
}

/// What a node was given.
#[derive(Clone, Default)]
pub enum Cause {
    /// Nothing: a fault, an edit.
    #[default]
    Nothing,
    /// A message.
    Message {
        /// Which.
        id: MessageId,
        /// What it says.
        payload: Datum,
        /// When it was sent.
        sent_at: Micros,
    },
    /// A timer.
    Timer(Datum),
    /// A request.
    Request(Datum),
}

/// Something that came of an event.
#[derive(Clone)]
pub enum Effect {
    /// A message was sent.
    Sent {
        /// Which.
        id: MessageId,
        /// To whom.
        to: NodeId,
        /// What it says.
        payload: Datum,
        /// When it is due.
        due: Micros,
    },
    /// A message was lost.
    Lost {
        /// Which.
        id: MessageId,
        /// To whom it was going.
        to: NodeId,
        /// What it said.
        payload: Datum,
        /// Why, as a clause: "the link is cut".
        why: &'static str,
    },
    /// A timer was set.
    TimerSet(TimerId, Micros),
    /// The process told the user something.
    Output(NodeId, Datum),
    /// The process set its clock: what it showed before and shows now, at the same instant.
    ClockSet(NodeId, i64, i64),
}

/// The stamps of an event.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Stamps {
    /// Of the event itself.
    pub event: Stamp,
    /// Of what it sent: the same as the event's for a request or a timer, one more after a receipt.
    pub sent: Option<Stamp>,
}

/// The logical time of an event.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Lamport's.
    pub lamport: u64,
    /// The vector, where vectors are kept.
    pub vector: Option<Arc<[u32]>>,
}
