//! Pictures as data: a world, and a phase between two moments, as plain shapes.
//!
//! Two painters draw the same shapes: one on a canvas in the page, one as SVG here. Nothing here knows an algorithm by
//! name, and nothing that draws knows a colour: shapes name a [`Role`], and one [theme table](theme) gives it a colour.

pub mod geometry;
pub mod marks;
pub mod miniature;
pub mod network;
pub mod shape;
pub mod spacetime;
pub mod svg;
pub mod text;
pub mod theme;
mod written;

pub use geometry::{Point, Rect};
pub use shape::{Anchor, Area, Form, Hit, Scene, Shape, Style, Target, Text};
pub use theme::{Role, Theme};

/// Ease in and out: what a step's phase becomes before it is drawn, where steps are watched one by one.
pub fn ease(phase: f32) -> f32 {
    let t = phase.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
