//! Topics that are shown on runs of others: how often, and step or slew.

use super::*;
use sim::algorithms::time::{internal_external, monotone_adjust, resync_interval};

const PRECISION: &str = "no two clocks are further apart than π";

/// The longest interval of the vectors, for the clocks of the scenario: with it the bound holds, with a little more it does
/// not.
#[test]
fn vectors_resync() {
    for id in ["resync-0.001-1e-05", "resync-0.001-1e-06", "resync-1-1e-06"] {
        let vector = vector(id);
        let (delta, rho) = (micros(&vector["inputs"]["delta_s"]), vector["inputs"]["rho"].as_f64().expect("a number"));
        let longest = micros(&vector["expected"]["max_interval_s"]);
        let ppm = (rho * 1e6).round() as i64;
        assert_eq!(delta * 1_000_000 / (2 * ppm), longest, "{id}: δ/2ρ");
        let broken = |every: i64| {
            let rate = |sign: i64| json!({"clock-rate": [1_000_000 + sign * ppm, 1_000_000]});
            let algorithm = &sim::algorithms::time::passive_server::ALGORITHM;
            // The parameter has an hour at most: longer intervals are asked for by a script.
            let ask =
                |at: i64, node: u32| json!({"at": at, "event": {"request": {"node": node, "ask": "Synchronize"}}});
            let script: Vec<Json> = (1..4).flat_map(|round| [1, 2].map(|node| ask(round * every, node))).collect();
            let mut bench = bench(
                algorithm,
                &json!({"nodes": [{}, rate(1), rate(-1)], "delay": {"constant": 0}, "script": script,
                    "parameters": {"drift": ppm, "precision": delta}}),
            );
            bench.play(1_000);
            assert_eq!(bench.world.tally().outputs("Set"), 6);
            bench.broken().contains(&PRECISION)
        };
        assert!(!broken(longest) && broken(longest + longest / 50), "{id}");
    }
}

#[test]
fn the_saw_touches_delta_and_does_not_cross_it() {
    let played = |name: &str, seconds: u64| {
        let mut bench = embedded(&resync_interval::ALGORITHM, name, true);
        let mut lines = sim::clock_lines::ClockLines::default();
        lines.follow(&bench.world);
        while bench.world.peek_next().is_some_and(|(_, due)| due <= Micros(seconds * 1_000_000)) && bench.play_one() {
            lines.follow(&bench.world);
        }
        (bench, lines.most_apart())
    };
    let (right, apart) = played("just-right", 1_000);
    assert!(right.broken().is_empty(), "{:?}", right.broken());
    assert!((995..=1_001).contains(&apart), "{apart}");
    let (seldom, apart) = played("too-seldom", 400);
    assert_eq!(seldom.broken(), [PRECISION]);
    assert!((1_595..=1_602).contains(&apart), "{apart}");
    let (lost, apart) = played("lost-round", 160);
    assert_eq!(lost.broken(), [PRECISION]);
    assert!((1_980..=2_040).contains(&apart), "{apart}");
    let (faulty, _) = played("faulty", 160);
    assert!(
        faulty.broken().contains(&PRECISION)
            && faulty.broken().contains(&"every hardware clock keeps to its drift rate ρ")
    );
}

/// The pair of runs: the same clock is put right by either policy, and only one of them turns time back.
#[test]
fn only_a_step_turns_time_back() {
    let broken = |name: &str| {
        let mut bench = embedded(&monotone_adjust::ALGORITHM, name, true);
        bench.play(2_000);
        (bench.broken(), clock(&bench, 1) - clock(&bench, 0))
    };
    for right in ["slew", "behind", "four-seconds", "second-correction"] {
        let (broken, off) = broken(right);
        assert!(broken.is_empty() && off.abs() <= 1, "{right}: {broken:?}, {off} µs off");
    }
    let step = broken("step");
    assert_eq!(step, (vec!["time never runs backward", "a file that is saved later has a later time"], 0));
}

/// Alike is not right, and right is alike.
#[test]
fn internal_and_external_are_two_things() {
    const ACCURACY: &str = "no clock is further from the true time than α";
    let played = |name: &str, seconds: u64| {
        let mut bench = embedded(&internal_external::ALGORITHM, name, true);
        bench.play_until(Micros(seconds * 1_000_000));
        let off = |node: u32| clock(&bench, node) - bench.world.now().0.cast_signed();
        let offs = [off(0), off(1), off(2)];
        (bench, offs)
    };
    let (_, offs) = played("alike-and-wrong", 61);
    assert!(offs.iter().all(|off| (off + 55_000_000).abs() < 20_000), "{offs:?}");
    let (_, offs) = played("adrift-together", 20);
    assert!(offs.iter().all(|off| (170_000..240_000).contains(off)), "10 ms a second: {offs:?}");
    let (right, _) = played("by-the-true-time", 60);
    assert!(right.broken().is_empty(), "{:?}", right.broken());
    let (before, _) = played("a-wrong-server", 4);
    assert!(before.broken().is_empty(), "{:?}", before.broken());
    let (wrong, offs) = played("a-wrong-server", 11);
    assert!(wrong.broken().contains(&ACCURACY), "{:?}", wrong.broken());
    assert!(offs.iter().all(|off| (off - 300_000).abs() < 45_000), "they have followed: {offs:?}");
}
