//! Every planted bug breaks the property that it names, in the scenario that it names, and is what breaks it.

use crate::{Case, LONG_ENOUGH, algorithms, all_right, honest_mode, seeds};
use sim::testing::random_run;

/// Random schedules in which a bug that Play does not show must show.
const SEEDS: u64 = 400;
/// Steps of each.
const STEPS: u64 = 250;

#[test]
fn every_planted_bug_breaks_what_it_names_where_it_says() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        for bug in algorithm.bugs {
            let Ok(case) = Case::read(algorithm, bug.scenario) else { continue };
            let planted = case.variant(Some(bug.id));
            let Some(schedule) =
                [None].into_iter().chain(seeds(SEEDS).map(Some)).find(|&s| breaks(&planted, bug.breaks, s))
            else {
                let how = case.again("planted_bug");
                faults.push(format!("the bug {} never breaks “{}”; {how}", bug.id, bug.breaks));
                continue;
            };
            if breaks(&case.variant(None), bug.breaks, schedule) {
                let run = schedule.map_or("Play".into(), |seed| format!("INTERLEAVE_SEED={seed}"));
                let how = case.again("planted_bug");
                faults.push(format!("“{}” is broken without the bug {} too, in {run}; {how}", bug.breaks, bug.id));
            }
        }
    }
    all_right(&faults);
}

/// Whether a property is broken in Play, or in the random schedule of a seed and what Play makes of its end.
fn breaks(case: &Case, property: &str, schedule: Option<u64>) -> bool {
    let Ok(mut bench) = case.bench() else { return false };
    if let Some(seed) = schedule {
        random_run(&mut bench, seed, STEPS, honest_mode(case.algorithm), |_, _| None);
    }
    for _ in 0..LONG_ENOUGH {
        if bench.broken().contains(&property) {
            return true;
        }
        if !bench.play_one() {
            return false;
        }
    }
    false
}
