//! From what was typed to a topic, a scenario, a run.

use crate::{
    arguments::{RunArguments, Setting},
    failure::Failure,
    output,
};
use serde_json::Value as Json;
use sim::{
    Algorithm, Scenario, Session, address, algorithms, limits,
    scenario::{FileEvent, NodeEntry, Nodes},
};
use std::{fs::File, io::Read, path::Path};

/// A run to be made: where it starts, and what was done in it before.
pub struct Opened {
    /// The scenario, with everything that was set.
    pub scenario: Scenario,
    /// What to call it in an error.
    pub name: String,
    /// What a link or a session file holds; nothing for a scenario.
    pub recorded: Option<Vec<FileEvent>>,
}

/// The topic of this id, or of this name where only one family has it.
pub fn topic(id: &str) -> Result<&'static Algorithm, Failure> {
    let wanted = id.trim_matches('/');
    if let Some(algorithm) = algorithms::find(wanted) {
        return Ok(algorithm);
    }
    let named = |algorithm: &&&Algorithm| algorithm.id.split('/').nth(1) == Some(wanted);
    let mut of_that_name = algorithms::ALGORITHMS.iter().filter(named);
    if let (Some(algorithm), None) = (of_that_name.next(), of_that_name.next()) {
        return Ok(algorithm);
    }
    let nearest = algorithms::ALGORITHMS.iter().map(|algorithm| (distance(wanted, algorithm.id), algorithm.id)).min();
    let hint = match nearest {
        Some((edits, near)) if edits <= wanted.len() / 3 => format!(" did you mean `{near}`?"),
        _ => String::new(),
    };
    Err(Failure::input(format!("there is no topic `{id}`;{hint} `interleave list` names them all")))
}

/// What a run is of: its topic, and what runs where that is another.
pub fn title(session: &Session) -> String {
    let runs = session.setup().algorithm;
    match algorithms::topic(session.scenario().topic()) {
        Some(topic) if topic.id != runs.id => format!("{}, on {}", topic.title, runs.title),
        _ => runs.title.to_owned(),
    }
}

/// How many letters must be added, removed or changed to make `a` of `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let replaced = diagonal + usize::from(letter != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// One of the topic's own scenarios.
pub fn scenario(algorithm: &'static Algorithm, name: &str) -> Result<Scenario, Failure> {
    let found = Scenario::embedded(algorithm, name).ok_or_else(|| {
        let known = algorithm.scenarios.join(", ");
        Failure::input(format!("{} has no scenario `{name}`; it has: {known}", algorithm.id))
    })?;
    found.map_err(|error| Failure::within(&format!("{}/{name}", algorithm.id), &error))
}

/// The text of a file, within what this program reads.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let wrong = |what: String| Failure::input(format!("{name}: {what}"));
    let mut bytes = Vec::new();
    let limit = limits::FILE_BYTES as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| wrong(format!("it cannot be read: {error}")))?;
    if bytes.len() > limits::FILE_BYTES {
        return Err(wrong(format!("it is larger than {} MiB", limits::FILE_BYTES >> 20)));
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| wrong(format!("it is not UTF-8 text from byte {} on", error.utf8_error().valid_up_to())))?;
    // Some editors put a byte order mark in front, which means nothing here.
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// What `run` is to run.
pub fn open(arguments: &RunArguments) -> Result<Opened, Failure> {
    let mut opened = match (&arguments.link, &arguments.target) {
        (Some(link), _) => open_link(link)?,
        (None, Some(target)) => open_target(target, arguments.scenario.as_deref())?,
        (None, None) => return Err(Failure::input("name a topic or a file; `interleave list` names the topics")),
    };
    adjust(&mut opened.scenario, arguments)?;
    Ok(opened)
}

fn open_target(target: &str, named: Option<&str>) -> Result<Opened, Failure> {
    // `mutex/ricart-agrawala/equal-stamps`, as in an address.
    let parts: Vec<&str> = target.trim_matches('/').split('/').collect();
    if let [family, topic, name] = parts[..]
        && let Some(algorithm) = algorithms::find(&format!("{family}/{topic}"))
    {
        return match named {
            Some(_) => Err(Failure::input(format!("`{target}` names a scenario already; leave --scenario out"))),
            None => open_own(algorithm, name),
        };
    }
    if let [name, scenario] = parts[..]
        && let (None, None, Ok(algorithm)) = (algorithms::find(target), named, topic(name))
        && algorithm.scenarios.contains(&scenario)
    {
        return open_own(algorithm, scenario);
    }
    let path = Path::new(target);
    let looks_like_a_file = path.extension().is_some() || target.starts_with(['.', '/']);
    if algorithms::find(target).is_none() && (path.is_file() || looks_like_a_file) {
        return match named {
            Some(_) => Err(Failure::input(format!("{target} is a file, which is one scenario; leave --scenario out"))),
            None => open_file(path),
        };
    }
    let algorithm = topic(target)?;
    match named.or(algorithm.scenarios.first().copied()) {
        Some(name) => open_own(algorithm, name),
        None => Err(Failure::input(format!("{} has no scenario to run", algorithm.id))),
    }
}

fn open_own(algorithm: &'static Algorithm, name: &str) -> Result<Opened, Failure> {
    let scenario = scenario(algorithm, name)?;
    Ok(Opened { scenario, name: format!("{}/{name}", algorithm.id), recorded: None })
}

