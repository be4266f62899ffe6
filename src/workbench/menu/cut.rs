//! The cut that is moved by hand: whether it is consistent, what crosses it, and a slider a line.

use crate::{
    lab::{Action, Lab, LabHandle, Selection},
    markup::html,
    workbench::controls::{Deed, chip, deeds, input, quiet},
};
use sim::{
    NodeId,
    causality::{Claimed, Crossing, Cut, End},
};
use yew::{Callback, Html, InputEvent};

/// So many messages that cross are named.
const NAMED: usize = 8;
/// As many lines have a slider each; of more, the one of the selected node.
const SLIDERS: usize = 10;

/// The panel; nothing where there is no cut.
pub fn cut(lab: &LabHandle) -> Html {
    let state = lab.get();
    let Some(cut) = &state.relations.cut else { return html! {} };
    let found = state.relations.judgement().filter(|_| state.relations.reading().is_none());
    let verdict = match found {
        Some(judgement) => {
            let fine = judgement.is_consistent();
            let sign = if fine { "✓ " } else { "✗ " };
            html! {
                <>
                    <p class={if fine { "verdict good" } else { "verdict bad" }}><b>{ sign }</b>{ judgement.words() }</p>
                    { crossings(lab, &judgement.backward, "Crosses it backward") }
                    { crossings(lab, &judgement.in_transit, "In transit") }
                </>
            }
        }
        None => quiet(format!("Reading the run of {} steps.", state.session.end())),
    };
    let broken = found.is_some_and(|judgement| !judgement.is_consistent());
    let fine = "It is consistent.";
    let actions = [
        Deed::new(lab, "Make it consistent", Action::MendCut).refused_if(!broken, fine),
        Deed::new(lab, "Take it away", Action::ToggleCut),
    ];
    html! {
        <section class="selection-menu cut-menu" aria-label="The cut">
            <header><h2>{ "Cut" }</h2><p class="quiet">{ "Drag its handles, or move it here by events." }</p></header>
            { searched(lab, &state, cut) }
            { verdict }
            { sliders(lab, &state, cut) }
            { deeds(&actions) }
        </section>
    }
}

/// What a step claims of several nodes, whether some consistent cut contains it, and what of it this one contains.
fn searched(lab: &LabHandle, state: &Lab, cut: &Cut) -> Html {
    let Some(search) = state.relations.search(&state.session) else { return html! {} };
    let item = |claimed: &Claimed| {
        let inside = claimed.is_in(cut);
        let sign = if inside { "✓ " } else { "✗ " };
        let place = if inside { "in this cut" } else { "not in this cut" };
        let name = state.session.world().name(claimed.node);
        html! {
            <li class={if inside { "good" } else { "bad" }}>
                <b>{ sign }</b>{ &claimed.words }
                <span class="quiet">{ format!(", {name}: {}; {place}", claimed.when()) }</span>
            </li>
        }
    };
    let (class, sign) = if search.found { ("verdict good", "✓ ") } else { ("verdict bad", "✗ ") };
    html! {
        <div class="searched">
            <h3>{ "Claimed at " }{ chip(lab, Selection::Event(search.depth), format!("step {}", search.depth).into()) }</h3>
            <p {class}><b>{ sign }{ search.verdict() }</b>{ " " }{ &search.why }</p>
            <ul>{ for search.claimed.iter().map(item) }</ul>
        </div>
    }
}

/// Messages that cross, each with the step that sent it and, where there is one, the step that received it.
fn crossings(lab: &LabHandle, messages: &[Crossing], title: &str) -> Html {
    if messages.is_empty() {
        return html! {};
    }
    let state = lab.get();
    let world = state.session.world();
    let step = |depth: u32| chip(lab, Selection::Event(depth), format!("step {depth}").into());
    let item = |crossing: &Crossing| {
        let sent = if crossing.sent == 0 {
            html! { { "the start" } }
        } else {
            step(crossing.sent)
        };
        let end = match crossing.end {
            End::Received(depth) => html! { <>{ ", received at " }{ step(depth) }</> },
            End::Lost(depth) => html! { <>{ format!(", lost at step {depth}") }</> },
            End::UnderWay => html! { { ", not received yet" } },
        };
        html! { <li><b>{ crossing.name(world) }</b>{ ": sent at " }{ sent }{ end }</li> }
    };
    let more = messages.len().saturating_sub(NAMED);
    html! {
        <div class="crossings">
            <h3>{ title }</h3>
            <ul>
                { for messages.iter().take(NAMED).map(item) }
                if more > 0 { <li>{ format!("and {more} more") }</li> }
            </ul>
        </div>
    }
}

/// A slider a line: each of its stops is an event of that line.
fn sliders(lab: &LabHandle, state: &Lab, cut: &Cut) -> Html {
    let world = state.session.world();
    let few = world.nodes().len() <= SLIDERS;
    let selected = state.selected_node();
    let members = world.members().iter().copied().filter(|&id| few || selected == Some(id));
    html! {
        <div class="sliders">
            { for members.map(|id| slider(lab, state, cut, id)) }
            if !few && selected.is_none() { { quiet("Select a node to move the cut on its line.") } }
        </div>
    }
}

fn slider(lab: &LabHandle, state: &Lab, cut: &Cut, id: NodeId) -> Html {
    let line = state.relations.log().line(id);
    let at = line.partition_point(|&depth| depth <= cut.upto(id));
    let name = state.session.world().name(id).to_owned();
    let words = match at.checked_sub(1).map(|index| line[index]) {
        Some(depth) => format!("up to step {depth}"),
        None => "before its first event".to_owned(),
    };
    let most = line.len();
    let oninput = {
        let lab = lab.clone();
        Callback::from(move |event: InputEvent| {
            let index = input(&event).map_or(0.0, |field| field.value_as_number()) as usize;
            let depth = index.checked_sub(1).and_then(|index| line.get(index)).copied().unwrap_or(0);
            lab.act(Action::MoveCut(id, depth));
        })
    };
    html! {
        <label class="slider">
            <span>{ &name }</span>
            <input type="range" min="0" max={most.to_string()} value={at.to_string()} aria-label={format!("Cut on the line of {name}")}
                aria-valuetext={words.clone()} {oninput} />
            <span class="quiet">{ words }</span>
        </label>
    }
}
