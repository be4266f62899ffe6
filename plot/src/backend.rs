//! What plotters draws on: the shapes of a scene. A colour stands for a role, by its number, so that a theme can give it
//! the real one later.

use crate::marker::{self, Look};
use plotters::style::{FontFamily, RGBColor, TextStyle};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, VPos},
};
use sim::scene::{Anchor, Form, Point, Rect, Role, Scene, Style, Text, geometry::point, text};
use std::{cell::RefCell, convert::Infallible, rc::Rc};

/// Plotters counts in whole pixels: so many of them make one of ours.
const FINE: f32 = 8.0;

/// The roles that are drawn with; a colour is a position among them.
const ROLES: [Role; 12] = [
    Role::Ink,
    Role::Quiet,
    Role::Rule,
    Role::Edge,
    Role::Stage,
    Role::Hue(0),
    Role::Hue(1),
    Role::Hue(2),
    Role::Hue(3),
    Role::Hue(4),
    Role::Hue(5),
    Role::Paper,
];

/// The colour that stands for a role.
pub fn colour(role: Role) -> RGBColor {
    let index = ROLES.iter().position(|known| *known == role).unwrap_or(0);
    RGBColor(0, 0, index as u8)
}

fn role(colour: BackendColor) -> Role {
    ROLES.get(usize::from(colour.rgb.2)).copied().unwrap_or(Role::Ink)
}

/// What is drawn, and with which dash.
struct Drawing {
    scene: Scene,
    dash: Option<[f32; 2]>,
    scale: f32,
}

/// Draws into the picture beside plotters.
#[derive(Clone)]
pub struct Pen(Rc<RefCell<Drawing>>);

impl Pen {
    /// An empty picture.
    pub fn new(width: f32, height: f32, scale: f32) -> Self {
        Self(Rc::new(RefCell::new(Drawing { scene: Scene::new(width, height), dash: None, scale })))
    }
    /// A length in the pixels of plotters.
    #[allow(clippy::unused_self)] // reads as what the pen does
    pub fn fine(&self, length: f32) -> i32 {
        (length * FINE).round() as i32
    }
    /// A length of plotters in ours.
    #[allow(clippy::unused_self)]
    pub fn coarse(&self, pixels: i32) -> f32 {
        pixels as f32 / FINE
    }
    /// How a text of plotters looks.
    #[allow(clippy::unused_self)]
    pub fn style(&self, role: Role, size: f32) -> TextStyle<'static> {
        let style = TextStyle::from((FontFamily::SansSerif, f64::from(size * FINE)));
        let shade = colour(role);
        TextStyle { color: BackendColor { alpha: 1.0, rgb: (shade.0, shade.1, shade.2) }, ..style }
    }
    /// Dashes the paths that follow.
    pub fn set_dash(&self, dash: Option<[f32; 2]>) {
        self.0.borrow_mut().dash = dash;
    }
    /// Adds a shape.
    pub fn add(&self, form: Form, style: Style) {
        self.0.borrow_mut().scene.add(form, style);
    }
    /// Adds a text.
    pub fn words(&self, words: Text, role: Role) {
        self.add(Form::Text(words), Style::fill(role).outlined(Role::Stage, 3.0));
    }
    /// Adds a marker.
    pub fn marker(&self, at: Point, look: Look) {
        let drawing = &mut *self.0.borrow_mut();
        marker::draw(&mut drawing.scene, at, look, drawing.scale.sqrt());
    }
    /// Adds an interval: a line with two ends.
    pub fn interval(&self, low: Point, high: Point, role: Role) {
        let drawing = &mut *self.0.borrow_mut();
        if low.y - high.y < 2.0 {
            return;
        }
        let (end, style) = (4.0 * drawing.scale.sqrt(), Style::stroke(role, 1.4 * drawing.scale.sqrt()));
        drawing.scene.add(Form::Line(low, high), style);
        for at in [low, high] {
            drawing.scene.add(Form::Line(at + point(-end, 0.0), at + point(end, 0.0)), style);
        }
    }
    /// The picture.
    pub fn finish(self) -> Scene {
        std::mem::take(&mut self.0.borrow_mut().scene)
    }
}

/// The backend.
pub struct Sheet(Pen);

impl Sheet {
    /// A backend that draws with this pen.
    pub fn new(pen: &Pen) -> Self {
        Self(pen.clone())
    }

    fn stroke<S: BackendStyle>(style: &S) -> Style {
        let colour = style.color();
        Style::stroke(role(colour), (style.stroke_width() as f32 / FINE).max(1.0)).faded(colour.alpha as f32)
    }

    fn add(&self, form: Form, style: Style) {
        // What cannot be seen need not be drawn.
        if style.opacity > 0.0 {
            self.0.add(form, style);
        }
    }
}

fn at((x, y): BackendCoord) -> Point {
    point(x as f32 / FINE, y as f32 / FINE)
}

type Outcome<T = ()> = Result<T, DrawingErrorKind<Infallible>>;

impl DrawingBackend for Sheet {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let drawing = self.0.0.borrow();
        ((drawing.scene.width * FINE) as u32, (drawing.scene.height * FINE) as u32)
    }
    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }
    fn present(&mut self) -> Outcome {
        Ok(())
    }
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Outcome {
        Ok(())
    }
    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome {
        self.add(Form::Line(at(from), at(to)), Self::stroke(style));
        Ok(())
    }
    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Outcome {
        let (a, b) = (at(a), at(b));
        let rect = Rect { x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y };
        let style = if fill { Style::fill(role(style.color())) } else { Self::stroke(style) };
        self.add(Form::Rect(rect, 0.0), style);
        Ok(())
    }
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome {
        let points: Box<[Point]> = path.into_iter().map(at).collect();
        let dash = self.0.0.borrow().dash;
        let style = Self::stroke(style);
        self.add(Form::Path(points), dash.map_or(style, |[dash, gap]| style.dashed(dash, gap)));
        Ok(())
    }
    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, fill: bool) -> Outcome {
        let style = if fill { Style::fill(role(style.color())) } else { Self::stroke(style) };
        self.add(Form::Circle(at(centre), radius as f32 / FINE), style);
        Ok(())
    }
    fn draw_text<S: BackendTextStyle>(&mut self, words: &str, style: &S, place: BackendCoord) -> Outcome {
        let size = style.size() as f32 / FINE;
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        let down = match style.anchor().v_pos {
            VPos::Top => 0.85,
            VPos::Center => 0.35,
            VPos::Bottom => -0.2,
        };
        let words = Text::new(at(place) + point(0.0, down * size), words, size).anchored(anchor);
        self.add(Form::Text(words), Style::fill(role(style.color())));
        Ok(())
    }
    fn estimate_text_size<S: BackendTextStyle>(&self, words: &str, style: &S) -> Outcome<(u32, u32)> {
        let size = style.size() as f32;
        Ok((text::width(words, size, false) as u32, size as u32))
    }
}
