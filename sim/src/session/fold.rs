//! The history limit (SEMANTICS 20): old stretches of Play become a count; choices, branches, bookmarks and violations
//! stay.

use super::{Moment, MomentId, Place, Session};
use crate::order::Order as _;
use crate::{Refusal, Step};

impl Session {
    /// Whether old stretches of Play were folded: the timeline says so.
    pub fn is_folded(&self) -> bool {
        self.line.iter().any(|&id| self.tree[id].folded > 0)
    }

    /// Makes room for one more moment, by folding where there is none. Fails where choices alone fill the history.
    pub(super) fn make_room(&mut self) -> Result<(), Refusal> {
        if self.tree.len() < self.limit {
            return Ok(());
        }
        let foldable = self.oldest_stretches();
        let Some(&last) = foldable.last() else {
            return Err(Refusal(format!(
                "The history is full: {} choices, branches and bookmarks. Save the session and start a new one.",
                self.tree.len()
            )));
        };
        let deepest = self.tree[last].depth;
        let here = self.here();
        for id in foldable {
            self.tree.fold(id);
        }
        self.forget_folded(deepest);
        // Mostly one stands at the end.
        let index = self.line.iter().rposition(|&id| id == here).unwrap_or(0);
        self.place = Place { index, back: self.place.back };
        Ok(())
    }

    /// Takes what was folded out of the line; nothing deeper was.
    fn forget_folded(&mut self, deepest: u32) {
        let end = self.line.partition_point(|&id| self.tree[id].depth <= deepest);
        let mut kept = 0;
        for index in 0..end {
            let id = self.line[index];
            if self.tree.contains(id) {
                self.line[kept] = id;
                kept += 1;
            }
        }
        self.line.drain(kept..end);
    }

    /// The moments to fold, from the oldest on. Where one has only played, the branch in view has them in its older half,
    /// and nothing else is looked at: a look at every moment costs as much as it took to play those that it finds.
    fn oldest_stretches(&self) -> Vec<MomentId> {
        let wanted = self.limit / 8 + 1;
        let older = self.line[..self.line.len() / 2].iter().copied();
        let in_view: Vec<MomentId> = older.filter(|&id| self.is_foldable(id)).take(wanted).collect();
        if in_view.len() == wanted {
            return in_view;
        }
        let mut anywhere: Vec<MomentId> = self.tree.ids().filter(|&id| self.is_foldable(id)).collect();
        anywhere.order_by_key(|&id| self.tree[id].depth);
        anywhere.truncate(wanted);
        anywhere
    }

    /// A moment of Play with exactly one child, unnamed, unbroken, without a checkpoint, not where one stands.
    fn is_foldable(&self, id: MomentId) -> bool {
        let moment = self.tree[id];
        moment.is_played()
            && self.tree.has_one_child(id)
            && id != self.here()
            && !moment.has(Moment::BOOKMARK | Moment::VERDICT)
            && !self.checkpoints.contains(id)
    }

    /// Where one stands inside a fold: makes a moment there, so that a branch can start from it.
    pub(super) fn unfold_here(&mut self) {
        if self.place.back == 0 {
            return;
        }
        let id = self.here();
        let count = self.tree[id].folded + 1 - self.place.back;
        if count == 0 {
            // Just behind the parent: that is the parent itself.
            self.place = Place { index: self.place.index - 1, back: 0 };
            return;
        }
        let Some(event) = self.step.event else { return };
        let new = self.tree.split(id, event, self.world.now(), count);
        self.line.insert(self.place.index, new);
        self.place.back = 0;
        self.keep_checkpoint(new);
    }

    /// The step that Play would take next, without taking it: for previews.
    pub fn preview(&self) -> Option<Step> {
        let mut world = self.world.clone();
        let mut step = Step::recorder();
        world.next(&self.payloads, &mut step).map(|_| step)
    }
}
