//! Vector clocks: a counter for every process at every process, and all of them on every message. An event's stamp says how
//! many events of each process it can know of. So stamps compare exactly as events do: smaller means before, and where
//! neither is smaller, nothing connects the two.

use crate::{
    Algorithm, Cause, Context, Life, MessageId, Never, NodeId, Offer, Order, Process, Property, Setup, Status, Step,
    Tone, View, Violation, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Plot, Relation, Timing},
    process::Field,
    property::Monitor,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const EXACT: &str = "a → b exactly if V(a) < V(b)";
/// As many peers have a button each; for more there is a form.
const MOST_BUTTONS: usize = 8;
/// As many numbers fit on a capsule and beside a node.
const MOST_SHOWN: usize = 6;
/// Events of a run that are compared with each other.
const MOST_EVENTS: usize = 1_000;

/// Vector clocks, as the catalogue, the page and the tests know them.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/vector-clock",
    title: "Vector clocks",
    summary: "Count for everybody what you know of their events: stamps then tell cause from coincidence.",
    assumes: Assumptions {
        links: Links::LossyAndDuplicating,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::CrashRecovery,
    },
    sources: &[
        "C. J. Fidge, Timestamps in Message-Passing Systems That Preserve the Partial Ordering, Proceedings of the 11th Australian Computer Science Conference, 1988, pages 56–66",
        "F. Mattern, Virtual Time and Global States of Distributed Systems, Parallel and Distributed Algorithms, 1989, pages 215–226",
        "G. Coulouris, J. Dollimore, T. Kindberg and G. Blair, Distributed Systems, 5th edition, 2012, chapter 14: the events a to f",
    ],
    texts: texts!(
        "time/vector-clock",
        "vector_clock",
        ["six-events", "ten-events", "busy", "silent-receipt", "silent-sending", "old-stamp", "overwrite", "forgetful"]
    ),
    scenarios: &[
        "six-events",
        "ten-events",
        "busy",
        "silent-receipt",
        "silent-sending",
        "old-stamp",
        "overwrite",
        "forgetful",
    ],
    properties: &[Property::monitor::<Exact>(EXACT)],
    costs: &[
        Cost {
            what: "messages of the clock's own",
            formula: "0",
            relation: Relation::Exactly,
            count: |world| Some((world.tally().sent_in_all() - world.tally().sent("Stamped"), 0)),
            when: "always: a stamp of n numbers travels with a message that is sent anyway",
        },
        Cost {
            what: "sum of what all have counted of their own",
            formula: "events so far",
            relation: Relation::AtMost,
            count: |world| {
                let own = world.processes::<Clock>().map(|(id, clock)| u64::from(clock.stamp[id.index()]));
                Some((own.sum(), world.tally().events))
            },
            when: "always: each event is counted once, by its own process",
        },
    ],
    bugs: &[
        Bug {
            id: "silent-receipt",
            title: "a receipt is not counted as an event",
            lesson: "The receipt gets the stamp of its own sending. Two events with one stamp cannot be told apart.",
            breaks: EXACT,
            scenario: "silent-receipt",
        },
        Bug {
            id: "silent-sending",
            title: "a sending is not counted as an event",
            lesson: "The sending gets the stamp of the event before it.",
            breaks: EXACT,
            scenario: "silent-sending",
        },
        Bug {
            id: "old-stamp",
            title: "the message carries the stamp from before its sending",
            lesson: "The receiver learns of all that was before the sending, and not of the sending: cause and effect look concurrent.",
            breaks: EXACT,
            scenario: "old-stamp",
        },
        Bug {
            id: "overwrite",
            title: "a receipt takes over the stamp of the message instead of the larger of each number",
            lesson: "A process must not unlearn. What it knew of others before, and even of itself, is lost.",
            breaks: EXACT,
            scenario: "overwrite",
        },
        Bug {
            id: "forgetful",
            title: "the clock is lost in a crash",
            lesson: "Events after the crash get stamps that were used before it. The clock belongs on stable storage.",
            breaks: EXACT,
            scenario: "forgetful",
        },
    ],
    plots: &[Plot { title: "events", unit: "", values: plot }],
    spawn: |setup, me| Arc::new(Clock::new(setup, me)),
    ..Algorithm::EMPTY
};

