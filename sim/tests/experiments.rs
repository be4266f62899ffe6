//! Experiments: reading, refusing, running; shards; what the topics' own experiments say.
#![cfg(feature = "embed")]

use serde_json::json;
use sim::{
    Experiment, FileError, Scenario,
    algorithms::{self, ALGORITHMS},
    experiment::{Draft, Ended, Field, Outcome, Plan, Results, Shard, Typed, seed_of},
    json::Json,
};

/// A topic's own experiment, its scenario in it.
fn own(topic: &str, name: &str) -> Experiment {
    let algorithm = algorithms::find(topic).expect("the topic is listed");
    let mut experiment = Experiment::embedded(algorithm, name).expect("it is listed").expect("it is in order");
    experiment.resolve(scenario).expect("its scenario is there");
    experiment
}

/// The text of a topic's own scenario.
fn scenario(id: &str) -> Option<String> {
    let (topic, name) = id.rsplit_once('/')?;
    let texts = &algorithms::find(topic)?.texts;
    texts.scenarios.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
}

fn run(plan: &Plan) -> Vec<Option<Outcome>> {
    (0..plan.cells()).map(|cell| Some(plan.run(cell))).collect()
}

/// The random rings of Chang and Roberts, small.
fn rings(change: impl FnOnce(&mut Json)) -> Result<Plan, FileError> {
    let mut json: Json = serde_json::from_str(&own("election/chang-roberts", "random-rings").write()).expect("JSON");
    json["sweep"]["values"] = json!([2, 3, 4, 5]);
    json["replications"] = json!(8);
    change(&mut json);
    Plan::new(Experiment::read(&json.to_string())?)
}

#[test]
fn every_own_experiment_can_be_planned_and_its_cells_run() {
    for algorithm in ALGORITHMS {
        for name in algorithm.experiments {
            let mut experiment = own(algorithm.id, name);
            assert_eq!(experiment.name, *name);
            assert!(!experiment.notice.is_empty(), "{}/{name} does not say what to notice", algorithm.id);
            assert_eq!(Experiment::read(&experiment.write()).as_ref(), Ok(&experiment), "{}/{name}", algorithm.id);
            // The first point in every configuration: the others are the same with other numbers.
            experiment.sweep.values.truncate(1);
            experiment.replications = 1;
            let plan = Plan::new(experiment).unwrap_or_else(|error| panic!("{}/{name}: {error}", algorithm.id));
            for (cell, outcome) in run(&plan).into_iter().flatten().enumerate() {
                let label = &plan.experiment().configurations[plan.cell(cell as u32).configuration].label;
                assert_ne!(outcome.ended, Ended::Limit, "{}/{name}, {label}", algorithm.id);
            }
        }
    }
}

/// V:chang-roberts-2…7, chang-roberts-worst-franklin, hirschberg-sinclair-bound: mean, worst and best of all rings.
#[test]
fn random_rings_cost_what_the_reference_says() {
    let plan = rings(|json| {
        json["sweep"]["values"] = json!([2, 3, 4, 5, 6, 7, 8, 16]);
        json["replications"] = json!(200);
        json["measures"][0]["curves"][0] = json!({"label": "the reference", "of": "Chang–Roberts",
            "points": [[2, 3], [3, "5.5"], [4, "8.333333333"], [5, "11.416666667"], [6, "14.7"], [7, "18.15"]]});
        json["measures"][0]["curves"].as_array_mut().unwrap().extend([
            json!({"label": "worst", "points": [[2, 3], [3, 6], [4, 10], [5, 15], [6, 21], [7, 28], [8, 36], [16, 136]],
                "claim": "at-most", "of": "Chang–Roberts"}),
            json!({"label": "bound", "points": [[4, 96], [8, 256], [16, 640]], "claim": "at-most",
                "of": "Hirschberg–Sinclair"}),
            // V:hs-exact: the mean over all placements.
            json!({"label": "exact", "points": [[2, 10], [3, 23], [4, "29.333333333"], [5, "52.666666667"], [6, "61.2"],
                [7, "70.07"], [8, "80.08"]], "of": "Hirschberg–Sinclair"}),
        ]);
    })
    .unwrap();
    let results = Results::new(&plan, &run(&plan));
    assert!(!results.failed(), "{:?} {:?}", results.remarks, results.claims);
    let outside: Vec<_> = results.claims.iter().filter(|claimed| !claimed.holds).collect();
    // Thirteen means: one outside of its interval is no wonder, and it is always the same one.
    assert!(outside.len() <= 1, "{outside:?}");
    assert!(results.claims.len() > 30 && results.remarks.is_empty(), "{:?}", results.remarks);
}

