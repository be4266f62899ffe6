//! Hirschberg and Sinclair's election on a ring with messages both ways. A candidate asks its neighbourhood, one place to
//! each side, whether anybody is higher. Where nobody is, it asks twice as far in the next phase. Of any group of
//! neighbours only one gets further, so that few ask far: n log n messages at worst, where one way round it may take n².

use crate::{
    Algorithm, AnyProcess, Context, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Plot, Relation, Timing},
    algorithms::{
        election::outcome::{self, Elector, HIGHEST, KNOWN},
        ring,
    },
    property::Violation,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const SURVIVORS: &str = "at most n/(2^k + 1) survive phase k";

/// Hirschberg–Sinclair, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "election/hirschberg-sinclair",
    title: "Hirschberg–Sinclair",
    summary: "Ask twice as far each time, and only while nobody near is higher.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    membership: Membership::Fixed,
    sources: &[
        "D. S. Hirschberg and J. B. Sinclair, Decentralized Extrema-Finding in Circular Configurations of Processors, Communications of the ACM 23(11), 1980, pages 627–628",
        "W. R. Franklin, On an Improved Algorithm for Decentralized Extrema Finding in Circular Configurations of Processors, Communications of the ACM 25(5), 1982: the bound 8n + 8⌈n lg n⌉",
    ],
    texts: texts!(
        "election/hirschberg-sinclair",
        "hirschberg_sinclair",
        ["eight", "nine", "one-starter", "lost-reply", "one-reply", "no-wake"]
    ),
    parameters: &[ring::PLACEMENT],
    scenarios: &["eight", "nine", "one-starter", "lost-reply", "one-reply", "no-wake"],
    properties: &[
        Property::always(HIGHEST, outcome::only_the_highest::<Member>),
        Property::always(SURVIVORS, few_survive),
        Property::eventually(KNOWN, outcome::known_to_all::<Member>),
    ],
    costs: &[
        Cost {
            what: "PROBE and REPLY",
            formula: "8n + 8⌈n lg n⌉",
            relation: Relation::AtMost,
            count: |world| over(world).map(|n| (probes_and_replies(world), bound(n))),
            when: "when the election is over",
        },
        Cost {
            what: "ELECTED",
            formula: "n",
            relation: Relation::Exactly,
            count: |world| over(world).map(|n| (world.tally().sent("Elected"), n)),
            when: "when the election is over",
        },
    ],
    bugs: &[
        Bug {
            id: "one-reply",
            title: "one reply is enough",
            lesson: "Who asks further although only one side has answered is not the highest of its neighbourhood. The right one still leads in the end, but the bound on the messages is gone: a fault that no wrong result shows.",
            breaks: SURVIVORS,
            scenario: "one-reply",
        },
        Bug {
            id: "no-wake",
            title: "who swallows a probe does not stand itself",
            lesson: "A process that tells a lower one to give up must take over from it. If the highest was never asked to start and does not wake up, nobody leads.",
            breaks: KNOWN,
            scenario: "no-wake",
        },
    ],
    plots: &[Plot {
        title: "phases that each candidate has survived",
        unit: "phases",
        values: |world| outcome::plotted(world, phase),
    }],
    milestones: &["Survives", "Elected"],
    ring: Some(ring::of),
    configure: ring::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process of the ring. It knows its two neighbours.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    /// The neighbour in the direction of the ring.
    next: NodeId,
    /// The neighbour against it.
    previous: NodeId,
    stands: bool,
    /// How many phases it has survived.
    phase: u32,
    /// From how many sides this phase has been answered.
    replies: u32,
    leader: Option<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Is anybody higher than this one?
    Probe { id: NodeId, hops_left: u32, phase: u32, onward: bool },
    /// Nobody on this side, as far as it has asked.
    Reply { id: NodeId, phase: u32, onward: bool },
    /// This one leads.
    Elected(NodeId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Start,
}

read_variants!(Request { Start });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It is a candidate.
    Stands,
    /// Nobody in its neighbourhood is higher.
    Survives,
    /// It leads.
    Elected,
    /// It follows this one.
    Accepted(NodeId),
}

