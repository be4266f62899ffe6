//! Lamport's queues.

use super::*;
use sim::{Assumption, algorithms::mutex::lamport::ALGORITHM};

const IN_ORDER: &str = "the critical section goes to the smallest stamp";

fn fifo(more: &Json) -> Bench {
    let mut json = more.clone();
    json["order"] = json!("fifo");
    bench(&ALGORITHM, &json)
}

/// The reference counts 866 and 193,042 states, in an encoding of its own of which nothing else is known.
#[test]
fn vector_lamport_fifo_safe() {
    assert_eq!(vector("mutex-lamport-fifo-safe")["expected"]["violation"], json!(false));
    for (rule, two, three) in [("reply", 1070, 1523), ("any-message", 1114, 1602)] {
        let parameters = json!({"nodes": 2, "parameters": {"heard": rule}});
        assert_eq!(sound(fifo(&parameters), &[2, 2]), two, "{rule}");
        let parameters = json!({"parameters": {"heard": rule}});
        assert_eq!(sound(fifo(&parameters), &[1, 0, 1]), three, "{rule}");
    }
}

/// All three want in once.
#[test]
fn three_requests_are_safe_in_every_state() {
    if deep() {
        assert_eq!(sound(fifo(&json!({})), &[1, 1, 1]), 377_532);
    }
}

/// The run of the reference, and that no shorter one does it.
#[test]
fn vector_lamport_nonfifo_violation() {
    let vector = vector("mutex-lamport-nonfifo-violation");
    let clocks = &vector["inputs"]["clocks"];
    let start = || bench(&ALGORITHM, &json!({"nodes": 2, "config": {"clocks": clocks}}));
    let mut run = start();
    run.ask(0, json!("Enter"));
    run.ask(1, json!("Enter"));
    assert_eq!(["waiting (10, P0)", "waiting (1, P1)"], [0, 1].map(|node| run.world.status(NodeId(node)).word));
    run.deliver(0, 1);
    let reply = run.world.flights().find(|flight| flight.payload.kind() == "Reply").expect("a reply").id;
    run.take(Event::Deliver(reply));
    assert_eq!((inside(&run), run.step.broke), (vec![0], Some(Assumption::Fifo)));
    run.deliver(1, 0);
    run.deliver(0, 1);
    assert_eq!(inside(&run), [0, 1]);
    assert!(matches!(run.verdict(ONE_INSIDE), Verdict::Broken { after: Some(Assumption::Fifo), .. }));
    // The reference counts 8, with the two entries as steps of their own.
    assert_eq!(shortest(start(), &[1, 1], ONE_INSIDE), 6);
    let any = json!({"nodes": 2, "config": {"clocks": clocks}, "parameters": {"heard": "any-message"}});
    assert_eq!(shortest(bench(&ALGORITHM, &any), &[1, 1], ONE_INSIDE), 4);
}

#[test]
fn vector_message_counts() {
    let vector = vector("mutex-message-counts");
    let counts = vector["expected"]["lamport"].as_array().expect("a list");
    for (n, count) in vector["inputs"]["n"].as_array().expect("a list").iter().zip(counts) {
        let mut bench = fifo(&json!({"nodes": n}));
        bench.ask(0, json!("Enter"));
        drain(&mut bench);
        assert_eq!(json!(bench.world.tally().sent_in_all()), *count);
        let n = n.as_u64().expect("a number") as u32;
        (0..n).for_each(|node| {
            bench.ask(node, json!("Enter"));
        });
        drain(&mut bench);
        let (counted, formula) = (ALGORITHM.costs[0].count)(&bench.world).expect("all at rest");
        assert_eq!((counted, bench.world.tally().outputs("Entered")), (formula, u64::from(n) + 1));
    }
}

/// With acknowledgements only where they say something new, it lies between 2(n − 1) and 3(n − 1).
#[test]
fn replies_that_say_nothing_new_can_be_left_out() {
    let mut bench = fifo(&json!({"nodes": 5, "parameters": {"heard": "any-message"}}));
    (0..5).for_each(|node| {
        bench.ask(node, json!("Enter"));
    });
    drain(&mut bench);
    // One of every two requests that cross stands for a reply: 5·4/2 of 60 messages are saved.
    assert_eq!((bench.world.tally().outputs("Entered"), bench.world.tally().sent_in_all()), (5, 50));
}

#[test]
fn random_schedules_keep_every_property_and_cost() {
    for rule in ["reply", "any-message"] {
        random_schedules_are_sound(&ALGORITHM, &json!({"nodes": 4, "order": "fifo", "parameters": {"heard": rule}}));
    }
}

/// The row of the fault matrix: crashes block and never let two in; copies in a FIFO channel come directly after their
/// original and do no harm.
#[test]
fn crashes_block_and_copies_do_no_harm() {
    let more = json!({"nodes": 4, "order": "fifo"});
    let blocked = faults_keep(&ALGORITHM, &more, &[Fault::Crash], &[ONE_INSIDE, IN_ORDER]);
    assert!(blocked > seeds() / 2, "only {blocked} runs were blocked");
    assert_eq!(faults_keep(&ALGORITHM, &more, &[Fault::Duplicate], &[ONE_INSIDE, IN_ORDER, SERVED]), 0);
}

/// The fault matrix of the reference says that a loss only blocks. That holds where only a REPLY counts, as in the traces
/// of the reference; with the rule of its text and of the paper, that any later message counts, a lost request lets two
/// in, by four steps and the loss.
#[test]
fn a_lost_request_lets_two_in_where_any_message_counts() {
    let blocked = faults_keep(&ALGORITHM, &json!({"nodes": 4, "order": "fifo"}), &[Fault::Lose], &[ONE_INSIDE]);
    assert!(blocked > seeds() / 2, "only {blocked} runs were blocked");
    let mut run = fifo(&json!({"nodes": 2, "parameters": {"heard": "any-message"}}));
    run.ask(0, json!("Enter"));
    run.take(Event::Drop(flights(&run)[0]));
    run.ask(1, json!("Enter"));
    run.deliver(1, 0);
    assert_eq!(inside(&run), [0]);
    run.deliver(0, 1);
    assert_eq!(inside(&run), [0, 1]);
    assert!(matches!(run.verdict(ONE_INSIDE), Verdict::Broken { after: Some(Assumption::NoLoss), .. }));
}

#[test]
fn every_bug_has_its_shortest_run_and_its_scenario() {
    let planted = |variant: &str| fifo(&json!({"nodes": 2, "variant": variant}));
    // Both ask, and both are the head of their own queue at once.
    assert_eq!(shortest(planted("head-only"), &[1, 1], ONE_INSIDE), 2);
    assert_eq!(shortest(planted("replies-only"), &[1, 1], ONE_INSIDE), 6);
    bugs_show_in_their_scenarios(&ALGORITHM);
}

#[test]
fn scenarios_end_as_they_say() {
    assert_eq!(played(&ALGORITHM, "three-at-once"), (vec![0, 1, 2], vec![], 18));
    assert_eq!(played(&ALGORITHM, "overtaken-request").1, [ONE_INSIDE, IN_ORDER]);
    assert_eq!(played(&ALGORITHM, "idle-crash"), (vec![], vec![SERVED], 6));
    assert!(played(&ALGORITHM, "lost-request").1.contains(&ONE_INSIDE));
}
