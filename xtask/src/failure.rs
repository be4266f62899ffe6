//! The one error of this tool: a sentence that says what went wrong and what to do about it.

use std::fmt;

/// What went wrong, for the person at the terminal.
#[derive(Debug)]
pub struct Failure(String);

/// A result whose error is a sentence.
pub type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Adds what was being done to an error that only says why it failed.
pub trait While<T> {
    /// `doing` completes the sentence "cannot …".
    fn to(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: fmt::Display> While<T> for Result<T, E> {
    fn to(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure(format!("cannot {}: {error}", doing())))
    }
}
