//! A run as a picture: its space–time diagram, with a legend and its name below.

use super::{Ended, Moment, Printer};
use crate::{failure::Failure, open, output::Output};
use sim::{
    Session,
    causality::Log,
    narrate,
    scene::{
        Anchor, Form, Point, Role, Scene, Style, Text, Theme,
        geometry::point,
        marks, network,
        spacetime::{Axis, Over, View, gutter, spacetime, window},
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
    /// The event that is selected, and the one with which it is compared.
    pub selected: (Option<u32>, Option<u32>),
}

/// The steps given with `--select`.
pub fn selected(steps: &[u32]) -> Result<(Option<u32>, Option<u32>), Failure> {
    match steps {
        [] => Ok((None, None)),
        [event] => Ok((Some(*event), None)),
        [event, other] => Ok((Some(*event), Some(*other))),
        _ => Err(Failure::input("--select: one event is shown, or two are compared")),
    }
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
        write!(out, "{}", self.picture(session, &self.over(session)?))?;
        Ok(())
    }
}

impl Diagram {
    /// What is drawn over the run, and the answer in words.
    fn over(&self, session: &Session) -> Result<(Over, String), Failure> {
        let (event, other) = self.selected;
        let log = Log::of(session);
        let unknown = [event, other].into_iter().flatten().find(|step| log.node(*step).is_none());
        if let Some(step) = unknown {
            return Err(Failure::input(format!("--select {step}: no process has an event at this step")));
        }
        let over = Over::of(&log, event, other, session.depth());
        let (Some(a), Some(b)) = (event, other) else { return Ok((over, String::new())) };
        let answer = log.answer(a, b, session.world());
        let words = answer.map(|(relation, why)| format!("step {a} {} step {b}: {why}", relation.sign()));
        Ok((over, words.unwrap_or_default()))
    }

    fn picture(&self, session: &Session, (over, answer): &(Over, String)) -> String {
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
            selected: self.selected.0,
            over: over.clone(),
            vectors: self.vector,
            dragged: None,
        };
        let diagram = spacetime(session, &axis, &window(session, 0..session.depth() + 1), &view);
        let mut sheet = Scene::new(view.width, view.height);
        let name = format!("{}: {}", open::title(session), session.scenario().title);
        legend(&mut sheet, session, &name, scale);
        written(&mut sheet, answer, scale);
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

/// A text below all that there is, in as many lines as it needs.
fn written(sheet: &mut Scene, text: &str, scale: f32) {
    let (size, left, room) = (14.0 * scale, 14.0 * scale, sheet.width);
    let mut line = String::new();
    let mut write = |line: &str| {
        sheet.height += 1.5 * size;
        let text = Text::new(point(left, sheet.height - 0.5 * size), line, size).anchored(Anchor::Start);
        sheet.add(Form::Text(text), Style::fill(Role::Ink));
    };
    for word in text.split(' ') {
        if !line.is_empty() && width(&line, size, false) + width(word, size, false) + size > room - 2.0 * left {
            write(&line);
            line.clear();
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    if !line.is_empty() {
        write(&line);
    }
}
