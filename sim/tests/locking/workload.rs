//! The workload under its rules: prevention, avoidance, recovery.

use crate::{
    bench, embedded, list, number,
    oracle::{self, Truth},
    request, seeds, text, told, vector,
};
use serde_json::{Value as Json, json};
use sim::{
    Event, Mode,
    algorithms::deadlock::{
        conditions, lock_workload::ALGORITHM, prevent_collective, prevent_ordered, prevent_preempt, prevent_spooling,
        recover,
    },
    scene::{
        Role,
        network::{self, Look},
    },
    testing::{Bench, explore, random_run},
};

const FREE: &str = "no deadlock where the rules promise none";
const ENDS: &str = "every program ends where the rules promise it";

/// The rules that promise that nobody waits for ever.
fn preventing() -> Vec<Json> {
    vec![
        json!({ "hold-and-wait": false }),
        json!({ "circular-wait": false }),
        json!({ "no-preemption": false, "preempt-by": "wait-die" }),
        json!({ "no-preemption": false, "preempt-by": "wound-wait" }),
        json!({ "mutual-exclusion": false }),
        json!({ "avoidance": true }),
    ]
}

// Vectors.

/// Three processes of given ages; the second holds R1, and the others ask for it in this order.
fn three(ages: &Json, holder: &str, asking: &[Json], scheme: &str) -> Bench {
    let ages: Vec<Json> = ages.as_object().expect("ages").iter().map(|(who, age)| json!([who, age])).collect();
    let config = json!({
        "sites": [["P1"], ["P2"], ["P3"]],
        "resources": [{ "resource": "R1", "site": 1, "holder": holder }],
        "ages": ages,
    });
    let policy = json!({ "no-preemption": false, "preempt-by": scheme });
    let mut bench =
        bench(&ALGORITHM, 3, &json!({ "config": config, "policy": policy, "parameters": { "restart": "by hand" } }));
    for who in asking {
        let ask = json!({ "Ask": { "process": who, "resources": ["R1"] } });
        bench.ask(oracle::process(text(who)) - 1, ask);
        bench.play(20);
    }
    bench
}

#[test]
fn five_ten_fifteen_under_both_rules_of_age() {
    let vector = vector("wait-die");
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let run = |scheme: &str| {
        let bench = three(&inputs["ts"], text(&inputs["holder"]), list(&inputs["requests"]), scheme);
        let truth = Truth::of(&bench);
        (1..=3).map(|id| (truth.phases[&id].clone(), truth.holds[&id].len())).collect::<Vec<_>>()
    };
    assert_eq!(expected["wait_die"], json!(["P1 waits", "P3 dies (rolled back, keeps ts 15)"]));
    assert_eq!(run("wait-die"), [("Waits".into(), 0), ("Idle".into(), 1), ("Rests".into(), 0)]);
    assert_eq!(expected["wound_wait"], json!(["P2 is wounded (rolled back), P1 takes the resource", "P3 waits"]));
    assert_eq!(run("wound-wait"), [("Idle".into(), 1), ("Rests".into(), 0), ("Waits".into(), 0)]);
}

#[test]
fn old_and_young_ask_each_other() {
    let vector = vector("wait-die-10-20");
    let (old, young) = (number(&vector["inputs"]["old"]), number(&vector["inputs"]["young"]));
    for (scheme, rule) in [("wait-die", "wait_die"), ("wound-wait", "wound_wait")] {
        for (asks, holds, ages) in [
            ("old wants from young", "P2", json!({ "P1": old, "P2": young })),
            ("young wants from old", "P2", json!({ "P1": young, "P2": old })),
        ] {
            let bench = three(&ages, holds, &[json!("P1")], scheme);
            let truth = Truth::of(&bench);
            let happened = match (truth.phases[&1].as_str(), truth.phases[&2].as_str()) {
                ("Waits", "Idle") => "waits",
                ("Rests", "Idle") => "dies",
                ("Idle", "Rests") => "preempts",
                other => panic!("{other:?}"),
            };
            assert_eq!(json!(happened), vector["expected"][rule][asks], "{scheme}, {asks}");
        }
    }
}

