//! A cut across the lines, whether it is consistent, and what crosses it.

use super::draw::Sheet;
use crate::causality::{Crossing, End, Judgement, Log};
use crate::{
    NodeId,
    scene::{Area, Form, Point, Rect, Role, Scene, Style, Target, geometry::point, marks, text::width},
};
use std::sync::Arc;

/// So many messages that cross are marked; past that the words beside the picture say how many.
const MARKED: usize = 60;

/// A cut to be drawn.
#[derive(Clone, Debug)]
pub struct CutMark {
    /// What it is called.
    pub name: &'static str,
    /// Up to which step it holds each line; a line that is not named is not crossed.
    pub places: Vec<(NodeId, u32)>,
    /// What is to be said of it; nothing while it is not whole.
    pub judgement: Option<Arc<Judgement>>,
    /// Whether it has handles.
    pub movable: bool,
}

impl CutMark {
    /// The cut that an algorithm has recorded up to a step, as far as it goes.
    pub fn recorded(log: &Log, now: u32) -> Option<Self> {
        let places = log.recorded(now);
        let judgement = log.recorded_cut(now).map(|cut| Arc::new(log.judge(&cut)));
        let mark = Self { name: "recorded cut", places, judgement, movable: false };
        (!mark.places.is_empty()).then_some(mark)
    }

    /// Where it crosses a line: between the last event inside and the next.
    fn crossing(sheet: &Sheet<'_>, depth: u32) -> f32 {
        let (at, next) = (sheet.x(depth), sheet.x(depth + 1));
        if next > at { at.midpoint(next.min(at + 52.0)) } else { at + 26.0 }
    }

    fn is_broken(&self) -> bool {
        self.judgement.as_ref().is_some_and(|judgement| !judgement.is_consistent())
    }

    fn points(&self, sheet: &Sheet<'_>) -> Vec<(NodeId, Point)> {
        let place = |&(node, depth): &(NodeId, u32)| (node, point(Self::crossing(sheet, depth), sheet.y(node)));
        self.places.iter().map(place).collect()
    }

    /// The line of the cut, and marks on what crosses it.
    pub(super) fn draw(&self, scene: &mut Scene, sheet: &Sheet<'_>) {
        let points = self.points(sheet);
        let (Some((_, first)), Some((_, last))) = (points.first(), points.last()) else { return };
        let (scale, reach) = (sheet.view.scale, 0.42 * sheet.pitch);
        let mut line = vec![*first - point(0.0, reach)];
        line.extend(points.iter().map(|(_, at)| *at));
        line.push(*last + point(0.0, reach));
        let role = if self.is_broken() { Role::Bad } else { Role::Ink };
        let width = 3.0 * scale.sqrt();
        let style = Style::stroke(role, width);
        // What is moved by hand is drawn through; what the algorithm recorded is dashed.
        let style = if self.movable { style } else { style.dashed(3.0 * width, 1.4 * width) };
        for pair in line.windows(2).filter(|pair| pair[0].x.max(pair[1].x) >= sheet.gutter()) {
            scene.add(Form::Line(pair[0], pair[1]), Style::stroke(Role::Stage, width + 3.0));
            scene.add(Form::Line(pair[0], pair[1]), style);
        }
        if let Some(judgement) = &self.judgement {
            self.crossings(scene, sheet, judgement);
        }
    }

    /// The name and the verdict, below the last line.
    pub(super) fn label(&self, scene: &mut Scene, sheet: &Sheet<'_>) {
        let Some((_, last)) = self.points(sheet).pop() else { return };
        let at = last + point(0.0, 0.42 * sheet.pitch);
        let broken = self.is_broken();
        if at.x < sheet.gutter() || at.x > sheet.view.width {
            return;
        }
        let (scale, size) = (sheet.view.scale, 13.0);
        let verdict = match (&self.judgement, broken) {
            (None, _) => "not complete yet",
            (_, true) => "✗ not consistent",
            (_, false) => "✓ consistent",
        };
        let text = format!("{}: {verdict}", self.name);
        let room = width(&text, size * scale, true) + 14.0 * scale;
        let limit = (sheet.view.width - room / 2.0 - 4.0).max(sheet.gutter() + room / 2.0);
        let x = at.x.clamp(sheet.gutter() + room / 2.0, limit);
        let centre = point(x, at.y.min(sheet.view.height - 33.0 * scale));
        let ground = Rect::around(centre, room, 20.0 * scale);
        let edge = if broken { Role::Bad } else { Role::Ink };
        scene.add(Form::Rect(ground, 4.0), Style::fill(Role::Stage).outlined(edge, 2.0));
        let text = sheet.text(centre + point(0.0, 4.6 * scale), text, size).bold();
        scene.add(Form::Text(text), Style::fill(Role::Ink));
    }

