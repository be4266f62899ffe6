//! Rules 11 to 13: crash, recovery and pause; membership; policy.

use crate::words::{OPEN, bench, bench_of, heard, lost, message, refusal, say, wake, worker};
use serde_json::json;
use sim::{Event, Life, Members, Micros, NodeId, Payload, Place};

const P0: NodeId = NodeId(0);
const P1: NodeId = NodeId(1);

#[test]
fn rule_11_a_crash_discards_timers_and_lets_messages_travel_on() {
    let mut bench = bench(&json!({"nodes": 2}));
    say(&mut bench, 0, 1, 1);
    say(&mut bench, 1, 0, 2);
    wake(&mut bench, 0, 5_000, 1);
    wake(&mut bench, 1, 5_000, 1);
    bench.take(Event::Crash(P0));
    let left: Vec<u32> = bench.world.timers().map(|timer| timer.id.node.0).collect();
    assert_eq!(left, [1], "only its own timers are gone");
    bench.take(Event::Deliver(message(0, 0)));
    assert_eq!(heard(&bench, 1), [1], "what it had sent arrives");
    bench.take(Event::Deliver(message(1, 0)));
    assert_eq!(lost(&bench), Some("its receiver is down"), "at that delivery, visibly");
    assert_eq!(bench.world.tally().lost, 1);
    let again = bench.request(0, json!("Draw"));
    assert_eq!(refusal(&bench, again), "P0 is down.");
    assert_eq!(refusal(&bench, Event::Crash(P0)), "P0 is down.");
    assert_eq!(bench.world.status(P0).word, "crashed");
}

#[test]
fn rule_11_what_survives_comes_back_and_nothing_else() {
    let mut bench = bench(&json!({"nodes": 2}));
    bench.take(Event::Crash(P1));
    let reason = refusal(&bench, Event::Recover(P1));
    assert_eq!(reason, "P1 cannot recover: in this algorithm nothing survives a crash.");
    say(&mut bench, 0, 0, 3);
    bench.play(10);
    bench.ask(0, json!("Draw"));
    bench.take(Event::Crash(P0));
    assert_eq!(worker(&bench, 0).recovered, 0, "no code runs in a crash");
    bench.take(Event::Recover(P0));
    let back = worker(&bench, 0);
    assert_eq!((heard(&bench, 0), back.drawn.len(), back.recovered), (vec![3], 0, 1));
    assert_eq!(refusal(&bench, Event::Recover(P0)), "P0 is not down.");
    let before = bench.world.nodes()[0].hardware_clock().read(bench.world.now());
    assert_eq!(before, bench.world.now().0.cast_signed(), "its clock kept running");
}

/// A process draws on after a recovery: a number is not drawn twice.
#[test]
fn rule_11_a_recovered_node_draws_on_where_it_was() {
    let draw = |crash: bool| {
        let mut bench = bench(&json!({"nodes": 1}));
        say(&mut bench, 0, 0, 1);
        bench.play(1);
        bench.ask(0, json!("Draw"));
        if crash {
            bench.take(Event::Crash(P0));
            bench.take(Event::Recover(P0));
        }
        bench.ask(0, json!("Draw"));
        worker(&bench, 0).drawn.last().copied()
    };
    assert_eq!(draw(true), draw(false));
}

#[test]
fn rule_11_a_paused_node_handles_nothing_until_it_goes_on() {
    let mut bench = bench(&json!({"nodes": 2}));
    say(&mut bench, 0, 1, 1);
    wake(&mut bench, 1, 5_000, 7);
    bench.take(Event::Pause(P1));
    let timer = bench.world.timers().next().unwrap().id;
    for event in [Event::Deliver(message(0, 0)), Event::Fire(timer), Event::Pause(P1)] {
        assert_eq!(refusal(&bench, event), "P1 is paused.");
    }
    assert_eq!(bench.play(10), 0);
    assert_eq!(bench.world.held_by_user().as_deref(), Some("You have paused P1."));
    wake(&mut bench, 0, 40_000, 1);
    bench.play(10);
    bench.take(Event::Resume(P1));
    bench.play(10);
    assert_eq!((heard(&bench, 1), worker(&bench, 1).rang.clone()), (vec![1], vec![7]));
    assert_eq!(bench.world.now(), Micros(40_000), "due at max(now, due)");
    assert_eq!(refusal(&bench, Event::Resume(P1)), "P1 is not paused.");
}

#[test]
fn rule_12_fixed_membership_takes_no_node_and_says_so() {
    let bench = bench(&json!({"nodes": 2}));
    let reason = refusal(&bench, Event::AddNode(Place { x: 0, y: 0 }));
    assert_eq!(reason, "This algorithm cannot take members while it runs. Restart with one node more.");
}

