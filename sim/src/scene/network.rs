//! The network view: nodes, links and messages on their way.
//!
//! It has two layers. The still one changes when an event happens; the moving one, with the messages, on every frame of
//! a step. [`Network`] keeps what both need from one event to the next, so that a frame costs little.

mod body;
mod capsules;
mod cycles;
mod edges;
mod labels;
mod layout;
mod leg;
mod legend;
mod links;
mod messages;
mod motion;
mod nodes;
mod parts;
mod ranges;
mod shown;
mod sites;
mod stand_ins;
#[cfg(test)]
mod tests;

pub use layout::{Detail, Layout};
pub use legend::{LegendEntry, legend, picture as legend_picture};
pub use links::draw_way;
pub use messages::hue;
pub use sites::has_tree;
pub use stand_ins::{StandIn, name as target_name, stand_ins};

use super::{Form, Point, Scene, Shape, Style, Target};
use crate::{Effect, NodeId, Status, Step, World};
use messages::{Standing, Tellings, Writing};
use motion::Actor;
use shown::Shown;

/// How the network is looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Look {
    /// The width of the stage in CSS pixels.
    pub width: f32,
    /// The height of the stage in CSS pixels.
    pub height: f32,
    /// Margins of the stage that something else covers: buttons, a legend.
    pub insets: Insets,
    /// How much larger everything is: [`Theme::scale`](super::Theme::scale), or 2 when presenting.
    pub scale: f32,
    /// What is selected.
    pub selected: Vec<Target>,
    /// Whether links are drawn.
    pub links: bool,
    /// Whether arrows show who waits for whom.
    pub waits_for: bool,
    /// Whether the order of the ring is drawn, where the algorithm has one.
    pub ring: bool,
    /// Whether nodes have their words beside them.
    pub labels: bool,
    /// What the badge at a node's upper right says.
    pub clock: Badge,
    /// Shapes without any words: a miniature.
    pub bare: bool,
}

/// Margins in CSS pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Insets {
    /// At the top.
    pub top: f32,
    /// At the right.
    pub right: f32,
    /// At the bottom.
    pub bottom: f32,
    /// At the left.
    pub left: f32,
}

/// What the badge at a node's upper right says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Badge {
    /// No badge.
    None,
    /// The Lamport stamp of its latest event.
    Lamport,
    /// The vector stamp of its latest event, where vectors are kept.
    Vector,
    /// What its clock shows.
    Physical,
}

impl Look {
    /// The network as it first opens, on a stage of this size.
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            insets: Insets::default(),
            scale: 1.0,
            selected: vec![],
            links: true,
            waits_for: true,
            ring: false,
            labels: true,
            clock: Badge::None,
            bare: false,
        }
    }

    /// Whether things stand where they stood: a step may select something or lay something over the network.
    fn same_stage(&self, other: &Self) -> bool {
        let stage = |look: &Self| (look.width, look.height, look.insets, look.scale, look.bare);
        stage(self) == stage(other)
    }

    fn is_selected(&self, target: &Target) -> bool {
        self.selected.contains(target)
    }
}

/// The network view of a run as it goes on.
#[derive(Default)]
pub struct Network {
    layout: Option<Layout>,
    look: Option<Look>,
    /// The still layers before and after the step.
    still: [Scene; 2],
    /// Where messages stand after the step; where they stood before it.
    standings: [Vec<Standing>; 2],
    statuses: Vec<Status>,
    actors: Vec<Actor>,
    /// The nodes whose state the step has changed.
    changed: Vec<NodeId>,
    /// The phase at which the still layer changes.
    turn: f32,
    /// The step is taken back.
    back: bool,
    tellings: Tellings,
    /// How much is written on capsules.
    writing: Writing,
}

impl Network {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows a world as it is: after a jump, a change of the look, or many events at once.
    pub fn show(&mut self, world: &World, look: &Look) {
        let (shown, layout) = self.enter(world, look);
        self.still[1] = still_of(world, look, &shown, &layout);
        self.still[0] = Scene::default();
        self.standings[0] = Vec::new();
        self.actors = self.standings[1]
            .iter()
            .map(|standing| Actor {
                before: (standing.t, standing.shift),
                standing: standing.clone(),
                act: motion::Act::Travel,
            })
            .collect();
        (self.changed, self.turn, self.back) = (vec![], 0.0, false);
        (self.statuses, self.layout) = (shown.statuses, Some(layout));
    }

