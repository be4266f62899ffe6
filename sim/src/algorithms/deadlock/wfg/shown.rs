//! What the sites and the union show.

use super::{Local, Site, Union, circling, cycle_of};
use crate::{
    Cell, EdgeKind, NodeId, Part, PartEdge, PartKind, Place, Row, Stand, Status, Table, Tone, View,
    algorithms::deadlock::{
        holdings::listed,
        names::{ProcessId, ResourceId},
    },
    sorted::Set,
};

/// "P1 → P2 → P1"; "none".
fn round(cycle: &[ProcessId]) -> String {
    let names: Vec<String> = cycle.iter().chain(cycle.first()).map(ToString::to_string).collect();
    if names.is_empty() { "none".into() } else { names.join(" → ") }
}

pub fn status(site: &Site) -> Status {
    match site {
        Site::Local(local) => {
            let cycle = circling(&local.graph());
            if cycle.is_empty() {
                return Status::new("no cycle here", Tone::Idle);
            }
            Status::new(format!("a cycle of {}", listed(&cycle)), Tone::Violated)
        }
        Site::Union(union) if !union.asked.is_empty() => Status::new("waits for graphs", Tone::Waiting),
        Site::Union(union) if union.graphs.is_empty() => Status::new("knows nothing yet", Tone::Idle),
        Site::Union(union) => {
            let deadlocked = union.deadlocked();
            if deadlocked.is_empty() {
                return Status::new("no cycle", Tone::Done);
            }
            Status::new(format!("deadlock of {}", listed(&deadlocked)), Tone::Violated)
        }
    }
}

pub fn parts(site: &Site) -> Vec<Part> {
    match site {
        Site::Local(local) => {
            let mut parts = local.holdings.parts(|process| match local.holdings.is_blocked(process) {
                true => (Tone::Waiting, "waits".into()),
                false => (Tone::Idle, "runs".into()),
            });
            parts.retain(|part| ResourceId::of_part(part.id).is_none_or(|resource| !local.gone.contains(&resource)));
            parts
        }
        Site::Union(union) => {
            let deadlocked = union.deadlocked();
            let waits: Set<ProcessId> = union.edges().iter().map(|edge| edge.0).collect();
            let part = |process: ProcessId| {
                let (tone, word) = match (deadlocked.contains(&process), waits.contains(&process)) {
                    (true, _) => (Tone::Violated, "deadlocked"),
                    (false, true) => (Tone::Waiting, "waits"),
                    (false, false) => (Tone::Idle, "runs"),
                };
                Part { id: process.part(), name: process.to_string(), kind: PartKind::Process, tone, word: word.into() }
            };
            members(union).into_iter().map(part).collect()
        }
    }
}

/// All that are on an edge, in order.
fn members(union: &Union) -> Vec<ProcessId> {
    let all: Set<ProcessId> = union.edges().iter().flat_map(|&(a, b)| [a, b]).collect();
    all.iter().copied().collect()
}

fn waits(edges: &[(ProcessId, ProcessId)], me: NodeId) -> Vec<PartEdge> {
    let edge = |&(a, b): &(ProcessId, ProcessId)| PartEdge::new(a.part(), me, b.part(), EdgeKind::WaitsFor);
    edges.iter().map(edge).collect()
}

pub fn edges(site: &Site) -> Vec<PartEdge> {
    match site {
        Site::Union(union) => waits(&union.edges(), NodeId(0)),
        Site::Local(local) => {
            let out = |part| ResourceId::of_part(part).is_some_and(|resource| local.gone.contains(&resource));
            let mut edges = local.holdings.edges(local.me);
            edges.retain(|edge| !out(edge.from) && !out(edge.to));
            edges.extend(waits(&left_by(local), local.me));
            edges
        }
    }
}

/// The edges that the resources which were taken out have left, each once.
fn left_by(local: &Local) -> Vec<(ProcessId, ProcessId)> {
    let edges: Set<(ProcessId, ProcessId)> = local.gone.iter().flat_map(|&resource| local.through(resource)).collect();
    edges.iter().copied().collect()
}

pub fn stands(site: &Site) -> Vec<Stand> {
    match site {
        Site::Local(local) => {
            let mut stands = local.holdings.stands();
            stands.iter_mut().for_each(|stand| stand.settings.clear());
            stands
        }
        Site::Union(union) => {
            let members = members(union);
            let count = members.len().max(1) as f64;
            let stand = |(index, process): (usize, ProcessId)| {
                // Round the box, clockwise from the top.
                let turn = std::f64::consts::TAU * index as f64 / count;
                let at = |way: f64| (500.0 + 400.0 * way).round() as i16;
                let at = Place { x: at(libm::sin(turn)), y: at(-libm::cos(turn)) };
                Stand { part: process.part(), at, units: 0, taken: 0, settings: vec![] }
            };
            members.into_iter().enumerate().map(stand).collect()
        }
    }
}

/// What can be said of the graph of a node.
pub fn table(site: &Site, view: &View<'_>) -> Table {
    let row = |name: &str, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
    let edges = match site {
        Site::Local(local) => local.graph(),
        Site::Union(union) => union.edges(),
    };
    let list: Vec<String> = edges.iter().take(12).map(|(a, b)| format!("{a} → {b}")).collect();
    let more = if edges.len() > 12 { format!(" and {} more", edges.len() - 12) } else { String::new() };
    let list = if list.is_empty() { "nobody waits".into() } else { format!("{}{more}", list.join(", ")) };
    let cycle = cycle_of(&edges);
    let tone = if cycle.is_empty() { Tone::Done } else { Tone::Violated };
    let mut rows = vec![row("Wait-for graph", Tone::Idle, list), row("Cycle", tone, round(&cycle))];
    if let Site::Union(union) = site {
        let circle = circling(&edges);
        let behind = edges.iter().map(|edge| edge.0).filter(|process| !circle.contains(process));
        let behind: Set<ProcessId> = behind.filter(|process| reaches(&edges, *process, &circle)).collect();
        let behind: Vec<ProcessId> = behind.iter().copied().collect();
        if !behind.is_empty() {
            rows.push(row("Wait for it", Tone::Waiting, listed(&behind)));
        }
        if !union.asked.is_empty() {
            rows.push(row("Not here yet", Tone::Waiting, format!("{} graphs", union.asked.len())));
        }
    }
    let name = view.setup.name(view.me);
    Table { id: "graph", title: name.to_owned(), columns: vec![], rows, next_row: None, next_column: None }
}

/// Whether a way leads from a process to one of these.
fn reaches(edges: &[(ProcessId, ProcessId)], from: ProcessId, to: &[ProcessId]) -> bool {
    let mut seen: Set<ProcessId> = Set::new();
    let mut open = vec![from];
    while let Some(process) = open.pop() {
        if to.contains(&process) {
            return true;
        }
        for &(_, next) in edges.iter().filter(|(known, _)| *known == process) {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}
