//! My sessions: runs that the user wants to find again, kept in this browser.
//!
//! An address `#/topic/scenario?~session.id` leads to a kept session: what *Open file…* makes of a file with branches. What
//! follows the `~` is the name under which the storage holds the session's file.

use crate::{
    dialog::{self, Dialog},
    shell::use_shell,
    storage,
};
use serde::{Deserialize, Serialize};
use sim::order::Order as _;
use sim::{Session, address::Address, algorithms};
use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

const LIST: &str = "sessions";
/// What begins the run of an address that names something in the storage.
const LOCAL: char = '~';
/// Letters of a session's name, at most.
const NAME_LETTERS: usize = 80;

/// What the list says of a session.
#[derive(Clone, PartialEq, Serialize, Deserialize, Debug)]
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
    pub when: f64,
    /// How many moments it has.
    pub moments: u32,
}

impl Entry {
    /// The address that leads to it.
    pub fn address(&self) -> Address {
        Address { topic: self.topic.clone(), scenario: self.scenario.clone(), run: format!("{LOCAL}{}", key(&self.id)) }
    }
}

/// The kept sessions, the latest first, and a sentence where the browser's list could not be read.
pub fn list() -> (Vec<Entry>, Option<String>) {
    match kept() {
        Ok(mut entries) => {
            entries.order_by(|one, other| other.when.total_cmp(&one.when));
            (entries, None)
        }
        Err(trouble) => (vec![], Some(trouble)),
    }
}

/// The list as it is kept.
fn kept() -> Result<Vec<Entry>, String> {
    let Some(text) = storage::read(LIST)? else { return Ok(vec![]) };
    serde_json::from_str(&text).map_err(|_| "The list of sessions kept in this browser is damaged.".to_owned())
}

fn keep_list(entries: &[Entry]) -> Result<(), String> {
    storage::write(LIST, &serde_json::to_string(entries).unwrap_or_default())
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
        topic: session.scenario().algorithm.clone(),
        scenario: session.scenario().name.clone(),
        when: js_sys::Date::now(),
        moments: session.moments() as u32,
    };
    let text = serde_json::to_string(&session.to_file()).unwrap_or_default();
    // A damaged list is begun anew: what it named could not be found any more in any case.
    let mut entries = kept().unwrap_or_default();
    entries.retain(|other| other.id != entry.id);
    entries.push(entry.clone());
    let result = storage::write(&key(&entry.id), &text).and_then(|()| keep_list(&entries));
    let warning = result.err().map(|trouble| {
        // A list in the browser must not name what is only here.
        storage::hold(LIST, &serde_json::to_string(&entries).unwrap_or_default());
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
fn when(millis: f64) -> String {
    let date = js_sys::Date::new(&millis.into());
    date.to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED).into()
}

/// The props of the dialogue.
#[derive(Clone, PartialEq, Properties)]
pub struct SessionsProps {
    /// Called when it has closed.
    pub on_close: Callback<()>,
}

/// The dialogue with the kept sessions.
#[component]
pub fn SessionsDialog(props: &SessionsProps) -> Html {
    let shell = use_shell();
    let changes = use_state(|| 0);
    let renaming = use_state(|| None::<String>);
    let (entries, trouble) = list();
    let done = {
        let (say, renaming) = (shell.say.clone(), renaming.clone());
        Callback::from(move |result: Result<(), String>| {
            if let Err(trouble) = result {
                say.emit(trouble);
            }
            renaming.set(None);
            changes.set(*changes + 1);
        })
    };
    let rename = { move |id: Option<String>| renaming.set(id) };
    let rename = Callback::from(rename);
    let row = |entry: &Entry| {
        html! { <Row key={entry.id.clone()} entry={entry.clone()} done={done.clone()} rename={rename.clone()} /> }
    };
    html! {
        <Dialog title="My sessions" class="sessions" on_close={props.on_close.clone()}>
            if let Some(trouble) = trouble {
                <p class="advice">{ trouble }</p>
            }
            if entries.is_empty() {
                <p>{ "No session is kept yet. In a topic, Share has “Keep in My sessions”; a file comes in with “Open file…”." }</p>
            } else {
                <p class="quiet-text">{ "Kept in this browser only. Deleting the browser's data deletes them." }</p>
                <ul class="sessions-list">{ for entries.iter().map(row) }</ul>
            }
            <p><button onclick={shell.open_file.reform(|_: MouseEvent| ())}>{ "Open file…" }</button></p>
        </Dialog>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct RowProps {
    entry: Entry,
    done: Callback<Result<(), String>>,
    rename: Callback<Option<String>>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let entry = props.entry.clone();
    let editing = use_state(|| false);
    let field = use_node_ref();
    let topic = algorithms::topic(&entry.topic).map_or(entry.topic.clone(), |topic| topic.title.to_owned());
    let moments = if entry.moments == 1 { "1 moment".into() } else { format!("{} moments", entry.moments) };
    let delete_it = {
        let (id, done) = (entry.id.clone(), props.done.clone());
        Callback::from(move |_: MouseEvent| done.emit(delete(&id)))
    };
    let edit = {
        let editing = editing.clone();
        Callback::from(move |_: MouseEvent| editing.set(!*editing))
    };
    let onsubmit = {
        let (id, done, field, editing) = (entry.id.clone(), props.done.clone(), field.clone(), editing.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = field.cast::<HtmlInputElement>().map(|field| field.value()).unwrap_or_default();
            editing.set(false);
            if !name.trim().is_empty() {
                done.emit(rename(&id, &name));
            }
        })
    };
    {
        let field = field.clone();
        use_effect_with(*editing, move |_| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                let _ = field.focus();
                field.select();
            }
        });
    }
    let href = format!("#{}", entry.address());
    let close = Callback::from(|_: MouseEvent| dialog::close_open());
    html! {
        <li>
            if *editing {
                <form class="sessions-name" {onsubmit}>
                    <input ref={field} type="text" maxlength="80" aria-label="New name" value={entry.name.clone()} />
                    <button type="submit">{ "Save" }</button>
                </form>
            } else {
                <a class="sessions-name" {href} onclick={close}>{ &entry.name }</a>
            }
            <span class="sessions-about">{ format!("{topic} · {moments} · {}", when(entry.when)) }</span>
            <span class="sessions-tools">
                <button onclick={edit} aria-label={format!("Rename {}", entry.name)}>{ if *editing { "Cancel" } else { "Rename" } }</button>
                <button onclick={delete_it} aria-label={format!("Delete {}", entry.name)}>{ "Delete" }</button>
            </span>
        </li>
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
            when: 0.0,
            moments: 3,
        };
        let address = Address::read(&entry.address().to_string());
        assert_eq!((address.topic, address.scenario), (entry.topic, entry.scenario));
        assert_eq!(address.run, format!("~session.{}", entry.id));
    }

    #[test]
    fn ids_are_short_and_differ() {
        assert_eq!(letters(35), "z");
        assert_eq!(letters(36), "10");
        assert!(letters(1_790_000_000_000).len() <= 9);
    }
}
