//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use sim::{Micros, experiment::Decimal, limits, scene::Theme};
use std::path::PathBuf;

/// A laboratory for distributed coordination: run an algorithm one message at a time.
#[derive(Parser)]
#[command(name = "interleave", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit code: 0 if all is well, 1 if a property was violated, 2 if the input is wrong.";

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// List every topic with its scenarios
    List(ListArguments),
    /// Show one topic: article, pseudocode, parameters, properties, costs, planted bugs
    Show(ShowArguments),
    /// Run a scenario and print each step
    Run(Box<RunArguments>),
    /// Run an experiment: sweep a quantity, repeat every point, print means with their intervals
    Experiment(ExperimentArguments),
    /// Put the parts of an experiment together that were run with --shard
    Merge(MergeArguments),
    /// Check scenario, session and experiment files
    Validate(ValidateArguments),
}

/// Arguments of `list`.
#[derive(Args)]
pub struct ListArguments {
    /// As JSON, instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `show`.
#[derive(Args)]
pub struct ShowArguments {
    /// The topic, such as mutex/ricart-agrawala
    pub id: String,
    /// Print the file of one of its scenarios instead, to start a scenario of one's own from
    #[arg(long, value_name = "NAME", conflicts_with = "json")]
    pub scenario: Option<String>,
    /// As JSON, instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `validate`.
#[derive(Args)]
pub struct ValidateArguments {
    /// Scenario, session or experiment files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// As JSON, instead of text
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `run`.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub struct RunArguments {
    /// A topic, such as mutex/ricart-agrawala, or a file: a scenario, a session or a trace
    #[arg(value_name = "ID|FILE", required_unless_present = "link")]
    pub target: Option<String>,
    /// One of the topic's scenarios; its first one if nothing is said
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// A link copied from the page: the run up to its moment
    #[arg(long, conflicts_with_all = ["target", "scenario"])]
    pub link: Option<String>,
    /// Take these events first: a file of JSON lines, `-` for standard input, or the JSON itself, as in
    /// '{"deliver": [0, 1]}'. May be given more than once
    #[arg(long, value_name = "FILE|JSON", allow_hyphen_values = true)]
    pub events: Vec<String>,
    /// How far to play after that: until nothing can happen, until so many steps have been taken in all, or up to a
    /// time such as 250ms. A link or a session is only played on where this is given
    #[arg(long, value_name = "quiet|N|TIME", value_parser = Until::parse)]
    pub until: Option<Until>,
    /// How to print the run
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The same as --format jsonl
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Vector stamps: below each step of the text, and in place of Lamport's in a picture
    #[arg(long)]
    pub vector: bool,
    /// In a picture: what happened before the event of this step, after it, and neither; given twice, how the two are
    /// related, and why
    #[arg(long, value_name = "STEP")]
    pub select: Vec<u32>,
    /// The colours of a picture
    #[arg(long, value_enum, default_value_t = Colours::Light)]
    pub theme: Colours,
    /// Set a parameter, or a field of the policy at the start
    #[arg(long, value_name = "NAME=VALUE", value_parser = Setting::parse)]
    pub set: Vec<Setting>,
    /// Run one of the topic's planted bugs
    #[arg(long, value_name = "BUG")]
    pub variant: Option<String>,
    /// Run with so many nodes
    #[arg(long, value_name = "N")]
    pub nodes: Option<u32>,
    /// What every random draw depends on
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Arguments of `experiment`.
#[derive(Args)]
#[command(after_help = EXPERIMENT_CODES)]
pub struct ExperimentArguments {
    /// An experiment of a topic, such as election/chang-roberts/random-rings, or an experiment file
    #[arg(value_name = "ID|FILE")]
    pub target: String,
    /// How to print the results
    #[command(flatten)]
    pub printing: Printing,
    /// Run only every n-th cell, beginning with the i-th, from 1, and print what `merge` reads
    #[arg(long, value_name = "i/n", value_parser = Part::parse)]
    pub shard: Option<Part>,
    /// Run with so many replications
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,
    /// Sweep these values instead, as in 0.5,0.8,0.9
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = Decimal::parse)]
    pub values: Vec<Decimal>,
    /// What the seeds of the replications are made from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Use so many cores; all, if nothing is said
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Arguments of `merge`.
#[derive(Args)]
#[command(after_help = EXPERIMENT_CODES)]
pub struct MergeArguments {
    /// What `experiment --shard` has printed, in any order
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How to print the results
    #[command(flatten)]
    pub printing: Printing,
}

const EXPERIMENT_CODES: &str =
    "Exit code: 0 if all is well, 1 if a property was violated or a bound did not hold, 2 if the input is wrong.";

/// How results are printed.
#[derive(Args)]
pub struct Printing {
    /// How to print the results
    #[arg(long, value_enum, default_value_t = ResultFormat::Text)]
    pub format: ResultFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Of a picture, which measure it shows, from 1
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub measure: usize,
    /// The colours of a picture
    #[arg(long, value_enum, default_value_t = Colours::Light)]
    pub theme: Colours,
}

/// How results are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// A table for people
    Text,
    /// The experiment, every point, what the curves claim
    Json,
    /// A line a point
    Csv,
    /// The picture of one measure
    Svg,
}

/// A part of an experiment: every `of`-th cell, beginning with the `nth`, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// Which part, from 1.
    pub nth: u32,
    /// Of how many.
    pub of: u32,
}

impl Part {
    fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(nth, of)| Some((nth.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((nth, of)) if nth >= 1 && nth <= of => Ok(Self { nth, of }),
            Some((_, of)) if of >= 1 => Err(format!("the first number is from 1 to {of}")),
            _ => Err("expected two numbers, as in 2/8: the second part of eight".to_owned()),
        }
    }

