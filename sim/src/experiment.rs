//! Experiments: one quantity of a scenario is swept, every point is run again and again with other draws, and what was
//! counted is a mean with its interval, beside what the theory says.
//!
//! An experiment is data, a file like a scenario. Its work is a list of independent *cells*, one run each: a
//! configuration, a point of the sweep, a replication. A cell is run without history and its result is made of whole
//! numbers, so that cells can be run in any order, on any number of cores and machines, natively and in WASM, and what is
//! made of them is the same to the last bit.
//!
//! Replication `r` has the same seed at every point and in every configuration (common random numbers): what differs
//! between two curves is what was changed, not the luck of the draw.

mod cell;
mod decimal;
mod draft;
mod export;
mod formula;
mod meter;
mod path;
mod plan;
mod results;
mod shard;
mod statistics;

pub use cell::{Ended, Outcome};
pub use decimal::Decimal;
pub use draft::{Draft, Field, Knob, Typed};
pub use export::number;
pub use formula::Formula;
pub use meter::Fraction;
pub use plan::{Cell, Plan, seed_of};
pub use results::{Claimed, Line, Panel, Point, Results};
pub use shard::{Done, Shard};
pub use statistics::{Estimate, student};

use crate::{
    FileError, Micros,
    json::{self, Json, Read, Wrong},
    limits, read_record, read_variants,
};
use serde::Serialize;

/// The version of the file format that this program writes. It reads every version up to this one.
pub const VERSION: u32 = 1;

/// An experiment as it stands in its file.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Experiment {
    /// The version of the format: 1.
    pub version: u32,
    /// Its name in addresses: lower case, digits and hyphens.
    pub name: String,
    /// Its name on the screen.
    pub title: String,
    /// One or two sentences that put the question.
    pub sentence: String,
    /// One sentence that says what to notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// The scenario that is varied: a scenario, or what several configurations have in common of one; or the name of one
    /// of the topics' own, `"mutex/lamport/workload"`.
    pub base: Json,
    /// What is compared, each with a curve of its own; the base as it is, if nothing is said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub configurations: Vec<Configuration>,
    /// What is varied along the axis.
    pub sweep: Sweep,
    /// Runs of every point in every configuration, each with draws of its own.
    pub replications: u32,
    /// What the seeds of the replications are made from.
    pub seed: u64,
    /// When a run is over.
    pub until: Until,
    /// From when on is measured; from the start, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<Until>,
    /// Whether the algorithm's properties are judged after every event. Takes time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub judge: bool,
    /// What is measured, each with a picture of its own.
    pub measures: Vec<Measure>,
}

read_record!(Experiment {
    version, name, title, sentence,
    notice = String::new(),
    base,
    configurations = vec![],
    sweep, replications,
    seed = 1,
    until,
    warm_up from "warm-up",
    judge = false,
    measures,
});

/// One of the things that are compared.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Configuration {
    /// Its name in the legend.
    pub label: String,
    /// What is put into the base: places in it, such as `"policy.threshold"` or `"workload[0].after"`, and their values.
    pub set: serde_json::Map<String, Json>,
}

read_record!(Configuration { label, set = serde_json::Map::new() });

/// What is varied along the axis.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sweep {
    /// What stands at the axis.
    pub label: String,
    /// What formulas call it.
    pub variable: String,
    /// Its values, rising.
    pub values: Vec<Decimal>,
    /// Places in the scenario, and the formulas of the whole numbers that are put there: `{"nodes": "n"}`,
    /// `{"workload[0].after.exponential": "200000 / load"}`.
    pub set: serde_json::Map<String, Json>,
    /// The least value that makes sense…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Decimal>,
    /// …and the greatest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<Decimal>,
    /// Why none beyond them does.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
}

read_record!(Sweep { label, variable, values, set, least, most, because = String::new() });

/// When something is reached.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Nothing can happen any more.
    Quiet,
    /// This time; what happens at that very time included.
    Time(Micros),
    /// So many events.
    Events(Formula),
    /// So many outputs of this kind, all nodes together.
    Outputs(String, Formula),
}

read_variants!(Until {
    Quiet from "quiet", Time(time) from "time", Events(count) from "events", Outputs(kind, count) from "outputs",
});

/// Something that is measured.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measure {
    /// Its name.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// What is counted.
    pub count: Count,
    /// What it is divided by.
    #[serde(skip_serializing_if = "Per::is_run")]
    pub per: Per,
    /// The other measure at the horizontal axis, in the place of what is swept: a point for each value of the sweep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// What the theory says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<Curve>,
}

read_record!(Measure { label, unit, count, per = Per::Run, against, curves = vec![] });

/// What is counted. Times are in milliseconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// Messages sent, of these kinds; of all kinds where none is named.
    Sent(Vec<String>),
    /// Outputs, of these kinds; of all kinds where none is named.
    Outputs(Vec<String>),
    /// Messages lost.
    Lost,
    /// Events.
    Events,
    /// The time from the end of the warm-up to the end.
    Time,
    /// What the algorithm counts as this cost, at the end.
    Cost(String),
    /// What the algorithm keeps as this statistic, over the time after the warm-up.
    Statistic(String),
    /// A quantity that the algorithm plots, taken over all its lines.
    Plot {
        /// Its title.
        title: String,
        /// What is made of it.
        take: Take,
    },
    /// The mean time at one node from an output to the next of another kind.
    Span {
        /// The output at which it begins.
        from: String,
        /// The output at which it ends.
        to: String,
    },
    /// The mean time from an output anywhere to the next of another kind anywhere, where there were more outputs of
    /// `asked` than of `to` when it began: where somebody was waiting.
    Gap {
        /// The output at which it begins.
        from: String,
        /// The output at which it ends.
        to: String,
        /// The output that says that somebody waits for `to`.
        asked: String,
    },
}

