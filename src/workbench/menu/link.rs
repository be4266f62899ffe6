//! What can be done with a link: cut, mend, delay, loss, duplication, order.

use super::{ChosenDelay, title};
use crate::{
    lab::{Action, LabHandle},
    markup::html,
    workbench::controls::{Deed, Entry, button, form, notes, select},
};
use sim::{Delay, Event, Link, LinkId, Order, World, narrate, random::Micros32};
use yew::{Callback, Html};

/// Milliseconds that a message may take at most.
const LONGEST: f64 = 4_294_967.0;

/// How delays are distributed, in words.
const KINDS: [&str; 3] = ["always", "between", "exponential"];

/// What was chosen for the delay of a link and is not set yet.
#[derive(Clone, Copy, PartialEq)]
pub struct Pick {
    link: LinkId,
    /// 0: both ways; 1: what the first end sends; 2: what the second end sends.
    way: usize,
    /// The kind of delay, where another than the present one was chosen.
    kind: Option<usize>,
}

/// The menu. `chosen` is the kind of delay that was chosen for a link and is not set yet.
pub fn link_menu(lab: &LabHandle, id: LinkId, chosen: &ChosenDelay) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let Some(link) = world.link(id) else { return html! {} };
    let cut = if link.cut {
        Deed::event(lab, "Mend", Event::MendLink(id))
    } else {
        Deed::event(lab, "Cut", Event::CutLink(id))
    };
    let mut actions = vec![cut, Deed::event(lab, "Remove", Event::RemoveLink(id))];
    if link.severed {
        actions.push(Deed::event(lab, "Heal the partition", Event::Heal));
    }
    let pick = chosen.get().filter(|pick| pick.link == id);
    // Which way the form is about: both, or what one end sends. A link that differs by way is shown one way at a time.
    let way = pick.map_or(usize::from(link.back.is_some()), |pick| pick.way);
    let takes = link.delay_from(if way == 2 { link.ends.1 } else { link.ends.0 });
    let kind = pick.and_then(|pick| pick.kind).unwrap_or(kind_of(takes));
    let ways = ways(world, link);
    let choose_way = {
        let chosen = chosen.clone();
        Callback::from(move |way: usize| chosen.set(Some(Pick { link: id, way, kind: None })))
    };
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |index: usize| chosen.set(Some(Pick { link: id, way, kind: Some(index) })))
    };
    let set_delay = {
        let (lab, chosen, ends) = (lab.clone(), chosen.clone(), link.ends);
        move |millis: Vec<f64>| {
            let takes = delay(kind, &millis);
            lab.act(Action::Take(match way {
                0 => Event::SetDelay(id, takes),
                1 => Event::SetDelayFrom(id, ends.0, takes),
                _ => Event::SetDelayFrom(id, ends.1, takes),
            }));
            chosen.set(Some(Pick { link: id, way, kind: None }));
        }
    };
    // Not done by buttons of their own, but they break what they break.
    let chances =
        [Deed::event(lab, "Loss", Event::SetLoss(id, 1)), Deed::event(lab, "Copies", Event::SetDuplication(id, 1))];
    html! {
        <>
            { title(narrate::link(world, id), now(world, link)) }
            <div class="deeds">{ for actions.iter().map(button) }</div>
            <div class="link-settings">
                { select("Way", &ways, way, choose_way) }
                { select("Delay", &KINDS, kind, choose) }
                { form(spans(kind, takes), "Set", set_delay) }
            </div>
            { settings(lab, id, link) }
            { notes(actions.iter().chain(&chances)) }
        </>
    }
}

/// The state of the link in words.
fn now(world: &World, link: &Link) -> String {
    let state = match (link.cut, link.severed) {
        (true, _) => "cut",
        (_, true) => "a partition runs through it",
        _ => "up",
    };
    match link.back {
        None => format!("{state}, {}", narrate::delay(link.delay)),
        Some(back) => {
            let [_, there, again] = ways(world, link);
            format!("{state}, {} {there}, {} {again}", narrate::delay(link.delay), narrate::delay(back))
        }
    }
}

/// Both ways, and each way by the names of the ends.
fn ways(world: &World, link: &Link) -> [String; 3] {
    let (a, b) = (world.name(link.ends.0), world.name(link.ends.1));
    ["both ways".into(), format!("{a} → {b}"), format!("{b} → {a}")]
}

/// Loss, duplication and order.
fn settings(lab: &LabHandle, id: LinkId, link: &Link) -> Html {
    let percent =
        |label: &'static str, chance: u32| Entry::real(label, "%", (0.0, 100.0), f64::from(chance) / 10_000.0);
    let (loss, duplication) = (link.loss, link.duplication);
    let set = {
        let lab = lab.clone();
        move |values: Vec<f64>| {
            let chance = |value: f64| (value * 10_000.0).round() as u32;
            if chance(values[0]) != loss {
                lab.act(Action::Take(Event::SetLoss(id, chance(values[0]))));
            }
            if chance(values[1]) != duplication {
                lab.act(Action::Take(Event::SetDuplication(id, chance(values[1]))));
            }
        }
    };
    let order = {
        let lab = lab.clone();
        Callback::from(move |index: usize| {
            let order = if index == 0 { Order::Any } else { Order::Fifo };
            lab.act(Action::Take(Event::SetOrder(id, order)));
        })
    };
    let orders = ["messages may overtake", "first in, first out"];
    html! {
        <>
            { form(vec![percent("Loss", loss), percent("Copies", duplication)], "Set", set) }
            { select("Order", &orders, usize::from(link.order == Order::Fifo), order) }
        </>
    }
}

fn kind_of(delay: Delay) -> usize {
    match delay {
        Delay::Constant(_) => 0,
        Delay::Uniform(..) => 1,
        // What is most like it, of those that a menu has room for.
        Delay::Exponential(_) | Delay::Hyperexponential(..) => 2,
    }
}

/// The spans that a kind of delay asks for, filled with what comes nearest to the present one.
fn spans(kind: usize, now: Delay) -> Vec<Entry> {
    let entry = |label: &'static str, micros: u64| Entry::real(label, "ms", (0.0, LONGEST), micros as f64 / 1_000.0);
    match (kind, now) {
        (1, Delay::Uniform(low, high)) => vec![entry("least", low.0.into()), entry("greatest", high.0.into())],
        (1, other) => vec![entry("least", 0), entry("greatest", 2 * other.mean().0)],
        (2, other) => vec![entry("mean", other.mean().0)],
        (_, other) => vec![entry("time", other.mean().0)],
    }
}

fn delay(kind: usize, millis: &[f64]) -> Delay {
    let span = |index: usize| Micros32(millis.get(index).map_or(0, |millis| (millis * 1_000.0).round() as u32));
    match kind {
        1 => Delay::Uniform(span(0), span(1)),
        2 => Delay::Exponential(span(0)),
        _ => Delay::Constant(span(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_filled_in_as_it_is_and_read_again() {
        for delay in
            [Delay::millis(10), Delay::Uniform(Micros32(500), Micros32(2_500)), Delay::Exponential(Micros32(7))]
        {
            let kind = kind_of(delay);
            let millis: Vec<f64> = spans(kind, delay).iter().map(|entry| entry.value).collect();
            assert_eq!(super::delay(kind, &millis), delay);
        }
        let changed: Vec<f64> = spans(1, Delay::millis(10)).iter().map(|entry| entry.value).collect();
        assert_eq!(changed, [0.0, 20.0]);
    }
}
