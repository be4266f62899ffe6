//! The library: articles, pseudocode and scenarios, fetched when they are first used.
//!
//! `topics.json` names one file per topic, which holds its texts, and one with the titles of all scenarios, for the
//! palette. Whatever fails is a sentence, and may be tried again: only what has arrived is remembered.

use crate::{markup::raw, view::Keeps};
use js_sys::{Object, Promise, Reflect};
use sim::{
    FileError, Scenario,
    algorithms::{self, Listed},
    json::{self, Json},
    scene::Theme,
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Response;
use yew::{AttrValue, Callback, Html};

const INDEX: &str = "topics.json";

/// What is said of a scenario where it is chosen.
#[derive(PartialEq, Eq, Debug)]
pub struct Card {
    /// Its name on the screen.
    pub title: String,
    /// The question that it puts.
    pub sentence: String,
}

impl Card {
    /// Where its title is not known, its name must do.
    pub fn unknown(name: &str) -> Self {
        Self { title: spelt(name), sentence: String::new() }
    }
}

/// What the library holds: the texts of a topic, all titles, or the index. Compared by identity: it never changes.
#[derive(Debug)]
pub struct Book(Json);

impl PartialEq for Book {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Book {
    fn words(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(&self.0, |value, key| value.get(key))?.as_str()
    }

    /// Of the titles, that of a scenario. Where it is not known, its name must do.
    pub fn title(&self, topic: &str, scenario: &str) -> String {
        self.words(&[topic, scenario]).map_or_else(|| spelt(scenario), str::to_owned)
    }

    /// Of a topic, a scenario's title and question.
    pub fn card(&self, scenario: &str) -> Card {
        self.card_in("scenarios", scenario)
    }

    /// Of a topic, an experiment's title and question.
    pub fn experiment_card(&self, experiment: &str) -> Card {
        self.card_in("experiments", experiment)
    }

    fn card_in(&self, kind: &str, name: &str) -> Card {
        let word = |what: &str| self.words(&[kind, name, what]).map(str::to_owned);
        Card { title: word("title").unwrap_or_else(|| spelt(name)), sentence: word("sentence").unwrap_or_default() }
    }

    /// Of a topic, whether it has an experiment of this name.
    pub fn has_experiment(&self, name: &str) -> bool {
        self.0.get("experiments").is_some_and(|experiments| experiments.get(name).is_some())
    }

    /// Of a topic, the experiment of this name, as a text. What writes it is not in the first load: only the page of an
    /// experiment asks for it.
    pub fn experiment(&self, name: &str) -> String {
        let experiment = self.0.get("experiments").and_then(|experiments| experiments.get(name));
        experiment.map(json::compact).unwrap_or_default()
    }

    /// Of a topic, the article in Markdown.
    pub fn article(&self) -> &str {
        self.words(&["article"]).unwrap_or_default()
    }

    /// Of a topic, the pseudocode of what runs in it; a line with a `#tag` at its end can be lit.
    pub fn pseudocode(&self, algorithm: &str) -> &str {
        self.words(&["hosts", algorithm]).or_else(|| self.words(&["pseudocode"])).unwrap_or_default()
    }

    /// Of a topic, what runs in a scenario: the topic itself, or the one on which it is shown.
    pub fn runs(&self, scenario: &str) -> Option<&'static Listed> {
        algorithms::topic(self.words(&["scenarios", scenario, "algorithm"])?)
    }

    /// Of a topic, whether it has a scenario of this name.
    pub fn has(&self, scenario: &str) -> bool {
        self.0.get("scenarios").is_some_and(|scenarios| scenarios.get(scenario).is_some())
    }

    /// Of a topic, the question that a scenario puts.
    pub fn sentence(&self, scenario: &str) -> &str {
        self.words(&["scenarios", scenario, "sentence"]).unwrap_or_default()
    }

    /// Of a topic, the picture on a scenario's card.
    pub fn picture(&self, scenario: &str) -> Option<Html> {
        Some(raw(self.words(&["pictures", scenario])?))
    }

    /// Of the topic on the landing page, how its first scenario begins.
    pub fn opening(&self, narrow: bool, theme: Theme) -> Option<Html> {
        let kind = match (narrow, theme) {
            (false, Theme::Projector) => "wide-projector",
            (true, Theme::Projector) => "narrow-projector",
            (false, _) => "wide",
            (true, _) => "narrow",
        };
        Some(raw(self.words(&["opening", kind])?))
    }

    /// Of a topic, the scenario of this name; nothing where there is none.
    pub fn scenario(&self, name: &str) -> Option<Result<Scenario, FileError>> {
        Some(Scenario::read(&json::compact(self.0.get("scenarios")?.get(name)?)))
    }
}

/// A name in an address, as words.
fn spelt(name: &str) -> String {
    name.replace('-', " ")
}

/// Something that is fetched.
#[derive(Clone, PartialEq, Debug)]
pub enum Load {
    /// It is on its way.
    Waiting,
    /// It is here.
    Ready(Rc<Book>),
    /// Why it is not here, as a sentence.
    Failed(AttrValue),
}

impl Load {
    /// What is here, if it is.
    pub fn ready(&self) -> Option<&Rc<Book>> {
        if let Self::Ready(book) = self { Some(book) } else { None }
    }
}

type Answer = Result<Rc<Book>, AttrValue>;
type Asker = Callback<Answer>;

/// One book that is fetched once: here, or asked for by some who wait.
#[derive(Default)]
struct Slot {
    /// Of what is wanted.
    id: &'static str,
    book: Option<Rc<Book>>,
    waiting: Vec<Asker>,
}

impl Slot {
    /// Adds an asker; whether it is the first, for whom something must be done.
    fn enqueue(&mut self, asker: Asker) -> bool {
        self.waiting.push(asker);
        self.waiting.len() == 1
    }

    /// Remembers what has arrived; gives those who wait for it.
    fn settle(&mut self, answer: &Answer) -> Vec<Asker> {
        self.book = answer.as_ref().ok().cloned();
        std::mem::take(&mut self.waiting)
    }
}

/// The library; clones share what has been fetched.
#[derive(Clone, Default)]
pub struct Library(Rc<RefCell<Vec<Slot>>>);

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What can be asked for.
#[derive(Clone, Copy)]
enum Wanted {
    /// Where everything is.
    Index,
    /// The titles of all scenarios.
    Titles,
    /// The texts of a topic.
    Texts(&'static Listed),
}

impl Wanted {
    fn id(self) -> &'static str {
        match self {
            Self::Index => "",
            Self::Titles => "titles",
            Self::Texts(topic) => topic.id,
        }
    }

    /// Where the index says that it is.
    fn file(self, index: &Book) -> Option<&str> {
        match self {
            Self::Index => Some(INDEX),
            Self::Titles => index.words(&["titles"]),
            Self::Texts(topic) => index.words(&["topics", topic.id]),
        }
    }

    /// What it is called where it is missing.
    fn name(self) -> String {
        match self {
            Self::Index => "the list of topics".to_owned(),
            Self::Titles => "the list of scenarios".to_owned(),
            Self::Texts(topic) => format!("the texts of “{}”", topic.title),
        }
    }
}

impl Library {
    /// The texts of a topic, if they have been fetched.
    pub fn known_texts(&self, topic: &'static Listed) -> Option<Rc<Book>> {
        self.known(topic.id)
    }

    fn known(&self, id: &str) -> Option<Rc<Book>> {
        self.0.borrow().iter().find(|slot| slot.id == id)?.book.clone()
    }

    fn with_slot<R>(&self, id: &'static str, look: impl FnOnce(&mut Slot) -> R) -> R {
        let mut slots = self.0.borrow_mut();
        let known = slots.iter().position(|slot| slot.id == id);
        let at = known.unwrap_or_else(|| {
            slots.push(Slot { id, ..Slot::default() });
            slots.len() - 1
        });
        look(&mut slots[at])
    }

    /// Fetches a book. Who asks while it is on its way gets the same answer.
    fn ask(&self, wanted: Wanted, asker: Asker) {
        if let Some(book) = self.known(wanted.id()) {
            return asker.emit(Ok(book));
        }
        if !self.with_slot(wanted.id(), |slot| slot.enqueue(asker)) {
            return;
        }
        let library = self.clone();
        let begin = move |index: Option<Answer>| {
            let library = library.clone();
            spawn_local(async move {
                let answer = fetch(wanted, index).await;
                let waiting = library.with_slot(wanted.id(), |slot| slot.settle(&answer));
                waiting.iter().for_each(|asker| asker.emit(answer.clone()));
            });
        };
        match wanted {
            Wanted::Index => begin(None),
            _ => self.ask(Wanted::Index, Callback::from(move |index| begin(Some(index)))),
        }
    }
}

/// A book; all but the index by way of the index.
async fn fetch(wanted: Wanted, index: Option<Answer>) -> Answer {
    let what = wanted.name();
    let address = match index {
        None => INDEX.to_owned(),
        Some(index) => match wanted.file(&*index?) {
            Some(file) => file.to_owned(),
            None => return Err(format!("The page was published without {what}.").into()),
        },
    };
    let text = fetch_text(&address, &what).await?;
    let book = read(&text, matches!(wanted, Wanted::Texts(_)))
        .map_err(|error| format!("What the server sent for {what} is damaged ({error}). Reload the page."))?;
    Ok(Rc::new(book))
}

/// Reads a book. That of a topic has its three parts.
fn read(text: &str, of_topic: bool) -> Result<Book, String> {
    let json = json::parse(text).map_err(|error| error.to_string())?;
    let needed: &[&str] = if of_topic { &["article", "pseudocode", "scenarios"] } else { &[] };
    match needed.iter().find(|name| json.get(name).is_none()) {
        Some(name) => Err(format!("`{name}` is missing")),
        None if json.is_object() => Ok(Book(json)),
        None => Err("it is no object".to_owned()),
    }
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

/// The index, and a way to try again.
pub fn read_index(keeps: &mut Keeps, library: &Library) -> (Load, Callback<()>) {
    load(keeps, library, Wanted::Index, true)
}

/// The titles of all scenarios.
pub fn read_titles(keeps: &mut Keeps, library: &Library) -> Load {
    load(keeps, library, Wanted::Titles, true).0
}

/// The texts of a topic, and a way to try again. Nothing is asked for while `wanted` is false.
pub fn read_topic(keeps: &mut Keeps, library: &Library, topic: &'static Listed, wanted: bool) -> (Load, Callback<()>) {
    load(keeps, library, Wanted::Texts(topic), wanted)
}

/// Asks once it is needed, again for another topic, and again when told to.
fn load(keeps: &mut Keeps, library: &Library, wanted: Wanted, needed: bool) -> (Load, Callback<()>) {
    let key = wanted.id();
    let state = keeps.state(|| (key, Load::Waiting));
    let attempt = keeps.state(|| 0);
    {
        let (state, asking) = (state.clone(), library.clone());
        keeps.effect((key, needed, attempt.get()), move || {
            let tell = move |answer: Answer| state.set((key, answer.map_or_else(Load::Failed, Load::Ready)));
            if needed {
                asking.ask(wanted, Callback::from(tell));
            }
        });
    }
    let (of, last) = state.get();
    let load = match library.known(key) {
        Some(book) => Load::Ready(book),
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
    fn a_name_makes_do_for_a_title_that_is_missing() {
        let titles = read(r#"{"mutex/a": {"tie": "Equal stamps"}}"#, false).unwrap();
        assert_eq!(titles.title("mutex/a", "tie"), "Equal stamps");
        assert_eq!(titles.title("none", "two-leave"), "two leave");
        let scenarios = r#"{"tie": {"title": "Equal stamps", "sentence": "Who?"}}"#;
        let text = format!(r#"{{"article": "A", "pseudocode": "P", "scenarios": {scenarios}}}"#);
        let texts = read(&text, true).unwrap();
        assert_eq!(texts.card("tie"), Card { title: "Equal stamps".into(), sentence: "Who?".into() });
        assert_eq!(texts.card("two-leave").title, "two leave");
    }

    #[test]
    fn a_damaged_book_is_refused() {
        for text in ["", "[]", "{}", r#"{"article": "", "scenarios": {}}"#] {
            assert!(read(text, true).is_err(), "{text}");
        }
        let whole = read(r#"{"article": "A", "pseudocode": "P", "scenarios": {"x": 1}}"#, true).unwrap();
        assert_eq!((whole.article(), whole.pseudocode("mutex/a")), ("A", "P"));
        assert!(whole.scenario("y").is_none() && whole.scenario("x").is_some_and(|read| read.is_err()));
    }

    #[test]
    fn only_the_first_asker_sets_something_going_and_failures_are_not_remembered() {
        let mut slot = Slot::default();
        assert!(slot.enqueue(Callback::noop()));
        assert!(!slot.enqueue(Callback::noop()));
        assert_eq!(slot.settle(&Err("no".into())).len(), 2);
        assert!(slot.book.is_none() && slot.enqueue(Callback::noop()));
        assert_eq!(slot.settle(&Ok(Rc::new(Book(Json::Null)))).len(), 1);
        assert!(slot.book.is_some());
    }
}
