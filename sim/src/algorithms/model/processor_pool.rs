//! A processor pool: processors without users stand in a rack, users have terminals or workstations, and a run server lends
//! a processor to each process that asks for one. Whether a process runs on its user's own machine or in the pool is a
//! policy: so personal workstations, a pool, and both together (model/hybrid) are the same machines with the same work.

pub mod checks;

use crate::algorithms::{load::machine::job::Counted, task_id::TaskId};
use crate::sorted::Set;
use crate::{
    Algorithm, Context, Datum, Gauge, Micros, NodeId, Offer, Part, PartKind, Process, Setup, Status, Tone, View,
    algorithm::{Bug, NodeShape, Parameter, PolicyKind, Unit},
    json::{Json, Read, Wrong},
    process::Field,
    property::Property,
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const ONE_PLACE: &str = "every process is in exactly one place";
/// No process waits while a processor of the pool is free.
pub const CONSERVED: &str = "no process waits at the run server while a processor is free";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "model/processor-pool",
    title: "Processor pool",
    summary: "Put all processors into one room, and lend them out. Why is that quicker than one for each?",
    sources: &[
        "A. S. Tanenbaum: Distributed Operating Systems, 1995, section 4.2: the processor pool model",
        "L. Kleinrock: Queueing Systems, volume 1: Theory. 1975",
    ],
    texts: texts!(
        "model/processor-pool",
        "processor_pool",
        ["ten-compiles", "ten-alone", "a-queue", "same-demand"],
        ["pooling"]
    ),
    parameters: &[
        Parameter {
            name: "users",
            label: "users (the nodes after them are the pool)",
            unit: Unit::Count,
            min: 1,
            max: 1_000,
            default: 3,
        },
        Parameter {
            name: "own-speed",
            label: "speed of a user's own machine, in %",
            unit: Unit::Count,
            min: 0,
            max: 10_000,
            default: 100,
        },
        Parameter {
            name: "pool-speed",
            label: "speed of a processor of the pool, in %",
            unit: Unit::Count,
            min: 1,
            max: 10_000,
            default: 100,
        },
        Parameter {
            name: "demand",
            label: "processor time of what you start",
            unit: Unit::Time,
            min: 0,
            max: LONGEST.0.cast_signed(),
            default: 200_000,
        },
    ],
    policy: Some(POLICY),
    scenarios: &["ten-compiles", "ten-alone", "a-queue", "same-demand"],
    experiments: &["pooling"],
    properties: &[
        Property::always(ONE_PLACE, checks::one_place),
        Property::always(CONSERVED, checks::conserved),
        Property::always("a processor runs one process at a time", checks::one_at_a_time),
        Property::eventually("every process is finished", checks::all_finished),
    ],
    costs: checks::COSTS,
    bugs: &[
        Bug {
            id: "forgets-queue",
            title: "a processor that comes back is not given to whoever waits",
            lesson: "The pool is quicker because no processor stands idle while anybody waits. Lose that, and it is just a room of machines.",
            breaks: CONSERVED,
            scenario: "a-queue",
        },
        Bug {
            id: "not-taken-back",
            title: "a processor is lent and stays on the list of free ones",
            lesson: "Two processes are sent to one processor: who lends has to keep account.",
            breaks: "a processor runs one process at a time",
            scenario: "a-queue",
        },
    ],
    plots: checks::PLOTS,
    statistics: checks::STATISTICS,
    milestones: &["Finished"],
    node_prefix: "M",
    node_shape: NodeShape::Machine,
    spawn: |setup, me| Arc::new(Rack::new(setup, me)),
    ..Algorithm::EMPTY
};

/// The longest processor time of a process.
const LONGEST: Micros = Micros(3_600_000_000);
/// Who lends the processors of the pool.
const SERVER: NodeId = NodeId(0);
/// Processes at one place, past which new ones are turned away.
const MOST: usize = 10_000;

/// Where what is started is run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Policy {
    place: Place,
}

read_record!(Policy { place = Place::Pool });

/// Where what is started is run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    /// On the machine of its user.
    Own,
    /// In the pool.
    Pool,
    /// Commands on the own machine, jobs in the pool.
    Hybrid,
}

const PLACES: [(&str, Place); 3] = [("own", Place::Own), ("pool", Place::Pool), ("hybrid", Place::Hybrid)];

impl Read for Place {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = PLACES.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, place)| place);
        found.ok_or_else(|| Wrong::expected("own, pool or hybrid", json))
    }
}

const FIELDS: &[Field] =
    &[Field { name: "place", label: "processes run on the", unit: "own|pool|hybrid", min: 0, max: 2, default: 1 }];

