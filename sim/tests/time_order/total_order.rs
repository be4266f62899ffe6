//! Totally ordered multicast.

use super::*;
use sim::algorithms::time::total_order::ALGORITHM;

const SAME_ORDER: &str = "all deliver in the same order";
const DELIVERED: &str = "what was sent is delivered everywhere";
const SAME_BALANCE: &str = "all replicas show the same balance in the end";

fn of(nodes: u32, order: &str, variant: Option<&str>) -> Bench {
    bench(&ALGORITHM, &json!({"nodes": nodes, "order": order, "variant": variant}))
}

fn deposit() -> Json {
    json!({"Deposit": {"amount": 100}})
}

/// Walks all states; process k may send as often as `multicasts[k]` says.
fn explored(mut bench: Bench, multicasts: &[u32]) -> Walk {
    let budgets: Vec<Budget> = (0..)
        .zip(multicasts)
        .map(|(node, &count)| Budget { requests: vec![bench.request(node, deposit())], count })
        .collect();
    walk(&bench, &budgets)
}

fn delivered(bench: &Bench) -> Vec<String> {
    (0..bench.world.members().len() as u32).map(|node| field(bench, node, "delivered")).collect()
}

#[test]
fn vector_lamport_to_trace() {
    let expected = &vector("lamport-to-trace")["expected"];
    let mut bench = of(3, "fifo", None);
    bench.ask(0, deposit());
    bench.ask(1, deposit());
    bench.deliver(0, 2);
    assert_eq!(field(&bench, 2, "clock"), "2");
    assert!(told(&bench).is_empty());
    bench.deliver(1, 2);
    assert_eq!((field(&bench, 2, "clock"), told(&bench)), ("3".into(), vec!["2 Delivered".to_owned()]));
    bench.play(100);
    let order = expected["order"].as_array().expect("a list").iter();
    let order: Vec<String> = order.map(|stamp| format!("({}, P{})", stamp[0], stamp[1])).collect();
    assert_eq!(delivered(&bench), vec![format!("[{}]", order.join(", ")); 3]);
    assert_eq!(json!(bench.world.tally().sent_in_all()), expected["messages"]);
    assert_eq!(costs_agree(&bench), 1);
}

