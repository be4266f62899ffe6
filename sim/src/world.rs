//! The world: nodes, links, messages in flight, timers, and the one way in which it changes, [`World::take`].

mod admit;
mod agenda;
mod apply;
mod choices;
mod host;
mod keys;
mod network;
mod node;
mod slab;
mod tally;

pub use agenda::Planned;
pub use choices::{Choice, Mode};
pub use network::{Flight, Route};
pub use node::{Life, Node, Timer};
pub use tally::Tally;

use crate::{
    Assumption, Datum, Effect, Event, Fingerprint, Link, LinkId, MessageId, Micros, NodeId, Payloads, Setup, Step,
    TimerId, View, erased::Input, link,
};
use agenda::Agenda;
use slab::Slab;
use std::sync::Arc;

/// Why an event cannot be taken, as a sentence for the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal(pub String);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Refusal {}

/// Which logical stamps are kept (SEMANTICS 22). Experiments and search keep none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stamping {
    /// None.
    None,
    /// Lamport's.
    Lamport,
    /// Lamport's, and vectors up to [`World::MAX_VECTOR_NODES`] nodes.
    Vectors,
}

/// One state of the whole system. A clone shares what has not changed.
#[derive(Clone)]
pub struct World {
    setup: Arc<Setup>,
    stamping: Stamping,
    now: Micros,
    nodes: Vec<Node>,
    members: Arc<[NodeId]>,
    links: Arc<Vec<Link>>,
    /// Raised whenever a route may have changed.
    topology: u32,
    flights: Slab<Flight>,
    timers: Slab<Timer>,
    planned: Slab<Planned>,
    agenda: Agenda,
    held: u32,
    policy: Option<Datum>,
    breaches: Vec<(Assumption, Micros)>,
    tally: Tally,
}

impl World {
    /// The most nodes for which vector stamps are kept.
    pub const MAX_VECTOR_NODES: usize = 64;

    /// The world of a scenario, started: every process has run `on_start`. What that did is left in `step`.
    pub fn new(setup: Arc<Setup>, stamping: Stamping, step: &mut Step) -> Self {
        let count = setup.nodes.len() as u32;
        let stamping = if count as usize > Self::MAX_VECTOR_NODES { stamping.min(Stamping::Lamport) } else { stamping };
        let mut world = Self {
            stamping,
            now: Micros::ZERO,
            nodes: (0..count).map(|k| Node::new(&setup, NodeId(k), stamping == Stamping::Vectors)).collect(),
            members: (0..count).map(NodeId).collect(),
            links: Arc::new(setup.links.clone()),
            topology: 0,
            flights: Slab::default(),
            timers: Slab::default(),
            planned: Slab::default(),
            agenda: Agenda::default(),
            held: 0,
            policy: setup.policy.clone(),
            breaches: vec![],
            tally: Tally::default(),
            setup,
        };
        step.clear();
        // A scenario may break an assumption from its first moment on: links that lose messages.
        let assumed = world
            .links
            .iter()
            .enumerate()
            .find_map(|(index, link)| world.would_break(Event::SetLoss(LinkId(index as u32), link.loss)));
        world.break_assumption(assumed, step);
        world.plan_script();
        for node in 0..count {
            world.plan_workload(NodeId(node), crate::scenario::WorkloadRule::START);
            world.run(NodeId(node), Input::Start, None, step);
            step.stamps = crate::Stamps::default();
        }
        world.answer_outputs(step);
        world
    }

