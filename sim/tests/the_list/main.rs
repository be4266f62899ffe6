//! What must hold for every algorithm: these tests walk THE LIST, so that a new one is tested the moment it is listed.
//!
//! Every failure is one line that says how to see it again:
//! `INTERLEAVE_ONLY=<text> cargo test -p interleave-sim --features embed --test the_list` looks only at algorithms and
//! scenarios whose path contains the text, and `INTERLEAVE_SEED=<n>` only at that seed of random schedules.
#![cfg(feature = "embed")]

mod bugs;
mod claims;
mod golden;
mod pseudocode;
mod runs;
mod sources;
mod texts;
mod vectors;
mod waits;

use sim::{
    Algorithm, Event, Mode, Scenario,
    algorithm::{Kind, Timing},
    algorithms::{ALGORITHMS, find},
    testing::Bench,
};
use std::{fmt::Write, path::PathBuf};

/// Events after which a scenario that goes on for ever has shown enough.
const LONG_ENOUGH: u64 = 2_000;

/// Whether there is time for more seeds.
fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

/// The seeds of random schedules: so many, or the one that was asked for.
fn seeds(count: u64) -> std::ops::Range<u64> {
    match std::env::var("INTERLEAVE_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..count,
    }
}

fn asked_for(path: &str) -> bool {
    std::env::var("INTERLEAVE_ONLY").map_or(true, |only| path.contains(&only))
}

/// The folder of this package.
fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The algorithms that were asked for.
fn algorithms() -> impl Iterator<Item = &'static Algorithm> {
    let any_scenario = |algorithm: &Algorithm| {
        algorithm.scenarios.iter().any(|scenario| asked_for(&format!("{}/{scenario}", algorithm.id)))
    };
    ALGORITHMS.iter().copied().filter(move |algorithm| asked_for(algorithm.id) || any_scenario(algorithm))
}

/// Whether a topic is shown on runs of others: a concept or a policy, with neither process nor pseudocode of its own.
fn is_guest(topic: &Algorithm) -> bool {
    matches!(topic.kind, Kind::Concept | Kind::Policy)
}

/// One scenario of a topic.
#[derive(Clone)]
struct Case {
    topic: &'static Algorithm,
    /// What runs: the topic itself, or the one on which it is shown.
    algorithm: &'static Algorithm,
    name: &'static str,
    scenario: Scenario,
}

impl Case {
    fn read(topic: &'static Algorithm, name: &'static str) -> Result<Self, String> {
        match Scenario::embedded(topic, name) {
            Some(Ok(scenario)) => match find(&scenario.algorithm) {
                Some(algorithm) => Ok(Self { topic, algorithm, name, scenario }),
                None => Err(format!("scenarios/{}/{name}.json: there is no `{}`", topic.id, scenario.algorithm)),
            },
            Some(Err(error)) => Err(format!("scenarios/{}/{name}.json: {error}", topic.id)),
            None => Err(format!("{}: `texts!` does not name the scenario {name}", topic.id)),
        }
    }
    /// `mutex/ricart-agrawala/equal-stamps`.
    fn path(&self) -> String {
        format!("{}/{}", self.topic.id, self.name)
    }
    /// The same with another variant.
    fn variant(&self, variant: Option<&str>) -> Self {
        let mut other = self.clone();
        other.scenario.variant = variant.map(str::to_owned);
        other
    }
    fn bench(&self) -> Result<Bench, String> {
        let setup = self.scenario.prepare(self.algorithm);
        // With vectors, as in the page: some monitors need them.
        setup
            .map(|setup| Bench::with(setup.into(), sim::Stamping::Vectors))
            .map_err(|error| format!("scenarios/{}.json: {error}", self.path()))
    }
    /// How to see it again.
    fn again(&self, test: &str) -> String {
        again(&self.path(), test)
    }
}

/// How to see a failure again.
fn again(path: &str, test: &str) -> String {
    format!("INTERLEAVE_ONLY={path} cargo test -p interleave-sim --features embed --test the_list {test}")
}

/// The scenarios that were asked for and can be read; [`runs::every_scenario_reads_prepares_and_plays`] speaks of the
/// others.
fn cases() -> Vec<Case> {
    let all = ALGORITHMS.iter().flat_map(|algorithm| algorithm.scenarios.iter().map(move |name| (algorithm, name)));
    let wanted = all.filter(|(algorithm, name)| asked_for(&format!("{}/{name}", algorithm.id)));
    wanted.filter_map(|(algorithm, name)| Case::read(algorithm, name).ok()).collect()
}

/// When timers go off in schedules that keep what an algorithm assumes: only when they are due where delays are bounded.
fn honest_mode(algorithm: &Algorithm) -> Mode {
    match algorithm.assumes.timing {
        Timing::Bounded => Mode::Timed,
        Timing::Asynchronous => Mode::Untimed,
    }
}

/// Events as one short line, to be typed into a test.
fn listed(events: &[Event]) -> String {
    let mut line = String::new();
    for event in events.iter().rev().take(12).rev() {
        let _ = write!(line, "{event:?} ");
    }
    if events.len() > 12 { format!("… {line}") } else { line }
}

/// Fails once, with a line a fault.
#[track_caller]
fn all_right(faults: &[String]) {
    assert!(faults.is_empty(), "{} to mend:\n  {}\n", faults.len(), faults.join("\n  "));
}
