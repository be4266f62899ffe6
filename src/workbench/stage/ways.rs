//! The delay of one way of a link, pulled longer in the direction of its arrow, or shorter against it.

use super::View;
use crate::lab::{Action, LabHandle};
use sim::{
    Delay, Event, LinkId, NodeId, World,
    scene::{Point, Target, network},
};
use web_sys::{Element, PointerEvent};
use yew::TargetCast;

/// Pixels of pulling that make a delay twice as long.
const DOUBLE: f32 = 48.0;

/// The delay after pulling from one point to another.
fn pulled(world: &World, view: &View, (id, end): (LinkId, NodeId), (from, to): (Point, Point)) -> Option<Delay> {
    let (link, layout) = (world.link(id)?, view.network.layout()?);
    let along = (to - from).dot(layout.leg(world, id, end).direction(0.5));
    let factor = (along / (DOUBLE * layout.scale)).clamp(-12.0, 12.0).exp2();
    Some(link.delay_from(end).scaled((1_000.0 * factor).round() as u32))
}

/// Shows what it would be.
pub fn draw(world: &World, view: &mut View, way: (LinkId, NodeId), pull: (Point, Point)) {
    let Some(delay) = pulled(world, view, way, pull) else { return };
    let Some(layout) = view.network.layout() else { return };
    network::draw_way(&mut view.moving, layout, world, way, &delay.to_string());
}

/// Sets it.
pub fn set(lab: &LabHandle, view: &View, way: (LinkId, NodeId), pull: (Point, Point)) {
    let (before, after) = {
        let state = lab.get();
        let world = state.session.world();
        (world.link(way.0).map(|link| link.delay_from(way.1)), pulled(world, view, way, pull))
    };
    if let Some(delay) = after.filter(|_| before != after) {
        lab.act(Action::Take(Event::SetDelayFrom(way.0, way.1, delay)));
    }
}

/// Says whether the pointer is over a way: the style sheet shows a hand there.
pub fn show_hand(view: &View, event: &PointerEvent, at: Point) {
    let over = matches!(view.network.still(1.0).hit(at.x, at.y), Some(Target::Way(..)));
    if let Some(element) = event.target_dyn_into::<Element>().and_then(|canvas| canvas.parent_element()) {
        let _ = element.set_attribute("data-over", if over { "way" } else { "" });
    }
}
