//! Fairness on every algorithm of the family: bounded overtaking counted in every reachable state, order judged in both
//! senses, and what is not promised shown as such.

use super::*;
use sim::{Algorithm, Stamping, algorithms::mutex as family};

const OVERTAKEN: &str = "once a request is known, each other process enters at most once before it";
const CAUSAL: &str = "a request that happened before another is served before it";

/// Walks all states with the monitors, which are part of them.
fn watched(mut bench: Bench, rounds: &[u32]) -> Walk {
    let mut budget = Vec::new();
    for (node, &count) in (0..).zip(rounds).filter(|(_, count)| **count > 0) {
        budget.push((bench.request(node, json!("Enter")), count));
        budget.push((bench.request(node, json!("Exit")), count));
    }
    explore(&bench, Mode::TimeoutsLongEnough, &budget, 1_000_000)
}

/// With vector stamps, without which nothing is known of what happened before what.
fn with_vectors(algorithm: &'static Algorithm, more: &Json) -> Bench {
    Bench::with(bench(algorithm, more).world.setup().clone(), Stamping::Vectors)
}

/// Every algorithm of the family, as its assumptions have it.
fn all() -> Vec<(&'static Algorithm, Json)> {
    vec![
        (&family::centralized::ALGORITHM, json!({})),
        (&family::lamport::ALGORITHM, json!({"order": "fifo"})),
        (&family::ricart_agrawala::ALGORITHM, json!({})),
        (&family::token_ring::ALGORITHM, json!({})),
        (&family::suzuki_kasami::ALGORITHM, json!({})),
        (&family::raymond::ALGORITHM, json!({"topology": "line"})),
        (&family::maekawa::ALGORITHM, json!({})),
    ]
}

fn not_promised(walk: &Walk) -> Vec<(&'static str, usize)> {
    walk.not_promised.iter().map(|(name, run)| (*name, run.len())).collect()
}

/// Whoever joins the family is judged like the others.
#[test]
fn all_are_judged_alike() {
    let listed = sim::algorithms::ALGORITHMS.iter().filter(|algorithm| algorithm.family() == "mutex");
    let distributed = listed.filter(|algorithm| algorithm.kind == sim::algorithm::Kind::Algorithm);
    assert_eq!(
        distributed.map(|algorithm| algorithm.id).collect::<Vec<_>>(),
        all().iter().map(|(one, _)| one.id).collect::<Vec<_>>()
    );
    for (algorithm, _) in all() {
        for name in [ONE_INSIDE, SERVED, CAUSAL, OVERTAKEN] {
            assert!(algorithm.properties.iter().any(|property| property.name == name), "{}: {name}", algorithm.id);
        }
    }
}

/// Whatever is promised holds in every state in which P0 asks twice and the others once; of what is not promised, the
/// shortest run that shows it is known. Neither sense of order is free: Ricart–Agrawala keeps that of the stamps and not
/// that of what happened before, because a REPLY does not carry the clock on.
#[test]
fn every_state_keeps_the_promises_and_the_rest_is_known() {
    let order = "the critical section goes to the smallest stamp";
    let expected = [
        ("mutex/centralized", 465, vec![]),
        ("mutex/lamport", 1523, vec![]),
        ("mutex/ricart-agrawala", 32_434, vec![(CAUSAL, 14)]),
        ("mutex/token-ring", 440, vec![]),
        ("mutex/suzuki-kasami", 5988, vec![(CAUSAL, 5)]),
        ("mutex/raymond", 627, vec![(CAUSAL, 11)]),
        ("mutex/maekawa", 9383, vec![(order, 4), (OVERTAKEN, 10), (CAUSAL, 15)]),
    ];
    for ((algorithm, more), (id, states, found)) in all().into_iter().zip(expected) {
        let rounds: &[u32] = if id == "mutex/lamport" { &[1, 0, 1] } else { &[2, 1, 1] };
        let walk = watched(with_vectors(algorithm, &more), rounds);
        assert!(walk.complete && walk.broken.is_empty(), "{id}: {:?}", lengths(&walk));
        assert_eq!((algorithm.id, walk.states, not_promised(&walk)), (id, states, found));
    }
}

