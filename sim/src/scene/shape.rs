//! The shapes that every picture is made of. A painter that can draw these can draw everything.
//!
//! Shapes are in painting order. Neighbours with the same [`Style`] can be put into one path by the painter, and the
//! builders order shapes so that this pays. Arrowheads, crosses and pins are made of the same few forms: a painter has
//! nothing to decide.

use super::{Point, Rect, Role};
use crate::{LinkId, MessageId, NodeId, PartId};
use std::sync::Arc;

/// A picture: shapes to paint, and areas that name what was painted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// In CSS pixels.
    pub width: f32,
    /// In CSS pixels.
    pub height: f32,
    /// What to paint, the first beneath the others.
    pub shapes: Vec<Shape>,
    /// What can be hit, the first beneath the others.
    pub hits: Vec<Hit>,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its geometry.
    pub form: Form,
    /// Its paint.
    pub style: Style,
}

/// What a shape is.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A straight line.
    Line(Point, Point),
    /// A quadratic curve: from, control, to.
    Curve(Point, Point, Point),
    /// A circle.
    Circle(Point, f32),
    /// A rectangle with corners of this radius; half the height makes a capsule.
    Rect(Rect, f32),
    /// A triangle: arrowheads, and messages that are drawn small.
    Triangle([Point; 3]),
    /// Lines from point to point, not closed.
    Path(Box<[Point]>),
    /// A text on its base line. The fill is its colour; a stroke, if any, is painted first, as a halo around it.
    Text(Text),
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where: on the base line, at the start, the middle or the end.
    pub at: Point,
    /// What it says.
    pub text: Arc<str>,
    /// Its height in CSS pixels.
    pub size: f32,
    /// Weight 700 instead of 400.
    pub bold: bool,
    /// In the monospaced face instead of the system's text face.
    pub mono: bool,
    /// Which of its points is at `at`.
    pub anchor: Anchor,
}

/// Which point of a text is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a shape is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// What fills it, if anything.
    pub fill: Option<Role>,
    /// What draws its outline, if anything.
    pub stroke: Option<Role>,
    /// The width of the outline in CSS pixels.
    pub width: f32,
    /// Lengths of dash and gap in CSS pixels; solid where there is nothing.
    pub dash: Option<[f32; 2]>,
    /// From 0, not to be seen, to 1.
    pub opacity: f32,
}

impl Style {
    /// Filled, without an outline.
    pub const fn fill(role: Role) -> Self {
        Self { fill: Some(role), stroke: None, width: 0.0, dash: None, opacity: 1.0 }
    }
    /// Outlined, not filled.
    pub const fn stroke(role: Role, width: f32) -> Self {
        Self { fill: None, stroke: Some(role), width, dash: None, opacity: 1.0 }
    }
    /// With an outline, too.
    #[must_use]
    pub const fn outlined(self, role: Role, width: f32) -> Self {
        Self { stroke: Some(role), width, ..self }
    }
    /// With a dashed outline.
    #[must_use]
    pub const fn dashed(self, dash: f32, gap: f32) -> Self {
        Self { dash: Some([dash, gap]), ..self }
    }
    /// Seen through.
    #[must_use]
    pub const fn faded(self, opacity: f32) -> Self {
        Self { opacity, ..self }
    }
}

/// What an area of a picture stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// A part of a node.
    Part(NodeId, PartId),
    /// An arrow of a bench, from one part of the node to another.
    Arrow(NodeId, PartId, PartId),
    /// A link.
    Link(LinkId),
    /// How long a message of this end takes on the link: it can be dragged.
    Way(LinkId, NodeId),
    /// A message on its way.
    Message(MessageId),
    /// Messages that crowd the same spot, in the order in which they arrive.
    Pile(Arc<[MessageId]>),
    /// An event of the space–time diagram, by its depth in the run.
    Event(u32),
    /// The arrowhead of the delivery that is the event of this depth: it can be dragged later.
    Arrowhead(u32),
    /// The message that is on its way, on the space–time diagram.
    Pending(MessageId),
    /// The line that says when now is.
    Now,
    /// The place of the cut on the line of a node: it can be dragged.
    Cut(NodeId),
}

/// An area that can be hit, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Where.
    pub area: Area,
    /// What.
    pub target: Target,
}

/// A place that can be hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Area {
    /// A disc.
    Disc(Point, f32),
    /// A rectangle.
    Rect(Rect),
    /// Everything this near to a segment.
    Strip(Point, Point, f32),
}

