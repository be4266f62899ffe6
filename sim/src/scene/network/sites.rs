//! Sites: boxes in a grid, each holding its parts.
//!
//! A grid, not the places of the scenario, because boxes are large: only so do they fill the stage without overlap.
//! What the user drags is moved out of its cell by as much.

use super::{
    Look,
    layout::{Layout, Outline},
    parts::{self, Spot},
    shown::Shown,
};
use crate::order::Order as _;
use crate::{
    NodeId, Part, PartKind, Place, Stand, World,
    algorithm::NodeShape,
    scene::{
        Point, Rect,
        geometry::{point, within},
    },
};

/// The room for the name at the top of a box, and for messages at its bottom.
const HEADER: f32 = 34.0;
const STRIP: f32 = 42.0;
/// The room between boxes, and for the words below each.
const GAP: f32 = 46.0;
const WORDS: f32 = 46.0;
/// The height of a box without parts in a level of a tree.
const SMALL: f32 = 42.0;

/// Gives every site a box and every part a spot in it.
pub fn place(layout: &mut Layout, world: &World, shown: &Shown, look: &Look) {
    let scale = if look.bare { 0.3 } else { layout.scale };
    let count = world.nodes().len().max(1);
    let bench = layout.shape == NodeShape::Bench;
    let (columns, size) = if bench { shares(layout.inner, count, scale) } else { grid(layout.inner, count, scale) };
    let rows = count.div_ceil(columns);
    let cell = point(layout.inner.width / columns as f32, layout.inner.height / rows as f32);
    let outline = Outline::Box(point(size.x / 2.0, size.y / 2.0), 12.0 * scale);
    let cells = (0..count)
        .map(|index| {
            let (column, row) = ((index % columns) as f32, (index / columns) as f32);
            let words = if look.bare { 0.0 } else { WORDS / 2.0 * scale };
            let corner = point(layout.inner.x, layout.inner.y - words);
            (corner + point((column + 0.5) * cell.x, (row + 0.5) * cell.y), outline)
        })
        .collect();
    let levels = if has_tree(world) { levels(layout.inner, world, shown, scale) } else { None };
    if levels.is_some() {
        layout.above.clone_from(&shown.above);
    }
    let cells: Vec<(Point, Outline)> = levels.unwrap_or(cells);
    // The largest: those that hold parts.
    let size = cells
        .iter()
        .map(|(_, outline)| outline.half() * 2.0)
        .fold(Point::default(), |a, b| if b.y > a.y { b } else { a });
    layout.sit_in_cells(world, &cells);
    let header = if look.bare { 0.1 * size.y } else { HEADER * scale };
    // Where no messages come there needs to be no room for them; in a tree there is none to spare.
    let narrow = look.bare || world.links().is_empty() || !layout.above.is_empty();
    let strip = if narrow { 0.1 * size.y.min(STRIP * scale) } else { STRIP * scale };
    layout.radius = shown
        .parts
        .iter()
        .map(|parts| match bench {
            // It depends on how many there are, not on where they stand: nothing may swell when one is moved.
            true => within(0.2 * (size.x * size.y / parts.len().max(1) as f32).sqrt(), 2.0, 24.0 * scale)
                .min(0.15 * (size.y - header)),
            false => part_radius(parts, large_share(parts) * size.x, size.y - header - strip, scale),
        })
        .fold(24.0 * scale, f32::min);
    for (index, list) in shown.parts.iter().enumerate() {
        let seat = layout.seats[index];
        let size = seat.outline.half() * 2.0;
        let corner = seat.at - seat.outline.half();
        let room = Rect { x: corner.x, y: corner.y + header, width: size.x, height: size.y - header - strip };
        if layout.shape == NodeShape::Bench {
            let edge = layout.radius + 8.0 * scale;
            let inner = point((room.width - 2.0 * edge).max(1.0), (room.height - 2.0 * edge).max(1.0));
            layout.rooms.push(Rect::around(room.centre(), inner.x, inner.y));
            put(layout, NodeId(index as u32), (list, &shown.stands[index]));
        } else {
            arrange(layout, NodeId(index as u32), list, room);
        }
    }
}

/// Whether nodes keep a tree of more than one level below its top.
pub fn has_tree(world: &World) -> bool {
    let above = |node: NodeId| world.node(node).and_then(|node| node.process().above());
    world.members().iter().any(|&node| above(node).is_some_and(|parent| above(parent).is_some()))
}

