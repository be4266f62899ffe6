//! What happened before what, exactly and on a whole run: Lamport's relation, read from what happened and from nothing
//! else, so that it holds for every algorithm, with any number of nodes, on any branch (SEMANTICS 22).
//!
//! A [`Log`] keeps, for each event of a process, the one before it on its line and the message that led to it. The causal
//! past of an event is a beginning of every line and its future an end of every line, so both are one number a node
//! ([`Cone`]); whether a cut is consistent is one look at every message ([`Cut`]).

mod claims;
mod cone;
mod cut;
mod words;

pub use claims::{Claim, Claimed, Search};
pub use cone::{Cone, Hop, Path, Relation};
pub use cut::{Crossing, Cut, Judgement, Stay};

use crate::sorted::Map;
use crate::{Cause, Effect, Event, MessageId, MomentId, NodeId, Session, Setup, Step};
use std::sync::Arc;

/// No entry, no message.
const NONE: u32 = u32::MAX;
/// Steps between two stops: as many as between two checkpoints of a session, so that reading on replays nothing twice.
const STOP_EVERY: u32 = 1024;

/// An event of a process.
#[derive(Clone, Copy)]
struct Entry {
    depth: u32,
    node: NodeId,
    /// The event before it on its line.
    before: u32,
    /// The message that it received.
    cause: u32,
}

/// A message.
#[derive(Clone, Copy)]
struct Message {
    id: MessageId,
    to: NodeId,
    kind: &'static str,
    /// The event that sent it; none where the run began with it under way.
    sent: u32,
    /// The step in which it came to be: a copy may come later than its original.
    made: u32,
    end: End,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It has neither arrived nor been lost in this run.
    UnderWay,
    /// It was received by the event of this depth.
    Received(u32),
    /// It was lost in the step of this depth.
    Lost(u32),
}

/// A moment of the line that was read, by which it is known again.
#[derive(Clone, Copy)]
struct Stop {
    id: MomentId,
    depth: u32,
}

/// Who sent what to whom, and in which order things happened at each node: of the branch in view, up to its end.
#[derive(Clone, Default)]
pub struct Log {
    /// Whose run it is.
    setup: Option<Arc<Setup>>,
    entries: Vec<Entry>,
    messages: Vec<Message>,
    /// The messages of each sender, in the order of their numbers.
    numbered: Vec<Vec<u32>>,
    /// Messages that came twice: few.
    copies: Map<MessageId, u32>,
    /// The latest event of each line.
    latest: Vec<u32>,
    /// Where processes told that they recorded their state, in order.
    recorded: Vec<(NodeId, u32)>,
    stops: Vec<Stop>,
    upto: u32,
    changes: u64,
}

/// The node at which a step was an event of the process; nothing for what happens to the network, and for what reaches
/// a node that does not hear it.
pub fn place(step: &Step, setup: &Setup) -> Option<NodeId> {
    // Whoever runs a handler ticks.
    let ran = step.stamps.event.lamport > 0;
    let done = matches!(
        setup.unscripted(step.event?),
        Event::Crash(_)
            | Event::Recover(_)
            | Event::Pause(_)
            | Event::Resume(_)
            | Event::SetClock(..)
            | Event::SetRate(..)
            | Event::AddNode(_)
            | Event::RemoveNode(_)
    );
    step.node.filter(|_| ran || done)
}

impl Log {
    /// The whole branch in view, at once.
    pub fn of(session: &Session) -> Self {
        let mut log = Self::default();
        while !log.follow(session) {}
        log
    }

    /// Reads on where it has stopped, a bounded stretch at a time: keeps what is the same, forgets what is not on the
    /// branch any more. Gives whether it has read all.
    pub fn follow(&mut self, session: &Session) -> bool {
        if !self.setup.as_ref().is_some_and(|setup| Arc::ptr_eq(setup, session.setup())) {
            *self = Self { setup: Some(Arc::clone(session.setup())), changes: self.changes + 1, ..Self::default() };
            self.observe(0, &session.beginning());
        }
        self.forget_other_branches(session);
        let end = session.end();
        if self.upto == end {
            return true;
        }
        if self.upto + 1 == end && session.depth() == end {
            // One step more, and it is at hand.
            self.observe(end, session.step());
            self.upto = end;
        }
        let until = end.min((self.upto / STOP_EVERY + 1) * STOP_EVERY);
        session.visit(self.upto + 1..until + 1, &mut |depth, step, _| self.observe(depth, step));
        self.upto = until;
        self.changes += 1;
        self.stop(session);
        until == end
    }

