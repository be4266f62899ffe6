//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use sim::{Micros, limits, scene::Theme};
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
    /// Check scenario and session files
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
    /// Scenario or session files
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
    /// A topic, such as mutex/ricart-agrawala, or a scenario or session file
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
    fn until_takes_a_word_a_number_or_a_time() {
        assert_eq!(Until::parse("quiet"), Ok(Until::Quiet));
        assert_eq!(Until::parse("12"), Ok(Until::Steps(12)));
        assert_eq!(Until::parse("1.5s"), Ok(Until::Time(Micros(1_500_000))));
        for wrong in ["", "soon", "-3", "99999999999", "3 min"] {
            assert!(Until::parse(wrong).is_err(), "{wrong}");
        }
    }
}
