//! The keys of the page, as the help dialogue lists them. Whoever handles keys lists them in a table of [`Key`]s.

use yew::prelude::*;

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
    let apple = crate::dom::is_apple();
    let one = |alternative: &str| {
        let names = alternative.trim().split(' ').map(|name| match name {
            "Ctrl" if apple => "⌘".to_owned(),
            other => other.to_owned(),
        });
        names.map(|name| html! { <kbd>{ name }</kbd> }).collect::<Html>()
    };
    let alternatives = keys.split(", ").enumerate();
    alternatives.map(|(k, keys)| html! { <>{ if k > 0 { " or " } else { "" } }{ one(keys) }</> }).collect()
}

/// The props of the list.
#[derive(Clone, PartialEq, Properties)]
pub struct KeysProps {
    /// The keys of the page in view.
    pub page: &'static [Key],
    /// Whether keys that are single characters work.
    pub single_keys: bool,
    /// Called when the dialogue has closed.
    pub on_close: Callback<()>,
}

/// The dialogue that lists the keys.
#[component]
pub fn KeysDialog(props: &KeysProps) -> Html {
    let rows = |keys: &'static [Key]| {
        let row = |key: &Key| {
            html! { <tr><th scope="row">{ printed(key.keys) }</th><td>{ key.what }</td></tr> }
        };
        keys.iter().map(row).collect::<Html>()
    };
    html! {
        <crate::dialog::Dialog title="Keys" class="keys" on_close={props.on_close.clone()}>
            if !props.single_keys {
                <p>{ "Keys that are a single character are switched off (Theme, Keyboard)." }</p>
            }
            <table class="keys-table">
                <tbody>{ rows(props.page) }{ rows(EVERYWHERE) }</tbody>
            </table>
        </crate::dialog::Dialog>
    }
}
