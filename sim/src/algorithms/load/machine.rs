//! A machine with a queue of jobs and one processor, and everything by which jobs find another machine: the process of
//! every topic about load. What a machine does is a policy, which can be replaced in the middle of a run.
//!
//! A job that is being placed waits in the queue of its machine meanwhile, and is run there if its turn comes first: no
//! machine is idle while it holds a job. Each job has a decision of its own under way.

pub mod accounts;
mod bids;
pub mod checks;
pub mod job;
mod offered;
mod pairs;
pub mod policy;
mod receiver;
mod sender;

use crate::sorted::Set;
use crate::{
    Algorithm, Context, Gauge, Micros, NodeId, Offer, Part, PartKind, Process, Status, Tone, View, Wait,
    algorithm::{NodeShape, Parameter, Unit},
    process::Field,
    read_variants,
};
use job::{Counted, Job, JobId};
use pairs::Pairing;
use policy::{Config, Location, Policy, Speed};
use receiver::Hunt;
use sender::Search;
use serde::Serialize;
use std::sync::Arc;

/// The parameter of every topic about load.
const SERVICE: Parameter = Parameter {
    name: "service",
    label: "service time of a job that you submit",
    unit: Unit::Time,
    min: 0,
    max: LONGEST_SERVICE.0.cast_signed(),
    default: 200_000,
};

/// How long a job is served at a time; for every topic about load.
const QUANTUM: Parameter = Parameter {
    name: "quantum",
    label: "time slice of a job, all jobs in turns (0: until it is finished)",
    unit: Unit::Time,
    min: 0,
    max: LONGEST_SERVICE.0.cast_signed(),
    default: 0,
};

/// What every topic about load has in common; each adds its name, its texts, its policy, and what must hold.
pub const TOPIC: Algorithm = Algorithm {
    parameters: &[SERVICE, QUANTUM],
    stamps: false,
    plots: checks::PLOTS,
    statistics: accounts::STATISTICS,
    theory: accounts::THEORY,
    milestones: &["JobMoved"],
    node_prefix: "M",
    first_number: 1,
    node_shape: NodeShape::Machine,
    configure: policy::configure,
    spawn: |setup, node| Arc::new(Machine::new(setup.config::<Config>(), node)),
    ..Algorithm::EMPTY
};

/// The longest service that can be asked for.
const LONGEST_SERVICE: Micros = Micros(600_000_000);
/// Jobs at one machine, past which it turns new ones away.
const MOST_JOBS: usize = 10_000;

/// One machine: a first-come-first-served queue and one processor.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Machine {
    /// Jobs that are here, in the order of their arrival.
    queue: Vec<Job>,
    /// Whether the first of them is in service.
    busy: bool,
    /// Jobs of this machine that are being placed.
    searches: Vec<Search>,
    /// Where it looks for work, if it does.
    hunt: Option<Hunt>,
    /// With whom it evens out its queue, or wants to.
    pairing: Option<Pairing>,
    /// Jobs of others for which a place is kept.
    kept: Set<JobId>,
    /// Jobs that have arrived here from outside.
    arrived: u32,
    /// Jobs that have left for another machine.
    moved: u32,
    /// Jobs that were finished here, and the sum of their response times.
    finished: u32,
    response: Micros,
    /// Of the response times: how long these jobs were served, and how long they travelled. For the rest they waited.
    served: Micros,
    travelled: Micros,
    /// The greatest probe limit under which this machine has searched.
    greatest_limit: u32,
}

/// What machines send each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    /// How many jobs are with you? The `nth` of at most `limit` machines asked for this job.
    Probe { job: JobId, nth: u32, limit: u32 },
    /// So many, and whether there is a place.
    Load { job: JobId, load: u32, place: Place },
    /// The job itself, for which a place was looked for.
    Transfer(Job),
    /// The job does not come: its place is free again.
    Release(JobId),
    /// Have you work for me? The `nth` of at most `limit` machines asked.
    Ask { nth: u32, limit: u32 },
    /// Yes: this job.
    Work(Job),
    /// None to spare.
    Nothing { load: u32 },
    /// Who will run this job, and at what price?
    Call(JobId),
    /// I will, at this price: the jobs that are ahead of it.
    Bid { job: JobId, price: u32 },
    /// The job is yours, if you still want it.
    Award(JobId),
    /// I still want it, and a place is kept; or not any more.
    Contract { job: JobId, agreed: bool },
    /// Shall we even out our queues? So many are here.
    Propose { load: u32 },
    /// Yes: so many are here. It is over already where the one who agrees had more, and has sent half of the difference.
    Agree { load: u32, over: bool },
    /// No.
    Refuse,
    /// We are even: the pair is over.
    Part,
}

/// What a machine that was asked has to offer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Place {
    /// It is not below its threshold.
    None,
    /// It is below its threshold.
    Free,
    /// It is below its threshold and keeps a place for the job.
    Kept,
}

