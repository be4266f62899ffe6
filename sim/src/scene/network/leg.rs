//! Ways between nodes.

use crate::scene::{Point, Rect, geometry::on_curve};

/// The way of a link, or of one hop of a message, from centre to centre.
#[derive(Clone, Copy, Debug)]
pub struct Leg {
    /// The centre of the node that it leaves.
    pub from: Point,
    /// The control point of the curve; half way where it is straight.
    pub control: Point,
    /// The centre of the node that it reaches.
    pub to: Point,
}

impl Leg {
    /// A curve that bends to the right of its direction by this fraction of its length.
    pub fn new(from: Point, to: Point, bend: f32) -> Self {
        Self { from, control: from.towards(to, 0.5) + (to - from).right() * bend, to }
    }
    /// The point at `t` of the way.
    pub fn at(&self, t: f32) -> Point {
        on_curve(self.from, self.control, self.to, t)
    }
    /// The direction at `t` of the way.
    pub fn direction(&self, t: f32) -> Point {
        ((self.control - self.from) * (1.0 - t) + (self.to - self.control) * t).unit()
    }
    /// About how long it is.
    pub fn length(&self) -> f32 {
        0.5 * (self.from.distance(self.to) + self.from.distance(self.control) + self.control.distance(self.to))
    }
    /// The piece of the curve from `a` to `b` of the way.
    pub fn piece(&self, a: f32, b: f32) -> Self {
        let control =
            self.from * ((1.0 - a) * (1.0 - b)) + self.control * (a * (1.0 - b) + b * (1.0 - a)) + self.to * (a * b);
        Self { from: self.at(a), control, to: self.at(b) }
    }
    /// The same way, the other way round.
    pub fn reversed(self) -> Self {
        Self { from: self.to, control: self.control, to: self.from }
    }
    /// Whether it comes nearer than `clearance` to the rectangle, apart from its ends.
    pub fn meets(&self, rect: Rect) -> bool {
        (1..8).any(|k| {
            let (a, b) = (k as f32 / 9.0, (k + 1) as f32 / 9.0);
            rect.meets_segment(self.at(a), self.at(b))
        })
    }
}
