//! Links: up, cut, severed by a partition; the ring order; the line of a partition.

use super::{
    Look, labels,
    layout::{Layout, Leg},
};
use crate::{
    Link, LinkId, NodeId, World,
    scene::{
        Area, Form, Point, Role, Scene, Style, Target, Text,
        geometry::{Rect, point, within},
        marks, text,
    },
};

/// Draws the links, beneath everything else.
pub fn draw(scene: &mut Scene, layout: &Layout, world: &World, look: &Look) {
    let shown = || {
        let links = world.links().iter().enumerate().filter(|(_, link)| !link.removed);
        links.map(|(index, link)| (LinkId(index as u32), link))
    };
    let count = shown().count();
    for (id, link) in shown().filter(|(id, _)| look.is_selected(&Target::Link(*id))) {
        scene.add(form(layout, world, id, link), Style::stroke(Role::Selected, 7.0 * layout.scale).faded(0.55));
    }
    if look.links {
        let style = style(layout, count, look.bare);
        for (id, link) in shown().filter(|(_, link)| link.is_up()) {
            scene.add(form(layout, world, id, link), style);
        }
    }
    for (id, link) in shown().filter(|(_, link)| !link.is_up()) {
        draw_cut(scene, layout, world, id, link, count);
    }
    draw_tree(scene, layout);
    if look.ring {
        draw_ring(scene, layout, world);
    }
    if look.links && count <= 2_000 {
        for (id, link) in shown() {
            let leg = layout.leg(world, id, link.ends.0);
            let reach = 6.0 * layout.scale;
            let middle = leg.at(0.5);
            scene.hit_area(Area::Strip(leg.from, middle, reach), Target::Link(id));
            scene.hit_area(Area::Strip(middle, leg.to, reach), Target::Link(id));
        }
    }
    if shown().any(|(_, link)| link.severed) && !look.bare {
        draw_partition(scene, layout, world);
    }
}

/// How long a message takes on the selected link, each way: capsules that can be dragged.
pub fn draw_ways(scene: &mut Scene, layout: &Layout, world: &World, look: &Look) {
    let chosen = look.selected.iter().filter_map(|target| match target {
        Target::Link(id) => world.link(*id).filter(|link| !link.removed).map(|link| (*id, link)),
        _ => None,
    });
    for (id, link) in chosen.filter(|_| !look.bare) {
        for end in [link.ends.0, link.ends.1] {
            let rect = draw_way(scene, layout, world, (id, end), &link.delay_from(end).to_string());
            scene.hit_area(Area::Rect(rect), Target::Way(id, end));
        }
    }
}

/// One way of a link, with the words of its delay, at the right of its line; where it stands.
pub fn draw_way(scene: &mut Scene, layout: &Layout, world: &World, (id, end): (LinkId, NodeId), words: &str) -> Rect {
    let (s, leg) = (layout.scale, layout.leg(world, id, end));
    let (direction, size) = (leg.direction(0.5), labels::SIZE * s);
    let width = text::width(words, size, true) + 44.0 * s;
    // Clear of the line, and of the other way; both are moved together where they would leave the stage.
    let (normal, half) = (direction.right(), point(width / 2.0, 13.0 * s));
    let aside = normal * (half.x * normal.x.abs() + half.y * normal.y.abs() + 4.0 * s);
    let reach = point(aside.x.abs(), aside.y.abs()) + half;
    let inside = |at: f32, reach: f32, from: f32, to: f32| within(at, from + reach, (to - reach).max(from + reach));
    let (middle, stage) = (leg.at(0.5), layout.inner);
    let middle =
        point(inside(middle.x, reach.x, stage.x, stage.right()), inside(middle.y, reach.y, stage.y, stage.bottom()));
    let at = middle + aside;
    let rect = Rect::around(at, width, 2.0 * half.y);
    scene.add(Form::Rect(rect, rect.height / 2.0), Style::fill(Role::Stage).outlined(Role::Selected, 2.5 * s));
    let middle = point(rect.x + 20.0 * s, at.y);
    let tail = middle - direction * (8.0 * s);
    scene.add(Form::Line(tail, middle), Style::stroke(Role::Ink, 2.5 * s));
    scene.add(marks::arrowhead(middle + direction * (9.0 * s), direction, 10.0 * s, 10.0 * s), Style::fill(Role::Ink));
    let words = Text::new(point(at.x + 14.0 * s, at.y + 0.36 * size), words, size).bold();
    scene.add(Form::Text(words), Style::fill(Role::Ink));
    rect
}

