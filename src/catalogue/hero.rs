//! The top of the landing page: what this is, a search, and an example that runs.

use super::stage::{Running, SharedSession, Stage, Way};
use crate::{
    keys::{self, printed},
    library::{Load, Topic, use_topic},
    shell::{Overlay, use_keys, use_page_keys, use_shell},
};
use sim::{
    Session,
    algorithms::{self, Listed},
    narrate,
};
use std::{cell::RefCell, rc::Rc};
use web_sys::KeyboardEvent;
use yew::prelude::*;

/// The topic whose first scenario is the example.
fn opening() -> Option<&'static Listed> {
    algorithms::topic(algorithms::OPENING).or_else(|| algorithms::TOPICS.first())
}

/// The top of the landing page.
#[component]
pub fn Hero() -> Html {
    match opening() {
        Some(_) => html! { <Opening /> },
        None => {
            html! { <section class="hero"><div class="hero-lead"><h1>{ WORDS }</h1></div><Search /></section> }
        }
    }
}

const WORDS: &str = "Coordination, one message at a time.";

fn begin(texts: &Load<Topic>, topic: &Listed) -> SharedSession {
    let scenario = topic.scenarios.first().and_then(|name| texts.ready()?.scenario(name)?.ok());
    let session = scenario.and_then(|scenario| Session::new(scenario).ok());
    SharedSession(Rc::new(RefCell::new(session.map(|session| Running { session, undone: None }))))
}

#[component]
fn Opening() -> Html {
    let shell = use_shell();
    let topic = opening().expect("the list is not empty");
    let (texts, again) = use_topic(&shell.library, topic, true);
    let session = (*use_memo(texts.clone(), |texts| begin(texts, topic))).clone();
    let moment = use_state(|| (0_u32, Way::Jump));
    let go = use_callback((session.clone(), moment.clone()), |way: Way, (session, moment)| {
        if session.0.borrow_mut().as_mut().is_some_and(|running| running.go(way)) {
            moment.set((moment.0 + 1, way));
        }
    });
    let handler = use_callback(go.clone(), |event: KeyboardEvent, go| {
        let way = match event.key().as_str() {
            "ArrowRight" => Way::Step,
            "ArrowLeft" => Way::Back,
            _ => return,
        };
        if !event.shift_key() {
            event.prevent_default();
            go.emit(way);
        }
    });
    use_keys(handler);
    use_page_keys(keys::CATALOGUE);
    let sentence = session.0.borrow().as_ref().map(|running| running.session.scenario().sentence.clone());
    let shown = match (&texts, sentence.is_some()) {
        (_, true) => {
            html! { <Example session={session.clone()} topic={topic.id} version={moment.0} way={moment.1} {go} /> }
        }
        (Load::Waiting, _) => html! { <p class="hero-example quiet-text">{ "The example is loading…" }</p> },
        (Load::Failed(why), _) => html! {
            <div class="hero-example">
                <p role="alert">{ why }</p>
                <p><button onclick={again.reform(|_: MouseEvent| ())}>{ "Try again" }</button></p>
            </div>
        },
        (Load::Ready(_), _) => {
            html! { <p class="hero-example" role="alert">{ "The example's scenario cannot be read." }</p> }
        }
    };
    html! {
        <section class="hero" aria-label="An example that runs">
            <div class="hero-lead">
                <h1>{ WORDS }</h1>
                <p>{ " " }{ sentence }<span class="hero-press">{ " Press " }<kbd>{ "→" }</kbd>{ " and see." }</span></p>
            </div>
            <Search />
            { shown }
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ExampleProps {
    session: SharedSession,
    topic: AttrValue,
    version: u32,
    way: Way,
    go: Callback<Way>,
}

/// The picture, what just happened, and the buttons.
#[component]
fn Example(props: &ExampleProps) -> Html {
    let running = props.session.0.borrow();
    let Some(Running { session, .. }) = running.as_ref() else { return html! {} };
    let scenario = session.scenario();
    let name = format!("{}, step {}", scenario.title, session.depth());
    let press = |way: Way| props.go.reform(move |_: MouseEvent| way);
    let ended = session.world().peek_next().is_none();
    html! {
        <>
            <div class="hero-example">
                <Stage session={props.session.clone()} version={props.version} way={props.way} {name} />
                <p class="hero-said" role="status">{ said(session, ended) }</p>
            </div>
            <div class="hero-run">
                <button class="primary" aria-disabled={ended.to_string()} onclick={press(Way::Step)}>{ "Step" }</button>
                <button aria-disabled={(session.depth() == 0).to_string()} onclick={press(Way::Back)}>{ "Back" }</button>
                <a class="button" href={format!("#/{}/{}", props.topic, scenario.name)}>{ "Open in the laboratory" }</a>
            </div>
        </>
    }
}

/// What just happened, in a sentence or two.
fn said(session: &Session, ended: bool) -> Html {
    if session.depth() == 0 {
        return html! { "Nothing has happened yet." };
    }
    let headline = narrate::headline(session.step(), session.world(), session.payloads());
    let notes = session.step().notes.join(" ");
    let end = if ended { " That is the end of it." } else { "" };
    html! { <><b>{ headline }{ "." }</b>{ " " }{ notes }{ end }</> }
}

/// The search field of the landing page: it opens the palette.
#[component]
fn Search() -> Html {
    let shell = use_shell();
    let open = shell.open.reform(|_: MouseEvent| Overlay::Palette);
    html! {
        <button class="search" onclick={open} aria-keyshortcuts="Control+K">
            <span>{ "Find a topic, a scenario or an action" }</span>
            <span class="search-keys" aria-hidden="true">{ printed("Ctrl K") }</span>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opening_topic_is_in_the_list_and_has_a_scenario() {
        let topic = algorithms::find(algorithms::OPENING).expect("`OPENING` names a topic of the list");
        assert!(!topic.scenarios.is_empty());
    }
}