/// The clock of one process. It is on stable storage, so that a crash does not set it back.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Clock {
    me: NodeId,
    /// How many events of each process it knows of, by id: the stamp of its latest event.
    stamp: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Whatever the processes have to say to each other, with the stamp of its sending.
    Stamped(Vec<u32>),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// An event of its own.
    Local,
    Send {
        to: NodeId,
    },
}

read_variants!(Request { Local, Send { to } });

impl Process for Clock {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Never;

    fn on_message(&mut self, from: NodeId, Message::Stamped(theirs): Message, ctx: &mut Context<'_, Self>) {
        ctx.line("learn");
        if ctx.setup().variant("overwrite") {
            self.stamp = theirs;
        } else {
            self.stamp.iter_mut().zip(&theirs).for_each(|(mine, &theirs)| *mine = theirs.max(*mine));
        }
        if !ctx.setup().variant("silent-receipt") {
            ctx.line("receive");
            self.count();
        }
        ctx.note(format_args!(
            "{} now knows what {from} knew. The receipt is stamped {}.",
            self.me,
            shown(&self.stamp)
        ));
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        match request {
            Request::Local => {
                ctx.line("event");
                self.count();
                ctx.note(format_args!("An event at {me} itself. It is stamped {}.", shown(&self.stamp)));
            }
            Request::Send { to } => {
                ctx.line("send");
                let before = self.stamp.clone();
                if !ctx.setup().variant("silent-sending") {
                    self.count();
                }
                let carried = if ctx.setup().variant("old-stamp") { before } else { self.stamp.clone() };
                let (stamp, with) = (shown(&self.stamp), shown(&carried));
                ctx.note(format_args!(
                    "{me} sends to {to}. The sending is stamped {stamp}, the message carries {with}."
                ));
                ctx.send(to, Message::Stamped(carried));
            }
        }
    }

    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("recover");
        if ctx.setup().variant("forgetful") {
            self.stamp.fill(0);
            ctx.note(format_args!("{} is back and has forgotten its clock.", self.me));
        } else {
            ctx.note(format_args!("{} is back and goes on with {}.", self.me, shown(&self.stamp)));
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let mut offers = vec![Offer::ready("Have an event of its own", Request::Local)];
        let peers: Vec<NodeId> = view.members.iter().copied().filter(|&peer| peer != view.me).collect();
        if peers.len() <= MOST_BUTTONS {
            offers.extend(peers.iter().map(|&to| Offer::ready(format!("Send to {to}"), Request::Send { to })));
        } else {
            let (min, max) = (peers[0].0.into(), peers[peers.len() - 1].0.into());
            let field = Field { name: "to", label: "to process number", unit: "", min, max, default: min };
            offers.push(Offer::form("Send to a process", "Send", vec![field]));
        }
        offers
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        match request {
            Request::Send { to } if *to == self.me || to.index() >= self.stamp.len() => {
                Err(format!("{} can send to another process only.", self.me))
            }
            _ => Ok(()),
        }
    }

    fn after_crash(&self) -> Option<Self> {
        Some(self.clone())
    }

    fn status(&self) -> Status {
        let own = self.stamp[self.me.index()];
        let status = Status::new(shown(&self.stamp), Tone::Idle);
        if self.stamp.len() > MOST_SHOWN { status.detail(format!("{own} of its own")) } else { status }
    }

    fn telling(Message::Stamped(stamp): &Message) -> String {
        shown(stamp)
    }
}

/// The rules, named as in the pseudocode.
impl Clock {
    fn new(setup: &Setup, me: NodeId) -> Self {
        Self { me, stamp: vec![0; setup.nodes.len()] }
    }

