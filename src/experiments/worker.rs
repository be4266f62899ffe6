//! The worker's side: runs the cells slice by slice and says what came of them. The page ends it when it has enough.

use super::load_algorithms;
use crate::parts;
use js_sys::Promise;
use sim::{
    Experiment,
    experiment::{Done, Plan},
    json,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = interleaveWork, js_name = experiment)]
    fn given() -> Promise;
    #[wasm_bindgen(js_namespace = interleaveWork, js_name = now)]
    fn now() -> f64;
    #[wasm_bindgen(js_namespace = interleaveWork, js_name = say)]
    fn say(kind: &str, text: &str);
    #[wasm_bindgen(js_namespace = interleaveWork, js_name = pause)]
    fn pause() -> Promise;
}

/// Milliseconds between two reports.
const SLICE: f64 = 120.0;

/// What runs in the worker in the place of the page.
pub fn serve() {
    spawn_local(async {
        if let Err(why) = run().await {
            say("failed", &why);
        }
    });
}

async fn run() -> Result<(), String> {
    let text = JsFuture::from(given()).await.ok().and_then(|text| text.as_string()).unwrap_or_default();
    parts::finish(parts::begin("experiments")).await.map_err(|why| why.to_string())?;
    load_algorithms(&text).await.map_err(|why| why.to_string())?;
    let mut slice = work(&text)?;
    while let Some(cells) = slice() {
        say("cells", &cells);
        // Lets the report go, and the page's end of it all come.
        let _ = JsFuture::from(pause()).await;
    }
    Ok(())
}

/// Runs cells for a while; what came of them, as JSON, or nothing when all are done.
type Slice = Box<dyn FnMut() -> Option<String>>;

/// The work of an experiment: a gate of its part (`crate::parts`).
#[inline(never)]
fn work(text: &str) -> Result<Slice, String> {
    let plan = Experiment::read(text).and_then(Plan::new).map_err(|error| error.to_string())?;
    let mut next = 0;
    Ok(Box::new(move || {
        let (end, mut cells) = (now() + SLICE, vec![]);
        while next < plan.cells() && (cells.is_empty() || now() < end) {
            cells.push(Done { cell: next, outcome: plan.run(next) });
            next += 1;
        }
        (!cells.is_empty()).then(|| json::compact(&cells))
    }))
}