read_variants!(Count {
    Sent(kinds) from "sent", Outputs(kinds) from "outputs", Lost from "lost", Events from "events", Time from "time",
    Cost(what) from "cost", Statistic(name) from "statistic", Plot { title, take } from "plot",
    Span { from, to } from "span", Gap { from, to, asked } from "gap",
});

impl Count {
    /// Whether it is a mean already.
    fn is_mean(&self) -> bool {
        matches!(self, Self::Statistic(_) | Self::Plot { .. } | Self::Span { .. } | Self::Gap { .. })
    }
}

/// What is made of the lines of a plot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The mean of the lines, over time.
    Mean,
    /// The sum of the lines, over time.
    Sum,
    /// The greatest value of any line at the end.
    Greatest,
}

read_variants!(Take { Mean from "mean", Sum from "sum", Greatest from "greatest" });

/// What a count is divided by.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Nothing: it is the count of a run.
    Run,
    /// The number of nodes.
    Node,
    /// The seconds from the end of the warm-up to the end.
    Second,
    /// The outputs of this kind.
    Output(String),
}

read_variants!(Per { Run from "run", Node from "node", Second from "second", Output(kind) from "output" });

impl Per {
    fn is_run(&self) -> bool {
        *self == Self::Run
    }
}

/// What the theory says of a measure.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Curve {
    /// Its name, as a formula is written on a blackboard.
    pub label: String,
    /// A formula in the variable of the sweep and `n`, the number of nodes…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<Formula>,
    /// …or the points of a reference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<(Decimal, Decimal)>,
    /// What it says.
    pub claim: Claim,
    /// The configuration of which it says so, or several; all, if nothing is said.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub of: Labels,
}

read_record!(Curve { label, formula, points = vec![], claim = Claim::Mean, of = Labels::default() });

/// The labels of some configurations: in files one text, or a list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Labels(pub Vec<String>);

impl Labels {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Read for Labels {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::String(label) => Ok(Self(vec![label.clone()])),
            Json::Array(_) => Vec::read(json).map(Self),
            _ => Err(Wrong::expected("the label of a configuration, or a list of labels", json)),
        }
    }
}

/// What a curve says of a measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// It is the mean: the interval has it in it nineteen times out of twenty.
    Mean,
    /// Every run gives just this.
    Exactly,
    /// No run gives more.
    AtMost,
    /// No run gives less.
    AtLeast,
    /// Nothing: it is there to be compared.
    Beside,
}

read_variants!(Claim {
    Mean from "mean", Exactly from "exactly", AtMost from "at-most", AtLeast from "at-least", Beside from "beside",
});

impl Experiment {
    /// Reads an experiment's file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        if text.len() > limits::FILE_BYTES {
            let message = format!("the file is larger than {} MiB", limits::FILE_BYTES >> 20);
            return Err(FileError { place: None, field: None, message });
        }
        let json = json::parse(text)?;
        Self::check_version(&json)?;
        <Self as Read>::read(&json).map_err(|wrong| wrong.in_text(text))
    }

    fn check_version(json: &Json) -> Result<(), FileError> {
        match json.get("version").and_then(Json::as_u64) {
            Some(version) if version == 0 || version > VERSION.into() => {
                let message = format!("version {version} is not known to this program, which reads up to {VERSION}");
                Err(FileError::field("version", message))
            }
            _ => Ok(()),
        }
    }

    /// Reads an experiment from a tree.
    pub fn from_json(json: &Json) -> Result<Self, FileError> {
        Self::check_version(json)?;
        <Self as Read>::read(json).map_err(Wrong::into)
    }

    /// Writes an experiment's file.
    pub fn write(&self) -> String {
        json::pretty(self)
    }

    /// One of the topic's own experiments; nothing where texts are not embedded or there is none of that name.
    pub fn embedded(algorithm: &crate::Algorithm, name: &str) -> Option<Result<Self, FileError>> {
        let (_, text) = algorithm.texts.experiments.iter().find(|(known, _)| *known == name)?;
        Some(Self::read(text))
    }

    /// Puts the scenario in the place of its name, where the base is a name. `find` gives the text of a scenario.
    pub fn resolve(&mut self, find: impl Fn(&str) -> Option<String>) -> Result<(), FileError> {
        let Json::String(name) = &self.base else { return Ok(()) };
        let text = find(name).ok_or_else(|| FileError::field("base", format!("there is no scenario `{name}`")))?;
        let mut scenario = json::parse(&text)?;
        if let Some(fields) = scenario.as_object_mut() {
            // What speaks of the run of the scenario does not speak of these.
            fields.remove("captions");
        }
        self.base = scenario;
        Ok(())
    }
}
