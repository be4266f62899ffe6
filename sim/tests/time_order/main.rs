//! Time and order: the vectors of the reference, every reachable state of small systems with its number, random schedules,
//! and the planted bugs with their shortest runs. Lamport's clock has a test of its own.
#![cfg(feature = "embed")]

mod chandy_lamport;
mod synchronization;
mod total_order;
mod vector_clock;

use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Effect, Event, Fingerprint, Mode, Scenario, Verdict,
    testing::{Bench, Walk, random_run},
};
use std::collections::{HashSet, VecDeque};

/// Three processes on a complete network of FIFO channels, and what the test says besides.
fn bench(algorithm: &'static Algorithm, more: &Json) -> Bench {
    let mut json = json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": "",
        "nodes": 3, "order": "fifo"});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    Bench::of_json(algorithm, json).unwrap_or_else(|error| panic!("{error}"))
}

fn embedded(algorithm: &'static Algorithm, name: &str, variant: bool) -> Bench {
    let scenario = Scenario::embedded(algorithm, name).unwrap_or_else(|| panic!("no scenario {name}"));
    let mut scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    if !variant {
        scenario.variant = None;
    }
    Bench::new(scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/time.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

fn seeds() -> u64 {
    if deep() { 10_000 } else { 200 }
}

/// Requests, of which so many may be put in all, at any moment at which they are not refused.
struct Budget {
    requests: Vec<Event>,
    count: u32,
}

/// Walks all states, breadth first, as [`sim::testing::explore`] does, with budgets that several requests share: the
/// reference counts the payments of a process, whoever gets them.
fn walk(start: &Bench, budgets: &[Budget]) -> Walk {
    let key = |bench: &Bench, left: &[u32]| -> Fingerprint {
        let monitors: Vec<Fingerprint> = bench.judge.states().map(sim::Datum::fingerprint).collect();
        sim::fingerprint::fingerprint(&(bench.world.state_key(Mode::Untimed), monitors, left))
    };
    let left: Vec<u32> = budgets.iter().map(|budget| budget.count).collect();
    let mut walk = Walk { states: 1, complete: true, ..Walk::default() };
    let mut seen = HashSet::from([key(start, &left)]);
    let mut queue = VecDeque::from([(start.clone(), left, vec![])]);
    while let Some((bench, left, run)) = queue.pop_front() {
        let mut moves: Vec<(Event, Option<usize>)> =
            bench.world.enabled(Mode::Untimed).into_iter().map(|event| (event, None)).collect();
        for (index, budget) in budgets.iter().enumerate().filter(|(index, _)| left[*index] > 0) {
            let able = budget.requests.iter().filter(|event| bench.world.refusal(**event, &bench.payloads).is_none());
            moves.extend(able.map(|&event| (event, Some(index))));
        }
        walk.quiet += usize::from(moves.is_empty());
        for (event, spent) in moves {
            let (mut next, mut left, mut run) = (bench.clone(), left.clone(), run.clone());
            next.step.recording = false;
            next.take(event);
            run.push(event);
            spent.into_iter().for_each(|index| left[index] -= 1);
            for name in next.broken() {
                if walk.broken.iter().all(|(known, _)| *known != name) {
                    walk.broken.push((name, run.clone()));
                }
            }
            if seen.insert(key(&next, &left)) {
                walk.states += 1;
                queue.push_back((next, left, run));
            }
        }
    }
    walk
}

/// The length of the shortest run that breaks this property.
fn shortest(walk: &Walk, property: &str) -> usize {
    let found = walk.broken.iter().find(|(name, _)| *name == property);
    found.unwrap_or_else(|| panic!("{property} is never broken in {} states", walk.states)).1.len()
}

/// The outputs of the latest step, with their nodes: "0 Recorded".
fn told(bench: &Bench) -> Vec<String> {
    let outputs = bench.step.effects.iter().filter_map(|effect| match effect {
        Effect::Output(node, output) => Some(format!("{} {}", node.0, output.kind())),
        _ => None,
    });
    outputs.collect()
}

/// A field of a process, as it is shown.
fn field(bench: &Bench, node: u32, name: &str) -> String {
    let fields = bench.world.nodes()[node as usize].process().reflect();
    fields.field(name).unwrap_or_else(|| panic!("no field {name}")).to_string()
}

/// Every cost that can be said agrees with its formula; gives how many could be said.
fn costs_agree(bench: &Bench) -> usize {
    let costs = bench.world.setup().algorithm.costs.iter();
    let counted: Vec<_> = costs.filter_map(|cost| Some((cost, (cost.count)(&bench.world)?))).collect();
    for (cost, (count, formula)) in &counted {
        assert!(cost.relation.holds(*count, *formula), "{}: {count} and {formula}", cost.what);
    }
    counted.len()
}

/// Each bug shows in its scenario, by Play, and the same run without it breaks nothing.
fn bugs_show_in_their_scenarios(algorithm: &'static Algorithm) {
    for bug in algorithm.bugs {
        let mut buggy = embedded(algorithm, bug.scenario, true);
        buggy.play(2_000);
        assert!(buggy.broken().contains(&bug.breaks), "{}: {:?}", bug.id, buggy.broken());
        let mut right = embedded(algorithm, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}

/// Plays a scenario to its end; gives what is broken there.
fn played(algorithm: &'static Algorithm, scenario: &str) -> (Bench, Vec<&'static str>) {
    let mut bench = embedded(algorithm, scenario, true);
    assert!(bench.play(2_000) < 2_000, "{scenario} has no end");
    let broken = bench.broken();
    (bench, broken)
}
