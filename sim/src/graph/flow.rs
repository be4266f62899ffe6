//! The greatest flow from one node to another, by Edmonds and Karp: as long as some path can carry more, one with the
//! fewest edges gets as much as it can carry. Each path is a step of its own, so that it can be looked at.

use serde::Serialize;
use std::collections::VecDeque;

/// Nodes, numbered from 0, and what the edges between them can carry.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Network {
    /// How many nodes there are.
    pub nodes: u32,
    /// The edges. Two nodes have one at most.
    pub edges: Vec<Edge>,
}

/// An edge.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Edge {
    /// One end…
    pub from: u32,
    /// …and the other.
    pub to: u32,
    /// What it can carry from the one to the other.
    pub there: u32,
    /// What it can carry the other way.
    pub back: u32,
    /// What it carries from the one to the other; less than nothing: the other way.
    pub flow: i64,
}

impl Edge {
    /// What it can carry more in this direction. What flows the other way can be taken back, unless it may not.
    fn room(&self, forward: bool, take_back: bool) -> i64 {
        let (most, flow) =
            if forward { (i64::from(self.there), self.flow) } else { (i64::from(self.back), -self.flow) };
        if flow < 0 && !take_back { 0 } else { most - flow }
    }
}

/// A path, and what it was given to carry.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Path {
    /// Its edges in order: the number of each, and whether it is taken in its own direction.
    pub edges: Vec<(u32, bool)>,
    /// How much it carries.
    pub amount: u32,
}

impl Network {
    /// Finds a path with the fewest edges that can carry more, and lets it carry as much as it can. Nothing: there is none,
    /// and the flow is the greatest. Without `take_back` no flow is ever undone: then it need not be the greatest.
    pub fn augment(&mut self, source: u32, sink: u32, take_back: bool) -> Option<Path> {
        let came = self.search(source, take_back);
        let mut edges = vec![];
        let mut at = sink;
        while at != source {
            let (edge, forward) = came[at as usize]?;
            edges.push((edge, forward));
            let edge = &self.edges[edge as usize];
            at = if forward { edge.from } else { edge.to };
        }
        edges.reverse();
        let room = |&(edge, forward): &(u32, bool)| self.edges[edge as usize].room(forward, take_back);
        let amount = edges.iter().map(room).min()?;
        for &(edge, forward) in &edges {
            self.edges[edge as usize].flow += if forward { amount } else { -amount };
        }
        Some(Path { edges, amount: amount as u32 })
    }

    /// The nodes to which more could flow from this one: its side of the cut, once no path is left.
    pub fn side(&self, source: u32, take_back: bool) -> Vec<bool> {
        let came = self.search(source, take_back);
        (0..self.nodes).map(|node| node == source || came[node as usize].is_some()).collect()
    }

    /// What a cut could carry: the sum over the edges that lead out of this side.
    pub fn weight(&self, side: &[bool]) -> u64 {
        let crosses = |edge: &Edge| match (side[edge.from as usize], side[edge.to as usize]) {
            (true, false) => u64::from(edge.there),
            (false, true) => u64::from(edge.back),
            _ => 0,
        };
        self.edges.iter().map(crosses).sum()
    }

    /// What flows out of a node, less what flows in.
    pub fn surplus(&self, node: u32) -> i64 {
        let out = |edge: &Edge| match node {
            _ if edge.from == node => edge.flow,
            _ if edge.to == node => -edge.flow,
            _ => 0,
        };
        self.edges.iter().map(out).sum()
    }

    /// By which edge each node is first reached, breadth first, along edges that can carry more.
    fn search(&self, source: u32, take_back: bool) -> Vec<Option<(u32, bool)>> {
        let mut came = vec![None; self.nodes as usize];
        let mut queue = VecDeque::from([source]);
        while let Some(at) = queue.pop_front() {
            for (number, edge) in (0..).zip(&self.edges) {
                let (next, forward) = match at {
                    _ if edge.from == at => (edge.to, true),
                    _ if edge.to == at => (edge.from, false),
                    _ => continue,
                };
                if next != source && came[next as usize].is_none() && edge.room(forward, take_back) > 0 {
                    came[next as usize] = Some((number, forward));
                    queue.push_back(next);
                }
            }
        }
        came
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, below, draw};
    use petgraph::{algo::ford_fulkerson, graph::DiGraph};

