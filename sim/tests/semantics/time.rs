//! Rules 5 to 7: time and choice, modes, clocks.

use crate::words::{STRICT, bench, bench_of, message, say, wake, worker};
use serde_json::json;
use sim::{Assumption, Effect, Event, Micros, Mode, NodeId, Rate, TimerId, testing::Bench};

fn timer(node: u32, number: u32) -> Event {
    Event::Fire(TimerId { node: NodeId(node), number })
}

#[test]
fn rule_05_an_event_taken_early_moves_time_and_makes_others_late() {
    let mut bench = bench(&json!({"nodes": 2}));
    let slow = say(&mut bench, 0, 1, 1);
    wake(&mut bench, 1, 50_000, 1);
    bench.take(timer(1, 0));
    assert_eq!(bench.world.now(), Micros(50_000));
    assert_eq!(bench.world.flight(slow).unwrap().due, Micros(10_000), "it keeps its due");
    bench.take(Event::Deliver(slow));
    assert_eq!(bench.world.now(), Micros(50_000), "time does not go back");
    assert_eq!(bench.world.breaches(), [], "any delay is legal here");
}

#[test]
fn rule_05_what_would_break_a_bound_is_marked_before_it_is_taken() {
    let mut bench = bench_of(&STRICT, &json!({"nodes": 2, "delay": {"uniform": ["1 ms", "10 ms"]}}));
    let id = say(&mut bench, 0, 1, 1);
    wake(&mut bench, 1, 10_000, 1);
    wake(&mut bench, 1, 10_001, 2);
    assert_eq!(bench.world.would_break(timer(1, 0)), None, "10 ms is within the bound");
    assert_eq!(bench.world.would_break(timer(1, 1)), Some(Assumption::BoundedDelay));
    assert_eq!(bench.world.made_late_by(timer(1, 1)), [(NodeId(0), NodeId(1))]);
    assert_eq!(bench.world.would_break(Event::Deliver(id)), None, "the message itself is not later than itself");
    let marked = bench.world.choices().into_iter().filter(|choice| choice.breaks.is_some());
    assert_eq!(marked.map(|choice| choice.event).collect::<Vec<_>>(), [timer(1, 1)]);
    bench.take(timer(1, 1));
    assert_eq!(bench.step.broke, Some(Assumption::BoundedDelay));
    assert_eq!(bench.world.broken_assumption(), Some(Assumption::BoundedDelay));
}

/// Play leaves a held message behind: its bound passes in Play as it does by hand.
#[test]
fn rule_05_a_held_message_passes_its_bound_in_play_too() {
    let mut bench = bench_of(&STRICT, &json!({"nodes": 2}));
    let id = say(&mut bench, 0, 1, 1);
    bench.take(Event::Hold(id));
    wake(&mut bench, 1, 20_000, 1);
    let mut by_hand = bench.clone();
    assert!(bench.play_one());
    by_hand.take(timer(1, 0));
    assert_eq!(by_hand.world.broken_assumption(), Some(Assumption::BoundedDelay));
    assert_eq!(bench.world.broken_assumption(), Some(Assumption::BoundedDelay));
    assert_eq!(bench.world.digest(), by_hand.world.digest());
}

#[test]
fn rule_05_every_other_assumption_is_marked_before_it_is_broken() {
    let mut bench = bench_of(&STRICT, &json!({"nodes": 3, "order": "any"}));
    say(&mut bench, 0, 1, 1);
    say(&mut bench, 0, 1, 2);
    let link = sim::LinkId(0);
    for (event, assumption) in [
        (Event::Drop(message(0, 0)), Assumption::NoLoss),
        (Event::CutLink(link), Assumption::NoLoss),
        (Event::RemoveLink(link), Assumption::NoLoss),
        (Event::SetLoss(link, 1), Assumption::NoLoss),
        (Event::Duplicate(message(0, 0)), Assumption::NoDuplication),
        (Event::SetDuplication(link, 1), Assumption::NoDuplication),
        (Event::Crash(NodeId(2)), Assumption::NoCrash),
        (Event::RemoveNode(NodeId(2)), Assumption::NoCrash),
        (Event::Deliver(message(0, 1)), Assumption::Fifo),
    ] {
        assert_eq!(bench.world.would_break(event), Some(assumption), "{event:?}");
        let mut other = bench.clone();
        other.take(event);
        assert_eq!(other.world.broken_assumption(), Some(assumption), "{event:?}");
    }
    for event in
        [Event::Deliver(message(0, 0)), Event::SetLoss(link, 0), Event::Hold(message(0, 0)), Event::Pause(NodeId(2))]
    {
        assert_eq!(bench.world.would_break(event), None, "{event:?}");
    }
    // Without bad links of its own, a scenario breaks nothing by itself; with them, the first loss is named.
    let asynchronous = crate::words::bench(&json!({"nodes": 3}));
    assert_eq!(asynchronous.world.would_break(Event::Crash(NodeId(2))), None);
}

