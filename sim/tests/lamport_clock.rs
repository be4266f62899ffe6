//! Lamport's clock: the vectors of the reference, the clock condition against brute force over all pairs of events, every
//! state of small systems, random schedules with the faults that it bears, and the planted bugs.
#![cfg(feature = "embed")]

use serde_json::{Value as Json, json};
use sim::{
    Cause, Effect, Event, Life, MessageId, Micros, Mode, NodeId, Scenario, Stamping, TimerId, Value, Verdict,
    algorithms::time::lamport_clock::ALGORITHM,
    scenario::FileEvent,
    testing::{Bench, Walk, explore, random_run},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

const CLOCK_CONDITION: &str = "a → b implies L(a) < L(b)";

/// Three processes on a complete network with vector stamps, and what the test says besides.
fn bench(more: &Json) -> Bench {
    let mut json =
        json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "", "nodes": 3});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    let scenario = Scenario::read(&json.to_string()).and_then(|scenario| scenario.prepare(&ALGORITHM));
    Bench::with(Arc::new(scenario.unwrap_or_else(|error| panic!("{error}"))), Stamping::Vectors)
}

fn scenario(name: &str) -> Scenario {
    let read = Scenario::embedded(&ALGORITHM, name).unwrap_or_else(|| panic!("no scenario {name}"));
    read.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn prepared(scenario: &Scenario) -> Bench {
    let setup = scenario.prepare(&ALGORITHM).unwrap_or_else(|error| panic!("{error}"));
    Bench::with(Arc::new(setup), Stamping::Vectors)
}

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("vectors/lamport-clock.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// What the clock of a process shows.
fn clock(bench: &Bench, node: u32) -> u64 {
    match bench.world.nodes()[node as usize].process().reflect().field("time") {
        Some(Value::Int(time)) => u64::try_from(*time).expect("no clock is negative"),
        other => panic!("{other:?}"),
    }
}

fn clocks(bench: &Bench) -> Vec<u64> {
    (0..bench.world.nodes().len() as u32).map(|node| clock(bench, node)).collect()
}

/// An event of a process, with its stamp and its place in the happened-before relation.
#[derive(Clone, Debug)]
struct Seen {
    node: usize,
    stamp: u64,
    vector: Vec<u32>,
}

impl Seen {
    /// What the latest step was, if it was an event of a process: a request or a receipt.
    fn of(bench: &Bench) -> Option<Self> {
        let node = bench.step.node?;
        let happened = matches!(bench.step.cause, Cause::Message { .. } | Cause::Request(_));
        let up = bench.world.node(node)?.life() == Life::Up;
        let vector = bench.step.stamps.event.vector.as_deref().unwrap_or_default().to_vec();
        (happened && up).then(|| Self { node: node.index(), stamp: clock(bench, node.0), vector })
    }

    /// Whether this one happened before the other: the other has seen it, and is not it.
    fn before(&self, other: &Self) -> bool {
        let entry = |seen: &Self, node: usize| seen.vector.get(node).copied().unwrap_or(0);
        (self.node, &self.vector) != (other.node, &other.vector) && entry(self, self.node) <= entry(other, self.node)
    }
}

/// Whether the clock condition holds for every pair of these events, by looking at every pair.
fn holds_for_all_pairs(events: &[Seen]) -> bool {
    events.iter().all(|a| events.iter().all(|b| !a.before(b) || a.stamp < b.stamp))
}

fn seeds() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}

// The vectors.

/// The figure's columns: what the three clocks show just after each tick, once what arrives with it has arrived.
fn columns(scenario: &Scenario) -> (Vec<Vec<u64>>, Bench) {
    let mut bench = prepared(scenario);
    let mut columns: Vec<Vec<u64>> = clocks(&bench).into_iter().map(|clock| vec![clock]).collect();
    for tick in 1..=10 {
        // Sends and receipts stand 1 ms behind the tick at which the figure has them.
        bench.play_until(Micros::from_millis(10 * tick + 1));
        for (column, clock) in columns.iter_mut().zip(clocks(&bench)) {
            column.push(clock);
        }
    }
    (columns, bench)
}

#[test]
fn vector_tanenbaum_6_8_10() {
    let vector = vector("lamport-tanenbaum-6-8-10");
    let (corrected, bench) = columns(&scenario("six-eight-ten"));
    assert_eq!(json!(corrected), vector["expected"]["corrected"]);
    assert!(bench.broken().is_empty());
    let (uncorrected, bench) = columns(&scenario("six-eight-ten-uncorrected"));
    assert_eq!(json!(uncorrected), vector["expected"]["uncorrected"]);
    assert_eq!(bench.broken(), [CLOCK_CONDITION]);
}

#[test]
fn vector_tanenbaum_6_8_10_stamps_of_messages_and_of_receipts() {
    let vector = vector("lamport-tanenbaum-6-8-10");
    let scenario = scenario("six-eight-ten");
    assert_eq!(scenario.config["rates"], vector["inputs"]["rates"]);
    assert_eq!(json!(scenario.parameters["ticks"]), vector["inputs"]["ticks"]);
    let mut bench = prepared(&scenario);
    let (mut carried, mut received, mut set_forward) = (BTreeMap::new(), BTreeMap::new(), vec![]);
    while bench.play_one() {
        for effect in &bench.step.effects {
            match effect {
                Effect::Sent { id, payload, .. } => {
                    let telling = bench.world.telling(id.from, payload);
                    let (name, stamp) = telling.split_once(' ').expect("a name and a stamp");
                    carried.insert(name.to_owned(), stamp.parse::<u64>().expect("a number"));
                }
                Effect::Output(_, output) => set_forward.push(output.reflect().to_string()),
                _ => {}
            }
        }
        if let (Cause::Message { id, payload, .. }, Some(node)) = (&bench.step.cause, bench.step.node) {
            let telling = bench.world.telling(id.from, payload);
            received.insert(telling.split(' ').next().expect("a name").to_owned(), clock(&bench, node.0));
        }
    }
    assert_eq!(json!(carried), vector["expected"]["message_timestamps"]);
    assert_eq!(json!(received), vector["expected"]["receive_times"]);
    assert_eq!(set_forward, ["SetForward (56, 61)", "SetForward (54, 70)"]);
}

/// Runs the events of a vector in its order; gives each by its name.
fn run_vector(vector: &Json) -> BTreeMap<String, Seen> {
    let mut bench = bench(&json!({"nodes": vector["inputs"]["processes"]}));
    let receivers: BTreeMap<&str, u64> = vector["inputs"]["events"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|event| event["kind"] == "recv")
        .filter_map(|event| Some((event["msg"].as_str()?, event["proc"].as_u64()?)))
        .collect();
    let mut senders = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for event in vector["inputs"]["events"].as_array().expect("a list") {
        let node = event["proc"].as_u64().expect("a process") as u32;
        let message = event["msg"].as_str().unwrap_or_default();
        match event["kind"].as_str() {
            Some("int") => bench.ask(node, json!("Local")),
            Some("send") => {
                senders.insert(message, node);
                bench.ask(node, json!({"Send": {"to": receivers[message], "name": message}}))
            }
            _ => bench.deliver(senders[message], node),
        };
        seen.insert(event["name"].as_str().expect("a name").to_owned(), Seen::of(&bench).expect("an event"));
    }
    assert!(bench.broken().is_empty());
    seen
}

fn check_vector(id: &str) -> BTreeMap<String, Seen> {
    let vector = vector(id);
    let seen = run_vector(&vector);
    let stamps: BTreeMap<&String, u64> = seen.iter().map(|(name, event)| (name, event.stamp)).collect();
    assert_eq!(json!(stamps), vector["expected"]["lamport"]);
    let vectors: BTreeMap<&String, &Vec<u32>> = seen.iter().map(|(name, event)| (name, &event.vector)).collect();
    assert_eq!(json!(vectors), vector["expected"]["vector"]);
    let mut concurrent = vec![];
    for (a, event) in &seen {
        let after = seen.iter().filter(|(b, other)| a < *b && !event.before(other) && !other.before(event));
        concurrent.extend(after.map(|(b, _)| json!([a, b])));
    }
    assert_eq!(json!(concurrent), vector["expected"]["concurrent_pairs"]);
    seen
}

#[test]
fn vector_coulouris() {
    check_vector("lamport-vector-coulouris");
}

#[test]
fn vector_ist_notes() {
    let seen = check_vector("lamport-vector-ist-notes");
    let expected = &vector("lamport-vector-ist-notes")["expected"]["lamport_less_but_concurrent"];
    let [k, c] = [0, 1].map(|index| &seen[expected[index].as_str().expect("a name")]);
    assert!(k.stamp < c.stamp && !k.before(c) && !c.before(k));
}

/// The scenarios replay the two vectors with Play.
#[test]
fn the_scenarios_show_the_stamps_of_the_vectors() {
    for (name, id) in
        [("six-events", "lamport-vector-coulouris"), ("smaller-yet-concurrent", "lamport-vector-ist-notes")]
    {
        let mut bench = prepared(&scenario(name));
        let mut played = vec![];
        while bench.play_one() {
            let event = Seen::of(&bench).expect("nothing else happens here");
            played.push((event.node, event.stamp, event.vector));
        }
        let mut wanted: Vec<_> = run_vector(&vector(id)).into_values().collect::<Vec<_>>();
        wanted.sort_by_key(|event| (event.node, event.stamp));
        played.sort();
        assert_eq!(played, wanted.into_iter().map(|event| (event.node, event.stamp, event.vector)).collect::<Vec<_>>());
    }
}

#[test]
fn vector_seed_rule_bug() {
    let vector = vector("lamport-seed-rule-bug");
    let expected = &vector["expected"];
    for (index, case) in vector["inputs"]["cases"].as_array().expect("a list").iter().enumerate() {
        let (shown, ts) = (case[0].as_u64().expect("a clock"), case[1].as_u64().expect("a stamp"));
        for (rule, variant) in [("ruleA", json!("else-do-nothing")), ("ruleB", Json::Null)] {
            // Each reaches its clock by an event of its own, so that the receipt has an event before it.
            let mut bench = bench(&json!({"variant": variant, "config": {"clocks": [ts - 1, shown - 1, 0]}}));
            bench.ask(1, json!("Local"));
            bench.ask(0, json!({"Send": {"to": 1}}));
            assert_eq!(clocks(&bench)[..2], [ts, shown]);
            bench.deliver(0, 1);
            assert_eq!(json!(clock(&bench, 1)), expected[rule][index], "{case}, {rule}");
            let violates = rule == "ruleA" && expected["ruleA_violates_clock_condition"][index] == true;
            assert_eq!(bench.verdict(CLOCK_CONDITION).is_broken(), violates, "{case}, {rule}");
        }
    }
}

// Every state, and random schedules.

fn walk(more: &Json, requests: &[(u32, Json)]) -> Walk {
    let mut bench = bench(more);
    let budget: Vec<_> = requests.iter().map(|(node, json)| (bench.request(*node, json.clone()), 1)).collect();
    explore(&bench, Mode::Untimed, &budget, 1_000_000)
}

/// Each process has an event of its own and sends to the next, once each, in any order.
fn round_the_ring() -> Vec<(u32, Json)> {
    let next = |node: u32| json!({"Send": {"to": (node + 1) % 3}});
    (0..3).map(|node| (node, json!("Local"))).chain((0..3).map(|node| (node, next(node)))).collect()
}

/// The numbers are those of a model in another language, written for this test from the rules alone.
#[test]
fn the_clock_condition_holds_in_every_state() {
    let counters = walk(&json!({}), &round_the_ring());
    assert!(counters.complete && counters.broken.is_empty(), "{:?}", counters.broken);
    let ticking = json!({"parameters": {"ticks": 1}, "config": {"rates": [6, 8, 10]}});
    let ticking = walk(&ticking, &round_the_ring()[3..]);
    assert!(ticking.complete && ticking.broken.is_empty(), "{:?}", ticking.broken);
    assert_eq!((counters.states, ticking.states), (1337, 1748));
}

/// Copies, losses, crashes and recoveries: what the algorithm claims to bear.
fn faults(bench: &mut Bench, bits: u64) -> Option<Event> {
    let node = NodeId((bits >> 8) as u32 % bench.world.nodes().len() as u32);
    let flights: Vec<MessageId> = bench.world.flights().map(|flight| flight.id).collect();
    let flight = flights.get((bits >> 16) as usize % flights.len().max(1)).copied();
    match bits % 4 {
        0 => Some(Event::Crash(node)),
        1 => Some(Event::Recover(node)),
        2 => flight.map(Event::Duplicate),
        _ => flight.map(Event::Drop),
    }
}

/// The monitor remembers one stamp a process. It must come to the same verdict as a look at every pair of events, at
/// every step, whatever rule the clocks follow.
#[test]
fn the_monitor_agrees_with_a_look_at_every_pair_of_events() {
    let mut violated = BTreeMap::<&str, u32>::new();
    for seed in 0..seeds() {
        for variant in ["", "else-do-nothing", "uncorrected", "forgetful"] {
            for ticks in [0, 5] {
                let named = if variant.is_empty() { Json::Null } else { json!(variant) };
                let mut bench = bench(&json!({"variant": named, "parameters": {"ticks": ticks}}));
                let mut events: Vec<Seen> = vec![];
                let mut fine = true;
                for k in 0..60 {
                    let taken = random_run(&mut bench, seed << 16 | k, 1, Mode::Untimed, faults);
                    let Some(event) = Seen::of(&bench).filter(|_| !taken.is_empty()) else { continue };
                    events.push(event);
                    fine = fine && holds_for_all_pairs(&events);
                    let broken = bench.verdict(CLOCK_CONDITION).is_broken();
                    assert_eq!(broken, !fine, "seed {seed}, {variant}, step {k}: {events:?}");
                    if broken {
                        *violated.entry(variant).or_default() += 1;
                        break;
                    }
                }
            }
        }
    }
    assert_eq!(violated.keys().copied().collect::<Vec<_>>(), ["else-do-nothing", "forgetful", "uncorrected"]);
}

/// Reliable pure counters: the engine keeps Lamport stamps of every run by itself, and counts the same.
#[test]
fn the_counters_are_the_stamps_that_the_engine_keeps() {
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 4}));
        for k in 0..120 {
            random_run(&mut bench, seed << 16 | k, 1, Mode::Untimed, |_, _| None);
            let engine: Vec<u64> = bench.world.nodes().iter().map(sim::Node::lamport).collect();
            assert_eq!(clocks(&bench), engine, "seed {seed}, step {k}");
            for cost in ALGORITHM.costs {
                let (counted, formula) = (cost.count)(&bench.world).expect("it can always be said here");
                assert!(cost.relation.holds(counted, formula), "{}: {counted} and {formula}", cost.what);
            }
        }
    }
}

