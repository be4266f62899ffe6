//! The Berkeley algorithm.

use super::*;
use sim::{Life, NodeId, algorithms::time::berkeley::ALGORITHM, testing::explore};

const AGREE: &str = "clocks that a round has set differ by at most half of their round trips";
const CORRECTED: &str = "whoever has answered is corrected";
const MONOTONE: &str = "time never runs backward";

/// So many clocks with these errors, in microseconds. The last one is the master if nothing else is said.
fn of(offsets: &[i64], more: &Json) -> Bench {
    let nodes: Vec<Json> = offsets.iter().map(|offset| json!({"clock-offset": offset})).collect();
    let mut all = json!({"nodes": nodes, "order": "any", "policy": {"adjust": "step"}});
    for (name, value) in more.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    bench(&ALGORITHM, &all)
}

/// The reference's readings are without a way: messages take no time.
fn at_once(offsets: &[i64], master: u32, gamma: i64) -> Bench {
    of(offsets, &json!({"delay": {"constant": 0}, "config": {"leader": master}, "parameters": {"gamma": gamma}}))
}

#[test]
fn vectors_of_the_figures() {
    for id in ["berkeley-tanenbaum", "berkeley-ist", "berkeley-feup", "berkeley-outlier", "berkeley-faulty-master"] {
        let vector = vector(id);
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let in_minutes = !inputs["readings_minutes"].is_null();
        let (name, gamma) =
            if in_minutes { ("readings_minutes", seconds(&inputs["gamma_minutes"])) } else { ("readings", 3_600) };
        let readings: Vec<i64> = list(&inputs[name]).iter().map(|reading| seconds(reading) * 1_000_000).collect();
        let master = inputs["master_index"].as_u64().expect("an index") as u32;
        let mut bench = at_once(&readings, master, gamma * 1_000_000);
        bench.ask(master, json!("Synchronize"));
        bench.play(100);
        let average = if in_minutes { &expected["average_minutes"] } else { &expected["average"] };
        assert_eq!(errors(&bench), vec![seconds(average) * 1_000_000; readings.len()], "{id}");
        let adjust: Vec<i64> = match expected["adjust_minutes"].as_array() {
            Some(minutes) => minutes.iter().map(|by| seconds(by) * 1_000_000).collect(),
            None => list(&expected["adjust_seconds"]).iter().map(|by| thousandths(by) * 1_000).collect(),
        };
        let set: Vec<i64> = errors(&bench).iter().zip(&readings).map(|(after, before)| after - before).collect();
        assert_eq!(set, adjust, "{id}");
        assert_eq!(costs_agree(&bench), 1, "{id}");
        assert_eq!(bench.broken(), [MONOTONE], "{id}: stepping turns some clock back");
    }
}

/// Every order of messages, with timers that are long enough. The numbers are pinned.
#[test]
fn every_state_of_two_rounds() {
    let walk_of = |variant: Option<&str>, rounds: u32| {
        let more = json!({"delay": {"constant": 0}, "variant": variant, "parameters": {"gamma": 1_000_000}});
        let mut bench = of(&[30_000, -10_000, 0], &more);
        let ask = bench.request(2, json!("Synchronize"));
        let walk = explore(&bench, Mode::Timed, &[(ask, rounds)], 100_000);
        assert!(walk.complete, "more than {} states", walk.states);
        walk
    };
    let names = |walk: &Walk| -> Vec<_> { walk.broken.iter().map(|(name, _)| *name).collect() };
    let quiet = walk_of(None, 2);
    assert_eq!((names(&quiet), quiet.states), (vec![MONOTONE], 219));
    let twice = walk_of(Some("add-to-what-shows"), 2);
    assert_eq!(shortest(&twice, AGREE), 12);
}

/// The master crashes after so many events of its round: the others elect another, and whoever has answered is corrected.
/// These states are many, as they hold times: the first 3,000 of each, breadth first.
#[test]
fn the_states_after_a_crash_of_the_master() {
    for events in 0..=4 {
        let more = json!({"delay": {"constant": 0}, "parameters": {"gamma": 1_000_000}});
        let mut bench = of(&[30_000, -10_000, 0], &more);
        bench.ask(2, json!("Synchronize"));
        bench.play(events);
        bench.take(Event::Crash(NodeId(2)));
        let walk = explore(&bench, Mode::Timed, &[], if deep() { 100_000 } else { 3_000 });
        assert!(walk.broken.iter().all(|(name, _)| *name == MONOTONE), "{:?}", walk.broken);
        bench.play(1_000);
        assert_eq!(*bench.verdict(CORRECTED), Verdict::Holds);
        assert_eq!(bench.world.tally().outputs("Averaged"), 1, "after {events} events");
    }
}

