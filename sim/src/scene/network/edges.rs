//! Arrows between nodes and parts: who waits for whom, who holds what, what moves where. Cycles are marked.

use super::{
    Look, cycles, labels,
    layout::{Detail, Layout, Leg, Outline},
};
use crate::order::Order as _;
use crate::sorted::Map;
use crate::{
    EdgeKind, Life, NodeId, PartId, PartKind, World,
    algorithm::NodeShape,
    scene::{Anchor, Area, Form, Point, Rect, Role, Scene, Style, Target, Text, geometry::point, marks, text},
};

/// One end of an arrow: a node, or a part of it.
type End = (NodeId, Option<PartId>);

/// An arrow.
#[derive(Clone, Debug)]
pub struct Edge {
    /// From…
    pub from: End,
    /// …to.
    pub to: End,
    /// What it means.
    pub kind: EdgeKind,
    /// What is waited for.
    pub what: String,
    /// Whether it is one of several, of which one is enough.
    pub any: bool,
    /// Whether it lies on a cycle.
    pub cycle: bool,
    /// How many equal ones it stands for.
    pub count: u32,
    /// What is written on it.
    pub label: String,
}

/// Edges that say nothing about waiting, and what the legend calls them.
pub const PLAIN: [(EdgeKind, &str); 5] = [
    (EdgeKind::RunsOn, "runs on"),
    (EdgeKind::Joined, "joined"),
    (EdgeKind::Flow, "flow"),
    (EdgeKind::Path, "the path found last"),
    (EdgeKind::Cut, "cut"),
];

/// The most arrows that are drawn; past it, only those of what is selected.
const MOST: usize = 400;
/// The same on a bench, where each is drawn by hand.
const MOST_OF_BENCH: usize = 2_000;
/// Arrows times parts up to which each arrow finds a way round the parts.
const MOST_WAYS: usize = 20_000;
/// The same for those to whoever it may be: they say little, for they lead everywhere.
const MOST_ANY: usize = 6;

/// The arrows that are on the stage.
pub fn of(world: &World, layout: &Layout, look: &Look) -> Vec<Edge> {
    if layout.detail == Detail::Marks && look.selected.is_empty() {
        return vec![];
    }
    let mut edges: Map<(End, End, EdgeKind), Edge> = Map::new();
    for (index, node) in world.nodes().iter().enumerate() {
        let id = NodeId(index as u32);
        if node.life() != Life::Up {
            continue;
        }
        for edge in node.process().edges() {
            let (kind, any) = match edge.kind {
                EdgeKind::WaitsForOne => (EdgeKind::WaitsFor, true),
                kind => (kind, false),
            };
            let key = ((id, Some(edge.from)), (edge.to_node, Some(edge.to)), kind);
            let (from, to, kind) = key;
            let new = Edge { from, to, kind, what: String::new(), any, cycle: false, count: 0, label: edge.label };
            edges.or_insert(key, new).count += 1;
        }
        for wait in node.process().waits_for() {
            let key = (whole(layout, (id, wait.part)), whole(layout, (wait.on, wait.on_part)), EdgeKind::WaitsFor);
            let (from, to, kind) = key;
            let (what, any, label) = (wait.what, wait.any, String::new());
            edges.insert(key, Edge { from, to, kind, what, any, cycle: false, count: 1, label });
        }
    }
    let mut edges: Vec<Edge> = edges
        .into_iter()
        .map(|(_, edge)| edge)
        // Whoever waits for itself has no arrow.
        .filter(|edge| {
            edge.from != edge.to && ends_of(layout, edge.from).is_some() && ends_of(layout, edge.to).is_some()
        })
        .collect();
    let bench = layout.shape == NodeShape::Bench;
    mark_cycles(world, layout, &mut edges, bench);
    edges.retain(|edge| edge.kind != EdgeKind::WaitsFor || look.waits_for);
    if !bench && edges.iter().filter(|edge| edge.any).count() > MOST_ANY {
        edges.retain(|edge| !edge.any || edge.cycle || look.is_selected(&Target::Node(edge.from.0)));
    }
    let most = if bench { MOST_OF_BENCH } else { MOST };
    if edges.len() > most || layout.detail == Detail::Marks {
        edges.retain(|edge| touches_selection(edge, look));
        edges.truncate(most);
    }
    edges
}

fn touches_selection(edge: &Edge, look: &Look) -> bool {
    [edge.from, edge.to].iter().any(|&(node, part)| {
        look.is_selected(&Target::Node(node)) || part.is_some_and(|part| look.is_selected(&Target::Part(node, part)))
    })
}