/// A process may join in the middle of a run and one may leave.
#[test]
fn members_come_and_go() {
    let mut bench = bench(&json!({}));
    bench.ask(0, json!({"SendToAll": {}}));
    bench.take(Event::AddNode(sim::Place { x: 100, y: 100 }));
    bench.ask(3, json!({"SendToAll": {}}));
    bench.play(100);
    assert_eq!(clocks(&bench), [2, 3, 3, 1]);
    bench.take(Event::RemoveNode(NodeId(1)));
    bench.ask(2, json!({"SendToAll": {"name": "last"}}));
    bench.play(100);
    assert_eq!(clocks(&bench)[0], 5);
    assert_eq!(bench.world.tally().lost, 0);
    assert!(bench.broken().is_empty() && bench.world.breaches().is_empty());
}

// The planted bugs.

#[test]
fn every_bug_breaks_the_clock_condition_and_its_shortest_run_is_known() {
    for (id, length) in [("else-do-nothing", 3), ("uncorrected", 2)] {
        let walk = walk(&json!({"variant": id}), &round_the_ring());
        let lengths: Vec<_> = walk.broken.iter().map(|(name, run)| (*name, run.len())).collect();
        assert_eq!(lengths, [(CLOCK_CONDITION, length)], "{id}");
    }
    // A crash is not among the moves of the walk. Four events are as few as there can be: one to forget, crash,
    // recovery, and one that comes too low.
    let mut bench = bench(&json!({"variant": "forgetful"}));
    let local = bench.request(0, json!("Local"));
    for (event, broken) in
        [(local, false), (Event::Crash(NodeId(0)), false), (Event::Recover(NodeId(0)), false), (local, true)]
    {
        bench.take(event);
        assert_eq!(bench.verdict(CLOCK_CONDITION).is_broken(), broken);
    }
}

