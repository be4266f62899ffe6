//! The tools of a bench, as forms: every drag and every click has another way.

use super::Chosen;
use crate::{
    lab::{Action, LabHandle, Selection, Tool},
    markup::html,
    view::State,
    workbench::{
        board::deed,
        controls::{Entry, button, form, select},
        stage::ask,
    },
};
use sim::{Edit, NodeId, Part, PartEdge, PartId, Place, Stand, World};
use yew::{Callback, Html};

/// The tools of a bench, in their order.
pub fn tools(lab: &LabHandle) -> Vec<(Tool, String)> {
    let state = lab.get();
    let kinds = state.session.world().nodes().first().map_or(&[][..], |node| node.process().addable());
    let adds = kinds.iter().enumerate().map(|(index, kind)| (Tool::AddPart(index), format!("Add {kind}")));
    let mut all = vec![(Tool::Move, "Move".to_owned())];
    all.extend(adds);
    all.extend([(Tool::Connect, "Draw an arrow".to_owned()), (Tool::Delete, "Delete".to_owned())]);
    all
}

/// What the pointer does with a tool.
pub fn hint(tool: Tool) -> &'static str {
    match tool {
        Tool::Connect => "Drag from one part to another, or choose the two:",
        Tool::Delete => "Click a part or an arrow, or choose the part:",
        Tool::AddPart(_) => "Click where it is to stand, or give its place, 0 to 1000:",
        _ => "Drag a part, or choose it and give its place, 0 to 1000:",
    }
}

/// The bench whose parts are listed: that of the selection, or the first.
fn bench(lab: &LabHandle, world: &World) -> NodeId {
    match lab.get().selection {
        Some(Selection::Node(id) | Selection::Part(id, _)) => id,
        _ => world.members().first().copied().unwrap_or(NodeId(0)),
    }
}

/// The fields of a tool.
pub fn tool_form(lab: &LabHandle, tool: Tool, chosen: &State<Chosen>) -> Html {
    let state = lab.get();
    let world = state.session.world();
    let id = bench(lab, world);
    let Some(node) = world.node(id) else { return html! {} };
    let (parts, stands) = (node.process().parts(), node.process().stands());
    if let Tool::AddPart(kind) = tool {
        let Some(&kind) = node.process().addable().get(kind) else { return html! {} };
        let middle = Place { x: 500, y: 500 };
        return place_form(lab, id, middle, "Add", move |at| Edit::Add { kind: kind.to_owned(), at });
    }
    match tool {
        Tool::Connect => connect(lab, id, &parts, chosen),
        Tool::Delete => delete(lab, id, &parts),
        _ => move_part(lab, id, &parts, &stands),
    }
}

/// The selected part, or the first.
fn selected(lab: &LabHandle, parts: &[Part]) -> Option<usize> {
    let known = match lab.get().selection {
        Some(Selection::Part(_, part)) => parts.iter().position(|known| known.id == part),
        _ => None,
    };
    known.or((!parts.is_empty()).then_some(0))
}

/// A list of the parts, which selects the one that is chosen.
fn pick_selected(lab: &LabHandle, id: NodeId, parts: &[Part], at: usize) -> Html {
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    let ids: Vec<PartId> = parts.iter().map(|part| part.id).collect();
    let choose = {
        let lab = lab.clone();
        Callback::from(move |index: usize| {
            lab.act(Action::Select(ids.get(index).map(|&part| Selection::Part(id, part))));
        })
    };
    select("Part", &names, at, choose)
}

fn place_form(
    lab: &LabHandle,
    id: NodeId,
    place: Place,
    submit: &'static str,
    edit: impl Fn(Place) -> Edit + 'static,
) -> Html {
    let entries = vec![
        Entry::whole("from the left", "", (0, 1000), place.x.into()),
        Entry::whole("from the top", "", (0, 1000), place.y.into()),
    ];
    let lab = lab.clone();
    form(entries, submit, move |values: Vec<f64>| {
        ask(&lab, id, edit(Place { x: values[0] as i16, y: values[1] as i16 }));
    })
}

