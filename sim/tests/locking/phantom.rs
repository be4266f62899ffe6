//! The phantom, and the proof that it is one: no consistent cut of the run contains its waits.

use crate::{all_deadlocks, embedded, oracle, seeds, vector};
use serde_json::{Value as Json, json};
use sim::{
    Scenario, Session,
    algorithms::deadlock::detect_centralized::ALGORITHM,
    causality::{Log, Search},
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

/// The search for a cut at the first report of a deadlock.
fn search(name: &str) -> Search {
    let scenario = Scenario::embedded(&ALGORITHM, name).expect("it is there").expect("it is in order");
    let mut session = Session::new(scenario).expect("it is in order");
    while session.step_forward().expect("it is not refused").is_some() {
        if let Ok(search) = Search::of(&Log::of(&session), &session) {
            return search;
        }
    }
    panic!("{name}: nothing is reported");
}

#[test]
fn no_consistent_cut_contains_the_circle_of_the_phantom_and_one_contains_the_real_one() {
    for name in ["phantom", "release-under-way"] {
        let search = search(name);
        assert!(!search.found, "{name}: {:?}", search.cut);
        assert!(search.why.contains("and so never both"), "{}", search.why);
        let out = search.claimed.iter().filter(|claimed| !claimed.is_in(&search.cut)).count();
        assert!(out > 0, "the cut that is drawn cannot contain all");
    }
    let real = search("two-phase");
    assert!(real.found && real.claimed.iter().all(|claimed| claimed.is_in(&real.cut)), "this circle is real");
}

/// What has been so at one moment is in a consistent cut: the one of that moment.
#[test]
fn whatever_has_existed_is_found_by_the_search() {
    let (mut real, mut never) = (0, 0);
    for seed in 0..seeds() {
        let transfer = ["at every change", "once a period"][seed as usize % 2];
        let (sites, config) = oracle::random_config(seed, false);
        let json = json!({
            "version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "Test", "sentence": "A test.",
            "nodes": sites, "config": config, "seed": seed, "delay": { "uniform": ["1 ms", "60 ms"] },
            "parameters": { "before-reporting": "reports at once", "transfer": transfer },
            "policy": { "recovery": "roll-back" },
        });
        let scenario = Scenario::read(&json.to_string()).expect("it is in order");
        let mut session = Session::new(scenario).expect("it is in order");
        for _ in 0..400 {
            if !matches!(session.step_forward(), Ok(Some(_))) {
                break;
            }
            let Ok(search) = Search::of(&Log::of(&session), &session) else { continue };
            let phantom = session.verdicts()[0].is_broken();
            assert!(search.found || phantom, "seed {seed}: it has existed, and no cut is found: {}", search.why);
            assert_eq!(search.found, search.claimed.iter().all(|claimed| claimed.is_in(&search.cut)), "seed {seed}");
            *if search.found { &mut real } else { &mut never } += 1;
            if phantom {
                break;
            }
        }
    }
    assert!(real > 10 && never > 0, "{real} real, {never} never");
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
