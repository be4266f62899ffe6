//! Articles, pseudocode and scenarios: one hashed file per topic, fetched by the page when it is first opened.
//!
//! A topic `mutex/ricart-agrawala` is `sim/src/algorithms/mutex/ricart_agrawala.rs` with a pseudocode file
//! (`.txt`), or just an article (`.md`), beside it; its scenarios are
//! `scenarios/mutex/ricart-agrawala/*.json`. What is written:
//! - `topics/mutex-ricart-agrawala.<hash>.json`: `{"article": …, "pseudocode": …, "hosts": {}, "scenarios": {"<id>": {…}},
//!   "pictures": {"<id>": "<svg …>"}}`; for the topic on the landing page also `"opening": {"wide": "<svg …>", …}`;
//!   `experiments` has `experiments/mutex/ricart-agrawala/*.json`, where there are any, each with its scenario in it;
//!   `hosts` has the pseudocode of the other topics on which a concept or a policy is shown
//! - `titles.<hash>.json`: `{"mutex/ricart-agrawala": {"<id>": "<title>"}}`: every scenario, for who searches them all
//! - `topics.json`: `{"titles": "titles.<hash>.json", "topics": {"mutex/ricart-agrawala":
//!   "topics/mutex-ricart-agrawala.<hash>.json"}}`: where all of these are

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sim::{
    Scenario,
    scene::{Theme, miniature},
};

use crate::command::say;
use crate::failure::{Failure, Outcome};
use crate::files::{content_hash, entries, read_text, stem, write};

/// The landing page's example on each kind of screen, in the room that `static/style.css` makes for it: 14.5 and 15 rem
/// high, of 14 CSS pixels and, for the projector, 22.4. In another size its words would shrink.
const OPENINGS: [(&str, (f32, f32), Theme); 4] = [
    ("wide", (700.0, 203.0), Theme::Light),
    ("narrow", (350.0, 210.0), Theme::Light),
    ("wide-projector", (620.0, 325.0), Theme::Projector),
    ("narrow-projector", (345.0, 336.0), Theme::Projector),
];

/// Where a topic's files are.
struct Topic {
    family: String,
    name: String,
    source: PathBuf,
}

impl Topic {
    fn id(&self) -> String {
        format!("{}/{}", self.family, self.name)
    }
}

/// What was written, and what is not as it should be.
#[derive(Debug)]
pub struct Written {
    /// How many topics.
    pub count: usize,
    /// Sentences about missing or misplaced files. A build goes on with them, `cargo xtask check` does not.
    pub complaints: Vec<String>,
}

/// Writes every topic's file, all titles, and the index of these into the folder.
pub fn write_all(root: &Path, into: &Path) -> Outcome<Written> {
    let topics = find(root)?;
    let mut complaints = orphans(root, &topics)?;
    let (mut files, mut titles) = (Map::new(), Map::new());
    for topic in &topics {
        if !topic.source.with_extension("md").is_file() {
            complaints.push(format!(
                "{} has no article: write {}",
                topic.id(),
                topic.source.with_extension("md").display()
            ));
        }
        let bundle = bundle(root, topic)?;
        let text = bundle.to_string();
        let file = format!("topics/{}-{}.{}.json", topic.family, topic.name, content_hash(text.as_bytes()));
        write(&into.join(&file), text.as_bytes())?;
        titles.insert(topic.id(), Value::Object(titles_of(&bundle["scenarios"])));
        files.insert(topic.id(), file.into());
    }
    let titles = Value::Object(titles).to_string();
    let titles_file = format!("titles.{}.json", content_hash(titles.as_bytes()));
    write(&into.join(&titles_file), titles.as_bytes())?;
    let index = json!({ "titles": titles_file, "topics": files });
    write(&into.join("topics.json"), index.to_string().as_bytes())?;
    for complaint in &complaints {
        say(complaint);
    }
    Ok(Written { count: topics.len(), complaints })
}