    /// How many steps it has read.
    pub fn len(&self) -> u32 {
        self.upto
    }
    /// Whether it has read nothing yet.
    pub fn is_empty(&self) -> bool {
        self.upto == 0
    }
    /// A number that is different whenever it has read on or forgotten something.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    fn stop(&mut self, session: &Session) {
        let line = session.line();
        let index = line.partition_point(|&id| session.moment(id).depth < self.upto);
        if let Some(&id) = line.get(index).filter(|&&id| session.moment(id).depth == self.upto) {
            // The tip moves on; what stands at a checkpoint stays.
            self.stops.pop_if(|stop| !stop.depth.is_multiple_of(STOP_EVERY));
            self.stops.push(Stop { id, depth: self.upto });
        }
    }

    fn forget_other_branches(&mut self, session: &Session) {
        let line = session.line();
        let same = |stop: &Stop| {
            let index = line.partition_point(|&id| session.moment(id).depth < stop.depth);
            line.get(index).is_some_and(|&id| id == stop.id && session.moment(id).depth == stop.depth)
        };
        if self.stops.last().map_or(self.upto == 0, |stop| stop.depth == self.upto && same(stop)) {
            return;
        }
        let known = self.stops.partition_point(same);
        self.stops.truncate(known);
        self.truncate(self.stops.last().map_or(0, |stop| stop.depth));
    }

    /// Forgets what came after so many steps.
    fn truncate(&mut self, depth: u32) {
        let kept = self.entries.partition_point(|entry| entry.depth <= depth);
        self.entries.truncate(kept);
        self.messages.truncate(self.messages.partition_point(|message| message.made <= depth));
        for message in &mut self.messages {
            message.end = match message.end {
                End::Received(at) | End::Lost(at) if at > depth => End::UnderWay,
                end => end,
            };
        }
        let count = self.messages.len() as u32;
        for numbers in &mut self.numbered {
            numbers.retain(|&index| index < count);
        }
        self.copies.retain(|_, index| *index < count);
        self.recorded.retain(|&(_, at)| at <= depth);
        self.latest.fill(NONE);
        for (index, entry) in self.entries.iter().enumerate() {
            self.latest[entry.node.index()] = index as u32;
        }
        self.upto = depth;
        self.changes += 1;
    }

    fn observe(&mut self, depth: u32, step: &Step) {
        let Some(setup) = self.setup.clone() else { return };
        if let Some(node) = place(step, &setup) {
            let cause = match &step.cause {
                Cause::Message { id, .. } => self.find(*id),
                _ => NONE,
            };
            self.enter(depth, node, cause);
            if let Some(message) = self.messages.get_mut(cause as usize) {
                message.end = End::Received(depth);
            }
        }
        for effect in &step.effects {
            match effect {
                Effect::Sent { id, to, payload, .. } => self.send(depth, *id, *to, payload.kind()),
                Effect::Lost { id, .. } => {
                    let index = self.find(*id) as usize;
                    if let Some(message) = self.messages.get_mut(index) {
                        message.end = End::Lost(depth);
                    }
                }
                Effect::Output(node, output) if setup.algorithm.records == Some(output.kind()) => {
                    self.recorded.push((*node, depth));
                }
                _ => {}
            }
        }
    }

    fn enter(&mut self, depth: u32, node: NodeId, cause: u32) {
        if self.latest.len() <= node.index() {
            self.latest.resize(node.index() + 1, NONE);
        }
        let before = std::mem::replace(&mut self.latest[node.index()], self.entries.len() as u32);
        self.entries.push(Entry { depth, node, before, cause });
    }

    fn send(&mut self, depth: u32, id: MessageId, to: NodeId, kind: &'static str) {
        let index = self.messages.len() as u32;
        if id.copy > 0 {
            // A copy was sent where its original was.
            let original = self.find(MessageId { copy: 0, ..id });
            let sent = self.messages.get(original as usize).map_or(NONE, |message| message.sent);
            self.messages.push(Message { id, to, kind, sent, made: depth, end: End::UnderWay });
            self.copies.insert(id, index);
            return;
        }
        let sender = id.from.index();
        if depth > 0 && self.latest(id.from).is_none_or(|entry| entry.depth < depth) {
            // Members that hear of a change send in the step of another.
            self.enter(depth, id.from, NONE);
        }
        let sent = if depth > 0 { self.latest[sender] } else { NONE };
        self.messages.push(Message { id, to, kind, sent, made: depth, end: End::UnderWay });
        if self.numbered.len() <= sender {
            self.numbered.resize(sender + 1, vec![]);
        }
        self.numbered[sender].push(index);
    }

    fn latest(&self, node: NodeId) -> Option<Entry> {
        let index = *self.latest.get(node.index())?;
        self.entries.get(index as usize).copied()
    }

    fn find(&self, id: MessageId) -> u32 {
        if id.copy > 0 {
            return self.copies.get(&id).copied().unwrap_or(NONE);
        }
        let numbers = self.numbered.get(id.from.index());
        numbers.and_then(|numbers| numbers.get(id.number as usize)).copied().unwrap_or(NONE)
    }

    /// The entry of the event of a depth: the one of its own node, where others hear of it, too.
    fn at(&self, depth: u32) -> Option<u32> {
        let index = self.entries.partition_point(|entry| entry.depth < depth);
        self.entries.get(index).filter(|entry| entry.depth == depth).map(|_| index as u32)
    }

    /// The entry that sent what this one received.
    fn sender(&self, entry: &Entry) -> Option<u32> {
        let message = self.messages.get(entry.cause as usize)?;
        Some(message.sent).filter(|&sent| sent != NONE)
    }

    /// The node at which the step of this depth was an event.
    pub fn node(&self, depth: u32) -> Option<NodeId> {
        self.at(depth).map(|index| self.entries[index as usize].node)
    }

    /// How many lines there are.
    fn lines(&self) -> usize {
        let setup = self.setup.as_ref().map_or(0, |setup| setup.nodes.len());
        self.latest.len().max(setup)
    }

    /// The last event of a line that is not after this depth; 0 where there is none.
    pub fn floor(&self, node: NodeId, depth: u32) -> u32 {
        let index = self.entries.partition_point(|entry| entry.depth <= depth);
        self.entries[..index].iter().rev().find(|entry| entry.node == node).map_or(0, |entry| entry.depth)
    }

    /// The events of a line, in order.
    pub fn line(&self, node: NodeId) -> Vec<u32> {
        self.entries.iter().filter(|entry| entry.node == node).map(|entry| entry.depth).collect()
    }

    /// The first event of a line that is after this depth.
    pub fn next_on(&self, node: NodeId, depth: u32) -> Option<u32> {
        let index = self.entries.partition_point(|entry| entry.depth <= depth);
        self.entries[index..].iter().find(|entry| entry.node == node).map(|entry| entry.depth)
    }
}
