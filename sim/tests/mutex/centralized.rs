//! The coordinator.

use super::*;
use sim::algorithms::mutex::centralized::ALGORITHM;

const IN_TURN: &str = "nobody is passed over in the queue";

fn of(nodes: u32, more: &Json) -> Bench {
    let mut json = more.clone();
    json["nodes"] = json!(nodes);
    bench(&ALGORITHM, &json)
}

/// The reference's clients 1 and 2 and coordinator 3.
#[test]
fn vector_mutex_central_trace() {
    let expected = &vector("mutex-central-trace")["expected"];
    let mut bench = of(4, &json!({}));
    let mut messages = vec![];
    for step in ["+1", "13", "31", "+2", "23", "-1", "13", "32", "-2", "23"] {
        act(&mut bench, step);
        messages.extend(sent(&bench.step).iter().map(|line| line.replace("GRANT", "OK")));
        if step == "23" && inside(&bench) == [1] {
            assert_eq!(bench.world.status(NodeId(3)).gauges[0].value, 1);
        }
    }
    assert_eq!(json!(messages), expected["messages"]);
    assert_eq!(json!(messages.len()), expected["total"]);
    assert_eq!((ALGORITHM.costs[0].count)(&bench.world), Some((6, 6)));
}

#[test]
fn vector_message_counts() {
    let vector = vector("mutex-message-counts");
    let counts = vector["expected"]["centralized"].as_array().expect("a list");
    for (n, count) in vector["inputs"]["n"].as_array().expect("a list").iter().zip(counts) {
        let mut bench = of(n.as_u64().expect("a number") as u32, &json!({}));
        bench.ask(0, json!("Enter"));
        drain(&mut bench);
        assert_eq!(json!(bench.world.tally().sent_in_all()), *count);
    }
}

/// Every reachable state, the coordinator asking for itself as well.
#[test]
fn every_state_is_safe() {
    for (more, states) in [(json!({}), 113), (json!({"parameters": {"answer": "queued"}}), 214)] {
        assert_eq!(sound(of(3, &more), &[1, 1, 1]), states, "{more}");
    }
    assert_eq!(sound(of(3, &json!({})), &[2, 2, 0]), 141);
    // In any order of messages: a RELEASE that is overtaken by the next REQUEST of the same process is borne.
    assert_eq!(sound(of(3, &json!({"order": "fifo"})), &[2, 2, 0]), 123);
}

#[test]
fn random_schedules_keep_every_property_and_cost() {
    for answer in ["silence", "queued"] {
        random_schedules_are_sound(&ALGORITHM, &json!({"nodes": 5, "parameters": {"answer": answer}}));
    }
}

/// The row of the fault matrix; duplication is borne, since every message names its entry.
#[test]
fn losses_and_crashes_block_and_copies_do_no_harm() {
    let more = json!({"nodes": 4});
    let blocked = faults_keep(&ALGORITHM, &more, &[Fault::Crash, Fault::Lose, Fault::Cut], &[ONE_INSIDE]);
    assert!(blocked > seeds() / 3, "only {blocked} runs were blocked");
    assert_eq!(faults_keep(&ALGORITHM, &more, &[Fault::Duplicate], &[ONE_INSIDE, SERVED, IN_TURN]), 0);
}

/// With the take-over, in time: whoever crashes and comes back, never two inside, and everybody who is up is served,
/// unless it waits for one that crashed inside while the coordinator was well.
#[test]
fn an_election_is_run_when_the_coordinator_is_silent() {
    let (mut elections, mut unserved) = (0, 0);
    for seed in 0..seeds() {
        let more = json!({
            "nodes": 4, "seed": seed, "parameters": {"take-over": "yes"},
            "workload": [{"on": "Entered", "after": {"constant": "12 ms"}, "request": "Exit"}],
        });
        let mut bench = bench(&ALGORITHM, &more);
        random_run(&mut bench, seed, 200, Mode::Timed, |bench, bits| {
            let coordinator = NodeId(3);
            let event = if bits % 2 == 0 { Event::Crash(coordinator) } else { Event::Recover(coordinator) };
            bench.world.refusal(event, &bench.payloads).is_none().then_some(event)
        });
        bench.play_until(sim::Micros(bench.world.now().0 + 5_000_000));
        assert_eq!(*bench.verdict(ONE_INSIDE), Verdict::Holds, "seed {seed}");
        unserved += u64::from(*bench.verdict(SERVED) != Verdict::Holds);
        elections += bench.world.tally().sent("Election");
    }
    // Timeouts of one length can keep in step, so that one election calls for the next: seen once in 5,688 schedules.
    assert!(unserved * 1_000 <= seeds(), "{unserved} runs in which somebody still waits");
    assert!(elections > seeds(), "only {elections} messages of elections: the test proves nothing");
}

