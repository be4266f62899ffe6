//! Vector clocks.

use super::*;
use sim::{Cause, Life, MessageId, NodeId, algorithms::time::vector_clock::ALGORITHM};
use std::collections::{BTreeMap, BTreeSet};

const EXACT: &str = "a → b exactly if V(a) < V(b)";

fn of(nodes: u32, variant: Option<&str>) -> Bench {
    bench(&ALGORITHM, &json!({"nodes": nodes, "order": "any", "variant": variant}))
}

fn stamp(bench: &Bench, node: u32) -> Vec<u32> {
    let shown = field(bench, node, "stamp");
    let digits = shown.split(|letter: char| !letter.is_ascii_digit());
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

fn less(a: &[u32], b: &[u32]) -> bool {
    a != b && a.iter().zip(b).all(|(a, b)| a <= b)
}

/// Replays the events of a vector; gives their stamps by name.
fn replay(vector: &Json) -> BTreeMap<String, Vec<u32>> {
    let events = vector["inputs"]["events"].as_array().expect("a list");
    let receiver = |message: &Json| {
        let receipt = events.iter().find(|event| event["kind"] == "recv" && event["msg"] == *message);
        receipt.expect("every message arrives")["proc"].as_u64().expect("a process")
    };
    let mut bench = of(3, None);
    let (mut senders, mut stamps) = (BTreeMap::new(), BTreeMap::new());
    for event in events {
        let node = event["proc"].as_u64().expect("a process") as u32;
        match event["kind"].as_str() {
            Some("int") => bench.ask(node, json!("Local")),
            Some("send") => {
                senders.insert(event["msg"].to_string(), node);
                bench.ask(node, json!({"Send": {"to": receiver(&event["msg"])}}))
            }
            _ => bench.deliver(senders[&event["msg"].to_string()], node),
        };
        stamps.insert(event["name"].as_str().expect("a name").to_owned(), stamp(&bench, node));
    }
    assert!(bench.broken().is_empty());
    stamps
}

#[test]
fn vectors_of_three_figures() {
    for id in ["vector-trace", "lamport-vector-coulouris", "lamport-vector-ist-notes"] {
        let vector = vector(id);
        let stamps = replay(&vector);
        assert_eq!(json!(stamps), vector["expected"]["vector"], "{id}");
        let mut concurrent = vec![];
        for (a, first) in &stamps {
            let others = stamps.iter().filter(|(b, second)| a < *b && !less(first, second) && !less(second, first));
            concurrent.extend(others.map(|(b, _)| json!([a, b])));
        }
        assert_eq!(json!(concurrent), vector["expected"]["concurrent_pairs"], "{id}");
    }
}

/// Two scenarios are the figures.
#[test]
fn the_scenarios_show_the_stamps_of_the_vectors() {
    for (name, id) in [("six-events", "lamport-vector-coulouris"), ("ten-events", "vector-trace")] {
        let mut bench = embedded(&ALGORITHM, name, true);
        let mut shown = vec![];
        while bench.play_one() {
            shown.push(stamp(&bench, bench.step.node.expect("an event").0));
        }
        let mut wanted: Vec<Vec<u32>> = replay(&vector(id)).into_values().collect();
        wanted.sort();
        shown.sort();
        assert_eq!(shown, wanted, "{name}");
    }
}

/// Requests of every kind at every process, as often as `count` says for each process.
fn explored(nodes: u32, variant: Option<&str>, count: u32) -> Walk {
    let mut bench = of(nodes, variant);
    let budgets: Vec<Budget> = (0..nodes)
        .map(|node| {
            let peers = (0..nodes).filter(|&to| to != node).map(|to| json!({"Send": {"to": to}}));
            let asks: Vec<Json> = peers.chain([json!("Local")]).collect();
            Budget { requests: asks.into_iter().map(|ask| bench.request(node, ask)).collect(), count }
        })
        .collect();
    walk(&bench, &budgets)
}

/// The numbers are those of a model in another language, written for this test from the rules alone. The monitor remembers
/// the events in their order, so that these are the histories.
#[test]
fn stamps_are_exact_in_every_state() {
    let two = explored(2, None, 2);
    let three = explored(3, None, 1);
    assert!(two.broken.is_empty() && three.broken.is_empty());
    assert_eq!((two.states, three.states), (4001, 2860));
}

#[test]
fn vector_bugs() {
    let vector = vector("vector-bugs");
    let lengths = ["silent-receipt", "silent-sending", "old-stamp", "overwrite"]
        .map(|variant| shortest(&explored(2, Some(variant), 2), EXACT));
    assert_eq!(json!(lengths), vector["expected"]["events"]);
    bugs_show_in_their_scenarios(&ALGORITHM);
}

/// An event with what it is stamped, and the events that it can know of, by their numbers in the run.
struct Seen {
    node: NodeId,
    stamp: Vec<u32>,
    before: BTreeSet<usize>,
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

/// The monitor against a relation that is built from its definition, pair by pair, whatever rule the clocks follow.
#[test]
fn the_monitor_agrees_with_a_look_at_every_pair_of_events() {
    let mut violated = BTreeMap::<&str, u32>::new();
    for seed in 0..seeds() {
        for variant in ["", "silent-receipt", "silent-sending", "old-stamp", "overwrite", "forgetful"] {
            let mut bench = of(3, Some(variant).filter(|variant| !variant.is_empty()));
            let (mut events, mut fine) = (Vec::<Seen>::new(), true);
            let mut sendings = BTreeMap::new();
            for k in 0..60 {
                let taken = random_run(&mut bench, seed << 16 | k, 1, Mode::Untimed, faults);
                let Some(node) = bench.step.node.filter(|_| !taken.is_empty()) else { continue };
                let received = match &bench.step.cause {
                    Cause::Message { id, .. } => Some((id.from, id.number)),
                    Cause::Request(_) => None,
                    _ => continue,
                };
                if bench.world.node(node).is_none_or(|node| node.life() != Life::Up) {
                    continue;
                }
                let previous = events.iter().rposition(|event| event.node == node);
                let sending = received.map(|message| sendings[&message]);
                let direct: Vec<usize> = previous.into_iter().chain(sending).collect();
                let mut before: BTreeSet<usize> = direct.iter().flat_map(|&k| events[k].before.clone()).collect();
                before.extend(direct);
                for effect in &bench.step.effects {
                    if let Effect::Sent { id, .. } | Effect::Lost { id, .. } = effect {
                        sendings.insert((id.from, id.number), events.len());
                    }
                }
                events.push(Seen { node, stamp: stamp(&bench, node.0), before });
                let pairs = (0..events.len()).flat_map(|a| (0..events.len()).map(move |b| (a, b)));
                fine = fine
                    && pairs
                        .into_iter()
                        .all(|(a, b)| events[b].before.contains(&a) == less(&events[a].stamp, &events[b].stamp));
                let broken = bench.verdict(EXACT).is_broken();
                assert_eq!(broken, !fine, "seed {seed}, {variant}, step {k}");
                if broken {
                    *violated.entry(variant).or_default() += 1;
                    break;
                }
            }
            costs_agree(&bench);
        }
    }
    let all = ["forgetful", "old-stamp", "overwrite", "silent-receipt", "silent-sending"];
    assert_eq!(violated.keys().copied().collect::<Vec<_>>(), all);
}

/// Without faults the engine's own vectors, which it keeps of every run, are the same.
#[test]
fn the_stamps_are_those_that_the_engine_keeps() {
    for seed in 0..seeds() {
        let mut bench = Bench::with(std::sync::Arc::clone(of(4, None).world.setup()), sim::Stamping::Vectors);
        for k in 0..100 {
            random_run(&mut bench, seed << 16 | k, 1, Mode::Untimed, |_, _| None);
            for node in 0..4 {
                let kept = bench.world.nodes()[node as usize].vector().expect("vectors are kept");
                assert_eq!(stamp(&bench, node), kept, "seed {seed}, step {k}");
            }
        }
    }
}

#[test]
fn scenarios_end_as_they_say() {
    for name in ALGORITHM.scenarios {
        let (bench, broken) = played(&ALGORITHM, name);
        let meant: Vec<&str> =
            ALGORITHM.bugs.iter().filter(|bug| bug.scenario == *name).map(|bug| bug.breaks).collect();
        assert_eq!(broken, meant, "{name}");
        assert_eq!(costs_agree(&bench), 2);
    }
    let (bench, _) = played(&ALGORITHM, "busy");
    assert_eq!(stamp(&bench, 2)[..2], [0, 0], "P2 hears nobody");
}
