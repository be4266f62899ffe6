//! Hirschberg–Sinclair.

use crate::support::{
    KNOWN, bugs_are_shown, embedded, leader, lengths, number, numbers, orders, random_schedules, reference_states,
    ring, started, vector, walk,
};
use serde_json::{Value as Json, json};
use sim::{Order, algorithms::election::hirschberg_sinclair::ALGORITHM, testing::Bench};

const SURVIVORS: &str = "at most n/(2^k + 1) survive phase k";

fn reference(id: &str) -> Json {
    vector(include_str!("../vectors/hirschberg-sinclair.json"), id)
}

fn probes(bench: &Bench) -> u64 {
    bench.world.tally().sent("Probe") + bench.world.tally().sent("Reply")
}

fn all_start(ids: &[u32]) -> Bench {
    let mut bench = started(&ALGORITHM, ids, ids, &json!({ "order": "any" }));
    bench.play(1_000_000);
    bench
}

#[test]
fn over_all_placements_it_costs_as_the_reference_says() {
    let expected = &reference("hs-exact")["expected"];
    let (min, max) = (numbers(&expected["min"]), numbers(&expected["max"]));
    // A ring can be turned: the highest stands first. Eight and nine are for the nightly tests.
    let most = if std::env::var_os("INTERLEAVE_DEEP").is_some() { 9 } else { 7 };
    for n in 2..=most {
        let index = n as usize - 2;
        let placements = orders(n - 1).into_iter().map(|rest| [vec![n - 1], rest].concat());
        let counts: Vec<u64> = placements.map(|ids| probes(&all_start(&ids))).collect();
        assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&min[index]), Some(&max[index])), "n = {n}");
        let text = expected["mean"][index].as_str().expect("a fraction");
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let fraction: (u64, u64) = (above.parse().expect("a number"), below.parse().expect("a number"));
        assert_eq!(counts.iter().sum::<u64>() * fraction.1, fraction.0 * counts.len() as u64, "n = {n}");
    }
}

#[test]
fn the_bound_is_that_of_the_reference() {
    let expected = numbers(&reference("hirschberg-sinclair-bound")["expected"]["HS_bound"]);
    for (n, bound) in [4, 8, 16, 32].into_iter().zip(expected) {
        let bench = all_start(&(0..n).collect::<Vec<_>>());
        let (counted, formula) = (ALGORITHM.costs[0].count)(&bench.world).expect("the election is over");
        assert_eq!(formula, bound, "n = {n}");
        assert!(counted <= formula && counted == probes(&bench), "n = {n}");
    }
}

#[test]
fn eight_candidates_are_three_two_and_one() {
    let vector = reference("hs-example");
    let ids: Vec<u32> = numbers(&vector["inputs"]["ids"]).into_iter().map(|id| id as u32).collect();
    let mut bench = embedded(&ALGORITHM, "eight");
    bench.play(1_000);
    assert_eq!(bench.world.tally().sent("Probe"), number(&vector["expected"]["probe"]));
    assert_eq!(bench.world.tally().sent("Reply"), number(&vector["expected"]["reply"]));
    let phases = (ALGORITHM.plots[0].values)(&bench.world);
    let survivors: Vec<u64> =
        (0..4).map(|phase| phases.iter().filter(|(_, survived)| *survived >= phase).count() as u64).collect();
    assert_eq!(survivors, numbers(&vector["expected"]["survivors"]));
    assert!(ids.iter().all(|&id| leader(&bench, id) == Some(7)));
}

/// The reference's process does not wake up, and its election is over when somebody leads.
#[test]
fn every_state_of_two_to_four_is_as_the_reference_counts() {
    let expected = &reference("hs-states")["expected"];
    let rings =
        [(vec![0, 1], "n2"), (vec![0, 1, 2], "n3"), (vec![0, 1, 2, 3], "n4_0123"), (vec![0, 2, 1, 3], "n4_0213")];
    for (ids, name) in rings {
        let start = ring(&ALGORITHM, &ids, &json!({ "order": "any", "variant": "no-wake" }));
        assert_eq!(reference_states(&start, "Elected"), number(&expected[name]), "{name}");
    }
}

#[test]
fn every_state_of_two_to_four_is_right() {
    let rings = [(vec![0, 1], 137), (vec![0, 1, 2], 2_316), (vec![0, 1, 2, 3], 20_807), (vec![0, 2, 1, 3], 40_906)];
    for (ids, states) in rings {
        let found = walk(ring(&ALGORITHM, &ids, &json!({ "order": "any" })), &ids, 100_000);
        assert!(found.complete && found.broken.is_empty(), "{ids:?}: {:?}", found.broken);
        assert_eq!(found.states, states, "{ids:?}");
    }
}

#[test]
fn random_schedules_elect_the_highest() {
    let over = random_schedules(&ALGORITHM, Order::Any);
    assert!(over > crate::support::runs() / 2, "only {over} elections were over");
}

#[test]
fn one_reply_breaks_the_bound_after_six_steps_and_nothing_else() {
    let vector = reference("hs-bug");
    let start = ring(&ALGORITHM, &[0, 1, 2], &json!({ "order": "any", "variant": "one-reply" }));
    let found = walk(start, &[1, 2], 100_000);
    assert!(found.complete);
    assert_eq!(lengths(&found), vec![(SURVIVORS, number(&vector["expected"]["steps"]) as usize)]);
}

#[test]
fn without_waking_up_nobody_leads_after_three_steps() {
    for (variant, broken) in [(json!("no-wake"), vec![(KNOWN, 3)]), (Json::Null, vec![])] {
        let start = ring(&ALGORITHM, &[0, 1, 2], &json!({ "order": "any", "variant": variant }));
        let found = walk(start, &[0], 100_000);
        assert!(found.complete);
        assert_eq!(lengths(&found), broken);
    }
    bugs_are_shown(&ALGORITHM);
    assert_eq!(ALGORITHM.bugs.len(), 2, "a new bug needs a line here");
}

#[test]
fn scenarios_end_as_their_texts_say() {
    for (name, messages) in [("eight", 84), ("nine", 130), ("one-starter", 58)] {
        let mut bench = embedded(&ALGORITHM, name);
        bench.play(10_000);
        assert_eq!((name, probes(&bench)), (name, messages));
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{name}");
    }
    let mut bench = embedded(&ALGORITHM, "lost-reply");
    bench.play(10_000);
    assert_eq!(bench.broken(), vec![KNOWN]);
}
