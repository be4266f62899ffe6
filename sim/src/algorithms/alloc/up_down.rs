//! Up-down (Mutka and Livny): a coordinator lends processors and keeps a table of points. Whoever uses a processor of
//! others goes up, whoever waits for one goes down, whoever does neither goes back to zero. A processor that comes free
//! goes to the lowest. So a light user gets its turn, however much a heavy one asks for.

mod checks;
pub mod table;

use crate::algorithms::{load::machine::job::Counted, task_id::TaskId};
use crate::{
    Algorithm, Cell, Context, Datum, Gauge, Micros, NodeId, Offer, Part, PartKind, Process, Row, Setup, Status, Table,
    Tone, View,
    algorithm::{Bug, NodeShape, Parameter, PolicyKind, Remark, Unit},
    json::{Json, Read, Wrong},
    process::Field,
    property::Property,
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;
use table::{Usage, UsageTable};

const LENT_ONCE: &str = "every processor is free or lent to one process";
const LOWEST_FIRST: &str = "a processor goes to the lowest score";
const BACK_TO_ZERO: &str = "who neither uses nor waits goes back to zero and stays there";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/up-down",
    title: "Up-down",
    summary: "Points for using processors of others, points off for waiting: the light user gets its turn.",
    sources: &[
        "M. W. Mutka, M. Livny, Scheduling Remote Processing Capacity in a Workstation-Processor Bank Network, 7th International Conference on Distributed Computing Systems, 1987",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 4.3: a centralized algorithm",
    ],
    texts: texts!(
        "alloc/up-down",
        "up_down",
        ["one-processor", "heavy-and-light", "first-come", "sawtooth", "lost-exit", "coordinator-down"],
        ["fairness"]
    ),
    parameters: &[
        Parameter {
            name: "processors",
            label: "processors to lend",
            unit: Unit::Count,
            min: 1,
            max: 1_000,
            default: 1,
        },
        Parameter {
            name: "most",
            label: "points at most, above or below zero",
            unit: Unit::Count,
            min: 1,
            max: 100_000,
            default: 1_000,
        },
        time("tick", "points are counted every", 1_000_000),
        time("demand", "processor time of a process that you start", 5_000_000),
    ],
    remarks: |setup| {
        let stands_still = setup.span("tick") == Micros::ZERO;
        let text = "time does not go on between two counts".to_owned();
        stands_still.then_some(Remark { parameter: "tick", text, warns: true }).into_iter().collect()
    },
    policy: Some(PolicyKind { read, default: r#"{"next": "lowest", "up": 1, "down": 1, "back": 1}"#, fields: FIELDS }),
    scenarios: &["one-processor", "heavy-and-light", "first-come", "sawtooth", "lost-exit", "coordinator-down"],
    experiments: &["fairness"],
    properties: &[
        Property::always(LENT_ONCE, checks::lent_once),
        Property::monitor::<checks::LowestFirst>(LOWEST_FIRST),
        Property::monitor::<checks::BackToZero>(BACK_TO_ZERO),
        Property::eventually("every process is finished", checks::all_finished),
    ],
    costs: checks::COSTS,
    bugs: BUGS,
    plots: checks::PLOTS,
    statistics: checks::STATISTICS,
    milestones: &["Granted"],
    node_prefix: "W",
    node_shape: NodeShape::Machine,
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: 0, max: LONGEST.0.cast_signed(), default }
}

/// The longest processor time of a process.
const LONGEST: Micros = Micros(3_600_000_000);
/// Who lends the processors.
const COORDINATOR: NodeId = NodeId(0);

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "highest-first",
        title: "the highest score is served first",
        lesson: "One sign is wrong, and whoever has had most gets more. Systems differ in the sign: look which end is the good one.",
        breaks: LOWEST_FIRST,
        scenario: "heavy-and-light",
    },
    Bug {
        id: "overshoots",
        title: "points go back by a fixed step, past zero",
        lesson: "With a step of 2, a score of 1 becomes −1 and then 1 again: nobody who has done nothing is ever at rest.",
        breaks: BACK_TO_ZERO,
        scenario: "sawtooth",
    },
    Bug {
        id: "exit-not-booked",
        title: "an EXIT frees the processor and is not entered in the table",
        lesson: "The penalty goes on for ever: whoever once had a processor is taken for a user until the end of time.",
        breaks: LENT_ONCE,
        scenario: "one-processor",
    },
];

