//! `interleave validate`: whether files can be read, and what they are.

use crate::{
    Outcome,
    arguments::ValidateArguments,
    experiment::own_scenario,
    failure::Failure,
    open::{is_session, read_text},
    output::{Output, complain},
};
use serde::Serialize;
use serde_json::Value as Json;
use sim::{Experiment, FileError, Session, experiment::Plan};
use std::{io::Write, path::Path};

/// What is known about a file, in `validate --json`.
#[derive(Serialize)]
struct Report {
    file: String,
    ok: bool,
    kind: Option<&'static str>,
    algorithm: Option<String>,
    scenario: Option<String>,
    nodes: Option<u32>,
    steps: Option<u32>,
    runs: Option<u32>,
    line: Option<usize>,
    column: Option<usize>,
    field: Option<String>,
    message: Option<String>,
    warnings: Vec<String>,
}

/// Checks every file, and says of each what it is or what is wrong with it.
pub fn validate(arguments: &ValidateArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let reports: Vec<Report> = arguments.files.iter().map(|file| examine(file)).collect();
    let bad = reports.iter().filter(|report| !report.ok).count();
    if arguments.json {
        out.json(&reports)?;
    }
    for report in &reports {
        report.warnings.iter().for_each(|warning| complain("warning", warning));
        if report.ok && !arguments.json {
            print_fine(report, out)?;
        } else if let Some(message) = &report.message {
            out.finish()?;
            complain("error", message);
        }
    }
    match bad {
        0 => Ok(Outcome::Fine),
        1 => Err(Failure::input("1 file is not in order")),
        _ => Err(Failure::input(format!("{bad} files are not in order"))),
    }
}

fn print_fine(report: &Report, out: &mut Output) -> Result<(), Failure> {
    let Report { file, kind, algorithm, scenario, nodes, steps, .. } = report;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    if let Some(runs) = report.runs {
        writeln!(out, "{file}: fine, an experiment ({}, {runs} runs)", text(scenario))?;
        return Ok(());
    }
    write!(out, "{file}: fine, a {} of {}", kind.unwrap_or("file"), text(algorithm))?;
    write!(out, " ({}, {} nodes", text(scenario), nodes.unwrap_or(0))?;
    match steps {
        Some(steps) => writeln!(out, ", {steps} steps)")?,
        None => writeln!(out, ")")?,
    }
    Ok(())
}

fn examine(path: &Path) -> Report {
    let file = path.display().to_string();
    let text = match read_text(path) {
        Ok(text) => text,
        Err(failure) => return Report { message: Some(failure.to_string()), ..Report::bad(file) },
    };
    if is_experiment(&text) {
        return examine_experiment(file, &text);
    }
    match Session::read(&text) {
        Ok(mut session) => {
            let warnings = doubtful_captions(&mut session, &file);
            let scenario = session.scenario();
            let recorded = is_session(&text);
            Report {
                ok: true,
                kind: Some(if recorded { "session" } else { "scenario" }),
                algorithm: Some(scenario.topic().to_owned()),
                scenario: Some(scenario.name.clone()),
                nodes: Some(scenario.nodes.count()),
                steps: recorded.then(|| session.end()),
                warnings,
                ..Report::bad(file)
            }
        }
        Err(error) => Report::wrong(file, error),
    }
}

/// Whether a file is meant for an experiment: nothing else has a sweep.
fn is_experiment(text: &str) -> bool {
    serde_json::from_str::<Json>(text).is_ok_and(|json| json.get("sweep").is_some())
}

fn examine_experiment(file: String, text: &str) -> Report {
    let read = Experiment::read(text).and_then(|mut experiment| {
        experiment.resolve(own_scenario)?;
        Plan::new(experiment)
    });
    match read {
        Ok(plan) => Report {
            ok: true,
            kind: Some("experiment"),
            scenario: Some(plan.experiment().name.clone()),
            runs: Some(plan.cells()),
            ..Report::bad(file)
        },
        Err(error) => Report::wrong(file, error),
    }
}

/// Captions name events as the script does. One that names what there is not at the start may be meant for later, or
/// may never appear.
fn doubtful_captions(session: &mut Session, file: &str) -> Vec<String> {
    let captions = session.scenario().captions.clone();
    let depth = session.depth();
    session.seek(0);
    let mut warnings = Vec::new();
    for (k, caption) in captions.iter().enumerate() {
        if let Err(error) = session.resolve(&caption.on) {
            warnings.push(format!("{file}: `captions[{k}].on`: {}", error.message));
        }
    }
    session.seek(depth);
    warnings
}

impl Report {
    /// A file with this mistake in it.
    fn wrong(file: String, error: FileError) -> Self {
        Self {
            message: Some(Failure::within(&file, &error).to_string()),
            line: error.place.map(|(line, _)| line),
            column: error.place.map(|(_, column)| column),
            field: error.field,
            ..Self::bad(file)
        }
    }

    /// A file of which nothing is known yet.
    fn bad(file: String) -> Self {
        let (ok, kind, algorithm, scenario) = (false, None, None, None);
        let (nodes, steps, runs, line, column) = (None, None, None, None, None);
        Self {
            file,
            ok,
            kind,
            algorithm,
            scenario,
            nodes,
            steps,
            runs,
            line,
            column,
            field: None,
            message: None,
            warnings: vec![],
        }
    }
}
