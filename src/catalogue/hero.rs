//! The top of the landing page: what this is, a search, and an example that runs.

use super::stage::{Running, SharedSession, Stage, Way};
use crate::{
    keys::{self, printed},
    library::{Load, read_topic},
    markup::{html, truth},
    shell::{Overlay, Shell, listen_keys, offer_keys, shell},
    view::{Keeps, View, part},
};
use sim::{
    Session,
    algorithms::{self, Listed},
    narrate,
};
use std::{cell::RefCell, rc::Rc};
use web_sys::KeyboardEvent;
use yew::{Callback, Html};

/// The topic whose first scenario is the example.
fn opening() -> Option<&'static Listed> {
    algorithms::topic(algorithms::OPENING).or_else(|| algorithms::TOPICS.first())
}

const WORDS: &str = "Coordination, one message at a time.";

fn begin(texts: &Load, topic: &Listed) -> SharedSession {
    let scenario = topic.scenarios.first().and_then(|name| texts.ready()?.scenario(name)?.ok());
    let session = scenario.and_then(|scenario| Session::new(scenario).ok());
    SharedSession(Rc::new(RefCell::new(session.map(|session| Running { session, undone: None }))))
}

/// The top of the landing page.
#[derive(PartialEq)]
pub struct Hero;

impl View for Hero {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        match opening() {
            Some(topic) => example(keeps, &shell, topic),
            None => {
                html! { <section class="hero"><div class="hero-lead"><h1>{ WORDS }</h1></div>{ search(&shell) }</section> }
            }
        }
    }
}

fn example(keeps: &mut Keeps, shell: &Shell, topic: &'static Listed) -> Html {
    let (texts, again) = read_topic(keeps, &shell.library, topic, true);
    let session = (*keeps.memo(texts.clone(), || begin(&texts, topic))).clone();
    let moment = keeps.state(|| (0_u32, Way::Jump));
    let go = {
        let (key, session, moment) = (session.clone(), session.clone(), moment.clone());
        keeps.memo(key, || {
            Callback::from(move |way: Way| {
                if session.0.borrow_mut().as_mut().is_some_and(|running| running.go(way)) {
                    moment.set((moment.get().0 + 1, way));
                }
            })
        })
    };
    let handler = {
        let go = (*go).clone();
        keeps.memo(go.clone(), || {
            Callback::from(move |event: KeyboardEvent| {
                let way = match event.key().as_str() {
                    "ArrowRight" => Way::Step,
                    "ArrowLeft" => Way::Back,
                    _ => return,
                };
                if !event.shift_key() {
                    event.prevent_default();
                    go.emit(way);
                }
            })
        })
    };
    listen_keys(keeps, (*handler).clone());
    offer_keys(keeps, keys::CATALOGUE);
    let running = session.0.borrow();
    let sentence = running.as_ref().map(|running| running.session.scenario().sentence.clone());
    let shown = match (&texts, running.as_ref()) {
        (_, Some(running)) => {
            let picture = Stage {
                session: session.clone(),
                moment: moment.get(),
                name: format!("{}, step {}", running.session.scenario().title, running.session.depth()),
                theme: shell.theme,
                reduced: shell.reduced_motion,
            };
            run(&running.session, picture, topic, &go)
        }
        (Load::Waiting, _) => html! { <p class="hero-example quiet-text">{ "The example is loading…" }</p> },
        (Load::Failed(why), _) => html! {
            <div class="hero-example">
                <p role="alert">{ why }</p>
                <p><button onclick={again}>{ "Try again" }</button></p>
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
            { search(shell) }
            { shown }
        </section>
    }
}

/// The picture, what just happened, and the buttons.
fn run(session: &Session, picture: Stage, topic: &Listed, go: &Callback<Way>) -> Html {
    let press = |way: Way| go.reform(move |()| way);
    let ended = session.world().peek_next().is_none();
    html! {
        <div class="hero-example">
            { part(picture) }
            <p class="hero-said" role="status">{ said(session, ended) }</p>
        </div>
        <div class="hero-run">
            <button class="primary" aria-disabled={truth(ended)} onclick={press(Way::Step)}>{ "Step" }</button>
            <button aria-disabled={truth(session.depth() == 0)} onclick={press(Way::Back)}>{ "Back" }</button>
            <a class="button" href={format!("#/{}/{}", topic.id, session.scenario().name)}>{ "Open in the laboratory" }</a>
        </div>
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
fn search(shell: &Shell) -> Html {
    let open = shell.open.reform(|()| Overlay::Palette);
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
