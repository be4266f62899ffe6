//! Cristian's algorithm.

use super::*;
use sim::{
    Event, LinkId, Mode, Verdict,
    algorithms::time::passive_server::ALGORITHM,
    testing::{explore, random_run},
};

const BELIEF: &str = "the server's time is within what each client believes";

/// A server and a client, with these ways there and back, and clocks that are wrong by so much.
fn pair(there: i64, back: i64, offsets: [i64; 2], more: &Json) -> Bench {
    let link = json!([{"ends": [1, 0], "delay": {"constant": there}, "back": {"constant": back}}]);
    let mut json = json!({"topology": link, "policy": {"adjust": "step"},
        "nodes": [{"clock-offset": offsets[0]}, {"clock-offset": offsets[1]}]});
    for (name, value) in more.as_object().into_iter().flatten() {
        json[name] = value.clone();
    }
    bench(&ALGORITHM, &json)
}

/// Three round trips of the book; whatever each divides into, the shortest counts.
#[test]
fn vectors_cristian_samples() {
    for (id, accuracy) in [("cristian-coulouris-ex", "accuracy_ms_with_min"), ("cristian-feup-variant", "accuracy_ms")]
    {
        let vector = vector(id);
        let samples = vector["inputs"]["samples"].as_array().expect("samples");
        let least = vector["inputs"]["min_one_way_ms"].as_i64().expect("a number") * 1_000;
        let parameters = json!({"probes": samples.len(), "least": least});
        // The ways divide each round trip evenly; the server's clock is what the vector says when it answers.
        let half = |k: usize| samples.get(k).and_then(|sample| sample["rtt_ms"].as_i64()).unwrap_or(0) * 500;
        let set_delay = |bench: &mut Bench, k: usize| {
            bench.take(Event::SetDelay(LinkId(0), sim::Delay::Constant(sim::random::Micros32(half(k) as u32))));
        };
        let mut bench = pair(0, 0, [0, 0], &json!({"parameters": parameters}));
        set_delay(&mut bench, 0);
        bench.ask(1, json!("Synchronize"));
        for (k, sample) in samples.iter().enumerate() {
            let answered = bench.world.now().0.cast_signed() + half(k);
            bench.take(Event::SetClock(NodeId(0), time_of_day(&sample["time"]) - answered));
            bench.deliver(1, 0);
            set_delay(&mut bench, k + 1);
            bench.deliver(0, 1);
        }
        assert_eq!(clock(&bench, 1), time_of_day(&vector["expected"]["set_to"]), "{id}");
        let believed = vector["expected"][accuracy].as_i64().expect("a number") * 1_000;
        let within = within(&bench, 1).expect("it is set").0.cast_signed();
        assert!((believed..believed + 10).contains(&within), "{id}: {within}");
    }
}

/// T0, T1 and T as the vector says, in seconds; I where it has one.
#[test]
fn vectors_cristian_simple_and_with_processing() {
    for id in ["cristian-simple", "cristian-with-processing"] {
        let vector = vector(id);
        let [t0, t1, t, took] = ["T0", "T1", "T", "I"].map(|name| micros(&vector["inputs"][name]));
        let way = (t1 - t0 - took) / 2;
        // The client's clock shows T0 at the start; the server's shows T when it answers.
        let mut bench = pair(
            way,
            way,
            [t - way - took, t0],
            &json!({"parameters": {"processing": took, "told": "yes", "timeout": "10 s", "drift": 0}}),
        );
        bench.ask(1, json!("Synchronize"));
        while set(&bench).is_empty() {
            assert!(bench.play_one(), "{id}");
        }
        assert_eq!(set(&bench), [(1, t1, micros(&vector["expected"]["new_clock"]))], "{id}");
        if let Some(accuracy) = vector["expected"]["accuracy"].as_f64() {
            let within = within(&bench, 1).expect("it is set").0 as f64 / 1e6;
            assert!((within - accuracy).abs() < 1e-5, "{within}");
        }
    }
}

#[test]
fn vector_cristian_asymmetry() {
    let vector = vector("cristian-asymmetry");
    let input = |name: &str| micros(&vector["inputs"][name]);
    let expected = |name: &str| micros(&vector["expected"][name]);
    let (there, back) = (input("delay_out"), input("delay_back"));
    let server = input("true_server_time_at_send");
    // The vectors leave out what clocks drift while the question is open.
    let mut bench = pair(there, back, [server, input("T0")], &json!({"parameters": {"drift": 0}}));
    bench.ask(1, json!("Synchronize"));
    bench.deliver(1, 0);
    assert_eq!(clock(&bench, 0), input("T"));
    bench.deliver(0, 1);
    assert_eq!(set(&bench), [(1, input("T1"), expected("client_sets"))]);
    assert_eq!(clock(&bench, 0), expected("true_time_at_T1"));
    assert_eq!(clock(&bench, 1) - clock(&bench, 0), expected("error"));
    let within = within(&bench, 1).expect("it is set").0.cast_signed();
    assert!((expected("bound")..expected("bound") + 10).contains(&within), "{within}");
    assert_eq!(*bench.verdict(BELIEF), Verdict::Holds);
}

