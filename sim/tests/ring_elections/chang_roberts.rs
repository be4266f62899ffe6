//! Chang–Roberts.

use crate::support::{
    HIGHEST, KNOWN, bugs_are_shown, embedded, leader, lengths, number, numbers, orders, random_schedules,
    reference_states, ring, started, vector, walk,
};
use serde_json::{Value as Json, json};
use sim::{Assumption, Event, Mode, Order, algorithms::election::chang_roberts::ALGORITHM, testing::Bench};
use std::collections::{BTreeSet, HashSet};

fn expected(id: &str) -> Json {
    vector(include_str!("../vectors/chang-roberts.json"), id)["expected"].clone()
}

fn elections(bench: &Bench) -> u64 {
    bench.world.tally().sent("Election")
}

/// All of these start before anything arrives.
fn all_start(ids: &[u32]) -> Bench {
    let mut bench = started(&ALGORITHM, ids, ids, &json!({}));
    bench.play(1_000_000);
    bench
}

#[test]
fn over_all_placements_it_costs_as_the_reference_says() {
    for n in 1..=7_u32 {
        let expected = expected(&format!("chang-roberts-{n}"));
        let counts: Vec<u64> = orders(n).iter().map(|ids| elections(&all_start(ids))).collect();
        assert_eq!(counts.iter().min(), Some(&number(&expected["best"])), "n = {n}");
        assert_eq!(counts.iter().max(), Some(&number(&expected["worst"])), "n = {n}");
        // The mean is n·Hn, as a fraction.
        let text = expected["mean_candidate_messages"].as_str().expect("a fraction");
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        let fraction: (u64, u64) = (above.parse().expect("a number"), below.parse().expect("a number"));
        assert_eq!(counts.iter().sum::<u64>() * fraction.1, fraction.0 * counts.len() as u64, "n = {n}");
    }
}

/// The experiment of the article: the mean over rings that the seed has shuffled, against n·Hn.
#[test]
fn over_random_rings_the_mean_is_n_harmonic() {
    let rings = if std::env::var_os("INTERLEAVE_DEEP").is_some() { 4_000 } else { 400 };
    for n in [8, 16, 32, 64_u32] {
        let mut counted = 0;
        for seed in 0..rings {
            let shuffled =
                json!({ "config": null, "seed": seed, "topology": "ring", "parameters": { "placement": "shuffled" } });
            let all: Vec<u32> = (0..n).collect();
            let mut bench = started(&ALGORITHM, &all, &all, &shuffled);
            bench.play(1_000_000);
            counted += elections(&bench);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "n = {n}, seed {seed}");
        }
        let mean = counted as f64 / f64::from(rings as u32);
        let theory: f64 = (1..=n).map(|k| f64::from(n) / f64::from(k)).sum();
        assert!((mean / theory - 1.0).abs() < 0.02, "n = {n}: {mean} on average, n·Hn = {theory}");
        // What the page shows is the same, rounded.
        let row = (ALGORITHM.costs[1].count)(&all_start(&(0..n).collect::<Vec<_>>()).world).expect("all have started");
        assert_eq!(row.1, theory.round() as u64, "n = {n}");
    }
}

#[test]
fn the_worst_ring_and_a_single_starter_cost_what_the_documents_say() {
    for (n, worst) in [4, 8, 16].into_iter().zip(numbers(&expected("chang-roberts-worst-franklin")["worst"])) {
        assert_eq!(elections(&all_start(&(0..n).rev().collect::<Vec<_>>())), worst);
    }
    let single = expected("chang-roberts-single");
    let worst = numbers(&single["worst_total_including_elected"]);
    let best = numbers(&single["best_total_including_elected"]);
    for (index, n) in [4, 5, 8_u32].into_iter().enumerate() {
        let placements = if n < 8 { orders(n) } else { vec![(0..n).collect(), (0..n).rev().collect()] };
        let mut totals = vec![];
        for (ids, starter) in placements.iter().flat_map(|ids| (0..n).map(move |starter| (ids, starter))) {
            let mut bench = started(&ALGORITHM, ids, &[starter], &json!({}));
            bench.play(10_000);
            totals.push(bench.world.tally().sent_in_all());
            for cost in ALGORITHM.costs {
                let counted = (cost.count)(&bench.world);
                assert!(counted.is_none_or(|(count, formula)| cost.relation.holds(count, formula)), "{}", cost.what);
            }
        }
        assert_eq!((totals.iter().max(), totals.iter().min()), (Some(&worst[index]), Some(&best[index])), "n = {n}");
    }
}

