//! Exit codes, and a reader that stops early.

use crate::common::{LECTURE, Scratch, interleave};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

#[test]
fn the_exit_code_says_how_it_ended() {
    for (arguments, code) in [
        (&["list"][..], 0),
        (&["run", "time/lamport-clock"], 0),
        (&["run", LECTURE, "--until", "8"], 0),
        (&["run", LECTURE], 1),
        (&["run", LECTURE, "--json"], 1),
        (&["run", LECTURE, "--format", "svg"], 1),
        (&["run", "no/such"], 2),
        (&["run"], 2),
        (&["frobnicate"], 2),
        (&["validate", LECTURE], 0),
        (&["validate", LECTURE, "no-such-file.json"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
    ] {
        assert_eq!(interleave(arguments).code, code, "{arguments:?}");
    }
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let load = ["run", "mutex/ricart-agrawala", "--scenario", "workload", "--until", "5000"];
    for more in [&[][..], &["--json"], &["--format", "shiviz"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
            .args([&load[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut reader = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("there is a first line");
        assert!(!line.is_empty());
        drop(reader);
        let status = child.wait().expect("the program ends");
        let mut complaint = String::new();
        child.stderr.take().expect("standard error is a pipe").read_to_string(&mut complaint).expect("it is text");
        assert_eq!((status.code(), complaint.as_str()), (Some(0), ""), "{more:?}");
    }
}

#[test]
fn what_was_printed_before_a_wrong_event_stays() {
    let events = Scratch::new("choices.jsonl", "{\"play\": 2}\n{\"deliver\": [1, 0]}\n");
    let ran = interleave(&["run", "mutex/ricart-agrawala", "--events", events.path()]);
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("P2 asks to enter the critical section"), "{}", ran.out);
    assert!(ran.err.contains("choices.jsonl, line 2: This message is not in flight"), "{}", ran.err);
}
