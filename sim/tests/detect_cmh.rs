//! What the tests that walk the list cannot say about the probe algorithm: the vectors of the reference, every reachable
//! state of three processes, random programs on random sites, and the shortest run to each planted mistake.
#![cfg(feature = "embed")]

#[path = "detect_cmh/support.rs"]
mod support;

use serde_json::{Value as Json, json};
use sim::{
    Assumption, EdgeKind, Event, Mode, NodeId, PartKind, Scenario, Verdict,
    algorithms::deadlock::detect_cmh::ALGORITHM,
    narrate,
    random::below,
    testing::{Bench, explore, random_run},
};
use std::collections::{BTreeMap, BTreeSet};
use support::{Graph, Seen, Triple, bench, edges, embedded, number, random_bench, run, triples, true_waits, vector};

const REAL: &str = "a declared deadlock is a real cycle";
const HOME: &str = "a probe that starts on a cycle comes home";
const DECLARED: &str = "every deadlock is declared";
const ONCE: &str = "at most one probe for each edge and run";

// Vectors.

#[test]
fn nine_processes_on_three_machines_as_in_the_textbook() {
    let vector = vector("cmh-tanenbaum");
    let graph = Graph::of(&vector["inputs"]);
    let expected = &vector["expected"];
    let (seen, bench) = run(&graph, number(&vector["inputs"]["initiator"]), &Json::Null);
    assert_eq!(seen.all(), triples(&expected["probes"]));
    assert_eq!(seen.messages.iter().copied().collect::<BTreeSet<_>>(), triples(&expected["inter_site"]));
    assert_eq!(seen.messages.len(), 4);
    assert_eq!(seen.deadlocks, vec!["Deadlock(P0)"]);
    assert_eq!(bench.broken(), Vec::<&str>::new());
    // In the version of the notes each hop is a message, also inside a machine.
    let (seen, _) = run(&graph, 0, &json!("no-dependent-array"));
    assert_eq!(seen.messages.iter().copied().collect::<BTreeSet<_>>(), triples(&expected["probes"]));
    assert_eq!((seen.local.len(), seen.deadlocks.len()), (0, 1));
    // The scenario is the same run.
    let mut scenario = Seen::default();
    scenario.play(&mut embedded("tanenbaum"), 2_000);
    assert_eq!(scenario.messages.iter().copied().collect::<BTreeSet<_>>(), triples(&expected["inter_site"]));
}

#[test]
fn a_cycle_of_three_takes_three_probes() {
    let vector = vector("cmh-3cycle");
    let (seen, bench) = run(&Graph::of(&vector["inputs"]), number(&vector["inputs"]["initiator"]), &Json::Null);
    assert_eq!(seen.all(), triples(&vector["expected"]["probes"]));
    assert_eq!(seen.messages.len(), 3);
    assert_eq!(seen.deadlocks, vec!["Deadlock(P1)"]);
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((3, 3)));
}

#[test]
fn an_initiator_off_the_cycle_reports_nothing_and_its_probe_ends_only_with_the_array() {
    let vector = vector("cmh-initiator-off-cycle");
    let graph = Graph::of(&vector["inputs"]);
    let (seen, bench) = run(&graph, 0, &Json::Null);
    assert_eq!(seen.all(), triples(&vector["expected"]["with_dependent_array_probes"]));
    assert_eq!(seen.messages.len(), 3);
    assert_eq!(seen.deadlocks.len(), usize::from(vector["expected"]["deadlock_reported_by_0"] == json!(true)));
    let Verdict::Pending(violation) = bench.verdict(DECLARED) else { panic!("P1 and P2 could still probe") };
    assert_eq!(violation.culprits, vec![NodeId(1), NodeId(2)]);

    let (seen, bench) = run(&graph, 0, &json!("no-dependent-array"));
    assert_eq!(bench.world.flights().count(), 1, "it is still under way");
    assert_eq!(seen.messages.len(), 2_001);
    let round: BTreeSet<Triple> = seen.messages[1..].iter().copied().collect();
    assert_eq!(round, BTreeSet::from([(0, 1, 2), (0, 2, 1)]));
    assert_eq!(seen.deadlocks.len(), 0);
    assert_eq!(bench.broken(), vec![ONCE]);
}

#[test]
fn a_chain_is_no_deadlock() {
    let vector = vector("cmh-no-deadlock");
    let (seen, bench) = run(&Graph::of(&vector["inputs"]), 0, &Json::Null);
    assert_eq!(seen.all(), triples(&vector["expected"]["probes"]));
    assert_eq!(seen.deadlocks.len(), 0);
    assert_eq!(*bench.verdict(DECLARED), Verdict::Holds);
}

