//! Draws lines with plotters: they differ in hue, dash and marker, each with its name at its end.

use super::backend::{Canvas, Dash};
use plotters::{
    coord::Shift,
    element::PathElement,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use sim::{
    Micros,
    scene::{Role, Theme},
};
use std::{cell::Cell, rc::Rc};
use web_sys::HtmlCanvasElement;

/// The face of the page's texts.
const SANS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
/// The height of texts in CSS pixels; larger on the projector.
const TEXT: f64 = 14.0;

/// The room for the names of lines, in CSS pixels: longer ones are shortened here and stand in full in the table.
const NAMES: f32 = 72.0;

/// How one line of a chart is drawn.
pub struct Stroke {
    /// Its class in the style sheet, for the sample in the table.
    pub class: &'static str,
    role: Role,
    dash: &'static [f64],
    marker: Marker,
}

#[derive(Clone, Copy)]
enum Marker {
    Disc,
    Square,
    Triangle,
    Ring,
}

/// The strokes of the lines, in their order: no two alike, even in grey.
pub static STYLES: [Stroke; 8] = [
    Stroke { class: "stroke-0", role: Role::Hue(1), dash: &[], marker: Marker::Disc },
    Stroke { class: "stroke-1", role: Role::Hue(4), dash: &[8.0, 4.0], marker: Marker::Square },
    Stroke { class: "stroke-2", role: Role::Hue(3), dash: &[2.0, 3.0], marker: Marker::Triangle },
    Stroke { class: "stroke-3", role: Role::Hue(0), dash: &[12.0, 3.0, 2.0, 3.0], marker: Marker::Ring },
    Stroke { class: "stroke-4", role: Role::Hue(2), dash: &[], marker: Marker::Square },
    Stroke { class: "stroke-5", role: Role::Hue(5), dash: &[8.0, 4.0], marker: Marker::Triangle },
    Stroke { class: "stroke-6", role: Role::Ink, dash: &[2.0, 3.0], marker: Marker::Ring },
    Stroke { class: "stroke-7", role: Role::Hue(1), dash: &[12.0, 3.0, 2.0, 3.0], marker: Marker::Triangle },
];

/// How a picture is drawn.
pub struct Look {
    /// The theme in force.
    pub theme: Theme,
    /// Device pixels a CSS pixel.
    pub ratio: f64,
}

/// What is drawn. Points are microseconds and values.
#[derive(Default)]
pub struct Picture {
    /// The lines, in the order of their strokes.
    pub lines: Vec<Line>,
    /// Bounds that the lines are held against, with their names.
    pub guides: Vec<(&'static str, Vec<(f64, f64)>)>,
    /// At the present moment, how far a line may be wrong: its index, its value, and half of the width.
    pub spans: Vec<(usize, f64, f64)>,
    /// The unit of the values.
    pub unit: &'static str,
    /// Where the time ends.
    pub end: Micros,
    /// The present moment.
    pub now: Micros,
}

/// One line.
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its points, in the order of time. Where the value is no number, the line is broken.
    pub points: Vec<(f64, f64)>,
}

impl Look {
    fn colour(&self, role: Role) -> RGBColor {
        let [_, red, green, blue] = self.theme.colour(role).0.to_be_bytes();
        RGBColor(red, green, blue)
    }
    /// Device pixels of a length in CSS pixels.
    fn pixels(&self, length: f64) -> i32 {
        (length * self.ratio * f64::from(self.theme.scale()).sqrt()).round() as i32
    }
    fn text(&self, role: Role) -> TextStyle<'static> {
        let size = TEXT * self.ratio * f64::from(self.theme.scale());
        let style = TextStyle::from((FontFamily::Name(SANS), size));
        TextStyle { color: self.colour(role).to_backend_color(), ..style }
    }
}

/// Fits the canvas to its place on the page and draws the picture. What the browser refuses to draw is left out: the
/// table below says the same.
pub fn draw(canvas: &HtmlCanvasElement, picture: &Picture, look: &Look) {
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    if width < 40.0 || height < 40.0 {
        return;
    }
    canvas.set_width((width * look.ratio) as u32);
    canvas.set_height((height * look.ratio) as u32);
    let dash: Dash = Rc::new(Cell::new(&[][..]));
    let Some(backend) = Canvas::new(canvas.clone(), Rc::clone(&dash), look.ratio) else { return };
    let root = backend.into_drawing_area();
    let _ = chart(&root, picture, look, &dash);
}

type Drawn = Result<(), DrawingAreaErrorKind<<Canvas as DrawingBackend>::ErrorType>>;

/// The unit of the time axis: its name, and how many microseconds it has.
fn time_unit(greatest: Micros) -> (&'static str, f64) {
    if greatest.0 < 10_000_000 { ("ms", 1e3) } else { ("s", 1e6) }
}

