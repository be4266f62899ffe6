//! JSON: texts to trees and back, and trees to the types of this program.
//!
//! `serde_json` compiles its whole parser anew for every type that is read, and its printer for every type that is
//! written: a third of the page. Here one parser makes a tree, small readers ([`Read`]) look into it, and one printer
//! writes whatever can be serialized. An error names the way to the value that is wrong, and so its place in the text.

mod parse;
mod place;
mod read;
mod write;

pub use parse::parse;
pub use read::{CHECKED, Fields, Items, Read, Variant, Wrong};
pub use serde_json::Value as Json;
pub use write::{compact, pretty};

use crate::FileError;

/// Reads a text as a value of this type.
pub fn read<T: Read>(text: &str) -> Result<T, FileError> {
    let json = parse(text)?;
    T::read(&json).map_err(|wrong| wrong.in_text(text))
}

#[cfg(test)]
mod tests;
