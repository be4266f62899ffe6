//! The card of a topic, and those of its scenarios.

use super::miniature::miniature;
use crate::{
    dom,
    library::{Card, read_topic},
    markup::{html, truth},
    shell::shell,
    view::{AtEnd, Keeps, State, View, part},
};
use sim::algorithms::Listed;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::{Callback, Html, NodeRef};

/// The card of a topic, followed by those of its scenarios where they are opened.
pub struct TopicCards {
    /// The topic.
    pub topic: &'static Listed,
    /// Whether its scenarios are shown from the beginning.
    pub open: bool,
}

impl PartialEq for TopicCards {
    fn eq(&self, other: &Self) -> bool {
        self.topic.id == other.topic.id && self.open == other.open
    }
}

impl View for TopicCards {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        let opened = keeps.state(|| self.open);
        let (topic, open) = (self.topic, opened.get());
        let (texts, _) = read_topic(keeps, &shell.library, topic, open);
        let toggle = Callback::from(move |()| opened.set(!opened.get()));
        let first = topic.scenarios.first().copied().unwrap_or("");
        let scenario = |&name: &&'static str| {
            let Card { title, sentence } = texts.ready().map_or_else(|| Card::unknown(name), |texts| texts.card(name));
            let words = html! {
                <div class="scenario-words">
                    <h4><a class="card-link" href={format!("#/{}/{name}", topic.id)}>{ title }</a></h4>
                    <p>{ sentence }</p>
                </div>
            };
            html! { <li key={name}>{ part(CardFrame { class: "scenario", topic, scenario: name, words }) }</li> }
        };
        let count = match topic.scenarios.len() {
            1 => "1 scenario".to_owned(),
            count => format!("{count} scenarios"),
        };
        let words = html! {
            <div class="card-words">
                <h3><a class="card-link" href={format!("#/{}", topic.id)}>{ topic.title }</a></h3>
                { kind(topic) }
                <p>{ topic.summary }</p>
            </div>
            <button class="card-more" aria-expanded={truth(open)} onclick={toggle}>
                { count }<span class="visually-hidden">{ format!(" of {}", topic.title) }</span>
            </button>
        };
        html! {
            <li class={open.then_some("topic-open")}>
                { part(CardFrame { class: "card", topic, scenario: first, words }) }
                if open {
                    <ul class="scenarios">{ for topic.scenarios.iter().map(scenario) }</ul>
                }
            </li>
        }
    }
}

/// The letter of the topic's kind, with its word.
fn kind(topic: &Listed) -> Html {
    html! {
        <span class="card-kind" title={topic.kind.word()}>
            <span aria-hidden="true">{ topic.kind.letter() }</span>
            <span class="visually-hidden">{ topic.kind.word() }</span>
        </span>
    }
}

/// A card with its miniature, which is drawn when the card comes into view and plays while it is pointed at.
struct CardFrame {
    class: &'static str,
    topic: &'static Listed,
    scenario: &'static str,
    words: Html,
}

impl PartialEq for CardFrame {
    fn eq(&self, other: &Self) -> bool {
        // The class follows from the scenario's place; the words are compared because their callbacks are new.
        self.topic.id == other.topic.id && self.scenario == other.scenario && self.words == other.words
    }
}

impl View for CardFrame {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let node = keeps.node();
        let seen = seen(keeps, &node);
        let plays = keeps.state(|| false);
        let turn = |on: bool| {
            let plays = plays.clone();
            Callback::from(move |()| plays.set(on))
        };
        let miniature = miniature(keeps, self.topic, self.scenario, seen, plays.get());
        html! {
            <div ref={node} class={self.class} onpointerenter={turn(true)} onpointerleave={turn(false)} onfocusin={turn(true)} onfocusout={turn(false)}>
                { miniature }
                { self.words.clone() }
            </div>
        }
    }
}

/// Whether the element has come into view, or nearly.
fn seen(keeps: &mut Keeps, node: &NodeRef) -> bool {
    let seen = keeps.state(|| false);
    {
        let (node, seen) = (node.clone(), seen.clone());
        keeps.effect((), move || {
            let watched = node.cast::<Element>().and_then(|element| watch(&element, &seen));
            // A browser that cannot watch shows everything.
            if watched.is_none() {
                seen.set(true);
            }
            AtEnd(move || {
                if let Some((observer, _)) = &watched {
                    observer.disconnect();
                }
            })
        });
    }
    seen.get()
}

type OnSeen = Closure<dyn FnMut(js_sys::Array, IntersectionObserver)>;

fn watch(element: &Element, seen: &State<bool>) -> Option<(IntersectionObserver, OnSeen)> {
    if js_sys::Reflect::get(&dom::window(), &"IntersectionObserver".into()).ok()?.is_undefined() {
        return None;
    }
    let seen = seen.clone();
    let on_seen: OnSeen = Closure::new(move |entries: js_sys::Array, observer: IntersectionObserver| {
        let near = |entry: wasm_bindgen::JsValue| entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting();
        if entries.iter().any(near) {
            seen.set(true);
            observer.disconnect();
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_root_margin("200px");
    let observer = IntersectionObserver::new_with_options(on_seen.as_ref().unchecked_ref(), &options).ok()?;
    observer.observe(element);
    Some((observer, on_seen))
}
