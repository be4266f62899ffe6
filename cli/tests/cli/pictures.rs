//! Pictures and logs for other programs.

use crate::common::{LECTURE, changed, fine, interleave};
use serde_json::{Value as Json, json};
use sim::algorithms::ALGORITHMS;
use std::collections::BTreeMap;

/// The texts of a picture, which must be well-formed.
fn texts(picture: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(picture).unwrap_or_else(|error| panic!("{error}: {picture}"));
    assert_eq!(document.root_element().tag_name().name(), "svg");
    for attribute in ["width", "height"] {
        let size = document.root_element().attribute(attribute).and_then(|size| size.parse::<f64>().ok());
        assert!(size.is_some_and(|size| size > 0.0), "no {attribute}");
    }
    document.descendants().filter_map(|node| node.text()).map(str::to_owned).collect()
}

#[test]
fn every_topic_has_a_picture_in_every_theme() {
    for algorithm in ALGORITHMS {
        let mut pictures = Vec::new();
        for theme in ["light", "dark", "projector"] {
            let arguments = ["run", algorithm.id, "--until", "100", "--format", "svg", "--theme", theme];
            let picture = fine(&arguments).out;
            let texts = texts(&picture);
            assert!(texts.iter().any(|text| text.contains(algorithm.title)), "{}: {texts:?}", algorithm.id);
            pictures.push(picture);
        }
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), 3, "{}: two themes look the same", algorithm.id);
    }
}

#[test]
fn a_picture_has_the_nodes_the_stamps_and_the_kinds_of_messages() {
    let texts_of = |more: &[&str]| texts(&fine(&[&["run", LECTURE, "--format", "svg"], more].concat()).out);
    let plain = texts_of(&[]);
    for wanted in ["P0", "P1", "P2", "REQUEST", "REPLY", "4, 5", "95 ms"] {
        assert!(plain.iter().any(|text| text == wanted), "{wanted} is missing in {plain:?}");
    }
    let vectors = texts_of(&["--vector"]);
    assert!(vectors.iter().any(|text| text == "(1,0,0)"), "{vectors:?}");
}

/// What `--select` draws and writes, and what a snapshot has recorded.
#[test]
fn a_picture_tells_what_happened_before_what_and_whether_a_cut_is_consistent() {
    let picture = |arguments: &[&str]| fine(&[&["run"], arguments, &["--format", "svg"]].concat()).out;
    let events = "lamport-clock/six-events";
    let (plain, one) = (picture(&[events]), picture(&[events, "--select", "3"]));
    assert!(!texts(&plain).iter().any(|text| text == "concurrent"));
    assert!(["before", "after", "concurrent"].iter().all(|word| texts(&one).iter().any(|text| text == word)));
    let answer = |a: &str, b: &str| texts(&picture(&[events, "--select", a, "--select", b])).join(" ");
    assert!(answer("1", "6").contains("step 1 → step 6: P0 then sends STAMPED (step 2)"), "{}", answer("1", "6"));
    assert!(answer("3", "4").contains("step 3 ∥ step 4: No path of messages leads"), "{}", answer("3", "4"));
    for (name, verdict) in [("payment-overtakes", "✗ not consistent"), ("never-existed", "✓ consistent")] {
        let texts = texts(&picture(&["chandy-lamport", "--scenario", name]));
        assert!(texts.iter().any(|text| *text == format!("recorded cut: {verdict}")), "{name}: {texts:?}");
    }
    let nothing = interleave(&["run", events, "--format", "svg", "--select", "99"]);
    assert!(nothing.code == 2 && nothing.err.contains("no process has an event at this step"), "{}", nothing.err);
}

/// The log as `ShiViz` reads it: below two lines of regular expressions, two lines an event.
fn log(text: &str) -> Vec<(String, String, BTreeMap<String, u64>)> {
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], [r"(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})", ""]);
    let event = |pair: &[&str]| {
        let (host, clock) = pair[1].split_once(' ').expect("a host and its clock");
        let clock: BTreeMap<String, u64> = serde_json::from_str(clock).expect("the clock is JSON");
        assert!(!pair[0].is_empty());
        (host.to_owned(), pair[0].to_owned(), clock)
    };
    lines[2..].chunks(2).map(event).collect()
}

#[test]
fn the_log_for_shiviz_has_no_gap_and_knows_nothing_before_it_has_happened() {
    let mut names = 0;
    for algorithm in ALGORITHMS {
        for name in algorithm.scenarios {
            let arguments = ["run", algorithm.id, "--scenario", name, "--until", "200", "--format", "shiviz"];
            let mut happened: BTreeMap<String, u64> = BTreeMap::new();
            for (host, words, clock) in log(&fine(&arguments).out) {
                let own = happened.entry(host.clone()).or_default();
                *own += 1;
                assert_eq!(clock[&host], *own, "{}/{name}: {words}", algorithm.id);
                for (other, count) in &clock {
                    let known = happened.get(other).copied().unwrap_or(0);
                    assert!(*count <= known, "{}/{name}: {words} knows event {count} of {other}", algorithm.id);
                }
            }
            names += happened.len();
        }
    }
    assert!(names > 0);
}

#[test]
fn the_log_for_shiviz_tells_each_event_in_words() {
    let events = log(&fine(&["run", LECTURE, "--format", "shiviz"]).out);
    let (host, words, clock) = &events[2];
    assert_eq!((host.as_str(), words.as_str()), ("P1", "P1 receives REQUEST 1·P0"));
    assert_eq!(json!(clock), json!({ "P0": 1, "P1": 1 }));
    assert_eq!(events[3].1, "P1 sends REPLY 1·P0 to P0");
}

#[test]
fn hosts_have_names_without_spaces_and_no_name_twice() {
    let named = changed(|json: &mut Json| json["nodes"] = json!([{ "name": "a b" }, { "name": "a_b" }, {}]));
    let events = log(&fine(&["run", named.path(), "--format", "shiviz"]).out);
    let hosts: Vec<&str> = events.iter().map(|(host, ..)| host.as_str()).collect();
    assert!(hosts.contains(&"a_b") && hosts.contains(&"a_b#1") && hosts.contains(&"P2"), "{hosts:?}");
}
