//! Which edges of a graph lie on a cycle: those whose two ends are in one strongly connected component.

/// For each wait between nodes `0..count`, the third of which says whether another of the same node's would do as well:
/// whether it lies on a cycle of nodes none of which can come free. `helped` may get what they wait for from somebody.
pub fn in_vain(count: usize, waits: &[(usize, usize, bool)], helped: &[usize]) -> Vec<bool> {
    let free = free(count, waits, helped);
    let stuck = |&(a, b, _): &(usize, usize, bool)| !free[a] && !free[b];
    let edges: Vec<_> = waits.iter().filter(|wait| stuck(wait)).map(|&(a, b, _)| (a, b)).collect();
    let mut on = on_cycle(count, &edges).into_iter();
    waits.iter().map(|wait| stuck(wait) && on.next().unwrap_or(false)).collect()
}

/// Who can come free: if all do that a node must wait for, and one of those of which one is enough.
fn free(count: usize, waits: &[(usize, usize, bool)], helped: &[usize]) -> Vec<bool> {
    let mut free = vec![false; count];
    loop {
        let mut all = vec![true; count];
        let mut one: Vec<Option<bool>> = vec![None; count];
        for &(a, b, any) in waits {
            if any { one[a] = Some(one[a] == Some(true) || free[b]) } else { all[a] &= free[b] }
        }
        for &node in helped {
            one[node] = Some(true);
        }
        let next: Vec<bool> = all.iter().zip(&one).map(|(all, one)| *all && one.unwrap_or(true)).collect();
        if next == free {
            return free;
        }
        free = next;
    }
}

/// For each edge between nodes `0..count`: whether it lies on a cycle. Tarjan's algorithm without recursion, because a
/// chain of thousands of waiting nodes would be as deep as it is long.
fn on_cycle(count: usize, edges: &[(usize, usize)]) -> Vec<bool> {
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
    fn whoever_needs_one_of_several_waits_in_vain_only_where_all_of_them_do() {
        let everybody = |nodes: usize| -> Vec<(usize, usize, bool)> {
            let pairs = (0..nodes).flat_map(|a| (0..4).map(move |b| (a, b, true)));
            pairs.filter(|(a, b, _)| a != b).collect()
        };
        assert!(in_vain(4, &everybody(3), &[]).iter().all(|on| !on), "the fourth waits for nobody");
        assert!(in_vain(4, &everybody(4), &[]).iter().all(|on| *on), "nobody has what all wait for");
        assert!(in_vain(4, &everybody(4), &[2]).iter().all(|on| !on), "it is on its way to one of them");
        let all = everybody(3).into_iter().map(|(a, b, _)| (a, b, false)).collect::<Vec<_>>();
        assert_eq!(in_vain(4, &all, &[]).iter().filter(|on| **on).count(), 6, "all are needed: three on a cycle");
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
