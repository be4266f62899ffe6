//! Lamport's logical clock: a counter at every process and its value on every message, so that a cause always has a
//! smaller stamp than its effect. Nothing can be read from the stamps the other way round: of two events with different
//! stamps, the one with the smaller may have nothing to do with the other. With clocks that tick by themselves, each at
//! its own rate, the same rule sets a clock forward where a message would arrive before it was sent.

use super::clock_condition::{Latest, event_at, judge};
use crate::{
    Algorithm, Cause, Context, Datum, Effect, Micros, NodeId, Offer, Order, Process, Property, Setup, Status, Step,
    Tone, View, Violation, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Parameter, Plot, Relation, Timing, Unit},
    json::{Json, Read as _},
    process::Field,
    property::Monitor,
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

/// As many peers have a button each; for more there is a form.
const MOST_BUTTONS: usize = 8;
/// What fits on a capsule.
const LONGEST_NAME: usize = 8;
const CLOCK_CONDITION: &str = "a → b implies L(a) < L(b)";

/// Lamport's clock, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/lamport-clock",
    title: "Lamport's logical clock",
    summary: "A counter on every process and on every message: a cause always has a smaller stamp than its effect.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::LossyAndDuplicating,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    membership: Membership::Open,
    sources: &[
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978, pages 558–565",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1: three processes whose clocks tick by 6, 8 and 10",
        "G. Coulouris, J. Dollimore, T. Kindberg and G. Blair, Distributed Systems, 5th edition, 2012, chapter 14: the events a to f",
    ],
    texts: texts!(
        "time/lamport-clock",
        "lamport_clock",
        [
            "six-events",
            "smaller-yet-concurrent",
            "six-eight-ten",
            "six-eight-ten-uncorrected",
            "else-do-nothing",
            "busy-and-quiet",
            "forgetful",
        ]
    ),
    parameters: &[
        Parameter {
            name: "ticks",
            label: "ticks of each clock, 0 for a pure counter",
            unit: Unit::Count,
            min: 0,
            max: 100_000,
            default: 0,
        },
        Parameter {
            name: "period",
            label: "local time from tick to tick",
            unit: Unit::Time,
            min: 1_000,
            max: 10_000_000,
            default: 10_000,
        },
    ],
    scenarios: &[
        "six-events",
        "smaller-yet-concurrent",
        "six-eight-ten",
        "six-eight-ten-uncorrected",
        "else-do-nothing",
        "busy-and-quiet",
        "forgetful",
    ],
    properties: &[Property::monitor::<ClockCondition>(CLOCK_CONDITION)],
    costs: &[
        Cost {
            what: "messages of the clock's own",
            formula: "0",
            relation: Relation::Exactly,
            count: |world| Some((world.tally().sent_in_all() - world.tally().sent("Stamped"), 0)),
            when: "always: a stamp travels with a message that is sent anyway",
        },
        Cost {
            what: "greatest stamp",
            formula: "events so far",
            relation: Relation::AtMost,
            count: greatest_stamp,
            when: "while the clocks are pure counters that have started at 0",
        },
    ],
    bugs: &[
        Bug {
            id: "else-do-nothing",
            title: "on receipt: behind the stamp, set to stamp + 1, else do nothing",
            lesson: "A receipt at an equal clock gets the stamp of its own sending, and one at a later clock gets the stamp of the event before it.",
            breaks: CLOCK_CONDITION,
            scenario: "else-do-nothing",
        },
        Bug {
            id: "uncorrected",
            title: "stamps of messages are not looked at",
            lesson: "Clocks of different rates let a message arrive at an earlier time than it left.",
            breaks: CLOCK_CONDITION,
            scenario: "six-eight-ten-uncorrected",
        },
        Bug {
            id: "forgetful",
            title: "the counter is lost in a crash",
            lesson: "A process that starts again at 0 stamps its next event before everything that it did earlier: the counter belongs on stable storage.",
            breaks: CLOCK_CONDITION,
            scenario: "forgetful",
        },
    ],
    plots: &[Plot { title: "clocks", unit: "", values: plot_of_clocks }],
    milestones: &["SetForward"],
    configure,
    spawn: |setup, me| Arc::new(Clock::new(setup, me)),
    ..Algorithm::EMPTY
};

