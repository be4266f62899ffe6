//! The card of a topic, and those of its scenarios.

use super::miniature::Miniature;
use crate::{
    dom,
    library::{Card, use_index},
    shell::use_shell,
};
use sim::algorithms::{self, Listed};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};
use yew::prelude::*;

/// The props of a topic's cards.
#[derive(Clone, PartialEq, Properties)]
pub struct TopicCardsProps {
    /// The topic's id.
    pub topic: AttrValue,
    /// Whether its scenarios are shown from the beginning.
    pub open: bool,
}

/// The card of a topic, followed by those of its scenarios where they are opened.
#[component]
pub fn TopicCards(props: &TopicCardsProps) -> Html {
    let shell = use_shell();
    let open = use_state_eq(|| props.open);
    let (index, _) = use_index(&shell.library);
    let Some(topic) = algorithms::topic(&props.topic) else { return html! {} };
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let first = topic.scenarios.first().copied().unwrap_or("");
    let scenario = |&name: &&'static str| {
        let card = index.ready().map(|index| index.card(topic.id, name)).unwrap_or_default();
        html! { <ScenarioCard key={name} topic={topic.id} {name} {card} /> }
    };
    let count = match topic.scenarios.len() {
        1 => "1 scenario".to_owned(),
        count => format!("{count} scenarios"),
    };
    html! {
        <li class={open.then_some("topic-open")}>
            <CardFrame class="card" topic={topic.id} scenario={first}>
                <div class="card-words">
                    <h3><a class="card-link" href={format!("#/{}", topic.id)}>{ topic.title }</a></h3>
                    { kind(topic) }
                    <p>{ topic.summary }</p>
                </div>
                <button class="card-more" aria-expanded={open.to_string()} onclick={toggle}>
                    { count }<span class="visually-hidden">{ format!(" of {}", topic.title) }</span>
                </button>
            </CardFrame>
            if *open {
                <ul class="scenarios">{ for topic.scenarios.iter().map(scenario) }</ul>
            }
        </li>
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

#[derive(Clone, PartialEq, Properties)]
struct ScenarioCardProps {
    topic: AttrValue,
    name: AttrValue,
    card: Card,
}

/// The card of a scenario.
#[component]
fn ScenarioCard(props: &ScenarioCardProps) -> Html {
    let Card { title, sentence } = &props.card;
    html! {
        <li>
            <CardFrame class="scenario" topic={props.topic.clone()} scenario={props.name.clone()}>
                <div class="scenario-words">
                    <h4><a class="card-link" href={format!("#/{}/{}", props.topic, props.name)}>{ title }</a></h4>
                    <p>{ sentence }</p>
                </div>
            </CardFrame>
        </li>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct CardFrameProps {
    class: &'static str,
    topic: AttrValue,
    scenario: AttrValue,
    children: Html,
}

/// A card with its miniature, which is drawn when the card comes into view and plays while it is pointed at.
#[component]
fn CardFrame(props: &CardFrameProps) -> Html {
    let node = use_node_ref();
    let seen = use_seen(&node);
    let plays = use_state_eq(|| false);
    let (enter, leave) = (turn(&plays, true), turn(&plays, false));
    let (focus, blur) = (turn(&plays, true), turn(&plays, false));
    html! {
        <div ref={node} class={props.class} onpointerenter={enter} onpointerleave={leave} onfocusin={focus} onfocusout={blur}>
            <Miniature topic={props.topic.clone()} scenario={props.scenario.clone()} {seen} plays={*plays} />
            { props.children.clone() }
        </div>
    }
}

fn turn<E: 'static>(plays: &UseStateHandle<bool>, on: bool) -> Callback<E> {
    let plays = plays.setter();
    Callback::from(move |_| plays.set(on))
}

/// Whether the element has come into view, or nearly.
#[hook]
fn use_seen(node: &NodeRef) -> bool {
    let seen = use_state_eq(|| false);
    {
        let (node, seen) = (node.clone(), seen.setter());
        use_effect_with((), move |()| {
            let watched = node.cast::<Element>().and_then(|element| watch(&element, &seen));
            // A browser that cannot watch shows everything.
            if watched.is_none() {
                seen.set(true);
            }
            move || {
                if let Some((observer, _)) = &watched {
                    observer.disconnect();
                }
            }
        });
    }
    *seen
}

type OnSeen = Closure<dyn FnMut(js_sys::Array, IntersectionObserver)>;

fn watch(element: &Element, seen: &UseStateSetter<bool>) -> Option<(IntersectionObserver, OnSeen)> {
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
