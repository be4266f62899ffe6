//! The phantom, and the proof that it is one: no consistent cut of the run contains its waits.

use crate::{all_deadlocks, embedded, oracle, text, vector};
use serde_json::{Value as Json, json};
use sim::{
    NodeId, Scenario, Session,
    algorithms::deadlock::detect_centralized::ALGORITHM,
    causality::{Log, Stay},
};

#[test]
fn the_order_of_two_reports_decides_whether_there_is_a_circle() {
    let vector = vector("phantom-tanenbaum");
    let expected = &vector["expected"];
    let found = |slow: &str| {
        let mut bench = run(slow);
        let found = all_deadlocks(&mut bench, 500);
        let letters = |ids: &[u32]| ids.iter().map(|id| ["", "A", "B", "C"][*id as usize]).collect::<Vec<_>>();
        let caught = !oracle::Truth::of(&bench).caught().is_empty();
        assert_eq!(json!(caught), expected["true_deadlock"]);
        found.first().map_or(Json::Null, |(_, ids)| json!(letters(ids)))
    };
    assert_eq!(json!([found("60 ms"), found("5 ms")]), expected["detected_in_order"]);
}

/// The scenario of the phantom with another delay between site A and the coordinator.
fn run(slow: &str) -> sim::testing::Bench {
    let text = ALGORITHM.texts.scenarios.iter().find(|(name, _)| *name == "phantom").expect("it is there").1;
    let mut json: Json = serde_json::from_str(text).expect("JSON");
    json["topology"][0]["delay"] = json!({ "constant": slow });
    sim::testing::Bench::of_json(&ALGORITHM, json).expect("it is in order")
}

/// When a process waited for one resource and held another, as stays on the line of its home.
fn stays(session: &mut Session, at: NodeId, who: &str, waits: &str, holds: &str) -> Vec<Stay> {
    let mut found: Vec<Stay> = vec![];
    for depth in 0..=session.end() {
        session.seek(depth);
        let state = session.world().nodes()[at.index()].process().reflect().to_json();
        let local = state["processes"].to_string();
        let whole: Json = serde_json::from_str(&local).expect("JSON");
        let one = |json: &Json, key: &str| match json {
            Json::Object(map) => map.get(key).cloned(),
            Json::Array(pairs) => pairs.iter().find(|pair| text(&pair[0]) == key).map(|pair| pair[1].clone()),
            _ => None,
        };
        let Some(process) = one(&whole, who) else { continue };
        if one(&process["waits"], waits).is_some() && one(&process["holds"], holds).is_some() {
            match found.last_mut().filter(|stay| stay.to + 1 == depth) {
                Some(stay) => stay.to = depth,
                None => found.push(Stay { from: depth, to: depth }),
            }
        }
    }
    found
}

/// The least consistent cut that contains the three waits of the circle.
fn cut(name: &str, b: (u32, &str, &str)) -> bool {
    let scenario = Scenario::embedded(&ALGORITHM, name).expect("it is there").expect("it is in order");
    let mut session = Session::new(scenario).expect("it is in order");
    while session.step_forward().expect("it is not refused").is_some() {}
    let log = Log::of(&session);
    let wanted = [
        (NodeId(1), stays(&mut session, NodeId(1), "P1", "R1", "R2")),
        (NodeId(b.0), stays(&mut session, NodeId(b.0), "P2", b.1, b.2)),
        (NodeId(2), stays(&mut session, NodeId(2), "P3", "R2", "R3")),
    ];
    log.possibly(&wanted).is_some()
}

#[test]
fn no_consistent_cut_contains_the_circle_of_the_phantom_and_one_contains_the_real_one() {
    assert!(!cut("phantom", (1, "R3", "R1")), "P2 never waited for R3 and held R1");
    assert!(!cut("release-under-way", (3, "R3", "R1")));
    assert!(cut("two-phase", (1, "R3", "R1")), "this circle is real");
}

#[test]
fn whoever_asks_pays_for_it_and_learns_the_truth() {
    for (name, found, queries, verifies) in [
        ("phantom", 1, 0, 0),
        ("stamped", 0, 3, 0),
        ("verified", 0, 0, 3),
        ("release-under-way", 1, 3, 0),
        ("two-phase", 1, 0, 0),
    ] {
        let mut bench = embedded(&ALGORITHM, name);
        assert_eq!(all_deadlocks(&mut bench, 500).len(), found, "{name}");
        let sent = |kind: &str| bench.world.tally().sent(kind);
        assert_eq!((sent("Query"), sent("Verify")), (queries, verifies), "{name}");
        let phantom = name == "phantom" || name == "release-under-way";
        assert_eq!(bench.broken().contains(&"a reported deadlock has existed"), phantom, "{name}");
    }
}
