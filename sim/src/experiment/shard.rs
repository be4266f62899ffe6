//! Files with the outcomes of a part of an experiment's cells: what one machine of several has done.

use super::{Ended, Experiment, Fraction, Outcome, Plan};
use crate::{
    FileError,
    json::{self, Items, Json, Read, Wrong},
    read_record, read_variants,
};
use serde::Serialize;

/// The outcomes of some cells of an experiment, with the experiment itself.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shard {
    /// The version of the format: 1. Its name says what the file is.
    pub interleave_experiment: u32,
    /// The experiment, its scenario in it.
    pub experiment: Experiment,
    /// The cells, in rising order.
    pub cells: Vec<Done>,
}

read_record!(Shard { interleave_experiment from "interleave-experiment", experiment, cells });

/// A cell and its outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Done {
    /// The cell.
    pub cell: u32,
    /// Its outcome.
    pub outcome: Outcome,
}

read_record!(Done { cell, outcome });
read_record!(Outcome { values, events, ended, broke = String::new(), violated = String::new() });
read_variants!(Ended { Reached from "reached", Quiet from "quiet", Limit from "limit" });

impl Read for Fraction {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let items = Items::of(json, 2)?;
        Ok(Self { sum: items.item(0)?, count: items.item(1)? })
    }
}

impl Serialize for Fraction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.sum, self.count).serialize(serializer)
    }
}

impl Shard {
    /// The version of the format.
    pub const VERSION: u32 = 1;

    /// What was done of a plan.
    pub fn new(plan: &Plan, outcomes: &[Option<Outcome>]) -> Self {
        let cells = (0..).zip(outcomes).filter_map(|(cell, outcome)| Some(Done { cell, outcome: outcome.clone()? }));
        Self { interleave_experiment: Self::VERSION, experiment: plan.experiment().clone(), cells: cells.collect() }
    }

    /// Reads a file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let json = json::parse(text)?;
        match json.get("interleave-experiment").and_then(Json::as_u64) {
            None => {
                let message = "this is no part of an experiment: `interleave experiment --shard` writes those";
                Err(FileError::field("interleave-experiment", message))
            }
            Some(version) if version != u64::from(Self::VERSION) => {
                let message = format!("version {version} is not known to this program, which reads {}", Self::VERSION);
                Err(FileError::field("interleave-experiment", message))
            }
            Some(_) => <Self as Read>::read(&json).map_err(|wrong| wrong.in_text(text)),
        }
    }

    /// Writes a file.
    pub fn write(&self) -> String {
        json::compact(self)
    }

    /// Puts what this file holds to what is known; an error where it does not belong to the plan, or says something else
    /// of a cell than another file has said.
    pub fn add_to(&self, plan: &Plan, outcomes: &mut Vec<Option<Outcome>>) -> Result<(), String> {
        if self.experiment != *plan.experiment() {
            return Err("it is a part of another experiment".to_owned());
        }
        let (all, measures) = (plan.cells(), plan.experiment().measures.len());
        outcomes.resize(all as usize, None);
        for Done { cell, outcome } in &self.cells {
            let place = outcomes.get_mut(*cell as usize).filter(|_| outcome.values.len() == measures);
            let Some(place) = place else {
                return Err(format!("cell {cell} does not fit: there are {all}, of {measures} values each"));
            };
            if place.as_ref().is_some_and(|known| known != outcome) {
                return Err(format!(
                    "it says something else of cell {cell} than another file: were both made by this version?"
                ));
            }
            *place = Some(outcome.clone());
        }
        Ok(())
    }
}