/// What is set: how points are counted, and who is next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rule {
    /// Whether the lowest score is next; otherwise who came first.
    next: Next,
    /// Points for each processor in use, for one count.
    up: u32,
    /// Points off for whoever waits.
    down: u32,
    /// Points towards zero for everybody else.
    back: u32,
}

read_record!(Rule { next = Next::Lowest, up = 1, down = 1, back = 1 });

impl Default for Rule {
    fn default() -> Self {
        Self { next: Next::Lowest, up: 1, down: 1, back: 1 }
    }
}

/// Who is next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Next {
    Lowest,
    First,
}

impl Read for Next {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json.as_str() {
            Some("lowest") => Ok(Self::Lowest),
            Some("first") => Ok(Self::First),
            _ => Err(Wrong::expected("lowest or first", json)),
        }
    }
}

/// The most points for one count.
const MOST_STEP: u32 = 100;

const fn step(name: &'static str, label: &'static str) -> Field {
    Field { name, label, unit: "points", min: 0, max: MOST_STEP as i64, default: 1 }
}

const FIELDS: &[Field] = &[
    Field { name: "next", label: "next is the one with the", unit: "lowest|first", min: 0, max: 1, default: 0 },
    step("up", "up for each processor in use"),
    step("down", "down for whoever waits"),
    step("back", "back to zero for everybody else"),
];

fn read(json: &Json) -> Result<Datum, String> {
    let rule = Rule::read(json).map_err(|wrong| wrong.to_string())?;
    let too_much =
        [("up", rule.up), ("down", rule.down), ("back", rule.back)].into_iter().find(|(_, step)| *step > MOST_STEP);
    match too_much {
        Some((name, step)) => Err(format!("`{name}`: {step} is not a number of points from 0 to {MOST_STEP}")),
        None => Ok(Datum::new(rule)),
    }
}

/// A process for which its user wants a processor, or that has one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Work {
    id: TaskId,
    demand: Micros,
    asked: i64,
}