/// The clock of one process. It is on stable storage, so that a crash does not set it back.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Clock {
    /// What it shows, which is the stamp of the latest event unless it has ticked since.
    time: u64,
    /// Whether an event has this stamp already, so that the next one needs a greater.
    used: bool,
    /// By how much it ticks.
    rate: u64,
    /// How often it will still tick by itself.
    ticks_left: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Whatever the processes have to say to each other, with the stamp of its sending.
    Stamped {
        /// The name that the scenario gives it, for the screen.
        name: Option<String>,
        ts: u64,
    },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    Tick,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// An event of its own.
    Local,
    /// The sending of one message.
    Send { to: NodeId, name: Option<String> },
    /// The sending of one message to every other process: one event.
    SendToAll { name: Option<String> },
}

read_variants!(Request { Local, Send { to, name }, SendToAll { name } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A message has set the clock forward, further than an event of its own would have.
    SetForward { from: u64, to: u64 },
}

/// The scenario's `config`: `{"clocks": [0, 0, 0], "rates": [6, 8, 10]}`, each optional.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
struct Config {
    /// What the clocks show before the run; 0 if nothing is said.
    clocks: Vec<u64>,
    /// By how much they tick; 6, 8, 10, and again, if nothing is said.
    rates: Vec<u64>,
}

read_record!(Config { clocks = vec![], rates = vec![] });

impl Process for Clock {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.await_tick(ctx);
    }

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let Message::Stamped { ts, .. } = message;
        self.receive(ts, ctx);
    }

    fn on_timer(&mut self, Timer::Tick: Timer, ctx: &mut Context<'_, Self>) {
        ctx.line("tick");
        self.time += self.rate;
        self.used = false;
        self.ticks_left -= 1;
        ctx.note(format_args!("The clock of {} ticks by itself and shows {}.", ctx.me(), self.time));
        self.await_tick(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let me = ctx.me();
        match request {
            Request::Local => {
                ctx.line("event");
                self.advance();
                ctx.note(format_args!("An event at {me} itself. It is stamped {}.", self.time));
            }
            Request::Send { to, name } => {
                self.send(&[to], name.as_ref(), ctx);
                ctx.note(format_args!(
                    "{me} sends to {to}. The sending is stamped {}, and so is the message.",
                    self.time
                ));
            }
            Request::SendToAll { name } => {
                let all: Vec<NodeId> = ctx.peers().collect();
                self.send(&all, name.as_ref(), ctx);
                ctx.note(format_args!("{me} sends to all: one event, stamped {}, and so is every message.", self.time));
            }
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        if ctx.setup().variant("forgetful") {
            self.time = 0;
            self.used = true;
            ctx.note(format_args!("{} is back and has forgotten its clock. It starts again at 0.", ctx.me()));
        } else {
            ctx.note(format_args!("{} is back and goes on with {}, which was on stable storage.", ctx.me(), self.time));
        }
        self.await_tick(ctx);
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let mut offers = vec![Offer::ready("Have an event of its own", Request::Local)];
        let peers: Vec<NodeId> = view.members.iter().copied().filter(|&peer| peer != view.me).collect();
        if peers.len() <= MOST_BUTTONS {
            let to = |&to: &NodeId| Offer::ready(format!("Send to {to}"), Request::Send { to, name: None });
            offers.extend(peers.iter().map(to));
        } else {
            let (min, max) = (peers[0].0.into(), peers[peers.len() - 1].0.into());
            let field = Field { name: "to", label: "to process number", unit: "", min, max, default: min };
            offers.push(Offer::form("Send to a process", "Send", vec![field]));
        }
        if peers.len() > 1 {
            offers.push(Offer::ready("Send to all", Request::SendToAll { name: None }));
        }
        offers
    }

    fn after_crash(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn status(&self) -> Status {
        let ticks = self.ticks_left > 0;
        let status = Status::new(format!("clock {}", self.time), if ticks { Tone::Active } else { Tone::Idle });
        if ticks { status.detail(format!("ticks by {}", self.rate)) } else { status }
    }

    fn telling(message: &Message) -> String {
        let Message::Stamped { name, ts } = message;
        let name: String = name.as_deref().unwrap_or("MESSAGE").chars().take(LONGEST_NAME).collect();
        format!("{name} {ts}")
    }
}

impl Clock {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let config = setup.config::<Config>().cloned().unwrap_or_default();
        let ticks_left = setup.parameter("ticks") as u32;
        let usual = 6 + 2 * (u64::from(me.0) % 3);
        let rate = config.rates.get(me.index()).copied().unwrap_or(usual);
        Self {
            time: config.clocks.get(me.index()).copied().unwrap_or(0),
            used: true,
            rate: if ticks_left > 0 { rate } else { 0 },
            ticks_left,
        }
    }

    fn await_tick(&self, ctx: &mut Context<'_, Self>) {
        if self.ticks_left > 0 {
            let period: Micros = ctx.setup().span("period");
            ctx.set_timer(period, Timer::Tick);
        }
    }

    /// LC1. A clock that has ticked since the latest event need not be advanced: it shows a new time already.
    fn advance(&mut self) {
        self.time += u64::from(self.used);
        self.used = true;
    }

    /// LC2.
    fn send(&mut self, to: &[NodeId], name: Option<&String>, ctx: &mut Context<'_, Self>) {
        ctx.line("send");
        self.advance();
        for &to in to {
            ctx.send(to, Message::Stamped { name: name.cloned(), ts: self.time });
        }
    }

    /// LC3.
    fn receive(&mut self, ts: u64, ctx: &mut Context<'_, Self>) {
        ctx.line("receive");
        let (me, before) = (ctx.me(), self.time);
        if ctx.setup().variant("else-do-nothing") {
            self.receive_or_do_nothing(ts, ctx);
        } else if ctx.setup().variant("uncorrected") {
            self.advance();
            let clock = self.time;
            ctx.note(format_args!("{me} does not look at the stamp {ts}. The receipt is stamped {clock}."));
        } else {
            self.advance();
            if self.time <= ts {
                self.time = ts + 1;
                ctx.note(format_args!(
                    "The message left at {ts}, and {me} shows {before}: it is set forward to {}.",
                    ts + 1
                ));
                ctx.output(Output::SetForward { from: before, to: ts + 1 });
            } else {
                let clock = self.time;
                ctx.note(format_args!(
                    "The message left at {ts}, and {me} is past it. The receipt is stamped {clock}."
                ));
            }
        }
    }

    /// The first wording of the notes, with a pure counter.
    fn receive_or_do_nothing(&mut self, ts: u64, ctx: &mut Context<'_, Self>) {
        let (me, before) = (ctx.me(), self.time);
        self.used = true;
        if before < ts {
            self.time = ts + 1;
            ctx.note(format_args!(
                "The message left at {ts}, and {me} shows {before}: it is set forward to {}.",
                ts + 1
            ));
            ctx.output(Output::SetForward { from: before, to: ts + 1 });
        } else {
            ctx.note(format_args!(
                "{me} shows {before}, which is not less than {ts}. It does nothing: the receipt is stamped {before}."
            ));
        }
    }
}

fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = || format!("expected `clocks` and `rates`, each a list of {nodes} numbers from 0 to 1000000");
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    let fits = |list: &[u64]| {
        list.is_empty() || (list.len() == nodes as usize && list.iter().all(|&number| number <= 1_000_000))
    };
    let ticks = config.rates.iter().all(|&rate| rate > 0);
    if fits(&config.clocks) && fits(&config.rates) && ticks { Ok(Some(Datum::new(config))) } else { Err(expected()) }
}

