//! The canvas painter: draws the shapes of a [`Scene`] with the colours of a [`Theme`].
//!
//! Neighbours of one style go into one path, which is flushed every so often: long paths are slower than their parts.

use crate::markup::decimal;
use sim::scene::{Anchor, Form, Point, Role, Scene, Style, Text, Theme};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Shapes a path, at most.
const BATCH: usize = 64;

const SANS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const MONO: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/// A canvas and what it was last told, so that it is not told twice.
pub struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    colours: Vec<String>,
    theme: Theme,
    fill: Option<Role>,
    stroke: Option<Role>,
    width: f32,
    dash: Option<[f32; 2]>,
    opacity: f32,
    font: (u32, bool, bool),
    anchor: Anchor,
}

impl Painter {
    /// A painter for this canvas; nothing where the browser gives no drawing context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self {
            canvas,
            context,
            colours: vec![],
            theme: Theme::Light,
            fill: None,
            stroke: None,
            width: -1.0,
            dash: None,
            opacity: 1.0,
            font: (0, false, false),
            anchor: Anchor::Start,
        })
    }

    /// Fits the canvas to its place on the page, and clears it. Sizes are in CSS pixels; `ratio` device pixels each.
    pub fn clear(&mut self, width: f32, height: f32, ratio: f64, theme: Theme) {
        let (device_width, device_height) = ((f64::from(width) * ratio) as u32, (f64::from(height) * ratio) as u32);
        if self.canvas.width() != device_width || self.canvas.height() != device_height {
            self.canvas.set_width(device_width);
            self.canvas.set_height(device_height);
        }
        let _ = self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, device_width.into(), device_height.into());
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        if self.colours.is_empty() || self.theme != theme {
            self.theme = theme;
            self.colours = Role::all().map(|role| theme.colour(role).to_string()).collect();
        }
        self.forget();
    }

    /// A canvas forgets its settings when its size changes or its context is lost; so do we.
    fn forget(&mut self) {
        self.context.set_line_join("round");
        self.context.set_line_cap("butt");
        (self.fill, self.stroke, self.width, self.dash, self.opacity) = (None, None, -1.0, None, 1.0);
        self.context.set_global_alpha(1.0);
        let _ = self.context.set_line_dash(&js_sys::Array::new());
        self.font = (0, false, false);
        self.anchor = Anchor::Start;
        self.context.set_text_align("start");
    }

    /// Draws a scene over what is there.
    pub fn paint(&mut self, scene: &Scene) {
        let mut shapes = scene.shapes.iter().peekable();
        let mut open = 0;
        while let Some(shape) = shapes.next() {
            self.set(&shape.style);
            if let Form::Text(text) = &shape.form {
                self.text(text, &shape.style);
                continue;
            }
            if open == 0 {
                self.context.begin_path();
            }
            self.trace(&shape.form);
            open += 1;
            let goes_on = open < BATCH
                && shapes.peek().is_some_and(|next| next.style == shape.style && !matches!(next.form, Form::Text(_)));
            // What overlaps must not be joined: an outline of one would be covered by the fill of all.
            let joinable = shape.style.fill.is_none() || shape.style.stroke.is_none();
            if !(goes_on && joinable) {
                self.flush(&shape.style);
                open = 0;
            }
        }
    }

    fn flush(&self, style: &Style) {
        if style.fill.is_some() {
            self.context.fill();
        }
        if style.stroke.is_some() {
            self.context.stroke();
        }
    }

    fn set(&mut self, style: &Style) {
        if let Some(role) = style.fill.filter(|_| style.fill != self.fill) {
            self.fill = Some(role);
            self.context.set_fill_style_str(&self.colours[role.index()]);
        }
        if let Some(role) = style.stroke.filter(|_| style.stroke != self.stroke) {
            self.stroke = Some(role);
            self.context.set_stroke_style_str(&self.colours[role.index()]);
        }
        if style.stroke.is_some() && (style.width - self.width).abs() > f32::EPSILON {
            self.width = style.width;
            self.context.set_line_width(style.width.into());
        }
        if style.stroke.is_some() && style.dash != self.dash {
            self.dash = style.dash;
            let lengths = js_sys::Array::new();
            style.dash.iter().flatten().for_each(|&length| {
                lengths.push(&f64::from(length).into());
            });
            let _ = self.context.set_line_dash(&lengths);
        }
        if (style.opacity - self.opacity).abs() > f32::EPSILON {
            self.opacity = style.opacity;
            self.context.set_global_alpha(style.opacity.into());
        }
    }

    fn trace(&self, form: &Form) {
        let context = &self.context;
        let move_to = |at: Point| context.move_to(at.x.into(), at.y.into());
        let line_to = |at: Point| context.line_to(at.x.into(), at.y.into());
        match form {
            Form::Line(from, to) => {
                move_to(*from);
                line_to(*to);
            }
            Form::Curve(from, control, to) => {
                move_to(*from);
                context.quadratic_curve_to(control.x.into(), control.y.into(), to.x.into(), to.y.into());
            }
            Form::Circle(centre, radius) => {
                context.move_to((centre.x + radius).into(), centre.y.into());
                let turn = std::f64::consts::TAU;
                let _ = context.arc(centre.x.into(), centre.y.into(), f64::from(*radius).max(0.0), 0.0, turn);
            }
            Form::Rect(rect, corner) => {
                let (x, y, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
                let corner = corner.min(rect.width / 2.0).min(rect.height / 2.0).max(0.0);
                if corner == 0.0 {
                    context.rect(x.into(), y.into(), rect.width.into(), rect.height.into());
                    return;
                }
                let round = |a: (f32, f32), b: (f32, f32)| {
                    let _ = context.arc_to(a.0.into(), a.1.into(), b.0.into(), b.1.into(), corner.into());
                };
                context.move_to((x + corner).into(), y.into());
                round((right, y), (right, bottom));
                round((right, bottom), (x, bottom));
                round((x, bottom), (x, y));
                round((x, y), (right, y));
                context.close_path();
            }
            Form::Triangle([a, b, c]) => {
                move_to(*a);
                line_to(*b);
                line_to(*c);
                context.close_path();
            }
            Form::Path(points) => {
                if let Some((first, rest)) = points.split_first() {
                    move_to(*first);
                    rest.iter().for_each(|&at| line_to(at));
                }
            }
            Form::Text(_) => {}
        }
    }

    fn text(&mut self, text: &Text, style: &Style) {
        let font = ((text.size * 4.0) as u32, text.bold, text.mono);
        if font != self.font {
            self.font = font;
            let weight = if text.bold { "700 " } else { "" };
            let face = if text.mono { MONO } else { SANS };
            self.context.set_font(&format!("{weight}{}px {face}", decimal(f64::from(font.0) / 4.0)));
        }
        if text.anchor != self.anchor {
            self.anchor = text.anchor;
            self.context.set_text_align(match text.anchor {
                Anchor::Start => "start",
                Anchor::Middle => "center",
                Anchor::End => "end",
            });
        }
        let (x, y) = (text.at.x.into(), text.at.y.into());
        if style.stroke.is_some() {
            let _ = self.context.stroke_text(&text.text, x, y);
        }
        if style.fill.is_some() {
            let _ = self.context.fill_text(&text.text, x, y);
        }
    }
}