/// How the policy is read, and what the page offers.
pub const POLICY: PolicyKind = PolicyKind { read, default: r#"{"place": "pool"}"#, fields: FIELDS };

fn read(json: &Json) -> Result<Datum, String> {
    Policy::read(json).map(Datum::new).map_err(|wrong| wrong.to_string())
}

/// A process: a command whose answer its user waits for, or a job that may take its time.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Task {
    id: TaskId,
    demand: Micros,
    asked: i64,
    is_job: bool,
}

/// The run server, a user's machine, or a processor of the pool.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Rack {
    role: Role,
    /// What is to be run here, or waits here for a processor; the first one runs, but at the server.
    queue: Vec<Task>,
    /// The server's list of free processors.
    free: Set<NodeId>,
    /// How many its user has started, and how many of them went to the pool.
    started: u32,
    pooled: u32,
    /// Commands and jobs of its user's that are finished, and how long they took in all.
    commands: u32,
    command_time: Micros,
    jobs: u32,
    job_time: Micros,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Role {
    Server,
    User,
    Processor,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// To the server: a processor for this, please.
    Submit(Task),
    /// To a processor: run this.
    Run(Task),
    /// To the user: here is the result.
    Result(Task),
    /// To the server: I am free again.
    Free,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// What runs here is finished.
    Finished,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// A command whose answer its user waits for.
    Command { demand: Micros },
    /// A job that may take its time.
    Job { demand: Micros },
}

read_variants!(Request { Command { demand }, Job { demand } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    Started { process: TaskId },
    Finished { process: TaskId, response: Micros },
}

impl Process for Rack {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Err(why) = self.refuses(&request) {
            return ctx.note(why);
        }
        let (demand, is_job) = match request {
            Request::Command { demand } => (demand, false),
            Request::Job { demand } => (demand, true),
        };
        self.started += 1;
        let id = TaskId { origin: ctx.me(), number: self.started };
        let task = Task { id, demand: demand.min(LONGEST), asked: ctx.hardware_clock(), is_job };
        ctx.output(Output::Started { process: id });
        let (me, what) = (ctx.name(ctx.me()), if is_job { "job" } else { "command" });
        if Self::goes_to_pool(is_job, ctx) {
            ctx.line("submit");
            ctx.note(format_args!("{me} starts {what} {id}: the run server is asked for a processor."));
            self.pooled += 1;
            return ctx.send(SERVER, Message::Submit(task));
        }
        ctx.line("own");
        ctx.note(format_args!("{me} starts {what} {id} on its own machine, where {} are ahead.", self.queue.len()));
        self.take(task, ctx);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Submit(task) => {
                ctx.line("queue");
                ctx.note(format_args!(
                    "{} wait already, {} free.",
                    self.queue.len(),
                    Counted(self.free.len() as u32, "processor")
                ));
                self.queue.push(task);
                self.lend(ctx);
            }
            Message::Free => {
                ctx.line("back");
                ctx.note(format_args!("{} is free again.", ctx.name(from)));
                self.free.insert(from);
                if !ctx.setup().variant("forgets-queue") {
                    self.lend(ctx);
                }
            }
            Message::Run(task) => self.take(task, ctx),
            Message::Result(task) => self.finished(&task, ctx),
        }
    }

    fn on_timer(&mut self, Timer::Finished: Timer, ctx: &mut Context<'_, Self>) {
        if self.queue.is_empty() {
            return;
        }
        let task = self.queue.remove(0);
        if self.role == Role::User {
            self.finished(&task, ctx);
        } else {
            ctx.line("result");
            ctx.note(format_args!(
                "{} has done process {}: the result goes to its user, and the processor back.",
                ctx.name(ctx.me()),
                task.id
            ));
            ctx.send(task.id.origin, Message::Result(task));
            ctx.send(SERVER, Message::Free);
        }
        self.run_next(ctx);
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        if self.role != Role::User {
            return vec![];
        }
        let demand = view.setup.span("demand");
        let (max, default) = (LONGEST.0.cast_signed(), demand.0.cast_signed());
        let field = Field { name: "demand", label: "processor time", unit: "µs", min: 0, max, default };
        let refusal = self.refuses(&Request::Job { demand }).err().unwrap_or_default();
        let offers = [
            Offer::ready(format!("Start a job of {demand}"), Request::Job { demand }),
            Offer::ready(format!("Give a command of {demand}"), Request::Command { demand }),
            Offer::form("Start a job", "Job", vec![field.clone()]),
            Offer::form("Give a command", "Command", vec![field]),
        ];
        offers.into_iter().map(|offer| offer.refused_if(!refusal.is_empty(), &refusal)).collect()
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refuses(request)
    }

    fn status(&self) -> Status {
        let waiting = self.queue.len() as u32;
        let queue = Gauge { name: "queue", value: waiting, full: 8, marks: vec![] };
        match (self.role, self.queue.first()) {
            (Role::Server, _) => {
                let detail = format!("{} free", Counted(self.free.len() as u32, "processor"));
                Status::new("run server", Tone::Idle).detail(detail).gauge(queue)
            }
            (Role::User, None) => Status::new("user", Tone::Idle).gauge(queue),
            (Role::User, Some(task)) => {
                Status::new("user", Tone::Active).detail(format!("runs {}", task.id)).gauge(queue)
            }
            (Role::Processor, None) => Status::new("free", Tone::Idle),
            (Role::Processor, Some(task)) => Status::new("runs", Tone::Active).detail(task.id.to_string()),
        }
    }

    fn parts(&self) -> Vec<Part> {
        let part = |(place, task): (usize, &Task)| {
            let runs = place == 0 && self.role != Role::Server;
            let (tone, word) = if runs { (Tone::Active, "runs") } else { (Tone::Waiting, "waits for a processor") };
            let what = if task.is_job { "job" } else { "command" };
            Part {
                id: task.id.part(),
                name: format!("{what} {}", task.id),
                kind: PartKind::Job,
                tone,
                word: word.to_owned(),
            }
        };
        self.queue.iter().enumerate().map(part).collect()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Submit(task) => format!("SUBMIT {}", task.id),
            Message::Run(task) => format!("RUN {}", task.id),
            Message::Result(task) => format!("RESULT {}", task.id),
            Message::Free => "FREE".to_owned(),
        }
    }
}

