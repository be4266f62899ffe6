//! The bench as parts, edges and tables.

use super::{
    Bench, Found, Mistake,
    costs::{Costs, MOST_COST, MOST_PROCESSORS, MOST_TASKS, processor, processor_part, task, task_part, written},
    search::{Cut, MOST_SEARCHED, Search},
};
use crate::{
    Cell, EdgeKind, NodeId, Part, PartEdge, PartId, PartKind, Row, Setting, Stand, Table, Tone, bench,
    graph::flow::Path,
};

const NAMES: [&str; MOST_PROCESSORS] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

/// A number as it was typed.
pub fn number(value: i64) -> String {
    if value == bench::INFINITE { "∞".into() } else { value.to_string() }
}

/// The node of the network.
fn node_name(node: u32) -> String {
    if node < 2 { processor(node as usize) } else { task(node as usize - 2) }
}

fn node_part(node: u32) -> PartId {
    if node < 2 { processor_part(node as usize) } else { task_part(node as usize - 2) }
}

/// "n1 → t2 → n2".
pub fn way(cut: &Cut, path: &Path) -> String {
    let mut words = node_name(0);
    for &(edge, forward) in &path.edges {
        let edge = &cut.network.edges[edge as usize];
        words.push_str(" → ");
        words.push_str(&node_name(if forward { edge.to } else { edge.from }));
    }
    words
}

/// "t1 t2 | t3".
pub fn sides(on: &[u32], width: usize) -> String {
    let of = |k: usize| {
        let here = on.iter().enumerate().filter(|(_, on)| **on as usize == k);
        let names: Vec<String> = here.map(|(a, _)| task(a)).collect();
        if names.is_empty() { "–".into() } else { names.join(" ") }
    };
    (0..width).map(of).collect::<Vec<_>>().join(" | ")
}

/// Where a search is.
pub fn progress(costs: &Costs, search: &Search) -> String {
    match search {
        Search::Cut(cut) => format!("{} flow, in {} paths", cut.flow, cut.paths),
        Search::Branch(branch) => format!("{} placed, best {}", branch.tried.len(), branch.cost),
        Search::Climb(climb) if climb.on.is_empty() => format!("start {} of {}", climb.starts, costs.width() + 1),
        Search::Climb(climb) => format!("costs {}", climb.now),
    }
}

/// What was found, in a few words.
pub fn verdict(found: &Found) -> String {
    let kind = if found.best { "the least is" } else { "the best found is" };
    format!("{kind} {}", found.cost)
}

/// Where the tasks are in what is looked at: nothing where that is not said.
fn looked_at(bench: &Bench) -> Vec<Option<u32>> {
    let all = |on: &[u32]| on.iter().map(|&k| Some(k)).collect();
    match (&bench.search, &bench.found) {
        (Some(_), Some(found)) => all(&found.on),
        (Some(Search::Cut(_)), None) => vec![None; bench.costs.len()],
        (Some(Search::Branch(branch)), None) => {
            let mut on = vec![None; bench.costs.len()];
            for (&task, &k) in branch.order.iter().zip(&branch.tried) {
                on[task as usize] = Some(k);
            }
            on
        }
        // Before the first start there is nothing to look at; between two, the best end so far.
        (Some(Search::Climb(climb)), None) if climb.starts == 0 => vec![None; bench.costs.len()],
        (Some(Search::Climb(climb)), None) if climb.on.is_empty() => all(&climb.best),
        (Some(Search::Climb(climb)), None) => all(&climb.on),
        (None, _) => all(&bench.costs.on),
    }
}

/// Tasks and processors.
pub fn parts(bench: &Bench) -> Vec<Part> {
    let on = looked_at(bench);
    let tasks = on.iter().enumerate().map(|(a, on)| {
        let (tone, word) = match on {
            None => (Tone::Idle, String::new()),
            Some(k) => {
                let tone = if *k == 0 { Tone::Idle } else { Tone::Active };
                // Two sides can be told apart by a tone; of more, arrows tell.
                (if bench.costs.width() == 2 { tone } else { Tone::Idle }, format!("on {}", processor(*k as usize)))
            }
        };
        Part { id: task_part(a), name: task(a), kind: PartKind::Process, tone, word }
    });
    let processors = (0..bench.costs.width()).map(|k| {
        let tone = if bench.costs.width() == 2 && k == 1 { Tone::Active } else { Tone::Idle };
        Part { id: processor_part(k), name: processor(k), kind: PartKind::Processor, tone, word: String::new() }
    });
    tasks.chain(processors).collect()
}