    fn crossings(&self, scene: &mut Scene, sheet: &Sheet<'_>, judgement: &Judgement) {
        let scale = sheet.view.scale;
        for crossing in judgement.backward.iter().take(MARKED) {
            let (from, to) = self.ends(sheet, crossing);
            if from.x.max(to.x) < sheet.gutter() || from.x.min(to.x) > sheet.view.width {
                continue;
            }
            let (from, to) = sheet.clipped(from, to);
            scene.add_cased(&Form::Line(from, to), Role::Bad, 4.0 * scale.sqrt(), 1.0);
            let middle = from.towards(to, 0.5);
            marks::cross(scene, middle, 8.0 * scale, Style::stroke(Role::Bad, 4.0));
            let label = sheet.text(middle - point(0.0, 12.0 * scale), "backward", 13.0).bold();
            scene.add(Form::Text(label), Style::fill(Role::Ink).outlined(Role::Stage, 4.0));
        }
        let few = judgement.in_transit.len() <= 4;
        for crossing in judgement.in_transit.iter().take(MARKED) {
            let (from, to) = self.ends(sheet, crossing);
            let middle = from.towards(to, 0.5);
            if middle.x < sheet.gutter() || middle.x > sheet.view.width {
                continue;
            }
            scene.add(Form::Circle(middle, 6.0 * scale), Style::fill(Role::Stage).outlined(Role::Ink, 2.5));
            scene.add(Form::Circle(middle, 2.0 * scale), Style::fill(Role::Ink));
            if few {
                let label = sheet.text(middle - point(0.0, 11.0 * scale), "in transit", 13.0);
                scene.add(Form::Text(label), Style::fill(Role::Ink).outlined(Role::Stage, 4.0));
            }
        }
    }

    /// Where a message that crosses leaves and arrives; one that does not arrive ends behind the cut.
    fn ends(&self, sheet: &Sheet<'_>, crossing: &Crossing) -> (Point, Point) {
        let from = point(sheet.x(crossing.sent), sheet.y(crossing.message.from));
        let received = match crossing.end {
            End::Received(depth) => sheet.x(depth),
            End::Lost(_) | End::UnderWay => {
                let place = self.places.iter().find(|(node, _)| *node == crossing.to);
                let cut = place.map_or(from.x, |&(_, depth)| Self::crossing(sheet, depth));
                cut.max(from.x) + 40.0
            }
        };
        (from, point(received, sheet.y(crossing.to)))
    }

    /// What the cut is moved by, on every line.
    pub(super) fn handles(&self, scene: &mut Scene, sheet: &Sheet<'_>) {
        if !self.movable {
            return;
        }
        let side = (15.0 * sheet.view.scale).min(0.6 * sheet.pitch);
        for (node, at) in self.points(sheet) {
            if at.x < sheet.gutter() || at.x > sheet.view.width {
                continue;
            }
            let ground = Rect::around(at, side, side);
            scene.add(Form::Rect(ground, 3.0), Style::fill(Role::Stage).outlined(Role::Ink, 2.5));
            for dx in [-0.15, 0.15] {
                let bar = Form::Line(at + point(dx * side, -0.25 * side), at + point(dx * side, 0.25 * side));
                scene.add(bar, Style::stroke(Role::Ink, 1.5));
            }
            scene.hit_area(Area::Rect(ground.grown(4.0)), Target::Cut(node));
        }
    }
}
