//! Editing the past (SEMANTICS 19) and starting again with other parameters (SEMANTICS 13).

use super::{MomentId, Session};
use crate::{Event, FileError, Refusal, Scenario, Step, World};
use std::sync::Arc;

/// An event that was left out because it was not possible any more.
#[derive(Clone, PartialEq, Debug)]
pub struct LeftOut {
    /// Its old place.
    pub depth: u32,
    /// The event.
    pub event: Event,
    /// Why it was not possible.
    pub reason: String,
}

/// A session that was started again, and the first event that did not apply any more.
pub struct Restarted {
    /// The new session, at its last moment.
    pub session: Session,
    /// The first event that did not apply, if any.
    pub stopped_at: Option<LeftOut>,
}

impl Session {
    /// The world before the first step.
    pub fn first(&self) -> World {
        World::new(Arc::clone(&self.setup), self.stamping, &mut Step::default())
    }

    /// The events of the branch in view after `depth`, up to its tip, with their depths.
    fn later_events(&mut self, depth: u32) -> Vec<(u32, Event)> {
        let mut events = Vec::new();
        self.visit(depth + 1..self.end() + 1, &mut |at, step, _| events.extend(step.event.map(|event| (at, event))));
        events
    }

    /// Moves the event at `depth` behind the one at `until`: the moment before is visited, the later events are taken
    /// again by identity, the moved one at its new place. What is no longer possible is left out and named. The old
    /// path stays as a branch.
    pub fn postpone(&mut self, depth: u32, until: u32) -> Result<Vec<LeftOut>, Refusal> {
        if depth == 0 || depth > self.end() || until <= depth {
            return Err(Refusal("An event can only be moved to a later place of the same run.".into()));
        }
        let later = self.later_events(depth - 1);
        let Some(&(_, moved)) = later.first() else { return Ok(vec![]) };
        self.seek(depth - 1);
        let mut left_out = Vec::new();
        let mut take = |session: &mut Self, depth: u32, event: Event| {
            if let Err(Refusal(reason)) = session.take(event) {
                left_out.push(LeftOut { depth, event, reason });
            }
        };
        let mut placed = false;
        for &(at, event) in &later[1..] {
            if at > until && !placed {
                take(self, depth, moved);
                placed = true;
            }
            take(self, at, event);
        }
        if !placed {
            take(self, depth, moved);
        }
        Ok(left_out)
    }

    /// Starts a changed scenario and takes the same events as far as they apply; names the first that does not.
    pub fn restart(&mut self, scenario: Scenario) -> Result<Restarted, FileError> {
        let here = self.depth();
        let mut events = Vec::new();
        self.visit(1..here + 1, &mut |at, step, _| events.extend(step.event.map(|event| (at, event))));
        let mut session = Self::new(scenario)?;
        let mut stopped_at = None;
        for (depth, event) in events {
            let event = carry_over(event, self, &mut session);
            if let Err(Refusal(reason)) = session.take(event) {
                stopped_at = Some(LeftOut { depth, event, reason });
                break;
            }
        }
        Ok(Restarted { session, stopped_at })
    }

    /// The moments of the branch in view that are decisions, as opposed to Play: what a link spells out.
    pub fn decisions(&self) -> impl Iterator<Item = MomentId> {
        let index = self.place.index;
        self.line[1..=index].iter().copied().filter(|&id| !self.tree[id].is_played())
    }
}

/// The same event with its payload interned in the other session.
fn carry_over(event: Event, old: &Session, new: &mut Session) -> Event {
    let mut carry = |id| old.payloads.get(id).cloned().map(|payload| new.intern(payload));
    match event {
        Event::Request(node, id) => carry(id).map_or(event, |id| Event::Request(node, id)),
        Event::Partition(id) => carry(id).map_or(event, Event::Partition),
        Event::SetPolicy(id) => carry(id).map_or(event, Event::SetPolicy),
        other => other,
    }
}
