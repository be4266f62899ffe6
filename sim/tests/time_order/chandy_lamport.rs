//! The Chandy–Lamport snapshot.

use super::*;
use sim::algorithms::time::chandy_lamport::ALGORITHM;

const CONSERVED: &str = "a complete snapshot shows exactly the money that there is";
const CONSISTENT: &str = "nothing that was sent after the snapshot is received before it";
const COMPLETE: &str = "a snapshot that was started is completed";

fn pay(bench: &mut Bench, from: u32, to: u32, amount: u32) -> Event {
    bench.request(from, json!({"Pay": {"to": to, "amount": amount}}))
}

fn of(nodes: u32, balance: u32, order: &str, variant: Option<&str>) -> Bench {
    bench(&ALGORITHM, &json!({"nodes": nodes, "order": order, "variant": variant, "parameters": {"balance": balance}}))
}

/// Walks all states: so many payments of one unit by each process, to whom it likes, and one snapshot by P0.
fn explored(mut bench: Bench, payments: &[u32]) -> Walk {
    let nodes = bench.world.members().len() as u32;
    let mut budgets = vec![Budget { requests: vec![bench.request(0, json!("Snapshot"))], count: 1 }];
    for (from, &count) in (0..).zip(payments) {
        let peers = (0..nodes).filter(|&to| to != from);
        let requests = peers.map(|to| pay(&mut bench, from, to, 1)).collect();
        budgets.push(Budget { requests, count });
    }
    walk(&bench, &budgets)
}

#[test]
fn vector_chandy_lamport_trace() {
    let expected = &vector("chandy-lamport-trace")["expected"];
    let mut bench = of(2, 2, "fifo", None);
    bench.ask(0, json!({"Pay": {"to": 1, "amount": 1}}));
    bench.ask(0, json!("Snapshot"));
    assert_eq!(told(&bench), ["0 Recorded"]);
    bench.ask(1, json!({"Pay": {"to": 0, "amount": 1}}));
    bench.deliver(0, 1);
    bench.deliver(0, 1);
    assert_eq!(told(&bench), ["1 Recorded", "1 Finished"]);
    bench.deliver(1, 0);
    assert!(told(&bench).is_empty());
    bench.deliver(1, 0);
    assert_eq!(told(&bench), ["0 Finished"]);
    let recorded = [0, 1].map(|node| field(&bench, node, "recorded"));
    assert_eq!(json!(recorded.map(|text| text.parse::<u32>().expect("a number"))), expected["recorded"]);
    assert_eq!(field(&bench, 0, "channels"), "[(yes, []), (yes, [1])]");
    assert_eq!(field(&bench, 1, "channels"), "[(yes, []), (yes, [])]");
    assert_eq!(json!(bench.world.tally().sent("Marker")), expected["markers"]);
    assert_eq!(costs_agree(&bench), 1);
    assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds));
}

/// The numbers of the reference, exactly.
#[test]
fn vector_chandy_lamport_states() {
    let expected = &vector("chandy-lamport-states")["expected"];
    let cases = [
        ("n2_11", 1, vec![1, 1]),
        ("n2_22", 2, vec![2, 2]),
        ("n3_110", 1, vec![1, 1, 0]),
        ("n3_111", 1, vec![1, 1, 1]),
    ];
    for (name, balance, payments) in cases {
        let walk = explored(of(payments.len() as u32, balance, "fifo", None), &payments);
        assert!(walk.broken.is_empty(), "{name}: {:?}", walk.broken);
        assert_eq!(json!(walk.states), expected[name], "{name}");
    }
}

#[test]
fn vector_chandy_lamport_bugs() {
    let expected = &vector("chandy-lamport-bugs")["expected"];
    let found = |nodes, order, variant, payments: &[u32]| {
        json!(shortest(&explored(of(nodes, 1, order, variant), payments), CONSERVED))
    };
    assert_eq!(found(2, "any", None, &[1, 1]), expected["fifo_off"]["steps"]);
    assert_eq!(found(2, "fifo", Some("late-markers"), &[1, 1]), expected["lateMarker"]["steps"]);
    assert_eq!(found(2, "fifo", Some("forget-channels"), &[1, 1]), expected["noChannel"]["steps"]);
    // "8 (n = 3)" stands in the text of the reference only.
    assert_eq!(found(3, "any", None, &[1, 0, 0]), json!(8));
    bugs_show_in_their_scenarios(&ALGORITHM);
}

/// The cut itself is broken as soon as money arrives from behind a record: three steps.
#[test]
fn the_cut_is_judged_before_the_sum() {
    let walk = explored(of(2, 1, "fifo", Some("late-markers")), &[1, 1]);
    assert_eq!(shortest(&walk, CONSISTENT), 3);
    let walk = explored(of(2, 1, "fifo", Some("forget-channels")), &[1, 1]);
    assert!(walk.broken.iter().all(|(name, _)| *name != CONSISTENT), "what is forgotten does not make the cut wrong");
}

