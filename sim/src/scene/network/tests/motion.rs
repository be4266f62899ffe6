//! Messages: where they stand, and how they move from one moment to the next.

use super::{exhibit::circles, *};
use crate::{Event, Micros, testing::Bench};

fn shown(bench: &Bench) -> Network {
    let mut network = Network::new();
    network.show(&bench.world, &Look::new(1022.0, 385.0));
    network
}

/// The centres of the messages, by what they stand for.
fn centres(scene: &Scene) -> Vec<Point> {
    let hits = scene.hits.iter().filter(|hit| matches!(hit.target, Target::Message(_) | Target::Pile(_)));
    hits.map(|hit| hit.area.bounds().centre()).collect()
}

fn seat(network: &Network, node: usize) -> Point {
    network.layout().expect("it is shown").seats[node].at
}

#[test]
fn a_message_stands_at_the_fraction_of_its_way_that_has_passed() {
    let mut bench = circles(2, "line", &json!([{}]));
    bench.ask(0, json!({ "Request": 1 }));
    let network = shown(&bench);
    let (a, b) = (seat(&network, 0), seat(&network, 1));
    let start = centres(&network.moving(1.0, false))[0];
    // The link takes 10 ms; other events only let time pass.
    bench.world.take(Event::SetClock(NodeId(0), 5), &bench.payloads, &mut bench.step).expect("it can be taken");
    assert_eq!(centres(&shown(&bench).moving(1.0, false))[0], start, "no time has passed");
    let mut late = circles(2, "line", &json!([{}]));
    late.ask(0, json!({ "Request": 1 }));
    let first = late.world.flights().next().expect("it is on its way").id;
    late.take(Event::Hold(first));
    late.ask(1, json!({ "Reply": 0 }));
    late.deliver(1, 0);
    let held = late.world.flight(first).expect("it is held");
    assert_eq!(late.world.now(), held.due);
    let end = centres(&shown(&late).moving(1.0, false))[0];
    assert!(start.x - a.x < b.x - start.x && end.x - a.x > b.x - end.x, "{start:?} {end:?}");
    assert!(
        ((start.x - a.x) - (b.x - end.x)).abs() < 1.0,
        "as far from its sender at first as from its receiver at last"
    );
}

#[test]
fn capsules_never_cover_nodes() {
    for n in 2..=8_u32 {
        let mut bench = circles(n, "complete", &json!([{}]));
        for from in 0..n {
            bench.ask(from, json!({ "Request": (from + 1) % n }));
        }
        let network = shown(&bench);
        let layout = network.layout().expect("it is shown");
        let moving = network.moving(1.0, false);
        for hit in &moving.hits {
            let Area::Rect(rect) = hit.area else { panic!("a message is a rectangle") };
            let covered = layout.seats.iter().find(|seat| rect.distance(seat.at) < layout.radius - 0.5);
            assert!(covered.is_none(), "{n} nodes: {rect:?} covers {covered:?}");
        }
    }
}

#[test]
fn what_a_step_sends_leaves_its_sender_and_what_it_delivers_arrives() {
    let mut bench = circles(3, "complete", &json!([{}, { "word": "waits", "tone": "waiting", "after": "has it" }]));
    let look = Look::new(1022.0, 385.0);
    let mut network = shown(&bench);
    bench.ask(0, json!({ "Request": 1 }));
    network.step(&bench.world, &look, &bench.step);
    assert!(centres(&network.moving(0.0, false)).is_empty(), "nothing has left yet");
    let early = centres(&network.moving(0.2, false))[0];
    let late = centres(&network.moving(1.0, false))[0];
    let home = seat(&network, 0);
    assert!(early.distance(home) < late.distance(home));

    bench.deliver(0, 1);
    network.step(&bench.world, &look, &bench.step);
    let goal = seat(&network, 1);
    let there = |phase: f32| centres(&network.moving(phase, false)).first().map(|at| at.distance(goal));
    assert_eq!(there(0.0), Some(late.distance(goal)), "it begins where it stood");
    assert!(there(0.3) < there(0.0));
    assert_eq!(there(0.6), None, "it has arrived");
    assert!(
        says(network.still(0.3), "waits") && !says(network.still(0.3), "has it"),
        "the state waits for the message"
    );
    assert!(says(network.still(0.6), "has it"));
    let pulses = |phase: f32| {
        let scene = network.moving(phase, false);
        scene.shapes.iter().filter(|shape| shape.style.stroke == Some(Role::Happened)).count()
    };
    assert_eq!((pulses(0.3), pulses(0.8), pulses(1.0)), (0, 1, 0), "a change of state pulses once");
}

#[test]
fn a_step_back_is_the_same_motion_the_other_way_round() {
    let mut bench = circles(3, "complete", &json!([{}]));
    let look = Look::new(1022.0, 385.0);
    let before = bench.world.clone();
    let mut network = shown(&bench);
    bench.ask(0, json!({ "Request": 1 }));
    network.step(&bench.world, &look, &bench.step);
    let forward = centres(&network.moving(0.25, false));
    network.back(&before, &look, &bench.step);
    assert_eq!(centres(&network.moving(0.75, false)), forward);
    assert!(centres(&network.moving(1.0, false)).is_empty());
}