fn find(root: &Path) -> Outcome<Vec<Topic>> {
    let mut topics = Vec::new();
    for folder in entries(&root.join("sim/src/algorithms"))? {
        for source in entries(&folder)? {
            let has_text = ["txt", "md"].iter().any(|text| source.with_extension(text).is_file());
            if has_text && source.extension().is_some_and(|extension| extension == "rs") {
                topics.push(Topic { family: dashed(&stem(&folder)), name: dashed(&stem(&source)), source });
            }
        }
    }
    Ok(topics)
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

fn bundle(root: &Path, topic: &Topic) -> Outcome<Value> {
    let article_file = topic.source.with_extension("md");
    let article = if article_file.is_file() { read_text(&article_file)? } else { String::new() };
    let mut scenarios = Map::new();
    for file in entries(&root.join("scenarios").join(topic.id()))? {
        if file.extension().is_some_and(|extension| extension == "json") {
            scenarios.insert(stem(&file), read_scenario(&file)?);
        }
    }
    let mut bundle = json!({
        "article": article,
        "pseudocode": pseudocode(&topic.source)?,
        "hosts": hosts(root, topic, &scenarios)?,
        "pictures": pictures(&scenarios),
    });
    if topic.id() == sim::algorithms::OPENING
        && let Some(opening) = opening(&scenarios)
    {
        bundle["opening"] = opening;
    }
    bundle["scenarios"] = Value::Object(scenarios);
    let experiments = experiments(root, topic)?;
    if !experiments.is_empty() {
        bundle["experiments"] = Value::Object(experiments);
    }
    Ok(bundle)
}

/// The topic's experiments, each with its scenario in it, so that the page needs no other file to run it.
fn experiments(root: &Path, topic: &Topic) -> Outcome<Map<String, Value>> {
    let folder = root.join("experiments").join(topic.id());
    let mut experiments = Map::new();
    if !folder.is_dir() {
        return Ok(experiments);
    }
    for file in entries(&folder)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let mut experiment = read_scenario(file)?;
        if let Some(id) = experiment["base"].as_str() {
            let mut base = read_scenario(&root.join("scenarios").join(id).with_extension("json"))?;
            base.as_object_mut().map(|fields| fields.remove("captions"));
            experiment["base"] = base;
        }
        experiments.insert(stem(file), experiment);
    }
    Ok(experiments)
}

fn pseudocode(source: &Path) -> Outcome<String> {
    let file = source.with_extension("txt");
    if file.is_file() { read_text(&file) } else { Ok(String::new()) }
}

/// The pseudocode of the other topics that run in these scenarios.
fn hosts(root: &Path, topic: &Topic, scenarios: &Map<String, Value>) -> Outcome<Map<String, Value>> {
    let mut hosts = Map::new();
    for id in scenarios.values().filter_map(|scenario| scenario["algorithm"].as_str()) {
        if id != topic.id() && !hosts.contains_key(id) {
            let source = root.join("sim/src/algorithms").join(id.replace('-', "_"));
            hosts.insert(id.to_owned(), pseudocode(&source)?.into());
        }
    }
    Ok(hosts)
}

/// The cards' pictures. A scenario that cannot be prepared has none: `cargo xtask test` says what is wrong with it.
fn pictures(scenarios: &Map<String, Value>) -> Map<String, Value> {
    let pictures = scenarios.iter().filter_map(|(name, json)| {
        let scenario = Scenario::read(&json.to_string()).ok()?;
        Some((name.clone(), Value::String(miniature::of(&scenario)?)))
    });
    pictures.collect()
}

/// How the first scenario of the landing page's topic begins, for each kind of screen. The other themes are as large as
/// the light one.
fn opening(scenarios: &Map<String, Value>) -> Option<Value> {
    let first = sim::algorithms::find(sim::algorithms::OPENING)?.scenarios.first()?;
    let scenario = Scenario::read(&scenarios.get(*first)?.to_string()).ok()?;
    let pictures = OPENINGS.iter().map(|(screen, size, theme)| {
        Some(((*screen).to_owned(), Value::String(miniature::opening(&scenario, *size, *theme)?)))
    });
    pictures.collect::<Option<Map<_, _>>>().map(Value::Object)
}

