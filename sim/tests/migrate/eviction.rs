//! What becomes of a guest when the owner is back.

use crate::support::{STRATEGIES, bench, migrate, numbers, play};
use serde_json::json;
use sim::{Micros, testing::Bench};

/// P is a guest of the second machine, and its owner is back at 600 ms.
fn owner_returns(strategy: &str, guest: &str) -> Bench {
    let fields = json!({"policy": {"guest": guest}, "parameters": {"accesses": 60}});
    let mut bench = bench(strategy, &fields);
    bench.ask(0, migrate(1));
    bench.play_until(Micros(600_000));
    bench.ask(1, json!("WelcomeOwner"));
    bench
}

#[test]
fn each_policy_does_what_it_says_under_every_strategy() {
    for strategy in STRATEGIES {
        for (guest, moves, killed) in [("stays", 1, 0), ("migrate", 2, 0), ("killed", 0, 1)] {
            let mut bench = owner_returns(strategy, guest);
            let told = play(&mut bench);
            let tally = bench.world.tally();
            assert_eq!(tally.outputs("Killed"), killed, "{strategy}, {guest}");
            if killed == 0 {
                assert_eq!(numbers(&told, "Finished", "moves"), [moves], "{strategy}, {guest}");
            } else {
                assert!(numbers(&told, "Killed", "done")[0] > 5, "what it has done is lost");
            }
            assert_eq!(bench.broken(), Vec::<&str>::new(), "{strategy}, {guest}");
        }
    }
}

/// The owner waits as long as the strategy freezes: a guest of 1,000 pages of which 300 are changed, at 100 pages a second.
#[test]
fn how_long_the_owner_waits() {
    for (strategy, seconds) in [("eager-all", 10), ("flushing", 3)] {
        let mut bench = bench(
            strategy,
            &json!({
                "delay": {"constant": 0},
                // It touches and changes 300 pages, so that as many are changed again when it has to leave.
                "config": {"trace": (0..2_000).map(|k| format!("{}w", k % 300)).collect::<Vec<_>>()},
                "parameters": {"pages": 1000, "dirty": 0, "state": 0, "access-time": "10 ms", "timeout": "600 s"},
            }),
        );
        bench.ask(0, migrate(1));
        bench.play_until(Micros(16_000_000));
        bench.ask(1, json!("WelcomeOwner"));
        let told = play(&mut bench);
        assert_eq!(numbers(&told, "Resumed", "frozen"), [seconds * 1_000_000], "{strategy}");
    }
}

/// Who is on its way in is turned away as long as it is not ready; afterwards it comes, and goes again.
#[test]
fn an_owner_turns_away_what_is_on_its_way_in() {
    let events = {
        let mut bench = bench("precopy", &json!({}));
        bench.ask(0, migrate(1));
        bench.play(u64::MAX)
    };
    let (mut refused, mut went_home) = (0, 0);
    for k in 0..events {
        let mut bench = bench("precopy", &json!({"parameters": {"accesses": 60}}));
        bench.ask(0, migrate(1));
        bench.play(k);
        bench.ask(1, json!("WelcomeOwner"));
        bench.play(u64::MAX);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "event {k}");
        assert_eq!(bench.world.tally().outputs("Finished"), 1, "event {k}");
        refused += bench.world.tally().sent("Refuse");
        went_home += u64::from(bench.world.tally().sent("Commit") == 2);
    }
    assert!(refused > 5 && went_home > 3, "{refused} refused, {went_home} went home");
}