/// A cycle may lead through what is waited for and through what is held. While a message is on its way between two nodes,
/// neither of them can be said to wait for the other in vain. On a bench a cycle is a cycle: what it means is the subject.
fn mark_cycles(world: &World, layout: &Layout, edges: &mut [Edge], bench: bool) {
    let mut busy: Vec<(NodeId, NodeId)> = Vec::new();
    if edges.iter().any(|edge| edge.from.1.is_none()) {
        busy.extend(world.flights().flat_map(|flight| [(flight.id.from, flight.to), (flight.to, flight.id.from)]));
        busy.order();
    }
    let granted = if bench { vec![] } else { granted(layout, edges) };
    let counts = |edge: &Edge| {
        let pair = (edge.from.0, edge.to.0);
        edge.kind.can_deadlock()
            && (edge.from.1.is_some() || busy.binary_search(&pair).is_err())
            && granted.iter().all(|(who, what)| (edge.from, edge.to) != (*who, *what))
    };
    let mut numbers: Map<End, usize> = Map::new();
    let mut waits = Vec::with_capacity(edges.len());
    let mut helped = Vec::new();
    for edge in edges.iter() {
        let mut number = |end: End| {
            let next = numbers.len();
            *numbers.or_insert(end, next)
        };
        if counts(edge) {
            waits.push((number(edge.from), number(edge.to), edge.any && !bench));
        } else if edge.any {
            helped.push(number(edge.from));
        }
    }
    let mut on = cycles::in_vain(numbers.len(), &waits, &helped).into_iter();
    for edge in edges.iter_mut().filter(|edge| counts(edge)) {
        edge.cycle = on.next().unwrap_or(false);
    }
}

/// Who waits for a resource that has been lent to it: the news is under way, and whoever waits for that waits for nobody.
fn granted(layout: &Layout, edges: &[Edge]) -> Vec<(End, End)> {
    let is_resource = |(node, part): End| {
        part.and_then(|part| layout.spots.get(&(node, part))).is_some_and(|spot| spot.kind == PartKind::Resource)
    };
    let lent: Vec<(End, End)> =
        edges.iter().filter(|edge| is_resource(edge.from)).map(|edge| (edge.to, edge.from)).collect();
    edges.iter().map(|edge| (edge.from, edge.to)).filter(|wait| is_resource(wait.1) && lent.contains(wait)).collect()
}

/// A job in a gauge waits as its node does: arrows from there would run through the node.
fn whole(layout: &Layout, (node, part): End) -> End {
    let in_site = layout.shape.holds_parts();
    (node, part.filter(|part| in_site && layout.spots.contains_key(&(node, *part))))
}

/// Where an end is and what outline it has.
fn ends_of(layout: &Layout, (node, part): End) -> Option<(Point, Outline)> {
    let seat = layout.seats.get(node.index()).filter(|seat| seat.here)?;
    match part.and_then(|part| layout.spots.get(&(node, part))) {
        Some(spot) => Some((spot.at, spot.outline)),
        None => Some((seat.at, seat.outline)),
    }
}

/// Draws the arrows; those on a cycle last, above the others.
pub fn draw(scene: &mut Scene, layout: &Layout, edges: &[Edge], look: &Look) {
    let straight = edges.len() * layout.spots.len() > MOST_WAYS;
    let ways: Vec<Option<Leg>> = edges
        .iter()
        .map(|edge| if straight { straight_way(layout, edge) } else { route(layout, edges, edge) })
        .collect();
    for last in [false, true] {
        for (edge, way) in edges.iter().zip(&ways).filter(|(edge, _)| edge.cycle == last) {
            if let Some(way) = way {
                draw_edge(scene, layout, edge, *way, look.bare);
                hit(scene, layout, edge, way);
                if edge.count > 1 && !look.bare {
                    write_count(scene, layout, edge.count, way);
                }
            }
        }
    }
    if look.bare || !look.labels {
        return;
    }
    write_labels(scene, layout, edges, &ways);
    let waits = edges.iter().filter(|edge| !edge.what.is_empty()).count();
    let mut written: Vec<Rect> = Vec::new();
    for (edge, way) in edges.iter().zip(&ways) {
        let wanted = !edge.what.is_empty() && (waits <= 4 || touches_selection(edge, look));
        if let (true, Some(way)) = (wanted, way) {
            write_what(scene, layout, &edge.what, way, (&ways, &mut written));
        }
    }
}