#[test]
fn the_trace_of_three_is_that_of_the_reference() {
    let expected = expected("cr-trace");
    let bench = all_start(&[2, 1, 0]);
    assert_eq!(elections(&bench), number(&expected["election_messages"]));
    assert_eq!(bench.world.tally().sent("Elected"), number(&expected["elected_messages"]));
    assert!((0..3).all(|node| leader(&bench, node) == Some(number(&expected["leader"]) as u32)));
}

// Every reachable state. All may start at any moment; who knows a leader does not.

#[test]
fn every_state_of_three_and_four_is_right_with_and_without_fifo() {
    let expected = expected("cr-states");
    for (ids, name) in [(vec![2, 1, 0], "210"), (vec![0, 1, 2], "012"), (vec![3, 2, 1, 0], "3210")] {
        for order in ["fifo", "any"] {
            let start = ring(&ALGORITHM, &ids, &json!({ "order": order }));
            let form = if order == "any" { "bag" } else { order };
            let states = reference_states(&start, "");
            assert_eq!(states, number(&expected[format!("{form}_{name}")]), "{name}, {order}");
            let mut walk = walk(start, &ids, 100_000);
            assert!(walk.complete, "{name}, {order}");
            if order == "any" {
                // Without FIFO a process may stay a participant; the leader is right all the same.
                walk.broken.retain(|(name, _)| *name != "nobody stays a participant");
            }
            assert_eq!(walk.broken, vec![], "{name}, {order}");
        }
    }
}

/// What all maximal runs cost in which these may start, at any moment.
fn totals(ids: &[u32], starters: &[u32], order: &str) -> BTreeSet<u64> {
    let mut start = ring(&ALGORITHM, ids, &json!({ "order": order }));
    let asks: Vec<Event> = starters.iter().map(|&node| start.request(node, json!("Start"))).collect();
    let (mut found, mut seen) = (BTreeSet::new(), HashSet::new());
    let mut open = vec![(start, asks)];
    while let Some((bench, left)) = open.pop() {
        let possible = left.iter().copied().filter(|&ask| bench.world.refusal(ask, &bench.payloads).is_none());
        let moves: Vec<Event> = possible.chain(bench.world.enabled(Mode::Untimed)).collect();
        if moves.is_empty() {
            found.insert(bench.world.tally().sent_in_all());
        }
        for event in moves {
            let (mut next, mut rest) = (bench.clone(), left.clone());
            next.take(event);
            rest.retain(|&ask| ask != event);
            if seen.insert((next.world.state_key(Mode::Untimed), next.world.tally().sent_in_all(), rest.clone())) {
                open.push((next, rest));
            }
        }
    }
    found
}

/// The least and the greatest cost of any run, over all placements; without FIFO an old ELECTION can begin another round.
#[test]
fn no_schedule_costs_less_or_more_than_the_reference_says() {
    let expected = expected("cr-totals");
    let greatest = if std::env::var_os("INTERLEAVE_DEEP").is_some() { 4 } else { 3 };
    for (index, n) in (2..=greatest).enumerate() {
        let over = |starters: &dyn Fn() -> Vec<Vec<u32>>, order: &str| -> BTreeSet<u64> {
            let sets = starters();
            orders(n)
                .iter()
                .flat_map(|ids| sets.iter().flat_map(|set| totals(ids, set, order)).collect::<Vec<_>>())
                .collect()
        };
        let ends = |costs: &BTreeSet<u64>| json!([costs.first(), costs.last()]);
        let (all, single) = (|| vec![(0..n).collect()], || (0..n).map(|node| vec![node]).collect());
        assert_eq!(ends(&over(&all, "fifo")), expected["all_may_start"][index], "n = {n}");
        assert_eq!(ends(&over(&single, "fifo")), expected["single"][index], "n = {n}");
        assert_eq!(json!(over(&all, "any").last()), expected["bag_max"][index], "n = {n}");
    }
}

