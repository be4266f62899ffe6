//! Rules 22 to 24: stamps, fingerprints, numbers.

use crate::words::{bench, message, say, wake};
use serde_json::{Value as Json, json};
use sim::{
    Delay, Event, LinkId, Micros, Mode, NodeId, Place, Scenario, Stamping, World,
    random::{Micros32, Purpose, draw},
    testing::Bench,
};
use std::sync::Arc;

fn stamped(stamping: Stamping, nodes: u32) -> Bench {
    let json = json!({
        "version": 1, "algorithm": "test/words", "name": "x", "title": "", "sentence": "", "nodes": nodes,
    });
    let setup = Scenario::read(&json.to_string()).unwrap().prepare(&crate::words::ALGORITHM).unwrap();
    Bench::with(Arc::new(setup), stamping)
}

fn lamport(bench: &Bench) -> Vec<u64> {
    bench.world.nodes().iter().map(sim::Node::lamport).collect()
}

fn vector(bench: &Bench, node: usize) -> Vec<u32> {
    bench.world.nodes()[node].vector().map_or(vec![], <[u32]>::to_vec)
}

/// A request and what it sends are one event; a receipt and what it sends are two.
#[test]
fn rule_22_stamps_count_events_as_the_textbooks_draw_them() {
    let mut bench = stamped(Stamping::Vectors, 3);
    bench.ask(2, json!({"Tell": {"word": 1}}));
    say(&mut bench, 0, 1, 1_001);
    assert_eq!((bench.step.stamps.event.lamport, lamport(&bench)), (1, vec![1, 0, 1]));
    assert_eq!(bench.step.stamps.sent, Some(bench.step.stamps.event.clone()));
    bench.take(Event::Deliver(message(0, 0)));
    assert_eq!(bench.step.stamps.event.lamport, 2, "the receipt");
    assert_eq!(bench.step.stamps.sent.as_ref().map(|stamp| stamp.lamport), Some(3), "the answer");
    assert_eq!(vector(&bench, 1), [1, 2, 0]);
    bench.take(Event::Deliver(message(1, 0)));
    assert_eq!(lamport(&bench), [4, 3, 1]);
    assert_eq!(vector(&bench, 0), [2, 2, 0]);
    assert_eq!(vector(&bench, 2), [0, 0, 1], "nothing reached it");
    wake(&mut bench, 2, 5, 1);
    bench.play(1);
    assert_eq!(lamport(&bench), [4, 3, 3], "setting a timer was in a request, its going off is an event of its own");
}

#[test]
fn rule_22_vectors_are_kept_up_to_64_nodes_and_lamports_always() {
    for (nodes, length) in [(64, 64), (65, 0)] {
        let mut bench = stamped(Stamping::Vectors, nodes);
        say(&mut bench, 0, 1, 1);
        bench.play(1);
        assert_eq!(vector(&bench, 1).len(), length);
        assert_eq!(lamport(&bench)[..2], [1, 2]);
    }
    assert_eq!(World::MAX_VECTOR_NODES, 64);
    let mut bench = stamped(Stamping::None, 2);
    say(&mut bench, 0, 1, 1);
    bench.play(1);
    assert_eq!((lamport(&bench), vector(&bench, 1)), (vec![0, 0], vec![]), "experiments pay for none");
}

type Change = fn(&mut Bench);

/// Two worlds whose states a search must, or must not, tell apart.
fn keys(one: &Bench, other: &Bench) -> (bool, bool) {
    let same = |mode: Mode| one.world.state_key(mode) == other.world.state_key(mode);
    (same(Mode::Untimed), one.world.digest() == other.world.digest())
}

/// Says these words from P0 to P1 and delivers those of these positions.
fn said(fields: &Json, words: &[u32], delivered: &[u32]) -> Bench {
    let mut bench = bench(fields);
    for &word in words {
        say(&mut bench, 0, 1, word);
    }
    for &k in delivered {
        bench.take(Event::Deliver(message(0, k)));
    }
    bench
}

#[test]
fn rule_23_a_search_knows_a_state_by_no_time_id_stamp_place_or_counter() {
    let any = json!({"nodes": 2});
    // The same word is in flight under another id, and other words were heard before in the same order.
    let one = said(&any, &[1, 2], &[0]);
    let mut other = said(&any, &[3, 1, 2], &[1]);
    other.take(Event::Drop(message(0, 0)));
    assert_eq!(keys(&one, &other), (true, false), "ids, counters and losses");
    let mut later = one.clone();
    wake(&mut later, 1, 40_000, 1);
    later.ask(1, json!({"Sleep": {"alarm": 1}}));
    later.take(Event::MoveNode(NodeId(0), Place { x: 1, y: 2 }));
    later.take(Event::SetClock(NodeId(0), 17));
    assert_eq!(keys(&one, &later), (true, false), "places, clocks and requests");
    assert_eq!(keys(&one, &one.clone()), (true, true));
}

