//! The network on two canvases: what stands still, and what moves. Tap to select, drag in edit mode.

mod bench;
mod towards;
mod ways;

pub use bench::ask;

use super::{
    board, edit,
    frames::{Draw, FramesHandle},
};
use crate::{
    lab::{Action, Badge, Change, Lab, LabHandle, Overlays, Selection, Tool, takes_parts},
    markup::{classes, html, raw, truth},
    paint::Painter,
    parts,
    view::{AtEnd, Keeps},
};
use sim::order::Order as _;
use sim::{
    Event as SimEvent, LinkId, NodeId, PartId, Place, Range, Ranges, Tone,
    scene::{
        Form, Point, Role, Scene, Style, Target, Theme, marks,
        network::{self, Look, Network},
        svg,
    },
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use web_sys::{Element, HtmlCanvasElement, PointerEvent};
use yew::{Callback, Html, NodeRef, TargetCast};

/// The network.
#[derive(Clone, PartialEq)]
pub struct Stage {
    /// The lab.
    pub lab: LabHandle,
    /// The drawing loop.
    pub frames: FramesHandle,
    /// The theme in force.
    pub theme: Theme,
}

/// What is being dragged.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Drag {
    Node(NodeId, Point),
    Link(NodeId, Point),
    Line(Point, Point),
    /// From a node towards another, about which it can be asked something.
    Towards(NodeId, Point, Point),
    /// A part of a bench, on its way.
    Part(NodeId, PartId, Point),
    /// A new arrow of a bench: from this part, drawn from one point to another.
    Arrow(NodeId, PartId, Point, Point),
    /// The delay of what an end of a link sends, pulled from one point to another.
    Way(LinkId, NodeId, Point, Point),
}

/// What the drawing loop keeps between frames.
#[derive(Default)]
struct View {
    painters: Option<(Painter, Painter)>,
    network: Network,
    moving: Scene,
    look: Option<Look>,
    /// The change that the network shows.
    changes: u64,
    /// What the still layer was painted for: the change, whether it has turned, the theme.
    painted: Option<(u64, bool, Theme)>,
    drag: Option<Drag>,
    size: (f32, f32),
}

impl crate::view::View for Stage {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let (still, moving) = (keeps.node(), keeps.node());
        let view = keeps.once(|| RefCell::new(View::default()));
        let theme = keeps.once(|| Cell::new(Theme::Light));
        theme.set(self.theme);
        {
            let (cell, still, moving) = (self.lab.cell(), still.clone(), moving.clone());
            let view = Rc::clone(&view);
            let draw: Draw =
                Rc::new(move |now| draw(&cell.borrow(), &mut view.borrow_mut(), (&still, &moving), theme.get(), now));
            self.frames.keep_drawing(keeps, "network", draw);
        }
        follow_size(keeps, &still, &self.frames);
        self.frames.draw_on(keeps, (self.lab.clone(), self.theme));

        let (down, drag, up) = (pointer_down(self, &view), pointer_move(self, &view), pointer_up(self, &view));
        let lab = self.lab.get();
        let editing = lab.tool.is_some();
        let world = lab.session.world();
        let (board, picture) = (board::has_tables(world), board::has_picture(world));
        let class = match (board, picture) {
            (true, true) if board::is_filled_in(world) => "with-board tall",
            (true, true) => "with-board",
            (true, false) => "board-alone",
            _ => "",
        };
        html! {
            <section class={classes(&["network", if editing { "editing" } else { "" }, class])} aria-label="Network">
                { chips(&self.lab) }
                <div class="canvases" onpointerdown={down} onpointermove={drag} onpointerup={up.clone()} onpointercancel={up}>
                    <canvas ref={still} aria-hidden="true"></canvas>
                    <canvas ref={moving} aria-hidden="true"></canvas>
                </div>
                { stand_ins(&self.lab) }
                if board { { parts::later("tools", { let lab = self.lab.clone(); move || board::board(&lab) }) } }
                { legend(&lab, self.theme) }
                if editing { { parts::later("tools", { let lab = self.lab.clone(); move || edit::bar(&lab) }) } }
            </section>
        }
    }
}