#[test]
fn the_bound_is_the_number_of_edges_between_sites_and_no_formula_of_the_textbooks() {
    let vector = vector("cmh-bound");
    let (seen, bench) = run(&Graph::of(&vector["inputs"]), 1, &Json::Null);
    assert_eq!(seen.messages.len() as u32, number(&vector["expected"]["inter_site_probes"]));
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((2, 2)));
    let quoted = vector["expected"]["quoted_formula_value"].as_f64().expect("a number");
    assert!(quoted < seen.messages.len() as f64, "m(n − 1)/2 is no bound");

    // Six processes, two to a site, each waiting for all on the other sites: 24, where m(n − 1)/2 gives 6.
    let sites: BTreeMap<u32, u32> = (0..6).map(|process| (process, process / 2)).collect();
    let apart = |from: u32, to: u32| from / 2 != to / 2;
    let edges = (0..6).flat_map(|from| (0..6).filter(move |&to| apart(from, to)).map(move |to| (from, to))).collect();
    let (seen, bench) = run(&Graph { edges, sites }, 0, &Json::Null);
    assert_eq!(seen.messages.len(), 24);
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((24, 24)));
}

#[test]
fn a_second_run_finds_what_closed_after_the_first() {
    let vector = vector("cmh-reprobe");
    for (variant, form) in [(Json::Null, "numbered_runs"), (json!("write-once-array"), "write_once_array")] {
        let steps = vector["inputs"]["steps"].as_array().expect("a list");
        let (first, second) = (Graph::of(&steps[0]), Graph::of(&steps[1]));
        let mut bench = first.bench(&variant);
        let mut found = vec![];
        let mut seen = Seen::default();
        first.probe(&mut bench, number(&steps[0]["initiator"]));
        seen.play(&mut bench, 100);
        found.push(!seen.deadlocks.is_empty());
        let closing = second.edges.iter().find(|edge| !first.edges.contains(edge)).expect("one edge more");
        let ask = json!({ "Ask": { "process": format!("P{}", closing.0), "resources": [format!("R{}", closing.1)] } });
        bench.ask(first.sites[&closing.0], ask);
        bench.play(100);
        first.probe(&mut bench, number(&steps[1]["initiator"]));
        seen.play(&mut bench, 100);
        found.push(!seen.deadlocks.is_empty());
        assert_eq!(json!(found), vector["expected"][form], "{form}");
        assert_eq!(bench.broken(), if form == "numbered_runs" { vec![] } else { vec![HOME] });
    }
}

// The lecture.

#[test]
fn three_sites_see_no_cycle_and_one_probe_finds_it() {
    let mut bench = embedded("three-sites");
    let local_graph = |bench: &Bench, site: usize| bench.world.nodes()[site].process().status().detail;
    bench.play_one();
    assert_eq!(narrate::headline(&bench.step, &bench.world, &bench.payloads), "Site C lets P5 ask for R5");
    bench.play(2);
    assert_eq!(local_graph(&bench, 0), "local graph: P1 → P2, no cycle");
    assert_eq!(local_graph(&bench, 1), "local graph: P3 → P4, no cycle");
    assert_eq!(local_graph(&bench, 2), "local graph: P6 → P5, no cycle");
    let mut told = vec![];
    while bench.play_one() {
        told.push(narrate::headline(&bench.step, &bench.world, &bench.payloads));
    }
    assert_eq!(
        told,
        [
            "Site A starts a probe for P1",
            "Site B receives PROBE (1, 2, 3) from Site A",
            "Site C receives PROBE (1, 4, 5) from Site B",
            "Site A receives PROBE (1, 5, 1) from Site C",
        ]
    );
    assert_eq!(bench.world.nodes()[0].process().status().word, "deadlock of P1");
    assert_eq!(bench.broken(), Vec::<&str>::new());
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((3, 3)));
}

#[test]
fn parts_and_edges_are_those_of_the_picture() {
    let mut bench = embedded("three-sites");
    bench.play(3);
    let waits = ["P1→P2", "P2→P3", "P3→P4", "P4→P5", "P5→P1", "P6→P5"];
    assert_eq!(edges(&bench, EdgeKind::WaitsFor), waits.map(String::from).into());
    let held = ["R1→P2", "R2→P3", "R3→P4", "R4→P5", "R5→P1"];
    assert_eq!(edges(&bench, EdgeKind::HeldBy), held.map(String::from).into());
    let parts = |site: usize, kind| {
        let parts = bench.world.nodes()[site].process().parts();
        parts.into_iter().filter(|part| part.kind == kind).map(|part| part.name).collect::<Vec<_>>()
    };
    assert_eq!(
        (parts(0, PartKind::Process), parts(0, PartKind::Resource)),
        (vec!["P1".into(), "P2".into()], vec!["R1".into(), "R5".into()])
    );
    let waits = bench.world.nodes()[0].process().waits_for();
    let across = waits.iter().find(|wait| wait.on != NodeId(0)).expect("P2 waits for P3 at site B");
    assert_eq!((across.on, across.what.as_str()), (NodeId(1), "R2"));
}

