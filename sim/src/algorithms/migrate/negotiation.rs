//! Negotiation by Starters (Charlotte): where a process goes is decided by two utilities, the *Starters* of both machines;
//! that it can be done is up to the two kernels. A move takes place only if all four agree, and the target has reserved the
//! memory before anything leaves.
//!
//! Every machine is two nodes, a Starter and a kernel, so that each of the seven messages can be seen.

mod checks;
mod kernel;
mod starter;

use crate::{
    Algorithm, Context, Datum, Micros, NodeId, Offer, Part, Process, Setup, Status, View, Wait,
    algorithm::{Assumptions, Bug, Cost, Faults, NodeShape, Parameter, Relation, Unit},
    json::{Json, Read},
    property::Property,
    read_record, read_variants, texts,
};
use kernel::Kernel;
use serde::Serialize;
use starter::Starter;
use std::sync::Arc;

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/negotiation",
    title: "Negotiation of two Starters",
    summary: "Two utilities decide that a process moves, two kernels that it can; memory is reserved before it leaves.",
    assumes: Assumptions { faults: Faults::CrashStop, ..Algorithm::EMPTY.assumes },
    sources: &[
        "Y. Artsy, R. Finkel: Designing a Process Migration Facility: The Charlotte Experience. IEEE Computer 22 (9), 1989",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!(
        "migrate/negotiation",
        "negotiation",
        ["accepted", "no-room", "two-offers", "enough", "target-crashes", "late-answer"]
    ),
    parameters: PARAMETERS,
    scenarios: &["accepted", "no-room", "two-offers", "enough", "target-crashes", "late-answer"],
    properties: &[
        Property::always("a process is on exactly one machine", checks::one_place),
        Property::always("what is there and what is reserved fits into memory", checks::fits),
        Property::always("a process leaves only when a place is reserved", checks::reserved),
        Property::monitor::<checks::BothAgree>("nothing moves unless the target's Starter has agreed"),
        Property::eventually("every place that was reserved is used or given back", checks::none_left_over),
    ],
    costs: &[
        Cost {
            what: "messages until a process may leave",
            formula: "7",
            relation: Relation::Exactly,
            count: checks::control_messages,
            when: "for each move, where nobody has refused",
        },
        Cost {
            what: "messages until a kernel without room says no",
            formula: "4",
            relation: Relation::Exactly,
            count: checks::messages_before_no_room,
            when: "for each refusal, where nothing else happened",
        },
    ],
    bugs: BUGS,
    milestones: &["Moved", "Stays"],
    node_prefix: "N",
    first_number: 1,
    node_shape: NodeShape::Machine,
    configure,
    spawn: |setup, node| Arc::new(Host::new(setup, node)),
    ..Algorithm::EMPTY
};

const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "timeout",
        label: "give up when nobody has answered for",
        unit: Unit::Time,
        min: 0,
        max: 600_000_000,
        default: 200_000,
    },
    Parameter {
        name: "processes",
        label: "processes that a Starter lets onto its machine",
        unit: Unit::Count,
        min: 0,
        max: 1_000,
        default: 3,
    },
];

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "reserves-nothing",
        title: "the target's kernel accepts without reserving",
        lesson: "Whoever comes first takes the place that was promised to another.",
        breaks: "a process leaves only when a place is reserved",
        scenario: "accepted",
    },
    Bug {
        id: "no-second-look",
        title: "the kernel does not look at its memory again before it reserves",
        lesson: "While its Starter was thinking, the same room was promised to somebody else.",
        breaks: "what is there and what is reserved fits into memory",
        scenario: "two-offers",
    },
    Bug {
        id: "asks-nobody",
        title: "the target's kernel accepts without asking its Starter",
        lesson: "Policy has its place in the Starter. What it said when it was asked first may not be true any more.",
        breaks: "nothing moves unless the target's Starter has agreed",
        scenario: "accepted",
    },
    Bug {
        id: "late-accept",
        title: "an acceptance is good for ever",
        lesson: "The source has withdrawn its offer, and the place is given back. A late yes is a no.",
        breaks: "a process leaves only when a place is reserved",
        scenario: "late-answer",
    },
    Bug {
        id: "no-withdrawal",
        title: "the source gives up and tells nobody",
        lesson: "The target keeps the place for a process that will not come, and refuses others for it.",
        breaks: "every place that was reserved is used or given back",
        scenario: "late-answer",
    },
];

