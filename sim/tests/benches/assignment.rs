//! Task assignment.

use super::{ask, bench, cell, chance, embedded, numbers, outcomes, refused, seeds, vector};
use petgraph::{algo::ford_fulkerson, graph::DiGraph};
use serde_json::{Value as Json, json};
use sim::{
    Mode,
    algorithms::load::task_assignment::ALGORITHM,
    testing::{Bench, explore, random_run},
};

/// The example of the reference, as the bench takes it.
fn stone() -> Json {
    let inputs = &vector("task-assignment-stone")["inputs"];
    let run: Vec<Json> = (1..=6).map(|k| inputs["exec_cost"][format!("t{k}")].clone()).collect();
    let talks = inputs["comm"].as_array().expect("talk").iter();
    let pair = |of: &Json| json!([format!("{} {}", of[0].as_str().unwrap(), of[1].as_str().unwrap()), of[2]]);
    json!({"run": run, "talk": talks.map(pair).collect::<Vec<_>>(), "on": [1, 1, 1, 2, 2, 2]})
}

/// The numbers in a line of what can be said.
fn said(bench: &Bench, row: &str) -> Vec<u64> {
    let line = cell(bench, "state", row);
    let words = line.split(|sign: char| !sign.is_ascii_digit() && sign != 't' && sign != 'n');
    words.filter_map(|word| word.parse().ok()).collect()
}

fn write(table: &str, row: u32, column: u32, values: &Json) -> Json {
    json!({"Write": {"table": table, "row": row, "column": column, "values": values}})
}

#[test]
fn the_example_of_stone_is_found_proved_and_costs_what_the_reference_says() {
    let expected = &vector("task-assignment-stone")["expected"];
    let mut bench = bench(&ALGORITHM, &stone(), &Json::Null);
    let serial = &expected["serial"];
    assert_eq!(json!(said(&bench, "Assignment")), json!([serial["exec"], serial["comm"], serial["total"]]));
    assert_eq!(ask(&mut bench, &json!("Search")), ["Best"]);
    assert_eq!(bench.broken(), Vec::<&str>::new());
    assert_eq!(said(&bench, "Flow").first(), expected["max_flow"].as_u64().as_ref());
    assert_eq!(said(&bench, "Cut").last(), expected["optimal_cost"].as_u64().as_ref());
    let best = json!([expected["optimal_exec"], expected["optimal_comm"], expected["optimal_cost"]]);
    assert_eq!(json!(said(&bench, "Found")), best);
    assert!(cell(&bench, "state", "Found").starts_with("t1 t2 t3 t4 t5 | t6:"));
    ask(&mut bench, &json!("Adopt"));
    assert_eq!(json!(said(&bench, "Assignment")), best);
    ask(&mut bench, &json!("Prove"));
    let proof = json!([expected["feasible_assignments"], 64, expected["optimal_cost"], expected["second_best"]]);
    assert_eq!(json!(said(&bench, "All")), proof);
    // What each of the assignments costs, written into the table one after another.
    let mut costs = vec![];
    for all in 0..64 {
        let on: Vec<Json> = (0..6).map(|k| json!([1 + (all >> k & 1)])).collect();
        let edit = write("on", 0, 0, &json!(on));
        if refused(&mut bench, &edit).is_none() {
            bench.ask(0, json!({ "Edit": edit }));
            costs.push(said(&bench, "Assignment")[2]);
        }
    }
    costs.sort_unstable();
    assert_eq!(json!(costs), expected["all_costs_sorted"]);
}

/// A problem by chance: costs, now and then ∞, and talk.
fn random(seed: u64, tasks: u64, processors: u64) -> Json {
    let number = |k: u64, bound: u64| chance(seed, k, bound);
    let run = |a: u64| -> Vec<Json> {
        let cost = |k: u64| match number(1_000 + 10 * a + k, 8) {
            0 if k > 0 => Json::Null,
            _ => json!(number(2_000 + 10 * a + k, 20)),
        };
        (0..processors).map(cost).collect()
    };
    let pairs = (0..tasks).flat_map(|a| (a + 1..tasks).map(move |b| (a, b)));
    let talk = pairs.filter(|(a, b)| number(3_000 + 40 * a + b, 2) == 0);
    let talk = talk.map(|(a, b)| json!([format!("t{} t{}", a + 1, b + 1), number(5_000 + 40 * a + b, 15)]));
    json!({"run": (0..tasks).map(run).collect::<Vec<_>>(), "talk": talk.collect::<Vec<_>>()})
}

