//! `list`, `show` and `run` of everything that is listed.

use crate::common::{Scratch, fine, interleave, lines, summary};
use sim::algorithms::{ALGORITHMS, FAMILIES};

#[test]
fn list_names_every_topic_and_every_scenario() {
    let text = fine(&["list"]).out;
    let json: serde_json::Value = serde_json::from_str(&fine(&["list", "--json"]).out).expect("the list is JSON");
    let topics = json.as_array().expect("the list is an array");
    assert_eq!(topics.len(), ALGORITHMS.len());
    for (algorithm, topic) in ALGORITHMS.iter().zip(topics) {
        assert!(text.contains(algorithm.id) && text.contains(algorithm.title), "{} is not in the text", algorithm.id);
        assert_eq!(topic["id"], algorithm.id);
        assert_eq!(topic["title"], algorithm.title);
        assert_eq!(topic["family"], algorithm.family());
        let names = |field: &str| -> Vec<String> {
            let list = topic[field].as_array().expect("a list").iter();
            list.map(|item| item.as_str().or(item["id"].as_str()).expect("a name").to_owned()).collect()
        };
        assert_eq!(names("scenarios"), algorithm.scenarios);
        assert_eq!(names("properties"), algorithm.properties.iter().map(|known| known.name).collect::<Vec<_>>());
        assert_eq!(names("bugs"), algorithm.bugs.iter().map(|bug| bug.id).collect::<Vec<_>>());
        for scenario in topic["scenarios"].as_array().expect("a list") {
            let title = scenario["title"].as_str().expect("a title");
            assert!(!title.is_empty() && text.contains(title), "{title} is not in the text");
        }
    }
    for family in FAMILIES {
        assert!(text.contains(family.title), "{} is not in the text", family.title);
    }
}

#[test]
fn show_tells_all_that_is_known_of_every_topic() {
    for algorithm in ALGORITHMS {
        let text = fine(&["show", algorithm.id]).out;
        let mut wanted = vec![algorithm.title, algorithm.summary, algorithm.texts.article.trim()];
        wanted.extend(algorithm.texts.pseudocode.lines());
        wanted.extend(algorithm.properties.iter().map(|property| property.name));
        wanted.extend(algorithm.costs.iter().map(|cost| cost.formula));
        wanted.extend(algorithm.bugs.iter().flat_map(|bug| [bug.id, bug.lesson, bug.breaks]));
        wanted.extend(algorithm.parameters.iter().map(|parameter| parameter.name));
        wanted.extend(algorithm.scenarios.iter().chain(algorithm.sources));
        for part in wanted {
            assert!(text.contains(part), "`show {}` does not say: {part}", algorithm.id);
        }
        let json: serde_json::Value = serde_json::from_str(&fine(&["show", algorithm.id, "--json"]).out).expect("JSON");
        assert_eq!(json["id"], algorithm.id);
        assert_eq!(json["article"], algorithm.texts.article);
        assert_eq!(json["scenarios"].as_array().map(Vec::len), Some(algorithm.scenarios.len()));
    }
}

#[test]
fn show_prints_a_scenario_file_that_validates() {
    for algorithm in ALGORITHMS {
        for (name, text) in algorithm.texts.scenarios {
            let shown = fine(&["show", algorithm.id, "--scenario", name]).out;
            assert_eq!(shown.trim_end(), text.trim_end());
            let file = Scratch::new("shown.json", &shown);
            let said = fine(&["validate", file.path()]).out;
            let expected = format!(": fine, a scenario of {} ({name}, ", algorithm.id);
            assert!(said.contains(&expected), "{said}");
        }
    }
}

#[test]
fn every_scenario_runs_and_text_and_json_agree() {
    for algorithm in ALGORITHMS {
        for name in algorithm.scenarios {
            let arguments = ["run", algorithm.id, "--scenario", name, "--until", "300"];
            let text = fine(&arguments);
            let json = fine(&[&arguments[..], &["--format", "jsonl"]].concat());
            let place = format!("{}/{name}", algorithm.id);
            assert_eq!(text.code, json.code, "{place}");
            let all = lines(&json.out);
            let steps = all.iter().filter(|line| line["line"] == "step").count() - 1;
            let summary = summary(&json.out);
            assert_eq!(summary["steps"], steps, "{place}");
            assert!(steps > 0 && steps <= 300, "{place} has {steps} steps");
            let broken = summary["properties"].as_array().expect("a list").iter();
            let broken = broken.filter(|property| property["verdict"] == "broken").count();
            assert_eq!(text.code, i32::from(broken > 0), "{place}");
            assert!(text.out.contains(&format!("\n{steps} step")), "{place}: {}", text.out);
            for step in all.iter().filter(|line| line["line"] == "step") {
                let words = step["text"].as_str().expect("words");
                assert!(text.out.contains(words), "{place}: `{words}` is not in the text");
                assert!(!words.contains('{') && !words.contains("::"), "{place}: `{words}` is not for people");
            }
        }
    }
}

#[test]
fn a_topic_runs_by_its_name_alone_and_by_its_address() {
    let first = fine(&["run", "mutex/ricart-agrawala"]).out;
    assert_eq!(fine(&["run", "ricart-agrawala"]).out, first);
    assert_eq!(fine(&["run", "mutex/ricart-agrawala/equal-stamps"]).out, first);
    assert_eq!(fine(&["run", "ricart-agrawala/equal-stamps"]).out, first);
    assert_eq!(fine(&["run", "mutex/ricart-agrawala", "--scenario", "equal-stamps"]).out, first);
}

/// A lecturer types the name of the bug and sees the property break.
#[test]
fn every_planted_bug_breaks_its_property_in_its_scenario() {
    for algorithm in ALGORITHMS {
        for bug in algorithm.bugs {
            let arguments = ["run", algorithm.id, "--scenario", bug.scenario, "--variant", bug.id];
            let json = interleave(&[&arguments[..], &["--json"]].concat());
            assert_eq!(json.code, 1, "{} with {}: {}", algorithm.id, bug.id, json.err);
            let summary = summary(&json.out);
            let properties = summary["properties"].as_array().expect("a list");
            let broken = properties.iter().any(|one| one["name"] == bug.breaks && one["verdict"] == "broken");
            assert!(broken, "{} with {} does not break `{}`", algorithm.id, bug.id, bug.breaks);
        }
    }
}
