//! Threshold location (Eager, Lazowska and Zahorjan): a machine at which a job arrives while `T` or more jobs are there
//! already asks other machines, one after another and at random, how many they have. The job moves to the first that is
//! below the threshold, and stays where it is when `Lp` machines have said no. It is never probed for again.
//!
//! A job that is being placed waits in the queue of its machine meanwhile, and is run there if its turn comes first: no
//! machine is idle while it holds a job. Each job has a decision of its own under way.

mod checks;
mod job;
mod policy;

use crate::sorted::Set;
use crate::{
    Algorithm, Context, Gauge, Micros, NodeId, Offer, Order, Part, PartKind, Process, Status, Tone, View, Wait,
    algorithm::{Assumptions, Cost, Faults, Links, NodeShape, Parameter, Plot, Relation, Timing, Unit},
    process::Field,
    property::Property,
    read_variants, texts,
};
use job::{Counted, Job, JobId};
use policy::{Config, Policy};
use serde::Serialize;
use std::sync::Arc;

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/location-threshold",
    title: "Threshold location",
    summary: "A machine that is over its threshold asks others, one by one, until one is below its own.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!(
        "load/location-threshold",
        "location_threshold",
        ["two-busy", "eight-machines", "all-busy", "probe-order", "stale-answer", "late-answer"]
    ),
    parameters: &[Parameter {
        name: "service",
        label: "service time of a job that you submit",
        unit: Unit::Time,
        min: 0,
        max: LONGEST_SERVICE.0.cast_signed(),
        default: 200_000,
    }],
    policy: Some(policy::POLICY),
    scenarios: &["two-busy", "eight-machines", "all-busy", "probe-order", "stale-answer", "late-answer"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::always("no job moves more than once", checks::one_move),
        Property::monitor::<checks::NoneTwice>("no machine is probed twice for one job"),
        Property::monitor::<checks::WithinLimit>("at most Lp machines are probed for one job"),
        Property::monitor::<checks::ChosenBelow>("a chosen machine was below the threshold when it answered"),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[
        Cost {
            what: "messages for one arrival, at most",
            formula: "2·Lp + 1",
            relation: Relation::AtMost,
            count: checks::messages_an_arrival,
            when: "for every job that arrives; Lp is the greatest that was in force",
        },
        Cost {
            what: "messages in all",
            formula: "2·probes + moves + places given back",
            relation: Relation::Exactly,
            count: checks::messages_in_all,
            when: "while no message is under way",
        },
    ],
    bugs: checks::BUGS,
    plots: &[
        Plot { title: "jobs at each machine", unit: "jobs", values: checks::queue_lengths },
        Plot { title: "messages so far", unit: "messages", values: checks::messages_so_far },
        Plot { title: "mean response so far", unit: "µs", values: checks::mean_response },
        Plot { title: "moves so far", unit: "moves in 1,000 jobs", values: checks::moves_in_a_thousand },
    ],
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

/// The search for a place for one job: the machines that were asked, the latest last.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Search {
    job: JobId,
    asked: Vec<NodeId>,
}

/// One machine: a first-come-first-served queue and one processor.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Machine {
    /// Jobs that are here, in the order of their arrival.
    queue: Vec<Job>,
    /// Whether the first of them is in service.
    busy: bool,
    /// Jobs of this machine that are being placed.
    searches: Vec<Search>,
    /// Jobs of others for which a place is kept.
    kept: Set<JobId>,
    /// Jobs that have arrived here from outside.
    arrived: u32,
    /// Jobs that have left for another machine.
    moved: u32,
    /// Jobs that were finished here, and the sum of their response times.
    finished: u32,
    response: Micros,
    /// The greatest probe limit under which this machine has searched.
    greatest_limit: u32,
}

/// What machines send each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// How many jobs are with you? The `nth` of at most `limit` machines asked for this job.
    Probe { job: JobId, nth: u32, limit: u32 },
    /// So many, and whether there is a place.
    Load { job: JobId, load: u32, place: Place },
    /// The job itself.
    Transfer(Job),
    /// The job does not come: its place is free again.
    Release(JobId),
}

/// What a machine that was asked has to offer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Place {
    /// It is not below its threshold.
    None,
    /// It is below its threshold.
    Free,
    /// It is below its threshold and keeps a place for the job.
    Kept,
}

/// What a machine wakes itself up for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The job in service is finished.
    Finished,
}

/// What a user may ask.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// A job arrives that needs so much service.
    Submit { demand: Micros },
}

read_variants!(Request { Submit { demand } });

