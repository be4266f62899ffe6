//! Lamport's logical clock made from physical clocks: an event is stamped with what the process' own clock shows, and a
//! clock that a message finds behind is set forward to the stamp and the least time that the message has travelled. With
//! clocks that are kept near enough to each other, not even a telephone can tell that the order is made.

use super::{
    clock_condition::{Latest, event_at, judge},
    clock_properties,
    software_clock::SoftwareClock,
};
use crate::sorted::Map;
use crate::{
    Algorithm, Cause, ClockBounds, Context, Correction, Datum, Effect, Micros, NodeId, Offer, Order, Process, Property,
    Setup, Status, Step, Tone, View, Violation, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Parameter, Plot, Relation, Remark, Timing, Unit},
    narrate::reading,
    process::Field,
    property::Monitor,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const CLOCK_CONDITION: &str = "a → b implies C(a) < C(b)";
const NO_ANOMALY: &str = "what a call has caused is stamped after its cause";
/// As many peers have a button each; for more there is a form.
const MOST_BUTTONS: usize = 8;
/// What fits on a capsule.
const LONGEST_NAME: usize = 8;

/// Lamport's clock from physical clocks, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/lamport-physical",
    title: "Logical clock from physical clocks",
    summary: "Stamps that are times of real clocks: set forward, never back, where a message came too early.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::LossyAndDuplicating,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978, pages 558–565: the rules IR1′ and IR2′, the telephone, and the theorem",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1: three processes whose clocks run at 6, 8 and 10",
    ],
    texts: texts!(
        "time/lamport-physical",
        "lamport_physical",
        ["six-eight-ten", "never-set", "telephone", "kept-together", "crash", "set-to-the-stamp"]
    ),
    parameters: &[
        Parameter {
            name: "least-delay",
            label: "μ: a message travels for at least",
            unit: Unit::Time,
            min: 0,
            max: 10_000_000,
            default: 1_000,
        },
        Parameter {
            name: "period",
            label: "τ: from one clock message to the next, 0 for none",
            unit: Unit::Time,
            min: 0,
            max: 60_000_000,
            default: 0,
        },
        Parameter {
            name: "call",
            label: "a call outside the system takes at least, 0 where there are none",
            unit: Unit::Time,
            min: 0,
            max: 60_000_000,
            default: 0,
        },
    ],
    remarks,
    scenarios: &["six-eight-ten", "never-set", "telephone", "kept-together", "crash", "set-to-the-stamp"],
    properties: &[
        Property::monitor::<ClockCondition>(CLOCK_CONDITION),
        clock_properties::MONOTONE,
        Property::monitor::<NoAnomaly>(NO_ANOMALY),
    ],
    costs: &[Cost {
        what: "messages of the clock's own",
        formula: "rounds × (n − 1)",
        relation: Relation::Exactly,
        count: |world| {
            let rounds: u64 = world.processes::<Clock>().map(|(_, process)| u64::from(process.rounds)).sum();
            Some((world.tally().sent("Time"), rounds * (world.members().len() as u64).saturating_sub(1)))
        },
        when: "always; without a period, none at all",
    }],
    bugs: &[
        Bug {
            id: "never-set",
            title: "stamps of messages are not looked at",
            lesson: "A clock that runs slowly receives a message at an earlier time than that at which it was sent.",
            breaks: CLOCK_CONDITION,
            scenario: "never-set",
        },
        Bug {
            id: "set-to-the-stamp",
            title: "the clock is set to the stamp of every message",
            lesson: "A clock that is ahead is set back: it shows a time a second time, and stamps a later event with an earlier one.",
            breaks: "time never runs backward",
            scenario: "set-to-the-stamp",
        },
    ],
    plots: &[Plot { title: "clocks, ahead of the slowest", unit: "ms", values: plot }],
    milestones: &["SetForward"],
    clocks: Some(bounds),
    spawn: |setup, me| Arc::new(Clock::new(setup, me)),
    ..Algorithm::EMPTY
};

