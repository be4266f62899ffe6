//! Machines, their owners and who gets a processor: what the tests over THE LIST cannot say. A failure names the seed or the schedule.
#![cfg(feature = "embed")]

mod heuristics;
mod idle;
mod pool;
mod support;
mod up_down;
mod workstation;
