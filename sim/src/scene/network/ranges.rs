//! Ranges beside the network: bars below each other over one scale, picture by picture.

use super::{labels, layout::Layout};
use crate::order::Order as _;
use crate::{
    Range, Ranges, Tone, World,
    scene::{
        Anchor, Form, Rect, Role, Scene, Style, Text,
        geometry::point,
        marks,
        text::{shortened, width},
    },
};

/// The least room of the network beside ranges, and of ranges, in CSS pixels at scale 1.
const NETWORK: f32 = 440.0;
const LEAST: f32 = 230.0;
const MOST: f32 = 430.0;
/// A bar so many times as long as the one in the middle is not drawn to its ends.
const VERY_MUCH: i64 = 12;
/// How far a bar is from the next, at most.
const PITCH: f32 = 26.0;

/// Shares the stage between the network and ranges: these stand at its right, or below where it is high and narrow.
pub fn share(whole: Rect, scale: f32) -> (Rect, Option<Rect>) {
    let beside = (whole.width - NETWORK * scale).min(MOST * scale);
    if beside >= LEAST * scale {
        let network = Rect { width: whole.width - beside, ..whole };
        return (network, Some(Rect { x: network.right(), width: beside, ..whole }));
    }
    if whole.height < 300.0 * scale {
        return (whole, None);
    }
    let network = Rect { height: 0.56 * whole.height, ..whole };
    (network, Some(Rect { y: network.bottom(), height: whole.height - network.height, ..whole }))
}

/// Draws them, if there are any: the room is the same for all pictures.
pub fn draw(scene: &mut Scene, layout: &Layout, world: &World) {
    let (Some(room), Some(ranges)) = (layout.ranges, world.setup().algorithm.ranges) else { return };
    let pictures = ranges(world);
    let share = room.height / (pictures.len() as f32).max(1.0);
    for (index, ranges) in pictures.iter().enumerate() {
        let frame = Rect { y: room.y + share * index as f32, height: share, ..room };
        picture(scene, frame, ranges, layout.scale);
    }
}

/// Where values stand.
struct Axis {
    low: i64,
    high: i64,
    left: f32,
    right: f32,
}

impl Axis {
    /// From the least to the greatest of all that is to be seen, 0 among it. A bar that is very much longer than the others
    /// would leave nothing of them: it runs off at the sides.
    fn of(ranges: &Ranges, left: f32, right: f32) -> Self {
        let mut lengths: Vec<i64> = ranges.bars.iter().map(|bar| bar.to - bar.from).collect();
        lengths.order();
        let most = lengths.get(lengths.len() / 2).map_or(0, |middle| middle.saturating_mul(VERY_MUCH));
        let ends = ranges.bars.iter().filter(|bar| bar.to - bar.from <= most).flat_map(|bar| [bar.from, bar.to]);
        let all = || ends.clone().chain(ranges.cursor).chain([0]);
        let (low, high) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { low, high: high.max(low + 1), left, right }
    }

    fn x(&self, value: i64) -> f32 {
        let part = (value.clamp(self.low, self.high) - self.low) as f32 / (self.high - self.low) as f32;
        self.left + part * (self.right - self.left)
    }
}

