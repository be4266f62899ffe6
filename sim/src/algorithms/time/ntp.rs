//! NTP: four stamps an exchange, offset and delay from them, and the best of the last eight exchanges with each server. Of
//! several servers those whose intervals do not meet the part that most cover are falsetickers, and have no say.

mod judge;
mod sources;

use super::{
    clock_properties::in_ms,
    discipline::{DISCIPLINE, Discipline},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, ClockBounds, Context, Correction, Micros, NodeId, Offer, Order, Process, Property, Setup, Skew, Status,
    Tone, View,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    read_variants, texts,
};
use serde::Serialize;
use sources::{Candidate, Exchange, Sample, Source, servers_of};
use std::sync::Arc;

const WITHIN: &str = "an offset is wrong by at most half of its delay";
const SMALLEST: &str = "the sample that is used has the smallest delay of the register";
const STRATUM: &str = "a client is one stratum below the server that it follows";

/// NTP, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/ntp",
    title: "NTP: four stamps",
    summary: "Offset and delay from four stamps; of the last eight exchanges the quickest counts.",
    assumes: Assumptions {
        links: Links::Lossy,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "D. L. Mills, Internet Time Synchronization: The Network Time Protocol, IEEE Transactions on Communications 39(10), 1991, pages 1482–1493",
        "D. Mills, J. Martin, J. Burbank and W. Kasch, RFC 5905: Network Time Protocol Version 4, 2010: the clock filter, the selection, the step threshold of 128 ms",
        "G. Coulouris, J. Dollimore and T. Kindberg, Distributed Systems, 3rd edition, 2001, section 10.3.4, and its exercise",
    ],
    texts: texts!(
        "time/ntp",
        "ntp",
        [
            "four-stamps",
            "asymmetric",
            "best-of-eight",
            "latest-only",
            "falseticker",
            "strata",
            "server-time-kept",
            "any-reply",
            "late-reply"
        ]
    ),
    parameters: &[
        Parameter {
            name: "filter",
            label: "of the register counts",
            unit: Unit::Choice(&["smallest-delay", "latest", "mean"]),
            min: 0,
            max: 2,
            default: 0,
        },
        Parameter {
            name: "register",
            label: "samples kept of each server",
            unit: Unit::Count,
            min: 1,
            max: 8,
            default: 8,
        },
        time("poll", "asks every (0: when asked)", 0, 0),
        time("processing", "a server answers after", 0, 2_000),
        time("step-threshold", "offsets above this are stepped", 0, 128_000),
    ],
    policy: Some(DISCIPLINE),
    scenarios: &[
        "four-stamps",
        "asymmetric",
        "best-of-eight",
        "latest-only",
        "falseticker",
        "strata",
        "server-time-kept",
        "any-reply",
        "late-reply",
    ],
    properties: &[
        Property::monitor::<judge::Within>(WITHIN),
        Property::always(SMALLEST, judge::the_smallest_delay_counts),
        Property::always(STRATUM, judge::strata_are_right),
    ],
    costs: &[Cost {
        what: "REQUEST and REPLY",
        formula: "2 × exchanges",
        relation: Relation::Exactly,
        count: judge::messages,
        when: "when all is at rest and nothing was lost",
    }],
    bugs: &[
        Bug {
            id: "server-time-kept",
            title: "the time that the server took is not taken off",
            lesson: "T4 − T1 is the way there and back and what the server did in between. Only T2 and T3 together say how long that was.",
            breaks: WITHIN,
            scenario: "server-time-kept",
        },
        Bug {
            id: "any-reply",
            title: "a reply is taken for the answer to the latest request",
            lesson: "A late reply to an earlier request, matched with a later T1, makes the way seem short and the offset wrong. The reply carries T1, so that it can be told.",
            breaks: WITHIN,
            scenario: "any-reply",
        },
    ],
    plots: &[
        Plot { title: "clocks, against the true time", unit: "ms ahead", values: in_ms },
        Plot { title: "delay of the sample that is used", unit: "µs", values: judge::delays },
        Plot { title: "offset of the sample that is used", unit: "µs", values: judge::offsets },
    ],
    milestones: &["Corrected"],
    clocks: Some(|world| {
        let every = Some(world.setup().span("poll")).filter(|poll| poll.0 > 0);
        ClockBounds { every, ..ClockBounds::default() }
    }),
    ranges: Some(judge::ranges),
    configure: sources::configure,
    spawn: |setup, me| Arc::new(Machine::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, min: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min, max: 3_600_000_000, default }
}