/// A workstation, or the coordinator.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Site {
    /// What the coordinator keeps.
    usage: UsageTable,
    /// Processors that nobody has.
    free: u32,
    /// What its clock will show when points are counted next; nothing while all are at zero.
    due: Option<i64>,
    /// Processes of this user's without a processor, and with one.
    waiting: Vec<Work>,
    running: Vec<Work>,
    /// How many were started, were given a processor, and are finished.
    started: u32,
    granted: u32,
    finished: u32,
    /// How long those that were given one had waited, in all.
    waited: Micros,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// A processor for this process, please.
    Request(TaskId),
    /// You have one.
    Grant(TaskId),
    /// It is finished: the processor is free.
    Exit(TaskId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Time to count points.
    Tick,
    /// A process has done its work.
    Done(TaskId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Start a process that needs another processor for so long.
    Start { demand: Micros },
}

read_variants!(Request { Start { demand } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    Asked { process: TaskId },
    Granted { process: TaskId, waited: Micros },
    Finished { process: TaskId, response: Micros },
}

impl Process for Site {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_request(&mut self, Request::Start { demand }: Request, ctx: &mut Context<'_, Self>) {
        if ctx.me() == COORDINATOR {
            return ctx.note("The coordinator has no user.");
        }
        ctx.line("ask");
        self.started += 1;
        let id = TaskId { origin: ctx.me(), number: self.started };
        self.waiting.push(Work { id, demand: demand.min(LONGEST), asked: ctx.hardware_clock() });
        ctx.note(format_args!("{} asks for a processor for process {id}.", ctx.name(ctx.me())));
        ctx.output(Output::Asked { process: id });
        ctx.send(COORDINATOR, Message::Request(id));
    }

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        self.count_what_is_due(ctx);
        match message {
            Message::Request(id) => {
                ctx.line("request");
                let free = Counted(self.free, "free processor");
                ctx.note(format_args!("Process {id} is on the list; {free}."));
                self.usage.queue.push(id);
                if self.due.is_none() {
                    self.count_next(ctx.hardware_clock(), ctx);
                }
                self.lend(ctx);
            }
            Message::Exit(id) => {
                ctx.line("exit");
                ctx.note(format_args!("Process {id} is finished: its processor is free."));
                if !ctx.setup().variant("exit-not-booked") {
                    self.usage.returned(id.origin);
                }
                self.free += 1;
                self.lend(ctx);
            }
            Message::Grant(id) => self.run(id, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Tick => self.count(ctx),
            Timer::Done(id) => {
                let Some(index) = self.running.iter().position(|work| work.id == id) else { return };
                ctx.line("done");
                let work = self.running.remove(index);
                let response = Micros((ctx.hardware_clock() - work.asked).max(0).cast_unsigned());
                self.finished += 1;
                ctx.note(format_args!("Process {id} is finished, {response} after it was started."));
                ctx.output(Output::Finished { process: id, response });
                ctx.send(COORDINATOR, Message::Exit(id));
            }
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        if view.me == COORDINATOR {
            return vec![];
        }
        let demand = view.setup.span("demand");
        let (max, default) = (LONGEST.0.cast_signed(), demand.0.cast_signed());
        let field = Field { name: "demand", label: "processor time", unit: "µs", min: 0, max, default };
        vec![
            Offer::ready(format!("Start a process of {demand}"), Request::Start { demand }),
            Offer::form("Start a process", "Start", vec![field]),
        ]
    }

    fn check(&self, Request::Start { demand }: &Request, view: &View<'_>) -> Result<(), String> {
        match view.me {
            COORDINATOR => Err("The coordinator has no user.".to_owned()),
            _ if *demand > LONGEST => Err(format!("A process runs for at most {LONGEST}.")),
            _ => Ok(()),
        }
    }

    fn status(&self) -> Status {
        if !self.usage.rows.is_empty() {
            let full = self.free + self.usage.rows.iter().map(|row| row.using).sum::<u32>();
            let detail = format!("{} of {full} free", self.free);
            let queue = Gauge { name: "waiting", value: self.usage.queue.len() as u32, full: 8, marks: vec![] };
            return Status::new("coordinator", Tone::Idle).detail(detail).gauge(queue);
        }
        let (word, tone) = match (self.waiting.is_empty(), self.running.is_empty()) {
            (true, true) => ("neither", Tone::Idle),
            (false, true) => ("waits", Tone::Waiting),
            (true, false) => ("uses", Tone::Active),
            (false, false) => ("uses and waits", Tone::Active),
        };
        Status::new(word, tone).detail(format!("{} in use, {} waiting", self.running.len(), self.waiting.len()))
    }

    fn parts(&self) -> Vec<Part> {
        let part = |work: &Work, tone, word: &str| Part {
            id: work.id.part(),
            name: format!("process {}", work.id),
            kind: PartKind::Job,
            tone,
            word: word.to_owned(),
        };
        let running = self.running.iter().map(|work| part(work, Tone::Active, "runs on a borrowed processor"));
        running.chain(self.waiting.iter().map(|work| part(work, Tone::Waiting, "waits for a processor"))).collect()
    }

    fn tables(&self, view: &View<'_>) -> Vec<Table> {
        let row = |(node, usage): (usize, &Usage)| {
            let node = NodeId(node as u32);
            let waiting = self.usage.waiting(node);
            let tone = match (usage.using, waiting) {
                (0, 0) => Tone::Idle,
                (0, _) => Tone::Waiting,
                _ => Tone::Active,
            };
            let name = view.setup.nodes.get(node.index()).map_or_else(String::new, |node| node.name.to_string());
            let cells = [i64::from(usage.points), usage.using.into(), waiting.into()];
            Row::new(name, tone, cells.map(|number| Cell::text(number.to_string())).into())
        };
        let rows: Vec<Row> = self.usage.rows.iter().enumerate().skip(1).map(row).collect();
        let columns = ["points", "in use", "waiting"].map(str::to_owned).into();
        let table =
            Table { id: "usage", title: "Usage table".to_owned(), columns, rows, next_row: None, next_column: None };
        (view.me == COORDINATOR).then_some(table).into_iter().collect()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Request(id) => format!("REQUEST {id}"),
            Message::Grant(id) => format!("GRANT {id}"),
            Message::Exit(id) => format!("EXIT {id}"),
        }
    }
}

impl Site {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let coordinates = me == COORDINATOR;
        let processors = setup.parameter("processors").max(0) as u32;
        Self {
            usage: UsageTable::new(if coordinates { setup.nodes.len() } else { 0 }),
            free: if coordinates { processors } else { 0 },
            due: None,
            waiting: vec![],
            running: vec![],
            started: 0,
            granted: 0,
            finished: 0,
            waited: Micros::ZERO,
        }
    }

    /// Lends what is free, one processor after another.
    fn lend(&mut self, ctx: &mut Context<'_, Self>) {
        let rule = rule(ctx);
        while self.free > 0 {
            let next = match rule.next {
                Next::First => self.usage.first(),
                Next::Lowest if ctx.setup().variant("highest-first") => self.usage.highest(),
                Next::Lowest => self.usage.lowest(),
            };
            let Some(id) = next else { return };
            ctx.line("grant");
            let points = self.usage.points(id.origin);
            let name = ctx.name(id.origin);
            match rule.next {
                Next::First => ctx.note(format_args!("Process {id} has waited longest: {name} gets the processor.")),
                Next::Lowest if self.usage.queue.len() == 1 => {
                    ctx.note(format_args!("Nobody else waits: {name} gets a processor for process {id}."));
                }
                Next::Lowest => {
                    ctx.note(format_args!("{name} has {points} points, the fewest of all who wait: it gets the processor for process {id}."));
                }
            }
            self.free -= 1;
            self.usage.lent(id);
            ctx.send(id.origin, Message::Grant(id));
        }
    }

    /// Points are counted before anything that comes at the same moment, or later.
    fn count_what_is_due(&mut self, ctx: &mut Context<'_, Self>) {
        let stands_still = ctx.setup().span("tick") == Micros::ZERO;
        while self.due.is_some_and(|due| due <= ctx.hardware_clock()) && !stands_still {
            ctx.cancel_timer(Timer::Tick);
            self.count(ctx);
        }
    }

    fn count_next(&mut self, from: i64, ctx: &mut Context<'_, Self>) {
        let due = from + ctx.setup().span("tick").0.cast_signed();
        self.due = Some(due);
        ctx.set_timer(Micros((due - ctx.hardware_clock()).max(0).cast_unsigned()), Timer::Tick);
    }

    /// Counts points, and goes on as long as there is something to count.
    fn count(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("tick");
        let most = ctx.setup().parameter("most") as i32;
        self.usage.count(rule(ctx), most, ctx.setup().variant("overshoots"));
        ctx.note("Up for whoever uses a processor, down for whoever waits, back to zero for the others.");
        match self.due.take() {
            Some(due) if !self.usage.is_at_rest() => self.count_next(due, ctx),
            _ => {
                ctx.line("rest");
                ctx.note("Nobody uses or waits, and all are at zero: nothing is counted until somebody asks.");
            }
        }
    }

    /// A processor was granted: the process runs there.
    fn run(&mut self, id: TaskId, ctx: &mut Context<'_, Self>) {
        let Some(index) = self.waiting.iter().position(|work| work.id == id) else { return };
        ctx.line("run");
        let work = self.waiting.remove(index);
        let waited = Micros((ctx.hardware_clock() - work.asked).max(0).cast_unsigned());
        self.granted += 1;
        self.waited = self.waited.plus(waited);
        ctx.note(format_args!("Process {id} has waited for {waited} and runs for {}.", work.demand));
        ctx.output(Output::Granted { process: id, waited });
        ctx.set_timer(work.demand, Timer::Done(id));
        self.running.push(work);
    }
}

fn rule(ctx: &Context<'_, Site>) -> Rule {
    ctx.policy().copied().unwrap_or_default()
}