fn cost_of(problem: &Json, on: &[usize]) -> Option<u64> {
    let run: Option<u64> = on.iter().enumerate().map(|(a, &k)| problem["run"][a][k].as_u64()).sum();
    let number = |name: &str| name[1..].parse::<usize>().expect("a task") - 1;
    let talk = problem["talk"].as_array()?.iter().map(|pair| {
        let (a, b) = pair[0].as_str().expect("a pair").split_once(' ').expect("two");
        if on[number(a)] == on[number(b)] { 0 } else { pair[1].as_u64().expect("a cost") }
    });
    Some(run? + talk.sum::<u64>())
}

/// The least cost, by trying every assignment.
fn by_trying_all(problem: &Json, processors: usize) -> u64 {
    let tasks = problem["run"].as_array().expect("tasks").len();
    let all = (0..processors.pow(tasks as u32)).map(|number| {
        let digit = |k: usize| number / processors.pow(k as u32) % processors;
        (0..tasks).map(digit).collect::<Vec<_>>()
    });
    all.filter_map(|on| cost_of(problem, &on)).min().expect("the first processor runs all")
}

/// The greatest flow through the network of Stone, as petgraph finds it.
fn by_petgraph(problem: &Json) -> u64 {
    const INFINITE: u64 = 1_000_000;
    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let (first, second) = (graph.add_node(()), graph.add_node(()));
    let rows = problem["run"].as_array().expect("tasks");
    let tasks: Vec<_> = rows.iter().map(|_| graph.add_node(())).collect();
    for (row, &task) in rows.iter().zip(&tasks) {
        graph.add_edge(first, task, row[1].as_u64().unwrap_or(INFINITE));
        graph.add_edge(task, second, row[0].as_u64().unwrap_or(INFINITE));
    }
    for pair in problem["talk"].as_array().expect("talk") {
        let (a, b) = pair[0].as_str().expect("a pair").split_once(' ').expect("two");
        let task = |name: &str| tasks[name[1..].parse::<usize>().expect("a task") - 1];
        let cost = pair[1].as_u64().expect("a cost");
        // petgraph takes an edge and one back for each other's way back: a node between keeps them apart.
        let between = graph.add_node(());
        graph.add_edge(task(a), task(b), cost);
        graph.add_edge(task(b), between, cost);
        graph.add_edge(between, task(a), cost);
    }
    ford_fulkerson(&graph, first, second).0
}

#[test]
fn the_minimum_cut_is_the_least_of_all_assignments_and_the_flow_that_of_petgraph() {
    let mut balanced = 0;
    for seed in 0..seeds(200, 5_000) {
        let problem = random(seed, 1 + chance(seed, 0, 8), 2);
        let mut bench = bench(&ALGORITHM, &problem, &Json::Null);
        assert_eq!(ask(&mut bench, &json!("Search")), ["Best"], "seed {seed}");
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}: {problem}");
        let found = said(&bench, "Found")[2];
        assert_eq!(found, by_trying_all(&problem, 2), "seed {seed}: {problem}");
        assert_eq!(said(&bench, "Flow").first(), Some(&found), "seed {seed}");
        assert_eq!(found, by_petgraph(&problem), "seed {seed}: {problem}");
        balanced += u64::from(!cell(&bench, "state", "Found").contains('–'));
    }
    assert!(balanced > 50, "{balanced} with tasks on both");
}

