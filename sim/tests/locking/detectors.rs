//! The three detectors: what they find, how soon, at what cost, and what a crash costs.

use crate::{
    all_deadlocks, bench, deadlocks, embedded, list, number,
    oracle::{self, Truth},
    seeds, text, vector,
};
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Event, Micros, Mode, NodeId,
    algorithms::deadlock::{
        detect_centralized as centralized, detect_hierarchical as hierarchical, detect_wfg_pex as pex,
    },
    random::{Purpose, below, draw},
    testing::{Bench, explore},
};
use std::collections::BTreeSet;

const EXISTED: &str = "a reported deadlock has existed";
const REPORTED: &str = "every deadlock is reported";

// Vectors.

#[test]
fn the_lowest_controller_above_a_circle_finds_it() {
    let vector = vector("hierarchical-lca");
    let mut bench = embedded(&hierarchical::ALGORITHM, "lowest-above");
    let names = ["S1", "S2", "S3", "S4", "A", "B", "root"];
    let mut found = serde_json::Map::new();
    for (at, cycle) in all_deadlocks(&mut bench, 500) {
        let cycle: BTreeSet<String> = cycle.iter().map(|id| format!("P{id}")).collect();
        found.insert(names[at.index()].into(), json!(cycle));
    }
    assert_eq!(Json::Object(found.clone()), vector["expected"]["detected"]);
    assert!(list(&vector["expected"]["not_detected_at"]).iter().all(|name| !found.contains_key(text(name))));
    // The graphs are those of the vector.
    for (site, edges) in vector["inputs"]["local_wfgs"].as_object().expect("graphs") {
        let at = names.iter().position(|name| name == site).expect("a site");
        let detail = bench.world.nodes()[at].process().status().detail;
        for edge in list(edges) {
            assert!(detail.contains(&format!("{} → {}", text(&edge[0]), text(&edge[1]))), "{site}: {detail}");
        }
    }
}

/// A way that was sent: from where to where, with the processes.
type Sent = (u32, u32, Vec<u32>);

/// The ways that were sent, and the deadlocks that were found.
fn paths(bench: &mut Bench) -> (Vec<Sent>, Vec<(NodeId, Vec<u32>)>) {
    let (mut sent, mut found) = (vec![], vec![]);
    loop {
        found.extend(deadlocks(bench));
        for effect in &bench.step.effects {
            if let sim::Effect::Sent { id, to, payload, .. } = effect
                && payload.kind() == "Path"
            {
                let words = bench.world.telling(id.from, payload);
                let ids = words.trim_start_matches("PATH ").split(" → ").map(oracle::process).collect();
                sent.push((id.from.0, to.0, ids));
            }
        }
        if !bench.play_one() {
            return (sent, found);
        }
    }
}

#[test]
fn three_sites_send_two_ways_and_six_without_the_rule_of_order() {
    let vector = vector("pex-three-sites");
    let expected = &vector["expected"];
    let site = |name: &Json| text(name)[1..].parse::<u32>().expect("a site") - 1;
    let wanted: Vec<Sent> = list(&expected["messages"])
        .iter()
        .map(|message| (site(&message[0]), site(&message[1]), list(&message[2]).iter().map(number).collect()))
        .collect();
    // Site A here lends R1, which P1 of site A holds: S1 of the vector is where P1 waits for P2, site B here.
    let (sent, found) = paths(&mut ring(&[1, 2, 3], &Json::Null));
    assert_eq!(sent, wanted);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0.0, site(&expected["detected_at"]));
    assert_eq!(found[0].1.iter().copied().collect::<BTreeSet<u32>>(), BTreeSet::from([1, 2, 3]));
    let (sent, found) = paths(&mut ring(&[1, 2, 3], &json!("no-order")));
    assert_eq!(sent.len() as u32, number(&expected["messages_without_ordering"]));
    assert_eq!(found.len(), 3);
}

