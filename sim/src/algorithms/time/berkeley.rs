//! The Berkeley algorithm: clocks without a source of true time agree among themselves. A master asks all for their time,
//! averages the clocks that agree with each other, and tells each by how much to correct itself; one that is far off counts
//! for nothing and is corrected all the same. The master is elected: when it dies in the middle of a round, nobody has moved,
//! and the others really elect another by the bully algorithm, which begins again.

mod judge;
mod round;

use super::{
    ahead_of,
    clock_properties::{MONOTONE, in_ms},
    discipline::{DISCIPLINE, Discipline},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, ClockBounds, Context, Correction, NodeId, Offer, Order, Process, Property, Setup, Skew, Status, Tone,
    View, Wait,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    algorithms::election::{bully, outcome::Elector},
    read_variants, texts,
};
use round::{Averaged, Round};
use serde::Serialize;
use std::sync::Arc;

const AGREE: &str = "clocks that a round has set differ by at most half of their round trips";
const AVERAGED: &str = "the average is that of a largest set of clocks at most γ apart";
const CORRECTED: &str = "whoever has answered is corrected";

/// The Berkeley algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/berkeley",
    title: "Berkeley",
    summary: "A master asks all clocks, averages those that agree, and tells each its correction.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Bounded,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "R. Gusella and S. Zatti, The Accuracy of the Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD, IEEE Transactions on Software Engineering 15(7), 1989, pages 847–853",
        "G. Coulouris, J. Dollimore and T. Kindberg, Distributed Systems, 3rd edition, 2001, section 10.3.3: the fault-tolerant average, 15 computers within 20–25 ms",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1: the figure with 3:00, 3:25 and 2:50",
    ],
    texts: texts!(
        "time/berkeley",
        "berkeley",
        [
            "three-clocks",
            "outlier",
            "everybody-counts",
            "insane-master",
            "master-dies",
            "dies-twice",
            "round-trips",
            "late-answer",
            "adrift",
            "from-the-master",
            "raw-differences",
            "add-to-what-shows",
        ]
    ),
    parameters: &[
        Parameter {
            name: "outliers",
            label: "clocks that are far off",
            unit: Unit::Choice(&["rejected", "averaged"]),
            min: 0,
            max: 1,
            default: 0,
        },
        time("gamma", "γ, clocks that agree are at most this far apart", (0, 86_400_000_000), 3_600_000_000),
        time("period", "poll again every (0: when asked)", (0, 3_600_000_000), 0),
        time("window", "the master waits for answers at most", (1_000, 10_000_000), 50_000),
        time("master-timeout", "the master is silent after", (1_000, 60_000_000), 120_000),
        time("ok-timeout", "T1, wait for an OK", (1_000, 10_000_000), 25_000),
        time("coordinator-timeout", "T2, wait for COORDINATOR after an OK", (1_000, 20_000_000), 50_000),
    ],
    policy: Some(DISCIPLINE),
    scenarios: &[
        "three-clocks",
        "outlier",
        "everybody-counts",
        "insane-master",
        "master-dies",
        "dies-twice",
        "round-trips",
        "late-answer",
        "adrift",
        "from-the-master",
        "raw-differences",
        "add-to-what-shows",
    ],
    properties: &[
        Property::monitor::<judge::Agree>(AGREE),
        Property::always(AVERAGED, judge::averages_are_right),
        Property::eventually(CORRECTED, judge::answers_are_corrected),
        MONOTONE,
    ],
    costs: &[Cost {
        what: "POLL, DIFF and ADJUST",
        formula: "3(n − 1) × rounds",
        relation: Relation::Exactly,
        count: judge::messages,
        when: "when all is at rest and nobody has crashed",
    }],
    bugs: &[
        Bug {
            id: "from-the-master",
            title: "clocks more than γ from the master's are left out",
            lesson: "The master's own clock is one of many and may be the insane one. Measured from it, all good clocks are outliers.",
            breaks: AVERAGED,
            scenario: "from-the-master",
        },
        Bug {
            id: "raw-differences",
            title: "the time that POLL and DIFF travel is not taken off",
            lesson: "A difference is measured when the POLL arrives. Unless half of the round trip is taken off, every other clock seems ahead by the time of a message, and by more where the network is slower.",
            breaks: AGREE,
            scenario: "raw-differences",
        },
        Bug {
            id: "add-to-what-shows",
            title: "every ADJUST is applied, on top of what was done meanwhile",
            lesson: "A correction belongs to the reading that it was computed from. If a second POLL is answered before the first ADJUST has come, the same error is corrected twice.",
            breaks: AGREE,
            scenario: "add-to-what-shows",
        },
    ],
    plots: &[Plot { title: "clocks, against the true time", unit: "ms ahead", values: in_ms }],
    milestones: &["Averaged"],
    clocks: Some(|world| {
        let every = Some(world.setup().span("period")).filter(|period| period.0 > 0);
        ClockBounds { every, ..ClockBounds::default() }
    }),
    configure: bully::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, range: (i64, i64), default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: range.0, max: range.1, default }
}