fn move_part(lab: &LabHandle, id: NodeId, parts: &[Part], stands: &[Stand]) -> Html {
    let Some(at) = selected(lab, parts) else { return html! {} };
    let part = parts[at].id;
    let place = stands.iter().find(|stand| stand.part == part).map_or(Place { x: 500, y: 500 }, |stand| stand.at);
    html! {
        <>
            { pick_selected(lab, id, parts, at) }
            { place_form(lab, id, place, "Move", move |to| Edit::Move { part, to }) }
        </>
    }
}

fn delete(lab: &LabHandle, id: NodeId, parts: &[Part]) -> Html {
    let Some(at) = selected(lab, parts) else { return html! {} };
    let label = format!("Delete {}", parts[at].name);
    html! {
        <>
            { pick_selected(lab, id, parts, at) }
            { button(&deed(lab, id, label, Edit::Remove { part: parts[at].id })) }
        </>
    }
}

fn connect(lab: &LabHandle, id: NodeId, parts: &[Part], chosen: &State<Chosen>) -> Html {
    let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    let position = |part: Option<PartId>| parts.iter().position(|known| Some(known.id) == part);
    let from = position(chosen.look().from).or_else(|| selected(lab, parts)).unwrap_or(0);
    let to = position(chosen.look().to).unwrap_or(0);
    let (Some(one), Some(other)) = (parts.get(from), parts.get(to)) else { return html! {} };
    let pick = |label: &'static str, at: usize, place: fn(&mut Chosen) -> &mut Option<PartId>| {
        let (chosen, ids) = (chosen.clone(), parts.iter().map(|part| part.id).collect::<Vec<_>>());
        let choose =
            Callback::from(move |index: usize| chosen.change(|chosen| *place(chosen) = ids.get(index).copied()));
        select(label, &names, at, choose)
    };
    let edit = Edit::Connect { from: one.id, to: other.id };
    html! {
        <>
            { pick("From", from, |chosen| &mut chosen.from) }
            { pick("To", to, |chosen| &mut chosen.to) }
            { button(&deed(lab, id, "Draw".into(), edit)) }
        </>
    }
}

/// What can be done with a part of a bench: its numbers, its arrows, and that it goes. Nothing where it is on no bench.
pub fn part_menu(lab: &LabHandle, id: NodeId, part: PartId) -> Option<Html> {
    let state = lab.get();
    let process = state.session.world().node(id)?.process();
    let stand = process.stands().into_iter().find(|stand| stand.part == part)?;
    process.edit(Edit::Remove { part })?;
    let parts = process.parts();
    let mut arrows: Vec<PartEdge> =
        process.edges().into_iter().filter(|edge| edge.from == part || edge.to == part).collect();
    arrows.dedup();
    let name = |part: PartId| parts.iter().find(|known| known.id == part).map_or("?", |known| known.name.as_str());
    let removals = arrows.iter().map(|edge| {
        let label = format!("Delete {} → {}", name(edge.from), name(edge.to));
        button(&deed(lab, id, label, Edit::Disconnect { from: edge.from, to: edge.to }))
    });
    let settings = stand.settings.iter().map(|setting| setting_form(lab, id, part, setting));
    Some(html! {
        <>
            { for settings }
            <div class="deeds">
                { for removals }
                { button(&deed(lab, id, format!("Delete {}", name(part)), Edit::Remove { part })) }
            </div>
        </>
    })
}

/// A number of a part, or a choice among words.
fn setting_form(lab: &LabHandle, id: NodeId, part: PartId, setting: &sim::Setting) -> Html {
    let what = setting.name;
    let set = {
        let lab = lab.clone();
        move |value: i64| ask(&lab, id, Edit::Set { part, what: what.to_owned(), value })
    };
    let min = setting.min;
    if !setting.words.is_empty() {
        let choose = Callback::from(move |index: usize| set(min + index as i64));
        return select(setting.label, setting.words, (setting.value - min) as usize, choose);
    }
    let entry = Entry::whole(setting.label, "", (min, setting.max), setting.value);
    form(vec![entry], "Set", move |values: Vec<f64>| set(values[0] as i64))
}