#[test]
fn of_two_sites_only_one_sends() {
    let vector = vector("obermarck-doc");
    let (sent, found) = paths(&mut embedded(&pex::ALGORITHM, "two-sites"));
    let expected = &vector["expected"];
    let wanted: Vec<u32> = list(&expected["messages"][0][2]).iter().map(number).collect();
    assert_eq!(sent, vec![(0, 1, wanted)]);
    assert_eq!(found[0].0, NodeId(1), "B");
    let cycle: Vec<u32> = list(&expected["cycle"]).iter().map(number).collect();
    assert_eq!(found[0].1, cycle);
}

/// A circle of processes, one edge a site: the process of position k waits at site k for the next one, which lives there.
fn ring(ids: &[u32], variant: &Json) -> Bench {
    let n = ids.len();
    let next = |k: usize| ids[(k + 1) % n];
    let sites: Vec<Vec<String>> = (0..n).map(|k| vec![format!("P{}", next(k))]).collect();
    let resources: Vec<Json> = (0..n)
        .map(|k| json!({ "resource": format!("R{}", k + 1), "site": k, "holder": format!("P{}", next(k)) }))
        .collect();
    let waits: Vec<Json> = (0..n).map(|k| json!([format!("P{}", ids[k]), format!("R{}", k + 1)])).collect();
    let config = json!({ "sites": sites, "resources": resources, "waits": waits });
    bench(&pex::ALGORITHM, n as u32, &json!({ "config": config, "variant": variant }))
}

fn permutations(n: u32) -> Vec<Vec<u32>> {
    if n == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(n - 1);
    shorter
        .iter()
        .flat_map(|rest| {
            (0..n).map(|at| {
                let mut all = rest.clone();
                all.insert(at as usize, n);
                all
            })
        })
        .collect()
}

#[test]
fn over_all_orders_the_bound_is_reached_and_the_mean_is_that_of_the_reference() {
    let vector = vector("pex-bound");
    let expected = &vector["expected"];
    for (k, n) in list(&vector["inputs"]["n"]).iter().map(number).enumerate() {
        let (mut most, mut sum, mut count) = (0, 0, 0);
        for ids in permutations(n) {
            let mut bench = ring(&ids, &Json::Null);
            let (sent, found) = paths(&mut bench);
            assert_eq!(found.len() as u32, number(&expected["detecting_sites"]), "{ids:?}");
            assert_eq!(
                (pex::ALGORITHM.costs[0].count)(&bench.world),
                Some((sent.len() as u64, u64::from(n * (n - 1) / 2)))
            );
            most = most.max(sent.len() as u64);
            sum += sent.len() as u64;
            count += 1;
        }
        assert_eq!(most, u64::from(number(&expected["max_messages"][k])), "n = {n}");
        let mean = text(&expected["mean_messages"][k]);
        let (over, under) = mean.split_once('/').unwrap_or((mean, "1"));
        let (over, under): (u64, u64) = (over.parse().expect("a number"), under.parse().expect("a number"));
        assert_eq!(sum * under, over * count, "n = {n}: the mean is {sum}/{count}, not {mean}");
    }
}

#[test]
fn four_processes_over_two_sites_can_need_six_ways_and_be_found_twice() {
    let (mut most, mut twice) = (0, 0);
    for ids in permutations(4) {
        let place = |k: usize| k % 2;
        let mut sites = vec![vec![], vec![]];
        let (mut resources, mut waits) = (vec![], vec![]);
        for k in 0..4 {
            let next = ids[(k + 1) % 4];
            sites[place(k)].push(format!("P{next}"));
            resources
                .push(json!({ "resource": format!("R{}", k + 1), "site": place(k), "holder": format!("P{next}") }));
            waits.push(json!([format!("P{}", ids[k]), format!("R{}", k + 1)]));
        }
        let config = json!({ "sites": sites, "resources": resources, "waits": waits });
        let (sent, found) = paths(&mut bench(&pex::ALGORITHM, 2, &json!({ "config": config })));
        most = most.max(sent.len());
        twice += u32::from(found.len() > 1);
        assert!(!found.is_empty(), "{ids:?}");
    }
    // Two sites find it in at most half of the orders: how many depends on which messages come together.
    assert!(most <= 6, "{most} ways");
    assert!(twice <= 12, "{twice} of 24 orders");
}

