//! A process that does what it is told, so that each rule can be seen alone.

use serde::Serialize;
use serde_json::{Value as Json, json};
use sim::{
    Algorithm, ClockBounds, Context, Correction, Effect, Event, Gauge, Members, Membership, MessageId, Micros, NodeId,
    Offer, Order, Process, Status, Tone, View,
    algorithm::{Assumptions, Faults, Links, PolicyKind, Timing},
    process::Field,
    testing::Bench,
};
use std::sync::Arc;

/// What any process of these tests may hear, in the order in which it heard it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
pub struct Worker {
    /// Words heard, with their senders.
    pub heard: Vec<(NodeId, u32)>,
    /// Alarms that went off.
    pub rang: Vec<u32>,
    /// Numbers drawn.
    pub drawn: Vec<u32>,
    /// Changes of the membership.
    pub told: Vec<Members>,
    /// Recoveries.
    pub recovered: u32,
    /// Policies read at an alarm.
    pub policies: Vec<u32>,
    /// What it has made of its clock.
    pub corrected: i64,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Request {
    /// Send a word to somebody.
    Say { to: NodeId, word: u32 },
    /// Ring after so long.
    Wake { after: Micros, alarm: u32 },
    /// Do not ring.
    Sleep { alarm: u32 },
    /// Draw a number below 1,000.
    Draw,
    /// Tell the user a word.
    Tell { word: u32 },
    /// Add so much to the clock.
    Correct { by: i64 },
}

sim::read_variants!(Request {
    Say { to, word }, Wake { after, alarm }, Sleep { alarm }, Draw, Tell { word }, Correct { by },
});

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    /// Just heard.
    Word(u32),
    /// Answered with `Word`, on the asker's bill.
    Question(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Alarm {
    Alarm(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Output {
    Told(u32),
    Heard(u32),
}

/// Words of 1,000 and more are questions.
const QUESTION: u32 = 1_000;
/// From 2,000 on, whoever answers does so on its own bill.
const ON_MY_BILL: u32 = 2_000;

impl Process for Worker {
    type Message = Message;
    type Timer = Alarm;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let (Message::Word(word) | Message::Question(word)) = message;
        self.heard.push((from, word));
        ctx.output(Output::Heard(word));
        if let Message::Question(word) = message {
            if word >= ON_MY_BILL {
                ctx.on_behalf_of(ctx.me());
            }
            ctx.send(from, Message::Word(word % QUESTION));
        }
    }
    fn on_timer(&mut self, Alarm::Alarm(alarm): Alarm, ctx: &mut Context<'_, Self>) {
        self.rang.push(alarm);
        self.policies.extend(ctx.policy::<u32>());
    }
    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match request {
            Request::Say { to, word } if word >= QUESTION => ctx.send(to, Message::Question(word)),
            Request::Say { to, word } => ctx.send(to, Message::Word(word)),
            Request::Wake { after, alarm } => ctx.set_timer(after, Alarm::Alarm(alarm)),
            Request::Sleep { alarm } => ctx.cancel_timer(Alarm::Alarm(alarm)),
            Request::Draw => self.drawn.push(ctx.random_below(1_000)),
            Request::Tell { word } => ctx.output(Output::Told(word)),
            Request::Correct { by } => self.corrected += by,
        }
    }
    fn on_recover(&mut self, _: &mut Context<'_, Self>) {
        self.recovered += 1;
    }
    fn on_members(&mut self, change: Members, _: &mut Context<'_, Self>) {
        self.told.push(change);
    }
    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let field = Field { name: "word", label: "word", unit: "", min: 0, max: 9, default: 1 };
        vec![
            Offer::ready("Draw a number", Request::Draw),
            Offer::form("Tell a word", "Tell", vec![field]).refused_if(view.members.len() == 1, "Nobody is there."),
        ]
    }
    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        match request {
            Request::Tell { word } if *word > 9 => Err("A word is at most 9.".into()),
            _ => Ok(()),
        }
    }
    fn after_crash(&self) -> Option<Self> {
        // What was heard is on disk, the rest is not.
        (!self.heard.is_empty()).then(|| Self { heard: self.heard.clone(), ..Self::default() })
    }
    fn correction(&self, _: i64) -> Correction {
        Correction { by: self.corrected, within: Some(Micros(5)) }
    }
    fn status(&self) -> Status {
        let full = Gauge { name: "heard", value: self.heard.len() as u32, full: 10, marks: vec![] };
        Status::new("there", Tone::Idle).gauge(full)
    }
}