    /// The scenario, as prepared.
    pub fn setup(&self) -> &Arc<Setup> {
        &self.setup
    }
    /// The time of the latest event.
    pub fn now(&self) -> Micros {
        self.now
    }
    /// Every node that ever was, in the order of their ids; those removed are tombstones.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    /// The node of this id; nothing where there never was one.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }
    /// The nodes that are members, up or down.
    pub fn members(&self) -> &[NodeId] {
        &self.members
    }
    /// The processes of type `P` that are up, with their nodes: what properties look at.
    pub fn live<P: crate::Process>(&self) -> impl Iterator<Item = (NodeId, &P)> {
        self.processes().filter(|(id, _)| self.nodes[id.index()].life() == Life::Up)
    }
    /// The processes of type `P`, up or down, with their nodes.
    pub fn processes<P: crate::Process>(&self) -> impl Iterator<Item = (NodeId, &P)> {
        self.members.iter().filter_map(|&id| Some((id, self.process_at(id)?)))
    }
    /// The process of this node, up or down, where it is of type `P`.
    pub fn process_at<P: crate::Process>(&self, id: NodeId) -> Option<&P> {
        self.node(id)?.process().as_any().downcast_ref()
    }
    /// Every link that ever was, in the order of their ids.
    pub fn links(&self) -> &[Link] {
        &self.links
    }
    /// The link of this id; nothing where there never was one.
    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.index())
    }
    /// The messages in flight, in no order that means anything.
    pub fn flights(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter()
    }
    /// The message in flight of this id.
    pub fn flight(&self, id: MessageId) -> Option<&Flight> {
        self.flights.iter().find(|flight| flight.id == id)
    }
    /// The timers that are set, in no order that means anything.
    pub fn timers(&self) -> impl Iterator<Item = &Timer> {
        self.timers.iter()
    }
    /// The timer of this id.
    pub fn timer(&self, id: TimerId) -> Option<&Timer> {
        self.timers.iter().find(|timer| timer.id == id)
    }
    /// What the script and the workload have planned, in no order that means anything.
    pub fn planned(&self) -> impl Iterator<Item = &Planned> {
        self.planned.iter()
    }
    /// The policy in force.
    pub fn policy(&self) -> Option<&Datum> {
        self.policy.as_ref()
    }
    /// What was counted since the start.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
    /// The assumptions that were broken, with the times, each once.
    pub fn breaches(&self) -> &[(Assumption, Micros)] {
        &self.breaches
    }
    /// The assumption that was broken first, if any.
    pub fn broken_assumption(&self) -> Option<Assumption> {
        self.breaches.first().map(|&(assumption, _)| assumption)
    }
    /// Whether nothing is pending: no message, no timer, no plan.
    pub fn is_quiet(&self) -> bool {
        self.flights.is_empty() && self.timers.is_empty() && self.planned.is_empty()
    }
    /// How many things are pending.
    pub fn pending(&self) -> usize {
        self.flights.len() + self.timers.len() + self.planned.len()
    }
    /// About how many bytes a copy of it takes.
    pub(crate) fn bytes(&self) -> usize {
        let nodes: usize = self.nodes.iter().map(Node::bytes).sum();
        // With its place in the queue.
        nodes + self.pending() * (size_of::<Flight>() + 16)
    }
    /// "You are holding 3 messages.", "You have paused P1.", or nothing.
    pub fn held_by_user(&self) -> Option<String> {
        if self.held > 0 {
            let s = if self.held == 1 { "" } else { "s" };
            return Some(format!("You are holding {} message{s}.", self.held));
        }
        let paused = self.members.iter().find(|id| self.nodes[id.index()].is_paused())?;
        Some(format!("You have paused {}.", self.name(*paused)))
    }
    /// The name of a node.
    pub fn name(&self, id: NodeId) -> &str {
        self.nodes.get(id.index()).map_or("?", Node::name)
    }
    /// The same sentence with the nodes called by their names, where an algorithm calls them by their numbers: P0. Where
    /// nodes are sites or machines, P0 is something else.
    pub fn with_names(&self, sentence: &str) -> String {
        let algorithm = self.setup.algorithm;
        if algorithm.node_prefix != "P" || algorithm.first_number != 0 {
            return sentence.to_owned();
        }
        let mut named = String::with_capacity(sentence.len());
        let mut rest = sentence;
        while let Some(at) = rest.find('P') {
            let (before, from) = rest.split_at(at);
            let digits = from[1..].bytes().take_while(u8::is_ascii_digit).count();
            let (word, after) = from.split_at(1 + digits);
            named.push_str(before);
            let inside = |end: Option<char>| end.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            let whole = !inside(named.chars().next_back()) && !inside(after.chars().next());
            let number = word[1..].parse().ok().filter(|_| whole);
            named.push_str(number.and_then(|number| self.node(NodeId(number))).map_or(word, Node::name));
            rest = after;
        }
        named.push_str(rest);
        named
    }
    /// What a process may look at without acting.
    pub fn view(&self, id: NodeId) -> View<'_> {
        View {
            me: id,
            members: &self.members,
            clock: self.nodes[id.index()].clock_at(self.now),
            policy: self.policy.as_ref(),
            setup: &self.setup,
        }
    }
    /// What a node shows.
    pub fn status(&self, id: NodeId) -> crate::Status {
        let mut status = self.nodes[id.index()].status_of(|process| process.status_in(&self.view(id)));
        for words in [&mut status.word, &mut status.detail] {
            if words.contains('P') {
                *words = self.with_names(words);
            }
        }
        status
    }
    /// What all nodes show, by index, with what they say of each other.
    pub fn statuses(&self) -> Vec<crate::Status> {
        let ids = (0..self.nodes.len() as u32).map(NodeId);
        let mut statuses: Vec<crate::Status> = ids.map(|id| self.status(id)).collect();
        let said: Vec<Vec<crate::Flag>> = statuses.iter_mut().map(|status| std::mem::take(&mut status.flags)).collect();
        for (index, status) in statuses.iter_mut().enumerate() {
            let about = |flag: &&crate::Flag| flag.on.index() == index;
            for (by, flag) in said.iter().enumerate().filter_map(|(by, flags)| Some((by, flags.iter().find(about)?))) {
                let name = self.nodes[by].name();
                let (before, words) = match status.flags.last() {
                    Some(last) if last.what == flag.what => (", ", name.to_owned()),
                    _ => (if status.detail.is_empty() { "" } else { "; " }, format!("{}, says {name}", flag.what)),
                };
                status.detail = format!("{}{before}{words}", status.detail);
                status.flags.push(flag.clone());
            }
        }
        statuses
    }
    /// What a message's capsule says. Nodes in it have the names of this world.
    pub fn telling(&self, from: NodeId, payload: &Datum) -> String {
        let telling = self.nodes[from.index()].process().telling(payload);
        let plain = payload.reflect();
        // What an algorithm has put in words of its own stays as it is.
        if telling == plain.telling() {
            plain.with_names(&|node| self.name(node).to_owned()).telling()
        } else {
            telling
        }
    }

    /// Takes one event; `step` tells what it did. A refusal leaves the world as it was.
    pub fn take(&mut self, event: Event, payloads: &Payloads, step: &mut Step) -> Result<(), Refusal> {
        let due = self.admit(event, payloads)?;
        let broke = self.would_break(event);
        self.begin(event, due, step);
        self.break_assumption(broke, step);
        self.apply(event, payloads, step);
        Ok(())
    }

    /// Play: takes the earliest pending item by (due, class, sequence). `None` when nothing can happen by itself.
    pub fn next(&mut self, payloads: &Payloads, step: &mut Step) -> Option<Event> {
        let (event, due, slot) = self.pop_next()?;
        // Play takes what is due next, and still may deliver out of order where the channel allows what the algorithm
        // does not bear.
        let broke = if self.setup.algorithm.is_watchful() { self.would_break(event) } else { None };
        self.begin(event, due, step);
        self.break_assumption(broke, step);
        match event {
            Event::Deliver(_) => self.deliver(slot, step),
            _ => self.apply_item(event, slot, payloads, step),
        }
        Some(event)
    }

    /// Moves time and opens the record of a step.
    fn begin(&mut self, event: Event, due: Micros, step: &mut Step) {
        step.clear();
        step.event = Some(event);
        step.before = self.now;
        let passed = due.since(self.now).0;
        for growth in self.setup.algorithm.growths.iter().filter(|_| passed > 0) {
            let rate = u64::try_from((growth.rate)(self)).unwrap_or(0);
            self.tally.grow(growth.name, passed * rate);
        }
        self.now = self.now.max(due);
        step.at = self.now;
        self.tally.events += 1;
    }

    /// Names an assumption that is broken from now on.
    fn break_assumption(&mut self, broke: Option<Assumption>, step: &mut Step) {
        let Some(assumption) = broke else { return };
        step.broke = Some(assumption);
        if self.breaches.iter().all(|&(known, _)| known != assumption) {
            self.breaches.push((assumption, self.now));
        }
    }

    /// The fingerprint of all that determines the rest of the run and all that is shown.
    pub fn digest(&self) -> Fingerprint {
        keys::digest(self)
    }
    /// The fingerprint by which the search knows a state again: no time, id, stamp, place or counter.
    pub fn state_key(&self, mode: Mode) -> Fingerprint {
        keys::state_key(self, mode)
    }

    fn lose(&mut self, id: MessageId, to: NodeId, payload: Datum, why: &'static str, step: &mut Step) {
        self.tally.lost += 1;
        step.effects.push(Effect::Lost { id, to, payload, why });
    }

    /// A link between these two that is up.
    fn link_between(&self, a: NodeId, b: NodeId) -> Option<LinkId> {
        let ends = (a.min(b), a.max(b));
        self.links.iter().position(|link| link.ends == ends && link.is_up()).map(|index| LinkId(index as u32))
    }

    fn links_mut(&mut self) -> &mut Vec<Link> {
        self.topology += 1;
        Arc::make_mut(&mut self.links)
    }

    fn add_link(&mut self, a: NodeId, b: NodeId) {
        let new = link::new_link((a, b), self.setup.delay, self.setup.order);
        self.links_mut().push(new);
    }
}
