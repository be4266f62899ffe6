//! Clocks that nobody corrects.

use super::*;
use sim::{Event, Mode, algorithms::time::physical_clock::ALGORITHM, testing::explore};

const CONE: &str = "every clock stays in the cone of ρ";

/// The ticks that a clock has counted.
fn ticks(bench: &Bench, node: usize) -> i64 {
    let fields = bench.world.nodes()[node].process().reflect();
    fields.field("ticks").expect("a field").to_string().parse().expect("a number")
}

/// An hour of three crystals, tick by tick.
#[test]
fn vector_drift_60hz() {
    let vector = vector("drift-60hz");
    let input = |name: &str| vector["inputs"][name].as_f64().expect("a number");
    let rate = |sign: f64| json!({"clock-rate": [(1e6 * (1.0 + sign * input("rho"))).round() as u32, 1_000_000]});
    let mut bench = bench(
        &ALGORITHM,
        &json!({"nodes": [rate(0.0), rate(-1.0), rate(1.0)], "topology": [],
            "parameters": {"ticks": input("H") as u32, "drift": (input("rho") * 1e6) as u32}}),
    );
    let end = Micros((input("seconds") * 1e6) as u64);
    while bench.world.peek_next().is_some_and(|(_, due)| due <= end) {
        bench.world.next(&bench.payloads, &mut bench.step);
    }
    for (node, name) in ["nominal_ticks", "min_ticks", "max_ticks"].into_iter().enumerate() {
        let expected = vector["expected"][name].as_f64().expect("a number").floor() as i64;
        assert_eq!(ticks(&bench, node), expected, "{name}");
    }
}

/// At a tick the clock shows a whole number of ticks, whatever the crystal does.
#[test]
fn a_clock_shows_its_ticks() {
    let mut bench = bench(
        &ALGORITHM,
        &json!({"nodes": [{"clock-rate": [101, 100]}, {"clock-rate": [99, 100]}], "topology": [], "parameters": {"drift": 10_000}}),
    );
    for _ in 0..200 {
        assert!(bench.play_one());
        let node = bench.step.node.expect("a tick has a node");
        let shown = clock(&bench, node.0);
        let expected = ticks(&bench, node.index()) * 1_000_000 / 60;
        assert!((expected..expected + 3).contains(&shown), "{node} shows {shown} at tick {expected}");
    }
    assert!(bench.broken().is_empty(), "{:?}", bench.broken());
}

#[test]
fn a_constant_changes_the_slope_and_not_the_reading() {
    let mut bench =
        bench(&ALGORITHM, &json!({"nodes": 1, "parameters": {"crystal": 60, "ticks": 1, "drift": 100_000}}));
    bench.play(10);
    let before = clock(&bench, 0);
    bench.ask(0, json!({"SetConstant": {"constant": 59}}));
    assert_eq!((clock(&bench, 0), set(&bench)), (before, vec![]));
    bench.play_until(Micros(69_000_001));
    assert_eq!(clock(&bench, 0) - before, 59_000_000 * 60 / 59, "a second more in 59");
}

/// Two clocks, four ticks deep: the mistake is found at the first look at a clock after the first tick.
#[test]
fn every_order_of_ticks_and_the_planted_mistake() {
    let explored = |variant: Option<&str>| {
        let json = json!({"nodes": 2, "topology": [], "variant": variant, "parameters": {"crystal": 60, "ticks": 1}});
        explore(&bench(&ALGORITHM, &json), Mode::Untimed, &[], 2_000)
    };
    let walk = explored(None);
    assert!(walk.broken.is_empty(), "{:?}", walk.broken);
    assert!(!walk.complete && walk.states == 2_000, "ticks have no end");
    assert_eq!(shortest(&explored(Some("off-by-one")), CONE), 1);
}

#[test]
fn scenarios_do_what_they_say() {
    let played = |name: &str, seconds: u64| {
        let mut bench = embedded(&ALGORITHM, name, true);
        bench.play_until(Micros::from_millis(1_000 * seconds));
        bench
    };
    let fan = played("fan", 60);
    assert!(fan.broken().is_empty(), "{:?}", fan.broken());
    assert!((1_170..=1_201).contains(&(clock(&fan, 0) - clock(&fan, 2))));
    let met = played("two-directions", 55);
    assert!(met.broken().is_empty() && clock(&met, 0).abs_diff(clock(&met, 1)) <= 4, "{:?}", met.broken());
    assert!(played("constant-register", 9).broken().is_empty());
    assert_eq!(played("constant-register", 15).broken(), [CONE, "no two clocks are further apart than 2ρ a second"]);
    let hidden = played("constant-register", 30);
    let error = clock(&hidden, 1) - hidden.world.now().0.cast_signed();
    assert!(error.abs() < 20_000, "the setting hides it: {error}");
    assert_eq!(played("faulty-clock", 11).broken(), ["every hardware clock keeps to its drift rate ρ"]);
    assert!(played("faulty-clock", 30).broken().contains(&CONE));
    assert!(played("off-by-one", 5).broken().contains(&CONE));
    let mut right = embedded(&ALGORITHM, "off-by-one", false);
    right.play(200);
    assert!(right.broken().is_empty());
    let recovered = {
        let mut bench = played("fan", 5);
        bench.take(Event::Crash(NodeId(0)));
        bench.play_until(Micros::from_millis(9_000));
        bench.take(Event::Recover(NodeId(0)));
        bench.play_until(Micros::from_millis(20_000));
        bench
    };
    assert!(recovered.broken().is_empty(), "a battery keeps it going: {:?}", recovered.broken());
}
