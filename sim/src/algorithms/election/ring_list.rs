//! The ring election of the lecture notes and of Tanenbaum's books. Whoever notices that the coordinator does not answer
//! sends a list with its own id round the ring. Every process that is up adds its id; one that is down is skipped. When the
//! list is back it names all that are alive. The highest leads, and a second tour tells everybody, and who the others are.
//! That a process is down is found out by an acknowledgement that does not come in time.

use crate::{
    Algorithm, Context, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, Value, View, Wait,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Parameter, Plot, Relation, Timing, Unit},
    algorithms::{
        election::outcome::{self, Elector, KNOWN},
        ring,
    },
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

mod judge;

const ONE_LEADER: &str = "at most one leader";
const ONE_TOUR: &str = "no message passes a process twice";

/// The ring election with a list, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "election/ring-list",
    title: "Ring with a list",
    summary: "A list of the living goes round once, the name of the highest a second time.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Bounded,
        faults: Faults::CrashStop,
    },
    membership: Membership::Fixed,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.3: eight processes, 7 has crashed, 2 and 5 notice",
        "A. S. Tanenbaum and M. van Steen, Distributed Systems: Principles and Paradigms, 2nd edition, 2007, section 6.5",
    ],
    texts: texts!(
        "election/ring-list",
        "ring_list",
        [
            "two-and-five",
            "one-notices",
            "two-in-a-row",
            "would-be-leader-crashes",
            "initiator-crashes",
            "too-short",
            "split-brain",
            "comes-back",
            "first-only",
            "past-origin",
            "no-t2",
        ]
    ),
    parameters: &[
        Parameter {
            name: "ack-timeout",
            label: "T1, wait for an ACK",
            unit: Unit::Time,
            min: 1_000,
            max: 10_000_000,
            default: 25_000,
        },
        Parameter {
            name: "tour-timeout",
            label: "T2, wait for COORDINATOR",
            unit: Unit::Time,
            min: 1_000,
            max: 60_000_000,
            default: 500_000,
        },
    ],
    remarks: judge::remarks,
    scenarios: &[
        "two-and-five",
        "one-notices",
        "two-in-a-row",
        "would-be-leader-crashes",
        "initiator-crashes",
        "too-short",
        "split-brain",
        "comes-back",
        "first-only",
        "past-origin",
        "no-t2",
    ],
    properties: &[
        Property::always(ONE_LEADER, outcome::at_most_one::<Member>),
        Property::always(ONE_TOUR, judge::nobody_is_passed_twice),
        Property::eventually(KNOWN, outcome::known_to_all::<Member>),
    ],
    costs: &[
        Cost {
            what: "ELECTION that reach a process that is up",
            formula: "m a call",
            relation: Relation::Exactly,
            count: judge::count_elections,
            when: WHEN,
        },
        Cost {
            what: "COORDINATOR that reach a process that is up",
            formula: "m a call",
            relation: Relation::Exactly,
            count: judge::count_coordinators,
            when: WHEN,
        },
        Cost {
            what: "both, as the textbook counts",
            formula: "2m a call",
            relation: Relation::Exactly,
            count: judge::count_both,
            when: WHEN,
        },
    ],
    bugs: &[
        Bug {
            id: "first-only",
            title: "only the first of the list ends the tour of ELECTION",
            lesson: "If the one who began has crashed, nobody finds himself first in the list, and the message goes round for ever. That one is in the list at all is enough to know that it has been round.",
            breaks: ONE_TOUR,
            scenario: "first-only",
        },
        Bug {
            id: "past-origin",
            title: "a COORDINATOR whose origin is down goes on past it",
            lesson: "The same orphan in the second tour. Whoever skips the origin must know that the tour ends there.",
            breaks: ONE_TOUR,
            scenario: "past-origin",
        },
        Bug {
            id: "no-t2",
            title: "it waits for COORDINATOR without a timeout",
            lesson: "The one who holds the message may crash with it. Skipping helps against those who are down before the message comes, not against this.",
            breaks: KNOWN,
            scenario: "no-t2",
        },
    ],
    plots: &[Plot {
        title: "whom each process follows",
        unit: "id of the leader, −1 for none",
        values: outcome::leaders::<Member>,
    }],
    milestones: &["Closed"],
    ring: Some(ring::of),
    configure: ring::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const WHEN: &str = "when all calls are answered, m processes are up, and nobody has crashed meanwhile";

