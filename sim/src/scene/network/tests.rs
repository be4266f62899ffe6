//! Scenes as text, and what must hold for all of them.

mod exhibit;
mod motion;
mod rules;

use super::*;
use crate::PartId;
use crate::scene::{Area, Role, Text};
use exhibit::{circles, deadlock, machines, ranged, sites};
use serde_json::json;
use std::path::Path;

/// The texts of a picture.
fn texts(scene: &Scene) -> Vec<&Text> {
    let texts = scene.shapes.iter().filter_map(|shape| match &shape.form {
        Form::Text(text) => Some(text),
        _ => None,
    });
    texts.collect()
}

fn says(scene: &Scene, words: &str) -> bool {
    texts(scene).iter().any(|text| &*text.text == words)
}

/// Compares a picture with the text that was reviewed when it last changed. With `UPDATE_SNAPSHOTS` set it is written
/// anew: only if you understand what has changed it.
fn check(name: &str, layers: &[&Scene]) {
    let written: String = layers.iter().map(|scene| scene.written()).collect::<Vec<_>>().join("-- moving --\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scene/network/tests").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &written).expect("the snapshot can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (now, before)) in written.lines().zip(known.lines()).enumerate() {
        assert_eq!(now, before, "{name}.txt, line {}", number + 1);
    }
    assert_eq!(written.lines().count(), known.lines().count(), "{name}.txt has another number of shapes");
}

#[test]
fn three_processes_as_text() {
    let mut bench = circles(
        3,
        "complete",
        &json!([
            { "word": "in the critical section", "detail": "owes a reply to P2", "tone": "active", "tokens": 1 },
            { "word": "released" },
            { "word": "wanted (1, P2)", "detail": "has 0 of 2 replies", "tone": "waiting", "waits": [[0, "a reply"]] },
        ]),
    );
    bench.ask(1, json!({ "Reply": 2 }));
    bench.play_until(crate::Micros(1));
    let id = bench.world.flights().next().expect("a reply is on its way").id;
    bench.take(crate::Event::Hold(id));
    let look = Look { clock: Badge::Lamport, ..Look::new(1022.0, 385.0) };
    check("three", &[&still(&bench.world, &look), &moving(&bench.world, &look)]);
}

#[test]
fn a_deadlock_over_three_sites_as_text() {
    let mut bench = deadlock();
    bench.ask(1, json!({ "Probe": 2 }));
    let look = Look::new(1022.0, 400.0);
    check("deadlock", &[&still(&bench.world, &look), &moving(&bench.world, &look)]);
}

#[test]
fn machines_with_queues_as_text() {
    let bench = machines(
        4,
        "complete",
        &json!([
            { "word": "overloaded", "tone": "waiting", "queue": [5, 6] },
            { "word": "normal", "tone": "active", "queue": [2, 6] },
        ]),
    );
    check("machines", &[&still(&bench.world, &Look::new(1022.0, 400.0))]);
}

#[test]
fn the_legend_names_what_is_on_the_stage_and_nothing_else() {
    let mut bench = deadlock();
    bench.ask(1, json!({ "Probe": 2 }));
    let labels = |bench: &crate::testing::Bench| -> Vec<String> {
        legend(&bench.world, &Look::new(1022.0, 400.0)).into_iter().map(|entry| entry.label).collect()
    };
    assert_eq!(labels(&bench), ["idle", "waiting", "PROBE", "resource", "on a cycle", "waits for", "is held by"]);
    let mut bench = circles(
        2,
        "complete",
        &json!([{ "word": "wanted (1, P0)", "tone": "waiting", "tokens": 1 }, { "word": "released" }]),
    );
    assert_eq!(labels(&bench), ["released", "wanted", "token"]);
    bench.take(crate::Event::CutLink(crate::LinkId(0)));
    bench.take(crate::Event::Crash(NodeId(1)));
    assert_eq!(labels(&bench), ["wanted", "crashed", "token", "cut link"]);
}

#[test]
fn a_legend_is_broken_into_rows_that_fit() {
    let bench = deadlock();
    let entries = legend(&bench.world, &Look::new(1022.0, 400.0));
    for (width, rows) in [(1022.0, 1), (390.0, 2)] {
        let picture = legend_picture(&entries, width, 1.0);
        assert!((picture.height - 26.0 * rows as f32).abs() < 0.1, "{} high at {width}", picture.height);
        assert!(texts(&picture).iter().all(|text| text.bounds().right() <= width));
    }
}

#[test]
fn a_miniature_has_no_words() {
    for bench in [
        deadlock(),
        machines(5, "ring", &json!([{ "word": "busy", "queue": [2, 4] }])),
        circles(3, "star", &json!([{}])),
    ] {
        let picture = miniature(&bench.world, 260.0, 104.0);
        assert!(texts(&picture).is_empty() && !picture.shapes.is_empty());
        assert!(picture.hits.is_empty());
    }
}

