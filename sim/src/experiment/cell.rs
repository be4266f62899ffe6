//! One cell: a run without history, from its start to its end.

use super::{
    Cell, Plan, Until,
    meter::{Fraction, Meter},
};
use crate::{Judge, Micros, Payloads, Stamping, Step, World, limits};
use serde::Serialize;
use std::sync::Arc;

/// What came of a cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outcome {
    /// The value of each measure, where it has one.
    pub values: Vec<Option<Fraction>>,
    /// How many events there were.
    pub events: u64,
    /// Why it ended.
    pub ended: Ended,
    /// The first assumption that was broken, as a sentence; empty if none was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub broke: String,
    /// The property that was violated first; empty if none was, or if nobody has judged.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub violated: String,
}

/// Why a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// What it was to reach has been reached.
    Reached,
    /// Nothing could happen any more before that.
    Quiet,
    /// It took too many events.
    Limit,
}

impl Plan {
    /// Runs a cell.
    pub fn run(&self, index: u32) -> Outcome {
        let cell = self.cell(index);
        match self.setup(cell) {
            Ok(setup) => Run::new(self, cell, setup).play(),
            // The same scenario was prepared with another seed when the plan was made.
            Err(error) => panic!("cell {index} cannot be prepared: {error}"),
        }
    }
}

/// A bound whose numbers are known.
enum Bound {
    Quiet,
    Time(Micros),
    Events(u64),
    Outputs(String, u64),
}

impl Bound {
    fn new(plan: &Plan, cell: Cell, until: &Until) -> Self {
        let values = plan.values(cell.configuration, cell.point);
        let number = |formula: &super::Formula| formula.value(&values).map_or(0, |value| libm::round(value) as u64);
        match until {
            Until::Quiet => Self::Quiet,
            Until::Time(time) => Self::Time(*time),
            Until::Events(count) => Self::Events(number(count)),
            Until::Outputs(kind, count) => Self::Outputs(kind.clone(), number(count)),
        }
    }

    /// Whether it is reached, before what is due next is taken.
    fn is_reached(&self, world: &World, next: Micros) -> bool {
        match self {
            Self::Quiet => false,
            Self::Time(time) => next > *time,
            Self::Events(count) => world.tally().events >= *count,
            Self::Outputs(kind, count) => world.tally().outputs(kind) >= *count,
        }
    }

    /// The time at which it was reached.
    fn time(&self, world: &World) -> Micros {
        if let Self::Time(time) = self { *time } else { world.now() }
    }

    fn is_time(&self) -> bool {
        matches!(self, Self::Time(_))
    }
}

struct Run<'a> {
    world: World,
    payloads: Payloads,
    step: Step,
    judge: Option<Judge>,
    meters: Vec<Meter<'a>>,
    /// Until when nothing is measured; nothing once it is.
    warm_up: Option<Bound>,
    until: Bound,
}

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, cell: Cell, setup: crate::Setup) -> Self {
        let experiment = plan.experiment();
        let (payloads, mut step) = (setup.payloads.clone(), Step::default());
        let world = World::new(Arc::new(setup), Stamping::None, &mut step);
        let judge = experiment.judge.then(|| Judge::new(world.setup().algorithm.properties, &world));
        let mut run = Self {
            judge,
            payloads,
            meters: experiment.measures.iter().map(Meter::new).collect(),
            warm_up: experiment.warm_up.as_ref().map(|warm_up| Bound::new(plan, cell, warm_up)),
            until: Bound::new(plan, cell, &experiment.until),
            world,
            step,
        };
        run.meters.iter_mut().for_each(|meter| {
            meter.begin(&run.world, Micros::ZERO);
            meter.observe(&run.world, &run.step);
        });
        run
    }

    fn play(mut self) -> Outcome {
        let watched = self.meters.iter().any(Meter::watches);
        let timed = self.until.is_time() || self.warm_up.as_ref().is_some_and(Bound::is_time);
        let ended = loop {
            // To look ahead costs a little.
            let next = match timed {
                true => self.world.next_due().map_or(Micros::NEVER, |due| due.max(self.world.now())),
                false => Micros::ZERO,
            };
            self.warm_up = self.warm_up.take().filter(|warm_up| {
                let reached = warm_up.is_reached(&self.world, next);
                if reached {
                    let now = warm_up.time(&self.world);
                    self.meters.iter_mut().for_each(|meter| meter.begin(&self.world, now));
                }
                !reached
            });
            if self.until.is_reached(&self.world, next) {
                break Ended::Reached;
            }
            if self.world.tally().events >= limits::CELL_EVENTS {
                break Ended::Limit;
            }
            if self.world.next(&self.payloads, &mut self.step).is_none() {
                break if matches!(self.until, Bound::Quiet) { Ended::Reached } else { Ended::Quiet };
            }
            if watched {
                self.meters.iter_mut().for_each(|meter| meter.observe(&self.world, &self.step));
            }
            if let Some(judge) = &mut self.judge {
                judge.observe(&self.step, &self.world);
            }
        };
        self.outcome(ended)
    }

    fn outcome(self, ended: Ended) -> Outcome {
        let world = &self.world;
        let now = if ended == Ended::Reached { self.until.time(world) } else { world.now() };
        // What had not begun to be measured has no value.
        let warm = self.warm_up.is_none();
        let violated = self.judge.as_ref().and_then(|judge| {
            let properties = world.setup().algorithm.properties.iter();
            properties.zip(judge.verdicts()).find(|(_, verdict)| verdict.is_broken()).map(|(property, _)| property.name)
        });
        Outcome {
            values: self.meters.into_iter().map(|meter| meter.end(world, now).filter(|_| warm)).collect(),
            events: world.tally().events,
            ended,
            broke: world.broken_assumption().map_or_else(String::new, |assumption| assumption.sentence().to_owned()),
            violated: violated.unwrap_or_default().to_owned(),
        }
    }
}
