//! The legend: what is on the stage, and nothing else.

use super::{
    Look, body, edges, labels,
    layout::{Layout, Leg, Outline},
    messages,
    shown::Shown,
};
use crate::{
    EdgeKind, Life, PartKind, Tone, World,
    scene::{Anchor, Form, Rect, Role, Scene, Shape, Style, Text, geometry::point, marks, text},
    value::upper_words,
};

/// A sign and what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendEntry {
    /// What it means: "wanted".
    pub label: String,
    /// The sign, in a box of [`LegendEntry::WIDTH`] by [`LegendEntry::HEIGHT`] pixels.
    pub sign: Vec<Shape>,
}

impl LegendEntry {
    /// The width of the box of a sign.
    pub const WIDTH: f32 = 30.0;
    /// The height of the box of a sign.
    pub const HEIGHT: f32 = 20.0;

    fn new(label: impl Into<String>, draw: impl FnOnce(&mut Scene)) -> Self {
        let mut scene = Scene::new(Self::WIDTH, Self::HEIGHT);
        draw(&mut scene);
        Self { label: label.into(), sign: scene.shapes }
    }
}

const MIDDLE: crate::scene::Point = point(15.0, 10.0);

/// The legend of what is on the stage, always in the same order.
pub fn legend(world: &World, look: &Look) -> Vec<LegendEntry> {
    let shown = Shown::of(world);
    let layout = Layout::new(world, &shown, look);
    let mut entries = tones(world, &shown, &layout);
    entries.extend(kinds(world));
    entries.extend(parts(&shown));
    entries.extend(arrows(&edges::of(world, &layout, look)));
    if !layout.above.is_empty() {
        entries.push(LegendEntry::new("reports to", |scene| {
            scene.add(Form::Line(point(3.0, 10.0), point(18.0, 10.0)), Style::stroke(Role::Quiet, 2.5));
            scene.add(marks::arrowhead(point(27.0, 10.0), point(1.0, 0.0), 11.0, 9.0), Style::fill(Role::Quiet));
        }));
    }
    entries.extend(signs(world, &shown, look));
    entries
}

/// The tones that nodes have, with the words that go with them here.
fn tones(world: &World, shown: &Shown, layout: &Layout) -> Vec<LegendEntry> {
    const TONES: [Tone; 6] = [Tone::Idle, Tone::Waiting, Tone::Active, Tone::Done, Tone::Failed, Tone::Violated];
    let outline = match layout.shape {
        crate::algorithm::NodeShape::Circle => Outline::Disc(8.0),
        _ => Outline::Box(point(9.0, 8.0), 2.5),
    };
    let here =
        || world.nodes().iter().enumerate().filter(|(_, node)| node.life() != Life::Removed).map(|(index, _)| index);
    let entry = |tone: Tone| {
        let nodes = here().map(|index| &shown.statuses[index]).map(|status| (status.tone, status.word.as_str()));
        let parts = here().flat_map(|index| &shown.parts[index]);
        let large = parts.filter(|part| part.kind != PartKind::Job);
        let words = nodes.chain(large.map(|part| (part.tone, part.word.as_str())));
        let mut distinct: Vec<String> = vec![];
        for (_, word) in words.filter(|(other, _)| *other == tone) {
            let word = shared(word);
            if !word.is_empty() && !distinct.contains(&word) && distinct.len() < 3 {
                distinct.push(word);
            }
        }
        (!distinct.is_empty())
            .then(|| LegendEntry::new(distinct.join(", "), |scene| body::draw(scene, MIDDLE, outline, tone, 0.5)))
    };
    TONES.into_iter().filter_map(entry).collect()
}

/// What the words of a state share: what is in brackets differs from node to node, and numbers from step to step.
fn shared(word: &str) -> String {
    let word = word.split(" (").next().unwrap_or(word).trim();
    let mut shared = String::new();
    for part in word.split(' ') {
        if part.contains(|sign: char| sign.is_ascii_digit()) {
            // A number in the midst of words leaves a gap; one alone says itself what it is.
            if shared.is_empty() && !word.contains(' ') {
                shared.push_str("a value");
            } else {
                shared.push_str(if shared.is_empty() { "…" } else { " …" });
            }
            break;
        }
        if !shared.is_empty() {
            shared.push(' ');
        }
        shared.push_str(part);
    }
    shared
}

