//! The web page of Interleave: for now, a sign that the page has started.

use yew::prelude::*;

/// The whole page.
#[component]
fn App() -> Html {
    html! { <main><h1>{ "Interleave" }</h1><p>{ "The page has started." }</p></main> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
