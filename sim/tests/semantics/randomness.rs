//! Rules 1 to 4: draws, ids, the order of Play, names.

use crate::words::{ALGORITHM, bench, bench_of, due, dues_of, heard, message, say, wake, worker};
use serde_json::json;
use sim::{
    Cause, Event, LinkId, MessageId, NodeId, Payload, Place, TimerId, json::Read as _, scenario::FileEvent,
    testing::Bench,
};

fn random_delays() -> Bench {
    bench(&json!({"nodes": 4, "delay": {"exponential": "10 ms"}}))
}

#[test]
fn rule_01_a_delay_depends_on_sender_receiver_and_how_many_were_sent_between_them() {
    let mut alone = random_delays();
    let expected = dues_of(&mut alone, 0, 1, 5);
    assert!(expected.windows(2).any(|pair| pair[0] != pair[1]), "the delays differ at all");
    let mut busy = random_delays();
    for (k, &expected) in expected.iter().enumerate() {
        // Others send, the sender sends to others and draws, and messages are dropped and held: nothing of it matters.
        say(&mut busy, 2, 1, 1);
        let other = say(&mut busy, 0, 3, 1);
        busy.take(Event::Drop(other));
        busy.ask(0, json!("Draw"));
        let id = say(&mut busy, 0, 1, 1);
        assert_eq!(due(&busy, id), expected, "message {k}");
        busy.take(if k % 2 == 0 { Event::Drop(id) } else { Event::Hold(id) });
    }
}

#[test]
fn rule_01_loss_and_duplication_are_drawn_by_pair_and_count_too() {
    let lost = |disturb: bool| -> Vec<bool> {
        let mut bench = bench(&json!({"nodes": 3, "loss": 500_000}));
        let one = |bench: &mut Bench| {
            if disturb {
                say(bench, 0, 2, 1);
                say(bench, 1, 0, 1);
            }
            let id = say(bench, 0, 1, 1);
            bench.world.flight(id).is_none()
        };
        (0..40).map(|_| one(&mut bench)).collect()
    };
    let alone = lost(false);
    assert!(alone.contains(&true) && alone.contains(&false));
    assert_eq!(alone, lost(true));
}

#[test]
fn rule_01_a_process_draws_by_its_own_count() {
    let draws = |others: u32| {
        let mut bench = random_delays();
        for _ in 0..6 {
            for _ in 0..others {
                bench.ask(1, json!("Draw"));
            }
            bench.ask(0, json!("Draw"));
        }
        worker(&bench, 0).drawn.clone()
    };
    assert_eq!(draws(0), draws(3));
    assert!(draws(0).windows(2).any(|pair| pair[0] != pair[1]));
}

#[test]
fn rule_02_messages_and_timers_are_numbered_by_their_node() {
    let mut bench = random_delays();
    say(&mut bench, 1, 0, 1);
    wake(&mut bench, 1, 5, 1);
    assert_eq!(say(&mut bench, 0, 1, 1), message(0, 0), "whatever others have sent");
    assert_eq!(say(&mut bench, 0, 2, 1), message(0, 1));
    bench.take(Event::Duplicate(message(0, 1)));
    bench.take(Event::Duplicate(message(0, 1)));
    let copies: Vec<u32> =
        (0..=2).filter(|&copy| bench.world.flight(MessageId { copy, ..message(0, 1) }).is_some()).collect();
    assert_eq!(copies, [0, 1, 2]);
    wake(&mut bench, 0, 5, 1);
    bench.ask(0, json!({"Sleep": {"alarm": 1}}));
    wake(&mut bench, 0, 5, 1);
    let timer = bench.world.timers().find(|timer| timer.id.node == NodeId(0)).unwrap().id;
    assert_eq!(timer, TimerId { node: NodeId(0), number: 1 }, "a cancelled timer keeps its number");
}

#[test]
fn rule_02_ids_of_nodes_and_links_are_never_used_again() {
    let mut bench = bench_of(&crate::words::OPEN, &json!({"nodes": 3}));
    bench.take(Event::RemoveNode(NodeId(2)));
    bench.take(Event::AddNode(Place { x: 1, y: 1 }));
    assert_eq!(bench.world.members(), [NodeId(0), NodeId(1), NodeId(3)]);
    assert_eq!(bench.world.nodes().len(), 4, "a tombstone stays");
    let links = bench.world.links().len();
    bench.take(Event::RemoveLink(LinkId(0)));
    bench.take(Event::AddLink(NodeId(0), NodeId(1)));
    assert_eq!(bench.world.links().len(), links + 1);
    assert!(bench.world.links()[0].removed);
}

