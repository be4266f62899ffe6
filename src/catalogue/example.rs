//! The example of the landing page as it runs, from its first step on.

use super::stage::{Running, SharedSession, Stage, Way};
use crate::{
    library::Book,
    markup::{html, truth},
    shell::listen_keys,
    view::{Keeps, View, part},
};
use sim::{Session, algorithms::Listed, narrate, scene::Theme};
use std::{cell::RefCell, rc::Rc};
use web_sys::KeyboardEvent;
use yew::{Callback, Html};

/// The example, one step on from its beginning: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn live(texts: &Rc<Book>, topic: &'static Listed, theme: Theme, reduced: bool) -> Html {
    part(Example { texts: Rc::clone(texts), topic: topic.id, theme, reduced })
}

#[derive(PartialEq)]
struct Example {
    texts: Rc<Book>,
    topic: &'static str,
    theme: Theme,
    reduced: bool,
}

fn begin(texts: &Book, topic: &str) -> SharedSession {
    let first = sim::algorithms::topic(topic).and_then(|topic| topic.scenarios.first());
    let scenario = first.and_then(|name| texts.scenario(name)?.ok());
    let session = scenario.and_then(|scenario| Session::new(scenario).ok());
    SharedSession(Rc::new(RefCell::new(session.map(|session| Running { session, undone: None }))))
}

impl View for Example {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let session = (*keeps.once(|| begin(&self.texts, self.topic))).clone();
        let moment = keeps.state(|| (0_u32, Way::Jump));
        let go = {
            let (session, moment) = (session.clone(), moment.clone());
            keeps.once(|| {
                Callback::from(move |way: Way| {
                    if session.0.borrow_mut().as_mut().is_some_and(|running| running.go(way)) {
                        moment.set((moment.get().0 + 1, way));
                    }
                })
            })
        };
        {
            // The step that was asked for when only the picture was here.
            let go = (*go).clone();
            keeps.effect((), move || go.emit(Way::Step));
        }
        let handler = {
            let go = (*go).clone();
            keeps.once(|| {
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
        let running = session.0.borrow();
        let Some(running) = running.as_ref() else {
            return html! { <p class="hero-example" role="alert">{ "The example's scenario cannot be read." }</p> };
        };
        let picture = Stage {
            session: session.clone(),
            moment: moment.get(),
            name: format!("{}, step {}", running.session.scenario().title, running.session.depth()),
            theme: self.theme,
            reduced: self.reduced,
        };
        run(&running.session, picture, self.topic, &go)
    }
}

/// The picture, what just happened, and the buttons.
fn run(session: &Session, picture: Stage, topic: &str, go: &Callback<Way>) -> Html {
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
            <a class="button" href={format!("#/{topic}/{}", session.scenario().name)}>{ "Open in the laboratory" }</a>
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