/// A process: its number, and its size in megabytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Job {
    number: u32,
    size: u32,
}

/// An offer: whose kernel's, and the how-manieth of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OfferId {
    kernel: NodeId,
    number: u32,
}

/// A node: even ones are Starters, the next one is the kernel of the same machine.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Host {
    Starter(Starter),
    Kernel(Kernel),
}

/// The seven messages of a negotiation, the move itself, and what else is said.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// 1, Starter to Starter: would you take this process?
    Ask(Job),
    /// 2: yes, as things stand.
    Agree(Job),
    /// Instead of 2: no.
    Decline(Job),
    /// 3, Starter to its kernel: offer it.
    MigrateOut { job: Job, to: NodeId },
    /// 4, kernel to kernel: here is a process, with what is known of it.
    Offer { offer: OfferId, job: Job },
    /// 5, kernel to its Starter: this was offered, and there is room.
    Relay { offer: OfferId, job: Job },
    /// 6, Starter to its kernel: take it.
    MigrateIn { offer: OfferId },
    /// Instead of 6: do not.
    Deny { offer: OfferId },
    /// 7, kernel to kernel: memory is reserved.
    Accept { offer: OfferId },
    /// Instead of 7, or of 5: no.
    Reject { offer: OfferId },
    /// The process itself.
    Transfer { offer: OfferId, job: Job },
    /// The offer does not hold any more.
    Withdraw { offer: OfferId },
    /// Kernel to its Starter: this process has left.
    Gone(Job),
    /// Kernel to its Starter: this process has come.
    Arrived { offer: OfferId, job: Job },
    /// Kernel to its Starter: it will not come.
    Dropped { offer: OfferId },
}

/// Nobody has answered.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The other Starter.
    NoAnswer,
    /// The other kernel.
    NoAccept { offer: OfferId },
}

/// What a user may ask of a Starter.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// The process of this number moves to that machine, counted from 0.
    Move { process: u32, machine: u32 },
}

read_variants!(Request { Move { process, machine } });

/// What is told.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A process runs on another machine.
    Moved { process: u32 },
    /// It stays where it is.
    Stays { process: u32 },
    /// A kernel had no room for it.
    NoRoom { process: u32 },
}

/// The Starter of a machine.
fn starter_of(machine: u32) -> NodeId {
    NodeId(2 * machine)
}

/// The other node of the same machine.
fn partner(node: NodeId) -> NodeId {
    NodeId(node.0 ^ 1)
}

/// What a scenario says of its machines.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    machines: Vec<MachineEntry>,
}

read_record!(Config { machines });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct MachineEntry {
    memory: u32,
    processes: Vec<u32>,
}

read_record!(MachineEntry { memory, processes = vec![] });

/// Megabytes that a machine may have.
const MOST_MEMORY: u32 = 1_000_000;
/// Processes of one machine at the start.
const MOST_PROCESSES: usize = 100;

fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if !nodes.is_multiple_of(2) {
        return Err(format!("each machine is a Starter and a kernel; {nodes} nodes are not pairs"));
    }
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    let (count, pairs) = (config.machines.len() as u32, nodes / 2);
    if count != pairs {
        return Err(format!("`machines`: {count} of them, but the scenario has {pairs} pairs of nodes"));
    }
    for MachineEntry { memory, processes } in &config.machines {
        if *memory > MOST_MEMORY || processes.len() > MOST_PROCESSES {
            return Err(format!("`machines`: at most {MOST_MEMORY} MB and {MOST_PROCESSES} processes each"));
        }
        if processes.iter().map(|&size| u64::from(size)).sum::<u64>() > u64::from(*memory) {
            return Err(format!("`machines`: the processes do not fit into {memory} MB"));
        }
    }
    Ok(Some(Datum::new(config)))
}

