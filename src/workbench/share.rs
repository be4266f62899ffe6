//! The share panel: the link of this very moment, and the session as a file.

use super::keeper::{Keeper, Kept};
use crate::{
    dom,
    lab::LabHandle,
    markup::html,
    view::{Keeps, State, View, part},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlElement, HtmlInputElement, KeyboardEvent, Url};
use yew::{Callback, Html, NodeRef};

/// The panel.
#[derive(PartialEq)]
struct Share {
    lab: LabHandle,
    /// What the address holds.
    hash: String,
    /// Whether a link cannot hold the run.
    too_long: bool,
    on_close: Callback<()>,
}

/// The panel for the present moment: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn panel(lab: &LabHandle, keeper: &Keeper, on_close: &Callback<()>) -> Html {
    let Kept { hash, too_long } = keeper.keep();
    part(Share { lab: lab.clone(), hash, too_long, on_close: on_close.clone() })
}

impl Share {
    /// The buttons of the panel.
    fn buttons(&self, said: &State<String>, field: &NodeRef, link: &str) -> Html {
        let copy = {
            let (link, said, field) = (link.to_owned(), said.clone(), field.clone());
            Callback::from(move |()| {
                let (link, said, field) = (link.clone(), said.clone(), field.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let done = copy_text(&link).await;
                    if let (false, Some(input)) = (done, field.cast::<HtmlInputElement>()) {
                        input.select();
                    }
                    said.set(if done {
                        "Copied.".into()
                    } else {
                        "This browser does not let the page copy. The link is selected: press Ctrl C.".into()
                    });
                });
            })
        };
        let save = {
            let lab = self.lab.clone();
            Callback::from(move |()| {
                let lab = lab.get();
                let scenario = lab.session.scenario();
                let name = format!("{}-{}.json", scenario.topic().replace('/', "-"), scenario.name);
                save_file(&name, &lab.session.to_file().write());
            })
        };
        let keep = {
            let (lab, said) = (self.lab.clone(), said.clone());
            Callback::from(move |()| {
                let lab = lab.get();
                let name = format!("{}, step {}", lab.session.scenario().title, lab.session.depth());
                let kept = crate::sessions::keep(&lab.session, None, &name);
                let fine =
                    || format!("Kept as “{}” in this browser: see My sessions on the first page.", kept.entry.name);
                said.set(kept.warning.clone().unwrap_or_else(fine));
            })
        };
        html! {
            <div class="row">
                if !self.too_long { <button class="primary" onclick={copy}>{ "Copy link" }</button> }
                <button onclick={save}>{ "Save as file" }</button>
                <button onclick={keep}>{ "Keep in My sessions" }</button>
                <button onclick={self.on_close.clone()}>{ "Close" }</button>
            </div>
        }
    }
}

impl View for Share {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let said = keeps.state(String::new);
        let field = keeps.node();
        {
            let field = field.clone();
            keeps.effect((), move || {
                if let Some(input) = field.cast::<HtmlInputElement>() {
                    let _ = input.focus();
                    input.select();
                }
            });
        }
        let base = dom::window().location().href().unwrap_or_default();
        let link = format!("{}{}", base.split('#').next().unwrap_or_default(), self.hash);
        let keydown = {
            let close = self.on_close.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close.emit(());
                }
            })
        };
        let buttons = self.buttons(&said, &field, &link);
        html! {
            <section class="share" role="dialog" aria-label="Share" onkeydown={keydown}>
                if self.too_long {
                    <p>{ "This run is too long for a link that works everywhere. Share the file: it opens here with Open file…" }</p>
                } else {
                    <p>{ "This link holds this very moment: who opens it can step back from here and go on." }</p>
                    <input ref={field} type="text" readonly=true value={link} aria-label="Link to this moment" />
                }
                { buttons }
                <p role="status">{ said.get() }</p>
            </section>
        }
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
