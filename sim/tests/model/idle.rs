//! model/idle-location and model/owner-returns.

use crate::support::{assert_costs, bench, cost, deep, own, total};
use serde_json::{Value as Json, json};
use sim::{
    Event, Micros, Mode,
    algorithms::model::{idle_location::ALGORITHM, owner_returns},
    testing::{Walk, explore, random_run},
};

const PROTOCOLS: [&str; 3] = ["by a hunt", "in a registry", "in the own table"];

/// The reference: 2 to ask, 2 to claim, 1 to strike off; a hunt takes n − 1 and the answers, and the claim.
#[test]
fn a_machine_is_found_with_as_many_messages_as_the_reference_says() {
    for (protocol, nodes, expected) in
        [(1, 5, 5), (1, 20, 5), (0, 5, 4 + 3 + 2), (0, 20, 19 + 3 + 2), (2, 5, 2 + 4), (2, 20, 2 + 19)]
    {
        let mut bench = bench(
            &ALGORITHM,
            &json!({"nodes": nodes, "parameters": {"protocol": PROTOCOLS[protocol]}, "config": {"idle": [2, 3, 4]}}),
        );
        bench.ask(1, json!({"Run": {"demand": "60 s"}}));
        while bench.world.flights().next().is_some() {
            assert!(bench.play_one());
        }
        let placed = bench.world.tally().sent("Process");
        let messages = bench.world.tally().sent_in_all() - placed;
        assert_eq!((placed, messages), (1, expected), "{nodes} machines, {}", PROTOCOLS[protocol]);
        assert_costs(&ALGORITHM, &bench, PROTOCOLS[protocol]);
    }
}

/// The reference's example: 50 of 60 minutes are done, to move takes 20 s.
#[test]
fn an_owners_return_costs_what_the_reference_says() {
    let minutes = |minutes: u64| Micros(minutes * 60_000_000);
    for (name, shared, lost, frozen) in [
        ("stays", minutes(10), Micros::ZERO, Micros::ZERO),
        ("killed", Micros::ZERO, minutes(50), Micros::ZERO),
        // 20 s, four messages of 10 ms and the 5 ms for which the offer is held back.
        ("migrates", Micros::ZERO, Micros::ZERO, Micros(20_055_000)),
        ("grace", minutes(3), Micros::ZERO, Micros::ZERO),
    ] {
        let mut bench = own(&owner_returns::ALGORITHM, &ALGORITHM, name);
        bench.play(10_000);
        assert!(bench.world.is_quiet() && bench.broken().is_empty(), "{name}: {:?}", bench.broken());
        let found = ["shared", "lost", "frozen"].map(|field| total(&bench.world, field));
        assert_eq!(found, [shared, lost, frozen], "{name}");
        assert_costs(&ALGORITHM, &bench, name);
        let (used, needed) = cost(&ALGORITHM, &bench, "processor time used, in ms").unwrap();
        assert_eq!((used, needed), (3_600_000 + lost.0 / 1_000, used), "{name}");
    }
}

/// The policy is replaced in the middle of a run: it decides about the next return.
#[test]
fn the_policy_in_force_when_the_owner_comes_back_decides() {
    let mut bench = own(&owner_returns::ALGORITHM, &ALGORITHM, "stays");
    let policy = json!({"guest": "killed", "grace": 0});
    let read = (ALGORITHM.policy.as_ref().unwrap().read)(&policy).unwrap();
    let event = Event::SetPolicy(bench.payloads.intern(sim::Payload::Policy(policy, read)));
    bench.play_until(Micros(1_000_000_000));
    bench.take(event);
    bench.play(10_000);
    assert_eq!(total(&bench.world, "lost"), Micros(3_000_000_000));
}

/// Without delays and with processes that take no time, in every order of events: two users, one or two idle machines,
/// an owner who comes back.
fn walk(protocol: usize, guest: &str, variant: Option<&str>) -> Walk {
    let (nodes, first) = if protocol == 1 { (4, 1) } else { (3, 0) };
    let mut bench = bench(
        &ALGORITHM,
        &json!({
            "nodes": nodes,
            "delay": {"constant": 0},
            "parameters": {"protocol": PROTOCOLS[protocol], "demand": 0, "idle-after": 0, "patience": 0, "freeze": 0},
            "policy": {"guest": guest, "grace": 0},
            "config": {"idle": [first + 2]},
            "variant": variant,
        }),
    );
    let run = json!({"Run": {"demand": 0}});
    let budget = [(first, run.clone()), (first + 1, run), (first + 2, json!("Return")), (first + 2, json!("Leave"))];
    let budget: Vec<(Event, u32)> = budget.map(|(node, ask)| (bench.request(node, ask), 1)).into();
    // A planted bug is found early, breadth first.
    explore(&bench, Mode::Untimed, &budget, if variant.is_some() { 10_000 } else { 900_000 })
}

#[test]
fn every_interleaving_of_two_users_and_an_owner_is_right() {
    let mut found = Vec::new();
    for (protocol, name) in PROTOCOLS.iter().enumerate() {
        for guest in ["stays", "killed", "migrates"] {
            let walk = walk(protocol, guest, None);
            assert_eq!(walk.broken, [], "{name}, {guest}");
            assert!(walk.complete, "{name}, {guest}");
            found.push(walk.states);
        }
    }
    let expected = [4_476, 9_970, 11_548, 6_463, 11_372, 11_228, 24_585, 39_488, 28_863];
    assert_eq!(found, expected, "states: a hunt, a registry, tables; the guest stays, is killed, migrates");
}

#[test]
fn planted_bugs_are_found_and_break_what_they_name() {
    let mut found = Vec::new();
    for (bug, protocol) in [("without-claim", 0), ("grants-anyway", 2), ("guest-stays-on", 0), ("silent-exit", 1)] {
        let walk = walk(protocol, "killed", Some(bug));
        let breaks = ALGORITHM.bug(bug).unwrap().breaks;
        let run = walk.broken.iter().find(|(name, _)| *name == breaks).map(|(_, run)| run.len());
        found.push(run.unwrap_or_else(|| panic!("{bug} breaks {:?}", walk.broken)));
    }
    assert_eq!(found, [8, 3, 7, 7], "events of the shortest runs, in the order of the list");
}

#[test]
fn random_schedules_are_right() {
    for seed in 0..if deep() { 10_000 } else { 200 } {
        let protocol = seed as usize % 3;
        let guest = ["stays", "killed", "migrates"][seed as usize / 3 % 3];
        let fields: Json = json!({
            "nodes": 4 + seed % 3,
            "seed": seed,
            "parameters": {"protocol": PROTOCOLS[protocol], "demand": "50 ms", "idle-after": "20 ms", "patience": "50 ms", "freeze": "30 ms"},
            "policy": {"guest": guest, "grace": 20_000 * (seed / 9 % 2)},
            "config": {"idle": [1, 2]},
        });
        let mut bench = bench(&ALGORITHM, &fields);
        random_run(&mut bench, seed, 250, Mode::Untimed, |_, _| None);
        bench.play(10_000);
        assert!(bench.world.is_quiet(), "seed {seed}");
        assert_eq!(bench.broken(), [""; 0], "seed {seed}");
        assert_costs(&ALGORITHM, &bench, &format!("seed {seed}"));
    }
}