#[test]
fn rule_23_a_fifo_channel_is_a_sequence_and_any_other_a_bag() {
    for (order, same) in [("any", true), ("fifo", false)] {
        let fields = json!({"nodes": 2, "order": order});
        assert_eq!(keys(&said(&fields, &[1, 2], &[]), &said(&fields, &[2, 1], &[])).0, same, "{order}");
        assert!(!keys(&said(&fields, &[1, 1], &[]), &said(&fields, &[1], &[])).0, "two are not one");
        assert!(!keys(&said(&fields, &[1, 1], &[]), &said(&fields, &[], &[])).0, "two do not cancel out");
    }
}

#[test]
fn rule_23_whatever_decides_what_can_follow_is_in_the_search_key() {
    let start = said(&json!({"nodes": 3}), &[1], &[]);
    let events = [
        ("a process", Event::Deliver(message(0, 0))),
        ("a held message", Event::Hold(message(0, 0))),
        ("a crashed node", Event::Crash(NodeId(2))),
        ("a paused node", Event::Pause(NodeId(2))),
        ("a cut link", Event::CutLink(LinkId(2))),
        ("a lossy link", Event::SetLoss(LinkId(0), 5)),
        ("an order", Event::SetOrder(LinkId(0), sim::Order::Fifo)),
    ];
    for (what, event) in events {
        let mut other = start.clone();
        other.take(event);
        assert_eq!(keys(&start, &other), (false, false), "{what}");
    }
    let changes: [(&str, Change); 3] = [
        ("a timer", |bench| wake(bench, 2, 5, 1)),
        ("a message between others", |bench| {
            say(bench, 2, 1, 1);
        }),
        ("a policy", |bench| {
            let policy = bench.payloads.intern(sim::Payload::Policy(json!(9), sim::Datum::new(9_u32)));
            bench.take(Event::SetPolicy(policy));
        }),
    ];
    for (what, change) in changes {
        let mut other = start.clone();
        change(&mut other);
        assert_eq!(keys(&start, &other), (false, false), "{what}");
    }
}

/// How often a limited rule may still fire, and what is planned.
#[test]
fn rule_23_the_workload_that_is_left_is_in_the_search_key() {
    let workload = json!([
        {"on": "Told", "after": {"constant": "1 ms"}, "request": {"Tell": {"word": 1}}, "limit": 1},
    ]);
    let fields = json!({"nodes": 1, "workload": workload});
    let start = bench(&fields);
    let mut planned = bench(&fields);
    planned.ask(0, json!({"Tell": {"word": 1}}));
    assert_eq!(keys(&start, &planned), (false, false), "a request is planned");
    planned.play(5);
    assert_eq!(keys(&start, &planned), (false, false), "the rule will not fire again");
}

/// The digest holds what decides a tie: two plans for one time, made in either order.
#[test]
fn rule_23_a_digest_holds_the_order_of_what_is_due_at_one_time() {
    let workload = json!([{"on": "Told", "after": {"constant": "10 ms"}, "request": "Draw"}]);
    let planned = |first: u32| {
        let mut bench = bench(&json!({"nodes": 2, "workload": workload}));
        bench.ask(first, json!({"Tell": {"word": 1}}));
        bench.ask(1 - first, json!({"Tell": {"word": 1}}));
        bench
    };
    let (mut one, mut other) = (planned(0), planned(1));
    assert_ne!(one.world.digest(), other.world.digest());
    one.play(1);
    other.play(1);
    assert_ne!(one.step.node, other.step.node, "and so the runs go on differently");
}

/// The latest due of a FIFO channel decides when the next message arrives.
#[test]
fn rule_23_a_digest_holds_what_a_fifo_channel_must_keep() {
    let said_and_dropped = |delay: u32| {
        let mut bench = bench(&json!({"nodes": 2, "order": "fifo"}));
        bench.take(Event::SetDelay(LinkId(0), Delay::millis(delay)));
        let id = say(&mut bench, 0, 1, 1);
        bench.take(Event::Drop(id));
        bench.take(Event::SetDelay(LinkId(0), Delay::millis(10)));
        bench
    };
    let (mut slow, mut quick) = (said_and_dropped(80), said_and_dropped(20));
    assert_ne!(slow.world.digest(), quick.world.digest());
    let (one, other) = (say(&mut slow, 0, 1, 1), say(&mut quick, 0, 1, 1));
    assert_ne!(crate::words::due(&slow, one), crate::words::due(&quick, other));
}

/// `libm`, rounded once: these numbers are the same on every machine, for ever.
#[test]
fn rule_24_exponential_draws_are_whole_microseconds_and_pinned() {
    let delay = Delay::Exponential(Micros32(10_000));
    let drawn: Vec<Micros> = (0..6).map(|k| delay.sample(draw(1, Purpose::Delay, (0, 1), k))).collect();
    assert_eq!(drawn, [7_600, 4_605, 6_083, 6_568, 16_633, 27_613].map(Micros));
}