/// The range of the values, with 0 in it and a little room at the top, and below where there is something.
fn range(picture: &Picture) -> (f64, f64) {
    let lines = picture.lines.iter().flat_map(|line| &line.points);
    let values = || lines.clone().chain(picture.guides.iter().flat_map(|(_, points)| points)).map(|(_, value)| *value);
    let least =
        picture.spans.iter().map(|(_, value, within)| value - within).fold(values().fold(0.0, f64::min), f64::min);
    let greatest = values().fold(f64::MIN, f64::max);
    let greatest = picture.spans.iter().map(|(_, value, within)| value + within).fold(greatest, f64::max);
    let greatest = if greatest > least { greatest.max(0.0) } else { least + 1.0 };
    let room = (greatest - least) * 0.05;
    (if least < 0.0 { least - room } else { least }, greatest + room)
}

/// Whether all values are whole numbers, so that the axis needs no others.
fn is_whole(picture: &Picture) -> bool {
    picture.lines.iter().flat_map(|line| &line.points).all(|(_, value)| value.is_nan() || value.fract() == 0.0)
}

fn chart(root: &DrawingArea<Canvas, Shift>, picture: &Picture, look: &Look, dash: &Dash) -> Drawn {
    root.fill(&look.colour(Role::Stage))?;
    let (unit, scale) = time_unit(picture.end);
    let (low, high) = range(picture);
    let names = picture.lines.iter().map(|line| &line.name[..]).chain(picture.guides.iter().map(|(name, _)| *name));
    let names = names.map(|name| sim::scene::text::width(name, TEXT as f32, false)).fold(24.0, f32::max);
    let ticks = if is_whole(picture) { ((high - low) as usize + 1).clamp(2, 6) } else { 6 };
    let wide = |value: f64| sim::scene::text::width(&number(value), TEXT as f32, false);
    let widest = wide(high).max(wide(low)).max(24.0);
    let text = f64::from(look.theme.scale()) / f64::from(look.theme.scale()).sqrt();
    let end = picture.end.0.max(1) as f64 / scale;
    let mut chart = ChartBuilder::on(root)
        .margin_top(look.pixels(22.0 * text))
        .margin_right(look.pixels(f64::from(names.min(NAMES)) * text + 22.0))
        .set_label_area_size(LabelAreaPosition::Bottom, look.pixels(26.0 * text))
        .set_label_area_size(LabelAreaPosition::Left, look.pixels(f64::from(widest) * text + 12.0))
        .build_cartesian_2d(0.0..end, low..high)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(look.colour(Role::Rule))
        .axis_style(look.colour(Role::Edge))
        .label_style(look.text(Role::Ink))
        .x_labels(4)
        .y_labels(ticks)
        .x_label_formatter(&|value| format!("{} {unit}", number(*value)))
        .y_label_formatter(&|value| number(*value))
        .draw()?;

    let style = look.text(Role::Quiet).pos(Pos::new(HPos::Left, VPos::Center));
    root.draw(&Text::new(picture.unit, (look.pixels(4.0), look.pixels(9.0 * text)), style))?;

    let ink = look.colour(Role::Ink);
    if picture.now < picture.end {
        let now = picture.now.0 as f64 / scale;
        chart.draw_series([PathElement::new([(now, low), (now, high)], ink.stroke_width(look.pixels(1.5) as u32))])?;
    }
    let right = chart.backend_coord(&(end, low)).0;
    let mut labels = Vec::new();
    let scaled = |points: &[(f64, f64)]| points.iter().map(|(at, value)| (at / scale, *value)).collect::<Vec<_>>();
    for (name, points) in &picture.guides {
        let points = scaled(points);
        let Some(&last) = points.last() else { continue };
        dash.set(&[6.0, 5.0]);
        let style = look.colour(Role::Ink).stroke_width(look.pixels(1.5) as u32);
        chart.draw_series([PathElement::new(points, style)])?;
        dash.set(&[]);
        if !name.is_empty() {
            labels.push((chart.backend_coord(&last).1, None, *name));
        }
    }
    for (index, line) in picture.lines.iter().enumerate() {
        let stroke = &STYLES[index % STYLES.len()];
        let colour = look.colour(stroke.role);
        let mut points = scaled(&line.points);
        dash.set(stroke.dash);
        for piece in points.split(|(_, value)| value.is_nan()).filter(|piece| !piece.is_empty()) {
            chart.draw_series([PathElement::new(piece.to_vec(), colour.stroke_width(look.pixels(2.0) as u32))])?;
        }
        dash.set(&[]);
        points.retain(|(_, value)| !value.is_nan());
        let Some(&last) = points.last() else { continue };
        for place in spread(&points, index) {
            mark(root, chart.backend_coord(&place), stroke.marker, look, colour)?;
        }
        labels.push((chart.backend_coord(&last).1, Some(index), &line.name));
    }
    for (place, &(index, value, within)) in picture.spans.iter().enumerate() {
        let now = picture.now.0 as f64 / scale;
        // Beside each other, and in the picture also at the start.
        let beside = look.pixels(10.0) * place as i32;
        let at = |value: f64| {
            let (x, y) = chart.backend_coord(&(now, value));
            ((x - beside).max(chart.backend_coord(&(0.0, low)).0), y)
        };
        let ends = [value - within, value + within].map(at);
        span(root, ends, look, look.colour(STYLES[index % STYLES.len()].role))?;
    }
    name_lines(root, labels, right, look)
}

