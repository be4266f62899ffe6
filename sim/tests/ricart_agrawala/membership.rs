//! Joining and leaving, in every reachable state and in random schedules.

use super::*;
use sim::Place;

const JOIN: Event = Event::AddNode(Place { x: 0, y: 0 });

fn ask(bench: &mut Bench, node: u32, what: &str) -> Event {
    // The node need not be there yet: what is asked is the same for all.
    let Event::Request(_, payload) = bench.request(0, json!(what)) else { panic!("a request is an event") };
    Event::Request(NodeId(node), payload)
}

/// Every reachable state in which processes ask once each, and the third one joins, or one leaves, at any moment: during a
/// request, inside, while others wait for it.
fn with_changes(more: &Json, rounds: &[u32], changes: &[(Event, u32)]) -> Walk {
    let mut start = bench(more);
    let mut budget = changes.to_vec();
    for (node, &count) in (0..).zip(rounds).filter(|(_, count)| **count > 0) {
        budget.push((ask(&mut start, node, "Enter"), count));
        budget.push((ask(&mut start, node, "Exit"), count));
    }
    explore(&start.without_monitors(), Mode::Untimed, &budget, 1_000_000)
}

#[test]
fn a_join_at_any_moment_of_a_request_is_safe() {
    for (rule, states) in RULES.into_iter().zip([4265, 4376]) {
        let more = json!({"nodes": 2, "parameters": {"stamps": rule}, "config": {"clocks": [3, 0]}});
        let walk = with_changes(&more, &[1, 1, 1], &[(JOIN, 1)]);
        assert!(walk.complete && walk.broken.is_empty(), "{rule}: {:?}", lengths(&walk));
        assert_eq!(walk.states, states, "{rule}");
    }
}

#[test]
fn a_leave_at_any_moment_is_safe_and_stops_nobody() {
    let walk = with_changes(&json!({}), &[1, 1, 1], &[(Event::RemoveNode(NodeId(1)), 1)]);
    assert!(walk.complete && walk.broken.is_empty(), "{:?}", lengths(&walk));
    assert_eq!(walk.states, 12_217);
}

#[test]
fn one_joins_and_another_leaves() {
    let walk = with_changes(&json!({"nodes": 2}), &[1, 1, 1], &[(JOIN, 1), (Event::RemoveNode(NodeId(0)), 1)]);
    assert!(walk.complete && walk.broken.is_empty(), "{:?}", lengths(&walk));
    assert_eq!(walk.states, 27_415);
}

/// Who takes the numbers to begin with zero lets two in, and who waits for one that has left waits for ever.
#[test]
fn the_shortest_runs_of_the_mistakes() {
    let more = json!({"nodes": 2, "variant": "newcomer-from-zero", "config": {"clocks": [3, 3]}});
    let walk = with_changes(&more, &[1, 1, 1], &[(JOIN, 1)]);
    assert_eq!(lengths(&walk), [(IN_ORDER, 5), (ONE_INSIDE, 9)]);
    let walk = with_changes(&json!({"variant": "wait-for-leaver"}), &[1, 0, 0], &[(Event::RemoveNode(NodeId(1)), 1)]);
    assert_eq!(lengths(&walk), [(SERVED, 5)]);
}

/// Joins and leaves are what it claims to bear: nothing breaks, everybody is served, and no assumption is named.
#[test]
fn random_schedules_with_joins_and_leaves_keep_everything() {
    let (mut joined, mut left) = (0, 0);
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 3, "parameters": {"stamps": RULES[seed as usize % 2]}}));
        let taken = random_run(&mut bench, seed, 200, Mode::Untimed, |bench, bits| {
            let members = bench.world.members();
            let somebody = members[bits as usize / 7 % members.len()];
            match bits % 3 {
                0 if members.len() < 6 => Some(JOIN),
                1 if members.len() > 2 => Some(Event::RemoveNode(somebody)),
                _ => None,
            }
        });
        joined += taken.iter().filter(|event| **event == JOIN).count();
        left += taken.iter().filter(|event| matches!(event, Event::RemoveNode(_))).count();
        drain(&mut bench);
        assert!(
            bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds),
            "seed {seed}: {:?}",
            bench.judge.verdicts()
        );
        assert_eq!(bench.world.broken_assumption(), None);
    }
    assert!(joined > 200 && left > 200, "{joined} joins and {left} leaves: too few to prove anything");
}

/// A bystander that has crashed cannot welcome anybody: the newcomer waits, and says for whom.
#[test]
fn a_crashed_bystander_keeps_a_newcomer_out() {
    let mut bench = bench(&json!({}));
    bench.take(Event::Crash(NodeId(1)));
    bench.take(JOIN);
    bench.play(100);
    let asked = ask(&mut bench, 3, "Enter");
    bench.take(asked);
    bench.play(100);
    let Verdict::Broken { violation, after } = bench.verdict(SERVED) else { panic!("{:?}", bench.verdict(SERVED)) };
    assert_eq!((violation.why.as_str(), *after), ("P3 is new and waits to hear of P1.", Some(Assumption::NoCrash)));
    assert_eq!(bench.world.status(NodeId(3)).detail, "has heard of 2 of 3");
}