fn picture(scene: &mut Scene, frame: Rect, ranges: &Ranges, s: f32) {
    let size = labels::SIZE * s;
    let write = |scene: &mut Scene, text: Text, role: Role| {
        scene.add(Form::Text(text), Style::fill(role).outlined(Role::Stage, 4.0 * s));
    };
    let inside = frame.grown(-8.0 * s);
    let title = shortened(&ranges.title, size, true, inside.width);
    let title = Text::new(point(inside.x, inside.y + size), title, size).bold().anchored(Anchor::Start);
    write(scene, title, Role::Ink);
    if ranges.bars.is_empty() {
        return;
    }
    let names = ranges.bars.iter().map(|bar| width(&bar.name, size, true)).fold(0.0, f32::max).min(0.3 * inside.width);
    let axis = Axis::of(ranges, inside.x + names + 14.0 * s, inside.right() - 12.0 * s);
    let (top, bottom) = (inside.y + 1.8 * size, inside.bottom() - 1.7 * size);
    let pitch = ((bottom - top) / ranges.bars.len() as f32).min(PITCH * s);
    let bottom = bottom.min(top + pitch * ranges.bars.len() as f32 + 4.0 * s);
    for &(from, to) in &ranges.marked.0 {
        // A stretch without width is a place all the same.
        let (a, b) = (axis.x(from), axis.x(to));
        let rect = Rect { x: a - 1.5 * s, y: top, width: b - a + 3.0 * s, height: bottom - top };
        scene.add(
            Form::Rect(rect, 0.0),
            Style::fill(Role::ToneFill(Tone::Active)).outlined(Role::Tone(Tone::Active), 1.5 * s),
        );
    }
    let line = |value: i64| Form::Line(point(axis.x(value), top - 3.0 * s), point(axis.x(value), bottom + 3.0 * s));
    scene.add(line(0), Style::stroke(Role::Quiet, 1.5 * s).dashed(3.0 * s, 4.0 * s));
    for (index, bar) in ranges.bars.iter().enumerate() {
        let y = top + (index as f32 + 0.5) * pitch;
        let name = shortened(&bar.name, size, true, names);
        let name = Text::new(point(inside.x + names, y + 0.36 * size), name, size).bold().anchored(Anchor::End);
        write(scene, name, Role::Ink);
        draw_bar(scene, bar, &axis, (y, (0.62 * pitch).min(14.0 * s)), s);
    }
    if let Some(cursor) = ranges.cursor {
        scene.add(line(cursor), Style::stroke(Role::Stage, 5.0 * s));
        scene.add(line(cursor), Style::stroke(Role::Happened, 2.5 * s));
    }
    scale(scene, ranges, &axis, bottom + 1.25 * size, size);
}

/// A bar with two ends: its tone by its outline as well as by its hue.
fn draw_bar(scene: &mut Scene, bar: &Range, axis: &Axis, (y, height): (f32, f32), s: f32) {
    let (a, b) = (axis.x(bar.from), axis.x(bar.to));
    let rect = Rect { x: a, y: y - height / 2.0, width: (b - a).max(1.0), height };
    let style = match bar.tone {
        Tone::Idle => Style::fill(Role::Stage).outlined(Role::Ink, 1.5 * s),
        Tone::Failed => {
            Style::fill(Role::ToneFill(bar.tone)).outlined(Role::Tone(bar.tone), 1.5 * s).dashed(5.0 * s, 3.0 * s)
        }
        tone => Style::fill(Role::ToneFill(tone)).outlined(Role::Ink, 1.5 * s),
    };
    scene.add(Form::Rect(rect, 0.0), style);
    for (x, _) in [(a, bar.from), (b, bar.to)].into_iter().filter(|(_, end)| (axis.low..=axis.high).contains(end)) {
        let end = Form::Line(point(x, rect.y - 2.0 * s), point(x, rect.bottom() + 2.0 * s));
        scene.add(end, Style::stroke(Role::Ink, 2.0 * s));
    }
    match bar.tone {
        Tone::Failed => marks::cross(scene, rect.centre(), 0.5 * height, Style::stroke(Role::Bad, 2.5 * s)),
        Tone::Active => scene.add(Form::Line(point(a, y), point(b, y)), Style::stroke(Role::Tone(bar.tone), 3.0 * s)),
        _ => {}
    }
}

/// The ends of the scale and its zero, as far as they do not touch.
fn scale(scene: &mut Scene, ranges: &Ranges, axis: &Axis, baseline: f32, size: f32) {
    let mut free = f32::NEG_INFINITY;
    let zero = (0, ranges.zero.clone());
    let ends = [(axis.low, (ranges.words)(axis.low)), (axis.high, (ranges.words)(axis.high))];
    let marked = ranges.marked.0.first().filter(|_| !ranges.marked.1.is_empty());
    let marked = marked.map(|&(from, to)| (from.midpoint(to), ranges.marked.1.to_owned()));
    let mut all: Vec<(i64, String)> =
        ends.into_iter().filter(|(value, _)| *value != 0).chain([zero]).chain(marked).collect();
    all.order_by_key(|(value, _)| *value);
    for (value, words) in all {
        let half = 0.5 * width(&words, size, false);
        let x = axis.x(value).clamp(axis.left + half - 0.5 * size, (axis.right - half + size).max(axis.left + half));
        if x - half < free {
            continue;
        }
        free = x + half + 0.6 * size;
        let text = Text::new(point(x, baseline), words, size);
        scene.add(Form::Text(text), Style::fill(Role::Quiet).outlined(Role::Stage, 4.0));
    }
}