/// Delays of any kind, clocks that drift, crashes and recoveries: what it claims to bear.
#[test]
fn random_schedules_keep_what_it_promises() {
    let (mut rounds, mut elections) = (0, 0);
    for seed in 0..seeds() {
        let offsets = [seed as i64 * 37 % 90_000, -20_000, 5_000, 0];
        let adjust = ["step", "slew", "forward"][seed as usize % 3];
        let more = json!({"seed": seed, "delay": {"uniform": ["1 ms", "12 ms"]}, "parameters": {"gamma": "1 s"},
            "policy": {"adjust": adjust}});
        let mut bench = of(&offsets, &more);
        random_run(&mut bench, seed, 150, Mode::Timed, |bench, bits| {
            let node = NodeId((bits >> 8) as u32 % 4);
            let up = bench.world.nodes().iter().filter(|node| node.life() == Life::Up).count();
            match bits % 6 {
                0 if up > 1 => Some(Event::Crash(node)),
                1 => Some(Event::Recover(node)),
                2 => Some(Event::SetClock(node, (bits >> 16) as i64 % 50_000)),
                _ => None,
            }
        });
        bench.play(5_000);
        let broken = bench.broken();
        assert!(
            broken.iter().all(|name| *name == MONOTONE && seed % 3 == 0),
            "seed {seed}: {:?}",
            bench.judge.verdicts()
        );
        costs_agree(&bench);
        rounds += bench.world.tally().outputs("Averaged");
        elections += bench.world.tally().sent("Election");
    }
    assert!(rounds > 3 * seeds() && elections > seeds(), "{rounds} rounds, {elections}");
}

#[test]
fn planted_bugs_show_and_only_with_them() {
    for bug in ALGORITHM.bugs {
        let mut buggy = embedded(&ALGORITHM, bug.scenario, true);
        buggy.play(2_000);
        assert!(buggy.broken().contains(&bug.breaks), "{}: {:?}", bug.id, buggy.broken());
        let mut right = embedded(&ALGORITHM, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().iter().all(|name| *name == MONOTONE), "{}: {:?}", bug.id, right.broken());
    }
}

#[test]
fn scenarios_end_as_they_say() {
    const MINUTE: i64 = 60_000_000;
    let ends = |name: &str| {
        let (bench, broken) = played(&ALGORITHM, name);
        (errors(&bench), broken)
    };
    assert_eq!(ends("three-clocks"), (vec![185 * MINUTE; 3], vec![]));
    let (clocks, broken) = ends("outlier");
    assert_eq!((clocks[0], clocks[2], broken), (185 * MINUTE, 185 * MINUTE, vec![]), "P1 and P3 are still slowed");
    let (clocks, broken) = ends("everybody-counts");
    assert_eq!((clocks[0], broken.len()), (288 * MINUTE + 45 * 1_000_000, 1));
    let (clocks, broken) = ends("insane-master");
    assert_eq!((clocks[1], clocks[3], broken), (185 * MINUTE, 185 * MINUTE, vec![]));
    let (bench, broken) = played(&ALGORITHM, "master-dies");
    assert_eq!((bench.world.tally().outputs("Averaged"), broken), (1, vec![]));
    assert_eq!(*bench.verdict(CORRECTED), Verdict::Holds);
    let (clocks, broken) = ends("round-trips");
    assert_eq!((clocks, broken), (vec![3_333, 3_333, -6_667], vec![MONOTONE]));
    assert_eq!(ends("raw-differences").1, [AGREE, MONOTONE]);
    assert!(ends("add-to-what-shows").1.contains(&AGREE));
}

/// The figure of the textbook: the group keeps together and leaves the true time.
#[test]
fn a_group_that_runs_fast_runs_fast_together() {
    let mut bench = embedded(&ALGORITHM, "adrift", true);
    bench.play_until(sim::Micros(600_000_000));
    let errors = errors(&bench);
    let (low, high) = (errors.iter().min().expect("a clock"), errors.iter().max().expect("a clock"));
    assert!(*low > 100_000 && high - low < 10_000, "{errors:?}");
    assert!(bench.broken().is_empty());
}
