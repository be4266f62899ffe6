//! Parts of the program that are loaded when first used. `Cargo.toml` names them and their gates, `cargo xtask build`
//! cuts them out, `static/boot.js` fetches them. In a page that was built in one piece everything is ready at once.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

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

/// What is seen of a part: it, or that it is on its way, or why it is not here and a way to try again.
pub fn later(part: &'static str, view: impl Fn() -> Html + 'static) -> Html {
    // A part that is here stays here: from then on there is nothing between it and who shows it.
    if ready(part) {
        view()
    } else {
        html! { <Later {part} view={Callback::from(move |()| view())} /> }
    }
}

#[derive(PartialEq, Properties)]
struct LaterProps {
    part: &'static str,
    view: Callback<(), Html>,
}

#[component]
fn Later(props: &LaterProps) -> Html {
    let failure = use_state(|| None);
    let attempt = use_state(|| 0);
    let part = props.part;
    {
        let failure = failure.clone();
        use_effect_with((part, *attempt), move |_| {
            spawn_local(async move { failure.set(finish(begin(part)).await.err()) });
        });
    }
    if ready(part) {
        return props.view.emit(());
    }
    match &*failure {
        None => html! { <p class="loading" role="status">{ "Loading…" }</p> },
        Some(why) => {
            let again = Callback::from({
                let (failure, attempt) = (failure.clone(), attempt.clone());
                move |_: MouseEvent| {
                    failure.set(None);
                    attempt.set(*attempt + 1);
                }
            });
            html! { <><p role="alert">{ why }</p><button class="primary" onclick={again}>{ "Try again" }</button></> }
        }
    }
}
