//! Mutual exclusion by a token that goes round a logical ring: whoever has it may enter, once, and passes it on. Nobody
//! asks anybody. A lost token is made anew by P0, which waits for it only so long; a process that does not acknowledge it
//! is passed over. Each new token is of a later generation, so that an old one that turns up again is known.

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, every_request_is_served,
        is_undisturbed, list, plot,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
    stamp::Stamp,
};
use crate::{
    Algorithm, Context, NodeId, Offer, Order, Process, Property, Setup, Status, View, Violation, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    algorithms::ring,
    texts,
};
use serde::Serialize;
use std::sync::Arc;

const ONE_TOKEN: &str = "there is exactly one token of the latest generation";

/// The token ring, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/token-ring",
    title: "Token ring",
    summary: "The token goes round; enter when it comes by, then pass it on.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "G. Le Lann, Distributed Systems: Towards a Formal Approach, IFIP Congress 1977, pages 155–160",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.2: a token ring algorithm",
    ],
    texts: texts!(
        "mutex/token-ring",
        "token_ring",
        [
            "all-want",
            "five-hops",
            "nobody-wants",
            "regenerated",
            "impatient",
            "ring-repair",
            "lost-token",
            "pass-at-entry",
            "no-generation",
        ]
    ),
    parameters: &[
        Parameter {
            name: "acknowledge",
            label: "acknowledge the token",
            unit: Unit::Choice(&["no", "yes"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "ack-timeout",
            label: "pass over who is silent for",
            unit: Unit::Time,
            min: 1_000,
            max: 10_000_000,
            default: 25_000,
        },
        Parameter {
            name: "patience",
            label: "P0 makes a new token after (0: never)",
            unit: Unit::Time,
            min: 0,
            max: 10_000_000,
            default: 0,
        },
    ],
    scenarios: &[
        "all-want",
        "five-hops",
        "nobody-wants",
        "regenerated",
        "impatient",
        "ring-repair",
        "lost-token",
        "pass-at-entry",
        "no-generation",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(ONE_TOKEN, exactly_one_token),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN),
    ],
    costs: &[Cost {
        what: "passes of the token",
        formula: "entries − 1",
        relation: Relation::AtLeast,
        count: |world| {
            let (entries, passes) = (world.tally().outputs("Entered"), world.tally().sent("Token"));
            (entries > 0 && is_undisturbed(world)).then(|| (passes, entries - 1))
        },
        when: "always: one message an entry if all want in, and as many as you like if nobody does",
    }],
    bugs: &[
        Bug {
            id: "pass-at-entry",
            title: "the token is passed on at the entry, not at the exit",
            lesson: "Whoever has the token may be inside. Who passes it on while inside lets the next one in.",
            breaks: ONE_INSIDE,
            scenario: "pass-at-entry",
        },
        Bug {
            id: "no-generation",
            title: "a token of an older generation is taken for good",
            lesson: "A token that was slow looks like a lost one. When it turns up after a new one was made, there are two, for ever, unless somebody can tell them apart.",
            breaks: ONE_INSIDE,
            scenario: "no-generation",
        },
    ],
    plots: &[Plot { title: "who wants in", unit: "processes", values: plot::<Member> }],
    milestones: &["Entered"],
    ring: Some(ring::of),
    configure: ring::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process on the ring.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    /// How many there are on the ring, dead ones included.
    members: u32,
    phase: Phase,
    /// The token, where it is here: its generation, and who made it.
    token: Option<Stamp>,
    /// The latest generation that it has seen.
    latest: Stamp,
    /// To whom it has passed the token and who has not yet acknowledged it.
    unacknowledged: Option<NodeId>,
    /// Whether that one has said meanwhile that it is back.
    is_back: bool,
    /// Whom it passes over.
    skipped: Vec<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    Token(Stamp),
    /// I have the token of this generation.
    Ack(Stamp),
    /// I am back.
    Join,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Nobody has acknowledged the token.
    NoAck,
    /// P0 has not seen the token for long.
    NoToken,
}

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    /// Nobody has to be told: the token comes by.
    fn is_known(_world: &World, _waiting: NodeId, _entering: NodeId) -> bool {
        true
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        if self.me == NodeId(0) {
            self.take(self.latest, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match message {
            Message::Token(token) => self.receive(from, token, ctx),
            Message::Ack(token) if token >= self.latest && self.unacknowledged == Some(from) => {
                ctx.line("acknowledged");
                ctx.note(format_args!("{from} has the token: {me} need not care for it any more."));
                self.unacknowledged = None;
                ctx.cancel_timer(Timer::NoAck);
            }
            Message::Ack(_) => {
                // It was only slow. Its token is of an older generation by now.
                ctx.note(format_args!("{from} is there after all. {me} passes it over no more."));
                self.unskip(from, ctx);
            }
            Message::Join => {
                ctx.line("join");
                ctx.note(format_args!("{from} is back. {me} passes it over no more."));
                self.is_back |= self.unacknowledged == Some(from);
                self.unskip(from, ctx);
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match timer {
            Timer::NoAck => {
                let Some(silent) = self.unacknowledged.take() else { return };
                ctx.line("skip");
                if std::mem::take(&mut self.is_back) {
                    ctx.note(format_args!("{silent} was down when the token came. {me} sends it a new one."));
                } else {
                    self.skipped.push(silent);
                    ctx.note(format_args!("{silent} is silent. {me} passes it over from now on, with a new token."));
                }
            }
            Timer::NoToken => {
                ctx.line("regenerate");
                ctx.note(format_args!(
                    "{me} has not seen the token for {}. It makes a new one.",
                    ctx.setup().span("patience")
                ));
            }
        }
        self.take(Stamp { ts: self.latest.ts + 1, id: me }, ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => {
                ctx.line("want");
                self.phase = Phase::Waiting;
                ctx.output(Output::Wanted);
                ctx.note(format_args!("{} waits for the token to come by.", self.me));
                // It only stays where nobody else is left on the ring.
                if self.token.is_some() {
                    self.enter(ctx);
                }
            }
            (Request::Exit, Phase::Inside) => {
                ctx.line("leave");
                self.phase = Phase::Thinking;
                ctx.output(Output::Exited);
                if let Some(token) = self.token.take() {
                    self.pass(token, ctx);
                }
            }
            (request, phase) => ctx.note(phase.refusal(self.me, request)),
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        ctx.note(format_args!("{} is back and tells everyone, so that it is passed over no more.", self.me));
        ctx.broadcast(Message::Join);
        self.watch(ctx);
    }

    /// It remembers which tokens are old.
    fn after_crash(&self) -> Option<Self> {
        let kept = self.clone();
        let (token, unacknowledged, skipped) = (None, None, vec![]);
        Some(Self { phase: Phase::Thinking, token, unacknowledged, is_back: false, skipped, ..kept })
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        let status = Status { tokens: u32::from(self.token.is_some()), ..self.phase.status() };
        if self.skipped.is_empty() { status } else { status.detail(format!("passes over {}", list(&self.skipped))) }
    }

    /// The token comes from somewhere behind it.
    fn waits_for(&self) -> Vec<Wait> {
        let others = (0..self.members).map(NodeId).filter(|&node| node != self.me && self.phase == Phase::Waiting);
        others.map(|node| Wait::any(node, "the token")).collect()
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let latest = Stamp { ts: 0, id: NodeId(0) };
        let members = setup.nodes.len() as u32;
        let (token, unacknowledged, skipped) = (None, None, vec![]);
        Self { me, members, phase: Phase::Thinking, token, latest, unacknowledged, is_back: false, skipped }
    }

    fn receive(&mut self, from: NodeId, token: Stamp, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if ctx.setup().parameter("acknowledge") == 1 {
            ctx.send(from, Message::Ack(token));
        }
        if token < self.latest && !ctx.setup().variant("no-generation") {
            ctx.line("discard");
            return ctx.note(format_args!("{me} has seen a later token than {token}. It throws this one away."));
        }
        self.take(token, ctx);
    }

    /// Who was alone has kept the token.
    fn unskip(&mut self, node: NodeId, ctx: &mut Context<'_, Self>) {
        self.skipped.retain(|&skipped| skipped != node);
        if self.phase == Phase::Thinking
            && let Some(token) = self.token.take()
        {
            self.pass(token, ctx);
        }
    }

    /// The token is here: use it, or pass it on.
    fn take(&mut self, token: Stamp, ctx: &mut Context<'_, Self>) {
        ctx.line("token");
        self.latest = self.latest.max(token);
        self.watch(ctx);
        match self.phase {
            Phase::Thinking => self.pass(token, ctx),
            Phase::Waiting => {
                self.token = Some(token);
                self.enter(ctx);
            }
            // It has a token already, of an older generation: from now on it uses this one.
            Phase::Inside => self.token = Some(token),
        }
    }

    /// P0 waits for the token to come round again, and only so long.
    fn watch(&self, ctx: &mut Context<'_, Self>) {
        let patience = ctx.setup().span("patience");
        if self.me == NodeId(0) && patience.0 > 0 {
            ctx.set_timer(patience, Timer::NoToken);
        }
    }

    fn enter(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("enter");
        self.phase = Phase::Inside;
        ctx.output(Output::Entered);
        ctx.note(format_args!("The token is at {}, which wants in: it enters.", self.me));
        if ctx.setup().variant("pass-at-entry")
            && let Some(token) = self.token.take()
        {
            self.pass(token, ctx);
        }
    }

    fn pass(&mut self, token: Stamp, ctx: &mut Context<'_, Self>) {
        let next = ring::after_skipping(&ring::of(ctx.setup()), self.me, &self.skipped);
        if next == self.me {
            self.token = Some(token);
            return ctx.note(format_args!("{} is alone on the ring and keeps the token.", self.me));
        }
        ctx.line("pass");
        ctx.note(format_args!("{} passes the token on to {next}.", self.me));
        ctx.send(next, Message::Token(token));
        if ctx.setup().parameter("acknowledge") == 1 {
            self.unacknowledged = Some(next);
            self.is_back = false;
            ctx.set_timer(ctx.setup().span("ack-timeout"), Timer::NoAck);
        }
    }
}

/// Tokens of the latest generation, held by a process that is up or on their way.
fn exactly_one_token(world: &World) -> Result<(), Violation> {
    let held = world.live::<Member>().filter_map(|(id, member)| Some((member.token?, id)));
    let travelling = world.flights().filter_map(|flight| match flight.payload.get() {
        Some(Message::Token(token)) => Some((*token, flight.to)),
        _ => None,
    });
    let tokens: Vec<(Stamp, NodeId)> = held.chain(travelling).collect();
    let Some(latest) = tokens.iter().map(|(token, _)| *token).max() else {
        return Err(Violation::new("The token is lost.", []));
    };
    let places: Vec<NodeId> = tokens.iter().filter(|(token, _)| *token == latest).map(|(_, place)| *place).collect();
    if places.len() == 1 {
        return Ok(());
    }
    Err(Violation::new(format!("There are {} tokens of one generation.", places.len()), places))
}