#[test]
fn the_rule_of_age_is_looked_at_again_when_a_resource_changes_hands() {
    let expected = &vector("wait-die-handover")["expected"];
    let mut bench = embedded(&ALGORITHM, "fifo-hand-over");
    bench.play(500);
    let caught: Vec<String> = Truth::of(&bench).caught().iter().map(|id| format!("T{id}")).collect();
    assert_eq!(json!(caught), expected["fifo_without_recheck"]["deadlock"]);
    assert!(bench.broken().contains(&FREE));

    let mut bench = embedded(&prevent_preempt::ALGORITHM, "hand-over");
    let told = told(&mut bench, 500);
    assert!(told.iter().any(|line| line.contains("GivesWay") && line.contains("P3")), "T3 dies: {told:?}");
    assert_eq!(
        expected["with_recheck"],
        json!({ "at_handover": "T3 dies (releases Y)", "T2_gets_Y": true, "deadlock": null })
    );
    assert!(Truth::of(&bench).caught().is_empty());
    assert_eq!(bench.world.tally().outputs("Finished"), 3);
}

#[test]
fn only_what_comes_after_may_be_asked_for() {
    let vector = vector("ordered-requests");
    let config = json!({
        "sites": [["P1"], []],
        "resources": [{ "resource": "R1", "site": 1 }, { "resource": "R2", "site": 0, "holder": "P1" }, { "resource": "R3", "site": 1 }],
    });
    assert_eq!(vector["inputs"]["held"], json!(["R2"]));
    let mut bench = bench(&ALGORITHM, 2, &json!({ "config": config, "policy": { "circular-wait": false } }));
    let allowed: Vec<bool> = list(&vector["inputs"]["ask"])
        .iter()
        .map(|resource| {
            let event = request(&mut bench, 0, json!({ "Ask": { "process": "P1", "resources": [resource] } }));
            bench.world.refusal(event, &bench.payloads).is_none()
        })
        .collect();
    assert_eq!(json!(allowed), vector["expected"]["allowed"]);
}

// The pairs of runs.

fn ends(bench: &mut Bench) -> (bool, u64) {
    bench.play(2_000);
    (Truth::of(bench).caught().is_empty(), bench.world.tally().outputs("Finished"))
}

#[test]
fn only_all_four_conditions_together_deadlock() {
    for name in conditions::ALGORITHM.scenarios {
        let expected = if *name == "all-four" { (false, 0) } else { (true, 2) };
        assert_eq!(ends(&mut embedded(&conditions::ALGORITHM, name)), expected, "{name}");
    }
    // And all sixteen combinations of the switches.
    let config = json!({
        "sites": [["P1"], ["P2"]],
        "resources": [{ "resource": "R1", "site": 0 }, { "resource": "R2", "site": 1 }],
        "programs": [["P1", "ask R1, 20 ms, ask R2, 20 ms, release"], ["P2", "ask R2, 20 ms, ask R1, 20 ms, release"]],
    });
    for bits in 0..16_u32 {
        let on = |bit: u32| bits >> bit & 1;
        let policy = json!({ "mutual-exclusion": on(0), "hold-and-wait": on(1), "no-preemption": on(2), "circular-wait": on(3) });
        let mut bench = bench(&ALGORITHM, 2, &json!({ "config": config, "policy": policy }));
        assert_eq!(ends(&mut bench), if bits == 15 { (false, 0) } else { (true, 2) }, "{policy}");
    }
}

#[test]
fn each_policy_has_a_run_with_it_and_one_without() {
    for (topic, with, without, ended) in [
        (&prevent_ordered::ALGORITHM, "philosophers", "natural-order", 4),
        (&prevent_collective::ALGORITHM, "two-printers", "one-by-one", 2),
        (&prevent_spooling::ALGORITHM, "spooled", "not-spooled", 2),
    ] {
        assert_eq!(ends(&mut embedded(topic, with)), (true, ended), "{with}");
        assert_eq!(ends(&mut embedded(topic, without)), (false, 0), "{without}");
    }
    assert_eq!(ends(&mut embedded(&prevent_spooling::ALGORITHM, "full-disk")), (false, 0));
    assert_eq!(ends(&mut embedded(&prevent_preempt::ALGORITHM, "circle")), (true, 3));
}