#[test]
fn every_bug_shows_in_its_scenario_and_nothing_breaks_there_without_it() {
    for bug in ALGORITHM.bugs {
        let buggy = scenario(bug.scenario);
        assert_eq!(buggy.variant.as_deref(), Some(bug.id));
        let right = Scenario { variant: None, ..buggy.clone() };
        for (scenario, broken) in [(buggy, vec![bug.breaks]), (right, vec![])] {
            let mut bench = prepared(&scenario);
            bench.play(2_000);
            assert_eq!(bench.broken(), broken, "{}", bug.id);
        }
    }
}

// What is on the screen.

#[test]
fn a_step_says_what_was_decided_and_why() {
    let mut bench = prepared(&scenario("six-eight-ten"));
    assert_eq!(bench.world.status(NodeId(0)).word, "clock 0");
    assert_eq!(bench.world.status(NodeId(0)).detail, "ticks by 6");
    let mut notes = vec![];
    while bench.play_one() {
        notes.append(&mut bench.step.notes);
    }
    for sentence in [
        "The clock of P1 ticks by itself and shows 8.",
        "P0 sends to P1. The sending is stamped 6, and so is the message.",
        "The message left at 6, and P1 is past it. The receipt is stamped 16.",
        "The message left at 60, and P1 shows 56: it is set forward to 61.",
    ] {
        assert!(notes.iter().any(|note| note == sentence), "{sentence}: {notes:?}");
    }
    assert_eq!(bench.world.status(NodeId(0)).word, "clock 76");
    assert!(bench.world.is_quiet());
}

