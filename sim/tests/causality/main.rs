//! Happened-before and cuts on random runs of every algorithm, against an oracle that knows nothing of how they are
//! computed: the transitive closure over all pairs of events, and the definition of a consistent cut.
#![cfg(feature = "embed")]

mod cuts;
mod oracle;

use oracle::{Oracle, session, wander};
use sim::{
    MomentId, NodeId, Scenario, Session,
    algorithms::ALGORITHMS,
    causality::{Log, Relation},
};

/// Every pair, and a path for every pair that is ordered.
fn agrees(log: &Log, session: &Session, what: &str) {
    let oracle = Oracle::of(session);
    assert_eq!(log.len(), session.end());
    let events: Vec<(u32, NodeId)> = oracle.selectable().collect();
    for &(a, node) in &events {
        assert_eq!(log.node(a), Some(node), "{what}: step {a}");
        let cone = log.cone(a).unwrap_or_else(|| panic!("{what}: no cone of {a}"));
        let mut counts = [0; 3];
        for &(b, other) in &oracle.events {
            let expected = oracle.relation((b, other), (a, node));
            assert_eq!(cone.relation(other, b), expected, "{what}: {b} at {other:?} to {a} at {node:?}");
            match expected {
                Relation::Same => {}
                Relation::Before => counts[0] += 1,
                Relation::After => counts[1] += 1,
                Relation::Concurrent => counts[2] += 1,
            }
        }
        assert_eq!(cone.counts, counts, "{what}: {a}");
        for &(b, other) in &events {
            assert_eq!(log.relation(b, a), Some(cone.relation(other, b)), "{what}");
        }
    }
    paths_agree(log, &oracle, &events, what);
}

fn paths_agree(log: &Log, oracle: &Oracle, events: &[(u32, NodeId)], what: &str) {
    for &a in events {
        let fewest = oracle.fewest_messages(a);
        for (&b, fewest) in oracle.events.iter().zip(fewest) {
            if log.node(b.0) != Some(b.1) {
                continue;
            }
            let path = log.path(a.0, b.0);
            assert_eq!(path.as_ref().map(|path| path.hops.len() as u32), fewest, "{what}: {a:?} to {b:?}");
            let mut at = a;
            for hop in path.iter().flat_map(|path| &path.hops) {
                assert!(hop.sent >= at.0 && hop.message.from == at.1, "{what}: {hop:?} after {at:?}");
                assert!(oracle.delivered(hop.message, hop.sent, hop.received, hop.to), "{what}: {hop:?}");
                at = (hop.received, hop.to);
            }
            assert!(path.is_none() || (at.1 == b.1 && at.0 <= b.0), "{what}: the path ends at {at:?}, not at {b:?}");
        }
    }
}

/// Losses, duplicates, holds, crashes, recoveries, pauses, joins and leaves, in every algorithm, its first scenario.
#[test]
fn every_algorithm_agrees_with_the_closure_on_random_runs() {
    for algorithm in ALGORITHMS {
        let Some(name) = algorithm.scenarios.first() else { continue };
        let Some(Ok(scenario)) = Scenario::embedded(algorithm, name) else { continue };
        let Ok(mut session) = Session::new(scenario) else { continue };
        wander(&mut session, 7, 70);
        agrees(&Log::of(&session), &session, algorithm.id);
    }
}

#[test]
fn many_runs_with_every_kind_of_fault_agree_with_the_closure() {
    for (topic, nodes) in [("time/lamport-clock", 4), ("mutex/ricart-agrawala", 3), ("time/chandy-lamport", 3)] {
        for seed in 0..40 {
            let mut session = session(topic, nodes, "any");
            wander(&mut session, seed, 45);
            agrees(&Log::of(&session), &session, &format!("{topic}, seed {seed}"));
        }
    }
}

/// The same log is kept while one goes back, branches, and returns to a branch.
#[test]
fn a_log_follows_branches() {
    for seed in 0..30 {
        let mut session = session("time/lamport-clock", 3, "any");
        let mut log = Log::default();
        let mut tips: Vec<MomentId> = vec![];
        for round in 0..5 {
            wander(&mut session, seed * 10 + round, 14);
            while !log.follow(&session) {}
            agrees(&log, &session, &format!("seed {seed}, round {round}"));
            tips.extend(session.line().last());
            let back = session.end().saturating_sub(9 * (round as u32 % 2) + 5);
            session.seek(back);
        }
        for tip in tips {
            session.go_to(tip);
            while !log.follow(&session) {}
            agrees(&log, &session, &format!("seed {seed}, back at {tip:?}"));
        }
    }
}

/// Another session whose moments have the same numbers is another run.
#[test]
fn a_log_knows_another_session() {
    let mut one = session("time/lamport-clock", 3, "any");
    let mut log = Log::default();
    wander(&mut one, 1, 30);
    while !log.follow(&one) {}
    let mut other = session("time/lamport-clock", 3, "any");
    wander(&mut other, 2, 30);
    while !log.follow(&other) {}
    agrees(&log, &other, "the other session");
}

