//! Finding and using idle workstations: a user's process looks for a machine whose owner is away. It is hunted with a
//! broadcast, or machines that fall idle announce themselves: to a registry, or to everybody. Whoever has found one has
//! to claim it, because it may have been found by another, or its owner may be back.

mod checks;
mod guest;
mod policy;
mod search;
mod shown;

use crate::algorithms::load::machine::job::JobId;
use crate::sorted::{Map, Set};
use crate::{
    Algorithm, Context, Micros, NodeId, Offer, Part, Process, Setup, Status, View, Wait,
    algorithm::{Bug, NodeShape, Parameter, Unit},
    process::Field,
    property::Property,
    read_variants, texts,
};
use policy::{Config, Returns, Rule};
use search::Search;
use serde::Serialize;
use std::sync::Arc;

const ONE_GUEST: &str = "at most one guest on a machine";
const GRANTED_IDLE: &str = "only an idle machine is granted, and to one process";
const OWNER_ALONE: &str = "an owner who is back is rid of the guest";
const FINISHED: &str = "every process is finished";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "model/idle-location",
    title: "Finding an idle workstation",
    summary: "Hunt for it, or let it announce itself; two users find the same one, and its owner comes back.",
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 4.2: using idle workstations",
        "M. W. Mutka, M. Livny, The Available Capacity of a Privately Owned Workstation Environment, Performance Evaluation 12(4), 1991",
        "F. Douglis, J. Ousterhout, Transparent Process Migration: Design Alternatives and the Sprite Implementation, Software: Practice and Experience 21(8), 1991",
    ],
    texts: texts!(
        "model/idle-location",
        "idle_location",
        [
            "hunt",
            "registry",
            "announce",
            "same-machine",
            "owner-in-between",
            "old-table",
            "registry-down",
            "comes-and-goes"
        ]
    ),
    parameters: &[
        Parameter {
            name: "protocol",
            label: "an idle machine is found",
            unit: Unit::Choice(&["by a hunt", "in a registry", "in the own table"]),
            min: 0,
            max: 2,
            default: 0,
        },
        time("idle-after", "a machine is idle when untouched for", 300_000_000),
        time("answer-after", "an offer is held back, for each unit of own load", 0),
        time("patience", "run it at home if nobody answers for", 1_000_000),
        time("freeze", "time to move a process that runs", 20_000_000),
        time("demand", "processor time of a process that you start", 60_000_000),
    ],
    policy: Some(policy::KIND),
    scenarios: &[
        "hunt",
        "registry",
        "announce",
        "same-machine",
        "owner-in-between",
        "old-table",
        "registry-down",
        "comes-and-goes",
    ],
    properties: &[
        Property::always("every process is in exactly one place", checks::one_place),
        Property::always(ONE_GUEST, checks::one_guest),
        Property::monitor::<checks::GrantedIdle>(GRANTED_IDLE),
        Property::always(OWNER_ALONE, checks::owner_alone),
        Property::eventually(FINISHED, checks::all_finished),
    ],
    costs: checks::COSTS,
    bugs: BUGS,
    plots: checks::PLOTS,
    milestones: &["Placed"],
    node_prefix: "W",
    first_number: 1,
    node_shape: NodeShape::Machine,
    configure: policy::configure,
    spawn: |setup, me| Arc::new(Station::new(setup, me)),
    ..Algorithm::EMPTY
};

const fn time(name: &'static str, label: &'static str, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: 0, max: LONGEST.0.cast_signed(), default }
}

