//! The pseudocode, with the lines that have just run lit.

use web_sys::HtmlElement;
use yew::prelude::*;

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

/// The props of the pseudocode.
#[derive(Clone, PartialEq, Properties)]
pub struct PseudocodeProps {
    /// The whole text, with its tags.
    pub text: AttrValue,
    /// The tags of the lines that have just run.
    pub lit: Vec<&'static str>,
}

/// The pseudocode. It scrolls by itself to what has just run; the page around it never moves.
#[component]
pub fn Pseudocode(props: &PseudocodeProps) -> Html {
    let frame = use_node_ref();
    use_effect_with((frame.clone(), props.lit.clone()), |(frame, _)| {
        let Some(frame) = frame.cast::<HtmlElement>() else { return };
        let lit = frame.query_selector(".lit").ok().flatten();
        if let Some(lit) = lit.and_then(|element| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(element).ok()) {
            let (top, height) = (lit.offset_top(), lit.offset_height());
            let (from, room) = (frame.scroll_top(), frame.client_height());
            if top < from || top + height > from + room {
                frame.set_scroll_top((top + height / 2 - room / 2).max(0));
            }
        }
    });
    let lines = props.text.lines().map(|written| {
        let Line { depth, text, tag } = line(written);
        let lit = tag.is_some_and(|tag| props.lit.contains(&tag));
        let indent = ["in-0", "in-1", "in-2", "in-3", "in-4"][depth.min(4)];
        html! {
            <li class={classes!(indent, lit.then_some("lit"))} aria-current={lit.then_some("step")}>
                { if text.is_empty() { "\u{a0}" } else { text } }
            </li>
        }
    });
    html! {
        <ol class="pseudocode" ref={frame} tabindex="0" aria-label="Pseudocode, the lines that just ran are marked">
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
