//! `interleave experiment` and `interleave merge`: many runs on all cores, and what they say together.

mod table;

use crate::{
    Outcome,
    arguments::{ExperimentArguments, MergeArguments, Printing, ResultFormat},
    failure::Failure,
    open, output,
    output::Output,
};
use plot::Frame;
use rayon::prelude::*;
use sim::{
    Experiment, algorithms,
    experiment::{Outcome as Ran, Plan, Results, Shard},
    scene::{Theme, svg},
};
use std::{
    io::{IsTerminal, Write, stderr},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

/// A picture's size in CSS pixels, before the theme's scale.
const SIZE: (f32, f32) = (720.0, 420.0);

/// Runs an experiment, or a part of it.
pub fn experiment(arguments: &ExperimentArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let mut experiment = open_target(&arguments.target)?;
    if let Some(replications) = arguments.replications {
        experiment.replications = replications;
    }
    if let Some(seed) = arguments.seed {
        experiment.seed = seed;
    }
    if !arguments.values.is_empty() {
        experiment.sweep.values.clone_from(&arguments.values);
    }
    let plan = plan(experiment, &arguments.target)?;
    let shard = arguments.shard;
    if let Some(part) = shard
        && (arguments.printing.json || arguments.printing.format != ResultFormat::Text)
    {
        let message =
            format!("--shard {}/{}: a part is printed for `merge` to read; choose the format there", part.nth, part.of);
        return Err(Failure::input(message));
    }
    let outcomes = run(&plan, arguments.threads, |cell| shard.is_none_or(|part| part.has(cell)))?;
    if shard.is_some() {
        writeln!(out, "{}", Shard::new(&plan, &outcomes).write())?;
        return Ok(Outcome::Fine);
    }
    print(&plan, &outcomes, &arguments.printing, out)
}

/// Puts parts together.
pub fn merge(arguments: &MergeArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let mut whole: Option<(Plan, Vec<Option<Ran>>)> = None;
    for file in &arguments.files {
        let name = file.display().to_string();
        let shard = Shard::read(&open::read_text(file)?).map_err(|error| Failure::within(&name, &error))?;
        let (plan, outcomes) = match &mut whole {
            Some(whole) => whole,
            None => whole.insert((plan(shard.experiment.clone(), &name)?, vec![])),
        };
        shard.add_to(plan, outcomes).map_err(|why| Failure::input(format!("{name}: {why}")))?;
    }
    let Some((plan, outcomes)) = whole else { return Err(Failure::input("name the files that --shard has made")) };
    let missing = outcomes.iter().filter(|outcome| outcome.is_none()).count();
    if missing > 0 {
        let first = outcomes.iter().position(Option::is_none).unwrap_or(0);
        let message = format!("{missing} of {} cells are in none of the files; the first is {first}", plan.cells());
        return Err(Failure::input(message));
    }
    print(&plan, &outcomes, &arguments.printing, out)
}

/// The experiment that was named, its scenario in it.
fn open_target(target: &str) -> Result<Experiment, Failure> {
    let mut experiment = match open_own(target)? {
        Some(own) => own,
        None if Path::new(target).is_file() => {
            let read = Experiment::read(&open::read_text(Path::new(target))?);
            read.map_err(|error| Failure::within(target, &error))?
        }
        None => {
            return Err(Failure::input(format!(
                "there is no experiment `{target}`, neither of a topic nor as a file; there are: {}",
                own_experiments().join(", ")
            )));
        }
    };
    experiment.resolve(own_scenario).map_err(|error| Failure::within(target, &error))?;
    Ok(experiment)
}

/// `election/chang-roberts/random-rings`, or `chang-roberts/random-rings`, or a topic with one experiment.
fn open_own(target: &str) -> Result<Option<Experiment>, Failure> {
    let wanted = target.trim_matches('/');
    let is_it = |id: &&String| {
        let short = id.split_once('/').map_or("", |(_, rest)| rest);
        let is_named = |name: &str| name == wanted || name.rsplit_once('/').is_some_and(|(topic, _)| topic == wanted);
        is_named(id) || is_named(short)
    };
    let all = own_experiments();
    let mut found = all.iter().filter(is_it);
    let (Some(id), None) = (found.next(), found.next()) else { return Ok(None) };
    let Some((topic, name)) = id.rsplit_once('/') else { return Ok(None) };
    let algorithm = algorithms::find(topic);
    let read = algorithm.and_then(|algorithm| Experiment::embedded(algorithm, name)).transpose();
    read.map_err(|error| Failure::within(id, &error))
}

fn own_experiments() -> Vec<String> {
    let of_one = |algorithm: &&'static sim::Algorithm| {
        let id = algorithm.id;
        algorithm.experiments.iter().map(move |name| format!("{id}/{name}"))
    };
    algorithms::ALGORITHMS.iter().flat_map(of_one).collect()
}

