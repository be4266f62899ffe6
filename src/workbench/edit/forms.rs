//! What the tools do, as forms: every drag and every click on the stage has another way.

use super::rebuild::with_one_more;
use crate::{
    lab::{Action, LabHandle, Selection, Tool},
    workbench::controls::{Deed, Entry, NumberForm, deeds, input, select},
};
use sim::{Event, LinkId, NodeId, PayloadId, Place, World, narrate};
use std::collections::BTreeSet;
use yew::prelude::*;

/// Nodes and links that a list offers at most.
const LISTED: usize = 500;

/// The props of a tool's form.
#[derive(Clone, PartialEq, Properties)]
pub struct ToolProps {
    /// The lab.
    pub lab: LabHandle,
    /// The tool.
    pub tool: Tool,
}

/// The form of a tool.
#[component]
pub fn ToolForm(props: &ToolProps) -> Html {
    let (lab, tool) = (&props.lab, props.tool);
    let first = use_state(|| 0_usize);
    let second = use_state(|| 1_usize);
    let side = use_state(BTreeSet::<NodeId>::new);
    let state = lab.get();
    let world = state.session.world();
    let members: Vec<NodeId> = world.members().iter().copied().take(LISTED).collect();
    let names: Vec<String> = members.iter().map(|&id| world.name(id).to_owned()).collect();
    let node = |at: usize| members.get(at.min(members.len().saturating_sub(1))).copied();
    let pick = |label: &'static str, at: &UseStateHandle<usize>| {
        let setter = at.setter();
        select(label, &names, **at, Callback::from(move |index: usize| setter.set(index)))
    };
    let selected = match state.selection {
        Some(Selection::Node(id)) => members.iter().position(|&member| member == id),
        _ => None,
    };
    match tool {
        Tool::Move => {
            let at = selected.unwrap_or(*first);
            let choose = {
                let (lab, members, first) = (lab.clone(), members.clone(), first.clone());
                Callback::from(move |index: usize| {
                    first.set(index);
                    lab.act(Action::Select(members.get(index).map(|&id| Selection::Node(id))));
                })
            };
            html! { <div class="tool-form">{ select("Node", &names, at, choose) }{ for node(at).map(|id| place_of(lab, world, id)) }</div> }
        }
        Tool::AddNode => add_node(lab, world),
        Tool::Connect => html! {
            <div class="tool-form">
                { pick("From", &first) }{ pick("To", &second) }
                { for node(*first).zip(node(*second)).map(|(a, b)| deeds(&[Deed::event(lab, "Connect", Event::AddLink(a, b))])) }
            </div>
        },
        Tool::Delete => html! {
            <div class="tool-form">
                { pick("Node", &first) }
                { for node(*first).map(|id| deeds(&[Deed::event(lab, "Delete the node", Event::RemoveNode(id))])) }
                { delete_link(lab, world, &second) }
            </div>
        },
        Tool::Partition => partition(lab, world, &members, &side),
    }
}

/// The place of a node, as two numbers.
fn place_of(lab: &LabHandle, world: &World, id: NodeId) -> Html {
    let Some(place) = world.node(id).map(sim::Node::place) else { return html! {} };
    let lab = lab.clone();
    let on_submit = Callback::from(move |values: Vec<f64>| {
        lab.act(Action::Take(Event::MoveNode(id, Place { x: values[0] as i16, y: values[1] as i16 })));
    });
    html! { <NumberForm entries={place_entries(place)} submit="Move" {on_submit} /> }
}

fn place_entries(place: Place) -> Vec<Entry> {
    vec![
        Entry::whole("from the left", "", (0, 1000), place.x.into()),
        Entry::whole("from the top", "", (0, 1000), place.y.into()),
    ]
}

/// A node more: at once where the algorithm takes members, else by a restart.
fn add_node(lab: &LabHandle, world: &World) -> Html {
    let middle = Place { x: 500, y: 500 };
    if let Some(reason) = world.refusal(Event::AddNode(middle), &sim::Payloads::default()) {
        let more = with_one_more(lab.get().session.scenario());
        let label = format!("Restart with {} nodes", more.nodes.count());
        return html! {
            <div class="tool-form">
                <p class="quiet">{ reason }</p>
                { deeds(&[Deed::new(lab, label, Action::Restart(Box::new(more)))]) }
            </div>
        };
    }
    let on_submit = {
        let lab = lab.clone();
        Callback::from(move |values: Vec<f64>| {
            lab.act(Action::Take(Event::AddNode(Place { x: values[0] as i16, y: values[1] as i16 })));
        })
    };
    html! { <div class="tool-form"><NumberForm entries={place_entries(middle)} submit="Add" {on_submit} /></div> }
}

fn delete_link(lab: &LabHandle, world: &World, at: &UseStateHandle<usize>) -> Html {
    let there = world.links().iter().enumerate().filter(|(_, link)| !link.removed);
    let links: Vec<LinkId> = there.map(|(index, _)| LinkId(index as u32)).take(LISTED).collect();
    let Some(&link) = links.get((**at).min(links.len().saturating_sub(1))) else { return html! {} };
    let names: Vec<String> = links.iter().map(|&id| narrate::link(world, id)).collect();
    let setter = at.setter();
    html! {
        <>
            { select("Link", &names, **at, Callback::from(move |index: usize| setter.set(index))) }
            { deeds(&[Deed::event(lab, "Delete the link", Event::RemoveLink(link))]) }
        </>
    }
}

/// The nodes of one side, each with a box to tick.
fn partition(lab: &LabHandle, world: &World, members: &[NodeId], side: &UseStateHandle<BTreeSet<NodeId>>) -> Html {
    let boxes = members.iter().map(|&id| {
        let side = side.clone();
        let checked = side.contains(&id);
        let onchange = Callback::from(move |event: web_sys::Event| {
            let mut next = (*side).clone();
            if input(&event).is_some_and(|field| field.checked()) {
                next.insert(id);
            } else {
                next.remove(&id);
            }
            side.set(next);
        });
        html! { <label class="check"><input type="checkbox" {checked} {onchange} />{ world.name(id) }</label> }
    });
    let chosen: Vec<NodeId> = side.iter().copied().filter(|id| world.members().contains(id)).collect();
    let one_sided = chosen.is_empty() || chosen.len() == world.members().len();
    let mut deed = Deed::new(lab, "Partition", Action::Partition(chosen))
        .refused_if(one_sided, "A partition needs at least one node on either side.");
    // Which nodes they are makes no difference to the assumption.
    deed.warning = narrate::warning(world, Event::Partition(PayloadId(0)));
    html! {
        <div class="tool-form">
            <fieldset class="one-side"><legend>{ "One side" }</legend>{ for boxes }</fieldset>
            { deeds(&[deed]) }
        </div>
    }
}
