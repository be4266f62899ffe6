//! The ring election with a list.

use crate::support::{KNOWN, bugs_are_shown, embedded, leader, lengths, number, numbers, runs, vector};
use serde_json::{Value as Json, json};
use sim::{
    Assumption, Effect, Event, Life, Mode, NodeId,
    algorithms::election::ring_list::ALGORITHM,
    testing::{Bench, Walk, explore, random_run},
};

const ONE_LEADER: &str = "at most one leader";
const ONE_TOUR: &str = "no message passes a process twice";

fn reference(id: &str) -> Json {
    vector(include_str!("../vectors/ring-list.json"), id)
}

/// Processes 10 ms apart.
fn plain(n: u32, variant: &Json) -> Bench {
    let scenario = json!({
        "version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "Test", "sentence": "A test.", "nodes": n,
        "variant": variant,
    });
    Bench::of_json(&ALGORITHM, scenario).expect("the scenario is in order")
}

/// These have crashed, and these have noticed.
fn called(n: u32, crashed: &[u32], initiators: &[u32]) -> Bench {
    let mut bench = plain(n, &Json::Null);
    for &node in crashed {
        bench.take(Event::Crash(NodeId(node)));
    }
    for &node in initiators {
        bench.ask(node, json!("Notice"));
    }
    bench
}

/// Plays to the end; the lists of ELECTION as they were sent, in their order, and those with which tours were closed.
fn lists(bench: &mut Bench) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let ids = |json: &Json| numbers(json).into_iter().map(|id| id as u32).collect::<Vec<u32>>();
    let (mut sent, mut closed) = (vec![], vec![]);
    loop {
        for effect in &bench.step.effects {
            match effect {
                Effect::Sent { payload, .. } if payload.kind() == "Election" => sent.push(ids(&fields(payload))),
                // Whoever closes a tour stands first in its COORDINATOR.
                Effect::Sent { id, payload, .. } if payload.kind() == "Coordinator" => {
                    let list = ids(&fields(payload));
                    if list.first() == Some(&id.from.0) {
                        closed.push(list);
                    }
                }
                _ => {}
            }
        }
        if !bench.play_one() {
            return (sent, closed);
        }
        assert!(sent.len() < 1_000, "this election does not end");
    }
}

/// What is in a message or an output, as numbers: `Election([P2, P3])` as `[2, 3]`.
fn fields(payload: &sim::Datum) -> Json {
    let text = payload.reflect().to_string();
    let digits = text.split(|letter: char| !letter.is_ascii_digit()).filter(|word| !word.is_empty());
    digits.map(|digits| json!(digits.parse::<u32>().expect("a number"))).collect()
}

fn counts(bench: &Bench) -> [Option<(u64, u64)>; 3] {
    [0, 1, 2].map(|index| (ALGORITHM.costs[index].count)(&bench.world))
}

// Vectors.

#[test]
fn two_and_five_as_in_the_textbook() {
    let expected = &reference("ring-tanenbaum-2-and-5")["expected"];
    let mut bench = embedded(&ALGORITHM, "two-and-five");
    let (_, closed) = lists(&mut bench);
    let of = |name: &str| numbers(&expected[name]).into_iter().map(|id| id as u32).collect::<Vec<u32>>();
    assert_eq!(closed, vec![of("list_from_5"), of("list_from_2")]);
    assert!((0..7).all(|node| leader(&bench, node) == Some(number(&expected["leader"]) as u32)));
    let each = number(&expected["ELECTION_each"]);
    assert_eq!(each, number(&expected["COORDINATOR_each"]));
    let total = number(&expected["total"]);
    assert_eq!(counts(&bench), [Some((2 * each, 2 * each)), Some((2 * each, 2 * each)), Some((total, total))]);
    assert_eq!(bench.broken(), Vec::<&str>::new());
}

#[test]
fn one_call_costs_two_messages_a_process_that_is_up() {
    let vector = reference("ring-uml-2n");
    for (n, total) in numbers(&vector["inputs"]["n"]).into_iter().zip(numbers(&vector["expected"]["total"])) {
        for initiator in 0..n as u32 - 1 {
            let mut bench = called(n as u32, &[n as u32 - 1], &[initiator]);
            let (sent, _) = lists(&mut bench);
            assert_eq!(counts(&bench)[2], Some((total, total)), "n = {n}, initiator {initiator}");
            // Ids carried in the first tour: m(m + 1)/2, and those that were sent in vain to the one that is down.
            let (m, carried) = (n - 1, sent.iter().map(|list| list.len() as u64).sum::<u64>());
            let vain: u64 = sent.iter().zip(&sent[1..]).filter(|(a, b)| a == b).map(|(a, _)| a.len() as u64).sum();
            assert_eq!(carried - vain, m * (m + 1) / 2, "n = {n}, initiator {initiator}");
        }
    }
}

#[test]
fn the_list_of_three_grows_as_in_the_course_notes() {
    let expected = &reference("ring-three")["expected"];
    let mut bench = called(6, &[0, 1, 4], &[2]);
    let (mut sent, _) = lists(&mut bench);
    sent.dedup();
    assert_eq!(json!(sent), expected["lists"]);
    assert!([2, 3, 5].iter().all(|&node| leader(&bench, node) == Some(number(&expected["leader"]) as u32)));
    assert_eq!(counts(&bench)[2], Some((number(&expected["total"]), number(&expected["total"]))));
}

// Every reachable state, by the clock: T1 = 25 ms, T2 = 500 ms, messages 10 ms.

