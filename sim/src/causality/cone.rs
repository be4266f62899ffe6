//! The past and the future of one event, and the path from one to another.

use super::{Log, NONE};
use crate::{MessageId, NodeId};

/// How two events are related.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The first happened before the second: →.
    Before,
    /// The second happened before the first: ←.
    After,
    /// Neither: ∥.
    Concurrent,
}

/// What happened before one event and after it, one number a line: the past is a beginning of every line, the future an
/// end of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cone {
    /// The event.
    pub depth: u32,
    /// Its node.
    pub node: NodeId,
    /// How many events happened before it, after it, and neither.
    pub counts: [u32; 3],
    /// The last event of each line that happened before it; 0 where there is none.
    past: Vec<u32>,
    /// The first event of each line that happened after it.
    future: Vec<u32>,
}

/// Why one event happened before another: along lines, and from line to line with messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// The earlier event.
    pub from: u32,
    /// The later event.
    pub to: u32,
    /// The messages on the way, as few as there can be.
    pub hops: Vec<Hop>,
}

/// A message on a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// Which.
    pub message: MessageId,
    /// Its kind.
    pub kind: &'static str,
    /// The event that sent it.
    pub sent: u32,
    /// Who received it.
    pub to: NodeId,
    /// The event that received it.
    pub received: u32,
}

impl Cone {
    /// How an event of a line is related to the one of this cone.
    pub fn relation(&self, node: NodeId, depth: u32) -> Relation {
        if (node, depth) == (self.node, self.depth) {
            Relation::Same
        } else if depth <= self.last_before(node) {
            Relation::Before
        } else if self.future.get(node.index()).is_some_and(|&first| depth >= first) {
            Relation::After
        } else {
            Relation::Concurrent
        }
    }

    /// The first event of a line that happened after this one, where there is one.
    pub fn first_after(&self, node: NodeId) -> Option<u32> {
        self.future.get(node.index()).copied().filter(|&depth| depth < u32::MAX)
    }

    /// The last event of a line that happened before this one; 0 where there is none.
    pub fn last_before(&self, node: NodeId) -> u32 {
        self.past.get(node.index()).copied().unwrap_or(0)
    }
}

impl Log {
    /// The past and the future of an event; nothing where the step is no event of a process. One look at every event.
    pub fn cone(&self, depth: u32) -> Option<Cone> {
        let own = self.at(depth)?;
        let entry = self.entries[own as usize];
        let mut past = vec![0; self.lines()];
        past[entry.node.index()] = depth;
        self.close(&mut past, own as usize + 1);
        past[entry.node.index()] = self.entries.get(entry.before as usize).map_or(0, |before| before.depth);
        let mut future = vec![u32::MAX; self.lines()];
        future[entry.node.index()] = depth;
        for entry in &self.entries[own as usize + 1..] {
            let first = future[entry.node.index()];
            let told = || {
                let sender = self.entries[self.sender(entry)? as usize];
                Some(sender.depth >= future[sender.node.index()])
            };
            if first > entry.depth && told() == Some(true) {
                future[entry.node.index()] = entry.depth;
            }
        }
        future[entry.node.index()] = self.next_on(entry.node, depth).unwrap_or(u32::MAX);
        let mut cone = Cone { depth, node: entry.node, counts: [0; 3], past, future };
        for entry in &self.entries {
            match cone.relation(entry.node, entry.depth) {
                Relation::Same => {}
                Relation::Before => cone.counts[0] += 1,
                Relation::After => cone.counts[1] += 1,
                Relation::Concurrent => cone.counts[2] += 1,
            }
        }
        Some(cone)
    }

    /// Takes into a beginning of every line whatever happened before what is in it. Only the first `count` events are
    /// looked at.
    pub(super) fn close(&self, upto: &mut [u32], count: usize) {
        // What an event needs came before it, so one look from the latest to the first is enough.
        for entry in self.entries[..count].iter().rev() {
            if entry.depth <= upto[entry.node.index()]
                && let Some(sender) = self.sender(entry)
            {
                let sender = self.entries[sender as usize];
                let known = &mut upto[sender.node.index()];
                *known = (*known).max(sender.depth);
            }
        }
    }

    /// How the first event is related to the second; nothing where one of them is no event of a process.
    pub fn relation(&self, first: u32, second: u32) -> Option<Relation> {
        let node = self.node(first)?;
        Some(self.cone(second)?.relation(node, first))
    }

    /// A path from one event to a later one, with as few messages as there can be; nothing where there is none.
    pub fn path(&self, from: u32, to: u32) -> Option<Path> {
        let (first, last) = (self.at(from)?, self.at(to)?);
        if first > last {
            return None;
        }
        // How many messages a path to each event between the two takes; along a line it takes none.
        let mut needed = vec![NONE; (last - first + 1) as usize];
        needed[0] = 0;
        for index in first + 1..=last {
            let (line, message) = self.ways(&needed, first, index);
            needed[(index - first) as usize] = line.min(message);
        }
        if needed[(last - first) as usize] == NONE {
            return None;
        }
        let mut hops = Vec::new();
        let mut at = last;
        while at != first {
            let entry = self.entries[at as usize];
            let (line, message) = self.ways(&needed, first, at);
            if line <= message {
                at = entry.before;
                continue;
            }
            let message = self.messages[entry.cause as usize];
            at = message.sent;
            hops.push(Hop {
                message: message.id,
                kind: message.kind,
                sent: self.entries[at as usize].depth,
                to: entry.node,
                received: entry.depth,
            });
        }
        hops.reverse();
        Some(Path { from, to, hops })
    }

    /// How many messages a path to this event takes: by its line, and by the message that it received.
    fn ways(&self, needed: &[u32], first: u32, index: u32) -> (u32, u32) {
        let entry = &self.entries[index as usize];
        let of = |from: u32| {
            let place = from.checked_sub(first).filter(|_| from != NONE);
            place.and_then(|place| needed.get(place as usize)).copied().unwrap_or(NONE)
        };
        (of(entry.before), self.sender(entry).map_or(NONE, of).saturating_add(1))
    }
}
