//! The SVG painter: for the command line, for pictures within the page, for tests that look at pictures.

use super::{Anchor, Form, Point, Role, Scene, Shape, Style, Text, Theme};
use std::fmt::Write;

/// The fonts of texts, as in the page's style sheet.
const SANS: &str = "system-ui,sans-serif";
const MONO: &str = "ui-monospace,monospace";

/// A picture as an SVG document, its layers one above the other. `title` is its accessible name.
pub fn paint(layers: &[&Scene], theme: Theme, title: &str) -> String {
    let (width, height) = layers.first().map_or((0.0, 0.0), |scene| (scene.width, scene.height));
    let mut out = String::with_capacity(256 + layers.iter().map(|scene| scene.shapes.len() * 96).sum::<usize>());
    let (w, h) = (Number(width), Number(height));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         font-family=\"{SANS}\" stroke-linejoin=\"round\" role=\"img\"><title>{}</title>\n\
         <rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n",
        Escaped(title),
        theme.colour(Role::Stage),
    );
    for shape in layers.iter().flat_map(|scene| &scene.shapes) {
        draw(&mut out, shape, Ink::Theme(theme));
    }
    out.push_str("</svg>\n");
    out
}

/// A picture as an element within the page, where it is decoration: its colours are the custom properties of the style
/// sheet, so that it suits every theme at once.
pub fn element(scene: &Scene, class: &str) -> String {
    let mut out = String::with_capacity(256 + scene.shapes.len() * 96);
    let _ = write!(
        out,
        "<svg class=\"{}\" viewBox=\"0 0 {} {}\" stroke-linejoin=\"round\" aria-hidden=\"true\" focusable=\"false\">",
        Escaped(class),
        Number(scene.width),
        Number(scene.height)
    );
    for shape in &scene.shapes {
        draw(&mut out, shape, Ink::Variables);
    }
    out.push_str("</svg>");
    out
}

/// What the roles are painted with.
#[derive(Clone, Copy)]
enum Ink {
    /// The colours of a theme.
    Theme(Theme),
    /// The custom properties of the page's style sheet.
    Variables,
}

/// A role's colour.
struct Colour(Ink, Role);

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Ink::Theme(theme) => write!(f, "{}", theme.colour(self.1)),
            Ink::Variables => write!(f, "var(--{})", self.1.name()),
        }
    }
}

fn draw(out: &mut String, shape: &Shape, ink: Ink) {
    // Writing to a string cannot fail.
    let _ = match &shape.form {
        Form::Line(a, b) => {
            write!(out, "<path d=\"M{}L{}\"", At(*a), At(*b))
        }
        Form::Curve(a, c, b) => write!(out, "<path d=\"M{}Q{} {}\"", At(*a), At(*c), At(*b)),
        Form::Circle(centre, radius) => {
            write!(
                out,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"",
                Number(centre.x),
                Number(centre.y),
                Number(radius.max(0.0))
            )
        }
        Form::Rect(rect, corner) => write!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"",
            Number(rect.x),
            Number(rect.y),
            Number(rect.width.max(0.0)),
            Number(rect.height.max(0.0)),
            Number(corner.max(0.0))
        ),
        Form::Triangle([a, b, c]) => write!(out, "<path d=\"M{}L{}L{}Z\"", At(*a), At(*b), At(*c)),
        Form::Path(points) => path(out, points),
        Form::Text(text) => return draw_text(out, text, &shape.style, ink),
    };
    paint_style(out, &shape.style, ink);
    out.push_str("/>\n");
}

fn path(out: &mut String, points: &[Point]) -> std::fmt::Result {
    out.push_str("<path d=\"");
    for (index, &at) in points.iter().enumerate() {
        write!(out, "{}{}", if index == 0 { 'M' } else { 'L' }, At(at))?;
    }
    out.push('"');
    Ok(())
}

fn draw_text(out: &mut String, text: &Text, style: &Style, ink: Ink) {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if text.bold { " font-weight=\"700\"" } else { "" };
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{anchor}{weight}",
        Number(text.at.x),
        Number(text.at.y),
        Number(text.size)
    );
    if text.mono {
        let _ = write!(out, " font-family=\"{MONO}\"");
    }
    if style.stroke.is_some() {
        out.push_str(" paint-order=\"stroke\"");
    }
    paint_style(out, style, ink);
    let _ = writeln!(out, ">{}</text>", Escaped(&text.text));
}

