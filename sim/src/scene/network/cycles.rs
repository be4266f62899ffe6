//! Which waits lie on a cycle of nodes none of which can come free.

use crate::graph::on_cycle;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
