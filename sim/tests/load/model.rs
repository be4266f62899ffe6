//! Machines and jobs: arrivals, demands, speeds, turns, and the laws that hold whatever the policy.

use crate::support::{assert_near, bench, deep, jobs_at, scenario, submit};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Experiment, Micros, NodeId, Scenario, Session, Stamping, Step, World,
    algorithms::load::{location_threshold, machines, power_of_two, symmetric, theory},
    experiment::{Estimate, Plan},
    testing::Bench,
};
use std::sync::Arc;

/// Open arrivals, on average of one second of work each, that keep a machine busy for this share of the time.
fn arrivals(load: f64, burst: u32, demand: &Json) -> Json {
    json!([{
        "on": "start", "after": {"exponential": (1e6 * f64::from(burst) / load).round() as u64}, "burst": burst,
        "request": {"Submit": {"demand": {"draw": demand}}}, "repeat": true,
    }])
}

/// The mean response in seconds, the first tenth of the jobs left out.
fn response(algorithm: &'static Algorithm, fields: &Json, jobs: u64) -> f64 {
    let setup = Arc::new(scenario(algorithm, fields).prepare(algorithm).unwrap());
    let mut step = Step::default();
    let mut world = World::new(Arc::clone(&setup), Stamping::None, &mut step);
    let known = algorithm.statistics.iter().find(|known| known.name == "response time of a job").unwrap();
    let mut after = |jobs: u64| {
        while world.tally().outputs("JobFinished") < jobs {
            world.next(&setup.payloads, &mut step).expect("arrivals never end");
        }
        (known.total)(&world)
    };
    let (early, late) = (after(jobs / 10), after(jobs));
    (late.0 - early.0) as f64 / 1e6 / (late.1 - early.1) as f64
}

/// A scenario of the topic.
fn own(name: &str) -> Bench {
    let scenario = Scenario::embedded(&machines::ALGORITHM, name).unwrap().unwrap();
    Bench::new(scenario.prepare(&machines::ALGORITHM).unwrap())
}

/// Plays until nothing is left; when each job was finished, in milliseconds.
fn ends(bench: &mut Bench) -> Vec<u64> {
    let mut ends = vec![];
    loop {
        let before = bench.world.tally().outputs("JobFinished");
        if !bench.play_one() {
            return ends;
        }
        if bench.world.tally().outputs("JobFinished") > before {
            ends.push(bench.world.now().0 / 1000);
        }
    }
}

/// At half load a single machine needs 1 + (1 + c²)/2 service times for a job by Pollaczek and Khinchine, and with bursts of
/// b, which come all at once, (1 + b)/2 / (1 − ρ).
#[test]
fn queues_respond_as_theory_says_for_every_arrival_and_service() {
    let jobs = if deep() { 2_000_000 } else { 60_000 };
    let hyper = json!({"hyperexponential": [900, 500_000, 5_500_000]});
    // E[X²] = 0.9·2·0.5² + 0.1·2·5.5² = 6.5, so c² = 5.5.
    for (what, burst, demand, expected) in [
        ("exponential", 1, json!({"exponential": 1_000_000}), 2.0),
        ("constant", 1, json!({"constant": 1_000_000}), 1.5),
        ("hyperexponential", 1, hyper, 1.0 + 6.5 / 2.0),
        ("bursts of 4", 4, json!({"exponential": 1_000_000}), 5.0),
    ] {
        let fields = json!({"nodes": 10, "workload": arrivals(0.5, burst, &demand)});
        let mean = response(&machines::ALGORITHM, &fields, jobs);
        println!("{what}: {mean:.4}, expected {expected}");
        assert_near(mean, expected, expected * if deep() { 0.02 } else { 0.08 }, what);
    }
}

/// Processor sharing does not feel the distribution of the services: 1 / (1 − ρ) for each of them.
#[test]
fn taking_turns_makes_long_jobs_harmless() {
    let jobs = if deep() { 500_000 } else { 20_000 };
    for demand in [json!({"constant": 1_000_000}), json!({"hyperexponential": [900, 500_000, 5_500_000]})] {
        let fields = json!({"nodes": 10, "parameters": {"quantum": "50 ms"}, "workload": arrivals(0.5, 1, &demand)});
        let mean = response(&machines::ALGORITHM, &fields, jobs);
        println!("{demand} in turns: {mean:.4}");
        assert_near(mean, 2.0, if deep() { 0.06 } else { 0.16 }, &demand.to_string());
    }
}

#[test]
fn jobs_take_turns_and_are_finished_when_the_caption_says() {
    let mut bench = own("in-turns");
    assert_eq!(ends(&mut bench), [160, 410, 810]);
    assert_eq!(bench.broken(), [""; 0]);
}

