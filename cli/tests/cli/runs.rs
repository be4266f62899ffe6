//! What `run` can be told to do.

use crate::common::{LECTURE, Scratch, changed, fine, interleave, interleave_with, lines, summary};
use serde_json::{Value as Json, json};
use sim::{Session, address, scenario::Scenario};
use std::fs;

const TOPIC: &str = "mutex/ricart-agrawala";

/// The whole text of a run with a crash, two broken assumptions' worth of marks, captions and costs. Where it changes
/// for a good reason, `INTERLEAVE_GOLDEN=write` writes it anew.
#[test]
fn the_text_of_a_run_is_as_it_was_reviewed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/lecture.txt");
    let ran = interleave(&["run", LECTURE, "--vector"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    if std::env::var("INTERLEAVE_GOLDEN").is_ok_and(|value| value == "write") {
        fs::write(path, &ran.out).expect("the file can be written");
    }
    let reviewed = fs::read_to_string(path).expect("the reviewed text is there");
    for (number, (now, then)) in ran.out.lines().zip(reviewed.lines()).enumerate() {
        assert_eq!(now, then, "line {}; INTERLEAVE_GOLDEN=write accepts what is printed now", number + 1);
    }
    assert_eq!(ran.out.lines().count(), reviewed.lines().count());
}

#[test]
fn events_are_taken_before_play_or_instead_of_it() {
    let deliver = r#"{"deliver": [0, 1]}"#;
    let alone = fine(&["run", TOPIC, "--json", "--events", r#"{"play": 2}"#, "--events", deliver, "--until", "0"]);
    let all = lines(&alone.out);
    assert_eq!(summary(&alone.out)["steps"], 3);
    assert_eq!(all[4]["event"], json!({ "deliver": [0, 1] }));
    assert_eq!(summary(&alone.out)["ended"], "steps");
    let played = fine(&["run", TOPIC, "--json", "--events", r#"{"play": 2}"#, "--events", deliver]);
    assert_eq!(lines(&played.out)[..5], all[..5]);
    assert_eq!(summary(&played.out)["ended"], "quiet");
}

#[test]
fn events_come_from_a_file_from_standard_input_or_from_the_line_itself() {
    let text = "# P1 is gone before anybody asks\n\n{\"crash\": 1}\n  {\"play\": 1}\n";
    let file = Scratch::new("choices.jsonl", text);
    let from_file = fine(&["run", TOPIC, "--events", file.path()]).out;
    let from_input = interleave_with(&["run", TOPIC, "--events", "-"], text);
    let from_line = fine(&["run", TOPIC, "--events", "{\"crash\": 1}\n{\"play\": 1}"]).out;
    assert!(from_file.contains("P1 crashes"));
    assert_eq!(from_file, from_input.out);
    assert_eq!(from_file, from_line);
}

#[test]
fn a_printed_run_can_be_taken_again() {
    let first = fine(&["run", LECTURE, "--json"]).out;
    let file = Scratch::new("run.jsonl", &first);
    let again = fine(&["run", LECTURE, "--json", "--events", file.path(), "--until", "0"]).out;
    assert_eq!(lines(&first).len(), lines(&again).len());
    assert_eq!(summary(&first)["digest"], summary(&again)["digest"]);
}

#[test]
fn until_is_a_number_of_steps_a_time_or_quiet() {
    let run = |until: &str| summary(&fine(&["run", LECTURE, "--json", "--until", until]).out);
    assert_eq!((run("7")["steps"].clone(), run("7")["ended"].clone()), (7.into(), "steps".into()));
    let at = run("12ms");
    assert_eq!(
        (at["steps"].clone(), at["time_us"].clone(), at["ended"].clone()),
        (6.into(), 12_000.into(), "time".into())
    );
    assert_eq!(run("0.02s")["time_us"], 20_000);
    assert_eq!(run("quiet")["ended"], "quiet");
    assert_eq!(run("quiet")["pending"], 0);
}

#[test]
fn a_run_without_end_stops_at_a_limit_and_says_so() {
    let endless = changed(|json| {
        json["script"] = json!([]);
        json["workload"] = json!([
            { "on": "start", "after": { "exponential": "50 ms" }, "request": "Enter" },
            { "on": "Entered", "after": { "exponential": "10 ms" }, "request": "Exit" },
            { "on": "Exited", "after": { "exponential": "50 ms" }, "request": "Enter" },
        ]);
    });
    let ran = fine(&["run", endless.path(), "--json"]);
    let summary = summary(&ran.out);
    assert_eq!((summary["ended"].clone(), summary["steps"].clone()), ("limit".into(), 10_000.into()));
    let why = summary["why"].as_str().expect("a sentence");
    assert!(why.contains("10000 steps") && why.contains("limit") && why.contains("--until"), "{why}");
    let bounded = fine(&["run", endless.path(), "--until", "1s"]).out;
    assert!(bounded.contains("later than --until asks for"), "{bounded}");
}

#[test]
fn what_the_user_holds_is_named_where_the_run_ends() {
    let ran = fine(&["run", TOPIC, "--events", r#"{"play": 1}"#, "--events", r#"{"hold": [0, 0]}"#]);
    assert!(ran.out.contains("You are holding 1 message."), "{}", ran.out);
    assert!(ran.out.contains("is held back"), "{}", ran.out);
}

#[test]
fn what_is_set_is_in_the_run() {
    let start = |arguments: &[&str]| lines(&fine(&[&["run", "--json"], arguments].concat()).out).swap_remove(0);
    let five = start(&[TOPIC, "--nodes", "5", "--seed", "77", "--variant", "stale-clock"]);
    assert_eq!(five["nodes"], json!(["P0", "P1", "P2", "P3", "P4"]));
    assert_eq!((five["seed"].clone(), five["variant"].clone()), (77.into(), "stale-clock".into()));
    let set = start(&["election/bully", "--set", "ok-timeout=8ms", "--set", "coordinator-timeout = 1 s"]);
    assert_eq!(set["parameters"], json!({ "ok-timeout": 8_000, "coordinator-timeout": 1_000_000 }));
    let plain = summary(&fine(&["run", "election/bully", "--json"]).out);
    let short = fine(&["run", "election/bully", "--json", "--set", "ok-timeout=8ms"]).out;
    assert_ne!(summary(&short)["digest"], plain["digest"]);
}

#[test]
fn a_field_of_the_policy_can_be_set() {
    let with_policy = sim::algorithms::ALGORITHMS.iter().find(|algorithm| algorithm.policy.is_some());
    let algorithm = with_policy.expect("a topic has a policy");
    let field = &algorithm.policy.as_ref().expect("it has one").fields[0];
    let value = if field.default == field.max { field.min } else { field.max };
    let value = field.words().get(value as usize).map_or(value.to_string(), |word| (*word).to_owned());
    let setting = format!("{}={value}", field.name);
    let start = |more: &[&str]| {
        let ran = fine(&[&["run", algorithm.id, "--json", "--until", "5"], more].concat());
        lines(&ran.out).swap_remove(0)
    };
    assert_ne!(start(&["--set", &setting])["policy"], start(&[])["policy"], "{setting}");
}

#[test]
fn nodes_one_by_one_can_be_more_or_fewer() {
    let listed = changed(|json| json["nodes"] = json!([{ "name": "Ada", "x": 10 }, {}, { "name": "Bo" }]));
    let names = |count: &str| {
        let ran = fine(&["run", listed.path(), "--json", "--nodes", count, "--until", "1"]);
        lines(&ran.out)[0]["nodes"].clone()
    };
    assert_eq!(names("3"), json!(["Ada", "P1", "Bo"]));
    assert_eq!(names("4"), json!(["Ada", "P1", "Bo", "P3"]));
}

/// A session of the page: three steps, a decision, a branch.
fn session() -> Session {
    let algorithm = sim::algorithms::find(TOPIC).expect("the topic is there");
    let scenario = Scenario::embedded(algorithm, "equal-stamps").expect("it is there").expect("it is in order");
    let mut session = Session::new(scenario).expect("it starts");
    session.play(2, |_, _, _| false).expect("it plays");
    let choice = session.world().choices().into_iter().find(|choice| !choice.next).expect("there is a choice");
    session.take(choice.event).expect("it can be taken");
    session
}

#[test]
fn a_link_is_run_up_to_its_moment_and_played_on_where_that_is_asked() {
    let session = session();
    let link = address::write(&session, Some(session.scenario()));
    let digest = format!("{:032x}", session.world().digest());
    for link in [format!("https://example.org/x/#{link}"), format!("#{link}"), link.to_string()] {
        let ran = fine(&["run", "--json", "--link", &link]);
        let summary = summary(&ran.out);
        assert_eq!((summary["digest"].clone(), summary["ended"].clone()), (digest.clone().into(), "events".into()));
    }
    let on = fine(&["run", "--json", "--link", &link.to_string(), "--until", "quiet"]);
    assert_eq!(summary(&on.out)["ended"], "quiet");
    let start = fine(&["run", "--json", "--link", "/mutex/ricart-agrawala/equal-stamps"]);
    assert_eq!(summary(&start.out)["steps"], 0);
}

#[test]
fn a_link_that_was_cut_off_is_refused() {
    let session = session();
    let link = address::write(&session, Some(session.scenario())).to_string();
    let ran = interleave(&["run", "--link", &link[..link.len() - 2]]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--link") && ran.err.contains("damaged or incomplete"), "{}", ran.err);
}

#[test]
fn a_link_to_a_scenario_of_ones_own_carries_it() {
    let text = fs::read_to_string(LECTURE).expect("the scenario is there");
    let mut session = Session::read(&text).expect("it starts");
    session.play(5, |_, _, _| false).expect("it plays");
    let link = address::write(&session, None).to_string();
    let ran = fine(&["run", "--json", "--link", &link]);
    assert_eq!(lines(&ran.out)[0]["scenario"], "lecture");
    assert_eq!(summary(&ran.out)["digest"], format!("{:032x}", session.world().digest()));
}

#[test]
fn a_session_file_is_run_up_to_its_moment() {
    let mut session = session();
    let digest = |session: &Session| Json::from(format!("{:032x}", session.world().digest()));
    let file = Scratch::new("session.json", session.to_file().write());
    assert_eq!(summary(&fine(&["run", file.path(), "--json"]).out)["digest"], digest(&session));
    session.back();
    let earlier = Scratch::new("session.json", session.to_file().write());
    let ran = summary(&fine(&["run", earlier.path(), "--json"]).out);
    assert_eq!((ran["steps"].clone(), ran["digest"].clone()), (2.into(), digest(&session)));
}