#[test]
fn rule_06_each_mode_says_when_timers_may_go_off() {
    let mut bench = bench(&json!({"nodes": 2}));
    let id = say(&mut bench, 0, 1, 1);
    wake(&mut bench, 1, 5_000, 1);
    wake(&mut bench, 1, 30_000, 2);
    let (deliver, early, late) = (Event::Deliver(id), timer(1, 0), timer(1, 1));
    assert_eq!(bench.world.enabled(Mode::Untimed), [deliver, early, late]);
    assert_eq!(bench.world.enabled(Mode::TimeoutsLongEnough), [deliver], "something is under way");
    assert_eq!(bench.world.enabled(Mode::Timed), [early], "only what is due next");
    bench.take(Event::Hold(id));
    assert_eq!(bench.world.enabled(Mode::TimeoutsLongEnough), [early, late], "a held message is under way for ever");
    bench.take(Event::Release(id));
    bench.take(deliver);
    assert_eq!(bench.world.enabled(Mode::TimeoutsLongEnough), [early, late]);
}

#[test]
fn rule_06_remaining_times_are_part_of_the_state_in_timed_mode_only() {
    let start = || bench(&json!({"nodes": 2}));
    let (mut one, mut other) = (start(), start());
    wake(&mut one, 0, 5_000, 1);
    wake(&mut other, 0, 6_000, 1);
    assert_eq!(one.world.state_key(Mode::Untimed), other.world.state_key(Mode::Untimed));
    assert_ne!(one.world.state_key(Mode::Timed), other.world.state_key(Mode::Timed));
}

/// The clocks of the textbook: 6, 8 and 10 ticks while true time makes 10.
#[test]
fn rule_07_hardware_clocks_are_exact_and_timers_run_on_them() {
    let mut bench =
        bench(&json!({"nodes": [{"clock-rate": [6, 10]}, {"clock-rate": [8, 10]}, {"clock-rate": [10, 10]}]}));
    for node in 0..3 {
        wake(&mut bench, node, 48, node);
    }
    let mut rang = Vec::new();
    while bench.play_one() {
        let node = bench.step.node.unwrap();
        rang.push((node.0, bench.step.at.0, bench.world.nodes()[node.index()].hardware_clock().read(bench.step.at)));
    }
    assert_eq!(rang, [(2, 48, 48), (1, 60, 48), (0, 80, 48)]);
}

#[test]
fn rule_07_a_timer_goes_off_at_the_first_microsecond_that_shows_its_deadline() {
    let mut bench = bench(&json!({"nodes": [{"clock-rate": [3, 7]}]}));
    wake(&mut bench, 0, 10, 1);
    bench.play_one();
    // 3/7 of 23 is 9.86, of 24 is 10.29.
    assert_eq!(bench.step.at, Micros(24));
}

#[test]
fn rule_07_a_new_rate_moves_the_dues_of_that_nodes_timers_and_no_reading() {
    let mut bench = bench(&json!({"nodes": 2}));
    wake(&mut bench, 0, 100_000, 1);
    wake(&mut bench, 1, 100_000, 2);
    wake(&mut bench, 1, 40_000, 3);
    bench.play_one();
    let reading = |bench: &Bench| bench.world.nodes()[0].hardware_clock().read(bench.world.now());
    let before = reading(&bench);
    bench.take(Event::SetRate(NodeId(0), Rate { numerator: 2, denominator: 1 }));
    assert_eq!(reading(&bench), before);
    let due = |bench: &Bench, node: u32| bench.world.timers().find(|timer| timer.id.node.0 == node).unwrap().due;
    assert_eq!(due(&bench, 0), Micros(70_000), "60,000 local microseconds are left, two in each true one");
    assert_eq!(due(&bench, 1), Micros(100_000));
}

#[test]
fn rule_07_setting_a_clock_moves_its_reading_and_no_timer() {
    let mut bench = bench(&json!({"nodes": [{"clock-offset": 250}, {}]}));
    wake(&mut bench, 0, 1_000, 1);
    let clock = |bench: &Bench| bench.world.nodes()[0].clock_at(bench.world.now());
    assert_eq!(clock(&bench), 250);
    bench.take(Event::SetClock(NodeId(0), -500));
    assert_eq!(clock(&bench), -500);
    assert_eq!(bench.world.nodes()[0].hardware_clock().read(bench.world.now()), 0);
    bench.play_one();
    assert_eq!((bench.step.at, worker(&bench, 0).rang.clone()), (Micros(1_000), vec![1]));
}

#[test]
fn rule_07_a_correction_lives_in_the_process_and_moves_no_timer() {
    let mut bench = bench(&json!({"nodes": [{"clock-offset": 250, "clock-rate": [2, 1]}, {}]}));
    wake(&mut bench, 0, 1_000, 1);
    let clock = |bench: &Bench| bench.world.nodes()[0].clock_at(bench.world.now());
    bench.ask(0, json!({"Correct": {"by": -300}}));
    assert_eq!(clock(&bench), -50);
    let set = |bench: &Bench| match bench.step.effects[..] {
        [Effect::ClockSet(node, before, after)] => Some((node.0, before, after)),
        _ => None,
    };
    assert_eq!(set(&bench), Some((0, 250, -50)), "the step tells that a clock was set");
    assert_eq!(bench.world.view(NodeId(0)).clock, -50, "what a view shows is corrected");
    assert_eq!(bench.world.nodes()[0].correction_at(bench.world.now()).within, Some(Micros(5)));
    bench.take(Event::SetClock(NodeId(0), 0));
    assert_eq!((clock(&bench), set(&bench)), (-300, None), "the user's setting stands beside it");
    bench.play_one();
    assert_eq!((bench.step.at, clock(&bench)), (Micros(500), 700), "the timer runs on the hardware");
}