#[test]
fn rule_12_open_members_are_told_who_joins_and_leaves() {
    let mut bench = bench_of(&OPEN, &json!({"nodes": 2}));
    bench.take(Event::AddNode(Place { x: 3, y: 4 }));
    let (joined, new) = (Members::Joined(NodeId(2)), NodeId(2));
    assert_eq!(bench.step.node, Some(new), "the step is that of the new node");
    assert_eq!(worker(&bench, 0).told, [joined]);
    assert_eq!(worker(&bench, 1).told, [joined]);
    assert_eq!(worker(&bench, 2).told, []);
    assert_eq!(bench.world.name(new), "P2");
    say(&mut bench, 2, 0, 5);
    say(&mut bench, 1, 2, 6);
    bench.play(10);
    assert_eq!((heard(&bench, 0), heard(&bench, 2)), (vec![5], vec![6]), "it is linked with everybody");
    bench.take(Event::RemoveNode(P0));
    assert_eq!(worker(&bench, 1).told, [joined, Members::Left(P0)]);
    assert_eq!(worker(&bench, 2).told, [Members::Left(P0)]);
}

#[test]
fn rule_12_a_removed_node_leaves_a_tombstone() {
    let mut bench = bench_of(&OPEN, &json!({"nodes": 3}));
    say(&mut bench, 0, 2, 1);
    say(&mut bench, 2, 0, 1);
    wake(&mut bench, 2, 5_000, 1);
    bench.take(Event::RemoveNode(NodeId(2)));
    assert_eq!(bench.world.nodes()[2].life(), Life::Removed);
    assert_eq!(bench.world.timers().count(), 0);
    assert!(bench.world.flight(message(2, 0)).is_some(), "its own message travels on");
    assert_eq!(refusal(&bench, Event::Recover(NodeId(2))), "There is no node 2.");
    say(&mut bench, 0, 2, 2);
    assert_eq!(lost(&bench), Some("its receiver is not a member"));
    // What was on its way to it can be taken like any other message, as Play takes it.
    assert!(bench.world.enabled(sim::Mode::Untimed).contains(&Event::Deliver(message(0, 0))));
    bench.take(Event::Deliver(message(0, 0)));
    assert_eq!(lost(&bench), Some("its receiver is not a member"));
    bench.take(Event::RemoveNode(P1));
    assert_eq!(refusal(&bench, Event::RemoveNode(P0)), "The last node cannot leave.");
}

/// Whoever joins has the arrivals that the workload has at every node.
#[test]
fn rule_12_a_node_that_joins_takes_part_in_the_workload() {
    let workload = json!([{"on": "start", "after": {"constant": "5 ms"}, "request": "Draw", "repeat": true}]);
    let mut bench = bench_of(&OPEN, &json!({"nodes": 1, "workload": workload}));
    bench.take(Event::AddNode(Place { x: 0, y: 0 }));
    bench.play_until(Micros(20_000));
    assert_eq!([0, 1].map(|node| worker(&bench, node).drawn.len()), [4, 4]);
    bench.take(Event::RemoveNode(P0));
    bench.play_until(Micros(40_000));
    assert_eq!([0, 1].map(|node| worker(&bench, node).drawn.len()), [4, 8], "who has left hears nothing");
}

#[test]
fn rule_13_a_policy_is_read_when_a_handler_runs_and_moves_no_timer() {
    let mut bench = bench(&json!({"nodes": 1}));
    wake(&mut bench, 0, 5_000, 1);
    wake(&mut bench, 0, 10_000, 2);
    bench.play(1);
    let policy = bench.payloads.intern(Payload::Policy(json!(9), sim::Datum::new(9_u32)));
    let due = bench.world.timers().next().unwrap().due;
    bench.take(Event::SetPolicy(policy));
    assert_eq!(bench.world.timers().next().unwrap().due, due);
    bench.play(1);
    assert_eq!(worker(&bench, 0).policies, [7, 9], "the default, then the new one");
    assert_eq!(bench.world.policy().and_then(sim::Datum::get::<u32>), Some(&9));
}

#[test]
fn rule_13_a_scenario_sets_the_policy_at_the_start_and_its_script_replaces_it() {
    let script = json!([{"at": "8 ms", "event": {"set-policy": 11}}]);
    let mut bench = bench(&json!({"nodes": 1, "policy": 3, "script": script}));
    wake(&mut bench, 0, 5_000, 1);
    wake(&mut bench, 0, 10_000, 2);
    bench.play(10);
    assert_eq!(worker(&bench, 0).policies, [3, 11]);
}
