//! What can be asked of a node: requests that are ready, forms that make one, and why not.

use super::settings::{entries, filled};
use crate::{
    lab::{Action, LabHandle, Selection},
    workbench::controls::{NumberForm, node_chip},
};
use serde_json::{Value as Json, json};
use sim::{
    Life, NodeId, Offer, World,
    process::{Ask, Field},
};
use yew::prelude::*;

/// Buttons up to which those of all nodes are shown; of more, those of the selected node.
const ALL: usize = 16;

/// The section: who can be asked for what.
pub fn ask_section(lab: &LabHandle) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let selected = match state.selection {
        Some(Selection::Node(id) | Selection::Part(id, _)) => Some(id),
        _ => None,
    };
    let few = world.members().len() <= ALL;
    let shown = world.members().iter().copied().filter(|&id| few || selected == Some(id));
    let mut groups: Vec<(NodeId, Vec<Offer<Json>>)> = shown.map(|id| (id, offers(world, id))).collect();
    groups.retain(|(_, offers)| !offers.is_empty());
    if groups.is_empty() && few {
        return html! {};
    }
    let ready = groups.iter().flat_map(|(_, offers)| offers).filter(|offer| offer.refused.is_none()).count();
    let too_many = !few || ready > ALL;
    if too_many {
        groups.retain(|(id, _)| selected == Some(*id));
    }
    html! {
        <section class="asks" aria-labelledby="ask-title">
            <h2 id="ask-title">{ "You can ask" }</h2>
            <dl>{ for groups.into_iter().map(|(id, offers)| group(lab, world, id, offers, selected == Some(id))) }</dl>
            if too_many && selected.is_none() { <p class="quiet">{ "Select a node to see what it can be asked." }</p> }
        </section>
    }
}

/// A node and what it can be asked. What it cannot be asked now folds, unless the node is selected.
fn group(lab: &LabHandle, world: &World, id: NodeId, offers: Vec<Offer<Json>>, selected: bool) -> Html {
    html! {
        <div class="ask-group" key={id.0}>
            <dt>{ node_chip(lab, world, id) }</dt>
            <dd>{ buttons(lab, id, offers, selected) }</dd>
        </div>
    }
}

/// What can be asked, as buttons and forms. What cannot be asked now folds where `open` does not say otherwise.
pub fn buttons(lab: &LabHandle, id: NodeId, offers: Vec<Offer<Json>>, open: bool) -> Html {
    let (refused, ready): (Vec<_>, Vec<_>) = offers.into_iter().partition(|offer| offer.refused.is_some());
    let count = refused.len();
    html! {
        <>
            { for ready.into_iter().map(|offer| one(lab, id, offer)) }
            if count > 0 {
                <details class="not-now" open={open}>
                    <summary>{ format!("{count} not possible now") }</summary>
                    { for refused.into_iter().map(|offer| one(lab, id, offer)) }
                </details>
            }
        </>
    }
}

/// What can be asked of a node, and why not.
pub fn offers(world: &World, id: NodeId) -> Vec<Offer<Json>> {
    let Some(node) = world.node(id) else { return vec![] };
    let mut offers = node.process().offers(&world.view(id));
    let reason = match node.life() {
        Life::Up if node.is_paused() => Some(format!("{} is paused.", node.name())),
        Life::Up => None,
        _ => Some(format!("{} is down.", node.name())),
    };
    if let Some(reason) = reason {
        for offer in &mut offers {
            offer.refused = Some(reason.clone());
        }
    }
    offers
}

/// A button, a form that opens in its place, or a reason.
fn one(lab: &LabHandle, id: NodeId, offer: Offer<Json>) -> Html {
    let Offer { label, refused, ask } = offer;
    if let Some(reason) = refused {
        return html! {
            <button type="button" class="ask refused" aria-disabled="true">{ label }<span class="reason">{ reason }</span></button>
        };
    }
    match ask {
        Ask::Ready(json) => html! {
            <button type="button" class="ask" onclick={lab.on(move || Action::Ask(id, json.clone()))}>{ label }</button>
        },
        Ask::Form { name, fields } => form(lab, id, &label, name, fields),
    }
}

fn form(lab: &LabHandle, id: NodeId, label: &str, name: &'static str, fields: Vec<Field>) -> Html {
    let label = label.trim_end_matches(['…', '.', ' ']).to_owned();
    let entries = entries(&fields, |_| None);
    let on_submit = {
        let lab = lab.clone();
        Callback::from(move |values: Vec<f64>| {
            let request = {
                let state = lab.get();
                let Some(node) = state.session.world().node(id) else { return };
                let fits = |fields: &Json| node.process().read_request(&json!({ name: fields })).is_ok();
                json!({ name: filled(&Json::Null, &fields, &values, &fits) })
            };
            lab.act(Action::Ask(id, request));
        })
    };
    html! {
        <details class="ask-form">
            <summary class="ask">{ format!("{label}…") }</summary>
            <NumberForm {entries} submit={AttrValue::from(label)} {on_submit} />
        </details>
    }
}
