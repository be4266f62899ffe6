//! What the pointer does on a bench: parts are moved, arrows are drawn and taken away. Each is a request to the node.

use super::{Drag, View};
use crate::lab::{Action, LabHandle, Selection, Tool};
use sim::{
    Edit, NodeId, PartId, Place, World,
    scene::{Point, Target},
};

/// Asks a bench for an edit.
pub fn ask(lab: &LabHandle, node: NodeId, edit: Edit) {
    let request = lab.get().session.world().node(node).and_then(|seat| seat.process().edit(edit));
    if let Some(request) = request {
        lab.act(Action::Ask(node, request));
    }
}

/// A tool is put to a bench.
pub fn down(lab: &LabHandle, view: &mut View, tool: Tool, point: Point) {
    let target = view.network.still(1.0).hit_near(point.x, point.y, 8.0).cloned();
    match (tool, target) {
        (Tool::Move, Some(Target::Part(node, part))) => {
            view.drag = Some(Drag::Part(node, part, point));
            lab.act(Action::Select(Some(Selection::Part(node, part))));
        }
        (Tool::Connect, Some(Target::Part(node, part))) => view.drag = Some(Drag::Arrow(node, part, point, point)),
        (Tool::Delete, Some(Target::Part(node, part))) => ask(lab, node, Edit::Remove { part }),
        (Tool::Delete, Some(Target::Arrow(node, from, to))) => ask(lab, node, Edit::Disconnect { from, to }),
        (Tool::AddPart(kind), Some(target)) => {
            let (Target::Node(node) | Target::Part(node, _) | Target::Arrow(node, ..)) = target else { return };
            let kinds = lab.get().session.world().node(node).map_or(&[][..], |seat| seat.process().addable());
            let place = view.network.layout().and_then(|layout| layout.stand_at(node, point));
            if let (Some(&kind), Some(at)) = (kinds.get(kind), place) {
                ask(lab, node, Edit::Add { kind: kind.to_owned(), at });
            }
        }
        (_, target) => lab.act(Action::Select(target.as_ref().and_then(Selection::of))),
    }
}

/// A part is put down.
pub fn put(lab: &LabHandle, view: &View, (node, part): (NodeId, PartId), point: Point) {
    let to = view.network.layout().and_then(|layout| layout.stand_at(node, point));
    let at = place_of(lab.get().session.world(), node, part);
    if let Some(to) = to.filter(|to| at.is_none_or(|at| is_apart(at, *to))) {
        ask(lab, node, Edit::Move { part, to });
    }
}

/// An arrow ends here: on another part of the same node, or nowhere.
pub fn connect(lab: &LabHandle, view: &View, (node, from): (NodeId, PartId), point: Point) {
    match view.network.still(1.0).hit_near(point.x, point.y, 8.0) {
        Some(&Target::Part(other, to)) if other == node && to != from => ask(lab, node, Edit::Connect { from, to }),
        _ => {}
    }
}

/// Where a part of a bench stands.
fn place_of(world: &World, node: NodeId, part: PartId) -> Option<Place> {
    let stands = world.node(node)?.process().stands();
    stands.into_iter().find(|stand| stand.part == part).map(|stand| stand.at)
}

/// Whether two places differ by more than a hand that only taps.
fn is_apart(a: Place, b: Place) -> bool {
    (a.x - b.x).abs() > 5 || (a.y - b.y).abs() > 5
}