/// The memory of a machine at the start, and the sizes of its processes.
fn at_start(setup: &Setup, machine: u32) -> (u32, Vec<u32>) {
    match setup.config::<Config>().map(|config| config.machines.get(machine as usize)) {
        Some(entry) => entry.map_or((0, vec![]), |entry| (entry.memory, entry.processes.clone())),
        None if machine == 0 => (64, vec![40, 10]),
        None => (64, vec![20]),
    }
}

/// The processes of a machine at the start. Numbers go on from machine to machine.
fn jobs_at_start(setup: &Setup, machine: u32) -> Vec<Job> {
    let before: u32 = (0..machine).map(|before| at_start(setup, before).1.len() as u32).sum();
    (before + 1..).zip(at_start(setup, machine).1).map(|(number, size)| Job { number, size }).collect()
}

impl Host {
    fn new(setup: &Setup, node: NodeId) -> Self {
        let machine = node.0 / 2;
        let jobs = jobs_at_start(setup, machine);
        if node == starter_of(machine) {
            Self::Starter(Starter::new(jobs, machine, setup.nodes.len() as u32 / 2))
        } else {
            Self::Kernel(Kernel::new(at_start(setup, machine).0, jobs))
        }
    }
}

impl Process for Host {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match self {
            Self::Starter(starter) => starter.on_message(from, &message, ctx),
            Self::Kernel(kernel) => kernel.on_message(from, &message, ctx),
        }
    }
    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match (self, timer) {
            (Self::Starter(starter), _) => starter.give_up(ctx),
            (Self::Kernel(kernel), Timer::NoAccept { offer }) => kernel.withdraw(offer, ctx),
            (Self::Kernel(_), Timer::NoAnswer) => {}
        }
    }
    fn on_request(&mut self, Request::Move { process, machine }: Request, ctx: &mut Context<'_, Self>) {
        if let Self::Starter(starter) = self {
            starter.propose(process, machine, ctx);
        }
    }
    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        match self {
            Self::Starter(starter) => starter.offers(),
            Self::Kernel(_) => vec![],
        }
    }
    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        match self {
            Self::Starter(starter) => starter.check(request),
            Self::Kernel(_) => Err("A kernel does what Starters say. Ask one of them.".to_owned()),
        }
    }
    fn status(&self) -> Status {
        match self {
            Self::Starter(starter) => starter.status(),
            Self::Kernel(kernel) => kernel.status(),
        }
    }
    fn waits_for(&self) -> Vec<Wait> {
        match self {
            Self::Starter(starter) => starter.waits_for(),
            Self::Kernel(kernel) => kernel.waits_for(),
        }
    }
    fn parts(&self) -> Vec<Part> {
        match self {
            Self::Starter(_) => vec![],
            Self::Kernel(kernel) => kernel.parts(),
        }
    }
    fn telling(message: &Message) -> String {
        match message {
            Message::Ask(job) => format!("TAKE P{}? {} MB", job.number, job.size),
            Message::Agree(job) => format!("AGREED P{}", job.number),
            Message::Decline(job) => format!("NO P{}", job.number),
            Message::MigrateOut { job, .. } => format!("MIGRATE OUT P{}", job.number),
            Message::Offer { job, .. } => format!("OFFER P{} {} MB", job.number, job.size),
            Message::Relay { job, .. } => format!("OFFERED P{}", job.number),
            Message::MigrateIn { .. } => "MIGRATE IN".to_owned(),
            Message::Deny { .. } => "DENY".to_owned(),
            Message::Accept { .. } => "ACCEPT".to_owned(),
            Message::Reject { .. } => "REJECT".to_owned(),
            Message::Transfer { job, .. } => format!("P{}", job.number),
            Message::Withdraw { .. } => "WITHDRAWN".to_owned(),
            Message::Gone(job) => format!("P{} IS GONE", job.number),
            Message::Arrived { job, .. } => format!("P{} IS HERE", job.number),
            Message::Dropped { .. } => "NOT COMING".to_owned(),
        }
    }
    fn label(Request::Move { process, machine }: &Request) -> Option<String> {
        Some(format!("Move P{process} to machine {}", machine + 1))
    }
}

/// How long is waited for an answer.
fn patience(ctx: &Context<'_, Host>) -> Micros {
    ctx.setup().span("timeout")
}
