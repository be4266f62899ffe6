//! Sorting, compiled once.
//!
//! The standard sorts are compiled anew for every type and key, about 5 KB each in the page. Here one sort, of positions,
//! serves all; only the comparison is compiled for each.

use std::cmp::Ordering;

/// Sorts slices in a stable way.
pub trait Order<T> {
    /// In the order of the items themselves.
    fn order(&mut self)
    where
        T: Ord;
    /// In the order of a key.
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);
    /// In the order of a comparison.
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering);
}

impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(Ord::cmp);
    }
    fn order_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }
    fn order_by(&mut self, compare: impl Fn(&T, &T) -> Ordering) {
        if self.len() < 2 {
            return;
        }
        let mut from = positions(self.len(), &|a, b| compare(&self[a], &self[b]));
        for place in 0..self.len() {
            // What belongs here may have been swapped away: follow it.
            let mut source = from[place] as usize;
            while source < place {
                source = from[source] as usize;
            }
            self.swap(place, source);
            from[place] = source as u32;
        }
    }
}

/// The positions of `count` items in their order.
fn positions(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..count as u32).collect();
    positions.sort_by(|&a, &b| compare(a as usize, b as usize));
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, draw};

    #[test]
    fn items_are_ordered_as_the_standard_sort_orders_them() {
        for count in 0..200 {
            let items: Vec<(u64, u64)> =
                (0..count).map(|k| (draw(count, Purpose::Process, (0, 0), k) % 7, k)).collect();
            let (mut ours, mut theirs) = (items.clone(), items);
            ours.order_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs);
        }
    }
}