/// Of all 90 placements and starters of four processes, 14 can leave a participant behind where channels are not FIFO.
#[test]
fn without_fifo_somebody_may_stay_a_participant_for_ever() {
    let mut left = 0;
    let placements: Vec<Vec<u32>> = orders(4).into_iter().filter(|ids| ids[0] == 3).collect();
    for ids in &placements {
        for mask in 1..16_u32 {
            let starters: Vec<u32> = (0..4).filter(|node| mask & (1 << node) != 0).collect();
            let walk = walk(ring(&ALGORITHM, ids, &json!({ "order": "any" })), &starters, 50_000);
            assert!(walk.complete);
            assert!(walk.broken.iter().all(|(name, _)| *name == "nobody stays a participant"), "{:?}", walk.broken);
            left += u32::from(!walk.broken.is_empty());
        }
    }
    assert_eq!((placements.len() * 15, left), (90, 14));
}

#[test]
fn random_schedules_elect_the_highest() {
    let over = random_schedules(&ALGORITHM, Order::Fifo);
    assert!(over > crate::support::runs() / 2, "only {over} elections were over");
}

// Planted mistakes and scenarios.

#[test]
fn a_lower_id_that_is_let_pass_wins_after_three_and_four_steps() {
    let expected = expected("cr-bugs");
    for (ids, form) in [(vec![0, 1], "n2"), (vec![0, 1, 2], "n3")] {
        let start = ring(&ALGORITHM, &ids, &json!({ "variant": "forward-all" }));
        let walk = walk(start, &ids, 10_000);
        let found = lengths(&walk);
        let steps = found.iter().find(|(name, _)| *name == HIGHEST).expect("the bug is found").1;
        assert_eq!(steps as u64, number(&expected[form]["steps"]), "{form}");
        assert_eq!(expected[form]["run"].as_array().map(Vec::len), Some(steps), "{form}");
    }
    bugs_are_shown(&ALGORITHM);
    assert_eq!(ALGORITHM.bugs.len(), 1, "a new bug needs a line here");
}

#[test]
fn scenarios_end_as_their_texts_say() {
    for (name, elections_sent, in_all) in
        [("falling", 15, 20), ("rising", 9, 14), ("one-starter", 9, 14), ("shuffled", 21, 29)]
    {
        let mut bench = embedded(&ALGORITHM, name);
        bench.play(10_000);
        assert_eq!((elections(&bench), bench.world.tally().sent_in_all()), (elections_sent, in_all), "{name}");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{name}");
    }
    let mut bench = embedded(&ALGORITHM, "crash");
    bench.play(10_000);
    assert_eq!(bench.broken(), vec![KNOWN, "nobody stays a participant"]);
    assert_eq!(bench.world.broken_assumption(), Some(Assumption::NoCrash));
    let mut bench = embedded(&ALGORITHM, "overtaken");
    bench.play(10_000);
    assert_eq!(bench.world.tally().outputs("Elected"), 2, "the same process is elected twice");
    assert_eq!(bench.world.broken_assumption(), Some(Assumption::Fifo));
}

#[test]
fn who_knows_the_leader_or_takes_part_does_not_start() {
    let mut bench = started(&ALGORITHM, &[0, 1, 2], &[0], &json!({}));
    let start = bench.request(0, json!("Start"));
    let refusal = |bench: &Bench| bench.world.refusal(start, &bench.payloads);
    assert_eq!(refusal(&bench).as_deref(), Some("P0 takes part in an election already."));
    bench.play(100);
    assert_eq!(refusal(&bench).as_deref(), Some("P0 knows the leader: P2."));
    let wrong = json!({ "config": { "ring": [0, 0, 1] } });
    let scenario = json!({ "version": 1, "algorithm": ALGORITHM.id, "name": "test", "title": "", "sentence": "", "nodes": 3, "config": wrong["config"] });
    assert!(Bench::of_json(&ALGORITHM, scenario).is_err(), "every process stands on the ring once");
}