/// One process of the ring. It knows who stands where, but not who is up.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    leader: Option<NodeId>,
    /// To whom it has passed ELECTION on, while it waits for COORDINATOR.
    electing: Option<NodeId>,
    /// What it has passed on and to whom, until there is an ACK.
    unanswered: Vec<(NodeId, Message)>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// These are up; the first has begun.
    Election(Vec<NodeId>),
    /// These are up, and the highest leads; the first has begun this tour.
    Coordinator(Vec<NodeId>),
    /// I have the ELECTION that this one has begun.
    AckElection(NodeId),
    /// I have the COORDINATOR that this one has begun.
    AckCoordinator(NodeId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// T1: this one has not sent an ACK.
    NoAck(NodeId),
    /// T2: nobody has announced a leader.
    NoCoordinator,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Notice,
}

read_variants!(Request { Notice });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It begins a tour.
    HoldsElection,
    /// A tour of ELECTION is over.
    Closed,
    /// It follows this one.
    Accepted(NodeId),
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        if let Some(ack) = message.ack() {
            ctx.send(from, ack);
        }
        match message {
            Message::Election(list) => self.hear_election(list, ctx),
            Message::Coordinator(list) => self.hear_coordinator(list, ctx),
            ack => {
                self.unanswered.retain(|(to, sent)| *to != from || sent.ack().as_ref() != Some(&ack));
                if self.unanswered.iter().all(|(to, _)| *to != from) {
                    ctx.cancel_timer(Timer::NoAck(from));
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match timer {
            Timer::NoAck(to) => {
                ctx.line("skip");
                let t1 = ctx.setup().span("ack-timeout");
                ctx.note(format_args!("{me} has had no ACK from {to} for T1 = {t1}. It takes {to} for crashed."));
                // Passing one on may send another to the same process, which has not been waited for yet.
                let mut place = 0;
                for _ in 0..self.unanswered.len() {
                    if self.unanswered[place].0 == to {
                        let (_, message) = self.unanswered.remove(place);
                        self.pass(message, to, ctx);
                    } else {
                        place += 1;
                    }
                }
            }
            Timer::NoCoordinator => {
                ctx.line("again");
                let t2 = ctx.setup().span("tour-timeout");
                ctx.note(format_args!("For T2 = {t2} nobody has announced a leader. {me} starts again."));
                self.hold_election(ctx);
            }
        }
    }

    fn on_request(&mut self, Request::Notice: Request, ctx: &mut Context<'_, Self>) {
        // A workload asks by the clock, whatever has happened meanwhile.
        if let Some(reason) = self.refusal() {
            return ctx.note(reason);
        }
        ctx.line("notice");
        if let Some(leader) = self.leader {
            ctx.note(format_args!("{} has had no answer from {leader} in time.", self.me));
        }
        self.hold_election(ctx);
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        ctx.note(format_args!("{} is back. It does not know who leads.", self.me));
        self.hold_election(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = Offer::ready("Notice that the coordinator does not answer", Request::Notice);
        vec![Offer { refused: self.refusal(), ..offer }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    /// Only the id is kept, as on a disk.
    fn after_crash(&self) -> Option<Self> {
        Some(Self { me: self.me, leader: None, electing: None, unanswered: vec![] })
    }

    fn status(&self) -> Status {
        match (self.electing, self.leader) {
            (Some(_), _) => {
                let detail = match self.unanswered.first() {
                    Some((to, _)) => format!("no ACK yet from {to}"),
                    None => "waits for COORDINATOR".into(),
                };
                Status::new("election", Tone::Waiting).detail(detail)
            }
            (None, Some(leader)) if leader == self.me => Status::new("leader", Tone::Active),
            (None, Some(leader)) => Status::new(format!("follows {leader}"), Tone::Idle),
            (None, None) => Status::new("knows no leader", Tone::Idle),
        }
    }

    /// The whole list, and of a COORDINATOR the leader.
    fn telling(message: &Message) -> String {
        let (mut text, list) = match message {
            Message::Election(list) => ("ELECTION ".to_owned(), &list[..]),
            Message::Coordinator(list) => return format!("COORDINATOR {}", NodeId(highest(list))),
            ack => return Value::of(ack).telling(),
        };
        for (place, id) in list.iter().enumerate() {
            text += if place == 0 { "" } else { "·" };
            text += &id.0.to_string();
        }
        text
    }

    /// The one to whom it has passed the list: from there it goes on, or does not.
    fn waits_for(&self) -> Vec<Wait> {
        let Some(to) = self.electing else { return vec![] };
        let silent = self.unanswered.iter().any(|(other, _)| *other == to);
        vec![Wait::node(to, if silent { "an ACK" } else { "the list to come round" })]
    }
}

impl Elector for Member {
    fn leader(&self) -> Option<NodeId> {
        self.leader.filter(|_| self.electing.is_none())
    }
}

impl Message {
    /// What its receiver sends back.
    fn ack(&self) -> Option<Self> {
        match self {
            Self::Election(list) => list.first().copied().map(Self::AckElection),
            Self::Coordinator(list) => list.first().copied().map(Self::AckCoordinator),
            Self::AckElection(_) | Self::AckCoordinator(_) => None,
        }
    }
}

fn highest(list: &[NodeId]) -> u32 {
    list.iter().map(|id| id.0).max().unwrap_or(0)
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let highest = NodeId(setup.nodes.len().saturating_sub(1) as u32);
        Self { me, leader: Some(highest), electing: None, unanswered: vec![] }
    }

    /// Why it cannot notice that the coordinator does not answer.
    fn refusal(&self) -> Option<String> {
        match (self.electing, self.leader) {
            (Some(_), _) => Some(format!("{} takes part in an election already.", self.me)),
            (None, Some(leader)) if leader == self.me => Some(format!("{leader} is the coordinator itself.")),
            _ => None,
        }
    }

    fn hold_election(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.output(Output::HoldsElection);
        self.take_part(vec![self.me], ctx);
    }

    /// Passes a list on in which it stands, and waits.
    fn take_part(&mut self, list: Vec<NodeId>, ctx: &mut Context<'_, Self>) {
        if !ctx.setup().variant("no-t2") {
            ctx.set_timer(ctx.setup().span("tour-timeout"), Timer::NoCoordinator);
        }
        self.electing = Some(self.me);
        self.pass(Message::Election(list), self.me, ctx);
    }

    /// Sends a message to the one that comes after `tried`: of the ring, or of the list where that is known.
    fn pass(&mut self, message: Message, tried: NodeId, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        let to = match &message {
            Message::Election(list) => {
                let next = ring::after(&ring::of(ctx.setup()), tried);
                if next == me {
                    // Nobody else has answered.
                    return self.close(list.clone(), ctx);
                }
                // It may have heard of a leader from another tour meanwhile.
                if self.electing.is_some() {
                    self.electing = Some(next);
                }
                next
            }
            Message::Coordinator(list) => {
                let next = ring::after(list, tried);
                let past_origin = list.first() == Some(&tried) && tried != me;
                if next == me || past_origin && !ctx.setup().variant("past-origin") {
                    ctx.line("origin-down");
                    return ctx.note(format_args!("The tour is over: all others have had the news, or are down."));
                }
                next
            }
            Message::AckElection(_) | Message::AckCoordinator(_) => return,
        };
        ctx.line("pass");
        ctx.set_timer(ctx.setup().span("ack-timeout"), Timer::NoAck(to));
        ctx.send(to, message.clone());
        self.unanswered.push((to, message));
    }

    fn hear_election(&mut self, mut list: Vec<NodeId>, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if list.first() == Some(&me) || list.contains(&me) && !ctx.setup().variant("first-only") {
            return self.close(list, ctx);
        }
        ctx.line("append");
        if !list.contains(&me) {
            list.push(me);
        }
        self.take_part(list, ctx);
    }

    /// The list has been round. Its first tour ends here, and its second begins.
    fn close(&mut self, mut list: Vec<NodeId>, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        ctx.line("close");
        let highest = NodeId(highest(&list));
        ctx.note(format_args!(
            "The list has been round and is back at {me}. {highest} is the highest on it and leads."
        ));
        ctx.output(Output::Closed);
        let place = list.iter().position(|&id| id == me).unwrap_or(0);
        list.rotate_left(place);
        self.follow(highest, ctx);
        self.pass(Message::Coordinator(list), me, ctx);
    }

    fn hear_coordinator(&mut self, list: Vec<NodeId>, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if list.first() == Some(&me) {
            ctx.line("done");
            return ctx.note(format_args!("The news is back at {me}: everybody knows."));
        }
        ctx.line("accept");
        let highest = NodeId(highest(&list));
        ctx.output(Output::Accepted(highest));
        self.follow(highest, ctx);
        self.pass(Message::Coordinator(list), me, ctx);
    }

    fn follow(&mut self, leader: NodeId, ctx: &mut Context<'_, Self>) {
        self.leader = Some(leader);
        self.electing = None;
        ctx.cancel_timer(Timer::NoCoordinator);
    }
}