/// The way of an arrow from edge to edge: as straight as it can be without touching what stands between, always to its
/// right where there is one the other way, and never along a link.
fn route(layout: &Layout, edges: &[Edge], edge: &Edge) -> Option<Leg> {
    const BENDS: [f32; 11] = [0.0, 0.15, -0.15, 0.25, -0.25, 0.35, -0.35, 0.5, -0.5, 0.65, -0.65];
    let ((from, mine), (to, other)) = (ends_of(layout, edge.from)?, ends_of(layout, edge.to)?);
    let opposite = edges.iter().any(|back| back.from == edge.to && back.to == edge.from);
    let parts = edge.from.1.is_some() && edge.to.1.is_some();
    let obstacles = obstacles(layout, edge);
    let soft: Vec<Rect> = layout.blocks.iter().flatten().map(|block| block.typical(layout.scale)).collect();
    let home = layout.inner.centre();
    let cost = |bend: f32| {
        let leg = Leg::new(from, to, bend);
        let hits = obstacles.iter().filter(|rect| leg.meets(**rect)).count() as f32;
        let words = soft.iter().filter(|rect| leg.meets(**rect)).count() as f32;
        let middle = leg.at(0.5);
        let outside = if layout.inner.grown(-4.0).contains(middle) { 0.0 } else { 80.0 };
        let wrong = if (opposite || !parts) && bend == 0.0 || opposite && bend < 0.0 { 50.0 } else { 0.0 };
        let inward = 4.0 * (from.towards(to, 0.5).distance(home) - middle.distance(home)).max(0.0) / layout.radius;
        100.0 * hits + 25.0 * words + 60.0 * bend.abs() + outside + wrong + inward
    };
    let bend = BENDS.into_iter().min_by(|a, b| cost(*a).total_cmp(&cost(*b)))?;
    let gap = if edge.kind == EdgeKind::HeldBy && !edge.cycle { 0.0 } else { 3.0 * layout.scale };
    trim(&Leg::new(from, to, bend), mine, other, gap)
}

/// On a bench an arrow can be hit.
fn hit(scene: &mut Scene, layout: &Layout, edge: &Edge, way: &Leg) {
    let (Some(from), Some(to)) = (edge.from.1, edge.to.1) else { return };
    if layout.shape == NodeShape::Bench && edge.from.0 == edge.to.0 {
        let (middle, reach) = (way.at(0.5), 4.0 * layout.scale);
        scene.hit_area(Area::Strip(way.from, middle, reach), Target::Arrow(edge.from.0, from, to));
        scene.hit_area(Area::Strip(middle, way.to, reach), Target::Arrow(edge.from.0, from, to));
    }
}

/// The way of an arrow among very many: there is none round the others. Slightly to the right, so that one back is seen.
fn straight_way(layout: &Layout, edge: &Edge) -> Option<Leg> {
    let ((from, mine), (to, other)) = (ends_of(layout, edge.from)?, ends_of(layout, edge.to)?);
    trim(&Leg::new(from, to, 0.04), mine, other, 3.0 * layout.scale)
}

/// How many equal arrows this one stands for, in a small disc on it.
fn write_count(scene: &mut Scene, layout: &Layout, count: u32, way: &Leg) {
    let size = labels::SIZE * layout.scale;
    let at = way.at(0.5);
    scene.add(Form::Circle(at, 0.72 * size), Style::fill(Role::Stage).outlined(Role::Ink, 1.2 * layout.scale));
    let number = Text::new(point(at.x, at.y + 0.36 * size), count.to_string(), size).bold();
    scene.add(Form::Text(number), Style::fill(Role::Ink));
}

/// What an arrow should not cross: nodes and parts, apart from its own ends.
fn obstacles(layout: &Layout, edge: &Edge) -> Vec<Rect> {
    let clear = 3.0 * layout.scale;
    let spots = layout.spots.iter().filter(|((node, part), _)| {
        let this = (*node, Some(*part));
        this != edge.from && this != edge.to
    });
    let mut found: Vec<Rect> = spots.map(|(_, spot)| spot.outline.bounds(spot.at).grown(clear)).collect();
    if !layout.shape.holds_parts() {
        let seats = layout
            .seats
            .iter()
            .enumerate()
            .filter(|(index, seat)| seat.here && *index != edge.from.0.index() && *index != edge.to.0.index());
        found.extend(seats.map(|(_, seat)| seat.outline.bounds(seat.at).grown(clear)));
    }
    found
}