/// Nodes that keep a tree stand in its levels, at the places of the scenario from left to right: a level of nodes without
/// parts is a row of small boxes with their words beside them, so that the others have room. Nothing where the places of
/// the scenario make no levels.
fn levels(inner: Rect, world: &World, shown: &Shown, scale: f32) -> Option<Vec<(Point, Outline)>> {
    let places: &[Place] = &world.setup().nodes.iter().map(|spec| spec.place).collect::<Vec<Place>>();
    let mut rows: Vec<i16> = places.iter().map(|place| place.y).collect();
    rows.order();
    rows.dedup();
    if places.len() != world.nodes().len() || !(2..=5).contains(&rows.len()) {
        return None;
    }
    let nodes = |row: i16| (0..places.len()).filter(move |&node| places[node].y == row);
    let is_small = &|row: &i16| nodes(*row).all(|node| shown.parts[node].is_empty());
    let small = rows.iter().copied().filter(is_small).count() as f32;
    let large = rows.len() as f32 - small;
    let pitch = SMALL * scale + 16.0 * scale;
    let tall = (inner.height - small * pitch) / large.max(1.0) - (WORDS + 8.0) * scale;
    let x = |node: usize| inner.x + f32::from(places[node].x) / 1000.0 * inner.width;
    let mut cells = vec![(Point::default(), Outline::Disc(0.0)); places.len()];
    let mut top = inner.y + 8.0 * scale;
    for row in &rows {
        let mut xs: Vec<f32> = nodes(*row).map(x).collect();
        xs.order_by(f32::total_cmp);
        let edges =
            xs.first().map_or(0.0, |first| first - inner.x).min(xs.last().map_or(0.0, |last| inner.right() - last));
        let apart = xs.windows(2).map(|pair| pair[1] - pair[0]).fold(2.0 * edges, f32::min);
        let (width, height) = match is_small(row) {
            true => (110.0 * scale, SMALL * scale),
            false => ((apart - 0.5 * GAP * scale).max(1.0), tall.max(1.0)),
        };
        for node in nodes(*row) {
            let half = point(width.min(1.8 * height.max(60.0 * scale)) / 2.0, height / 2.0);
            cells[node] = (point(x(node), top + half.y), Outline::Box(half, 12.0 * scale));
        }
        top += if is_small(row) { pitch } else { height + WORDS * scale };
    }
    Some(cells)
}

impl Layout {
    /// Whether the words of a site stand beside its box.
    pub fn is_small(&self, bounds: Rect) -> bool {
        !self.above.is_empty() && bounds.height <= (SMALL + 1.0) * self.scale
    }

    /// Where a part of a bench must stand to be drawn here.
    pub fn stand_at(&self, node: NodeId, at: Point) -> Option<Place> {
        let room = self.rooms.get(node.index())?;
        let thousandth = |way: f32, length: f32| (1000.0 * way / length.max(1.0)).round().clamp(0.0, 1000.0) as i16;
        Some(Place { x: thousandth(at.x - room.x, room.width), y: thousandth(at.y - room.y, room.height) })
    }
}

/// How many columns make the best shares of the stage, and how large those are.
fn shares(inner: Rect, count: usize, scale: f32) -> (usize, Point) {
    let columns = if count <= 3 || inner.width > 2.2 * inner.height {
        count.min(4)
    } else {
        (count as f32).sqrt().ceil() as usize
    };
    let rows = count.div_ceil(columns.max(1));
    let gap = 14.0 * scale;
    let share = point(inner.width / columns.max(1) as f32 - gap, inner.height / rows as f32 - (WORDS + 8.0) * scale);
    (columns.max(1), point(share.x.max(1.0), share.y.max(1.0)))
}

/// Parts where the user has put them.
fn put(layout: &mut Layout, node: NodeId, (list, stands): (&[Part], &[Stand])) {
    let (radius, room) = (layout.radius, layout.rooms[node.index()]);
    for part in list {
        let Some(stand) = stands.iter().find(|stand| stand.part == part.id) else { continue };
        let way = point(f32::from(stand.at.x) / 1000.0 * room.width, f32::from(stand.at.y) / 1000.0 * room.height);
        let spot = Spot {
            at: point(room.x, room.y) + way,
            outline: parts::outline(part.kind, radius),
            kind: part.kind,
            units: stand.units,
            taken: stand.taken,
        };
        layout.spots.insert((node, part.id), spot);
    }
}

