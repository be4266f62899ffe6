//! My sessions: runs that the user wants to find again, kept in this browser.
//!
//! An address `#/topic/scenario?~session.id` leads to a kept session: what *Open file…* makes of a file with branches. What
//! follows the `~` is the name under which the storage holds the session's file.

use crate::{
    dialog::{self, dialog},
    markup::html,
    shell::Shell,
    storage,
    view::{Keeps, View, keyed},
};
use serde_json::{Value, json};
use sim::order::Order as _;
use sim::{Session, address::Address, algorithms};
use web_sys::{HtmlInputElement, SubmitEvent};
use yew::{Callback, Html};

const LIST: &str = "sessions";
/// What begins the run of an address that names something in the storage.
const LOCAL: char = '~';
/// Letters of a session's name, at most.
const NAME_LETTERS: usize = 80;

/// What the list says of a session.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// The name that the user gave it.
    pub name: String,
    /// The topic's id.
    pub topic: String,
    /// The scenario's name.
    pub scenario: String,
    /// When it was kept last, in milliseconds since 1970.
    pub when: u64,
    /// How many moments it has.
    pub moments: u32,
}

impl Entry {
    fn read(json: &Value) -> Option<Self> {
        let words = |name: &str| Some(json.get(name)?.as_str()?.to_owned());
        let number = |name: &str| json.get(name)?.as_u64();
        Some(Self {
            id: words("id")?,
            name: words("name")?,
            topic: words("topic")?,
            scenario: words("scenario")?,
            when: number("when")?,
            moments: number("moments")? as u32,
        })
    }

    fn write(&self) -> Value {
        let Self { id, name, topic, scenario, when, moments } = self;
        json!({ "id": id, "name": name, "topic": topic, "scenario": scenario, "when": when, "moments": moments })
    }

    /// The address that leads to it.
    pub fn address(&self) -> Address {
        Address { topic: self.topic.clone(), scenario: self.scenario.clone(), run: format!("{LOCAL}{}", key(&self.id)) }
    }
}

/// The kept sessions, the latest first, and a sentence where the browser's list could not be read.
pub fn list() -> (Vec<Entry>, Option<String>) {
    match kept() {
        Ok(mut entries) => {
            entries.order_by(|one, other| other.when.cmp(&one.when));
            (entries, None)
        }
        Err(trouble) => (vec![], Some(trouble)),
    }
}

/// The list as it is kept.
fn kept() -> Result<Vec<Entry>, String> {
    let Some(text) = storage::read(LIST)? else { return Ok(vec![]) };
    read(&text).ok_or_else(|| "The list of sessions kept in this browser is damaged.".to_owned())
}

fn read(list: &str) -> Option<Vec<Entry>> {
    let list = sim::json::parse(list).ok()?;
    list.as_array()?.iter().map(Entry::read).collect()
}

fn write(entries: &[Entry]) -> String {
    Value::Array(entries.iter().map(Entry::write).collect()).to_string()
}

fn keep_list(entries: &[Entry]) -> Result<(), String> {
    storage::write(LIST, &write(entries))
}

/// The name under which the storage holds a session.
fn key(id: &str) -> String {
    format!("session.{id}")
}

/// An id that no session of this browser has yet.
fn new_id() -> String {
    let entries = list().0;
    let mut number = js_sys::Date::now() as u64;
    loop {
        let id = letters(number);
        if entries.iter().all(|entry| entry.id != id) {
            return id;
        }
        number += 1;
    }
}

/// A number in few letters.
fn letters(mut number: u64) -> String {
    let mut letters = String::new();
    while number > 0 {
        letters.insert(0, b"0123456789abcdefghijklmnopqrstuvwxyz"[(number % 36) as usize].into());
        number /= 36;
    }
    letters
}

/// A session that was kept.
pub struct Kept {
    /// What the list says of it now.
    pub entry: Entry,
    /// A sentence where it is only kept until the page is closed.
    pub warning: Option<String>,
}

/// Keeps a session: anew, or in the place of the one with this id.
pub fn keep(session: &Session, id: Option<&str>, name: &str) -> Kept {
    let entry = Entry {
        id: id.map_or_else(new_id, str::to_owned),
        name: name.trim().chars().take(NAME_LETTERS).collect(),
        topic: session.scenario().topic().to_owned(),
        scenario: session.scenario().name.clone(),
        when: js_sys::Date::now() as u64,
        moments: session.moments() as u32,
    };
    let text = session.to_file().write_compact();
    // A damaged list is begun anew: what it named could not be found any more in any case.
    let mut entries = kept().unwrap_or_default();
    entries.retain(|other| other.id != entry.id);
    entries.push(entry.clone());
    let result = storage::write(&key(&entry.id), &text).and_then(|()| keep_list(&entries));
    let warning = result.err().map(|trouble| {
        // A list in the browser must not name what is only here.
        storage::hold(LIST, &write(&entries));
        format!("{trouble} “{}” stays until this page is closed.", entry.name)
    });
    Kept { entry, warning }
}

