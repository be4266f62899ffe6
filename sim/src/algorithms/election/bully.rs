//! The bully algorithm. Whoever notices that the coordinator does not answer asks every process with a higher id whether
//! it is there. If nobody answers in time, it leads and says so to all; if somebody does, that one goes on in its place.
//! So the highest process that is up always wins, and a higher one that comes back takes over: it bullies the others.
//! Silence stands for a crash here, which is only true where messages take a bounded time and the timeout is long enough.

use crate::{
    Algorithm, Context, Datum, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Wait,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Parameter, Plot, Relation, Timing, Unit},
    algorithms::election::{
        joined, list,
        outcome::{self, Elector, KNOWN},
    },
    json::{Json, Read as _},
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

mod judge;

pub use super::round_trip::least_timeout;

const ONE_LEADER: &str = "at most one leader";

/// Bully, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "election/bully",
    title: "Bully",
    summary: "Ask everybody above you; if nobody answers in time, you lead.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Bounded,
        faults: Faults::CrashRecovery,
    },
    membership: Membership::Fixed,
    sources: &[
        "H. Garcia-Molina, Elections in a Distributed Computing System, IEEE Transactions on Computers C-31(1), 1982, pages 48–59",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.3: eight processes, 7 has crashed, 4 notices",
        "G. Coulouris, J. Dollimore and T. Kindberg, Distributed Systems, 3rd edition, 2001, section 11.3: T = 2 Ttrans + Tprocess",
    ],
    texts: texts!(
        "election/bully",
        "bully",
        [
            "lecture",
            "two-leaders",
            "eight-four",
            "recovery",
            "would-be-leader-crashes",
            "crossing",
            "split-brain",
            "overtaken",
            "no-t2",
            "accept-lower",
            "lower-only",
            "ignore-ok",
        ]
    ),
    parameters: &[
        Parameter {
            name: "ok-timeout",
            label: "T1, wait for an OK",
            unit: Unit::Time,
            min: 1_000,
            max: 10_000_000,
            default: 25_000,
        },
        Parameter {
            name: "coordinator-timeout",
            label: "T2, wait for COORDINATOR after an OK",
            unit: Unit::Time,
            min: 1_000,
            max: 20_000_000,
            default: 50_000,
        },
    ],
    remarks: judge::remarks,
    scenarios: &[
        "lecture",
        "two-leaders",
        "eight-four",
        "recovery",
        "would-be-leader-crashes",
        "crossing",
        "split-brain",
        "overtaken",
        "no-t2",
        "accept-lower",
        "lower-only",
        "ignore-ok",
    ],
    properties: &[
        Property::monitor::<judge::OneLeader>(ONE_LEADER),
        Property::eventually(KNOWN, outcome::known_to_all::<Member>),
    ],
    costs: &[
        Cost {
            what: "ELECTION",
            formula: "(n − 1 − i)(n − i)/2",
            relation: Relation::Exactly,
            count: judge::count_elections,
            when: WHEN,
        },
        Cost {
            what: "OK",
            formula: "(n − 2 − i)(n − 1 − i)/2",
            relation: Relation::Exactly,
            count: judge::count_oks,
            when: WHEN,
        },
        Cost {
            what: "COORDINATOR that reach a process that is up",
            formula: "n − 2",
            relation: Relation::Exactly,
            count: judge::count_coordinators,
            when: WHEN,
        },
        Cost {
            what: "all three",
            formula: "(n − 1 − i)² + n − 2",
            relation: Relation::Exactly,
            count: judge::count_all,
            when: WHEN,
        },
        Cost {
            what: "all three, if the lowest notices",
            formula: "n² − n − 1",
            relation: Relation::AtMost,
            count: judge::count_worst,
            when: WHEN,
        },
        Cost {
            what: "all three, if the second highest notices",
            formula: "n − 1",
            relation: Relation::AtLeast,
            count: judge::count_best,
            when: WHEN,
        },
        Cost {
            what: "all three, the mean over who notices",
            formula: "n − 2 + n(2n − 1)/6, rounded",
            relation: Relation::OnAverage,
            count: judge::count_mean,
            when: WHEN,
        },
    ],
    bugs: &[
        Bug {
            id: "no-t2",
            title: "after an OK it waits for COORDINATOR without a timeout",
            lesson: "An OK is a promise of a process that may crash before it keeps it. Without T2 everybody who was told to stop waits for ever.",
            breaks: KNOWN,
            scenario: "no-t2",
        },
        Bug {
            id: "accept-lower",
            title: "it accepts the COORDINATOR of a lower process",
            lesson: "A process that has come back while the others elected without it hears the announcement of a lower one. It must not follow it but hold an election: that is the bullying.",
            breaks: KNOWN,
            scenario: "accept-lower",
        },
        Bug {
            id: "lower-only",
            title: "COORDINATOR goes to the lower processes only",
            lesson: "Saving the messages to higher processes, which should be down, saves the very message that tells a higher one that it has been passed over.",
            breaks: KNOWN,
            scenario: "lower-only",
        },
        Bug {
            id: "ignore-ok",
            title: "an OK does not stop the election",
            lesson: "Who has had an OK knows that somebody higher is up. If it announces itself when T1 is over all the same, there are as many leaders as electors.",
            breaks: ONE_LEADER,
            scenario: "ignore-ok",
        },
    ],
    plots: &[Plot {
        title: "whom each process follows",
        unit: "id of the leader, −1 for none",
        values: outcome::leaders::<Member>,
    }],
    milestones: &["Elected"],
    configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const WHEN: &str =
    "when process i has noticed that the highest of n is down, all others are up and T1 is at least a round trip";

