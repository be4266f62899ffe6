//! Between two moments: what a step sent leaves, what it delivered arrives, what it lost falls away.

use super::{layout::Layout, messages::Standing};
use crate::{
    Cause, Effect, Event, MessageId, Step,
    scene::{Point, geometry::point},
};

/// The phase at which what a step delivered has arrived, and what comes of it begins.
const ARRIVAL: f32 = 0.6;
/// How far a lost message falls, in pixels at scale 1.
const FALL: f32 = 44.0;

/// What a message does during a step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Act {
    /// It goes on.
    Travel,
    /// It leaves its sender.
    Leave,
    /// It arrives.
    Arrive,
    /// It is lost on its way.
    Fall,
    /// It reaches a node that is down, and is lost there.
    Miss,
}

/// A message and what it does.
#[derive(Clone, Debug)]
pub struct Actor {
    /// As it stands at the end of its motion, or where it is lost.
    pub standing: Standing,
    /// How much of its way was behind it before, and how far below the way it stood.
    pub before: (f32, f32),
    /// What it does.
    pub act: Act,
}

/// A message at one phase of a step.
#[derive(Clone, Copy, Debug)]
pub struct Pose {
    /// Its centre.
    pub at: Point,
    /// Its direction.
    pub direction: Point,
    /// Its size, 1 for whole.
    pub size: f32,
    /// From 0, not to be seen, to 1.
    pub opacity: f32,
}

/// What every message does in a step: those that were on their way before it, and those that are after it.
pub fn actors(before: &[Standing], after: &[Standing], step: &Step, stillborn: Vec<Standing>) -> Vec<Actor> {
    let lost = |id: MessageId| {
        step.effects.iter().any(|effect| matches!(effect, Effect::Lost { id: other, .. } if *other == id))
    };
    let at_its_end = |id: MessageId| {
        step.event == Some(Event::Deliver(id))
            || matches!(&step.cause, Cause::Message { id: other, .. } if *other == id)
    };
    let find = |list: &[Standing], id: MessageId| list.binary_search_by_key(&id, |standing| standing.id).ok();
    let mut actors: Vec<Actor> = Vec::with_capacity(after.len() + 4);
    for standing in after {
        let original = MessageId { copy: 0, ..standing.id };
        let known = find(before, standing.id).or_else(|| find(before, original).filter(|_| standing.id.copy > 0));
        let (before, act) =
            known.map_or(((0.0, 0.0), Act::Leave), |at| ((before[at].t, before[at].shift), Act::Travel));
        actors.push(Actor { standing: standing.clone(), before, act });
    }
    for standing in before.iter().filter(|standing| find(after, standing.id).is_none()) {
        let act = match (lost(standing.id), at_its_end(standing.id)) {
            (true, true) => Act::Miss,
            (true, false) => Act::Fall,
            (false, _) => Act::Arrive,
        };
        let standing = Standing { hidden: false, pile: None, ..standing.clone() };
        actors.push(Actor { before: (standing.t, standing.shift), standing, act });
    }
    actors.extend(stillborn.into_iter().map(|standing| Actor { before: (0.0, 0.0), standing, act: Act::Fall }));
    actors
}

/// The phase at which nodes change: at once, unless something must arrive first.
pub fn turn(actors: &[Actor]) -> f32 {
    let arrives = actors.iter().any(|actor| matches!(actor.act, Act::Arrive | Act::Miss));
    if arrives { ARRIVAL } else { 0.0 }
}

impl Actor {
    /// Where it is at this phase, and how much of it is seen; nothing once it is gone.
    pub fn pose(&self, layout: &Layout, phase: f32, turn: f32) -> Option<Pose> {
        let on = |end: (f32, f32), part: f32| {
            let t = self.before.0 + (end.0 - self.before.0) * part;
            let shift = self.before.1 + (end.1 - self.before.1) * part;
            let (at, direction) = self.standing.way.at(t);
            Pose { at: at + point(0.0, shift), direction, size: 1.0, opacity: 1.0 }
        };
        let here = (self.standing.t, self.standing.shift);
        let part = |from: f32, to: f32| ((phase - from) / (to - from).max(1e-6)).clamp(0.0, 1.0);
        match self.act {
            Act::Travel => Some(on(here, phase)),
            Act::Leave => {
                let grown = part(turn, 1.0);
                let home = layout.seats.get(self.standing.id.from.index()).map(|seat| seat.port)?;
                let end = on(here, 1.0);
                (phase >= turn && grown > 0.0).then(|| Pose {
                    at: home.towards(end.at, grown),
                    size: 0.3 + 0.7 * grown,
                    opacity: (3.0 * grown).min(1.0),
                    ..end
                })
            }
            Act::Arrive => {
                let (travelled, sunk) = (part(0.0, 0.75 * ARRIVAL), part(0.75 * ARRIVAL, ARRIVAL));
                let goal = layout.seats.get(self.standing.to.index()).map(|seat| seat.port)?;
                let pose = on((1.0, 0.0), travelled);
                (sunk < 1.0).then(|| Pose {
                    at: pose.at.towards(goal, sunk),
                    size: 1.0 - 0.7 * sunk,
                    opacity: 1.0 - sunk,
                    ..pose
                })
            }
            Act::Fall => fall(on(here, part(0.0, 0.4)), layout, part(0.4, 1.0)),
            Act::Miss => fall(on((1.0, 0.0), part(0.0, ARRIVAL)), layout, part(ARRIVAL, 1.0)),
        }
    }

    /// Where it was lost, once it is.
    pub fn loss(&self, phase: f32) -> Option<Point> {
        let (t, shift, from) = match self.act {
            Act::Fall => (self.standing.t, self.standing.shift, 0.4),
            Act::Miss => (1.0, 0.0, ARRIVAL),
            _ => return None,
        };
        (phase >= from).then(|| self.standing.way.at(t).0 + point(0.0, shift))
    }
}

/// A lost message falls away and fades.
fn fall(pose: Pose, layout: &Layout, part: f32) -> Option<Pose> {
    let drop = FALL * layout.scale * part * part;
    (part < 1.0).then(|| Pose { at: pose.at + point(0.0, drop), opacity: 1.0 - part, ..pose })
}
