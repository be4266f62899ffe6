//! The command palette: finds any topic, scenario or action by a few letters.

mod rank;

use crate::{
    dialog::{self, bare_dialog},
    dom,
    library::{Book, read_titles},
    markup::{html, truth},
    shell::Shell,
    view::{Keeps, State},
};
use rank::{Match, rank};
use sim::{address::Address, algorithms, order::Order as _};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, InputEvent, KeyboardEvent};
use yew::{AttrValue, Callback, Html};

/// Entries that are shown at most.
const SHOWN: usize = 60;
const LIST: &str = "palette-list";
const TITLE: &str = "Find a topic, a scenario or an action";

/// Something that the page in view can do.
#[derive(Clone, PartialEq)]
pub struct PaletteAction {
    /// What it does: "Crash P1".
    pub title: AttrValue,
    /// The keys that do it as well; empty where there are none.
    pub keys: &'static str,
    /// Does it.
    pub run: Callback<()>,
}

impl PaletteAction {
    /// An action without keys of its own.
    pub fn new(title: impl Into<AttrValue>, run: Callback<()>) -> Self {
        Self { title: title.into(), keys: "", run }
    }

    /// With the keys that do it as well.
    #[must_use]
    pub fn keys(self, keys: &'static str) -> Self {
        Self { keys, ..self }
    }
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Topic,
    Action,
    Scenario,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Action => "action",
            Self::Scenario => "scenario",
        }
    }

    /// Of entries that fit alike, topics come first: a name that is typed in a hurry means the topic.
    fn bonus(self) -> i32 {
        match self {
            Self::Topic => 12,
            Self::Action => 6,
            Self::Scenario => 0,
        }
    }
}

/// What an entry does.
#[derive(Clone)]
enum Run {
    Go(Address),
    Do(Callback<()>),
}

/// One thing that can be found.
#[derive(Clone)]
struct Entry {
    kind: Kind,
    title: AttrValue,
    /// Shown beside the title, and searched as well.
    context: AttrValue,
    keys: &'static str,
    run: Run,
}

/// Everything that can be found now.
fn entries(actions: Vec<PaletteAction>, titles: Option<&Book>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = actions
        .into_iter()
        .map(|PaletteAction { title, keys, run }| Entry {
            kind: Kind::Action,
            title,
            context: AttrValue::Static(""),
            keys,
            run: Run::Do(run),
        })
        .collect();
    for family in algorithms::FAMILIES {
        for topic in algorithms::TOPICS.iter().filter(|topic| topic.family() == family.id) {
            let address = Address { topic: topic.id.into(), ..Address::default() };
            entries.push(Entry {
                kind: Kind::Topic,
                title: topic.title.into(),
                context: family.title.into(),
                keys: "",
                run: Run::Go(address.clone()),
            });
            let Some(titles) = titles else { continue };
            entries.extend(topic.scenarios.iter().map(|&name| Entry {
                kind: Kind::Scenario,
                title: titles.title(topic.id, name).into(),
                context: topic.title.into(),
                keys: "",
                run: Run::Go(Address { scenario: name.into(), ..address.clone() }),
            }));
        }
    }
    entries
}

/// The entries that fit, best first. With nothing typed: actions and topics, as they stand.
fn found(query: &str, entries: &[Entry]) -> Vec<(Entry, Match)> {
    let typed = !query.trim().is_empty();
    let fitting = entries.iter().filter(|entry| typed || entry.kind != Kind::Scenario);
    let mut found: Vec<(Entry, Match)> = fitting
        .filter_map(|entry| {
            let mut fit = rank(query, &entry.title, &entry.context)?;
            fit.score += if typed { entry.kind.bonus() } else { 0 };
            Some((entry.clone(), fit))
        })
        .collect();
    // The order is stable: what fits alike stays in the order of the catalogue.
    found.order_by_key(|(_, fit)| -fit.score);
    found.truncate(SHOWN);
    found
}