#[test]
fn an_early_release_makes_a_phantom_and_the_check_says_why() {
    let mut bench = embedded("early-release");
    bench.play(2_000);
    assert_eq!(bench.broken(), vec![REAL]);
    let Verdict::Broken { violation, .. } = bench.verdict(REAL) else { panic!("broken") };
    assert!(violation.why.contains("Blocked processes may release here"), "{}", violation.why);
    assert_eq!(violation.culprits, vec![NodeId(0)]);
}

#[test]
fn a_blocked_process_keeps_what_it_holds_and_the_button_says_so() {
    let mut bench = embedded("two-initiators");
    let refusal = |bench: &mut Bench, json: Json| {
        let event = bench.request(1, json);
        bench.world.refusal(event, &bench.payloads)
    };
    let release = json!({ "Release": { "process": "P2", "resource": "R2" } });
    let reason = "P2 is blocked: it waits for R3, and keeps what it holds meanwhile.";
    assert_eq!(refusal(&mut bench, release).as_deref(), Some(reason));
    let ask = json!({ "Ask": { "process": "P2", "resources": ["R1"] } });
    assert_eq!(refusal(&mut bench, ask).as_deref(), Some("P2 is blocked: it waits for R3."));
    let elsewhere = json!({ "Probe": { "process": "P1" } });
    assert_eq!(refusal(&mut bench, elsewhere).as_deref(), Some("P1 does not run at this site."));
    let probe = json!({ "Probe": { "process": "P2" } });
    assert_eq!(refusal(&mut bench, probe), None);
    bench.play(100);
    let unknown = json!({ "Ask": { "process": "P2", "resources": ["R9"] } });
    assert_eq!(refusal(&mut bench, unknown).as_deref(), Some("There is no resource R9."));
}

// Loss, copies and order.

#[test]
fn a_lost_probe_is_made_up_for_by_the_next_run() {
    for (probes, found) in [(1, false), (2, true)] {
        let mut bench = bench(
            2,
            &json!({
                "parameters": { "probes": probes },
                "config": {
                    "sites": [["P1"], ["P2"]],
                    "resources": [
                        { "resource": "R1", "site": 0, "holder": "P1" }, { "resource": "R2", "site": 1, "holder": "P2" },
                    ],
                    "waits": [["P1", "R2"], ["P2", "R1"]],
                },
            }),
        );
        // Both processes probe at the same time, and both probes are lost.
        bench.play(2);
        let lost: Vec<Event> = bench.world.flights().map(|flight| Event::Drop(flight.id)).collect();
        assert_eq!(lost.len(), 2);
        for event in lost {
            bench.take(event);
        }
        bench.play(100);
        assert!(bench.world.is_quiet());
        assert_eq!(bench.world.tally().outputs("Deadlock") > 0, found);
        let after_loss =
            |name: &str| matches!(bench.verdict(name), Verdict::Broken { after: Some(Assumption::NoLoss), .. });
        assert!(after_loss(HOME), "the first run did not come home, for a reason that is named");
        assert_eq!(after_loss(DECLARED), !found);
    }
}

fn copy_a_probe(bench: &mut Bench, bits: u64) -> Option<Event> {
    let mut probes: Vec<_> =
        bench.world.flights().filter(|flight| flight.payload.kind() == "Probe").map(|flight| flight.id).collect();
    probes.sort_unstable();
    (!probes.is_empty()).then(|| Event::Duplicate(probes[below(bits, probes.len() as u64) as usize]))
}

// Every reachable state of three processes, each on its own site with a resource of its own.

fn start(parameters: &Json, variant: &Json) -> Bench {
    bench(3, &json!({ "parameters": parameters, "variant": variant }))
}

fn asks(bench: &mut Bench, process: u32, resources: &[u32], times: u32) -> (Event, u32) {
    let names: Vec<String> = resources.iter().map(|resource| format!("R{resource}")).collect();
    (bench.request(process - 1, json!({ "Ask": { "process": format!("P{process}"), "resources": names } })), times)
}

