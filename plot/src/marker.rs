//! How lines are told apart: by hue, dash and marker, no two alike even in grey.

use sim::scene::{Form, Point, Rect, Role, Scene, Style, geometry::point};

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Look {
    /// Its colour.
    pub role: Role,
    pub(crate) shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Shape {
    Disc,
    Square,
    Triangle,
    Ring,
}

/// The looks of what is measured, in the order of the configurations.
const LOOKS: [Look; sim::limits::CONFIGURATIONS] = [
    Look { role: Role::Hue(1), shape: Shape::Disc },
    Look { role: Role::Hue(4), shape: Shape::Square },
    Look { role: Role::Hue(3), shape: Shape::Triangle },
    Look { role: Role::Hue(0), shape: Shape::Ring },
    Look { role: Role::Hue(2), shape: Shape::Square },
    Look { role: Role::Hue(5), shape: Shape::Triangle },
    Look { role: Role::Ink, shape: Shape::Ring },
    Look { role: Role::Hue(1), shape: Shape::Square },
];

/// The look of a configuration; of the theory where it speaks of none.
pub fn look(configuration: Option<usize>) -> Look {
    configuration.map_or(Look { role: Role::Quiet, shape: Shape::Ring }, |index| LOOKS[index % LOOKS.len()])
}

/// A piece of a line, as it stands in a table: the marker on its stroke, or a dashed stroke for a curve.
pub fn sample(configuration: Option<usize>, measured: bool) -> Scene {
    let mut scene = Scene::new(40.0, 16.0);
    let look = look(configuration);
    let stroke = Style::stroke(look.role, if measured { 2.0 } else { 1.6 });
    let stroke = if measured { stroke } else { stroke.dashed(6.0, 4.0) };
    scene.add(Form::Line(point(2.0, 8.0), point(38.0, 8.0)), stroke);
    if measured {
        draw(&mut scene, point(20.0, 8.0), look, 1.0);
    }
    scene
}

/// Draws a marker with an edge, so that its hue never carries it alone.
pub(crate) fn draw(scene: &mut Scene, at: Point, look: Look, scale: f32) {
    let size = 4.5 * scale;
    let style = Style::fill(look.role).outlined(Role::Ink, 1.0);
    match look.shape {
        Shape::Disc => scene.add(Form::Circle(at, size), style),
        Shape::Ring => scene.add(Form::Circle(at, size), Style::fill(Role::Stage).outlined(look.role, 2.0 * scale)),
        Shape::Square => scene.add(Form::Rect(Rect::around(at, 1.8 * size, 1.8 * size), 0.0), style),
        Shape::Triangle => {
            let reach = 1.25 * size;
            let corners = [at + point(-reach, reach * 0.8), at + point(reach, reach * 0.8), at + point(0.0, -reach)];
            scene.add(Form::Triangle(corners), style);
        }
    }
}
