//! The bar at the top: the name, which leads home, and what a page puts beside it.

use crate::shell::{Overlay, use_shell};
use yew::prelude::*;

/// The props of the bar.
#[derive(Clone, PartialEq, Properties)]
pub struct TopbarProps {
    /// What follows the name: where one is.
    #[prop_or_default]
    pub place: Html,
    /// The tools at the right; those of the catalogue where there are none.
    #[prop_or_default]
    pub tools: Option<Html>,
}

/// The bar at the top of every page.
#[component]
pub fn Topbar(props: &TopbarProps) -> Html {
    html! {
        <header class="topbar">
            <a class="brand" href="#/">
                <svg class="brand-mark" viewBox="0 0 20 16" aria-hidden="true" focusable="false">
                    <path class="brand-lines" d="M0 2.500h20M0 8h20M0 13.500h20" />
                    <path class="brand-arrows" d="M3 2.500 9.500 13.500M12 8l5 5.500M5 2.500l6 5.500" />
                </svg>
                <span>{ "Interleave" }</span>
            </a>
            { props.place.clone() }
            <div class="topbar-tools">{ props.tools.clone().unwrap_or_else(|| html! { <Tools /> }) }</div>
        </header>
    }
}

/// The tools of pages that have none of their own.
#[component]
fn Tools() -> Html {
    let shell = use_shell();
    let opens = |which| shell.open.reform(move |_: MouseEvent| which);
    html! {
        <>
            <a class="button topics" href="#/">{ "Topics" }</a>
            <button onclick={opens(Overlay::Sessions)}>{ "My sessions" }</button>
            <button onclick={shell.open_file.reform(|_: MouseEvent| ())}>{ "Open file…" }</button>
            <button onclick={opens(Overlay::Theme)}>{ "Theme" }</button>
            <button aria-label="Keys" title="Keys  ?" onclick={opens(Overlay::Keys)}>{ "?" }</button>
        </>
    }
}
