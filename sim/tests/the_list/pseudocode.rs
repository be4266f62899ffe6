//! Pseudocode and code belong together: every tag is lit by some run, and every line that is lit has its tag.

use crate::{Case, LONG_ENOUGH, again, algorithms, all_right, honest_mode, is_guest, sources};
use sim::{
    Algorithm,
    testing::{Bench, random_run},
};
use std::collections::BTreeSet;

/// Random schedules of each scenario and variant, after which a line that can be lit should have been.
const SEEDS: u64 = 25;

/// The tags of a pseudocode: `#tag` at the end of a line.
fn tags(pseudocode: &str) -> Vec<&str> {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let ends = pseudocode.lines().filter_map(|line| line.trim_end().rsplit_once('#'));
    ends.map(|(_, tag)| tag).filter(|tag| !tag.is_empty() && tag.chars().all(fits)).collect()
}

#[test]
fn every_tag_is_lit_and_every_lit_line_has_a_tag() {
    let mut faults = Vec::new();
    for algorithm in algorithms().filter(|topic| !is_guest(topic)) {
        let known: BTreeSet<&str> = tags(algorithm.texts.pseudocode).into_iter().collect();
        let lit = lit_lines(algorithm, &known);
        let how = again(algorithm.id, "every_tag_is_lit");
        faults.extend(known.difference(&lit).map(|tag| format!("{}: nothing lights #{tag}; {how}", algorithm.id)));
        faults.extend(
            lit.difference(&known).map(|tag| format!("{}: `line(\"{tag}\")` has no #{tag}; {how}", algorithm.id)),
        );
    }
    all_right(&faults);
}

#[test]
fn no_tag_stands_twice_and_none_is_misspelt_in_code_that_never_runs() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        let tags = tags(algorithm.texts.pseudocode);
        let known: BTreeSet<&str> = tags.iter().copied().collect();
        if tags.len() > known.len() {
            faults.push(format!("{}: a tag stands twice in the pseudocode", algorithm.id));
        }
        for (file, source) in sources::of(algorithm) {
            for call in source.split(".line(\"").skip(1) {
                let tag = call.split('"').next().unwrap_or("");
                if !known.contains(tag) {
                    faults.push(format!("{file}: `line(\"{tag}\")` has no #{tag} in the pseudocode"));
                }
            }
        }
    }
    all_right(&faults);
}

/// The lines that runs of all scenarios and variants have lit: Play first, then random schedules until all are found.
fn lit_lines(algorithm: &'static Algorithm, known: &BTreeSet<&str>) -> BTreeSet<&'static str> {
    let scenarios: Vec<Case> = algorithm.scenarios.iter().filter_map(|name| Case::read(algorithm, name).ok()).collect();
    let mut lit = BTreeSet::new();
    for case in &scenarios {
        let Ok(mut bench) = case.bench() else { continue };
        lit.extend(&bench.step.lines);
        for _ in 0..LONG_ENOUGH {
            if !bench.play_one() {
                break;
            }
            lit.extend(&bench.step.lines);
        }
    }
    let variants: Vec<Option<&str>> = [None].into_iter().chain(algorithm.bugs.iter().map(|bug| Some(bug.id))).collect();
    for seed in 0..SEEDS {
        for case in &scenarios {
            for variant in &variants {
                if known.is_subset(&lit) {
                    return lit;
                }
                let Ok(mut bench) = case.variant(*variant).bench() else { continue };
                light_by_chance(&mut bench, seed, &mut lit);
            }
        }
    }
    lit
}

/// Takes one random step after another, so that the lines of each can be read.
fn light_by_chance(bench: &mut Bench, seed: u64, lit: &mut BTreeSet<&'static str>) {
    let mode = honest_mode(bench.world.setup().algorithm);
    for k in 0..120 {
        if random_run(bench, seed << 16 | k, 1, mode, |_, _| None).is_empty() {
            return;
        }
        lit.extend(&bench.step.lines);
    }
}
