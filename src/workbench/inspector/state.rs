//! State: one table a node, made by reflection, with what the latest step has changed; clocks, timers, messages.

mod tree;

use crate::{
    lab::{Lab, LabHandle, Selection, Speed},
    markup::html,
    workbench::controls::{first, message_chip, node_chip, quiet, section, select, time},
};
use sim::{Life, Micros, NodeId, Rate, Session, Stamping, Step, Value, World, narrate, value};
use tree::Tree;
use yew::{Callback, Html};

/// Nodes up to which each has its table; of more, those that matter now.
const ALL: usize = 40;
/// Nodes up to which every table is open.
const OPEN: usize = 12;
/// Rows of messages and of timers at most.
const ROWS: usize = 40;

/// The panel: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn state(lab: &LabHandle) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let shown = shown(&state);
    // As fast as it goes there is no time to read what has changed, nor to work it out.
    let hurried = state.playing && state.speed == Speed::Unbounded;
    let before = if hurried { vec![] } else { before(&state.session, &shown) };
    html! {
        <div class="state">
            if shown.len() < world.members().len() { { chooser(lab, world) } }
            { for shown.iter().map(|&id| {
                let old = before.iter().find(|(known, _)| *known == id).map(|(_, value)| value);
                node_table(lab, &state, id, old)
            }) }
            { messages(lab, world) }
        </div>
    }
}

/// The nodes whose tables are shown.
fn shown(lab: &Lab) -> Vec<NodeId> {
    let world = lab.session.world();
    if world.members().len() <= ALL {
        return world.members().to_vec();
    }
    let selected = match lab.selection {
        Some(Selection::Message(id)) => world.flight(id).map(|flight| flight.to),
        _ => lab.selected_node(),
    };
    let mut shown: Vec<NodeId> = selected.into_iter().chain(lab.session.step().node).collect();
    shown.extend(world.members().first());
    shown.dedup();
    shown.truncate(2);
    shown
}

/// The states before the latest step, of these nodes.
fn before(session: &Session, nodes: &[NodeId]) -> Vec<(NodeId, Value)> {
    let reflect = |world: &World| {
        let known = nodes.iter().filter_map(|&id| Some((id, world.node(id)?.process().reflect())));
        known.collect::<Vec<_>>()
    };
    match session.depth() {
        0 => vec![],
        1 => reflect(&World::new(session.setup().clone(), Stamping::None, &mut Step::default())),
        depth => {
            let mut states = vec![];
            session.visit(depth - 1..depth, &mut |_, _, world| states = reflect(world));
            states
        }
    }
}

/// Among very many nodes: which one to show.
fn chooser(lab: &LabHandle, world: &World) -> Html {
    let members = world.members().to_vec();
    let names: Vec<String> = members.iter().map(|&id| world.name(id).to_owned()).collect();
    let at = match lab.get().selection {
        Some(Selection::Node(id)) => members.iter().position(|&member| member == id).unwrap_or(0),
        _ => 0,
    };
    let on_choose = {
        let lab = lab.clone();
        Callback::from(move |index: usize| {
            if let Some(&id) = members.get(index) {
                lab.act(crate::lab::Action::Select(Some(Selection::Node(id))));
            }
        })
    };
    html! { <div class="chooser">{ select("Node", &names, at, on_choose) }</div> }
}

fn node_table(lab: &LabHandle, state: &Lab, id: NodeId, old: Option<&Value>) -> Html {
    let world = state.session.world();
    let Some(node) = world.node(id) else { return html! {} };
    let status = world.status(id);
    let selected = state.selected_node() == Some(id);
    let acted = state.session.step().node == Some(id);
    let open = world.members().len() <= OPEN || selected || acted;
    let value = node.process().reflect();
    let changes = old.map_or_else(Vec::new, |old| value::diff(old, &value));
    let tree = Tree { lab, world, changes: &changes };
    html! {
        <details class={if selected { "node-state selected" } else { "node-state" }} {open} key={id.0}>
            <summary>
                <b>{ node.name() }</b>
                <span class="word">{ &status.word }</span>
                if !status.detail.is_empty() { <span class="quiet">{ &status.detail }</span> }
            </summary>
            <table class="fields">
                <caption class="visually-hidden">{ format!("State of {}", node.name()) }</caption>
                <tbody>
                    { tree.rows(&value) }
                    if node.life() == Life::Up { { timers(world, id) } }
                    { clocks(world, id) }
                </tbody>
            </table>
            if !selected { { node_chip(lab, world, id) } }
        </details>
    }
}

/// The clocks of a node.
fn clocks(world: &World, id: NodeId) -> Html {
    let Some(node) = world.node(id) else { return html! {} };
    let reading = node.clock_at(world.now());
    let skew = i128::from(reading) - i128::from(world.now().0);
    let own = match skew {
        0 => format!("{}, true time", narrate::reading(reading)),
        1.. => format!("{}, {} ahead", narrate::reading(reading), Micros(skew.unsigned_abs() as u64)),
        _ => format!("{}, {} behind", narrate::reading(reading), Micros(skew.unsigned_abs() as u64)),
    };
    let rate = node.hardware_clock().rate();
    let correction = node.correction_at(world.now());
    let vector = node.vector().filter(|vector| vector.len() <= 16);
    let row =
        |name: &str, value: String| html! { <tr class="stamp"><th scope="row">{ name }</th><td>{ value }</td></tr> };
    html! {
        <>
            { row("Lamport stamp", node.lamport().to_string()) }
            if let Some(vector) = vector {
                { row("vector stamp", format!("({})", vector.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))) }
            }
            { row("own clock", own) }
            if let Some(within) = correction.within { { row("true time within", format!("± {within}")) } }
            if correction.by != 0 { { row("corrected by", narrate::reading(correction.by)) } }
            if rate != Rate::TRUE { { row("its rate", format!("{} µs in {} true ones", rate.numerator, rate.denominator)) } }
        </>
    }
}

fn timers(world: &World, id: NodeId) -> Html {
    let own = world.timers().filter(|timer| timer.id.node == id);
    let timers = first(own.map(|timer| ((timer.due, timer.id.number), timer)), ROWS);
    let rows = timers.iter().map(|timer| {
        let telling = narrate::named(world, timer.payload.reflect());
        html! { <tr class="timer"><th scope="row">{ "timer" }</th><td>{ format!("{telling}, due {}", time(timer.due)) }</td></tr> }
    });
    html! { { for rows } }
}

/// The messages in flight, in the order in which they are due.
fn messages(lab: &LabHandle, world: &World) -> Html {
    let count = world.flights().count();
    let flights = first(world.flights().map(|flight| ((flight.due, flight.id), flight)), ROWS);
    let row = |flight: &&sim::Flight| {
        html! {
            <tr key={flight.id.to_string()}>
                <th scope="row">{ message_chip(lab, world, flight.id) }</th>
                <td>{ format!("{} → {}", world.name(flight.id.from), world.name(flight.to)) }</td>
                <td class="when">{ if flight.held { "held by you".into() } else { time(flight.due) } }</td>
            </tr>
        }
    };
    let body = html! {
        <>
            if count > 0 {
                <table class="flights"><tbody>{ for flights.iter().map(row) }</tbody></table>
            }
            if count > ROWS { { quiet(format!("and {} more", count - ROWS)) } }
        </>
    };
    section("flights-title", "under-way", &format!("Messages under way: {count}"), body)
}