// Properties.

struct ClockCondition;

impl Monitor for ClockCondition {
    type State = Latest;

    fn observe(latest: &mut Self::State, step: &Step, world: &World) -> Result<(), Violation> {
        // A tick is no event: it only moves the clock.
        let Some(id) = event_at(step, world) else { return Ok(()) };
        let Some(process) = world.process_at::<Clock>(id) else { return Ok(()) };
        let stamp_of = |payload: &Datum| payload.get::<Message>().map(|Message::Stamped { ts, .. }| ts.cast_signed());
        let received = match &step.cause {
            Cause::Message { id, payload, .. } => stamp_of(payload).map(|ts| (id.from, ts)),
            _ => None,
        };
        let carried = step.effects.iter().filter_map(|effect| match effect {
            Effect::Sent { payload, .. } => stamp_of(payload),
            _ => None,
        });
        judge(latest, (id, process.time.cast_signed()), received, carried, |stamp| stamp.to_string())
    }
}

// Costs and plots.

/// No stamp can exceed the number of events: it counts those of one chain.
fn greatest_stamp(world: &World) -> Option<(u64, u64)> {
    let config = world.setup().config::<Config>();
    let counters = world.setup().parameter("ticks") == 0
        && config.is_none_or(|config| config.clocks.iter().all(|&clock| clock == 0));
    let greatest = world.processes::<Clock>().map(|(_, process)| process.time).max()?;
    counters.then(|| (greatest, world.tally().events))
}

fn plot_of_clocks(world: &World) -> Vec<(String, i64)> {
    world.processes::<Clock>().map(|(id, process)| (world.name(id).to_owned(), process.time.cast_signed())).collect()
}