    fn edge(from: u32, to: u32, there: u32, back: u32) -> Edge {
        Edge { from, to, there, back, flow: 0 }
    }

    /// A network by chance: up to nine nodes, directed edges and such of both directions, some that can carry nothing.
    fn random(seed: u64) -> Network {
        let number = |k: u64, bound: u64| below(draw(seed, Purpose::Process, (3, 0), k), bound) as u32;
        let nodes = 2 + number(0, 8);
        let pairs = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b)));
        let edges = (1_u64..).step_by(3).zip(pairs).filter(|(k, _)| number(*k, 3) > 0);
        let edges = edges.map(|(k, (a, b))| edge(a, b, number(k + 1, 20), number(k + 2, 20))).collect();
        Network { nodes, edges }
    }

    /// The greatest flow that petgraph finds.
    fn oracle(network: &Network, source: u32, sink: u32) -> u64 {
        let mut graph: DiGraph<(), u64> = DiGraph::new();
        let nodes: Vec<_> = (0..network.nodes).map(|_| graph.add_node(())).collect();
        for edge in &network.edges {
            let (from, to) = (nodes[edge.from as usize], nodes[edge.to as usize]);
            graph.add_edge(from, to, edge.there.into());
            // An edge and one back are a pair that petgraph does not net: a node between them keeps them apart.
            let between = graph.add_node(());
            graph.add_edge(to, between, edge.back.into());
            graph.add_edge(between, from, edge.back.into());
        }
        ford_fulkerson(&graph, nodes[source as usize], nodes[sink as usize]).0
    }

    #[test]
    fn the_flow_is_that_of_petgraph_and_the_cut_weighs_as_much() {
        let mut greatest = 0;
        for seed in 0..400 {
            let mut network = random(seed);
            let (source, sink) = (0, network.nodes - 1);
            let expected = oracle(&network, source, sink);
            let (mut flow, mut last) = (0, 0);
            while let Some(path) = network.augment(source, sink, true) {
                assert!(path.amount > 0 && path.edges.len() >= last, "seed {seed}: shortest paths do not get shorter");
                (flow, last) = (flow + u64::from(path.amount), path.edges.len());
                for edge in &network.edges {
                    assert!(-i64::from(edge.back) <= edge.flow && edge.flow <= edge.there.into(), "seed {seed}");
                }
                for node in 1..sink {
                    assert_eq!(network.surplus(node), 0, "seed {seed}: what comes in goes out");
                }
            }
            assert_eq!(flow, expected, "seed {seed}: {network:?}");
            assert_eq!(network.surplus(source), flow as i64);
            let side = network.side(source, true);
            assert!(side[source as usize] && !side[sink as usize]);
            assert_eq!(network.weight(&side), flow, "seed {seed}");
            greatest = greatest.max(flow);
        }
        assert!(greatest > 40, "{greatest}");
    }

    #[test]
    fn who_takes_nothing_back_may_end_too_early() {
        // The short way in the middle is in the way of two long ones.
        let edges = vec![
            edge(0, 1, 1, 0),
            edge(0, 2, 1, 0),
            edge(1, 4, 1, 0),
            edge(2, 3, 1, 0),
            edge(1, 3, 1, 0),
            edge(3, 5, 1, 0),
            edge(4, 6, 1, 0),
            edge(6, 5, 1, 0),
        ];
        let flow = |take_back: bool| {
            let mut network = Network { nodes: 7, edges: edges.clone() };
            let amount = |path: Path| path.amount;
            std::iter::from_fn(|| network.augment(0, 5, take_back)).map(amount).sum::<u32>()
        };
        assert_eq!((flow(false), flow(true)), (1, 2));
    }
}