/// Many links are drawn thinner and paler: a ground for the messages, not a picture of their own.
fn style(layout: &Layout, count: usize, bare: bool) -> Style {
    let width = if bare { 1.0 } else { 1.5 * layout.scale };
    match count {
        0..=9 => Style::stroke(Role::Link, width),
        10..=60 => Style::stroke(Role::Link, width).faded(0.6),
        61..=300 => Style::stroke(Role::Link, 0.8 * width).faded(0.45),
        _ => Style::stroke(Role::Link, 0.6 * width).faded(0.35),
    }
}

fn form(layout: &Layout, world: &World, id: LinkId, link: &Link) -> Form {
    let leg = layout.leg(world, id, link.ends.0);
    let straight = layout.bends.get(id.index()).is_none_or(|bend| *bend == 0.0);
    if straight { Form::Line(leg.from, leg.to) } else { Form::Curve(leg.from, leg.control, leg.to) }
}

/// A cut link is dashed, with a gap between two strokes in its middle.
fn draw_cut(scene: &mut Scene, layout: &Layout, world: &World, id: LinkId, link: &Link, count: usize) {
    let s = layout.scale;
    let dashed = Style::stroke(Role::Link, if count > 300 { 0.8 } else { 1.5 * s }).dashed(5.0 * s, 5.0 * s);
    let leg = layout.leg(world, id, link.ends.0);
    if count > 300 {
        return scene.add(form(layout, world, id, link), dashed);
    }
    let gap = (9.0 * s / leg.length().max(1.0)).min(0.2);
    let (near, far) = (leg.at(0.5 - gap), leg.at(0.5 + gap));
    for piece in [leg.piece(0.0, 0.5 - gap), leg.piece(0.5 + gap, 1.0)] {
        scene.add(Form::Curve(piece.from, piece.control, piece.to), dashed);
    }
    let slant = (leg.direction(0.5).right() + leg.direction(0.5) * 0.5).unit() * (8.0 * s);
    for at in [near, far] {
        scene.add(Form::Line(at - slant, at + slant), Style::stroke(Role::Ink, 2.0 * s));
    }
}

/// Each node to the one above it in the tree.
fn draw_tree(scene: &mut Scene, layout: &Layout) {
    let s = layout.scale;
    for (index, above) in layout.above.iter().enumerate() {
        let Some(above) = above else { continue };
        let (seat, goal) = (layout.seats[index], layout.seats[above.index()]);
        let from = seat.at - Point { x: 0.0, y: seat.outline.half().y };
        let mut tip = goal.at + Point { x: 0.0, y: goal.outline.half().y + 3.0 * s };
        if tip.y > from.y {
            tip = goal.at;
        }
        let direction = (tip - from).unit();
        scene.add(Form::Line(from, tip - direction * (8.0 * s)), Style::stroke(Role::Quiet, 2.5 * s));
        scene.add(marks::arrowhead(tip, direction, 12.0 * s, 10.0 * s), Style::fill(Role::Quiet));
    }
}

/// Each member to the next of the algorithm's ring.
fn draw_ring(scene: &mut Scene, layout: &Layout, world: &World) {
    let mut members = world.setup().algorithm.ring.map_or_else(Vec::new, |order| order(world.setup()));
    members.retain(|id| world.members().contains(id));
    if members.len() < 2 {
        return;
    }
    let s = layout.scale;
    let style = Style::stroke(Role::Quiet, 2.5 * s).dashed(2.5 * s, 4.5 * s);
    let following = |k: usize| members[(k + 1) % members.len()];
    let ends = |k: usize| -> (NodeId, NodeId) { (members[k], following(k)) };
    let home = layout.inner.centre();
    let way = |k: usize| {
        let (a, b) = ends(k);
        let (from, to) = (layout.seats[a.index()].port, layout.seats[b.index()].port);
        // Beside the links, on the outside.
        let outward = (from.towards(to, 0.5) - home).dot((to - from).right()) >= 0.0;
        Leg::new(from, to, if outward || members.len() == 2 { 0.12 } else { -0.12 })
    };
    for leg in (0..members.len()).map(way) {
        scene.add(Form::Curve(leg.from, leg.control, leg.to), style);
    }
    for k in (0..members.len()).filter(|_| layout.radius > 5.0) {
        let (leg, outline) = (way(k), layout.seats[ends(k).1.index()].outline);
        let direction = leg.direction(1.0);
        let tip = leg.to - direction * (outline.reach(direction) + 3.0 * s);
        scene.add(marks::arrowhead(tip, direction, 11.0 * s, 9.0 * s), Style::fill(Role::Quiet));
    }
}

