//! Where a node's words stand: beside it, outward, clear of other nodes and of links. Decided from places alone, so that
//! a word that changes moves nothing.

use super::{
    Look,
    layout::{Detail, Layout, Leg},
};
use crate::{
    NodeId, Status, Tone, World,
    algorithm::NodeShape,
    scene::{
        Anchor, Form, Point, Rect, Role, Scene, Style, Text,
        geometry::point,
        text::{self, shortened},
    },
};

/// The side of a node on which its words stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// To the left, aligned to the right.
    Left,
    /// To the right.
    Right,
    /// Above, centred.
    Above,
    /// Below, centred.
    Below,
}

/// Room for words.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// On which side of the node.
    pub side: Side,
    /// Nothing else stands here.
    pub room: Rect,
}

impl Block {
    /// As much of the room as words usually fill.
    pub fn typical(&self, scale: f32) -> Rect {
        let width = self.room.width.min(140.0 * scale);
        match self.side {
            Side::Left => Rect { x: self.room.right() - width, width, ..self.room },
            Side::Right => Rect { width, ..self.room },
            Side::Above | Side::Below => Rect::around(self.room.centre(), width, self.room.height),
        }
    }
}

const SIDES: [Side; 4] = [Side::Left, Side::Right, Side::Above, Side::Below];
/// Lines, in CSS pixels at scale 1.
pub const LINE: f32 = 18.0;
/// The size of words.
pub const SIZE: f32 = 14.0;

/// Gives every node that has room around it a block for its words.
pub fn place(layout: &Layout, world: &World, look: &Look) -> Vec<Option<Block>> {
    let obstacles: Vec<Rect> =
        layout.seats.iter().map(|seat| seat.outline.bounds(seat.at).grown(5.0 * layout.scale)).collect();
    let links: Vec<(Leg, (NodeId, NodeId))> = match world.links() {
        links if links.len() <= 400 && look.links => {
            let up = links.iter().enumerate().filter(|(_, link)| !link.removed);
            up.map(|(index, link)| (layout.leg(world, crate::LinkId(index as u32), link.ends.0), link.ends)).collect()
        }
        _ => vec![],
    };
    let mut taken: Vec<Rect> = layout.spots.values().map(|spot| spot.outline.bounds(spot.at).grown(3.0)).collect();
    let mut blocks = vec![None; layout.seats.len()];
    for node in (0..layout.seats.len()).filter(|&node| layout.seats[node].here) {
        let needs_name_only = layout.detail == Detail::Names;
        if needs_name_only && fits_inside(layout, world.name(NodeId(node as u32))) {
            continue;
        }
        let most = if needs_name_only { 1 } else { 3 };
        let mine = layout.seats[node].outline.bounds(layout.seats[node].at);
        let sizes =
            SIDES.into_iter().flat_map(|side| heights(layout, mine, side, most).map(move |height| (side, height)));
        let found = sizes.filter_map(|(side, height)| {
            let others = obstacles.iter().enumerate().filter(|(other, _)| *other != node && layout.seats[*other].here);
            // A node's own badge is at its edge: the words begin beside it.
            let own_badge = |owner: &NodeId, rect: &Rect| owner.index() == node && rect.bottom() <= mine.centre().y;
            let fixed = layout.fixtures.iter().filter(|(owner, rect)| !own_badge(owner, rect));
            let badge = layout.fixtures.iter().find(|(owner, rect)| own_badge(owner, rect)).map(|(_, rect)| *rect);
            let others = others.map(|(_, rect)| *rect).chain(taken.iter().copied());
            let others = others.chain(fixed.map(|(_, rect)| rect.grown(3.0)));
            let room = room_on(layout, (mine, badge), (side, height), others);
            let least = if needs_name_only { 24.0 } else { 48.0 };
            (room.width >= least * layout.scale && room.height > 0.0)
                .then(|| (worth(layout, node, side, room, &links), side, room))
        });
        if let Some((_, side, room)) = found.max_by(|a, b| a.0.total_cmp(&b.0)) {
            taken.push(room);
            blocks[node] = Some(Block { side, room });
        }
    }
    blocks
}