/// The kinds of messages that were sent so far.
fn kinds(world: &World) -> impl Iterator<Item = LegendEntry> + use<'_> {
    const MOST: usize = 8;
    world.tally().sent_by_kind().iter().take(MOST).map(|&(kind, _)| {
        let fill = Role::HueFill(messages::hue(world, kind));
        LegendEntry::new(upper_words(kind), |scene| {
            scene.add(Form::Rect(Rect::around(MIDDLE, 26.0, 13.0), 6.5), Style::fill(fill).outlined(Role::Ink, 1.2));
        })
    })
}

fn parts(shown: &Shown) -> Vec<LegendEntry> {
    let has = |kind: PartKind| shown.parts.iter().flatten().any(|part| part.kind == kind);
    let square = |label: &str, side: f32, fill: Role| {
        LegendEntry::new(label, |scene| {
            scene.add(Form::Rect(Rect::around(MIDDLE, side, side), 0.0), Style::fill(fill).outlined(Role::Ink, 1.4));
        })
    };
    let mut entries = vec![];
    if has(PartKind::Resource) {
        entries.push(square("resource", 14.0, Role::Stage));
    }
    if has(PartKind::Processor) {
        entries.push(LegendEntry::new("processor", |scene| {
            let square = Form::Rect(Rect::around(MIDDLE, 14.0, 14.0), 3.0);
            scene.add(square, Style::fill(Role::Stage).outlined(Role::Ink, 1.4));
        }));
    }
    if has(PartKind::Job) {
        entries.push(square("job", 11.0, Role::Job));
    }
    if has(PartKind::Page) {
        entries.push(square("page", 11.0, Role::Stage));
    }
    entries
}

fn arrows(edges: &[edges::Edge]) -> Vec<LegendEntry> {
    let (from, to) = (point(1.0, 10.0), point(29.0, 10.0));
    let arrow = |label: &str, role: Role, width: f32| {
        LegendEntry::new(label, |scene| {
            scene.add_cased(&Form::Line(from, point(20.0, 10.0)), role, width, 1.0);
            scene.add(marks::arrowhead(to, point(1.0, 0.0), 10.0, 9.0), Style::fill(role).outlined(Role::Ink, 1.0));
        })
    };
    let mut entries = vec![];
    if edges.iter().any(|edge| edge.cycle) {
        entries.push(arrow("on a cycle", Role::Cycle, 3.4));
    }
    let waits = |any: bool| edges.iter().any(|edge| !edge.cycle && edge.any == any && edge.kind == EdgeKind::WaitsFor);
    if waits(false) {
        entries.push(arrow("waits for", Role::WaitsFor, 2.2));
    }
    if waits(true) {
        entries.push(LegendEntry::new("waits for one of these", |scene| {
            for (role, width) in [(Role::Ink, 4.5), (Role::WaitsFor, 2.5)] {
                scene.add(Form::Line(from, point(20.0, 10.0)), Style::stroke(role, width).dashed(5.0, 3.0));
            }
            let head = marks::arrowhead(to, point(1.0, 0.0), 10.0, 9.0);
            scene.add(head, Style::fill(Role::WaitsFor).outlined(Role::Ink, 1.0));
        }));
    }
    if edges.iter().any(|edge| !edge.cycle && edge.kind == EdgeKind::HeldBy) {
        entries.push(LegendEntry::new("is held by", |scene| {
            scene.add(Form::Line(from, to), Style::stroke(Role::HeldBy, 1.8));
        }));
    }
    if edges.iter().any(|edge| edge.kind == EdgeKind::Migrating) {
        entries.push(LegendEntry::new("is moving", |scene| {
            scene.add(Form::Line(from, point(21.0, 10.0)), Style::stroke(Role::Migrating, 2.2).dashed(5.0, 3.0));
            scene.add(marks::arrowhead(to, point(1.0, 0.0), 9.0, 8.0), Style::fill(Role::Migrating));
        }));
    }
    let has = |kind: EdgeKind| edges.iter().any(|edge| edge.kind == kind);
    for (kind, label) in edges::PLAIN {
        if has(kind) {
            entries.push(LegendEntry::new(label, |scene| {
                edges::draw_plain(scene, kind, &Leg::new(from, to, 0.0), 0.75);
            }));
        }
    }
    entries
}

