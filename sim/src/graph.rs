//! Graphs as plain algorithms over numbered nodes: what checks, pictures and benches share.

pub mod flow;
mod reduction;

pub use reduction::{Claim, Reduction, is_expedient, reduce};

use crate::order::Order as _;

/// For each edge between nodes `0..count`: whether it lies on a cycle. Tarjan's algorithm without recursion, because a
/// chain of thousands of waiting nodes would be as deep as it is long.
pub fn on_cycle(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let component = components(count, edges);
    edges.iter().map(|&(a, b)| component[a] == component[b]).collect()
}

/// The strongly connected component of each node. A component has a larger number than those that it leads to.
pub fn components(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let mut next: Vec<Vec<usize>> = vec![vec![]; count];
    for &(a, b) in edges {
        next[a].push(b);
    }
    let (mut index, mut low, mut component) = (vec![UNSEEN; count], vec![0; count], vec![UNSEEN; count]);
    let (mut stack, mut seen, mut found) = (Vec::new(), 0, 0);
    for root in 0..count {
        if index[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, 0)];
        while let Some(&mut (node, ref mut taken)) = path.last_mut() {
            if *taken == 0 {
                (index[node], low[node]) = (seen, seen);
                seen += 1;
                stack.push(node);
            }
            let step = *taken;
            *taken += 1;
            if let Some(&other) = next[node].get(step) {
                if index[other] == UNSEEN {
                    path.push((other, 0));
                } else if component[other] == UNSEEN {
                    low[node] = low[node].min(index[other]);
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == index[node] {
                while let Some(member) = stack.pop() {
                    component[member] = found;
                    if member == node {
                        break;
                    }
                }
                found += 1;
            }
        }
    }
    component
}

/// The knots, each with its nodes in order: sets of nodes from each of which all of the set can be reached, and nothing
/// else. A single node is one only where an edge leads from it to itself.
pub fn knots(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let component = components(count, edges);
    let found = component.iter().map(|&number| number + 1).max().unwrap_or(0);
    let (mut leaves, mut turns) = (vec![false; found], vec![false; found]);
    for &(a, b) in edges {
        if component[a] == component[b] { turns[component[a]] = true } else { leaves[component[a]] = true }
    }
    let mut members: Vec<Vec<usize>> = vec![vec![]; found];
    for (node, &number) in component.iter().enumerate() {
        members[number].push(node);
    }
    let knots = members.into_iter().enumerate().filter(|&(number, _)| turns[number] && !leaves[number]);
    let mut knots: Vec<Vec<usize>> = knots.map(|(_, members)| members).collect();
    knots.order();
    knots
}

/// A shortest cycle through a node, beginning with it; nothing where it is on none.
pub fn cycle_through(count: usize, edges: &[(usize, usize)], start: usize) -> Option<Vec<usize>> {
    let mut next: Vec<Vec<usize>> = vec![vec![]; count];
    for &(a, b) in edges {
        next[a].push(b);
    }
    let mut before: Vec<Option<usize>> = vec![None; count];
    let (mut open, mut at) = (vec![start], 0);
    while let Some(&node) = open.get(at) {
        at += 1;
        for &other in &next[node] {
            if other == start {
                let mut cycle = vec![node];
                while let Some(previous) = before[*cycle.last()?] {
                    cycle.push(previous);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if before[other].is_none() {
                before[other] = Some(node);
                open.push(other);
            }
        }
    }
    None
}

/// A shortest cycle through the first node that is on any; nothing where the graph has none.
pub fn first_cycle(count: usize, edges: &[(usize, usize)]) -> Option<Vec<usize>> {
    let on = on_cycle(count, edges);
    let first = edges.iter().zip(on).filter(|(_, on)| *on).map(|(&(a, _), _)| a).min()?;
    cycle_through(count, edges, first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, below, draw};

    #[test]
    fn edges_of_a_cycle_are_found_and_those_that_lead_to_it_are_not() {
        let edges = [(0, 1), (1, 2), (2, 0), (3, 0), (2, 4), (4, 5), (5, 4)];
        assert_eq!(on_cycle(6, &edges), [true, true, true, false, false, true, true]);
    }

    #[test]
    fn two_ways_to_one_place_are_no_cycle() {
        assert_eq!(on_cycle(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]), [false; 4]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_walked() {
        let edges: Vec<_> = (0..100_000).map(|k| (k, k + 1)).collect();
        assert!(on_cycle(100_001, &edges).iter().all(|on| !on));
    }

    /// A random graph of a few nodes.
    fn random(seed: u64) -> (usize, Vec<(usize, usize)>) {
        let bits = |k: u64, bound: u64| below(draw(seed, Purpose::Process, (0, 0), k), bound) as usize;
        let count = 1 + bits(0, 7);
        let edges = bits(1, 12);
        let end = |k: usize| bits(2 + k as u64, count as u64);
        (count, (0..edges).map(|k| (end(2 * k), end(2 * k + 1))).collect())
    }

    /// By trying all ways: whether an edge or more lead from one node to another.
    fn reach(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<bool>> {
        let mut reach = vec![vec![false; count]; count];
        edges.iter().for_each(|&(a, b)| reach[a][b] = true);
        for middle in 0..count {
            for a in 0..count {
                for b in 0..count {
                    reach[a][b] |= reach[a][middle] && reach[middle][b];
                }
            }
        }
        reach
    }

    #[test]
    fn cycles_and_knots_agree_with_trying_all_ways_and_all_sets() {
        let mut seen = (0, 0);
        for seed in 0..3_000 {
            let (count, edges) = random(seed);
            let reach = reach(count, &edges);
            let on: Vec<bool> = edges.iter().map(|&(a, b)| a == b || reach[b][a]).collect();
            assert_eq!(on_cycle(count, &edges), on, "{edges:?}");
            for (node, row) in reach.iter().enumerate() {
                let cycle = cycle_through(count, &edges, node);
                assert_eq!(cycle.is_some(), row[node], "{node} in {edges:?}");
                let Some(cycle) = cycle else { continue };
                let round = cycle.iter().zip(cycle.iter().cycle().skip(1));
                assert!(cycle[0] == node && round.into_iter().all(|(&a, &b)| edges.contains(&(a, b))), "{cycle:?}");
            }
            // A knot by its definition: a set that is what can be reached from each of its nodes.
            let sets = (1..1_usize << count).map(|set| (0..count).filter(|k| set >> k & 1 == 1).collect::<Vec<_>>());
            let is_knot = |set: &Vec<usize>| set.iter().all(|&a| (0..count).all(|b| reach[a][b] == set.contains(&b)));
            let mut expected: Vec<Vec<usize>> = sets.filter(is_knot).collect();
            expected.sort();
            assert_eq!(knots(count, &edges), expected, "{edges:?}");
            assert_eq!(first_cycle(count, &edges).is_some(), on.contains(&true));
            seen = (seen.0 + usize::from(on.contains(&true)), seen.1 + expected.len());
        }
        assert!(seen.0 > 500 && seen.1 > 200, "the graphs show both: {seen:?}");
    }
}
