//! What must hold at every size and for every shape of network.

use super::{
    exhibit::{circles, machines},
    *,
};
use crate::scene::{Rect, geometry::point};

const SHAPES: [&str; 6] = ["complete", "ring", "star", "tree", "line", "grid"];
const STAGES: [(f32, f32, f32); 4] =
    [(1022.0, 385.0, 1.0), (1578.0, 560.0, 1.0), (390.0, 480.0, 1.0), (1578.0, 560.0, 1.6)];

fn words() -> serde_json::Value {
    json!([
        { "word": "in the critical section", "detail": "owes a reply to P2", "tone": "active" },
        { "word": "released" },
        { "word": "wanted (1, P2)", "detail": "has 0 of 2 replies", "tone": "waiting" },
        { "word": "wanted (1, P3)", "detail": "has 1 of 2 replies", "tone": "waiting", "waits": [[0, "a reply"]] },
    ])
}

#[test]
fn words_never_cover_a_node_or_leave_the_stage() {
    for shape in SHAPES {
        for n in 3..=12 {
            let bench = circles(n, shape, &words());
            for (width, height, scale) in STAGES {
                let look = Look { scale, clock: Badge::Lamport, ..Look::new(width, height) };
                let mut network = Network::new();
                network.show(&bench.world, &look);
                let layout = network.layout().expect("it is shown");
                let names: Vec<&str> = bench.world.nodes().iter().map(crate::Node::name).collect();
                for text in texts(network.still(1.0)).into_iter().filter(|text| !names.contains(&&*text.text)) {
                    let bounds = text.bounds();
                    let place = format!("{shape} of {n} on {width}×{height} at {scale}: {:?} at {bounds:?}", text.text);
                    assert!(bounds.x >= 0.0 && bounds.right() <= width, "{place} leaves the stage");
                    assert!(bounds.y >= 0.0 && bounds.bottom() <= height, "{place} leaves the stage");
                    let badge = text.text.parse::<u32>().is_ok();
                    let covered = layout.seats.iter().find(|seat| bounds.distance(seat.at) < layout.radius - 1.0);
                    assert!(badge || covered.is_none(), "{place} covers {covered:?}");
                }
            }
        }
    }
}

#[test]
fn words_of_different_nodes_never_cover_each_other() {
    for shape in SHAPES {
        for n in 3..=12 {
            let bench = circles(n, shape, &words());
            let look = Look { waits_for: false, ..Look::new(1022.0, 385.0) };
            let scene = still(&bench.world, &look);
            let bounds: Vec<Rect> = texts(&scene).iter().map(|text| text.bounds()).collect();
            for (index, one) in bounds.iter().enumerate() {
                let other = bounds[index + 1..].iter().find(|other| one.grown(-0.5).overlaps(**other));
                assert!(other.is_none(), "{shape} of {n}: {one:?} and {other:?}");
            }
        }
    }
}

#[test]
fn most_nodes_of_a_small_network_have_their_words() {
    for shape in SHAPES {
        for n in 3..=8 {
            let bench = circles(n, shape, &words());
            let mut network = Network::new();
            network.show(&bench.world, &Look::new(1022.0, 385.0));
            let placed = network.layout().expect("it is shown").blocks.iter().flatten().count();
            assert!(placed as u32 >= n - n / 6, "{shape} of {n}: only {placed}");
        }
    }
}

#[test]
fn nodes_keep_clear_of_each_other_and_stay_on_the_stage() {
    for shape in SHAPES {
        for n in [1, 2, 3, 5, 12, 50, 100, 1_000] {
            if shape == "complete" && n > 100 {
                continue;
            }
            for bench in [circles(n, shape, &json!([{}])), machines(n, shape, &json!([{ "queue": [1, 4] }]))] {
                let mut network = Network::new();
                network.show(&bench.world, &Look::new(1022.0, 385.0));
                let layout = network.layout().expect("it is shown");
                let bounds: Vec<Rect> = layout.seats.iter().map(|seat| seat.outline.bounds(seat.at)).collect();
                for (index, one) in bounds.iter().enumerate() {
                    assert!(
                        one.x >= 0.0 && one.y >= 0.0 && one.right() <= 1022.0 && one.bottom() <= 385.0,
                        "{shape} {n}"
                    );
                    let nearest = layout.seats[index + 1..].iter().map(|seat| seat.at.distance(layout.seats[index].at));
                    let least = nearest.fold(f32::INFINITY, f32::min);
                    // A thousand in one round are dots that touch.
                    let least = if n > 100 && shape != "grid" { f32::INFINITY } else { least };
                    assert!(least > 2.0 * layout.radius, "{shape} of {n}: {least} apart, radius {}", layout.radius);
                }
            }
        }
    }
}

