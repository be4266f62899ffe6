//! Raymond's tree.

use super::*;
use sim::algorithms::mutex::raymond::ALGORITHM;

const ONE_PRIVILEGE: &str = "there is exactly one privilege";

fn of(nodes: u32, topology: &str, root: u32, order: &str, variant: Option<&str>) -> Bench {
    bench(
        &ALGORITHM,
        &json!({"nodes": nodes, "topology": topology, "order": order, "variant": variant, "config": {"root": root}}),
    )
}

#[test]
fn vector_raymond_trace_line3() {
    let expected = &vector("raymond-trace-line3")["expected"];
    let mut bench = of(3, "line", 0, "any", None);
    let (mut entered, mut messages) = (vec![], vec![]);
    let mut look = |bench: &Bench| {
        entered.extend(told(&bench.step, "Entered"));
        messages.extend(sent(&bench.step));
    };
    for step in ["+0", "+2", "21", "+1", "10", "-0", "01", "12", "12", "-2", "21", "-1"] {
        act(&mut bench, step);
        look(&bench);
    }
    assert_eq!(json!(entered), expected["entries"]);
    assert_eq!(json!(messages), expected["messages"]);
    let holders: Vec<String> = (0..3).map(|node| field(&bench, node, "holder")).collect();
    let wanted = expected["final_HOLDER"].as_array().expect("a list").iter().map(|id| format!("P{id}"));
    assert_eq!(holders, wanted.collect::<Vec<_>>());
}

/// The numbers of the reference, exactly.
#[test]
fn vector_raymond_states() {
    let expected = &vector("raymond-states")["expected"];
    for (name, nodes, topology, root, order, rounds) in [
        ("line3_end_bag_111", 3, "line", 0, "any", 1),
        ("line3_end_fifo_111", 3, "line", 0, "fifo", 1),
        ("line3_end_bag_222", 3, "line", 0, "any", 2),
        ("line3_end_fifo_222", 3, "line", 0, "fifo", 2),
        ("line3_mid_bag_111", 3, "line", 1, "any", 1),
        ("line3_mid_bag_222", 3, "line", 1, "any", 2),
        ("star4_centre_bag_1111", 4, "star", 0, "any", 1),
        ("star4_centre_bag_2222", 4, "star", 0, "any", 2),
        ("line4_end_bag_1111", 4, "line", 0, "any", 1),
        ("line4_end_bag_2222", 4, "line", 0, "any", 2),
    ] {
        if rounds == 1 || nodes == 3 || deep() {
            let states = sound(of(nodes, topology, root, order, None), &vec![rounds; nodes as usize]);
            assert_eq!(json!(states), expected[name], "{name}");
        }
    }
}

/// Mean over all places of the privilege and of the one that asks, and the worst.
#[test]
fn vector_raymond_light_load() {
    let expected = &vector("raymond-light-load")["expected"];
    for (index, (topology, nodes)) in
        [("star", 7), ("line", 7), ("tree", 7), ("tree", 15), ("star", 15), ("line", 15)].into_iter().enumerate()
    {
        let (mut all, mut worst) = (0, 0);
        for root in 0..nodes {
            for node in 0..nodes {
                let mut bench = of(nodes, topology, root, "any", None);
                bench.ask(node, json!("Enter"));
                drain(&mut bench);
                let cost = bench.world.tally().sent_in_all();
                (all, worst) = (all + cost, worst.max(cost));
                let (counted, formula) = (ALGORITHM.costs[0].count)(&bench.world).expect("at rest");
                assert!(counted <= formula, "{topology} {nodes}: {counted} > {formula}");
            }
        }
        let mean = expected["mean"][index].as_f64().expect("a mean");
        let ours = all as f64 / f64::from(nodes * nodes);
        assert!((ours - mean).abs() < 0.0001, "{topology} {nodes}: {ours}");
        assert_eq!(json!(worst), expected["worst"][index]);
    }
}

#[test]
fn vector_raymond_bugs() {
    let expected = &vector("raymond-bugs")["expected"];
    let using = shortest(of(2, "line", 0, "any", Some("no-using-test")), &[1, 1], ONE_INSIDE);
    assert_eq!(json!(using), expected["noUsing"]["steps"]);
    for (variant, name) in [("keep-asked", "keepAsked"), ("no-follow", "noFollow")] {
        let steps = shortest(of(3, "line", 0, "any", Some(variant)), &[0, 1, 1], SERVED);
        assert_eq!(json!(steps), expected[name]["steps"], "{variant}");
    }
    bugs_show_in_their_scenarios(&ALGORITHM);
}

#[test]
fn random_schedules_keep_every_property_and_cost() {
    for topology in ["tree", "star", "complete"] {
        random_schedules_are_sound(&ALGORITHM, &json!({"nodes": 6, "topology": topology}));
    }
}

#[test]
fn losses_and_crashes_never_let_two_in() {
    let more = json!({"nodes": 6, "topology": "tree"});
    let blocked = faults_keep(&ALGORITHM, &more, &[Fault::Crash, Fault::Lose, Fault::Cut], &[ONE_INSIDE]);
    assert!(blocked > seeds() / 2, "only {blocked} runs were blocked");
}

#[test]
fn scenarios_end_as_they_say() {
    assert_eq!(played(&ALGORITHM, "line-of-three"), (vec![0, 2, 1], vec![], 6));
    assert_eq!(played(&ALGORITHM, "long-line"), (vec![6], vec![], 12));
    let (entered, broken, _) = played(&ALGORITHM, "inner-crash");
    assert_eq!((entered, broken), (vec![0], vec![SERVED]));
    let mut leaves = embedded(&ALGORITHM, "all-leaves", true);
    leaves.play(1_000);
    assert_eq!(leaves.world.tally().outputs("Entered"), 6);
    assert!(!leaves.broken().contains(&ONE_PRIVILEGE));
}

#[test]
fn a_root_that_there_is_not_is_refused() {
    let json = json!({"version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "",
        "nodes": 3, "config": {"root": 3}});
    let error = Bench::of_json(&ALGORITHM, json).err().expect("there is no node 3");
    assert!(error.to_string().contains("from 0 to 2"), "{error}");
}
