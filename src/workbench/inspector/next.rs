//! What can happen next, as a list to choose from.

use crate::{
    lab::{Action, Lab, LabHandle},
    markup::html,
    workbench::controls::{first, quiet, section, time, warning_mark},
};
use sim::{Choice, Event, Payloads, World, narrate};
use yew::Html;

/// Pending items up to which all are listed, in the order of their ids.
const ALL: usize = 60;
/// Of more than that, so many are listed, in the order in which they are due.
const EARLIEST: usize = 24;

/// What is listed.
struct Next {
    choices: Vec<Choice>,
    /// How many more are pending.
    more: usize,
}

/// What can happen next. Among very many, the earliest: to judge each would take longer than a frame.
fn next(world: &World) -> Next {
    let pending = world.pending();
    if pending <= ALL {
        return Next { choices: world.choices(), more: 0 };
    }
    let planned = world.planned().map(|plan| (plan.due, plan.event));
    let flights = world.flights().filter(|flight| !flight.held).map(|flight| (flight.due, Event::Deliver(flight.id)));
    let timers = world.timers().map(|timer| (timer.due, Event::Fire(timer.id)));
    let items = planned.chain(flights).chain(timers).map(|item| (item.0, item));
    let items = first(items, EARLIEST);
    let (soonest, none) = (world.peek_next().map(|(event, _)| event), Payloads::default());
    let choices = items.into_iter().map(|(due, event)| Choice {
        event,
        due,
        refused: world.refusal(event, &none),
        breaks: world.would_break(event),
        next: soonest == Some(event),
    });
    Next { choices: choices.collect(), more: pending - EARLIEST }
}

/// The events that the keys 1 to 9 take, in the order in which they are listed.
pub fn numbered_choices(lab: &Lab) -> Vec<Event> {
    let choices = next(lab.session.world()).choices;
    choices.into_iter().filter(|choice| choice.refused.is_none()).map(|choice| choice.event).take(9).collect()
}

/// The list.
pub fn next_list(lab: &LabHandle) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let Next { choices, more } = next(world);
    let mut number = 0;
    let rows = choices.iter().map(|choice| {
        let key = if choice.refused.is_none() {
            number += 1;
            number
        } else {
            0
        };
        row(lab, world, choice, key)
    });
    let body = html! {
        if choices.is_empty() {
            { quiet("Nothing by itself. Ask a process for something, or go back.") }
        } else {
            <ol class="choices">{ for rows }</ol>
        }
        if more > 0 { { quiet(format!("These are due first; {more} more are pending.")) } }
    };
    section("next-title", "next", "What can happen next", body)
}

fn row(lab: &LabHandle, world: &World, choice: &Choice, number: usize) -> Html {
    let words = narrate::choice(world, choice.event);
    let event = choice.event;
    if let Some(reason) = &choice.refused {
        let held = matches!(event, Event::Deliver(id) if world.flight(id).is_some_and(|flight| flight.held));
        let reason = if held { "held by you" } else { reason };
        return html! {
            <li>
                <button type="button" class="choice refused" aria-disabled="true">
                    <kbd aria-hidden="true">{ "–" }</kbd><span class="what">{ words }</span><span class="when">{ reason }</span>
                </button>
            </li>
        };
    }
    let warning = choice.breaks.and_then(|_| narrate::warning(world, event));
    let late = choice.due < world.now();
    html! {
        <li>
            <button type="button" class={if choice.next { "choice is-next" } else { "choice" }} onclick={lab.on(Action::Take(event))}>
                <kbd>{ if number <= 9 { number.to_string() } else { "·".into() } }</kbd>
                <span class="what">{ words }</span>
                <span class="when">
                    if choice.next { <b>{ "next" }</b>{ " " } }
                    { if late { "overdue".into() } else { time(choice.due) } }
                </span>
                if let Some(warning) = warning { <span class="breaks">{ warning_mark() }{ warning }</span> }
            </button>
        </li>
    }
}