fn walk(n: u32, variant: &Json, callers: &[u32], crashes: &[u32], limit: usize) -> Walk {
    let mut start = plain(n, variant);
    let mut budget: Vec<(Event, u32)> = crashes.iter().map(|&node| (Event::Crash(NodeId(node)), 1)).collect();
    for &node in callers {
        budget.push((start.request(node, json!("Notice")), 1));
    }
    explore(&start, Mode::Timed, &budget, limit)
}

#[test]
fn three_and_four_processes_with_crashes_never_go_wrong() {
    for (n, callers, crashes, expected) in
        [(3, vec![0, 1], vec![0, 1, 2], (73_406, 8_893)), (4, vec![0, 1], vec![0, 3], (41_706, 1_099))]
    {
        let found = walk(n, &Json::Null, &callers, &crashes, 400_000);
        assert!(found.complete, "n = {n}");
        assert_eq!(found.broken, vec![], "n = {n}");
        assert_eq!((found.states, found.quiet), expected, "n = {n}");
    }
}

#[test]
fn random_crashes_leave_one_leader() {
    let mut elections = 0;
    for seed in 0..runs() {
        let mut bench = plain(3 + (seed % 4) as u32, &Json::Null);
        let crash = |bench: &mut Bench, bits: u64| {
            let node = NodeId((bits % bench.world.members().len() as u64) as u32);
            (bench.world.nodes()[node.index()].life() == Life::Up).then_some(Event::Crash(node))
        };
        random_run(&mut bench, seed, 150, Mode::Timed, crash);
        bench.play(20_000);
        assert!(bench.world.is_quiet(), "seed {seed}: the elections do not end");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        assert_eq!(bench.world.broken_assumption(), None, "seed {seed}");
        for cost in ALGORITHM.costs {
            if let Some((counted, formula)) = (cost.count)(&bench.world) {
                assert!(cost.relation.holds(counted, formula), "seed {seed}: {} {counted}, not {formula}", cost.what);
            }
        }
        elections += bench.world.tally().outputs("Closed");
    }
    assert!(elections > runs(), "{elections} tours in {} runs are too few to say anything", runs());
}

// Planted mistakes.

#[test]
fn every_bug_breaks_the_property_that_it_names_and_no_other() {
    // An orphan has no last state: there the walk stops when it has seen enough to be sure of the shortest run.
    for (bug, length, limit) in [("first-only", 9, 20_000), ("past-origin", 14, 20_000), ("no-t2", 8, 200_000)] {
        let breaks = ALGORITHM.bug(bug).expect("it is listed").breaks;
        let found = walk(3, &json!(bug), &[0, 1], &[0, 1], limit);
        assert_eq!(found.complete, bug == "no-t2", "{bug}");
        assert_eq!(lengths(&found), vec![(breaks, length)], "{bug}");
    }
    bugs_are_shown(&ALGORITHM);
    assert_eq!(ALGORITHM.bugs.len(), 3, "a new bug needs a line here");
}

/// The orphan never ends; with the right rule the same run does.
#[test]
fn an_orphan_goes_round_for_ever() {
    for (name, rule) in [("first-only", "initiator-crashes"), ("past-origin", "one-notices")] {
        let mut orphan = embedded(&ALGORITHM, name);
        assert_eq!(orphan.play(5_000), 5_000, "{name}");
        assert!(orphan.broken().contains(&ONE_TOUR));
        let mut right = embedded(&ALGORITHM, rule);
        assert!(right.play(5_000) < 5_000, "{rule}");
        assert_eq!(right.broken(), Vec::<&str>::new(), "{rule}");
    }
}

// Scenarios.

#[test]
fn scenarios_end_as_their_texts_say() {
    for (name, broken, leaders) in [
        ("one-notices", vec![], vec![(0, 3), (1, 3), (2, 3), (3, 3)]),
        ("two-in-a-row", vec![], vec![(0, 2), (1, 2), (2, 2)]),
        ("would-be-leader-crashes", vec![], vec![(0, 2), (1, 2), (2, 2)]),
        ("initiator-crashes", vec![], vec![(1, 3), (2, 3), (3, 3)]),
        ("too-short", vec![ONE_LEADER, KNOWN], vec![(0, 3), (1, 3), (2, 3), (3, 3), (4, 4)]),
        ("split-brain", vec![ONE_LEADER], vec![(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]),
        ("comes-back", vec![], vec![(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]),
    ] {
        let mut bench = embedded(&ALGORITHM, name);
        assert!(bench.play(5_000) < 5_000, "{name} does not end");
        assert_eq!(bench.broken(), broken, "{name}");
        for (node, followed) in leaders {
            assert_eq!(leader(&bench, node), Some(followed), "{name}: P{node}");
        }
    }
    let broken = |name: &str| {
        let mut bench = embedded(&ALGORITHM, name);
        bench.play(5_000);
        bench.world.broken_assumption()
    };
    assert_eq!(broken("split-brain"), Some(Assumption::NoLoss));
    assert_eq!(broken("comes-back"), Some(Assumption::NoRecovery));
    assert_eq!(broken("too-short"), None, "a parameter, not the network, is to blame");
}

#[test]
fn the_round_trip_stands_beside_the_timeout() {
    let remarks = |name: &str| (ALGORITHM.remarks)(embedded(&ALGORITHM, name).world.setup());
    assert_eq!((remarks("one-notices")[0].text.as_str(), remarks("one-notices")[0].warns), ("round trip 20 ms", false));
    assert!(remarks("too-short")[0].warns);
}
