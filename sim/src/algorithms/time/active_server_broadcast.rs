//! A server that broadcasts its time: nobody asks, everybody listens, and adds the time that a message is known to take. One
//! message for all; but a message that is late sets clocks behind, and a server that is wrong sets all clocks wrong at once.

use super::{
    clock_properties::{MONOTONE, in_ms},
    discipline::{DISCIPLINE, Discipline},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, Cause, ClockBounds, Context, Correction, Event, Life, Micros, NodeId, Offer, Order, Process, Property,
    Skew, Status, Step, Tone, View, Violation, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    property::Monitor,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const ERROR: &str = "a broadcast leaves a clock off by Ta minus the delay";

/// The active time server, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/active-server-broadcast",
    title: "Active server: broadcast",
    summary: "The server tells everybody its time T; they set T + Ta, the time that a message takes.",
    assumes: Assumptions {
        links: Links::Lossy,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2: the active time server, and its two drawbacks",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1: clock synchronization by a server",
    ],
    texts: texts!(
        "time/active-server-broadcast",
        "active_server_broadcast",
        ["right-guess", "congestion", "stepped-back", "server-wrong", "server-crash", "nothing-added"]
    ),
    parameters: &[
        time("known-delay", "Ta, a message is known to take", 0, 10_000),
        time("period", "broadcasts every (0: when asked)", 0, 0),
    ],
    policy: Some(DISCIPLINE),
    scenarios: &["right-guess", "congestion", "stepped-back", "server-wrong", "server-crash", "nothing-added"],
    properties: &[Property::monitor::<OffByTheGuess>(ERROR), MONOTONE],
    costs: &[Cost {
        what: "TIME",
        formula: "(n − 1) × broadcasts",
        relation: Relation::Exactly,
        count: messages,
        when: "always",
    }],
    bugs: &[Bug {
        id: "nothing-added",
        title: "receivers set T, without Ta",
        lesson: "A time of day is out of date when it arrives. Without Ta every clock is behind by the whole way of the message.",
        breaks: ERROR,
        scenario: "nothing-added",
    }],
    plots: &[Plot { title: "clocks, against the true time", unit: "ms ahead", values: in_ms }],
    milestones: &["Broadcast"],
    clocks: Some(|world| {
        let every = Some(world.setup().span("period")).filter(|period| period.0 > 0);
        ClockBounds { every, ..ClockBounds::default() }
    }),
    spawn: |_, me| Arc::new(Machine { me, clock: SoftwareClock::default(), corrected: None }),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, min: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min, max: 3_600_000_000, default }
}

/// The node that is the server.
const SERVER: NodeId = NodeId(0);

/// One machine: the server is the first of all.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Machine {
    me: NodeId,
    clock: SoftwareClock,
    /// The latest correction.
    corrected: Option<Skew>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// It is so late, where this comes from.
    Time { time: Skew },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Time for the next broadcast.
    Next,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Broadcast the time now.
    Broadcast,
}