fn releases(bench: &mut Bench, process: u32, resource: u32) -> (Event, u32) {
    let json = json!({ "Release": { "process": format!("P{process}"), "resource": format!("R{resource}") } });
    (bench.request(process - 1, json), 1)
}

fn probes(bench: &mut Bench, process: u32, times: u32) -> (Event, u32) {
    (bench.request(process - 1, json!({ "Probe": { "process": format!("P{process}") } })), times)
}

#[test]
fn three_processes_that_ask_in_a_circle_never_go_wrong() {
    let mut start = start(&json!({}), &Json::Null);
    let budget = [
        asks(&mut start, 1, &[2], 1),
        asks(&mut start, 2, &[3], 1),
        asks(&mut start, 3, &[1], 1),
        releases(&mut start, 3, 3),
        releases(&mut start, 2, 2),
    ];
    let walk = explore(&start, Mode::Untimed, &budget, 400_000);
    assert!(walk.complete);
    assert_eq!(walk.broken, vec![]);
    assert_eq!((walk.states, walk.quiet), (27_112, 464));
}

/// P1 needs two resources at once, of P2 that waits for P1 and of P3 that may release. P1 asks itself twice, at any time.
#[test]
fn three_processes_with_a_double_request_never_go_wrong() {
    let mut start = start(&json!({ "start": "hand" }), &Json::Null);
    let budget = [
        asks(&mut start, 1, &[2, 3], 1),
        asks(&mut start, 2, &[1], 1),
        releases(&mut start, 3, 3),
        probes(&mut start, 1, 2),
    ];
    let walk = explore(&start, Mode::Untimed, &budget, 400_000);
    assert!(walk.complete);
    assert_eq!(walk.broken, vec![]);
    assert_eq!((walk.states, walk.quiet), (2_415, 17));
}

// Random programs.

fn runs() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}

#[test]
fn random_programs_on_random_sites_declare_what_is_and_nothing_else() {
    let (mut deadlocks, mut releases) = (0, 0);
    for seed in 0..runs() {
        let mut bench = random_bench(seed);
        let copies = seed % 4 == 3;
        random_run(&mut bench, seed, 200, Mode::Untimed, |bench, bits| {
            copies.then(|| copy_a_probe(bench, bits)).flatten()
        });
        bench.play(20_000);
        assert!(bench.world.is_quiet(), "seed {seed} does not end");
        // A copy of a probe is passed on no second time, and makes nothing untrue.
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        assert_eq!(
            edges(&bench, EdgeKind::WaitsFor),
            true_waits(&bench),
            "seed {seed}: somebody waits for the wrong one"
        );
        for cost in ALGORITHM.costs {
            if let Some((counted, formula)) = (cost.count)(&bench.world) {
                assert!(cost.relation.holds(counted, formula), "seed {seed}: {counted} probes, at most {formula}");
            }
        }
        deadlocks += bench.world.tally().outputs("Deadlock");
        releases += bench.world.tally().sent("Release");
    }
    assert!(
        deadlocks > runs() / 2 && releases > runs() / 2,
        "{deadlocks} deadlocks and {releases} releases say little"
    );
}

// Planted mistakes.

/// The shortest run of three processes that shows a bug: its length, and what else is broken by any run.
fn shortest(bug: &str) -> Vec<(&'static str, usize)> {
    let by_hand = bug != "no-hold-check";
    let mut start = start(&json!({ "start": if by_hand { "hand" } else { "timeout" } }), &json!(bug));
    let s = &mut start;
    let budget = match bug {
        "no-dependent-array" => vec![asks(s, 1, &[2], 1), asks(s, 2, &[3], 1), asks(s, 3, &[2], 1), probes(s, 1, 1)],
        "write-once-array" => vec![asks(s, 1, &[2], 1), asks(s, 2, &[3], 1), asks(s, 3, &[1], 1), probes(s, 1, 2)],
        "no-hold-check" => vec![asks(s, 1, &[2], 1), asks(s, 2, &[1], 1), releases(s, 2, 2)],
        "one-edge" => vec![asks(s, 1, &[2, 3], 1), asks(s, 2, &[1], 1), probes(s, 1, 1)],
        other => panic!("no budget for {other}"),
    };
    let walk = explore(&start, Mode::Untimed, &budget, 400_000);
    assert!(walk.complete, "{bug}: {} states", walk.states);
    walk.broken.iter().map(|(name, run)| (*name, run.len())).collect()
}

