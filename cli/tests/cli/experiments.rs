//! `interleave experiment` and `interleave merge`.

use crate::common::{Scratch, fine, interleave};
use serde_json::{Value as Json, json};

const RINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../experiments/election/chang-roberts/random-rings.json");
const FEW: [&str; 6] = ["--values", "2,3,5", "--replications", "4", "--seed", "7"];

fn run(arguments: &[&str]) -> String {
    fine(&[&["experiment", RINGS], &FEW[..], arguments].concat()).out
}

#[test]
fn one_core_or_many_parts_or_whole_the_result_is_the_same_to_the_last_bit() {
    let parts: Vec<Scratch> =
        ["1/3", "2/3", "3/3"].iter().map(|part| Scratch::new("part.json", run(&["--shard", part]))).collect();
    let files: Vec<&str> = [1, 0, 2].iter().map(|&index| parts[index].path()).collect();
    for format in ["text", "json", "csv", "svg"] {
        let whole = run(&["--format", format]);
        assert_eq!(run(&["--format", format, "--threads", "1"]), whole, "{format}");
        assert_eq!(fine(&[&["merge"], &files[..], &["--format", format]].concat()).out, whole, "{format}");
    }
    let missing = interleave(&["merge", files[0], files[2]]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("8 of 24 cells are in none of the files; the first is 0"), "{}", missing.err);
}

#[test]
fn a_topics_experiment_has_a_name_and_its_table_says_what_the_theory_says() {
    let named = fine(&[&["experiment", "chang-roberts"], &FEW[..]].concat()).out;
    assert_eq!(named, run(&[]));
    for words in
        ["n·Hn", "✓ worst, n(n + 1)/2: is not exceeded at 3 of 3 points", "24 runs: 2 configurations, 3 values"]
    {
        assert!(named.contains(words), "{words}\n{named}");
    }
}

/// The browser's test compares its own results with the same file: native and WASM agree to the last digit.
#[test]
fn a_small_run_is_as_it_was_reviewed() {
    let table = fine(&["experiment", RINGS, "--values", "2,3,5,9", "--replications", "6", "--format", "csv"]).out;
    assert_eq!(table, include_str!("../files/random-rings.csv"));
}

#[test]
fn a_picture_shows_the_measure_that_was_asked_for() {
    let picture = run(&["--format", "svg", "--measure", "2", "--theme", "dark"]);
    let document = roxmltree::Document::parse(&picture).expect("the picture is XML");
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    for words in ["time until all know (ms)", "processes, n", "Chang–Roberts"] {
        assert!(texts.contains(&words), "{words} in {texts:?}");
    }
    let wrong = interleave(&[
        "experiment",
        "chang-roberts",
        "--replications",
        "1",
        "--values",
        "2",
        "--format",
        "svg",
        "--measure",
        "3",
    ]);
    assert!(wrong.code == 2 && wrong.err.contains("from 1 to 2"), "{}", wrong.err);
}

#[test]
fn a_bound_that_does_not_hold_is_a_failure() {
    let mut json: Json = serde_json::from_str(&std::fs::read_to_string(RINGS).expect("it is there")).expect("JSON");
    json["sweep"]["values"] = json!([4]);
    json["replications"] = json!(3);
    json["measures"][0]["curves"] = json!([{"label": "n", "formula": "n", "claim": "at-most"}]);
    let file = Scratch::new("wrong.json", json.to_string());
    let ran = interleave(&["experiment", file.path()]);
    assert!(ran.code == 1 && ran.out.contains("✗ n: is not exceeded at 0 of 2 points"), "{}{}", ran.out, ran.err);
}

#[test]
fn bad_input_is_refused_with_the_reason_and_the_nearest_legal_value() {
    for (arguments, words) in [
        (&["experiment", RINGS, "--values", "1,3"][..], "the nearest legal value is 2"),
        (&["experiment", RINGS, "--values", "3,x"], "not a decimal number"),
        (&["experiment", RINGS, "--replications", "0"], "at least 1"),
        (&["experiment", RINGS, "--shard", "4/3"], "from 1 to 3"),
        (&["experiment", RINGS, "--shard", "1/3", "--json"], "printed for `merge`"),
        (&["experiment", "none/such"], "election/chang-roberts/random-rings"),
        (&["merge", RINGS], "no part of an experiment"),
    ] {
        let ran = interleave(arguments);
        assert!(ran.code == 2 && ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}
