//! What the tests that walk the list cannot say about the bully algorithm: the vectors of the reference, every reachable
//! state of three processes, random crashes and recoveries, and the shortest run to each planted mistake.
#![cfg(feature = "embed")]

use serde_json::{Value as Json, json};
use sim::{
    Effect, Event, Life, Micros, Mode, NodeId, Payload, Scenario,
    algorithm::Remark,
    algorithms::election::bully::{ALGORITHM, least_timeout},
    testing::{Bench, explore, random_run},
};
use std::collections::BTreeSet;

const ONE_LEADER: &str = "at most one leader";
const KNOWN: &str = "a leader, the highest alive, known to all";

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("vectors/bully.json")).expect("the vectors are JSON");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector is called {id}"))
}

fn number(json: &Json) -> u32 {
    json.as_u64().unwrap_or_else(|| panic!("{json} is no number")) as u32
}

/// `n` processes 10 ms apart, with more fields of a scenario.
fn bench(n: u32, more: &Json) -> Bench {
    let mut scenario = json!({
        "version": 1, "algorithm": "election/bully", "name": "test", "title": "Test", "sentence": "A test.", "nodes": n,
    });
    for (name, value) in more.as_object().expect("an object") {
        scenario[name] = value.clone();
    }
    Bench::of_json(&ALGORITHM, scenario).expect("the scenario is in order")
}

/// The highest is down, and `initiator` notices.
fn coordinator_down(n: u32, initiator: u32) -> Bench {
    let mut bench = bench(n, &json!({}));
    bench.take(Event::Crash(NodeId(n - 1)));
    bench.ask(initiator, json!("Notice"));
    bench
}

/// The same to its end, where the lowest notices.
fn played(n: u32) -> Bench {
    let mut bench = coordinator_down(n, 0);
    bench.play(10_000);
    bench
}

