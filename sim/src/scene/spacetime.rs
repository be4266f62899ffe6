//! The space–time view: time runs to the right, one line a node, an arrow a message.
//!
//! Only what is visible is built: the [`Axis`] knows where every event stands, [`Row`]s are made for the window alone.

mod axis;
mod causality;
mod draw;
mod rows;

pub use axis::Axis;
pub use causality::Causality;
pub use draw::{View, gutter, spacetime};
pub use rows::{Kind, Row, Sent, Start, Window, window};
