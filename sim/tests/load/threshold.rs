//! load/location-threshold.

use crate::support::{
    self, assert_costs, assert_near, deep, jobs_at, named, numbers, overall, policy_event, submit, tolerance,
};
use serde_json::{Value as Json, json};
use sim::{
    Event, Micros, Mode, Scenario,
    algorithms::load::{location_threshold::ALGORITHM, theory},
    testing::{Bench, Walk, explore, random_run},
};

fn scenario(fields: &Json) -> Scenario {
    support::scenario(&ALGORITHM, fields)
}

fn bench(fields: &Json) -> Bench {
    support::bench(&ALGORITHM, fields)
}

fn simulate(threshold: u32, probe_limit: u32, load: f64, jobs: u64) -> Vec<(u64, f64)> {
    support::simulate(&ALGORITHM, 20, &json!({"threshold": threshold, "probe-limit": probe_limit}), load, jobs)
}

// Vectors

fn vectors() -> Vec<Json> {
    serde_json::from_str(include_str!("../vectors/location-threshold.json")).unwrap()
}

fn vector(id: &str) -> Json {
    named(&vectors(), id)
}

/// Runs the decision of a vector: a job arrives at machine 0, which has as many jobs as the threshold.
fn decide(vector: &Json) -> Bench {
    let inputs = &vector["inputs"];
    let threshold = inputs["T"].as_u64().unwrap();
    let mut jobs = vec![vec![1_000_000; threshold as usize]; 1];
    for machine in 1..8 {
        let load = inputs["loads"][machine.to_string()].as_u64().unwrap_or(9);
        jobs.push(vec![1_000_000; load as usize]);
    }
    let mut bench = bench(&json!({
        "nodes": 8,
        "policy": {"threshold": threshold, "probe-limit": inputs["Lp"]},
        "config": {"jobs": jobs, "probe-order": inputs["probe_order"]},
    }));
    bench.ask(0, submit(1_000));
    while bench.world.flights().next().is_some() {
        assert!(bench.play_one());
    }
    bench
}

#[test]
fn vector_location_threshold_trace() {
    let vector = vector("location-threshold-trace");
    let bench = decide(&vector);
    let chosen = vector["expected"]["chosen"].as_u64().unwrap() as u32;
    assert_eq!(bench.world.tally().sent("Probe"), vector["expected"]["probes"].as_u64().unwrap());
    assert_eq!(bench.world.tally().sent("Transfer"), 1);
    assert_eq!(jobs_at(&bench.world, chosen), 1, "the job is at the chosen machine, which had none");
    assert_eq!(jobs_at(&bench.world, 0), 2);
}

#[test]
fn vector_location_threshold_exhausted() {
    let vector = vector("location-threshold-exhausted");
    let bench = decide(&vector);
    assert!(vector["expected"]["chosen"].is_null());
    assert_eq!(bench.world.tally().sent("Probe"), vector["expected"]["probes"].as_u64().unwrap());
    assert_eq!(bench.world.tally().sent("Transfer"), 0);
    assert_eq!(jobs_at(&bench.world, 0), 3, "it is run locally");
}

#[test]
fn vectors_of_the_curves() {
    for vector in vectors() {
        let id = vector["id"].as_str().unwrap();
        let inputs = &vector["inputs"];
        let whole = |field: &str| inputs[field].as_u64().unwrap() as u32;
        let curve: Box<dyn Fn(f64) -> f64> = match id {
            "mm1" => Box::new(theory::alone),
            _ if id.starts_with("mmk-") => Box::new(move |load| theory::pooled(whole("K"), load)),
            _ if id.starts_with("threshold-meanfield-") => {
                Box::new(move |load| theory::threshold_mean_field(whole("T"), whole("L"), load))
            }
            _ => continue,
        };
        for (load, expected) in numbers(&inputs["rho"]).into_iter().zip(numbers(&vector["expected"]["R"])) {
            assert_near(curve(load), expected, 0.000_051, &format!("{id} at {load}"));
        }
    }
    for load in [0.1, 0.5, 0.9] {
        let closed = 1.0 / (1.0 - f64::powi(load, 4));
        assert_near(theory::threshold_mean_field(1, 3, load), closed, 1e-9, "the closed form for a threshold of 1");
    }
}

// Simulation