/// Not synchronized: no stratum is that deep.
const UNSYNCHRONIZED: u32 = 16;

/// One machine. Whoever has no servers of its own has the time from elsewhere: stratum 1.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Machine {
    me: NodeId,
    clock: SoftwareClock,
    stratum: u32,
    /// The servers that it asks, with what it has heard of each.
    sources: Vec<Source>,
    /// The server that it follows, with the sample that it has used last.
    follows: Option<(NodeId, Sample)>,
    /// How often its clock was corrected.
    corrections: u32,
    /// Requests that it has not answered yet.
    desk: Vec<Waiting>,
}

/// A request on the desk of a server.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Waiting {
    client: NodeId,
    t1: Skew,
    t2: Skew,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Sent when the client's clock showed T1.
    Request { t1: Skew },
    /// The same T1, when it came, and when the answer left.
    Reply { t1: Skew, t2: Skew, t3: Skew, stratum: u32 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Time to ask again.
    Poll,
    /// The first request on the desk is done.
    Answer,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Ask all servers once.
    Ask,
}

read_variants!(Request { Ask });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// An exchange is complete: the server's clock minus the own one, how long the ways took, and how long all took.
    Sampled(NodeId, Skew, Skew, Skew),
    /// The clock is corrected by this.
    Corrected(Skew),
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.await_poll(ctx);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request { t1 } => {
                ctx.line("arrive");
                let t2 = Skew(self.clock.read(ctx));
                self.desk.push(Waiting { client: from, t1, t2 });
                ctx.note(format_args!("{} reads its clock as the request comes: T2.", self.me));
                if self.desk.len() == 1 {
                    ctx.set_timer(ctx.setup().span("processing"), Timer::Answer);
                }
            }
            Message::Reply { t1, t2, t3, stratum } => self.hear(from, (t1, t2, t3), stratum, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Poll => self.ask(ctx),
            Timer::Answer => {
                if self.desk.is_empty() {
                    return;
                }
                ctx.line("reply");
                let Waiting { client, t1, t2 } = self.desk.remove(0);
                let t3 = Skew(self.clock.read(ctx));
                ctx.note(format_args!("{} reads its clock as the answer leaves: T3. T1 and T2 go with it.", self.me));
                ctx.send(client, Message::Reply { t1, t2, t3, stratum: self.stratum });
                if !self.desk.is_empty() {
                    ctx.set_timer(ctx.setup().span("processing"), Timer::Answer);
                }
            }
        }
    }

    fn on_request(&mut self, Request::Ask: Request, ctx: &mut Context<'_, Self>) {
        match self.refusal() {
            Some(reason) => ctx.note(reason),
            None => self.ask(ctx),
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        self.await_poll(ctx);
    }

    /// The clock goes on; what was heard of the servers is lost.
    fn after_crash(&self) -> Option<Self> {
        let sources = self.sources.iter().map(|source| Source::new(source.server)).collect();
        Some(Self { sources, follows: None, stratum: self.first_stratum(), desk: vec![], ..self.clone() })
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = Offer::ready("Ask the servers", Request::Ask);
        vec![Offer { refused: self.refusal(), ..offer }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction::by(self.clock.correction(hardware))
    }

    fn status(&self) -> Status {
        let word =
            if self.stratum < UNSYNCHRONIZED { format!("stratum {}", self.stratum) } else { "no time yet".into() };
        let tone = if self.sources.is_empty() { Tone::Active } else { Tone::Idle };
        let detail = match &self.follows {
            Some((server, sample)) => format!("{server}: {} in {}", sample.offset, sample.delay.size()),
            None => String::new(),
        };
        Status::new(word, tone).detail(detail)
    }

    fn status_in(&self, view: &View<'_>) -> Status {
        let (_, falsetickers) = sources::select(&self.candidates(view.setup, 0), 0);
        self.status().flagging(falsetickers, "falseticker")
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Request { .. } => "REQUEST T1".into(),
            Message::Reply { .. } => "REPLY T1·T2·T3".into(),
        }
    }
}

