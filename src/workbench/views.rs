//! What stands below the network: the space–time diagram, or the clocks.

use super::keys;
use crate::markup::{html, truth};
use yew::{Callback, Html};

/// Whether the clocks are what a scenario is about: something is promised of how far apart or how wrong they are, or
/// nothing but clocks is there.
pub fn clocks_first(world: &sim::World) -> bool {
    let bounds = world.setup().algorithm.clocks.map(|bounds| bounds(world));
    bounds.is_some_and(|bounds| {
        bounds.precision.is_some() || bounds.accuracy.is_some() || world.links().iter().all(|link| link.removed)
    })
}

/// What stands below the network: the space–time diagram, or the clocks.
pub fn tabs(clocks: bool, ask: &Callback<keys::Ask>) -> Html {
    let tab = |(word, chosen): (&'static str, bool)| {
        let onclick = (!chosen).then(|| ask.reform(|()| keys::Ask::Clocks));
        html! { <button role="tab" aria-selected={truth(chosen)} {onclick}>{ word }</button> }
    };
    html! {
        <div class="views" role="tablist" aria-label="Below the network">
            { for [("Space–time", !clocks), ("Clocks", clocks)].map(tab) }
        </div>
    }
}
