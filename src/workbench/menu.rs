//! What can be done with what is selected, in a fixed place at the foot of the stage.

mod cut;
mod event;
mod link;

use super::{
    controls::{Deed, Entry, deeds, form, node_chip},
    edit::part_menu,
    inspector::{buttons, offers, waits},
};
use crate::{
    lab::{Action, LabHandle, Selection, Tab},
    markup::html,
    view::{self, Keeps, State, View},
};
use link::link_menu;
use sim::{Event, Flight, Life, MessageId, NodeId, Order, PartId, Rate, World, narrate, world::Route};
use yew::Html;

/// Milliseconds by which a clock may be set ahead or behind: a day.
const MOST_SKEW: f64 = 86_400_000.0;

/// What was chosen for the delay of a link and is not set yet.
pub type ChosenDelay = State<Option<link::Pick>>;

/// The menu; nothing where nothing is selected. A gate of its part (`crate::parts`).
#[inline(never)]
pub fn menu(lab: &LabHandle) -> Html {
    view::part(SelectionMenu { lab: lab.clone() })
}

#[derive(PartialEq)]
struct SelectionMenu {
    lab: LabHandle,
}

impl View for SelectionMenu {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let lab = &self.lab;
        let selection = lab.get().selection;
        let kind: ChosenDelay = keeps.state(|| None);
        // Told by replay: only when another event is selected.
        let moment = event::selected_moment(&lab.get());
        let told = keeps.memo(moment, || match moment {
            Some((_, depth)) => event::tell(&lab.get(), depth),
            None => (String::new(), String::new()),
        });
        let Some(selection) = selection else { return html! { { cut::cut(lab) } } };
        let body = match selection {
            Selection::Message(id) => message(lab, id),
            Selection::Node(id) => node(lab, id),
            Selection::Part(node, part) => self::part(lab, node, part),
            Selection::Link(id) => link_menu(lab, id, &kind),
            Selection::Event(depth) => event::event(lab, depth, &told),
        };
        html! {
            <>
                { cut::cut(lab) }
                <section class="selection-menu" aria-label="What can be done with the selection" key={format!("{selection:?}")}>
                    { body }
                    <button type="button" class="close" aria-label="Select nothing" onclick={lab.on(Action::Select(None))}>{ "×" }</button>
                </section>
            </>
        }
    }
}

/// The title of the menu and what is known about the selection.
pub fn title(name: String, detail: String) -> Html {
    html! { <header><h2>{ name }</h2><p class="quiet">{ detail }</p></header> }
}

fn message(lab: &LabHandle, id: MessageId) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let Some(flight) = world.flight(id) else { return html! {} };
    let way = format!(
        "{} → {}, sent at {}, due at {}",
        world.name(id.from),
        world.name(flight.to),
        flight.sent_at,
        flight.due
    );
    let hold = if flight.held {
        Deed::event(lab, "Release", Event::Release(id))
    } else {
        Deed::event(lab, "Hold", Event::Hold(id))
    };
    let actions = [
        Deed::event(lab, "Deliver now", Event::Deliver(id)),
        hold,
        Deed::event(lab, "Drop", Event::Drop(id)),
        Deed::event(lab, "Duplicate", Event::Duplicate(id)),
    ];
    html! {
        <>
            { title(narrate::message_of(world, id, &flight.payload), way) }
            { deeds(&actions) }
            if order(world, flight) == Order::Fifo {
                <p class="quiet">{ "FIFO channel: it delivers in the order of sending, and would never duplicate by itself." }</p>
            }
        </>
    }
}

/// The order that a message's channel keeps.
fn order(world: &World, flight: &Flight) -> Order {
    match &flight.route {
        Route::Local => Order::Any,
        Route::Direct(link) => world.link(*link).map_or(Order::Any, |link| link.order),
        Route::Hops(_) => world.setup().order,
    }
}

fn node(lab: &LabHandle, id: NodeId) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let status = world.status(id);
    let detail = if status.detail.is_empty() { status.word } else { format!("{}: {}", status.word, status.detail) };
    html! {
        <>
            { title(world.name(id).to_owned(), detail) }
            { requests(lab, world, id) }
            { deeds(&node_deeds(lab, world, id)) }
            { clock(lab, world, id) }
        </>
    }
}

/// What can be asked of a node, in a row.
fn requests(lab: &LabHandle, world: &World, id: NodeId) -> Html {
    let offers = offers(world, id);
    html! { if !offers.is_empty() { <div class="deeds asks">{ buttons(lab, id, &offers) }</div> } }
}

fn node_deeds(lab: &LabHandle, world: &World, id: NodeId) -> Vec<Deed> {
    let (up, paused) = world.node(id).map_or((false, false), |node| (node.life() == Life::Up, node.is_paused()));
    let life =
        if up { Deed::event(lab, "Crash", Event::Crash(id)) } else { Deed::event(lab, "Recover", Event::Recover(id)) };
    let pace = if paused {
        Deed::event(lab, "Resume", Event::Resume(id))
    } else {
        Deed::event(lab, "Pause", Event::Pause(id))
    };
    let mut all = vec![life, pace, Deed::event(lab, "Remove", Event::RemoveNode(id))];
    if !waits(world, id).is_empty() {
        all.push(Deed::new(lab, "Why is it waiting?", Action::Show(Tab::Now)));
    }
    all
}

/// A node's clock: what it shows, how far it is set from its hardware, how fast that runs.
fn clock(lab: &LabHandle, world: &World, id: NodeId) -> Html {
    let Some(node) = world.node(id) else { return html! {} };
    let rate = node.hardware_clock().rate();
    let gained = f64::from(rate.numerator) - f64::from(rate.denominator);
    let ppm = (gained * 1e6 / f64::from(rate.denominator.max(1))).round();
    let offset = node.offset() as f64 / 1_000.0;
    let take = |event: fn(NodeId, f64) -> Event| {
        let lab = lab.clone();
        move |values: Vec<f64>| lab.act(Action::Take(event(id, values[0])))
    };
    let ahead = Entry::real("set ahead of its hardware by", "ms", (-MOST_SKEW, MOST_SKEW), offset);
    let gains = Entry::whole("gains", "millionths", (-900_000, 9_000_000), ppm as i64);
    html! {
        <details class="menu-more">
            <summary>{ format!("Clock: {}", narrate::reading(node.clock_at(world.now()))) }</summary>
            { form(vec![ahead], "Set", take(|id, millis| Event::SetClock(id, (millis * 1_000.0).round() as i64))) }
            { form(vec![gains], "Set", take(|id, ppm| Event::SetRate(id, Rate::from_ppm(ppm as i32)))) }
        </details>
    }
}

fn part(lab: &LabHandle, id: NodeId, part: PartId) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let parts = world.node(id).map_or_else(Vec::new, |node| node.process().parts());
    let Some(found) = parts.into_iter().find(|known| known.id == part) else {
        return html! { { title("It is not here any more".into(), String::new()) } };
    };
    let mut actions = vec![Deed::new(lab, "State", Action::Show(Tab::State))];
    if waits(world, id).iter().any(|wait| wait.part == Some(part)) {
        actions.push(Deed::new(lab, "Why is it waiting?", Action::Show(Tab::Now)));
    }
    if let Some(menu) = part_menu(lab, id, part) {
        return html! { <>{ title(found.name, found.word) }{ menu }</> };
    }
    html! {
        <>
            { title(found.name, found.word) }
            <p class="quiet">{ "at " }{ node_chip(lab, world, id) }</p>
            { requests(lab, world, id) }
            { deeds(&actions) }
        </>
    }
}