/// The monitor can fail: by a queue that serves the last first, and by a clock that does not listen.
#[test]
fn unfair_ones_are_found_out() {
    for queue in ["lifo", "priority"] {
        let more = json!({"parameters": {"queue": queue}});
        let walk = watched(with_vectors(&family::centralized::ALGORITHM, &more), &[1, 3, 3]);
        assert!(walk.complete && walk.broken.is_empty(), "{queue}: {:?}", lengths(&walk));
        let in_turn = "nobody is passed over in the queue";
        let found = match queue {
            "lifo" => [(in_turn, 6), (CAUSAL, 8), (OVERTAKEN, 9)],
            _ => [(in_turn, 6), (OVERTAKEN, 9), (CAUSAL, 14)],
        };
        assert_eq!(not_promised(&walk), found, "{queue}");
    }
    let walk = watched(
        with_vectors(
            &family::ricart_agrawala::ALGORITHM,
            &json!({"nodes": 2, "variant": "stale-clock", "config": {"clocks": [0, 7]}}),
        ),
        &[3, 1],
    );
    assert_eq!(
        lengths(&walk),
        [("the critical section goes to the smallest stamp", 4), (ONE_INSIDE, 6), (OVERTAKEN, 9)]
    );
}

/// What is counted is told while it is counted, and goes on after a verdict.
#[test]
fn overtaking_is_told_as_it_is_counted() {
    let mut bench =
        with_vectors(&family::centralized::ALGORITHM, &json!({"nodes": 4, "parameters": {"queue": "lifo"}}));
    let place = family::centralized::ALGORITHM.properties.iter().position(|property| property.name == OVERTAKEN);
    let reading = |bench: &Bench| bench.judge.reading(place.expect("judged"), &bench.world);
    for node in [0, 1] {
        bench.ask(node, json!("Enter"));
        bench.play(10);
    }
    assert_eq!(reading(&bench), "");
    for (turn, told) in (1..).zip(["once", "twice", "3 times"]) {
        bench.ask(2, json!("Enter"));
        bench.play(10);
        let inside = inside(&bench)[0];
        bench.ask(inside, json!("Exit"));
        bench.play(10);
        assert_eq!(reading(&bench), format!("P1 has been overtaken {told} by P2."), "turn {turn}");
        bench.ask(0, json!("Enter"));
        bench.play(10);
        bench.ask(2, json!("Exit"));
        bench.play(10);
    }
    assert!(matches!(bench.verdict(OVERTAKEN), Verdict::NotPromised(_)));
}

/// The topic of the requirements: each run shows what it says, and nothing else.
#[test]
fn the_runs_of_the_topic_show_what_they_say() {
    let topic = &family::requirements::ALGORITHM;
    let order = "nobody is passed over in the queue";
    for (name, broken, not_promised) in [
        ("enter-use-leave", vec![], vec![]),
        ("two-inside", vec![ONE_INSIDE], vec![]),
        ("nobody-inside", vec![SERVED], vec![]),
        ("starved", vec![], vec![order, CAUSAL, OVERTAKEN]),
        ("asked-before", vec![], vec![CAUSAL]),
        ("two-orders", vec![], vec![CAUSAL]),
    ] {
        let scenario = Scenario::embedded(topic, name).expect("a scenario").expect("in order");
        let algorithm = sim::algorithms::find(&scenario.algorithm).expect("in the list");
        let setup = scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut run = Bench::with(setup.into(), Stamping::Vectors);
        while run.play_one() && (name != "two-inside" || run.broken().is_empty()) {}
        assert_eq!((run.broken(), run.not_promised()), (broken, not_promised), "{name}");
    }
}