/// The text of a topic's own scenario.
pub fn own_scenario(id: &str) -> Option<String> {
    let (topic, name) = id.trim_matches('/').rsplit_once('/')?;
    let scenarios = algorithms::find(topic)?.texts.scenarios;
    scenarios.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

/// The experiment, checked.
pub fn plan(experiment: Experiment, name: &str) -> Result<Plan, Failure> {
    Plan::new(experiment).map_err(|error| Failure::within(name, &error))
}

/// Runs the cells that are wanted, on all cores. Which core runs which, and when, makes no difference.
fn run(plan: &Plan, threads: Option<usize>, wanted: impl Fn(u32) -> bool) -> Result<Vec<Option<Ran>>, Failure> {
    let wanted: Vec<u32> = (0..plan.cells()).filter(|&cell| wanted(cell)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    let pool = pool.map_err(|error| Failure::input(format!("--threads: {error}")))?;
    let (done, count) = (AtomicU32::new(0), wanted.len());
    let shown = stderr().is_terminal();
    let ran: Vec<(u32, Ran)> = pool.install(|| {
        let one = |&cell: &u32| {
            let outcome = plan.run(cell);
            let so_far = done.fetch_add(1, Ordering::Relaxed) as usize + 1;
            // A hundred lines at most, each over the one before.
            if shown && (so_far == count || so_far.is_multiple_of((count / 100).max(1))) {
                let _ = write!(stderr(), "\r{so_far} of {count} runs");
            }
            (cell, outcome)
        };
        wanted.par_iter().map(one).collect()
    });
    if shown {
        let _ = write!(stderr(), "\r{:40}\r", "");
    }
    let mut outcomes = vec![None; plan.cells() as usize];
    for (cell, outcome) in ran {
        outcomes[cell as usize] = Some(outcome);
    }
    Ok(outcomes)
}

fn print(plan: &Plan, outcomes: &[Option<Ran>], printing: &Printing, out: &mut Output) -> Result<Outcome, Failure> {
    let results = Results::new(plan, outcomes);
    let format = if printing.json { ResultFormat::Json } else { printing.format };
    match format {
        ResultFormat::Text => table::print(plan, &results, out)?,
        ResultFormat::Json => writeln!(out, "{}", results.to_json(plan))?,
        ResultFormat::Csv => write!(out, "{}", results.to_csv())?,
        ResultFormat::Svg => write!(out, "{}", picture(plan, &results, printing)?)?,
    }
    if format != ResultFormat::Text && format != ResultFormat::Json {
        results.remarks.iter().for_each(|remark| output::complain("note", remark));
    }
    Ok(if results.failed() { Outcome::Violated } else { Outcome::Fine })
}

fn picture(plan: &Plan, results: &Results, printing: &Printing) -> Result<String, Failure> {
    let count = results.panels.len();
    let panel = printing.measure.checked_sub(1).and_then(|index| results.panels.get(index));
    let Some(panel) = panel else {
        return Err(Failure::input(format!("--measure {}: from 1 to {count}", printing.measure)));
    };
    let theme: Theme = printing.theme.into();
    let (scale, experiment) = (theme.scale(), plan.experiment());
    let frame = Frame { width: SIZE.0 * scale, height: SIZE.1 * scale, scale, axis: &panel.axis };
    let scene = plot::picture(panel, &frame);
    Ok(svg::paint(&[&scene], theme, &format!("{}: {}", experiment.title, panel.label)))
}