#[test]
fn replications_have_the_same_seeds_at_every_point_and_in_every_configuration() {
    let plan = rings(|_| {}).unwrap();
    let seeds: Vec<u64> = (0..plan.cells()).map(|cell| plan.scenario(plan.cell(cell)).seed).collect();
    for (index, seed) in (0..).zip(&seeds) {
        assert_eq!(*seed, seed_of(1, plan.cell(index).replication));
    }
    let mut distinct = seeds;
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 8);
    // The rule is part of every published result.
    assert_eq!([seed_of(1, 0), seed_of(1, 1)], [5_101_833_678_908_978, 6_938_284_705_867_593]);
}

#[test]
fn shards_make_the_whole_whatever_their_order() {
    let plan = rings(|_| {}).unwrap();
    let all = run(&plan);
    let whole = Results::new(&plan, &all);
    let mut merged = vec![];
    for shard in [2, 0, 1] {
        let part: Vec<Option<Outcome>> =
            (0..).zip(&all).map(|(cell, outcome)| outcome.clone().filter(|_| cell % 3 == shard)).collect();
        let file = Shard::new(&plan, &part).write();
        Shard::read(&file).unwrap().add_to(&plan, &mut merged).unwrap();
        assert_eq!(merged.iter().flatten().count() == all.len(), shard == 1);
    }
    assert_eq!(merged, all);
    let merged = Results::new(&plan, &merged);
    assert_eq!((merged.to_csv(), merged.to_json(&plan)), (whole.to_csv(), whole.to_json(&plan)));
    let other = rings(|json| json["seed"] = json!(2)).unwrap();
    let error = Shard::new(&plan, &all).add_to(&other, &mut vec![]).unwrap_err();
    assert!(error.contains("another experiment"), "{error}");
    for text in ["", "{}", "{\"interleave-experiment\": 2}", "{\"interleave-experiment\": 1}"] {
        assert!(Shard::read(text).is_err(), "{text}");
    }
}

