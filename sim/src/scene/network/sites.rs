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

/// Gives every site a box and every part a spot in it.
pub fn place(layout: &mut Layout, world: &World, shown: &Shown, look: &Look) {
    let scale = if look.bare { 0.3 } else { layout.scale };
    let count = world.nodes().len().max(1);
    let bench = layout.shape == NodeShape::Bench;
    let (columns, size) = if bench { shares(layout.inner, count, scale) } else { grid(layout.inner, count, scale) };
    let rows = count.div_ceil(columns);
    let half = point(size.x / 2.0, size.y / 2.0);
    let cell = point(layout.inner.width / columns as f32, layout.inner.height / rows as f32);
    let cells: Vec<Point> = (0..count)
        .map(|index| {
            let (column, row) = ((index % columns) as f32, (index / columns) as f32);
            let words = if look.bare { 0.0 } else { WORDS / 2.0 * scale };
            point(layout.inner.x, layout.inner.y - words) + point((column + 0.5) * cell.x, (row + 0.5) * cell.y)
        })
        .collect();
    layout.sit_in_cells(world, &cells, Outline::Box(half, 12.0 * scale));
    let header = if look.bare { 0.1 * size.y } else { HEADER * scale };
    // Where no messages come there needs to be no room for them.
    let strip = if look.bare || world.links().is_empty() { 0.1 * size.y.min(STRIP * scale) } else { STRIP * scale };
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
        let corner = seat.at - half;
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

impl Layout {
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
