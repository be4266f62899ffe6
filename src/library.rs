//! The library: articles, pseudocode and scenarios, fetched when they are first used.
//!
//! `topics.json` names one file per topic, and the titles of its scenarios; the file holds the texts. Whatever fails is a
//! sentence, and may be tried again: only what has arrived is remembered.

use crate::{parts, view::Keeps};
use js_sys::{Object, Promise, Reflect};
use serde::Deserialize;
use serde_json::Value;
use sim::{FileError, Scenario, algorithms::Listed};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;
use yew::{AttrValue, Callback};

const INDEX: &str = "topics.json";

/// What the index says of a topic.
#[derive(Deserialize, Default, Debug)]
pub struct Listing {
    /// The address of its texts.
    file: String,
    /// Its scenarios, by name.
    #[serde(default)]
    scenarios: BTreeMap<String, Card>,
}

/// What is known of a scenario before it is fetched.
#[derive(Deserialize, Default, Clone, PartialEq, Debug)]
pub struct Card {
    /// Its name on the screen.
    pub title: String,
    /// The question that it puts.
    pub sentence: String,
}

/// The index of all topics.
#[derive(Deserialize, Default, Debug)]
#[serde(transparent)]
pub struct Index(BTreeMap<String, Listing>);

impl Index {
    /// A scenario's title and question. Where the index does not know it, its name must do.
    pub fn card(&self, topic: &str, scenario: &str) -> Card {
        let known = self.0.get(topic).and_then(|listing| listing.scenarios.get(scenario));
        known.cloned().unwrap_or_else(|| Card { title: scenario.replace('-', " "), sentence: String::new() })
    }
}

/// The texts of a topic.
#[derive(Deserialize, PartialEq, Eq, Debug)]
pub struct Topic {
    /// The article, in Markdown.
    pub article: String,
    /// The pseudocode; a line with a `#tag` at its end can be lit.
    pub pseudocode: String,
    scenarios: BTreeMap<String, Value>,
}

impl Topic {
    /// The scenario of this name; nothing where there is none.
    pub fn scenario(&self, name: &str) -> Option<Result<Scenario, FileError>> {
        Some(Scenario::read(&self.scenarios.get(name)?.to_string()))
    }
}

/// Something that is fetched.
#[derive(Debug)]
pub enum Load<T> {
    /// It is on its way.
    Waiting,
    /// It is here.
    Ready(Rc<T>),
    /// Why it is not here, as a sentence.
    Failed(AttrValue),
}

impl<T> Load<T> {
    /// What is here, if it is.
    pub fn ready(&self) -> Option<&Rc<T>> {
        if let Self::Ready(value) = self { Some(value) } else { None }
    }
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Waiting => Self::Waiting,
            Self::Ready(value) => Self::Ready(Rc::clone(value)),
            Self::Failed(why) => Self::Failed(why.clone()),
        }
    }
}

impl<T> PartialEq for Load<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Waiting, Self::Waiting) => true,
            (Self::Ready(one), Self::Ready(other)) => Rc::ptr_eq(one, other),
            (Self::Failed(one), Self::Failed(other)) => one == other,
            _ => false,
        }
    }
}

type Answer<T> = Result<Rc<T>, AttrValue>;

/// One thing that is fetched once: here, or asked for by some who wait.
struct Slot<T> {
    value: Option<Rc<T>>,
    waiting: Vec<Callback<Answer<T>>>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { value: None, waiting: vec![] }
    }
}

#[derive(Default)]
struct Shelves {
    index: Slot<Index>,
    topics: BTreeMap<&'static str, Slot<Topic>>,
}

/// The library; clones share what has been fetched.
#[derive(Clone, Default)]
pub struct Library(Rc<RefCell<Shelves>>);

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Library {
    /// The index, if it has been fetched.
    pub fn known_index(&self) -> Option<Rc<Index>> {
        self.0.borrow().index.value.clone()
    }

    fn known_topic(&self, id: &str) -> Option<Rc<Topic>> {
        self.0.borrow().topics.get(id)?.value.clone()
    }

    /// Fetches the index. Who asks while it is on its way gets the same answer.
    fn ask_index(&self, answer: Callback<Answer<Index>>) {
        if let Some(index) = self.known_index() {
            return answer.emit(Ok(index));
        }
        if self.0.borrow_mut().index.enqueue(answer) {
            let library = self.clone();
            spawn_local(async move {
                let answer = fetch_json(INDEX, "the list of topics").await;
                let waiting = library.0.borrow_mut().index.settle(&answer);
                waiting.iter().for_each(|asker| asker.emit(answer.clone()));
            });
        }
    }

    /// Fetches the texts of a topic, likewise.
    fn ask_topic(&self, topic: &'static Listed, answer: Callback<Answer<Topic>>) {
        if let Some(texts) = self.known_topic(topic.id) {
            return answer.emit(Ok(texts));
        }
        if !self.0.borrow_mut().topics.entry(topic.id).or_default().enqueue(answer) {
            return;
        }
        let library = self.clone();
        self.ask_index(Callback::from(move |index: Answer<Index>| {
            let library = library.clone();
            spawn_local(async move {
                let answer = match index {
                    Ok(index) => fetch_topic(&index, topic).await,
                    Err(why) => Err(why),
                };
                let waiting = library.0.borrow_mut().topics.entry(topic.id).or_default().settle(&answer);
                waiting.iter().for_each(|asker| asker.emit(answer.clone()));
            });
        }));
    }
}

