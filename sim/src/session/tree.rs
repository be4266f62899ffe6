//! The tree of moments: parent, event, and pointers to children; 64 bytes a moment at most.

use crate::{Event, Micros};
use std::ops::Index;

/// A moment of a session. Ids of folded moments are used again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MomentId(pub u32);

impl MomentId {
    /// The start of the run.
    pub const START: Self = Self(0);
    const NONE: Self = Self(u32::MAX);

    fn known(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// A moment: what led to it, not what it looks like.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The moment before; the start is its own parent.
    pub parent: MomentId,
    first_child: MomentId,
    next_sibling: MomentId,
    /// The child that was visited last: where *forward* leads.
    favourite: MomentId,
    /// What happened; nothing at the start.
    pub event: Option<Event>,
    /// The time after it.
    pub time: Micros,
    /// How many steps it is from the start.
    pub depth: u32,
    /// How many steps of Play were folded into it: they come before its own event.
    pub folded: u32,
    flags: u8,
}

impl Moment {
    /// Its event is what Play took.
    pub const PLAYED: u8 = 1;
    /// A process told something that Play may pause for.
    pub const MILESTONE: u8 = 2;
    /// A property was broken or mended.
    pub const VERDICT: u8 = 4;
    /// It has a name.
    pub const BOOKMARK: u8 = 8;

    /// Whether its event is what Play took, as opposed to a decision.
    pub fn is_played(&self) -> bool {
        self.flags & Self::PLAYED != 0
    }
    /// Whether it carries any of these flags.
    pub fn has(&self, flags: u8) -> bool {
        self.flags & flags != 0
    }
}

/// Moments by id, with the holes that folding leaves.
pub(super) struct Tree {
    /// In blocks, of which only the last is not full: a single vector would be copied whole when it grows, and for that
    /// moment the page would hold it twice.
    blocks: Vec<Vec<Moment>>,
    free: Vec<MomentId>,
}

impl Default for Tree {
    fn default() -> Self {
        let start = Moment {
            parent: MomentId::START,
            first_child: MomentId::NONE,
            next_sibling: MomentId::NONE,
            favourite: MomentId::NONE,
            event: None,
            time: Micros::ZERO,
            depth: 0,
            folded: 0,
            flags: 0,
        };
        Self { blocks: vec![vec![start]], free: vec![] }
    }
}

impl Index<MomentId> for Tree {
    type Output = Moment;
    fn index(&self, id: MomentId) -> &Moment {
        &self.blocks[id.0 as usize / Tree::BLOCK][id.0 as usize % Tree::BLOCK]
    }
}

impl Tree {
    /// Moments of a block.
    const BLOCK: usize = 1 << 10;

    /// How many moments there are, the free ones counted too.
    fn places(&self) -> usize {
        let last = self.blocks.last().map_or(0, Vec::len);
        self.blocks.len().saturating_sub(1) * Self::BLOCK + last
    }
    pub fn len(&self) -> usize {
        self.places() - self.free.len()
    }
    pub fn contains(&self, id: MomentId) -> bool {
        (id.0 as usize) < self.places() && !self.is_free(id)
    }
    fn is_free(&self, id: MomentId) -> bool {
        self[id].parent == MomentId::NONE
    }
    fn at(&mut self, id: MomentId) -> &mut Moment {
        &mut self.blocks[id.0 as usize / Self::BLOCK][id.0 as usize % Self::BLOCK]
    }

    pub fn add(&mut self, parent: MomentId, event: Event, time: Micros, played: bool) -> MomentId {
        let moment = Moment {
            parent,
            first_child: MomentId::NONE,
            next_sibling: self[parent].first_child,
            favourite: MomentId::NONE,
            event: Some(event),
            time,
            depth: self[parent].depth + 1,
            folded: 0,
            flags: if played { Moment::PLAYED } else { 0 },
        };
        let id = if let Some(id) = self.free.pop() {
            *self.at(id) = moment;
            id
        } else {
            let id = MomentId(self.places() as u32);
            match self.blocks.last_mut().filter(|block| block.len() < Self::BLOCK) {
                Some(block) => block.push(moment),
                None => self.blocks.push(vec![moment]),
            }
            id
        };
        self.at(parent).first_child = id;
        id
    }

    pub fn parent(&self, id: MomentId) -> Option<MomentId> {
        (id != MomentId::START).then(|| self[id].parent)
    }
    pub fn children(&self, id: MomentId) -> impl Iterator<Item = MomentId> {
        std::iter::successors(self[id].first_child.known(), |&child| self[child].next_sibling.known())
    }
    pub fn has_children(&self, id: MomentId) -> bool {
        self[id].first_child != MomentId::NONE
    }
    pub fn has_one_child(&self, id: MomentId) -> bool {
        self[id].first_child.known().is_some_and(|child| self[child].next_sibling == MomentId::NONE)
    }
    pub fn favourite(&self, id: MomentId) -> Option<MomentId> {
        self[id].favourite.known().or(self[id].first_child.known())
    }
    pub fn set_favourite(&mut self, parent: MomentId, child: MomentId) {
        self.at(parent).favourite = child;
    }
    pub fn flag(&mut self, id: MomentId, flag: u8) {
        self.at(id).flags |= flag;
    }

    /// Every moment that is in use, in the order of the ids.
    pub fn ids(&self) -> impl Iterator<Item = MomentId> {
        (0..self.places() as u32).map(MomentId).filter(|&id| !self.is_free(id))
    }

    fn sibling_before(&self, parent: MomentId, id: MomentId) -> Option<MomentId> {
        self.children(parent).find(|&sibling| self[sibling].next_sibling == id)
    }

    /// Folds a moment of Play into its only child.
    pub fn fold(&mut self, id: MomentId) {
        let Some(child) = self[id].first_child.known() else { return };
        let Moment { parent, folded, next_sibling, .. } = self[id];
        self.at(child).folded += folded + 1;
        self.at(child).parent = parent;
        self.at(child).next_sibling = next_sibling;
        if self[parent].first_child == id {
            self.at(parent).first_child = child;
        } else if let Some(before) = self.sibling_before(parent, id) {
            self.at(before).next_sibling = child;
        }
        if self[parent].favourite == id {
            self.at(parent).favourite = child;
        }
        self.at(id).parent = MomentId::NONE;
        self.free.push(id);
    }

    /// Takes `count` steps out of the fold of a moment again: a new moment stands where they end.
    pub fn split(&mut self, id: MomentId, event: Event, time: Micros, count: u32) -> MomentId {
        let parent = self[id].parent;
        let new = self.add(parent, event, time, true);
        self.at(new).depth = self[parent].depth + count;
        self.at(new).folded = count - 1;
        // `add` has put the new moment first among its siblings; the folded one leaves them and becomes its child.
        if self[new].next_sibling == id {
            self.at(new).next_sibling = self[id].next_sibling;
        } else if let Some(before) = self.sibling_before(parent, id) {
            self.at(before).next_sibling = self[id].next_sibling;
        }
        if self[parent].favourite == id {
            self.at(parent).favourite = new;
        }
        let rest = self.at(id);
        rest.parent = new;
        rest.next_sibling = MomentId::NONE;
        rest.folded -= count;
        self.at(new).first_child = id;
        self.at(new).favourite = id;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEMANTICS 20.
    #[test]
    fn rule_20_a_moment_is_at_most_64_bytes() {
        assert!(size_of::<Moment>() <= 64, "{} bytes", size_of::<Moment>());
    }
}