/// A run of the reference's experiment: payments of 1 to 20 by anybody, a snapshot by anybody at some moment.
fn experiment(nodes: u32, order: &str, seed: u64) -> Bench {
    let mut bench = of(nodes, 100, order, None);
    let draw = |k: u64, what: u64, below: u64| {
        sim::random::below(sim::random::draw(seed, sim::random::Purpose::Process, (what, 0), k), below)
    };
    let start = draw(0, 9, 40);
    for k in 0..40 {
        let from = draw(k, 1, nodes.into()) as u32;
        let to = (from + 1 + draw(k, 2, u64::from(nodes) - 1) as u32) % nodes;
        let event = pay(&mut bench, from, to, 1 + draw(k, 3, 20) as u32);
        if bench.world.refusal(event, &bench.payloads).is_none() {
            bench.take(event);
        }
        if k == start {
            bench.ask(draw(k, 4, nodes.into()) as u32, json!("Snapshot"));
        }
        for step in 0..draw(k, 5, 4) {
            let enabled = bench.world.enabled(Mode::Untimed);
            if let Some(last) = enabled.len().checked_sub(1) {
                bench.take(enabled[draw(k << 8 | step, 6, last as u64 + 1) as usize]);
            }
        }
    }
    random_rest(&mut bench, seed);
    bench
}

/// Delivers what is left, in any order.
fn random_rest(bench: &mut Bench, seed: u64) {
    for k in 0.. {
        let enabled = bench.world.enabled(Mode::Untimed);
        if enabled.is_empty() {
            return;
        }
        let bits = sim::random::draw(seed, sim::random::Purpose::Process, (7, 0), k);
        bench.take(enabled[sim::random::below(bits, enabled.len() as u64) as usize]);
    }
}

#[test]
fn vector_chandy_lamport_random() {
    let expected = &vector("chandy-lamport-random")["expected"];
    for nodes in [3, 4] {
        let (mut wrong, mut inconsistent) = (0, 0);
        for seed in 0..seeds() {
            let bench = experiment(nodes, "fifo", seed);
            assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
            assert_eq!(costs_agree(&bench), 1);
            let bag = experiment(nodes, "any", seed);
            assert_eq!(*bag.verdict(COMPLETE), Verdict::Holds);
            wrong += u64::from(bag.verdict(CONSERVED).is_broken());
            inconsistent += u64::from(bag.verdict(CONSISTENT).is_broken());
        }
        // Only "zero" and "clearly not zero" are normative.
        let name = format!("n{nodes}");
        assert!(expected["bag_wrong_total"][&name] != 0 && wrong > seeds() / 2, "{wrong} wrong totals");
        assert!(expected["bag_inconsistent_cut"][&name] != 0 && inconsistent > seeds() / 20, "{inconsistent}");
    }
    assert_eq!((&expected["fifo_wrong_total"], &expected["fifo_inconsistent"]), (&json!(0), &json!(0)));
}

/// What a user can press, in any order: anybody may start a snapshot, several may.
#[test]
fn any_number_may_start_at_any_moment() {
    let mut completed = 0;
    for seed in 0..seeds() {
        let mut bench = of(4, 50, "fifo", None);
        random_run(&mut bench, seed, 150, Mode::Untimed, |_, _| None);
        bench.play(2_000);
        assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
        completed += costs_agree(&bench);
    }
    assert!(completed as u64 > seeds() / 2, "only {completed} snapshots");
}

/// Losses and crashes can keep a snapshot from being completed. They never make a complete one inconsistent.
#[test]
fn crashes_leave_it_incomplete_and_never_inconsistent() {
    let mut incomplete = 0;
    for seed in 0..seeds() {
        let mut bench = of(3, 100, "fifo", None);
        bench.ask(0, json!("Snapshot"));
        random_run(&mut bench, seed, 60, Mode::Untimed, |_, bits| Some(Event::Crash(sim::NodeId(bits as u32 % 3))));
        bench.play(2_000);
        assert_eq!(*bench.verdict(CONSISTENT), Verdict::Holds, "seed {seed}");
        incomplete += u64::from(bench.verdict(COMPLETE).is_broken());
    }
    assert!(incomplete > seeds() / 4, "{incomplete}");
}

#[test]
fn scenarios_end_as_they_say() {
    let sum = |name: &str| {
        let (bench, broken) = played(&ALGORITHM, name);
        let details: Vec<String> = bench.world.members().iter().map(|&node| bench.world.status(node).detail).collect();
        (details, broken)
    };
    let done = |name: &str, details: &[&str], broken: &[&str]| {
        assert_eq!(sum(name), (details.iter().map(ToString::to_string).collect(), broken.to_vec()), "{name}");
    };
    done("two-accounts", &["recorded 1 and 1 under way", "recorded 2"], &[]);
    done("never-existed", &["recorded 100 and 30 under way", "recorded 70"], &[]);
    done("marker-overtakes", &["recorded 90", "recorded 100"], &[CONSERVED]);
    done("payment-overtakes", &["recorded 100", "recorded 110"], &[CONSERVED, CONSISTENT]);
    assert_eq!(sum("crash").1, [COMPLETE]);
    let (bench, broken) = played(&ALGORITHM, "two-starters");
    assert_eq!((bench.world.tally().sent("Marker"), broken), (6, vec![]));
    let (bench, broken) = played(&ALGORITHM, "money-moves");
    assert!(broken.is_empty() && bench.world.tally().sent("Money") > 20 && costs_agree(&bench) == 1);
}

#[test]
fn nobody_pays_what_it_does_not_have() {
    let mut bench = of(2, 5, "fifo", None);
    for (to, amount, why) in
        [(1, 6, "has 5 and cannot pay 6"), (1, 0, "cannot pay 0"), (0, 1, "another process"), (9, 1, "another process")]
    {
        let event = pay(&mut bench, 0, to, amount);
        let refusal = bench.world.refusal(event, &bench.payloads).expect("a refusal");
        assert!(refusal.contains(why), "{refusal}");
    }
}
