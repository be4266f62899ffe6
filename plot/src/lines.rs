//! The lines of a picture, and the part of the plane that it shows.

use crate::marker::{Look, look};
use sim::experiment::{Panel, Point};

/// A line as it is drawn.
pub struct Seen<'a> {
    /// Its name.
    pub label: &'a str,
    /// Its points, from left to right.
    pub points: &'a [Point],
    /// Whether it was measured, else it is theory.
    pub measured: bool,
    /// Its colour and marker.
    pub look: Look,
    /// Lengths of dash and gap; nothing for a solid line.
    pub dash: Option<[f32; 2]>,
    /// Its width in CSS pixels.
    pub width: f32,
}

/// The part of the plane that is shown.
pub struct Range {
    /// The left end.
    pub left: f64,
    /// The right end.
    pub right: f64,
    /// The lower end: 0 where nothing is below it.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The lines of a panel, what was measured first.
pub fn seen(panel: &Panel) -> Vec<Seen<'_>> {
    let measured = panel.measured.iter().map(|line| (line, true));
    let lines = measured.chain(panel.curves.iter().map(|line| (line, false)));
    let lines = lines.filter(|(line, _)| !line.points.is_empty()).map(|(line, measured)| Seen {
        label: &line.label,
        points: &line.points,
        measured,
        look: look(line.of),
        dash: (!measured).then_some([7.0, 5.0]),
        width: if measured { 2.0 } else { 1.6 },
    });
    lines.collect()
}

/// What is to be seen of the plane: all that was measured, and of the theory what is near; nothing where there is
/// nothing. A bound that is far away must not press what was measured to the floor.
pub fn range(lines: &[Seen<'_>]) -> Option<Range> {
    let mut range = Range { left: f64::MAX, right: f64::MIN, low: 0.0, high: f64::MIN };
    let any_measured = lines.iter().any(|line| line.measured);
    for line in lines.iter().filter(|line| line.measured || !any_measured) {
        for place in line.points {
            let half = place.estimate.half_width.unwrap_or(0.0);
            range.left = range.left.min(place.x);
            range.right = range.right.max(place.x);
            range.low = range.low.min(place.estimate.mean - half);
            range.high = range.high.max(place.estimate.mean + half);
        }
    }
    if range.left > range.right {
        return None;
    }
    let near = 1.3 * range.high;
    for place in lines.iter().filter(|line| !line.measured).flat_map(|line| line.points) {
        let mean = place.estimate.mean;
        if (range.left..=range.right).contains(&place.x) && mean <= near {
            range.high = range.high.max(mean);
        }
    }
    let span = range.right - range.left;
    // A single point needs some room; others begin a little beside the axis.
    let beside = if span > 0.0 { 0.02 * span } else { 0.5 * range.right.abs().max(1.0) };
    (range.left, range.right) = (range.left - beside, range.right + beside);
    if range.high <= range.low {
        range.high = range.low + 1.0;
    }
    range.high += 0.06 * (range.high - range.low);
    Some(range)
}

impl Seen<'_> {
    /// The stretches of the line that are in view: cut where it leaves the picture.
    pub fn stretches(&self, range: &Range) -> Vec<Vec<(f64, f64)>> {
        let mut stretches = vec![vec![]];
        let places: Vec<(f64, f64)> = self.points.iter().map(|place| (place.x, place.estimate.mean)).collect();
        let is_in = |(_, y): (f64, f64)| (range.low..=range.high).contains(&y);
        for (index, &place) in places.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| places[index]);
            if let Some(before) = before.filter(|before| is_in(*before) != is_in(place)) {
                let edge = if before.1.max(place.1) > range.high { range.high } else { range.low };
                let share = (edge - before.1) / (place.1 - before.1);
                let cut = (before.0 + share * (place.0 - before.0), edge);
                if let Some(stretch) = stretches.last_mut() {
                    stretch.push(cut);
                }
            }
            if is_in(place) {
                if let Some(stretch) = stretches.last_mut() {
                    stretch.push(place);
                }
            } else {
                stretches.push(vec![]);
            }
        }
        stretches.retain(|stretch| stretch.len() > 1);
        stretches
    }

    /// Where its name belongs: at its right end; at the upper edge where it leaves the picture there; nowhere where it
    /// is never seen.
    pub fn end(&self, range: &Range) -> Option<(f64, f64)> {
        let last = self.points.last()?;
        let within = last.estimate.mean.clamp(range.low, range.high);
        let is_seen = (range.low..=range.high).contains(&last.estimate.mean) || !self.stretches(range).is_empty();
        is_seen.then_some((last.x, within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::experiment::{Estimate, Line};

    fn line(label: &str, points: &[(f64, f64)]) -> Line {
        let point = |&(x, mean): &(f64, f64)| Point { x, estimate: Estimate { mean, ..Estimate::default() } };
        Line { label: label.to_owned(), of: None, points: points.iter().map(point).collect() }
    }

    #[test]
    fn a_bound_far_away_is_cut_where_it_leaves_the_picture() {
        let measured = vec![line("m", &[(0.0, 0.0), (10.0, 10.0)])];
        let curves = vec![line("far", &[(0.0, 0.0), (10.0, 100.0)]), line("never", &[(0.0, 90.0), (10.0, 100.0)])];
        let panel = Panel { label: String::new(), unit: String::new(), axis: String::new(), measured, curves };
        let lines = seen(&panel);
        let range = range(&lines).unwrap();
        assert!(range.high > 10.0 && range.high < 15.0, "{}", range.high);
        let cut = lines[1].stretches(&range)[0][1];
        assert!((cut.1 - range.high).abs() < 1e-9 && (cut.0 - range.high / 10.0).abs() < 1e-9, "{cut:?}");
        assert_eq!(lines[1].end(&range), Some((10.0, range.high)));
        assert_eq!(lines[2].end(&range), None);
    }
}
