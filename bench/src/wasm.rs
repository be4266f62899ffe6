//! The engine in WASM with full history, stamps and properties, under Node and beside nexosim native.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::figure::{Bound, Figure};
use crate::nexo;
use crate::rounds::{median, rate};

/// The variable by which `cargo xtask bench` names the module's glue.
const GLUE: &str = "INTERLEAVE_BENCH_WASM";
/// Events that fill the history: with the start, a million moments. What is measured beside nexosim comes after them.
const FULL: u32 = 999_999;
/// Rounds, each of which runs everything once.
const ROUNDS: usize = 7;
/// Events of a round: the history is folded every 125,000.
const EVENTS: u32 = 500_000;

/// Throughput and memory; nothing where there is no module.
pub fn wasm() -> Vec<Figure> {
    let Some(mut node) = Node::start_if_there() else { return vec![] };
    let mut figures = beside_nexosim(&mut node);
    figures.extend(Node::start_if_there().iter_mut().flat_map(million));
    figures
}

/// A million moments of ten nodes, then as many again while they are folded.
fn million(node: &mut Node) -> Vec<Figure> {
    let filling = node.play("ten", FULL);
    let folding = node.play("ten", FULL);
    assert!(!filling.folded && folding.folded, "the history is full after a million moments");
    vec![
        Figure::new("wasm.million.memory", filling.bytes / 1e6, "MB").bound(Bound::AtMost(256.0)),
        Figure::new("wasm.million.memory_folding", folding.bytes / 1e6, "MB"),
        Figure::new("wasm.ricart_agrawala.events", f64::from(FULL) / filling.seconds, "events/s"),
        Figure::new("wasm.ricart_agrawala.events_folding", f64::from(FULL) / folding.seconds, "events/s"),
    ]
}

/// The ring at the history limit.
fn beside_nexosim(node: &mut Node) -> Vec<Figure> {
    node.play("ring", FULL);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS)
        .map(|_| {
            let ours = node.play("ring", EVENTS);
            assert!(ours.folded, "the history is full");
            (f64::from(EVENTS) / ours.seconds, rate(EVENTS.into(), nexo::play(EVENTS.into())))
        })
        .collect();
    let of = |value: fn(&(f64, f64)) -> f64| median(rounds.iter().map(value).collect());
    vec![
        Figure::new("wasm.ring.ratio_to_nexosim", of(|(ours, nexosim)| ours / nexosim), "×").bound(Bound::AtLeast(1.0)),
        Figure::new("wasm.ring.events", of(|round| round.0), "events/s"),
        Figure::new("wasm.ring.nexosim", of(|round| round.1), "events/s"),
    ]
}

/// A Node that plays runs in WASM (`wasm/node.cjs`).
pub struct Node {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What a stretch of play took.
#[derive(Deserialize)]
pub struct Played {
    pub seconds: f64,
    /// Of linear memory, after it.
    bytes: f64,
    folded: bool,
}

impl Node {
    /// Nothing, and a word about it, where there is no module.
    pub fn start_if_there() -> Option<Self> {
        let Some(glue) = std::env::var_os(GLUE) else {
            eprintln!("No figures of WASM: `cargo xtask bench` compiles its module where Node is.");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/wasm/node.cjs");
        let mut command = Command::new("node");
        let command = command.arg(script).arg(glue).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Node is there: xtask has seen to it");
        let questions = child.stdin.take().expect("its input is a pipe");
        let answers = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Some(Self { child, questions, answers })
    }

    /// Plays so many events of a run, which goes on where it was left; of `load` so many jobs, from the start.
    pub fn play(&mut self, run: &str, events: u32) -> Played {
        writeln!(self.questions, "{run} {events}").expect("Node listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("Node answers");
        serde_json::from_str(&answer).expect("Node has said above why it could not play")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself, after an error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
