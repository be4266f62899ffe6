//! A picture as text, a line a shape: what tests compare, and what a reader can check without an eye.

use super::{Anchor, Form, Point, Scene, Style};
use std::fmt::Write;

impl Scene {
    /// The shapes, one a line, in painting order, rounded to whole pixels.
    pub fn written(&self) -> String {
        let mut out = String::new();
        for shape in &self.shapes {
            write_form(&mut out, &shape.form);
            write_style(&mut out, &shape.style);
            out.push('\n');
        }
        out
    }
}

fn write_form(out: &mut String, form: &Form) {
    let at = |point: &Point| format!("{:.0},{:.0}", point.x, point.y);
    let all = |points: &[Point]| points.iter().map(at).collect::<Vec<_>>().join(" ");
    // Writing to a string cannot fail.
    let _ = match form {
        Form::Line(a, b) => write!(out, "line {} {}", at(a), at(b)),
        Form::Curve(a, control, b) => write!(out, "curve {} {} {}", at(a), at(control), at(b)),
        Form::Circle(centre, radius) => write!(out, "circle {} r{radius:.0}", at(centre)),
        Form::Rect(rect, corner) => {
            write!(out, "rect {:.0},{:.0} {:.0}×{:.0} r{corner:.0}", rect.x, rect.y, rect.width, rect.height)
        }
        Form::Triangle(corners) => write!(out, "triangle {}", all(corners)),
        Form::Path(points) => write!(out, "path {}", all(points)),
        Form::Text(text) => {
            let anchor = match text.anchor {
                Anchor::Start => "from",
                Anchor::Middle => "around",
                Anchor::End => "to",
            };
            let bold = if text.bold { " bold" } else { "" };
            write!(out, "text {:?} {anchor} {} {:.0}{bold}", text.text, at(&text.at), text.size)
        }
    };
}

fn write_style(out: &mut String, style: &Style) {
    if let Some(role) = style.fill {
        let _ = write!(out, " fill {}", role.name());
    }
    if let Some(role) = style.stroke {
        let dashed = if style.dash.is_some() { "dashed " } else { "" };
        let _ = write!(out, " {dashed}{} {:.1}", role.name(), style.width);
    }
    if style.opacity < 1.0 {
        let _ = write!(out, " at {:.0}%", style.opacity * 100.0);
    }
}
