//! A small still picture as SVG elements of the page: sharp at every size, and in the colours of every theme at once, for
//! each role is a custom property of the style sheet. The large, moving pictures are painted on canvases.

use crate::markup::html;
use sim::scene::{Anchor, Form, Point, Role, Scene, Shape, Text};
use yew::{AttrValue, Html};

/// A scene as an image. It is decoration unless it has a name.
pub fn picture(scene: &Scene, class: &'static str, name: Option<AttrValue>) -> Html {
    let view = format!("0 0 {} {}", number(scene.width), number(scene.height));
    let hidden = name.is_none().then_some("true");
    let role = name.is_some().then_some("img");
    html! {
        <svg {class} viewBox={view} {role} aria-label={name} aria-hidden={hidden} focusable="false">
            { for scene.shapes.iter().map(shape) }
        </svg>
    }
}

/// A length with at most one digit after the point.
fn number(value: f32) -> String {
    let tenths = (value * 10.0).round() as i32;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

fn paint(role: Option<Role>) -> AttrValue {
    role.map_or(AttrValue::Static("none"), |role| format!("var(--{})", role.name()).into())
}

fn pairs(points: &[Point]) -> String {
    let pairs: Vec<String> = points.iter().map(|at| format!("{},{} ", number(at.x), number(at.y))).collect();
    pairs.concat()
}

fn shape(shape: &Shape) -> Html {
    let style = &shape.style;
    let (fill, stroke) = (paint(style.fill), paint(style.stroke));
    let width = style.stroke.map(|_| number(style.width));
    let dash = style.dash.map(|[dash, gap]| format!("{} {}", number(dash), number(gap)));
    let opacity = (style.opacity < 1.0).then(|| format!("{:.2}", style.opacity));
    match &shape.form {
        Form::Text(said) => text(said, fill, stroke, width, opacity),
        Form::Circle(centre, radius) => html! {
            <circle cx={number(centre.x)} cy={number(centre.y)} r={number(radius.max(0.0))} {fill} {stroke} stroke-width={width}
                stroke-dasharray={dash} {opacity} />
        },
        Form::Rect(rect, radius) => html! {
            <rect x={number(rect.x)} y={number(rect.y)} width={number(rect.width.max(0.0))} height={number(rect.height.max(0.0))}
                rx={number(radius.max(0.0))} {fill} {stroke} stroke-width={width} stroke-dasharray={dash} {opacity} />
        },
        other => html! {
            <path d={outline(other)} {fill} {stroke} stroke-width={width} stroke-dasharray={dash} stroke-linejoin="round" {opacity} />
        },
    }
}

/// The path of a form that is made of lines.
fn outline(form: &Form) -> String {
    match form {
        Form::Line(from, to) => format!("M{}L{}", pairs(&[*from]), pairs(&[*to])),
        Form::Curve(from, control, to) => format!("M{}Q{}", pairs(&[*from]), pairs(&[*control, *to])),
        Form::Triangle(corners) => format!("M{}Z", pairs(corners)),
        Form::Path(points) => format!("M{}", pairs(points)),
        Form::Circle(..) | Form::Rect(..) | Form::Text(_) => String::new(),
    }
}

fn text(said: &Text, fill: AttrValue, stroke: AttrValue, width: Option<String>, opacity: Option<String>) -> Html {
    let anchor = match said.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let weight = said.bold.then_some("700");
    let class = said.mono.then_some("mono");
    html! {
        <text x={number(said.at.x)} y={number(said.at.y)} font-size={number(said.size)} font-weight={weight} {class}
            text-anchor={anchor} {fill} {stroke} stroke-width={width} paint-order="stroke" stroke-linejoin="round" {opacity}>
            { &*said.text }
        </text>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_digit_at_most() {
        for (value, text) in [(0.0, "0"), (-0.04, "0"), (12.0, "12"), (12.34, "12.3"), (-0.5, "-0.5"), (99.96, "100")] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn outlines_are_paths() {
        let [a, b, c] = [(0.0, 1.0), (2.0, 3.5), (4.0, 5.0)].map(|(x, y)| Point { x, y });
        assert_eq!(outline(&Form::Line(a, b)), "M0,1 L2,3.5 ");
        assert_eq!(outline(&Form::Curve(a, b, c)), "M0,1 Q2,3.5 4,5 ");
        assert_eq!(outline(&Form::Triangle([a, b, c])), "M0,1 2,3.5 4,5 Z");
    }
}