read_variants!(Request { Broadcast });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// The time is on its way to all.
    Broadcast,
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.await_next(ctx);
    }

    fn on_message(&mut self, from: NodeId, Message::Time { time }: Message, ctx: &mut Context<'_, Self>) {
        ctx.line("set");
        let known = if ctx.setup().variant("nothing-added") { 0 } else { ctx.setup().parameter("known-delay") };
        let hardware = ctx.hardware_clock();
        let by = Skew(time.0 + known - self.clock.read(ctx));
        let discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        discipline.apply(&mut self.clock, hardware, by.0);
        self.corrected = Some(by);
        ctx.note(format_args!(
            "{} takes it that this left {from} {} ago, and corrects its clock by {by}.",
            self.me,
            Micros(known.unsigned_abs())
        ));
    }

    fn on_timer(&mut self, Timer::Next: Timer, ctx: &mut Context<'_, Self>) {
        self.broadcast(ctx);
        self.await_next(ctx);
    }

    fn on_request(&mut self, Request::Broadcast: Request, ctx: &mut Context<'_, Self>) {
        match self.refusal() {
            Some(reason) => ctx.note(reason),
            None => self.broadcast(ctx),
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        self.await_next(ctx);
    }

    /// The clock goes on.
    fn after_crash(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = Offer::ready("Broadcast the time", Request::Broadcast);
        vec![Offer { refused: self.refusal(), ..offer }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction::by(self.clock.correction(hardware))
    }

    fn status(&self) -> Status {
        if self.me == SERVER {
            return Status::new("time server", Tone::Active);
        }
        let detail = self.corrected.map_or_else(String::new, |by| format!("corrected by {by}"));
        Status::new("clock", Tone::Idle).detail(detail)
    }

    fn telling(Message::Time { time }: &Message) -> String {
        format!("TIME {}", crate::narrate::reading(time.0))
    }
}

/// The rules, named as in the pseudocode.
impl Machine {
    fn refusal(&self) -> Option<String> {
        (self.me != SERVER).then(|| format!("{} is not the server.", self.me))
    }

    fn broadcast(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("broadcast");
        ctx.output(Output::Broadcast);
        ctx.note(format_args!("{} sends what its clock shows to all. Nobody has to ask, and nobody answers.", self.me));
        ctx.broadcast(Message::Time { time: Skew(self.clock.read(ctx)) });
    }

    fn await_next(&self, ctx: &mut Context<'_, Self>) {
        let period = ctx.setup().span("period");
        if period.0 > 0 && self.me == SERVER {
            ctx.set_timer(period, Timer::Next);
        }
    }
}

// What is judged and counted.

/// Right after a broadcast a clock, with what it has still to absorb, is ahead of the server's by Ta minus the time that the
/// message really took: no more, and no less, but for what the clocks drift meanwhile.
struct OffByTheGuess;

impl Monitor for OffByTheGuess {
    /// When the user has last set a clock: what was on its way then is not judged.
    type State = Option<Micros>;

    fn observe(disturbed: &mut Option<Micros>, step: &Step, world: &World) -> Result<(), Violation> {
        let event = match step.event {
            Some(Event::Script(item)) => world.setup().script.get(item as usize).map(|item| item.event),
            event => event,
        };
        if matches!(event, Some(Event::SetClock(..) | Event::SetRate(..))) {
            *disturbed = Some(world.now());
        }
        let (Some(node), Cause::Message { sent_at, .. }) = (step.node, &step.cause) else { return Ok(()) };
        let (Some(own), Some(machine)) = (world.node(node), world.process_at::<Machine>(node)) else { return Ok(()) };
        let Some(server) = world.node(SERVER) else { return Ok(()) };
        let (now, took) = (world.now(), world.now().since(*sent_at));
        if own.life() != Life::Up || disturbed.is_some_and(|at| at >= *sent_at) {
            return Ok(());
        }
        let left = machine.clock.left(own.hardware_clock().read(now));
        let ahead = own.clock_at(now) + left - server.clock_at(now);
        let expected = world.setup().parameter("known-delay") - took.0.cast_signed();
        let rate = server.hardware_clock().rate();
        let drifted = u128::from(rate.numerator.abs_diff(rate.denominator)) * u128::from(took.0);
        let allowed = drifted.div_ceil(u128::from(rate.denominator)) as u64 + 2;
        if ahead.abs_diff(expected) <= allowed {
            return Ok(());
        }
        let (name, ahead, expected) = (world.name(node), Skew(ahead), Skew(expected));
        let why = format!("The message took {took}. {name} is {ahead} off the server, and should be {expected}.");
        Err(Violation::new(why, [node]))
    }
}

fn messages(world: &World) -> Option<(u64, u64)> {
    let broadcasts = world.tally().outputs("Broadcast");
    let others = world.members().len() as u64 - 1;
    (broadcasts > 0).then(|| (world.tally().sent_in_all(), others * broadcasts))
}
