//! What the tools do, as forms: every drag and every click on the stage has another way.

use super::{Chosen, rebuild::with_one_more};
use crate::{
    lab::{Action, LabHandle, Selection, Tool},
    markup::html,
    view::State,
    workbench::controls::{Deed, Entry, deeds, form, input, select},
};
use sim::{Event, LinkId, NodeId, PayloadId, Place, World, narrate};
use yew::{Callback, Html};

/// Nodes and links that a list offers at most.
const LISTED: usize = 500;

/// The fields of a tool.
pub fn tool_form(lab: &LabHandle, tool: Tool, chosen: &State<Chosen>) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let members: Vec<NodeId> = world.members().iter().copied().take(LISTED).collect();
    match tool {
        Tool::Move => move_node(lab, world, &members, chosen),
        Tool::AddNode | Tool::AddPart(_) => add_node(lab, world),
        Tool::Connect => connect(lab, world, &members, chosen),
        Tool::Delete => delete(lab, world, &members, chosen),
        Tool::Partition => partition(lab, world, &members, chosen),
    }
}

fn names(world: &World, members: &[NodeId]) -> Vec<String> {
    members.iter().map(|&id| world.name(id).to_owned()).collect()
}

/// The item at a position, or the last one: the list may have become shorter.
fn at<T: Copy>(items: &[T], index: usize) -> Option<T> {
    items.get(index).or(items.last()).copied()
}

/// A list whose choice is kept in one of the places of [`Chosen`].
fn pick(label: &str, words: &[String], chosen: &State<Chosen>, place: fn(&mut Chosen) -> &mut usize) -> Html {
    let index = *place(&mut chosen.get());
    let chosen = chosen.clone();
    let choose = Callback::from(move |index: usize| chosen.change(|chosen| *place(chosen) = index));
    select(label, words, index, choose)
}

fn first(chosen: &mut Chosen) -> &mut usize {
    &mut chosen.first
}

fn second(chosen: &mut Chosen) -> &mut usize {
    &mut chosen.second
}

/// The place of the selected node, as two numbers.
fn move_node(lab: &LabHandle, world: &World, members: &[NodeId], chosen: &State<Chosen>) -> Html {
    let selected = match lab.get().selection {
        Some(Selection::Node(id)) => members.iter().position(|&member| member == id),
        _ => None,
    };
    let index = selected.unwrap_or(chosen.look().first);
    let Some(id) = at(members, index) else { return html! {} };
    let place = world.node(id).map_or(Place { x: 500, y: 500 }, sim::Node::place);
    let choose = {
        let (lab, members, chosen) = (lab.clone(), members.to_vec(), chosen.clone());
        Callback::from(move |first: usize| {
            chosen.set(Chosen { first, ..chosen.get() });
            lab.act(Action::Select(members.get(first).map(|&id| Selection::Node(id))));
        })
    };
    html! {
        <>
            { select("Node", &names(world, members), index, choose) }
            { place_form(lab, place, "Move", move |place| Event::MoveNode(id, place)) }
        </>
    }
}

fn place_form(lab: &LabHandle, place: Place, submit: &'static str, event: impl Fn(Place) -> Event + 'static) -> Html {
    let entries = vec![
        Entry::whole("from the left", "", (0, 1000), place.x.into()),
        Entry::whole("from the top", "", (0, 1000), place.y.into()),
    ];
    let lab = lab.clone();
    form(entries, submit, move |values: Vec<f64>| {
        lab.act(Action::Take(event(Place { x: values[0] as i16, y: values[1] as i16 })));
    })
}

/// A node more: at once where the algorithm takes members, else by a restart.
fn add_node(lab: &LabHandle, world: &World) -> Html {
    let middle = Place { x: 500, y: 500 };
    let Some(reason) = world.refusal(Event::AddNode(middle), &sim::Payloads::default()) else {
        return place_form(lab, middle, "Add", Event::AddNode);
    };
    let more = with_one_more(lab.get().session.scenario());
    let label = format!("Restart with {} nodes", more.nodes.count());
    html! { <p>{ reason }</p>{ deeds(&[Deed::new(lab, label, Action::Restart(Box::new(more)))]) } }
}

fn connect(lab: &LabHandle, world: &World, members: &[NodeId], chosen: &State<Chosen>) -> Html {
    let names = names(world, members);
    let (Some(a), Some(b)) = (at(members, chosen.look().first), at(members, chosen.look().second)) else {
        return html! {};
    };
    html! {
        <>
            { pick("From", &names, chosen, first) }
            { pick("To", &names, chosen, second) }
            { deeds(&[Deed::event(lab, "Connect", Event::AddLink(a, b))]) }
        </>
    }
}

fn delete(lab: &LabHandle, world: &World, members: &[NodeId], chosen: &State<Chosen>) -> Html {
    let there = world.links().iter().enumerate().filter(|(_, link)| !link.removed);
    let links: Vec<LinkId> = there.map(|(index, _)| LinkId(index as u32)).take(LISTED).collect();
    let between = |id: &LinkId| {
        let ends = world.link(*id).map(|link| link.ends);
        ends.map_or_else(String::new, |(a, b)| format!("{}–{}", world.name(a), world.name(b)))
    };
    let words: Vec<String> = links.iter().map(between).collect();
    let node = at(members, chosen.look().first).map(|id| Deed::event(lab, "Delete the node", Event::RemoveNode(id)));
    let link = at(&links, chosen.look().second).map(|id| Deed::event(lab, "Delete the link", Event::RemoveLink(id)));
    let both: Vec<Deed> = node.into_iter().chain(link).collect();
    html! {
        <>
            { pick("Node", &names(world, members), chosen, first) }
            { pick("Link", &words, chosen, second) }
            { deeds(&both) }
        </>
    }
}

/// The nodes of one side, each with a box to tick.
fn partition(lab: &LabHandle, world: &World, members: &[NodeId], chosen: &State<Chosen>) -> Html {
    let boxes = members.iter().map(|&id| {
        let chosen = chosen.clone();
        let checked = chosen.look().side.contains(&id);
        let onchange = Callback::from(move |event: web_sys::Event| {
            let on = input(&event).is_some_and(|field| field.checked());
            chosen.change(|chosen| {
                chosen.side.retain(|&known| known != id);
                if on {
                    chosen.side.push(id);
                }
            });
        });
        html! { <label class="check"><input type="checkbox" {checked} {onchange} />{ world.name(id) }</label> }
    });
    let side: Vec<NodeId> = chosen.look().side.iter().copied().filter(|id| world.members().contains(id)).collect();
    let one_sided = side.is_empty() || side.len() == world.members().len();
    let mut deed = Deed::new(lab, "Partition", Action::Partition(side))
        .refused_if(one_sided, "A partition needs at least one node on either side.");
    // Which nodes they are makes no difference to the assumption.
    deed.warning = narrate::warning(world, Event::Partition(PayloadId(0)));
    html! {
        <>
            <fieldset class="one-side"><legend class="visually-hidden">{ "One side" }</legend>{ for boxes }</fieldset>
            { deeds(&[deed]) }
        </>
    }
}
