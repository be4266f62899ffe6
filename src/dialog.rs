//! A dialogue over the page: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back.

use crate::{dom, messages::Messages};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, MouseEvent};
use yew::prelude::*;

/// The props of a dialogue.
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Its name, shown as its heading unless it is `bare`.
    pub title: AttrValue,
    /// A class for its content.
    #[prop_or_default]
    pub class: Classes,
    /// Without heading and close button: the name is only spoken.
    #[prop_or_default]
    pub bare: bool,
    /// Called when it has closed, by whatever way.
    pub on_close: Callback<()>,
    /// What is in it.
    #[prop_or_default]
    pub children: Html,
}

/// A dialogue, open for as long as it is shown.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let (node, on_close) = (node.clone(), props.on_close.clone());
        use_effect_with((), move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            let listener = dialog.as_ref().map(|dialog| {
                let listener = dom::listen(dialog, "close", move |_| on_close.emit(()));
                let _ = dialog.show_modal();
                listener
            });
            move || {
                drop(listener);
                // Taken away while open: the focus must still go back to where it came from.
                if let Some(dialog) = dialog.filter(HtmlDialogElement::open) {
                    dialog.close();
                }
            }
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
    let label = props.bare.then(|| props.title.clone());
    html! {
        <dialog ref={node} class="dialog" aria-label={label} aria-labelledby={(!props.bare).then_some("dialog-title")} onclick={on_backdrop}>
            <div class={classes!("dialog-body", props.class.clone())}>
                if !props.bare {
                    <div class="dialog-head">
                        <h2 id="dialog-title">{ &props.title }</h2>
                        <button class="quiet" onclick={close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
                    </div>
                }
                { props.children.clone() }
            </div>
            <Messages />
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