#[test]
fn twenty_machines_respond_as_the_vectors_say() {
    let jobs = if deep() { 2_000_000 } else { 120_000 };
    for (id, loads) in [
        ("sim-K20-threshold-T2-L3", if deep() { &[0.3, 0.5, 0.8, 0.9][..] } else { &[0.5] }),
        ("sim-K20-threshold-T1-L3", if deep() { &[0.5, 0.8, 0.9] } else { &[0.8] }),
        ("sim-K20-threshold-T2-L5", if deep() { &[0.5, 0.8, 0.9] } else { &[] }),
    ] {
        let vector = vector(id);
        let whole = |field: &str| vector["inputs"][field].as_u64().unwrap() as u32;
        assert_eq!(whole("K"), 20);
        let known: Vec<f64> = numbers(&vector["inputs"]["rho"]);
        for &load in loads {
            let at = known.iter().position(|&rho| (rho - load).abs() < 1e-9).unwrap();
            let expected = numbers(&vector["expected"]["R"])[at];
            let (mean, counted) = overall(&simulate(whole("T"), whole("L"), load, jobs));
            let ci95 = numbers(&vector["expected"]["ci95"])[at];
            let tolerance = tolerance(ci95, counted);
            println!("{id} at {load}: {mean:.4}, expected {expected} ± {tolerance:.4} ({counted} jobs)");
            assert_near(mean, expected, tolerance, &format!("{id} at {load}"));
            assert!(mean > theory::pooled(20, load) && mean < theory::alone(load), "outside the two curves");
        }
    }
}

/// Without probes the machines are independent, so their means show by themselves how far the mean of them all may be
/// off: four standard errors.
#[test]
fn without_probes_each_machine_is_alone() {
    let machines = simulate(1, 0, 0.5, if deep() { 2_000_000 } else { 120_000 });
    let mean = machines.iter().map(|machine| machine.1).sum::<f64>() / 20.0;
    let squares = machines.iter().map(|machine| (machine.1 - mean).powi(2)).sum::<f64>();
    let tolerance = 4.0 * (squares / 19.0 / 20.0).sqrt();
    println!("no probes at 0.5: {mean:.4} ± {tolerance:.4}");
    assert!(tolerance < 0.1, "this says something");
    assert_near(mean, theory::alone(0.5), tolerance, "no probes");
}

// Search

/// Three machines on a network and with services that take no time, so that states differ by nothing but what was
/// decided; untimed search takes everything in any order all the same. The search does not branch on draws, so the order
/// of probing is given.
fn small(variant: Option<&str>, policy: &Json, jobs: &Json, order: [u32; 3]) -> Bench {
    bench(&json!({
        "nodes": 3,
        "delay": {"constant": 0},
        "parameters": {"service": 0},
        "policy": policy,
        "config": {"jobs": jobs, "probe-order": order},
        "variant": variant,
    }))
}

/// Walks all that can happen when so many jobs arrive at each machine, at any moments.
fn walk(mut bench: Bench, arrivals: [u32; 3], limit: usize) -> Walk {
    let budget: Vec<(Event, u32)> = (0..3).map(|k| (bench.request(k, submit(0)), arrivals[k as usize])).collect();
    explore(&bench, Mode::Untimed, &budget, limit)
}

const ORDERS: [[u32; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn every_interleaving_on_three_machines_is_right() {
    for (policy, jobs, arrivals, states) in [
        (json!({"threshold": 1, "probe-limit": 2}), json!([]), [2, 2, 1], 134_614),
        (json!({"threshold": 1, "probe-limit": 1}), json!([[0], [], []]), [2, 1, 1], 31_316),
        (json!({"threshold": 1, "probe-limit": 2, "reserve": true}), json!([]), [2, 2, 1], 150_814),
        (json!({"threshold": 2, "probe-limit": 2}), json!([[0, 0], [0], []]), [1, 2, 0], 15_928),
    ] {
        let mut found = 0;
        for order in ORDERS {
            let walk = walk(small(None, &policy, &jobs, order), arrivals, 400_000);
            assert_eq!(walk.broken, [], "{policy} {order:?}");
            assert!(walk.complete);
            found += walk.states;
        }
        assert_eq!(found, states, "{policy} {jobs}: states in the six orders of probing");
    }
}

#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let all_busy = json!([[0], [0], [0]]);
    let one_free = json!([[0], [0], []]);
    for (bug, limit, jobs, arrivals, shortest) in [
        ("probe-with-replacement", 2, &all_busy, [1, 1, 0], 3),
        ("no-limit", 1, &all_busy, [1, 1, 0], 3),
        ("any-answer", 2, &all_busy, [1, 1, 0], 3),
        ("bounce", 2, &one_free, [2, 1, 0], 9),
        ("lost-transfer", 2, &one_free, [2, 1, 0], 6),
        ("sleeper", 2, &one_free, [2, 1, 0], 6),
    ] {
        let policy = json!({"threshold": 1, "probe-limit": limit});
        let walk = walk(small(Some(bug), &policy, jobs, [0, 1, 2]), arrivals, 400_000);
        assert!(walk.complete, "{bug}: so nothing else is broken either");
        let found: Vec<_> = walk.broken.iter().map(|(name, run)| (*name, run.len())).collect();
        assert_eq!(found, [(ALGORITHM.bug(bug).unwrap().breaks, shortest)], "{bug}");
    }
}

// Random schedules

/// Any order of everything, and a user who keeps changing the policy: nothing breaks, and in the end all jobs are done.
#[test]
fn random_schedules_with_changes_of_policy_are_right() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let mut bench = bench(&json!({"nodes": 3 + seed % 4, "seed": seed}));
        random_run(&mut bench, seed, 300, Mode::Untimed, |bench, bits| {
            let policy = json!({"threshold": 1 + bits % 3, "probe-limit": bits / 3 % 4, "reserve": bits / 12 % 2});
            Some(policy_event(&ALGORITHM, bench, &policy))
        });
        assert_costs(&ALGORITHM, &bench, &format!("seed {seed}"));
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}");
        assert_eq!(bench.broken(), [""; 0], "seed {seed}");
        assert_costs(&ALGORITHM, &bench, &format!("seed {seed}"));
        let kept = (0..bench.world.members().len() as u32)
            .map(|k| bench.world.nodes()[k as usize].process().reflect().field("kept").map(ToString::to_string));
        assert!(kept.into_iter().all(|kept| kept.as_deref() == Some("[]")), "seed {seed}: a place is kept for ever");
    }
}

