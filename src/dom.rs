//! Small helpers around the browser's interfaces, so that nothing else has to know their corners.

use gloo_events::{EventListener, EventListenerOptions};
use sim::address::Address;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, KeyboardEvent, Window};

/// Whether this is no page but a worker (`static/worker.js`).
pub fn is_worker() -> bool {
    web_sys::window().is_none()
}

/// The page's window.
pub fn window() -> Window {
    web_sys::window().expect("what a worker runs asks for no window")
}

/// The page.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Listens until it is dropped; the handler may prevent the default.
pub fn listen(target: &EventTarget, name: &'static str, handler: impl FnMut(&Event) + 'static) -> EventListener {
    EventListener::new_with_options(target, name, EventListenerOptions::enable_prevent_default(), handler)
}

/// Where the page's address leads.
pub fn address() -> Address {
    Address::read(&window().location().hash().unwrap_or_default())
}

/// Says once more where the page's address leads.
pub fn tell_address() {
    if let Ok(event) = Event::new("hashchange") {
        let _ = window().dispatch_event(&event);
    }
}

/// Follows an address, as a link would.
pub fn go(address: &Address) {
    // Fails for addresses that are too long for the browser, and those are never made.
    let _ = window().location().set_hash(&address.to_string());
}

/// The value of a parameter in the address before the `#`: `?theme=projector`.
pub fn parameter(name: &str) -> Option<String> {
    let search = window().location().search().unwrap_or_default();
    let mut pairs = search.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// Takes the parameters before the `#` out of the address: a choice made on the page counts for more than theirs.
pub fn forget_parameters() {
    let location = window().location();
    if location.search().is_ok_and(|search| !search.is_empty()) {
        let bare = location.pathname().unwrap_or_default() + &location.hash().unwrap_or_default();
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&bare));
        }
    }
}

/// Whether the browser answers yes to a media query.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether this is an Apple keyboard, where ⌘ takes the place of Ctrl.
pub fn is_apple() -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    platform.starts_with("Mac") || platform.starts_with("iP")
}

/// The element of this id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element of this id.
pub fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        let _ = element.focus();
    }
}

/// Moves the focus to the beginning of the page in view, its `<main id="main">`.
pub fn focus_main() {
    if let Some(element) = by_id("main") {
        // Without a place in the order of Tab an area only takes the focus if it says so.
        let _ = element.set_attribute("tabindex", "-1");
        let _ = element.focus();
    }
}

/// Whether the focus is nowhere: on the page's body, as after the focused element was taken away.
pub fn focus_is_lost() -> bool {
    let page = document();
    match (page.active_element(), page.body()) {
        (Some(active), Some(body)) => active == *body.unchecked_ref::<Element>(),
        _ => true,
    }
}

/// Whether a dialogue is open over the page, which then must not react to keys.
pub fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|found| found.is_some())
}

/// Whether the event comes from a place where keys write or move a control: fields, lists, sliders.
pub fn is_typing(event: &Event) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let editable = element.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable);
    editable || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}

/// Whether a key was pressed alone, not as part of a chord that belongs to the browser. Shift is part of the key.
pub fn is_plain(event: &KeyboardEvent) -> bool {
    !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.is_composing()
}

/// Scrolls the element of this id into view, as little as needed or to the top.
pub fn scroll_to(id: &str, nearest: bool) {
    if let Some(element) = by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        let place =
            if nearest { web_sys::ScrollLogicalPosition::Nearest } else { web_sys::ScrollLogicalPosition::Start };
        options.set_block(place);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Reports something to the browser's console that is no concern of the user.
pub fn log(message: &str) {
    #[wasm_bindgen::prelude::wasm_bindgen]
    extern "C" {
        #[wasm_bindgen::prelude::wasm_bindgen(js_namespace = console, js_name = error)]
        fn console_error(message: &str);
    }
    console_error(message);
}

/// Tells the guard of the panic, which shows the way back (SEMANTICS 27).
pub fn tell_guard(message: &str) {
    #[wasm_bindgen::prelude::wasm_bindgen]
    extern "C" {
        #[wasm_bindgen::prelude::wasm_bindgen(js_namespace = interleaveGuard, js_name = panicked)]
        fn panicked(message: &str);
    }
    panicked(message);
}
