//! Who waits for whom: edges between transactions, and the cycles among them.

use super::{ResourceId, Site};
use crate::algorithms::deadlock::layout::Party;
use crate::algorithms::deadlock::layout::ProcessId;
use crate::order::Order as _;
use crate::{Micros, graph};
use serde::{Serialize, Serializer};
use std::fmt;

/// What goes with a request: who asks, and what is known about it then.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// The process and its home.
    pub who: Party,
    /// The how manieth transaction of the process this is.
    pub round: u32,
    /// The how manieth request of the process this is.
    pub number: u32,
    /// The age of its transaction.
    pub stamp: u32,
    /// The age with which it first began.
    pub began: u32,
    /// How long it has worked.
    pub work: Micros,
    /// How much it holds.
    pub held: u32,
    /// How often it was rolled back.
    pub rollbacks: u32,
    /// Whether somebody can wait for it at another site.
    pub elsewhere: bool,
}

/// "P1" or "P1 (5)" says who asks; what else goes with the request is there for the rules that need it.
impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.who.process)
    }
}

impl Serialize for Ticket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} ({})", self.who.process, self.stamp))
    }
}

/// The first waits for the second, which holds the resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Who waits.
    pub waiter: Ticket,
    /// Who holds.
    pub holder: Ticket,
    /// What.
    pub resource: ResourceId,
}

impl Serialize for Edge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} → {}", self.waiter, self.holder))
    }
}

/// A transaction: a process in one of its rounds.
pub type Transaction = (ProcessId, u32);

impl Edge {
    /// The transaction that waits.
    pub fn from(&self) -> Transaction {
        (self.waiter.who.process, self.waiter.round)
    }
    /// The transaction that holds.
    pub fn to(&self) -> Transaction {
        (self.holder.who.process, self.holder.round)
    }
}

/// "P1 → P2, P2 → P3".
pub fn words(edges: &[Edge]) -> String {
    let words: Vec<String> = edges.iter().map(|edge| format!("{} → {}", edge.waiter, edge.holder)).collect();
    words.join(", ")
}

/// "P1, P2, P3": the processes of a cycle or of a way, in its order.
pub fn members(edges: &[Edge]) -> String {
    let words: Vec<String> = edges.iter().map(|edge| edge.waiter.to_string()).collect();
    words.join(", ")
}

/// A shortest cycle through each edge that is on one, each once, and each beginning with its smallest edge.
pub fn cycles(edges: &[Edge]) -> Vec<Vec<Edge>> {
    let mut nodes: Vec<Transaction> = edges.iter().flat_map(|edge| [edge.from(), edge.to()]).collect();
    nodes.order();
    nodes.dedup();
    let position = |node: Transaction| nodes.binary_search(&node).unwrap_or_default();
    let pairs: Vec<(usize, usize)> = edges.iter().map(|edge| (position(edge.from()), position(edge.to()))).collect();
    let on = graph::on_cycle(nodes.len(), &pairs);
    let mut found: Vec<Vec<Edge>> = Vec::new();
    for (k, &(start, _)) in pairs.iter().enumerate().filter(|(k, _)| on[*k]) {
        let through: Vec<(usize, usize)> = pairs
            .iter()
            .enumerate()
            .filter(|&(other, pair)| pair.0 != start || other == k)
            .map(|(_, pair)| *pair)
            .collect();
        let Some(way) = graph::cycle_through(nodes.len(), &through, start) else { continue };
        let next = way.iter().skip(1).chain(way.first());
        let edge = |(&from, &to): (&usize, &usize)| {
            let first = if from == start { Some(k) } else { pairs.iter().position(|&pair| pair == (from, to)) };
            first.and_then(|at| edges.get(at)).cloned()
        };
        let mut cycle: Vec<Edge> = way.iter().zip(next).filter_map(edge).collect();
        let least = (0..cycle.len()).min_by(|&a, &b| cycle[a].cmp(&cycle[b])).unwrap_or_default();
        cycle.rotate_left(least);
        if !found.contains(&cycle) {
            found.push(cycle);
        }
    }
    found
}

impl Site {
    /// Who waits for whom at the resources of this site.
    pub(super) fn local_graph(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (&resource, lent) in &self.resources {
            for (waiter, _) in &lent.queue {
                let others = lent.holders.iter().filter(|holder| holder.who.process != waiter.who.process);
                edges.extend(others.map(|holder| Edge { waiter: waiter.clone(), holder: holder.clone(), resource }));
            }
        }
        edges
    }

    /// The processes of a cycle with their homes.
    pub(super) fn parties(cycle: &[Edge]) -> Vec<Party> {
        cycle.iter().map(|edge| edge.waiter.who).collect()
    }
}
