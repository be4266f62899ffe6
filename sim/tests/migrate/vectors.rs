//! The vectors of the reference, run.

use crate::support::{STRATEGIES, bench, migrate, numbers, play, vector};
use serde_json::{Value as Json, json};
use sim::Verdict;

/// Near enough for a figure that the reference has rounded.
fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 0.001 * expected.abs(), "{what}: {found}, expected {expected}");
}

/// Whether a page was changed at the start: they are spread evenly.
fn is_dirty(page: u64, dirty: u64, pages: u64) -> bool {
    page * dirty % pages < dirty
}

/// One process under all five: what it waits for, what goes over the wire, who is needed afterwards.
#[test]
fn vector_migration_compare() {
    let vector = vector("migration-compare");
    let (given, expected) = (&vector["inputs"], &vector["expected"]);
    let number = |name: &str| given[name].as_u64().unwrap();
    let (pages, dirty) = (number("pages"), number("resident_dirty"));
    let changed = number("touched_of_which_dirty_resident") as usize;
    let unchanged = number("touched") as usize - changed;
    let some =
        |wanted: bool, count: usize| (0..pages).filter(move |&p| is_dirty(p, dirty, pages) == wanted).take(count);
    assert_eq!(some(true, 1_000).count() as u64, dirty);
    let trace: Vec<String> = some(true, changed).chain(some(false, unchanged)).map(|page| page.to_string()).collect();
    for strategy in STRATEGIES {
        let mut bench = bench(
            strategy,
            &json!({
                "delay": {"constant": 0},
                "config": {"trace": trace},
                "parameters": {
                    "pages": pages, "dirty": dirty, "state": number("state_pages"),
                    "page-time": 1_000_000 / number("rate"), "access-time": "200 ms", "timeout": "600 s"
                },
            }),
        );
        bench.ask(0, migrate(1));
        let told = play(&mut bench);
        let key = strategy.replace('-', "_");
        let frozen: u64 = numbers(&told, "Resumed", "frozen").iter().sum();
        if let Some(seconds) = expected["freeze_s"][&key].as_f64() {
            assert_near(frozen as f64 / 1e6, seconds, strategy);
        }
        let sent = |kind: &str| bench.world.tally().sent(kind);
        let from_server = if strategy == "flushing" { sent("Fetched") } else { 0 };
        let from_source = sent("Page") + number("state_pages") + sent("Fetched") - from_server;
        match expected["pages_from_source"][&key].as_u64() {
            Some(count) => assert_eq!(from_source, count, "{strategy}"),
            None => assert!(from_source >= pages + number("state_pages"), "{strategy}"),
        }
        if let Some(count) = expected["pages_from_file_server"][&key].as_u64() {
            assert_eq!(from_server, count, "{strategy}");
        }
        let needed = matches!(bench.verdict("nothing of P stays behind"), Verdict::NotPromised(_));
        assert_eq!(expected["source_needed_afterwards"][&key], Json::Bool(needed), "{strategy}");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "{strategy}");
    }
}

/// A process that changes another page in every access, so many times as long as a page is on the wire.
fn precopy(pages: u32, page_time: u64, access_time: u64, stop_at: u64) -> (Vec<u64>, u64, u64) {
    let trace: Vec<String> = (0..3 * pages).map(|k| format!("{}w", k % pages)).collect();
    let mut bench = bench(
        "precopy",
        &json!({
            "delay": {"constant": 0},
            "config": {"trace": trace},
            "parameters": {
                "pages": pages, "dirty": 0, "state": 0, "page-time": page_time, "access-time": access_time,
                "stop-at": stop_at, "rounds": 20, "timeout": "600 s"
            },
        }),
    );
    bench.ask(0, migrate(1));
    let told = play(&mut bench);
    assert_eq!(bench.broken(), Vec::<&str>::new());
    let frozen = numbers(&told, "Frozen", "pages");
    assert_eq!(frozen.len(), 1);
    (numbers(&told, "Round", "pages"), frozen[0], numbers(&told, "Resumed", "frozen")[0])
}

