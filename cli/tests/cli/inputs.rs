//! Wrong input: what it is, where it is, what was expected.

use crate::common::{LECTURE, Scratch, changed, interleave};
use serde_json::{Value as Json, json};
use std::fs;

/// The program must refuse this, with all of these words on standard error.
fn refused(arguments: &[&str], words: &[&str]) {
    let ran = interleave(arguments);
    assert_eq!(ran.code, 2, "{arguments:?} is accepted");
    for word in words {
        assert!(ran.err.contains(word), "{arguments:?}: `{word}` is missing in: {}", ran.err);
    }
}

#[test]
fn wrong_arguments_are_refused_with_what_was_expected() {
    let ra = "mutex/ricart-agrawala";
    for (arguments, words) in [
        (
            &["run", "mutex/ricart-agrawla"][..],
            &["no topic", "did you mean `mutex/ricart-agrawala`", "interleave list"][..],
        ),
        (&["show", "xyzzy"], &["no topic `xyzzy`", "interleave list"]),
        (&["show", ra, "--scenario", "nothing"], &["no scenario `nothing`", "equal-stamps"]),
        (&["run", ra, "--scenario", "nothing"], &["no scenario `nothing`", "equal-stamps"]),
        (&["run", "mutex/ricart-agrawala/nothing"], &["no scenario `nothing`", "equal-stamps"]),
        (&["run", "mutex/ricart-agrawala/workload", "--scenario", "workload"], &["leave --scenario out"]),
        (&["run", LECTURE, "--scenario", "workload"], &["is a file", "leave --scenario out"]),
        (&["run", "missing.json"], &["missing.json", "cannot be read"]),
        (&["run", ra, "--set", "stamps"], &["NAME=VALUE"]),
        (&["run", ra, "--set", "speed=3"], &["--set speed=3", "no such parameter", "stamps"]),
        (&["run", "election/bully", "--set", "ok-timeout=fast"], &["--set ok-timeout=fast", "not a time", "10 ms"]),
        (&["run", "election/bully", "--set", "ok-timeout=0ms"], &["out of range", "from 1 ms to 10 s"]),
        (&["run", ra, "--variant", "lazy"], &["--variant", "no variant `lazy`", "no-tie-break"]),
        (&["run", ra, "--nodes", "0"], &["--nodes 0", "`nodes`", "between 1 and"]),
        (&["run", ra, "--nodes", "99999"], &["`nodes`", "between 1 and"]),
        (&["run", LECTURE, "--nodes", "2"], &["with --nodes 2", "`script[1].event`", "there is no node 2"]),
        (&["run", ra, "--nodes", "many"], &["many", "--nodes"]),
        (&["run", ra, "--until", "soon"], &["soon", "`quiet`", "`250ms`"]),
        (&["run", ra, "--until", "9999999999"], &["no more than"]),
        (&["run", ra, "--format", "pdf"], &["pdf", "text", "jsonl", "shiviz", "svg"]),
        (&["run", ra, "--events", "missing.jsonl"], &["missing.jsonl", "cannot be read"]),
        (&["run", ra, "--link", "/mutex/ricart-agrawala"], &["cannot be used with"]),
        (&["run", "--link", "https://example.org/"], &["--link"]),
        (&["run", "--link", "#/"], &["--link", "names no topic"]),
        (&["run", "--link", "#/mutex/none"], &["no topic `mutex/none`"]),
        (&["run", "--link", "#/mutex/ricart-agrawala/equal-stamps?9AAAA"], &["--link", "version"]),
        (&["run", "--link", "#/mutex/ricart-agrawala/equal-stamps?1A*A"], &["--link", "`*`"]),
        (&["run", "--link", "#/mutex/ricart-agrawala/equal-stamps?1AbCdEfGh"], &["--link", "holds up to step 0"]),
        (&["run", "--link", "#/mutex/ricart-agrawala/not-there"], &["--link", "scenario"]),
        (&["run", "mutex/ricart-agrawala/workload", "--until", "3000", "--format", "svg"], &["svg", "--until 2000"]),
        (&["run", ra, "--scenario", "idle-crash", "--nodes", "100", "--format", "shiviz"], &["shiviz", "64"]),
        (&["validate"], &["FILE"]),
    ] {
        refused(arguments, words);
    }
}