/// The clock of one process. What corrects it is on stable storage, so that a crash does not set it back.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Clock {
    /// The physical clock, with what was added to it.
    software: SoftwareClock,
    /// The stamp of its latest event.
    latest: Option<i64>,
    /// By how much messages have set it forward in all.
    set_forward: u64,
    /// How often it has sent its time to the others.
    rounds: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Whatever the processes have to say to each other, with the stamp of its sending.
    Stamped {
        /// The name that the scenario gives it, for the screen.
        name: Option<String>,
        ts: i64,
    },
    /// Nothing but the stamp, to keep the clocks together.
    Time { ts: i64 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    TellTime,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// An event of its own.
    Local,
    /// The sending of one message.
    Send { to: NodeId, name: Option<String> },
    /// An event of its own, of which somebody has heard on the telephone from a user of another process. The system
    /// knows nothing of the call, and no rule looks at it: anomalies are judged by it.
    Called { by: NodeId },
}

read_variants!(Request { Local, Send { to, name }, Called { by } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A message has set the clock forward.
    SetForward { by: Micros },
}

impl Process for Clock {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        Self::await_round(ctx);
    }

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let (Message::Stamped { ts, .. } | Message::Time { ts }) = message;
        self.receive(ts, ctx);
    }

    fn on_timer(&mut self, Timer::TellTime: Timer, ctx: &mut Context<'_, Self>) {
        ctx.line("tell");
        let ts = self.stamp(ctx);
        self.rounds += 1;
        ctx.note(format_args!("{} tells the others that it is {}.", ctx.me(), reading(ts)));
        ctx.broadcast(Message::Time { ts });
        Self::await_round(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let me = ctx.me();
        match request {
            Request::Local | Request::Called { .. } => {
                ctx.line("event");
                let ts = self.stamp(ctx);
                ctx.note(format_args!("An event at {me} itself. Its clock shows {}.", reading(ts)));
            }
            Request::Send { to, name } => {
                ctx.line("send");
                let ts = self.stamp(ctx);
                ctx.note(format_args!("{me} sends at {} by its own clock, and the message says so.", reading(ts)));
                ctx.send(to, Message::Stamped { name, ts });
            }
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        ctx.note(format_args!(
            "{} is back. Its hardware clock has gone on, and what was added to it is on disk.",
            ctx.me()
        ));
        Self::await_round(ctx);
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let mut offers = vec![Offer::ready("Have an event of its own", Request::Local)];
        let peers: Vec<NodeId> = view.members.iter().copied().filter(|&peer| peer != view.me).collect();
        let (Some(first), Some(last)) = (peers.first(), peers.last()) else { return offers };
        let (min, max) = (first.0.into(), last.0.into());
        let field = |name, label| vec![Field { name, label, unit: "", min, max, default: min }];
        if peers.len() <= MOST_BUTTONS {
            let to = |&to: &NodeId| Offer::ready(format!("Send to {to}"), Request::Send { to, name: None });
            offers.extend(peers.iter().map(to));
        } else {
            offers.push(Offer::form("Send to a process", "Send", field("to", "to process number")));
        }
        offers.push(Offer::form("Act on a call", "Called", field("by", "from a user of process number")));
        offers
    }

    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        match *request {
            Request::Called { by: other } | Request::Send { to: other, .. } if other == view.me => {
                Err(format!("{other} is the process itself."))
            }
            _ => Ok(()),
        }
    }

    fn after_crash(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction::by(self.software.correction(hardware))
    }

    fn status(&self) -> Status {
        let word = self.latest.map_or_else(|| "no event yet".into(), |ts| format!("stamp {}", reading(ts)));
        let status = Status::new(word, if self.set_forward > 0 { Tone::Done } else { Tone::Idle });
        if self.set_forward > 0 {
            status.detail(format!("set forward by {}", Micros(self.set_forward)))
        } else {
            status
        }
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Stamped { name, ts } => {
                let name: String = name.as_deref().unwrap_or("MESSAGE").chars().take(LONGEST_NAME).collect();
                format!("{name} {}", reading(*ts))
            }
            Message::Time { ts } => format!("TIME {}", reading(*ts)),
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Local => "Have an event of its own".into(),
            Request::Send { to, name: Some(name) } => format!("Send {name} to {to}"),
            Request::Send { to, name: None } => format!("Send to {to}"),
            Request::Called { by } => format!("Act on a call from {by}"),
        })
    }
}