impl<T> Slot<T> {
    /// Adds an asker; whether it is the first, for whom something must be done.
    fn enqueue(&mut self, asker: Callback<Answer<T>>) -> bool {
        self.waiting.push(asker);
        self.waiting.len() == 1
    }

    /// Remembers what has arrived; gives those who wait for it.
    fn settle(&mut self, answer: &Answer<T>) -> Vec<Callback<Answer<T>>> {
        self.value = answer.as_ref().ok().cloned();
        std::mem::take(&mut self.waiting)
    }
}

/// The texts of a topic, once the part of the program that runs it is here as well.
async fn fetch_topic(index: &Index, topic: &'static Listed) -> Answer<Topic> {
    let Some(listing) = index.0.get(topic.id) else {
        return Err(format!("The page was published without the texts of “{}”.", topic.title).into());
    };
    // Both are on their way at once.
    let code = parts::begin(topic.family());
    let texts = fetch_json(&listing.file, &format!("the texts of “{}”", topic.title)).await?;
    parts::finish(code).await?;
    Ok(texts)
}

async fn fetch_json<T: serde::de::DeserializeOwned>(address: &str, what: &str) -> Answer<T> {
    let text = fetch_text(address, what).await?;
    let wrong = |error| format!("What the server sent for {what} is damaged ({error}). Reload the page.").into();
    serde_json::from_str(&text).map(Rc::new).map_err(wrong)
}

/// What `static/boot.js` has fetched while the program was on its way; each only once, so that trying again asks anew.
async fn fetched_early(address: &str) -> Option<String> {
    let early: Object = Reflect::get(&crate::dom::window(), &"interleaveEarly".into()).ok()?.dyn_into().ok()?;
    let promise: Promise = Reflect::get(&early, &address.into()).ok()?.dyn_into().ok()?;
    Reflect::delete_property(&early, &address.into()).ok()?;
    JsFuture::from(promise).await.ok()?.as_string()
}

async fn fetch_text(address: &str, what: &str) -> Result<String, AttrValue> {
    if let Some(text) = fetched_early(address).await {
        return Ok(text);
    }
    let failed =
        || AttrValue::from(format!("The connection failed on the way to {what}. Check the network and try again."));
    let response = JsFuture::from(crate::dom::window().fetch_with_str(address)).await.map_err(|_| failed())?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        let status = response.status();
        let words =
            format!("The server answered {status} for {what}. Reload the page: it may have been published anew.");
        return Err(words.into());
    }
    let text = response.text().map_err(|_| failed())?;
    let text = JsFuture::from(text).await.map_err(|_| failed())?;
    Ok(text.as_string().unwrap_or_default())
}

/// The index of all topics, and a way to try again.
pub fn read_index(keeps: &mut Keeps, library: &Library) -> (Load<Index>, Callback<()>) {
    let asking = library.clone();
    load(keeps, library.known_index(), "", move |answer| asking.ask_index(answer))
}

/// The texts of a topic, and a way to try again. Nothing is asked for while `wanted` is false.
pub fn read_topic(
    keeps: &mut Keeps,
    library: &Library,
    topic: &'static Listed,
    wanted: bool,
) -> (Load<Topic>, Callback<()>) {
    let asking = library.clone();
    load(keeps, library.known_topic(topic.id), if wanted { topic.id } else { "" }, move |answer| {
        if wanted {
            asking.ask_topic(topic, answer);
        }
    })
}

/// Asks once, again when `key` changes, and again when told to.
fn load<T: 'static>(
    keeps: &mut Keeps,
    known: Option<Rc<T>>,
    key: &'static str,
    ask: impl Fn(Callback<Answer<T>>) + 'static,
) -> (Load<T>, Callback<()>) {
    let state = keeps.state(|| (key, Load::Waiting));
    let attempt = keeps.state(|| 0);
    {
        let state = state.clone();
        keeps.effect((key, attempt.get()), move || {
            ask(Callback::from(move |answer: Answer<T>| {
                state.set((key, answer.map_or_else(Load::Failed, Load::Ready)));
            }));
        });
    }
    let (of, last) = state.get();
    let load = match known {
        Some(value) => Load::Ready(value),
        None if of == key => last,
        None => Load::Waiting,
    };
    let again = Callback::from(move |()| {
        state.set((key, Load::Waiting));
        attempt.set(attempt.get() + 1);
    });
    (load, again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_knows_titles_and_makes_do_without() {
        let text = r#"{"mutex/a": {"file": "topics/a.json", "scenarios": {"tie": {"title": "Equal stamps", "sentence": "Who?"}}}}"#;
        let index: Index = serde_json::from_str(text).unwrap();
        assert_eq!(index.card("mutex/a", "tie"), Card { title: "Equal stamps".into(), sentence: "Who?".into() });
        assert_eq!(index.card("mutex/a", "two-leave").title, "two leave");
        assert_eq!(index.card("none", "x").title, "x");
    }

    #[test]
    fn only_the_first_asker_sets_something_going_and_failures_are_not_remembered() {
        let mut slot: Slot<u8> = Slot::default();
        assert!(slot.enqueue(Callback::noop()));
        assert!(!slot.enqueue(Callback::noop()));
        assert_eq!(slot.settle(&Err("no".into())).len(), 2);
        assert!(slot.value.is_none() && slot.enqueue(Callback::noop()));
        assert_eq!(slot.settle(&Ok(Rc::new(3))).len(), 1);
        assert_eq!(slot.value.as_deref(), Some(&3));
    }
}