fn signs(world: &World, shown: &Shown, look: &Look) -> Vec<LegendEntry> {
    let line = |label: &str, style: Style| {
        LegendEntry::new(label, |scene| scene.add(Form::Line(point(1.0, 10.0), point(29.0, 10.0)), style))
    };
    let mut entries = vec![];
    if shown.statuses.iter().any(|status| status.gauges.iter().any(|gauge| !gauge.marks.is_empty())) {
        entries.push(line("thresholds", Style::stroke(Role::Threshold, 2.0)));
    }
    if shown.statuses.iter().any(|status| status.tokens > 0) {
        entries.push(LegendEntry::new("token", |scene| {
            scene.add(Form::Rect(Rect::around(MIDDLE, 11.0, 11.0), 1.5), Style::fill(Role::Ink));
        }));
    }
    if world.flights().any(|flight| flight.held) {
        entries.push(LegendEntry::new("held", |scene| marks::pin(scene, MIDDLE, 8.5)));
    }
    if world.nodes().iter().any(crate::Node::is_paused) {
        entries.push(LegendEntry::new("paused", |scene| marks::paused(scene, MIDDLE, 8.5)));
    }
    if world.links().iter().any(|link| !link.removed && !link.is_up()) {
        entries.push(LegendEntry::new("cut link", |scene| {
            for (from, to) in [(1.0, 11.0), (19.0, 29.0)] {
                scene.add(
                    Form::Line(point(from, 10.0), point(to, 10.0)),
                    Style::stroke(Role::Link, 1.5).dashed(4.0, 3.0),
                );
            }
            for x in [11.0, 19.0] {
                scene.add(Form::Line(point(x - 3.0, 17.0), point(x + 3.0, 3.0)), Style::stroke(Role::Ink, 1.8));
            }
        }));
    }
    if look.ring && world.setup().algorithm.ring.is_some() {
        entries.push(line("ring order", Style::stroke(Role::Quiet, 2.5).dashed(2.0, 5.0)));
    }
    entries
}

/// A legend as a picture of this width, in as many rows as it takes.
pub fn picture(entries: &[LegendEntry], width: f32, scale: f32) -> Scene {
    let (size, row) = (labels::SIZE * scale, 26.0 * scale);
    let mut scene = Scene::new(width, row);
    let mut at = point(14.0 * scale, 0.0);
    for entry in entries {
        let label = text::width(&entry.label, size, false);
        let needed = (LegendEntry::WIDTH + 6.0) * scale + label + 18.0 * scale;
        if at.x + needed > width && at.x > 20.0 * scale {
            at = point(14.0 * scale, at.y + row);
        }
        let corner = at + point(0.0, (row - LegendEntry::HEIGHT * scale) / 2.0);
        scene.shapes.extend(entry.sign.iter().map(|shape| super::moved(shape, corner, scale)));
        let words = Text::new(
            at + point((LegendEntry::WIDTH + 6.0) * scale, row / 2.0 + 0.36 * size),
            entry.label.as_str(),
            size,
        );
        scene.add(Form::Text(words.anchored(Anchor::Start)), Style::fill(Role::Quiet));
        at.x += needed;
    }
    scene.height = at.y + row;
    scene
}

#[cfg(test)]
mod tests {
    use super::shared;

    /// An entry that changes with every step would be read anew with every step.
    #[test]
    fn what_changes_with_every_step_is_no_name_of_a_state() {
        let words = ["wanted (3, P1)", "has 100", "stamp 61 ms", "7 jobs", "in the critical section", ""];
        let expected = ["wanted", "has …", "stamp …", "…", "in the critical section", ""];
        assert_eq!(words.map(shared), expected);
    }
}