#[test]
fn a_fast_machine_needs_less_time_for_the_same_work() {
    let mut bench = own("fast-and-slow");
    assert_eq!(ends(&mut bench), [210, 410, 860]);
    assert_eq!(bench.broken(), [""; 0]);
    let refused = |config: Json| {
        let fields = json!({"nodes": 2, "config": config});
        scenario(&machines::ALGORITHM, &fields).prepare(&machines::ALGORITHM).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused(json!({"speeds": [0]})).contains("the nearest is 1"));
    assert!(refused(json!({"speeds": [1, 2, 3]})).contains("3 machines, but the scenario has 2"));
}

#[test]
fn a_trace_says_when_and_where_and_how_long() {
    let mut bench = own("trace-file");
    bench.play_until(Micros(89_999));
    assert_eq!([0, 1, 2].map(|machine| jobs_at(&bench.world, machine)), [3, 1, 0]);
    assert_eq!(ends(&mut bench).len(), 8);
    assert_eq!(bench.broken(), [""; 0]);
}

#[test]
fn a_bare_trace_is_a_run_of_the_nodes_that_it_names() {
    let text = "# recorded\nat, node, demand\n10 ms, north, 5 ms\n20 ms, south, 7 ms\n";
    let mut session = Session::read(text).unwrap();
    assert_eq!(session.world().name(NodeId(1)), "south");
    session.play(100, |_, _, _| false).unwrap();
    assert_eq!(session.world().tally().outputs("JobFinished"), 2);
    // What is written of it is read again.
    let again = Session::read(&session.scenario().write()).unwrap();
    assert_eq!(again.scenario(), session.scenario());
    for (text, place) in [
        ("at, node, demand\n10 ms, north, long\n", "line 2, column 15"),
        ("at, node, demand\n10 ms, north\n", "line 2, column 13"),
        ("when, node\n1, north\n", "line 1, column 1"),
        ("hello", "line 1, column 1"),
    ] {
        let error = Session::read(text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(place) && error.contains("expected"), "{text:?}: {error}");
    }
    let error = Session::read("at, node\n10 ms, north\n").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("the trace has no column `demand`"), "{error}");
}

#[test]
fn demands_are_drawn_from_a_file_and_a_workload_without_one_is_refused() {
    let workload = json!([{
        "on": "start", "after": {"constant": 1_000}, "repeat": true, "limit": 300,
        "request": {"Submit": {"demand": {"draw": {"column": "demand"}}}},
    }]);
    let mut known =
        bench(&machines::ALGORITHM, &json!({"nodes": 1, "workload": workload, "trace": "demand\n10\n20\n60\n"}));
    known.play(10_000);
    let (sum, jobs) = (machines::ALGORITHM.statistics[2].total)(&known.world);
    assert_eq!(jobs, 300);
    assert_near(sum as f64 / jobs as f64, 30.0, 4.0, "the mean of the column");
    let refused = |fields: Json| {
        scenario(&machines::ALGORITHM, &fields).prepare(&machines::ALGORITHM).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused(json!({"nodes": 1, "workload": workload})).contains("this scenario has none"));
    let row = json!([{"on": "trace", "request": {"Submit": {"demand": {"column": "demand"}}}}]);
    let error = refused(json!({"nodes": 1, "workload": row, "trace": "demand\n10\n"}));
    assert!(error.contains("none with a column `at`"), "{error}");
    let error = refused(json!({"nodes": 1, "workload": row, "trace": "at, demand\n10, x\n"}));
    assert!(error.contains("line 2, column 5") && error.contains("found `x`"), "{error}");
}

/// Little's law in every replication, and the mean of the queue within the interval of theory. The number of jobs is looked
/// at after every event; throughput and response are what the machines have summed up.
#[test]
fn littles_law_holds_within_the_interval() {
    for policy in [
        json!({"location": "nowhere"}),
        json!({"threshold": 2, "probe-limit": 3, "location": "threshold"}),
        json!({"threshold": 1, "probe-limit": 3, "location": "threshold", "receive": "yes"}),
    ] {
        let experiment = json!({
            "version": 1, "name": "little", "title": "", "sentence": "",
            "base": {
                "version": 1, "algorithm": "load/machines", "name": "little", "title": "", "sentence": "", "nodes": 10,
                "delay": {"constant": 0}, "policy": policy,
                "workload": arrivals(0.5, 1, &json!({"exponential": 1_000_000})),
            },
            "sweep": {"label": "load", "variable": "load", "values": ["0.5", "0.7"], "set": {"workload[0].after.exponential": "1000000/load"}},
            "replications": 5, "until": {"outputs": ["JobFinished", 6_000]}, "warm-up": {"outputs": ["JobFinished", 1_000]},
            "measures": [
                {"label": "seen", "unit": "jobs", "count": {"plot": {"title": "jobs at each machine", "take": "sum"}}},
                {"label": "summed up", "unit": "jobs", "count": {"statistic": "jobs in the system"}},
                {"label": "λR", "unit": "jobs", "count": {"statistic": "throughput × response time"}},
            ],
        });
        let plan = Plan::new(Experiment::read(&experiment.to_string()).unwrap()).unwrap();
        let outcomes: Vec<Vec<f64>> = (0..plan.cells())
            .map(|cell| plan.run(cell).values.iter().map(|value| value.unwrap().value().unwrap()).collect())
            .collect();
        for values in &outcomes {
            // With no delay nothing is on its way: both ways of counting see the same jobs.
            assert_near(values[1], values[0], 1e-3 * values[0], "the number of jobs, seen and summed up");
            assert_near(values[2], values[0], 0.03 * values[0], &format!("{policy}: λR"));
        }
        let of = |point: usize, measure: usize| {
            let values: Vec<f64> = outcomes.iter().skip(point).step_by(2).map(|values| values[measure]).collect();
            Estimate::of(&values).unwrap()
        };
        for point in [0, 1] {
            let (seen, product) = (of(point, 0), of(point, 2));
            assert!(seen.has(product.mean), "{policy}: {product:?} is not within {seen:?}");
        }
    }
}

