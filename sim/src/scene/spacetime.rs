//! The space–time view: time runs to the right, one line a node, an arrow a message.
//!
//! Only what is visible is built: the [`Axis`] knows where every event stands, [`Row`]s are made for the window alone.

mod axis;
mod cone;
mod cut;
mod draw;
mod frame;
mod rows;
mod stretch;

pub use axis::Axis;
pub use cone::sign;
pub use cut::CutMark;
pub use draw::{Over, View, gutter, spacetime};
pub use rows::{Kind, Row, Sent, Start, Window, window};
pub use stretch::Stretch;