/// The rules, named as in the pseudocode.
impl Clock {
    fn new(_setup: &Setup, _me: NodeId) -> Self {
        Self { software: SoftwareClock::default(), latest: None, set_forward: 0, rounds: 0 }
    }

    fn await_round(ctx: &mut Context<'_, Self>) {
        let period = ctx.setup().span("period");
        if period > Micros::ZERO {
            ctx.set_timer(period, Timer::TellTime);
        }
    }

    /// IR1′: the clock has moved on since the latest event; where it has not, by the least that it can.
    fn stamp(&mut self, ctx: &Context<'_, Self>) -> i64 {
        let ts = self.software.read(ctx);
        let least = self.latest.map_or(ts, |latest| latest + 1);
        self.set(ts, ts.max(least), ctx)
    }

    fn set(&mut self, before: i64, to: i64, ctx: &Context<'_, Self>) -> i64 {
        if to != before {
            self.software.step(ctx.hardware_clock(), to - before);
        }
        self.latest = Some(to);
        to
    }

    /// IR2′.
    fn receive(&mut self, ts: i64, ctx: &mut Context<'_, Self>) {
        ctx.line("receive");
        let (me, before) = (ctx.me(), self.software.read(ctx));
        // With no least delay to count on, the receipt is still after the sending.
        let arrived = ts + ctx.setup().parameter("least-delay").max(1);
        let (left, shown) = (reading(ts), reading(before));
        if ctx.setup().variant("never-set") {
            let stamp = self.stamp(ctx);
            ctx.note(format_args!("{me} does not look at the stamp {left}. By its clock it is {}.", reading(stamp)));
        } else if ctx.setup().variant("set-to-the-stamp") {
            self.set(before, arrived, ctx);
            ctx.note(format_args!("{me} shows {shown} and is set to {}.", reading(arrived)));
        } else if before < arrived {
            let stamp = self.set(before, arrived.max(self.latest.map_or(arrived, |latest| latest + 1)), ctx);
            let by = Micros(stamp.abs_diff(before));
            self.set_forward += by.0;
            ctx.note(format_args!(
                "The message left at {left} and cannot be here before {}. {me} shows {shown}: it is set forward by {by}.",
                reading(arrived)
            ));
            ctx.output(Output::SetForward { by });
        } else {
            let stamp = self.stamp(ctx);
            ctx.note(format_args!(
                "The message left at {left}, and {me} shows {}: late enough. Nothing is set.",
                reading(stamp)
            ));
        }
    }
}

// What is promised, judged and plotted.

/// κ in millionths: how far the fastest or slowest clock is from true.
fn kappa(setup: &Setup) -> u64 {
    let off = |node: &crate::setup::NodeSpec| {
        let rate = node.rate;
        u64::from(rate.numerator.abs_diff(rate.denominator)) * 1_000_000 / u64::from(rate.denominator.max(1))
    };
    setup.nodes.iter().map(off).max().unwrap_or(0)
}

/// How far clocks may be apart without an anomaly: ε ≤ μ(1 − κ), where μ is the time of the fastest call.
fn allowed(setup: &Setup) -> Option<Micros> {
    let call = setup.span("call");
    let rest = 1_000_000_u64.saturating_sub(kappa(setup));
    (call > Micros::ZERO).then(|| Micros((u128::from(call.0) * u128::from(rest) / 1_000_000) as u64))
}