/// The rules, named as in the pseudocode.
impl Machine {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let sources: Vec<Source> = servers_of(setup, me).into_iter().map(Source::new).collect();
        let mut machine = Self {
            me,
            clock: SoftwareClock::default(),
            stratum: 0,
            sources,
            follows: None,
            corrections: 0,
            desk: vec![],
        };
        machine.stratum = machine.first_stratum();
        machine
    }

    fn first_stratum(&self) -> u32 {
        if self.sources.is_empty() { 1 } else { UNSYNCHRONIZED }
    }

    fn refusal(&self) -> Option<String> {
        self.sources.is_empty().then(|| format!("{} asks nobody: it has the time from elsewhere.", self.me))
    }

    fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("ask");
        let t1 = Skew(self.clock.read(ctx));
        let hardware = ctx.hardware_clock();
        let correction = self.clock.correction(hardware);
        for source in &mut self.sources {
            source.asked = Some(Exchange { t1, hardware, correction });
            ctx.send(source.server, Message::Request { t1 });
        }
        ctx.note(format_args!("{} reads its clock as the requests leave: T1.", self.me));
        self.await_poll(ctx);
    }

    fn hear(&mut self, server: NodeId, (t1, t2, t3): (Skew, Skew, Skew), stratum: u32, ctx: &mut Context<'_, Self>) {
        let (me, hardware) = (self.me, ctx.hardware_clock());
        let any = ctx.setup().variant("any-reply");
        let Some(source) = self.sources.iter_mut().find(|source| source.server == server) else { return };
        let Some(asked) = source.asked.filter(|asked| any || asked.t1 == t1) else {
            ctx.line("drop");
            return ctx.note(format_args!("This is not the answer to the request that {me} waits for. It is dropped."));
        };
        source.asked = None;
        ctx.line("sample");
        let kept = ctx.setup().variant("server-time-kept");
        let trip = hardware - asked.hardware;
        let sample = Sample::of([asked.t1, t2, t3, Skew(asked.t1.0 + trip)], kept, asked, hardware);
        ctx.note(format_args!(
            "{me} reads its clock as the reply comes: T4. The server's clock is {} its own; the way there and back took {}.",
            super::ahead_of(sample.offset),
            sample.delay.size()
        ));
        source.keep(sample, stratum, ctx.setup().parameter("register"));
        ctx.output(Output::Sampled(server, sample.offset, sample.delay, Skew(trip)));
        self.select(ctx);
    }

    /// What each server says, seen from the clock as it is corrected now.
    fn candidates(&self, setup: &Setup, correction: i64) -> Vec<Candidate> {
        let filter = setup.parameter("filter");
        self.sources.iter().filter_map(|source| source.candidate(filter, correction)).collect()
    }

    /// Which server to follow, and what its register says.
    fn select(&mut self, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        let correction = self.clock.correction(ctx.hardware_clock());
        let candidates = self.candidates(ctx.setup(), correction);
        let (best, falsetickers) = sources::select(&candidates, correction);
        if !falsetickers.is_empty() {
            ctx.line("falseticker");
            for server in &falsetickers {
                ctx.note(format_args!("The interval of {server} does not meet the others: a falseticker."));
            }
        }
        let Some((server, stratum, sample)) = best else {
            (self.follows, self.stratum) = (None, UNSYNCHRONIZED);
            return ctx.note(format_args!("{me} hears from servers that contradict each other: it follows none."));
        };
        ctx.line("filter");
        let known = self.follows.replace((server, sample));
        self.stratum = (stratum + 1).min(UNSYNCHRONIZED);
        if known.is_some_and(|(_, known)| known.at == sample.at) {
            return ctx
                .note(format_args!("The quickest exchange in the register is an old one, and was used already."));
        }
        self.set_right(sample, ctx);
    }

    fn set_right(&mut self, sample: Sample, ctx: &mut Context<'_, Self>) {
        let hardware = ctx.hardware_clock();
        // What was corrected since the sample was taken is not corrected again.
        let by = sample.offset.0 - (self.clock.correction(hardware) - sample.correction);
        let mut discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        if Micros(by.unsigned_abs()) > ctx.setup().span("step-threshold") {
            ctx.line("step");
            discipline.adjust = super::discipline::Adjust::Step;
        } else {
            ctx.line("slew");
        }
        discipline.apply(&mut self.clock, hardware, by);
        self.corrections += 1;
        ctx.output(Output::Corrected(Skew(by)));
        ctx.note(format_args!("{} corrects its clock by {}.", self.me, Skew(by)));
    }

    fn await_poll(&self, ctx: &mut Context<'_, Self>) {
        let poll = ctx.setup().span("poll");
        if poll.0 > 0 && !self.sources.is_empty() {
            ctx.set_timer(poll, Timer::Poll);
        }
    }
}