/// Every schedule of one synchronization by each client; timers at any time, and only when nothing is under way.
#[test]
fn every_state_of_one_and_two_clients() {
    let explored = |nodes: u32, mode: Mode, variant: Option<&str>| {
        let mut bench =
            bench(&ALGORITHM, &json!({"nodes": nodes, "variant": variant, "parameters": {"timeout": "15 ms"}}));
        let budget: Vec<(Event, u32)> = (1..nodes).map(|node| (bench.request(node, json!("Synchronize")), 1)).collect();
        explore(&bench, mode, &budget, 400_000)
    };
    for (nodes, mode, states) in [
        (2, Mode::Untimed, 290),
        (2, Mode::TimeoutsLongEnough, 4),
        (3, Mode::TimeoutsLongEnough, 40),
        (2, Mode::Timed, 11),
        (3, Mode::Timed, 348),
    ] {
        let walk = explored(nodes, mode, None);
        assert!(walk.complete && walk.broken.is_empty(), "{:?}", walk.broken);
        assert_eq!(walk.states, states, "{nodes} nodes, {mode:?}");
    }
    let walk = explored(2, Mode::Untimed, Some("old-reply"));
    // Ask, the server answers, the client gives up and asks again, the first answer comes.
    assert_eq!(shortest(&walk, BELIEF), 4);
}

/// All that it claims to bear: lost, doubled and late messages, crashes, and clocks that drift as far as ρ allows.
#[test]
fn random_schedules_keep_what_clients_believe() {
    let (mut set, mut more) = (0, 0);
    for seed in 0..seeds() {
        let nodes = json!([{}, {"clock-rate": [1_001, 1_000], "clock-offset": 70_000}, {"clock-rate": [999, 1_000]}]);
        let parameters = json!({"every": "300 ms", "probes": 1 + seed % 3, "least": "2 ms", "timeout": "40 ms", "drift": 1_000,
            "processing": 7_000 * (seed % 2), "told": seed / 2 % 2, "limit": 60_000 * (seed / 4 % 2)});
        let adjust = if seed.is_multiple_of(2) { "slew" } else { "forward" };
        let mut bench = bench(
            &ALGORITHM,
            &json!({"nodes": nodes, "seed": seed, "delay": {"uniform": ["2 ms", "50 ms"]}, "parameters": parameters,
                "policy": {"adjust": adjust, "slew": 1 + seed % 90}}),
        );
        random_run(&mut bench, seed, 250, Mode::Untimed, |bench, bits| {
            let flights: Vec<_> = bench.world.flights().map(|flight| flight.id).collect();
            let message = |k: u64| flights.get(k as usize % flights.len().max(1)).copied();
            let node = NodeId((bits >> 8) as u32 % 3);
            match bits % 4 {
                0 => message(bits >> 16).map(Event::Drop),
                1 => message(bits >> 16).map(Event::Duplicate),
                2 => Some(Event::Crash(node)),
                _ => Some(Event::Recover(node)),
            }
        });
        assert!(bench.broken().is_empty(), "seed {seed}: {:?}", bench.broken());
        set += bench.world.tally().outputs("Set");
        more += bench.world.tally().sent("TimeReq")
            - bench.world.tally().outputs("Set").min(bench.world.tally().sent("TimeReq"));
    }
    assert!(set > 2 * seeds() && more > seeds(), "{set} settings, {more} more questions");
}

#[test]
fn each_bug_shows_in_its_scenario_and_the_right_rule_does_not() {
    for bug in ALGORITHM.bugs {
        let mut buggy = embedded(&ALGORITHM, bug.scenario, true);
        buggy.play(2_000);
        assert!(buggy.broken().contains(&bug.breaks), "{}: {:?}", bug.id, buggy.broken());
        let mut right = embedded(&ALGORITHM, bug.scenario, false);
        right.play(2_000);
        assert!(right.broken().is_empty(), "{}: {:?}", bug.id, right.broken());
    }
}

/// What the scenarios say in words.
#[test]
fn scenarios_do_what_they_say() {
    let off = |bench: &Bench| clock(bench, 1) - clock(bench, 0);
    let played = |name: &str, until: u64| {
        let mut bench = embedded(&ALGORITHM, name, true);
        bench.play_until(Micros::from_millis(until));
        bench
    };
    assert_eq!(off(&played("symmetric", 100)), 0);
    assert_eq!([off(&played("slow-way-back", 200)), off(&played("slow-way-back", 400))], [-40_000, 0]);
    assert_eq!(off(&played("busy-server", 100)), 0);
    assert_eq!(off(&played("old-reply", 60)), -42_500);
    assert_eq!(off(&played("forget-the-way", 100)), -15_000);
    assert_eq!(off(&played("add-the-rest", 2_100)), -50_000);
    let mut best = played("best-of-three", 3_000);
    best.play(100);
    assert!(off(&best).abs() <= within(&best, 1).expect("it is set").0.cast_signed());
    let twins = played("two-clients", 20_000);
    assert!(twins.broken().is_empty() && twins.world.tally().outputs("Set") > 15);
    let alone = played("server-crash", 6_400);
    assert!(alone.broken().is_empty(), "{:?}", alone.broken());
    assert!(clock(&alone, 1) - clock(&alone, 2) > 100_000, "they fan out");
    assert!(within(&alone, 1) > Some(Micros::from_millis(100)), "and know it");
}