#[test]
fn branch_and_bound_is_the_least_of_all_assignments_hurried_or_not() {
    for seed in 0..seeds(60, 1_000) {
        let processors = 3 + chance(seed, 0, 2);
        let problem = random(seed, 1 + chance(seed, 1, 5), processors);
        let mut slow = bench(&ALGORITHM, &problem, &Json::Null);
        assert_eq!(ask(&mut slow, &json!("Search")), ["Best"], "seed {seed}");
        let mut quick = bench(&ALGORITHM, &problem, &Json::Null);
        quick.ask(0, json!("Search"));
        assert_eq!(ask(&mut quick, &json!("Hurry")), ["Best"], "seed {seed}");
        for bench in [slow, quick] {
            assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}: {problem}");
            assert_eq!(
                said(&bench, "Found")[2],
                by_trying_all(&problem, processors as usize),
                "seed {seed}: {problem}"
            );
        }
    }
}

/// Where it cannot be sure, it does not say that it is; and here it is indeed not the best.
#[test]
fn beyond_its_limit_the_search_says_that_it_may_miss_the_best() {
    let mut many = embedded(&ALGORITHM, "too-many");
    assert_eq!(outcomes(&mut many), ["Good"]);
    assert!(cell(&many, "state", "Search").contains("may miss the best"));
    let good = said(&many, "Found")[2];
    assert!(cell(&many, "state", "Found").contains("perhaps not the least"));
    assert_eq!(many.broken(), Vec::<&str>::new());
    // With a task less it can be sure.
    let scenario = ALGORITHM.texts.scenarios.iter().find(|(name, _)| *name == "too-many").expect("the scenario").1;
    let scenario: Json = serde_json::from_str(scenario).expect("JSON");
    let better = cost_of(&scenario["config"], &[1, 1, 1, 2, 1, 2, 2, 1, 2, 1, 1, 2, 1]);
    assert_eq!((good, better), (117, Some(111)), "as the scenario says");
    many.ask(0, json!({"Edit": {"RemoveRow": {"table": "run", "row": 12}}}));
    many.ask(0, json!("Search"));
    assert_eq!(ask(&mut many, &json!("Hurry")), ["Best"]);
}

#[test]
fn bad_numbers_are_refused_at_their_cell_with_the_nearest_that_can_be() {
    let mut bench = bench(&ALGORITHM, &stone(), &Json::Null);
    for (edit, reason) in [
        (write("run", 0, 1, &json!([[-5]])), "t1 on n2: -5 is less than 0, which is the nearest that can be."),
        (write("run", 2, 0, &json!([[10_000]])), "t3 on n1: 10000 is more than 9999, which is the nearest"),
        (write("run", 1, 0, &json!([[i64::MAX]])), "t2: one of its costs must be a number, or it can run nowhere."),
        (write("talk", 0, 3, &json!([[-1]])), "t1 with t4: -1 is less than 0"),
        (write("talk", 1, 1, &json!([[4]])), "t2 with t2: 4 is more than 0"),
        (write("talk", 0, 0, &json!([[0, 6], [4, 0]])), "t1 with t2 is 6, but t2 with t1 is 4: it is one cost."),
        (write("on", 5, 0, &json!([[1]])), "t6 cannot run on n1: its cost there is ∞."),
        (write("on", 0, 0, &json!([[3]])), "t1: 3 is more than 2"),
        (write("state", 0, 0, &json!([[3]])), "These numbers follow from the others."),
        (json!({"Connect": {"from": 1, "to": 2}}), "t1 and t2 talk already"),
        (json!({"Disconnect": {"from": 1, "to": 1001}}), "A task always runs somewhere"),
        (json!({"RemoveColumn": {"table": "run", "column": 0}}), "There are at least 2 processors."),
    ] {
        let why = refused(&mut bench, &edit).unwrap_or_else(|| panic!("{edit} is not refused"));
        assert!(why.starts_with(reason), "{edit}: {why}");
    }
    assert_eq!(said(&bench, "Assignment")[2], 58, "what was refused has changed nothing");
}

