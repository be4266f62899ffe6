//! Points, rectangles and the few constructions that pictures are made with, in CSS pixels.

use crate::order::Order as _;
use std::ops::{Add, Mul, Sub};

/// A point or a displacement, x to the right, y down.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A short way to write a point.
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        point(self.x + other.x, self.y + other.y)
    }
}
impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        point(self.x - other.x, self.y - other.y)
    }
}
impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        point(self.x * factor, self.y * factor)
    }
}

impl Point {
    /// The length of the displacement. `libm` is not needed: a square root is the same everywhere.
    pub fn length(self) -> f32 {
        (self.x * self.x + self.y * self.y).sqrt()
    }
    /// The displacement of length 1 in the same direction; to the right where there is none.
    #[must_use]
    pub fn unit(self) -> Self {
        let length = self.length();
        if length < 1e-6 { point(1.0, 0.0) } else { self * (1.0 / length) }
    }
    /// The displacement turned by a quarter to the right, as seen on the screen.
    #[must_use]
    pub fn right(self) -> Self {
        point(-self.y, self.x)
    }
    /// The scalar product.
    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }
    /// The point at `t` of the way to `other`.
    #[must_use]
    pub fn towards(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }
    /// The distance to another point.
    pub fn distance(self, other: Self) -> f32 {
        (other - self).length()
    }
    /// The distance to the segment from `a` to `b`.
    pub fn distance_to_segment(self, a: Self, b: Self) -> f32 {
        let way = b - a;
        let square = way.dot(way);
        let t = if square < 1e-6 { 0.0 } else { ((self - a).dot(way) / square).clamp(0.0, 1.0) };
        self.distance(a.towards(b, t))
    }
}

/// The point at `t` of a quadratic curve.
pub fn on_curve(from: Point, control: Point, to: Point, t: f32) -> Point {
    from.towards(control, t).towards(control.towards(to, t), t)
}

/// A rectangle by its upper left corner and its size.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    /// The left edge.
    pub x: f32,
    /// The upper edge.
    pub y: f32,
    /// To the right.
    pub width: f32,
    /// Down.
    pub height: f32,
}

impl Rect {
    /// The rectangle with this centre and size.
    pub fn around(centre: Point, width: f32, height: f32) -> Self {
        Self { x: centre.x - width / 2.0, y: centre.y - height / 2.0, width, height }
    }
    /// Its centre.
    pub fn centre(self) -> Point {
        point(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
    /// Its right edge.
    pub fn right(self) -> f32 {
        self.x + self.width
    }
    /// Its lower edge.
    pub fn bottom(self) -> f32 {
        self.y + self.height
    }
    /// Larger by `by` on each side; smaller where `by` is negative.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        let (width, height) = ((self.width + 2.0 * by).max(0.0), (self.height + 2.0 * by).max(0.0));
        Self::around(self.centre(), width, height)
    }
    /// Whether they share more than an edge.
    pub fn overlaps(self, other: Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
    /// Whether the point is inside or on the edge.
    pub fn contains(self, at: Point) -> bool {
        self.distance(at) <= 0.0
    }
    /// The distance from the point to the nearest point of the rectangle; 0 inside.
    pub fn distance(self, at: Point) -> f32 {
        let dx = (self.x - at.x).max(at.x - self.right()).max(0.0);
        let dy = (self.y - at.y).max(at.y - self.bottom()).max(0.0);
        point(dx, dy).length()
    }
    /// How far it is from the centre to the edge in this direction.
    pub fn reach(self, direction: Point) -> f32 {
        let (dx, dy) = (direction.x.abs().max(1e-6), direction.y.abs().max(1e-6));
        (self.width / 2.0 / dx).min(self.height / 2.0 / dy)
    }
    /// Whether the segment touches it.
    pub fn meets_segment(self, a: Point, b: Point) -> bool {
        let (mut enter, mut leave) = (0.0_f32, 1.0_f32);
        for (start, way, low, high) in [(a.x, b.x - a.x, self.x, self.right()), (a.y, b.y - a.y, self.y, self.bottom())]
        {
            if way.abs() < 1e-6 {
                if start < low || start > high {
                    return false;
                }
                continue;
            }
            let (one, other) = ((low - start) / way, (high - start) / way);
            enter = enter.max(one.min(other));
            leave = leave.min(one.max(other));
        }
        enter <= leave
    }
}

/// The least distance between two of these points, found by a sweep from left to right.
pub fn nearest_pair(points: impl Iterator<Item = Point>) -> f32 {
    let mut points: Vec<Point> = points.collect();
    points.order_by(|a, b| a.x.total_cmp(&b.x));
    let mut least = f32::INFINITY;
    for (index, a) in points.iter().enumerate() {
        for b in &points[index + 1..] {
            if b.x - a.x >= least {
                break;
            }
            least = least.min(a.distance(*b));
        }
    }
    least
}

/// The value, held within bounds that are worked out: where they cross, the upper one counts, and nothing panics as
/// `clamp` would.
pub fn within(value: f32, low: f32, high: f32) -> f32 {
    value.max(low).min(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_pair_is_found() {
        let points = [(0.0, 0.0), (100.0, 0.0), (50.0, 50.0), (52.0, 53.0)].map(|(x, y)| point(x, y));
        assert!((nearest_pair(points.into_iter()) - 13.0_f32.sqrt()).abs() < 1e-3);
        assert!(nearest_pair([point(1.0, 1.0)].into_iter()).is_infinite());
    }

    #[test]
    fn a_segment_meets_a_rectangle_that_it_crosses_or_starts_in() {
        let rect = Rect { x: 10.0, y: 10.0, width: 20.0, height: 10.0 };
        assert!(rect.meets_segment(point(0.0, 0.0), point(40.0, 30.0)));
        assert!(rect.meets_segment(point(15.0, 15.0), point(100.0, 15.0)));
        assert!(rect.meets_segment(point(15.0, 0.0), point(15.0, 50.0)));
        assert!(!rect.meets_segment(point(0.0, 0.0), point(40.0, 0.0)));
        assert!(!rect.meets_segment(point(0.0, 30.0), point(10.0, 21.0)));
    }

    #[test]
    fn the_reach_of_a_square_is_longer_to_its_corner() {
        let square = Rect::around(point(0.0, 0.0), 20.0, 20.0);
        assert!((square.reach(point(1.0, 0.0)) - 10.0).abs() < 1e-3);
        assert!((square.reach(point(1.0, 1.0).unit()) - 14.142).abs() < 1e-2);
    }

    #[test]
    fn distances_are_measured_to_the_nearest_point() {
        let rect = Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
        assert!((rect.distance(point(13.0, 14.0)) - 5.0).abs() < 1e-3);
        assert!(rect.contains(point(3.0, 3.0)));
        assert!((point(5.0, 5.0).distance_to_segment(point(0.0, 0.0), point(10.0, 0.0)) - 5.0).abs() < 1e-3);
    }
}
