//! The line between network and space–time diagram.

use crate::{
    markup::html,
    view::{Keeps, View},
};
use web_sys::{KeyboardEvent, PointerEvent};
use yew::{Callback, Html, TargetCast};

/// The line between network and space–time diagram: dragged, or moved by the arrow keys.
#[derive(PartialEq)]
pub struct Divider;

impl View for Divider {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let node = keeps.node();
        let share = keeps.state(|| 60_i32);
        let apply = {
            let (node, share) = (node.clone(), share.clone());
            Callback::from(move |percent: i32| {
                let percent = percent.clamp(20, 80);
                share.set(percent);
                let parent = node.cast::<web_sys::HtmlElement>().and_then(|element| element.parent_element());
                if let Some(parent) =
                    parent.and_then(|parent| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(parent).ok())
                {
                    let _ = parent.style().set_property("--network-share", &format!("{percent}fr"));
                    let _ = parent.style().set_property("--spacetime-share", &format!("{}fr", 100 - percent));
                }
            })
        };
        let down = Callback::from(|event: PointerEvent| {
            if let Some(element) = event.target_dyn_into::<web_sys::Element>() {
                let _ = element.set_pointer_capture(event.pointer_id());
            }
        });
        let drag = {
            let (node, apply) = (node.clone(), apply.clone());
            Callback::from(move |event: PointerEvent| {
                let Some(element) = node.cast::<web_sys::Element>() else { return };
                if !element.has_pointer_capture(event.pointer_id()) {
                    return;
                }
                let Some(parent) = element.parent_element() else { return };
                let whole = parent.get_bounding_client_rect();
                let room = (whole.height() - 48.0 - 72.0).max(1.0);
                apply.emit(((f64::from(event.client_y()) - whole.top() - 48.0) / room * 100.0) as i32);
            })
        };
        let percent = share.get().to_string();
        let keydown = {
            Callback::from(move |event: KeyboardEvent| {
                let step = match event.key().as_str() {
                    "ArrowUp" => -5,
                    "ArrowDown" => 5,
                    _ => return,
                };
                event.prevent_default();
                apply.emit(share.get() + step);
            })
        };
        html! {
            <div ref={node} class="divider" role="separator" tabindex="0" aria-orientation="horizontal" aria-label="Height of the network"
                aria-valuenow={percent} aria-valuemin="20" aria-valuemax="80"
                onpointerdown={down} onpointermove={drag} onkeydown={keydown}></div>
        }
    }
}
