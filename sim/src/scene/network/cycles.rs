//! Which edges of a graph lie on a cycle: those whose two ends are in one strongly connected component.

/// For each edge between nodes `0..count`: whether it lies on a cycle. Tarjan's algorithm without recursion, because a
/// chain of thousands of waiting nodes would be as deep as it is long.
pub fn on_cycle(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let component = components(count, edges);
    edges.iter().map(|&(a, b)| component[a] == component[b]).collect()
}

fn components(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
