//! Rules 14 to 17: requests, composition, workloads, bills.

mod layers;

use crate::words::{ALGORITHM, bench, heard, refusal, say, worker};
use serde_json::{Value as Json, json};
use sim::{
    Event, Micros, NodeId, RequestId,
    process::{Ask, Offer},
    testing::Bench,
};

fn offers(bench: &Bench, node: u32) -> Vec<Offer<Json>> {
    let node = NodeId(node);
    bench.world.nodes()[node.index()].process().offers(&bench.world.view(node))
}

#[test]
fn rule_14_requests_are_offered_ready_or_as_forms_and_can_be_read_back() {
    let mut bench = bench(&json!({"nodes": 2}));
    let offers = offers(&bench, 0);
    let Ask::Ready(draw) = &offers[0].ask else { panic!("not ready") };
    assert_eq!((offers[0].label.as_str(), draw), ("Draw a number", &json!("Draw")));
    bench.ask(0, draw.clone());
    let Ask::Form { name, fields } = &offers[1].ask else { panic!("no form") };
    let filled = json!({*name: {fields[0].name: fields[0].default}});
    bench.ask(0, filled);
    assert_eq!(bench.world.tally().outputs("Told"), 1);
    let wrong = bench.world.nodes()[0].process().read_request(&json!({"Tell": {"word": "x"}}));
    assert!(wrong.unwrap_err().contains("`Tell.word`: expected a whole number"));
}

#[test]
fn rule_14_a_request_that_makes_no_sense_is_refused_with_its_reason() {
    let mut bench = bench(&json!({"nodes": 1}));
    let event = bench.request(0, json!({"Tell": {"word": 10}}));
    assert_eq!(refusal(&bench, event), "A word is at most 9.");
    let digest = bench.world.digest();
    assert!(bench.world.take(event, &bench.payloads, &mut bench.step).is_err());
    assert_eq!(bench.world.digest(), digest, "a refusal changes nothing");
    assert_eq!(offers(&bench, 0)[1].refused.as_deref(), Some("Nobody is there."));
    assert_eq!(offers(&bench, 0)[0].refused, None);
}

// Rule 15 is in `layers`.

fn told(bench: &mut Bench, limit: u64) -> Vec<(u64, u32)> {
    let mut told = Vec::new();
    for _ in 0..limit {
        if !bench.play_one() {
            break;
        }
        if bench.step.outputs().any(|output| output.kind() == "Told") {
            told.push((bench.step.at.0, bench.step.node.unwrap().0));
        }
    }
    told
}

/// A closed loop: a think time after the start, a stay after each output, three rounds.
#[test]
fn rule_16_a_workload_turns_outputs_into_requests() {
    let mut bench = bench(&json!({
        "nodes": 2,
        "workload": [
            {"on": "start", "after": {"constant": "5 ms"}, "request": {"Tell": {"word": 1}}},
            {"on": "Told", "after": {"constant": "10 ms"}, "request": {"Tell": {"word": 2}}, "limit": 2, "nodes": [1]},
        ],
    }));
    assert_eq!(told(&mut bench, 20), [(5_000, 0), (5_000, 1), (15_000, 1), (25_000, 1)]);
    assert!(bench.world.is_quiet());
}

#[test]
fn rule_16_open_arrivals_repeat_whatever_comes_of_them() {
    let workload = json!([
        {"on": "start", "after": {"constant": "3 ms"}, "request": {"Tell": {"word": 1}}, "repeat": true, "limit": 4},
    ]);
    let mut bench = bench(&json!({"nodes": 1, "workload": workload}));
    assert_eq!(told(&mut bench, 20), [(3_000, 0), (6_000, 0), (9_000, 0), (12_000, 0)]);
}

/// Arrivals by exponential times, with a drawn number in each request.
fn arrivals() -> Json {
    json!([{
        "on": "start", "after": {"exponential": "10 ms"}, "repeat": true,
        "request": {"Wake": {"after": {"draw": {"exponential": "2 ms"}}, "alarm": 1}},
    }])
}

#[test]
fn rule_16_draws_depend_on_node_rule_and_count_alone() {
    let arrived = |disturb: bool| -> Vec<(u64, String)> {
        let mut bench = bench(&json!({"nodes": 2, "workload": arrivals()}));
        let mut found = Vec::new();
        while found.len() < 12 {
            if disturb && bench.world.now().0.is_multiple_of(3) {
                bench.ask(0, json!("Draw"));
                say(&mut bench, 0, 1, 1);
            }
            assert!(bench.play_one());
            if let (Some(Event::Arrive(id)), sim::Cause::Request(ask)) = (bench.step.event, &bench.step.cause)
                && id.node == NodeId(0)
            {
                found.push((bench.step.at.0, ask.reflect().to_string()));
            }
        }
        found
    };
    let alone = arrived(false);
    assert_eq!(alone, arrived(true));
    let gaps: Vec<u64> = alone.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(gaps.windows(2).any(|pair| pair[0] != pair[1]) && alone[0].1 != alone[1].1, "{alone:?}");
}