#[test]
fn equal_patience_is_a_livelock() {
    let mut bench = embedded(&prevent_collective::ALGORITHM, "livelock");
    assert_eq!(bench.play(2_000), 2_000, "it never ends");
    assert_eq!(bench.world.tally().outputs("Finished"), 0);
    assert!(bench.world.tally().outputs("Refused") > 100);
}

#[test]
fn who_needs_much_is_refused_often_and_who_needs_little_is_not() {
    let mut bench = embedded(&prevent_collective::ALGORITHM, "popular");
    let told = told(&mut bench, 2_000);
    let refused = |who: &str| told.iter().filter(|line| **line == format!("Refused({who})")).count();
    assert!(refused("P3") > 3 * refused("P1").max(1), "P3 {}, P1 {}", refused("P3"), refused("P1"));
}

#[test]
fn recovery_loses_what_its_texts_say() {
    let lost = |name: &str| {
        let mut bench = embedded(&recover::ALGORITHM, name);
        bench.play(2_000);
        let plot = ALGORITHM.plots.iter().find(|plot| plot.title == "work undone").expect("it is plotted");
        let total: i64 = (plot.values)(&bench.world).iter().map(|(_, lost)| lost).sum();
        (total, bench.world.tally().outputs("Finished"), bench.world.tally().outputs("GivesWay"))
    };
    assert_eq!(lost("operator"), (0, 0, 0));
    assert_eq!(lost("terminate"), (50, 2, 1));
    assert_eq!(lost("roll-back"), (30, 3, 1));
}

#[test]
fn a_perpetual_victim_is_cured_when_earlier_rollbacks_count() {
    let victims = |name: &str| {
        let mut bench = embedded(&recover::ALGORITHM, name);
        // For each transaction of a process, by the age with which it began: how often it was the victim.
        let mut victims: std::collections::BTreeMap<(String, String), u32> = std::collections::BTreeMap::new();
        for _ in 0..4_000 {
            if !bench.play_one() {
                break;
            }
            for output in bench.step.outputs().filter(|output| output.kind() == "GivesWay") {
                let told = output.reflect().to_json();
                let key = (text(&told["GivesWay"]["process"]).to_owned(), told["GivesWay"]["began"].to_string());
                *victims.entry(key).or_default() += 1;
            }
        }
        let most =
            |who: &str| victims.iter().filter(|((id, _), _)| id == who).map(|(_, times)| *times).max().unwrap_or(0);
        (most("P1"), most("P2"))
    };
    let (never, always) = victims("perpetual-victim");
    assert!(never == 0 && always >= 4, "P1 {never} times, P2 {always} times");
    let (sometimes, other) = victims("counted");
    assert!(sometimes > 0 && other <= 3, "P1 {sometimes} times, P2 {other} times");
}

/// A resource that is on its way to whoever waits for it is no circle of two.
#[test]
fn a_circle_is_drawn_where_there_is_one_and_nowhere_else() {
    let circles = |bench: &Bench| {
        let scene = network::still(&bench.world, &Look::new(1022.0, 400.0));
        scene.shapes.iter().filter(|shape| shape.style.stroke == Some(Role::Cycle)).count()
    };
    let mut bench = embedded(&ALGORITHM, "lucky");
    let mut granted = 0;
    while bench.play_one() {
        granted += bench.world.flights().filter(|flight| flight.payload.kind() == "Grant").count();
        assert_eq!(circles(&bench), 0, "at {}", bench.world.now());
    }
    assert!(granted > 0, "no grant is ever under way");
    let mut bench = embedded(&ALGORITHM, "deadlock");
    bench.play(100);
    assert_eq!(circles(&bench), 6);
}

// Every reachable state.

fn budget(bench: &mut Bench) -> Vec<(Event, u32)> {
    (1..=3).map(|id| (request(bench, id - 1, json!({ "Again": { "process": format!("P{id}") } })), 1)).collect()
}

#[test]
fn three_programs_never_go_wrong_under_any_rule() {
    let mut states = vec![];
    for policy in preventing() {
        let mut start = bench(&ALGORITHM, 3, &json!({ "policy": policy, "parameters": { "restart": "by hand" } }));
        let budget = budget(&mut start);
        let walk = explore(&start, Mode::Untimed, &budget, 120_000);
        assert!(walk.complete, "{policy}: {} states", walk.states);
        assert_eq!(walk.broken, vec![], "{policy}");
        states.push(walk.states);
    }
    assert_eq!(states, STATES);
}

