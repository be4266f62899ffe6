//! A session: a scenario, a tree of moments, and the place in it at which one stands.
//!
//! A run is a scenario, a seed and a list of events; a session keeps every run that was tried. Going back and acting
//! differently starts a branch, doing the same re-enters the old one. A moment keeps its event, not its state: the state
//! comes from the nearest checkpoint by replay (SEMANTICS 18 to 20).

mod checkpoints;
mod edit;
mod file;
mod fold;
mod payloads;
mod tree;

pub use edit::{LeftOut, Restarted};
pub use file::SessionFile;
pub use tree::{Moment, MomentId};

use crate::sorted::Map;
use crate::{
    Event, FileError, Judge, Mode, Payloads, Refusal, Scenario, Setup, Stamping, Step, Verdict, World, limits,
};
use checkpoints::{Checkpoint, Checkpoints};
use std::{ops::Range, sync::Arc};
use tree::Tree;

/// How a decision is coded in a link: which of so many enabled events, Play's own choice left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pick {
    pub index: u16,
    pub of: u16,
}

/// Scenario, tree of moments, and the place in it.
pub struct Session {
    scenario: Scenario,
    setup: Arc<Setup>,
    payloads: Payloads,
    stamping: Stamping,
    tree: Tree,
    checkpoints: Checkpoints,
    /// Verdicts at the moments at which a property was broken or mended: few.
    marks: Map<MomentId, Arc<[Verdict]>>,
    picks: Map<MomentId, Pick>,
    bookmarks: Map<MomentId, String>,
    /// The moments of the branch in view, from the start to its tip.
    line: Vec<MomentId>,
    /// The place on the line: a position, and how many folded steps before it.
    place: Place,
    world: World,
    judge: Judge,
    step: Step,
    limit: usize,
}

/// A place on the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Place {
    index: usize,
    /// Steps before the moment, inside its fold.
    back: u32,
}

impl Session {
    /// The start of a scenario, with every stamp.
    pub fn new(scenario: Scenario) -> Result<Self, FileError> {
        let algorithm = crate::algorithms::find(&scenario.algorithm).ok_or_else(|| {
            let id = &scenario.algorithm;
            let why = match crate::algorithms::topic(id) {
                Some(topic) => format!("the program that runs `{id}` is not loaded; open “{}” first", topic.title),
                None => format!("there is no topic `{id}`; `interleave list` names them all"),
            };
            FileError::field("algorithm", why)
        })?;
        let setup = scenario.prepare(algorithm)?;
        Ok(Self::with(scenario, setup, Stamping::Vectors))
    }

    /// The start of a scenario that has been prepared.
    pub fn with(scenario: Scenario, setup: Setup, stamping: Stamping) -> Self {
        let setup = Arc::new(setup);
        let mut step = Step::recorder();
        let world = World::new(Arc::clone(&setup), stamping, &mut step);
        let judge = Judge::new(setup.algorithm.properties, &world);
        let start = Checkpoint { world: world.clone(), judge: judge.clone() };
        Self {
            scenario,
            payloads: setup.payloads.clone(),
            setup,
            stamping,
            tree: Tree::default(),
            checkpoints: Checkpoints::from_start(start),
            marks: Map::new(),
            picks: Map::new(),
            bookmarks: Map::new(),
            line: vec![MomentId::START],
            place: Place::default(),
            world,
            judge,
            step,
            limit: limits::MOMENTS,
        }
    }