/// Where they stand.
pub fn stands(costs: &Costs) -> Vec<Stand> {
    let words = &NAMES[..costs.width()];
    let tasks = costs.tasks.iter().zip(&costs.on).enumerate().map(|(a, (&at, &on))| {
        let value = i64::from(on) + 1;
        let set = Setting { name: "on", label: "runs on", value, min: 1, max: words.len() as i64, words };
        Stand { part: task_part(a), at, units: 0, taken: 0, settings: vec![set] }
    });
    let stand = |(k, &at)| Stand { part: processor_part(k), at, units: 0, taken: 0, settings: vec![] };
    tasks.chain(costs.processors.iter().enumerate().map(stand)).collect()
}

/// While the cut is searched: the network with what flows. Else: who talks, and who runs where.
pub fn edges(bench: &Bench, me: NodeId) -> Vec<PartEdge> {
    if let Some(Search::Cut(cut)) = &bench.search {
        return network(cut, me);
    }
    let on = looked_at(bench);
    let talk = bench.costs.pairs().map(|(a, b, cost)| {
        let paid = on[a].is_some() && on[b].is_some() && on[a] != on[b];
        let kind = if paid { EdgeKind::Cut } else { EdgeKind::Joined };
        PartEdge::new(task_part(a), me, task_part(b), kind).label(cost.to_string())
    });
    let runs = on.iter().enumerate().filter_map(|(a, on)| {
        let k = (*on)? as usize;
        let edge = PartEdge::new(task_part(a), me, processor_part(k), EdgeKind::RunsOn);
        Some(edge.label(written(bench.costs.run[a][k])))
    });
    talk.chain(runs).collect()
}

fn network(cut: &Cut, me: NodeId) -> Vec<PartEdge> {
    let infinite = cut.infinite();
    let path = cut.last.iter().flat_map(|path| &path.edges);
    let on_path = |number: u32| path.clone().find(|(edge, _)| *edge == number).map(|&(_, forward)| forward);
    let mut edges = vec![];
    for (number, edge) in (0..).zip(&cut.network.edges) {
        if edge.there == 0 && edge.back == 0 {
            continue;
        }
        let crosses = cut.side.as_ref().is_some_and(|side| side[edge.from as usize] != side[edge.to as usize]);
        let (kind, forward) = match on_path(number) {
            Some(forward) => (EdgeKind::Path, forward),
            None if crosses => (EdgeKind::Cut, edge.flow >= 0),
            None if edge.flow != 0 => (EdgeKind::Flow, edge.flow > 0),
            None => (EdgeKind::Joined, true),
        };
        let most = if edge.there == infinite { None } else { Some(edge.there) };
        let (from, to) = if forward { (edge.from, edge.to) } else { (edge.to, edge.from) };
        let label = format!("{}/{}", edge.flow.abs(), written(most));
        edges.push(PartEdge::new(node_part(from), me, node_part(to), kind).label(label));
    }
    edges
}

