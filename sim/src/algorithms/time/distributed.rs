//! Clocks that agree without a master. Each tells its time, to all or to its neighbours, and takes an average of what it
//! hears. To all: everybody has the same picture, and a few wrong clocks are dropped from both ends. To neighbours: a
//! difference spreads through the network like heat, and an island that is cut off agrees with itself only.

mod judge;

use super::{
    ahead_of,
    average::{mean, without_extremes},
    clock_properties::in_ms,
    discipline::{DISCIPLINE, Discipline},
    software_clock::SoftwareClock,
};
use crate::{
    Algorithm, ClockBounds, Context, Correction, Never, NodeId, Order, Process, Property, Setup, Skew, Status, Tone,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

const MEAN: &str = "a round leaves the mean of the clocks where it is";
const CLOSER: &str = "no round drives the clocks apart";

/// Averaging without a master, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/distributed",
    title: "Averaging without a master",
    summary: "Everybody tells its time, to all or to its neighbours, and takes an average.",
    assumes: Assumptions { links: Links::Reliable, order: Order::Any, timing: Timing::Bounded, faults: Faults::None },
    sources: &[
        "L. Lamport and P. M. Melliar-Smith, Synchronizing Clocks in the Presence of Faults, Journal of the ACM 32(1), 1985, pages 52–78: interactive convergence",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2: global and localized averaging",
        "G. Cybenko, Dynamic Load Balancing for Distributed Memory Multiprocessors, Journal of Parallel and Distributed Computing 7(2), 1989: averaging with neighbours and symmetric weights",
    ],
    texts: texts!(
        "time/distributed",
        "distributed",
        [
            "to-all",
            "one-insane",
            "nobody-dropped",
            "ring-of-eight",
            "grid",
            "two-islands",
            "plain-average",
            "way-forgotten"
        ]
    ),
    parameters: &[
        Parameter {
            name: "form",
            label: "each tells its time",
            unit: Unit::Choice(&["to-all", "to-neighbours"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "dropped",
            label: "m, dropped from each end",
            unit: Unit::Count,
            min: 0,
            max: 50,
            default: 0,
        },
        time("period", "a round every", 1_000, 1_000_000),
        Parameter {
            name: "rounds",
            label: "rounds (0: for ever)",
            unit: Unit::Count,
            min: 0,
            max: 100_000,
            default: 8,
        },
        time("window", "waits for the times of the others", 1_000, 100_000),
        time("propagation", "a message is known to take", 0, 10_000),
    ],
    policy: Some(DISCIPLINE),
    scenarios: &[
        "to-all",
        "one-insane",
        "nobody-dropped",
        "ring-of-eight",
        "grid",
        "two-islands",
        "plain-average",
        "way-forgotten",
    ],
    properties: &[Property::monitor::<judge::MeanStays>(MEAN), Property::monitor::<judge::NeverApart>(CLOSER)],
    costs: &[
        Cost {
            what: "TIME, told to all",
            formula: "n(n − 1) × rounds",
            relation: Relation::Exactly,
            count: |world| judge::messages(world, 0),
            when: "when all is at rest",
        },
        Cost {
            what: "TIME, told to neighbours",
            formula: "2 × links × rounds",
            relation: Relation::Exactly,
            count: |world| judge::messages(world, 1),
            when: "when all is at rest and no link was cut",
        },
    ],
    bugs: &[
        Bug {
            id: "plain-average",
            title: "each takes the plain mean of itself and its neighbours",
            lesson: "Who has few neighbours gives each of them more weight than it gets back. On a line or a grid the mean of all clocks moves, although nobody has lied.",
            breaks: MEAN,
            scenario: "plain-average",
        },
        Bug {
            id: "way-forgotten",
            title: "the time that a message takes is not added",
            lesson: "What arrives is as old as its way. If nobody adds that, all clocks seem to be behind all others, and the whole group is set back in every round.",
            breaks: MEAN,
            scenario: "way-forgotten",
        },
    ],
    plots: &[Plot { title: "clocks, against the true time", unit: "ms ahead", values: in_ms }],
    milestones: &["Corrected"],
    clocks: Some(|world| ClockBounds { every: Some(world.setup().span("period")), ..ClockBounds::default() }),
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, min: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min, max: 3_600_000_000, default }
}

/// One machine.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    clock: SoftwareClock,
    /// The number of the round that it is in; 0 before the first.
    round: u32,
    /// Whether it still collects the times of that round.
    collects: bool,
    /// What had been added to the hardware clock when the round began.
    base: i64,
    /// What it has heard for this round and, where others are ahead, for the next: by how much each is ahead of its hardware.
    heard: Vec<Heard>,
}