/// What a machine tells.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[allow(clippy::enum_variant_names)] // workloads and milestones know them by these names alone
enum Output {
    /// A job has arrived from outside.
    JobArrived { job: JobId, demand: Micros },
    /// A job has left for another machine.
    JobMoved { job: JobId, to: NodeId, moves: u32 },
    /// A job is finished.
    JobFinished { job: JobId, response: Micros, moves: u32 },
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
            return ctx.note(format_args!("{} is full: the job is turned away.", name(ctx, ctx.me())));
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
        }
    }

    fn on_timer(&mut self, Timer::Finished: Timer, ctx: &mut Context<'_, Self>) {
        ctx.line("finish");
        self.busy = false;
        if !self.queue.is_empty() {
            let job = self.queue.remove(0);
            let response = Micros((ctx.hardware_clock() - job.arrived).max(0) as u64);
            self.finished += 1;
            self.response = self.response.plus(response);
            ctx.note(format_args!("Job {} is finished, {response} after it arrived.", job.id));
            ctx.output(Output::JobFinished { job: job.id, response, moves: job.moves });
        }
        self.start(ctx);
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
        let wait = |search: &Search| {
            let wait = Wait::node(*search.asked.last()?, "an answer to its probe");
            Some(Wait { part: Some(search.job.part()), ..wait })
        };
        self.searches.iter().filter_map(wait).collect()
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
        }
    }
}

impl Machine {
    fn new(config: Option<&Config>, node: NodeId) -> Self {
        let demands = config.and_then(|config| config.jobs.get(node.index())).map_or(&[][..], Vec::as_slice);
        let job = |(number, &demand): (u32, &Micros)| Job::new(JobId { origin: node, number }, demand, 0);
        Self {
            queue: (1..).zip(demands).map(job).collect(),
            busy: false,
            searches: vec![],
            kept: Set::new(),
            arrived: demands.len() as u32,
            moved: 0,
            finished: 0,
            response: Micros::ZERO,
            greatest_limit: 0,
        }
    }

    /// What the threshold is compared with: jobs that are here, and places that are kept.
    fn load(&self) -> u32 {
        (self.queue.len() + self.kept.len()) as u32
    }

    /// A job arrives from outside.
    fn arrive(&mut self, job: Job, ctx: &mut Context<'_, Self>) {
        let (id, load, Policy { threshold, .. }) = (job.id, self.load(), policy(ctx));
        self.queue.push(job);
        if load < threshold || !self.busy {
            ctx.line("below");
            let jobs = Counted(load, "job");
            ctx.note(format_args!("Job {id} finds {jobs} here; the threshold is {threshold}. It stays."));
            return self.start(ctx);
        }
        ctx.line("over");
        let (me, jobs) = (name(ctx, ctx.me()), Counted(load, "job"));
        ctx.note(format_args!(
            "{me} has {jobs} and the threshold is {threshold}: job {id} looks for a place elsewhere."
        ));
        self.look_for_a_place(Search { job: id, asked: vec![] }, ctx);
    }

    /// Asks one more machine, or gives up.
    fn look_for_a_place(&mut self, mut search: Search, ctx: &mut Context<'_, Self>) {
        let limit = policy(ctx).probe_limit;
        self.greatest_limit = self.greatest_limit.max(limit);
        let asked = search.asked.len() as u32;
        let within = asked < limit || ctx.setup().variant("no-limit");
        let Some(next) = choose(&search.asked, ctx).filter(|_| within) else {
            ctx.line("exhausted");
            let machines = Counted(asked, "machine");
            return ctx.note(format_args!("{machines} said no: job {} stays and is run here.", search.job));
        };
        ctx.line("choose");
        let nth = asked + 1;
        ctx.note(format_args!("Job {} looks for a place: {} is asked, {nth} of {limit}.", search.job, name(ctx, next)));
        ctx.send(next, Message::Probe { job: search.job, nth, limit });
        search.asked.push(next);
        self.searches.push(search);
    }

    /// Another machine asks whether its job could be run here.
    fn answer(&mut self, from: NodeId, job: JobId, ctx: &mut Context<'_, Self>) {
        let (load, Policy { threshold, reserve, .. }) = (self.load(), policy(ctx));
        let below = load < threshold;
        ctx.line("answer");
        let (me, jobs) = (name(ctx, ctx.me()), Counted(load, "job"));
        let verdict = if below { "below" } else { "not below" };
        ctx.note(format_args!("{me} answers {load}: {jobs}, {verdict} the threshold of {threshold}."));
        let place = match below {
            false => Place::None,
            true if reserve => Place::Kept,
            true => Place::Free,
        };
        if place == Place::Kept {
            ctx.line("keep");
            ctx.note(format_args!("It keeps a place for job {job}."));
            self.kept.insert(job);
        }
        ctx.send(from, Message::Load { job, load, place });
    }

