//! Ricart–Agrawala: the vectors of the reference, every reachable state of small systems, random schedules with and
//! without faults, the planted bugs with their shortest runs, and the lecture.
#![cfg(feature = "embed")]

mod membership;
mod vectors;

use serde_json::{Value as Json, json};
use sim::{
    Assumption, Cause, Effect, Event, Life, MessageId, Mode, NodeId, Scenario, Step, Value, Verdict,
    algorithms::mutex::ricart_agrawala::ALGORITHM,
    scenario::FileEvent,
    testing::{Bench, Walk, explore, random_run},
};
use std::collections::BTreeSet;

const ONE_INSIDE: &str = "at most one process is in the critical section";
const SERVED: &str = "every request is served";
const IN_ORDER: &str = "the critical section goes to the smallest stamp";
const ANSWERED: &str = "no request is forgotten";
const RULES: [&str; 2] = ["notes", "paper"];

/// Three processes on a complete network, and what the test says besides.
fn bench(more: &Json) -> Bench {
    let mut json =
        json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "", "nodes": 3});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    Bench::of_json(&ALGORITHM, json).unwrap_or_else(|error| panic!("{error}"))
}

fn embedded(name: &str) -> Bench {
    let scenario = Scenario::embedded(&ALGORITHM, name).unwrap_or_else(|| panic!("no scenario {name}"));
    let setup = scenario.and_then(|scenario| scenario.prepare(&ALGORITHM));
    Bench::new(setup.unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/ricart-agrawala.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// A process' fields.
fn fields(bench: &Bench, node: u32) -> Value {
    bench.world.nodes()[node as usize].process().reflect()
}

fn field(bench: &Bench, node: u32, name: &str) -> String {
    fields(bench, node).field(name).unwrap_or_else(|| panic!("no field {name}")).to_string()
}

/// "Released", "Wanted" or "Held", and the number of the request.
fn state(bench: &Bench, node: u32) -> (&'static str, Option<u64>) {
    match fields(bench, node).field("state") {
        Some(Value::Variant(name, inner)) => {
            let ts = inner.as_deref().and_then(|stamp| match stamp.field("ts") {
                Some(Value::Int(ts)) => u64::try_from(*ts).ok(),
                _ => None,
            });
            (name, ts)
        }
        other => panic!("{other:?}"),
    }
}

fn inside(bench: &Bench) -> Vec<u32> {
    let live = bench.world.nodes().iter().enumerate().filter(|(_, node)| node.life() == Life::Up);
    live.map(|(index, _)| index as u32).filter(|&node| state(bench, node).0 == "Held").collect()
}

/// What a process of the given kind of output told in a step, as nodes.
fn told(step: &Step, kind: &str) -> Vec<u32> {
    let outputs = step.effects.iter().filter_map(|effect| match effect {
        Effect::Output(node, output) if output.kind() == kind => Some(node.0),
        _ => None,
    });
    outputs.collect()
}

fn sent(step: &Step, kind: &str) -> Vec<(u32, u32)> {
    let sent = step.effects.iter().filter_map(|effect| match effect {
        Effect::Sent { id, to, payload, .. } if payload.kind() == kind => Some((id.from.0, to.0)),
        _ => None,
    });
    sent.collect()
}

/// Walks all states; process k may ask to enter and to leave as often as `rounds[k]` says.
fn walk(more: &Json, rounds: &[u32]) -> Walk {
    walk_from(bench(more), rounds)
}

fn walk_from(mut bench: Bench, rounds: &[u32]) -> Walk {
    let mut budget = Vec::new();
    for (node, &count) in (0..).zip(rounds) {
        budget.push((bench.request(node, json!("Enter")), count));
        budget.push((bench.request(node, json!("Exit")), count));
    }
    explore(&bench.without_monitors(), Mode::Untimed, &budget, 1_000_000)
}

fn lengths(walk: &Walk) -> Vec<(&'static str, usize)> {
    walk.broken.iter().map(|(name, run)| (*name, run.len())).collect()
}

fn seeds() -> u64 {
    if std::env::var_os("INTERLEAVE_DEEP").is_some() { 10_000 } else { 200 }
}

fn no_faults(_: &mut Bench, _: u64) -> Option<Event> {
    None
}

// The vectors.

#[test]
fn two_processes_that_enter_twice_are_safe_in_every_state() {
    for (rule, states) in RULES.into_iter().zip([151, 158]) {
        let walk = walk(&json!({"nodes": 2, "parameters": {"stamps": rule}}), &[2, 2]);
        assert!(walk.complete && walk.broken.is_empty(), "{:?}", lengths(&walk));
        assert_eq!(walk.states, states, "{rule}");
    }
}

/// What section 11.2 of the reference demands in every state, from the fields alone.
fn check_invariants(bench: &Bench) {
    let n = bench.world.nodes().len() as u32;
    let request_under_way = |from: u32, to: u32| {
        bench
            .world
            .flights()
            .any(|flight| (flight.id.from.0, flight.to.0, flight.payload.kind()) == (from, to, "Request"))
    };
    let reply_under_way = |from: u32, to: u32| {
        bench
            .world
            .flights()
            .any(|flight| (flight.id.from.0, flight.to.0, flight.payload.kind()) == (from, to, "Reply"))
    };
    let has_reply = |node: u32, of: u32| match fields(bench, node).field("replies") {
        Some(Value::List(replies)) => replies.contains(&Value::Node(NodeId(of))),
        other => panic!("{other:?}"),
    };
    let defers = |node: u32, other: u32| match fields(bench, node).field("deferred") {
        Some(Value::Map(deferred)) => deferred.iter().any(|(key, _)| *key == Value::Node(NodeId(other))),
        other => panic!("{other:?}"),
    };
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            let ((state_i, ts_i), (state_j, ts_j)) = (state(bench, i), state(bench, j));
            assert!(state_i != "Held" || has_reply(i, j), "P{i} is inside without a reply of P{j}");
            let both_want = state_i == "Wanted" && state_j == "Wanted";
            let both_delivered = !request_under_way(i, j) && !request_under_way(j, i);
            if both_want && both_delivered && (ts_i, i) < (ts_j, j) {
                assert!(defers(i, j), "P{i} has not deferred P{j}");
                assert!(!defers(j, i), "P{j} has deferred P{i}");
                assert!(has_reply(i, j) || reply_under_way(j, i), "P{j} has not replied to P{i}");
            }
            assert!(state_i != "Released" || !defers(i, j), "P{i} is out and owes a reply to P{j}");
        }
    }
}