/// A time that was heard.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Heard {
    node: NodeId,
    round: u32,
    /// The other's clock minus what the user and the hardware show here.
    ahead: Skew,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// In this round my clock shows this.
    Time { time: Skew, round: u32 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next round begins.
    Next,
    /// The times of this round have had the time to come.
    Window,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// In this round the clock was corrected by so much.
    Corrected(u32, Skew),
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Never;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.set_timer(ctx.setup().span("period"), Timer::Next);
    }

    fn on_message(&mut self, from: NodeId, Message::Time { time, round }: Message, ctx: &mut Context<'_, Self>) {
        let current = round > self.round || (round == self.round && self.collects);
        if !current || self.heard.iter().any(|heard| heard.node == from && heard.round == round) {
            return ctx.note(format_args!("Round {round} of {} is over: this comes too late.", self.me));
        }
        ctx.line("hear");
        let way = if ctx.setup().variant("way-forgotten") { 0 } else { ctx.setup().parameter("propagation") };
        let shows = time.0 + way;
        ctx.note(format_args!(
            "{from} is {} this clock, with the way of the message added.",
            ahead_of(Skew(shows - self.clock.read(ctx)))
        ));
        self.heard.push(Heard { node: from, round, ahead: Skew(shows - ctx.clock()) });
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Next => self.begin(ctx),
            Timer::Window => self.close(ctx),
        }
    }

    fn correction(&self, hardware: i64) -> Correction {
        Correction::by(self.clock.correction(hardware))
    }

    fn status(&self) -> Status {
        let (word, tone) = if self.collects { ("collects", Tone::Waiting) } else { ("clock", Tone::Idle) };
        Status::new(word, tone).detail(format!("round {}", self.round))
    }

    fn telling(Message::Time { round, .. }: &Message) -> String {
        format!("TIME {round}")
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(_setup: &Setup, me: NodeId) -> Self {
        Self { me, clock: SoftwareClock::default(), round: 0, collects: false, base: 0, heard: vec![] }
    }

    fn begin(&mut self, ctx: &mut Context<'_, Self>) {
        let (me, hardware) = (self.me, ctx.hardware_clock());
        self.round += 1;
        self.collects = true;
        self.base = self.clock.correction(hardware);
        let message = Message::Time { time: Skew(self.clock.read(ctx)), round: self.round };
        if ctx.setup().parameter("form") == 0 {
            ctx.line("tell-all");
            ctx.note(format_args!("Round {}: {me} tells its time to all.", self.round));
            ctx.broadcast(message);
        } else {
            ctx.line("tell-neighbours");
            ctx.note(format_args!("Round {}: {me} tells its time to its neighbours.", self.round));
            for neighbour in ctx.neighbours() {
                ctx.send(neighbour, message.clone());
            }
        }
        ctx.set_timer(ctx.setup().span("window"), Timer::Window);
        let rounds = ctx.setup().parameter("rounds");
        if rounds == 0 || i64::from(self.round) < rounds {
            ctx.set_timer(ctx.setup().span("period"), Timer::Next);
        }
    }

    fn close(&mut self, ctx: &mut Context<'_, Self>) {
        let (round, base) = (self.round, self.base);
        let of_this = self.heard.iter().filter(|heard| heard.round == round);
        let mut ahead: Vec<i64> = of_this.map(|heard| heard.ahead.0 - base).collect();
        self.heard.retain(|heard| heard.round > round);
        self.collects = false;
        let by = if ctx.setup().parameter("form") == 0 {
            // Its own clock is one of them.
            ahead.push(0);
            let dropped = ctx.setup().parameter("dropped") as usize;
            let kept = without_extremes(&ahead, dropped);
            if dropped > 0 {
                ctx.line("drop");
                ctx.note(format_args!("{dropped} of the highest and of the lowest do not count."));
            }
            ctx.line("average");
            mean(&ahead, &kept).unwrap_or(0)
        } else {
            let plain = ctx.setup().variant("plain-average");
            let share = if plain { ahead.len() } else { most_neighbours(ctx.setup()) } as i64 + 1;
            ctx.line("share");
            let sum: i64 = ahead.iter().sum();
            ctx.note(format_args!("{} moves by the sum of what its neighbours are ahead, over {share}.", self.me));
            (2 * sum + share).div_euclid(2 * share)
        };
        ctx.line("correct");
        let hardware = ctx.hardware_clock();
        let left = by - (self.clock.correction(hardware) - base);
        let discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        discipline.apply(&mut self.clock, hardware, left);
        ctx.output(Output::Corrected(round, Skew(by)));
        ctx.note(format_args!("{} corrects its clock by {}.", self.me, Skew(by)));
    }
}

/// The most neighbours that any node has at the start: weights that all know alike.
fn most_neighbours(setup: &Setup) -> usize {
    let degree = |node: u32| {
        let ends = |link: &&crate::Link| link.ends.0.0 == node || link.ends.1.0 == node;
        setup.links.iter().filter(ends).count()
    };
    (0..setup.nodes.len() as u32).map(degree).max().unwrap_or(0)
}
