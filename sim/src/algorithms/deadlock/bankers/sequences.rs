//! All orders in which the processes can finish one after the other: counted, and the first of them listed.

use super::tables::Tables;
use crate::order::Order as _;
use serde::Serialize;

/// Orders that are listed.
pub const MOST_LISTED: usize = 100;
/// Sets of finished processes that are looked at for the count.
const MOST_SETS: usize = 40_000;

/// The safe sequences of a state.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Sequences {
    /// How many there are; nothing where there are too many to count.
    pub count: Option<u64>,
    /// The first of them, in order.
    pub listed: Vec<Vec<u32>>,
}

impl Sequences {
    /// Those of a state.
    pub fn of(tables: &Tables) -> Self {
        let needs = tables.needs();
        let available = tables.available();
        let mut listed = vec![];
        // In an unsafe state every attempt fails, and there may be very many: then none is made.
        if tables.safety(crate::algorithms::deadlock::scan::Order::Round).1 {
            list(tables, &needs, &available, &mut vec![], &mut listed);
            return Self { count: count(tables, &needs, &available), listed };
        }
        Self { count: Some(0), listed }
    }
}

fn fits(need: &[u32], work: &[u32]) -> bool {
    need.iter().zip(work).all(|(need, work)| need <= work)
}

/// From a safe state every process that can finish leads to another safe state: no attempt is in vain.
fn list(tables: &Tables, needs: &[Vec<u32>], work: &[u32], begun: &mut Vec<u32>, listed: &mut Vec<Vec<u32>>) {
    if begun.len() == needs.len() {
        return listed.push(begun.clone());
    }
    for (process, need) in needs.iter().enumerate() {
        if listed.len() >= MOST_LISTED {
            return;
        }
        if begun.contains(&(process as u32)) || !fits(need, work) {
            continue;
        }
        let more: Vec<u32> = work.iter().zip(&tables.allocation[process]).map(|(work, held)| work + held).collect();
        begun.push(process as u32);
        list(tables, needs, &more, begun, listed);
        begun.pop();
    }
}

/// What is free depends only on the set of those that have finished: the sets are walked by size, each with the number of
/// ways to it.
fn count(tables: &Tables, needs: &[Vec<u32>], available: &[u32]) -> Option<u64> {
    let mut sets: Vec<(u32, u64)> = vec![(0, 1)];
    let mut looked = 0;
    for _ in 0..needs.len() {
        let mut next: Vec<(u32, u64)> = vec![];
        for &(set, ways) in &sets {
            let inside = |process: usize| set >> process & 1 == 1;
            let mut work = available.to_vec();
            for process in (0..needs.len()).filter(|&process| inside(process)) {
                work.iter_mut().zip(&tables.allocation[process]).for_each(|(work, held)| *work += held);
            }
            let able = (0..needs.len()).filter(|&process| !inside(process) && fits(&needs[process], &work));
            next.extend(able.map(|process| (set | 1 << process, ways)));
        }
        next.order();
        sets.clear();
        for (set, ways) in next {
            match sets.last_mut() {
                Some((known, sum)) if *known == set => *sum += ways,
                _ => sets.push((set, ways)),
            }
        }
        looked += sets.len();
        if looked > MOST_SETS {
            return None;
        }
    }
    Some(sets.iter().map(|(_, ways)| ways).sum())
}
