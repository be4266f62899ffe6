//! Rule 21: properties are monitors.

use crate::words::{ALGORITHM, Worker, say, wake};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Assumption, Event, Mode, NodeId, Property, Step, Verdict, Violation, World,
    property::Monitor,
    testing::{Bench, explore},
};
use std::{collections::BTreeSet, sync::Arc};

const NEVER_NINE: &str = "nobody hears nine";
const ONE: &str = "somebody hears one";
const ALL_TWO: &str = "P1 hears two";
const NO_ECHO: &str = "no word is heard twice in a row";
const YOURS: &str = "P1 hears three";

fn heard(world: &World, wanted: u32) -> Option<NodeId> {
    let mut workers = world.live::<Worker>();
    workers.find(|(_, worker)| worker.heard.iter().any(|(_, word)| *word == wanted)).map(|(node, _)| node)
}

fn missing(world: &World, word: u32) -> Result<(), Violation> {
    heard(world, word).map(drop).ok_or_else(|| Violation::new(format!("Nobody has heard {word}."), [NodeId(1)]))
}

struct Echo;
impl Monitor for Echo {
    /// The word heard last.
    type State = Option<u32>;
    fn observe(last: &mut Option<u32>, step: &Step, _: &World) -> Result<(), Violation> {
        for output in step.outputs().filter(|output| output.kind() == "Heard") {
            let word = output
                .reflect()
                .to_string()
                .bytes()
                .filter(u8::is_ascii_digit)
                .fold(0, |n, d| n * 10 + u32::from(d - b'0'));
            if last.replace(word) == Some(word) {
                return Err(Violation::new(format!("{word} again"), step.node));
            }
        }
        Ok(())
    }
}

static WATCHED: Algorithm = Algorithm {
    properties: &[
        Property::always(NEVER_NINE, |world| match heard(world, 9) {
            Some(node) => Err(Violation::new("Nine was heard.", [node])),
            None => Ok(()),
        }),
        Property::sometimes(ONE, |world| {
            world.live::<Worker>().any(|(_, worker)| worker.heard.last().is_some_and(|(_, word)| *word == 1))
        }),
        Property::eventually(ALL_TWO, |world| missing(world, 2)),
        Property::monitor::<Echo>(NO_ECHO),
        Property::eventually(YOURS, |world| missing(world, 3).map_err(|violation| violation.users_turn(true))),
    ],
    assumes: sim::algorithm::Assumptions { links: sim::algorithm::Links::Reliable, ..ALGORITHM.assumes },
    id: "test/words",
    spawn: |_, _| Arc::new(Worker::default()),
    ..Algorithm::EMPTY
};

fn bench() -> Bench {
    let json: Json = json!({
        "version": 1, "algorithm": "test/words", "name": "x", "title": "", "sentence": "", "nodes": 2,
    });
    Bench::of_json(&WATCHED, json).unwrap()
}

fn hear(bench: &mut Bench, word: u32) {
    let id = say(bench, 0, 1, word);
    bench.take(Event::Deliver(id));
}

#[test]
fn rule_21_a_safety_property_stays_broken_and_names_culprits() {
    let mut bench = bench();
    hear(&mut bench, 9);
    let broken = Verdict::Broken { violation: Violation::new("Nine was heard.", [NodeId(1)]), after: None };
    assert_eq!(bench.verdict(NEVER_NINE), &broken);
    bench.take(Event::Crash(NodeId(1)));
    assert!(heard(&bench.world, 9).is_none());
    assert_eq!(bench.verdict(NEVER_NINE), &broken, "the run has gone wrong, whatever comes next");
}

#[test]
fn rule_21_sometimes_holds_from_the_first_time_on() {
    let mut bench = bench();
    wake(&mut bench, 0, 50_000, 1);
    assert!(matches!(bench.verdict(ONE), Verdict::Pending(_)), "not at the start");
    hear(&mut bench, 1);
    assert_eq!(bench.verdict(ONE), &Verdict::Holds);
    hear(&mut bench, 4);
    assert_eq!(bench.verdict(ONE), &Verdict::Holds);
}

#[test]
fn rule_21_eventually_is_pending_while_something_can_happen_and_broken_when_nothing_can() {
    let mut bench = bench();
    assert!(bench.verdict(ALL_TWO).is_broken(), "nothing can happen");
    let id = say(&mut bench, 0, 1, 4);
    assert!(matches!(bench.verdict(ALL_TWO), Verdict::Pending(_)), "a word is on its way");
    bench.take(Event::Hold(id));
    let Verdict::Pending(violation) = bench.verdict(ALL_TWO) else { panic!("held: the user's turn") };
    assert_eq!(violation.why, "Nobody has heard 2. You are holding 1 message.");
    bench.take(Event::Release(id));
    bench.take(Event::Deliver(id));
    assert!(bench.verdict(ALL_TWO).is_broken());
    hear(&mut bench, 2);
    assert_eq!(bench.verdict(ALL_TWO), &Verdict::Holds, "it may still come true");
}

#[test]
fn rule_21_what_is_the_users_turn_is_never_broken() {
    let bench = bench();
    assert!(bench.world.is_quiet());
    assert!(matches!(bench.verdict(YOURS), Verdict::Pending(_)));
}

#[test]
fn rule_21_a_monitor_remembers() {
    let mut bench = bench();
    hear(&mut bench, 4);
    hear(&mut bench, 5);
    hear(&mut bench, 4);
    assert_eq!(bench.verdict(NO_ECHO), &Verdict::Holds);
    let mut copy = bench.clone();
    hear(&mut bench, 4);
    assert!(bench.verdict(NO_ECHO).is_broken());
    hear(&mut copy, 6);
    assert_eq!(copy.verdict(NO_ECHO), &Verdict::Holds, "a copy has a memory of its own");
}

/// Two runs that meet in one state of the world and differ in what the monitor remembers are two states of the search:
/// else the walk would miss one of the echoes.
#[test]
fn rule_21_what_a_monitor_remembers_is_part_of_the_search_key() {
    let mut start = bench();
    let words: Vec<(Event, u32)> =
        [4, 5].map(|word| (start.request(0, json!({"Say": {"to": 1, "word": word}})), 2)).into();
    let walk = explore(&start, Mode::Untimed, &words, 10_000);
    assert!(walk.complete);
    let broken: BTreeSet<&str> = walk.broken.iter().map(|(name, _)| *name).collect();
    assert!(broken.contains(NO_ECHO) && !broken.contains(NEVER_NINE), "{broken:?}");
    let run = &walk.broken.iter().find(|(name, _)| *name == NO_ECHO).unwrap().1;
    assert_eq!(run.len(), 4, "say, say, hear, hear: the shortest");
    let (mut one, mut other) = (bench(), bench());
    hear(&mut one, 4);
    hear(&mut other, 4);
    say(&mut other, 1, 0, 7);
    let key = |bench: &Bench| bench.judge.states().map(sim::Datum::fingerprint).collect::<Vec<_>>();
    assert_eq!(key(&one), key(&other), "what was not heard is not remembered");
    hear(&mut other, 5);
    assert_ne!(key(&one), key(&other));
}

#[test]
fn rule_21_after_a_broken_assumption_a_broken_property_says_so() {
    let mut bench = bench();
    let id = say(&mut bench, 0, 1, 2);
    bench.take(Event::Drop(id));
    let Verdict::Broken { after, .. } = bench.verdict(ALL_TWO) else { panic!("nothing can happen") };
    assert_eq!(*after, Some(Assumption::NoLoss));
}