/// Folding takes moments away, not what happened.
#[test]
fn a_folded_history_tells_the_same() {
    let scenario = Scenario::embedded(sim::algorithms::find("time/lamport-clock").expect("a topic"), "busy-and-quiet");
    let mut session = Session::new(scenario.expect("a scenario").expect("it is fine")).expect("it starts");
    session.set_limit(64);
    let mut log = Log::default();
    for _ in 0..4 {
        session.play(40, |_, _, _| false).expect("it plays");
        while !log.follow(&session) {}
    }
    assert!(session.is_folded() && session.end() > 100);
    agrees(&log, &session, "followed while it folded");
    agrees(&Log::of(&session), &session, "read once it was folded");
    assert!(session.seek(session.end() / 2 + 1));
    agrees(&Log::of(&session), &session, "inside a fold");
    // A branch from inside a fold.
    wander(&mut session, 3, 20);
    while !log.follow(&session) {}
    agrees(&log, &session, "a branch from a fold");
}

/// Vector stamps, where there are any, say the same of events that ran a rule.
#[test]
fn vector_stamps_say_the_same() {
    let mut compared = 0;
    for seed in 0..40 {
        let mut session = session("time/vector-clock", 4, "any");
        wander(&mut session, seed, 60);
        let log = Log::of(&session);
        let mut stamps: Vec<(u32, NodeId, Vec<u32>)> = vec![];
        session.visit(1..session.end() + 1, &mut |depth, step, _| {
            let plain = !matches!(step.event, Some(sim::Event::AddNode(_) | sim::Event::RemoveNode(_)));
            if let (Some(node), Some(vector), true) = (step.node, &step.stamps.event.vector, plain) {
                stamps.push((depth, node, vector.to_vec()));
            }
        });
        let own = |stamp: &[u32], node: NodeId| stamp.get(node.index()).copied().unwrap_or(0);
        for (a, p, first) in &stamps {
            for (b, q, second) in &stamps {
                let expected = match (own(first, *p) <= own(second, *p), own(second, *q) <= own(first, *q)) {
                    _ if a == b => Relation::Same,
                    (true, _) => Relation::Before,
                    (_, true) => Relation::After,
                    _ => Relation::Concurrent,
                };
                assert_eq!(log.relation(*a, *b), Some(expected), "seed {seed}: {a} and {b}");
                compared += 1;
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
}

/// A long run is read in bounded stretches, and any two of its events are compared exactly.
#[test]
fn a_long_run_is_read_in_bounded_stretches() {
    let scenario = Scenario::embedded(sim::algorithms::find("mutex/token-ring").expect("a topic"), "nobody-wants");
    let mut session = Session::new(scenario.expect("a scenario").expect("it is fine")).expect("it starts");
    session.play(20_000, |_, _, _| false).expect("it plays");
    let mut log = Log::default();
    let (mut rounds, mut before) = (0, 0);
    while !log.follow(&session) {
        assert!(log.len() - before <= 1024);
        before = log.len();
        rounds += 1;
    }
    assert!(rounds >= 18 && log.len() == session.end(), "{rounds} rounds, {} steps", log.len());
    // One token: all of its events are in one order.
    let mut events = (1..=session.end()).filter(|&depth| log.node(depth).is_some());
    let (first, last) = (events.next().expect("an event"), events.next_back().expect("an event"));
    assert_eq!(log.relation(first, last), Some(Relation::Before));
    assert!(log.path(first, last).is_some());
}

/// What the page and a screen reader say.
#[test]
fn the_answer_names_the_path_or_says_that_there_is_none() {
    let scenario = Scenario::embedded(sim::algorithms::find("time/lamport-clock").expect("a topic"), "six-events");
    let mut session = Session::new(scenario.expect("a scenario").expect("it is fine")).expect("it starts");
    session.play(100, |_, _, _| false).expect("it plays");
    let log = Log::of(&session);
    let answer = |a, b| log.answer(a, b, session.world()).map(|(relation, why)| format!("{} {why}", relation.sign()));
    let expected = [
        "→ P0 then sends STAMPED (step 2), P1 receives it (step 4). P1 then sends STAMPED (step 5), P2 receives it (step 6).",
        "← P0 sends STAMPED (step 2), P1 receives it (step 4). P1 goes on to step 5.",
        "∥ No path of messages leads from one to the other: of P1, step 3 knows nothing; of P2, step 4 knows nothing.",
        "→ Both are events of P0, and step 1 comes first.",
    ];
    assert_eq!([answer(1, 6), answer(5, 2), answer(3, 4), answer(1, 2)].map(Option::unwrap_or_default), expected);
}

/// What an algorithm calls P1 is called by its name, in its notes and in what leads from event to event.
#[test]
fn nodes_are_called_by_their_names() {
    let json = serde_json::json!({"version": 1, "algorithm": "time/lamport-clock", "name": "test", "title": "",
        "sentence": "", "nodes": [{"name": "Ann"}, {"name": "Bob"}]});
    let mut session = Session::new(Scenario::read(&json.to_string()).expect("it reads")).expect("it starts");
    let send = session.request(NodeId(0), serde_json::json!({"Send": {"to": 1, "name": null}})).expect("a request");
    session.take(send).expect("it is taken");
    assert!(session.step().notes[0].starts_with("Ann sends to Bob."), "{:?}", session.step().notes);
    session.step_forward().expect("it arrives");
    let answer = Log::of(&session).answer(1, 2, session.world()).expect("two events").1;
    assert_eq!(answer, "Ann sends STAMPED (step 1), Bob receives it (step 2).");
    assert_eq!(session.world().with_names("PP0, P1x, (3, P1), P7 and P"), "PP0, P1x, (3, Bob), P7 and P");
}