/// A line between the two sides, where one straight line can part them.
fn draw_partition(scene: &mut Scene, layout: &Layout, world: &World) {
    let Some((one, other)) = sides(world) else { return };
    let at = |nodes: &[NodeId]| nodes.iter().map(|id| layout.seats[id.index()].at).collect::<Vec<Point>>();
    let Some((middle, across)) = parting(&at(&one), &at(&other)) else { return };
    let Some((a, b)) = chord(layout.inner.grown(-4.0), middle, across.right()) else { return };
    let s = layout.scale;
    scene.add(Form::Line(a, b), Style::stroke(Role::Stage, 7.0 * s));
    scene.add(Form::Line(a, b), Style::stroke(Role::Ink, 2.5 * s).dashed(10.0 * s, 6.0 * s));
}

/// The two sides of a partition: linked nodes are on one side, unless the partition runs through the link.
fn sides(world: &World) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
    let first = world.links().iter().find(|link| link.severed)?.ends.0;
    let mut side: Vec<Option<bool>> = vec![None; world.nodes().len()];
    side[first.index()] = Some(true);
    let mut open = vec![first];
    while let Some(node) = open.pop() {
        let mine = side[node.index()] == Some(true);
        for link in world.links().iter().filter(|link| !link.removed && (link.ends.0 == node || link.ends.1 == node)) {
            let other = link.other(node);
            if side[other.index()].is_none() {
                side[other.index()] = Some(mine != link.severed);
                open.push(other);
            }
        }
    }
    let of = |wanted: bool| -> Vec<NodeId> {
        world.members().iter().copied().filter(|id| side[id.index()] == Some(wanted)).collect()
    };
    Some((of(true), of(false)))
}

/// The middle between the hulls of two groups of points and the direction from one to the other, found by walking
/// towards the pair of hull points that are nearest to each other. Nothing where the hulls touch.
fn parting(one: &[Point], other: &[Point]) -> Option<(Point, Point)> {
    let furthest = |points: &[Point], direction: Point| {
        points.iter().copied().max_by(|a, b| a.dot(direction).total_cmp(&b.dot(direction)))
    };
    let (mut a, mut b) = (*one.first()?, *other.first()?);
    for _ in 0..200 {
        let way = b - a;
        if way.length() < 1.0 {
            return None;
        }
        let (next_a, next_b) = (furthest(one, way)?, furthest(other, way * -1.0)?);
        let foot = |from: Point, to: Point, target: Point| {
            let along = to - from;
            let square = along.dot(along);
            if square < 1e-6 { from } else { from.towards(to, ((target - from).dot(along) / square).clamp(0.0, 1.0)) }
        };
        a = foot(a, next_a, b);
        b = foot(b, next_b, a);
    }
    let direction = (b - a).unit();
    let middle = a.towards(b, 0.5);
    let beyond = |points: &[Point], sign: f32| points.iter().all(|at| (*at - middle).dot(direction) * sign < 0.0);
    (beyond(one, 1.0) && beyond(other, -1.0)).then_some((middle, direction))
}

/// The part of a line that is inside a rectangle.
fn chord(rect: Rect, through: Point, direction: Point) -> Option<(Point, Point)> {
    let (mut low, mut high) = (-1e6_f32, 1e6_f32);
    for (at, way, near, far) in
        [(through.x, direction.x, rect.x, rect.right()), (through.y, direction.y, rect.y, rect.bottom())]
    {
        if way.abs() > 1e-6 {
            let (one, two) = ((near - at) / way, (far - at) / way);
            low = low.max(one.min(two));
            high = high.min(one.max(two));
        }
    }
    (low < high).then(|| (through + direction * low, through + direction * high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_parts_two_groups_where_one_can() {
        let group = |x: f32| [point(x, 0.0), point(x + 10.0, 50.0), point(x, 100.0)];
        let (middle, direction) = parting(&group(0.0), &group(100.0)).expect("they lie apart");
        assert!((10.0..100.0).contains(&middle.x) && direction.x > 0.99, "{middle:?} {direction:?}");
        let inside = [point(5.0, 50.0)];
        assert_eq!(parting(&group(0.0), &inside), None);
    }
}