#[test]
fn every_bug_has_its_shortest_run_and_its_scenario() {
    let forgotten = shortest(of(3, &json!({"variant": "forgotten-queue"})), &[1, 1, 0], SERVED);
    let mut doubled = of(4, &json!({"variant": "any-release"}));
    let link = doubled.world.links().iter().position(|link| link.ends == (NodeId(0), NodeId(3)));
    doubled.take(Event::SetDuplication(LinkId(link.expect("a complete network") as u32), 1_000_000));
    let released = shortest(doubled, &[1, 1, 1, 0], ONE_INSIDE);
    assert_eq!((forgotten, released), (7, 12));
    bugs_show_in_their_scenarios(&ALGORITHM);
}

/// Three disciplines, one schedule: only the first serves everybody in turn.
#[test]
fn last_come_and_lowest_id_starve_somebody() {
    assert_eq!(played(&ALGORITHM, "one-after-another"), (vec![0, 1, 2], vec![], 9));
    for scenario in ["last-come", "by-priority"] {
        let mut run = embedded(&ALGORITHM, scenario, true);
        run.play(2_000);
        // Only a FIFO queue promises it.
        assert_eq!((run.broken(), run.not_promised().contains(&IN_TURN)), (vec![], true), "{scenario}");
        let (entered, ..) = played(&ALGORITHM, scenario);
        let starved = if scenario == "last-come" { 1 } else { 2 };
        assert!(entered.len() > 8 && entered.last() == Some(&starved), "{scenario}: {entered:?}");
    }
}

#[test]
fn scenarios_end_as_they_say() {
    assert_eq!(played(&ALGORITHM, "silence"), (vec![0, 1], vec![], 7));
    for scenario in ["take-over", "comes-back", "heir-crashes"] {
        let (entered, broken, _) = played(&ALGORITHM, scenario);
        assert_eq!((entered, broken), (vec![0, 1], vec![]), "{scenario}");
    }
    assert_eq!(played(&ALGORITHM, "holder-crash").1, [SERVED]);
    assert_eq!(played(&ALGORITHM, "lease"), (vec![0, 1], vec![], 5));
    assert_eq!(played(&ALGORITHM, "lease-too-short").1, [ONE_INSIDE]);
}

/// As long as nobody stays longer than its lease, whoever crashes inside: never two inside, and the others go on.
#[test]
fn a_lease_frees_the_lock_of_one_that_has_crashed() {
    let mut crashed_inside = 0;
    for seed in 0..seeds() {
        let workload = json!([
            {"on": "start", "after": {"exponential": "20 ms"}, "request": "Enter", "nodes": [0, 1, 2]},
            {"on": "Entered", "after": {"constant": "30 ms"}, "request": "Exit"},
            {"on": "Exited", "after": {"exponential": "20 ms"}, "request": "Enter", "limit": 5, "nodes": [0, 1, 2]},
        ]);
        let more = json!({"nodes": 4, "seed": seed, "parameters": {"lease": "100 ms"}, "workload": workload});
        let mut run = bench(&ALGORITHM, &more);
        run.play(10 + seed % 40);
        let victim = inside(&run).first().copied().unwrap_or(0);
        crashed_inside += usize::from(inside(&run).contains(&victim));
        run.take(Event::Crash(NodeId(victim)));
        run.play(1_000);
        assert!(run.broken().is_empty() && run.world.is_quiet(), "seed {seed}: {:?}", run.broken());
    }
    assert!(crashed_inside > 50, "only {crashed_inside} crashed inside: the test proves nothing");
}
