//! The keys of the page, as the help dialogue lists them. Whoever handles keys lists them in a table of [`Key`]s.

use crate::{dialog::dialog, dom, markup::html, view::Keeps};
use yew::{Callback, Html};

/// One line of the list of keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    /// The keys, as printed on them: "Ctrl K"; alternatives are separated by a comma.
    pub keys: &'static str,
    /// What they do: "one step".
    pub what: &'static str,
}

/// Keys that work on every page.
pub static EVERYWHERE: &[Key] = &[
    Key { keys: "Ctrl K, /", what: "find a topic, a scenario or an action" },
    Key { keys: "?", what: "this list" },
    Key { keys: "Esc", what: "close what is open" },
];

/// Keys of the landing page.
pub static CATALOGUE: &[Key] =
    &[Key { keys: "→", what: "one step of the example" }, Key { keys: "←", what: "one step back" }];

/// The keys as they are printed, ⌘ in the place of Ctrl where the keyboard has it.
pub fn printed(keys: &str) -> Html {
    let apple = dom::is_apple();
    let one = |alternative: &str| {
        let names = alternative.trim().split(' ').map(|name| match name {
            "Ctrl" if apple => "⌘".to_owned(),
            other => other.to_owned(),
        });
        names.map(|name| html! { <kbd>{ name }</kbd> }).collect::<Html>()
    };
    let alternatives = keys.split(", ").enumerate();
    alternatives.map(|(k, keys)| html! { if k > 0 { " or " } { one(keys) } }).collect()
}

/// The dialogue that lists the keys, `page` those of the page in view.
pub fn keys_dialog(keeps: &mut Keeps, page: &'static [Key], single_keys: bool, on_close: &Callback<()>) -> Html {
    let rows = |keys: &'static [Key]| {
        let row = |key: &Key| {
            html! { <tr><th scope="row">{ printed(key.keys) }</th><td>{ key.what }</td></tr> }
        };
        keys.iter().map(row).collect::<Html>()
    };
    let body = html! {
        if !single_keys {
            <p>{ "Keys that are a single character are switched off (Theme, Keyboard)." }</p>
        }
        <table class="keys-table">
            <tbody>{ rows(page) }{ rows(EVERYWHERE) }</tbody>
        </table>
    };
    dialog(keeps, "Keys", "keys", on_close, body)
}