// Policy, workload, times

#[test]
fn a_change_of_policy_holds_for_what_comes_after() {
    let scenario = Scenario::embedded(&ALGORITHM, "eight-machines").unwrap().unwrap();
    let mut bench = Bench::new(scenario.prepare(&ALGORITHM).unwrap());
    let probes_in_1000_events = |bench: &mut Bench, policy: &Json| {
        let event = policy_event(&ALGORITHM, bench, policy);
        bench.take(event);
        let before = bench.world.tally().sent("Probe");
        assert_eq!(bench.play(1_000), 1_000);
        bench.world.tally().sent("Probe") - before
    };
    assert!(probes_in_1000_events(&mut bench, &json!({"probe-limit": 3})) > 100);
    assert_eq!(probes_in_1000_events(&mut bench, &json!({"probe-limit": 0})), 0);
    assert!(probes_in_1000_events(&mut bench, &json!({"probe-limit": 1})) > 100);
    assert_eq!(bench.broken(), [""; 0]);
    assert_costs(&ALGORITHM, &bench, "eight-machines");
}

/// The mark moves with the event, before any machine has done anything.
#[test]
fn the_threshold_drawn_is_the_one_in_force() {
    let mut bench = bench(&json!({"nodes": 2, "config": {"jobs": [[1000], []]}}));
    let shown = |bench: &Bench| {
        let status = bench.world.status(sim::NodeId(0));
        (status.word.clone(), status.gauges[0].marks.clone())
    };
    assert_eq!(shown(&bench), ("normal".into(), vec![(2, "threshold")]));
    let event = policy_event(&ALGORITHM, &mut bench, &json!({"threshold": 1}));
    bench.take(event);
    assert_eq!(shown(&bench), ("overloaded".into(), vec![(1, "threshold")]));
}

/// Common random numbers: two policies meet the same jobs at the same times.
#[test]
fn arrivals_do_not_depend_on_the_policy() {
    let arrivals = |limit: u32| {
        let mut scenario = Scenario::embedded(&ALGORITHM, "eight-machines").unwrap().unwrap();
        scenario.policy = json!({"probe-limit": limit});
        let mut bench = Bench::new(scenario.prepare(&ALGORITHM).unwrap());
        let mut arrived = Vec::new();
        while arrived.len() < 400 {
            assert!(bench.play_one());
            let (at, outputs) = (bench.step.at, bench.step.outputs().map(|output| output.reflect().to_string()));
            arrived.extend(outputs.filter(|output| output.starts_with("JobArrived")).map(|output| (at, output)));
        }
        arrived
    };
    let with_probes = arrivals(3);
    assert_eq!(with_probes, arrivals(0));
    // Eight machines with an arrival every 250 ms: 400 of them take 12.5 s, give or take four standard deviations.
    assert_near(with_probes[399].0.0 as f64 / 1e6, 12.5, 4.0 * 12.5 / 400_f64.sqrt(), "400 arrivals");
}

/// First come, first served, and a response time is from the arrival to the end, wherever that is.
#[test]
fn response_times_are_exact() {
    let mut bench = bench(&json!({"nodes": 2, "config": {"jobs": [[5_000, 3_000], []]}, "delay": {"constant": 100}}));
    bench.play_until(Micros(1_000));
    bench.ask(0, submit(2_000)); // Probe, answer and job take 300 µs: in service from 300 on, finished at 2,300.
    let mut finished = Vec::new();
    while bench.play_one() {
        finished.extend(bench.step.outputs().map(|output| (bench.step.at.0, output.reflect().to_string())));
    }
    finished.retain(|(_, output)| output.starts_with("JobFinished"));
    let expected = [
        // Response, travel, service, moves.
        (2_300, "JobFinished (1.3, 2.3 ms, 0.1 ms, 2 ms, 1)"),
        (5_000, "JobFinished (1.1, 5 ms, 0 ms, 5 ms, 0)"),
        (8_000, "JobFinished (1.2, 8 ms, 0 ms, 3 ms, 0)"),
    ];
    assert_eq!(finished, expected.map(|(at, output)| (at, output.to_owned())));
    let mean = ALGORITHM.plots.iter().find(|plot| plot.title == "mean response so far").unwrap();
    assert_eq!((mean.values)(&bench.world)[0].1, (2_300 + 5_000 + 8_000) / 3);
}