#[test]
fn every_bug_breaks_the_property_that_it_names_and_no_other() {
    let found: Vec<(&str, Vec<(&str, usize)>)> = ALGORITHM.bugs.iter().map(|bug| (bug.id, shortest(bug.id))).collect();
    let expected = [
        ("no-dependent-array", vec![(ONCE, 13)]),
        ("write-once-array", vec![(HOME, 13)]),
        ("no-hold-check", vec![(REAL, 10)]),
        ("one-edge", vec![(HOME, 10)]),
    ];
    assert_eq!(found, expected);
    assert!(ALGORITHM.bugs.iter().zip(&expected).all(|(bug, (_, broken))| bug.breaks == broken[0].0));
}

#[test]
fn every_bug_is_shown_by_its_scenario() {
    for bug in ALGORITHM.bugs {
        let mut bench = embedded(bug.scenario);
        assert_eq!(bench.world.setup().variant, Some(bug.id));
        bench.play(2_000);
        assert_eq!(bench.broken(), vec![bug.breaks], "{}", bug.id);
    }
}

// Scenarios, configuration and pseudocode.

#[test]
fn scenarios_end_as_their_texts_say() {
    let none: Vec<&str> = vec![];
    for (name, deadlocks, broken) in [
        ("three-sites", 1, none.clone()),
        ("tanenbaum", 1, none.clone()),
        ("off-cycle", 1, none.clone()),
        ("no-deadlock", 0, none.clone()),
        ("two-initiators", 2, none.clone()),
        ("reprobe", 1, none.clone()),
        ("slow-release", 0, none),
        ("early-release", 1, vec![REAL]),
    ] {
        let mut bench = embedded(name);
        assert!(bench.play(2_000) < 2_000, "{name} does not end");
        assert_eq!(bench.world.tally().outputs("Deadlock"), deadlocks, "{name}");
        assert_eq!(bench.broken(), broken, "{name}");
        assert_eq!(bench.world.broken_assumption(), None, "{name}");
    }
    assert_eq!(embedded("notes-version").play(2_000), 2_000, "it goes round for ever");
}

#[test]
fn every_caption_belongs_to_something_that_happens() {
    for name in ALGORITHM.scenarios {
        let scenario = Scenario::embedded(&ALGORITHM, name).expect("it is there").expect("it is in order");
        let mut bench = embedded(name);
        let mut taken: Vec<Json> = vec![];
        while taken.len() < 50 && bench.play_one() {
            let event = bench.step.event.expect("a step of Play has its event");
            let named = sim::scenario::FileEvent::of(event, &bench.payloads);
            taken.push(serde_json::to_value(named).expect("events are JSON"));
        }
        for caption in &scenario.captions {
            let on = serde_json::to_value(&caption.on).expect("events are JSON");
            assert!(taken.contains(&on), "{name}: nothing ever happens that is {on}");
        }
    }
}

#[test]
fn every_line_of_the_pseudocode_is_reached() {
    let lines = ALGORITHM.texts.pseudocode.lines().filter_map(|line| line.rsplit_once('#'));
    let tags: BTreeSet<&str> = lines.map(|(_, tag)| tag.trim()).collect();
    let mut reached = BTreeSet::new();
    for name in ALGORITHM.scenarios {
        let mut bench = embedded(name);
        for _ in 0..100 {
            bench.play_one();
            reached.extend(bench.step.lines.iter().copied());
        }
    }
    assert_eq!(reached, tags);
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_the_reason() {
    let read = |config: Json| (ALGORITHM.configure)(&config, 2).err().unwrap_or_else(|| panic!("{config} was read"));
    let r1 = |holder: &str| json!([{ "resource": "R1", "site": 0, "holder": holder }]);
    for (config, reason) in [
        (json!({ "sites": [["P1"]] }), "`sites` lists 1 sites, but there are 2 nodes"),
        (json!({ "sites": [["P1"], ["P1"]] }), "P1 is listed twice in `sites`"),
        (json!({ "sites": [["P1"], []], "resources": r1("P2") }), "R1 is held by P2, which is in no list of `sites`"),
        (
            json!({ "sites": [["P1"], []], "resources": [{ "resource": "R1", "site": 2 }] }),
            "R1 is at site 2, but there are only 2 sites, from 0",
        ),
        (json!({ "sites": [["P1"], []], "waits": [["P1", "R1"]] }), "P1 waits for R1, which is not in `resources`"),
        (
            json!({ "sites": [["P1"], []], "resources": r1("P1"), "waits": [["P1", "R1"]] }),
            "P1 waits for R1 and holds it",
        ),
    ] {
        assert_eq!(read(config), reason);
    }
    assert!(read(json!({ "sites": [["X1"], []] })).starts_with("`sites[0][0]`: expected a name such as \"P1\""));
}
