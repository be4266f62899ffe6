//! The command line of Interleave: the same algorithms, scenarios and runs as on the page.
//!
//! What a lecturer uses to make figures, what a student uses for a longer run, and what scripts use. `cli/README.md`
//! shows what to type and documents every field of the JSON output.

#![forbid(unsafe_code)]

mod arguments;
mod experiment;
mod failure;
mod list;
mod open;
mod output;
mod run;
mod show;
mod validate;

use arguments::{Arguments, Command};
use clap::Parser;
use failure::Failure;
use output::Output;
use std::process::ExitCode;

/// How a command ended, where nothing was wrong with what it was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything holds: exit code 0.
    Fine,
    /// A property was violated: exit code 1.
    Violated,
}

fn main() -> ExitCode {
    let mut out = Output::new();
    let result = match Arguments::parse().command {
        Command::List(arguments) => list::list(&arguments, &mut out),
        Command::Show(arguments) => show::show(&arguments, &mut out),
        Command::Run(arguments) => run::run(&arguments, &mut out),
        Command::Experiment(arguments) => experiment::experiment(&arguments, &mut out),
        Command::Merge(arguments) => experiment::merge(&arguments, &mut out),
        Command::Validate(arguments) => validate::validate(&arguments, &mut out),
    };
    let result = result.and_then(|outcome| Ok(out.finish().map(|()| outcome)?));
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Violated) => ExitCode::from(1),
        // Whoever reads has seen enough, as in `interleave run … | head`.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // What was printed before belongs before the reason; if that cannot be printed either, nothing is left to do.
            let _ = out.finish();
            for line in failure.to_string().lines() {
                output::complain("error", line);
            }
            ExitCode::from(2)
        }
    }
}