/// Draws again when the stage changes its size.
pub fn follow_size(keeps: &mut Keeps, node: &NodeRef, frames: &FramesHandle) {
    let (node, frames) = (node.clone(), frames.clone());
    keeps.effect((), move || {
        let callback = wasm_bindgen::prelude::Closure::<dyn FnMut()>::new(move || frames.0.kick());
        let observer = web_sys::ResizeObserver::new(wasm_bindgen::JsCast::unchecked_ref(callback.as_ref())).ok();
        if let (Some(observer), Some(element)) = (&observer, node.cast::<Element>()) {
            observer.observe(&element);
        }
        AtEnd(move || {
            if let Some(observer) = &observer {
                observer.disconnect();
            }
            // The observer's callback lives as long as it.
            let _ = &callback;
        })
    });
}

/// Device pixels a CSS pixel, at most two: more costs time and is not seen.
pub fn pixel_ratio() -> f64 {
    crate::dom::window().device_pixel_ratio().clamp(1.0, 2.0)
}

/// How the network is to look.
fn look(lab: &Lab, theme: Theme, (width, height): (f32, f32)) -> Look {
    let selected = match lab.selection {
        Some(Selection::Node(id)) => vec![Target::Node(id)],
        Some(Selection::Message(id)) => vec![Target::Message(id)],
        Some(Selection::Link(id)) => vec![Target::Link(id)],
        Some(Selection::Part(node, part)) => vec![Target::Part(node, part)],
        // Its node: where the event stands is seen in both views.
        Some(Selection::Event(_)) => lab.selected_node().map(Target::Node).into_iter().collect(),
        None => vec![],
    };
    let clock = match lab.overlays.badge {
        Badge::None => network::Badge::None,
        Badge::Lamport => network::Badge::Lamport,
        Badge::Vector => network::Badge::Vector,
        Badge::Physical => network::Badge::Physical,
    };
    Look {
        // Larger on the projector, as far as the stage has room.
        scale: theme.scale().min((width / 640.0).min(height / 300.0).max(1.0)),
        insets: network::Insets { top: 12.0, ..network::Insets::default() },
        selected,
        links: lab.overlays.links || lab.tool.is_some(),
        waits_for: lab.overlays.waits_for,
        ring: lab.overlays.ring,
        clock,
        ..Look::new(width, height)
    }
}

impl View {
    /// Follows the lab: a step is shown as a motion, anything else as it is.
    fn follow(&mut self, lab: &Lab, look: Look) {
        let world = lab.session.world();
        if self.changes != lab.changes {
            match &lab.change {
                Change::Forward => self.network.step(world, &look, lab.session.step()),
                Change::Back(step) => self.network.back(world, &look, step),
                Change::Jump => self.network.show(world, &look),
            }
            self.changes = lab.changes;
        } else if self.look.as_ref() != Some(&look) {
            self.network.show(world, &look);
        } else {
            return;
        }
        self.look = Some(look);
        self.painted = None;
    }
}

/// One frame.
fn draw(lab: &Lab, view: &mut View, (still, moving): (&NodeRef, &NodeRef), theme: Theme, now: f64) {
    if view.painters.is_none() {
        let canvas = |node: &NodeRef| node.cast::<HtmlCanvasElement>().and_then(Painter::new);
        view.painters = canvas(still).zip(canvas(moving));
    }
    let Some(canvas) = still.cast::<HtmlCanvasElement>() else { return };
    let (width, height) = (canvas.client_width() as f32, canvas.client_height() as f32);
    if width < 1.0 || height < 1.0 {
        return;
    }
    view.size = (width, height);
    view.follow(lab, look(lab, theme, view.size));
    let phase = lab.moving.map_or(1.0, |moving| moving.phase(now));
    let turned = view.network.has_turned(phase);
    view.moving = view.network.moving(phase, lab.reduced_motion);
    match view.drag {
        Some(Drag::Way(link, end, from, to)) => ways::draw(lab.session.world(), view, (link, end), (from, to)),
        Some(drag) => draw_drag(&mut view.moving, drag),
        None => {}
    }
    let Some((still_painter, moving_painter)) = &mut view.painters else { return };
    let ratio = pixel_ratio();
    if view.painted != Some((view.changes, turned, theme)) {
        still_painter.clear(width, height, ratio, theme);
        still_painter.paint(view.network.still(phase));
        view.painted = Some((view.changes, turned, theme));
    }
    moving_painter.clear(width, height, ratio, theme);
    moving_painter.paint(&view.moving);
}