/// Means over many draws: 10 ms between arrivals, 2 ms of demand, within four standard deviations.
#[test]
fn rule_16_arrivals_have_the_distributions_that_were_asked_for() {
    let mut bench = bench(&json!({"nodes": 1, "workload": arrivals()}));
    let (mut count, mut demands) = (0_u32, 0_u64);
    while count < 4_000 {
        assert!(bench.play_one());
        if let (Some(Event::Arrive(_)), sim::Cause::Request(ask)) = (bench.step.event, &bench.step.cause) {
            count += 1;
            demands += match ask.reflect().field("after") {
                Some(sim::Value::Time(after)) => after.0,
                other => panic!("{other:?}"),
            };
        }
    }
    let four_deviations = 4.0 / f64::from(count).sqrt();
    let near = |mean: f64, expected: f64| (mean / expected - 1.0).abs() < four_deviations;
    assert!(near(bench.world.now().0 as f64 / f64::from(count), 10_000.0), "{}", bench.world.now());
    assert!(near(demands as f64 / f64::from(count), 2_000.0), "{demands}");
}

#[test]
fn rule_16_a_planned_request_is_an_event_like_any_other() {
    let workload = json!([{"on": "start", "after": {"constant": "5 ms"}, "request": {"Tell": {"word": 1}}}]);
    let mut bench = bench(&json!({"nodes": 2, "workload": workload}));
    let first = Event::Arrive(RequestId { node: NodeId(1), number: 0 });
    bench.take(first);
    assert_eq!(bench.world.now(), Micros(5_000), "it can be taken early");
    assert_eq!(refusal(&bench, first), "This has happened already, or was never planned.");
    bench.take(Event::Crash(NodeId(0)));
    bench.play(1);
    assert_eq!(bench.step.notes, ["P0 is down: nobody hears the request."]);
    assert_eq!(bench.world.tally().outputs("Told"), 1);
}

#[test]
fn rule_16_a_workload_that_makes_no_sense_is_refused_with_its_place() {
    for (rule, place) in [
        (json!({"on": "start", "after": {"constant": 5}, "request": "Sing"}), "`workload[0].request`"),
        (json!({"on": "start", "after": {"constant": 0}, "request": "Draw", "repeat": true}), "`workload[0].after`"),
        (json!({"on": "start", "after": {"uniform": [9, 5]}, "request": "Draw"}), "`workload[0].after`"),
        (json!({"on": "start", "after": {"constant": 5}, "request": "Draw", "nodes": [4]}), "`workload[0].nodes`"),
    ] {
        let json = json!({
            "version": 1, "algorithm": "test/words", "name": "x", "title": "", "sentence": "", "nodes": 2,
            "workload": [rule],
        });
        let error = Bench::of_json(&ALGORITHM, json).err().unwrap().to_string();
        assert!(error.starts_with(place), "{error}");
    }
}

fn bills(bench: &Bench) -> Vec<((u32, u32), u64)> {
    bench.world.tally().bills().map(|bill| ((bill.request.node.0, bill.request.number), bill.messages)).collect()
}

#[test]
fn rule_17_a_message_is_billed_to_the_request_that_it_serves() {
    let mut bench = bench(&json!({"nodes": 3}));
    say(&mut bench, 0, 1, 1_001);
    say(&mut bench, 2, 1, 1_002);
    say(&mut bench, 0, 1, 3);
    bench.play(20);
    assert_eq!(heard(&bench, 0), [1]);
    let expected = [((0, 0), 2), ((2, 0), 2), ((0, 1), 1)];
    assert_eq!(bills(&bench), expected, "a question and its answer are one bill");
    assert_eq!(bench.world.tally().sent_in_all(), 5);
    assert_eq!(bench.world.tally().sent_by_kind(), [("Question", 2), ("Word", 3)]);
}

#[test]
fn rule_17_a_process_may_say_whose_request_it_serves() {
    let mut bench = bench(&json!({"nodes": 2}));
    bench.ask(1, json!("Draw"));
    say(&mut bench, 0, 1, 2_005);
    bench.play(20);
    assert_eq!(worker(&bench, 0).heard, [(NodeId(1), 5)]);
    assert_eq!(bills(&bench), [((0, 0), 1), ((1, 0), 1)], "the answer is on the bill of the one who answers");
}
