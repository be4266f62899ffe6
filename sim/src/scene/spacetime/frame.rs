//! What stands around the lines: names, times, folds, the line of now, and the signs of past and future.

use super::{cone::signs, draw::Sheet};
use crate::{
    Micros, NodeId,
    scene::{
        Anchor, Area, Form, Rect, Role, Scene, Style, Target,
        geometry::{point, within},
        text::{shortened, width},
    },
};

impl Sheet<'_> {
    /// Names, times, folds and the line of now.
    pub(super) fn frame(&self, scene: &mut Scene) {
        let (width, height, scale) = (self.view.width, self.view.height, self.view.scale);
        let ground = Rect { x: 0.0, y: 0.0, width: self.gutter() - 8.0 * scale, height };
        scene.add(Form::Rect(ground, 0.0), Style::fill(Role::Stage));
        let size = 14.0_f32.min(0.9 * self.pitch / scale).max(9.0);
        let every = (11.0 / self.pitch).ceil().max(1.0) as usize;
        for (index, name) in self.window.names.iter().enumerate().step_by(every) {
            let text = shortened(name, size * scale, true, ground.width - 10.0);
            let at = point(14.0 * scale, self.y(NodeId(index as u32)) + 0.35 * size * scale);
            scene.add(Form::Text(self.text(at, text, size).bold().anchored(Anchor::Start)), Style::fill(Role::Ink));
        }
        let baseline = height - 8.0 * scale;
        let (from, to) = (self.view.from, self.view.from + f64::from(width - self.gutter()));
        let now = self.x(self.now);
        for (x, time) in self.axis.ticks(from, to, f64::from(90.0 * scale)) {
            let label = self.text(point(self.place(x), baseline), short(time), 12.0);
            scene.add(Form::Text(label), Style::fill(Role::Quiet));
        }
        for x in self.axis.cuts(from, to) {
            let x = self.place(x);
            for dx in [-3.0, 3.0] {
                let form = Form::Line(point(x + dx - 3.0, baseline - 2.0), point(x + dx + 3.0, baseline - 14.0));
                scene.add(form, Style::stroke(Role::Quiet, 1.5));
            }
        }
        self.now_line(scene, now);
        self.beyond_edge(scene, now);
        if self.view.over.cone.is_some() {
            // On the side on which now does not stand.
            let middle = self.gutter().midpoint(width);
            signs(
                scene,
                self,
                if now > middle { self.gutter() + 8.0 * scale } else { width - 8.0 * scale },
                now > middle,
            );
        }
    }

    fn now_line(&self, scene: &mut Scene, now: f32) {
        let (height, scale) = (self.view.height, self.view.scale);
        let x = if self.now == 0 { self.gutter() } else { now + 9.0 * scale };
        if x < self.gutter() || x > self.view.width {
            return;
        }
        scene.add(Form::Line(point(x, 22.0 * scale), point(x, height - 20.0 * scale)), Style::stroke(Role::Ink, 2.0));
        let text = self.session.world().now().to_string();
        let room = width(&text, 13.0 * scale, false) + 16.0 * scale;
        let centre =
            within(x, self.gutter() + room / 2.0, (self.view.width - room / 2.0).max(self.gutter() + room / 2.0));
        let badge = Rect::around(point(centre, 12.0 * scale), room, 19.0 * scale);
        scene.add(Form::Rect(badge, 4.0), Style::fill(Role::Ink));
        scene.add(Form::Text(self.text(point(centre, 16.6 * scale), text, 13.0)), Style::fill(Role::Stage));
        scene.hit_area(Area::Rect(badge), Target::Now);
        scene.hit_area(Area::Strip(point(x, 22.0), point(x, height - 20.0), 5.0), Target::Now);
    }

    /// What is off the edge is announced there.
    fn beyond_edge(&self, scene: &mut Scene, now: f32) {
        let scale = self.view.scale;
        let y = 16.6 * scale;
        if now > self.view.width {
            let label =
                self.text(point(self.view.width - 8.0, y), "now is further right →", 13.0).anchored(Anchor::End);
            scene.add(Form::Text(label), Style::fill(Role::Ink));
        } else if now < self.gutter() - 1.0 && self.now > 0 {
            let label = self.text(point(self.gutter() + 8.0, y), "← now is further left", 13.0).anchored(Anchor::Start);
            scene.add(Form::Text(label), Style::fill(Role::Ink));
        }
    }
}

/// A time with as many digits as a scale needs.
fn short(time: Micros) -> String {
    let rounded = if time.0 >= 100_000 { Micros((time.0 + 50) / 100 * 100) } else { time };
    rounded.to_string()
}