#[test]
fn a_machine_that_is_full_says_so() {
    let mut bench = bench(&json!({"nodes": 1}));
    let event = bench.request(0, submit(1_000_000));
    for _ in 0..10_000 {
        bench.world.take(event, &bench.payloads, &mut bench.step).unwrap();
    }
    let refusal = bench.world.refusal(event, &bench.payloads);
    assert_eq!(refusal.as_deref(), Some("There are 10000 jobs here already."));
    let view = bench.world.view(sim::NodeId(0));
    let offers = bench.world.nodes()[0].process().offers(&view);
    assert!(offers.iter().all(|offer| offer.refused == refusal), "the buttons give the same reason");
}

#[test]
fn what_cannot_be_read_says_what_was_expected() {
    for (fields, expected) in [
        (
            json!({"nodes": 2, "policy": {"threshold": 0}}),
            "`policy`: `threshold`: 0 is not a number of jobs from 1 to 1000",
        ),
        (
            json!({"nodes": 2, "policy": {"reserve": 2}}),
            "`policy`: `reserve`: expected true or false, or 1 or 0, not 2",
        ),
        (
            json!({"nodes": 2, "config": {"jobs": [[1], [], []]}}),
            "`config`: `jobs`: 3 machines, but the scenario has 2",
        ),
        (json!({"nodes": 2, "config": {"probe-order": [2]}}), "`config`: `probe-order`: there is no node 2"),
    ] {
        let error = scenario(&fields).prepare(&ALGORITHM).err().unwrap();
        assert_eq!(error.to_string(), expected);
    }
}

// Faults that it does not bear: the run goes on, and the broken assumption is named.

#[test]
fn a_lost_probe_does_no_harm_and_a_lost_job_is_lost() {
    let start = || bench(&json!({"nodes": 2, "config": {"jobs": [[9_000, 9_000], []]}, "delay": {"constant": 100}}));
    let drop_one = |bench: &mut Bench| {
        let id = bench.world.flights().next().unwrap().id;
        bench.take(Event::Drop(id));
        bench.play(100);
        bench.broken()
    };
    let mut probe = start();
    probe.ask(0, submit(1_000));
    assert_eq!(drop_one(&mut probe), [""; 0], "the job was run when its turn came");
    let mut job = start();
    job.ask(0, submit(1_000));
    job.deliver(0, 1);
    job.deliver(1, 0);
    assert_eq!(drop_one(&mut job), ["every job is in exactly one place"]);
    let verdict = job.verdict("every job is in exactly one place");
    assert!(matches!(verdict, sim::Verdict::Broken { after: Some(sim::Assumption::NoLoss), .. }), "{verdict:?}");
}

/// What theory says of a workload stands beside what is measured of it, and only where it says something.
#[test]
fn the_response_is_plotted_between_the_lines_of_theory() {
    let lines = |after: Json, request: Json, nodes: u32| {
        let rule = json!({"on": "start", "after": after, "request": request, "repeat": true});
        let bench = bench(&json!({"nodes": nodes, "workload": [rule]}));
        let plot = ALGORITHM.plots.iter().find(|plot| plot.title == "mean response so far").unwrap();
        (plot.values)(&bench.world)[1..].to_vec()
    };
    let drawn = |delay: Json| json!({"Submit": {"demand": {"draw": delay}}});
    let (often, service) = (json!({"exponential": "250 ms"}), json!({"exponential": "200 ms"}));
    // ρ = 0.8: five service times alone. With two servers ρ = 0.8 makes 1 / (1 − ρ²) service times.
    let expected = vec![("M/M/1, alone".to_owned(), 1_000_000), ("M/M/2, one queue".to_owned(), 555_556)];
    assert_eq!(lines(often.clone(), drawn(service.clone()), 2), expected);
    // Too much, and no exponential: theory has nothing to say.
    assert_eq!(lines(json!({"exponential": "200 ms"}), drawn(service.clone()), 2), []);
    assert_eq!(lines(json!({"constant": "250 ms"}), drawn(service), 2), []);
    assert_eq!(lines(often, json!({"Submit": {"demand": 200_000}}), 2), []);
}
