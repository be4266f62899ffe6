//! What can be said about a graph at a moment, and why.

use super::Holdings;
use crate::order::Order as _;
use crate::{
    Cell, PartId, Row, Table, Tone,
    algorithms::deadlock::names::{ProcessId, ResourceId},
    graph::{cycle_through, first_cycle, knots, on_cycle, reduce},
};

/// Names that are listed before "and 20 more".
const NAMED: usize = 12;

/// What can be said about a graph.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Findings {
    /// A cycle, if there is one; one of processes that cannot go on, if there is such a one.
    pub cycle: Vec<PartId>,
    /// The knots.
    pub knots: Vec<Vec<PartId>>,
    /// Processes that are on some cycle.
    pub on_cycles: Vec<ProcessId>,
    /// Processes that ask for what could be granted now. Without any, the state is expedient.
    pub grantable: Vec<ProcessId>,
    /// Processes that cannot be reduced and are on a cycle of such.
    pub deadlocked: Vec<ProcessId>,
    /// Processes that cannot be reduced and only wait for those.
    pub behind: Vec<ProcessId>,
    /// The others, in an order in which each can finish when those before it have.
    pub order: Vec<ProcessId>,
}

impl Findings {
    /// Looks at a graph.
    pub fn of(graph: &Holdings) -> Self {
        let processes: Vec<ProcessId> = graph.processes.keys().copied().collect();
        let mut parts: Vec<PartId> = processes.iter().map(|process| process.part()).collect();
        parts.extend(graph.resources.keys().map(|resource| resource.part()));
        let edges = numbered_edges(graph, &parts);
        let (free, claims) = graph.numbered();
        let reduction = reduce(&free, &claims);
        let stuck = |node: usize| node >= processes.len() || reduction.stuck.binary_search(&node).is_ok();
        let hard: Vec<(usize, usize)> = edges.iter().copied().filter(|&(a, b)| stuck(a) && stuck(b)).collect();
        let named = |nodes: Vec<usize>| nodes.into_iter().map(|node| parts[node]).collect::<Vec<_>>();
        let circling = |edges: &[(usize, usize)]| -> Vec<usize> {
            let on = edges.iter().zip(on_cycle(parts.len(), edges)).filter(|(_, on)| *on);
            let mut nodes: Vec<usize> = on.map(|(&(a, _), _)| a).filter(|&a| a < processes.len()).collect();
            nodes.order();
            nodes.dedup();
            nodes
        };
        let deadlocked = circling(&hard);
        let cycle = match deadlocked.first() {
            Some(&node) => cycle_through(parts.len(), &hard, node),
            None => first_cycle(parts.len(), &edges),
        };
        let ids = |nodes: &[usize]| nodes.iter().map(|&node| processes[node]).collect::<Vec<_>>();
        let behind: Vec<usize> = reduction.stuck.iter().copied().filter(|node| !deadlocked.contains(node)).collect();
        Self {
            cycle: named(cycle.unwrap_or_default()),
            knots: knots(parts.len(), &edges).into_iter().map(named).collect(),
            on_cycles: ids(&circling(&edges)),
            grantable: processes.iter().copied().filter(|&process| graph.can_be_granted(process)).collect(),
            deadlocked: ids(&deadlocked),
            behind: ids(&behind),
            order: ids(&reduction.order),
        }
    }

    /// Whether nothing that is asked for could be granted now.
    pub fn is_expedient(&self) -> bool {
        self.grantable.is_empty()
    }

    /// All processes that can never go on, in order.
    pub fn stuck(&self) -> Vec<ProcessId> {
        let mut all: Vec<ProcessId> = self.deadlocked.iter().chain(&self.behind).copied().collect();
        all.order();
        all
    }

    /// The findings as a table to be read.
    pub fn table(&self, graph: &Holdings) -> Table {
        let row = |name: &str, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
        let plain = Tone::Idle;
        let cycle = if self.cycle.is_empty() { "none".into() } else { round(&self.cycle) };
        let expedient = if self.is_expedient() {
            "yes: nothing that is asked for could be granted now".into()
        } else {
            format!("no: {} could get what it asks for", names(&self.grantable, "and"))
        };
        let stuck = self.stuck();
        let (tone, verdict) = match (self.deadlocked.is_empty(), self.behind.is_empty()) {
            (true, true) => (Tone::Done, "none".into()),
            (false, true) => (Tone::Violated, names(&self.deadlocked, "and")),
            _ => {
                let (circle, behind) = (names(&self.deadlocked, "and"), names(&self.behind, "and"));
                let waits = if self.behind.len() == 1 { "waits" } else { "wait" };
                (Tone::Violated, format!("{circle}; {behind} {waits} for them in vain"))
            }
        };
        let rows = vec![
            row("Requests", plain, kind_of(graph)),
            row("Cycle", plain, cycle),
            row("Knot", plain, self.knot_words()),
            row("Expedient", plain, expedient),
            row("Deadlock", tone, verdict),
            row("Because", plain, self.reason(graph, &stuck)),
        ];
        let (columns, title) = (vec![], "What can be said now".into());
        Table { id: "findings", title, columns, rows, next_row: None, next_column: None }
    }