/// Whether a name can be written inside a node.
pub fn fits_inside(layout: &Layout, name: &str) -> bool {
    let half = layout.seats.first().map_or(layout.radius, |seat| seat.outline.half().x);
    text::width(name, SIZE * layout.scale, true) <= 2.05 * half
}

/// How tall room for words may be: for up to so many lines. Of equally good ones the last is taken, beside a node the one
/// as tall as the node.
fn heights(layout: &Layout, mine: Rect, side: Side, most: u8) -> impl Iterator<Item = f32> + use<> {
    let s = layout.scale;
    let lines = |count: u8| f32::from(count) * LINE * s + 2.0 * s;
    let beside = matches!(side, Side::Left | Side::Right);
    // Two lines are enough above and below, where there is room to the sides.
    let found = match (most, beside) {
        (0..=2, _) => [lines(most); 3],
        (_, true) => [lines(3), lines(2), lines(2).max(0.9 * mine.height)],
        (_, false) => [lines(2); 3],
    };
    found.into_iter()
}

/// The largest room for words of this height on one side of a node.
fn room_on(
    layout: &Layout,
    (mine, badge): (Rect, Option<Rect>),
    (side, height): (Side, f32),
    obstacles: impl Iterator<Item = Rect>,
) -> Rect {
    let s = layout.scale;
    let (edge, gap) = (layout.inner.grown(-6.0 * s), 12.0 * s);
    let (cx, cy) = (mine.centre().x, mine.centre().y);
    let beneath = matches!(side, Side::Above | Side::Below);
    // Neighbours in a round want some of the room, too.
    let widest = if beneath && layout.seats.len() > 6 { 176.0 * s } else { 215.0 * s };
    let beside = |x: f32, width: f32| Rect { x, y: cy - height / 2.0, width, height };
    let stacked = |y: f32| Rect { x: cx - widest / 2.0, y, width: widest, height };
    let mut room = match side {
        Side::Left => beside(mine.x - gap - widest, widest),
        Side::Right => beside(mine.right() + gap, widest),
        Side::Above => stacked(mine.y - 5.0 * s - height),
        Side::Below => stacked(mine.bottom() + 4.0 * s),
    };
    if let Some(badge) = badge.filter(|badge| badge.bottom() > room.y) {
        match side {
            Side::Right if badge.x > mine.centre().x => room.x = room.x.max(badge.right() + 4.0 * s),
            Side::Left if badge.x < mine.centre().x => room.x -= (room.right() - badge.x + 4.0 * s).max(0.0),
            _ => {}
        }
    }
    if room.y < edge.y - 2.0 * s || room.bottom() > edge.bottom() + 2.0 * s {
        return Rect::default();
    }
    let (mut left, mut right) = (room.x.max(edge.x), room.right().min(edge.right()));
    for rect in obstacles.filter(|rect| rect.y < room.bottom() && rect.bottom() > room.y) {
        match side {
            Side::Left if rect.x < mine.x => left = left.max(rect.right().min(room.right())),
            Side::Right if rect.right() > mine.right() => right = right.min(rect.x.max(room.x)),
            Side::Above | Side::Below if rect.right() > left && rect.x < right => {
                if rect.x <= cx && rect.right() >= cx {
                    return Rect::default();
                }
                if rect.centre().x < cx { left = left.max(rect.right()) } else { right = right.min(rect.x) }
            }
            _ => {}
        }
    }
    if beneath {
        let reach = (cx - left).min(right - cx).max(0.0);
        (left, right) = (cx - reach, cx + reach);
    }
    (room.x, room.width) = (left, (right - left).max(0.0));
    room
}