// Every reachable state.

#[test]
fn three_processes_are_watched_in_every_interleaving() {
    // They begin when they like, so that there may be a deadlock or none.
    let program = |k: u32| json!([format!("P{k}"), format!("1 ms, ask R{k}, 1 ms, ask R{}, 1 ms, release", k % 3 + 1)]);
    let config = json!({
        "sites": [["P1"], ["P2"], ["P3"]],
        "resources": (1..=3).map(|k| json!({ "resource": format!("R{k}"), "site": k - 1 })).collect::<Vec<_>>(),
        "programs": (1..=3).map(program).collect::<Vec<_>>(),
    });
    let mut states = vec![];
    for algorithm in [&centralized::ALGORITHM, &hierarchical::ALGORITHM, &pex::ALGORITHM] {
        let walk = explore(&bench(algorithm, 3, &json!({ "config": config })), Mode::Untimed, &[], 150_000);
        assert!(walk.complete, "{}: {} states", algorithm.id, walk.states);
        assert_eq!(walk.broken, vec![], "{}", algorithm.id);
        states.push((walk.states, walk.quiet));
    }
    assert_eq!(states, STATES);
}

/// States of the walks, and those in which nothing can happen: central, hierarchical, `P_ex`.
const STATES: [(usize, usize); 3] = [(1_541, 5), (1_541, 5), (885, 27)];

#[test]
fn reporting_at_once_shows_a_phantom_in_some_interleaving_and_asking_the_processes_in_none() {
    let config = json!({
        "sites": [[], ["P1", "P2"], ["P3"]],
        "resources": [
            { "resource": "R1", "site": 1, "holder": "P2" }, { "resource": "R2", "site": 2, "holder": "P1" },
            { "resource": "R3", "site": 2, "holder": "P3" },
        ],
        "waits": [["P1", "R1"], ["P3", "R2"]],
        "parents": [null, 0, 0],
        "programs": [["P2", "1 ms, release R1, ask R3, 1 ms"]],
    });
    let walk = |how: &str, policy: Json| {
        let more = json!({ "config": config, "parameters": { "before-reporting": how }, "policy": policy });
        let walk = explore(&bench(&centralized::ALGORITHM, 3, &more), Mode::Untimed, &[], 200_000);
        assert!(walk.complete, "{how}: {} states", walk.states);
        walk.broken.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    };
    assert_eq!(walk("reports at once", json!({})), [EXISTED]);
    assert_eq!(walk("asks all sites again", json!({})), Vec::<&str>::new());
    assert_eq!(walk("asks the processes", json!({})), Vec::<&str>::new());
    // Under two-phase locking there is none, as Wuu and Bernstein say.
    let vector = vector("phantom-2pl");
    assert_eq!(
        walk("reports at once", json!({ "two-phase": true })).contains(&EXISTED),
        vector["expected"]["phantom_possible"]
    );
}

// Random programs.

fn random_bench(algorithm: &'static Algorithm, seed: u64, two_phase: bool, parameters: &Json) -> Bench {
    let (sites, config) = oracle::random_config(seed, two_phase);
    let more = json!({
        "config": config, "seed": seed, "delay": { "uniform": ["1 ms", "60 ms"] }, "parameters": parameters,
        "policy": { "two-phase": two_phase },
    });
    bench(algorithm, sites, &more)
}

/// What came of a run: whether there is a deadlock, whether one was reported, and whether a phantom was.
struct Outcome {
    caught: BTreeSet<u32>,
    reported: Vec<BTreeSet<u32>>,
    phantom: bool,
}

