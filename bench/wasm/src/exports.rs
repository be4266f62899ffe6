//! What JavaScript calls: numbers in, numbers out.

use sim::Session;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{kept, load};

/// A run that is kept.
#[wasm_bindgen]
pub struct Kept(Session);

#[wasm_bindgen]
impl Kept {
    /// Tokens on a ring.
    pub fn ring() -> Self {
        Self(kept::ring())
    }

    /// Ten processes of Ricart and Agrawala.
    pub fn ten() -> Self {
        Self(kept::ten_processes())
    }

    /// Plays so many events; how many there were.
    pub fn play(&mut self, events: u32) -> u32 {
        self.0.play(events, |_, _, _| false).unwrap_or(0)
    }

    /// Whether the history has reached its limit and is being folded.
    pub fn is_folded(&self) -> bool {
        self.0.is_folded()
    }
}

/// Runs so many jobs, as the worker of an experiment runs a cell; how many events there were.
#[wasm_bindgen]
pub fn run_load(jobs: u32) -> f64 {
    load::run(&load::plan(jobs)).events as f64
}

/// The size of the linear memory in bytes: it never shrinks, so this is its high-water mark.
#[wasm_bindgen]
pub fn memory_bytes() -> f64 {
    const PAGE: f64 = 65_536.0;
    core::arch::wasm32::memory_size(0) as f64 * PAGE
}