/// What a machine wakes itself up for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Timer {
    /// The job in service is finished.
    Finished,
    /// Its time slice is over.
    Slice,
    /// It looked for work in vain, and looks again.
    LookAgain,
}

/// What a user may ask.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Request {
    /// A job arrives that needs so much service.
    Submit { demand: Micros },
}

read_variants!(Request { Submit { demand } });

/// What a machine tells.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[allow(clippy::enum_variant_names)] // workloads and milestones know them by these names alone
pub enum Output {
    /// A job has arrived from outside.
    JobArrived { job: JobId, demand: Micros },
    /// A job has left for another machine.
    JobMoved { job: JobId, to: NodeId, moves: u32 },
    /// A job is finished.
    JobFinished { job: JobId, response: Micros, travelled: Micros, served: Micros, moves: u32 },
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        for job in &self.queue {
            ctx.output(Output::JobArrived { job: job.id, demand: job.demand });
        }
        self.start(ctx);
    }

    fn on_request(&mut self, Request::Submit { demand }: Request, ctx: &mut Context<'_, Self>) {
        if self.queue.len() >= MOST_JOBS {
            return ctx.note(format_args!("{} is full: the job is turned away.", ctx.name(ctx.me())));
        }
        self.arrived += 1;
        let id = JobId { origin: ctx.me(), number: self.arrived };
        let demand = demand.min(LONGEST_SERVICE);
        ctx.output(Output::JobArrived { job: id, demand });
        self.arrive(Job::new(id, demand, ctx.hardware_clock()), ctx);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Probe { job, .. } => self.answer(from, job, ctx),
            Message::Load { job, load, place } => self.decide(from, job, load, place, ctx),
            Message::Transfer(job) => self.accept(job, ctx),
            Message::Release(job) => {
                ctx.line("release");
                ctx.note(format_args!("Job {job} does not come: its place is free again."));
                self.kept.remove(&job);
            }
            Message::Ask { .. } => self.give(from, ctx),
            Message::Work(job) => self.get_work(from, job, ctx),
            Message::Nothing { load } => self.look_on(from, load, ctx),
            Message::Call(job) => self.bid(from, job, ctx),
            Message::Bid { job, price } => self.weigh_bid(from, job, price, ctx),
            Message::Award(job) => self.agree_to_award(from, job, ctx),
            Message::Contract { job, agreed } => self.close_contract(from, job, agreed, ctx),
            Message::Propose { load } => self.answer_proposal(from, load, ctx),
            Message::Agree { load, over } => self.even_out(from, load, over, ctx),
            Message::Refuse => self.try_next_partner(from, ctx),
            Message::Part => self.part(from, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Finished => self.finish(ctx),
            Timer::Slice => self.give_way(ctx),
            Timer::LookAgain => self.look_for_work(ctx),
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let demand = view.setup.span("service");
        let field = Field {
            name: "demand",
            label: "service time",
            unit: "µs",
            min: 0,
            max: LONGEST_SERVICE.0.cast_signed(),
            default: demand.0.cast_signed(),
        };
        let offers = [
            Offer::ready(format!("Submit a job of {demand}"), Request::Submit { demand }),
            Offer::form("Submit a job", "Submit", vec![field]),
        ];
        let refusal = self.check(&Request::Submit { demand }, view).err().unwrap_or_default();
        offers.into_iter().map(|offer| offer.refused_if(!refusal.is_empty(), &refusal)).collect()
    }

    fn check(&self, Request::Submit { demand }: &Request, _view: &View<'_>) -> Result<(), String> {
        if self.queue.len() >= MOST_JOBS {
            return Err(format!("There are {MOST_JOBS} jobs here already."));
        }
        if *demand > LONGEST_SERVICE {
            return Err(format!("A job is in service for at most {LONGEST_SERVICE}."));
        }
        Ok(())
    }

    fn status(&self) -> Status {
        self.show(&Policy::default())
    }

    fn status_in(&self, view: &View<'_>) -> Status {
        self.show(view.policy.and_then(|policy| policy.get()).unwrap_or(&Policy::default()))
    }

    fn waits_for(&self) -> Vec<Wait> {
        let of_search = |search: &Search| -> Vec<Wait> {
            let part = search.job.part();
            let wait = |&node| Wait { part: Some(part), ..Wait::node(node, "an answer to its probe") };
            search.open.iter().map(wait).collect()
        };
        let asked = self.hunt.as_ref().and_then(|hunt| hunt.asked.last());
        let work = asked.map(|&node| Wait::node(node, "an answer to its question for work"));
        let partner = self.pairing.as_ref().and_then(Pairing::waits_for);
        self.searches.iter().flat_map(of_search).chain(work).chain(partner).collect()
    }

    fn parts(&self) -> Vec<Part> {
        let part = |(place, job): (usize, &Job)| {
            let (tone, word) = match place {
                0 if self.busy => (Tone::Active, "in service"),
                _ if self.searches.iter().any(|search| search.job == job.id) => (Tone::Waiting, "looks for a place"),
                _ => (Tone::Idle, "waits"),
            };
            let word = match job.moves {
                0 => word.to_owned(),
                moves => format!("{word}, {}", Counted(moves, "move")),
            };
            Part { id: job.id.part(), name: format!("job {}", job.id), kind: PartKind::Job, tone, word }
        };
        self.queue.iter().enumerate().map(part).collect()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Probe { nth, limit, .. } => format!("PROBE {nth} of {limit}"),
            Message::Load { load, place: Place::None, .. } => format!("LOAD {load}"),
            Message::Load { load, place: Place::Free, .. } => format!("LOAD {load} below"),
            Message::Load { load, place: Place::Kept, .. } => format!("LOAD {load} kept"),
            Message::Transfer(job) => format!("JOB {}", job.id),
            Message::Release(job) => format!("RELEASE {job}"),
            Message::Ask { nth, limit } => format!("WORK? {nth} of {limit}"),
            Message::Work(job) => format!("WORK {}", job.id),
            Message::Nothing { load } => format!("NONE, {load} here"),
            Message::Call(job) => format!("BIDS? {job}"),
            Message::Bid { price, .. } => format!("BID {price}"),
            Message::Award(job) => format!("AWARD {job}"),
            Message::Contract { agreed: true, .. } => "AGREED".to_owned(),
            Message::Contract { agreed: false, .. } => "TOO LATE".to_owned(),
            Message::Propose { load } => format!("PAIR? {load}"),
            Message::Agree { load, .. } => format!("PAIR {load}"),
            Message::Refuse => "NO PAIR".to_owned(),
            Message::Part => "PART".to_owned(),
        }
    }
}