    /// The scenario that it started from.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }
    /// The scenario, as prepared.
    pub fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }
    /// The world at the present moment.
    pub fn world(&self) -> &World {
        &self.world
    }
    /// What the latest event did.
    pub fn step(&self) -> &Step {
        &self.step
    }
    /// The verdicts at the present moment, in the order of the algorithm's properties.
    pub fn verdicts(&self) -> &[Verdict] {
        self.judge.verdicts()
    }
    /// What the monitor of a property has counted at the present moment, in a sentence; empty where there is none.
    pub fn reading(&self, property: usize) -> String {
        self.judge.reading(property, &self.world)
    }
    /// The payloads of this session's events.
    pub fn payloads(&self) -> &Payloads {
        &self.payloads
    }
    /// How many steps have been taken to the present moment.
    pub fn depth(&self) -> u32 {
        self.tree[self.here()].depth - self.place.back
    }
    /// How many steps the branch in view has.
    pub fn end(&self) -> u32 {
        self.line.last().map_or(0, |&tip| self.tree[tip].depth)
    }
    /// How many moments are kept, folded ones not counted.
    pub fn moments(&self) -> usize {
        self.tree.len()
    }
    /// Keeps so many moments before folding, instead of [`limits::MOMENTS`].
    pub fn set_limit(&mut self, moments: usize) {
        self.limit = moments.max(64);
    }
    /// The moment at which one stands, or the one whose fold one stands in.
    pub fn here(&self) -> MomentId {
        self.line[self.place.index]
    }
    /// A moment.
    pub fn moment(&self, id: MomentId) -> &Moment {
        &self.tree[id]
    }
    /// The moments of the branch in view, from the start to its tip.
    pub fn line(&self) -> &[MomentId] {
        &self.line
    }
    /// The moments that follow this one: more than one where it was branched.
    pub fn children(&self, id: MomentId) -> impl Iterator<Item = MomentId> {
        self.tree.children(id)
    }
    /// The moments at which a property was broken or mended, with the verdicts from there on.
    pub fn marks(&self) -> impl Iterator<Item = (MomentId, &[Verdict])> {
        self.marks.iter().map(|(id, verdicts)| (*id, verdicts.as_ref()))
    }

    /// What happened before the first step: what the processes did when the run began.
    pub fn beginning(&self) -> Step {
        let mut step = Step::recorder();
        World::new(Arc::clone(&self.setup), self.stamping, &mut step);
        step
    }

    /// Takes an event at the present moment. Doing what was done here before re-enters the old branch. A refusal
    /// changes nothing.
    pub fn take(&mut self, event: Event) -> Result<(), Refusal> {
        if let Some(reason) = self.world.refusal(event, &self.payloads) {
            return Err(Refusal(reason));
        }
        let next = self.world.peek_next().map(|(event, _)| event);
        if next == Some(event) {
            return self.step_forward().map(|_| ());
        }
        self.make_room()?;
        self.unfold_here();
        let pick = self.pick_of(event, next);
        let parent = self.here();
        let mut step = std::mem::replace(&mut self.step, Step::recorder());
        let taken = self.world.take(event, &self.payloads, &mut step);
        self.step = step;
        taken?;
        let noteworthy = self.judge.observe(&self.step, &self.world);
        let (moment, new) = self.arrive(parent, event, false);
        if let (true, Some(pick)) = (new, pick) {
            self.picks.insert(moment, pick);
        }
        self.settle(moment, new, noteworthy);
        Ok(())
    }

    /// Play: takes what comes next by itself, recording its lines and notes. Gives the event, or nothing where nothing
    /// can happen.
    pub fn step_forward(&mut self) -> Result<Option<Event>, Refusal> {
        self.step.recording = true;
        self.play_one()
    }

    /// Plays up to `count` events without recording lines and notes of any but the last; stops early where nothing can
    /// happen, or where `stop` says so. Gives how many were played.
    pub fn play(
        &mut self,
        count: u32,
        mut stop: impl FnMut(&Step, &World, &[Verdict]) -> bool,
    ) -> Result<u32, Refusal> {
        for played in 0..count {
            self.step.recording = played + 1 == count;
            if self.play_one()?.is_none() {
                return Ok(played);
            }
            if stop(&self.step, &self.world, self.judge.verdicts()) {
                return Ok(played + 1);
            }
        }
        Ok(count)
    }

    fn play_one(&mut self) -> Result<Option<Event>, Refusal> {
        if self.place.back > 0 {
            return Ok(self.play_in_fold());
        }
        self.make_room()?;
        let parent = self.here();
        let Some(event) = self.world.next(&self.payloads, &mut self.step) else { return Ok(None) };
        let noteworthy = self.judge.observe(&self.step, &self.world);
        let (moment, new) = self.arrive(parent, event, true);
        self.settle(moment, new, noteworthy);
        Ok(Some(event))
    }

    fn play_in_fold(&mut self) -> Option<Event> {
        let event = self.world.next(&self.payloads, &mut self.step)?;
        self.judge.observe(&self.step, &self.world);
        self.place.back -= 1;
        Some(event)
    }

    /// Stands on the child of `parent` that is this event, made anew where there is none.
    fn arrive(&mut self, parent: MomentId, event: Event, played: bool) -> (MomentId, bool) {
        if let Some(&next) = self.line.get(self.place.index + 1)
            && self.tree[next].event == Some(event)
            && self.tree[next].folded == 0
        {
            self.place = Place { index: self.place.index + 1, back: 0 };
            return (next, false);
        }
        // Mostly one plays on from the tip.
        if !self.tree.has_children(parent) {
            let moment = self.tree.add(parent, event, self.world.now(), played);
            self.line.push(moment);
            self.place.index += 1;
            return (moment, true);
        }
        let known = self
            .tree
            .children(parent)
            .find(|&child| self.tree[child].event == Some(event) && self.tree[child].folded == 0);
        // A fold that begins with this very event: Play leads into it.
        let fold = self.tree.children(parent).find(|&child| self.tree[child].folded > 0);
        if let (None, true, Some(fold)) = (known, played, fold) {
            self.enter(fold);
            self.place.back = self.tree[fold].folded;
            return (fold, false);
        }
        let moment = known.unwrap_or_else(|| self.tree.add(parent, event, self.world.now(), played));
        self.enter(moment);
        (moment, known.is_none())
    }

    /// Makes `moment`, a child of the present one, the next of the line, and follows it to its tip.
    fn enter(&mut self, moment: MomentId) {
        let parent = self.tree[moment].parent;
        self.tree.set_favourite(parent, moment);
        self.line.truncate(self.place.index + 1);
        self.line.push(moment);
        self.place = Place { index: self.line.len() - 1, back: 0 };
        self.extend_line();
    }

    fn extend_line(&mut self) {
        while let Some(next) = self.line.last().and_then(|&tip| self.tree.favourite(tip)) {
            self.line.push(next);
        }
    }

    /// Keeps what must be kept of a new moment.
    fn settle(&mut self, moment: MomentId, new: bool, noteworthy: bool) {
        if !new {
            return;
        }
        let milestones = self.setup.algorithm.milestones;
        if self.step.outputs().any(|output| milestones.contains(&output.kind())) {
            self.tree.flag(moment, Moment::MILESTONE);
        }
        if noteworthy {
            self.tree.flag(moment, Moment::VERDICT);
            self.marks.insert(moment, self.judge.verdicts().into());
        }
        if checkpoints::is_due(self.tree[moment].depth, &self.world) {
            self.keep_checkpoint(moment);
        }
    }

    /// Keeps the present state, which is that of this moment.
    fn keep_checkpoint(&mut self, moment: MomentId) {
        let kept = Checkpoint { world: self.world.clone(), judge: self.judge.clone() };
        self.checkpoints.insert(moment, kept);
        let Self { checkpoints, tree, .. } = self;
        checkpoints.thin(|id| tree[id].depth);
    }

    /// How a link will code an event that Play would not take now; nothing for one that is not pending.
    fn pick_of(&self, event: Event, next: Option<Event>) -> Option<Pick> {
        if !event.is_pending_item() {
            return None;
        }
        let mut others = self.world.enabled(Mode::Untimed);
        others.retain(|&other| Some(other) != next);
        let index = others.iter().position(|&other| other == event)?;
        Some(Pick { index: u16::try_from(index).ok()?, of: u16::try_from(others.len()).ok()? })
    }

    pub(crate) fn pick(&self, moment: MomentId) -> Option<Pick> {
        self.picks.get(&moment).copied()
    }

    /// One step back; whether there was one.
    pub fn back(&mut self) -> bool {
        let depth = self.depth();
        depth > 0 && self.seek(depth - 1)
    }

    /// Goes to the moment after `depth` steps of the branch in view; whether there is one.
    pub fn seek(&mut self, depth: u32) -> bool {
        let index = self.line.partition_point(|&id| self.tree[id].depth < depth);
        let Some(&moment) = self.line.get(index) else { return false };
        self.place = Place { index, back: self.tree[moment].depth - depth };
        self.restore();
        true
    }

    /// Goes to a moment of any branch, and takes that branch in view.
    pub fn go_to(&mut self, moment: MomentId) -> bool {
        if !self.tree.contains(moment) {
            return false;
        }
        let mut path = vec![moment];
        while let Some(parent) = path.last().and_then(|&id| self.tree.parent(id)) {
            path.push(parent);
        }
        path.reverse();
        for pair in path.windows(2) {
            self.tree.set_favourite(pair[0], pair[1]);
        }
        self.place = Place { index: path.len() - 1, back: 0 };
        self.line = path;
        self.extend_line();
        self.restore();
        true
    }

    /// Makes the world of the present place from the nearest checkpoint.
    fn restore(&mut self) {
        let mut step = std::mem::take(&mut self.step);
        let (world, judge) = self.replay_to(self.place, &mut step, &mut |_, _, _| {});
        self.world = world;
        self.judge = judge;
        self.step = step;
    }

    /// The world at a place, by replay. No property is judged on the way, except by monitors that must see every step,
    /// and at the last event (SEMANTICS 20). `visit` sees every step that is replayed.
    fn replay_to(&self, place: Place, step: &mut Step, visit: &mut dyn FnMut(u32, &Step, &World)) -> (World, Judge) {
        let kept = (0..=place.index).rev().find(|&index| {
            let at_end = index < place.index || place.back == 0;
            at_end && self.checkpoints.contains(self.line[index])
        });
        let kept = kept.unwrap_or(0);
        let Checkpoint { mut world, mut judge } = self.checkpoints[self.line[kept]].clone();
        let last = self.tree[self.line[place.index]].depth - place.back;
        let mut depth = self.tree[self.line[kept]].depth;
        step.recording = false;
        if depth == last {
            self.tell_checkpoint(kept, step);
            return (world, judge);
        }
        for index in kept + 1..=place.index {
            let moment = self.tree[self.line[index]];
            for inner in 0..=moment.folded {
                depth += 1;
                step.recording = depth == last;
                self.replay_one(&mut world, &moment, inner == moment.folded, step);
                if depth == last {
                    judge.observe(step, &world);
                } else {
                    judge.follow(step, &world);
                }
                if let Some(verdicts) = self.marks.get(&self.line[index]).filter(|_| inner == moment.folded) {
                    judge.set_verdicts(verdicts);
                }
                visit(depth, step, &world);
                if depth == last {
                    return (world, judge);
                }
            }
        }
        (world, judge)
    }

    fn replay_one(&self, world: &mut World, moment: &Moment, own: bool, step: &mut Step) {
        if own && !moment.is_played() {
            if let Some(event) = moment.event
                && let Err(refusal) = world.take(event, &self.payloads, step)
            {
                unreachable!("what was taken once can be taken again: {refusal}");
            }
        } else {
            world.next(&self.payloads, step);
        }
    }

    /// The step that led to a checkpoint, for the panels: replayed from the checkpoint before, or the start itself.
    fn tell_checkpoint(&self, index: usize, step: &mut Step) {
        if index == 0 {
            *step = self.beginning();
            return;
        }
        let moment = self.tree[self.line[index]];
        let before = if moment.folded > 0 { Place { index, back: 1 } } else { Place { index: index - 1, back: 0 } };
        let (mut world, _) = self.replay_to(before, step, &mut |_, _, _| {});
        step.recording = true;
        self.replay_one(&mut world, &moment, true, step);
    }

    /// Shows the steps of the branch in view whose depths lie in `range`, in order: what tables and diagrams are made
    /// from. Replays from the nearest checkpoint before.
    pub fn visit(&self, range: Range<u32>, visit: &mut dyn FnMut(u32, &Step, &World)) {
        let range = range.start.max(1)..range.end.min(self.end() + 1);
        if range.is_empty() {
            return;
        }
        let index = self.line.partition_point(|&id| self.tree[id].depth < range.end - 1);
        let place = Place { index, back: self.tree[self.line[index]].depth - (range.end - 1) };
        // A checkpoint at the very end would leave nothing to replay.
        let first = self.line.partition_point(|&id| self.tree[id].depth < range.start - 1);
        let start = (0..=first).rev().find(|&index| {
            self.tree[self.line[index]].depth < range.start && self.checkpoints.contains(self.line[index])
        });
        let start = start.unwrap_or(0);
        let mut world = self.checkpoints[self.line[start]].world.clone();
        let mut depth = self.tree[self.line[start]].depth;
        let mut step = Step::default();
        for index in start + 1..=place.index {
            let moment = self.tree[self.line[index]];
            for inner in 0..=moment.folded {
                depth += 1;
                if depth >= range.end {
                    return;
                }
                self.replay_one(&mut world, &moment, inner == moment.folded, &mut step);
                if depth >= range.start {
                    visit(depth, &step, &world);
                }
            }
        }
    }

    /// Names the present moment.
    pub fn bookmark(&mut self, name: String) {
        if self.place.back == 0 {
            self.tree.flag(self.here(), Moment::BOOKMARK);
            self.bookmarks.insert(self.here(), name);
        }
    }
    /// Takes a bookmark away.
    pub fn remove_bookmark(&mut self, moment: MomentId) {
        self.bookmarks.remove(&moment);
    }
    /// The named moments.
    pub fn bookmarks(&self) -> impl Iterator<Item = (MomentId, &str)> {
        self.bookmarks.iter().map(|(id, name)| (*id, name.as_str()))
    }
}

#[cfg(test)]
mod tests;