fn paint_style(out: &mut String, style: &Style, ink: Ink) {
    let _ = match style.fill {
        Some(role) => write!(out, " fill=\"{}\"", Colour(ink, role)),
        None => write!(out, " fill=\"none\""),
    };
    if let Some(role) = style.stroke {
        let _ = write!(out, " stroke=\"{}\" stroke-width=\"{}\"", Colour(ink, role), Number(style.width));
    }
    if let Some([dash, gap]) = style.dash {
        let _ = write!(out, " stroke-dasharray=\"{} {}\"", Number(dash), Number(gap));
    }
    if style.opacity < 1.0 {
        let _ = write!(out, " opacity=\"{}\"", Number(style.opacity));
    }
}

/// A number with at most two decimals.
struct Number(f32);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hundredths = (self.0 * 100.0).round() as i64;
        let (sign, size) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
        match (size / 100, size % 100) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            (whole, part) => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

struct At(Point);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", Number(self.0.x), Number(self.0.y))
    }
}

struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // Control characters are not allowed in XML.
                letter if letter.is_control() => f.write_char('\u{fffd}')?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Rect, geometry::point},
        *,
    };

    #[test]
    fn every_form_is_painted_and_names_are_escaped() {
        let mut scene = Scene::new(100.0, 50.0);
        let (a, b, c) = (point(0.0, 0.0), point(10.5, 20.25), point(30.0, 0.004));
        scene.add(Form::Line(a, b), Style::stroke(Role::Link, 1.5).dashed(4.0, 3.0));
        scene.add(Form::Curve(a, b, c), Style::stroke(Role::Ink, 2.0).faded(0.5));
        scene.add(Form::Circle(b, 7.0), Style::fill(Role::Ink));
        scene.add(Form::Rect(Rect { x: -1.5, y: 2.0, width: 3.0, height: 4.0 }, 2.0), Style::fill(Role::Stage));
        scene.add(Form::Triangle([a, b, c]), Style::fill(Role::Ink));
        scene.add(Form::Path([a, b, c].into()), Style::stroke(Role::Ink, 1.0));
        scene.add(
            Form::Text(Text::new(b, "a < b & \"c\"", 14.0).bold()),
            Style::fill(Role::Ink).outlined(Role::Stage, 3.0),
        );
        let svg = paint(&[&scene], Theme::Light, "<test>");
        let expected = [
            "<title>&lt;test&gt;</title>",
            "<path d=\"M0 0L10.5 20.25\" fill=\"none\" stroke=\"#8a9099\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>",
            "<path d=\"M0 0Q10.5 20.25 30 0\" fill=\"none\" stroke=\"#1b1f24\" stroke-width=\"2\" opacity=\"0.5\"/>",
            "<circle cx=\"10.5\" cy=\"20.25\" r=\"7\" fill=\"#1b1f24\"/>",
            "<rect x=\"-1.5\" y=\"2\" width=\"3\" height=\"4\" rx=\"2\" fill=\"#ffffff\"/>",
            "<path d=\"M0 0L10.5 20.25L30 0Z\" fill=\"#1b1f24\"/>",
            "<path d=\"M0 0L10.5 20.25L30 0\" fill=\"none\" stroke=\"#1b1f24\" stroke-width=\"1\"/>",
            "paint-order=\"stroke\" fill=\"#1b1f24\" stroke=\"#ffffff\" stroke-width=\"3\">a &lt; b &amp; &quot;c&quot;</text>",
        ];
        for part in expected {
            assert!(svg.contains(part), "{part}\nis missing in\n{svg}");
        }
    }

    #[test]
    fn within_the_page_colours_are_custom_properties() {
        let mut scene = Scene::new(20.0, 10.0);
        scene.add(Form::Circle(point(1.0, 2.0), 3.0), Style::fill(Role::Ink));
        let svg = element(&scene, "small");
        assert!(
            svg.starts_with("<svg class=\"small\" viewBox=\"0 0 20 10\"") && svg.contains("fill=\"var(--ink)\""),
            "{svg}"
        );
    }
}
