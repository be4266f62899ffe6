//! What happened in a window of the run, as plain data.

use crate::scene::network::hue;
use crate::sorted::Map;
use crate::{Cause, Effect, Event, Life, MessageId, Micros, NodeId, Session, Step, Tone, World};
use std::ops::Range;

/// What an event is on its node's line.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// A message arrived.
    Receive {
        /// Which.
        id: MessageId,
        /// When it was sent.
        sent_at: Micros,
        /// Its hue.
        hue: u8,
    },
    /// A request, a timer, or something that the process did by itself.
    Local,
    /// The node went down.
    Crash,
    /// The node came back.
    Recover,
    /// Something else was done to the node or the network.
    Other,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Row {
    /// How many steps from the start.
    pub depth: u32,
    /// The node at which it happened, if at one.
    pub node: Option<NodeId>,
    /// Whether it was an event of the process there, and not only something that reached its place.
    pub happens: bool,
    /// What it is.
    pub kind: Kind,
    /// What it sent.
    pub sent: Vec<Sent>,
    /// Messages that were lost in it, and their hues.
    pub lost: Vec<(MessageId, u8)>,
    /// The Lamport stamps of the event and of what it sent.
    pub stamps: (u64, Option<u64>),
    /// The vector stamps, likewise, where they are kept.
    pub vectors: (Option<Vec<u32>>, Option<Vec<u32>>),
    /// What the node's state means afterwards.
    pub tone: Tone,
    /// Its word.
    pub word: String,
    /// Whether an assumption or a property broke here.
    pub breaks: bool,
}

/// A message that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Which.
    pub id: MessageId,
    /// To whom.
    pub to: NodeId,
    /// When it is due.
    pub due: Micros,
    /// Its hue.
    pub hue: u8,
    /// What its capsule says.
    pub label: String,
}

/// The state of a node where the window begins.
#[derive(Clone, Debug)]
pub struct Start {
    /// What it means.
    pub tone: Tone,
    /// Its word.
    pub word: String,
    /// Whether the node is up.
    pub up: bool,
}

/// A window of the run.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// The events, in order.
    pub rows: Vec<Row>,
    /// The nodes where it begins.
    pub starts: Vec<Start>,
    /// The names of the nodes at its end.
    pub names: Vec<String>,
}

/// The events whose steps lie in `range`.
pub fn window(session: &Session, range: Range<u32>) -> Window {
    let mut window = Window::default();
    let verdicts: Map<u32, bool> = session
        .marks()
        .map(|(id, verdicts)| (session.moment(id).depth, verdicts.iter().any(crate::Verdict::is_broken)))
        .filter(|(depth, _)| range.contains(depth))
        .collect();
    session.visit(range, &mut |depth, step, world| {
        if window.rows.is_empty() {
            window.starts = starts(step, world);
        }
        let mut row = row(depth, step, world);
        row.breaks |= verdicts.get(&depth).copied().unwrap_or(false);
        window.rows.push(row);
        window.names.clear();
        window.names.extend(world.nodes().iter().map(|node| node.name().to_owned()));
    });
    if window.rows.is_empty() {
        let world = session.world();
        window.starts = starts(&Step::default(), world);
        window.names = world.nodes().iter().map(|node| node.name().to_owned()).collect();
    }
    window
}

/// The nodes just after the first event: the one at which it happened is told by its row.
fn starts(step: &Step, world: &World) -> Vec<Start> {
    let start = |(index, node): (usize, &crate::Node)| {
        let changed = step.node.is_some_and(|node| node.index() == index);
        let status = node.status();
        let tone = if changed { Tone::Idle } else { status.tone };
        let crashed_now = changed && matches!(step.event, Some(Event::Crash(_) | Event::RemoveNode(_)));
        Start { tone, word: status.word, up: node.life() == Life::Up || crashed_now }
    };
    world.nodes().iter().enumerate().map(start).collect()
}

fn row(depth: u32, step: &Step, world: &World) -> Row {
    let kind = match (&step.cause, step.event.map(|event| world.setup().unscripted(event))) {
        (Cause::Message { id, payload, sent_at }, _) => {
            Kind::Receive { id: *id, sent_at: *sent_at, hue: hue(world, payload.kind()) }
        }
        (Cause::Timer(_) | Cause::Request(_), _) => Kind::Local,
        (_, Some(Event::Crash(_) | Event::RemoveNode(_))) => Kind::Crash,
        (_, Some(Event::Recover(_) | Event::AddNode(_))) => Kind::Recover,
        _ => Kind::Other,
    };
    let mut sent = Vec::new();
    let mut lost = Vec::new();
    for effect in &step.effects {
        match effect {
            Effect::Sent { id, to, payload, due } => sent.push(Sent {
                id: *id,
                to: *to,
                due: *due,
                hue: hue(world, payload.kind()),
                label: world.telling(id.from, payload),
            }),
            Effect::Lost { id, payload, .. } => lost.push((*id, hue(world, payload.kind()))),
            _ => {}
        }
    }
    let status = step.node.and_then(|id| world.node(id)).map(crate::Node::status);
    let vector = |stamp: &crate::Stamp| stamp.vector.as_ref().map(|vector| vector.to_vec());
    let sent_stamp = step.stamps.sent.as_ref();
    Row {
        depth,
        node: step.node,
        happens: crate::causality::place(step, world.setup()).is_some(),
        kind,
        sent,
        lost,
        stamps: (step.stamps.event.lamport, sent_stamp.map(|stamp| stamp.lamport)),
        vectors: (vector(&step.stamps.event), sent_stamp.and_then(vector)),
        tone: status.as_ref().map_or(Tone::Idle, |status| status.tone),
        word: status.map(|status| status.word).unwrap_or_default(),
        breaks: step.broke.is_some(),
    }
}