#[test]
fn detail_falls_with_size() {
    let look = |selected: Vec<Target>| Look { clock: Badge::Lamport, selected, ..Look::new(1022.0, 385.0) };
    let detail = |n: u32, shape: &str, selected| {
        let bench = circles(n, shape, &json!([{ "word": "released" }]));
        let mut network = Network::new();
        network.show(&bench.world, &look(selected));
        let layout = network.layout().expect("it is shown");
        let badges = texts(network.still(1.0)).iter().filter(|text| &*text.text == "0").count();
        let names = texts(network.still(1.0)).iter().filter(|text| text.text.starts_with('P')).count();
        (layout.detail, badges, names)
    };
    assert_eq!(detail(12, "grid", vec![]), (Detail::Full, 12, 12));
    assert_eq!(detail(100, "grid", vec![]), (Detail::Full, 100, 100));
    let (middle, badges, names) = detail(40, "ring", vec![]);
    assert_eq!((middle, badges), (Detail::Names, 0));
    assert!(names >= 36, "{names} of 40 nodes have a name");
    assert_eq!(detail(1_000, "grid", vec![]), (Detail::Marks, 0, 0));
    // Node 0 has two neighbours in a grid.
    assert_eq!(detail(1_000, "grid", vec![Target::Node(NodeId(0))]), (Detail::Marks, 0, 3));
}

#[test]
fn no_word_is_smaller_than_it_may_be() {
    for (scale, least) in [(1.0, 14.0), (1.6, 22.4), (2.0, 28.0)] {
        for n in [3, 9, 40, 100] {
            let mut bench = circles(n, "ring", &words());
            bench.ask(0, json!({ "Request": 1 }));
            let look = Look { scale, clock: Badge::Vector, ..Look::new(1366.0, 640.0) };
            let (still, moving) = (still(&bench.world, &look), moving(&bench.world, &look));
            for text in texts(&still).into_iter().chain(texts(&moving)) {
                assert!(text.size >= least - 0.01, "{:?} has {} at {scale}", text.text, text.size);
            }
        }
    }
}

#[test]
fn a_link_does_not_pass_behind_a_node() {
    let bench = circles(5, "line", &json!([{}]));
    let mut bench = bench;
    bench.take(crate::Event::AddLink(NodeId(0), NodeId(2)));
    let look = Look::new(1022.0, 385.0);
    let mut network = Network::new();
    network.show(&bench.world, &look);
    let layout = network.layout().expect("it is shown");
    let leg = layout.leg(&bench.world, crate::LinkId(4), NodeId(0));
    let nearest = (0..=50).map(|k| leg.at(k as f32 / 50.0).distance(layout.seats[1].at)).fold(f32::INFINITY, f32::min);
    assert!(nearest > layout.radius, "{nearest}");
}

#[test]
fn only_cycles_are_marked_as_cycles() {
    let count = |bench: &crate::testing::Bench| {
        let scene = still(&bench.world, &Look::new(1022.0, 400.0));
        let strokes = |role: Role| scene.shapes.iter().filter(|shape| shape.style.stroke == Some(role)).count();
        (strokes(Role::Cycle), strokes(Role::WaitsFor))
    };
    assert_eq!(count(&deadlock()), (5, 1));
    let mutual = json!([{ "waits": [[1, "a reply"]] }, { "waits": [[0, "a reply"]] }]);
    let mut bench = circles(2, "complete", &mutual);
    assert_eq!(count(&bench), (2, 0));
    // A message on its way between the two may be what one of them waits for.
    bench.ask(0, json!({ "Reply": 1 }));
    assert_eq!(count(&bench), (0, 2));
}

#[test]
fn a_cut_and_a_partition_are_drawn() {
    let mut bench = circles(4, "complete", &json!([{}]));
    let look = Look::new(1022.0, 400.0);
    let dashed = |bench: &crate::testing::Bench| {
        let scene = still(&bench.world, &look);
        let lines = scene.shapes.iter().filter(|shape| shape.style.dash.is_some());
        lines.map(|shape| shape.style.stroke).collect::<Vec<_>>()
    };
    bench.take(crate::Event::CutLink(crate::LinkId(0)));
    assert_eq!(dashed(&bench), [Some(Role::Link); 2], "two halves with a gap between them");
    bench.take(crate::Event::MendLink(crate::LinkId(0)));
    let side = bench.payloads.intern(crate::Payload::Side(vec![NodeId(0), NodeId(1)]));
    bench.take(crate::Event::Partition(side));
    let drawn = dashed(&bench);
    assert_eq!(drawn.iter().filter(|role| **role == Some(Role::Link)).count(), 8, "four severed links");
    assert_eq!(drawn.iter().filter(|role| **role == Some(Role::Ink)).count(), 1, "the line of the partition");
}