#[test]
fn wrong_events_are_refused_with_line_and_column() {
    for (text, words) in [
        ("{\"play\": 1}\n{\"delver\": [0, 1]}", &["line 2, column 9", "unknown variant `delver`", "`deliver`"][..]),
        ("{\"deliver\": [0]}", &["line 1", "[sender, number]"]),
        ("{\"deliver\": [0, 1]", &["line 1, column 18", "EOF"]),
        ("\n\nnonsense", &["line 3, column 2"]),
        ("[1, 2]", &["line 1", "one event a line"]),
        ("{\"play\": -1}", &["line 1", "number of steps"]),
        ("{\"play\": 1000}", &["line 1", "nothing can happen after 9 of 1000 steps"]),
        ("{\"crash\": 7}", &["line 1", "There is no node 7"]),
        ("{\"cut-link\": [0, 7]}", &["line 1", "no link between node 0 and node 7"]),
        ("{\"request\": {\"node\": 0, \"ask\": \"Dance\"}}", &["line 1", "Dance", "not a request", "`Enter`"]),
        ("{\"request\": {\"node\": 0, \"ask\": \"Exit\"}}", &["line 1", "P0"]),
        ("{\"recover\": 0}", &["line 1", "P0 is not down"]),
        ("{\"set-loss\": [0, 2000000]}", &["line 1", "1,000,000"]),
        ("\"heal\"", &["line 1", "not partitioned"]),
        ("{\"line\": \"step\", \"event\": {\"delver\": 1}}", &["line 1", "delver"]),
    ] {
        let file = Scratch::new("choices.jsonl", text);
        refused(&["run", "mutex/ricart-agrawala", "--events", file.path()], &[&["choices.jsonl"], words].concat());
    }
}

#[test]
fn wrong_files_are_refused_with_their_field() {
    type Change = fn(&mut Json);
    let table: [(Change, &[&str]); 12] = [
        (|json| json["version"] = json!(9), &["`version`", "version 9", "up to 1"]),
        (|json| json["algorithm"] = json!("mutex/none"), &["`algorithm`", "mutex/none", "interleave list"]),
        (|json| json["nodes"] = json!(0), &["`nodes`", "between 1 and"]),
        (|json| json["nodes"] = json!("three"), &["a number of nodes"]),
        (|json| json["speed"] = json!(1), &["line", "column", "unknown field `speed`"]),
        (|json| json["delay"] = json!({ "uniform": ["9 ms", "1 ms"] }), &["`delay`"]),
        (|json| json["parameters"] = json!({ "speed": 1 }), &["`parameters.speed`", "stamps"]),
        (|json| json["variant"] = json!("lazy"), &["`variant`", "no-tie-break"]),
        (|json| json["script"][0]["at"] = json!("1 day"), &["not a time", "10 ms"]),
        (|json| json["script"][0]["event"]["request"]["ask"] = json!("Dance"), &["`script[0].event`", "Dance"]),
        (|json| json["script"][0]["event"] = json!({ "deliver": [0, 0] }), &["`script[0].event`", "deliver"]),
        (|json| json["workload"][1]["request"] = json!("Dance"), &["`workload[1].request`", "Dance"]),
    ];
    for (change, words) in table {
        let file = changed(change);
        for command in ["validate", "run"] {
            refused(&[command, file.path()], &[&["scenario.json"], words].concat());
        }
    }
}

#[test]
fn files_that_are_no_scenario_are_refused() {
    for (content, words) in [
        (&b""[..], &["line 1"][..]),
        (b"{\n  \"version\": 1,\n  oops\n}", &["line 3, column 3"]),
        (b"[1, 2]", &["an object in braces"]),
        (b"\xff\xfe{}", &["not UTF-8 text from byte 0"]),
        (b"{\"link\": \"#/a/b\"}", &["link", "open it in the page"]),
        (b"{\"interleave\": 7}", &["`interleave`", "version 7"]),
    ] {
        let file = Scratch::new("broken.json", content);
        refused(&["validate", file.path()], &[&["broken.json"], words].concat());
        refused(&["run", file.path()], &[&["broken.json"], words].concat());
    }
}

#[test]
fn validate_reports_each_file_and_counts_the_bad_ones() {
    let bad = changed(|json| json["nodes"] = json!(0));
    let ran = interleave(&["validate", LECTURE, bad.path(), "missing.json"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.out.contains("lecture.json: fine, a scenario of mutex/ricart-agrawala (lecture, 3 nodes)"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("scenario.json: `nodes`") && ran.err.contains("missing.json"), "{}", ran.err);
    assert!(ran.err.contains("2 files are not in order"), "{}", ran.err);
    let json = interleave(&["validate", "--json", LECTURE, bad.path()]);
    let reports: Json = serde_json::from_str(&json.out).expect("the reports are JSON");
    assert_eq!((reports[0]["ok"].clone(), reports[1]["ok"].clone()), (true.into(), false.into()));
    assert_eq!(reports[1]["field"], "nodes");
}

#[test]
fn a_caption_that_may_never_appear_is_a_warning() {
    let doubtful = changed(|json| json["captions"][1]["on"] = json!({ "cut-link": [0, 9] }));
    let ran = interleave(&["validate", doubtful.path()]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("warning: ") && ran.err.contains("`captions[1].on`"), "{}", ran.err);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = fs::read_to_string(LECTURE).expect("the scenario is there");
    let file = Scratch::new("marked.json", format!("\u{feff}{text}"));
    assert_eq!(interleave(&["validate", file.path()]).code, 0);
}
