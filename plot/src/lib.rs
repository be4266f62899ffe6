//! Pictures of experiments: what was measured, with its intervals, beside the curves of the theory.
//!
//! Plotters draws them, and a backend of our own turns what it draws into the shapes of every other picture here
//! (`sim::scene`): the page shows them in the colours of its style sheet, and the command line writes them with the same
//! painter as its diagrams.

#![forbid(unsafe_code)]

mod backend;
mod lines;
mod marker;

pub use marker::{Look, look, sample};

use backend::{Pen, Sheet, colour};
use lines::{Seen, seen};
use plotters::{
    coord::{Shift, types::RangedCoordf64},
    prelude::*,
};
use sim::{
    experiment::{Panel, number},
    scene::{Anchor, Form, Role, Scene, Style, Text as Words, geometry::point, text},
};

/// The height of texts in CSS pixels, before the theme's scale.
const TEXT: f32 = 14.0;
/// The most room for the names at the ends of lines, in heights of text.
const NAMES: f32 = 13.0;

/// How a picture is made.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame<'a> {
    /// Its width in CSS pixels.
    pub width: f32,
    /// Its height in CSS pixels.
    pub height: f32,
    /// The theme's scale: texts and strokes grow with it.
    pub scale: f32,
    /// What stands at the horizontal axis.
    pub axis: &'a str,
}

type Area = DrawingArea<Sheet, Shift>;
type Plane<'a> = ChartContext<'a, Sheet, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<<Sheet as DrawingBackend>::ErrorType>>;

/// The picture of one measure.
pub fn picture(panel: &Panel, frame: &Frame<'_>) -> Scene {
    let pen = Pen::new(frame.width, frame.height, frame.scale);
    let root = Sheet::new(&pen).into_drawing_area();
    // The sheet refuses nothing; plotters itself refuses only areas that are too small for their axes.
    let _ = draw(&root, panel, frame, &pen);
    drop(root);
    pen.finish()
}

fn draw(root: &Area, panel: &Panel, frame: &Frame<'_>, pen: &Pen) -> Drawn {
    let lines = seen(panel);
    let size = TEXT * frame.scale;
    let Some(range) = lines::range(&lines) else {
        pen.words(Words::new(point(frame.width / 2.0, frame.height / 2.0), "Nothing is known yet.", size), Role::Quiet);
        return Ok(());
    };
    let width = |words: &str| text::width(words, size, false);
    let names = lines.iter().map(|line| width(line.label)).fold(0.0, f32::max).min(NAMES * size);
    let ticks =
        [range.low, range.high, range.high / 3.0].map(|value| width(&short(value))).into_iter().fold(0.0, f32::max);
    let fine = |length: f32| pen.fine(length);
    let mut chart = ChartBuilder::on(root)
        .margin_top(fine(1.9 * size))
        .margin_right(fine(names + 2.4 * size))
        .set_label_area_size(LabelAreaPosition::Bottom, fine(3.2 * size))
        .set_label_area_size(LabelAreaPosition::Left, fine(ticks + 1.2 * size))
        .build_cartesian_2d(range.left..range.right, range.low..range.high)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(colour(Role::Rule))
        .axis_style(colour(Role::Edge))
        .label_style(pen.style(Role::Ink, size))
        .x_labels(8)
        .y_labels(6)
        .x_label_formatter(&|value| short(*value))
        .y_label_formatter(&|value| short(*value))
        .draw()?;
    let heading = if panel.unit.is_empty() { panel.label.clone() } else { format!("{} ({})", panel.label, panel.unit) };
    pen.words(Words::new(point(0.3 * size, 1.1 * size), heading, size).anchored(Anchor::Start), Role::Ink);
    let (middle, bottom) = (frame.width / 2.0, frame.height - 0.6 * size);
    pen.words(Words::new(point(middle, bottom), frame.axis, size), Role::Ink);
    // The theory beneath what was measured.
    for line in lines.iter().rev() {
        one_line(&mut chart, line, &range, pen)?;
    }
    let (right, _) = chart.backend_coord(&(range.right, range.low));
    name_lines(&chart, &lines, &range, (pen.coarse(right), size), pen);
    Ok(())
}

/// One line with its intervals and markers.
fn one_line(chart: &mut Plane<'_>, line: &Seen<'_>, range: &lines::Range, pen: &Pen) -> Drawn {
    let shade = colour(line.look.role);
    pen.set_dash(line.dash);
    for stretch in line.stretches(range) {
        chart.draw_series([PathElement::new(stretch, shade.stroke_width(pen.fine(line.width) as u32))])?;
    }
    pen.set_dash(None);
    if !line.measured {
        return Ok(());
    }
    for place in line.points {
        let (mean, half) = (place.estimate.mean, place.estimate.half_width.unwrap_or(0.0));
        let (x, middle) = chart.backend_coord(&(place.x, mean));
        let (_, low) = chart.backend_coord(&(place.x, (mean - half).max(range.low)));
        let (_, high) = chart.backend_coord(&(place.x, (mean + half).min(range.high)));
        let at = |y: i32| point(pen.coarse(x), pen.coarse(y));
        pen.interval(at(low), at(high), line.look.role);
        pen.marker(at(middle), line.look);
    }
    Ok(())
}

/// The names at the ends of the lines, moved apart where they would touch.
fn name_lines(chart: &Plane<'_>, lines: &[Seen<'_>], range: &lines::Range, (right, size): (f32, f32), pen: &Pen) {
    let mut labels: Vec<(f32, &Seen<'_>)> = Vec::new();
    for line in lines {
        let Some((x, y)) = line.end(range) else { continue };
        let (_, at) = chart.backend_coord(&(x, y));
        labels.push((pen.coarse(at), line));
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut places: Vec<f32> = labels.iter().map(|(y, _)| *y).collect();
    let (_, bottom) = chart.backend_coord(&(range.right, range.low));
    move_apart(&mut places, 1.25 * size, pen.coarse(bottom));
    for ((_, line), y) in labels.into_iter().zip(places) {
        let (from, to) = (point(right + 0.35 * size, y), point(right + 1.5 * size, y));
        let style = Style::stroke(line.look.role, line.width * 1.2);
        pen.add(Form::Line(from, to), line.dash.map_or(style, |[dash, gap]| style.dashed(dash, gap)));
        if line.measured {
            pen.marker(point(from.x.midpoint(to.x), y), line.look);
        }
        let name = text::shortened(line.label, size, false, NAMES * size);
        let at = point(to.x + 0.4 * size, y + 0.35 * size);
        pen.words(Words::new(at, name, size).anchored(Anchor::Start), Role::Ink);
    }
}

/// Moves sorted places so that each is `height` from the next and none is below `bottom`.
fn move_apart(places: &mut [f32], height: f32, bottom: f32) {
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + height);
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - height;
    }
}

/// A number at an axis: no more than four digits of it mean something.
fn short(value: f64) -> String {
    let places = if value.abs() < 10.0 { 100.0 } else { 10.0 };
    number((value * places).round() / places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_touch() {
        let mut places = [50.0, 52.0, 53.0, 190.0];
        move_apart(&mut places, 16.0, 200.0);
        assert_eq!(places.map(|place| place as i32), [50, 66, 82, 190]);
        let mut low = [195.0, 196.0, 199.0];
        move_apart(&mut low, 16.0, 200.0);
        assert_eq!(low.map(|place| place as i32), [168, 184, 200]);
    }
}
