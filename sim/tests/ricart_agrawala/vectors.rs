//! The worked numbers of the reference.

use super::*;

#[test]
fn vector_ra_8_12() {
    let expected = &vector("mutex-ra-8-12")["expected"];
    let mut bench = embedded("eight-and-twelve");
    let (mut order, mut at_once, mut late, mut queues) = (vec![], vec![], vec![], vec![]);
    while bench.play_one() {
        let step = &bench.step;
        order.extend(told(step, "Entered"));
        let replies = sent(step, "Reply");
        let replies_to = if matches!(step.cause, Cause::Message { .. }) { &mut at_once } else { &mut late };
        replies_to.extend(replies);
        queues.push(field(&bench, 0, "deferred"));
        for (node, ts) in [(0, 8), (2, 12)] {
            let (state, number) = state(&bench, node);
            assert!(state == "Released" || number == Some(ts), "P{node}: {state} {number:?}");
        }
    }
    at_once.sort_unstable();
    assert_eq!(json!(order), expected["order"]);
    let mut wanted = expected["replies_immediate"].as_array().expect("a list").clone();
    wanted.sort_by_key(ToString::to_string);
    assert_eq!(json!(at_once), json!(wanted));
    assert_eq!(json!(late), expected["deferred"]);
    assert!(queues.contains(&"{P2: 12}".to_owned()), "P0 queues P2: {queues:?}");
    assert_eq!(json!(bench.world.tally().sent_in_all()), expected["messages"]);
    let cost = (ALGORITHM.costs[0].count)(&bench.world);
    assert_eq!(json!(cost.expect("two entries").0), expected["per_entry"]);
    assert!(bench.broken().is_empty());
}

#[test]
fn vector_ra_tie() {
    let vector = vector("mutex-ra-tie");
    let mut bench = bench(&json!({
        "config": {"clocks": [4, 4, 4]},
        "workload": [{"on": "Entered", "after": {"constant": "20 ms"}, "request": "Exit"}],
    }));
    for request in vector["inputs"]["requests"].as_array().expect("a list") {
        let node = request["proc"].as_u64().expect("a process") as u32;
        bench.ask(node, json!("Enter"));
        assert_eq!(state(&bench, node), ("Wanted", request["ts"].as_u64()));
    }
    let mut order = vec![];
    while bench.play_one() {
        order.extend(told(&bench.step, "Entered"));
    }
    assert_eq!(json!(order), vector["expected"]["order"]);
}

/// Our `hsn` is the greatest entry of the notes' `TS_ARRAY`: the process whose entry is 0 hears the three others and asks.
#[test]
fn vector_ra_seed4_ts() {
    let vector = vector("mutex-ra-seed4-ts");
    let array: Vec<u64> = serde_json::from_value(vector["inputs"]["ts_array"].clone()).expect("numbers");
    let clocks: Vec<u64> = array.iter().map(|ts| ts.saturating_sub(1)).collect();
    let asking = array.iter().position(|&ts| ts == 0).expect("one that has not asked") as u32;
    let mut bench = bench(&json!({"nodes": 4, "config": {"clocks": clocks}}));
    for node in (0..4).filter(|&node| node != asking) {
        bench.ask(node, json!("Enter"));
        bench.deliver(node, asking);
    }
    bench.ask(asking, json!("Enter"));
    assert_eq!(state(&bench, asking), ("Wanted", vector["expected"]["new_ts"].as_u64()));
}