impl Process for Member {
    type Message = Message;
    type Timer = ();
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Probe { id, hops_left, phase, onward } => self.compare(id, hops_left, phase, onward, ctx),
            Message::Reply { id, phase, .. } if id == self.me => self.count(phase, ctx),
            Message::Reply { onward, .. } => {
                ctx.line("pass");
                self.send(onward, message, ctx);
            }
            Message::Elected(id) => self.hear_elected(id, ctx),
        }
    }

    fn on_request(&mut self, Request::Start: Request, ctx: &mut Context<'_, Self>) {
        if let Some(reason) = self.refusal() {
            return ctx.note(reason);
        }
        ctx.line("start");
        self.stand(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        vec![Offer { refused: self.refusal(), ..Offer::ready("Start an election", Request::Start) }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        match self.leader {
            Some(leader) if leader == self.me => Status::new("leader", Tone::Active),
            Some(leader) => Status::new(format!("follows {leader}"), Tone::Idle),
            None if self.stands => Status::new(format!("phase {}", self.phase), Tone::Waiting)
                .detail(format!("{} of 2 replies", self.replies)),
            None => Status::new("knows no leader", Tone::Idle),
        }
    }
}

impl Elector for Member {
    fn leader(&self) -> Option<NodeId> {
        self.leader
    }
}

/// How far a candidate asks in this phase.
fn reach(phase: u32) -> u32 {
    1 << phase.min(30)
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let ring = ring::of(setup);
        let (next, previous) = (ring::after(&ring, me), ring::at(&ring, me, -1));
        Self { me, next, previous, stands: false, phase: 0, replies: 0, leader: None }
    }

    /// Why it cannot start an election.
    fn refusal(&self) -> Option<String> {
        match self.leader {
            Some(leader) => Some(format!("{} knows the leader: {leader}.", self.me)),
            None if self.stands => Some(format!("{} stands for election already.", self.me)),
            None => None,
        }
    }

    /// Sends with the ring or against it.
    fn send(&self, onward: bool, message: Message, ctx: &mut Context<'_, Self>) {
        ctx.send(if onward { self.next } else { self.previous }, message);
    }

    fn stand(&mut self, ctx: &mut Context<'_, Self>) {
        self.stands = true;
        ctx.output(Output::Stands);
        self.ask(ctx);
    }

    fn ask(&self, ctx: &mut Context<'_, Self>) {
        for onward in [true, false] {
            let probe = Message::Probe { id: self.me, hops_left: reach(self.phase), phase: self.phase, onward };
            self.send(onward, probe, ctx);
        }
    }

    fn compare(&mut self, id: NodeId, hops_left: u32, phase: u32, onward: bool, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if id == me {
            return self.win(ctx);
        }
        if id < me {
            ctx.line("swallow");
            ctx.note(format_args!("{id} is lower than {me}: {id} goes no further."));
            if !self.stands && self.leader.is_none() && !ctx.setup().variant("no-wake") {
                ctx.line("wake");
                ctx.note(format_args!("{me} takes over: it stands for election itself."));
                self.stand(ctx);
            }
        } else if hops_left > 1 {
            ctx.line("forward");
            self.send(onward, Message::Probe { id, hops_left: hops_left - 1, phase, onward }, ctx);
        } else {
            ctx.line("reply");
            ctx.note(format_args!("{id} has asked as far as {me}, and nobody on the way is higher."));
            self.send(!onward, Message::Reply { id, phase, onward: !onward }, ctx);
        }
    }

    fn win(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if self.leader.is_some() {
            return ctx.note(format_args!("The other probe of {me} has come round too."));
        }
        ctx.line("win");
        ctx.note(format_args!("{me}'s probe has come round the whole ring: nobody is higher. {me} leads."));
        self.leader = Some(me);
        ctx.output(Output::Elected);
        ctx.send(self.next, Message::Elected(me));
    }

    fn count(&mut self, phase: u32, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if phase != self.phase {
            return ctx.note(format_args!("{me} has left phase {phase} already."));
        }
        ctx.line("count");
        self.replies += 1;
        if self.replies < 2 && !ctx.setup().variant("one-reply") {
            return;
        }
        ctx.line("next");
        self.phase += 1;
        self.replies = 0;
        ctx.output(Output::Survives);
        let (near, far) = (reach(phase), reach(self.phase));
        ctx.note(format_args!("Nobody within {near} of {me} is higher. It asks as far as {far}."));
        self.ask(ctx);
    }

    fn hear_elected(&mut self, leader: NodeId, ctx: &mut Context<'_, Self>) {
        if leader == self.me {
            ctx.line("done");
            return ctx.note(format_args!("The news is back at {leader}: everybody knows."));
        }
        ctx.line("learn");
        self.leader = Some(leader);
        ctx.output(Output::Accepted(leader));
        ctx.send(self.next, Message::Elected(leader));
    }
}

// Properties and costs.

fn phase(process: &dyn AnyProcess) -> i64 {
    outcome::number::<Member>(process, |member| member.phase.into())
}

/// Of 2^k + 1 neighbours only the highest can have survived phase k.
fn few_survive(world: &World) -> Result<(), Violation> {
    let n = world.members().len() as u32;
    let mut survivors = outcome::of_each(world, phase);
    let mut k = 0;
    loop {
        survivors.retain(|(_, phase)| *phase > i64::from(k));
        let (count, reach) = (survivors.len() as u32, reach(k));
        let most = n / (reach + 1);
        if count > most {
            let why = format!(
                "{count} processes have survived phase {k}, and at most {most} can be the highest within {reach} of themselves."
            );
            return Err(Violation::new(why, survivors.iter().map(|(id, _)| *id)));
        }
        if count == 0 {
            return Ok(());
        }
        k += 1;
    }
}

/// How many processes there are, once an election has run its course.
fn over(world: &World) -> Option<u64> {
    let as_planned = world.setup().variant.is_none() && world.broken_assumption().is_none();
    let settled = world.flights().next().is_none() && world.tally().outputs("Elected") > 0;
    (as_planned && settled).then(|| world.members().len() as u64)
}

fn probes_and_replies(world: &World) -> u64 {
    world.tally().sent("Probe") + world.tally().sent("Reply")
}

/// 8n + 8⌈n lg n⌉.
fn bound(n: u64) -> u64 {
    let whole = n * u64::from(n.max(1).ilog2());
    let exact = n as f64 * libm::log(n as f64) / std::f64::consts::LN_2;
    // For powers of two the logarithm is whole, which the division need not find.
    8 * n + 8 * if n.is_power_of_two() { whole } else { libm::ceil(exact) as u64 }
}
