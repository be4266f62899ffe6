//! A picture of a scenario. It was drawn from the scenario when the page was built; under the pointer, or with the focus
//! on its card, the scenario itself plays.

use crate::{
    library::{Book, read_topic},
    markup::{html, raw},
    parts,
    shell::shell,
    view::{Keeps, View, part},
};
use gloo_timers::callback::Interval;
use sim::{Session, algorithms::Listed, scene::miniature as scene};
use std::{cell::RefCell, rc::Rc};
use yew::Html;

/// Milliseconds between two steps of a miniature that plays.
const STEP_MILLIS: u32 = 700;
/// Steps after which a miniature that plays begins anew.
const REWIND: u32 = 300;

/// A picture of a scenario. Nothing is fetched before it has been `seen`.
pub fn miniature(keeps: &mut Keeps, topic: &'static Listed, scenario: &'static str, seen: bool, plays: bool) -> Html {
    let shell = shell(keeps);
    let (texts, _) = read_topic(keeps, &shell.library, topic, seen);
    let picture = texts.ready().map(|texts| {
        let still = texts.picture(scenario).unwrap_or_default();
        if plays && !shell.reduced_motion {
            let texts = Rc::clone(texts);
            let runs = texts.runs(scenario).unwrap_or(topic);
            parts::later_than(runs.id, still, move || live(&texts, scenario))
        } else {
            still
        }
    });
    html! { <div class="miniature">{ picture }</div> }
}

/// The scenario as it plays: a gate of its part (`crate::parts`).
#[inline(never)]
fn live(texts: &Rc<Book>, scenario: &'static str) -> Html {
    part(Live { texts: Rc::clone(texts), scenario })
}

#[derive(PartialEq)]
struct Live {
    texts: Rc<Book>,
    scenario: &'static str,
}

impl View for Live {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let session = keeps.once(|| {
            let scenario = self.texts.scenario(self.scenario).and_then(Result::ok);
            let mut session = scenario.and_then(|scenario| Session::new(scenario).ok());
            if let Some(session) = &mut session {
                scene::find_moment(session);
            }
            RefCell::new(session)
        });
        let redraw = keeps.redraw();
        {
            let session = Rc::clone(&session);
            keeps.effect((), move || {
                Interval::new(STEP_MILLIS, move || {
                    if let Some(session) = session.borrow_mut().as_mut() {
                        play_on(session);
                        redraw.request();
                    }
                })
            });
        }
        session.borrow().as_ref().map(|session| raw(&scene::draw(session))).unwrap_or_default()
    }
}

/// One step, or the start again where there is none.
fn play_on(session: &mut Session) {
    let stepped = session.depth() < REWIND && matches!(session.step_forward(), Ok(Some(_)));
    if !stepped {
        session.seek(0);
    }
}