/// The states of the walks, rule by rule.
const STATES: [usize; 6] = [5_431, 58, 146, 7_369, 1_191, 386];

#[test]
fn every_planted_mistake_is_found_in_every_interleaving_that_shows_it() {
    for (bug, policy) in
        [("lends-what-is-free", json!({ "avoidance": true })), ("keeps-what-it-got", json!({ "hold-and-wait": false }))]
    {
        let more = json!({ "policy": policy, "variant": bug, "parameters": { "restart": "by hand" } });
        let start = bench(&ALGORITHM, 3, &more);
        let walk = explore(&start, Mode::Untimed, &[], 120_000);
        let named = ALGORITHM.bug(bug).expect("it is planted").breaks;
        assert!(
            walk.broken.iter().any(|(name, _)| *name == named) || bug == "keeps-what-it-got",
            "{bug}: {:?}",
            walk.broken
        );
    }
}

// Random programs.

#[test]
fn random_programs_come_to_their_end_under_every_rule_that_promises_it() {
    for seed in 0..seeds() {
        let policies = preventing();
        let policy = &policies[(seed % policies.len() as u64) as usize];
        let (sites, config) = oracle::random_config(seed, seed % 2 == 0);
        let more = json!({
            "config": config, "policy": policy, "seed": seed, "delay": { "uniform": ["1 ms", "40 ms"] },
            "parameters": { "rounds": 1 + seed % 3 },
        });
        let mut bench = bench(&ALGORITHM, sites, &more);
        random_moves(&mut bench, seed, 60);
        bench.play(30_000);
        assert!(bench.world.is_quiet(), "seed {seed}: {policy} does not end");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}: {policy}");
        let truth = Truth::of(&bench);
        assert!(truth.stuck().is_empty(), "seed {seed}: {policy}: {truth:?}");
        assert!(truth.phases.values().all(|phase| phase == "Idle"), "seed {seed}: {policy}: {truth:?}");
        assert!(truth.holds.values().all(std::collections::BTreeSet::is_empty), "seed {seed}: {truth:?}");
    }
}

/// Events in any order, without requests of a user.
fn random_moves(bench: &mut Bench, seed: u64, steps: u64) {
    for k in 0..steps {
        let enabled = bench.world.enabled(Mode::Untimed);
        if enabled.is_empty() {
            return;
        }
        let bits = sim::random::draw(seed, sim::random::Purpose::Process, (97, 0), k);
        bench.take(enabled[sim::random::below(bits, enabled.len() as u64) as usize]);
    }
}

#[test]
fn without_rules_random_programs_do_deadlock_and_one_at_a_time_holds_all_the_same() {
    let mut stuck = 0;
    for seed in 0..seeds() {
        let (sites, config) = oracle::random_config(seed, true);
        let mut bench = bench(&ALGORITHM, sites, &json!({ "config": config, "seed": seed }));
        let mut with_user = bench.clone();
        random_run(&mut with_user, seed, 100, Mode::Untimed, |_, _| None);
        with_user.play(20_000);
        assert_eq!(with_user.broken(), Vec::<&str>::new(), "seed {seed}");
        random_moves(&mut bench, seed, 60);
        bench.play(20_000);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        stuck += u64::from(!Truth::of(&bench).caught().is_empty());
    }
    assert!(stuck > seeds() / 10, "{stuck} deadlocks say little");
}

#[test]
fn a_policy_counts_for_transactions_that_begin_after_it() {
    let mut bench = bench(&ALGORITHM, 3, &json!({ "parameters": { "rounds": 2 } }));
    bench.play(2);
    let policy =
        (ALGORITHM.policy.as_ref().expect("there is one").read)(&json!({ "circular-wait": false })).expect("it is one");
    let id = bench.payloads.intern(sim::Payload::Policy(json!({ "circular-wait": false }), policy));
    bench.take(Event::SetPolicy(id));
    bench.play(2_000);
    let truth = Truth::of(&bench);
    assert_eq!(truth.caught().len(), 3, "they had begun under the old rules, and still wait: {truth:?}");
    assert!(!bench.broken().contains(&ENDS), "nothing was promised to them");
}