/// One machine: it has a clock, answers polls, and can be the master.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    clock: SoftwareClock,
    /// The round that it has open as the master.
    round: Option<Round>,
    /// What came of the latest round that it has closed as the master.
    averaged: Option<Averaged>,
    /// The poll that it has answered and not been corrected for.
    answered: Option<Answered>,
    /// The latest correction of its clock.
    corrected: Option<Corrected>,
    /// The number of the latest round that it has begun as the master.
    number: u32,
    /// Its part in the election, which knows who the master is.
    election: bully::Member,
}

/// A poll that was answered.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Answered {
    master: NodeId,
    number: u32,
    /// What had been added to the hardware clock when the answer was given.
    correction: i64,
}

/// A correction.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Corrected {
    master: NodeId,
    number: u32,
    by: Skew,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Round so much: this is my time, what is yours?
    Poll { time: Skew, number: u32 },
    /// My clock is so much ahead of what I have read.
    Diff { ahead: Skew, number: u32 },
    /// Correct your clock by this.
    Adjust { by: Skew, number: u32 },
    /// A message of the election.
    Election(bully::Message),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Time for another round.
    Next,
    /// Who has not answered by now does not count.
    Window,
    /// The master has neither polled nor corrected.
    Silence,
    /// A timer of the election.
    Election(bully::Timer),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Poll all clocks.
    Synchronize,
}