    /// Every event is counted by its process.
    fn count(&mut self) {
        self.stamp[self.me.index()] += 1;
    }
}

/// "(2, 0, 1)"; of many numbers, their sum.
fn shown(stamp: &[u32]) -> String {
    if stamp.len() > MOST_SHOWN {
        return format!("knows {}", stamp.iter().sum::<u32>());
    }
    let numbers: Vec<String> = stamp.iter().map(u32::to_string).collect();
    format!("({})", numbers.join(", "))
}

// What is judged and plotted.

/// An event of the run: its stamp, and what really happened before it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Seen {
    node: NodeId,
    stamp: Vec<u32>,
    /// How many events of each process happened before it or are it. Who knows of an event knows of all before it in its
    /// process, so that this says which.
    past: Vec<u32>,
    /// The number of the first message that it may have sent.
    message: u32,
}

/// Whether every number is at most the other's, and not all are equal.
fn less(a: &[u32], b: &[u32]) -> bool {
    a != b && a.iter().zip(b).all(|(a, b)| a <= b)
}

/// Compares each event with all before it: by the stamps, and by the happened-before relation, which is built here from the
/// steps of the run alone. After the first [`MOST_EVENTS`] it is silent: every one more would have to be compared with all.
struct Exact;

impl Exact {
    /// What happened before an event of this node, given the events so far, and it itself.
    fn past(events: &[Seen], node: NodeId, received: Option<MessageId>, n: usize) -> Vec<u32> {
        let latest = events.iter().rev().find(|event| event.node == node);
        let mut past = latest.map_or_else(|| vec![0; n], |event| event.past.clone());
        // The sending is the latest event of the sender that could have sent a message of this number.
        let sending = received
            .and_then(|id| events.iter().rev().find(|event| event.node == id.from && event.message <= id.number));
        for (mine, &theirs) in past.iter_mut().zip(sending.iter().flat_map(|event| &event.past)) {
            *mine = theirs.max(*mine);
        }
        past[node.index()] += 1;
        past
    }
}

impl Monitor for Exact {
    type State = Vec<Seen>;

    fn observe(events: &mut Vec<Seen>, step: &Step, world: &World) -> Result<(), Violation> {
        let Some(node) = step.node else { return Ok(()) };
        let Some(clock) = world.process_at::<Clock>(node) else { return Ok(()) };
        let received = match &step.cause {
            Cause::Message { id, .. } => Some(*id),
            Cause::Request(_) => None,
            _ => return Ok(()),
        };
        if events.len() >= MOST_EVENTS || world.node(node).is_none_or(|node| node.life() != Life::Up) {
            return Ok(());
        }
        let past = Self::past(events, node, received, clock.stamp.len());
        let sent = step.effects.iter().filter_map(|effect| match effect {
            crate::Effect::Sent { id, .. } | crate::Effect::Lost { id, .. } if id.from == node => Some(id.number),
            _ => None,
        });
        // An event that sends nothing has no message: no number is as high.
        let message = sent.min().unwrap_or(u32::MAX);
        let new = Seen { node, stamp: clock.stamp.clone(), past, message };
        let wrong = events.iter().find_map(|old| {
            let (before, says) = (less(&old.past, &new.past), less(&old.stamp, &new.stamp));
            // Nothing later happened before something earlier, whatever the stamps say.
            (before != says || less(&new.stamp, &old.stamp)).then(|| {
                let really = if before { "happened before it" } else { "has nothing to do with it" };
                let why = format!(
                    "This event of {node} is stamped {}. One of {} is stamped {} and {really}.",
                    shown(&new.stamp),
                    old.node,
                    shown(&old.stamp)
                );
                Violation::new(why, [node, old.node])
            })
        });
        events.push(new);
        wrong.map_or(Ok(()), Err)
    }
}

fn plot(world: &World) -> Vec<(String, i64)> {
    let clocks = world.processes::<Clock>();
    clocks.map(|(id, clock)| (world.name(id).to_owned(), i64::from(clock.stamp[id.index()]))).collect()
}