/// The longest processor time of a process: a day.
const LONGEST: Micros = Micros(86_400_000_000);

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "without-claim",
        title: "the process is sent to whoever was found, unasked",
        lesson: "What a broadcast, a registry or a table says is old. Two users find the same machine, and both send.",
        breaks: ONE_GUEST,
        scenario: "same-machine",
    },
    Bug {
        id: "grants-anyway",
        title: "a claim is granted without looking again",
        lesson: "Between the offer and the claim the owner can come back. Only the machine itself knows, and only at that moment.",
        breaks: GRANTED_IDLE,
        scenario: "owner-in-between",
    },
    Bug {
        id: "guest-stays-on",
        title: "nobody sends the guest away",
        lesson: "Owners lend their machine because they get it back at once. One slow morning, and they lend it no more.",
        breaks: OWNER_ALONE,
        scenario: "comes-and-goes",
    },
    Bug {
        id: "silent-exit",
        title: "the machine does not tell home that the process has ended",
        lesson: "Home is where the user waits: to run elsewhere must not show, at the end as little as before.",
        breaks: "every process is in exactly one place",
        scenario: "hunt",
    },
];

/// Whether the owner is there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Owner {
    /// Somebody works at it.
    Present,
    /// Nobody has touched it for a while, which is not yet long enough.
    Left,
    /// Nobody has touched it for so long that it is idle.
    Away,
}

/// One process of a user, wherever it is.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Task {
    id: JobId,
    /// The processor time that it needs.
    demand: Micros,
    /// What of it was done, where it was before.
    done: Micros,
    /// What the clock of its home showed when it was started.
    asked: i64,
    /// What the clock showed when it was stopped to be moved.
    stopped: Option<i64>,
}

/// The place for one guest.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Slot {
    /// No guest is here.
    Free,
    /// It is kept for a process that is on its way.
    Kept(JobId),
    /// A guest runs, since then; its owner may put up with it, and may have warned it.
    Runs { task: Task, since: i64, tolerated: bool, warned: bool },
    /// A guest is stopped until it can leave.
    Frozen(Task),
}

/// One workstation; the first node is the registry where there is one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Station {
    owner: Owner,
    slot: Slot,
    /// Processes of this user's for which a machine is looked for.
    waiting: Vec<Task>,
    /// Searches that this machine makes: for its user's processes, and for a guest that has to leave.
    searches: Vec<Search>,
    /// Processes of this user's that are run here, one after another, because nobody else would.
    home: Vec<Task>,
    /// Where the other ones run.
    elsewhere: Map<JobId, NodeId>,
    /// Machines that it believes to be idle: the registry's list, or its own table.
    believed: Set<NodeId>,
    /// How many processes this user has started, and how many of them have ended.
    started: u32,
    ended: u32,
    /// Processor time of those that have ended.
    finished_work: Micros,
    /// What processes have got here of processor time.
    worked: Micros,
    /// What was done for guests that were killed here.
    lost: Micros,
    /// How long guests that came here had been stopped.
    frozen: Micros,
    /// How long the owner has shared the machine with a guest.
    shared: Micros,
    /// What guests still had to do when the owner came back.
    left_to_do: Micros,
    /// Claims that were granted here.
    granted: u32,
    /// Broadcasts of this machine.
    broadcasts: u32,
}

/// What machines send each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// To all: who is idle?
    Seek(JobId),
    /// I am, and carry so much of my own.
    Offer { task: JobId, load: u32 },
    /// To the registry: who is idle?
    Lookup(JobId),
    /// This one; or nobody.
    Found { task: JobId, host: Option<NodeId> },
    /// To the registry: I am idle.
    Register,
    /// To the registry: I am not idle any more.
    Deregister,
    /// To all: I am idle, or not any more.
    Announce(bool),
    /// May this process come?
    Claim(JobId),
    /// It may; or not.
    Grant { task: JobId, granted: bool },
    /// The process, with its environment.
    Process(Task),
    /// To its home: your process runs elsewhere now.
    Moved { task: JobId, to: NodeId },
    /// To its home: your process has ended.
    Exit(Task),
    /// To its home: your process was killed.
    Killed(Task),
}

/// What a machine wakes itself up for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Nobody has touched the machine for long enough.
    Idle,
    /// Time to answer a hunt.
    Answer(NodeId, JobId),
    /// Nobody has answered for so long.
    GiveUp(JobId),
    /// The guest has done its work.
    GuestDone,
    /// A process that runs at home has done its work.
    HomeDone(JobId),
    /// The grace period is over.
    Grace,
    /// The stopped guest has been copied and can be sent.
    Copied(NodeId),
}

