//! `interleave show`: all that is known about one topic.

use crate::{Outcome, arguments::ShowArguments, failure::Failure, open, output::Output};
use serde::Serialize;
use serde_json::Value as Json;
use sim::{
    Algorithm, Membership,
    algorithm::{Relation, Unit},
    narrate,
    process::Field,
    property::Check,
    value,
};
use std::io::{self, Write};

/// A topic, in `show --json`.
#[derive(Serialize)]
struct Topic {
    id: &'static str,
    title: &'static str,
    family: &'static str,
    kind: &'static str,
    summary: &'static str,
    revision: u16,
    assumes: Assumes,
    membership: &'static str,
    parameters: Vec<Parameter>,
    policy: Option<Policy>,
    scenarios: Vec<Scenario>,
    properties: Vec<Property>,
    costs: Vec<Cost>,
    bugs: Vec<Bug>,
    plots: Vec<Plot>,
    milestones: &'static [&'static str],
    sources: &'static [&'static str],
    article: &'static str,
    pseudocode: &'static str,
}

#[derive(Serialize)]
struct Assumes {
    links: String,
    order: String,
    timing: String,
    faults: String,
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    label: &'static str,
    unit: &'static str,
    words: &'static [&'static str],
    min: i64,
    max: i64,
    default: i64,
    expected: String,
    shown: String,
}

#[derive(Serialize)]
struct Policy {
    default: Json,
    fields: &'static [Field],
}

#[derive(Serialize)]
struct Scenario {
    id: &'static str,
    title: String,
    sentence: String,
    notice: String,
    nodes: u32,
    variant: Option<String>,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    check: &'static str,
}

#[derive(Serialize)]
struct Cost {
    what: &'static str,
    relation: &'static str,
    formula: &'static str,
    when: &'static str,
}

#[derive(Serialize)]
struct Bug {
    id: &'static str,
    title: &'static str,
    lesson: &'static str,
    breaks: &'static str,
    scenario: &'static str,
}

#[derive(Serialize)]
struct Plot {
    title: &'static str,
    unit: &'static str,
}

/// Shows one topic, or the file of one of its scenarios.
pub fn show(arguments: &ShowArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let algorithm = open::topic(&arguments.id)?;
    if let Some(name) = &arguments.scenario {
        // Read first, so that a scenario that is not there is named with those that are.
        open::scenario(algorithm, name)?;
        let file = algorithm.texts.scenarios.iter().find(|(known, _)| known == name);
        writeln!(out, "{}", file.map_or("", |(_, text)| text.trim_end()))?;
        return Ok(Outcome::Fine);
    }
    let topic = topic(algorithm)?;
    if arguments.json {
        out.json(&topic)?;
    } else {
        print(&topic, out)?;
    }
    Ok(Outcome::Fine)
}

fn topic(algorithm: &'static Algorithm) -> Result<Topic, Failure> {
    let assumes = algorithm.assumes;
    let scenario = |id: &&'static str| {
        let scenario = open::scenario(algorithm, id)?;
        let sim::Scenario { title, sentence, notice, variant, .. } = scenario;
        Ok(Scenario { id, title, sentence, notice, nodes: scenario.nodes.count(), variant })
    };
    let policy = algorithm.policy.as_ref();
    Ok(Topic {
        id: algorithm.id,
        title: algorithm.title,
        family: algorithm.family(),
        kind: algorithm.kind.word(),
        summary: algorithm.summary,
        revision: algorithm.revision,
        assumes: Assumes {
            links: kebab(value::kind(&assumes.links)),
            order: kebab(value::kind(&assumes.order)),
            timing: kebab(value::kind(&assumes.timing)),
            faults: kebab(value::kind(&assumes.faults)),
        },
        membership: match algorithm.membership {
            Membership::Fixed => "fixed",
            Membership::Open => "open",
        },
        parameters: algorithm.parameters.iter().map(parameter).collect(),
        policy: policy.map(|kind| Policy {
            default: serde_json::from_str(kind.default).unwrap_or(Json::Null),
            fields: kind.fields,
        }),
        scenarios: algorithm.scenarios.iter().map(scenario).collect::<Result<_, Failure>>()?,
        properties: algorithm.properties.iter().map(property).collect(),
        costs: algorithm.costs.iter().map(cost).collect(),
        bugs: algorithm.bugs.iter().map(bug).collect(),
        plots: algorithm.plots.iter().map(|plot| Plot { title: plot.title, unit: plot.unit }).collect(),
        milestones: algorithm.milestones,
        sources: algorithm.sources,
        article: algorithm.texts.article,
        pseudocode: algorithm.texts.pseudocode,
    })
}