#[test]
fn a_lost_message_falls_and_leaves_a_cross() {
    let mut bench = circles(2, "line", &json!([{}]));
    let look = Look::new(1022.0, 385.0);
    bench.ask(0, json!({ "Request": 1 }));
    let mut network = shown(&bench);
    let stood = centres(&network.moving(1.0, false))[0];
    let id = bench.world.flights().next().expect("it is on its way").id;
    bench.take(Event::Drop(id));
    network.step(&bench.world, &look, &bench.step);
    let falling = centres(&network.moving(0.8, false))[0];
    assert!(falling.y > stood.y + 5.0 && (falling.x - stood.x).abs() < 1.0);
    let end = network.moving(1.0, false);
    assert!(centres(&end).is_empty());
    let strokes =
        end.shapes.iter().filter(|shape| matches!(shape.form, Form::Line(..)) && shape.style.stroke == Some(Role::Ink));
    assert_eq!(strokes.count(), 2, "two strokes of a cross");
    network.show(&bench.world, &look);
    assert!(network.moving(1.0, false).shapes.is_empty(), "the cross goes with the next event");
}

#[test]
fn a_message_that_is_lost_as_it_is_sent_is_seen() {
    let mut bench = circles(2, "line", &json!([{}]));
    let look = Look::new(1022.0, 385.0);
    bench.take(Event::CutLink(crate::LinkId(0)));
    let mut network = shown(&bench);
    bench.ask(0, json!({ "Request": 1 }));
    network.step(&bench.world, &look, &bench.step);
    assert_eq!(centres(&network.moving(0.3, false)).len(), 1);
    assert!(!network.moving(1.0, false).shapes.is_empty(), "a cross stays");
}

#[test]
fn a_message_that_meets_a_crashed_node_falls_at_its_rim() {
    let mut bench = circles(2, "line", &json!([{}]));
    let look = Look::new(1022.0, 385.0);
    bench.ask(0, json!({ "Request": 1 }));
    bench.take(Event::Crash(NodeId(1)));
    let mut network = shown(&bench);
    bench.deliver(0, 1);
    network.step(&bench.world, &look, &bench.step);
    let goal = seat(&network, 1);
    let at = centres(&network.moving(0.6, false))[0];
    assert!(at.distance(goal) < 0.25 * seat(&network, 0).distance(goal), "{at:?}");
    assert!(centres(&network.moving(1.0, false)).is_empty());
}

#[test]
fn with_reduced_motion_nothing_travels() {
    let mut bench = circles(3, "complete", &json!([{}]));
    let look = Look::new(1022.0, 385.0);
    bench.ask(0, json!({ "Request": 1 }));
    let mut network = shown(&bench);
    let stood = centres(&network.moving(1.0, true));
    bench.deliver(0, 1);
    network.step(&bench.world, &look, &bench.step);
    for phase in [0.1, 0.5, 0.9] {
        let scene = network.moving(phase, true);
        assert_eq!(centres(&scene), stood);
        let faded = scene.shapes.iter().any(|shape| (shape.style.opacity - (1.0 - phase)).abs() < 0.01);
        assert!(faded, "it fades");
    }
    assert!(centres(&network.moving(1.0, true)).is_empty());
}

#[test]
fn a_crowd_is_a_pile_that_opens_when_it_is_selected() {
    let mut bench = circles(2, "line", &json!([{}]));
    bench.ask(0, json!({ "Crowd": [1, 30] }));
    let network = shown(&bench);
    let closed = network.moving(1.0, false);
    let pile = closed.hits.iter().find_map(|hit| match &hit.target {
        Target::Pile(ids) => Some(ids.clone()),
        _ => None,
    });
    let pile = pile.expect("thirty messages do not fit one behind the other");
    assert!(says(&closed, &format!("×{}", pile.len())));
    let all = closed.hits.iter().map(|hit| match &hit.target {
        Target::Pile(ids) => ids.len(),
        _ => 1,
    });
    assert_eq!(all.sum::<usize>(), 30, "every message is on the stage once");
    let look = Look { selected: vec![Target::Message(pile[2])], ..Look::new(1022.0, 385.0) };
    let open = moving(&bench.world, &look);
    assert!(pile[..5].iter().all(|id| open.hits.iter().any(|hit| hit.target == Target::Message(*id))));
    assert!(says(&open, "REPLY 2"));
}

#[test]
fn a_message_without_a_link_of_its_own_goes_hop_by_hop() {
    let mut bench = circles(3, "line", &json!([{}]));
    bench.ask(0, json!({ "Request": 2 }));
    let network = shown(&bench);
    let (first, middle, last) = (seat(&network, 0), seat(&network, 1), seat(&network, 2));
    let at = centres(&network.moving(1.0, false))[0];
    assert!(at.x > first.x && at.x < middle.x);
    // 15 of 20 ms are gone: it is on the second link.
    let held = bench.world.flights().next().expect("it is on its way").id;
    bench.take(Event::Hold(held));
    bench.ask(0, json!({ "Reply": 1 }));
    bench.play_until(Micros::from_millis(10));
    bench.ask(1, json!({ "Reply": 2 }));
    bench.play_until(Micros::from_millis(20));
    let at = centres(&shown(&bench).moving(1.0, false));
    assert!(at.iter().any(|at| at.x > middle.x && at.x < last.x), "{at:?}");
}
