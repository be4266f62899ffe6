//! The past of the selected event solid, its future hatched, what is concurrent outlined and dashed: on lines, events and
//! arrows, and as a legend.

use super::{Row, draw::Sheet};
use crate::causality::Relation;
use crate::{
    NodeId,
    scene::{Anchor, Form, Point, Role, Scene, Style, geometry::point, marks, text::width},
};

/// The lines: the past is thick and solid, the future thick and dashed, what is concurrent stays thin.
pub(super) fn lines(scene: &mut Scene, sheet: &Sheet<'_>) {
    let Some(cone) = &sheet.view.over.cone else { return };
    let wide = 4.0 * sheet.view.scale.sqrt();
    for index in 0..sheet.window.names.len() {
        let node = NodeId(index as u32);
        let own = cone.node == node;
        let y = sheet.y(node);
        let past = if own { cone.depth } else { cone.last_before(node) };
        let left = sheet.gutter();
        let to = sheet.x(past).min(sheet.view.width);
        if past > 0 && to > left {
            scene.add(Form::Line(point(left, y), point(to, y)), Style::stroke(Role::Ink, wide));
        }
        let future = if own { Some(cone.depth) } else { cone.first_after(node) };
        if let Some(from) = future.map(|depth| sheet.x(depth).max(left)).filter(|&from| from < sheet.view.width) {
            let form = Form::Line(point(from, y), point(sheet.view.width, y));
            scene.add(form, Style::stroke(Role::Ink, wide).dashed(3.0 * wide, 1.6 * wide));
        }
    }
}

/// An event by what it is to the selected one.
pub(super) fn event(scene: &mut Scene, at: Point, r: f32, relation: Relation, opacity: f32) {
    let line = (0.36 * r).clamp(1.2, 3.4);
    match relation {
        Relation::Before | Relation::Same => {
            scene.add(Form::Circle(at, r), Style::fill(Role::Ink).outlined(Role::Ink, line).faded(opacity));
        }
        Relation::After => {
            scene.add(Form::Circle(at, r), Style::fill(Role::Stage).outlined(Role::Ink, line).faded(opacity));
            for offset in [-0.5, 0.0, 0.5] {
                let half = r * (1.0_f32 - offset * offset).sqrt() * std::f32::consts::FRAC_1_SQRT_2;
                let middle = at + point(offset, offset) * (r * std::f32::consts::FRAC_1_SQRT_2 * 1.3);
                let arm = point(half, -half) * 0.8;
                scene.add(Form::Line(middle - arm, middle + arm), Style::stroke(Role::Ink, 0.7 * line).faded(opacity));
            }
        }
        Relation::Concurrent => {
            let style = Style::fill(Role::Stage).outlined(Role::Quiet, 0.8 * line).dashed(0.5 * r, 0.45 * r);
            scene.add(Form::Circle(at, r), style.faded(opacity));
        }
    }
}

/// How an arrow looks: how much of it is seen, and whether it is dashed.
pub(super) fn arrow(sheet: &Sheet<'_>, received: &Row, (from, sent): (NodeId, Option<u32>)) -> (f32, bool) {
    let (Some(cone), Some(end)) = (&sheet.view.over.cone, sheet.relation(received)) else { return (1.0, false) };
    let start = sent.map(|depth| cone.relation(from, depth));
    match (start, end) {
        (_, Relation::Before | Relation::Same) => (1.0, false),
        (Some(Relation::After | Relation::Same), _) => (1.0, true),
        _ => (0.3, false),
    }
}

/// The path from one event to the other: along lines and messages, over everything but the events themselves.
pub(super) fn path(scene: &mut Scene, sheet: &Sheet<'_>) {
    let over = &sheet.view.over;
    let (Some(path), Some(cone)) = (&over.path, &over.cone) else { return };
    let from = path.hops.first().map_or(cone.node, |hop| hop.message.from);
    let mut corners = vec![point(sheet.x(path.from), sheet.y(from))];
    let mut heads = Vec::new();
    let mut node = from;
    for hop in &path.hops {
        let start = point(sheet.x(hop.sent), sheet.y(hop.message.from));
        let end = point(sheet.x(hop.received), sheet.y(hop.to));
        corners.extend([start, end]);
        heads.push((start, end));
        node = hop.to;
    }
    corners.push(point(sheet.x(path.to), sheet.y(node)));
    let wide = 5.0 * sheet.view.scale.sqrt();
    for pair in corners.windows(2) {
        if pair[1].x < sheet.gutter() || pair[0].x > sheet.view.width || pair[0] == pair[1] {
            continue;
        }
        let (a, b) = sheet.clipped(pair[0], pair[1]);
        scene.add_cased(&Form::Line(a, b), Role::Selected, wide, 1.0);
    }
    for (start, end) in heads {
        let along = (end - start).unit();
        let tip = end - along * (7.0 * sheet.view.scale);
        if tip.x >= sheet.gutter() && tip.x <= sheet.view.width {
            let head = marks::arrowhead(tip, along, 15.0 * sheet.view.scale, 15.0 * sheet.view.scale);
            scene.add(head, Style::fill(Role::Selected).outlined(Role::Ink, 1.0));
        }
    }
}

/// The sign of a relation, in the middle of a small picture.
pub fn sign(scene: &mut Scene, relation: Relation) {
    let at = point(scene.width / 2.0, scene.height / 2.0);
    event(scene, at, 0.36 * scene.height, relation, 1.0);
}

/// The legend: a sign and a word each, from a place on to the right, or up to it.
pub(super) fn signs(scene: &mut Scene, sheet: &Sheet<'_>, x: f32, rightward: bool) {
    let scale = sheet.view.scale;
    let (r, size) = (6.0 * scale, 13.0);
    let entries = [(Relation::Before, "before"), (Relation::After, "after"), (Relation::Concurrent, "concurrent")];
    let room = |word: &str| 2.0 * r + 6.0 * scale + width(word, size * scale, false) + 16.0 * scale;
    let whole: f32 = entries.iter().map(|(_, word)| room(word)).sum();
    let mut left = if rightward { x } else { x - whole };
    let y = 12.0 * scale;
    for (relation, word) in entries {
        event(scene, point(left + r, y), r, relation, 1.0);
        let at = point(left + 2.0 * r + 6.0 * scale, y + 4.6 * scale);
        let text = sheet.text(at, word, size).anchored(Anchor::Start);
        scene.add(Form::Text(text), Style::fill(Role::Ink).outlined(Role::Stage, 4.0));
        left += room(word);
    }
}
