//! Parts of the program that are loaded when first used. `Cargo.toml` names them and their gates, `cargo xtask build`
//! cuts them out, `static/boot.js` fetches them. In a page that was built in one piece everything is ready at once.

use crate::{
    markup::html,
    view::{Keeps, View},
};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::{AttrValue, Callback, Html};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = interleaveParts, js_name = ready)]
    fn is_ready(part: &str) -> bool;
    #[wasm_bindgen(js_namespace = interleaveParts, js_name = load)]
    fn fetch(part: &str) -> Promise;
}

/// Whether the gates of a part may be passed.
pub fn ready(part: &str) -> bool {
    is_ready(part)
}

/// Begins to load a part: at once nothing else has to wait for it.
pub fn begin(part: &str) -> Promise {
    fetch(part)
}

/// Waits until a part is here. The error is a sentence; it may be tried again.
pub async fn finish(arrival: Promise) -> Result<(), AttrValue> {
    let failed = |_| "A part of the program could not be loaded. Check the network and try again.".into();
    JsFuture::from(arrival).await.map(drop).map_err(failed)
}

/// Does something for which a part is needed: at once where it is here, else as soon as it is.
pub fn after(part: &'static str, say: &Callback<String>, then: Box<dyn FnOnce()>) {
    if ready(part) {
        return then();
    }
    let (arrival, say) = (begin(part), say.clone());
    spawn_local(async move {
        match finish(arrival).await {
            Ok(()) => then(),
            Err(why) => say.emit(why.to_string()),
        }
    });
}

/// What is seen of a part: it, or that it is on its way, or why it is not here and a way to try again.
pub fn later(part: &'static str, view: impl Fn() -> Html + 'static) -> Html {
    crate::view::part(Later { part, before: None, view: Callback::from(move |()| view()) })
}

/// The same with something else to be seen until it is here, and where it does not come.
pub fn later_than(part: &'static str, before: Html, view: impl Fn() -> Html + 'static) -> Html {
    // The same whether the part is here or not: what is seen of it must not begin anew when it has come.
    crate::view::part(Later { part, before: Some(before), view: Callback::from(move |()| view()) })
}

#[derive(PartialEq)]
struct Later {
    part: &'static str,
    before: Option<Html>,
    view: Callback<(), Html>,
}

impl View for Later {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let (arrival, again) = arrival(keeps, self.part);
        match (arrival, &self.before) {
            (Arrival::Here, _) => self.view.emit(()),
            (_, Some(before)) => before.clone(),
            (Arrival::Waiting, _) => html! { <p class="late" role="status">{ "Loading…" }</p> },
            (Arrival::Failed(why), _) => html! {
                <div class="late" role="alert">
                    <p>{ why }</p>
                    <button class="primary" onclick={again}>{ "Try again" }</button>
                </div>
            },
        }
    }
}

/// How it stands with a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// It is on its way.
    Waiting,
    /// Its gates may be passed.
    Here,
    /// Why it is not here, as a sentence.
    Failed(AttrValue),
}

/// Loads a part for a view that cannot be without it; with a way to try again.
pub fn arrival(keeps: &mut Keeps, part: &'static str) -> (Arrival, Callback<()>) {
    let failure = keeps.state(|| None::<AttrValue>);
    let attempt = keeps.state(|| 0);
    {
        let failure = failure.clone();
        keeps.effect((part, attempt.get()), move || {
            if ready(part) {
                return;
            }
            // Drawn again in any case: what was awaited is here, or why not.
            spawn_local(async move {
                let failed = finish(begin(part)).await.err();
                failure.change(|failure| *failure = failed);
            });
        });
    }
    let arrival = match failure.get() {
        _ if ready(part) => Arrival::Here,
        None => Arrival::Waiting,
        Some(why) => Arrival::Failed(why),
    };
    let again = Callback::from(move |()| {
        failure.set(None);
        attempt.set(attempt.get() + 1);
    });
    (arrival, again)
}
