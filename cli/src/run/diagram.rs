//! A run as a picture: its space–time diagram, with a legend and its name below.

use super::{Ended, Moment, Printer};
use crate::{failure::Failure, output::Output};
use sim::{
    Session, narrate,
    scene::{
        Anchor, Form, Point, Role, Scene, Style, Text, Theme,
        geometry::point,
        marks, network,
        spacetime::{Axis, View, gutter, spacetime, window},
        svg,
        text::width,
    },
};
use std::io::Write;

/// The most steps of one picture: a wider one could be shown by nothing.
const STEPS: u32 = 2_000;
/// Pixels left of the first event and right of the last.
const MARGIN: f64 = 28.0;
/// What messages under way need to the right of the last event.
const AHEAD: f64 = 110.0;
/// Pixels between two nodes' lines: enough for stamps and bands, unless there are many.
const PITCH: f32 = 72.0;
const CLOSE_PITCH: f32 = 26.0;
/// So many nodes get the full pitch.
const FEW: usize = 16;
/// What the texts of the space–time view need above and below its lines.
const FRAME: f32 = 56.0;
/// The least width, so that the legend has room.
const LEAST_WIDTH: f32 = 480.0;

/// A run as a picture.
pub struct Diagram {
    /// Its colours.
    pub theme: Theme,
    /// Whether vectors stand beside the events, in the place of Lamport stamps.
    pub vector: bool,
}

impl Printer for Diagram {
    fn start(&mut self, _session: &Session, _moment: &Moment, _out: &mut Output) -> Result<(), Failure> {
        Ok(())
    }

    fn step(&mut self, _session: &Session, _moment: &Moment, _out: &mut Output) -> Result<(), Failure> {
        Ok(())
    }

    fn end(&mut self, session: &Session, _ended: Ended, out: &mut Output) -> Result<(), Failure> {
        let steps = session.depth();
        if steps > STEPS {
            return Err(Failure::input(format!(
                "--format svg: {steps} steps are too many for one picture; --until {STEPS} draws as many as it can hold"
            )));
        }
        write!(out, "{}", self.picture(session))?;
        Ok(())
    }
}

impl Diagram {
    fn picture(&self, session: &Session) -> String {
        let scale = self.theme.scale();
        let mut axis = Axis::default();
        axis.follow(session);
        let nodes = session.world().nodes().len();
        let ahead = if session.world().flights().next().is_some() { AHEAD } else { 0.0 };
        let length = (MARGIN + axis.length() + ahead + MARGIN) as f32;
        let pitch = if nodes <= FEW { PITCH } else { CLOSE_PITCH };
        let view = View {
            width: (gutter(session, scale) + length).max(LEAST_WIDTH * scale),
            height: (FRAME + pitch * nodes as f32) * scale,
            scale,
            from: -MARGIN,
            selected: None,
            causality: false,
            vectors: self.vector,
            dragged: None,
        };
        let diagram = spacetime(session, &axis, &window(session, 0..session.depth() + 1), &view);
        let mut sheet = Scene::new(view.width, view.height);
        let name = format!("{}: {}", session.setup().algorithm.title, session.scenario().title);
        legend(&mut sheet, session, &name, scale);
        svg::paint(&[&sheet, &diagram], self.theme, &format!("{name}. Space–time diagram."))
    }
}

/// Below the diagram: an arrow a kind of message, and what the picture shows. The sheet grows by what that takes.
fn legend(sheet: &mut Scene, session: &Session, name: &str, scale: f32) {
    let (size, line) = (13.0 * scale, 24.0 * scale);
    let left = 14.0 * scale;
    let mut at = point(left, sheet.height + line);
    let write = |sheet: &mut Scene, at: Point, text: &str, role: Role| {
        let text = Text::new(at, text, size).anchored(Anchor::Start);
        sheet.add(Form::Text(text), Style::fill(role));
    };
    for (kind, _) in session.world().tally().sent_by_kind() {
        let label = narrate::message_kind(kind);
        let arrow = 34.0 * scale;
        let room = arrow + 8.0 * scale + width(&label, size, false) + 20.0 * scale;
        if at.x + room > sheet.width && at.x > left {
            at = point(left, at.y + line);
        }
        let hue = Role::Hue(network::hue(session.world(), kind));
        let (from, to) = (at - point(0.0, 0.35 * size), at + point(arrow, -0.35 * size));
        sheet.add(Form::Line(from, to), Style::stroke(hue, 2.0 * scale.sqrt()));
        let head = marks::arrowhead(to, point(1.0, 0.0), 11.0 * scale, 10.0 * scale);
        sheet.add(head, Style::fill(hue).outlined(Role::Ink, 1.0));
        write(sheet, at + point(arrow + 8.0 * scale, 0.0), &label, Role::Ink);
        at = at + point(room, 0.0);
    }
    let bottom = if at.x > left { at.y + line } else { at.y };
    write(sheet, point(left, bottom), name, Role::Quiet);
    sheet.height = bottom + 0.6 * line;
}