/// What a user may ask.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Run a process on some other machine.
    Run { demand: Micros },
    /// The owner goes away.
    Leave,
    /// The owner is back: a key, the mouse.
    Return,
}

read_variants!(Request { Run { demand }, Leave, Return });

/// What a machine tells.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A process has found a machine.
    Placed { process: JobId, host: NodeId },
    /// A process runs at home.
    AtHome { process: JobId },
    /// A guest was killed.
    Lost { process: JobId, work: Micros },
    /// A process has ended.
    Ended { process: JobId, response: Micros },
    /// The owner has gone.
    Left,
    /// The owner is back.
    Returned,
}

impl Process for Station {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Seek(task) => self.sought(from, task, ctx),
            Message::Offer { task, load } => self.offered(from, task, load, ctx),
            Message::Lookup(task) => self.look_up(from, task, ctx),
            Message::Found { task, host } => self.told(task, host, ctx),
            Message::Register => self.learn(from, true, ctx),
            Message::Deregister => self.learn(from, false, ctx),
            Message::Announce(idle) => self.learn(from, idle, ctx),
            Message::Claim(task) => self.claimed(from, task, ctx),
            Message::Grant { task, granted } => self.answered(from, task, granted, ctx),
            Message::Process(task) => self.take_in(task, ctx),
            Message::Moved { task, to } => {
                // News of its end may be quicker.
                if let Some(host) = self.elsewhere.get_mut(&task) {
                    *host = to;
                }
            }
            Message::Exit(task) => self.ended(&task, ctx),
            Message::Killed(task) => {
                ctx.line("begin-again");
                ctx.note(format_args!("Process {} was killed: it begins again, from the start.", task.id));
                self.elsewhere.remove(&task.id);
                self.begin(task, ctx);
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Idle => {
                ctx.line("idle");
                self.owner = Owner::Away;
                ctx.note(format_args!("Nobody has touched {} for long enough: it is idle.", ctx.name(ctx.me())));
                if self.slot == Slot::Free {
                    self.announce(true, ctx);
                }
            }
            Timer::Answer(to, task) => self.offer(to, task, ctx),
            Timer::GiveUp(task) => self.give_up(task, ctx),
            Timer::GuestDone => self.guest_done(ctx),
            Timer::HomeDone(task) => self.home_done(task, ctx),
            Timer::Grace => self.evict(ctx),
            Timer::Copied(to) => self.send_guest(to, ctx),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Err(why) = self.refuses(&request, ctx.setup(), ctx.me()) {
            return ctx.note(why);
        }
        match request {
            Request::Run { demand } => {
                self.started += 1;
                let id = JobId { origin: ctx.me(), number: self.started };
                let task = Task {
                    id,
                    demand: demand.min(LONGEST),
                    done: Micros::ZERO,
                    asked: ctx.hardware_clock(),
                    stopped: None,
                };
                self.begin(task, ctx);
            }
            Request::Leave => self.owner_leaves(ctx),
            Request::Return => self.owner_returns(ctx),
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let demand = view.setup.span("demand");
        let field = Field {
            name: "demand",
            label: "processor time",
            unit: "µs",
            min: 0,
            max: LONGEST.0.cast_signed(),
            default: demand.0.cast_signed(),
        };
        let run = Request::Run { demand };
        let owner = match self.owner {
            Owner::Present => Offer::ready("The owner leaves", Request::Leave),
            _ => Offer::ready("The owner comes back", Request::Return),
        };
        let refusal = self.refuses(&run, view.setup, view.me).err().unwrap_or_default();
        let offers = [
            Offer::ready(format!("Run a process of {demand} elsewhere"), run),
            Offer::form("Run a process elsewhere", "Run", vec![field]),
        ];
        let offers = offers.into_iter().map(|offer| offer.refused_if(!refusal.is_empty(), &refusal));
        let owner = (!is_registry(view.setup, view.me)).then_some(owner);
        owner.into_iter().chain(offers).collect()
    }

    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        self.refuses(request, view.setup, view.me)
    }