impl Rack {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let users = setup.parameter("users").max(0) as u32;
        let role = match me.0 {
            0 => Role::Server,
            user if user <= users => Role::User,
            _ => Role::Processor,
        };
        let pool = (users + 1..setup.nodes.len() as u32).map(NodeId);
        Self {
            role,
            queue: vec![],
            free: if role == Role::Server { pool.collect() } else { Set::new() },
            started: 0,
            pooled: 0,
            commands: 0,
            command_time: Micros::ZERO,
            jobs: 0,
            job_time: Micros::ZERO,
        }
    }

    fn refuses(&self, request: &Request) -> Result<(), String> {
        let (Request::Command { demand } | Request::Job { demand }) = request;
        match self.role {
            Role::User if *demand > LONGEST => Err(format!("A process runs for at most {LONGEST}.")),
            Role::User if self.queue.len() >= MOST => Err(format!("There are {MOST} processes here already.")),
            Role::User => Ok(()),
            _ => Err("No user sits here.".to_owned()),
        }
    }

    /// Whether what is started here is run in the pool.
    fn goes_to_pool(is_job: bool, ctx: &Context<'_, Self>) -> bool {
        let policy: Option<&Policy> = ctx.policy();
        // A terminal has no processor, and a pool without processors lends none.
        let terminal = ctx.setup().parameter("own-speed") == 0;
        let has_pool = ctx.setup().nodes.len() as i64 > ctx.setup().parameter("users") + 1;
        let wanted = match policy.map_or(Place::Pool, |policy| policy.place) {
            Place::Own => false,
            Place::Pool => true,
            Place::Hybrid => is_job || ctx.setup().variant("commands-too"),
        };
        (wanted || terminal) && has_pool
    }

    /// Something is to be run here.
    fn take(&mut self, task: Task, ctx: &mut Context<'_, Self>) {
        self.queue.push(task);
        if self.queue.len() == 1 {
            self.run_next(ctx);
        }
    }

    fn run_next(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(task) = self.queue.first() else { return };
        let speed = if self.role == Role::User { "own-speed" } else { "pool-speed" };
        let speed = ctx.setup().parameter(speed).max(1).cast_unsigned();
        let takes = Micros(task.demand.0.saturating_mul(100) / speed);
        ctx.line("run");
        ctx.note(format_args!("Process {} runs at {} for {takes}.", task.id, ctx.name(ctx.me())));
        ctx.set_timer(takes, Timer::Finished);
    }

    /// Lends processors as long as somebody waits and one is free.
    fn lend(&mut self, ctx: &mut Context<'_, Self>) {
        while let Some(&processor) = self.free.first().filter(|_| !self.queue.is_empty()) {
            ctx.line("lend");
            let task = self.queue.remove(0);
            ctx.note(format_args!("{} is lent to process {}.", ctx.name(processor), task.id));
            if !ctx.setup().variant("not-taken-back") {
                self.free.remove(&processor);
            }
            ctx.send(processor, Message::Run(task));
        }
    }

    /// A process of this user's is finished.
    fn finished(&mut self, task: &Task, ctx: &mut Context<'_, Self>) {
        ctx.line("finished");
        let response = Micros((ctx.hardware_clock() - task.asked).max(0).cast_unsigned());
        let (count, time) = if task.is_job {
            (&mut self.jobs, &mut self.job_time)
        } else {
            (&mut self.commands, &mut self.command_time)
        };
        *count += 1;
        *time = time.plus(response);
        ctx.note(format_args!("Process {} is finished, {response} after it was started.", task.id));
        ctx.output(Output::Finished { process: task.id, response });
    }
}