/// In megabytes and seconds. A page is the last, smallest set, so that every round is a whole number of pages; times are
/// those of the reference in a ratio.
#[test]
fn vector_precopy_1() {
    let vector = vector("precopy-1");
    let (given, expected) = (&vector["inputs"], &vector["expected"]);
    let number = |json: &Json, name: &str| json[name].as_f64().unwrap();
    let (memory, last) = (number(given, "memory_mb"), number(expected, "final_mb"));
    let bandwidth = number(given, "bandwidth_mb_s");
    let ratio = bandwidth / number(given, "dirty_mb_s");
    let pages = (memory / last).round() as u32;
    let stop_at = (number(given, "stop_when_mb_at_most") / last).floor() as u64;
    let (rounds, left, frozen) = precopy(pages, 2_000, (2_000.0 * ratio) as u64, stop_at);
    let megabytes: Vec<f64> = rounds.iter().map(|&pages| pages as f64 * last).collect();
    let wanted: Vec<f64> = serde_json::from_value(expected["rounds"].clone()).unwrap();
    assert_eq!(megabytes.len(), wanted.len());
    megabytes.iter().zip(&wanted).for_each(|(&found, &wanted)| assert_near(found, wanted, "a round"));
    assert_near(left as f64 * last, last, "the last set");
    let before: f64 = megabytes.iter().sum();
    assert_near(before / bandwidth, number(expected, "precopy_s"), "copying");
    assert_near((before + last) / bandwidth, number(expected, "total_s"), "in all");
    assert_near(before + last, number(expected, "total_mb"), "on the wire");
    assert_near(frozen as f64 / 2_000.0 * last / bandwidth, number(expected, "downtime_s"), "frozen");
    assert_near(memory / bandwidth, number(expected, "freeze_if_eager_all_s"), "frozen if eager");
}

#[test]
fn vector_precopy_pages() {
    let vector = vector("precopy-pages");
    let (given, expected) = (&vector["inputs"], &vector["expected"]);
    let number = |name: &str| given[name].as_u64().unwrap();
    let page_time = 1_000_000 / number("pages_per_s");
    let (rounds, left, frozen) =
        precopy(number("pages") as u32, page_time, 1_000_000 / number("dirty_per_s"), number("stop_at"));
    let wanted: Vec<f64> = serde_json::from_value(expected["rounds"].clone()).unwrap();
    assert_eq!(rounds, wanted.iter().map(|&pages| pages as u64).collect::<Vec<_>>());
    assert_near(left as f64, expected["final_pages"].as_f64().unwrap(), "pages left");
    assert_near(frozen as f64 / 1e6, expected["downtime_s"].as_f64().unwrap(), "frozen");
    let total = (rounds.iter().sum::<u64>() + left) * page_time;
    assert_near(total as f64 / 1e6, expected["total_s"].as_f64().unwrap(), "in all");
}

#[test]
fn vector_precopy_no_convergence() {
    let vector = vector("precopy-no-convergence");
    let given = &vector["inputs"];
    let ratio = given["dirty_mb_s"].as_f64().unwrap() / given["bandwidth_mb_s"].as_f64().unwrap();
    assert_near(ratio, vector["expected"]["ratio"].as_f64().unwrap(), "D/B");
    let (rounds, left, _) = precopy(500, (10_000.0 * ratio) as u64, 10_000, 1);
    assert_eq!(vector["expected"]["converges"], Json::Bool(rounds.len() > 1));
    assert_eq!(left, 500, "all of it has changed again, and leaves while it is frozen");
}

/// Accent: how much faster a process is moved, and how much less goes over the wire where 42 % of the pages are used.
#[test]
fn vector_zayas() {
    let expected = &vector("zayas")["expected"];
    let run = |strategy: &str| {
        let trace: Vec<String> = (0..420).map(|page| page.to_string()).collect();
        let mut bench = bench(
            strategy,
            &json!({
                "delay": {"constant": 0},
                "config": {"trace": trace},
                "parameters": {"pages": 1000, "dirty": 300, "state": 1, "page-time": "1 ms", "timeout": "600 s"},
            }),
        );
        bench.ask(0, migrate(1));
        let told = play(&mut bench);
        let wire = bench.world.tally().sent("Page") + bench.world.tally().sent("Fetched") + 1;
        (numbers(&told, "Resumed", "frozen")[0], wire)
    };
    let (all, on_reference) = (run("eager-all"), run("copy-on-reference"));
    assert!(all.0 / on_reference.0 >= expected["relocation_speedup_up_to"].as_u64().unwrap());
    let less = 1.0 - on_reference.1 as f64 / all.1 as f64;
    assert!((less - expected["bytes_reduction_avg"].as_f64().unwrap()).abs() < 0.005, "{less}");
}

/// A writable working set bounds the freeze from below, however many rounds there are: five pages and the state.
#[test]
fn vector_clark_60ms() {
    let least = vector("clark-60ms")["expected"]["min_service_downtime_ms"].as_u64().unwrap();
    let trace: Vec<String> = (0..600).map(|k| format!("{}w", k % 5)).collect();
    let mut bench = bench(
        "precopy",
        &json!({
            "delay": {"constant": 0},
            "config": {"trace": trace},
            "parameters": {"pages": 100, "state": 1, "page-time": "10 ms", "access-time": "5 ms", "stop-at": 1},
        }),
    );
    bench.ask(0, migrate(1));
    let told = play(&mut bench);
    assert_eq!(numbers(&told, "Round", "pages")[..2], [100, 5]);
    assert_eq!(numbers(&told, "Resumed", "frozen"), [least * 1000]);
}