    fn status(&self) -> Status {
        self.show()
    }

    fn status_in(&self, view: &View<'_>) -> Status {
        self.show_in(view)
    }

    fn waits_for(&self) -> Vec<Wait> {
        let claims = self.searches.iter().filter_map(|search| search.claims.map(|host| (search.task, host)));
        claims
            .map(|(task, host)| Wait { part: Some(task.part()), ..Wait::node(host, "an answer to its claim") })
            .collect()
    }

    fn parts(&self) -> Vec<Part> {
        self.tasks_here()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Seek(task) => format!("WHO IS IDLE? {task}"),
            Message::Offer { load, .. } => format!("I AM, load {load}"),
            Message::Lookup(task) => format!("LOOKUP {task}"),
            Message::Found { host: Some(host), .. } => format!("TRY W{}", host.0 + 1),
            Message::Found { host: None, .. } => "NOBODY".to_owned(),
            Message::Register => "REGISTER".to_owned(),
            Message::Deregister => "DEREGISTER".to_owned(),
            Message::Announce(true) => "IDLE".to_owned(),
            Message::Announce(false) => "NOT IDLE".to_owned(),
            Message::Claim(task) => format!("CLAIM {task}"),
            Message::Grant { granted: true, .. } => "GRANTED".to_owned(),
            Message::Grant { granted: false, .. } => "DENIED".to_owned(),
            Message::Process(task) => format!("PROCESS {}", task.id),
            Message::Moved { task, .. } => format!("MOVED {task}"),
            Message::Exit(task) => format!("EXIT {}", task.id),
            Message::Killed(task) => format!("KILLED {}", task.id),
        }
    }
}

impl Station {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let config = setup.config::<Config>();
        let is_idle = |node: &NodeId| config.is_some_and(|config| config.idle.contains(node));
        let knows = setup.parameter("protocol") == 2 || is_registry(setup, me);
        let idle = config.map_or(&[][..], |config| &config.idle).iter().copied();
        Self {
            owner: if is_idle(&me) { Owner::Away } else { Owner::Present },
            slot: Slot::Free,
            waiting: vec![],
            searches: vec![],
            home: vec![],
            elsewhere: Map::new(),
            believed: idle.filter(|&node| knows && node != me).collect(),
            started: 0,
            ended: 0,
            finished_work: Micros::ZERO,
            worked: Micros::ZERO,
            lost: Micros::ZERO,
            frozen: Micros::ZERO,
            shared: Micros::ZERO,
            left_to_do: Micros::ZERO,
            granted: 0,
            broadcasts: 0,
        }
    }

    /// What the state of its owner does not allow.
    fn refuses(&self, request: &Request, setup: &Setup, me: NodeId) -> Result<(), String> {
        let present = self.owner == Owner::Present;
        match request {
            _ if is_registry(setup, me) => Err("The registry has no user.".to_owned()),
            Request::Run { demand } if *demand > LONGEST => Err(format!("A process runs for at most {LONGEST}.")),
            Request::Run { .. } | Request::Leave if !present => Err("Its owner is not there.".to_owned()),
            Request::Return if present => Err("Its owner is there.".to_owned()),
            _ => Ok(()),
        }
    }

    /// Whether it would take a guest.
    fn is_free(&self) -> bool {
        self.owner == Owner::Away && self.slot == Slot::Free
    }
}

/// Whether a node is the registry.
fn is_registry(setup: &Setup, node: NodeId) -> bool {
    setup.parameter("protocol") == 1 && node.0 == 0
}

/// What becomes of guests, by the policy in force.
fn returns(ctx: &Context<'_, Station>) -> Returns {
    ctx.policy().copied().unwrap_or_default()
}

/// The time since a reading of the clock.
fn since(start: i64, ctx: &Context<'_, Station>) -> Micros {
    Micros((ctx.hardware_clock() - start).max(0).cast_unsigned())
}
