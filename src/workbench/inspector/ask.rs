//! What can be asked of a node: requests that are ready, forms that make one, and why not.

use super::settings::{entries, filled};
use crate::{
    lab::{Action, LabHandle},
    markup::html,
    workbench::controls::{form as number_form, node_chip, quiet, section},
};
use serde_json::{Value as Json, json};
use sim::{
    Life, NodeId, Offer, World,
    process::{Ask, Field},
};
use yew::Html;

/// Buttons up to which those of all nodes are shown; of more, those of the selected node.
const ALL: usize = 16;

/// A node and what it can be asked.
type Group = (NodeId, Vec<Offer<Json>>);

/// The section: who can be asked for what. What nobody can be asked now folds.
pub fn ask_section(lab: &LabHandle) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let selected = state.selected_node();
    let few = world.members().len() <= ALL;
    let shown = world.members().iter().copied().filter(|&id| few || selected == Some(id));
    let mut groups: Vec<Group> = shown.map(|id| (id, offers(world, id))).collect();
    if few && groups.iter().all(|(_, offers)| offers.is_empty()) {
        return html! {};
    }
    let too_many = !few || count(&groups, false) > ALL;
    if too_many {
        groups.retain(|(id, _)| selected == Some(*id));
    }
    let body = html! {
        <>
            <dl>{ rows(lab, world, &groups, false) }</dl>
            if too_many && selected.is_none() { { quiet("Select a node to see what it can be asked.") } }
            { not_now(count(&groups, true), html! { <dl>{ rows(lab, world, &groups, true) }</dl> }) }
        </>
    };
    section("ask-title", "asks", "You can ask", body)
}

fn count(groups: &[Group], refused: bool) -> usize {
    groups.iter().flat_map(|(_, offers)| offers).filter(|offer| offer.refused.is_some() == refused).count()
}

/// A row a node, with what can be asked now, or with what cannot.
fn rows(lab: &LabHandle, world: &World, groups: &[Group], refused: bool) -> Html {
    let row = |(id, offers): &Group| {
        let mut buttons = offers.iter().filter(|offer| offer.refused.is_some() == refused).peekable();
        buttons.peek()?;
        Some(html! {
            <div class="ask-group" key={id.0}>
                <dt>{ node_chip(lab, world, *id) }</dt>
                <dd>{ for buttons.map(|offer| one(lab, *id, offer)) }</dd>
            </div>
        })
    };
    html! { { for groups.iter().filter_map(row) } }
}

/// What cannot be asked now, folded.
fn not_now(count: usize, body: Html) -> Html {
    if count == 0 {
        return html! {};
    }
    html! { <details class="not-now"><summary>{ format!("{count} not possible now") }</summary>{ body }</details> }
}

/// What can be asked of one node, as buttons and forms.
pub fn buttons(lab: &LabHandle, id: NodeId, offers: &[Offer<Json>]) -> Html {
    let some = |refused: bool| -> Html {
        let offers = offers.iter().filter(|offer| offer.refused.is_some() == refused);
        html! { { for offers.map(|offer| one(lab, id, offer)) } }
    };
    let refused = offers.iter().filter(|offer| offer.refused.is_some()).count();
    html! { <>{ some(false) }{ not_now(refused, some(true)) }</> }
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
fn one(lab: &LabHandle, id: NodeId, offer: &Offer<Json>) -> Html {
    let label = offer.label.clone();
    if let Some(reason) = offer.refused.clone() {
        return html! {
            <button type="button" class="ask refused" aria-disabled="true">{ label }<span class="reason">{ reason }</span></button>
        };
    }
    match &offer.ask {
        Ask::Ready(json) => {
            let json = json.clone();
            html! {
                <button type="button" class="ask" onclick={lab.on(Action::Ask(id, json.clone()))}>{ label }</button>
            }
        }
        Ask::Form { name, fields } => form(lab, id, &label, name, fields.clone()),
    }
}

fn form(lab: &LabHandle, id: NodeId, label: &str, name: &'static str, fields: Vec<Field>) -> Html {
    let label = label.trim_end_matches(['…', '.', ' ']).to_owned();
    let entries = entries(&fields, |_| None);
    let on_submit = {
        let lab = lab.clone();
        move |values: Vec<f64>| {
            let request = {
                let state = lab.get();
                let Some(node) = state.session.world().node(id) else { return };
                let fits = |fields: &Json| node.process().read_request(&json!({ name: fields })).is_ok();
                json!({ name: filled(&Json::Null, &fields, &values, &fits) })
            };
            lab.act(Action::Ask(id, request));
        }
    };
    html! {
        <details class="ask-form">
            <summary class="ask">{ format!("{label}…") }</summary>
            { number_form(entries, label, on_submit) }
        </details>
    }
}
