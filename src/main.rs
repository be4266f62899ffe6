//! The web page of Interleave: the only code that knows a browser. It knows no algorithm by name.

#![forbid(unsafe_code)]
// `markup::html` takes a step for every token.
#![recursion_limit = "1024"]

mod app;
mod article;
mod catalogue;
mod dialog;
mod dom;
mod experiments;
mod files;
mod keys;
mod lab;
mod library;
mod markup;
mod messages;
mod paint;
mod palette;
mod parts;
mod sessions;
mod shell;
mod storage;
mod theme;
mod topbar;
mod view;
mod workbench;

fn main() {
    // The guard's dialogue comes last: it must find the message in the console already.
    yew::set_custom_panic_hook(Box::new(|info| {
        let message = info.to_string();
        dom::log(&message);
        dom::tell_guard(&message);
    }));
    sim::algorithms::ask_before_use(parts::ready);
    if dom::is_worker() {
        return experiments::worker::serve();
    }
    let page = view::Shown::new(app::App);
    match dom::document().get_element_by_id("app") {
        Some(root) => yew::Renderer::<view::Part>::with_root_and_props(root, page).render(),
        None => yew::Renderer::<view::Part>::with_props(page).render(),
    };
}
