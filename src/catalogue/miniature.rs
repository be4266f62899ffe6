//! A picture of a scenario, drawn from the scenario itself: it is prepared, played to a moment at which something is going
//! on, and drawn. Under the pointer, or with the focus on its card, it plays.

use crate::{library::read_topic, markup::html, picture::picture, shell::shell, view::Keeps};
use gloo_timers::callback::Interval;
use sim::{
    Session, Step, Tone, Verdict, World,
    algorithm::NodeShape,
    algorithms::Listed,
    scene::{
        Scene,
        network::{Look, Network},
    },
};
use std::{cell::RefCell, rc::Rc};
use yew::Html;

/// The size in which miniatures are made, in CSS pixels; they scale to their card.
const SIZE: (f32, f32) = (200.0, 80.0);
/// Milliseconds between two steps of a miniature that plays.
const STEP_MILLIS: u32 = 700;
/// Steps among which a telling moment is looked for, in a world of up to a dozen nodes.
const LOOK_AHEAD: u32 = 80;
/// Steps after which a miniature that plays begins anew.
const REWIND: u32 = 300;

/// How much a moment shows: many different states, messages on their way but no crowd, something that is wrong.
fn interest(world: &World, verdicts: &[Verdict]) -> u32 {
    let mut tones = [false; 6];
    for &node in world.members() {
        tones[world.status(node).tone as usize] = true;
    }
    tones[Tone::Idle as usize] = false;
    let states = tones.iter().filter(|&&seen| seen).count() as u32;
    let flights = world.flights().take(9).count() as u32;
    let moving = if flights <= 4 { flights } else { 8_u32.saturating_sub(flights) };
    3 * states + moving + if verdicts.iter().any(Verdict::is_broken) { 4 } else { 0 }
}

/// Goes to the first of the most telling moments.
fn find_moment(session: &mut Session) {
    let nodes = session.world().members().len().max(1) as u32;
    // Looking at every node after every step takes its time: a large world is looked at for fewer steps.
    let steps = (LOOK_AHEAD * 12 / nodes.max(12)).max(8);
    let (mut best, mut moment, mut depth) = (interest(session.world(), session.verdicts()), 0, 0);
    let mut look = |_: &Step, world: &World, verdicts: &[Verdict]| {
        depth += 1;
        let found = interest(world, verdicts);
        if found > best {
            (best, moment) = (found, depth);
        }
        false
    };
    // A scenario that stops early has shown what it has.
    let _ = session.play(steps, &mut look);
    session.seek(moment);
}

/// A picture of a scenario. Nothing is fetched before it has been `seen`.
pub fn miniature(keeps: &mut Keeps, topic: &'static Listed, scenario: &'static str, seen: bool, plays: bool) -> Html {
    let shell = shell(keeps);
    let (texts, _) = read_topic(keeps, &shell.library, topic, seen);
    let session = keeps.memo((texts.clone(), scenario), || {
        let scenario = texts.ready().and_then(|texts| texts.scenario(scenario)?.ok());
        let mut session = scenario.and_then(|scenario| Session::new(scenario).ok());
        if let Some(session) = &mut session {
            find_moment(session);
        }
        RefCell::new(session)
    });
    let redraw = keeps.redraw();
    {
        let (session, plays) = (Rc::clone(&session), plays && !shell.reduced_motion && texts.ready().is_some());
        keeps.effect(plays, move || {
            plays.then(|| {
                Interval::new(STEP_MILLIS, move || {
                    if let Some(session) = session.borrow_mut().as_mut() {
                        play_on(session);
                        redraw.request();
                    }
                })
            })
        });
    }
    let session = session.borrow();
    let drawn = session.as_ref().map(|session| picture(&scene(session), "miniature-picture", None));
    html! { <div class="miniature">{ drawn }</div> }
}

/// One step, or the start again where there is none.
fn play_on(session: &mut Session) {
    let stepped = session.depth() < REWIND && matches!(session.step_forward(), Ok(Some(_)));
    if !stepped {
        session.seek(0);
    }
}

/// The present moment without words. Who waits for whom is drawn where sites make that the subject; elsewhere the ring
/// of a state says it.
fn scene(session: &Session) -> Scene {
    let waits_for = session.setup().algorithm.node_shape == NodeShape::Site;
    let look = Look { bare: true, labels: false, waits_for, ..Look::new(SIZE.0, SIZE.1) };
    let mut network = Network::new();
    network.show(session.world(), &look);
    let mut scene = network.still(1.0).clone();
    scene.shapes.extend(network.moving(1.0, false).shapes);
    scene
}
