//! The wait-for graph.

use super::{bench, chance, embedded, outcomes, seeds, tables, vector};
use serde_json::{Value as Json, json};
use sim::{EdgeKind, Mode, NodeId, algorithms::deadlock::wfg::ALGORITHM, testing::random_run};
use std::collections::BTreeSet;

#[test]
fn the_graph_of_the_reference_loses_its_resources() {
    let vector = vector("wfg-from-rag");
    let edges = &vector["inputs"]["edges"];
    let (held, wanted): (Vec<Json>, Vec<Json>) = edges
        .as_array()
        .expect("edges")
        .iter()
        .cloned()
        .partition(|edge| edge[0].as_str().is_some_and(|name| name.starts_with('R')));
    let edges = [held, wanted].concat();
    let site = json!({
        "processes": [{"name": "P1"}, {"name": "P2"}, {"name": "P3"}],
        "resources": [{"name": "R1"}, {"name": "R2"}],
        "edges": edges,
    });
    let mut bench = bench(&ALGORITHM, &json!({"sites": [site]}), &json!({"nodes": 2}));
    bench.ask(1, json!("Transform"));
    outcomes(&mut bench);
    let process = bench.world.node(NodeId(1)).expect("the site").process();
    let found: BTreeSet<(u32, u32)> = process.edges().iter().map(|edge| (edge.from.0, edge.to.0)).collect();
    assert!(process.edges().iter().all(|edge| edge.kind == EdgeKind::WaitsFor));
    assert_eq!(process.parts().len(), 3, "the resources are gone");
    let number = |name: &Json| name.as_str().and_then(|name| name[1..].parse::<u32>().ok()).expect("a name");
    let expected =
        vector["expected"]["wfg"].as_array().expect("edges").iter().map(|edge| (number(&edge[0]), number(&edge[1])));
    assert_eq!(found, expected.collect());
    bench.ask(0, json!("Collect"));
    outcomes(&mut bench);
    let union = &tables(&bench, 0)[0];
    let row = |name: &str| union.rows.iter().find(|row| row.name == name).expect("a row").cells[0].text.clone();
    assert_eq!((row("Cycle").as_str(), row("Wait for it").as_str()), ("P1 → P2 → P1", "P3"));
}

#[test]
fn no_site_sees_what_the_union_shows() {
    let mut bench = embedded(&ALGORITHM, "two-sites");
    let kinds = outcomes(&mut bench);
    assert_eq!(kinds, ["Deadlock"]);
    for site in 1..3 {
        assert_eq!(bench.world.status(NodeId(site)).word, "no cycle here");
    }
    assert_eq!(bench.world.status(NodeId(0)).word, "deadlock of P1, P2");
}

#[test]
fn a_phantom_is_seen_where_news_are_old() {
    let mut bench = embedded(&ALGORITHM, "old-news");
    assert_eq!(outcomes(&mut bench), ["Deadlock"]);
    // It never was: the check, which judges only what is up to date, says nothing.
    assert_eq!(bench.broken(), Vec::<&str>::new());
    bench.ask(0, json!("Collect"));
    assert_eq!(outcomes(&mut bench), ["NoCycle"]);
}

/// Random edits at three sites, with graphs collected in between, messages in any order.
#[test]
fn random_sites_are_judged_right_whenever_the_union_is_up_to_date() {
    let mut deadlocks = 0;
    for seed in 0..seeds(200, 10_000) {
        let site = |number: u64| {
            let resources: Vec<Json> = (0..2).map(|k| json!({"name": format!("R{}", 10 * number + k)})).collect();
            json!({"processes": [{"name": "P1"}, {"name": "P2"}, {"name": "P3"}], "resources": resources})
        };
        let config = json!({"sites": [site(1), site(2), site(3)]});
        let mut bench = bench(&ALGORITHM, &config, &json!({"nodes": 4}));
        for k in 0..25 {
            let bits = |salt: u64, bound: u64| chance(seed, 10 * k + salt, bound);
            let node = 1 + bits(0, 3);
            let (process, resource) = (1 + bits(1, 3), 1_000 + 10 * node + bits(2, 2));
            let (from, to) = if bits(3, 2) == 0 { (process, resource) } else { (resource, process) };
            let event = bench.request(node as u32, json!({"Edit": {"Connect": {"from": from, "to": to}}}));
            if bench.world.refusal(event, &bench.payloads).is_none() {
                bench.take(event);
            }
            random_run(&mut bench, seed << 8 | k, 6, Mode::Untimed, |_, _| None);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}, edit {k}");
        }
        deadlocks += u64::from(bench.world.status(NodeId(0)).word.starts_with("deadlock"));
    }
    assert!(deadlocks > 10, "{deadlocks}");
}