#[test]
fn everything_on_the_stage_is_hit_where_it_is_drawn_and_has_a_name() {
    let mut bench = deadlock();
    bench.ask(1, json!({ "Probe": 2 }));
    let look = Look::new(1022.0, 400.0);
    let (still, moving) = (still(&bench.world, &look), moving(&bench.world, &look));
    for scene in [&still, &moving] {
        for hit in &scene.hits {
            let at = hit.area.bounds().centre();
            let found = scene.hit(at.x, at.y);
            // A part lies on its site, a node on the middle of a link.
            let covers = matches!(hit.target, Target::Node(_) | Target::Link(_));
            assert!(found == Some(&hit.target) || covers, "{:?} is hidden by {found:?}", hit.target);
        }
    }
    let stand_ins = stand_ins(&bench.world, &[&still, &moving]);
    let labels: Vec<&str> = stand_ins.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(stand_ins.iter().filter(|one| matches!(one.target, Target::Part(..))).count(), 11);
    for label in ["S0, local graph: P1 → P2, no cycle", "P4, waiting, on S1", "PROBE 1·4·5 from S1 to S2", "link S0–S1"]
    {
        assert!(labels.contains(&label), "{label:?} is missing in {labels:?}");
    }
    assert!(labels.iter().all(|label| !label.is_empty()));
}

#[test]
fn a_place_on_the_stage_is_a_place_of_the_scenario_and_back() {
    for bench in [circles(5, "ring", &json!([{}])), deadlock()] {
        let mut bench = bench;
        let look = Look::new(1022.0, 400.0);
        let mut network = Network::new();
        network.show(&bench.world, &look);
        let wanted = Point { x: 420.0, y: 210.0 };
        let place = network.layout().expect("it is shown").place_at(Some(NodeId(1)), wanted);
        bench.take(crate::Event::MoveNode(NodeId(1), place));
        network.show(&bench.world, &look);
        let seat = network.layout().expect("it is shown").seats[1].at;
        assert!(seat.distance(wanted) < 2.0, "{seat:?}");
    }
}

#[test]
fn in_a_ring_words_stand_where_no_message_goes_and_clear_of_the_clock() {
    for count in [5, 8, 9] {
        let bench = circles(count, "ring", &json!([{ "word": "phase 0", "detail": "0 of 2 replies" }]));
        for (width, height) in [(1022.0, 300.0), (902.0, 250.0)] {
            let look = Look { clock: Badge::Lamport, ..Look::new(width, height) };
            let mut network = Network::new();
            network.show(&bench.world, &look);
            let layout = network.layout().expect("it is shown");
            for (index, link) in bench.world.links().iter().enumerate() {
                let leg = layout.leg(&bench.world, crate::LinkId(index as u32), link.ends.0);
                let words = layout.blocks[link.ends.0.index()].expect("there is room").typical(1.0);
                assert!(!leg.meets(words), "{count} on {width}: {:?}", link.ends.0);
                let badge = layout.fixtures.iter().find(|(owner, _)| *owner == link.ends.0).expect("a badge").1;
                assert!(
                    !badge.grown(-2.0).overlaps(words),
                    "{count} on {width}: {:?} {badge:?} {words:?}",
                    link.ends.0
                );
            }
        }
    }
}

#[test]
fn arrows_of_pale_hues_have_an_edge_of_ink() {
    let bench = deadlock();
    let scene = still(&bench.world, &Look::new(1022.0, 400.0));
    let pale = [Role::WaitsFor, Role::Cycle, Role::Job];
    let mut seen = 0;
    for (index, shape) in scene.shapes.iter().enumerate() {
        if shape.style.fill.is_some_and(|role| pale.contains(&role)) {
            assert_eq!(shape.style.stroke, Some(Role::Ink));
            seen += 1;
        }
        if shape.style.stroke.is_some_and(|role| pale.contains(&role)) {
            let under = &scene.shapes[index - 1];
            assert_eq!((&under.form, under.style.stroke), (&shape.form, Some(Role::Ink)));
            assert!(under.style.width >= shape.style.width + 2.0);
        }
    }
    assert_eq!(seen, 6, "an arrowhead for each that waits");
}

/// The address space of a process is the same floor of tiles on every machine, with the process on it or without.
#[test]
fn pages_lie_as_tiles_and_do_not_move_when_a_process_comes() {
    let page = |id: u32| json!([id, id.to_string(), "page", "done"]);
    let pages: Vec<_> = (0..12).map(page).collect();
    let mut with_process = pages.clone();
    with_process.push(json!([100, "P", "process", "active"]));
    let bench = sites(2, "complete", &json!([{ "parts": pages }, { "parts": with_process }]));
    let shown = Shown::of(&bench.world);
    let layout = Layout::new(&bench.world, &shown, &Look::new(1022.0, 385.0));
    let spot =
        |node: u32, part: u32| layout.spots.get(&(NodeId(node), PartId(part))).copied().expect("every part has a spot");
    for k in 0..12 {
        let (one, two) = (spot(0, k).at - layout.seats[0].at, spot(1, k).at - layout.seats[1].at);
        assert!((one.x - two.x).abs() < 0.01 && (one.y - two.y).abs() < 0.01, "page {k}");
        let (tile, half) = (spot(1, k).outline.bounds(spot(1, k).at), layout.seats[1].outline.half());
        assert!(tile.width > 18.0, "large enough for its number");
        let inside = two.x.abs() + tile.width / 2.0 < half.x && two.y.abs() + tile.height / 2.0 < half.y;
        assert!(inside, "page {k} is in the box");
        let meets = |other: u32| {
            let way = spot(1, other).at - spot(1, k).at;
            way.x.abs() < tile.width && way.y.abs() < tile.height
        };
        assert!((0..k).all(|other| !meets(other)), "page {k} covers another");
    }
    let (process, first) = (spot(1, 100), spot(1, 0));
    assert!(process.at.x + process.outline.half().x < first.at.x - first.outline.half().x, "P stands beside its pages");
}
