//! Mutual exclusion: the vectors of the reference, every reachable state of small systems with its number, random
//! schedules, and the planted bugs with their shortest runs. Ricart–Agrawala has a test of its own.
#![cfg(feature = "embed")]

mod centralized;
mod fairness;
mod lamport;
mod maekawa;
mod raymond;
mod semaphore;
mod suzuki_kasami;
mod token_ring;

use serde_json::{Value as Json, json};
use sim::{
    Algorithm, Effect, Event, LinkId, MessageId, Mode, NodeId, Scenario, Step, Tone, Verdict,
    testing::{Bench, Walk, explore, random_run},
};

const ONE_INSIDE: &str = "at most one process is in the critical section";
const SERVED: &str = "every request is served";

/// Three processes on a complete network, and what the test says besides.
fn bench(algorithm: &'static Algorithm, more: &Json) -> Bench {
    let mut json =
        json!({"version": 1, "algorithm": algorithm.id, "name": "test", "title": "", "sentence": "", "nodes": 3});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    Bench::of_json(algorithm, json).unwrap_or_else(|error| panic!("{error}"))
}

fn embedded(algorithm: &'static Algorithm, name: &str, variant: bool) -> Bench {
    let scenario = Scenario::embedded(algorithm, name).unwrap_or_else(|| panic!("no scenario {name}"));
    let mut scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    if !variant {
        scenario.variant = None;
    }
    Bench::new(scenario.prepare(algorithm).unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn vector(id: &str) -> Json {
    let all: Vec<Json> = serde_json::from_str(include_str!("../vectors/mutex.json")).expect("vectors");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector {id}"))
}

/// Walks all states; process k may ask to enter and to leave as often as `rounds[k]` says.
fn walk(mut bench: Bench, rounds: &[u32]) -> Walk {
    let mut budget = Vec::new();
    for (node, &count) in (0..).zip(rounds).filter(|(_, count)| **count > 0) {
        budget.push((bench.request(node, json!("Enter")), count));
        budget.push((bench.request(node, json!("Exit")), count));
    }
    explore(&bench.without_monitors(), Mode::Untimed, &budget, 1_000_000)
}

/// Walks all states of a system in which nothing goes wrong; gives their number.
fn sound(bench: Bench, rounds: &[u32]) -> usize {
    let walk = walk(bench, rounds);
    assert!(walk.complete && walk.broken.is_empty(), "{:?}", lengths(&walk));
    walk.states
}

fn lengths(walk: &Walk) -> Vec<(&'static str, usize)> {
    walk.broken.iter().map(|(name, run)| (*name, run.len())).collect()
}

/// The length of the shortest run that breaks this property, of a walk that saw everything.
fn shortest(bench: Bench, rounds: &[u32], property: &str) -> usize {
    let walk = walk(bench, rounds);
    let found = walk.broken.iter().find(|(name, _)| *name == property);
    found.unwrap_or_else(|| panic!("{property} is never broken in {} states", walk.states)).1.len()
}

fn deep() -> bool {
    std::env::var_os("INTERLEAVE_DEEP").is_some()
}

fn seeds() -> u64 {
    if deep() { 10_000 } else { 200 }
}

fn inside(bench: &Bench) -> Vec<u32> {
    let members = bench.world.members().iter();
    members.filter(|&&node| bench.world.status(node).tone == Tone::Active).map(|node| node.0).collect()
}

/// Plays on and lets everybody out, until nothing is left to do.
fn drain(bench: &mut Bench) {
    loop {
        bench.play(2_000);
        let Some(&node) = inside(bench).first() else { return };
        bench.ask(node, json!("Exit"));
    }
}

/// The nodes that told this kind of output in a step.
fn told(step: &Step, kind: &str) -> Vec<u32> {
    let outputs = step.effects.iter().filter_map(|effect| match effect {
        Effect::Output(node, output) if output.kind() == kind => Some(node.0),
        _ => None,
    });
    outputs.collect()
}

/// What was sent in a step: "REQUEST 0->1".
fn sent(step: &Step) -> Vec<String> {
    let sent = step.effects.iter().filter_map(|effect| match effect {
        Effect::Sent { id, to, payload, .. } => {
            Some(format!("{} {}->{}", payload.kind().to_uppercase(), id.from.0, to.0))
        }
        _ => None,
    });
    sent.collect()
}

/// One step of a trace of the reference: "+2" P2 asks, "-2" it leaves, "21" the earliest message from P2 to P1 arrives.
fn act(bench: &mut Bench, step: &str) {
    let digit = |place: usize| u32::from(step.as_bytes()[place] - b'0');
    match &step[..1] {
        "+" => bench.ask(digit(1), json!("Enter")),
        "-" => bench.ask(digit(1), json!("Exit")),
        _ => bench.deliver(digit(0), digit(1)),
    };
}

/// A field of a process, as it is shown.
fn field(bench: &Bench, node: u32, name: &str) -> String {
    let fields = bench.world.nodes()[node as usize].process().reflect();
    fields.field(name).unwrap_or_else(|| panic!("no field {name}")).to_string()
}

fn flights(bench: &Bench) -> Vec<MessageId> {
    let mut flights: Vec<MessageId> = bench.world.flights().map(|flight| flight.id).collect();
    flights.sort_unstable();
    flights
}

/// Nothing is broken, and nothing is still to come.
fn all_that_is_promised_holds(bench: &Bench) -> bool {
    bench.judge.verdicts().iter().all(|verdict| matches!(verdict, Verdict::Holds | Verdict::NotPromised(_)))
}

/// Random schedules without faults: nothing is ever broken, everybody is served in the end, and costs agree.
fn random_schedules_are_sound(algorithm: &'static Algorithm, more: &Json) {
    for seed in 0..seeds() {
        let mut bench = bench(algorithm, more);
        random_run(&mut bench, seed, 150, Mode::Untimed, |_, _| None);
        assert!(bench.broken().is_empty(), "seed {seed}: {:?}", bench.judge.verdicts());
        drain(&mut bench);
        assert!(all_that_is_promised_holds(&bench), "seed {seed}");
        for cost in algorithm.costs {
            let count = (cost.count)(&bench.world);
            assert!(count.is_none_or(|(counted, formula)| cost.relation.holds(counted, formula)), "{}", cost.what);
        }
    }
}

/// A random schedule in which every process enters and leaves once.
fn once_each(bench: &mut Bench, seed: u64) {
    let nodes = bench.world.members().len() as u32;
    let ask = |bench: &mut Bench, what: &str| -> Vec<Event> {
        (0..nodes).map(|node| bench.request(node, json!(what))).collect()
    };
    let (mut enters, exits) = (ask(bench, "Enter"), ask(bench, "Exit"));
    for k in 0.. {
        let mut moves = bench.world.enabled(Mode::Untimed);
        let requests = enters.iter().chain(&exits).copied();
        moves.extend(requests.filter(|&event| bench.world.refusal(event, &bench.payloads).is_none()));
        if moves.is_empty() {
            return;
        }
        let event =
            moves[(sim::random::draw(seed, sim::random::Purpose::Process, (0, 0), k) % moves.len() as u64) as usize];
        enters.retain(|&enter| enter != event);
        bench.take(event);
    }
}

/// Faults of a random schedule.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Crash,
    Lose,
    Duplicate,
    Cut,
}

/// Random schedules with faults that may block but must not break these; gives in how many somebody was not served.
fn faults_keep(algorithm: &'static Algorithm, more: &Json, faults: &[Fault], kept: &[&str]) -> u64 {
    let mut blocked = 0;
    for seed in 0..seeds() {
        let mut bench = bench(algorithm, more);
        let nodes = bench.world.members().len() as u32;
        random_run(&mut bench, seed, 200, Mode::Untimed, |bench, bits| {
            let flights = flights(bench);
            let flight = flights.get(bits as usize / 7 % flights.len().max(1)).copied();
            match faults[bits as usize % faults.len()] {
                Fault::Crash => Some(Event::Crash(NodeId(bits as u32 / 7 % nodes))),
                Fault::Lose => flight.map(Event::Drop),
                Fault::Duplicate => flight.map(Event::Duplicate),
                Fault::Cut => Some(Event::CutLink(LinkId(bits as u32 / 7 % bench.world.links().len() as u32))),
            }
        });
        drain(&mut bench);
        for name in kept {
            assert_eq!(*bench.verdict(name), Verdict::Holds, "seed {seed}");
        }
        blocked += u64::from(bench.verdict(SERVED).is_broken());
    }
    blocked
}

/// Each bug shows in its scenario, by Play, and the same run without it breaks nothing.
fn bugs_show_in_their_scenarios(algorithm: &'static Algorithm) {
    for bug in algorithm.bugs {
        let mut buggy = embedded(algorithm, bug.scenario, true);
        let shows = (0..2_000).any(|_| buggy.broken().contains(&bug.breaks) || !buggy.play_one());
        assert!(shows && buggy.broken().contains(&bug.breaks), "{}: {:?}", bug.id, buggy.broken());
        let mut right = embedded(algorithm, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}

/// Plays a scenario; gives who entered, in order, and what is broken at the end.
fn played(algorithm: &'static Algorithm, scenario: &str) -> (Vec<u32>, Vec<&'static str>, u64) {
    let mut bench = embedded(algorithm, scenario, true);
    let mut entered = vec![];
    let mut steps = 0;
    while steps < 2_000 && bench.play_one() {
        steps += 1;
        entered.extend(told(&bench.step, "Entered"));
    }
    (entered, bench.broken(), bench.world.tally().sent_in_all())
}