/// The stamps of the vector are delivered in the order that it says.
#[test]
fn vector_lamport_total_order_tie() {
    let vector = vector("lamport-total-order-tie");
    let mut bench = of(10, "fifo", None);
    // Who has sent four messages and heard nothing stamps the fifth with 5.
    for stamp in vector["inputs"]["requests"].as_array().expect("a list") {
        let (ts, node) = (stamp[0].as_u64().expect("a number"), stamp[1].as_u64().expect("an id") as u32);
        for _ in 0..ts {
            bench.ask(node, deposit());
        }
    }
    bench.play(100_000);
    let sequence = delivered(&bench).remove(0);
    assert!(delivered(&bench).iter().all(|other| *other == sequence));
    let sorted = vector["expected"]["sorted"].as_array().expect("a list").iter();
    let places: Vec<usize> = sorted
        .map(|stamp| format!("({}, P{})", stamp[0], stamp[1]))
        .map(|stamp| sequence.find(&stamp).unwrap_or_else(|| panic!("{stamp} is not in {sequence}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// The numbers of the reference, exactly.
#[test]
fn vector_group_states() {
    let expected = &vector("group-states")["expected"];
    let cases = [("lamport_n2_11", vec![1, 1]), ("lamport_n2_21", vec![2, 1]), ("lamport_n3_110", vec![1, 1, 0])];
    for (name, multicasts) in cases {
        let walk = explored(of(multicasts.len() as u32, "fifo", None), &multicasts);
        assert!(walk.broken.is_empty(), "{name}: {:?}", walk.broken);
        assert_eq!(json!(walk.states), expected[name], "{name}");
    }
}

#[test]
fn vector_group_messages() {
    let mut bench = of(3, "fifo", None);
    bench.ask(2, deposit());
    bench.play(100);
    assert_eq!(json!(bench.world.tally().sent_in_all()), vector("group-messages")["expected"]["lamport"]);
}

#[test]
fn vector_group_bugs() {
    let vector = vector("group-bugs");
    let steps = |name: &str| vector["expected"][name].as_array().map_or(0, Vec::len);
    let found = |nodes, order, variant, multicasts: &[u32]| {
        shortest(&explored(of(nodes, order, variant), multicasts), SAME_ORDER)
    };
    assert_eq!(found(2, "fifo", Some("deliver-at-once"), &[1, 1]), steps("lamport_no_wait"));
    assert_eq!(found(2, "any", None, &[1, 1]), steps("lamport_bag_n2"));
    assert_eq!(found(3, "any", None, &[1, 1, 0]), steps("lamport_bag_n3"));
    // These two are not in the reference: both send, both messages arrive, and P1 has an ACK; or nobody can go on.
    assert_eq!(found(2, "fifo", Some("no-tie-break"), &[1, 1]), 5);
    let stuck = explored(of(3, "fifo", Some("tell-only-the-sender")), &[1, 0, 0]);
    assert_eq!(shortest(&stuck, DELIVERED), 5);
    assert!(explored(of(2, "fifo", Some("tell-only-the-sender")), &[1, 1]).broken.is_empty(), "two have no third");
    bugs_show_in_their_scenarios(&ALGORITHM);
}

#[test]
fn random_schedules_agree_and_keep_the_order_of_the_stamps() {
    let mut most = 0;
    for seed in 0..seeds() {
        let mut bench = of(4, "fifo", None);
        random_run(&mut bench, seed, 150, Mode::Untimed, |_, _| None);
        assert!(bench.broken().is_empty(), "seed {seed}");
        bench.play(20_000);
        assert!(bench.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
        costs_agree(&bench);
        most = most.max(bench.world.tally().sent("Data") / 3);
        let stamps = stamps_of(&delivered(&bench)[0]);
        assert!(stamps.is_sorted() && stamps.len() as u64 == bench.world.tally().sent("Data") / 3, "seed {seed}");
    }
    assert!(most > 8, "at most {most} multicasts");
}

/// "[(1, P0), (2, P1)]" as numbers.
fn stamps_of(shown: &str) -> Vec<(u64, u64)> {
    let numbers: Vec<u64> =
        shown.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Losses and crashes stop deliveries. What is delivered is delivered in one order all the same.
#[test]
fn crashes_and_losses_block_and_never_reorder() {
    let mut blocked = 0;
    for seed in 0..seeds() {
        let mut bench = of(3, "fifo", None);
        random_run(&mut bench, seed, 100, Mode::Untimed, |_, bits| {
            (bits % 5 == 0).then_some(Event::Crash(sim::NodeId((bits / 5) as u32 % 3)))
        });
        bench.play(20_000);
        assert_eq!(*bench.verdict(SAME_ORDER), Verdict::Holds, "seed {seed}");
        blocked += u64::from(bench.verdict(DELIVERED).is_broken());
    }
    assert!(blocked > seeds() / 4, "{blocked}");
}

#[test]
fn scenarios_end_as_they_say() {
    let ends = |name: &str, balances: &[u64], broken: &[&str]| {
        let (bench, found) = played(&ALGORITHM, name);
        let shown: Vec<String> = (0..balances.len() as u32).map(|node| field(&bench, node, "balance")).collect();
        assert_eq!(shown, balances.iter().map(ToString::to_string).collect::<Vec<_>>(), "{name}");
        assert_eq!(found, broken, "{name}");
        bench.world.tally().sent_in_all()
    };
    assert_eq!(ends("deposit-and-interest", &[1111, 1111], &[]), 4);
    assert_eq!(ends("three-replicas", &[1111, 1111, 1111], &[]), 12);
    assert_eq!(ends("overtaken", &[1111, 1110], &[SAME_ORDER, SAME_BALANCE]), 4);
    assert_eq!(ends("silent", &[1000, 1000, 1000], &[DELIVERED]), 4);
    assert_eq!(ends("deliver-at-once", &[1111, 1110], &[SAME_ORDER, SAME_BALANCE]), 4);
    assert_eq!(ends("no-tie-break", &[1111, 1110], &[SAME_ORDER, SAME_BALANCE]), 4);
    assert_eq!(ends("tell-only-the-sender", &[1100, 1000, 1000], &[DELIVERED, SAME_BALANCE]), 4);
    let (bench, broken) = played(&ALGORITHM, "workload");
    assert!(broken.is_empty() && costs_agree(&bench) == 1 && bench.world.tally().sent("Data") == 3 * 24);
}

#[test]
fn what_is_no_change_is_refused() {
    let mut bench = of(2, "fifo", None);
    for change in [json!({"Deposit": {"amount": 0}}), json!({"Interest": {"percent": 101}})] {
        let event = bench.request(0, change);
        assert!(bench.world.refusal(event, &bench.payloads).is_some());
    }
}
