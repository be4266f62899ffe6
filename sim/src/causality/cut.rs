//! Cuts: a beginning of every line, and whether it could have been the state at one moment.

use super::{End, Log, NONE};
use crate::order::Order as _;
use crate::{MessageId, NodeId};

/// A beginning of every line: how far each node has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cut {
    /// The depth up to which the events of each line are inside.
    upto: Vec<u32>,
}

/// A message that crosses a cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Crossing {
    /// Which.
    pub message: MessageId,
    /// Its kind.
    pub kind: &'static str,
    /// To whom it goes.
    pub to: NodeId,
    /// The event that sent it; 0 where the run began with it.
    pub sent: u32,
    /// What became of it.
    pub end: End,
}

/// What is to be said of a cut.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judgement {
    /// Messages that are received inside and sent outside: there is none exactly if the cut is consistent.
    pub backward: Vec<Crossing>,
    /// Messages that are sent inside and not received there: the state of the channels.
    pub in_transit: Vec<Crossing>,
}

/// When something was so at one node: from the event of one depth to just before the event behind the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stay {
    /// The first depth at which a cut may stand.
    pub from: u32,
    /// The last one.
    pub to: u32,
}

impl Judgement {
    /// Whether it could have been the state at one moment.
    pub fn is_consistent(&self) -> bool {
        self.backward.is_empty()
    }
}

impl Cut {
    /// The cut that stands at one depth on every line: what there was at a real moment.
    pub fn at(depth: u32, lines: usize) -> Self {
        Self { upto: vec![depth; lines] }
    }

    /// How far a line is inside.
    pub fn upto(&self, node: NodeId) -> u32 {
        self.upto.get(node.index()).copied().unwrap_or(0)
    }

    /// How many lines it knows.
    pub fn lines(&self) -> usize {
        self.upto.len()
    }

    /// The same cut with one line moved.
    #[must_use]
    pub fn moved(mut self, node: NodeId, depth: u32) -> Self {
        if self.upto.len() <= node.index() {
            self.upto.resize(node.index() + 1, 0);
        }
        self.upto[node.index()] = depth;
        self
    }
}

impl Log {
    /// The cut that an algorithm has recorded, as far as it goes: it runs just before the event at which each node told
    /// so, so that what is in transit is what the channels held. Where it was told more than once, the latest one.
    /// Nothing for a line on which nothing was recorded up to the step `now`.
    pub fn recorded(&self, now: u32) -> Vec<(NodeId, u32)> {
        let mut cuts: Vec<Vec<(NodeId, u32)>> = Vec::new();
        let mut told = vec![0_usize; self.lines()];
        for &(node, depth) in self.recorded.iter().filter(|(_, depth)| *depth <= now) {
            let Some(count) = told.get_mut(node.index()) else { continue };
            if cuts.len() <= *count {
                cuts.push(vec![]);
            }
            cuts[*count].push((node, depth.saturating_sub(1)));
            *count += 1;
        }
        let mut latest = cuts.pop().unwrap_or_default();
        latest.order();
        latest
    }

    /// A recorded cut as one that can be judged; nothing while a line is missing.
    pub fn recorded_cut(&self, now: u32) -> Option<Cut> {
        let recorded = self.recorded(now);
        let whole = recorded.len() == self.lines() && !recorded.is_empty();
        let cut = Cut::at(0, self.lines());
        whole.then(|| recorded.into_iter().fold(cut, |cut, (node, depth)| cut.moved(node, depth)))
    }

    /// Whether a cut is consistent, and what crosses it. One look at every message.
    pub fn judge(&self, cut: &Cut) -> Judgement {
        let mut judgement = Judgement::default();
        for message in &self.messages {
            let sent = self.entries.get(message.sent as usize).map_or(0, |entry| entry.depth);
            let inside = message.sent == NONE || sent <= cut.upto(message.id.from);
            let ended = |depth: u32| depth <= cut.upto(message.to);
            let crosses = match (inside, message.end) {
                (false, End::Received(depth)) if ended(depth) => &mut judgement.backward,
                // What is lost at its sending is never under way; what is lost later ends on the line of its receiver.
                (true, End::Lost(depth)) if depth == sent || ended(depth) => continue,
                (true, End::Received(depth)) if ended(depth) => continue,
                (true, _) => &mut judgement.in_transit,
                (false, _) => continue,
            };
            let (id, to, kind, end) = (message.id, message.to, message.kind, message.end);
            crosses.push(Crossing { message: id, kind, to, sent, end });
        }
        judgement
    }

    /// The largest consistent cut inside this one: what is received without its sending is left out, and all behind it.
    #[must_use]
    pub fn mended(&self, cut: &Cut) -> Cut {
        let mut cut = self.with_all_lines(cut);
        for entry in &self.entries {
            let Some(sender) = self.sender(entry).map(|sender| self.entries[sender as usize]) else { continue };
            if entry.depth <= cut.upto(entry.node) && sender.depth > cut.upto(sender.node) {
                let before = self.entries.get(entry.before as usize).map_or(0, |before| before.depth);
                cut.upto[entry.node.index()] = before;
            }
        }
        cut
    }

    /// The same cut with all that led to what is inside.
    pub(super) fn closed(&self, cut: &Cut) -> Cut {
        let mut cut = self.with_all_lines(cut);
        self.close(&mut cut.upto, self.entries.len());
        cut
    }

    fn with_all_lines(&self, cut: &Cut) -> Cut {
        let mut cut = cut.clone();
        cut.upto.resize(self.lines().max(cut.upto.len()), 0);
        cut
    }

    /// The least consistent cut that stands, on each of the named lines, in one of its stays: a state in which all of
    /// them could have been so at once. Nothing where no consistent cut contains them, which proves that they never
    /// were. (Garg and Waldecker's detection of a conjunction of local predicates.)
    pub fn possibly(&self, wanted: &[(NodeId, Vec<Stay>)]) -> Option<Cut> {
        let mut cut = self.with_all_lines(&Cut::default());
        loop {
            let before = cut.clone();
            for (node, stays) in wanted {
                let at = cut.upto(*node);
                // A stay that ends before what the others need is over: only a later one can be part of it.
                let stay = stays.iter().find(|stay| stay.to >= at)?;
                cut = cut.moved(*node, at.max(stay.from));
            }
            self.close(&mut cut.upto, self.entries.len());
            if cut == before {
                return Some(cut);
            }
        }
    }
}