    /// Shows what one step has done. `world` is the one after it; what was shown is the one before it.
    pub fn step(&mut self, world: &World, look: &Look, step: &Step) {
        self.change(world, look, step, false);
    }

    /// Shows how one step is taken back. `world` is the one before it; what was shown is the one after it.
    pub fn back(&mut self, world: &World, look: &Look, step: &Step) {
        self.change(world, look, step, true);
    }

    fn change(&mut self, world: &World, look: &Look, step: &Step, back: bool) {
        if !self.look.as_ref().is_some_and(|known| known.same_stage(look)) {
            return self.show(world, look);
        }
        self.standings.swap(0, 1);
        self.still.swap(0, 1);
        let (shown, layout) = self.enter(world, look);
        self.still[1] = still_of(world, look, &shown, &layout);
        let writing = self.writing;
        let sent =
            |id| step.effects.iter().any(|effect| matches!(effect, Effect::Sent { id: other, .. } if *other == id));
        let stillborn = step.effects.iter().filter_map(|effect| match effect {
            Effect::Lost { id, to, payload, .. } if sent(*id) => {
                messages::stillborn(world, &layout, *id, *to, payload, writing)
            }
            _ => None,
        });
        let stillborn = stillborn.collect();
        let (before, after) = if back { (1, 0) } else { (0, 1) };
        self.actors = motion::actors(&self.standings[before], &self.standings[after], step, stillborn);
        self.turn = motion::turn(&self.actors);
        self.back = back;
        let differ = |(index, status): (usize, &Status)| {
            let known = self.statuses.get(index)?;
            ((known.tone, &known.word) != (status.tone, &status.word)).then_some(NodeId(index as u32))
        };
        self.changed = shown.statuses.iter().enumerate().filter_map(differ).collect();
        (self.statuses, self.layout) = (shown.statuses, Some(layout));
    }

    /// Asks the world what it shows, and finds where everything stands.
    fn enter(&mut self, world: &World, look: &Look) -> (Shown, Layout) {
        let shown = Shown::of(world);
        let layout = Layout::new(world, &shown, look);
        (self.standings[1], self.writing) = messages::standings(world, &layout, look, &mut self.tellings);
        self.look = Some(look.clone());
        (shown, layout)
    }

    /// Where everything stands, for dragging and adding nodes: [`Layout::place_at`].
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// Whether the still layer is the new one at this phase. It is painted again when this changes, and after
    /// [`Network::show`].
    pub fn has_turned(&self, phase: f32) -> bool {
        let turn = if self.back { 1.0 - self.turn } else { self.turn };
        phase >= turn
    }

    /// The still layer at this phase of the step.
    pub fn still(&self, phase: f32) -> &Scene {
        &self.still[usize::from(self.has_turned(phase))]
    }

    /// The moving layer at this phase of the step, from 0 to 1: 1 is the moment at rest. With `reduced` motion nothing
    /// travels: what was fades, what is appears.
    pub fn moving(&self, phase: f32, reduced: bool) -> Scene {
        let (Some(layout), Some(look)) = (&self.layout, &self.look) else { return Scene::default() };
        let mut scene = Scene::new(look.width, look.height);
        let forward = if self.back { 1.0 - phase } else { phase };
        for at in self
            .actors
            .iter()
            .filter_map(|actor| actor.loss(if reduced { 1.0 } else { forward }))
            .filter(|_| !self.back || phase < 1.0)
        {
            nodes::loss(&mut scene, layout, at);
        }
        let painted: Vec<capsules::Painted<'_>> = if reduced {
            let fading = |list, opacity: f32| faded(list, opacity);
            let fresh = fading(&self.standings[1], phase);
            let stale = if phase < 1.0 { fading(&self.standings[0], 1.0 - phase) } else { vec![] };
            stale.into_iter().chain(fresh).collect()
        } else {
            let seen = self.actors.iter().filter(|actor| !actor.standing.hidden);
            seen.filter_map(|actor| Some((&actor.standing, actor.pose(layout, forward, self.turn)?))).collect()
        };
        let painted: Vec<_> = painted.into_iter().map(|one| capsules::kept_on_stage(look, one)).collect();
        capsules::draw(&mut scene, layout, &painted, &self.standings[1], look);
        self.pulse(&mut scene, layout, phase);
        scene
    }

    /// What has changed pulses once.
    fn pulse(&self, scene: &mut Scene, layout: &Layout, phase: f32) {
        let turn = if self.back { 0.0 } else { self.turn };
        if phase >= turn && phase < 1.0 && layout.detail > Detail::Marks {
            let progress = (phase - turn) / (1.0 - turn);
            self.changed.iter().for_each(|&id| nodes::pulse(scene, layout, id, progress));
        }
    }
}

