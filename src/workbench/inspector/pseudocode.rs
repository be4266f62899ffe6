//! The pseudocode, with the lines that have just run lit.

use crate::{
    markup::{classes, html},
    view::Keeps,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{Html, NodeRef};

/// A line of pseudocode as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line<'a> {
    /// How far it is indented: two spaces each.
    depth: usize,
    text: &'a str,
    /// The name by which the algorithm lights it.
    tag: Option<&'a str>,
}

/// Takes the `#tag` off a line's end.
fn line(written: &str) -> Line<'_> {
    let split = written.rsplit_once('#').filter(|(before, tag)| {
        before.ends_with(char::is_whitespace) && !tag.is_empty() && !tag.trim_end().contains(char::is_whitespace)
    });
    let (text, tag) = split.map_or((written, None), |(before, tag)| (before, Some(tag.trim_end())));
    let bare = text.trim_start();
    Line { depth: (text.len() - bare.len()) / 2, text: bare.trim_end(), tag }
}

/// The element of the pseudocode. It scrolls by itself to what has just run; the page around it never moves.
pub fn scrolls_to_lit(keeps: &mut Keeps, lit: &[&'static str]) -> NodeRef {
    let frame = keeps.node();
    let there = frame.clone();
    keeps.effect(lit.to_vec(), move || {
        if let Some(frame) = there.cast::<HtmlElement>() {
            scroll_to_lit(&frame);
        }
    });
    frame
}

/// Brings all lit lines into view, the first of them where they are too many.
fn scroll_to_lit(frame: &HtmlElement) {
    let Ok(lit) = frame.query_selector_all(".lit") else { return };
    let element = |index: u32| lit.item(index).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let (Some(first), Some(last)) = (element(0), element(lit.length().saturating_sub(1))) else { return };
    let (top, bottom) = (first.offset_top(), last.offset_top() + last.offset_height());
    let (from, room) = (frame.scroll_top(), frame.client_height());
    if top >= from && bottom <= from + room {
        return;
    }
    let margin = ((room - (bottom - top)) / 2).max(first.offset_height() / 2);
    frame.set_scroll_top((top - margin).max(0));
}

/// The pseudocode, with these tags lit.
pub fn pseudocode(text: &str, tags: &[&'static str], frame: &NodeRef) -> Html {
    let lines = text.lines().map(|written| {
        let Line { depth, text, tag } = line(written);
        let lit = tag.is_some_and(|tag| tags.contains(&tag));
        let indent = ["in-0", "in-1", "in-2", "in-3", "in-4"][depth.min(4)];
        html! {
            <li class={classes(&[indent, if lit { "lit" } else { "" }])} aria-current={lit.then_some("step")}>
                { if text.is_empty() { "\u{a0}" } else { text } }
            </li>
        }
    });
    html! {
        <ol class="pseudocode" ref={frame.clone()} tabindex="0" aria-label="Pseudocode, the lines that just ran are marked">
            { for lines }
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_not_shown() {
        assert_eq!(
            line("  send REQUEST (ts, i)   #ask"),
            Line { depth: 1, text: "send REQUEST (ts, i)", tag: Some("ask") }
        );
        assert_eq!(line("on REQUEST:"), Line { depth: 0, text: "on REQUEST:", tag: None });
        assert_eq!(line("").tag, None);
    }

    #[test]
    fn a_number_sign_that_is_no_tag_stays() {
        assert_eq!(line("job #3 of the queue").text, "job #3 of the queue");
        assert_eq!(line("print a#b").text, "print a#b");
    }
}
