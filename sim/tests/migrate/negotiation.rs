//! Two Starters and two kernels: every interleaving, random schedules, and who is rejected when.

use crate::support::deep;
use serde_json::{Value as Json, json};
use sim::{
    Event, Life, Mode, NodeId, Scenario,
    algorithms::migrate::negotiation::ALGORITHM,
    testing::{Bench, explore, random_run},
};

/// Machines with so much memory, and processes of these sizes.
fn bench(machines: &[(u32, &[u32])], fields: &Json) -> Bench {
    let machine = |(memory, sizes): &(u32, &[u32])| json!({"memory": memory, "processes": sizes});
    let mut whole = json!({
        "version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "",
        "nodes": 2 * machines.len(), "config": {"machines": machines.iter().map(machine).collect::<Vec<_>>()},
    });
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Bench::new(Scenario::read(&whole.to_string()).unwrap().prepare(&ALGORITHM).unwrap())
}

fn request(process: u32, machine: u32) -> Json {
    json!({"Move": {"process": process, "machine": machine}})
}

/// Both machines send each other a process, with time-outs at any moment and a crash of a kernel.
#[test]
fn no_interleaving_of_two_moves_breaks_anything() {
    let mut states = vec![];
    for crashed in [None, Some(3)] {
        let mut bench = bench(&[(40, &[20, 10]), (40, &[20])], &json!({}));
        let one = bench.request(0, request(1, 1));
        let two = bench.request(2, request(3, 0));
        let mut budget = vec![(one, 1), (two, 1)];
        budget.extend(crashed.map(|node| (Event::Crash(NodeId(node)), 1)));
        let walk = explore(&bench, Mode::Untimed, &budget, 2_000_000);
        assert!(walk.broken.is_empty(), "{:?}", walk.broken);
        assert!(walk.complete);
        states.push(walk.states);
    }
    assert_eq!(states, [675, 1611]);
}

#[test]
fn random_schedules_with_crashes_break_nothing() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let machines: [(u32, &[u32]); 3] = [(64, &[40, 10]), (64, &[30, 20]), (64, &[])];
        let mut bench = bench(&machines, &json!({"seed": seed, "parameters": {"timeout": "50 ms"}}));
        random_run(&mut bench, seed, 300, Mode::Untimed, |bench, bits| {
            let node = NodeId((bits % 6) as u32);
            let up = (0..6).filter(|&id| bench.world.nodes()[id].life() == Life::Up).count();
            let is_up = bench.world.nodes()[node.index()].life() == Life::Up;
            (bits % 32 < 6 && up > 4 && is_up).then_some(Event::Crash(node))
        });
        bench.play(5_000);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}");
    }
}

/// The example of the reference: 40 MB are offered and 30 are free. Four messages, and the rejection.
#[test]
fn a_kernel_without_room_says_no_after_four_messages() {
    let mut bench = bench(&[(64, &[40]), (64, &[34])], &json!({}));
    bench.ask(0, request(1, 1));
    bench.play(u64::MAX);
    let tally = bench.world.tally();
    assert_eq!((tally.sent_in_all(), tally.sent("Reject"), tally.outputs("Stays")), (5, 1, 1));
    assert_eq!(bench.broken(), Vec::<&str>::new());
}

/// The same memory is asked for twice at the same time: both are relayed, one is reserved.
#[test]
fn what_is_reserved_is_not_promised_again() {
    let mut bench = bench(&[(64, &[40]), (64, &[30]), (64, &[])], &json!({}));
    bench.ask(0, request(1, 2));
    bench.ask(2, request(2, 2));
    bench.play(u64::MAX);
    let tally = bench.world.tally();
    assert_eq!((tally.sent("Relay"), tally.sent("MigrateIn"), tally.sent("Accept")), (2, 2, 1));
    assert_eq!((tally.outputs("Moved"), tally.outputs("NoRoom"), tally.outputs("Stays")), (1, 1, 1));
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused_with_the_reason() {
    let refusal = |nodes: u32, machines: Json| {
        let json = json!({
            "version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "",
            "nodes": nodes, "config": {"machines": machines},
        });
        Scenario::read(&json.to_string()).unwrap().prepare(&ALGORITHM).err().map(|error| error.to_string())
    };
    assert_eq!(refusal(4, json!([{"memory": 64}, {"memory": 64, "processes": [64]}])), None);
    for (nodes, machines, reason) in [
        (3, json!([{"memory": 64}]), "pairs"),
        (4, json!([{"memory": 64}]), "2 pairs"),
        (4, json!([{"memory": 64}, {"memory": 64, "processes": [40, 30]}]), "do not fit"),
    ] {
        let found = refusal(nodes, machines);
        assert!(found.as_ref().is_some_and(|found| found.contains(reason)), "{found:?} for {reason}");
    }
}