/// The line or the node that is being dragged.
fn draw_drag(scene: &mut Scene, drag: Drag) {
    match drag {
        Drag::Node(_, at) => scene.add(Form::Circle(at, 30.0), Style::stroke(Role::Selected, 3.0).dashed(6.0, 4.0)),
        Drag::Link(_, _) | Drag::Way(..) => {}
        Drag::Part(_, _, at) => scene.add(Form::Circle(at, 20.0), Style::stroke(Role::Selected, 3.0).dashed(6.0, 4.0)),
        Drag::Towards(_, from, to) if from.distance(to) < 8.0 => {}
        Drag::Arrow(_, _, from, to) | Drag::Towards(_, from, to) => {
            scene.add(Form::Line(from, to), Style::stroke(Role::Selected, 3.0).dashed(6.0, 4.0));
            let head = marks::arrowhead(to, (to - from).unit(), 14.0, 12.0);
            scene.add(head, Style::fill(Role::Selected));
        }
        Drag::Line(from, to) => scene.add(Form::Line(from, to), Style::stroke(Role::Bad, 3.0).dashed(10.0, 6.0)),
    }
}

fn at(event: &PointerEvent) -> Point {
    // Yew listens at the root of the page: the element is the event's target, the canvas itself.
    let (left, top) = event.target_dyn_into::<Element>().map_or((0.0, 0.0), |element| {
        let rect = element.get_bounding_client_rect();
        (rect.left(), rect.top())
    });
    Point { x: (f64::from(event.client_x()) - left) as f32, y: (f64::from(event.client_y()) - top) as f32 }
}

/// What is at a point: messages before nodes, nodes before links; a finger reaches further than a mouse.
fn hit(view: &View, point: Point, touch: bool) -> Option<Target> {
    let reach = if touch { 18.0 } else { 4.0 };
    let moving = view.moving.hit_near(point.x, point.y, reach);
    moving.or_else(|| view.network.still(1.0).hit_near(point.x, point.y, reach)).cloned()
}

fn node_at(view: &View, point: Point) -> Option<NodeId> {
    match view.network.still(1.0).hit_near(point.x, point.y, 8.0)? {
        Target::Node(id) | Target::Part(id, _) => Some(*id),
        _ => None,
    }
}