/// The command palette: `actions` are those of the frame and of the page in view.
pub fn palette(keeps: &mut Keeps, shell: &Shell, actions: Vec<PaletteAction>, on_close: &Callback<()>) -> Html {
    let titles = read_titles(keeps, &shell.library);
    let asked = keeps.state(String::new);
    let active = keeps.state(|| 0_usize);
    let query = asked.get();
    let entries = entries(actions, titles.ready().map(|titles| &**titles));
    let found = found(&query, &entries);
    let at = active.get().min(found.len().saturating_sub(1));

    let oninput = {
        let (asked, active) = (asked.clone(), active.clone());
        Callback::from(move |event: InputEvent| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            asked.set(input.map(|input| input.value()).unwrap_or_default());
            active.set(0);
        })
    };
    let onkeydown = {
        let active = active.clone();
        // Keys may come faster than pictures: what they mean is what has been typed by now, not what is drawn.
        Callback::from(move |event: KeyboardEvent| on_key(&event, &self::found(&asked.get(), &entries), &active))
    };
    keeps.effect((at, query.clone()), move || dom::scroll_to(&option_id(at), true));
    let options = found.iter().enumerate().map(|(index, (entry, fit))| {
        let active = active.clone();
        let onpointermove = Callback::from(move |()| active.set(index));
        option(entry, fit, index, index == at, onpointermove)
    });
    let count = match found.len() {
        1 => "1 found".to_owned(),
        count => format!("{count} found"),
    };
    let body = html! {
        <input class="palette-input" type="text" role="combobox" autofocus=true autocomplete="off" spellcheck="false"
            aria-label={TITLE} placeholder={TITLE} aria-expanded="true" aria-controls={LIST} aria-autocomplete="list"
            autocapitalize="off" aria-activedescendant={(!found.is_empty()).then(|| option_id(at))}
            value={query.clone()} {oninput} {onkeydown} />
        <ul id={LIST} class="palette-list" role="listbox" aria-label="Found">{ for options }</ul>
        if found.is_empty() {
            <p class="palette-none">{ format!("Nothing here is called “{}”. Try the beginning of a name, or of a family.", query.trim()) }</p>
        }
        <p class="palette-foot">
            <span role="status">{ count }</span>
            <span aria-hidden="true"><kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ " choose " }<kbd>{ "Enter" }</kbd>{ " open " }<kbd>{ "Esc" }</kbd>{ " close" }</span>
        </p>
    };
    bare_dialog(keeps, TITLE, "palette", on_close, body)
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

fn on_key(event: &KeyboardEvent, found: &[(Entry, Match)], active: &State<usize>) {
    let count = found.len();
    if event.is_composing() || count == 0 {
        return;
    }
    let last = count - 1;
    let index = active.get().min(last);
    let to = match event.key().as_str() {
        "ArrowDown" => (index + 1) % count,
        "ArrowUp" => (index + last) % count,
        "PageDown" => (index + 8).min(last),
        "PageUp" => index.saturating_sub(8),
        "Enter" => {
            event.prevent_default();
            return run(&found[index].0.run);
        }
        _ => return,
    };
    event.prevent_default();
    active.set(to);
}

/// Closes the palette, then does what was chosen: its focus comes after the one that closing gives back.
fn run(chosen: &Run) {
    dialog::close_open();
    match chosen {
        Run::Go(address) => dom::go(address),
        Run::Do(callback) => callback.emit(()),
    }
}

fn option(entry: &Entry, fit: &Match, index: usize, selected: bool, onpointermove: Callback<()>) -> Html {
    let onclick = {
        let chosen = entry.run.clone();
        Callback::from(move |()| run(&chosen))
    };
    html! {
        <li id={option_id(index)} role="option" aria-selected={truth(selected)} {onclick} {onpointermove}>
            <span class="palette-title">{ marked(&entry.title, &fit.marks) }</span>
            if !entry.context.is_empty() {
                <span class="palette-context">{ &entry.context }</span>
            }
            if !entry.keys.is_empty() {
                <span class="palette-keys">{ crate::keys::printed(entry.keys) }</span>
            }
            <span class="palette-kind">{ entry.kind.word() }</span>
        </li>
    }
}

/// The title with the letters that were meant.
fn marked(title: &str, marks: &[(usize, usize)]) -> Html {
    let mut pieces = vec![];
    let mut done = 0;
    for &(from, to) in marks {
        pieces.push(html! { { &title[done..from] }<mark>{ &title[from..to] }</mark> });
        done = to;
    }
    html! { { for pieces.into_iter() }{ &title[done..] } }
}