    /// Whether a cell belongs to it.
    pub fn has(self, cell: u32) -> bool {
        cell % self.of == self.nth - 1
    }
}

/// How a run is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// A JSON object a line: the start, each step, the summary
    Jsonl,
    /// A log that `ShiViz` draws
    #[value(help = "A log that ShiViz draws")]
    Shiviz,
    /// The space–time diagram, as a picture
    Svg,
}

/// The colours of a picture.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colours {
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
    /// Black on white, larger
    Projector,
}

impl From<Colours> for Theme {
    fn from(colours: Colours) -> Self {
        match colours {
            Colours::Light => Self::Light,
            Colours::Dark => Self::Dark,
            Colours::Projector => Self::Projector,
        }
    }
}

/// How far Play goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// Until nothing can happen by itself.
    Quiet,
    /// Until so many steps have been taken in all.
    Steps(u32),
    /// Up to a time, events at that very time included.
    Time(Micros),
}

impl Until {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "quiet" {
            return Ok(Self::Quiet);
        }
        if !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit()) {
            let most = limits::REPLAY_EVENTS;
            return match text.parse::<u32>() {
                Ok(steps) if u64::from(steps) <= most => Ok(Self::Steps(steps)),
                _ => Err(format!("no more than {most} steps")),
            };
        }
        let wrong = |_| "expected `quiet`, a number of steps, or a time such as `250ms` or `1.5s`".to_owned();
        Micros::parse(text).map(Self::Time).map_err(wrong)
    }
}

/// A parameter and its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The parameter's name.
    pub name: String,
    /// Its value, as it was typed.
    pub value: String,
}

impl Setting {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, as in timeout=25ms")?;
        Ok(Self { name: name.trim().to_owned(), value: value.trim().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_part_is_one_of_several() {
        assert_eq!(Part::parse("2/3"), Ok(Part { nth: 2, of: 3 }));
        let cells: Vec<u32> = (0..8).filter(|&cell| Part { nth: 2, of: 3 }.has(cell)).collect();
        assert_eq!(cells, [1, 4, 7]);
        for wrong in ["", "2", "0/3", "4/3", "1/0", "-1/3", "a/b"] {
            assert!(Part::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn until_takes_a_word_a_number_or_a_time() {
        assert_eq!(Until::parse("quiet"), Ok(Until::Quiet));
        assert_eq!(Until::parse("12"), Ok(Until::Steps(12)));
        assert_eq!(Until::parse("1.5s"), Ok(Until::Time(Micros(1_500_000))));
        for wrong in ["", "soon", "-3", "99999999999", "3 min"] {
            assert!(Until::parse(wrong).is_err(), "{wrong}");
        }
    }
}
