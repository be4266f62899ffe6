//! A passive time server, after Cristian: a client asks for the time and adds half of the round trip to the answer, since
//! it does not know how the round trip divides. What it may be wrong by is half of the round trip, less what a message
//! takes at least.

mod belief;
mod judge;
mod parameters;

use super::{
    clock_properties::{ACCURACY, DRIFT, MONOTONE, PRECISION},
    discipline::{Adjusted, DISCIPLINE, Discipline},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, ClockBounds, Context, Correction, Micros, NodeId, Offer, Process, Property, Setup, Skew, Status, Tone,
    View, Wait,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Plot, Relation, Timing},
    narrate::reading,
    read_variants, texts,
};
use belief::{Sample, Sure, drifted};
use serde::Serialize;
use std::sync::Arc;

const BELIEF: &str = "the server's time is within what each client believes";
const FILES: &str = "a file that is saved later has a later time";

/// Cristian's algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/passive-server",
    title: "Passive time server (Cristian)",
    summary: "Ask for the time, add half of the round trip, and know how wrong that may be.",
    assumes: Assumptions {
        links: Links::LossyAndDuplicating,
        order: crate::Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "F. Cristian, Probabilistic Clock Synchronization, Distributed Computing 3, 1989, pages 146–158",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2: passive time server, T + (T1 − T0)/2",
        "G. Coulouris and others, Distributed Systems: Concepts and Design, 5th edition, 2012, section 14.3: the bound, and the exercise with three round trips",
    ],
    texts: texts!(
        "time/passive-server",
        "passive_server",
        [
            "symmetric",
            "slow-way-back",
            "best-of-three",
            "two-clients",
            "server-crash",
            "busy-server",
            "old-reply",
            "forget-the-way",
            "add-the-rest"
        ]
    ),
    parameters: parameters::PARAMETERS,
    policy: Some(DISCIPLINE),
    scenarios: &[
        "symmetric",
        "slow-way-back",
        "best-of-three",
        "two-clients",
        "server-crash",
        "busy-server",
        "old-reply",
        "forget-the-way",
        "add-the-rest",
    ],
    properties: &[
        Property::always(BELIEF, judge::belief),
        MONOTONE,
        Property::always(FILES, judge::files_in_order),
        PRECISION,
        ACCURACY,
        DRIFT,
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2 × probes × synchronizations",
        relation: Relation::Exactly,
        count: judge::messages,
        when: "when nothing was lost or came too late: a question and an answer a probe",
    }],
    bugs: &[
        Bug {
            id: "old-reply",
            title: "any answer is taken for the answer to the latest question",
            lesson: "The answer to an old question, held against the sending time of a new one, makes a round trip that never was: too short, and trusted all the more. Number the questions.",
            breaks: BELIEF,
            scenario: "old-reply",
        },
        Bug {
            id: "forget-the-way",
            title: "the clock is set to the time in the answer",
            lesson: "The answer was right when it was sent. It has travelled since, and the clock is behind by all of its way back.",
            breaks: BELIEF,
            scenario: "forget-the-way",
        },
        Bug {
            id: "add-the-rest",
            title: "a new correction is added to what is left of the old one",
            lesson: "The new error was measured on the clock as it is shown, half corrected. What is left of the old correction is in that measure already.",
            breaks: BELIEF,
            scenario: "add-the-rest",
        },
    ],
    milestones: &["Set"],
    plots: &[Plot { title: "what each client may be wrong by", unit: "µs", values: judge::believed }],
    node_prefix: "C",
    clocks: Some(|world| {
        let setup = world.setup();
        let some = |name: &str| Some(setup.span(name)).filter(|span| *span != Micros::ZERO);
        ClockBounds {
            drift: u32::try_from(setup.parameter("drift")).ok(),
            precision: some("precision"),
            accuracy: some("accuracy"),
            every: some("every"),
        }
    }),
    spawn: |setup, me| Arc::new(if me == SERVER { Machine::Server } else { Machine::Client(Client::new(setup)) }),
    ..Algorithm::EMPTY
};