/// At one time: script, then messages, then timers; among equals, what became pending first.
#[test]
fn rule_03_play_takes_what_is_due_by_time_class_and_sequence() {
    let mut bench = bench(&json!({
        "nodes": 2,
        "script": [
            {"at": "10 ms", "event": {"request": {"node": 0, "ask": {"Tell": {"word": 1}}}}},
            {"at": "10 ms", "event": {"request": {"node": 0, "ask": {"Tell": {"word": 2}}}}},
        ],
    }));
    wake(&mut bench, 1, 10_000, 5);
    say(&mut bench, 0, 1, 6);
    say(&mut bench, 0, 1, 7);
    wake(&mut bench, 1, 9_999, 4);
    let mut order = Vec::new();
    while bench.play_one() {
        order.push((bench.step.at.0, bench.step.event.unwrap()));
    }
    let timer = |number| Event::Fire(TimerId { node: NodeId(1), number });
    let expected = [
        (9_999, timer(1)),
        (10_000, Event::Script(0)),
        (10_000, Event::Script(1)),
        (10_000, Event::Deliver(message(0, 0))),
        (10_000, Event::Deliver(message(0, 1))),
        (10_000, timer(0)),
    ];
    assert_eq!(order, expected);
}

#[test]
fn rule_03_what_is_due_next_is_said_before_it_happens() {
    let mut bench = random_delays();
    for k in 0..4 {
        say(&mut bench, k, (k + 1) % 4, 1);
    }
    while let Some((event, due)) = bench.world.peek_next() {
        assert!(bench.play_one());
        assert_eq!((bench.step.event, bench.step.at), (Some(event), due));
    }
    assert!(!bench.play_one());
}

#[test]
fn rule_04_files_name_events_by_stable_names() {
    let mut bench = random_delays();
    let first = bench.request(1, json!({"Tell": {"word": 3}}));
    let again = bench.request(1, json!({"Tell": {"word": 3}}));
    assert_eq!(first, again, "equal payloads are kept once");
    let Event::Request(_, payload) = first else { panic!() };
    assert!(matches!(bench.payloads.get(payload), Some(Payload::Request(..))));
    for (event, json) in [
        (first, json!({"request": {"node": 1, "ask": {"Tell": {"word": 3}}}})),
        (Event::Deliver(message(2, 7)), json!({"deliver": [2, 7]})),
        (Event::Drop(MessageId { copy: 1, ..message(2, 7) }), json!({"drop": [2, 7, 1]})),
        (Event::Fire(TimerId { node: NodeId(3), number: 9 }), json!({"fire": [3, 9]})),
        (Event::CutLink(LinkId(2)), json!({"cut-link": 2})),
    ] {
        let named = FileEvent::of(event, &bench.payloads);
        assert_eq!(serde_json::to_value(&named).unwrap(), json);
        assert_eq!(FileEvent::read(&json).unwrap(), named);
    }
}

/// A scripted request is a request like any other: it is refused for the same reasons, and says so.
#[test]
fn rule_04_the_script_is_read_before_the_run() {
    let wrong = |event: serde_json::Value| {
        let json = json!({
            "version": 1, "algorithm": "test/words", "name": "x", "title": "", "sentence": "", "nodes": 2,
            "script": [{"at": 0, "event": event}],
        });
        Bench::of_json(&ALGORITHM, json).err().unwrap().to_string()
    };
    assert!(wrong(json!({"request": {"node": 5, "ask": "Draw"}})).contains("there is no node 5"));
    assert!(wrong(json!({"request": {"node": 0, "ask": "Sing"}})).starts_with("`script[0].event`"));
    assert!(wrong(json!({"deliver": [0, 0]})).contains("but not deliver or fire"));
    let mut late = bench(&json!({
        "nodes": 2,
        "script": [
            {"at": "1 ms", "event": {"crash": 0}},
            {"at": "2 ms", "event": {"request": {"node": 0, "ask": {"Say": {"to": 1, "word": 1}}}}},
        ],
    }));
    assert_eq!(late.play(10), 2);
    assert_eq!(late.step.notes, ["P0 is down."]);
    assert!(matches!(late.step.cause, Cause::Nothing));
    assert_eq!(heard(&late, 1), [0; 0]);
}
