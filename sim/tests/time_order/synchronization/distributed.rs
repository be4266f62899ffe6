//! Averaging without a master.

use super::*;
use sim::{NodeId, algorithms::time::distributed::ALGORITHM, testing::explore};

const MEAN: &str = "a round leaves the mean of the clocks where it is";

/// One clock is 60 s ahead; so many rounds with neighbours, without drift.
fn bump(topology: &str, nodes: usize, ahead: usize, variant: Option<&str>, rounds: u32) -> Bench {
    let nodes: Vec<Json> =
        (0..nodes).map(|k| json!({"clock-offset": if k == ahead { 60_000_000 } else { 0 }})).collect();
    let more = json!({"nodes": nodes, "topology": topology, "order": "any", "variant": variant,
        "policy": {"adjust": "step"}, "parameters": {"form": "to-neighbours", "rounds": rounds}});
    let mut bench = bench(&ALGORITHM, &more);
    bench.play(100_000);
    bench
}

/// The mean of the clocks in milliseconds.
fn mean_ms(bench: &Bench) -> i64 {
    let errors = errors(bench);
    (errors.iter().sum::<i64>() as f64 / errors.len() as f64 / 1_000.0).round() as i64
}

/// The numbers of the reference: the mean before and after one round of plain averaging, and with symmetric weights.
#[test]
fn numbers_of_the_reference() {
    for (topology, nodes, before, plain) in
        [("grid", 9, 6_667, 5_556), ("line", 3, 20_000, 16_667), ("ring", 8, 7_500, 7_500)]
    {
        let moved = bump(topology, nodes, 0, Some("plain-average"), 1);
        assert_eq!(mean_ms(&moved), plain, "{topology}");
        assert_eq!(moved.broken().contains(&MEAN), plain != before, "{topology}");
        let kept = bump(topology, nodes, 0, None, 1);
        assert_eq!((mean_ms(&kept), kept.broken()), (before, vec![]), "{topology}");
        assert_eq!(costs_agree(&kept), 1);
    }
}

/// Differences shrink by the second eigenvalue of the averaging a round: on a ring of eight with a third to each, that is
/// 1/3 + 2/3·cos 45°.
#[test]
fn a_bump_on_a_ring_sinks_at_the_second_eigenvalue() {
    let spread = |rounds| {
        let errors = errors(&bump("ring", 8, 0, None, rounds));
        (errors.iter().max().expect("a clock") - errors.iter().min().expect("a clock")) as f64
    };
    let measured = (spread(30) / spread(20)).powf(0.1);
    let eigenvalue = 1.0 / 3.0 + 2.0 / 3.0 * std::f64::consts::FRAC_1_SQRT_2;
    assert!((measured - eigenvalue).abs() < 0.002, "{measured} and {eigenvalue}");
}

/// Every order of messages of one round among three; the number is pinned.
#[test]
fn every_state_of_a_round() {
    let more = json!({"nodes": [{"clock-offset": 90_000}, {"clock-offset": -30_000}, {}], "order": "any",
        "delay": {"constant": 0}, "policy": {"adjust": "step"}, "parameters": {"propagation": 0, "rounds": 2}});
    let walk = explore(&bench(&ALGORITHM, &more), Mode::Timed, &[], 60_000);
    assert!(walk.complete && walk.broken.is_empty(), "{} states, {:?}", walk.states, walk.broken);
    assert_eq!(walk.states, 433);
}

/// Any delays within bounds, drifting clocks, both forms, some dropped, the user sets clocks.
#[test]
fn random_runs_keep_the_mean_and_do_not_part() {
    let mut rounds = 0;
    for seed in 0..seeds() {
        let ppm = |k: u64| 1_000_000 + (seed * 7_919 + k * 104_729) % 401 - 200;
        let nodes: Vec<Json> = (0..6)
            .map(|k| json!({"clock-offset": (k * seed * 13 % 60_000) as i64 - 30_000, "clock-rate": [ppm(k), 1_000_000]}))
            .collect();
        let topology = ["complete", "line", "complete", "ring", "complete", "grid"][(seed % 6) as usize];
        let (form, adjust) =
            (["to-all", "to-neighbours"][(seed % 2) as usize], ["step", "slew"][(seed / 2 % 2) as usize]);
        let more = json!({"nodes": nodes, "order": "any", "seed": seed, "topology": topology,
            "delay": {"uniform": ["5 ms", "15 ms"]}, "policy": {"adjust": adjust, "slew": 50},
            "parameters": {"form": form, "dropped": seed % 3, "rounds": 6}});
        let mut bench = bench(&ALGORITHM, &more);
        random_run(&mut bench, seed, 200, Mode::Timed, |_, bits| {
            (bits % 9 == 0).then_some(Event::SetClock(NodeId((bits >> 8) as u32 % 6), (bits >> 16) as i64 % 90_000))
        });
        bench.play(5_000);
        assert!(bench.broken().is_empty(), "seed {seed}: {:?}", bench.judge.verdicts());
        rounds += bench.world.tally().outputs("Corrected");
    }
    assert!(rounds >= 30 * seeds(), "{rounds}");
}

#[test]
fn scenarios_end_as_they_say() {
    let ends = |name: &str| {
        let (bench, broken) = played(&ALGORITHM, name);
        (errors(&bench), broken)
    };
    assert_eq!(ends("to-all"), (vec![0; 5], vec![]));
    let (errors, broken) = ends("one-insane");
    assert!(errors[..4].iter().all(|error| error.abs() < 10) && broken.is_empty(), "{errors:?}");
    let (errors, broken) = ends("nobody-dropped");
    assert!(errors[..4].iter().all(|error| *error > 4_000) && broken.is_empty(), "{errors:?}");
    for (name, mean) in [("ring-of-eight", 7_500_000), ("grid", 6_666_667)] {
        let (errors, broken) = ends(name);
        assert!(errors.iter().all(|error| (error - mean).abs() < 100_000) && broken.is_empty(), "{name}: {errors:?}");
    }
    let (errors, broken) = ends("two-islands");
    assert!(errors[0] - errors[5] > 20_000 && (errors[0] - errors[2]).abs() < 2_000 && broken.is_empty(), "{errors:?}");
    assert_eq!(ends("plain-average").1, [MEAN]);
    assert!(ends("way-forgotten").1.contains(&MEAN));
    for bug in ALGORITHM.bugs {
        let mut right = embedded(&ALGORITHM, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}
