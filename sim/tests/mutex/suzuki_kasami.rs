//! Suzuki–Kasami.

use super::*;
use sim::algorithms::mutex::suzuki_kasami::ALGORITHM;

const ONE_TOKEN: &str = "there is exactly one token";
const WANTED_TOKEN: &str = "the token travels only to a process that waits";

fn of(nodes: u32, order: &str, variant: Option<&str>) -> Bench {
    bench(&ALGORITHM, &json!({"nodes": nodes, "order": order, "variant": variant}))
}

#[test]
fn vector_sk_trace_n3() {
    let expected = &vector("sk-trace-n3")["expected"];
    let mut bench = of(3, "any", None);
    let (mut entered, mut sent_in_all) = (vec![], vec![]);
    for step in ["+0", "+1", "+2", "10", "20", "21", "-0", "01", "12", "-1", "12", "-2"] {
        act(&mut bench, step);
        entered.extend(told(&bench.step, "Entered"));
        sent_in_all.extend(sent(&bench.step));
    }
    assert_eq!(json!(entered), expected["entries"]);
    assert_eq!(json!(sent_in_all.len()), expected["messages"]);
    let tokens: Vec<&String> = sent_in_all.iter().filter(|sent| sent.starts_with("TOKEN")).collect();
    assert_eq!(tokens, ["TOKEN 0->1", "TOKEN 1->2"]);
    for node in 0..3 {
        assert_eq!(field(&bench, node, "heard"), "[0, 1, 1]");
    }
    assert_eq!(field(&bench, 2, "token"), "([0, 1, 1], [])");
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((6, 9)));
}

/// The numbers of the reference, exactly.
#[test]
fn vector_sk_states() {
    let expected = &vector("sk-states")["expected"];
    let mut cases = vec![
        ("n2_bag_1-1", 2, "any", vec![1, 1]),
        ("n2_bag_2-2", 2, "any", vec![2, 2]),
        ("n2_fifo_2-2", 2, "fifo", vec![2, 2]),
        ("n3_fifo_1-1-1", 3, "fifo", vec![1, 1, 1]),
        ("n3_bag_1-1-1", 3, "any", vec![1, 1, 1]),
        ("n3_bag_2-1-1", 3, "any", vec![2, 1, 1]),
    ];
    if deep() {
        cases.push(("n3_fifo_2-2-2", 3, "fifo", vec![2, 2, 2]));
        cases.push(("n3_bag_2-2-2", 3, "any", vec![2, 2, 2]));
        cases.push(("n4_fifo_1-1-1-1", 4, "fifo", vec![1, 1, 1, 1]));
        cases.push(("n4_bag_1-1-1-1", 4, "any", vec![1, 1, 1, 1]));
    }
    for (name, nodes, order, rounds) in cases {
        assert_eq!(json!(sound(of(nodes, order, None), &rounds)), expected[name], "{name}");
    }
}

/// From 6 to 9 messages for three entries at n = 3, from 12 to 16 for four at n = 4: random schedules find both ends.
#[test]
fn vector_sk_messages() {
    let expected = &vector("sk-messages")["expected"];
    for (index, n) in [3, 4].into_iter().enumerate() {
        let mut range = (u64::MAX, 0);
        for seed in 0..2_000 {
            let mut bench = of(n, "any", None);
            once_each(&mut bench, seed);
            let all = bench.world.tally().sent_in_all();
            range = (range.0.min(all), range.1.max(all));
        }
        assert_eq!(json!([range.0, range.1]), json!([expected["total_min"][index], expected["total_max"][index]]));
    }
}

#[test]
fn vector_sk_bugs() {
    let expected = &vector("sk-bugs")["expected"];
    assert_eq!(json!(shortest(of(2, "any", Some("busy-holder")), &[1, 1], ONE_INSIDE)), expected["busy"]["steps"]);
    for order in ["any", "fifo"] {
        let walk = shortest(of(2, order, Some("no-served")), &[1, 2], SERVED);
        assert_eq!(json!(walk), expected["noLN"]["steps"], "{order}");
    }
    let outdated = |order| shortest(of(3, order, Some("answer-outdated")), &[1, 1, 1], WANTED_TOKEN);
    assert_eq!(json!(outdated("any")), expected["noStale"]["steps_bag"]);
    assert_eq!(json!(outdated("fifo")), expected["noStale"]["steps_fifo"]);
    let deadlock = shortest(of(3, "any", Some("answer-outdated")), &[1, 1, 1], SERVED);
    assert_eq!(json!(deadlock), expected["noStale"]["deadlock_steps_bag"]);
    assert!(walk(of(2, "any", Some("answer-outdated")), &[2, 2]).broken.is_empty(), "not visible with two");
    bugs_show_in_their_scenarios(&ALGORITHM);
}

#[test]
fn random_schedules_keep_every_property_and_cost() {
    random_schedules_are_sound(&ALGORITHM, &json!({"nodes": 5}));
}

/// The row of the reference: losses and crashes block or do nothing; a copy of a request does no harm.
#[test]
fn losses_and_crashes_never_let_two_in() {
    let more = json!({"nodes": 4});
    let blocked = faults_keep(&ALGORITHM, &more, &[Fault::Crash, Fault::Lose, Fault::Cut], &[ONE_INSIDE, WANTED_TOKEN]);
    assert!(blocked > seeds() / 4, "only {blocked} runs were blocked");
}

/// A copy of a REQUEST is only heard again; a copy of the TOKEN is a second token.
#[test]
fn copies_of_requests_do_no_harm_and_a_copy_of_the_token_does() {
    for seed in 0..seeds() {
        let mut bench = of(4, "any", None);
        random_run(&mut bench, seed, 200, Mode::Untimed, |bench, bits| {
            let requests = bench.world.flights().filter(|flight| flight.payload.kind() == "Request");
            let mut ids: Vec<MessageId> = requests.map(|flight| flight.id).collect();
            ids.sort_unstable();
            ids.get(bits as usize % ids.len().max(1)).map(|&id| Event::Duplicate(id))
        });
        drain(&mut bench);
        assert!(bench.broken().is_empty(), "seed {seed}");
    }
    let mut bench = of(3, "any", None);
    bench.ask(1, json!("Enter"));
    bench.deliver(1, 0);
    let token = bench.world.flights().find(|flight| flight.payload.kind() == "Token").expect("a token").id;
    bench.take(Event::Duplicate(token));
    assert_eq!(bench.broken(), [ONE_TOKEN]);
}

#[test]
fn scenarios_end_as_they_say() {
    assert_eq!(played(&ALGORITHM, "three-in-line"), (vec![0, 1, 2], vec![], 6));
    assert_eq!(played(&ALGORITHM, "idle-crash"), (vec![2, 0], vec![], 6));
    assert_eq!(played(&ALGORITHM, "again-for-nothing"), (vec![2, 2, 2], vec![], 4));
    assert_eq!(played(&ALGORITHM, "lost-token"), (vec![], vec![SERVED, ONE_TOKEN], 5));
}