    fn knot_words(&self) -> String {
        let Some(knot) = self.knots.first() else { return "none".into() };
        let names: Vec<String> = knot.iter().take(NAMED).map(|&part| name(part)).collect();
        let more = if knot.len() > NAMED { format!(" and {} more", knot.len() - NAMED) } else { String::new() };
        let others = if self.knots.len() > 1 { format!(", and {} more", self.knots.len() - 1) } else { String::new() };
        format!("{}{more}{others}", names.join(", "))
    }

    /// Why there is a deadlock, or none.
    fn reason(&self, graph: &Holdings, stuck: &[ProcessId]) -> String {
        if self.cycle.is_empty() {
            return "Without a cycle nobody waits in vain.".into();
        }
        if stuck.is_empty() {
            let order = listed(&self.order);
            return format!("There is a cycle, but all can finish, in the order {order}.");
        }
        let on_cycle = |part: &PartId| ResourceId::of_part(*part);
        let single = self
            .cycle
            .iter()
            .filter_map(on_cycle)
            .all(|resource| graph.resources.get(&resource).is_some_and(|resource| resource.units == 1));
        let any = |process: &ProcessId| graph.processes.get(process).is_some_and(|process| process.any);
        if single && !self.deadlocked.iter().any(any) {
            return "Every type on the cycle has one unit and everybody needs all, so the cycle is a deadlock.".into();
        }
        let done = if self.order.is_empty() { String::new() } else { format!("{} can finish. ", listed(&self.order)) };
        if self.is_expedient() && !self.knots.is_empty() {
            return format!("{done}An expedient state with a knot is a deadlock: no arrow leads out of it.");
        }
        let set = names(stuck, "or");
        format!("{done}Even when all others have given back what they hold, there is not enough for {set}.")
    }
}

/// What kinds of requests there are.
fn kind_of(graph: &Holdings) -> String {
    let units = if graph.resources.values().all(|resource| resource.units == 1) {
        "each type has one unit"
    } else {
        "types of several units"
    };
    let any = graph.processes.values().filter(|process| process.any).count();
    let needs = match any {
        0 => "everybody needs all (AND)",
        _ if any == graph.processes.len() => "everybody needs one (OR)",
        _ => "some need all (AND), some one (OR)",
    };
    format!("{units}; {needs}")
}

/// The edges between positions in `parts`, each once.
fn numbered_edges(graph: &Holdings, parts: &[PartId]) -> Vec<(usize, usize)> {
    // Processes come before resources, both in order, and their part numbers do too.
    let number = |part: PartId| parts.binary_search(&part).ok();
    let mut edges = Vec::new();
    for ((process, resource), units) in &graph.claims {
        let (Some(one), Some(other)) = (number(process.part()), number(resource.part())) else { continue };
        if units.wants > 0 {
            edges.push((one, other));
        }
        if units.holds > 0 {
            edges.push((other, one));
        }
    }
    edges
}

fn name(part: PartId) -> String {
    match (ProcessId::of_part(part), ResourceId::of_part(part)) {
        (Some(process), _) => process.to_string(),
        (_, Some(resource)) => resource.to_string(),
        _ => String::new(),
    }
}

/// "P1 → R1 → P2 → R2 → P1".
fn round(cycle: &[PartId]) -> String {
    let names: Vec<String> = cycle.iter().take(2 * NAMED).chain(cycle.first()).map(|&part| name(part)).collect();
    if cycle.len() > 2 * NAMED {
        return format!("{} → … ({} arrows)", names[..2 * NAMED].join(" → "), cycle.len());
    }
    names.join(" → ")
}

/// "P2, P1, P3", shortened where there are very many.
pub fn listed(processes: &[ProcessId]) -> String {
    let names: Vec<String> = processes.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if processes.len() > NAMED { format!(" and {} more", processes.len() - NAMED) } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// "P1, P2 and P3".
pub fn names(processes: &[ProcessId], last: &str) -> String {
    match processes {
        [start @ .., end] if !start.is_empty() && processes.len() <= NAMED => format!("{} {last} {end}", listed(start)),
        all => listed(all),
    }
}
