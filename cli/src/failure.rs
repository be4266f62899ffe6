//! What can be wrong with what the program was given.

use sim::FileError;
use std::{fmt, io};

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong: one sentence a line, each with the place and what was expected.
    Input(String),
    /// The output cannot be written.
    Output(io::Error),
}

impl Failure {
    /// Something is wrong with the input.
    pub fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    /// Something is wrong in a file or in a scenario of this name.
    pub fn within(name: &str, error: &FileError) -> Self {
        // `FILE, line 3, column 5: …`, but `FILE: the field …`.
        let separator = if error.place.is_some() { ", " } else { ": " };
        Self::Input(format!("{name}{separator}{error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(message) => f.write_str(message),
            Self::Output(error) => write!(f, "the output cannot be written: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