fn open_file(path: &Path) -> Result<Opened, Failure> {
    let name = path.display().to_string();
    let text = read_text(path)?;
    let session = Session::read(&text).map_err(|error| Failure::within(&name, &error))?;
    let scenario = session.scenario().clone();
    Ok(Opened { scenario, name, recorded: is_session(&text).then(|| recorded(&session)) })
}

/// Whether a file that could be read is a session, as opposed to a scenario.
pub fn is_session(text: &str) -> bool {
    serde_json::from_str::<Json>(text).is_ok_and(|json| json.get("interleave").is_some())
}

fn open_link(link: &str) -> Result<Opened, Failure> {
    let hash = match link.rsplit_once('#') {
        Some((_, hash)) => hash,
        None if link.contains("://") => "",
        None => link,
    };
    let address = address::Address::read(hash);
    if address.topic.is_empty() {
        let expected = "expected what follows the `#` of an address, as in `#/mutex/ricart-agrawala/equal-stamps?1Ab`";
        return Err(Failure::input(format!("--link: it names no topic; {expected}")));
    }
    let algorithm = topic(&address.topic).map_err(|failure| Failure::input(format!("--link: {failure}")))?;
    let name = match address.scenario.as_str() {
        "" => algorithm.scenarios.first().copied().unwrap_or(""),
        name => name,
    };
    // A link to a scenario of one's own carries it whole, whatever its name.
    let own = Scenario::embedded(algorithm, name).transpose();
    let own = own.map_err(|error| Failure::within(&format!("{}/{name}", algorithm.id), &error))?;
    let opened = address::open(&address.run, own).map_err(|error| Failure::within("--link", &error))?;
    match opened.warning {
        Some(warning) if !opened.complete => return Err(Failure::input(format!("--link: {warning}"))),
        Some(warning) => output::complain("warning", &warning),
        None => {}
    }
    let scenario = opened.session.scenario().clone();
    Ok(Opened { scenario, name: "--link".into(), recorded: Some(recorded(&opened.session)) })
}

/// The events that lead to the present moment of a session.
fn recorded(session: &Session) -> Vec<FileEvent> {
    let mut events = Vec::new();
    session.visit(1..session.depth() + 1, &mut |_, step, _| {
        events.extend(step.event.map(|event| FileEvent::of(event, session.payloads())));
    });
    events
}

/// Puts into the scenario what was set on the command line.
fn adjust(scenario: &mut Scenario, arguments: &RunArguments) -> Result<(), Failure> {
    if let Some(seed) = arguments.seed {
        scenario.seed = seed;
    }
    if let Some(count) = arguments.nodes {
        resize(&mut scenario.nodes, count);
    }
    let Some(algorithm) = algorithms::find(&scenario.algorithm) else { return Ok(()) };
    if let Some(variant) = &arguments.variant {
        if algorithm.bug(variant).is_none() {
            let known: Vec<&str> = algorithm.bugs.iter().map(|bug| bug.id).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("--variant: {} has no variant `{variant}`; it has: {known}", algorithm.id);
            return Err(Failure::input(message));
        }
        scenario.variant = Some(variant.clone());
    }
    arguments.set.iter().try_for_each(|setting| set(scenario, algorithm, setting))
}

/// Makes it so many nodes.
fn resize(nodes: &mut Nodes, count: u32) {
    match nodes {
        Nodes::List(list) if list.len() == count as usize => {}
        Nodes::List(list) if count as usize <= limits::NODES => {
            list.resize(count as usize, NodeEntry::default());
            // Places that were chosen for another number would not fit.
            for entry in list {
                (entry.x, entry.y) = (None, None);
            }
        }
        // A number past the limit is refused where every scenario is checked.
        _ => *nodes = Nodes::Count(count),
    }
}

/// Sets a parameter, or a field of the policy.
fn set(scenario: &mut Scenario, algorithm: &'static Algorithm, setting: &Setting) -> Result<(), Failure> {
    let Setting { name, value } = setting;
    let wrong = |why: &str| Failure::input(format!("--set {name}={value}: {why}"));
    if let Some(parameter) = algorithm.parameters.iter().find(|parameter| parameter.name == name) {
        let json = Json::String(value.clone());
        parameter.read(&json).map_err(|why| wrong(&why))?;
        scenario.parameters.insert(name.clone(), json);
        return Ok(());
    }
    if let Some(kind) = &algorithm.policy
        && kind.fields.iter().any(|field| field.name == name)
    {
        if scenario.policy.is_null() {
            scenario.policy = serde_json::from_str(kind.default).map_err(|error| wrong(&error.to_string()))?;
        }
        let json = serde_json::from_str(value).unwrap_or_else(|_| Json::String(value.clone()));
        if let Some(policy) = scenario.policy.as_object_mut() {
            policy.insert(name.clone(), json);
        }
        (kind.read)(&scenario.policy).map_err(|why| wrong(&why))?;
        return Ok(());
    }
    let policy = algorithm.policy.iter().flat_map(|kind| kind.fields).map(|field| field.name);
    let known: Vec<&str> = algorithm.parameters.iter().map(|parameter| parameter.name).chain(policy).collect();
    let known = if known.is_empty() { "nothing that can be set".to_owned() } else { known.join(", ") };
    Err(wrong(&format!("{} has no such parameter; it has: {known}", algorithm.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_a_short_distance() {
        assert_eq!(distance("mutex/ricart-agrawala", "mutex/ricart-agrawala"), 0);
        assert_eq!(distance("mutex/ricart-agrawla", "mutex/ricart-agrawala"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