/// A run with events in any order at first, and then by Play. The oracle looks at every state: a report is true if all its
/// processes were in a deadlock at some time.
fn watch(bench: &mut Bench, seed: u64) -> Outcome {
    let (mut ever, mut reported, mut phantom) = (BTreeSet::new(), vec![], false);
    for k in 0..20_000 {
        let enabled = bench.world.enabled(Mode::Untimed);
        if enabled.is_empty() {
            break;
        }
        if k < 80 {
            let bits = draw(seed, Purpose::Process, (96, 0), k);
            bench.take(enabled[below(bits, enabled.len() as u64) as usize]);
        } else if !bench.play_one() {
            break;
        }
        ever.insert(Truth::of(bench).caught());
        for (_, cycle) in deadlocks(bench) {
            let cycle: BTreeSet<u32> = cycle.into_iter().collect();
            phantom |= ever.iter().all(|caught| !cycle.is_subset(caught));
            reported.push(cycle);
        }
    }
    assert!(bench.world.is_quiet(), "seed {seed} does not end");
    Outcome { caught: Truth::of(bench).caught(), reported, phantom }
}

#[test]
fn real_deadlocks_are_reported_and_nothing_else_where_that_is_promised() {
    let asks = json!({ "before-reporting": "asks the processes" });
    let at_once = json!({ "before-reporting": "reports at once" });
    let periodic = json!({ "before-reporting": "asks the processes", "transfer": "once a period" });
    for (algorithm, two_phase, parameters) in [
        (&centralized::ALGORITHM, false, &asks),
        (&centralized::ALGORITHM, false, &periodic),
        (&centralized::ALGORITHM, true, &at_once),
        (&hierarchical::ALGORITHM, false, &asks),
        (&hierarchical::ALGORITHM, true, &at_once),
        (&pex::ALGORITHM, true, &json!({})),
    ] {
        let mut stuck = 0;
        for seed in 0..seeds() {
            let mut bench = random_bench(algorithm, seed, two_phase, parameters);
            let Outcome { caught, reported, phantom } = watch(&mut bench, seed);
            let what = format!("{}, {parameters}, seed {seed}: {caught:?}, reported {reported:?}", algorithm.id);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "{what}");
            assert!(!phantom, "a phantom: {what}");
            assert!(caught.is_empty() || reported.iter().any(|cycle| cycle.is_subset(&caught)), "missed: {what}");
            stuck += u64::from(!caught.is_empty());
        }
        assert!(stuck > seeds() / 20, "{}: {stuck} deadlocks say little", algorithm.id);
    }
}

#[test]
fn phantoms_are_found_where_nothing_is_promised() {
    let at_once = json!({ "before-reporting": "reports at once" });
    for algorithm in [&centralized::ALGORITHM, &hierarchical::ALGORITHM] {
        let phantoms = (0..5 * seeds()).filter(|&seed| {
            let mut bench = random_bench(algorithm, seed, false, &at_once);
            let phantom = watch(&mut bench, seed).phantom;
            assert!(!phantom || bench.broken().contains(&EXISTED), "seed {seed}: the check has not seen it");
            phantom
        });
        assert!(phantoms.take(1).count() == 1, "{}: no phantom", algorithm.id);
    }
}

// How soon, and what a crash costs.

#[test]
fn a_deadlock_is_reported_within_its_bound() {
    let millis = |transfer: &str| {
        let mut bench = embedded(&centralized::ALGORITHM, transfer);
        let mut closed = None;
        while bench.play_one() {
            if closed.is_none() && !Truth::of(&bench).caught().is_empty() {
                closed = Some(bench.world.now());
            }
            if !deadlocks(&bench).is_empty() {
                break;
            }
        }
        (bench.world.now().0 - closed.unwrap_or(Micros(0)).0) / 1_000
    };
    // From the request that closes the circle: the request and the report are 10 ms each under way.
    assert_eq!(millis("continuous"), 20);
    assert!(millis("periodic") <= 100 + 20, "{} ms", millis("periodic"));
    // The coordinator asks at 150 ms, and a query and a report are under way.
    assert_eq!(millis("on-request"), 150 - 20 + 20);
}