fn faded(list: &[Standing], opacity: f32) -> Vec<capsules::Painted<'_>> {
    let seen = list.iter().filter(|standing| !standing.hidden);
    seen.map(|standing| {
        let (at, direction) = standing.way.at(standing.t);
        let at = at + super::geometry::point(0.0, standing.shift);
        (standing, motion::Pose { at, direction, size: 1.0, opacity })
    })
    .collect()
}

fn still_of(world: &World, look: &Look, shown: &Shown, layout: &Layout) -> Scene {
    let mut scene = Scene::new(look.width, look.height);
    let arrows = edges::of(world, layout, look);
    links::draw(&mut scene, layout, world, look);
    let sites = layout.shape.holds_parts();
    if sites {
        nodes::draw(&mut scene, layout, world, shown, look);
        edges::draw(&mut scene, layout, &arrows, look);
    } else {
        edges::draw(&mut scene, layout, &arrows, look);
        nodes::draw(&mut scene, layout, world, shown, look);
    }
    nodes::draw_gauges(&mut scene, layout, shown, look);
    if layout.detail == Detail::Full || sites {
        parts::draw(&mut scene, layout, shown, look);
    }
    nodes::write_words(&mut scene, layout, shown, look);
    ranges::draw(&mut scene, layout, world);
    links::draw_ways(&mut scene, layout, world, look);
    scene
}

/// The still layer of a world: links, nodes, arrows.
pub fn still(world: &World, look: &Look) -> Scene {
    let shown = Shown::of(world);
    still_of(world, look, &shown, &Layout::new(world, &shown, look))
}

/// The moving layer of a world at rest: its messages.
pub fn moving(world: &World, look: &Look) -> Scene {
    let mut network = Network::new();
    network.show(world, look);
    network.moving(1.0, false)
}

/// A world as a small picture without words, for a card of the catalogue.
pub fn miniature(world: &World, width: f32, height: f32) -> Scene {
    // Between nodes, arrows of waiting would cover the little that there is; between parts of sites they are the picture.
    let waits_for = world.setup().algorithm.node_shape.holds_parts();
    let look = Look { bare: true, labels: false, waits_for, ..Look::new(width, height) };
    let mut network = Network::new();
    network.show(world, &look);
    let mut scene = network.still(1.0).clone();
    scene.shapes.extend(network.moving(1.0, false).shapes);
    scene.hits.clear();
    scene
}

/// A shape elsewhere, in another size.
fn moved(shape: &Shape, corner: Point, scale: f32) -> Shape {
    let at = |point: Point| corner + point * scale;
    let form = match &shape.form {
        Form::Line(a, b) => Form::Line(at(*a), at(*b)),
        Form::Curve(a, c, b) => Form::Curve(at(*a), at(*c), at(*b)),
        Form::Circle(centre, radius) => Form::Circle(at(*centre), radius * scale),
        Form::Rect(rect, round) => {
            let rect = super::Rect::around(at(rect.centre()), rect.width * scale, rect.height * scale);
            Form::Rect(rect, round * scale)
        }
        Form::Triangle(corners) => Form::Triangle(corners.map(at)),
        Form::Path(points) => Form::Path(points.iter().copied().map(at).collect()),
        Form::Text(text) => Form::Text(super::Text { at: at(text.at), size: text.size * scale, ..text.clone() }),
    };
    let dash = shape.style.dash.map(|lengths| lengths.map(|length| length * scale));
    Shape { form, style: Style { width: shape.style.width * scale, dash, ..shape.style } }
}
