//! Mutual exclusion by a coordinator: whoever wants in asks it, it lets in one at a time and keeps the others in a queue.
//! Three messages an entry, and everything hangs on one process. With the take-over switched on, silence means that the
//! coordinator is down: then the processes really elect another by the bully algorithm, and tell it who is inside.

mod lease;
mod queue;
mod take_over;

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, every_request_is_served, plot,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
};
use crate::{
    Algorithm, Context, Gauge, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    algorithms::election::{bully, outcome::Elector},
    texts,
};
use queue::{Desk, Entry};
use serde::Serialize;
use std::sync::Arc;

const IN_TURN: &str = "nobody is passed over in the queue";

/// The coordinator's mutual exclusion, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/centralized",
    title: "Centralized",
    summary: "One coordinator grants the critical section; the others ask it and wait.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.2: a centralized algorithm",
        "H. Garcia-Molina, Elections in a Distributed Computing System, IEEE Transactions on Computers C-31(1), 1982: who takes over",
    ],
    texts: texts!(
        "mutex/centralized",
        "centralized",
        [
            "one-after-another",
            "silence",
            "take-over",
            "comes-back",
            "heir-crashes",
            "last-come",
            "by-priority",
            "workload",
            "holder-crash",
            "lease",
            "lease-too-short",
            "grant-at-once",
            "forgotten-queue",
            "any-release",
        ]
    ),
    parameters: &[
        Parameter {
            name: "queue",
            label: "served first",
            unit: Unit::Choice(&["fifo", "lifo", "priority"]),
            min: 0,
            max: 2,
            default: 0,
        },
        Parameter {
            name: "answer",
            label: "whoever must wait gets",
            unit: Unit::Choice(&["silence", "queued"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "take-over",
            label: "elect another coordinator",
            unit: Unit::Choice(&["no", "yes"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter { min: 0, ..time("lease", "a grant ends by itself after (0: never)", 0) },
        time("answer-timeout", "the coordinator is silent after", 25_000),
        time("ok-timeout", "T1, wait for an OK", 25_000),
        time("coordinator-timeout", "T2, wait for COORDINATOR after an OK", 50_000),
    ],
    scenarios: &[
        "one-after-another",
        "silence",
        "take-over",
        "comes-back",
        "heir-crashes",
        "last-come",
        "by-priority",
        "workload",
        "holder-crash",
        "lease",
        "lease-too-short",
        "grant-at-once",
        "forgotten-queue",
        "any-release",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(IN_TURN, queue::nobody_is_passed_over).where_promised(is_fifo),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN).where_promised(is_fifo),
    ],
    costs: &[
        Cost {
            what: "messages in all, without QUEUED",
            formula: "3 × entries",
            relation: Relation::Exactly,
            count: |world| if answers(world.setup()) { None } else { queue::messages(world, 3) },
            when: "when all is at rest, if the coordinator itself has not entered",
        },
        Cost {
            what: "messages in all, with QUEUED",
            formula: "4 × entries",
            relation: Relation::AtMost,
            count: |world| queue::messages(world, 4),
            when: "when all is at rest, if the coordinator itself has not entered",
        },
    ],
    bugs: &[
        Bug {
            id: "grant-at-once",
            title: "a new coordinator grants at once",
            lesson: "The lock was in the memory of the old coordinator. Who takes over must first hear from everybody whether they are inside.",
            breaks: ONE_INSIDE,
            scenario: "grant-at-once",
        },
        Bug {
            id: "forgotten-queue",
            title: "a RELEASE frees the lock, but nobody looks at the queue",
            lesson: "With silent waiting nobody asks twice: whoever is forgotten in the queue waits for ever.",
            breaks: SERVED,
            scenario: "forgotten-queue",
        },
        Bug {
            id: "any-release",
            title: "any RELEASE frees the lock, whoever sent it and for which entry",
            lesson: "When the network delivers a RELEASE twice, the second copy frees the lock of the next one.",
            breaks: ONE_INSIDE,
            scenario: "any-release",
        },
    ],
    plots: &[
        Plot { title: "who wants in", unit: "processes", values: plot::<Member> },
        Plot { title: "passed over in the queue", unit: "times", values: queue::passed_over },
    ],
    milestones: &["Entered"],
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: 1_000, max: 10_000_000, default }
}

/// One process: it can ask, and it can be the coordinator.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    phase: Phase,
    /// The number of its latest request.
    number: u32,
    /// What it keeps as the coordinator.
    desk: Desk,
    /// Its part in the election, which knows who the coordinator is: the highest id at the start.
    election: bully::Member,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// May I enter, for the so-manieth time?
    Request(u32),
    /// You may.
    Grant(u32),
    /// Not yet; I am here.
    Queued(u32),
    /// I have left.
    Release(u32),
    /// To a new coordinator: I am inside.
    Inside(u32),
    /// A message of the election.
    Election(bully::Message),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The coordinator has not answered.
    Silence,
    /// Time to ask it again.
    Probe,
    /// All who are inside have had the time to say so.
    Settled,
    /// The lease of the one that has the grant has run out.
    Lease,
    /// A timer of the election.
    Election(bully::Timer),
}

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    /// Known to the coordinator.
    fn is_known(world: &World, waiting: NodeId, _entering: NodeId) -> bool {
        let mut desks = world.live::<Self>().filter(|(_, member)| member.coordinates());
        desks.any(|(_, member)| member.desk.queue.iter().any(|entry| entry.id == waiting))
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Election(inner) => self.elect(ctx, |election, ctx| election.on_message(from, inner, ctx)),
            message => self.receive(from, &message, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match timer {
            Timer::Election(inner) => self.elect(ctx, |election, ctx| election.on_timer(inner, ctx)),
            Timer::Probe => self.ask(ctx),
            Timer::Lease => self.lease_is_over(ctx),
            Timer::Silence => {
                ctx.line("silence");
                ctx.note(format_args!("No answer in time: {me} takes the coordinator for crashed."));
                self.elect(ctx, |election, ctx| election.on_request(bully::Request::Notice, ctx));
            }
            Timer::Settled => {
                ctx.line("settled");
                self.desk.settling = false;
                ctx.note(format_args!("Whoever is inside has had the time to tell {me}. It grants from now on."));
                self.grant_next(ctx);
            }
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => {
                ctx.line("want");
                self.number += 1;
                self.phase = Phase::Waiting;
                ctx.output(Output::Wanted);
                self.ask(ctx);
            }
            (Request::Exit, Phase::Inside) => {
                ctx.line("leave");
                self.phase = Phase::Thinking;
                ctx.output(Output::Exited);
                ctx.note(format_args!("{} leaves and tells the coordinator.", self.me));
                self.tell_coordinator(Message::Release(self.number), ctx);
            }
            (request, phase) => ctx.note(phase.refusal(self.me, request)),
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        self.elect(ctx, Process::on_recover);
    }

    /// The number of its latest request is kept, so that no later one has the same.
    fn after_crash(&self) -> Option<Self> {
        let election = self.election.after_crash()?;
        Some(Self { phase: Phase::Thinking, desk: Desk::new(self.desk.done.len()), election, ..self.clone() })
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        if self.phase != Phase::Inside && self.election.is_electing() {
            return self.election.status();
        }
        if !self.coordinates() {
            return self.phase.status();
        }
        let mut status = self.phase.status();
        if self.phase == Phase::Thinking {
            status = Status::new("coordinator", Tone::Idle);
        }
        let holder = self.desk.holder.map_or("nobody is inside".into(), |entry| format!("granted to {}", entry.id));
        let full = self.desk.done.len() as u32;
        let queue = Gauge { name: "queue", value: self.desk.queue.len() as u32, full, marks: vec![] };
        status.detail(holder).gauge(queue)
    }

    fn waits_for(&self) -> Vec<Wait> {
        if self.phase != Phase::Inside && self.election.is_electing() {
            return self.election.waits_for();
        }
        match (self.phase, self.election.leader(), self.desk.holder) {
            (Phase::Waiting, Some(leader), None) if leader != self.me => vec![Wait::node(leader, "a GRANT")],
            (Phase::Waiting, Some(leader), Some(holder)) if leader == self.me => {
                vec![Wait::node(holder.id, "a RELEASE")]
            }
            _ => vec![],
        }
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Election(inner) => bully::Member::telling(inner),
            message => crate::Value::of(message).telling(),
        }
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let desk = Desk::new(setup.nodes.len());
        Self { me, phase: Phase::Thinking, number: 0, desk, election: bully::Member::new(setup, me) }
    }

    fn coordinates(&self) -> bool {
        self.election.leader() == Some(self.me)
    }

    fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("send");
        if ctx.setup().parameter("take-over") == 1 && !self.coordinates() {
            ctx.set_timer(ctx.setup().span("answer-timeout"), Timer::Silence);
        }
        self.tell_coordinator(Message::Request(self.number), ctx);
    }

    fn tell_coordinator(&mut self, message: Message, ctx: &mut Context<'_, Self>) {
        match self.election.leader() {
            Some(leader) => {
                if leader != self.me && matches!(message, Message::Request(_)) {
                    ctx.note(format_args!("{} asks the coordinator, {leader}.", self.me));
                }
                self.tell(leader, message, ctx);
            }
            None => ctx.note("There is no coordinator now."),
        }
    }

    /// The coordinator needs no message to tell itself something.
    fn tell(&mut self, to: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        if to == self.me { self.receive(to, &message, ctx) } else { ctx.send(to, message) }
    }

    fn receive(&mut self, from: NodeId, message: &Message, ctx: &mut Context<'_, Self>) {
        match *message {
            Message::Grant(number) => self.granted(from, number, ctx),
            Message::Queued(number) if self.phase == Phase::Waiting && number == self.number => {
                ctx.line("queued");
                ctx.cancel_timer(Timer::Silence);
                ctx.note(format_args!("{} has to wait, and knows that {from} is there.", self.me));
                if ctx.setup().parameter("take-over") == 1 {
                    ctx.set_timer(ctx.setup().span("answer-timeout"), Timer::Probe);
                }
            }
            Message::Request(number) if self.coordinates() => self.asked(Entry::new(from, number), ctx),
            // A sign of life: otherwise the one that asks would call for the next election.
            Message::Request(number) if self.election.is_electing() && answers(ctx.setup()) => {
                self.tell(from, Message::Queued(number), ctx);
            }
            Message::Release(number) if self.coordinates() => self.released(Entry::new(from, number), ctx),
            Message::Inside(number) if self.coordinates() => {
                ctx.line("inside");
                self.desk.claim(Entry::new(from, number));
                lease::begin(ctx);
                ctx.note(format_args!("{from} is inside. {} makes a note of it.", self.me));
            }
            _ => ctx.note(format_args!("This is of no use to {} any more.", self.me)),
        }
    }

    fn granted(&mut self, from: NodeId, number: u32, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if number < self.number || self.phase == Phase::Thinking {
            ctx.note(format_args!("{me} does not want this entry any more and gives it back."));
            return self.tell(from, Message::Release(number), ctx);
        }
        // What an old coordinator has granted, the new one does not know.
        if self.phase == Phase::Inside || self.election.leader() != Some(from) {
            return ctx.note(format_args!("{me} does not take this from {from}."));
        }
        ctx.line("enter");
        ctx.cancel_timer(Timer::Silence);
        ctx.cancel_timer(Timer::Probe);
        self.phase = Phase::Inside;
        ctx.output(Output::Entered);
        ctx.note(format_args!("{me} may enter, and does."));
    }

    fn asked(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        ctx.line("request");
        let (me, from) = (self.me, entry.id);
        if self.desk.is_over(entry) || self.desk.holder == Some(entry) {
            return ctx.note(format_args!("{me} has granted this already."));
        }
        if self.desk.holder.is_none() && !self.desk.settling {
            return self.grant(entry, ctx);
        }
        ctx.line("enqueue");
        let known = self.desk.queue.contains(&entry);
        if !known {
            self.desk.queue.push(entry);
        }
        if answers(ctx.setup()) {
            ctx.note(format_args!("{from} has to wait. {me} puts it into the queue and tells it so."));
            self.tell(from, Message::Queued(entry.number), ctx);
        } else {
            ctx.note(format_args!("{from} has to wait. {me} puts it into the queue and says nothing."));
        }
    }

    fn grant(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        ctx.line("grant");
        self.desk.holder = Some(entry);
        lease::begin(ctx);
        ctx.note(format_args!("{} lets {} in.", self.me, entry.id));
        ctx.on_behalf_of(entry.id);
        self.tell(entry.id, Message::Grant(entry.number), ctx);
    }

    fn released(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        ctx.line("release");
        if self.desk.end(entry) || ctx.setup().variant("any-release") {
            self.desk.holder = None;
            ctx.cancel_timer(Timer::Lease);
            if !ctx.setup().variant("forgotten-queue") {
                self.grant_next(ctx);
            }
        }
    }

    fn grant_next(&mut self, ctx: &mut Context<'_, Self>) {
        if self.desk.holder.is_some() || self.desk.settling || !self.coordinates() {
            return;
        }
        match self.desk.next(ctx.setup().parameter("queue")) {
            Some(next) => {
                ctx.line("next");
                self.grant(next, ctx);
            }
            None => ctx.note("Nobody waits and nobody is inside."),
        }
    }
}

/// Only a queue in the order of arrival is fair; and a new coordinator does not know the order of the old one.
fn is_fifo(setup: &Setup) -> bool {
    setup.parameter("queue") == 0 && setup.parameter("take-over") == 0
}

/// Whether a request that must wait is answered.
fn answers(setup: &Setup) -> bool {
    setup.parameter("answer") == 1 || setup.parameter("take-over") == 1
}