/// The trace of the reference, delivery by delivery. Its REPLY carries the replier's clock; ours what it answers.
#[test]
fn vector_ra_stale_clock_violation() {
    let vector = vector("mutex-ra-stale-clock-violation");
    let clocks = vector["inputs"]["clocks"].clone();
    let mut buggy = bench(&json!({"order": "fifo", "variant": "stale-clock", "config": {"clocks": clocks}}));
    let mut entered = vec![];
    let mut steps = 0;
    for line in vector["expected"]["trace"].as_array().expect("a list") {
        let words: Vec<&str> = line.as_str().expect("a step").split(' ').collect();
        match words[..] {
            ["req", node, ts] => {
                let node: u32 = node.parse().expect("a node");
                buggy.ask(node, json!("Enter"));
                assert_eq!(ts, format!("ts={}", state(&buggy, node).1.unwrap_or(0)));
            }
            ["deliver", what, pair] => {
                let (from, to) = pair.split_once("->").expect("a pair");
                let (from, to) = (from.parse().expect("a node"), to.parse().expect("a node"));
                let kind = if what.starts_with("REQ") { "Request" } else { "Reply" };
                let step = buggy.deliver(from, to);
                let Cause::Message { payload, .. } = &step.cause else { panic!("{line}: no message") };
                assert_eq!(payload.kind(), kind, "{line}");
                entered.extend(told(step, "Entered"));
            }
            // Entering is part of the delivery of the last reply.
            ["enter", node] => {
                assert_eq!(entered.last().map(ToString::to_string).as_deref(), Some(node));
                continue;
            }
            _ => panic!("{line}"),
        }
        steps += 1;
        if entered.is_empty() {
            assert!(!buggy.broken().contains(&ONE_INSIDE), "after {steps} steps");
        }
    }
    assert_eq!(inside(&buggy), [0, 1]);
    assert!(buggy.verdict(ONE_INSIDE).is_broken());
    assert_eq!(steps, 10);
}

/// All want in once, any order of delivery. The reference counts 5,138 states in an encoding of its own, of which only
/// its traces are known: there a REPLY carries the replier's clock, and entering is a step apart. A model in another
/// language, written for this test from the rules alone, has exactly our numbers, and 4,275 with these two changes.
#[test]
fn vector_ra_nonfifo_safe() {
    let expected = &vector("mutex-ra-nonfifo-safe")["expected"];
    for (rule, states, fifo_states, quiet) in [("notes", 2822, 2049, 3), ("paper", 2858, 2080, 8)] {
        let walk_in_order = |order: &str| walk(&json!({"order": order, "parameters": {"stamps": rule}}), &[1, 1, 1]);
        for (order, states) in [("any", states), ("fifo", fifo_states)] {
            let walk = walk_in_order(order);
            assert!(walk.complete);
            assert_eq!(json!(!walk.broken.is_empty()), expected["violation"], "{:?}", lengths(&walk));
            assert_eq!((walk.states, walk.quiet), (states, quiet), "{rule}, {order}");
        }
    }
}

#[test]
fn vector_message_counts() {
    let vector = vector("mutex-message-counts");
    let counts = vector["expected"]["ricart_agrawala"].as_array().expect("a list");
    for (n, count) in vector["inputs"]["n"].as_array().expect("a list").iter().zip(counts) {
        let exit = json!([{"on": "Entered", "after": {"constant": "5 ms"}, "request": "Exit"}]);
        let mut bench = bench(&json!({"nodes": n, "workload": exit}));
        // Alone, and all at once: the price is the same.
        bench.ask(0, json!("Enter"));
        bench.play(10_000);
        assert_eq!(json!(bench.world.tally().sent_in_all()), *count);
        let n = n.as_u64().expect("a number") as u32;
        (0..n).for_each(|node| {
            bench.ask(node, json!("Enter"));
        });
        bench.play(10_000);
        assert_eq!(bench.world.tally().outputs("Entered"), u64::from(n) + 1);
        for cost in ALGORITHM.costs {
            let (counted, formula) = (cost.count)(&bench.world).expect("all have been served");
            assert!(cost.relation.holds(counted, formula), "{}: {counted}, not {formula}", cost.what);
        }
        assert_eq!((ALGORITHM.costs[0].count)(&bench.world).map(|(counted, _)| json!(counted)), Some(count.clone()));
    }
}

// Every state, and random schedules.
