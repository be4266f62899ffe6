//! Happened-before by its definition, and random runs of a session with everything that a user can do.

use sim::{
    Cause, Effect, Event, MessageId, Mode, NodeId, Place, Scenario, Session, Step,
    causality::Relation,
    random::{Purpose, below, draw},
};
use std::collections::HashMap;

/// A session of a topic on a complete network.
pub fn session(topic: &str, nodes: u32, order: &str) -> Session {
    let json = serde_json::json!({"version": 1, "algorithm": topic, "name": "test", "title": "", "sentence": "",
        "nodes": nodes, "order": order, "delay": {"uniform": ["1 ms", "9 ms"]}});
    Session::new(Scenario::read(&json.to_string()).expect("it reads")).expect("it starts")
}

/// Takes so many events: what can happen, what can be asked, and whatever a user can do to a run.
pub fn wander(session: &mut Session, seed: u64, steps: u64) {
    for k in 0..steps {
        let bits = |purpose: u64| draw(seed, Purpose::Process, (purpose, 0), k);
        let pick = |from: &[Event], purpose| from[below(bits(purpose), from.len() as u64) as usize];
        let enabled = session.world().enabled(Mode::Untimed);
        let flights: Vec<MessageId> = session.world().flights().map(|flight| flight.id).collect();
        let nodes = session.world().nodes().len() as u64;
        let node = NodeId(below(bits(1), nodes) as u32);
        let mut acts = vec![Event::Crash(node), Event::Recover(node), Event::Recover(node), Event::Pause(node)];
        acts.extend([Event::Resume(node), Event::Resume(node)]);
        if below(bits(2), 20) == 0 {
            acts.extend([Event::AddNode(Place { x: 500, y: 500 }), Event::RemoveNode(node)]);
        }
        if !flights.is_empty() {
            let id = flights[below(bits(3), flights.len() as u64) as usize];
            acts.extend([Event::Drop(id), Event::Duplicate(id), Event::Hold(id), Event::Release(id)]);
        }
        let event = match below(bits(4), 100) {
            0..25 => pick(&acts, 5),
            25..50 => asked(session, node, bits(6)).unwrap_or_else(|| pick(&acts, 5)),
            _ if !enabled.is_empty() => pick(&enabled, 7),
            _ => asked(session, node, bits(8)).unwrap_or(Event::Resume(node)),
        };
        // What is refused changes nothing.
        let _ = session.take(event);
    }
}

fn asked(session: &mut Session, node: NodeId, bits: u64) -> Option<Event> {
    let world = session.world();
    let offers = world.node(node)?.process().offers(&world.view(node));
    let ready: Vec<_> = offers
        .into_iter()
        .filter_map(|offer| match offer.ask {
            sim::process::Ask::Ready(ask) => Some(ask),
            sim::process::Ask::Form { .. } => None,
        })
        .collect();
    let ask = ready.get(below(bits, ready.len().max(1) as u64) as usize)?.clone();
    session.request(node, serde_json::to_value(&ask).ok()?).ok()
}

/// All events, in the order in which they happened, and the closure of what leads directly from one to the next.
pub struct Oracle {
    /// By step and node: a step in which several nodes hear of a change has one of each that does something.
    pub events: Vec<(u32, NodeId)>,
    /// Which step is the event of which node.
    own: Vec<bool>,
    edges: Vec<Vec<bool>>,
    reaches: Vec<Vec<bool>>,
    messages: Vec<(MessageId, u32, u32, NodeId)>,
}

