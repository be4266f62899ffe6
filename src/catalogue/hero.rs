//! The top of the landing page: what this is, a search, and an example that runs. Its picture was drawn from its scenario
//! when the page was built; the program comes when somebody turns to it, and from the first step on it is the scenario.

use super::example::live;
use crate::{
    dom,
    keys::{self, printed},
    library::{Load, read_topic},
    markup::html,
    parts,
    shell::{Overlay, Shell, listen_keys, offer_keys, shell},
    view::{Keeps, View},
};
use sim::algorithms::{self, Listed};
use web_sys::KeyboardEvent;
use yew::{Callback, Html};

/// The topic whose first scenario is the example.
fn opening() -> Option<&'static Listed> {
    algorithms::topic(algorithms::OPENING).or_else(|| algorithms::TOPICS.first())
}

const WORDS: &str = "Coordination, one message at a time.";
/// Where the style sheet gives the example the narrow place.
const NARROW: &str = "(max-width: 899px)";

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

/// How far the example is.
#[derive(Clone, Copy, PartialEq)]
enum Example {
    /// Nobody has asked for a step.
    Still,
    /// A step was asked for; the program is on its way.
    Coming,
    /// It is the scenario itself.
    Runs,
}

fn example(keeps: &mut Keeps, shell: &Shell, topic: &'static Listed) -> Html {
    let scenario = topic.scenarios.first().copied().unwrap_or_default();
    let (texts, again) = read_topic(keeps, &shell.library, topic, true);
    let state = keeps.state(|| Example::Still);
    let start = {
        let (state, say) = (state.clone(), shell.say.clone());
        Callback::from(move |()| {
            let (running, still, say) = (state.clone(), state.clone(), say.clone());
            state.set(Example::Coming);
            let failed = Callback::from(move |why| {
                still.set(Example::Still);
                say.emit(why);
            });
            parts::after(topic.id, &failed, Box::new(move || running.set(Example::Runs)));
        })
    };
    let handler = {
        let (start, waits) = (start.clone(), state.get() == Example::Still);
        keeps.memo(waits, || {
            Callback::from(move |event: KeyboardEvent| {
                if waits && event.key() == "ArrowRight" && !event.shift_key() {
                    event.prevent_default();
                    start.emit(());
                }
            })
        })
    };
    listen_keys(keeps, (*handler).clone());
    offer_keys(keeps, keys::CATALOGUE);
    let sentence = texts.ready().map(|texts| texts.sentence(scenario).to_owned());
    let shown = match texts {
        Load::Ready(texts) => {
            let picture = texts.opening(dom::media(NARROW), shell.theme).unwrap_or_default();
            let href = format!("#/{}/{scenario}", topic.id);
            match state.get() {
                Example::Runs => live(&texts, topic, shell.theme, shell.reduced_motion),
                Example::Coming => still(picture, "The example is loading…", &href, &start),
                Example::Still => still(picture, "Nothing has happened yet.", &href, &start),
            }
        }
        Load::Waiting => html! { <p class="hero-example quiet-text">{ "The example is loading…" }</p> },
        Load::Failed(why) => html! {
            <div class="hero-example">
                <p role="alert">{ why }</p>
                <p><button onclick={again}>{ "Try again" }</button></p>
            </div>
        },
    };
    // Whoever comes near will step: the program is on its way before.
    let near = Callback::from(|()| drop(parts::begin(opening().map_or("", |topic| topic.id))));
    html! {
        <section class="hero" aria-label="An example that runs" onpointerenter={near.clone()} onfocusin={near}>
            <div class="hero-lead">
                <h1>{ WORDS }</h1>
                <p>{ " " }{ sentence }<span class="hero-press">{ " Press " }<kbd>{ "→" }</kbd>{ " and see." }</span></p>
            </div>
            { search(shell) }
            { shown }
        </section>
    }
}

/// The example before its first step.
fn still(picture: Html, said: &'static str, href: &str, start: &Callback<()>) -> Html {
    html! {
        <div class="hero-example">
            { picture }
            <p class="hero-said" role="status">{ said }</p>
        </div>
        <div class="hero-run">
            <button class="primary" onclick={start.clone()}>{ "Step" }</button>
            <button aria-disabled="true">{ "Back" }</button>
            <a class="button" href={href.to_owned()}>{ "Open in the laboratory" }</a>
        </div>
    }
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