#[test]
fn five_thousand_nodes_are_a_few_shapes_each() {
    let bench = circles(5_000, "ring", &json!([{ "tone": "waiting" }, {}]));
    let scene = still(&bench.world, &Look::new(1022.0, 385.0));
    assert!(scene.shapes.len() < 5_000 * 3, "{}", scene.shapes.len());
    let runs = scene.shapes.windows(2).filter(|pair| pair[0].style != pair[1].style).count();
    assert!(runs < 12, "{runs} changes of style: a painter cannot batch them");
}

#[test]
fn a_selection_is_marked() {
    let bench = circles(3, "complete", &json!([{}]));
    // Of a link, the line and its two ways.
    for (target, marks) in [(Target::Node(NodeId(1)), 1), (Target::Link(crate::LinkId(0)), 3)] {
        let look = Look { selected: vec![target], ..Look::new(1022.0, 385.0) };
        let scene = still(&bench.world, &look);
        assert_eq!(scene.shapes.iter().filter(|shape| shape.style.stroke == Some(Role::Selected)).count(), marks);
    }
    let at = point(1.0, 1.0);
    assert!(still(&bench.world, &Look::new(1022.0, 385.0)).hit(at.x, at.y).is_none());
}

/// The two ways of a selected link are apart, on the stage, and say how long each takes.
#[test]
fn the_ways_of_a_selected_link_can_be_taken_hold_of() {
    for (count, topology) in [(2, "line"), (3, "complete"), (5, "complete"), (8, "ring"), (9, "grid")] {
        let mut bench = circles(count, topology, &json!([{}]));
        let ends = bench.world.links()[0].ends;
        bench.take(crate::Event::SetDelayFrom(crate::LinkId(0), ends.1, crate::Delay::millis(70)));
        for (width, height, scale) in [(1022.0, 385.0, 1.0), (1390.0, 440.0, 1.6), (390.0, 500.0, 1.0)] {
            for link in 0..bench.world.links().len() as u32 {
                let id = crate::LinkId(link);
                let look = Look { scale, selected: vec![Target::Link(id)], ..Look::new(width, height) };
                let scene = still(&bench.world, &look);
                let ends = bench.world.links()[link as usize].ends;
                let at = |end: NodeId| {
                    let target = Target::Way(id, end);
                    let rect = scene.areas(&target).next().expect("it can be hit").bounds();
                    assert_eq!(scene.hit(rect.centre().x, rect.centre().y), Some(&target), "{topology} {link}");
                    rect
                };
                let (there, back) = (at(ends.0), at(ends.1));
                assert!(!there.grown(-1.0).overlaps(back), "{topology} {link} on {width}: {there:?} {back:?}");
                assert!(says(&scene, "10 ms"));
                assert_eq!(says(&scene, "70 ms"), link == 0);
            }
        }
    }
}

/// Ranges have room of their own, the same at every moment, and nodes have the rest.
#[test]
fn ranges_stand_beside_the_network() {
    for (width, height, scale) in [(1022.0, 385.0, 1.0), (1390.0, 440.0, 1.6), (390.0, 500.0, 1.0)] {
        let bench = ranged(5);
        let look = Look { scale, ..Look::new(width, height) };
        let mut network = Network::new();
        network.show(&bench.world, &look);
        let layout = network.layout().expect("it is shown");
        let room = layout.ranges.expect("there is room");
        assert!(layout.seats.iter().all(|seat| !seat.outline.bounds(seat.at).overlaps(room)), "{width}");
        let scene = network.still(1.0);
        for words in ["Two ranges", "narrow", "wide", "nothing"] {
            let text = texts(scene).into_iter().find(|text| &*text.text == words).expect(words);
            let bounds = text.bounds();
            let inside = room.grown(1.0);
            let within = bounds.x >= inside.x && bounds.right() <= inside.right() && bounds.bottom() <= inside.bottom();
            assert!(within, "{words} on {width}: {bounds:?} in {room:?}");
        }
        let failed = scene.shapes.iter().filter(|shape| shape.style.fill == Some(Role::ToneFill(crate::Tone::Failed)));
        assert_eq!(failed.count(), 1);
        assert_eq!(scene.shapes.iter().filter(|shape| shape.style.stroke == Some(Role::Happened)).count(), 1);
    }
    let small = Look::new(300.0, 200.0);
    assert!(says(&still(&ranged(5).world, &small), "P0"), "without room for ranges, the network alone");
    assert!(!says(&still(&ranged(5).world, &small), "Two ranges"));
}
