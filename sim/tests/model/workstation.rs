//! model/workstation.

use crate::support::{assert_costs, bench, deep, own};
use serde_json::json;
use sim::{
    Event, Mode,
    algorithms::model::workstation::ALGORITHM,
    testing::{explore, random_run},
};

/// The reference: bytes over the network never rise from diskless to a complete file system, for the same work.
#[test]
fn traffic_falls_from_each_use_of_the_disk_to_the_next() {
    let mut bench = own(&ALGORITHM, &ALGORITHM, "five-disks");
    bench.play(10_000);
    assert!(bench.world.is_quiet() && bench.broken().is_empty(), "{:?}", bench.broken());
    let traffic: Vec<i64> =
        (ALGORITHM.plots[0].values)(&bench.world).into_iter().map(|(_, kilobytes)| kilobytes).collect();
    assert_eq!(traffic, [612, 600, 200, 100, 0]);
    assert_costs(&ALGORITHM, &bench, "five disks");
}

/// The reference: only a complete file system goes on without the server.
#[test]
fn without_the_server_only_a_complete_file_system_goes_on() {
    for (disk, goes_on) in
        [("nothing", false), ("paging", false), ("programs", false), ("cache", false), ("everything", true)]
    {
        let mut bench = bench(&ALGORITHM, &json!({"nodes": 2, "policy": {"disk": disk}}));
        bench.take(Event::Crash(sim::NodeId(0)));
        for ask in [json!("Run"), json!("Page"), json!({"Read": {"file": 1}}), json!({"Write": {"file": 1}})] {
            bench.ask(1, ask);
            bench.play(100);
        }
        assert_eq!(bench.world.tally().lost == 0, goes_on, "{disk}");
    }
}

#[test]
fn every_interleaving_of_two_caches_is_right() {
    let mut found = Vec::new();
    for disk in ["nothing", "cache", "everything"] {
        let mut bench = bench(&ALGORITHM, &json!({"nodes": 3, "delay": {"constant": 0}, "policy": {"disk": disk}}));
        let asked = [
            (1, json!({"Read": {"file": 1}}), 2),
            (1, json!({"Write": {"file": 1}}), 1),
            (2, json!({"Write": {"file": 1}}), 1),
            (2, json!("Run"), 1),
        ];
        let budget: Vec<(Event, u32)> = asked.map(|(node, ask, count)| (bench.request(node, ask), count)).into();
        let walk = explore(&bench, Mode::Untimed, &budget, 900_000);
        assert_eq!(walk.broken, [], "{disk}");
        assert!(walk.complete, "{disk}");
        found.push((walk.states, walk.not_promised.first().map(|(_, run)| run.len())));
    }
    let expected = [(1_228, Some(6)), (1_084, Some(6)), (24, Some(2))];
    assert_eq!(found, expected, "states, and the shortest run in which somebody reads what is old");
}

#[test]
fn random_schedules_are_right() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let disk = ["nothing", "paging", "programs", "cache", "everything"][seed as usize % 5];
        let mut bench = bench(&ALGORITHM, &json!({"nodes": 3 + seed % 3, "seed": seed, "policy": {"disk": disk}}));
        random_run(&mut bench, seed, 250, Mode::Untimed, |_, _| None);
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}");
        assert_eq!(bench.broken(), [""; 0], "seed {seed}");
        assert_costs(&ALGORITHM, &bench, &format!("seed {seed}"));
    }
}