/// The piece of a way between the outlines of its ends.
fn trim(leg: &Leg, mine: Outline, other: Outline, gap: f32) -> Option<Leg> {
    const STEPS: u16 = 200;
    let t = |k: u16| f32::from(k) / f32::from(STEPS);
    let clear = |at: Point, centre: Point, outline: Outline, gap: f32| {
        at.distance(centre) >= outline.reach((at - centre).unit()) + gap
    };
    let start = (0..STEPS).map(t).find(|&t| clear(leg.at(t), leg.from, mine, 0.0))?;
    let end = (0..STEPS).rev().map(t).find(|&t| clear(leg.at(t), leg.to, other, gap))?;
    (start < end).then(|| leg.piece(start, end))
}

fn draw_edge(scene: &mut Scene, layout: &Layout, edge: &Edge, way: Leg, bare: bool) {
    let s = if bare { 0.6 } else { layout.scale };
    let line = |leg: &Leg| Form::Curve(leg.from, leg.control, leg.to);
    if edge.any && (!edge.cycle || layout.shape == NodeShape::Bench) {
        let hue = if edge.cycle { Role::Cycle } else { Role::WaitsFor };
        for (role, width) in [(Role::Ink, 4.5), (hue, 2.5)] {
            scene.add(line(&way), Style::stroke(role, width * s).dashed(7.0 * s, 4.0 * s));
        }
        let head = marks::arrowhead(way.to, way.direction(1.0), 12.0 * s, 10.0 * s);
        return scene.add(head, Style::fill(hue).outlined(Role::Ink, 1.2 * s));
    }
    let role = match (edge.cycle, edge.kind) {
        (true, _) => Role::Cycle,
        (false, EdgeKind::WaitsFor | EdgeKind::WaitsForOne) => Role::WaitsFor,
        (false, EdgeKind::HeldBy) => {
            // Between sites a line is enough; in a graph that is drawn by hand its direction is the subject.
            if layout.shape == NodeShape::Bench {
                let head = marks::arrowhead(way.to, way.direction(1.0), 11.0 * s, 9.0 * s);
                scene.add(head, Style::fill(Role::HeldBy));
            }
            return scene.add(line(&way), Style::stroke(Role::HeldBy, 1.8 * s));
        }
        (_, EdgeKind::RunsOn | EdgeKind::Joined | EdgeKind::Flow | EdgeKind::Path | EdgeKind::Cut) => {
            return draw_plain(scene, edge.kind, &way, s);
        }
        (false, EdgeKind::Migrating) => {
            let head = marks::arrowhead(way.to, way.direction(1.0), 12.0 * s, 10.0 * s);
            scene.add(line(&way), Style::stroke(Role::Migrating, 2.5 * s).dashed(7.0 * s, 4.0 * s));
            return scene.add(head, Style::fill(Role::Migrating));
        }
    };
    let width = if edge.cycle { 3.6 * s } else { 2.5 * s };
    let length = (15.0 * s).min(0.6 * way.length());
    let shaft = way.piece(0.0, (1.0 - 0.8 * length / way.length().max(1.0)).clamp(0.0, 1.0));
    scene.add_cased(&line(&shaft), role, width, 1.0 * s);
    let direction = (way.to - shaft.to).unit();
    scene.add(
        marks::arrowhead(way.to, direction, length, 0.85 * length),
        Style::fill(role).outlined(Role::Ink, 1.2 * s),
    );
}

/// Draws an edge that says nothing about waiting.
pub fn draw_plain(scene: &mut Scene, kind: EdgeKind, way: &Leg, s: f32) {
    let line = Form::Curve(way.from, way.control, way.to);
    let head = |size: f32| marks::arrowhead(way.to, way.direction(1.0), size * s, 0.85 * size * s);
    match kind {
        EdgeKind::Cut => {
            for (role, width) in [(Role::Ink, 5.0), (Role::Cycle, 3.0)] {
                scene.add(line.clone(), Style::stroke(role, width * s).dashed(9.0 * s, 5.0 * s));
            }
        }
        EdgeKind::Path => {
            let short = way.piece(0.0, 1.0 - (8.0 * s / way.length().max(1.0)).min(0.5));
            scene.add_cased(&Form::Curve(short.from, short.control, short.to), Role::WaitsFor, 3.4 * s, s);
            scene.add(head(15.0), Style::fill(Role::WaitsFor).outlined(Role::Ink, 1.2 * s));
        }
        EdgeKind::Flow => {
            scene.add(line, Style::stroke(Role::HeldBy, 2.6 * s));
            scene.add(head(12.0), Style::fill(Role::HeldBy));
        }
        EdgeKind::RunsOn => {
            scene.add(line, Style::stroke(Role::HeldBy, 1.6 * s));
            scene.add(head(11.0), Style::fill(Role::HeldBy));
        }
        _ => scene.add(line, Style::stroke(Role::Link, 2.0 * s)),
    }
}