/// The node whose time all others take.
const SERVER: NodeId = NodeId(0);
/// How often a client asks in one round before it waits for the next.
const TRIES: u32 = 3;

/// The server, or one of its clients.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Machine {
    Server,
    Client(Client),
}

/// Who sets its clock by the server's.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Client {
    clock: SoftwareClock,
    /// The question that is open: its number, and what the hardware showed when it was sent.
    asked: Option<(u32, i64)>,
    /// The number of the next question.
    number: u32,
    /// Questions without a good answer in this round.
    failed: u32,
    /// Answers that came in this round, and the best of them.
    answers: u32,
    best: Option<Sample>,
    /// What it knows since its clock was last set.
    sure: Option<Sure>,
    /// The time of the latest file, and two files whose times are in the wrong order.
    saved: Option<i64>,
    inverted: Option<(i64, i64)>,
    /// Questions that were wasted: lost, late, too slow.
    wasted: u32,
    /// How often the clock was set.
    set: u32,
    drift: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// The number of the question.
    TimeReq(u32),
    /// The number of the question, the server's time, and how long the server took, if it says so.
    TimeRep { number: u32, time: i64, took: i64 },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next round is due.
    Round,
    /// No answer has come to this question.
    GiveUp(u32),
    /// The server is done with this question, which came when its hardware showed this.
    Answer { to: NodeId, number: u32, since: i64 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Ask the server.
    Synchronize,
    /// Save a file, which gets the time that the clock shows.
    Save,
}