fn pointer_down(props: &Stage, view: &Rc<RefCell<View>>) -> Callback<PointerEvent> {
    let (lab, frames, view) = (props.lab.clone(), props.frames.clone(), Rc::clone(view));
    Callback::from(move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let point = at(&event);
        let tool = lab.get().tool;
        if let Some(tool) = tool {
            if let Some(element) = event.target_dyn_into::<Element>() {
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            edit_down(&lab, &mut view.borrow_mut(), tool, point);
            frames.0.kick();
            return;
        }
        let target = hit(&view.borrow(), point, event.pointer_type() == "touch");
        if let Some(Target::Way(link, end)) = target {
            if let Some(element) = event.target_dyn_into::<Element>() {
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            view.borrow_mut().drag = Some(Drag::Way(link, end, point, point));
            return frames.0.kick();
        }
        let selection = match &target {
            // A pile opens one message after the other.
            Some(Target::Pile(messages)) => {
                let current = messages.iter().position(|&id| lab.get().selection == Some(Selection::Message(id)));
                let next = current.map_or(0, |index| (index + 1) % messages.len());
                Some(Selection::Message(messages[next]))
            }
            Some(target) => Selection::of(target),
            None => None,
        };
        towards::down(&lab, &view, &event, point);
        lab.act(Action::Select(selection));
    })
}

fn edit_down(lab: &LabHandle, view: &mut View, tool: Tool, point: Point) {
    let is_bench = takes_parts(lab.get().session.world());
    if is_bench {
        return bench::down(lab, view, tool, point);
    }
    let node = node_at(view, point);
    match (tool, node) {
        (Tool::Move, Some(id)) => {
            view.drag = Some(Drag::Node(id, point));
            lab.act(Action::Select(Some(Selection::Node(id))));
        }
        (Tool::Connect, Some(id)) => view.drag = Some(Drag::Link(id, point)),
        (Tool::Partition, _) => view.drag = Some(Drag::Line(point, point)),
        (Tool::AddNode, None) => {
            let place = place_of(view, None, point);
            lab.act(Action::Take(SimEvent::AddNode(place)));
        }
        (Tool::Delete, _) => match view.network.still(1.0).hit_near(point.x, point.y, 8.0) {
            Some(Target::Node(id) | Target::Part(id, _)) => lab.act(Action::Take(SimEvent::RemoveNode(*id))),
            Some(Target::Link(id)) => lab.act(Action::Take(SimEvent::RemoveLink(*id))),
            _ => {}
        },
        _ => lab.act(Action::Select(None)),
    }
}

/// Where a node must stand in the scenario to be drawn here.
fn place_of(view: &View, node: Option<NodeId>, point: Point) -> Place {
    view.network.layout().map_or(Place { x: 500, y: 500 }, |layout| layout.place_at(node, point))
}

fn pointer_move(props: &Stage, view: &Rc<RefCell<View>>) -> Callback<PointerEvent> {
    let (frames, view) = (props.frames.clone(), Rc::clone(view));
    Callback::from(move |event: PointerEvent| {
        let mut view = view.borrow_mut();
        let point = at(&event);
        view.drag = match view.drag {
            Some(Drag::Node(id, _)) => Some(Drag::Node(id, point)),
            Some(Drag::Link(id, _)) => Some(Drag::Link(id, point)),
            Some(Drag::Line(from, _)) => Some(Drag::Line(from, point)),
            Some(Drag::Towards(node, from, _)) => Some(Drag::Towards(node, from, point)),
            Some(Drag::Part(node, part, _)) => Some(Drag::Part(node, part, point)),
            Some(Drag::Arrow(node, part, from, _)) => Some(Drag::Arrow(node, part, from, point)),
            Some(Drag::Way(link, end, from, _)) => Some(Drag::Way(link, end, from, point)),
            None => return ways::show_hand(&view, &event, point),
        };
        frames.0.kick();
    })
}

fn pointer_up(props: &Stage, view: &Rc<RefCell<View>>) -> Callback<PointerEvent> {
    let (lab, frames, view) = (props.lab.clone(), props.frames.clone(), Rc::clone(view));
    Callback::from(move |event: PointerEvent| {
        let drag = view.borrow_mut().drag.take();
        let point = at(&event);
        match drag {
            Some(Drag::Node(id, _)) => {
                let place = place_of(&view.borrow(), Some(id), point);
                lab.act(Action::Take(SimEvent::MoveNode(id, place)));
            }
            Some(Drag::Link(from, _)) => {
                let to = node_at(&view.borrow(), point);
                if let Some(to) = to.filter(|&to| to != from) {
                    lab.act(Action::Take(SimEvent::AddLink(from, to)));
                }
            }
            Some(Drag::Way(link, end, from, _)) => ways::set(&lab, &view.borrow(), (link, end), (from, point)),
            Some(Drag::Towards(from, ..)) => towards::ask(&lab, from, node_at(&view.borrow(), point)),
            Some(Drag::Part(node, part, _)) => bench::put(&lab, &view.borrow(), (node, part), point),
            Some(Drag::Arrow(node, from, ..)) => bench::connect(&lab, &view.borrow(), (node, from), point),
            Some(Drag::Line(from, to)) if from.distance(to) > 24.0 => {
                let side = side_of_line(&lab.get(), &view.borrow(), from, to);
                lab.act(Action::Partition(side));
            }
            _ => {}
        }
        frames.0.kick();
    })
}

/// The nodes on one side of a line drawn across the network.
fn side_of_line(lab: &Lab, view: &View, from: Point, to: Point) -> Vec<NodeId> {
    let world = lab.session.world();
    let right = |id: &NodeId| {
        let target = Target::Node(*id);
        let centre = view.network.still(1.0).areas(&target).next().map(|area| area.bounds().centre());
        centre.is_some_and(|at| (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x) > 0.0)
    };
    world.members().iter().copied().filter(|id| right(id)).collect()
}

/// What is drawn over the network.
fn chips(lab: &LabHandle) -> Html {
    let overlays = lab.get().overlays;
    let has_ring = lab.get().session.world().setup().algorithm.ring.is_some();
    let chip = |word: &'static str, on: bool, next: Overlays| {
        html! { <button class="overlay-chip" aria-pressed={truth(on)} onclick={lab.on(Action::Overlay(next))}>{ word }</button> }
    };
    let cut = html! {
        <button class="overlay-chip" aria-pressed={truth(lab.get().relations.cut.is_some())} onclick={lab.on(Action::ToggleCut)}>{ "Cut" }</button>
    };
    let badge = match overlays.badge {
        Badge::None => ("No clock", Badge::Lamport),
        Badge::Lamport => ("Lamport clock", Badge::Vector),
        Badge::Vector => ("Vector clock", Badge::Physical),
        Badge::Physical => ("Physical clock", Badge::None),
    };
    html! {
        <div class="overlays" role="group" aria-label="Drawn over the network">
            { chip("Links", overlays.links, Overlays { links: !overlays.links, ..overlays }) }
            { chip("Waits for", overlays.waits_for, Overlays { waits_for: !overlays.waits_for, ..overlays }) }
            if has_ring { { chip("Ring", overlays.ring, Overlays { ring: !overlays.ring, ..overlays }) } }
            { chip("Causality", overlays.causality, Overlays { causality: !overlays.causality, ..overlays }) }
            { cut }
            { chip(badge.0, overlays.badge != Badge::None, Overlays { badge: badge.1, ..overlays }) }
        </div>
    }
}