/// How good a side is: wide, outward, and not across links.
fn worth(layout: &Layout, node: usize, side: Side, room: Rect, links: &[(Leg, (NodeId, NodeId))]) -> f32 {
    let seat = &layout.seats[node];
    let outward = (seat.at - layout.inner.centre()).unit();
    let (direction, liking) = match (side, layout.shape) {
        (Side::Below, NodeShape::Machine) => (point(0.0, 1.0), 90.0),
        (Side::Below, _) => (point(0.0, 1.0), 0.0),
        (Side::Left, _) => (point(-1.0, 0.0), 16.0),
        (Side::Right, _) => (point(1.0, 0.0), 15.0),
        (Side::Above, _) => (point(0.0, -1.0), -8.0),
    };
    let written = Block { side, room }.typical(layout.scale);
    // The words of machines stand below them, all alike; a line behind them does no harm.
    let shy = if layout.shape == NodeShape::Machine { 2.0 } else { 22.0 };
    // In a ring or a line, what travels would hide the words on its way; there is room inside.
    let own = |ends: &(NodeId, NodeId)| ends.0.index() == node || ends.1.index() == node;
    let few = links.iter().filter(|(_, ends)| own(ends)).count() <= 2;
    let crossed = links.iter().filter(|(leg, _)| leg.meets(written));
    let crossed = crossed.map(|(_, ends)| if few && own(ends) { 4 } else { 1 }).sum::<u16>().min(6);
    60.0 * (room.width / (170.0 * layout.scale)).min(1.0) + liking + 30.0 * direction.dot(outward)
        - shy * f32::from(crossed)
}

/// Writes a status into its block: the word bold, unless nothing is going on, the detail quiet.
pub fn write(scene: &mut Scene, layout: &Layout, block: &Block, status: &Status) {
    let (size, line) = (SIZE * layout.scale, LINE * layout.scale);
    let most = (block.room.height / line).floor().max(1.0) as usize;
    let strong = status.tone != Tone::Idle;
    let for_word = if status.detail.is_empty() { most } else { most.max(2) - 1 };
    let words = text::wrapped(&status.word, size, strong, block.room.width, for_word);
    let detail = text::wrapped(&status.detail, size, false, block.room.width, most.saturating_sub(words.len()));
    let height = (words.len() + detail.len()) as f32 * line;
    let top = match block.side {
        Side::Left | Side::Right => block.room.centre().y - height / 2.0,
        Side::Above => block.room.bottom() - height,
        Side::Below => block.room.y,
    };
    let words = words.into_iter().map(|words| (words, strong, Role::Ink));
    let lines = words.chain(detail.into_iter().map(|words| (words, false, Role::Quiet)));
    for (index, (words, bold, role)) in lines.enumerate() {
        let baseline = top + (index as f32 + 0.76) * line;
        write_line(scene, layout, block, (words, bold, role), baseline);
    }
}

/// Writes a name into its block.
pub fn write_name(scene: &mut Scene, layout: &Layout, block: &Block, name: &str) {
    let size = SIZE * layout.scale;
    let baseline = block.room.centre().y + 0.36 * size;
    let name = shortened(name, size, true, block.room.width);
    write_line(scene, layout, block, (name, true, Role::Ink), baseline);
}

fn write_line(scene: &mut Scene, layout: &Layout, block: &Block, line: (String, bool, Role), baseline: f32) {
    let (words, bold, role) = line;
    let (x, anchor) = match block.side {
        Side::Left => (block.room.right(), Anchor::End),
        Side::Right => (block.room.x, Anchor::Start),
        Side::Above | Side::Below => (block.room.centre().x, Anchor::Middle),
    };
    let mut line = Text::new(Point { x, y: baseline }, words, SIZE * layout.scale).anchored(anchor);
    line.bold = bold;
    scene.add(Form::Text(line), Style::fill(role).outlined(Role::Stage, 4.0 * layout.scale));
}
