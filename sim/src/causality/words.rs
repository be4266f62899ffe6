//! Why two events are related as they are, and what crosses a cut: in words, for the page, a screen reader and the
//! command line.

use super::{Crossing, End, Judgement, Log, Path, Relation};
use crate::{World, narrate};

/// So many messages of a path are told at either end; a longer one is told as so many.
const TOLD: usize = 3;

impl Relation {
    /// The sign between the first event and the second.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Same => "=",
            Self::Before => "→",
            Self::After => "←",
            Self::Concurrent => "∥",
        }
    }
}

impl Path {
    /// The path as a sequence, from its first event to its last.
    pub fn words(&self, log: &Log, world: &World) -> String {
        let name = |depth: u32| log.node(depth).map_or("?", |node| world.name(node));
        if self.hops.is_empty() {
            return format!("Both are events of {}, and step {} comes first.", name(self.from), self.from);
        }
        let mut words = String::new();
        let (mut at, count) = (self.from, self.hops.len());
        for (index, hop) in self.hops.iter().enumerate() {
            if count > 2 * TOLD && (TOLD..count - TOLD).contains(&index) {
                if index == TOLD {
                    words.push_str(&format!("{} more messages lead on. ", count - 2 * TOLD));
                }
                at = hop.received;
                continue;
            }
            let later = if hop.sent > at { "then " } else { "" };
            let (kind, to) = (narrate::message_kind(hop.kind), world.name(hop.to));
            let (from, sent, received) = (name(hop.sent), hop.sent, hop.received);
            words.push_str(&format!("{from} {later}sends {kind} (step {sent}), {to} receives it (step {received}). "));
            at = hop.received;
        }
        if self.to > at {
            words.push_str(&format!("{} goes on to step {}.", name(self.to), self.to));
        }
        words.trim_end().to_owned()
    }
}

impl Log {
    /// How the first event is related to the second, and why: a path, or that there is none and what each knows of the
    /// other's line.
    pub fn answer(&self, first: u32, second: u32, world: &World) -> Option<(Relation, String)> {
        let (a, b) = (self.cone(first)?, self.cone(second)?);
        let relation = b.relation(a.node, first);
        let path = |from, to| self.path(from, to).map(|path| path.words(self, world));
        let why = match relation {
            Relation::Same => "It is the same event.".into(),
            Relation::Before => path(first, second)?,
            Relation::After => path(second, first)?,
            Relation::Concurrent => {
                let knows = |of: &super::Cone, other: &super::Cone| {
                    let (name, step) = (world.name(other.node), of.depth);
                    match of.last_before(other.node) {
                        0 => format!("of {name}, step {step} knows nothing"),
                        last => {
                            format!("of {name}, step {step} knows all up to step {last}, and not step {}", other.depth)
                        }
                    }
                };
                format!("No path of messages leads from one to the other: {}; {}.", knows(&a, &b), knows(&b, &a))
            }
        };
        Some((relation, why))
    }
}

impl Crossing {
    /// The message, from whom and to whom.
    pub fn name(&self, world: &World) -> String {
        format!("{} {} → {}", narrate::message_kind(self.kind), world.name(self.message.from), world.name(self.to))
    }

    /// Why it crosses the cut backward, or that it is in transit.
    pub fn words(&self, world: &World) -> String {
        let (from, to) = (world.name(self.message.from), world.name(self.to));
        let sent = match self.sent {
            0 => "sent when the run began".to_owned(),
            sent => format!("sent by {from} at step {sent}"),
        };
        match self.end {
            End::Received(at) => format!("{sent}, received by {to} at step {at}"),
            End::Lost(at) => format!("{sent}, lost at step {at}"),
            End::UnderWay => format!("{sent}, not received yet"),
        }
    }
}

impl Judgement {
    /// The verdict in one sentence.
    pub fn words(&self) -> String {
        let messages = |count: usize| if count == 1 { "1 message".into() } else { format!("{count} messages") };
        match (self.backward.len(), self.in_transit.len()) {
            (0, 0) => "Consistent: no message crosses it.".into(),
            (0, count) => format!(
                "Consistent: whatever is received inside was sent inside. {} in transit.",
                if count == 1 { "1 message is".into() } else { format!("{} are", messages(count)) }
            ),
            (1, _) => "Not consistent: a message is received inside and sent outside.".into(),
            (count, _) => format!("Not consistent: {} are received inside and sent outside.", messages(count)),
        }
    }
}
