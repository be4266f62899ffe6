//! What a user chooses: a selection, overlays, a speed, a tab, a tool.

use sim::{LinkId, MessageId, NodeId, World, scene::Target};

/// What is selected, on every view at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    /// A node.
    Node(NodeId),
    /// A message in flight.
    Message(MessageId),
    /// A link.
    Link(LinkId),
    /// A part of a node.
    Part(NodeId, sim::PartId),
    /// The event after so many steps of the branch in view.
    Event(u32),
}

impl Selection {
    /// What a hit on a picture selects; nothing for a pile, which opens, or the line of now.
    pub fn of(target: &Target) -> Option<Self> {
        match *target {
            Target::Node(id) => Some(Self::Node(id)),
            Target::Part(node, part) => Some(Self::Part(node, part)),
            Target::Link(id) | Target::Way(id, _) => Some(Self::Link(id)),
            Target::Message(id) | Target::Pending(id) => Some(Self::Message(id)),
            Target::Event(depth) | Target::Arrowhead(depth) => Some(Self::Event(depth)),
            Target::Arrow(node, from, _) => Some(Self::Part(node, from)),
            Target::Pile(_) | Target::Now | Target::Cut(_) => None,
        }
    }
}

/// The clock beside each node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Badge {
    /// None.
    None,
    /// The Lamport stamp of the latest event.
    #[default]
    Lamport,
    /// The vector stamp.
    Vector,
    /// The reading of the node's own clock.
    Physical,
}

/// What is drawn over the network and the space–time diagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlays {
    /// The links.
    pub links: bool,
    /// Who waits for whom.
    pub waits_for: bool,
    /// The order of the ring, where the algorithm has one.
    pub ring: bool,
    /// Past and future of the selected event.
    pub causality: bool,
    /// The clock beside each node.
    pub badge: Badge,
}

impl Overlays {
    /// What is drawn at first: a ring where the links do not show it.
    pub fn new(world: &World) -> Self {
        let ring = world.links().len() > world.nodes().len();
        // On a bench there is nothing to be stamped.
        let stamps = world.setup().algorithm.stamps && !takes_parts(world);
        let badge = if stamps { Badge::Lamport } else { Badge::None };
        Self { links: !sim::scene::network::has_tree(world), waits_for: true, ring, causality: true, badge }
    }
}

/// How fast Play goes, in words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Speed {
    /// Time to explain.
    Slow,
    /// Time to watch.
    Normal,
    /// Time to see what happens.
    Fast,
    /// As many events a frame as there is time for.
    Unbounded,
}

impl Speed {
    /// All of them, slowest first.
    pub const ALL: [Self; 4] = [Self::Slow, Self::Normal, Self::Fast, Self::Unbounded];

    /// The word on the control.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Normal => "normal",
            Self::Fast => "fast",
            Self::Unbounded => "as fast as it goes",
        }
    }

    /// How long the motion of one step takes, in milliseconds.
    pub fn step_millis(self) -> f64 {
        match self {
            Self::Slow => 1_000.0,
            Self::Normal => 500.0,
            Self::Fast => 140.0,
            Self::Unbounded => 0.0,
        }
    }
}

/// The tabs of the inspector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tab {
    /// What just happened and what can happen next.
    Now,
    /// The fields of the nodes.
    State,
    /// The properties.
    Checks,
    /// What it costs.
    Cost,
    /// What can be plotted.
    Charts,
    /// The article.
    Read,
}

/// What a pointer does on the stage in edit mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tool {
    /// Drag nodes.
    Move,
    /// A click adds a node.
    AddNode,
    /// A drag from node to node adds a link.
    Connect,
    /// A click deletes a node or a link.
    Delete,
    /// A line drawn across the network partitions it.
    Partition,
    /// A click adds a part to a bench: the kind of this position among those that it takes.
    AddPart(usize),
}

/// Whether parts can be added to some node by hand: a bench.
pub fn takes_parts(world: &World) -> bool {
    world.nodes().first().is_some_and(|node| !node.process().addable().is_empty())
}