/// Focusable names for what is on the canvas: a keyboard or a screen reader selects through them.
fn stand_ins(handle: &LabHandle) -> Html {
    const MOST: usize = 300;
    let lab = handle.get();
    let world = lab.session.world();
    let item = |label: String, selection: Selection| {
        let selected = truth(lab.selection == Some(selection));
        html! { <li><button aria-pressed={selected} onclick={handle.on(Action::Select(Some(selection)))}>{ label }</button></li> }
    };
    let statuses = world.statuses();
    let nodes = world.members().iter().map(|&id| {
        let status = &statuses[id.index()];
        item(format!("{}: {} {}", world.name(id), status.word, status.detail), Selection::Node(id))
    });
    let mut flights: Vec<_> = world.flights().collect();
    flights.order_by_key(|flight| flight.id);
    let messages = flights.into_iter().map(|flight| {
        let held = if flight.held { ", held" } else { "" };
        let label = format!(
            "{} to {}{held}",
            sim::narrate::message_of(world, flight.id, &flight.payload),
            world.name(flight.to)
        );
        item(label, Selection::Message(flight.id))
    });
    let links = world.links().iter().enumerate().filter(|(_, link)| !link.removed).map(|(index, link)| {
        let id = LinkId(index as u32);
        let cut = if link.is_up() { "" } else { ", down" };
        item(format!("{}{cut}", sim::narrate::link(world, id)), Selection::Link(id))
    });
    let parts = world.members().iter().flat_map(|&id| {
        let parts = world.nodes()[id.index()].process().parts();
        parts.into_iter().map(move |part| (id, part))
    });
    let parts = parts.map(|(id, part)| item(format!("{}: {}", part.name, part.word), Selection::Part(id, part.id)));
    html! {
        <>
            <ul class="stand-ins" aria-label="Nodes, parts, messages and links">
                { for nodes.chain(parts).chain(messages).chain(links).take(MOST) }
            </ul>
            { for world.setup().algorithm.ranges.into_iter().flat_map(|ranges| ranges(world)).map(|picture| told(&picture)) }
        </>
    }
}

/// Ranges in words, for a screen reader.
fn told(ranges: &Ranges) -> Html {
    let words = ranges.words;
    let bar = |bar: &Range| {
        let failed = if bar.tone == Tone::Failed { ", left out" } else { "" };
        html! { <li>{ format!("{}: {} to {}{failed}", bar.name, words(bar.from), words(bar.to)) }</li> }
    };
    html! { <ul class="visually-hidden ranges" aria-label={ranges.title.clone()}>{ for ranges.bars.iter().map(bar) }</ul> }
}

/// The legend: what is on the stage, and nothing else.
fn legend(lab: &Lab, theme: Theme) -> Html {
    let look = look(lab, theme, (1000.0, 600.0));
    let entries = network::legend(lab.session.world(), &look);
    html! {
        <ul class="legend" aria-label="Legend">
            { for entries.into_iter().map(|entry| {
                let mut sign = Scene::new(network::LegendEntry::WIDTH, network::LegendEntry::HEIGHT);
                sign.shapes = entry.sign;
                html! { <li>{ raw(&svg::element(&sign, "sign")) }{ entry.label }</li> }
            }) }
        </ul>
    }
}
