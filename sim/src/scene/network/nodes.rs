//! Nodes: body, name, words, badge, tokens, gauges.

use super::{
    Badge, Look, body, labels,
    layout::{Detail, Layout},
    parts,
    shown::Shown,
};
use crate::narrate;
use crate::order::Order as _;
use crate::{
    Gauge, Node, NodeId, PartKind, Status, Tone, World,
    algorithm::NodeShape,
    scene::{
        Anchor, Area, Form, Point, Rect, Role, Scene, Style, Target, Text,
        geometry::{point, within},
        marks,
        text::{self, shortened},
    },
};

/// Draws the nodes with all that sticks to them.
pub fn draw(scene: &mut Scene, layout: &Layout, world: &World, shown: &Shown, look: &Look) {
    if layout.detail == Detail::Marks {
        draw_marks(scene, layout, world, shown, look);
    } else {
        for index in (0..layout.seats.len()).filter(|&index| layout.seats[index].here) {
            draw_one(scene, layout, world, shown, look, NodeId(index as u32));
        }
    }
    for (index, seat) in layout.seats.iter().enumerate().filter(|(_, seat)| seat.here) {
        let area = match layout.shape {
            NodeShape::Circle => Area::Disc(seat.at, layout.radius),
            NodeShape::Machine | NodeShape::Site | NodeShape::Bench => Area::Rect(seat.outline.bounds(seat.at)),
        };
        scene.hit_area(area, Target::Node(NodeId(index as u32)));
    }
}

/// How large lines are, 1 for a radius of 28 px.
fn unit(layout: &Layout) -> f32 {
    layout.radius / 28.0
}

fn draw_one(scene: &mut Scene, layout: &Layout, world: &World, shown: &Shown, look: &Look, id: NodeId) {
    let (seat, node, status) = (layout.seats[id.index()], &world.nodes()[id.index()], &shown.statuses[id.index()]);
    if look.is_selected(&Target::Node(id)) {
        let style = Style::stroke(Role::Selected, 3.0 * layout.scale);
        scene.add(body::form(seat.at, seat.outline, -6.0 * layout.scale), style);
    }
    let site = layout.shape.holds_parts();
    if site {
        draw_site(scene, layout, seat.outline.bounds(seat.at), status.tone, look.bare);
    } else {
        body::draw(scene, seat.at, seat.outline, status.tone, unit(layout));
    }
    let full = layout.detail == Detail::Full;
    draw_tokens(scene, layout, id, status.tokens);
    if look.bare {
        return;
    }
    if site {
        name_site(scene, layout, node, status, seat.outline.bounds(seat.at));
    } else {
        draw_name(scene, layout, node, status, id);
    }
    if !full {
        return;
    }
    if node.is_paused() {
        let half = seat.outline.half();
        let corner = seat.at + point(-0.78 * half.x, if site { -half.y } else { 0.78 * half.y });
        marks::paused(scene, corner, 10.0 * layout.scale);
    }
    if let Some(reading) = reading(node, world, look.clock) {
        draw_badge(scene, layout, id, &reading);
    }
}

/// Words are written last, above everything that they might touch.
pub fn write_words(scene: &mut Scene, layout: &Layout, shown: &Shown, look: &Look) {
    if look.bare || !look.labels || layout.detail < Detail::Full {
        return;
    }
    for (index, block) in layout.blocks.iter().enumerate() {
        if let Some(block) = block {
            labels::write(scene, layout, block, &shown.statuses[index]);
        }
    }
}

fn draw_name(scene: &mut Scene, layout: &Layout, node: &Node, status: &Status, id: NodeId) {
    let seat = layout.seats[id.index()];
    let (large, small) = (16.0 * layout.scale, labels::SIZE * layout.scale);
    let inside = 2.0 * seat.outline.half().x - 8.0 * layout.scale;
    let role = if status.tone == Tone::Failed { Role::Quiet } else { Role::Ink };
    let size = if text::width(node.name(), large, true) <= inside { large } else { small };
    if labels::fits_inside(layout, node.name()) {
        let name = Text::new(seat.at + point(0.0, 0.36 * size), node.name(), size).bold();
        scene.add(Form::Text(name), Style::fill(role));
        return;
    }
    match &layout.blocks[id.index()] {
        // The words of a large node stand in the block; its name is cut to what fits inside.
        Some(block) if layout.detail == Detail::Names => labels::write_name(scene, layout, block, node.name()),
        _ => {
            let name = shortened(node.name(), small, true, 2.05 * seat.outline.half().x);
            let name = Text::new(seat.at + point(0.0, 0.36 * small), name, small).bold();
            scene.add(Form::Text(name), Style::fill(role));
        }
    }
}

