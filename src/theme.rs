//! How the page looks and reacts: theme, motion, single keys. Kept in the browser; `?theme=projector` counts for a visit.

use crate::{dialog::dialog, dom, markup::html, shell::Shell, storage, view::Keeps};
use serde_json::{Value, json};
use sim::{json, scene::Theme};
use yew::{Callback, Html};

const KEY: &str = "settings";

/// What a user chooses once for all topics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The theme; the system's where nothing is chosen.
    pub theme: Option<Theme>,
    /// Less motion, even where the system does not ask for it.
    pub less_motion: bool,
    /// Whether keys that are a single character do something (WCAG 2.1.4).
    pub single_keys: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: None, less_motion: false, single_keys: true }
    }
}

impl Settings {
    /// What is kept, and a sentence where that could not be read.
    pub fn load() -> (Self, Option<String>) {
        // Blocked storage is said when something is to be kept, not to everybody who opens the page.
        let kept = storage::read(KEY).ok().flatten();
        let (mut settings, trouble) = match kept.map(|text| Self::read(&text)) {
            None => (Self::default(), None),
            Some(Some(settings)) => (settings, None),
            Some(None) => {
                (Self::default(), Some("The settings kept in this browser are damaged and count no more.".into()))
            }
        };
        if let Some(theme) = dom::parameter("theme").and_then(|name| Theme::of_name(&name)) {
            settings.theme = Some(theme);
        }
        (settings, trouble)
    }

    /// Keeps them.
    pub fn store(self) -> Result<(), String> {
        storage::write(KEY, &self.write())
    }

    fn write(self) -> String {
        let theme = self.theme.map_or("system", Theme::name);
        json::compact(&json!({ "theme": theme, "less-motion": self.less_motion, "single-keys": self.single_keys }))
    }

    fn read(text: &str) -> Option<Self> {
        let json = json::parse(text).ok()?;
        let object = json.as_object()?;
        let flag = |name: &str, default| object.get(name).map_or(Some(default), Value::as_bool);
        Some(Self {
            theme: object.get("theme").and_then(Value::as_str).and_then(Theme::of_name),
            less_motion: flag("less-motion", false)?,
            single_keys: flag("single-keys", true)?,
        })
    }

    /// Puts them onto the page's root, where the style sheet reads them.
    pub fn apply(self) {
        let Some(root) = dom::document().document_element() else { return };
        let set = |name: &str, value: Option<&str>| {
            let _ = match value {
                Some(value) => root.set_attribute(name, value),
                None => root.remove_attribute(name),
            };
        };
        set("data-theme", self.theme.map(Theme::name));
        set("data-motion", self.less_motion.then_some("less"));
    }

    /// The theme in force.
    pub fn resolved(self) -> Theme {
        self.theme.unwrap_or_else(|| if dom::media(DARK) { Theme::Dark } else { Theme::Light })
    }

    /// Whether motion is to be avoided, by the user's wish or the system's.
    pub fn reduced_motion(self) -> bool {
        self.less_motion || dom::media(REDUCED)
    }
}

/// The system wants a dark page.
pub const DARK: &str = "(prefers-color-scheme: dark)";
/// The system wants less motion.
pub const REDUCED: &str = "(prefers-reduced-motion: reduce)";

/// The themes as the page names them.
pub static THEMES: [(Option<Theme>, &str); 4] = [
    (None, "as the system"),
    (Some(Theme::Light), "light"),
    (Some(Theme::Dark), "dark"),
    (Some(Theme::Projector), "projector: black on white, larger"),
];

/// The dialogue in which theme, motion and keys are chosen.
pub fn theme_dialog(keeps: &mut Keeps, shell: &Shell, on_close: &Callback<()>) -> Html {
    let settings = shell.settings;
    let change = |to: Settings| shell.change.reform(move |()| to);
    let theme = |&(theme, name): &(Option<Theme>, &'static str)| {
        html! {
            <label class="check">
                <input type="radio" name="theme" checked={settings.theme == theme} onchange={change(Settings { theme, ..settings })} />
                { name }
            </label>
        }
    };
    let motion = Settings { less_motion: !settings.less_motion, ..settings };
    let keys = Settings { single_keys: !settings.single_keys, ..settings };
    let body = html! {
        <fieldset>
            <legend>{ "Colours" }</legend>
            { for THEMES.iter().map(theme) }
        </fieldset>
        <fieldset>
            <legend>{ "Motion" }</legend>
            <label class="check">
                <input type="checkbox" checked={settings.less_motion} onchange={change(motion)} />
                { "less motion: nothing travels, pictures change at once" }
            </label>
        </fieldset>
        <fieldset>
            <legend>{ "Keyboard" }</legend>
            <label class="check">
                <input type="checkbox" checked={settings.single_keys} onchange={change(keys)} />
                { "keys that are a single character, such as / and ?" }
            </label>
        </fieldset>
    };
    dialog(keeps, "Theme", "settings", on_close, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_were_written() {
        for theme in THEMES.map(|(theme, _)| theme) {
            let settings = Settings { theme, less_motion: true, single_keys: false };
            assert_eq!(Settings::read(&settings.write()), Some(settings));
        }
        assert_eq!(Settings::read("{}"), Some(Settings::default()));
        for damaged in ["", "[]", "{\"less-motion\": 3}", "{\"theme\": \"dark\""] {
            assert_eq!(Settings::read(damaged), None, "{damaged}");
        }
    }

    /// `static/theme.css` is there before the program is: it must say what the one theme table says.
    #[test]
    fn the_style_sheet_is_that_of_the_theme_table() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/static/theme.css");
        let written = format!(
            "/* Written from sim/src/scene/theme.rs: UPDATE=1 cargo test -p interleave-web theme */\n{}",
            sim::scene::theme::style_sheet()
        );
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(file, &written).unwrap();
        }
        let found = std::fs::read_to_string(file).unwrap_or_default();
        assert!(found == written, "static/theme.css is out of date: UPDATE=1 cargo test -p interleave-web theme");
    }
}