/// What stands on the edges themselves, each where it covers least of what is there already.
fn write_labels(scene: &mut Scene, layout: &Layout, edges: &[Edge], ways: &[Option<Leg>]) {
    let size = labels::SIZE * layout.scale;
    let mut written: Vec<Rect> = layout.spots.values().map(|spot| spot.outline.bounds(spot.at)).collect();
    for (edge, way) in edges.iter().zip(ways).filter(|(edge, _)| !edge.label.is_empty()) {
        let Some(way) = way else { continue };
        let width = text::width(&edge.label, size, false) + 6.0 * layout.scale;
        let at = |t: f32| Rect::around(way.at(t), width, 1.1 * size);
        let cost = |t: f32| {
            let rect = at(t);
            let words = written.iter().filter(|other| other.overlaps(rect)).count() as f32;
            let lines = ways.iter().flatten().filter(|other| other.meets(rect)).count() as f32;
            3.0 * words + lines + (t - 0.5).abs()
        };
        let best = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74].into_iter().min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
        let rect = at(best.unwrap_or(0.5));
        written.push(rect);
        scene.add(Form::Rect(rect, 0.3 * size), Style::fill(Role::Stage));
        let place = point(rect.centre().x, rect.centre().y + 0.36 * size);
        scene.add(Form::Text(Text::new(place, edge.label.as_str(), size)), Style::fill(Role::Ink));
    }
}

/// "waits for a reply", beside its arrow, where it covers least.
fn write_what(
    scene: &mut Scene,
    layout: &Layout,
    what: &str,
    way: &Leg,
    (ways, written): (&[Option<Leg>], &mut Vec<Rect>),
) {
    let s = layout.scale;
    let size = labels::SIZE * s;
    let words = text::shortened(&format!("waits for {what}"), size, false, 280.0 * s);
    let width = text::width(&words, size, false);
    let stage = layout.inner.grown(-4.0);
    let mut best: Option<(f32, Rect)> = None;
    for t in [0.5, 0.36, 0.64, 0.25, 0.75] {
        for side in [1.0, -1.0] {
            let normal = way.direction(t).right() * side;
            let away = normal.x.abs() * width / 2.0 + normal.y.abs() * size / 2.0 + 9.0 * s;
            let rect = Rect::around(way.at(t) + normal * away, width, size);
            let outside = !stage.contains(point(rect.x, rect.y)) || !stage.contains(point(rect.right(), rect.bottom()));
            let inward = rect.centre().distance(stage.centre()) < way.at(t).distance(stage.centre());
            let cost = clutter(layout, rect, ways, written)
                + if outside { 6.0 } else { 0.0 }
                + if inward { 0.4 } else { 0.0 }
                + (t - 0.5).abs();
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, rect));
            }
        }
    }
    // Words that would stand on something else are left out: the legend says what the arrow means.
    let Some((_, rect)) = best.filter(|(cost, _)| *cost < 2.0) else { return };
    written.push(rect);
    let line = Text::new(point(rect.centre().x, rect.centre().y + 0.36 * size), words, size).anchored(Anchor::Middle);
    scene.add(Form::Text(line), Style::fill(Role::Ink).outlined(Role::Stage, 4.0 * s));
}

/// How much stands where these words would.
fn clutter(layout: &Layout, rect: Rect, ways: &[Option<Leg>], written: &[Rect]) -> f32 {
    let seats = layout.seats.iter().filter(|seat| seat.here && !layout.shape.holds_parts());
    let seats = seats.map(|seat| seat.outline.bounds(seat.at).grown(4.0));
    let parts = layout.spots.values().map(|spot| spot.outline.bounds(spot.at));
    let fixed = layout.fixtures.iter().map(|(_, fixed)| *fixed);
    let bodies = seats.chain(parts).chain(fixed).chain(written.iter().copied());
    let bodies = bodies.filter(|other| other.overlaps(rect)).count() as f32;
    let words = layout.blocks.iter().flatten().map(|block| block.typical(layout.scale));
    let words = words.filter(|other| other.overlaps(rect)).count() as f32;
    let arrows = ways.iter().flatten().filter(|way| way.meets(rect)).count() as f32;
    3.0 * bodies + 2.0 * words + arrows
}
