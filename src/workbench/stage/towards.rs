//! A drag from a node to another one, about which it can be asked something: to whom it is to report.

use super::{Drag, View, node_at};
use crate::{
    lab::{Action, LabHandle},
    workbench::inspector,
};
use serde_json::Value as Json;
use sim::{NodeId, process::Ask, scene::Point};
use std::{cell::RefCell, rc::Rc};
use web_sys::{Element, PointerEvent};
use yew::TargetCast;

/// The pointer goes down: on a node that can be asked something about another one a drag begins.
pub fn down(lab: &LabHandle, view: &Rc<RefCell<View>>, event: &PointerEvent, point: Point) {
    let node = node_at(&view.borrow(), point).filter(|&node| !about(lab, node, None).is_empty());
    let Some(node) = node else { return };
    if let Some(element) = event.target_dyn_into::<Element>() {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
    view.borrow_mut().drag = Some(Drag::Towards(node, point, point));
}

/// The drag ends at a node, or nowhere.
pub fn ask(lab: &LabHandle, from: NodeId, to: Option<NodeId>) {
    let request = to.filter(|&to| to != from).and_then(|to| about(lab, from, Some(to)).pop());
    if let Some(request) = request {
        lab.act(Action::Ask(from, request));
    }
}

/// What a node can be asked about another one: about this one, or about any.
fn about(lab: &LabHandle, node: NodeId, other: Option<NodeId>) -> Vec<Json> {
    let state = lab.get();
    let offers = inspector::offers(state.session.world(), node).into_iter();
    let about = offers.filter(|offer| offer.towards.is_some_and(|to| other.is_none_or(|other| other == to)));
    let ready = about.filter_map(|offer| match offer.ask {
        Ask::Ready(request) => Some(request),
        Ask::Form { .. } => None,
    });
    ready.collect()
}
