//! Raymond's mutual exclusion: the processes form a tree, and each knows only its neighbours and in which direction the
//! privilege is. Requests travel towards it, the privilege comes back the same way, and every edge turns round as it
//! passes. It costs O(log n) messages an entry on a tree that is well balanced, and less the more want in.

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, entries_at_rest,
        every_request_is_served, list, plot,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
};
use crate::{
    Algorithm, Context, Datum, Never, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Violation,
    Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Plot, Relation, Timing},
    json::{Json, Read as _},
    read_record, texts,
};
use serde::Serialize;
use std::sync::Arc;

const ONE_PRIVILEGE: &str = "there is exactly one privilege";

/// Raymond's algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/raymond",
    title: "Raymond's tree",
    summary: "Ask only the neighbour towards the privilege; it comes back along the tree.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "K. Raymond, A Tree-Based Algorithm for Distributed Mutual Exclusion, ACM Transactions on Computer Systems 7(1), 1989, pages 61–77",
    ],
    texts: texts!(
        "mutex/raymond",
        "raymond",
        [
            "line-of-three",
            "all-leaves",
            "long-line",
            "workload",
            "inner-crash",
            "no-using-test",
            "keep-asked",
            "no-follow"
        ]
    ),
    scenarios: &[
        "line-of-three",
        "all-leaves",
        "long-line",
        "workload",
        "inner-crash",
        "no-using-test",
        "keep-asked",
        "no-follow",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(ONE_PRIVILEGE, exactly_one_privilege),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2 × diameter × entries",
        relation: Relation::AtMost,
        count: |world| {
            let entries = entries_at_rest::<Member>(world)?;
            Some((world.tally().sent_in_all(), 2 * diameter(world.setup()) * entries))
        },
        when: "when all is at rest",
    }],
    bugs: &[
        Bug {
            id: "no-using-test",
            title: "the privilege is passed on while its holder is inside",
            lesson: "Holding the privilege and using it are two things. Who forgets the second gives away what it stands on.",
            breaks: ONE_INSIDE,
            scenario: "no-using-test",
        },
        Bug {
            id: "keep-asked",
            title: "ASKED is not reset when the privilege is passed on",
            lesson: "ASKED means: a request of mine is under way in the direction of HOLDER. When the direction changes, it is not true any more, and whoever is left in the queue waits for ever.",
            breaks: SERVED,
            scenario: "keep-asked",
        },
        Bug {
            id: "no-follow",
            title: "no REQUEST follows a privilege that is passed on with others still in the queue",
            lesson: "Assign, then ask: who gives the privilege away while others wait behind must ask for it back at once.",
            breaks: SERVED,
            scenario: "no-follow",
        },
    ],
    plots: &[
        Plot { title: "who wants in", unit: "processes", values: plot::<Member> },
        Plot { title: "length of each queue", unit: "neighbours", values: queues },
    ],
    milestones: &["Entered"],
    configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process. It knows its neighbours on the tree, and nobody else.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    /// `Inside` is what the paper calls USING.
    phase: Phase,
    /// In which direction the privilege is: a neighbour, or this process itself.
    holder: NodeId,
    /// Whether it has asked its holder and not yet been served.
    asked: bool,
    /// Who has asked it, itself included, in the order of asking.
    queue: Vec<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// I, or somebody behind me, want the privilege.
    Request,
    /// Here it is.
    Privilege,
}

/// The scenario's `config`: `{"root": 0}`, who has the privilege at the start. The tree is that of the links, breadth
/// first from there.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    root: u32,
}

read_record!(Config { root });

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    /// Known all the way to the privilege: everybody on it has the one before it in its queue.
    fn is_known(world: &World, waiting: NodeId, entering: NodeId) -> bool {
        let mut here = waiting;
        // Pointers can form a circle only where something was broken.
        for _ in world.members() {
            if here == entering {
                return true;
            }
            let Some(next) = world.process_at::<Self>(here).map(|member| member.holder) else { return false };
            if !world.process_at::<Self>(next).is_some_and(|member| member.queue.contains(&here)) {
                return false;
            }
            here = next;
        }
        false
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request => {
                ctx.line("request");
                ctx.note(format_args!("{} puts {from} into its queue.", self.me));
                self.queue.push(from);
            }
            Message::Privilege => {
                ctx.line("privilege");
                self.holder = self.me;
            }
        }
        self.assign_and_ask(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => {
                ctx.line("want");
                ctx.output(Output::Wanted);
                self.phase = Phase::Waiting;
                self.queue.push(self.me);
            }
            (Request::Exit, Phase::Inside) => {
                ctx.line("leave");
                ctx.note(format_args!("{} leaves the critical section.", self.me));
                ctx.output(Output::Exited);
                self.phase = Phase::Thinking;
            }
            (request, phase) => return ctx.note(phase.refusal(self.me, request)),
        }
        self.assign_and_ask(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        let mut status = self.phase.status();
        if self.asked && self.phase == Phase::Thinking {
            status = Status::new("asks for others", Tone::Waiting);
        }
        status.tokens = u32::from(self.holder == self.me);
        let queue = if self.queue.is_empty() { String::new() } else { format!(", queue {}", list(&self.queue)) };
        let towards =
            if self.holder == self.me { "has the privilege".into() } else { format!("towards {}", self.holder) };
        status.detail(format!("{towards}{queue}"))
    }

    fn waits_for(&self) -> Vec<Wait> {
        if self.asked { vec![Wait::node(self.holder, "the privilege")] } else { vec![] }
    }
}