#[test]
fn wrong_experiments_are_refused_with_the_field_and_the_nearest_legal_value() {
    type Change = fn(&mut Json);
    let cases: [(Change, &str, &str); 17] = [
        (|json| json["version"] = json!(2), "version", "reads up to 1"),
        (|json| json["sweep"]["values"] = json!([]), "sweep.values", "at least 1"),
        (|json| json["sweep"]["values"] = json!([1]), "sweep.values[0]", "nearest legal value is 2"),
        (|json| json["sweep"]["values"] = json!([2, 900]), "sweep.values[1]", "nearest legal value is 200"),
        (|json| json["sweep"]["values"] = json!([4, 4]), "sweep.values[1]", "values rise"),
        (|json| json["sweep"]["set"] = json!({}), "sweep.set", "at least one place"),
        (|json| json["sweep"]["set"] = json!({"nodes": "m"}), "sweep.set.nodes", "no variable `m`"),
        (|json| json["sweep"]["set"] = json!({"nodes": "n/0"}), "sweep.set.nodes", "no whole number"),
        (
            |json| json["sweep"]["set"] = json!({"parameters.placement": "n"}),
            "sweep.values[1]",
            "nearest legal value is 2",
        ),
        (|json| json["replications"] = json!(0), "replications", "at least 1"),
        (|json| json["replications"] = json!(20_000), "replications", "at most 10000"),
        (|json| json["measures"] = json!([]), "measures", "at least 1"),
        (|json| json["measures"][0]["count"] = json!({"cost": "money"}), "measures[0].count", "has no cost `money`"),
        (
            |json| json["measures"][0]["curves"][0]["formula"] = json!("n*("),
            "measures[0].curves[0].formula",
            "character 4",
        ),
        (
            |json| json["measures"][0]["curves"][0]["of"] = json!("Bully"),
            "measures[0].curves[0].of",
            "no configuration",
        ),
        (
            |json| json["configurations"][0]["set"] = json!({"algorithm": "election/none"}),
            "base.algorithm",
            "election/none",
        ),
        (|json| json["until"] = json!({"outputs": ["Elected"]}), "until.outputs", "a list of 2"),
    ];
    for (change, field, message) in cases {
        let Err(error) = rings(change) else { panic!("{field}: {message} is not refused") };
        assert_eq!(error.field.as_deref(), Some(field), "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
    for text in ["", "[]", "{", "{\"version\": 1}", "{\"version\": 1, \"name\": 3}"] {
        assert!(Experiment::read(text).is_err(), "{text}");
    }
}

/// A closed loop of one process: 100 ms of thinking, 30 ms inside, nothing else.
#[test]
fn spans_rates_and_means_over_time_are_exact_and_leave_the_warm_up_out() {
    let text = json!({
        "version": 1, "name": "one", "title": "", "sentence": "", "replications": 2, "until": {"time": "10 s"},
        "warm-up": {"time": "1 s"},
        "base": {"algorithm": "mutex/centralized", "nodes": 2, "delay": {"constant": "5 ms"}, "workload": [
            {"on": "start", "after": {"constant": "100 ms"}, "request": "Enter", "nodes": [0]},
            {"on": "Entered", "after": {"constant": "30 ms"}, "request": "Exit"},
            {"on": "Exited", "after": {"constant": "100 ms"}, "request": "Enter"}]},
        "sweep": {"label": "delay", "variable": "d", "values": [5, 10], "set": {"delay.constant": "1000*d"}},
        "measures": [
            {"label": "client delay", "unit": "ms", "count": {"span": {"from": "Wanted", "to": "Entered"}},
             "curves": [{"label": "2T", "formula": "2*d", "claim": "exactly"}]},
            {"label": "messages per entry", "unit": "messages", "count": {"sent": []}, "per": {"output": "Entered"}},
            {"label": "entries per second", "unit": "entries", "count": {"outputs": ["Entered"]}, "per": "second"},
            {"label": "inside", "unit": "processes", "count": {"plot": {"title": "waiting and inside", "take": "sum"}}},
            {"label": "time", "unit": "ms", "count": "time"}
        ]
    });
    let mut experiment = Experiment::read(&text.to_string()).unwrap();
    let plots = algorithms::find("mutex/centralized").unwrap().plots;
    let sim::experiment::Count::Plot { title, .. } = &mut experiment.measures[3].count else { panic!("a plot") };
    *title = plots[0].title.to_owned();
    let plan = Plan::new(experiment).unwrap();
    let outcomes = run(&plan);
    let results = Results::new(&plan, &outcomes);
    assert!(!results.failed() && results.claims.iter().all(|claimed| claimed.holds), "{:?}", results.claims);
    let means = |panel: usize| -> Vec<f64> {
        results.panels[panel].measured[0].points.iter().map(|point| point.estimate.mean).collect()
    };
    assert_eq!(means(0), [10.0, 20.0]);
    assert_eq!(means(4), [9_000.0, 9_000.0]);
    // A round takes 130 ms and twice the delay: 9 s have 64 or 65, and 60, of them.
    for (rate, round) in means(2).into_iter().zip([0.140, 0.150]) {
        assert!((rate - 1.0 / round).abs() < 0.12, "{rate}");
    }
    // Waiting for twice the delay, and inside for 30 ms, of every round.
    for (sum, share) in means(3).into_iter().zip([40.0 / 140.0, 50.0 / 150.0]) {
        assert!((sum - share).abs() < 0.01, "{sum} {share}");
    }
    assert!(means(1).iter().all(|messages| (messages - 3.0).abs() < 0.1));
}

/// SYLLABUS `mutex/comparison`: what the reference's two tables say of messages and delays holds in every run.
#[test]
fn all_seven_cost_what_the_tables_say() {
    let mut busy = own("mutex/comparison", "busy");
    busy.sweep.values.retain(|value| [4.0, 9.0, 16.0].contains(&value.value()));
    (busy.replications, busy.judge) = (2, true);
    let plan = Plan::new(busy).unwrap();
    let results = Results::new(&plan, &run(&plan));
    assert!(!results.failed() && results.remarks.is_empty(), "{:?} {:?}", results.remarks, results.claims);
    assert!(results.claims.len() >= 39, "{}", results.claims.len());
}

/// Where all are asked, any crash stops everybody; the coordinator alone stops the coordinator's algorithm.
#[test]
fn one_crash_does_to_each_what_the_tables_say() {
    let mut crash = own("mutex/comparison", "one-crash");
    crash.replications = 4;
    let plan = Plan::new(crash).unwrap();
    let results = Results::new(&plan, &run(&plan));
    for line in &results.panels[0].measured {
        let entries: Vec<f64> = line.points.iter().map(|point| point.estimate.mean).collect();
        let stopped = entries.iter().filter(|mean| **mean == 0.0).count();
        match line.label.as_str() {
            "Lamport" | "Ricart–Agrawala" | "token ring" | "Maekawa, on a grid" => {
                assert_eq!(stopped, 9, "{entries:?}");
            }
            "centralized" => assert!(stopped == 1 && entries[8] == 0.0, "{entries:?}"),
            // The leaves of the tree stand between nobody.
            "Raymond, on a binary tree" => assert!(entries[..4].iter().all(|inner| *inner < entries[4]), "{entries:?}"),
            _ => assert_eq!(stopped, 0, "{}: {entries:?}", line.label),
        }
    }
}

/// What can be made of one of a topic's own scenarios.
fn draft(topic: &str, name: &str) -> Draft {
    let algorithm = algorithms::find(topic).expect("the topic is listed");
    let scenario = Scenario::embedded(algorithm, name).expect("it is listed").expect("it is in order");
    Draft::new(&scenario, algorithms::find(&scenario.algorithm).expect("it runs"), ALGORITHMS).expect("there is a knob")
}

/// What is proposed for the knob whose label begins so.
fn proposal(draft: &Draft, label: &str) -> Typed {
    let knob = draft.knobs.iter().position(|knob| knob.label.starts_with(label));
    draft.proposal(knob.unwrap_or_else(|| panic!("no knob `{label}`")))
}

/// Every knob of every scenario, as it is proposed: a plan that can be run, and written and read again.
#[test]
fn whatever_is_proposed_of_any_scenario_can_be_run() {
    let mut swept = 0;
    for algorithm in ALGORITHMS {
        for name in algorithm.scenarios.iter().take(2) {
            let scenario = Scenario::embedded(algorithm, name).expect("it is listed").expect("it is in order");
            let runs = algorithms::find(&scenario.algorithm).expect("it runs");
            let Some(draft) = Draft::new(&scenario, runs, ALGORITHMS) else { continue };
            for knob in 0..draft.knobs.len() {
                let typed = Typed { steps: "2".to_owned(), ..draft.proposal(knob) };
                match draft.experiment(&typed) {
                    Ok(experiment) => {
                        assert_eq!(Experiment::read(&experiment.write()).as_ref(), Ok(&experiment));
                        swept += 1;
                    }
                    // A scenario may be made for so many nodes, or for this threshold: then that is what is said.
                    Err((field, why)) => {
                        assert!(!why.is_empty() && field != Field::Measures, "{}/{name}: {why}", algorithm.id);
                    }
                }
            }
        }
    }
    assert!(swept > 100, "{swept} sweeps");
}

#[test]
fn a_load_is_swept_beside_its_theory_and_other_policies() {
    let draft = draft("load/machines", "eight-alone");
    let mut typed = proposal(&draft, "load of a node");
    let rival = draft.rivals.iter().position(|(id, _)| *id == "load/symmetric").expect("it has the same policy");
    typed.rivals[rival] = true;
    (typed.from, typed.to, typed.steps) = ("0.3".to_owned(), "0.6".to_owned(), "2".to_owned());
    (typed.until, typed.replications) = ("400 s".to_owned(), "3".to_owned());
    let plan = Plan::new(draft.experiment(&typed).expect("it is in order")).expect("it can be run");
    assert_eq!(plan.experiment().configurations.len(), 2);
    let results = Results::new(&plan, &run(&plan));
    let panel = &results.panels[0];
    assert_eq!(panel.label, "response time of a job");
    let labels: Vec<&str> = panel.curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["M/M/1: no sharing", "M/M/K: one queue"]);
    let mean = |line: usize, point: usize| panel.measured[line].points[point].estimate.mean;
    // Services of 200 ms on average.
    for (point, load) in [0.3, 0.6].into_iter().enumerate() {
        let alone = 200.0 / (1.0 - load);
        assert!((mean(0, point) / alone - 1.0).abs() < 0.08, "{} ms alone, expected {alone}", mean(0, point));
        assert!(mean(1, point) < mean(0, point) && mean(1, point) > 200.0 * 0.95, "both sides: {}", mean(1, point));
    }
}

#[test]
fn what_cannot_be_swept_is_refused_with_the_nearest_that_can() {
    let draft = draft("load/machines", "eight-alone");
    let refused = |label: &str, change: &dyn Fn(&mut Typed)| {
        let mut typed = proposal(&draft, label);
        change(&mut typed);
        draft.experiment(&typed).expect_err("it was refused")
    };
    let set = |text: &str| text.to_owned();
    for (label, change, field, words) in [
        ("load", &(|typed: &mut Typed| typed.to = set("1")) as &dyn Fn(&mut Typed), Field::To, "no steady state"),
        ("load", &|typed| typed.to = set("1.2"), Field::To, "the nearest legal value is 0.99"),
        ("load", &|typed| typed.from = set("0"), Field::From, "the nearest legal value is 0.01"),
        ("delay", &|typed| typed.from = set("-5"), Field::From, "not negative; the nearest legal value is 0"),
        ("threshold", &|typed| typed.from = set("1.5"), Field::From, "a whole number"),
        ("load", &|typed| typed.steps = set("0"), Field::Steps, "the nearest legal number is 1"),
        ("load", &|typed| typed.steps = set("500"), Field::Steps, "the nearest legal number is 200"),
        ("load", &|typed| typed.to = set("0.1"), Field::To, "does not come after"),
        ("load", &|typed| typed.replications = set("0"), Field::Replications, "the nearest legal number is 1"),
        ("load", &|typed| typed.until = set("0"), Field::Until, "the nearest legal value is"),
        ("load", &|typed| typed.until = set("soon"), Field::Until, "is not a time"),
        ("load", &|typed| typed.measures.fill(false), Field::Measures, "at least one"),
    ] {
        let (at, why) = refused(label, change);
        assert_eq!(at, field, "{why}");
        assert!(why.contains(words), "{label}: {why}");
    }
}
