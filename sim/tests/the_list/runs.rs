//! Every scenario reads, prepares, plays, and plays the same again.

use crate::{Case, LONG_ENOUGH, algorithms, all_right, asked_for, cases};
use sim::{Algorithm, Event, Fingerprint, Stamping, algorithms::ALGORITHMS, testing::Bench};
use std::sync::Arc;

#[test]
fn the_list_is_not_empty_and_no_id_stands_twice() {
    assert!(!ALGORITHMS.is_empty());
    let mut ids: Vec<&str> = ALGORITHMS.iter().map(|algorithm| algorithm.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), ALGORITHMS.len());
}

#[test]
fn every_scenario_reads_prepares_and_plays() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        for name in algorithm.scenarios {
            if !asked_for(&format!("{}/{name}", algorithm.id)) {
                continue;
            }
            let bench = Case::read(algorithm, name).and_then(|case| case.bench());
            match bench.map(|mut bench| bench.play(LONG_ENOUGH)) {
                Ok(0) if !waits_for_the_user(algorithm, name) => {
                    faults.push(format!("{}/{name}: nothing happens, and nothing can be asked", algorithm.id));
                }
                Ok(_) => {}
                Err(fault) => faults.push(fault),
            }
        }
    }
    all_right(&faults);
}

/// A scenario may begin with the user's first request.
fn waits_for_the_user(algorithm: &'static Algorithm, name: &'static str) -> bool {
    let bench = Case::read(algorithm, name).and_then(|case| case.bench());
    bench.is_ok_and(|mut bench| !bench.ready_requests().is_empty())
}

/// The digests of a run by Play, and its events.
fn played(mut bench: Bench) -> (Vec<Event>, Vec<Fingerprint>) {
    let (mut events, mut digests) = (vec![], vec![bench.world.digest()]);
    while (events.len() as u64) < LONG_ENOUGH && bench.play_one() {
        events.extend(bench.step.event);
        digests.push(bench.world.digest());
    }
    (events, digests)
}

#[test]
fn a_run_is_the_same_again_and_when_each_event_is_taken_by_name() {
    let mut faults = Vec::new();
    for case in cases() {
        let Ok(setup) = case.scenario.prepare(case.algorithm) else { continue };
        let setup = Arc::new(setup);
        let start = || Bench::with(Arc::clone(&setup), Stamping::Vectors);
        let (events, digests) = played(start());
        if played(start()) != (events.clone(), digests.clone()) {
            faults.push(format!("two runs differ: {}", case.again("taken_by_name")));
        }
        let mut bench = start();
        for (k, &event) in events.iter().enumerate() {
            if let Some(refusal) = bench.world.refusal(event, &bench.payloads) {
                faults.push(format!("step {k}, {event:?}: refused ({refusal}); {}", case.again("taken_by_name")));
                break;
            }
            bench.take(event);
            if bench.world.digest() != digests[k + 1] {
                faults.push(format!("step {k}, {event:?}: another state when taken; {}", case.again("taken_by_name")));
                break;
            }
        }
    }
    all_right(&faults);
}

/// A clone of the world in the middle of a run goes the same way: nothing is shared that may change.
#[test]
fn a_copy_of_the_world_goes_the_same_way() {
    let mut faults = Vec::new();
    for case in cases() {
        let Ok(mut bench) = case.bench() else { continue };
        bench.play(40);
        let mut copy = bench.clone();
        let ahead = played(copy.clone());
        copy.play(60);
        if played(bench) != ahead {
            faults.push(format!("a copy went another way: {}", case.again("copy_of_the_world")));
        }
    }
    all_right(&faults);
}