/// How far a value may be wrong: a bar with two ends.
fn span(root: &DrawingArea<Canvas, Shift>, ends: [(i32, i32); 2], look: &Look, colour: RGBColor) -> Drawn {
    let (half, style) = (look.pixels(5.0), colour.stroke_width(look.pixels(2.0) as u32));
    root.draw(&PathElement::new(ends, style))?;
    for (x, y) in ends {
        root.draw(&PathElement::new([(x - half, y), (x + half, y)], style))?;
    }
    Ok(())
}

/// Places for a few markers, different ones for each line.
fn spread(points: &[(f64, f64)], index: usize) -> impl Iterator<Item = (f64, f64)> {
    let every = (points.len() / 6).max(1);
    points.iter().skip(index * every / 8).step_by(every).copied()
}

fn mark(root: &DrawingArea<Canvas, Shift>, (x, y): (i32, i32), marker: Marker, look: &Look, colour: RGBColor) -> Drawn {
    let size = look.pixels(4.0);
    match marker {
        Marker::Disc => root.draw(&Circle::new((x, y), size, colour.filled())),
        Marker::Ring => {
            root.draw(&Circle::new((x, y), size, look.colour(Role::Stage).filled()))?;
            root.draw(&Circle::new((x, y), size, colour.stroke_width(look.pixels(2.0) as u32)))
        }
        Marker::Square => {
            let corner = size * 7 / 8;
            root.draw(&Rectangle::new([(x - corner, y - corner), (x + corner, y + corner)], colour.filled()))
        }
        Marker::Triangle => {
            let reach = size * 5 / 4;
            root.draw(&Polygon::new([(x - reach, y + reach), (x + reach, y + reach), (x, y - reach)], colour.filled()))
        }
    }
}

/// The names at the ends of the lines, moved apart where they would touch.
fn name_lines(
    root: &DrawingArea<Canvas, Shift>,
    mut labels: Vec<(i32, Option<usize>, &str)>,
    right: i32,
    look: &Look,
) -> Drawn {
    // Few enough for the simplest sorting, which is the smallest.
    for end in 1..labels.len() {
        let mut at = end;
        while at > 0 && labels[at - 1].0 > labels[at].0 {
            labels.swap(at - 1, at);
            at -= 1;
        }
    }
    let height = (TEXT * look.ratio * f64::from(look.theme.scale())) as i32;
    let mut places: Vec<i32> = labels.iter().map(|(y, ..)| *y).collect();
    move_apart(&mut places, height, root.dim_in_pixel().1.cast_signed() - 2 * height);
    for ((_, index, name), y) in labels.into_iter().zip(places) {
        let (x, swatch) = (right + look.pixels(10.0), look.pixels(4.0));
        let colour = look.colour(index.map_or(Role::Stage, |index| STYLES[index % STYLES.len()].role));
        root.draw(&Rectangle::new([(x, y - height / 2 + 2), (x + swatch, y + height / 2 - 2)], colour.filled()))?;
        let style = look.text(Role::Ink).pos(Pos::new(HPos::Left, VPos::Center));
        let name = sim::scene::text::shortened(name, TEXT as f32, false, NAMES);
        root.draw(&Text::new(name, (x + 2 * swatch, y), style))?;
    }
    Ok(())
}

/// Moves sorted places so that each is `height` from the next and none is below `bottom`.
fn move_apart(places: &mut [i32], height: i32, bottom: i32) {
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + height);
    }
    let mut most = bottom;
    for place in places.iter_mut().rev() {
        *place = (*place).min(most);
        most = *place - height;
    }
}

/// A number with as many digits as it needs, at most two behind the point.
pub fn number(value: f64) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let (whole, rest) = (hundredths / 100, hundredths.unsigned_abs() % 100);
    let minus = if hundredths < 0 && whole == 0 { "-" } else { "" };
    match rest {
        0 => format!("{minus}{whole}"),
        _ if rest.is_multiple_of(10) => format!("{minus}{whole}.{}", rest / 10),
        _ => format!("{minus}{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_they_need() {
        for (value, text) in [(3.0, "3"), (0.5, "0.5"), (1.256, "1.26"), (-0.25, "-0.25"), (12.05, "12.05")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn names_never_touch() {
        let mut places = [50, 52, 53, 190];
        move_apart(&mut places, 16, 200);
        assert_eq!(places, [50, 66, 82, 190]);
        let mut low = [195, 196, 199];
        move_apart(&mut low, 16, 200);
        assert_eq!(low, [168, 184, 200]);
    }
}