/// The rules, named as in the paper.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let holder = towards(setup, root(setup))[me.index()].0;
        Self { me, phase: Phase::Thinking, holder, asked: false, queue: vec![] }
    }

    /// In this order: who has just given the privilege away may have to ask for it back.
    fn assign_and_ask(&mut self, ctx: &mut Context<'_, Self>) {
        let had_it = self.holder == self.me;
        self.assign(ctx);
        if had_it && ctx.setup().variant("no-follow") {
            return;
        }
        self.ask(ctx);
    }

    /// Gives the privilege to the first in the queue, if it is here and free.
    fn assign(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        let in_use = self.phase == Phase::Inside && !ctx.setup().variant("no-using-test");
        if self.holder != me || in_use || self.queue.is_empty() {
            return;
        }
        ctx.line("assign");
        let first = self.queue.remove(0);
        self.holder = first;
        if !ctx.setup().variant("keep-asked") || first == me {
            self.asked = false;
        }
        if first == me {
            ctx.line("enter");
            self.phase = Phase::Inside;
            ctx.output(Output::Entered);
            ctx.note(format_args!("{me} has the privilege and is the first of its own queue: it enters."));
        } else {
            ctx.line("pass");
            ctx.note(format_args!("{me} passes the privilege on to {first}; from now on it is in that direction."));
            ctx.send(first, Message::Privilege);
        }
    }

    /// Asks for the privilege, once, if somebody in the queue needs it.
    fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if self.holder == me || self.queue.is_empty() {
            return;
        }
        if self.asked {
            return ctx.note(format_args!(
                "{me} has asked {} already: one request stands for all in its queue.",
                self.holder
            ));
        }
        ctx.line("ask");
        ctx.note(format_args!("{me} asks {}, in whose direction the privilege is.", self.holder));
        self.asked = true;
        ctx.send(self.holder, Message::Request);
    }
}

fn root(setup: &Setup) -> NodeId {
    NodeId(setup.config::<Config>().map_or(0, |config| config.root))
}

/// For each node the neighbour in the direction of `root`, and how far that is, on the breadth-first tree of the links.
fn towards(setup: &Setup, root: NodeId) -> Vec<(NodeId, u64)> {
    let mut found: Vec<Option<(NodeId, u64)>> = vec![None; setup.nodes.len()];
    found[root.index()] = Some((root, 0));
    let mut reached = vec![root];
    let mut next = 0;
    while next < reached.len() {
        let here = reached[next];
        let depth = found[here.index()].map_or(0, |(_, depth)| depth);
        for link in setup.links.iter().filter(|link| link.ends.0 == here || link.ends.1 == here) {
            let there = link.other(here);
            if found[there.index()].is_none() {
                found[there.index()] = Some((here, depth + 1));
                reached.push(there);
            }
        }
        next += 1;
    }
    found.into_iter().map(|place| place.unwrap_or((root, 1))).collect()
}

/// The longest way between two nodes of the tree.
fn diameter(setup: &Setup) -> u64 {
    let up = towards(setup, root(setup));
    let distance = |mut a: NodeId, mut b: NodeId| {
        let mut steps = 0;
        while a != b {
            let lower = if up[a.index()].1 >= up[b.index()].1 { &mut a } else { &mut b };
            *lower = up[lower.index()].0;
            steps += 1;
        }
        steps
    };
    // The node farthest from any node is one end of a longest way.
    let nodes = || (0..up.len() as u32).map(NodeId);
    let end = nodes().max_by_key(|&node| up[node.index()].1).unwrap_or(NodeId(0));
    nodes().map(|node| distance(end, node)).max().unwrap_or(0)
}

fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = || format!("expected {{\"root\": …}} with a number from 0 to {}", nodes.saturating_sub(1));
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    if config.root < nodes { Ok(Some(Datum::new(config))) } else { Err(expected()) }
}

// What is judged and plotted.

fn exactly_one_privilege(world: &World) -> Result<(), Violation> {
    let holders: Vec<NodeId> =
        world.live::<Member>().filter(|(id, member)| member.holder == *id).map(|(id, _)| id).collect();
    let travelling = world.flights().filter(|flight| matches!(flight.payload.get(), Some(Message::Privilege)));
    match holders.len() + travelling.count() {
        1 => Ok(()),
        0 => Err(Violation::new("The privilege is lost.", [])),
        more => Err(Violation::new(format!("There are {more} privileges."), holders)),
    }
}

fn queues(world: &World) -> Vec<(String, i64)> {
    let members = world.processes::<Member>();
    members.map(|(id, member)| (world.name(id).to_owned(), i64::from(member.queue.len() as u32))).collect()
}