/// A random schedule one step at a time, so that every state can be looked at.
fn random_walk(bench: &mut Bench, seed: u64, steps: u64, mut look: impl FnMut(&Bench)) {
    for k in 0..steps {
        random_run(bench, seed << 16 | k, 1, Mode::Untimed, no_faults);
        look(bench);
    }
}

#[test]
fn random_schedules_without_faults_keep_every_property_and_cost() {
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 4, "parameters": {"stamps": RULES[seed as usize % 2]}}));
        random_walk(&mut bench, seed, 150, |bench| {
            check_invariants(bench);
            for cost in ALGORITHM.costs {
                let count = (cost.count)(&bench.world);
                assert!(count.is_none_or(|(counted, formula)| cost.relation.holds(counted, formula)), "{}", cost.what);
            }
        });
        assert!(bench.broken().is_empty(), "seed {seed}: {:?}", bench.judge.verdicts());
        drain(&mut bench);
        assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
        let (counted, formula) = (ALGORITHM.costs[1].count)(&bench.world).expect("nobody waits");
        assert_eq!(counted, formula);
    }
}

/// Plays on and lets everybody out, until nothing is left to do.
fn drain(bench: &mut Bench) {
    loop {
        bench.play(10_000);
        let Some(&node) = inside(bench).first() else { return };
        bench.ask(node, json!("Exit"));
    }
}

/// Duplication is more than the algorithm claims to bear, and it does: replies are a set, and each names its request.
#[test]
fn duplicated_messages_do_no_harm() {
    for rule in RULES {
        let mut doubled = bench(&json!({"nodes": 2, "parameters": {"stamps": rule}}));
        doubled.take(Event::SetDuplication(sim::LinkId(0), 1_000_000));
        let walk = walk_from(doubled, &[2, 1]);
        assert!(walk.complete && walk.broken.is_empty(), "{:?}", lengths(&walk));
    }
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 4, "parameters": {"stamps": RULES[seed as usize % 2]}}));
        random_run(&mut bench, seed, 300, Mode::Untimed, |bench, bits| {
            let flights: Vec<MessageId> = bench.world.flights().map(|flight| flight.id).collect();
            flights.get(bits as usize % flights.len().max(1)).map(|&id| Event::Duplicate(id))
        });
        drain(&mut bench);
        assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
    }
}

