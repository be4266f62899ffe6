//! The token ring.

use super::*;
use sim::algorithms::mutex::token_ring::ALGORITHM;

const ONE_TOKEN: &str = "there is exactly one token of the latest generation";

fn of(nodes: u32, more: &Json) -> Bench {
    let mut json = more.clone();
    json["nodes"] = json!(nodes);
    bench(&ALGORITHM, &json)
}

/// How often the token is passed until `node` enters, which asks when the token has been passed on `before` times.
fn hops(nodes: u32, node: u32, before: u32) -> u64 {
    let mut bench = of(nodes, &json!({}));
    for _ in 0..before {
        bench.play_one();
    }
    let passed = bench.world.tally().sent("Token");
    bench.ask(node, json!("Enter"));
    while inside(&bench).is_empty() {
        bench.play_one();
    }
    // The pass that was under way at the request counts, the others were counted when they were sent.
    bench.world.tally().sent("Token") - passed + 1
}

#[test]
fn vector_token_ring_hops() {
    let expected = &vector("mutex-token-ring-hops")["expected"];
    assert_eq!(json!(hops(8, 5, 0)), expected["hops_before_entry"]);
    assert_eq!(json!(hops(8, 0, 0)), expected["worst_case_hops_just_passed_on"]);
    // Held by the successor: P1 is inside, P0 asks, P1 leaves.
    let mut bench = of(8, &json!({}));
    bench.ask(1, json!("Enter"));
    bench.play(100);
    assert_eq!(inside(&bench), [1]);
    bench.ask(0, json!("Enter"));
    let passed = bench.world.tally().sent("Token");
    drain_one(&mut bench);
    assert_eq!(json!(bench.world.tally().sent("Token") - passed), expected["worst_case_hops"]);
    // Alone on the ring, the token is here.
    let mut alone = of(1, &json!({}));
    alone.ask(0, json!("Enter"));
    assert_eq!(
        (inside(&alone).as_slice(), json!(alone.world.tally().sent("Token"))),
        (&[0][..], expected["best_case_hops"].clone())
    );
}

/// Lets the one inside out and plays until somebody is inside again.
fn drain_one(bench: &mut Bench) {
    let node = inside(bench)[0];
    bench.ask(node, json!("Exit"));
    while inside(bench).is_empty() {
        bench.play_one();
    }
}

#[test]
fn vector_message_counts() {
    let vector = vector("mutex-message-counts");
    let counts = vector["expected"]["token_ring_worst_wait"].as_array().expect("a list");
    for (n, count) in vector["inputs"]["n"].as_array().expect("a list").iter().zip(counts) {
        let n = n.as_u64().expect("a number") as u32;
        let mut bench = of(n, &json!({}));
        bench.ask(1, json!("Enter"));
        bench.play(100);
        bench.ask(0, json!("Enter"));
        let passed = bench.world.tally().sent("Token");
        drain_one(&mut bench);
        assert_eq!(json!(bench.world.tally().sent("Token") - passed), *count, "{n}");
    }
}

/// With everybody waiting, one message an entry, in the order of the ring.
#[test]
fn if_all_want_in_it_is_one_message_an_entry_in_the_order_of_the_ring() {
    let (entered, broken, _) = played(&ALGORITHM, "all-want");
    assert_eq!((entered, broken), (vec![1, 2, 3, 4, 0], vec![]));
    let mut bench = embedded(&ALGORITHM, "all-want", true);
    while bench.world.tally().outputs("Entered") < 5 {
        bench.play_one();
    }
    assert_eq!(bench.world.tally().sent("Token"), 5);
}

/// Every reachable state: the token may go round as often as it likes.
#[test]
fn every_state_is_safe() {
    assert_eq!(sound(of(3, &json!({})), &[1, 1, 1]), 108);
    assert_eq!(sound(of(3, &json!({})), &[2, 2, 2]), 525);
    let acknowledged = |more: &Json| {
        let mut bench = of(3, more);
        let (enter, exit) = (bench.request(1, json!("Enter")), bench.request(1, json!("Exit")));
        let walk = explore(&bench, Mode::TimeoutsLongEnough, &[(enter, 1), (exit, 1)], 10_000);
        assert!(walk.broken.is_empty(), "{:?}", lengths(&walk));
    };
    // An acknowledgement can be slow while the token goes round and round: there is no end to these states.
    acknowledged(&json!({"parameters": {"acknowledge": "yes"}}));
}

#[test]
fn random_schedules_keep_every_property_and_cost() {
    random_schedules_are_sound(&ALGORITHM, &json!({"nodes": 5}));
}

/// Whatever is lost and whoever crashes, without regeneration nobody enters beside another.
#[test]
fn losses_and_crashes_never_let_two_in() {
    let more = json!({"nodes": 4});
    let blocked = faults_keep(&ALGORITHM, &more, &[Fault::Crash, Fault::Lose, Fault::Cut], &[ONE_INSIDE]);
    assert!(blocked > seeds() / 2, "only {blocked} runs were blocked");
}

/// With acknowledgements and a patience that is long enough, in time: crashes of any but P0, whoever has the token, and
/// recoveries leave a ring in which everybody who is up is served.
#[test]
fn the_ring_is_repaired_after_crashes_where_the_times_are_long_enough() {
    for seed in 0..seeds() {
        let more = json!({
            "nodes": 5, "seed": seed, "parameters": {"acknowledge": "yes", "patience": "2 s"},
            "workload": [{"on": "Entered", "after": {"constant": "5 ms"}, "request": "Exit"}],
        });
        let mut bench = bench(&ALGORITHM, &more);
        random_run(&mut bench, seed, 200, Mode::Timed, |bench, bits| {
            let node = NodeId(1 + bits as u32 / 7 % 4);
            let event = if bits % 2 == 0 { Event::Crash(node) } else { Event::Recover(node) };
            bench.world.refusal(event, &bench.payloads).is_none().then_some(event)
        });
        bench.play_until(sim::Micros(bench.world.now().0 + 20_000_000));
        assert_eq!(*bench.verdict(ONE_INSIDE), Verdict::Holds, "seed {seed}");
        assert_eq!(*bench.verdict(SERVED), Verdict::Holds, "seed {seed}");
    }
}

#[test]
fn every_bug_has_its_shortest_run_and_its_scenario() {
    // Both ask, the token comes to P1, which enters and passes it on to P2.
    let early = shortest(of(3, &json!({"variant": "pass-at-entry"})), &[0, 1, 1], ONE_INSIDE);
    assert_eq!(early, 4);
    bugs_show_in_their_scenarios(&ALGORITHM);
}

#[test]
fn scenarios_end_as_they_say() {
    assert_eq!(played(&ALGORITHM, "five-hops").0, [5, 0]);
    let (entered, broken, _) = played(&ALGORITHM, "regenerated");
    assert_eq!((entered, broken), (vec![3], vec![ONE_TOKEN]));
    assert!(played(&ALGORITHM, "impatient").1.contains(&ONE_INSIDE));
    assert_eq!(played(&ALGORITHM, "ring-repair").0, [4, 2]);
    assert_eq!(played(&ALGORITHM, "lost-token"), (vec![], vec![SERVED, ONE_TOKEN], 2));
}