fn draw_site(scene: &mut Scene, layout: &Layout, bounds: Rect, tone: Tone, bare: bool) {
    let s = if bare { 0.6 } else { layout.scale };
    let corner = 12.0 * s;
    // A box is large: its ring tells its tone, or it would shout down what is in it.
    let outline = Style::fill(Role::Paper).outlined(if tone == Tone::Idle { Role::Edge } else { Role::Ink }, 1.5 * s);
    let outline = if tone == Tone::Failed { outline.dashed(8.0 * s, 6.0 * s) } else { outline };
    scene.add(Form::Rect(bounds, corner), outline);
    let ring = |inset: f32, width: f32| {
        (
            Form::Rect(bounds.grown(-inset * s), (corner - inset * s).max(2.0)),
            Style::stroke(Role::Tone(tone), width * s),
        )
    };
    match tone {
        Tone::Idle => {}
        Tone::Waiting => {
            let (form, style) = ring(4.0, 3.0);
            scene.add(form, style.dashed(8.0 * s, 5.0 * s));
        }
        Tone::Active | Tone::Done => {
            let (form, style) = ring(4.0, 3.0);
            scene.add(form, style);
        }
        Tone::Failed => {
            let style = Style::stroke(Role::Tone(tone), 2.0 * s);
            marks::cross(scene, point(bounds.right() - 20.0 * s, bounds.bottom() - 20.0 * s), 8.0 * s, style);
        }
        Tone::Violated => {
            scene.add(
                Form::Rect(bounds.grown(6.0 * s), corner + 6.0 * s),
                Style::stroke(Role::Tone(tone), 5.0 * s).faded(0.4),
            );
            let (form, style) = ring(3.0, 4.0);
            scene.add(form, style);
        }
    }
}

/// A site's name stands in its upper left corner, its words below the box.
fn name_site(scene: &mut Scene, layout: &Layout, node: &Node, status: &Status, bounds: Rect) {
    let s = layout.scale;
    if layout.is_small(bounds) {
        return name_small(scene, layout, node, status, bounds);
    }
    let name = shortened(node.name(), 16.0 * s, true, bounds.width - 80.0 * s);
    let name =
        Text::new(point(bounds.x + 14.0 * s, bounds.y + 24.0 * s), name, 16.0 * s).bold().anchored(Anchor::Start);
    scene.add(Form::Text(name), Style::fill(Role::Ink));
    let size = labels::SIZE * s;
    let baseline = bounds.bottom() + 20.0 * s;
    let word = shortened(&status.word, size, true, bounds.width);
    let width = text::width(&word, size, true);
    if !word.is_empty() {
        let word = Text::new(point(bounds.x, baseline), word, size).bold().anchored(Anchor::Start);
        scene.add(Form::Text(word), Style::fill(Role::Ink).outlined(Role::Stage, 4.0 * s));
    }
    // The detail follows the word, or stands below it where both do not fit in a line.
    let beside = width + 10.0 * s;
    let fits = width > 0.0 && beside + text::width(&status.detail, size, false) <= bounds.width;
    let (x, baseline) = match (fits, width > 0.0) {
        (true, _) => (bounds.x + beside, baseline),
        (false, true) => (bounds.x, baseline + labels::LINE * s),
        (false, false) => (bounds.x, baseline),
    };
    let detail = shortened(&status.detail, size, false, bounds.right() - x);
    if !detail.is_empty() {
        let detail = Text::new(point(x, baseline), detail, size).anchored(Anchor::Start);
        scene.add(Form::Text(detail), Style::fill(Role::Quiet).outlined(Role::Stage, 4.0 * s));
    }
}

/// The name of a small box stands inside, its words at its right, up to the next one of the row.
fn name_small(scene: &mut Scene, layout: &Layout, node: &Node, status: &Status, bounds: Rect) {
    let s = layout.scale;
    let name = shortened(node.name(), 16.0 * s, true, bounds.width - 20.0 * s);
    let name = Text::new(bounds.centre() + point(0.0, 5.8 * s), name, 16.0 * s).bold();
    scene.add(Form::Text(name), Style::fill(Role::Ink));
    let seats = layout.seats.iter().filter(|seat| seat.here).map(|seat| seat.outline.bounds(seat.at));
    let beside = seats.filter(|other| other.x > bounds.x && other.y < bounds.bottom() && other.bottom() > bounds.y);
    let end = beside.map(|other| other.x).fold(layout.inner.right(), f32::min);
    let (x, size) = (bounds.right() + 12.0 * s, labels::SIZE * s);
    for (text, bold, dy, role) in [(&status.word, true, -3.0, Role::Ink), (&status.detail, false, 15.0, Role::Quiet)] {
        let text = shortened(text, size, bold, end - x - 8.0 * s);
        if !text.is_empty() {
            let text = Text::new(point(x, bounds.centre().y + dy * s), text, size).anchored(Anchor::Start);
            let text = if bold { text.bold() } else { text };
            scene.add(Form::Text(text), Style::fill(role).outlined(Role::Stage, 4.0 * s));
        }
    }
}

