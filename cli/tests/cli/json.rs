//! Every field of every JSON output is documented in the README, and every documented field is there.

use crate::common::{LECTURE, changed, fine, interleave, lines};
use serde_json::{Value as Json, json};
use sim::algorithms::ALGORITHMS;
use std::collections::{BTreeMap, BTreeSet};

/// The tables of the README by their headings: field and type.
fn documented() -> BTreeMap<String, BTreeMap<String, String>> {
    let readme = include_str!("../../README.md");
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut heading = String::new();
    for line in readme.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            title.replace('`', "").clone_into(&mut heading);
        }
        let mut cells = line.split('|').map(str::trim).skip(1);
        if let (Some(field), Some(kind), Some(meaning)) = (cells.next(), cells.next(), cells.next())
            && let Some(field) = field.strip_prefix('`').and_then(|field| field.strip_suffix('`'))
            && !heading.is_empty()
        {
            assert!(!meaning.is_empty(), "`{field}` has no meaning");
            tables.entry(heading.clone()).or_default().insert(field.to_owned(), kind.to_owned());
        }
    }
    tables
}

/// The fields below a value. What the algorithm's own data is made of is not ours to document.
fn walk(json: &Json, path: &str, table: &BTreeMap<String, String>, seen: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| walk(item, &format!("{path}[]"), table, seen)),
        Json::Object(fields) => {
            for (name, value) in fields {
                let field = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                seen.insert(field.clone());
                let kind = table.get(&field).map_or("", String::as_str);
                if !["map", "event", "value", "message"].contains(&kind) {
                    walk(value, &field, table, seen);
                }
            }
        }
        _ => {}
    }
}

/// Compares what was seen with what is documented under these headings.
fn compare(headings: &[&str], outputs: &[(String, Json)]) {
    let documented = documented();
    let table =
        |heading: &&str| documented.get(*heading).unwrap_or_else(|| panic!("no table below `{heading}`")).clone();
    let table: BTreeMap<String, String> = headings.iter().flat_map(table).collect();
    let mut seen = BTreeSet::new();
    for (path, output) in outputs {
        walk(output, path, &table, &mut seen);
    }
    let known: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(seen.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "not documented");
    assert_eq!(known.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new(), "documented and not there");
}

fn parsed(arguments: &[&str]) -> Json {
    serde_json::from_str(&interleave(arguments).out).expect("the output is JSON")
}

#[test]
fn every_field_of_list_is_documented() {
    compare(&["list --json"], &[(String::new(), parsed(&["list", "--json"]))]);
}

#[test]
fn every_field_of_show_is_documented() {
    let shown = |algorithm: &&&sim::Algorithm| (String::new(), parsed(&["show", algorithm.id, "--json"]));
    compare(&["show --json"], &ALGORITHMS.iter().map(|algorithm| shown(&algorithm)).collect::<Vec<_>>());
}

#[test]
fn every_field_of_validate_is_documented() {
    let bad = changed(|json| json["nodes"] = json!(0));
    let experiment = concat!(env!("CARGO_MANIFEST_DIR"), "/../experiments/election/chang-roberts/random-rings.json");
    let reports = parsed(&["validate", "--json", LECTURE, bad.path(), experiment]);
    compare(&["validate --json"], &[(String::new(), reports)]);
}

#[test]
fn every_field_of_experiment_is_documented() {
    let few = ["experiment", "chang-roberts", "--values", "2,3", "--replications", "2", "--json"];
    compare(&["experiment --json"], &[(String::new(), parsed(&few))]);
}

#[test]
fn every_field_of_run_is_documented() {
    let mut outputs = Vec::new();
    let mut add = |arguments: &[&str]| {
        for line in lines(&fine(&[&["run", "--json"], arguments].concat()).out) {
            let kind = line["line"].as_str().expect("each line says what it is").to_owned();
            outputs.push((kind, line));
        }
    };
    add(&[LECTURE]);
    for algorithm in ALGORITHMS {
        for name in algorithm.scenarios {
            add(&[algorithm.id, "--scenario", name, "--until", "100"]);
        }
    }
    let lines = ["the line start", "the lines step", "the line summary"];
    let headings: Vec<String> = lines.iter().map(|line| format!("run --format jsonl: {line}")).collect();
    compare(&headings.iter().map(String::as_str).collect::<Vec<_>>(), &outputs);
}