/// Every scenario's title.
fn titles_of(scenarios: &Value) -> Map<String, Value> {
    let scenarios = scenarios.as_object().into_iter().flatten();
    scenarios.map(|(name, scenario)| (name.clone(), scenario["title"].as_str().unwrap_or(name).into())).collect()
}

fn read_scenario(file: &Path) -> Outcome<Value> {
    serde_json::from_str(&read_text(file)?).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::new(format!("{}:{line}:{column}: this file is not JSON: {error}", file.display()))
    })
}

/// A folder of scenarios whose topic is misspelt would otherwise be missing from the page without a word.
fn orphans(root: &Path, topics: &[Topic]) -> Outcome<Vec<String>> {
    let known: BTreeSet<String> = topics.iter().map(Topic::id).collect();
    let mut complaints = Vec::new();
    for family in entries(&root.join("scenarios"))?.iter().filter(|path| path.is_dir()) {
        for folder in entries(family)?.iter().filter(|path| path.is_dir()) {
            let id = format!("{}/{}", stem(family), stem(folder));
            if !known.contains(&id) {
                complaints.push(format!(
                    "scenarios/{id} belongs to no topic: there is no sim/src/algorithms/{}.rs with a .txt or .md beside it",
                    id.replace('-', "_")
                ));
            }
        }
    }
    Ok(complaints)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{empty_folder, files_below};

    fn project(name: &str) -> PathBuf {
        let root = std::env::temp_dir().join(format!("interleave-topics-{name}-{}", std::process::id()));
        empty_folder(&root).unwrap();
        for (file, text) in [
            ("sim/src/algorithms/mutex/ricart_agrawala.rs", ""),
            ("sim/src/algorithms/mutex/ricart_agrawala.txt", "request #ask"),
            ("sim/src/algorithms/mutex/ricart_agrawala.md", "# R"),
            ("sim/src/algorithms/mutex/helper.rs", ""),
            (
                "scenarios/mutex/ricart-agrawala/two-ask.json",
                "{\"seed\": 1, \"title\": \"Two ask\", \"sentence\": \"Who yields?\"}",
            ),
        ] {
            write(&root.join(file), text.as_bytes()).unwrap();
        }
        root
    }

    #[test]
    fn one_file_per_topic_and_a_list() {
        let root = project("bundle");
        let into = root.join("out");
        let written = write_all(&root, &into).unwrap();
        assert_eq!((written.count, written.complaints), (1, vec![]));
        let list: Value = serde_json::from_str(&read_text(&into.join("topics.json")).unwrap()).unwrap();
        let titles = read_text(&into.join(list["titles"].as_str().unwrap())).unwrap();
        assert_eq!(titles, r#"{"mutex/ricart-agrawala":{"two-ask":"Two ask"}}"#);
        let file = list["topics"]["mutex/ricart-agrawala"].as_str().unwrap();
        let topic: Value = serde_json::from_str(&read_text(&into.join(file)).unwrap()).unwrap();
        let expected = json!({"article": "# R", "pseudocode": "request #ask", "hosts": {}, "pictures": {},
            "scenarios": {"two-ask": {"seed": 1, "title": "Two ask", "sentence": "Who yields?"}}});
        assert_eq!(topic, expected);
        assert_eq!(files_below(&into).unwrap().len(), 3);
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn broken_and_orphaned_scenarios_are_named() {
        let root = project("broken");
        write(&root.join("scenarios/mutex/ricart-agrawala/bad.json"), b"{\n  oops").unwrap();
        let error = write_all(&root, &root.join("out")).unwrap_err().to_string();
        assert!(error.contains("bad.json:2:3"), "{error}");
        write(&root.join("scenarios/mutex/ricart-agrawala/bad.json"), b"{}").unwrap();
        write(&root.join("scenarios/mutex/ricart/a.json"), b"{}").unwrap();
        let complaints = write_all(&root, &root.join("out")).unwrap().complaints;
        assert!(complaints[0].contains("scenarios/mutex/ricart belongs to no topic"), "{complaints:?}");
        std::fs::remove_dir_all(root).unwrap();
    }
}
