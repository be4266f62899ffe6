//! A dialogue over the page: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back.

use crate::{
    dom,
    markup::{classes, html},
    messages::Messages,
    view::{AtEnd, Keeps, part},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, MouseEvent};
use yew::{Callback, Html, NodeRef};

/// A dialogue with its name as its heading, open for as long as it is drawn. `on_close` is called when it has closed, by
/// whatever way; `class` is that of its content.
pub fn dialog(keeps: &mut Keeps, title: &'static str, class: &str, on_close: &Callback<()>, body: Html) -> Html {
    show(keeps, title, class, false, on_close, body)
}

/// A dialogue without heading and close button: its name is only spoken.
pub fn bare_dialog(keeps: &mut Keeps, title: &'static str, class: &str, on_close: &Callback<()>, body: Html) -> Html {
    show(keeps, title, class, true, on_close, body)
}

fn show(keeps: &mut Keeps, title: &'static str, class: &str, bare: bool, on_close: &Callback<()>, body: Html) -> Html {
    let node = keeps.node();
    {
        let (node, on_close) = (node.clone(), on_close.clone());
        keeps.effect((), move || {
            let dialog = node.cast::<HtmlDialogElement>();
            let mut listener = dialog.as_ref().map(|dialog| {
                let listener = dom::listen(dialog, "close", move |_| on_close.emit(()));
                let _ = dialog.show_modal();
                listener
            });
            AtEnd(move || {
                drop(listener.take());
                // Taken away while open: the focus must still go back to where it came from.
                if let Some(dialog) = dialog.as_ref().filter(|dialog| dialog.open()) {
                    dialog.close();
                }
            })
        });
    }
    let close = close_callback(&node);
    let on_backdrop = {
        let (node, close) = (node.clone(), close.clone());
        // A press on the dialogue's own box, outside of its content, is a press on what is behind it.
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
            if target.is_some() && target == node.cast::<HtmlDialogElement>() {
                close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class="dialog" aria-label={bare.then_some(title)} aria-labelledby={(!bare).then_some("dialog-title")} onclick={on_backdrop}>
            <div class={classes(&["dialog-body", class])}>
                if !bare {
                    <div class="dialog-head">
                        <h2 id="dialog-title">{ title }</h2>
                        <button class="quiet" onclick={close}>{ "Close" }</button>
                    </div>
                }
                { body }
            </div>
            { part(Messages) }
        </dialog>
    }
}

/// Closes the dialogue that this element is in.
fn close_callback(node: &NodeRef) -> Callback<()> {
    let node = node.clone();
    Callback::from(move |()| {
        if let Some(dialog) = node.cast::<HtmlDialogElement>() {
            dialog.close();
        }
    })
}

/// Closes whatever dialogue is open.
pub fn close_open() {
    let open = dom::document().query_selector("dialog.dialog[open]").ok().flatten();
    if let Some(dialog) = open.and_then(|found| found.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}
