use super::*;
use crate::{
    random::{Purpose, below, draw},
    read_record, read_variants,
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    Rest,
    Wait(u32),
    Move(u32, i16),
    TalkTo { whom: u32, words: Vec<String> },
}
read_variants!(Act {
    Rest from "rest", Wait(time) from "wait", Move(x, y) from "move", TalkTo { whom, words } from "talk-to",
});

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Plan {
    first_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    acts: Vec<Act>,
    far: u64,
}
read_record!(Plan { first_name from "first-name", at, acts = vec![], far = 7 });

fn plan() -> Plan {
    let words = vec!["a \"quoted\" \\ word".into(), "tab\t, line\n, \u{1}, é, 🙂".into()];
    Plan {
        first_name: "P0".into(),
        at: Some(-3),
        acts: vec![Act::Rest, Act::Wait(1), Act::Move(2, -2), Act::TalkTo { whom: 9, words }],
        far: u64::MAX,
    }
}

#[test]
fn texts_are_written_as_serde_json_writes_them() {
    let map: BTreeMap<u32, (bool, Option<i8>)> = [(3, (true, Some(-5))), (4, (false, None))].into();
    let empty: (Vec<u8>, BTreeMap<String, u8>) = Default::default();
    assert_eq!(compact(&plan()), serde_json::to_string(&plan()).unwrap());
    assert_eq!(pretty(&plan()), serde_json::to_string_pretty(&plan()).unwrap());
    assert_eq!(pretty(&(&map, &empty)), serde_json::to_string_pretty(&(&map, &empty)).unwrap());
    assert_eq!(compact(&(&map, &empty)), serde_json::to_string(&(&map, &empty)).unwrap());
}

#[test]
fn what_was_written_is_read() {
    assert_eq!(read::<Plan>(&compact(&plan())), Ok(plan()));
    assert_eq!(read::<Plan>(&pretty(&plan())), Ok(plan()));
    let least = Plan { first_name: "P1".into(), at: None, acts: vec![], far: 7 };
    assert_eq!(read::<Plan>("{\"first-name\": \"P1\"}"), Ok(least));
}

const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\"",
    "\"\\n\\\"\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude42\"",
    "\"\\ud83d\"",
    "\"\\udc00\"",
    "\"é\"",
    "\"\t\"",
    "\"\\x\"",
    "0",
    "-5",
    "01",
    "12",
    "-7",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1.5 ",
    "1.",
    "1e3 ",
    "-2E-2 ",
    "1e999",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "[1]",
    "[]",
    "{}",
    "{\"a\":[1,2]}",
    "[true,{\"b\":null}]",
];

/// Random texts, most of them nearly JSON: what `serde_json` reads is read alike, what it refuses is refused.
#[test]
fn texts_are_read_as_serde_json_reads_them() {
    let (mut same, mut refused) = (0, 0);
    for case in 0..60_000_u64 {
        let roll = |k: u64, most: u64| below(draw(case, Purpose::Process, (1, 1), k), most);
        let text = match case % 3 {
            // A list or an object of pieces, so that many are in order.
            0 => {
                format!("[{}]", (0..roll(0, 4)).map(|k| PIECES[roll(k + 1, 40) as usize]).collect::<Vec<_>>().join(","))
            }
            1 => {
                let field = |k: u64| format!("\"{k}\":{}", PIECES[roll(k + 1, 40) as usize]);
                format!("{{{}}}", (0..roll(0, 4)).map(field).collect::<Vec<_>>().join(", "))
            }
            _ => (0..roll(0, 7)).map(|k| PIECES[roll(k + 1, 40) as usize]).collect(),
        };
        match (parse(&text), serde_json::from_str::<Json>(&text)) {
            (Ok(ours), Ok(theirs)) => {
                assert_eq!(ours, theirs, "{text}");
                same += 1;
            }
            (Err(error), theirs) => {
                assert!(error.place.is_some(), "{text}");
                let ours_alone = ["duplicate field", "whole number", "too large"];
                let known = ours_alone.iter().any(|what| error.message.contains(what));
                assert!(theirs.is_err() || known, "{text}: {error}");
                refused += 1;
            }
            (Ok(ours), Err(error)) => panic!("{text} is read as {ours}, but {error}"),
        }
    }
    assert!(same > 10_000 && refused > 10_000, "{same} read, {refused} refused");
}

#[test]
fn a_fraction_is_refused_in_a_file_and_shown_in_an_error() {
    let error = parse("{\"a\": 1.5}").expect_err("no fractions").to_string();
    assert!(error.starts_with("line 1, column 8: expected a whole number"), "{error}");
    let error = u32::read(&serde_json::json!(-1.5)).expect_err("no fractions").to_string();
    assert!(error.ends_with("not -1.500000"), "{error}");
}

#[test]
fn a_text_that_is_too_deep_is_refused() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(127)).is_ok() && parse(&nested(128)).is_err() && parse(&nested(100_000)).is_err());
}

#[test]
fn an_error_names_the_place_and_what_was_expected() {
    for (text, told) in [
        ("", "line 1, column 0: EOF"),
        ("{\"a\": 1\n \"b\"}", "line 2, column 2: expected `,` or `}`"),
        ("{\"a\": 1, \"a\": 2}", "line 1, column 14: duplicate field `a`"),
        ("{\"é\": 1, 2}", "line 1, column 10: expected a name in quotes"),
        ("7", "line 1, column 1: expected an object with `first-name`, `at`, `acts`, `far`, not 7"),
        ("{\"first-name\": 7}", "line 1, column 16: `first-name`: expected a text, not 7"),
        ("{\n \"far\": 3\n}", "line 3, column 1: missing field `first-name`"),
        (
            "{\"first-name\": \"a\",\n \"fir\": 3}",
            "line 2, column 6: unknown field `fir`, expected one of `first-name`",
        ),
        (
            "{\"first-name\": \"\", \"acts\": [\"rest\",\n\"rast\"]}",
            "line 2, column 1: `acts[1]`: unknown variant `rast`",
        ),
        (
            "{\"acts\": [{\"wait\": -1}], \"first-name\": \"\"}",
            "line 1, column 20: `acts[0].wait`: expected a whole number from 0 to 4294967295, not -1",
        ),
        (
            "{\"acts\": [ {\"wiat\": 1}], \"first-name\": \"\"}",
            "line 1, column 18: `acts[0]`: unknown variant `wiat`, expected one of `rest`, `wait`",
        ),
        (
            "{\"acts\": [{\"move\": [1, 40000]}], \"first-name\": \"\"}",
            "line 1, column 24: `acts[0].move[1]`: expected a whole number from -32768 to 32767, not 40000",
        ),
        (
            "{\"acts\": [{\"move\": [1]}], \"first-name\": \"\"}",
            "line 1, column 20: `acts[0].move`: expected a list of 2, not [1]",
        ),
        (
            "{\"acts\": [{\"talk-to\": {\"whom\": 1}}], \"first-name\": \"\"}",
            "line 1, column 33: `acts[0].talk-to`: missing field `words`",
        ),
        (
            "{\"acts\": {\"rest\": 1}, \"first-name\": \"\"}",
            "line 1, column 10: `acts`: expected a list, not {\"rest\":1}",
        ),
        (
            "{\"acts\": [{\"rest\": 1}], \"first-name\": \"\"}",
            "line 1, column 20: `acts[0].rest`: expected nothing, not 1",
        ),
    ] {
        let error = read::<Plan>(text).expect_err(text).to_string();
        assert!(error.starts_with(told), "{text}: {error}");
    }
}