read_variants!(Request { Synchronize });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A round is closed: so many clocks count.
    Averaged { clocks: u32 },
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        if self.is_master() { self.await_next(ctx) } else { await_poll(ctx) }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Poll { time, number } => self.answer(from, number, time, ctx),
            Message::Diff { ahead, number } => self.receive(from, number, ahead, ctx),
            Message::Adjust { by, number } => self.adjust(from, number, by, ctx),
            Message::Election(inner) => self.elect(ctx, |election, ctx| election.on_message(from, inner, ctx)),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Election(inner) => self.elect(ctx, |election, ctx| election.on_timer(inner, ctx)),
            Timer::Next if self.is_master() => self.poll(ctx),
            Timer::Next => {}
            Timer::Window => {
                ctx.note(format_args!("{} has waited long enough. Whoever is silent does not count.", self.me));
                self.close(ctx);
            }
            // It has become the master after it had answered another one.
            Timer::Silence if self.is_master() => self.answered = None,
            Timer::Silence => {
                ctx.line("silence");
                ctx.note(format_args!("{} has waited for the master and takes it for crashed.", self.me));
                self.elect(ctx, |election, ctx| election.on_request(bully::Request::Notice, ctx));
            }
        }
    }

    fn on_request(&mut self, Request::Synchronize: Request, ctx: &mut Context<'_, Self>) {
        match self.refusal() {
            Some(reason) => ctx.note(reason),
            None => self.poll(ctx),
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        self.elect(ctx, Process::on_recover);
    }

    /// The clock goes on; what it knew of rounds and who was the master is lost.
    fn after_crash(&self) -> Option<Self> {
        let election = self.election.after_crash()?;
        Some(Self { round: None, averaged: None, answered: None, election, ..self.clone() })
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let offer = Offer::ready("Poll all clocks", Request::Synchronize);
        vec![Offer { refused: self.refusal(), ..offer }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction::by(self.clock.correction(hardware))
    }

    fn status(&self) -> Status {
        if self.election.is_electing() {
            return self.election.status();
        }
        let detail = match (&self.round, &self.corrected) {
            (Some(round), _) => format!("{} answers", round.readings.len() - 1),
            (None, Some(corrected)) => format!("corrected by {}", corrected.by),
            (None, None) => String::new(),
        };
        let (word, tone) = match (self.is_master(), &self.answered) {
            (true, _) => ("master", Tone::Active),
            (false, Some(_)) => ("has answered", Tone::Idle),
            (false, None) => ("clock", Tone::Idle),
        };
        // An answer that came too late is left out as well.
        let readings = self.averaged.iter().flat_map(|averaged| &averaged.readings);
        let left_out = readings.filter(|reading| !reading.counts && self.is_master()).map(|reading| reading.node);
        Status::new(word, tone).detail(detail).flagging(left_out, "left out")
    }

    /// Who has answered waits for no one in particular: if not this master corrects it, then another.
    fn waits_for(&self) -> Vec<Wait> {
        if self.election.is_electing() { self.election.waits_for() } else { vec![] }
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Poll { time, .. } => format!("POLL {}", crate::narrate::reading(time.0)),
            Message::Diff { ahead, .. } => format!("DIFF {ahead}"),
            Message::Adjust { by, .. } => format!("ADJUST {by}"),
            Message::Election(inner) => bully::Member::telling(inner),
        }
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        Self {
            me,
            clock: SoftwareClock::default(),
            round: None,
            averaged: None,
            answered: None,
            corrected: None,
            number: 0,
            election: bully::Member::new(setup, me),
        }
    }

    fn is_master(&self) -> bool {
        self.election.leader() == Some(self.me)
    }

    /// Why it cannot begin a round.
    fn refusal(&self) -> Option<String> {
        match &self.round {
            _ if !self.is_master() => Some(format!("{} is not the master.", self.me)),
            Some(_) => Some(format!("{} has a round open.", self.me)),
            None => None,
        }
    }

    fn answer(&mut self, master: NodeId, number: u32, time: Skew, ctx: &mut Context<'_, Self>) {
        ctx.line("compare");
        let ahead = Skew(self.clock.read(ctx) - time.0);
        self.answered = Some(Answered { master, number, correction: self.clock.correction(ctx.hardware_clock()) });
        let (me, far) = (self.me, ahead_of(ahead));
        ctx.note(format_args!("{me} compares: its clock is {far} what it reads, the way of the message included."));
        ctx.send(master, Message::Diff { ahead, number });
        ctx.set_timer(ctx.setup().span("master-timeout"), Timer::Silence);
    }

    fn adjust(&mut self, master: NodeId, number: u32, by: Skew, ctx: &mut Context<'_, Self>) {
        let this = |answered: &Answered| answered.master == master && answered.number == number;
        let adds = ctx.setup().variant("add-to-what-shows");
        let answered = match self.answered.take() {
            Some(answered) if this(&answered) => answered,
            other => {
                self.answered = other;
                if !adds {
                    return ctx.note(format_args!(
                        "{} has answered a later POLL since: this correction is out of date.",
                        self.me
                    ));
                }
                Answered { master, number, correction: 0 }
            }
        };
        ctx.line("adjust");
        let now = self.clock.correction(ctx.hardware_clock());
        self.set_right(&Answered { correction: if adds { now } else { answered.correction }, ..answered }, by, ctx);
        await_poll(ctx);
    }

    /// Corrects the clock by what is left of a correction that was computed from an earlier reading: what has been done
    /// meanwhile is not done twice.
    fn set_right(&mut self, computed: &Answered, by: Skew, ctx: &mut Context<'_, Self>) {
        let hardware = ctx.hardware_clock();
        let left = by.0 - (self.clock.correction(hardware) - computed.correction);
        let discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        discipline.apply(&mut self.clock, hardware, left);
        self.corrected = Some(Corrected { master: computed.master, number: computed.number, by });
        ctx.note(format_args!("{} corrects its clock by {by}.", self.me));
    }

    /// Runs a handler of the election, and hears what it has come to.
    fn elect(
        &mut self,
        ctx: &mut Context<'_, Self>,
        run: impl FnOnce(&mut bully::Member, &mut Context<'_, bully::Member>),
    ) {
        let election = &mut self.election;
        let ((), outputs) = ctx.scope(Message::Election, Timer::Election, |inner| run(election, inner));
        for output in outputs {
            match output {
                bully::Output::Elected => {
                    ctx.line("take-over");
                    self.answered = None;
                    ctx.cancel_timer(Timer::Silence);
                    self.poll(ctx);
                }
                bully::Output::Accepted(_) => {
                    ctx.line("follow");
                    (self.answered, self.round) = (None, None);
                    ctx.cancel_timer(Timer::Window);
                    ctx.cancel_timer(Timer::Next);
                    ctx.set_timer(ctx.setup().span("master-timeout"), Timer::Silence);
                }
                bully::Output::HoldsElection => ctx.cancel_timer(Timer::Silence),
            }
        }
    }

    fn await_next(&self, ctx: &mut Context<'_, Self>) {
        let period = ctx.setup().span("period");
        if period.0 > 0 && self.is_master() {
            ctx.set_timer(period, Timer::Next);
        }
    }
}

/// Where polls come by themselves, silence means a crash between two of them, too.
fn await_poll(ctx: &mut Context<'_, Member>) {
    let period = ctx.setup().span("period");
    ctx.cancel_timer(Timer::Silence);
    if period.0 > 0 {
        ctx.set_timer(period.plus(ctx.setup().span("master-timeout")), Timer::Silence);
    }
}
