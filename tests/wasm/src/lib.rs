//! The digest of every scenario after every event, one line each: a run must be the same, bit for
//! bit, natively, in WASM under Node and in a browser. `cargo xtask test` compares the three.

#![forbid(unsafe_code)]

use wasm_bindgen::prelude::wasm_bindgen;

/// One line per scenario per event. The single place that says what is compared.
pub fn lines() -> String {
    sim::testing::digests()
}

/// [`lines`] for JavaScript.
#[wasm_bindgen]
pub fn digests() -> String {
    lines()
}