#[test]
fn with_many_processes_a_form_takes_the_place_of_the_buttons() {
    let labels = |bench: &Bench| -> Vec<String> {
        let offers = bench.world.nodes()[1].process().offers(&bench.world.view(NodeId(1)));
        offers.into_iter().map(|offer| offer.label).collect()
    };
    assert_eq!(labels(&bench(&json!({}))), ["Have an event of its own", "Send to P0", "Send to P2", "Send to all"]);
    assert_eq!(labels(&bench(&json!({"nodes": 10}))), ["Have an event of its own", "Send to a process", "Send to all"]);
    assert_eq!(labels(&bench(&json!({"nodes": 2}))), ["Have an event of its own", "Send to P0"]);
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_with_what_was_expected() {
    for config in [json!({"clocks": [1, 2]}), json!({"rates": [6, 8, 0]}), json!({"rate": []}), json!("x")] {
        let json = json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "",
            "nodes": 3, "config": config});
        let error = Bench::of_json(&ALGORITHM, json).err().unwrap_or_else(|| panic!("{config} was read"));
        assert!(error.to_string().contains("each a list of 3 numbers from 0 to 1000000"), "{error}");
    }
}

/// The clocks go on ticking after a crash, from where they stood.
#[test]
fn a_clock_that_ticks_goes_on_after_a_crash() {
    let mut bench = bench(&json!({"parameters": {"ticks": 3}}));
    bench.take(Event::Fire(TimerId { node: NodeId(0), number: 0 }));
    bench.take(Event::Crash(NodeId(0)));
    assert!(bench.world.timers().all(|timer| timer.id.node != NodeId(0)));
    bench.take(Event::Recover(NodeId(0)));
    bench.play(100);
    assert_eq!(clocks(&bench), [18, 24, 30]);
    assert_eq!(*bench.verdict(CLOCK_CONDITION), Verdict::Holds);
}

#[test]
fn every_scenario_plays_to_its_end_and_together_they_reach_every_line_of_the_pseudocode() {
    let mut reached = BTreeSet::new();
    for name in ALGORITHM.scenarios {
        let mut bench = prepared(&scenario(name));
        let mut captions = scenario(name).captions;
        let mut count = 0;
        while count < 2_000 && bench.play_one() {
            count += 1;
            reached.extend(bench.step.lines.iter().copied());
            let event = bench.step.event.expect("something was played");
            let name = FileEvent::of(event, &bench.payloads);
            captions.retain(|caption| caption.on != name);
        }
        assert!(captions.is_empty(), "{name}: captions that never appear: {captions:?}");
        assert!(bench.world.is_quiet(), "{name}: {count} events");
        let meant = ALGORITHM.bugs.iter().any(|bug| bug.scenario == *name);
        assert_eq!(!bench.broken().is_empty(), meant, "{name}");
    }
    let tags: BTreeSet<&str> = ALGORITHM
        .texts
        .pseudocode
        .lines()
        .filter_map(|line| line.rsplit_once('#'))
        .map(|(_, tag)| tag.trim())
        .collect();
    assert_eq!(reached, tags);
}
