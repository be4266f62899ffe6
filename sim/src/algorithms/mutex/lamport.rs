//! Lamport's mutual exclusion: every process keeps the queue of all requests, sorted by their stamps. A request goes to
//! all and is acknowledged by all; who leaves tells all. A process enters when its own request is the first of its own
//! queue and it has heard something later from everybody, so that nothing earlier can still come. It costs 3(n − 1)
//! messages an entry, and needs channels that keep their order.

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, entries_at_rest,
        every_request_is_served, list, plot, request_is_on_its_way,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
    stamp::{Clocks, IN_ORDER, Stamp, StampedQueue, configure, smallest_is_inside},
};
use crate::{
    Algorithm, Context, Never, NodeId, Offer, Order, Process, Property, Setup, Status, View, Violation, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

/// Lamport's algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/lamport",
    title: "Lamport's queues",
    summary: "Everybody keeps the same sorted queue; enter when you are its head and nothing earlier can come.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Fifo,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978, pages 558–565",
        "G. Ricart and A. K. Agrawala, An Optimal Algorithm for Mutual Exclusion in Computer Networks, CACM 24(1), 1981: what can be saved",
    ],
    texts: texts!(
        "mutex/lamport",
        "lamport",
        ["three-at-once", "overtaken-request", "idle-crash", "workload", "lost-request", "head-only", "replies-only"]
    ),
    parameters: &[Parameter {
        name: "heard",
        label: "heard from: by",
        unit: Unit::Choice(&["reply", "any-message"]),
        min: 0,
        max: 1,
        default: 0,
    }],
    scenarios: &[
        "three-at-once",
        "overtaken-request",
        "idle-crash",
        "workload",
        "lost-request",
        "head-only",
        "replies-only",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(IN_ORDER, goes_to_the_smallest_stamp),
        Property::monitor::<Causality<Member>>(CAUSAL),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN),
    ],
    costs: &[
        Cost {
            what: "messages in all, if every request is acknowledged",
            formula: "3(n − 1) × entries",
            relation: Relation::Exactly,
            count: |world| if any_message_counts(world.setup()) { None } else { messages(world) },
            when: "when all is at rest, if no message was lost or duplicated",
        },
        Cost {
            what: "messages in all",
            formula: "3(n − 1) × entries",
            relation: Relation::AtMost,
            count: messages,
            when: "when all is at rest, if no message was lost or duplicated",
        },
    ],
    bugs: &[
        Bug {
            id: "head-only",
            title: "a process enters as soon as it is the head of its own queue",
            lesson: "Its own queue says nothing about requests that are still on their way. Only who has heard something later from everybody knows that nothing earlier can come.",
            breaks: ONE_INSIDE,
            scenario: "head-only",
        },
        Bug {
            id: "replies-only",
            title: "a process enters when all have acknowledged, head of the queue or not",
            lesson: "A REPLY here is a receipt, not a permission: everybody sends it at once, whoever is first. The permission is the place in the queue.",
            breaks: ONE_INSIDE,
            scenario: "replies-only",
        },
    ],
    plots: &[
        Plot { title: "who wants in", unit: "processes", values: plot::<Member> },
        Plot { title: "length of each queue", unit: "requests", values: queues },
    ],
    milestones: &["Entered"],
    configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process, with its copy of the queue.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    phase: Phase,
    clock: u64,
    /// Every request that it knows of, its own included, in the order of their stamps.
    queue: StampedQueue,
    /// The latest number heard from each process, by id.
    heard: Vec<u64>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// I want in.
    Request(Stamp),
    /// I know of your request.
    Reply(u64),
    /// I have left.
    Release(u64),
}

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    fn is_known(world: &World, waiting: NodeId, entering: NodeId) -> bool {
        !request_is_on_its_way(world, waiting, Some(entering))
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let (Message::Request(Stamp { ts, .. }) | Message::Reply(ts) | Message::Release(ts)) = message;
        self.clock = self.clock.max(ts) + 1;
        if matches!(message, Message::Reply(_)) || any_message_counts(ctx.setup()) {
            ctx.line("heard");
            self.heard[from.index()] = self.heard[from.index()].max(ts);
        }
        match message {
            Message::Request(theirs) => self.receive_request(from, theirs, ctx),
            Message::Reply(_) => {}
            Message::Release(_) => {
                ctx.line("remove");
                self.queue.remove(from);
                ctx.note(format_args!("{} takes the request of {from} out of its queue.", self.me));
            }
        }
        self.enter_if_first(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => self.want(ctx),
            (Request::Exit, Phase::Inside) => self.leave(ctx),
            (request, phase) => ctx.note(phase.refusal(self.me, request)),
        }
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        let status = self.phase.status();
        let Some(mine) = self.queue.of(self.me).filter(|_| self.phase == Phase::Waiting) else { return status };
        let status = Status { word: format!("waiting {mine}"), ..status };
        match self.queue.head() {
            Some(head) if head != mine => status.detail(format!("{head} is before it")),
            _ => status.detail(format!("not yet heard from {} later", self.silent(mine).count())),
        }
    }

    /// It waits for those of whom it has not heard later, and for the head of its queue.
    fn waits_for(&self) -> Vec<Wait> {
        let Some(mine) = self.queue.of(self.me).filter(|_| self.phase == Phase::Waiting) else { return vec![] };
        let before = self.queue.before(mine).map(|stamp| Wait::node(stamp.id, "a RELEASE"));
        let silent = self.silent(mine).filter(|&node| self.queue.of(node).is_none_or(|theirs| theirs > mine));
        before.chain(silent.map(|node| Wait::node(node, "a REPLY"))).collect()
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let clock = setup.config::<Clocks>().and_then(|config| config.clocks.get(me.index())).copied().unwrap_or(0);
        Self { me, phase: Phase::Thinking, clock, queue: StampedQueue::default(), heard: vec![0; setup.nodes.len()] }
    }

    /// From whom nothing later than its request has come.
    fn silent(&self, mine: Stamp) -> impl Iterator<Item = NodeId> {
        let heard = self.heard.iter().enumerate();
        let stamps = heard.map(|(index, &ts)| Stamp { ts, id: NodeId(index as u32) });
        stamps.filter(move |&last| last.id != mine.id && last < mine).map(|last| last.id)
    }

    fn want(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("want");
        self.clock += 1;
        let mine = Stamp { ts: self.clock, id: self.me };
        self.queue.insert(mine);
        self.phase = Phase::Waiting;
        ctx.output(Output::Wanted);
        ctx.note(format_args!("{} puts {mine} into its own queue and sends it to everyone.", self.me));
        ctx.line("ask");
        ctx.broadcast(Message::Request(mine));
        self.enter_if_first(ctx);
    }

    fn receive_request(&mut self, from: NodeId, theirs: Stamp, ctx: &mut Context<'_, Self>) {
        ctx.line("insert");
        self.queue.insert(theirs);
        let me = self.me;
        // Its own request is on its way to them with a later stamp, and says as much as an acknowledgement.
        if self.queue.of(me).is_some_and(|mine| mine > theirs) && any_message_counts(ctx.setup()) {
            return ctx.note(format_args!("The request of {me} is later than {theirs} and stands for the REPLY."));
        }
        ctx.line("reply");
        self.clock += 1;
        ctx.note(format_args!("{me} puts {theirs} into its queue and says that it has it, whoever is first."));
        ctx.send(from, Message::Reply(self.clock));
    }

    fn enter_if_first(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(mine) = self.queue.of(self.me).filter(|_| self.phase == Phase::Waiting) else { return };
        let is_head = self.queue.head() == Some(mine) || ctx.setup().variant("replies-only");
        let heard_all = self.silent(mine).next().is_none() || ctx.setup().variant("head-only");
        let me = self.me;
        if is_head && heard_all {
            ctx.line("enter");
            self.phase = Phase::Inside;
            ctx.output(Output::Entered);
            match ctx.setup().variant {
                None => {
                    ctx.note(format_args!(
                        "{mine} is the head of the queue of {me}, and nothing earlier can come: {me} enters."
                    ));
                }
                Some(_) => ctx.note(format_args!("{me} enters.")),
            }
        } else if !is_head {
            ctx.note(format_args!("{mine} is not the head of the queue of {me}."));
        } else {
            let missing: Vec<NodeId> = self.silent(mine).collect();
            ctx.note(format_args!("Something earlier than {mine} can still come from {}.", list(&missing)));
        }
    }

    fn leave(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("leave");
        self.phase = Phase::Thinking;
        self.queue.remove(self.me);
        self.clock += 1;
        ctx.output(Output::Exited);
        ctx.note(format_args!("{} takes its request out of its queue and tells everyone.", self.me));
        ctx.line("release");
        ctx.broadcast(Message::Release(self.clock));
    }
}

/// Whether any later message tells that nothing earlier can come, as in the paper; then acknowledgements that say nothing
/// new are left out. Otherwise only a REPLY does.
fn any_message_counts(setup: &Setup) -> bool {
    setup.parameter("heard") == 1
}

// What is judged, counted and plotted.

/// Whoever is inside has the smallest stamp of all that are pending anywhere.
fn goes_to_the_smallest_stamp(world: &World) -> Result<(), Violation> {
    let pending = |wanted: Phase| {
        let members = world.live::<Member>().filter(move |(_, member)| member.phase == wanted);
        members.filter_map(|(id, member)| member.queue.of(id))
    };
    smallest_is_inside(pending(Phase::Inside).max(), pending(Phase::Waiting).min())
}

fn messages(world: &World) -> Option<(u64, u64)> {
    let formula = 3 * (world.setup().nodes.len() as u64 - 1);
    entries_at_rest::<Member>(world).map(|entries| (world.tally().sent_in_all(), formula * entries))
}

fn queues(world: &World) -> Vec<(String, i64)> {
    let members = world.processes::<Member>();
    members.map(|(id, member)| (world.name(id).to_owned(), i64::from(member.queue.len() as u32))).collect()
}