/// What the badge says, if one is wanted.
fn reading(node: &Node, world: &World, badge: Badge) -> Option<String> {
    match badge {
        Badge::None => None,
        Badge::Lamport => Some(node.lamport().to_string()),
        Badge::Vector => node.vector().map(|vector| {
            let entries: Vec<String> = vector.iter().map(ToString::to_string).collect();
            format!("({})", entries.join(", "))
        }),
        Badge::Physical => Some(narrate::reading(node.clock_at(world.now()))),
    }
}

fn draw_badge(scene: &mut Scene, layout: &Layout, id: NodeId, reading: &str) {
    let s = layout.scale;
    let size = labels::SIZE * s;
    let reading = shortened(reading, size, true, 130.0 * s);
    let width = (text::width(&reading, size, true) + 14.0 * s).max(26.0 * s);
    let rect = layout.badge(id, width);
    scene.add(Form::Rect(rect, rect.height / 2.0), Style::fill(Role::Stage).outlined(Role::Ink, 1.2 * s));
    let text = Text::new(rect.centre() + point(0.0, 0.36 * size), reading, size).bold();
    scene.add(Form::Text(text), Style::fill(Role::Ink));
}

/// Tokens are solid squares on the rim, from the lower right on.
fn draw_tokens(scene: &mut Scene, layout: &Layout, id: NodeId, tokens: u32) {
    const MOST: u32 = 5;
    const STEP: f32 = 0.62;
    let seat = layout.seats[id.index()];
    let side = within(0.36 * layout.radius, 5.0, 13.0 * layout.scale);
    for k in 0..tokens.min(MOST) {
        let angle = 0.7 + STEP * k as f32;
        let direction = point(libm::cos(angle.into()) as f32, libm::sin(angle.into()) as f32);
        let at = seat.at + direction * seat.outline.reach(direction);
        let style = Style::fill(Role::Ink).outlined(Role::Stage, 1.5);
        scene.add(Form::Rect(Rect::around(at, side, side), 1.5), style);
    }
}

/// Draws the gauges of all nodes.
pub fn draw_gauges(scene: &mut Scene, layout: &Layout, shown: &Shown, look: &Look) {
    if layout.detail < Detail::Full {
        return;
    }
    for index in (0..layout.seats.len()).filter(|&index| layout.seats[index].here) {
        let node = NodeId(index as u32);
        let jobs = shown.parts[index].iter().filter(|part| part.kind == PartKind::Job).count();
        for (k, gauge) in shown.statuses[index].gauges.iter().enumerate() {
            let bar = layout.gauge(node, k);
            let named = layout.named_gauge == Some(node);
            draw_gauge(scene, layout, bar, gauge, (if k == 0 { jobs } else { 0 }, named), look);
        }
    }
}

fn draw_gauge(scene: &mut Scene, layout: &Layout, bar: Rect, gauge: &Gauge, (jobs, named): (usize, bool), look: &Look) {
    let s = layout.scale;
    scene.add(Form::Rect(bar, 0.0), Style::fill(Role::Stage).outlined(Role::Ink, 1.2));
    let full = gauge.full.max(1);
    let unit = bar.height / full as f32;
    let units = gauge.value.min(full);
    // Jobs that are parts are drawn as parts; other units as squares, or as one column where they would be too small.
    if unit >= 5.0 {
        for k in (jobs as u32).min(units)..units {
            let square = parts::job_square(bar, k, full);
            scene.add(Form::Rect(square, 0.0), Style::fill(Role::Job).outlined(Role::Ink, 1.0));
        }
    } else if units > 0 {
        let height = unit * units as f32;
        let column = Rect { x: bar.x + 2.0, y: bar.bottom() - height, width: bar.width - 4.0, height };
        scene.add(Form::Rect(column, 0.0), Style::fill(Role::Job).outlined(Role::Ink, 1.0));
    }
    let over = 4.0 * s;
    let size = labels::SIZE * s;
    let mut lowest = f32::INFINITY;
    let mut marks: Vec<_> = gauge.marks.iter().filter(|(value, _)| *value <= full).collect();
    marks.order();
    for (value, name) in marks {
        let y = bar.bottom() - unit * *value as f32;
        scene.add(
            Form::Line(point(bar.x - over, y), point(bar.right() + over, y)),
            Style::stroke(Role::Threshold, 2.0 * s),
        );
        // A name that would stand on the one below is left to the legend.
        if named && lowest - y >= size {
            lowest = y;
            let text = Text::new(point(bar.right() + 7.0 * s, y + 0.36 * size), format!("{name} {value}"), size);
            let style = Style::fill(Role::Quiet).outlined(Role::Stage, 4.0 * s);
            scene.add(Form::Text(text.anchored(Anchor::Start)), style);
        }
    }
    if !look.bare {
        let value = Text::new(point(bar.centre().x, bar.y - 5.0 * s), gauge.value.to_string(), size);
        scene.add(Form::Text(value), Style::fill(Role::Ink).outlined(Role::Stage, 4.0 * s));
    }
}

