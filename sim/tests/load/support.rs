//! What the tests of the family share.

use serde_json::{Value as Json, json};
use sim::{Algorithm, Event, Micros, Payload, Scenario, Stamping, Step, Value, World, testing::Bench};
use std::sync::Arc;

pub fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

pub fn scenario(algorithm: &Algorithm, fields: &Json) -> Scenario {
    let mut whole = json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": ""});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Scenario::read(&whole.to_string()).unwrap()
}

pub fn bench(algorithm: &'static Algorithm, fields: &Json) -> Bench {
    Bench::new(scenario(algorithm, fields).prepare(algorithm).unwrap())
}

/// A number in the state of a machine.
fn number(world: &World, machine: u32, field: &str) -> i128 {
    match world.nodes()[machine as usize].process().reflect().field(field) {
        Some(Value::Int(number)) => *number,
        other => panic!("{field} of machine {machine}: {other:?}"),
    }
}

/// A time in the state of a machine.
fn time(world: &World, machine: u32, field: &str) -> Micros {
    match world.nodes()[machine as usize].process().reflect().field(field) {
        Some(Value::Time(time)) => *time,
        other => panic!("{field} of machine {machine}: {other:?}"),
    }
}

pub fn jobs_at(world: &World, machine: u32) -> usize {
    match world.nodes()[machine as usize].process().reflect().field("queue") {
        Some(Value::List(jobs)) => jobs.len(),
        other => panic!("queue of machine {machine}: {other:?}"),
    }
}

pub fn submit(micros: u64) -> Json {
    json!({"Submit": {"demand": micros}})
}

/// The vector of this id.
pub fn named(vectors: &[Json], id: &str) -> Json {
    vectors.iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}")).clone()
}

pub fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// The figures of the vectors are rounded to four or five places.
pub fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected} ± {tolerance}");
}

/// The vectors give 95 % intervals (1.96 standard deviations) for 4·10⁶ jobs; the interval shrinks with the root of the
/// number of jobs. Four standard deviations, theirs and ours together: a right program with another seed is outside once
/// in 16,000 times, and the seed is fixed.
pub fn tolerance(ci95: f64, jobs: u64) -> f64 {
    4.0 / 1.96 * ci95 * (1.0 + 4e6 / jobs as f64).sqrt()
}

/// Machines without network cost, service times of one second on average, Play without recording. For each machine: the
/// jobs that were finished there after the first tenth of all, and the mean of their response times in seconds.
pub fn simulate(algorithm: &'static Algorithm, machines: u32, policy: &Json, load: f64, jobs: u64) -> Vec<(u64, f64)> {
    let fields = json!({
        "nodes": machines,
        "delay": {"constant": 0},
        "policy": policy,
        "workload": [{
            "on": "start",
            "after": {"exponential": (1e6 / load).round() as u64},
            "request": {"Submit": {"demand": {"draw": {"exponential": "1 s"}}}},
            "repeat": true,
        }],
    });
    let setup = Arc::new(scenario(algorithm, &fields).prepare(algorithm).unwrap());
    let mut step = Step::default();
    let mut world = World::new(Arc::clone(&setup), Stamping::None, &mut step);
    let mut so_far_after = |jobs: u64| -> Vec<(u64, u64)> {
        while world.tally().outputs("JobFinished") < jobs {
            world.next(&setup.payloads, &mut step).expect("arrivals never end");
        }
        let machine = |k: u32| (number(&world, k, "finished") as u64, time(&world, k, "response").0);
        (0..machines).map(machine).collect()
    };
    let (early, late) = (so_far_after(jobs / 10), so_far_after(jobs));
    let between = |(early, late): (&(u64, u64), &(u64, u64))| {
        let count = late.0 - early.0;
        (count, (late.1 - early.1) as f64 / 1e6 / count as f64)
    };
    early.iter().zip(&late).map(between).collect()
}

/// Mean over all jobs, and how many they were.
pub fn overall(machines: &[(u64, f64)]) -> (f64, u64) {
    let jobs: u64 = machines.iter().map(|(jobs, _)| jobs).sum();
    let total: f64 = machines.iter().map(|&(jobs, mean)| jobs as f64 * mean).sum();
    (total / jobs as f64, jobs)
}

pub fn policy_event(algorithm: &Algorithm, bench: &mut Bench, policy: &Json) -> Event {
    let read = (algorithm.policy.as_ref().unwrap().read)(policy).unwrap();
    Event::SetPolicy(bench.payloads.intern(Payload::Policy(policy.clone(), read)))
}

pub fn assert_costs(algorithm: &Algorithm, bench: &Bench, context: &str) {
    for cost in algorithm.costs {
        if let Some((counted, formula)) = (cost.count)(&bench.world) {
            assert!(cost.relation.holds(counted, formula), "{context}: {}: {counted} for {formula}", cost.what);
        }
    }
}