#[test]
fn a_block_brings_its_tasks_and_processors_and_half_of_the_talk_is_enough() {
    let mut bench = bench(&ALGORITHM, &Json::Null, &Json::Null);
    let edit = |bench: &mut Bench, edit: Json| {
        assert_eq!(refused(bench, &edit), None, "{edit}");
        bench.ask(0, json!({ "Edit": edit }));
    };
    edit(&mut bench, write("run", 0, 0, &json!([[5, 10, 1], [2, 3, 4], [4, 4, 1], [6, 3, 2]])));
    assert_eq!(numbers(&bench, "run"), [[5, 10, 1], [2, 3, 4], [4, 4, 1], [6, 3, 2]]);
    edit(&mut bench, write("talk", 0, 0, &json!([[0, 6, 4, 0, 2], [0, 0, 8, 12, 3]])));
    assert_eq!(numbers(&bench, "run").len(), 5, "a task that talks is a task");
    edit(&mut bench, write("talk", 4, 0, &json!([[7]])));
    edit(&mut bench, json!({"Connect": {"from": 3, "to": 4}}));
    edit(&mut bench, json!({"Connect": {"from": 1, "to": 1002}}));
    edit(&mut bench, json!({"Disconnect": {"from": 2, "to": 3}}));
    let state = bench.world.node(sim::NodeId(0)).expect("the bench").process().reflect().to_json();
    let talk = json!([[0, 6, 4, 0, 7], [6, 0, 0, 12, 3], [4, 0, 0, 1, 0], [0, 12, 1, 0, 0], [7, 3, 0, 0, 0]]);
    assert_eq!((&state["costs"]["talk"], &state["costs"]["on"][0]), (&talk, &json!(1)));
}

#[test]
fn by_chance_edits_and_searches_break_nothing() {
    let mut found = 0;
    for seed in 0..seeds(100, 2_000) {
        let mut bench = bench(&ALGORITHM, &random(seed, 4, 2 + chance(seed, 1, 2)), &Json::Null);
        for k in 0..12 {
            let number = |of: u64, bound: u64| chance(seed, 100 * k + of, bound);
            let part = |of: u64| number(of, 6) + if number(of + 1, 2) == 0 { 1 } else { 1_001 };
            let edit = match number(0, 8) {
                0 => json!({"AddRow": {"table": "run"}}),
                1 => json!({"RemoveRow": {"table": "run", "row": number(1, 6)}}),
                2 => json!({"RemoveColumn": {"table": "run", "column": number(1, 4)}}),
                3 => json!({"Connect": {"from": part(1), "to": part(3)}}),
                4 => json!({"Remove": {"part": part(1)}}),
                5 => {
                    json!({"Add": {"kind": if number(1, 3) == 0 { "processor" } else { "task" }, "at": {"x": 5, "y": 9}}})
                }
                6 => write("on", number(1, 6) as u32, 0, &json!([[1 + number(2, 4)]])),
                _ => write("talk", number(1, 6) as u32, number(2, 6) as u32, &json!([[number(3, 30)]])),
            };
            if refused(&mut bench, &edit).is_none() {
                bench.ask(0, json!({ "Edit": edit }));
            }
            random_run(&mut bench, seed << 8 | k, 20, Mode::Untimed, |_, _| None);
            assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}, {k}: {edit}");
        }
        found += bench.world.tally().outputs("Best");
    }
    assert!(found > 50, "{found} searches ended");
}

#[test]
fn every_state_of_two_tasks_is_walked() {
    let problem = json!({"run": [[3, 8], [9, 2]], "talk": [["t1 t2", 4]]});
    let mut start = bench(&ALGORITHM, &problem, &Json::Null);
    let mut budget: Vec<_> =
        ["Search", "Hurry", "Prove", "Adopt", "Restore"].map(|ask| (start.request(0, json!(ask)), u32::MAX)).into();
    for (task, on) in [(0, 1), (0, 2), (1, 1), (1, 2)] {
        budget.push((start.request(0, json!({"Edit": write("on", task, 0, &json!([[on]]))})), u32::MAX));
    }
    let walk = explore(&start, Mode::Untimed, &budget, 100_000);
    assert!(walk.complete && walk.broken.is_empty(), "{walk:?}");
    assert_eq!((walk.states, walk.quiet), STATES);
}

/// Pinned: states of the small problem, and those in which nothing can be done any more.
const STATES: (usize, usize) = (56, 0);