impl Machine {
    /// The machine of a node, with the jobs that the scenario puts there.
    pub fn new(config: Option<&Config>, node: NodeId) -> Self {
        let demands = config.and_then(|config| config.jobs.get(node.index())).map_or(&[][..], Vec::as_slice);
        let job = |(number, &demand): (u32, &Micros)| Job::new(JobId { origin: node, number }, demand, 0);
        Self {
            queue: (1..).zip(demands).map(job).collect(),
            busy: false,
            searches: vec![],
            hunt: None,
            pairing: None,
            kept: Set::new(),
            arrived: demands.len() as u32,
            moved: 0,
            finished: 0,
            response: Micros::ZERO,
            served: Micros::ZERO,
            travelled: Micros::ZERO,
            greatest_limit: 0,
        }
    }

    /// What the threshold is compared with: jobs that are here, and places that are kept.
    fn load(&self) -> u32 {
        (self.queue.len() + self.kept.len()) as u32
    }

    /// Starts the first job of the queue if nothing is in service.
    fn start(&mut self, ctx: &mut Context<'_, Self>) {
        if !self.busy {
            self.put_next_first(ctx);
        }
        let Some(job) = self.queue.first_mut().filter(|_| !self.busy) else { return };
        ctx.line("start");
        job.since = ctx.hardware_clock();
        let (takes, slice) = (speed(ctx).time_for(job.left), ctx.setup().span("quantum"));
        if slice == Micros::ZERO || takes <= slice {
            ctx.note(format_args!("Job {} is in service for {takes}.", job.id));
            ctx.set_timer(takes, Timer::Finished);
        } else {
            ctx.note(format_args!("Job {} is served for {slice}; it needs {takes} more.", job.id));
            ctx.set_timer(slice, Timer::Slice);
        }
        // Whoever is being asked for it may answer what it likes: its turn has come.
        let id = job.id;
        self.searches.retain(|search| search.job != id);
        self.busy = true;
    }

    /// Puts the job whose turn it is to the front of the queue.
    fn put_next_first(&mut self, ctx: &mut Context<'_, Self>) {
        let others = self.queue.iter().filter(|job| job.moves > 0).count();
        let own = self.queue.len() - others;
        let Some(own_first) = policy(ctx).priority.own_first(own as u32, others as u32) else { return };
        if let Some(next) = self.queue.iter().position(|job| (job.moves == 0) == own_first)
            && others > 0
            && own > 0
        {
            ctx.line("priority");
            let whose = if own_first { "its own" } else { "those of others" };
            ctx.note(format_args!("{own} of its own jobs wait and {others} of others: one of {whose} is next."));
            self.queue[..=next].rotate_right(1);
        }
    }