fn bounds(world: &World) -> ClockBounds {
    let period = world.setup().span("period");
    let every = (period > Micros::ZERO).then_some(period);
    ClockBounds { precision: allowed(world.setup()), every, ..ClockBounds::default() }
}

fn remarks(setup: &Setup) -> Vec<Remark> {
    let Some(allowed) = allowed(setup) else { return vec![] };
    let offsets = || setup.nodes.iter().map(|node| node.offset);
    let apart = Micros(offsets().max().unwrap_or(0).abs_diff(offsets().min().unwrap_or(0)));
    let text = format!(
        "No anomaly while the clocks are no more than {allowed} apart: ε/(1 − κ) ≤ μ with κ = {} millionths. They start {apart} apart.",
        kappa(setup)
    );
    vec![Remark { parameter: "call", text, warns: apart > allowed }]
}

struct ClockCondition;

impl Monitor for ClockCondition {
    type State = Latest;

    fn observe(latest: &mut Self::State, step: &Step, world: &World) -> Result<(), Violation> {
        let told =
            matches!(&step.cause, Cause::Timer(timer) if timer.get() == Some(&Timer::TellTime)).then_some(step.node);
        let Some(id) = event_at(step, world).or(told.flatten()) else { return Ok(()) };
        let Some(stamp) = world.process_at::<Clock>(id).and_then(|process| process.latest) else { return Ok(()) };
        let stamp_of =
            |payload: &Datum| payload.get::<Message>().map(|(Message::Stamped { ts, .. } | Message::Time { ts })| *ts);
        let received = match &step.cause {
            Cause::Message { id, payload, .. } => stamp_of(payload).map(|ts| (id.from, ts)),
            _ => None,
        };
        let carried = step.effects.iter().filter_map(|effect| match effect {
            Effect::Sent { payload, .. } => stamp_of(payload),
            _ => None,
        });
        judge(latest, (id, stamp), received, carried, reading)
    }
}

/// An event that another one has caused outside the system has the greater stamp: Lamport's strong clock condition.
struct NoAnomaly;

impl Monitor for NoAnomaly {
    /// When the events of each process happened and how they were stamped: those since the fastest call began, and the one
    /// before them.
    type State = Map<NodeId, Vec<(Micros, i64)>>;

    fn observe(events: &mut Self::State, step: &Step, world: &World) -> Result<(), Violation> {
        let Some(id) = step.node.filter(|_| event_at(step, world).is_some()) else { return Ok(()) };
        let Some(stamp) = world.process_at::<Clock>(id).and_then(|process| process.latest) else { return Ok(()) };
        // Whoever has called has done so at least that long ago.
        let call = world.setup().span("call");
        let causes = |events: &[(Micros, i64)]| events.iter().take_while(|(at, _)| step.at.since(*at) >= call).count();
        let own = events.or_default(id);
        own.drain(..causes(own).saturating_sub(1));
        own.push((step.at, stamp));
        let Cause::Request(request) = &step.cause else { return Ok(()) };
        let Some(Request::Called { by }) = request.get() else { return Ok(()) };
        let theirs = events.get(by).map_or(&[][..], Vec::as_slice);
        match theirs[..causes(theirs)].last().filter(|(_, cause)| *cause >= stamp) {
            Some((_, cause)) => {
                let (cause, stamp) = (reading(*cause), reading(stamp));
                let why = format!(
                    "The call came from {by}, where it was {cause}. Here it is {stamp}: the effect is before its cause."
                );
                Err(Violation::new(why, [id, *by]))
            }
            None => Ok(()),
        }
    }
}

fn plot(world: &World) -> Vec<(String, i64)> {
    let least = clock_properties::errors(world).map(|(_, error)| error).min().unwrap_or(0);
    let ahead = |(id, error): (NodeId, i64)| (world.name(id).to_owned(), (error - least) / 1_000);
    clock_properties::errors(world).map(ahead).collect()
}
