//! The body of a node or a part: its outline and the ring that tells its tone. Every tone differs by its shape as well
//! as by its hue.

use super::layout::Outline;
use crate::{
    Tone,
    scene::{Form, Point, Role, Scene, Style, geometry::point, marks},
};

/// Draws a body; `u` is its size, 1 for a radius of 28 px.
pub fn draw(scene: &mut Scene, at: Point, outline: Outline, tone: Tone, u: f32) {
    let u = u.clamp(0.3, 2.2);
    let thin = (1.2 * u).clamp(0.8, 2.0);
    let ring = 3.4 * u;
    let fill = Role::ToneFill(tone);
    let hue = Role::Tone(tone);
    let mut add = |inset: f32, style: Style| scene.add(form(at, outline, inset), style);
    match tone {
        Tone::Idle => add(0.0, Style::fill(Role::Stage).outlined(Role::Ink, (1.8 * u).max(1.2))),
        Tone::Waiting => {
            add(0.0, Style::fill(fill).outlined(Role::Ink, thin));
            add(1.2 * ring, Style::stroke(hue, ring).dashed(2.2 * ring, 1.3 * ring));
        }
        Tone::Active => {
            add(0.0, Style::fill(Role::Stage).outlined(Role::Ink, 1.4 * thin));
            add(1.3 * ring, Style::fill(fill).outlined(hue, ring));
            add(1.3 * ring + ring / 2.0, Style::stroke(Role::Ink, thin));
        }
        Tone::Done => {
            add(0.0, Style::fill(fill).outlined(Role::Ink, thin));
            add(0.5 * ring + thin, Style::stroke(hue, ring));
        }
        Tone::Failed => add(0.0, Style::fill(fill).outlined(hue, 1.6 * thin).dashed(2.0 * ring, 1.4 * ring)),
        Tone::Violated => {
            add(-1.8 * ring, Style::stroke(hue, 1.4 * ring).faded(0.4));
            add(0.0, Style::fill(fill).outlined(Role::Ink, thin));
            add(0.5 * ring + thin, Style::stroke(hue, 1.2 * ring));
        }
    }
    let half = outline.half();
    if tone == Tone::Failed {
        let reach = half.x.min(half.y);
        marks::open_cross(scene, at, 0.62 * reach, 0.98 * reach, Style::stroke(hue, 2.4 * thin));
    }
    if tone == Tone::Done && half.y > 14.0 {
        let reach = 0.16 * half.y;
        marks::tick(scene, at + point(0.0, 0.62 * half.y), reach, Style::stroke(Role::Ink, 1.6 * thin));
    }
}

/// The outline, smaller by `inset` on each side.
pub fn form(at: Point, outline: Outline, inset: f32) -> Form {
    match outline {
        Outline::Disc(radius) => Form::Circle(at, (radius - inset).max(0.5)),
        Outline::Box(_, corner) => Form::Rect(outline.bounds(at).grown(-inset), (corner - inset).max(0.0)),
    }
}
