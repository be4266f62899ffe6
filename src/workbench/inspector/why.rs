//! Why a process waits: whom it waits for, and what keeps that one.

use crate::{
    lab::{Lab, LabHandle, Selection},
    markup::html,
    workbench::controls::{node_chip, quiet, section},
};
use sim::{Life, MessageId, NodeId, Part, PartId, Wait, World, narrate};
use yew::Html;

/// Waits that are told as one sentence; more become a list.
const SENTENCE: usize = 3;

/// The node whose waiting is explained: the selected one, else the first that waits.
pub fn waiting_node(lab: &Lab) -> Option<NodeId> {
    let world = lab.session.world();
    let selected = lab.selected_node();
    selected.or_else(|| world.members().iter().copied().find(|&id| !waits(world, id).is_empty()))
}

/// Whom a node waits for. One that is down waits for nobody.
pub fn waits(world: &World, id: NodeId) -> Vec<Wait> {
    match world.node(id) {
        Some(node) if node.life() == Life::Up => node.process().waits_for(),
        _ => vec![],
    }
}

/// The section; nothing where nobody waits.
pub fn why_section(lab: &LabHandle) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let Some(id) = waiting_node(&state) else { return html! {} };
    let part = match state.selection {
        Some(Selection::Part(_, part)) => part_of(world, id, Some(part)),
        _ => None,
    };
    let mut waits = waits(world, id);
    if let Some(part) = &part {
        waits.retain(|wait| wait.part == Some(part.id));
    }
    let name = part.map_or_else(|| world.name(id).to_owned(), |part| part.name);
    let any = waits.first().filter(|_| waits.iter().all(|wait| wait.any)).map(|wait| wait.what.clone());
    let as_sentence = waits.len() <= SENTENCE && waits.iter().all(|wait| wait.part.is_none());
    let reasons = waits.iter().map(|wait| reason(lab, world, id, wait));
    let lost = world.tally().lost;
    let told = if waits.is_empty() {
        html! { <p>{ not_waiting(world, id, &name) }</p> }
    } else if let Some(what) = any {
        let others = waits.iter().map(|wait| {
            html! { <li>{ node_chip(lab, world, wait.on) }{ ", " }{ hindrance(world, id, wait.on) }{ "." }</li> }
        });
        html! { <p>{ "For " }{ what }{ ", from whichever of these has it:" }</p><ul>{ for others }</ul> }
    } else if as_sentence {
        let reasons = reasons.enumerate().map(|(index, reason)| {
            html! { { if index == 0 { "For " } else { ", and for " } }{ reason } }
        });
        html! { <p>{ for reasons }{ "." }</p> }
    } else {
        html! { <ul>{ for reasons.map(|reason| html! { <li>{ reason }{ "." }</li> }) }</ul> }
    };
    let body = html! {
        <>
            { told }
            if !waits.is_empty() && lost > 0 {
                { match lost {
                    1 => quiet("One message was lost in this run."),
                    _ => quiet(format!("{lost} messages were lost in this run.")),
                } }
            }
        </>
    };
    section("why-title", "why", &format!("Why is {name} waiting?"), body)
}

/// A part of a node.
fn part_of(world: &World, node: NodeId, part: Option<PartId>) -> Option<Part> {
    let parts = world.node(node)?.process().parts();
    parts.into_iter().find(|known| Some(known.id) == part)
}

fn not_waiting(world: &World, id: NodeId, name: &str) -> String {
    match world.node(id).map(sim::Node::life) {
        Some(Life::Up) => format!("{name} waits for nobody."),
        _ => format!("{name} has crashed: it waits for nobody."),
    }
}

/// "a reply from P0, which is in the critical section", or "P1 waits for R1 from P2 at Site A, which waits for R2".
fn reason(lab: &LabHandle, world: &World, me: NodeId, wait: &Wait) -> Html {
    let (waiter, on) = (part_of(world, me, wait.part), part_of(world, wait.on, wait.on_part));
    html! {
        <>
            if let Some(waiter) = waiter { <b>{ waiter.name }</b>{ " waits for " } }
            { &wait.what }
            { " from " }
            if let Some(on) = &on { <b>{ &on.name }</b>{ " at " } }
            { node_chip(lab, world, wait.on) }
            { ", " }
            { match on {
                Some(part) if !hindered(world, wait.on) => state_clause(&part.word),
                _ => hindrance(world, me, wait.on),
            } }
        </>
    }
}

/// Whether the node itself cannot act.
fn hindered(world: &World, id: NodeId) -> bool {
    world.node(id).is_none_or(|node| node.life() != Life::Up || node.is_paused())
}

/// What keeps `on` from letting `me` go on, as a relative clause.
fn hindrance(world: &World, me: NodeId, on: NodeId) -> String {
    let Some(node) = world.node(on) else { return "which is not there".into() };
    match node.life() {
        Life::Down => return "which has crashed".into(),
        Life::Removed => return "which has left".into(),
        Life::Up if node.is_paused() => return "which you have paused".into(),
        Life::Up => {}
    }
    if let Some((id, held)) = under_way(world, on, me) {
        let words = telling(world, id);
        return if held { format!("whose {words} you are holding") } else { format!("whose {words} is on its way") };
    }
    if let Some((id, held)) = under_way(world, me, on) {
        let words = telling(world, id);
        let holding = if held { ": you are holding it" } else { "" };
        return format!("which has not received {words} yet{holding}");
    }
    if !reachable(world, me, on) {
        return "which no link that is up leads to".into();
    }
    let status = world.status(on);
    let detail = if status.detail.is_empty() { String::new() } else { format!(" ({})", status.detail) };
    format!("{}{detail}", state_clause(&status.word))
}

/// A word of state as a relative clause.
fn state_clause(word: &str) -> String {
    let first = word.split(' ').next().unwrap_or(word);
    if matches!(first, "waits" | "runs" | "has" | "holds" | "wants" | "asks") {
        return format!("which {word}");
    }
    let adjective = matches!(first, "in" | "at" | "on" | "idle" | "busy" | "normal" | "free")
        || ["ed", "ing"].iter().any(|end| first.ends_with(end));
    if adjective { format!("which is {word}") } else { format!("whose state is “{word}”") }
}

/// The first message on its way between two nodes, and whether it is held.
fn under_way(world: &World, from: NodeId, to: NodeId) -> Option<(MessageId, bool)> {
    let between = world.flights().filter(|flight| flight.id.from == from && flight.to == to);
    between.map(|flight| (flight.id, flight.held)).min()
}

fn telling(world: &World, id: MessageId) -> String {
    world.flight(id).map_or_else(String::new, |flight| narrate::message_of(world, id, &flight.payload))
}

/// Whether links that are up, and nodes that relay, lead from one node to the other.
fn reachable(world: &World, from: NodeId, to: NodeId) -> bool {
    let mut seen = vec![false; world.nodes().len()];
    seen[from.index()] = true;
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        if here != from && world.node(here).is_none_or(|node| node.life() != Life::Up) {
            continue;
        }
        for link in world.links().iter().filter(|link| link.is_up() && (link.ends.0 == here || link.ends.1 == here)) {
            let other = link.other(here);
            if !std::mem::replace(&mut seen[other.index()], true) {
                open.push(other);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_read_as_clauses() {
        assert_eq!(state_clause("in the critical section"), "which is in the critical section");
        assert_eq!(state_clause("wanted (1, P2)"), "which is wanted (1, P2)");
        assert_eq!(state_clause("waits for R2"), "which waits for R2");
        assert_eq!(state_clause("thinking"), "which is thinking");
        assert_eq!(state_clause("election"), "whose state is “election”");
    }
}
