//! A selected event: what happened, what happened before it and after it, how it is related to another, and what can be
//! done with it.

use super::title;
use crate::{
    lab::{Action, Lab, LabHandle, Selection},
    markup::{html, raw},
    workbench::controls::{Deed, Entry, chip, deeds, form, quiet},
};
use sim::{
    MomentId,
    causality::Relation,
    narrate,
    scene::{Scene, spacetime, svg},
};
use yew::Html;

/// The moment of the selected event, and its depth.
pub fn selected_moment(lab: &Lab) -> Option<(Option<MomentId>, u32)> {
    let Some(Selection::Event(depth)) = lab.selection else { return None };
    let line = lab.session.line();
    let index = line.partition_point(|&id| lab.session.moment(id).depth < depth);
    Some((line.get(index).copied(), depth))
}

/// What happened at a step, and when.
pub fn tell(lab: &Lab, depth: u32) -> (String, String) {
    let mut told = (String::new(), String::new());
    lab.session.visit(depth..depth + 1, &mut |_, step, world| {
        let stamp = step.stamps.event.lamport;
        let stamp = if step.node.is_some() { format!(", Lamport stamp {stamp}") } else { String::new() };
        told.0 = narrate::headline(step, world, lab.session.payloads());
        told.1 = format!("step {depth}, at {}{stamp}", step.at);
    });
    told
}

/// An event of the past: go there, let it happen later, compare it. What the pointer does by dragging an arrowhead.
pub fn event(lab: &LabHandle, depth: u32, told: &(String, String)) -> Html {
    let end = lab.get().session.end();
    let last = "It is the last event of this branch: there is nothing to put it behind.";
    let (comparing, other) = (lab.get().relations.comparing, lab.get().relations.other);
    let compare = if comparing || other.is_some() { "Stop comparing" } else { "Compare with…" };
    let actions = [
        Deed::new(lab, "Go there", Action::Seek(depth)),
        Deed::new(lab, "One later", Action::Postpone(depth, depth + 1)).refused_if(depth >= end, last),
        Deed::new(lab, compare, Action::Compare(None)),
    ];
    let behind = {
        let lab = lab.clone();
        move |values: Vec<f64>| lab.act(Action::Postpone(depth, values[0] as u32))
    };
    let range = (i64::from(depth) + 1, i64::from(end));
    html! {
        <>
            { title(told.0.clone(), told.1.clone()) }
            { relation(lab, depth) }
            { deeds(&actions) }
            if depth + 1 < end {
                { form(vec![Entry::whole("let it happen after step", "", range, range.0)], "Move", behind) }
            }
        </>
    }
}

/// How the event is related to all others, or to the one that it is compared with, and why.
fn relation(lab: &LabHandle, depth: u32) -> Html {
    let state = lab.get();
    let relations = &state.relations;
    if !state.overlays.causality {
        return html! {};
    }
    if let Some(steps) = relations.reading() {
        return quiet(format!("Reading the run: {steps} of {} steps.", state.session.end()));
    }
    let Some(counts) = relations.counts() else {
        return quiet("No process has an event here: it is before nothing and after nothing.");
    };
    if relations.comparing {
        return html! { <p class="comparing">{ "Select the event to compare it with: on the diagram, or with J and K." }</p> };
    }
    match relations.answer(&state.session) {
        Some((relation, why)) => answer(lab, depth, relation, &why),
        None => counted(counts),
    }
}

/// The signs of the diagram with how many events each stands for.
fn counted(counts: [u32; 3]) -> Html {
    let signs = [(Relation::Before, "before"), (Relation::After, "after"), (Relation::Concurrent, "concurrent")];
    html! {
        <ul class="relations">
            { for signs.into_iter().zip(counts).map(|((relation, word), count)| {
                let mut sign = Scene::new(18.0, 18.0);
                spacetime::sign(&mut sign, relation);
                html! { <li>{ raw(&svg::element(&sign, "sign")) }{ format!("{count} {word}") }</li> }
            }) }
        </ul>
    }
}

fn answer(lab: &LabHandle, depth: u32, relation: Relation, why: &str) -> Html {
    let Some(other) = lab.get().relations.other else { return html! {} };
    let meaning = match relation {
        Relation::Before => "happened before",
        Relation::After => "happened after",
        Relation::Concurrent => "is concurrent with",
        Relation::Same => "is",
    };
    html! {
        <div class="answer">
            <p class="formula">{ format!("step {depth} ") }<b>{ relation.sign() }</b>{ " " }{ chip(lab, Selection::Event(other), format!("step {other}").into()) }</p>
            <p>{ format!("Step {depth} {meaning} step {other}. {why}") }</p>
        </div>
    }
}