    /// The job in service is finished.
    fn finish(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("finish");
        self.busy = false;
        if !self.queue.is_empty() {
            let job = self.queue.remove(0);
            let response = since(job.arrived, ctx);
            let (id, travelled, moves) = (job.id, job.travelled, job.moves);
            let served = job.served.plus(since(job.since, ctx));
            self.finished += 1;
            self.response = self.response.plus(response);
            self.served = self.served.plus(served);
            self.travelled = self.travelled.plus(travelled);
            ctx.note(format_args!("Job {id} is finished, {response} after it arrived."));
            ctx.output(Output::JobFinished { job: id, response, travelled, served, moves });
        }
        if !ctx.setup().variant("sleeps-after") {
            self.start(ctx);
        }
        self.look_for_work(ctx);
    }

    /// The time slice of the job in service is over: it goes behind all others.
    fn give_way(&mut self, ctx: &mut Context<'_, Self>) {
        let slice = ctx.setup().span("quantum");
        ctx.line("slice");
        self.busy = false;
        if let Some(job) = self.queue.first_mut() {
            job.left = job.left.since(speed(ctx).work_in(slice));
            job.served = job.served.plus(since(job.since, ctx));
            ctx.note(format_args!("The time slice of job {} is over: it goes to the end of the queue.", job.id));
            self.queue.rotate_left(1);
        }
        self.start(ctx);
    }

    /// A job has come from another machine.
    fn unpack(job: &mut Job, ctx: &Context<'_, Self>) {
        job.travelled = job.travelled.plus(since(job.since, ctx));
        if ctx.setup().variant("counts-from-here") {
            job.arrived = ctx.hardware_clock();
        }
    }

    /// Sends the job at this place of the queue to another machine, as this message.
    fn send_job(&mut self, place: usize, to: NodeId, message: fn(Job) -> Message, ctx: &mut Context<'_, Self>) {
        let mut job = self.queue.remove(place);
        job.moves += 1;
        job.since = ctx.hardware_clock();
        self.moved += 1;
        ctx.output(Output::JobMoved { job: job.id, to, moves: job.moves });
        ctx.send(to, message(job));
    }

    fn show(&self, policy: &Policy) -> Status {
        let load = self.load();
        let (word, tone) = match load {
            _ if !self.searches.is_empty() => ("probing", Tone::Waiting),
            _ if self.hunt.is_some() => ("looks for work", Tone::Idle),
            _ if self.pairing.as_ref().is_some_and(Pairing::holds) => ("paired", Tone::Active),
            _ if self.pairing.is_some() => ("seeks a partner", Tone::Waiting),
            0 => ("idle", Tone::Idle),
            // Who keeps what arrives has too much only when it has some to give away.
            _ if load < policy.threshold + u32::from(policy.location == Location::Nowhere) => ("normal", Tone::Active),
            _ => ("overloaded", Tone::Waiting),
        };
        let detail = match (self.searches.last(), &self.hunt, self.kept.len()) {
            (Some(search), ..) => format!("job {}, {} of {} asked", search.job, search.asked.len(), policy.probe_limit),
            (None, Some(hunt), _) => format!("{} of {} asked", hunt.asked.len(), policy.probe_limit),
            (None, None, 0) => Counted(load, "job").to_string(),
            (None, None, kept) => {
                format!("{}, {} kept", Counted(self.queue.len() as u32, "job"), Counted(kept as u32, "place"))
            }
        };
        let mut marks = vec![(policy.threshold, "threshold")];
        if policy.low > 0 {
            marks = vec![(policy.low, "low"), (policy.threshold, "high")];
        }
        Status::new(word, tone).detail(detail).gauge(Gauge { name: "queue", value: load, full: 8, marks })
    }
}

/// A machine that is not among those asked: at random, or the next of the scripted order.
fn choose(asked: &[NodeId], ctx: &mut Context<'_, Machine>) -> Option<NodeId> {
    let again = ctx.setup().variant("probe-with-replacement");
    let peers = ctx.peers();
    let mut open = peers.filter(|node| again || !asked.contains(node));
    match ctx.setup().config::<Config>() {
        Some(config) if !config.probe_order.is_empty() => {
            let open: Vec<NodeId> = open.collect();
            config.probe_order.iter().copied().find(|node| open.contains(node))
        }
        _ => match open.clone().count() as u32 {
            0 => None,
            count => open.nth(ctx.random_below(count) as usize),
        },
    }
}

fn policy(ctx: &Context<'_, Machine>) -> Policy {
    ctx.policy().copied().unwrap_or_default()
}

/// The speed of this machine.
fn speed(ctx: &Context<'_, Machine>) -> Speed {
    ctx.setup().config::<Config>().map_or(Speed::NORMAL, |config| config.speed_of(ctx.me()))
}

/// How long it is since the hardware clock showed this.
fn since(reading: i64, ctx: &Context<'_, Machine>) -> Micros {
    Micros((ctx.hardware_clock() - reading).max(0) as u64)
}