const ASYNCHRONOUS: Assumptions = Assumptions {
    links: Links::LossyAndDuplicating,
    order: Order::Any,
    timing: Timing::Asynchronous,
    faults: Faults::CrashRecovery,
};

/// Assumes nothing, so that nothing breaks an assumption.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "test/words",
    assumes: ASYNCHRONOUS,
    policy: Some(PolicyKind {
        read: |json| match json.as_u64() {
            Some(number) => Ok(sim::Datum::new(number as u32)),
            None => Err("a number".into()),
        },
        default: "7",
        fields: &[],
    }),
    clocks: Some(|_| ClockBounds::default()),
    spawn: |_, _| Arc::new(Worker::default()),
    ..Algorithm::EMPTY
};

/// Assumes everything.
pub static STRICT: Algorithm = Algorithm {
    id: "test/words",
    assumes: Assumptions { links: Links::Reliable, order: Order::Fifo, timing: Timing::Bounded, faults: Faults::None },
    spawn: |_, _| Arc::new(Worker::default()),
    ..Algorithm::EMPTY
};

/// Nodes may join and leave.
pub static OPEN: Algorithm = Algorithm {
    id: "test/words",
    assumes: ASYNCHRONOUS,
    membership: Membership::Open,
    spawn: |_, _| Arc::new(Worker::default()),
    ..Algorithm::EMPTY
};

/// The start of a scenario with these fields.
pub fn bench_of(algorithm: &'static Algorithm, fields: &Json) -> Bench {
    let mut whole = json!({"version": 1, "algorithm": "test/words", "name": "test", "title": "", "sentence": ""});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Bench::of_json(algorithm, whole).unwrap()
}

pub fn bench(fields: &Json) -> Bench {
    bench_of(&ALGORITHM, fields)
}

/// Has a node say a word; gives the message, whether it is on its way or was lost at once.
pub fn say(bench: &mut Bench, from: u32, to: u32, word: u32) -> MessageId {
    let step = bench.ask(from, json!({"Say": {"to": to, "word": word}}));
    let sent = step.effects.iter().find_map(|effect| match effect {
        Effect::Sent { id, .. } => Some(*id),
        _ => None,
    });
    sent.unwrap()
}

/// The dues of so many words, said one after another.
pub fn dues_of(bench: &mut Bench, from: u32, to: u32, count: u32) -> Vec<u64> {
    let mut one = |_| {
        let id = say(bench, from, to, 1);
        due(bench, id)
    };
    (0..count).map(&mut one).collect()
}

/// Why a message was lost in the latest step.
pub fn lost(bench: &Bench) -> Option<&'static str> {
    bench.step.effects.iter().find_map(|effect| match effect {
        Effect::Lost { why, .. } => Some(*why),
        _ => None,
    })
}

pub fn wake(bench: &mut Bench, node: u32, after: u64, alarm: u32) {
    bench.ask(node, json!({"Wake": {"after": after, "alarm": alarm}}));
}

pub fn worker(bench: &Bench, node: u32) -> &Worker {
    bench.world.nodes()[node as usize].process().as_any().downcast_ref().unwrap()
}

/// The words that a node has heard.
pub fn heard(bench: &Bench, node: u32) -> Vec<u32> {
    worker(bench, node).heard.iter().map(|(_, word)| *word).collect()
}

pub fn due(bench: &Bench, id: MessageId) -> u64 {
    bench.world.flight(id).unwrap_or_else(|| panic!("{id} is not in flight")).due.0
}

pub fn message(from: u32, number: u32) -> MessageId {
    MessageId { from: NodeId(from), number, copy: 0 }
}

pub fn refusal(bench: &Bench, event: Event) -> String {
    bench.world.refusal(event, &bench.payloads).unwrap_or_else(|| panic!("{event:?} is not refused"))
}
