//! What an algorithm claims: its properties under the faults that it bears, and its costs.

use crate::{Case, LONG_ENOUGH, again, algorithms, all_right, cases, deep, honest_mode, listed, seeds};
use serde_json::json;
use sim::{
    Algorithm, Event, Life, NodeId, Scenario, Verdict,
    algorithm::{Faults, Links},
    testing::{Bench, random_run},
};
use std::collections::BTreeSet;

/// Four nodes and nothing special, where the algorithm takes that; else the scenario that opens, without its bug.
pub fn plain(algorithm: &'static Algorithm, nodes: u32, seed: u64) -> Option<Bench> {
    let mut scenario = plain_scenario(algorithm, nodes).or_else(|| {
        let opening = Case::read(algorithm, algorithm.scenarios.first()?).ok()?;
        Some(opening.variant(None).scenario)
    })?;
    scenario.seed = seed;
    scenario.prepare(algorithm).ok().map(Bench::new)
}

fn plain_scenario(algorithm: &'static Algorithm, nodes: u32) -> Option<Scenario> {
    let json = json!({
        "version": 1, "algorithm": algorithm.id, "name": "plain", "title": "", "sentence": "", "nodes": nodes,
    });
    let scenario = Scenario::read(&json.to_string()).ok()?;
    scenario.prepare(algorithm).is_ok().then_some(scenario)
}

#[test]
fn random_schedules_with_faults_that_it_bears_break_no_property() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        for seed in seeds(if deep() { 2_000 } else { 40 }) {
            let Some(mut bench) = plain(algorithm, 4, seed) else { continue };
            let mode = honest_mode(algorithm);
            let events = random_run(&mut bench, seed, 200, mode, fault);
            bench.play(LONG_ENOUGH);
            let verdicts = algorithm.properties.iter().zip(bench.judge.verdicts());
            for (property, verdict) in verdicts {
                if let Verdict::Broken { violation, after: None } = verdict {
                    let how = again(algorithm.id, "faults_that_it_bears");
                    let run = listed(&events);
                    let why = &violation.why;
                    faults.push(format!("“{}”: {why} INTERLEAVE_SEED={seed} {how}; {mode:?}: {run}", property.name));
                }
            }
            if let Some(fault) = broken_cost(&bench) {
                faults.push(format!("{fault} INTERLEAVE_SEED={seed} {}", again(algorithm.id, "faults_that_it_bears")));
            }
        }
    }
    all_right(&faults);
}

/// One of the faults that the algorithm of this world bears, by chance; at least one node stays up.
fn fault(bench: &mut Bench, bits: u64) -> Option<Event> {
    let assumes = bench.world.setup().algorithm.assumes;
    let mut flights: Vec<_> = bench.world.flights().map(|flight| flight.id).collect();
    flights.sort_unstable();
    let of_life = |life: Life| -> Vec<NodeId> {
        let nodes = bench.world.members().iter().copied();
        nodes.filter(|node| bench.world.nodes()[node.index()].life() == life).collect()
    };
    let (up, down) = (of_life(Life::Up), of_life(Life::Down));
    let mut possible = Vec::new();
    if assumes.links != Links::Reliable {
        possible.extend(flights.iter().map(|&id| Event::Drop(id)));
    }
    if assumes.links == Links::LossyAndDuplicating {
        possible.extend(flights.iter().map(|&id| Event::Duplicate(id)));
    }
    if assumes.faults != Faults::None && up.len() > 1 {
        possible.extend(up.iter().map(|&node| Event::Crash(node)));
    }
    if assumes.faults == Faults::CrashRecovery {
        possible.extend(down.iter().map(|&node| Event::Recover(node)));
    }
    possible.retain(|&event| bench.world.refusal(event, &bench.payloads).is_none());
    (!possible.is_empty()).then(|| possible[(bits % possible.len() as u64) as usize])
}

/// A cost whose count and formula can both be said and do not agree.
fn broken_cost(bench: &Bench) -> Option<String> {
    let costs = bench.world.setup().algorithm.costs.iter();
    let counted = costs.filter_map(|cost| Some((cost, (cost.count)(&bench.world)?)));
    let wrong = counted.into_iter().find(|(cost, (count, formula))| !cost.relation.holds(*count, *formula));
    wrong.map(|(cost, (count, formula))| {
        format!("{}: counted {count}, {} gives {formula} ({:?}).", cost.what, cost.formula, cost.relation)
    })
}

#[test]
fn costs_agree_with_their_formulas_where_scenarios_end() {
    let mut faults = Vec::new();
    for case in cases().iter().filter(|case| case.scenario.variant.is_none()) {
        let Ok(mut bench) = case.bench() else { continue };
        bench.play(LONG_ENOUGH);
        if bench.world.broken_assumption().is_none()
            && let Some(fault) = broken_cost(&bench)
        {
            faults.push(format!("{fault} {}", case.again("costs_agree")));
        }
    }
    all_right(&faults);
}

/// A formula that is never compared with anything proves nothing.
#[test]
fn every_cost_is_counted_in_some_scenario() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        let mut missing: BTreeSet<&str> = algorithm.costs.iter().map(|cost| cost.what).collect();
        for case in cases().iter().filter(|case| case.topic.id == algorithm.id) {
            let Ok(mut bench) = case.bench() else { continue };
            for _ in 0..LONG_ENOUGH {
                if missing.is_empty() || !bench.play_one() {
                    break;
                }
                let counted = algorithm.costs.iter().filter(|cost| (cost.count)(&bench.world).is_some());
                for cost in counted {
                    missing.remove(cost.what);
                }
            }
        }
        faults.extend(missing.iter().map(|what| format!("{}: no scenario counts “{what}”", algorithm.id)));
    }
    all_right(&faults);
}