impl Oracle {
    pub fn of(session: &Session) -> Self {
        let mut events: Vec<(u32, NodeId, bool)> = vec![];
        let mut sent: HashMap<(NodeId, u32), u32> = HashMap::new();
        let mut received: Vec<(MessageId, u32, NodeId)> = vec![];
        session.visit(1..session.end() + 1, &mut |depth, step, _| {
            if let Some(node) = happens(step, session) {
                events.push((depth, node, true));
                if let Cause::Message { id, .. } = &step.cause {
                    received.push((*id, depth, node));
                }
            }
            for effect in &step.effects {
                if let Effect::Sent { id, .. } = effect
                    && id.copy == 0
                {
                    sent.insert((id.from, id.number), depth);
                    if !events.iter().any(|&(at, node, _)| (at, node) == (depth, id.from)) {
                        events.push((depth, id.from, false));
                    }
                }
            }
        });
        let index = |depth: u32, node: NodeId| events.iter().position(|&(at, of, _)| (at, of) == (depth, node));
        let n = events.len();
        let mut edges = vec![vec![false; n]; n];
        for (later, &(_, node, _)) in events.iter().enumerate() {
            if let Some(before) = events[..later].iter().rposition(|&(_, other, _)| other == node) {
                edges[before][later] = true;
            }
        }
        let mut messages = vec![];
        for (id, depth, node) in received {
            let from = sent.get(&(id.from, id.number)).copied();
            if let (Some(from), Some(to)) = (from.and_then(|depth| index(depth, id.from)), index(depth, node)) {
                edges[from][to] = true;
                messages.push((id, events[from].0, depth, node));
            }
        }
        let mut reaches = edges.clone();
        for k in 0..n {
            for i in 0..n {
                if reaches[i][k] {
                    let through = reaches[k].clone();
                    reaches[i].iter_mut().zip(through).for_each(|(known, more)| *known |= more);
                }
            }
        }
        let own = events.iter().map(|event| event.2).collect();
        Self { events: events.iter().map(|&(depth, node, _)| (depth, node)).collect(), own, edges, reaches, messages }
    }

    /// The events that are a step's own.
    pub fn selectable(&self) -> impl Iterator<Item = (u32, NodeId)> {
        self.events.iter().zip(&self.own).filter(|(_, own)| **own).map(|(event, _)| *event)
    }

    fn index(&self, event: (u32, NodeId)) -> usize {
        self.events.iter().position(|&known| known == event).expect("an event")
    }

    pub fn relation(&self, first: (u32, NodeId), second: (u32, NodeId)) -> Relation {
        let (a, b) = (self.index(first), self.index(second));
        match (a == b, self.reaches[a][b], self.reaches[b][a]) {
            (true, ..) => Relation::Same,
            (_, true, false) => Relation::Before,
            (_, false, true) => Relation::After,
            (_, false, false) => Relation::Concurrent,
            (_, true, true) => panic!("{first:?} and {second:?} are before each other"),
        }
    }

    /// With how few messages each event is reached from one: by relaxing all edges until nothing changes.
    pub fn fewest_messages(&self, from: (u32, NodeId)) -> Vec<Option<u32>> {
        let mut fewest: Vec<Option<u32>> = vec![None; self.events.len()];
        fewest[self.index(from)] = Some(0);
        loop {
            let before = fewest.clone();
            for (a, row) in self.edges.iter().enumerate() {
                for b in (0..row.len()).filter(|&b| row[b]) {
                    let Some(known) = fewest[a] else { continue };
                    let next = known + u32::from(self.events[a].1 != self.events[b].1);
                    fewest[b] = Some(fewest[b].map_or(next, |old| old.min(next)));
                }
            }
            if fewest == before {
                return fewest;
            }
        }
    }

    /// Whether this message was sent in one step and received in the other.
    pub fn delivered(&self, id: MessageId, sent: u32, received: u32, to: NodeId) -> bool {
        self.messages.contains(&(id, sent, received, to))
    }

    /// Every received message: from which step to which, by which node.
    pub fn messages(&self) -> &[(MessageId, u32, u32, NodeId)] {
        &self.messages
    }

    /// Whether a beginning of every line holds, with every event, all that happened before it.
    pub fn is_closed(&self, inside: &dyn Fn(u32, NodeId) -> bool) -> bool {
        let within: Vec<bool> = self.events.iter().map(|&(depth, node)| inside(depth, node)).collect();
        (0..within.len()).all(|b| !within[b] || (0..within.len()).all(|a| within[a] || !self.reaches[a][b]))
    }
}

/// Where a step was an event of a process, told from what it did and not from its stamps.
fn happens(step: &Step, session: &Session) -> Option<NodeId> {
    let node = step.node?;
    let event = match step.event? {
        Event::Script(k) => session.setup().script[k as usize].event,
        event => event,
    };
    let happens = match event {
        Event::Deliver(_) => matches!(step.cause, Cause::Message { .. }),
        Event::Fire(_) => matches!(step.cause, Cause::Timer(_)),
        // One that was refused, or that nobody heard, did not tick.
        Event::Request(..) | Event::Arrive(_) => step.stamps.event.lamport > 0,
        _ => true,
    };
    happens.then_some(node)
}