/// How many columns make the largest boxes, and how large those are.
fn grid(inner: Rect, count: usize, scale: f32) -> (usize, Point) {
    let size = |columns: usize| {
        let rows = count.div_ceil(columns);
        let width = inner.width / columns as f32 - GAP * scale;
        let height = inner.height / rows as f32 - (WORDS + 12.0) * scale;
        // Neither a ribbon nor a tower.
        point(width.min(1.5 * height.max(1.0)).max(1.0), height.min(1.3 * width.max(1.0)).max(1.0))
    };
    let area = |columns: &usize| size(*columns).x * size(*columns).y;
    let best = (1..=count).max_by(|a, b| area(a).total_cmp(&area(b))).unwrap_or(1);
    (best, size(best))
}

/// Large parts stand on a checkerboard: processes on its white fields, resources on its black ones. So neighbours in a
/// row are never of one kind, and arrows find their way between them.
fn checkerboard(count: usize, width: f32, height: f32) -> (usize, Point) {
    let cell = |pairs: usize| {
        let columns = count.div_ceil(pairs).max(1);
        (columns, point(width / columns as f32, height / (2 * pairs) as f32))
    };
    let size = |pairs: &usize| cell(*pairs).1.x.min(1.1 * cell(*pairs).1.y);
    let best = (1..=count.clamp(1, 6)).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or(1);
    cell(best)
}

fn of_kind(parts: &[Part], kind: PartKind) -> Vec<&Part> {
    let mut found: Vec<&Part> = parts.iter().filter(|part| part.kind == kind).collect();
    found.order_by_key(|part| part.id);
    found
}

fn most(parts: &[Part]) -> usize {
    of_kind(parts, PartKind::Process).len().max(of_kind(parts, PartKind::Resource).len()).max(1)
}

fn part_radius(parts: &[Part], width: f32, height: f32, scale: f32) -> f32 {
    let cell = checkerboard(most(parts), width, height).1;
    within(0.34 * cell.x.min(1.1 * cell.y), 2.0, 24.0 * scale)
}

/// The share of a box's width for its large parts. Pages have the rest, whether there is anything beside them or not: they
/// must not move when a process comes.
fn large_share(parts: &[Part]) -> f32 {
    if parts.iter().any(|part| part.kind == PartKind::Page) { 0.26 } else { 1.0 }
}

fn arrange(layout: &mut Layout, node: NodeId, list: &[Part], room: Rect) {
    let width = large_share(list) * room.width;
    let pages = Rect { x: room.x + width, width: room.width - width, ..room };
    tile(layout, node, &of_kind(list, PartKind::Page), pages);
    let (columns, cell) = checkerboard(most(list), width, room.height);
    let radius = layout.radius;
    for (kind, field) in [(PartKind::Process, 0), (PartKind::Resource, 1)] {
        for (index, part) in of_kind(list, kind).into_iter().enumerate() {
            let (column, pair) = (index % columns, index / columns);
            let row = 2 * pair + (column + field) % 2;
            let at = point(room.x, room.y) + point((column as f32 + 0.5) * cell.x, (row as f32 + 0.5) * cell.y);
            layout.spots.insert((node, part.id), Spot::new(at, parts::outline(kind, radius), kind));
        }
    }
    let small: Vec<Part> = list.iter().filter(|part| part.kind == PartKind::Job).cloned().collect();
    let first = point(room.x + radius, room.bottom() + 0.5 * radius);
    parts::in_rows(layout, node, &small, first, room.width - 2.0 * radius);
}

/// Pages in the order of their numbers, as the tiles of a floor: as large as fits.
fn tile(layout: &mut Layout, node: NodeId, pages: &[&Part], room: Rect) {
    const LARGEST: f32 = 52.0;
    let side = |columns: usize| (room.width / columns as f32).min(room.height / pages.len().div_ceil(columns) as f32);
    let best = (1..=pages.len()).max_by(|&a, &b| side(a).total_cmp(&side(b)).then(b.cmp(&a)));
    let Some(columns) = best else { return };
    let step = side(columns).min(LARGEST * layout.scale.max(0.1));
    let rows = pages.len().div_ceil(columns);
    let first = room.centre() - point(columns as f32 - 1.0, rows as f32 - 1.0) * (step / 2.0);
    for (index, part) in pages.iter().enumerate() {
        let at = first + point((index % columns) as f32, (index / columns) as f32) * step;
        let outline = Outline::Box(point(0.44, 0.44) * step, 0.0);
        layout.spots.insert((node, part.id), Spot::new(at, outline, part.kind));
    }
}
