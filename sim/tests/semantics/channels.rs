//! Rules 8 to 10: FIFO, routes, hold, drop and duplicate.

use crate::words::{bench, due, dues_of, heard, lost, message, refusal, say};
use serde_json::json;
use sim::{Delay, Event, LinkId, MessageId, Micros, NodeId, Order, testing::Bench, world::Route};

fn copy_of(id: MessageId, copy: u32) -> MessageId {
    MessageId { copy, ..id }
}

#[test]
fn rule_08_fifo_belongs_to_the_ordered_pair() {
    let mut bench = bench(&json!({"nodes": 3, "order": "fifo", "delay": {"uniform": ["1 ms", "50 ms"]}}));
    let first = say(&mut bench, 0, 1, 1);
    let second = say(&mut bench, 0, 1, 2);
    let back = say(&mut bench, 1, 0, 3);
    let elsewhere = say(&mut bench, 0, 2, 4);
    assert_eq!(refusal(&bench, Event::Deliver(second)), "FIFO channel: message P0.0 is ahead of it.");
    for free in [first, back, elsewhere] {
        assert_eq!(bench.world.refusal(Event::Deliver(free), &bench.payloads), None);
    }
    bench.take(Event::Drop(first));
    bench.take(Event::Deliver(second));
    assert_eq!(heard(&bench, 1), [2], "the next one moves up when one is lost");
}

#[test]
fn rule_08_a_fifo_message_is_due_no_earlier_than_the_one_ahead() {
    let dues = |order: &str| -> Vec<u64> {
        let mut bench = bench(&json!({"nodes": 2, "order": order, "delay": {"uniform": ["1 ms", "50 ms"]}}));
        dues_of(&mut bench, 0, 1, 12)
    };
    let (free, fifo) = (dues("any"), dues("fifo"));
    assert!(!free.is_sorted() && fifo.is_sorted(), "{free:?} {fifo:?}");
    let raise = |least: &mut u64, &due: &u64| {
        *least = due.max(*least);
        Some(*least)
    };
    let raised: Vec<u64> = free.iter().scan(0, raise).collect();
    assert_eq!(fifo, raised, "the same draws, raised to the one ahead");
}

#[test]
fn rule_08_a_links_order_is_that_of_its_pair_and_routed_pairs_take_the_scenarios() {
    let topology = json!([{"ends": [0, 1], "order": "fifo"}, {"ends": [1, 2], "order": "fifo"}]);
    let mut any = bench(&json!({"nodes": 3, "topology": topology, "order": "any"}));
    say(&mut any, 0, 1, 1);
    let direct = say(&mut any, 0, 1, 2);
    say(&mut any, 0, 2, 3);
    let routed = say(&mut any, 0, 2, 4);
    refusal(&any, Event::Deliver(direct));
    any.take(Event::Deliver(routed));
    let mut fifo = bench(&json!({"nodes": 3, "topology": topology, "order": "fifo"}));
    say(&mut fifo, 0, 2, 3);
    let routed = say(&mut fifo, 0, 2, 4);
    refusal(&fifo, Event::Deliver(routed));
}

