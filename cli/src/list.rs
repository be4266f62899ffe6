//! `interleave list`: every topic with its scenarios.

use crate::{Outcome, arguments::ListArguments, failure::Failure, open, output::Output};
use serde::Serialize;
use sim::{Algorithm, algorithms};
use std::io::Write;

/// A topic, in `list --json`.
#[derive(Serialize)]
struct Topic {
    id: &'static str,
    title: &'static str,
    family: &'static str,
    family_title: &'static str,
    kind: &'static str,
    summary: &'static str,
    scenarios: Vec<ScenarioName>,
    properties: Vec<&'static str>,
    bugs: Vec<&'static str>,
}

/// A scenario of a topic, in `list --json`.
#[derive(Serialize)]
struct ScenarioName {
    id: &'static str,
    title: String,
}

/// Lists every topic.
pub fn list(arguments: &ListArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let topics = algorithms::ALGORITHMS.iter().map(|algorithm| topic(algorithm)).collect::<Result<Vec<_>, _>>()?;
    if arguments.json {
        out.json(&topics)?;
        return Ok(Outcome::Fine);
    }
    for (index, family) in algorithms::FAMILIES.iter().enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}: {}", family.title, family.line)?;
        let of_family: Vec<&Topic> = topics.iter().filter(|topic| topic.family == family.id).collect();
        if of_family.is_empty() {
            writeln!(out, "  (no topic yet)")?;
        }
        for topic in of_family {
            writeln!(out, "  {}  {}", topic.id, topic.title)?;
            let width = topic.scenarios.iter().map(|scenario| scenario.id.len()).max().unwrap_or(0);
            for scenario in &topic.scenarios {
                writeln!(out, "      {:width$}  {}", scenario.id, scenario.title)?;
            }
        }
    }
    writeln!(out, "\n`interleave show ID` tells more about a topic, `interleave run ID --scenario NAME` runs one.")?;
    Ok(Outcome::Fine)
}

fn topic(algorithm: &'static Algorithm) -> Result<Topic, Failure> {
    let name = |id: &&'static str| Ok(ScenarioName { id, title: open::scenario(algorithm, id)?.title });
    let family = algorithms::FAMILIES.iter().find(|family| family.id == algorithm.family());
    Ok(Topic {
        id: algorithm.id,
        title: algorithm.title,
        family: algorithm.family(),
        family_title: family.map_or("", |family| family.title),
        kind: algorithm.kind.word(),
        summary: algorithm.summary,
        scenarios: algorithm.scenarios.iter().map(name).collect::<Result<_, Failure>>()?,
        properties: algorithm.properties.iter().map(|property| property.name).collect(),
        bugs: algorithm.bugs.iter().map(|bug| bug.id).collect(),
    })
}
