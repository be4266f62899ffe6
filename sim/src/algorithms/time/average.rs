//! Averages that bear a few wrong readings, and how readings are chosen for them.

use crate::order::Order as _;

/// Marks a largest set of readings that differ pairwise by at most `within`. Of sets of one size, the one with the smallest
/// spread; of those, the lowest.
pub fn largest_agreeing(readings: &[i64], within: i64) -> Vec<bool> {
    let sorted = positions(readings);
    let at = |place: usize| readings[sorted[place] as usize];
    let mut best = (0, 0);
    let mut first = 0;
    for last in 0..sorted.len() {
        while at(last) - at(first) > within {
            first += 1;
        }
        let (size, known) = (last + 1 - first, best.1 - best.0);
        if size > known || (size == known && at(last) - at(first) < at(best.1 - 1) - at(best.0)) {
            best = (first, last + 1);
        }
    }
    marked(readings.len(), &sorted[best.0..best.1])
}

/// Marks all readings but the `dropped` lowest and the `dropped` highest. Of equal readings the first counts as the lower.
pub fn without_extremes(readings: &[i64], dropped: usize) -> Vec<bool> {
    let sorted = positions(readings);
    let kept = sorted.get(dropped..sorted.len().saturating_sub(dropped)).unwrap_or(&[]);
    marked(readings.len(), kept)
}

/// The mean of the marked readings, to the nearest whole number, a half upward. Nothing where none is marked.
pub fn mean(readings: &[i64], marked: &[bool]) -> Option<i64> {
    let (mut sum, mut count) = (0_i128, 0_i128);
    for (reading, _) in readings.iter().zip(marked).filter(|(_, marked)| **marked) {
        sum += i128::from(*reading);
        count += 1;
    }
    (count > 0).then(|| (2 * sum + count).div_euclid(2 * count) as i64)
}

/// The positions of the readings, from the lowest reading to the highest.
fn positions(readings: &[i64]) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..readings.len() as u32).collect();
    positions.order_by_key(|&position| readings[position as usize]);
    positions
}

fn marked(count: usize, positions: &[u32]) -> Vec<bool> {
    let mut marks = vec![false; count];
    positions.iter().for_each(|&position| marks[position as usize] = true);
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, below, draw};

    fn readings(seed: u64) -> Vec<i64> {
        let number = |k: u64, bound| below(draw(seed, Purpose::Process, (0, 0), k), bound);
        (1..=number(0, 7)).map(|k| number(k, 12).cast_signed() - 6).collect()
    }

    /// Against all subsets, which is the definition.
    #[test]
    fn no_set_that_agrees_is_larger_or_as_large_and_closer() {
        for seed in 0..500 {
            let (readings, within) = (readings(seed), 3);
            let spread = |set: u32| {
                let members = (0..readings.len()).filter(|place| set >> place & 1 == 1).map(|place| readings[place]);
                let (low, high) = members.fold((i64::MAX, i64::MIN), |(low, high), at| (low.min(at), high.max(at)));
                if set == 0 { 0 } else { high - low }
            };
            let found = largest_agreeing(&readings, within);
            let found: u32 = found.iter().enumerate().map(|(place, &marked)| u32::from(marked) << place).sum();
            let sets = (0..1_u32 << readings.len()).filter(|&set| spread(set) <= within);
            let best = sets.map(|set| (set.count_ones(), -spread(set))).max();
            assert_eq!(Some((found.count_ones(), -spread(found))), best, "{readings:?}");
        }
    }

    #[test]
    fn the_extremes_go_in_pairs_and_never_more_than_there_are() {
        assert_eq!(without_extremes(&[5, 1, 9, 3], 1), [true, false, false, true]);
        assert_eq!(without_extremes(&[5, 5, 5], 1), [false, true, false]);
        assert_eq!(without_extremes(&[5, 1], 1), [false, false]);
        assert_eq!(without_extremes(&[5, 1], 9), [false, false]);
    }

    #[test]
    fn the_mean_is_rounded_to_the_nearest() {
        assert_eq!(mean(&[1, 2, 100], &[true, true, false]), Some(2));
        assert_eq!(mean(&[-1, -2], &[true, true]), Some(-1));
        assert_eq!(mean(&[-1, -1, -2], &[true; 3]), Some(-1));
        assert_eq!(mean(&[i64::MAX; 3], &[true; 3]), Some(i64::MAX));
        assert_eq!(mean(&[1], &[false]), None);
    }
}