fn embedded(name: &str) -> Bench {
    let scenario = Scenario::embedded(&ALGORITHM, name).unwrap_or_else(|| panic!("no scenario is called {name}"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    Bench::new(scenario.prepare(&ALGORITHM).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// A message that was sent: its kind, from whom, to whom, and whether its receiver was up.
type Sent = (&'static str, u32, u32, bool);

fn sent(bench: &Bench) -> Vec<Sent> {
    let up = |id: NodeId| bench.world.nodes()[id.index()].life() == Life::Up;
    let sent = bench.step.effects.iter().filter_map(|effect| match effect {
        Effect::Sent { id, to, payload, .. } => Some((payload.kind(), id.from.0, to.0, up(*to))),
        _ => None,
    });
    sent.collect()
}

/// Plays to the end and lists what was sent on the way, the latest step included.
fn play_and_list(bench: &mut Bench) -> Vec<Sent> {
    let mut all = sent(bench);
    while bench.play_one() {
        all.extend(sent(bench));
        assert!(all.len() < 10_000, "this election does not end");
    }
    all
}

fn count(all: &[Sent], kind: &str) -> u32 {
    all.iter().filter(|(known, ..)| *known == kind).count() as u32
}

fn count_to_live(all: &[Sent], kind: &str) -> u32 {
    all.iter().filter(|(known, _, _, up)| *known == kind && *up).count() as u32
}

/// Whom a process follows: `None` while it elects or after a crash.
fn leader(bench: &Bench, node: u32) -> Option<u32> {
    let word = bench.world.nodes()[node as usize].process().status().word;
    if word == "leader" { Some(node) } else { word.strip_prefix("follows P").and_then(|id| id.parse().ok()) }
}

fn pairs(all: &[Sent], kind: &str) -> BTreeSet<(u32, u32)> {
    all.iter().filter(|(known, ..)| *known == kind).map(|(_, from, to, _)| (*from, *to)).collect()
}

fn expected_pairs(json: &Json) -> BTreeSet<(u32, u32)> {
    json.as_array().expect("pairs").iter().map(|pair| (number(&pair[0]), number(&pair[1]))).collect()
}

// Vectors.

#[test]
fn eight_processes_and_4_notices_as_in_the_textbook() {
    let vector = vector("bully-tanenbaum-8-4");
    let expected = &vector["expected"];
    let mut bench = embedded("eight-four");
    let all = play_and_list(&mut bench);
    assert_eq!(pairs(&all, "Election"), expected_pairs(&expected["election_pairs"]));
    assert_eq!(pairs(&all, "Ok"), expected_pairs(&expected["ok_pairs"]));
    assert_eq!(count(&all, "Election"), number(&expected["ELECTION"]));
    assert_eq!(count(&all, "Ok"), number(&expected["OK"]));
    assert_eq!(count_to_live(&all, "Coordinator"), number(&expected["COORDINATOR"]));
    assert_eq!(count(&all, "Coordinator"), 7, "one more goes to the dead one");
    let total = count(&all, "Election") + count(&all, "Ok") + count_to_live(&all, "Coordinator");
    assert_eq!(total, number(&expected["total"]));
    assert!((0..7).all(|node| leader(&bench, node) == Some(number(&expected["leader"]))));
}

#[test]
fn every_initiator_of_3_to_9_processes_costs_what_the_table_says() {
    let vector = vector("bully-table");
    for n in vector["inputs"]["n"].as_array().expect("a list").iter().map(number) {
        let totals = vector["expected"]["total_by_initiator"][n.to_string()].as_array().expect("a list");
        assert_eq!(totals.len() as u32, n - 1);
        for (initiator, total) in (0_u32..).zip(totals) {
            let mut bench = coordinator_down(n, initiator);
            let all = play_and_list(&mut bench);
            let counted = count(&all, "Election") + count(&all, "Ok") + count_to_live(&all, "Coordinator");
            assert_eq!(counted, number(total), "n = {n}, initiator {initiator}");
            assert_eq!(bench.broken(), Vec::<&str>::new());
            for cost in ALGORITHM.costs {
                let (counted, formula) = (cost.count)(&bench.world).expect("the run is one of the textbook");
                let holds = cost.relation.holds(counted, formula);
                assert!(holds, "{} for n = {n}, initiator {initiator}: {counted}, {formula}", cost.what);
            }
            let (counted, _) = (ALGORITHM.costs[3].count)(&bench.world).expect("checked above");
            assert_eq!(counted, u64::from(number(total)), "the fourth cost is the table's");
        }
        // The bounds are met, and the mean is that of the table.
        let totals: Vec<u64> = totals.iter().map(|total| u64::from(number(total))).collect();
        let formula = |row: usize| (ALGORITHM.costs[row].count)(&played(n).world).expect("as above").1;
        assert_eq!((Some(&formula(4)), Some(&formula(5))), (totals.iter().max(), totals.iter().min()));
        let (sum, count) = (totals.iter().sum::<u64>(), totals.len() as u64);
        assert_eq!(formula(6), (2 * sum + count) / (2 * count), "n = {n}");
    }
}

#[test]
fn the_lowest_initiator_sends_what_the_documents_count() {
    let expected = vector("bully-lowest-initiator-elections");
    let all = play_and_list(&mut coordinator_down(number(&expected["inputs"]["n"]), 0));
    assert_eq!(count(&all, "Election"), number(&expected["expected"]["ELECTION"]));

    let expected = vector("bully-10-p3");
    let (n, initiator) = (number(&expected["inputs"]["n"]), number(&expected["inputs"]["initiator"]));
    let all = play_and_list(&mut coordinator_down(n, initiator - 1)); // the document counts ids from 1
    assert_eq!(count_to_live(&all, "Election"), number(&expected["expected"]["ELECTION"]));
    assert_eq!(count(&all, "Election"), number(&expected["expected"]["ELECTION_counting_crashed"]));

    let expected = vector("bully-6-p2");
    let mut bench = coordinator_down(number(&expected["inputs"]["n"]), number(&expected["inputs"]["initiator"]));
    let all = play_and_list(&mut bench);
    assert_eq!(count(&all, "Election"), number(&expected["expected"]["ELECTION"]));
    assert_eq!(count(&all, "Ok"), number(&expected["expected"]["OK"]));
    assert_eq!(count_to_live(&all, "Coordinator"), number(&expected["expected"]["COORDINATOR"]));
    assert_eq!(leader(&bench, 0), Some(number(&expected["expected"]["leader"])));
}

#[test]
fn the_highest_announces_itself_at_once_when_it_is_back() {
    let vector = vector("bully-recovery");
    let (n, back) = (number(&vector["inputs"]["n"]), number(&vector["inputs"]["recovering"]));
    let mut bench = bench(n, &json!({ "config": { "leader": vector["inputs"]["current_leader"] } }));
    bench.take(Event::Crash(NodeId(back)));
    bench.take(Event::Recover(NodeId(back)));
    let all = play_and_list(&mut bench);
    let expected = vector["expected"]["messages"].as_array().expect("a list");
    let expected: Vec<(&str, u32, u32)> =
        expected.iter().map(|sent| (sent[0].as_str().unwrap_or(""), number(&sent[1]), number(&sent[2]))).collect();
    let found: Vec<(String, u32, u32)> =
        all.iter().map(|(kind, from, to, _)| (kind.to_uppercase(), *from, *to)).collect();
    assert_eq!(found.iter().map(|(kind, from, to)| (kind.as_str(), *from, *to)).collect::<Vec<_>>(), expected);
    assert_eq!(found.len() as u32, number(&vector["expected"]["count"]));
    assert!((0..n).all(|node| leader(&bench, node) == Some(back)));
    assert_eq!(bench.broken(), Vec::<&str>::new(), "the old leader has done nothing wrong, nor has the new one");
}

#[test]
fn the_timeout_is_two_transmissions_and_the_processing() {
    let vector = vector("bully-timeout");
    let millis = |json: &Json| Micros::from_millis(number(json).into());
    let timeout = least_timeout(millis(&vector["inputs"]["Ttrans"]), millis(&vector["inputs"]["Tprocess"]));
    assert_eq!(timeout, millis(&vector["expected"]["timeout"]));
    let t1 = ALGORITHM.parameters.iter().find(|parameter| parameter.name == "ok-timeout").expect("T1 is a parameter");
    assert_eq!(t1.default as u64, timeout.0, "links take 10 ms if nothing is said");
}

/// The delay from 2 to 1 is changed by the script just before 2 sends, as the vector's is one-way.
fn two_leaders(variant: &Json) -> (Vec<(u32, u32)>, Bench) {
    let inputs = &vector("bully-two-leaders")["inputs"];
    let constant = |millis: &Json| json!({ "constant": format!("{millis} ms") });
    let delay_between_1_and_2 = |at: u32, delay: &Json| json!({ "at": format!("{at} ms"), "event": { "set-delay": [[1, 2], constant(delay)] } });
    let (fast, slow) = (&inputs["other_delays"], &inputs["delay_2_to_1"]);
    let mut bench = bench(
        number(&inputs["n"]),
        &json!({
            "delay": constant(fast),
            "parameters": { "ok-timeout": format!("{} ms", inputs["timeout"]), "coordinator-timeout": "20 ms" },
            "variant": variant,
            "script": [
                { "at": 0, "event": { "request": { "node": inputs["initiator"], "ask": "Notice" } } },
                delay_between_1_and_2(1, slow), delay_between_1_and_2(2, fast), delay_between_1_and_2(6, slow),
            ],
        }),
    );
    let mut announcements = vec![];
    while bench.play_one() {
        let elected = bench.step.outputs().any(|output| output.kind() == "Elected");
        if elected {
            announcements.push((bench.world.now().0 as u32 / 1000, bench.step.node.expect("at a node").0));
        }
    }
    (announcements, bench)
}

#[test]
fn a_timeout_shorter_than_the_round_trip_gives_two_leaders() {
    let vector = vector("bully-two-leaders");
    for (variant, form) in [(Json::Null, "coordinator_to_all"), (json!("lower-only"), "coordinator_to_lower_only")] {
        let (announcements, bench) = two_leaders(&variant);
        let expected = &vector["expected"][form];
        let list = expected["announcements"].as_array().expect("a list");
        let list: Vec<(u32, u32)> = list.iter().map(|pair| (number(&pair[0]), number(&pair[1]))).collect();
        assert_eq!(announcements, list, "{form}");
        for node in 0..3 {
            let followed = number(&expected["final_leader_of"][node.to_string()]);
            assert_eq!(leader(&bench, node), Some(followed), "{form}: P{node}");
        }
        assert!(bench.verdict(ONE_LEADER).is_broken());
        assert_eq!(bench.verdict(KNOWN).is_broken(), form == "coordinator_to_lower_only");
    }
}

// The lecture.

#[test]
fn the_check_turns_red_at_the_second_announcement() {
    let mut bench = embedded("two-leaders");
    while !bench.verdict(ONE_LEADER).is_broken() {
        assert!(bench.play_one(), "the run ends without two leaders");
    }
    assert_eq!(bench.step.node, Some(NodeId(3)));
    assert!(bench.step.outputs().any(|output| output.kind() == "Elected"));
    assert_eq!((leader(&bench, 2), leader(&bench, 3)), (Some(2), Some(3)));
    let sim::Verdict::Broken { violation, after } = bench.verdict(ONE_LEADER).clone() else { panic!("broken") };
    assert_eq!(violation.culprits, vec![NodeId(3), NodeId(2)]);
    assert_eq!(after, None, "a parameter, not the network, is to blame");
    assert!(violation.why.contains("T1 = 8 ms is less than the round trip of 20 ms"), "{}", violation.why);
}

#[test]
fn the_round_trip_stands_beside_the_timeout() {
    let remarks = |name: &str| (ALGORITHM.remarks)(embedded(name).world.setup());
    let remark = |text: &str, warns| Remark { parameter: "ok-timeout", text: text.into(), warns };
    assert_eq!(remarks("lecture")[0], remark("round trip 20 ms", false));
    assert_eq!(remarks("two-leaders")[0], remark("round trip 20 ms", true));
    let ring = bench(5, &json!({ "topology": "ring" }));
    assert_eq!(
        (ALGORITHM.remarks)(ring.world.setup())[0],
        remark("round trip 40 ms", true),
        "two hops there, two back"
    );
    let unbounded = bench(3, &json!({ "delay": { "exponential": "10 ms" } }));
    assert!((ALGORITHM.remarks)(unbounded.world.setup())[0].warns);
}

#[test]
fn everybody_above_can_end_a_wait_and_nobody_else() {
    let mut bench = coordinator_down(4, 1);
    let waits = |bench: &Bench, node: usize| -> Vec<(u32, String)> {
        bench.world.nodes()[node].process().waits_for().into_iter().map(|wait| (wait.on.0, wait.what)).collect()
    };
    assert_eq!(waits(&bench, 1), vec![(2, "an OK".into()), (3, "an OK".into())]);
    assert_eq!(waits(&bench, 0), vec![]);
    bench.deliver(1, 2);
    bench.deliver(2, 1);
    assert_eq!(waits(&bench, 1), vec![(2, "COORDINATOR".into()), (3, "COORDINATOR".into())]);
    bench.play(1_000);
    assert!((0..3).all(|node| waits(&bench, node).is_empty()));
}

// Every reachable state of three processes.

fn request(bench: &mut Bench, node: u32) -> Event {
    bench.request(node, json!("Notice"))
}

fn start(n: u32, variant: &Json) -> Bench {
    bench(n, &json!({ "variant": variant }))
}

#[test]
fn three_processes_with_crashes_never_go_wrong() {
    let mut start = start(3, &Json::Null);
    let budget = [
        (Event::Crash(NodeId(2)), 1),
        (Event::Crash(NodeId(1)), 1),
        (request(&mut start, 0), 2),
        (request(&mut start, 1), 1),
    ];
    let walk = explore(&start, Mode::TimeoutsLongEnough, &budget, 200_000);
    assert!(walk.complete);
    assert_eq!(walk.broken, vec![]);
    assert_eq!((walk.states, walk.quiet), (71_065, 24));
}

/// By the clock: T1 = 25 ms, T2 = 50 ms, messages 10 ms; crashes, recoveries and requests at every event's time.
#[test]
fn three_processes_with_crashes_and_recoveries_by_the_clock_never_go_wrong() {
    let mut start = start(3, &Json::Null);
    let budget = [
        (Event::Crash(NodeId(2)), 1),
        (Event::Recover(NodeId(2)), 1),
        (Event::Crash(NodeId(1)), 1),
        (Event::Recover(NodeId(1)), 1),
        (request(&mut start, 0), 1),
        (request(&mut start, 1), 1),
    ];
    let walk = explore(&start, Mode::Timed, &budget, 400_000);
    assert!(walk.complete);
    assert_eq!(walk.broken, vec![]);
    assert_eq!((walk.states, walk.quiet), (73_202, 30));
}

/// Where a message may take any time, an announcement can be overtaken by that of a process that has come back: the
/// article's "late announcement". The other check holds even then.
#[test]
fn a_late_announcement_is_found_where_delays_are_arbitrary() {
    let mut start = start(3, &Json::Null);
    let budget = [(Event::Crash(NodeId(2)), 1), (Event::Recover(NodeId(2)), 1), (request(&mut start, 1), 1)];
    let walk = explore(&start, Mode::TimeoutsLongEnough, &budget, 200_000);
    assert!(walk.complete);
    assert_eq!(walk.states, 104);
    let found: Vec<(&str, usize)> = walk.broken.iter().map(|(name, run)| (*name, run.len())).collect();
    assert_eq!(found, vec![(KNOWN, 9)]);
}

#[test]
fn the_late_announcement_breaks_no_assumption() {
    let mut bench = embedded("overtaken");
    bench.play(1_000);
    assert_eq!(bench.broken(), vec![KNOWN]);
    assert_eq!(bench.world.broken_assumption(), None);
    assert_eq!((leader(&bench, 0), leader(&bench, 1), leader(&bench, 2)), (Some(1), Some(2), Some(2)));
}

// Random crashes and recoveries.

fn runs() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}

fn crash_or_recover(bench: &Bench, bits: u64) -> Event {
    let node = NodeId((bits % bench.world.members().len() as u64) as u32);
    let up = bench.world.nodes()[node.index()].life() == Life::Up;
    if up { Event::Crash(node) } else { Event::Recover(node) }
}

#[test]
fn random_crashes_and_recoveries_leave_one_leader() {
    let mut elections = 0;
    for seed in 0..runs() {
        let mut bench = if seed % 2 == 0 { start(5, &Json::Null) } else { embedded("lecture") };
        random_run(&mut bench, seed, 150, Mode::Timed, |bench, bits| Some(crash_or_recover(bench, bits)));
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}: the elections do not end");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
        assert_eq!(bench.world.broken_assumption(), None, "seed {seed}");
        for cost in ALGORITHM.costs {
            if let Some((counted, formula)) = (cost.count)(&bench.world) {
                assert!(cost.relation.holds(counted, formula), "seed {seed}: {} {counted}, not {formula}", cost.what);
            }
        }
        elections += bench.world.tally().outputs("Elected");
    }
    assert!(elections > runs(), "{elections} elections in {} runs are too few to say anything", runs());
}

// Planted mistakes.

/// The shortest run of three processes that shows a bug: its length, and what else is broken by any run.
fn shortest(bug: &str) -> Vec<(&'static str, usize)> {
    let mut start = start(3, &json!(bug));
    // A process that comes back makes announcements cross, which only `accept-lower` and `lower-only` need.
    let crossing = matches!(bug, "accept-lower" | "lower-only");
    let mut budget = vec![(Event::Crash(NodeId(2)), 1), (request(&mut start, 1), 1)];
    if crossing {
        budget.push((Event::Recover(NodeId(2)), 1));
    } else {
        budget.extend([(Event::Crash(NodeId(1)), 1), (request(&mut start, 0), 1)]);
    }
    let mode = if crossing { Mode::Timed } else { Mode::TimeoutsLongEnough };
    let walk = explore(&start, mode, &budget, 200_000);
    assert!(walk.complete);
    walk.broken.iter().map(|(name, run)| (*name, run.len())).collect()
}

#[test]
fn every_bug_breaks_the_property_that_it_names_and_no_other() {
    for (bug, length) in [("no-t2", 7), ("accept-lower", 9), ("lower-only", 8), ("ignore-ok", 10)] {
        let breaks = ALGORITHM.bug(bug).expect("it is listed").breaks;
        assert_eq!(shortest(bug), vec![(breaks, length)], "{bug}");
    }
    assert_eq!(ALGORITHM.bugs.len(), 4, "a new bug needs a line here");
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

// Scenarios and requests.

#[test]
fn scenarios_end_as_their_texts_say() {
    for (name, broken) in [
        ("lecture", vec![]),
        ("two-leaders", vec![ONE_LEADER]),
        ("eight-four", vec![]),
        ("recovery", vec![]),
        ("would-be-leader-crashes", vec![]),
        ("crossing", vec![]),
        ("split-brain", vec![ONE_LEADER]),
        ("overtaken", vec![KNOWN]),
    ] {
        let mut bench = embedded(name);
        assert!(bench.play(2_000) < 2_000, "{name} does not end");
        assert_eq!(bench.broken(), broken, "{name}");
    }
    let mut bench = embedded("would-be-leader-crashes");
    bench.play(2_000);
    assert!((0..3).all(|node| leader(&bench, node) == Some(2)));
}

#[test]
fn a_request_that_makes_no_sense_is_refused_with_the_reason() {
    let mut bench = coordinator_down(3, 0);
    let again = request(&mut bench, 0);
    let refusal = |bench: &Bench, event| bench.world.refusal(event, &bench.payloads);
    assert_eq!(refusal(&bench, again).as_deref(), Some("P0 holds an election already."));
    bench.play(1_000);
    let of_leader = request(&mut bench, 1);
    assert_eq!(refusal(&bench, of_leader).as_deref(), Some("P1 is the coordinator itself."));
    assert_eq!(refusal(&bench, again), None);
    let Payload::Request(json, _) = bench
        .payloads
        .get(match again {
            Event::Request(_, id) => id,
            _ => panic!("a request"),
        })
        .expect("it is interned")
    else {
        panic!("a request")
    };
    assert_eq!(*json, json!("Notice"));
}