/// Many nodes: one shape each, tone by tone, so that a painter can batch them. Text only for what is selected and its
/// neighbours.
fn draw_marks(scene: &mut Scene, layout: &Layout, world: &World, shown: &Shown, look: &Look) {
    let radius = layout.radius;
    let thin = (0.2 * radius).clamp(0.5, 1.4);
    let of_tone = |tone: Tone| {
        let seats =
            layout.seats.iter().zip(&shown.statuses).filter(move |(seat, status)| seat.here && status.tone == tone);
        seats.map(|(seat, _)| seat.at)
    };
    for at in of_tone(Tone::Violated) {
        scene.add(Form::Circle(at, 1.7 * radius), Style::fill(Role::Tone(Tone::Violated)).faded(0.4));
    }
    for tone in [Tone::Idle, Tone::Waiting, Tone::Active, Tone::Done, Tone::Violated] {
        let role = if tone == Tone::Idle { Role::Stage } else { Role::Tone(tone) };
        for at in of_tone(tone) {
            scene.add(Form::Circle(at, radius), Style::fill(role).outlined(Role::Ink, thin));
        }
    }
    for at in of_tone(Tone::Waiting) {
        scene.add(Form::Circle(at, 0.45 * radius), Style::fill(Role::Stage));
    }
    for at in of_tone(Tone::Active) {
        scene.add(Form::Circle(at, 1.45 * radius), Style::stroke(Role::Ink, thin));
    }
    for at in of_tone(Tone::Failed) {
        marks::cross(scene, at, 0.8 * radius, Style::stroke(Role::Tone(Tone::Failed), 1.6 * thin));
    }
    for id in named(world, look) {
        let Some(seat) = layout.seats.get(id.index()).filter(|seat| seat.here) else { continue };
        let size = labels::SIZE * layout.scale;
        if look.is_selected(&Target::Node(id)) {
            scene.add(Form::Circle(seat.at, radius + 4.0), Style::stroke(Role::Selected, 2.5 * layout.scale));
        }
        let at = seat.at + point(0.0, -radius - 5.0 * layout.scale);
        let name = Text::new(at, world.name(id), size).bold();
        scene.add(Form::Text(name), Style::fill(Role::Ink).outlined(Role::Stage, 4.0 * layout.scale));
    }
}

/// The selected nodes and those that are linked to them, as far as they can be read.
fn named(world: &World, look: &Look) -> Vec<NodeId> {
    const MOST: usize = 24;
    let chosen = look.selected.iter().filter_map(|target| match target {
        Target::Node(id) => Some(*id),
        _ => None,
    });
    let mut names: Vec<NodeId> = chosen.collect();
    for id in names.clone() {
        let links = world.links().iter().filter(|link| link.is_up() && (link.ends.0 == id || link.ends.1 == id));
        names.extend(links.map(|link| link.other(id)).take(MOST));
    }
    names.truncate(MOST + 1);
    names
}

/// Where a state change pulses: the outline of a node, larger and paler the longer ago it was.
pub fn pulse(scene: &mut Scene, layout: &Layout, id: NodeId, progress: f32) {
    let Some(seat) = layout.seats.get(id.index()).filter(|seat| seat.here) else { return };
    let reach = (3.0 + 15.0 * progress) * layout.scale;
    let style = Style::stroke(Role::Happened, 4.0 * layout.scale * (1.0 - 0.5 * progress)).faded(1.0 - progress);
    scene.add(body::form(seat.at, seat.outline, -reach), style);
}

/// Where the mark of a lost message stands.
pub fn loss(scene: &mut Scene, layout: &Layout, at: Point) {
    marks::cross(scene, at, 7.0 * layout.scale, Style::stroke(Role::Stage, 6.0 * layout.scale));
    marks::cross(scene, at, 7.0 * layout.scale, Style::stroke(Role::Ink, 2.5 * layout.scale));
}