/// The row of the fault matrix: whatever is lost and whoever crashes, two are never inside; some wait for ever.
#[test]
fn losses_and_crashes_block_but_never_let_two_in() {
    let mut blocked = 0;
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 4, "parameters": {"stamps": RULES[seed as usize % 2]}}));
        random_run(&mut bench, seed, 200, Mode::Untimed, |bench, bits| {
            let node = NodeId(bits as u32 % 4);
            let flights: Vec<MessageId> = bench.world.flights().map(|flight| flight.id).collect();
            match bits % 5 {
                0 => Some(Event::Crash(node)),
                1 | 2 => flights.get(bits as usize / 5 % flights.len().max(1)).map(|&id| Event::Drop(id)),
                _ => Some(Event::CutLink(sim::LinkId(bits as u32 / 5 % 6))),
            }
        });
        drain(&mut bench);
        for name in [ONE_INSIDE, IN_ORDER] {
            assert_eq!(*bench.verdict(name), Verdict::Holds, "seed {seed}");
        }
        if let Verdict::Broken { after, .. } = bench.verdict(SERVED) {
            assert!(after.is_some(), "seed {seed}: nothing has gone wrong, and somebody is not served");
            blocked += 1;
        }
    }
    assert!(blocked > seeds() / 2, "only {blocked} runs were blocked: the faults were too mild to prove anything");
}

/// In a quiet state a process waits for exactly those whose replies still come once everybody inside is let out.
#[test]
fn a_process_waits_for_exactly_those_who_can_let_it_go_on() {
    let mut seen = 0;
    for seed in 0..seeds() {
        let mut bench = bench(&json!({"nodes": 4}));
        random_walk(&mut bench, seed, 60, |_| {});
        bench.play(10_000);
        let waits = |bench: &Bench, node: u32| -> BTreeSet<u32> {
            bench.world.nodes()[node as usize].process().waits_for().iter().map(|wait| wait.on.0).collect()
        };
        let claimed: Vec<BTreeSet<u32>> = (0..4).map(|node| waits(&bench, node)).collect();
        let mut answered = vec![BTreeSet::new(); 4];
        loop {
            while bench.play_one() {
                if let (Cause::Message { id, payload, .. }, Some(node)) = (&bench.step.cause, bench.step.node)
                    && payload.kind() == "Reply"
                {
                    answered[node.index()].insert(id.from.0);
                }
            }
            let Some(&node) = inside(&bench).first() else { break };
            bench.ask(node, json!("Exit"));
        }
        assert_eq!(claimed, answered, "seed {seed}");
        seen += claimed.iter().filter(|waits| !waits.is_empty()).count();
    }
    assert!(seen > 100, "only {seen} processes have waited: the test proves nothing");
}

// The planted bugs.

/// Each breaks what it names, and by the shortest run there is. Those that let two in can break the order of the stamps
/// as well: where two can be inside, the one with the greater stamp can be there first.
#[test]
fn every_bug_breaks_the_property_that_it_names_and_its_shortest_run_is_known() {
    let doubled = |variant: &str| {
        let mut bench = bench(&json!({"variant": variant}));
        bench.take(Event::SetDuplication(sim::LinkId(0), 1_000_000));
        bench
    };
    for (id, walk, broken) in [
        ("stale-clock", walk(&json!({"variant": "stale-clock"}), &[1, 1, 0]), vec![(IN_ORDER, 6), (ONE_INSIDE, 10)]),
        ("no-tie-break", walk(&json!({"variant": "no-tie-break"}), &[1, 1, 1]), vec![(SERVED, 8)]),
        ("yield-on-tie", walk(&json!({"variant": "yield-on-tie"}), &[1, 1, 1]), vec![(IN_ORDER, 6), (ONE_INSIDE, 10)]),
        ("count-replies", walk_from(doubled("count-replies"), &[1, 0, 1]), vec![(IN_ORDER, 6), (ONE_INSIDE, 9)]),
    ] {
        assert!(walk.complete, "{id}");
        assert_eq!(lengths(&walk), broken, "{id}");
        let bug = ALGORITHM.bug(id).expect("a bug of this algorithm");
        assert!(walk.broken.iter().any(|(name, _)| *name == bug.breaks), "{id}");
    }
}