/// Every job in one place, and its times add up, under every topic that runs machines; the bug that hides waiting is caught.
#[test]
fn conservation_is_judged_in_every_topic_about_load() {
    let topics = sim::algorithms::ALGORITHMS.iter().filter(|topic| topic.id.starts_with("load/"));
    let with_jobs = topics.filter(|topic| topic.plots.iter().any(|plot| plot.title == "jobs at each machine"));
    let mut count = 0;
    for topic in with_jobs {
        for property in ["every job is in exactly one place", "waiting, service and travel add up to the response time"]
        {
            assert!(
                topic.properties.iter().any(|known| known.name == property),
                "{} does not judge: {property}",
                topic.id
            );
        }
        count += 1;
    }
    assert!(count >= 8);
    let wrong = |algorithm: &'static Algorithm, variant: &str| {
        let fields = json!({
            "nodes": 2, "variant": variant, "config": {"jobs": [[90_000], []]},
            "policy": {"threshold": 1, "probe-limit": 1, "location": "threshold"},
        });
        let mut bench = bench(algorithm, &fields);
        // M2 says that it has nothing to do, and gets a job before the other one comes.
        bench.ask(0, submit(5_000));
        bench.deliver(0, 1);
        bench.ask(1, submit(90_000));
        bench.play(1_000);
        bench.broken()
    };
    assert_eq!(
        wrong(&machines::ALGORITHM, "counts-from-here"),
        ["waiting, service and travel add up to the response time"]
    );
    assert_eq!(wrong(&location_threshold::ALGORITHM, "lost-transfer")[0], "every job is in exactly one place");
}

/// M/M/1, M/M/K and the supermarket: within 1 % up to a load of 0.9 where there is time. Machines that ask all others on both
/// sides never let a job wait while one of them is idle: that is M/M/K.
#[test]
fn long_runs_are_as_theory_says() {
    let (loads, tolerance) = if deep() { (&[0.3, 0.5, 0.7, 0.8, 0.9][..], 0.01) } else { (&[0.5][..], 0.07) };
    let all = |machines: u32| json!({"threshold": 1, "probe-limit": machines - 1, "receive": "yes"});
    let two = json!({"probe-limit": 1, "location": "choices"});
    // Many machines have many links, which take their time.
    let many = if deep() { 400 } else { 60 };
    for &load in loads {
        // The relative variance of a mean of M/M/1 is 2 (1 + ρ) / ρ (1 − ρ)² for each job; where all share it is less.
        let idle: f64 = 1.0 - load;
        let jobs = if deep() { (400_000.0 / idle / idle).round() as u64 } else { 60_000 };
        let cases: [(&'static Algorithm, u32, Json, f64); 5] = [
            (&machines::ALGORITHM, 20, json!({"location": "nowhere"}), theory::alone(load)),
            (&symmetric::ALGORITHM, 2, all(2), theory::pooled(2, load)),
            (&symmetric::ALGORITHM, 5, all(5), theory::pooled(5, load)),
            (&symmetric::ALGORITHM, 20, all(20), theory::pooled(20, load)),
            (&power_of_two::ALGORITHM, many, two.clone(), theory::choices(2, load)),
        ];
        for (algorithm, machines, policy, expected) in cases {
            let workload = arrivals(load, 1, &json!({"exponential": 1_000_000}));
            let fields = json!({"nodes": machines, "delay": {"constant": 0}, "policy": policy, "workload": workload});
            let share = if algorithm.id == "load/machines" { 1 } else { u64::from(machines.min(8)) };
            let mean = response(algorithm, &fields, (jobs / share).max(60_000));
            println!("{} of {machines} at {load}: {mean:.4}, expected {expected:.4}", algorithm.id);
            assert_near(mean, expected, tolerance * expected, &format!("{} of {machines} at {load}", algorithm.id));
        }
    }
}