/// All tables, in the order in which they are read.
pub fn tables(bench: &Bench) -> Vec<Table> {
    let costs = &bench.costs;
    let (tasks, width) = (costs.len(), costs.width());
    let names = |count: usize, name: fn(usize) -> String| (0..count).map(name).collect::<Vec<_>>();
    let limits = Some((0, MOST_COST));
    let run = |(a, row): (usize, &Vec<Option<u32>>)| {
        let cell = |cost: &Option<u32>| Cell { text: written(*cost), limits };
        Row::new(task(a), Tone::Idle, row.iter().map(cell).collect())
    };
    let talk = |(a, row): (usize, &Vec<u32>)| {
        let cell = |(b, cost): (usize, &u32)| {
            if a == b { Cell::text("–") } else { Cell { text: cost.to_string(), limits } }
        };
        Row::new(task(a), Tone::Idle, row.iter().enumerate().map(cell).collect())
    };
    let place = |(a, on): (usize, &u32)| {
        let cell = Cell::number(on + 1, (1, width as i64));
        Row::new(task(a), Tone::Idle, vec![cell, Cell::text(written(costs.run[a][*on as usize]))])
    };
    let plain = |id: &'static str, title: &str, columns: Vec<String>, rows: Vec<Row>| Table {
        id,
        title: title.into(),
        columns,
        rows,
        next_row: None,
        next_column: None,
    };
    let costs_to_run = Table {
        next_row: (tasks < MOST_TASKS).then(|| task(tasks)),
        next_column: (width < MOST_PROCESSORS).then(|| processor(width)),
        ..plain(
            "run",
            "To run a task here costs",
            names(width, processor),
            costs.run.iter().enumerate().map(run).collect(),
        )
    };
    let talks = costs.talk.iter().enumerate().map(talk).collect();
    let places = costs.on.iter().enumerate().map(place).collect();
    vec![
        plain("state", "What can be said now", vec![], findings(bench)),
        plain("on", "Assignment", vec!["processor".into(), "costs".into()], places),
        costs_to_run,
        plain("talk", "To talk from one processor to another costs", names(tasks, task), talks),
    ]
}

fn findings(bench: &Bench) -> Vec<Row> {
    let costs = &bench.costs;
    let row = |name: &str, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
    let sum = |on: &[u32]| match costs.cost(on) {
        Some((run, talk)) => format!("{run} to run + {talk} to talk = {}", run + talk),
        None => "impossible: a task cannot run where it is".into(),
    };
    let mut rows =
        vec![row("Assignment", Tone::Idle, format!("{}: {}", sides(&costs.on, costs.width()), sum(&costs.on)))];
    let all = costs.assignments();
    let method = match costs.width() {
        2 => "two processors: the minimum cut, exact for any number of tasks".into(),
        _ if all <= MOST_SEARCHED => format!("{all} assignments: branch and bound, exact"),
        _ => format!("{all} assignments, more than {MOST_SEARCHED}: a heuristic, which may miss the best"),
    };
    rows.push(row("Search", Tone::Idle, method));
    if let Some(Search::Cut(cut)) = &bench.search {
        let mut words = format!("{} in {} paths", cut.flow, cut.paths);
        if let Some(path) = &cut.last {
            words.push_str(&format!("; the last, {}, carries {}", way(cut, path), path.amount));
        }
        rows.push(row("Flow", Tone::Active, words));
        if let Some(side) = &cut.side {
            let full = cut.network.edges.iter().filter(|edge| side[edge.from as usize] != side[edge.to as usize]);
            let parts: Vec<String> =
                full.map(|edge| if side[edge.from as usize] { edge.there } else { edge.back }.to_string()).collect();
            let weight = cut.network.weight(side);
            rows.push(row("Cut", Tone::Active, format!("{} = {weight}", parts.join(" + "))));
        }
    }
    if let Some(Search::Branch(branch)) = &bench.search {
        let words = format!("{} looks, {} cut off; the best costs {}", branch.looked, branch.pruned, branch.cost);
        rows.push(row("Tried", Tone::Active, words));
    }
    if let Some(found) = &bench.found {
        let (tone, kind) =
            if found.best { (Tone::Done, "the least") } else { (Tone::Waiting, "good, perhaps not the least") };
        let words = format!("{}: {}, {kind}", sides(&found.on, costs.width()), sum(&found.on));
        rows.push(row("Found", tone, words));
    }
    if let Some(proof) = &bench.proof {
        let next = proof.next.map_or_else(String::new, |next| format!("; the next costs {next}"));
        let one = if proof.ties == 1 { "one costs" } else { "cost" };
        let ties = if proof.ties == 1 { String::new() } else { format!("{} ", proof.ties) };
        let words = format!("{} of {} are possible; {ties}{one} {}{next}", proof.possible, proof.all, proof.least);
        rows.push(row("All", Tone::Done, words));
    }
    if bench.mistake == Some(Mistake::OwnSide) {
        rows.push(row("Network", Tone::Waiting, "each edge to a processor weighs the cost there".into()));
    }
    rows
}