#[test]
fn a_crash_costs_what_the_articles_say() {
    // The coordinator: everything that leads through several sites.
    let mut bench = embedded(&centralized::ALGORITHM, "coordinator-down");
    assert!(all_deadlocks(&mut bench, 500).is_empty());
    assert_eq!(bench.broken(), [REPORTED]);
    // An inner controller: the circles that touch a site below it; a circle below the other one is still found.
    let mut bench = embedded(&hierarchical::ALGORITHM, "controller-down");
    assert!(all_deadlocks(&mut bench, 500).is_empty());
    let below = |down: u32| {
        let config = json!({
            "sites": [[], [], ["P1"], ["P2"], [], [], []], "parents": [4, 4, 5, 5, 6, 6, null],
            "resources": [{ "resource": "R1", "site": 2, "holder": "P1" }, { "resource": "R2", "site": 3, "holder": "P2" }],
            "programs": [["P1", "20 ms, ask R2, 1 ms"], ["P2", "20 ms, ask R1, 1 ms"]],
        });
        let mut run = crate::bench(&hierarchical::ALGORITHM, 7, &json!({ "config": config }));
        run.take(Event::Crash(NodeId(down)));
        all_deadlocks(&mut run, 500).len()
    };
    assert_eq!((below(4), below(5), below(6)), (1, 0, 1));
    // Without a controller: the circles through the site.
    let mut bench = embedded(&pex::ALGORITHM, "three-sites");
    bench.take(Event::Crash(NodeId(1)));
    assert!(all_deadlocks(&mut bench, 500).is_empty());
}

/// Whoever moves in the tree, and when: every deadlock is reported all the same, and none that never was.
#[test]
fn sites_that_move_in_the_tree_lose_no_deadlock() {
    let mut reported = 0;
    for seed in 0..seeds() {
        let roll = |k: u32, bound: u64| below(draw(seed, Purpose::Process, (95, 0), k.into()), bound) as u32;
        let mut bench = embedded(&hierarchical::ALGORITHM, ["lowest-above", "bad-tree"][seed as usize % 2]);
        for k in 0..3 {
            bench.play(roll(10 * k, 8).into());
            let (site, to) = (roll(10 * k + 1, 4), 4 + roll(10 * k + 2, 3));
            let event = bench.request(site, json!({ "ReportTo": { "controller": to } }));
            if bench.world.refusal(event, &bench.payloads).is_none() {
                bench.take(event);
            }
        }
        reported += all_deadlocks(&mut bench, 2_000).len();
        let missed = bench.broken().contains(&REPORTED);
        assert!(!missed, "seed {seed}: {:?}", Truth::of(&bench).caught());
    }
    assert!(reported as u64 > seeds() / 2, "{reported}");
}

#[test]
fn a_site_can_report_to_another_controller() {
    let mut bench = embedded(&hierarchical::ALGORITHM, "bad-tree");
    let event = bench.request(2, json!({ "ReportTo": { "controller": 4 } }));
    bench.take(event);
    let found = all_deadlocks(&mut bench, 500);
    assert_eq!(found.iter().map(|(at, _)| at.0).collect::<Vec<_>>(), [4], "A finds it now");
    let event = bench.request(6, json!({ "ReportTo": { "controller": 4 } }));
    assert_eq!(bench.world.refusal(event, &bench.payloads).as_deref(), Some("It is the top of the tree."));
    let event = bench.request(4, json!({ "ReportTo": { "controller": 0 } }));
    assert_eq!(bench.world.refusal(event, &bench.payloads).as_deref(), Some("That controller is below this one."));
}
