//! Parts of nodes: where they stand around a node or inside a site, and how they look.

use super::{
    Look, body,
    layout::{Layout, Outline},
    shown::Shown,
};
use crate::{
    NodeId, Part, PartKind, Tone,
    scene::{
        Area, Form, Point, Role, Scene, Style, Target, Text,
        geometry::{Rect, point, within},
        text,
    },
};

/// Where a part stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Its centre.
    pub at: Point,
    /// Its outline.
    pub outline: Outline,
    /// What it is.
    pub kind: PartKind,
    /// Units that it has, drawn as dots.
    pub units: u32,
    /// How many of them are taken.
    pub taken: u32,
}

impl Spot {
    /// The spot of a part that is not made of units.
    pub fn new(at: Point, outline: Outline, kind: PartKind) -> Self {
        Self { at, outline, kind, units: 0, taken: 0 }
    }
}

/// The outline of a part, beside a process of this radius.
pub fn outline(kind: PartKind, radius: f32) -> Outline {
    match kind {
        PartKind::Process => Outline::Disc(radius),
        PartKind::Resource => Outline::Box(point(0.8, 0.8) * radius, 0.0),
        PartKind::Processor => Outline::Box(point(1.0, 1.0) * radius, 0.3 * radius),
        PartKind::Job | PartKind::Page => Outline::Box(point(0.3, 0.3) * radius, 0.0),
    }
}

/// Gives the parts of nodes that stand freely their spots: jobs in the gauge, all others in rows below the node.
pub fn place(layout: &mut Layout, shown: &Shown) {
    for (index, list) in shown.parts.iter().enumerate() {
        let node = NodeId(index as u32);
        let gauge = shown.statuses[index].gauges.first();
        let (jobs, others): (Vec<Part>, Vec<Part>) =
            list.iter().cloned().partition(|part| part.kind == PartKind::Job && gauge.is_some());
        if let Some(gauge) = gauge {
            for (k, part) in jobs.iter().enumerate().take(gauge.full as usize) {
                let square = job_square(layout.gauge(node, 0), k as u32, gauge.full);
                let outline = Outline::Box(point(square.width / 2.0, square.height / 2.0), 0.0);
                layout.spots.insert((node, part.id), Spot::new(square.centre(), outline, part.kind));
            }
        }
        let seat = layout.seats[index];
        let below =
            seat.at + point(-seat.outline.half().x + 0.4 * layout.radius, seat.outline.half().y + 0.6 * layout.radius);
        in_rows(layout, node, &others, below, 2.4 * layout.radius);
    }
}

/// The field of the k-th unit in a gauge, from the bottom.
pub fn job_square(bar: Rect, k: u32, full: u32) -> Rect {
    let height = bar.height / full.max(1) as f32;
    let side = (bar.width * 0.7).min(height * 0.85);
    Rect::around(point(bar.centre().x, bar.bottom() - (k as f32 + 0.5) * height), side, side)
}

/// Small parts from left to right in the order given, in as many rows as it takes.
pub fn in_rows(layout: &mut Layout, node: NodeId, list: &[Part], first: Point, room: f32) {
    let mut at = first;
    for part in list {
        let shape = outline(part.kind, 0.55 * layout.radius);
        let step = 2.5 * shape.half().x;
        if at.x > first.x + room {
            at = point(first.x, at.y + step);
        }
        layout.spots.insert((node, part.id), Spot::new(at, shape, part.kind));
        at.x += step;
    }
}

/// Draws the parts, and the areas by which they are hit.
pub fn draw(scene: &mut Scene, layout: &Layout, shown: &Shown, look: &Look) {
    for (index, list) in shown.parts.iter().enumerate() {
        let node = NodeId(index as u32);
        for part in list {
            let Some(spot) = layout.spots.get(&(node, part.id)) else { continue };
            let target = Target::Part(node, part.id);
            if look.is_selected(&target) {
                let style = Style::stroke(Role::Selected, 3.0 * layout.scale);
                scene.add(body::form(spot.at, spot.outline, -5.0 * layout.scale), style);
            }
            draw_part(scene, layout, part, spot, look.bare);
            scene.hit_area(Area::Rect(spot.outline.bounds(spot.at)), target);
        }
    }
}

fn draw_part(scene: &mut Scene, layout: &Layout, part: &Part, spot: &Spot, bare: bool) {
    let bounds = spot.outline.bounds(spot.at);
    let size = spot.outline.half().x;
    match part.kind {
        PartKind::Job => scene.add(Form::Rect(bounds, 0.0), Style::fill(Role::Job).outlined(Role::Ink, 1.0)),
        // A tile that is large enough tells its tone by its shape as well.
        PartKind::Page if size < 9.0 * layout.scale => {
            let fill = if part.tone == Tone::Idle { Role::Stage } else { Role::ToneFill(part.tone) };
            scene.add(Form::Rect(bounds, 0.0), Style::fill(fill).outlined(Role::Ink, 1.0));
        }
        PartKind::Process | PartKind::Resource | PartKind::Processor | PartKind::Page => {
            body::draw(scene, spot.at, spot.outline, part.tone, size / 28.0);
        }
    }
    let letters = within(0.58 * size, 14.0 * layout.scale, 16.0 * layout.scale);
    let bold = matches!(part.kind, PartKind::Process | PartKind::Processor);
    let dots = spot.units > 0 && size >= 10.0 * layout.scale;
    let named = !bare && text::width(&part.name, letters, bold) <= 2.2 * size;
    if named {
        let middle = if dots { -0.02 } else { 0.36 };
        let mut name = Text::new(spot.at + point(0.0, middle * letters), part.name.as_str(), letters);
        name.bold = bold;
        scene.add(Form::Text(name), Style::fill(Role::Ink));
    }
    if dots {
        draw_units(scene, layout, spot, named);
    }
}

/// The units of a resource: a dot each, solid where it is taken; of many, numbers.
fn draw_units(scene: &mut Scene, layout: &Layout, spot: &Spot, named: bool) {
    const MOST_DOTS: u32 = 5;
    let half = spot.outline.half();
    let line = if named { spot.at.y + 0.5 * half.y } else { spot.at.y };
    if spot.units > MOST_DOTS {
        let size = 14.0 * layout.scale;
        let words = format!("{}/{}", spot.taken, spot.units);
        if text::width(&words, size, false) <= 2.2 * half.x {
            scene.add(Form::Text(Text::new(point(spot.at.x, line + 0.36 * size), words, size)), Style::fill(Role::Ink));
        }
        return;
    }
    let step = 2.0 * half.x / (spot.units as f32 + 1.0);
    let radius = (0.36 * step).min(0.19 * half.y);
    for k in 0..spot.units {
        let at = point(spot.at.x - half.x + (k as f32 + 1.0) * step, line);
        let fill = if k < spot.taken { Role::Ink } else { Role::Stage };
        scene.add(Form::Circle(at, radius), Style::fill(fill).outlined(Role::Ink, 1.2));
    }
}
