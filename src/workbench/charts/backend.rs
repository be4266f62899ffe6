//! The canvas that plotters draws on. It measures texts without asking the page, which a strict policy would refuse, and
//! dashes lines by itself.

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Lengths of dash and gap; none for a solid line.
pub type Dash = Rc<Cell<&'static [f64]>>;

/// A canvas for plotters.
pub struct Canvas {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    dash: Dash,
    scale: f64,
}

impl Canvas {
    /// A backend for this canvas; nothing where the browser gives no drawing context. Paths are dashed as `dash` says,
    /// in units of `scale` pixels.
    pub fn new(canvas: HtmlCanvasElement, dash: Dash, scale: f64) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { inner: CanvasBackend::with_canvas_object(canvas)?, context, dash, scale })
    }

    fn set_dash(&self, dash: &[f64]) {
        let lengths: js_sys::Array = dash.iter().map(|length| JsValue::from(length * self.scale)).collect();
        // Fails for lengths below 0, which there are none of.
        let _ = self.context.set_line_dash(&lengths);
    }
}

type Outcome<T> = Result<T, DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl DrawingBackend for Canvas {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }
    fn ensure_prepared(&mut self) -> Outcome<()> {
        self.inner.ensure_prepared()
    }
    fn present(&mut self) -> Outcome<()> {
        self.inner.present()
    }
    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Outcome<()> {
        self.inner.draw_pixel(point, colour)
    }
    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome<()> {
        self.inner.draw_line(from, to, style)
    }
    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        lower_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome<()> {
        self.inner.draw_rect(upper_left, lower_right, style, fill)
    }
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Outcome<()> {
        self.set_dash(self.dash.get());
        let drawn = self.inner.draw_path(path, style);
        self.set_dash(&[]);
        drawn
    }
    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome<()> {
        self.inner.fill_polygon(path, style)
    }
    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome<()> {
        self.inner.draw_circle(centre, radius, style, fill)
    }
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Outcome<()> {
        self.inner.draw_text(text, style, at)
    }
    /// The default puts a styled element into the page to measure it.
    fn estimate_text_size<S: BackendTextStyle>(&self, text: &str, style: &S) -> Outcome<(u32, u32)> {
        let size = style.size() as f32;
        Ok((sim::scene::text::width(text, size, false) as u32, size as u32))
    }
}
