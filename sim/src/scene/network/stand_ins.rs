//! Words for what is on the stage: the page keeps a focusable element for each thing that can be hit.

use crate::order::Order as _;
use crate::{
    LinkId, MessageId, PartId, World,
    scene::{Rect, Scene, Target},
};

/// What a focusable element stands for, what it is called and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct StandIn {
    /// What it stands for.
    pub target: Target,
    /// Its name: "P0, in the critical section, owes a reply to P2".
    pub label: String,
    /// Where it is on the stage.
    pub rect: Rect,
}

/// Stand-ins for everything that can be hit on these layers, each target once, in the order of nodes, parts, messages
/// and links. At most `MOST`: past it a list serves better than a stage.
pub fn stand_ins(world: &World, layers: &[&Scene]) -> Vec<StandIn> {
    let mut found: Vec<StandIn> = Vec::new();
    for hit in layers.iter().flat_map(|scene| &scene.hits) {
        if found.len() >= MOST {
            break;
        }
        if found.iter().all(|one| one.target != hit.target) {
            found.push(StandIn {
                target: hit.target.clone(),
                label: name(world, &hit.target),
                rect: hit.area.bounds(),
            });
        }
    }
    found.order_by_key(|one| match one.target {
        Target::Node(_) => 0,
        Target::Part(..) | Target::Arrow(..) => 1,
        Target::Message(_) | Target::Pile(_) => 2,
        _ => 3,
    });
    found
}

/// The most stand-ins that are made.
pub const MOST: usize = 400;

/// What a target is called.
pub fn name(world: &World, target: &Target) -> String {
    match target {
        Target::Node(id) => {
            if world.node(*id).is_none() {
                return String::new();
            }
            let status = world.status(*id);
            listed([world.name(*id), &status.word, &status.detail])
        }
        Target::Part(node, id) => {
            let parts = world.node(*node).map_or_else(Vec::new, |seat| seat.process().parts());
            let part = parts.into_iter().find(|part| part.id == *id);
            part.map_or_else(String::new, |part| listed([&part.name, &part.word, &format!("on {}", world.name(*node))]))
        }
        Target::Arrow(node, from, to) => {
            let name =
                |part: PartId| name(world, &Target::Part(*node, part)).split(',').next().unwrap_or("").to_owned();
            format!("arrow from {} to {}", name(*from), name(*to))
        }
        Target::Link(id) => link(world, *id),
        Target::Way(id, end) => {
            format!("the delay of what {} sends over the {}: drag it", world.name(*end), link(world, *id))
        }
        Target::Message(id) | Target::Pending(id) => message(world, *id),
        Target::Pile(ids) => match ids.first().and_then(|id| world.flight(*id)) {
            Some(flight) => {
                format!("{} messages from {} to {}", ids.len(), world.name(flight.id.from), world.name(flight.to))
            }
            None => format!("{} messages", ids.len()),
        },
        Target::Event(depth) => format!("event {depth}"),
        Target::Arrowhead(depth) => format!("delivery at event {depth}: drag it later"),
        Target::Now => "now".into(),
        Target::Cut(node) => format!("the cut on the line of {}", world.name(*node)),
    }
}

fn link(world: &World, id: LinkId) -> String {
    let Some(link) = world.link(id) else { return "link".into() };
    let state = match (link.cut, link.severed) {
        (true, _) => "cut",
        (false, true) => "severed by the partition",
        (false, false) => "",
    };
    let ends = format!("link {}–{}", world.name(link.ends.0), world.name(link.ends.1));
    listed([&ends, state, ""])
}

fn message(world: &World, id: MessageId) -> String {
    let Some(flight) = world.flight(id) else { return id.to_string() };
    let words = world.telling(id.from, &flight.payload);
    let way = format!("{words} from {} to {}", world.name(id.from), world.name(flight.to));
    listed([&way, if flight.held { "held" } else { "" }, ""])
}

fn listed(words: [&str; 3]) -> String {
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(", ")
}