fn parameter(parameter: &sim::algorithm::Parameter) -> Parameter {
    let (unit, words): (_, &[&str]) = match parameter.unit {
        Unit::Count => ("count", &[]),
        Unit::Time => ("microseconds", &[]),
        Unit::Choice(words) => ("choice", words),
    };
    Parameter {
        name: parameter.name,
        label: parameter.label,
        unit,
        words,
        min: parameter.min,
        max: parameter.max,
        default: parameter.default,
        expected: parameter.expected(),
        shown: parameter.show(parameter.default),
    }
}

fn property(property: &sim::Property) -> Property {
    let check = match property.check {
        Check::Always(_) => "always",
        Check::Sometimes(_) => "sometimes",
        Check::Eventually(_) => "eventually",
        Check::Monitor(..) => "monitor",
    };
    Property { name: property.name, check }
}

fn cost(cost: &sim::algorithm::Cost) -> Cost {
    Cost { what: cost.what, relation: relation(cost.relation), formula: cost.formula, when: cost.when }
}

/// A relation as JSON output names it.
pub fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Exactly => "exactly",
        Relation::AtMost => "at-most",
        Relation::AtLeast => "at-least",
        Relation::OnAverage => "on-average",
    }
}

fn bug(bug: &sim::algorithm::Bug) -> Bug {
    Bug { id: bug.id, title: bug.title, lesson: bug.lesson, breaks: bug.breaks, scenario: bug.scenario }
}

fn kebab(kind: &str) -> String {
    narrate::kind(kind).replace(' ', "-")
}

fn print(topic: &Topic, out: &mut Output) -> io::Result<()> {
    writeln!(out, "{} ({})", topic.title, topic.id)?;
    writeln!(out, "{}", topic.summary)?;
    let assumes = &topic.assumes;
    let words = |text: &str| text.replace('-', " ");
    heading("Assumes", out)?;
    writeln!(out, "  links: {}", words(&assumes.links))?;
    writeln!(out, "  order of messages: {}", words(&assumes.order))?;
    writeln!(out, "  timing: {}", words(&assumes.timing))?;
    writeln!(out, "  faults of nodes: {}", words(&assumes.faults))?;
    writeln!(out, "  members: {}", topic.membership)?;
    print_settings(topic, out)?;
    heading("Scenarios", out)?;
    for scenario in &topic.scenarios {
        writeln!(out, "  {}: {}", scenario.id, scenario.title)?;
        writeln!(out, "      {}", scenario.sentence)?;
    }
    heading("Properties", out)?;
    for property in &topic.properties {
        writeln!(out, "  {}: {}", property.check, property.name)?;
    }
    if !topic.costs.is_empty() {
        heading("Costs", out)?;
    }
    for cost in &topic.costs {
        writeln!(out, "  {}: {} {} ({})", cost.what, words(cost.relation), cost.formula, cost.when)?;
    }
    if !topic.bugs.is_empty() {
        heading("Planted bugs, for --variant", out)?;
    }
    for bug in &topic.bugs {
        writeln!(out, "  {}: {}", bug.id, bug.title)?;
        writeln!(out, "      breaks \"{}\", shown by {}", bug.breaks, bug.scenario)?;
        writeln!(out, "      {}", bug.lesson)?;
    }
    heading("Pseudocode", out)?;
    topic.pseudocode.lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    heading("Article", out)?;
    writeln!(out, "{}", topic.article.trim())?;
    if !topic.sources.is_empty() {
        heading("Sources", out)?;
    }
    topic.sources.iter().try_for_each(|source| writeln!(out, "  {source}"))
}

/// What `run --set` can set.
fn print_settings(topic: &Topic, out: &mut Output) -> io::Result<()> {
    let policy = topic.policy.as_ref();
    if !topic.parameters.is_empty() || policy.is_some() {
        heading("Parameters, for --set", out)?;
    }
    for parameter in &topic.parameters {
        let Parameter { name, label, expected, shown, .. } = parameter;
        writeln!(out, "  {name}: {label}; {expected}; {shown} if nothing is said")?;
    }
    for field in policy.map_or(&[][..], |policy| policy.fields) {
        let Field { name, label, unit, min, max, default } = field;
        let words = field.words();
        if let Some(standard) = words.get(*default as usize) {
            writeln!(out, "  {name}: {label} (policy); one of: {}; {standard} if nothing is said", words.join(", "))?;
            continue;
        }
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        writeln!(out, "  {name}: {label} (policy); {min} to {max}{unit}; {default} if nothing is said")?;
    }
    Ok(())
}

fn heading(text: &str, out: &mut Output) -> io::Result<()> {
    writeln!(out, "\n{text}")
}
