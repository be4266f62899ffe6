//! The bar at the top of the pages around the workbench: the name, which leads home, and the tools.

use crate::{
    markup::html,
    shell::{Overlay, Shell},
};
use yew::Html;

/// The bar.
pub fn topbar(shell: &Shell) -> Html {
    let opens = |which| shell.open.reform(move |()| which);
    html! {
        <header class="topbar">
            <a class="brand" href="#/">
                <svg class="brand-mark" viewBox="0 0 20 16" aria-hidden="true" focusable="false">
                    <path class="brand-lines" d="M0 2.500h20M0 8h20M0 13.500h20" />
                    <path class="brand-arrows" d="M3 2.500 9.500 13.500M12 8l5 5.500M5 2.500l6 5.500" />
                </svg>
                <span>{ "Interleave" }</span>
            </a>
            <div class="topbar-tools">
                <a class="button topics" href="#/">{ "Topics" }</a>
                <button onclick={opens(Overlay::Sessions)}>{ "My sessions" }</button>
                <button onclick={shell.open_file.clone()}>{ "Open file…" }</button>
                <button onclick={opens(Overlay::Theme)}>{ "Theme" }</button>
                <button aria-label="Keys" title="Keys  ?" onclick={opens(Overlay::Keys)}>{ "?" }</button>
            </div>
        </header>
    }
}