/// One process. It knows the ids of all others, and of their state only what they have told it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Member {
    me: NodeId,
    phase: Phase,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Phase {
    /// No election: this is the leader.
    Follows(NodeId),
    /// It has asked these and waits for an OK until T1.
    Asks(Vec<NodeId>),
    /// Somebody whom it has asked has said OK. It waits for COORDINATOR until T2.
    Yields { to: NodeId, asked: Vec<NodeId> },
    /// It has crashed and knows no leader.
    Lost,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Message {
    /// Are you there? I am lower than you, and there is no coordinator.
    Election,
    /// I am. Leave it to me.
    Ok,
    /// This process leads: the one that has sent it.
    Coordinator(NodeId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Timer {
    /// T1: nobody has said OK.
    NoAnswer,
    /// T2: after an OK, nobody has announced itself.
    NoCoordinator,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Request {
    /// The coordinator has not answered: hold an election.
    Notice,
}

read_variants!(Request { Notice });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) enum Output {
    /// It asks those above it.
    HoldsElection,
    /// It leads.
    Elected,
    /// It follows this one.
    Accepted(NodeId),
}

/// The scenario's `config`: `{"leader": 3}`, whom all take for the coordinator at the start. The highest id if nothing
/// is said.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    leader: u32,
}

read_record!(Config { leader });

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Election => self.answer(from, ctx),
            Message::Ok => self.hear_ok(from, ctx),
            Message::Coordinator(leader) => self.hear_coordinator(leader, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match timer {
            Timer::NoAnswer => {
                ctx.line("win");
                let t1 = ctx.setup().span("ok-timeout");
                ctx.note(format_args!("{me} has waited T1 = {t1}. It takes those above it for crashed and leads."));
                self.announce(ctx);
            }
            Timer::NoCoordinator => {
                ctx.line("again");
                let t2 = ctx.setup().span("coordinator-timeout");
                ctx.note(format_args!("{me} was told to leave it to a higher one, but for T2 = {t2} nobody has announced itself. It starts again."));
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
        if let (me, Phase::Follows(leader)) = (self.me, &self.phase) {
            ctx.note(format_args!("{me} has had no answer from {leader} in time."));
        }
        self.hold_election(ctx);
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        ctx.note(format_args!("{} is back. It does not know who leads, so it holds an election.", self.me));
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
        Some(Self { me: self.me, phase: Phase::Lost })
    }

    fn status(&self) -> Status {
        match &self.phase {
            Phase::Follows(leader) if *leader == self.me => Status::new("leader", Tone::Active),
            Phase::Follows(leader) => Status::new(format!("follows {leader}"), Tone::Idle),
            Phase::Asks(asked) => {
                Status::new("election", Tone::Waiting).detail(format!("no OK yet from {}", any_of(asked)))
            }
            Phase::Yields { to, .. } => {
                Status::new("election", Tone::Waiting).detail(format!("{to} said OK: waits for COORDINATOR"))
            }
            Phase::Lost => Status::new("knows no leader", Tone::Idle),
        }
    }

    /// Whoever is above it can end the wait: by an OK while it asks, by COORDINATOR later.
    fn waits_for(&self) -> Vec<Wait> {
        match &self.phase {
            Phase::Follows(_) | Phase::Lost => vec![],
            Phase::Asks(asked) => asked.iter().map(|&higher| Wait::node(higher, "an OK")).collect(),
            Phase::Yields { asked, .. } => asked.iter().map(|&higher| Wait::node(higher, "COORDINATOR")).collect(),
        }
    }
}

impl Elector for Member {
    fn leader(&self) -> Option<NodeId> {
        match self.phase {
            Phase::Follows(leader) => Some(leader),
            _ => None,
        }
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    pub(crate) fn new(setup: &Setup, me: NodeId) -> Self {
        let highest = setup.nodes.len().saturating_sub(1) as u32;
        let leader = setup.config::<Config>().map_or(highest, |config| config.leader);
        Self { me, phase: Phase::Follows(NodeId(leader)) }
    }

    pub(crate) fn is_electing(&self) -> bool {
        matches!(self.phase, Phase::Asks(_) | Phase::Yields { .. })
    }

    /// Why it cannot notice that the coordinator does not answer.
    fn refusal(&self) -> Option<String> {
        match &self.phase {
            Phase::Follows(leader) if *leader == self.me => Some(format!("{leader} is the coordinator itself.")),
            Phase::Asks(_) | Phase::Yields { .. } => Some(format!("{} holds an election already.", self.me)),
            Phase::Follows(_) | Phase::Lost => None,
        }
    }

    fn hold_election(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        let higher: Vec<NodeId> = ctx.peers().filter(|&peer| peer > me).collect();
        if higher.is_empty() {
            ctx.line("highest");
            ctx.note(format_args!("{me} has the highest id of all: it need not ask."));
            return self.announce(ctx);
        }
        ctx.line("ask");
        ctx.note(format_args!(
            "{me} asks {}, which {} above it.",
            list(&higher),
            if higher.len() == 1 { "is" } else { "are" }
        ));
        for &peer in &higher {
            ctx.send(peer, Message::Election);
        }
        ctx.set_timer(ctx.setup().span("ok-timeout"), Timer::NoAnswer);
        ctx.output(Output::HoldsElection);
        self.phase = Phase::Asks(higher);
    }

    fn answer(&mut self, from: NodeId, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        ctx.line("answer");
        ctx.note(format_args!("{me} is higher than {from}: OK, leave it to me."));
        ctx.send(from, Message::Ok);
        if self.is_electing() {
            ctx.note(format_args!("{me} holds an election already."));
        } else {
            ctx.line("join");
            self.hold_election(ctx);
        }
    }

    fn hear_ok(&mut self, from: NodeId, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match &mut self.phase {
            Phase::Asks(_) if ctx.setup().variant("ignore-ok") => {
                ctx.note(format_args!("{from} is there, but {me} goes on all the same."));
            }
            Phase::Asks(asked) => {
                ctx.line("yield");
                let asked = std::mem::take(asked);
                self.phase = Phase::Yields { to: from, asked };
                ctx.cancel_timer(Timer::NoAnswer);
                if ctx.setup().variant("no-t2") {
                    return ctx.note(format_args!(
                        "{from} is there and higher. {me} stops and waits, however long it takes."
                    ));
                }
                ctx.set_timer(ctx.setup().span("coordinator-timeout"), Timer::NoCoordinator);
                ctx.note(format_args!(
                    "{from} is there and higher. {me} stops, and waits T2 for somebody to announce itself."
                ));
            }
            Phase::Yields { .. } => ctx.note(format_args!("{me} has stopped already.")),
            Phase::Follows(leader) if *leader == me => {
                ctx.note(format_args!(
                    "{from} was there all the time. Its OK comes too late: {me} has announced itself."
                ));
            }
            Phase::Follows(_) | Phase::Lost => ctx.note(format_args!("The election of {me} is over.")),
        }
    }

    fn announce(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("announce");
        let me = self.me;
        self.phase = Phase::Follows(me);
        ctx.output(Output::Elected);
        if ctx.setup().variant("lower-only") {
            for peer in ctx.peers().filter(|&peer| peer < me) {
                ctx.send(peer, Message::Coordinator(me));
            }
        } else {
            ctx.broadcast(Message::Coordinator(me));
        }
    }

    fn hear_coordinator(&mut self, leader: NodeId, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if leader > me || ctx.setup().variant("accept-lower") {
            ctx.line("accept");
            self.phase = Phase::Follows(leader);
            ctx.cancel_timer(Timer::NoAnswer);
            ctx.cancel_timer(Timer::NoCoordinator);
            ctx.output(Output::Accepted(leader));
            ctx.note(format_args!("{me} follows {leader} from now on."));
        } else {
            ctx.line("bully");
            if self.is_electing() {
                ctx.note(format_args!(
                    "{leader} is lower than {me}, which does not accept it and holds an election already."
                ));
            } else {
                ctx.note(format_args!("{leader} is lower than {me}, which does not accept it."));
                self.hold_election(ctx);
            }
        }
    }
}

fn any_of(nodes: &[NodeId]) -> String {
    joined(nodes, "or")
}

pub(crate) fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = || format!("expected {{\"leader\": …}} with a number from 0 to {}", nodes.saturating_sub(1));
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    if config.leader < nodes { Ok(Some(Datum::new(config))) } else { Err(expected()) }
}