#[test]
fn every_bug_shows_in_its_scenario_and_nothing_breaks_there_without_it() {
    for bug in ALGORITHM.bugs {
        let scenario = Scenario::embedded(&ALGORITHM, bug.scenario).expect("a scenario").expect("in order");
        assert_eq!(scenario.variant.as_deref(), Some(bug.id));
        let mut buggy = embedded(bug.scenario);
        buggy.play(2_000);
        // A stale clock, and a newcomer that begins with zero, give the later of two requests the smaller stamp, so that no order of entries can be right.
        let also: &[&str] = match bug.id {
            "stale-clock" | "newcomer-from-zero" => &[IN_ORDER],
            _ => &[],
        };
        assert_eq!(buggy.broken(), [&[bug.breaks], also].concat(), "{}", bug.id);
        let right = Scenario { variant: None, ..scenario };
        let mut right = Bench::new(right.prepare(&ALGORITHM).expect("in order"));
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}

// What is on the screen.

/// LECTURE.md, section 1, step by step.
#[test]
fn the_lecture_goes_as_it_is_written() {
    let mut bench = embedded("equal-stamps");
    let status = |bench: &Bench, node: u32| {
        let status = bench.world.status(NodeId(node));
        format!("{}: {}", status.word, status.detail)
    };
    assert!((0..3).all(|node| status(&bench, node) == "released: "));
    bench.play_one();
    assert_eq!(bench.step.notes, ["P0 wants the critical section. It stamps its request (1, P0) and asks everyone."]);
    let capsules = |bench: &Bench| -> Vec<String> {
        let mut flights: Vec<_> = bench.world.flights().collect();
        flights.sort_by_key(|flight| flight.id);
        flights.iter().map(|flight| bench.world.telling(flight.id.from, &flight.payload)).collect()
    };
    assert_eq!(capsules(&bench), ["REQUEST 1·P0", "REQUEST 1·P0"]);
    bench.play_one();
    assert_eq!(capsules(&bench), ["REQUEST 1·P0", "REQUEST 1·P0", "REQUEST 1·P2", "REQUEST 1·P2"]);
    let choices = bench.world.choices();
    assert_eq!(choices.len(), 4);
    assert!(choices.iter().all(|choice| matches!(choice.event, Event::Deliver(_)) && choice.refused.is_none()));
    let before = bench.clone();

    bench.deliver(0, 2);
    let decision = "(1, P0) is before (1, P2): the tie goes to the lower id. P2 replies at once.";
    assert_eq!(bench.step.notes, [decision]);
    assert_eq!(status(&bench, 2), "wanted (1, P2): has 0 of 2 replies");

    // "What if this one had been slow?" It runs differently, and the same process wins.
    let mut slow = before;
    while slow.world.flights().count() > 1 {
        let others = slow.world.enabled(Mode::Untimed);
        let late = MessageId { from: NodeId(0), number: 1, copy: 0 };
        let Some(&event) = others.iter().find(|&&event| event != Event::Deliver(late)) else { break };
        slow.take(event);
    }
    slow.play(100);
    assert_eq!(inside(&slow), [0]);

    bench.play(100);
    assert_eq!(status(&bench, 0), "in the critical section: owes a reply to P2");
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((4, 4)));
    let Verdict::Pending(violation) = bench.verdict(SERVED) else { panic!("{:?}", bench.verdict(SERVED)) };
    assert_eq!(violation.why, "P2 waits until you let P0 leave the critical section.");
    bench.ask(0, json!("Exit"));
    assert_eq!(bench.step.notes, ["P0 leaves and sends the reply that it owes to P2."]);
    drain(&mut bench);
    assert_eq!((ALGORITHM.costs[1].count)(&bench.world), Some((8, 8)));
    assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds));

    bench.take(Event::Crash(NodeId(1)));
    bench.ask(0, json!("Enter"));
    bench.play(100);
    let waits = bench.world.nodes()[0].process().waits_for();
    assert_eq!(waits.iter().map(|wait| (wait.on, wait.what.as_str())).collect::<Vec<_>>(), [(NodeId(1), "a reply")]);
    assert_eq!(bench.broken(), [SERVED]);
    let Verdict::Broken { violation, after } = bench.verdict(SERVED) else { panic!("it is broken") };
    assert_eq!(violation.why, "P0 waits for ever for a reply from P1, which is down.");
    assert_eq!(after.map(Assumption::sentence), Some("This algorithm assumes that no process crashes."));
}