#[test]
fn rule_08_a_link_that_becomes_fifo_keeps_the_order_of_sending_from_then_on() {
    let mut bench = bench(&json!({"nodes": 2, "delay": {"uniform": ["1 ms", "50 ms"]}}));
    let ids: Vec<MessageId> = (1..=8).map(|word| say(&mut bench, 0, 1, word)).collect();
    assert!(!ids.iter().map(|&id| due(&bench, id)).is_sorted());
    bench.take(Event::SetOrder(LinkId(0), Order::Fifo));
    assert!(ids.iter().map(|&id| due(&bench, id)).is_sorted());
    bench.play(100);
    assert_eq!(heard(&bench, 1), [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// 0 – 1 – 2 – 3 with delays of 10 ms each, and a slow link 0 – 3.
fn line() -> Bench {
    bench(&json!({
        "nodes": 4,
        "topology": [{"ends": [0, 1]}, {"ends": [1, 2]}, {"ends": [2, 3]}, {"ends": [0, 3], "delay": {"constant": "45 ms"}}],
    }))
}

#[test]
fn rule_09_a_message_goes_directly_or_by_the_cheapest_path() {
    let mut bench = line();
    let direct = say(&mut bench, 0, 3, 1);
    assert_eq!(
        bench.world.flight(direct).unwrap().route,
        Route::Direct(LinkId(3)),
        "a direct link is taken, though slow"
    );
    let routed = say(&mut bench, 0, 2, 1);
    let Route::Hops(hops) = &bench.world.flight(routed).unwrap().route else { panic!("not routed") };
    let way: Vec<(u32, u32, u32)> = hops.iter().map(|hop| (hop.link.0, hop.to.0, hop.delay)).collect();
    assert_eq!(way, [(0, 1, 10_000), (1, 2, 10_000)]);
    assert_eq!(due(&bench, routed), 20_000, "the sum of the hops");
    bench.take(Event::CutLink(LinkId(0)));
    let around = say(&mut bench, 0, 2, 1);
    assert_eq!(due(&bench, around), 55_000, "by way of 3");
}

#[test]
fn rule_09_of_equally_cheap_paths_the_one_with_smaller_ids_is_taken() {
    let mut bench = bench(&json!({
        "nodes": 4,
        "topology": [{"ends": [0, 2]}, {"ends": [0, 1]}, {"ends": [1, 3]}, {"ends": [2, 3]}],
    }));
    let id = say(&mut bench, 0, 3, 1);
    let Route::Hops(hops) = &bench.world.flight(id).unwrap().route else { panic!("not routed") };
    assert_eq!(hops[0].link, LinkId(0));
}

#[test]
fn rule_09_a_cut_loses_what_is_on_the_link_or_must_still_pass_it() {
    // At 12 ms a message from 0 to 2 has passed link 0 and is on link 1.
    for (link, time, is_lost) in [(0, 5, true), (1, 5, true), (0, 12, false), (1, 12, true), (2, 12, false)] {
        let mut bench = line();
        let id = say(&mut bench, 0, 2, 1);
        crate::words::wake(&mut bench, 3, time * 1_000, 1);
        bench.play_one();
        bench.take(Event::CutLink(LinkId(link)));
        assert_eq!(bench.world.flight(id).is_none(), is_lost, "link {link} cut at {time} ms");
        assert_eq!(lost(&bench), is_lost.then_some("its link was cut"));
    }
    let mut late = line();
    let id = say(&mut late, 0, 2, 1);
    crate::words::wake(&mut late, 3, 90_000, 1);
    let timer = late.world.timers().next().unwrap().id;
    late.take(Event::Fire(timer));
    late.take(Event::CutLink(LinkId(0)));
    assert!(late.world.flight(id).is_some(), "past its due it counts as on its last hop");
    late.take(Event::CutLink(LinkId(1)));
    assert!(late.world.flight(id).is_none());
}

#[test]
fn rule_09_without_a_way_a_message_is_lost_at_once_with_the_reason() {
    let mut bench = bench(&json!({"nodes": 3, "topology": "line"}));
    bench.take(Event::CutLink(LinkId(1)));
    say(&mut bench, 0, 2, 1);
    assert_eq!(lost(&bench), Some("there is no way to its receiver"));
    assert_eq!(bench.world.tally().sent("Word"), 1, "it counts as sent");
    bench.take(Event::MendLink(LinkId(1)));
    say(&mut bench, 0, 2, 2);
    assert_eq!(lost(&bench), None);
}

#[test]
fn rule_09_a_crashed_node_does_not_relay_and_a_paused_one_does() {
    let line = || bench(&json!({"nodes": 3, "topology": "line"}));
    let mut paused = line();
    paused.take(Event::Pause(NodeId(1)));
    say(&mut paused, 0, 2, 1);
    paused.play(10);
    assert_eq!(heard(&paused, 2), [1]);
    let mut crashed = line();
    let under_way = say(&mut crashed, 0, 2, 1);
    crashed.take(Event::Crash(NodeId(1)));
    assert!(crashed.world.flight(under_way).is_none(), "it had still to be relayed");
    say(&mut crashed, 0, 2, 2);
    assert_eq!(lost(&crashed), Some("there is no way to its receiver"));
}

#[test]
fn rule_09_a_partition_severs_links_and_healing_mends_no_cut() {
    let mut bench = bench(&json!({"nodes": 3}));
    let id = say(&mut bench, 0, 2, 1);
    bench.take(Event::CutLink(LinkId(0)));
    let side = bench.payloads.intern(sim::Payload::Side(vec![NodeId(0)]));
    bench.take(Event::Partition(side));
    assert!(bench.world.flight(id).is_none());
    assert!(bench.world.links().iter().filter(|link| link.is_up()).all(|link| link.ends == (NodeId(1), NodeId(2))));
    bench.take(Event::Heal);
    let down: Vec<_> = bench.world.links().iter().filter(|link| !link.is_up()).map(|link| link.ends).collect();
    assert_eq!(down, [(NodeId(0), NodeId(1))], "the cut stays");
}

#[test]
fn rule_10_a_held_message_waits_and_keeps_its_due() {
    let mut bench = bench(&json!({"nodes": 2, "order": "fifo"}));
    let held = say(&mut bench, 0, 1, 1);
    let behind = say(&mut bench, 0, 1, 2);
    bench.take(Event::Hold(held));
    assert_eq!(bench.play(10), 0, "Play does not take it, nor what FIFO keeps behind it");
    assert_eq!(refusal(&bench, Event::Deliver(held)), "You are holding this message.");
    refusal(&bench, Event::Deliver(behind));
    assert_eq!(refusal(&bench, Event::Hold(held)), "You are holding this message already.");
    assert_eq!(bench.world.held_by_user().as_deref(), Some("You are holding 1 message."));
    crate::words::wake(&mut bench, 0, 30_000, 1);
    bench.play(10);
    bench.take(Event::Release(held));
    assert_eq!(due(&bench, held), 10_000);
    bench.play(10);
    assert_eq!((heard(&bench, 1), bench.world.now()), (vec![1, 2], Micros(30_000)));
    let gone = refusal(&bench, Event::Release(held));
    assert_eq!(gone, "This message is not in flight any more.");
}

#[test]
fn rule_10_without_fifo_the_others_pass_a_held_message() {
    let mut bench = bench(&json!({"nodes": 2}));
    let held = say(&mut bench, 0, 1, 1);
    say(&mut bench, 0, 1, 2);
    bench.take(Event::Hold(held));
    bench.play(10);
    assert_eq!(heard(&bench, 1), [2]);
    assert!(!bench.world.is_quiet(), "something is held");
}

#[test]
fn rule_10_drop_takes_any_message_held_ones_too() {
    let mut bench = bench(&json!({"nodes": 2, "order": "fifo"}));
    let first = say(&mut bench, 0, 1, 1);
    let second = say(&mut bench, 0, 1, 2);
    bench.take(Event::Hold(first));
    bench.take(Event::Drop(first));
    assert_eq!(lost(&bench), Some("you dropped it"));
    assert_eq!(bench.world.held_by_user(), None);
    assert_eq!(bench.world.peek_next(), Some((Event::Deliver(second), Micros(10_000))), "the next one moves up");
}

#[test]
fn rule_10_a_duplicate_has_the_id_the_next_copy_number_and_a_draw_of_its_own() {
    let mut free = bench(&json!({"nodes": 2, "delay": {"uniform": ["1 ms", "500 ms"]}}));
    let id = say(&mut free, 0, 1, 1);
    free.take(Event::Duplicate(id));
    free.take(Event::Duplicate(copy_of(id, 1)));
    let dues = [0, 1, 2].map(|copy| due(&free, copy_of(id, copy)));
    assert!(dues[0] != dues[1] && dues[1] != dues[2] && dues[0] != dues[2], "{dues:?}");
    free.play(10);
    assert_eq!(heard(&free, 1), [1, 1, 1]);
}

#[test]
fn rule_10_in_a_fifo_channel_a_copy_stands_directly_behind_its_original() {
    let mut bench = bench(&json!({"nodes": 2, "order": "fifo", "delay": {"uniform": ["1 ms", "500 ms"]}}));
    for word in 1..=3 {
        say(&mut bench, 0, 1, word);
    }
    bench.take(Event::Duplicate(message(0, 1)));
    refusal(&bench, Event::Deliver(message(0, 2)));
    let dues = [message(0, 0), message(0, 1), copy_of(message(0, 1), 1), message(0, 2)].map(|id| due(&bench, id));
    assert!(dues.is_sorted(), "{dues:?}");
    bench.play(10);
    assert_eq!(heard(&bench, 1), [1, 2, 2, 3]);
}

#[test]
fn a_link_may_take_longer_one_way_than_the_other() {
    let links = json!([{"ends": [1, 0], "delay": {"constant": "3 ms"}, "back": {"constant": "7 ms"}}]);
    let mut bench = bench(&json!({"nodes": 2, "topology": links}));
    let dues = |bench: &mut Bench| {
        let now = bench.world.now().0;
        [(0, 1), (1, 0)].map(|(from, to)| dues_of(bench, from, to, 1)[0] - now)
    };
    assert_eq!(dues(&mut bench), [7_000, 3_000], "as the file says: from node 1 in 3 ms, back in 7");
    let link = LinkId(0);
    bench.take(Event::SetDelayFrom(link, NodeId(0), Delay::millis(90)));
    assert_eq!(dues(&mut bench), [90_000, 3_000]);
    bench.take(Event::SetDelay(link, Delay::millis(4)));
    assert_eq!(dues(&mut bench), [4_000, 4_000], "both ways");
    let third = Event::SetDelayFrom(link, NodeId(2), Delay::millis(1));
    assert!(refusal(&bench, third).contains("no end of this link"));
    let digest = bench.world.digest();
    bench.take(Event::SetDelayFrom(link, NodeId(1), Delay::millis(5)));
    bench.take(Event::SetDelayFrom(link, NodeId(1), Delay::millis(4)));
    assert_eq!(bench.world.digest(), digest, "as before, nothing is left of it");
}