read_variants!(Request { Synchronize, Save });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// The clock is put right by so much, and is within so much of the server's once that is done.
    Set { by: Skew, within: Micros },
    /// A file was saved with this time.
    Saved { at: i64 },
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        if let Self::Client(_) = self {
            next_round(Micros::ZERO, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match (self, message) {
            (Self::Server, Message::TimeReq(number)) => {
                ctx.line("asked");
                let timer = Timer::Answer { to: from, number, since: ctx.hardware_clock() };
                match ctx.setup().span("processing") {
                    Micros::ZERO => answer(timer, ctx),
                    processing => ctx.set_timer(processing, timer),
                }
            }
            (Self::Client(client), Message::TimeRep { number, time, took }) => {
                client.take_answer(number, time, took, ctx);
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match (self, timer) {
            (Self::Client(client), Timer::Round) => {
                if client.asked.is_none() {
                    client.begin(ctx);
                } else {
                    next_round(Micros::ZERO, ctx);
                }
            }
            (Self::Client(client), Timer::GiveUp(number)) => {
                if client.asked.is_some_and(|(asked, _)| asked == number) {
                    ctx.line("give-up");
                    ctx.note(format_args!(
                        "No answer to question {number}: {} asks again, with a new T0.",
                        ctx.name(ctx.me())
                    ));
                    client.failed(ctx);
                }
            }
            (_, timer) => answer(timer, ctx),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (self, request) {
            (Self::Client(client), Request::Synchronize) => client.begin(ctx),
            (Self::Client(client), Request::Save) => client.save(ctx),
            (Self::Server, _) => {}
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        if let Self::Client(client) = self {
            client.begin(ctx);
        }
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let Self::Client(client) = self else { return vec![] };
        let waits = client.asked.is_some();
        vec![
            Offer::ready("Ask for the time", Request::Synchronize).refused_if(waits, "It waits for an answer."),
            Offer::ready("Save a file", Request::Save),
        ]
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        match (self, request) {
            (Self::Server, _) => Err("The server asks nobody.".into()),
            (Self::Client(client), Request::Synchronize) if client.asked.is_some() => {
                Err("It waits for an answer.".into())
            }
            _ => Ok(()),
        }
    }

    /// The hardware clock goes on; its correction is lost.
    fn after_crash(&self) -> Option<Self> {
        Some(match self {
            Self::Server => Self::Server,
            Self::Client(client) => {
                Self::Client(Client { number: client.number, wasted: client.wasted + 1, ..Client::with(client.drift) })
            }
        })
    }

    fn correction(&self, hardware: i64) -> Correction {
        match self {
            Self::Server => Correction::default(),
            Self::Client(client) => {
                Correction { by: client.clock.correction(hardware), within: client.within(hardware) }
            }
        }
    }

    fn status(&self) -> Status {
        let Self::Client(client) = self else { return Status::new("time server", Tone::Active) };
        let known = client.sure.map(|sure| format!("± {} when set", Micros(sure.within.unsigned_abs())));
        match (client.asked, known) {
            (Some((number, _)), known) => {
                Status::new(format!("asks, question {number}"), Tone::Waiting).detail(known.unwrap_or_default())
            }
            (None, Some(known)) => Status::new(known, Tone::Done),
            (None, None) => Status::new("never set", Tone::Idle),
        }
    }

    fn waits_for(&self) -> Vec<Wait> {
        match self {
            Self::Client(Client { asked: Some(_), .. }) => vec![Wait::node(SERVER, "the time")],
            _ => vec![],
        }
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::TimeReq(number) => format!("TIME? {number}"),
            Message::TimeRep { number, time, .. } => format!("TIME {number} {}", reading(*time)),
        }
    }
}

/// The server's answer, with its time as late as can be.
fn answer(timer: Timer, ctx: &mut Context<'_, Machine>) {
    let Timer::Answer { to, number, since } = timer else { return };
    ctx.line("answer");
    let took = if ctx.setup().parameter("told") == 1 { ctx.hardware_clock() - since } else { 0 };
    ctx.send(to, Message::TimeRep { number, time: ctx.clock(), took });
}

/// Sets the timer of the next round, so that corrections are as far apart as the parameter says.
fn next_round(since_asked: Micros, ctx: &mut Context<'_, Machine>) {
    let every = ctx.setup().span("every");
    if every != Micros::ZERO {
        ctx.set_timer(every.since(since_asked).max(Micros(1)), Timer::Round);
    }
}

/// The rules, named as in the pseudocode.
impl Client {
    fn new(setup: &Setup) -> Self {
        Self::with(u32::try_from(setup.parameter("drift")).unwrap_or(0))
    }

    fn with(drift: u32) -> Self {
        Self {
            clock: SoftwareClock::default(),
            asked: None,
            number: 0,
            failed: 0,
            answers: 0,
            best: None,
            sure: None,
            saved: None,
            inverted: None,
            wasted: 0,
            set: 0,
            drift,
        }
    }

    fn begin(&mut self, ctx: &mut Context<'_, Machine>) {
        (self.failed, self.answers, self.best) = (0, 0, None);
        self.ask(ctx);
    }

    fn ask(&mut self, ctx: &mut Context<'_, Machine>) {
        ctx.line("ask");
        self.asked = Some((self.number, ctx.hardware_clock()));
        ctx.send(SERVER, Message::TimeReq(self.number));
        ctx.set_timer(ctx.setup().span("timeout"), Timer::GiveUp(self.number));
        self.number += 1;
    }

    /// A question without a good answer: another one, a few times.
    fn failed(&mut self, ctx: &mut Context<'_, Machine>) {
        self.failed += 1;
        self.wasted += 1;
        self.asked = None;
        if self.failed < TRIES {
            self.ask(ctx);
        } else if self.best.is_some() {
            self.set(ctx);
        } else {
            ctx.line("alone");
            ctx.note(format_args!("{} goes on alone: its clock drifts.", ctx.name(ctx.me())));
            next_round(Micros::ZERO, ctx);
        }
    }

    fn take_answer(&mut self, number: u32, time: i64, took: i64, ctx: &mut Context<'_, Machine>) {
        let any = ctx.setup().variant("old-reply");
        let Some((open, t0)) = self.asked.filter(|(open, _)| *open == number || any) else {
            ctx.line("late");
            self.wasted += 1;
            return ctx.note(format_args!("This answers question {number}, which is not open. Its T0 is gone."));
        };
        ctx.cancel_timer(Timer::GiveUp(open));
        self.asked = None;
        let now = ctx.hardware_clock();
        let round_trip = (now - t0 - took).max(0);
        let limit = ctx.setup().parameter("limit");
        if limit > 0 && round_trip > limit {
            ctx.line("slow");
            ctx.note(format_args!("A round trip of {}: too long to count.", reading(round_trip)));
            return self.failed(ctx);
        }
        ctx.line("sample");
        let way = if ctx.setup().variant("forget-the-way") { 0 } else { round_trip / 2 };
        let ahead = time.saturating_add(way).saturating_sub(ctx.clock());
        // The whole of it was measured by this clock, and what the server took by the server's. Rounded up, with a
        // microsecond for what readings leave out.
        let within = (round_trip / 2 + 2 + drifted(now - t0, self.drift) - ctx.setup().parameter("least")).max(1);
        let sample = Sample { round_trip, ahead, within, at: now };
        self.answers += 1;
        if self.best.is_none_or(|best| sample.round_trip < best.round_trip) {
            self.best = Some(sample);
        }
        ctx.note(format_args!(
            "T1 − T0 = {}: the server's clock shows about {} now.",
            reading(round_trip),
            reading(time + way)
        ));
        if i64::from(self.answers) < ctx.setup().parameter("probes") {
            return self.ask(ctx);
        }
        self.set(ctx);
    }

    /// Puts the clock right by the answer with the shortest round trip.
    fn set(&mut self, ctx: &mut Context<'_, Machine>) {
        let Some(best) = self.best.take() else { return };
        ctx.line("set");
        let now = ctx.hardware_clock();
        let mut by = best.ahead - self.clock.correction(now);
        if ctx.setup().variant("add-the-rest") {
            by += self.clock.left(now);
        }
        let within = best.within;
        self.sure = Some(Sure { within, since: best.at });
        self.set += 1;
        let discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        let me = ctx.name(ctx.me());
        let size = Micros(by.unsigned_abs());
        match discipline.apply(&mut self.clock, now, by) {
            Adjusted::Right => ctx.note(format_args!("{me}'s clock is right.")),
            Adjusted::Stepped { back: true } => ctx.note(format_args!("{me} sets its clock back by {size}.")),
            Adjusted::Stepped { back: false } => ctx.note(format_args!("{me} sets its clock ahead by {size}.")),
            Adjusted::Slewing => {
                let way = if by < 0 { "slower until it has lost" } else { "faster until it has gained" };
                ctx.note(format_args!("{me}'s clock runs {} % {way} {size}.", discipline.slew));
            }
        }
        ctx.output(Output::Set { by: Skew(by), within: Micros(within.unsigned_abs()) });
        next_round(Micros(best.round_trip.unsigned_abs()), ctx);
    }

    fn save(&mut self, ctx: &mut Context<'_, Machine>) {
        let at = self.clock.read(ctx);
        if let Some(before) = self.saved.filter(|before| *before > at) {
            self.inverted = Some((before, at));
        }
        self.saved = Some(at);
        ctx.output(Output::Saved { at });
    }

    /// How far the server's clock may be from this one: what was not known when it was set, what is still to be absorbed,
    /// and what two clocks have drifted apart since.
    fn within(&self, hardware: i64) -> Option<Micros> {
        let sure = self.sure?;
        let apart = drifted(hardware - sure.since, self.drift) + 1;
        Some(Micros((sure.within + apart).unsigned_abs() + self.clock.left(hardware).unsigned_abs()))
    }
}
