//! Load: what the tests over THE LIST cannot say. A failure names the seed or the schedule.
#![cfg(feature = "embed")]

mod agreements;
mod model;
mod policies;
mod support;
mod theory;
mod threshold;
mod transfer;