/// Gives a session another name.
pub fn rename(id: &str, name: &str) -> Result<(), String> {
    let name: String = name.trim().chars().take(NAME_LETTERS).collect();
    let mut entries = kept()?;
    entries.iter_mut().filter(|entry| entry.id == id).for_each(|entry| entry.name.clone_from(&name));
    keep_list(&entries)
}

/// Forgets a session.
pub fn delete(id: &str) -> Result<(), String> {
    let mut entries = kept()?;
    entries.retain(|entry| entry.id != id);
    storage::remove(&key(id))?;
    keep_list(&entries)
}

/// The day and time of a moment, as this browser writes them.
fn when(millis: u64) -> String {
    let date = js_sys::Date::new(&(millis as f64).into());
    date.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED).into()
}

/// The dialogue with the kept sessions.
pub fn sessions_dialog(keeps: &mut Keeps, shell: &Shell, on_close: &Callback<()>) -> Html {
    let redraw = keeps.redraw();
    let (entries, trouble) = list();
    let done = {
        let say = shell.say.clone();
        keeps.once(|| {
            Callback::from(move |result: Result<(), String>| {
                if let Err(trouble) = result {
                    say.emit(trouble);
                }
                redraw.request();
            })
        })
    };
    let row = |entry: &Entry| keyed(entry.id.clone(), Row { entry: entry.clone(), done: (*done).clone() });
    let body = html! {
        if let Some(trouble) = trouble {
            <p class="advice">{ trouble }</p>
        }
        if entries.is_empty() {
            <p>{ "No session is kept yet. In a topic, Share has “Keep in My sessions”; a file comes in with “Open file…”." }</p>
        } else {
            <p class="quiet-text">{ "Kept in this browser only. Deleting the browser's data deletes them." }</p>
            <ul class="sessions-list">{ for entries.iter().map(row) }</ul>
        }
        <p><button onclick={shell.open_file.clone()}>{ "Open file…" }</button></p>
    };
    dialog(keeps, "My sessions", "sessions", on_close, body)
}

/// A kept session: a link, and what can be done with it.
#[derive(PartialEq)]
struct Row {
    entry: Entry,
    done: Callback<Result<(), String>>,
}

impl View for Row {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let entry = &self.entry;
        let editing = keeps.state(|| false);
        let field = keeps.node();
        let topic = algorithms::topic(&entry.topic).map_or(&*entry.topic, |topic| topic.title);
        let moments = if entry.moments == 1 { "1 moment".into() } else { format!("{} moments", entry.moments) };
        let delete_it = {
            let (id, done) = (entry.id.clone(), self.done.clone());
            Callback::from(move |()| done.emit(delete(&id)))
        };
        let edit = {
            let editing = editing.clone();
            Callback::from(move |()| editing.set(!editing.get()))
        };
        let onsubmit = {
            let (id, done, field, editing) = (entry.id.clone(), self.done.clone(), field.clone(), editing.clone());
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                let name = field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default();
                editing.set(false);
                if !name.trim().is_empty() {
                    done.emit(rename(&id, &name));
                }
            })
        };
        let editing = editing.get();
        {
            let field = field.clone();
            keeps.effect(editing, move || {
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    let _ = field.focus();
                    field.select();
                }
            });
        }
        let close = Callback::from(|()| dialog::close_open());
        html! {
            <li>
                if editing {
                    <form class="sessions-name" {onsubmit}>
                        <input ref={field} type="text" maxlength="80" aria-label="New name" value={entry.name.clone()} />
                        <button type="submit">{ "Save" }</button>
                    </form>
                } else {
                    <a class="sessions-name" href={format!("#{}", entry.address())} onclick={close}>{ &entry.name }</a>
                }
                <span class="sessions-about">{ format!("{topic} · {moments} · {}", when(entry.when)) }</span>
                <span class="sessions-tools">
                    <button onclick={edit} aria-label={format!("Rename {}", entry.name)}>{ if editing { "Cancel" } else { "Rename" } }</button>
                    <button onclick={delete_it} aria-label={format!("Delete {}", entry.name)}>{ "Delete" }</button>
                </span>
            </li>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_session_of_its_id() {
        let entry = Entry {
            id: letters(1_790_000_000_000),
            name: "x".into(),
            topic: "mutex/a".into(),
            scenario: "tie".into(),
            when: 0,
            moments: 3,
        };
        let address = Address::read(&entry.address().to_string());
        assert_eq!((address.topic, address.scenario), (entry.topic, entry.scenario));
        assert_eq!(address.run, format!("~session.{}", entry.id));
    }

    #[test]
    fn the_list_is_read_as_it_was_written() {
        let text = r#"[{"id":"a","name":"“x”","topic":"mutex/a","scenario":"tie","when":15,"moments":3}]"#;
        let entries = read(text).expect("it is in order");
        assert_eq!((entries[0].name.as_str(), entries[0].when, entries[0].moments), ("“x”", 15, 3));
        assert_eq!(read(&write(&entries)), Some(entries));
        for damaged in ["", "{}", "[1]", r#"[{"id": "a"}]"#] {
            assert_eq!(read(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn ids_are_short_and_differ() {
        assert_eq!(letters(35), "z");
        assert_eq!(letters(36), "10");
        assert!(letters(1_790_000_000_000).len() <= 9);
    }
}
