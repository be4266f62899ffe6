//! The program as a user runs it: its output, its errors, its exit codes.

mod common;
mod exits;
mod experiments;
mod inputs;
mod json;
mod pictures;
mod runs;
mod topics;