#[test]
fn what_cannot_be_asked_says_why() {
    let mut bench = bench(&json!({}));
    let refusals = |bench: &Bench| -> Vec<Option<String>> {
        let offers = bench.world.nodes()[0].process().offers(&bench.world.view(NodeId(0)));
        offers.into_iter().map(|offer| offer.refused).collect()
    };
    let (enter, exit) = (bench.request(0, json!("Enter")), bench.request(0, json!("Exit")));
    assert_eq!(refusals(&bench), [None, Some("P0 is not in the critical section.".into())]);
    assert_eq!(bench.world.refusal(exit, &bench.payloads).as_deref(), Some("P0 is not in the critical section."));
    bench.take(enter);
    assert_eq!(
        refusals(&bench),
        [Some("P0 waits to enter already.".into()), Some("P0 is not in the critical section.".into())]
    );
    bench.play(100);
    assert_eq!(refusals(&bench), [Some("P0 is in the critical section already.".into()), None]);
    assert!(bench.world.refusal(enter, &bench.payloads).is_some());
}

#[test]
fn a_configuration_that_does_not_fit_is_refused_with_what_was_expected() {
    for config in [json!({"clocks": [1, 2]}), json!({"clocks": [1, 2, -3]}), json!({"clock": []}), json!([]), json!(7)]
    {
        let json = json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "",
            "nodes": 3, "config": config});
        let error = Bench::of_json(&ALGORITHM, json).err().unwrap_or_else(|| panic!("{config} was read"));
        assert!(error.to_string().contains("with 3 numbers from 0 to 1000000"), "{error}");
    }
}

/// A lost message is told apart from one that is merely late.
#[test]
fn a_lost_reply_is_named_at_once() {
    let mut bench = bench(&json!({}));
    bench.ask(0, json!("Enter"));
    bench.deliver(0, 1);
    assert_eq!(*bench.verdict(ANSWERED), Verdict::Holds);
    bench.take(Event::Drop(MessageId { from: NodeId(1), number: 0, copy: 0 }));
    assert_eq!(bench.broken(), [ANSWERED]);
    bench.play(100);
    assert_eq!(bench.broken(), [SERVED, ANSWERED]);
}

#[test]
fn every_scenario_plays_and_together_they_reach_every_line_of_the_pseudocode() {
    let mut reached = BTreeSet::new();
    for name in ALGORITHM.scenarios {
        let mut bench = embedded(name);
        let mut captions = Scenario::embedded(&ALGORITHM, name).expect("a scenario").expect("in order").captions;
        let mut count = 0;
        while count < 2_000 && bench.play_one() {
            count += 1;
            reached.extend(bench.step.lines.iter().copied());
            let event = bench.step.event.expect("something was played");
            let name = FileEvent::of(event, &bench.payloads);
            captions.retain(|caption| caption.on != name);
        }
        assert!(captions.is_empty(), "{name}: captions that never appear: {captions:?}");
        let endless = *name == "workload";
        assert_eq!(count == 2_000, endless, "{name}: {count} events");
        let faulty = !bench.broken().is_empty();
        let meant = *name == "idle-crash" || ALGORITHM.bugs.iter().any(|bug| bug.scenario == *name);
        assert_eq!(faulty, meant, "{name}: {:?}", bench.broken());
    }
    let tags: BTreeSet<&str> = ALGORITHM
        .texts
        .pseudocode
        .lines()
        .filter_map(|line| line.rsplit_once('#'))
        .map(|(_, tag)| tag.trim())
        .collect();
    assert_eq!(reached, tags);
}
