//! The ring election of Silberschatz' textbook. Every process sends its id once round the ring and lists the ids that pass
//! it. When its own id is back, all others have passed, because messages do not overtake each other: its list is complete,
//! and it takes the highest id in it for the leader. Nobody announces anything.

use crate::{
    Algorithm, AnyProcess, Context, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Plot, Relation, Timing},
    algorithms::{
        election::outcome::{self, Elector, KNOWN},
        ring,
    },
    property::Violation,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const COMPLETE: &str = "a list that is closed names everybody";

/// Silberschatz' ring election, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "election/ring-silberschatz",
    title: "Silberschatz' ring",
    summary: "Everybody lists the ids that pass; the list is complete when the own id is back.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Fifo,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    membership: Membership::Fixed,
    sources: &[
        "A. Silberschatz and P. B. Galvin, Operating System Concepts, 5th edition, 1998, chapter 18: election in a ring with active lists",
        "G. Le Lann, Distributed Systems: Towards a Formal Approach, IFIP Congress, 1977: every process sends its id round",
    ],
    texts: texts!(
        "election/ring-silberschatz",
        "ring_silberschatz",
        ["lists-fill", "all-start", "no-fifo", "lost", "forward-first"]
    ),
    scenarios: &["lists-fill", "all-start", "no-fifo", "lost", "forward-first"],
    properties: &[
        Property::always(COMPLETE, closed_lists_are_complete),
        Property::eventually(KNOWN, outcome::known_to_all::<Member>),
    ],
    costs: &[Cost {
        what: "ELECT",
        formula: "n²",
        relation: Relation::Exactly,
        count,
        when: "when all know the leader, whoever has started",
    }],
    bugs: &[Bug {
        id: "forward-first",
        title: "it forwards the id of another before it sends its own",
        lesson: "The own id must go before every other: it pushes them ahead of it round the ring. If it goes behind one of them, that one comes home with an incomplete list.",
        breaks: COMPLETE,
        scenario: "forward-first",
    }],
    plots: &[Plot { title: "ids in each list", unit: "ids", values: |world| outcome::plotted(world, length) }],
    milestones: &["Closes"],
    ring: Some(ring::of),
    configure: ring::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process of the ring. It knows its own id and its successor.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    /// The next on the ring: the only one to whom it sends.
    next: NodeId,
    /// The active list: itself and those whose ids have passed, in the order of their ids. Empty until it takes part.
    list: Vec<NodeId>,
    leader: Option<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// This one is there.
    Elect(NodeId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Start,
}

read_variants!(Request { Start });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It takes part.
    Joins,
    /// Its list is complete, and it follows this one.
    Closes(NodeId),
}

impl Process for Member {
    type Message = Message;
    type Timer = ();
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _from: NodeId, Message::Elect(id): Message, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if id == me {
            self.close(ctx);
        } else if self.list.is_empty() {
            ctx.line("join");
            if ctx.setup().variant("forward-first") {
                ctx.send(self.next, Message::Elect(id));
                self.join(ctx);
            } else {
                ctx.note(format_args!("{me} sends its own id first: it goes before that of {id}."));
                self.join(ctx);
                ctx.send(self.next, Message::Elect(id));
            }
            self.add(id);
        } else {
            ctx.line("add");
            self.add(id);
            ctx.send(self.next, Message::Elect(id));
        }
    }

    fn on_request(&mut self, Request::Start: Request, ctx: &mut Context<'_, Self>) {
        if let Some(reason) = self.refusal() {
            return ctx.note(reason);
        }
        ctx.line("start");
        self.join(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        vec![Offer { refused: self.refusal(), ..Offer::ready("Start an election", Request::Start) }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        let listed = || format!("lists {}", super::list(&self.list));
        match self.leader {
            Some(leader) if leader == self.me => Status::new("leader", Tone::Active).detail(listed()),
            Some(leader) => Status::new(format!("follows {leader}"), Tone::Idle).detail(listed()),
            None if self.list.is_empty() => Status::new("knows no leader", Tone::Idle),
            None => Status::new(format!("lists {}", self.list.len()), Tone::Waiting).detail(listed()),
        }
    }

    /// The next: by it the own id comes round, or does not.
    fn waits_for(&self) -> Vec<Wait> {
        let waits = self.leader.is_none() && !self.list.is_empty();
        if waits { vec![Wait::node(self.next, "its id to come round")] } else { vec![] }
    }
}

impl Elector for Member {
    fn leader(&self) -> Option<NodeId> {
        self.leader
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        Self { me, next: ring::after(&ring::of(setup), me), list: vec![], leader: None }
    }

    /// Why it cannot start an election.
    fn refusal(&self) -> Option<String> {
        match self.leader {
            Some(leader) => Some(format!("{} knows the leader: {leader}.", self.me)),
            None if self.list.is_empty() => None,
            None => Some(format!("{} takes part in an election already.", self.me)),
        }
    }

    fn join(&mut self, ctx: &mut Context<'_, Self>) {
        self.add(self.me);
        ctx.output(Output::Joins);
        ctx.send(self.next, Message::Elect(self.me));
    }

    fn add(&mut self, id: NodeId) {
        if let Err(place) = self.list.binary_search(&id) {
            self.list.insert(place, id);
        }
    }

    fn close(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        ctx.line("close");
        let leader = self.list.last().copied().unwrap_or(me);
        self.leader = Some(leader);
        ctx.note(format_args!(
            "{me}'s own id is back. It takes its list for complete: {}. {leader} leads.",
            super::list(&self.list)
        ));
        ctx.output(Output::Closes(leader));
    }
}

// Properties and costs.

fn length(process: &dyn AnyProcess) -> i64 {
    outcome::number::<Member>(process, |member| member.list.len() as i64)
}

/// The length of a list that is closed; −1 for one that is open.
fn closed(process: &dyn AnyProcess) -> i64 {
    outcome::number::<Member>(process, |member| if member.leader.is_some() { member.list.len() as i64 } else { -1 })
}

fn closed_lists_are_complete(world: &World) -> Result<(), Violation> {
    let n = world.members().len() as i64;
    for (who, length) in outcome::of_each(world, closed) {
        if (0..n).contains(&length) {
            let why = format!("{who} has closed its list, and it names only {length} of {n}.");
            return Err(Violation::new(why, [who]));
        }
    }
    Ok(())
}

fn count(world: &World) -> Option<(u64, u64)> {
    let as_planned = world.setup().variant.is_none() && world.broken_assumption().is_none();
    let over =
        world.flights().next().is_none() && outcome::of_each(world, closed).iter().all(|(_, length)| *length >= 0);
    let n = world.members().len() as u64;
    (as_planned && over).then(|| (world.tally().sent("Elect"), n * n))
}
