//! The share panel: the link of this very moment, and the session as a file.

use crate::{dom, lab::LabHandle};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement, HtmlInputElement, Url};
use yew::prelude::*;

/// The props of the panel.
#[derive(Clone, PartialEq, Properties)]
pub struct ShareProps {
    /// The lab.
    pub lab: LabHandle,
    /// What the address holds.
    pub hash: AttrValue,
    /// Whether a link cannot hold the run.
    pub too_long: bool,
    /// Called when it closes.
    pub on_close: Callback<()>,
}

/// The panel.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let said = use_state(|| None::<AttrValue>);
    let field = use_node_ref();
    use_effect_with(field.clone(), |field| {
        if let Some(input) = field.cast::<HtmlInputElement>() {
            let _ = input.focus();
            input.select();
        }
    });
    let base = dom::window().location().href().unwrap_or_default();
    let link = format!("{}{}", base.split('#').next().unwrap_or_default(), props.hash);
    let copy = {
        let (link, said, field) = (link.clone(), said.clone(), field.clone());
        Callback::from(move |_: MouseEvent| {
            let (link, said, field) = (link.clone(), said.clone(), field.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let done = copy_text(&link).await;
                if let (false, Some(input)) = (done, field.cast::<HtmlInputElement>()) {
                    input.select();
                }
                said.set(Some(if done {
                    "Copied.".into()
                } else {
                    "This browser does not let the page copy. The link is selected: press Ctrl C.".into()
                }));
            });
        })
    };
    let save = {
        let lab = props.lab.clone();
        Callback::from(move |_: MouseEvent| {
            let lab = lab.get();
            let name =
                format!("{}-{}.json", lab.session.scenario().algorithm.replace('/', "-"), lab.session.scenario().name);
            save_file(&name, &lab.session.to_file().write());
        })
    };
    let keep = {
        let (lab, said) = (props.lab.clone(), said.clone());
        Callback::from(move |_: MouseEvent| {
            let lab = lab.get();
            let name = format!("{}, step {}", lab.session.scenario().title, lab.session.depth());
            let kept = crate::sessions::keep(&lab.session, None, &name);
            let fine = || format!("Kept as “{}” in this browser: see My sessions on the first page.", kept.entry.name);
            said.set(Some(kept.warning.clone().unwrap_or_else(fine).into()));
        })
    };
    let keydown = {
        let close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close.emit(());
            }
        })
    };
    let close = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <section class="share" role="dialog" aria-label="Share" onkeydown={keydown}>
            if props.too_long {
                <p>{ "This run is too long for a link that works everywhere. Share the file: it opens here with Open file…" }</p>
            } else {
                <p>{ "This link holds this very moment: who opens it can step back from here and go on." }</p>
                <input ref={field} type="text" readonly=true value={link} aria-label="Link to this moment" />
            }
            <div class="row">
                if !props.too_long { <button class="primary" onclick={copy}>{ "Copy link" }</button> }
                <button onclick={save}>{ "Save as file" }</button>
                <button onclick={keep}>{ "Keep in My sessions" }</button>
                <button onclick={close}>{ "Close" }</button>
            </div>
            <p role="status">{ said.as_ref().cloned().unwrap_or_default() }</p>
        </section>
    }
}

/// Copies a text; whether the browser let us. Outside https and localhost there is no clipboard.
async fn copy_text(text: &str) -> bool {
    let navigator = dom::window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok();
    if clipboard.is_none_or(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Lets the browser save a text under a name.
pub fn save_file(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let Ok(blob) = Blob::new_with_str_sequence(&parts) else { return };
    let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
    if let Ok(anchor) = dom::document().create_element("a") {
        let _ = anchor.set_attribute("href", &url);
        let _ = anchor.set_attribute("download", name);
        if let Ok(anchor) = anchor.dyn_into::<HtmlElement>() {
            anchor.click();
        }
    }
    let _ = Url::revoke_object_url(&url);
}
