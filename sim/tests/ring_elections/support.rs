//! What the tests of all ring elections share.

use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Mode, Order, Scenario, Verdict,
    testing::{Bench, Walk, explore, random_run},
};
use std::collections::{HashSet, VecDeque};

pub const HIGHEST: &str = "nobody but the highest is elected";
pub const KNOWN: &str = "a leader, the highest alive, known to all";

/// The vector of this id, from the file of an algorithm.
pub fn vector(file: &str, id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(file).expect("the vectors are JSON");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector is called {id}"))
}

pub fn number(json: &Json) -> u64 {
    json.as_u64().unwrap_or_else(|| panic!("{json} is no number"))
}

pub fn numbers(json: &Json) -> Vec<u64> {
    json.as_array().unwrap_or_else(|| panic!("{json} is no list")).iter().map(number).collect()
}

/// A ring of these ids in the direction of travel, with more fields of a scenario.
pub fn ring(algorithm: &'static Algorithm, ids: &[u32], more: &Json) -> Bench {
    let mut scenario = json!({
        "version": 1, "algorithm": algorithm.id, "name": "test", "title": "Test", "sentence": "A test.",
        "nodes": ids.len(), "order": "fifo", "config": { "ring": ids },
    });
    for (name, value) in more.as_object().expect("an object") {
        scenario[name] = value.clone();
    }
    Bench::of_json(algorithm, scenario).expect("the scenario is in order")
}

/// The same after these have started.
pub fn started(algorithm: &'static Algorithm, ids: &[u32], starters: &[u32], more: &Json) -> Bench {
    let mut bench = ring(algorithm, ids, more);
    for &node in starters {
        bench.ask(node, json!("Start"));
    }
    bench
}

pub fn embedded(algorithm: &'static Algorithm, name: &str) -> Bench {
    let scenario = Scenario::embedded(algorithm, name).unwrap_or_else(|| panic!("no scenario is called {name}"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    Bench::new(scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// Whom a process follows, as its status says.
pub fn leader(bench: &Bench, node: u32) -> Option<u32> {
    let word = bench.world.nodes()[node as usize].process().status().word;
    if word == "leader" { Some(node) } else { word.strip_prefix("follows P").and_then(|id| id.parse().ok()) }
}

/// Every order of the numbers below `n`.
pub fn orders(n: u32) -> Vec<Vec<u32>> {
    let mut all = vec![vec![]];
    for next in 0..n {
        let longer = |order: &Vec<u32>| {
            let order = order.clone();
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, next);
                longer
            })
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// Every reachable state where these may start whenever they are not refused.
pub fn walk(mut start: Bench, starters: &[u32], limit: usize) -> Walk {
    let starts: Vec<(Event, u32)> =
        starters.iter().map(|&node| (start.request(node, json!("Start")), u32::MAX)).collect();
    explore(&start, Mode::Untimed, &starts, limit)
}

/// How many states the reference counts where all may start: whether a process has still to be asked belongs to its
/// state, and asking one that takes part already changes only that. Messages of the kind `left_out` do not arrive.
pub fn reference_states(start: &Bench, left_out: &str) -> u64 {
    let mut start = start.clone();
    start.step.recording = false;
    let nodes = start.world.members().len() as u32;
    let requests: Vec<Event> = (0..nodes).map(|node| start.request(node, json!("Start"))).collect();
    let mut seen = HashSet::from([(start.world.state_key(Mode::Untimed), 0)]);
    let mut queue = VecDeque::from([(start, 0_u32)]);
    while let Some((bench, asked)) = queue.pop_front() {
        let arrives = |event: &Event| match event {
            Event::Deliver(id) => bench.world.flight(*id).is_some_and(|flight| flight.payload.kind() != left_out),
            _ => true,
        };
        let mut moves: Vec<(Option<Event>, u32)> =
            bench.world.enabled(Mode::Untimed).into_iter().filter(arrives).map(|event| (Some(event), asked)).collect();
        for (node, request) in (0..nodes).zip(&requests) {
            let knows = leader(&bench, node).is_some();
            if asked & (1 << node) == 0 && !knows {
                let refused = bench.world.refusal(*request, &bench.payloads).is_some();
                moves.push(((!refused).then_some(*request), asked | (1 << node)));
            }
        }
        for (event, asked) in moves {
            let mut next = bench.clone();
            if let Some(event) = event {
                next.take(event);
            }
            if seen.insert((next.world.state_key(Mode::Untimed), asked)) {
                queue.push_back((next, asked));
            }
        }
    }
    seen.len() as u64
}

/// The properties that a walk has found broken, with the lengths of the shortest runs.
pub fn lengths(walk: &Walk) -> Vec<(&'static str, usize)> {
    walk.broken.iter().map(|(name, run)| (*name, run.len())).collect()
}

/// How many random schedules.
pub fn runs() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}

/// Random schedules of rings of 2 to 8: any placement, anybody starts at any moment, any delays. All properties hold and
/// all costs agree; gives how many elections were over.
pub fn random_schedules(algorithm: &'static Algorithm, order: Order) -> u64 {
    let mut over = 0;
    for seed in 0..runs() {
        let n = 2 + (seed % 7) as u32;
        let mut ids: Vec<u32> = (0..n).collect();
        ids.sort_by_key(|&id| sim::random::draw(seed, sim::random::Purpose::Process, (7, 7), id.into()));
        let mut bench = ring(algorithm, &ids, &json!({ "order": order, "seed": seed }));
        random_run(&mut bench, seed, 2_000, Mode::Untimed, |_, _| None);
        bench.play(100_000);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        assert_eq!(bench.world.broken_assumption(), None, "seed {seed}");
        for cost in algorithm.costs {
            if let Some((counted, formula)) = (cost.count)(&bench.world) {
                assert!(cost.relation.holds(counted, formula), "seed {seed}: {} {counted}, not {formula}", cost.what);
            }
        }
        let holds = |index: usize| *bench.judge.verdicts().get(index).expect("a verdict a property") == Verdict::Holds;
        over += u64::from((0..algorithm.properties.len()).all(holds));
    }
    over
}

/// Each bug is shown by its scenario.
pub fn bugs_are_shown(algorithm: &'static Algorithm) {
    for bug in algorithm.bugs {
        let mut bench = embedded(algorithm, bug.scenario);
        assert_eq!(bench.world.setup().variant, Some(bug.id));
        bench.play(2_000);
        assert!(bench.broken().contains(&bug.breaks), "{}: {:?}", bug.id, bench.broken());
    }
}