    /// A machine that was asked has answered.
    fn decide(&mut self, from: NodeId, job: JobId, load: u32, place: Place, ctx: &mut Context<'_, Self>) {
        let asked_last = |search: &Search| search.job == job && search.asked.last() == Some(&from);
        let Some(index) = self.searches.iter().position(asked_last) else {
            ctx.line("late");
            ctx.note(format_args!("Job {job} was started here meanwhile: the answer comes too late."));
            if place == Place::Kept {
                ctx.send(from, Message::Release(job));
            }
            return;
        };
        let search = self.searches.remove(index);
        let there = name(ctx, from);
        if place == Place::None && !ctx.setup().variant("any-answer") {
            ctx.line("next-probe");
            ctx.note(format_args!("{there} answered {load} and is not below its threshold."));
            return self.look_for_a_place(search, ctx);
        }
        ctx.line("move");
        ctx.note(format_args!("Job {job} moves to {there}, which answered {load}."));
        if let Some(place) = self.queue.iter().position(|waiting| waiting.id == job) {
            let mut job = self.queue.remove(place);
            job.moves += 1;
            self.moved += 1;
            ctx.output(Output::JobMoved { job: job.id, to: from, moves: job.moves });
            ctx.send(from, Message::Transfer(job));
        }
    }

    /// A job arrives from another machine. It has to stay, whatever has happened here since the answer.
    fn accept(&mut self, job: Job, ctx: &mut Context<'_, Self>) {
        self.kept.remove(&job.id);
        let (me, load, threshold) = (name(ctx, ctx.me()), self.load(), policy(ctx).threshold);
        ctx.line("accept");
        if load < threshold {
            ctx.note(format_args!("Job {} is at {me} and is run here.", job.id));
        } else {
            let jobs = Counted(load, "job");
            ctx.note(format_args!("The answer was stale: {me} has {jobs} by now. Job {} has to stay.", job.id));
            if ctx.setup().variant("lost-transfer") {
                return ctx.note("It is turned away.");
            }
        }
        if ctx.setup().variant("bounce") {
            return self.arrive(job, ctx);
        }
        self.queue.push(job);
        if !ctx.setup().variant("sleeper") {
            self.start(ctx);
        }
    }

    /// Starts the first job of the queue if nothing is in service.
    fn start(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(job) = self.queue.first().filter(|_| !self.busy) else { return };
        ctx.line("start");
        ctx.note(format_args!("Job {} is in service for {}.", job.id, job.demand));
        ctx.set_timer(job.demand, Timer::Finished);
        // Whoever is being asked for it may answer what it likes: its turn has come.
        self.searches.retain(|search| search.job != job.id);
        self.busy = true;
    }

    fn show(&self, policy: &Policy) -> Status {
        let load = self.load();
        let (word, tone) = match load {
            _ if !self.searches.is_empty() => ("probing", Tone::Waiting),
            0 => ("idle", Tone::Idle),
            _ if load < policy.threshold => ("normal", Tone::Active),
            _ => ("overloaded", Tone::Waiting),
        };
        let detail = match (self.searches.last(), self.kept.len()) {
            (Some(search), _) => format!("job {}, {} of {} asked", search.job, search.asked.len(), policy.probe_limit),
            (None, 0) => Counted(load, "job").to_string(),
            (None, kept) => {
                format!("{}, {} kept", Counted(self.queue.len() as u32, "job"), Counted(kept as u32, "place"))
            }
        };
        let marks = vec![(policy.threshold, "threshold")];
        Status::new(word, tone).detail(detail).gauge(Gauge { name: "queue", value: load, full: 8, marks })
    }
}

/// A machine that was not asked for this job: at random, or the next of the scripted order.
fn choose(asked: &[NodeId], ctx: &mut Context<'_, Machine>) -> Option<NodeId> {
    let fresh = |node: &NodeId| ctx.setup().variant("probe-with-replacement") || !asked.contains(node);
    let open: Vec<NodeId> = ctx.peers().filter(fresh).collect();
    match ctx.setup().config::<Config>() {
        Some(config) if !config.probe_order.is_empty() => {
            config.probe_order.iter().copied().find(|node| open.contains(node))
        }
        _ if open.is_empty() => None,
        _ => Some(open[ctx.random_below(open.len() as u32) as usize]),
    }
}

fn policy(ctx: &Context<'_, Machine>) -> Policy {
    ctx.policy().copied().unwrap_or_default()
}

fn name(ctx: &Context<'_, Machine>, node: NodeId) -> Arc<str> {
    ctx.setup().nodes.get(node.index()).map_or_else(|| "?".into(), |spec| spec.name.clone())
}
