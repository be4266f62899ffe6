//! The Distributed Time Service: a time is an interval that has the true time in it. Clerks ask all servers, widen what they
//! hear by what they cannot know, and take the part that most intervals cover, by Marzullo's sweep. Whose interval misses
//! that part is faulty. Servers do the same among themselves, with their own interval among the others.

mod bars;
mod intersect;
mod judge;
mod roles;

use super::{
    discipline::DISCIPLINE,
    marzullo::{Interval, Sweep},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, ClockBounds, Context, Correction, Micros, NodeId, Offer, Order, Process, Property, Setup, Skew, Status,
    Tone, View,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    read_variants, texts,
};
use roles::{Config, Role, configure, role};
use serde::Serialize;
use std::sync::Arc;

const TRUE_TIME: &str = "the true time is in every interval but those that were wrong from the start";
const MAJORITY: &str = "more than half of the intervals cover the ends of an answer";
const DECIDED: &str = "every synchronization comes to an answer";

/// The Distributed Time Service, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/dts-intersection",
    title: "DTS: intersection",
    summary: "A time is an interval; take what most intervals cover, and the liars stand out.",
    assumes: Assumptions { links: Links::Reliable, order: Order::Any, timing: Timing::Bounded, faults: Faults::None },
    sources: &[
        "K. Marzullo and S. Owicki, Maintaining the Time in a Distributed System, ACM Operating Systems Review 19(3), 1985, pages 44–54",
        "K. Marzullo, Maintaining the Time in a Distributed System: An Example of a Loosely-Coupled Distributed Service, PhD thesis, Stanford University, 1984: the sweep and its fault-tolerant form",
        "Open Software Foundation, DCE Distributed Time Service, 1992: clerks, servers and time providers",
    ],
    texts: texts!(
        "time/dts-intersection",
        "dts_intersection",
        [
            "three-servers",
            "one-faulty",
            "two-servers",
            "no-majority",
            "two-answers",
            "touching",
            "sweep-misses",
            "guaranteed",
            "bars-widen",
            "no-widening",
            "any-overlap",
            "clerk-counts-itself",
        ]
    ),
    parameters: &[
        Parameter {
            name: "answer",
            label: "the answer is",
            unit: Unit::Choice(&["what-most-cover", "guaranteed"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "ends",
            label: "intervals that touch overlap",
            unit: Unit::Choice(&["yes", "no"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "sweep",
            label: "the sweep is shown",
            unit: Unit::Choice(&["step-by-step", "at-once"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter { name: "least-servers", label: "intervals needed", unit: Unit::Count, min: 1, max: 100, default: 3 },
        Parameter {
            name: "drift",
            label: "ρ, parts in a million",
            unit: Unit::Count,
            min: 0,
            max: 100_000,
            default: 100,
        },
        time("inaccuracy", "inaccuracy of a server at the start", 0, 5_000),
        time("clerk-inaccuracy", "inaccuracy of a clerk at the start", 0, 1_000_000),
        time("window", "waits for answers at most", 1_000, 100_000),
        time("period", "synchronizes every (0: when asked)", 0, 0),
    ],
    policy: Some(DISCIPLINE),
    scenarios: &[
        "three-servers",
        "one-faulty",
        "two-servers",
        "no-majority",
        "two-answers",
        "touching",
        "sweep-misses",
        "guaranteed",
        "bars-widen",
        "no-widening",
        "any-overlap",
        "clerk-counts-itself",
    ],
    properties: &[
        Property::monitor::<judge::TrueTime>(TRUE_TIME),
        Property::always(MAJORITY, judge::a_majority_covers_the_answers),
        Property::eventually(DECIDED, judge::all_are_decided),
    ],
    costs: &[Cost {
        what: "ASK and TIME",
        formula: "2 × servers asked",
        relation: Relation::Exactly,
        count: judge::messages,
        when: "when all is at rest",
    }],
    bugs: &[
        Bug {
            id: "no-widening",
            title: "an interval is used as it left the server",
            lesson: "While the answer travels, time goes on. Nobody knows how much of the round trip was the way back, so all of it is added.",
            breaks: TRUE_TIME,
            scenario: "no-widening",
        },
        Bug {
            id: "any-overlap",
            title: "the best place counts, however few intervals cover it",
            lesson: "The sweep always finds a best place, also among intervals that contradict each other. Without a majority there is no reason to believe it.",
            breaks: MAJORITY,
            scenario: "any-overlap",
        },
        Bug {
            id: "clerk-counts-itself",
            title: "a clerk puts its own interval among those of the servers",
            lesson: "A clerk is often wrong, which is why it asks. Its own interval can only side with a liar, or spoil a majority.",
            breaks: DECIDED,
            scenario: "clerk-counts-itself",
        },
    ],
    plots: &[
        Plot { title: "clocks, against the true time", unit: "ms ahead", values: super::clock_properties::in_ms },
        Plot { title: "inaccuracy", unit: "ms", values: judge::inaccuracies },
    ],
    milestones: &["Synchronized"],
    clocks: Some(|world| ClockBounds {
        drift: Some(world.setup().parameter("drift") as u32),
        every: Some(world.setup().span("period")).filter(|period| period.0 > 0),
        ..ClockBounds::default()
    }),
    ranges: Some(bars::ranges),
    configure,
    spawn: |setup, me| Arc::new(Machine::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, min: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min, max: 3_600_000_000, default }
}

/// How long the sweep takes from one edge to the next.
const EDGE: Micros = Micros::from_millis(1);

/// One machine: a clerk or a server.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Machine {
    me: NodeId,
    role: Role,
    /// ρ, in parts in a million.
    drift: u32,
    clock: SoftwareClock,
    /// How far the true time could be from the clock when that was last set right.
    inaccuracy: Micros,
    /// What the hardware clock showed then.
    since: i64,
    /// The number of its latest synchronization.
    number: u32,
    stage: Stage,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Stage {
    /// It has never asked.
    Free,
    /// It has asked when the hardware clock showed this, and has these answers.
    Asks { asked: i64, heard: Vec<Heard> },
    /// It intersects what it has heard.
    Sweeps { bars: Bars, sweep: Sweep },
    /// What has come of it: nothing where it could not be decided.
    Done { bars: Bars, answer: Option<Interval> },
}

/// An answer: what the true time minus the hardware clock was, when that showed `at`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Heard {
    server: NodeId,
    at: i64,
    interval: Interval,
}

/// The intervals that are intersected: the true time minus this clock, when the intersection began.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Bars {
    /// What had been added to the hardware clock.
    correction: i64,
    /// What the hardware clock showed.
    hardware: i64,
    servers: Vec<NodeId>,
    intervals: Vec<Interval>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// What is the time?
    Ask { number: u32 },
    /// It is so late, give or take so much.
    Time { time: Skew, inaccuracy: Micros, number: u32 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Who has not answered by now does not count.
    Window,
    /// The sweep goes on to the next edge.
    Edge,
    /// Time to synchronize again.
    Next,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Ask all servers.
    Synchronize,
}

read_variants!(Request { Synchronize });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// The clock is set to the middle of an answer.
    Synchronized,
    /// There is no answer.
    Undecided,
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.since = ctx.hardware_clock();
        self.await_next(ctx);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Ask { number } => {
                ctx.line("answer");
                let (time, inaccuracy) = (Skew(self.clock.read(ctx)), self.inaccuracy_at(ctx.hardware_clock()));
                ctx.note(format_args!(
                    "{} says what its clock shows, and that it may be wrong by {inaccuracy}.",
                    self.me
                ));
                ctx.send(from, Message::Time { time, inaccuracy, number });
            }
            Message::Time { time, inaccuracy, number } => self.hear(from, (time, inaccuracy), number, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Next => self.ask(ctx),
            Timer::Edge => self.pass_an_edge(ctx),
            Timer::Window => {
                ctx.note(format_args!("{} has waited long enough: it goes on with the answers that it has.", self.me));
                self.intersect(ctx);
            }
        }
    }

    fn on_request(&mut self, Request::Synchronize: Request, ctx: &mut Context<'_, Self>) {
        match self.refusal() {
            Some(reason) => ctx.note(reason),
            None => self.ask(ctx),
        }
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = Offer::ready("Ask all servers for the time", Request::Synchronize);
        vec![Offer { refused: self.refusal(), ..offer }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn status_in(&self, view: &View<'_>) -> Status {
        let least = view.setup.parameter("least-servers");
        match &self.stage {
            Stage::Done { bars, answer: None } if (bars.servers.len() as i64) < least => {
                self.status().detail(format!("{} of {least} intervals", bars.servers.len()))
            }
            _ => self.status(),
        }
    }

    fn status(&self) -> Status {
        let (word, detail, tone) = match &self.stage {
            Stage::Free => (self.word(), String::new(), Tone::Idle),
            Stage::Asks { heard, .. } => ("asks", format!("{} answers", heard.len()), Tone::Waiting),
            Stage::Sweeps { sweep, .. } => {
                ("sweeps", format!("{} here, at most {}", sweep.covering(), sweep.best()), Tone::Waiting)
            }
            Stage::Done { answer: None, .. } => ("undecided", "no majority".into(), Tone::Failed),
            Stage::Done { bars, answer: Some(answer) } => {
                let faulty: Vec<String> = bars.faulty(*answer).map(|server| server.to_string()).collect();
                let detail = if faulty.is_empty() { String::new() } else { format!("faulty: {}", faulty.join(", ")) };
                (self.word(), detail, Tone::Done)
            }
        };
        let status = Status::new(word, tone).detail(detail);
        match &self.stage {
            Stage::Done { bars, answer: Some(answer) } => status.flagging(bars.faulty(*answer), "faulty"),
            _ => status,
        }
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction { by: self.clock.correction(hardware), within: Some(self.inaccuracy_at(hardware)) }
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Ask { .. } => "ASK".into(),
            Message::Time { inaccuracy, .. } => format!("TIME ± {inaccuracy}"),
        }
    }
}

impl Bars {
    /// Whose interval does not meet the answer.
    fn faulty(&self, answer: Interval) -> impl Iterator<Item = NodeId> {
        let pairs = self.servers.iter().zip(&self.intervals);
        pairs.filter(move |(_, interval)| !interval.meets(answer)).map(|(server, _)| *server)
    }

    /// More than half of them.
    fn majority(&self) -> u32 {
        self.intervals.len() as u32 / 2 + 1
    }
}

/// The rules, named as in the pseudocode.
impl Machine {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let role = role(setup, me);
        let usual = setup.span(if role == Role::Clerk { "clerk-inaccuracy" } else { "inaccuracy" });
        let said = setup.config::<Config>().and_then(|config| config.inaccuracy.get(me.index()).copied());
        let clock = SoftwareClock::default();
        let drift = setup.parameter("drift") as u32;
        Self { me, role, drift, clock, inaccuracy: said.unwrap_or(usual), since: 0, number: 0, stage: Stage::Free }
    }

    fn word(&self) -> &'static str {
        match self.role {
            Role::Clerk => "clerk",
            Role::Server => "server",
            Role::Provider => "time provider",
        }
    }

    /// How far the true time can be from the clock: what it could be when the clock was set, what the clock may have drifted
    /// since, and what it has still to be slewed.
    fn inaccuracy_at(&self, hardware: i64) -> Micros {
        let drifted = if self.role == Role::Provider { 0 } else { drifted(hardware - self.since, self.drift) };
        self.inaccuracy.plus(Micros(drifted.unsigned_abs())).plus(Micros(self.clock.left(hardware).unsigned_abs()))
    }

    /// Why it cannot ask now.
    fn refusal(&self) -> Option<String> {
        match (&self.stage, self.role) {
            (_, Role::Provider) => Some(format!("{} has the time from its receiver.", self.me)),
            (Stage::Asks { .. } | Stage::Sweeps { .. }, _) => Some(format!("{} is at it already.", self.me)),
            _ => None,
        }
    }

    fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("ask");
        self.number += 1;
        self.stage = Stage::Asks { asked: ctx.hardware_clock(), heard: vec![] };
        ctx.note(format_args!("{} asks all servers, and looks at its clock.", self.me));
        for server in ctx.peers() {
            if role(ctx.setup(), server) != Role::Clerk {
                ctx.send(server, Message::Ask { number: self.number });
            }
        }
        ctx.set_timer(ctx.setup().span("window"), Timer::Window);
    }

    fn hear(&mut self, server: NodeId, (time, inaccuracy): (Skew, Micros), number: u32, ctx: &mut Context<'_, Self>) {
        let (me, hardware) = (self.me, ctx.hardware_clock());
        let parts = self.drift;
        let Stage::Asks { asked, heard } = &mut self.stage else {
            return ctx.note(format_args!("{me} does not wait for this any more."));
        };
        if number != self.number || heard.iter().any(|known| known.server == server) {
            return ctx.note(format_args!("{me} has this answer already, or has asked again since."));
        }
        ctx.line("widen");
        let trip = hardware - *asked;
        let mut interval = Interval::around(time.0, inaccuracy.0.cast_signed());
        if !ctx.setup().variant("no-widening") {
            interval.to += trip + drifted(trip, parts);
            let wide = Micros(interval.width().unsigned_abs());
            ctx.note(format_args!(
                "The round trip took {}: it may be so much later than {server} says. Its interval is {wide} wide now.",
                Micros(trip.unsigned_abs())
            ));
        }
        heard.push(Heard { server, at: hardware, interval: interval.moved(-hardware) });
        let servers = ctx.peers().filter(|&peer| role(ctx.setup(), peer) != Role::Clerk).count();
        if heard.len() == servers {
            self.intersect(ctx);
        }
    }
}

/// What a clock may gain or lose in so long, rounded up.
fn drifted(elapsed: i64, parts_in_a_million: u32) -> i64 {
    let parts = i128::from(elapsed.max(0)) * i128::from(parts_in_a_million);
    ((parts + 999_999) / 1_000_000) as i64
}
