//! Small signs, made of plain forms: arrowheads, crosses, pins, pause bars.

use super::{
    Form, Point, Role, Scene, Style,
    geometry::{Rect, point},
};

/// The triangle at the end of an arrow that comes along `direction`, a displacement of length 1.
pub fn arrowhead(tip: Point, direction: Point, length: f32, width: f32) -> Form {
    let back = tip - direction * length;
    let side = direction.right() * (width / 2.0);
    Form::Triangle([tip, back + side, back - side])
}

/// Two strokes.
pub fn cross(scene: &mut Scene, centre: Point, reach: f32, style: Style) {
    for turn in [1.0, -1.0] {
        let arm = point(reach, turn * reach);
        scene.add(Form::Line(centre - arm, centre + arm), style);
    }
}

/// A cross that leaves the middle free for a name.
pub fn open_cross(scene: &mut Scene, centre: Point, inner: f32, outer: f32, style: Style) {
    for (x, y) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
        let arm = point(x, y) * std::f32::consts::FRAC_1_SQRT_2;
        scene.add(Form::Line(centre + arm * inner, centre + arm * outer), style);
    }
}

/// A pin in a disc: the user holds it.
pub fn pin(scene: &mut Scene, centre: Point, radius: f32) {
    scene.add(Form::Circle(centre, radius), Style::fill(Role::Stage).outlined(Role::Ink, 0.15 * radius));
    let at = |x: f32, y: f32| centre + point(x, y) * (radius / 9.0);
    let style = Style::stroke(Role::Ink, 0.16 * radius);
    let cap = [
        at(-3.0, -5.0),
        at(3.0, -5.0),
        at(2.0, -5.0),
        at(2.0, -0.5),
        at(4.0, 1.0),
        at(-4.0, 1.0),
        at(-2.0, -0.5),
        at(-2.0, -5.0),
    ];
    scene.add(Form::Path(cap.into()), style);
    scene.add(Form::Line(at(0.0, 1.0), at(0.0, 5.5)), style);
}

/// Two bars in a disc: paused.
pub fn paused(scene: &mut Scene, centre: Point, radius: f32) {
    scene.add(Form::Circle(centre, radius), Style::fill(Role::Stage).outlined(Role::Ink, 0.15 * radius));
    for side in [-1.0, 1.0] {
        let bar = Rect::around(centre + point(side * 0.3 * radius, 0.0), 0.28 * radius, 0.9 * radius);
        scene.add(Form::Rect(bar, 0.0), Style::fill(Role::Ink));
    }
}

/// A tick.
pub fn tick(scene: &mut Scene, centre: Point, reach: f32, style: Style) {
    let points = [point(-1.0, 0.0), point(-0.3, 0.7), point(1.0, -0.8)].map(|at| centre + at * reach);
    scene.add(Form::Path(points.into()), style);
}
