//! What the clock view draws.

use super::*;
use sim::{algorithms::time::passive_server::ALGORITHM, clock_lines::ClockLines};

/// What the lines say of a node at an instant, right of a jump.
fn drawn(lines: &ClockLines, node: usize, at: u64) -> Option<i64> {
    let points = lines.points();
    let after = points.partition_point(|point| point.at.0 <= at);
    let before = points.get(after.checked_sub(1)?)?;
    let low = before.errors[node]?;
    let Some(next) = points.get(after) else { return (before.at.0 == at).then_some(low) };
    let (part, whole) = (i128::from(at - before.at.0), i128::from(next.at.0 - before.at.0));
    Some(low + ((i128::from(next.errors[node]?) - i128::from(low)) * part / whole) as i64)
}

/// Steps and slews, drift and corrections: at every instant the lines are what the clocks showed, to the rounding.
#[test]
fn the_lines_are_what_the_clocks_showed() {
    for (scenario, steps) in [("two-clients", 120), ("slow-way-back", 100), ("add-the-rest", 100), ("server-crash", 60)]
    {
        let mut bench = embedded(&ALGORITHM, scenario, true);
        let mut lines = ClockLines::default();
        lines.follow(&bench.world);
        let mut showed = Vec::new();
        for _ in 0..steps {
            let before = bench.world.clone();
            if !bench.play_one() {
                break;
            }
            lines.follow(&bench.world);
            let (from, to) = (before.now().0, bench.world.now().0);
            for at in (0..16).map(|k| from + (to - from) * k / 16).filter(|at| *at < to) {
                for (index, node) in before.nodes().iter().enumerate() {
                    let up = node.life() == sim::Life::Up;
                    showed.push((index, at, up.then(|| node.clock_at(Micros(at)) - at.cast_signed())));
                }
            }
        }
        assert!(showed.len() > 50, "{scenario}");
        for (node, at, error) in showed {
            let line = drawn(&lines, node, at);
            let near = match (line, error) {
                (Some(line), Some(error)) => line.abs_diff(error) <= 4,
                (line, error) => line.is_none() || error.is_none(),
            };
            assert!(near, "{scenario}: node {node} at {at} µs showed {error:?}, drawn {line:?}");
        }
        assert!(lines.points().len() <= 4 * steps as usize, "{scenario}: {} points", lines.points().len());
    }
}

#[test]
fn what_was_measured_at_most_is_measured_at_its_peak() {
    let mut bench = embedded(&ALGORITHM, "two-clients", true);
    let mut lines = ClockLines::default();
    lines.follow(&bench.world);
    while bench.world.now() < Micros(10_000_000) && bench.play_one() {
        lines.follow(&bench.world);
    }
    // 10 ms a second each, in opposite directions, 2 s long, and a little until the answers come.
    assert!((39_500..42_000).contains(&lines.most_apart()), "{}", lines.most_apart());
    assert!((19_500..21_000).contains(&lines.most_off()), "{}", lines.most_off());
    let adjusted = lines.points().iter().filter(|point| point.adjusted).count();
    assert!(adjusted >= 8, "two clocks, four rounds: {adjusted}");
}