impl Area {
    /// The distance from a point to the area; 0 inside.
    pub fn distance(&self, at: Point) -> f32 {
        match *self {
            Self::Disc(centre, radius) => (at.distance(centre) - radius).max(0.0),
            Self::Rect(rect) => rect.distance(at),
            Self::Strip(a, b, reach) => (at.distance_to_segment(a, b) - reach).max(0.0),
        }
    }

    /// The rectangle around it: where a focusable stand-in goes.
    pub fn bounds(&self) -> Rect {
        match *self {
            Self::Disc(centre, radius) => Rect::around(centre, 2.0 * radius, 2.0 * radius),
            Self::Rect(rect) => rect,
            Self::Strip(a, b, reach) => {
                let (width, height) = ((a.x - b.x).abs(), (a.y - b.y).abs());
                Rect::around(a.towards(b, 0.5), width, height).grown(reach)
            }
        }
    }
}

impl Scene {
    /// An empty picture.
    pub fn new(width: f32, height: f32) -> Self {
        Self { width, height, ..Self::default() }
    }

    /// Adds a shape on top.
    pub fn add(&mut self, form: Form, style: Style) {
        self.shapes.push(Shape { form, style });
    }

    /// Adds a line with a dark edge on either side, so that its hue never carries it alone.
    pub fn add_cased(&mut self, form: &Form, role: Role, width: f32, edge: f32) {
        self.add(form.clone(), Style::stroke(Role::Ink, width + 2.0 * edge));
        self.add(form.clone(), Style::stroke(role, width));
    }

    /// Adds an area that can be hit, on top.
    pub fn hit_area(&mut self, area: Area, target: Target) {
        self.hits.push(Hit { area, target });
    }

    /// What is at this point: the topmost area that holds it.
    pub fn hit(&self, x: f32, y: f32) -> Option<&Target> {
        self.hit_near(x, y, 0.0)
    }

    /// What is at this point or, where nothing is, the nearest thing within `reach`: fingers are blunt.
    pub fn hit_near(&self, x: f32, y: f32, reach: f32) -> Option<&Target> {
        let at = Point { x, y };
        let mut best: Option<(f32, &Target)> = None;
        for hit in self.hits.iter().rev() {
            let distance = hit.area.distance(at);
            if distance <= reach && best.is_none_or(|(nearest, _)| distance < nearest) {
                if distance <= 0.0 {
                    return Some(&hit.target);
                }
                best = Some((distance, &hit.target));
            }
        }
        best.map(|(_, target)| target)
    }

    /// The areas of one target.
    pub fn areas<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Area> {
        self.hits.iter().filter(move |hit| hit.target == *target).map(|hit| &hit.area)
    }
}

impl Text {
    /// A text in the system's text face, anchored in the middle.
    pub fn new(at: Point, text: impl Into<Arc<str>>, size: f32) -> Self {
        Self { at, text: text.into(), size, bold: false, mono: false, anchor: Anchor::Middle }
    }
    /// In bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
    /// Anchored elsewhere.
    #[must_use]
    pub fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
    /// The rectangle that it fills, at most.
    pub fn bounds(&self) -> Rect {
        let width = super::text::width(&self.text, self.size, self.bold);
        let x = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        Rect { x, y: self.at.y - 0.8 * self.size, width, height: self.size }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::geometry::point, *};

    #[test]
    fn the_topmost_area_is_hit_and_the_nearest_one_where_none_is() {
        let mut scene = Scene::new(100.0, 100.0);
        scene.hit_area(Area::Strip(point(0.0, 50.0), point(100.0, 50.0), 6.0), Target::Link(LinkId(0)));
        scene.hit_area(Area::Disc(point(20.0, 50.0), 10.0), Target::Node(NodeId(0)));
        assert_eq!(scene.hit(20.0, 50.0), Some(&Target::Node(NodeId(0))));
        assert_eq!(scene.hit(60.0, 53.0), Some(&Target::Link(LinkId(0))));
        assert_eq!(scene.hit(60.0, 70.0), None);
        assert_eq!(scene.hit_near(20.0, 62.0, 8.0), Some(&Target::Node(NodeId(0))));
        assert_eq!(scene.hit_near(60.0, 62.0, 8.0), Some(&Target::Link(LinkId(0))));
    }

    #[test]
    fn a_shape_stays_small() {
        assert!(size_of::<Shape>() <= 72, "{} bytes", size_of::<Shape>());
    }
}
