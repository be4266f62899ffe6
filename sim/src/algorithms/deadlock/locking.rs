//! Sites on which processes ask for resources of any site, hold them, work, and give them back, by real messages: the
//! program under every prevention, avoidance and detection of this family.
//!
//! Each resource has one unit and is lent by its own site, which therefore knows who waits there for whom. A process runs
//! at its home site and knows what it holds and what it waits for, not who has that.

use crate::sorted::{Map, Set};
use crate::{
    Context, Micros, NodeId, Offer, Part, PartEdge, Process, Setup, Status, View, Wait,
    algorithms::deadlock::layout::{Party, ProcessId, ResourceId},
    read_variants,
};
use serde::Serialize;

mod banker;
mod controller;
pub mod counts;
pub mod graph;
pub mod judge;
mod lending;
mod paths;
pub mod policy;
pub mod program;
mod rollback;
mod running;
mod show;
mod spool;

use banker::Banker;
use controller::{Controller, Question, Report};
use graph::{Edge, Ticket};
use paths::{Path, Paths};
use policy::Policy;
use spool::Spool;

/// A site: the processes that run on it, the resources that it lends, and its part in the search for deadlocks.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Site {
    me: NodeId,
    /// Lamport's counter, from which transactions have their age.
    clock: u32,
    processes: Map<ProcessId, Local>,
    resources: Map<ResourceId, Resource>,
    /// Of the devices that are spooled: what their daemons have to do.
    spools: Map<ResourceId, Spool>,
    /// Which site lends each resource of the system.
    places: Map<ResourceId, NodeId>,
    /// Who waits here for whom, as it was after the latest event.
    graph: Vec<Edge>,
    detector: Detector,
    banker: Banker,
    /// What it has to tell itself: empty between two events.
    todo: Vec<Message>,
}

/// How deadlocks are looked for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Detector {
    None,
    Controller(Controller),
    Paths(Paths),
}

/// A process of this site.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Local {
    phase: Phase,
    /// The step of its program at which it is.
    step: u32,
    /// How often its program has come to its end: each time is a transaction of its own.
    round: u32,
    /// The age of its transaction, by which the older is known: it keeps it when it starts again.
    stamp: u32,
    /// The age with which its transaction first began.
    began: u32,
    /// What it holds, with the number of the request.
    holds: Map<ResourceId, u32>,
    /// What it has asked for and not got, with the number of the request.
    waits: Map<ResourceId, u32>,
    /// What the banker has let it ask for, of what it waits for.
    permitted: Set<ResourceId>,
    /// What it will ask for next, one after the other.
    plan: Vec<ResourceId>,
    /// How many requests it has made.
    asked: u32,
    /// How long it has worked for this transaction.
    work: Micros,
    /// How much of its work was undone.
    lost: Micros,
    /// How often its transaction was rolled back.
    rollbacks: u32,
    /// How often it was refused all at once.
    tries: u32,
    checkpoints: Vec<Checkpoint>,
    /// The rules with which its transaction has begun.
    policy: Policy,
}

/// What a process is doing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Phase {
    /// Nothing by itself: its program has ended, or it has none.
    Idle,
    /// It works.
    Works,
    /// It waits until it has all that it has asked for.
    Waits,
    /// It was rolled back, or refused, and will go on later.
    Rests,
    /// It was ended.
    Ended,
}

/// To where a process can go back: where it stood before it asked for more.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Checkpoint {
    step: u32,
    work: Micros,
    holds: Map<ResourceId, u32>,
}

/// A resource of this site.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Resource {
    /// One at a time.
    holders: Vec<Ticket>,
    queue: Vec<(Ticket, Rule)>,
}

/// What a request wants where the resource is not free.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Rule {
    /// To wait for its turn.
    Wait,
    /// To be told so, and not to wait.
    Try,
    /// To wait where it is older than the holder, and else to be told to start again.
    WaitDie,
    /// That the holder starts again where that is younger, and else to wait.
    WoundWait,
    /// Not the device, but a file of its spool.
    Spool,
}

/// Why a process has to give way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Why {
    /// Wait-die: an older one has what it wants.
    Dies,
    /// Wound-wait: an older one wants what it has.
    Wounded,
    /// A deadlock was found: it goes back to a checkpoint.
    RolledBack,
    /// A deadlock was found: it is ended.
    Ended,
}

/// A transaction and its age: the smaller is the older.
pub type Age = (u32, ProcessId);

/// What sites send each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    /// The process asks for the resource.
    Request { resource: ResourceId, ticket: Ticket, rule: Rule },
    /// It has it.
    Grant { process: ProcessId, resource: ResourceId, number: u32 },
    /// It has not got it, and does not stand in the queue.
    Refuse { process: ProcessId, resource: ResourceId, number: u32 },
    /// It must give way, and give the resource back or stop asking for it.
    GiveWay { process: ProcessId, resource: ResourceId, number: u32, why: Why, to: Option<Age> },
    /// It asks no more.
    Withdraw { process: ProcessId, resource: ResourceId, number: u32 },
    /// It gives it back.
    Release { process: ProcessId, resource: ResourceId, number: u32 },
    /// The banker is asked whether the process may ask for the resource.
    Claim { resource: ResourceId, ticket: Ticket },
    /// It may.
    Permit { process: ProcessId, resource: ResourceId, number: u32 },
    /// The banker is told that the process has given it back.
    Return { process: ProcessId, resource: ResourceId, number: u32 },
    /// Who waits for whom in a part of the tree.
    Report(Report),
    /// A controller asks for a report.
    Query { run: u32, stamp: u32 },
    /// A controller asks whether a process still waits and still holds.
    Verify(Question),
    /// It does, or it does not.
    Answer { question: Question, stands: bool },
    /// A way along the waits, which may go on at the receiver.
    Path(Path),
}

/// What a site wakes itself up for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Timer {
    /// The process has done its work.
    WorkDone(ProcessId),
    /// It goes on after it was rolled back or refused.
    GoOn(ProcessId),
    /// It is time for a report.
    Report,
    /// The daemon of the device has printed a job.
    Printed(ResourceId),
}

/// What can be asked of a site.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Request {
    /// The process asks for these.
    Ask { process: ProcessId, resources: Vec<ResourceId> },
    /// It gives this back.
    Release { process: ProcessId, resource: ResourceId },
    /// It runs its program once more.
    Start { process: ProcessId },
    /// It goes on after it was rolled back.
    Again { process: ProcessId },
    /// The operator rolls it back to its start.
    RollBack { process: ProcessId },
    /// The operator ends it.
    End { process: ProcessId },
    /// The controller asks for reports and looks for deadlocks.
    Detect,
    /// The site reports to another controller from now on.
    ReportTo { controller: NodeId },
}

read_variants!(Request {
    Ask { process, resources },
    Release { process, resource },
    Start { process },
    Again { process },
    RollBack { process },
    End { process },
    Detect,
    ReportTo { controller },
});

/// What a site tells.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Output {
    /// It has got something that it has asked for.
    Granted(ProcessId, ResourceId),
    /// Its program has come to its end.
    Finished(ProcessId),
    /// The daemon has printed what it wrote to the spool of this device.
    Printed(ProcessId, ResourceId),
    /// It was refused all at once, and tries again.
    Refused(ProcessId),
    /// It gives way: why, the age with which it began, and to whom.
    GivesWay { process: ProcessId, why: Why, began: Age, to: Option<Age> },
    /// Somebody waits here for somebody else than before.
    Changed,
    /// A detector has found a cycle: these transactions wait for each other.
    Deadlock(Vec<Party>),
    /// A cycle was looked at more closely, and is none.
    Cleared(Vec<Party>),
}

impl Process for Site {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        let processes: Vec<ProcessId> = self.processes.keys().copied().collect();
        for process in processes {
            let busy = self.processes.get(&process).is_none_or(|local| local.phase == Phase::Waits);
            if !busy && running::has_program(process, ctx) {
                self.begin(process, ctx);
            }
        }
        self.settle(ctx);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        self.handle(from, message, ctx);
        self.settle(ctx);
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::WorkDone(process) => self.worked(process, ctx),
            Timer::GoOn(process) => self.again(process, ctx),
            Timer::Report => self.report_now(ctx),
            Timer::Printed(resource) => self.printed(resource, ctx),
        }
        self.settle(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        // A workload asks by the clock, whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request, ctx.policy::<Policy>().copied().unwrap_or_default()) {
            return ctx.note(reason);
        }
        match request {
            Request::Ask { process, resources } => self.ask_by_hand(process, &resources, ctx),
            Request::Release { process, resource } => self.release(process, &[resource], ctx),
            Request::Start { process } => self.begin(process, ctx),
            Request::Again { process } => self.again(process, ctx),
            Request::RollBack { process } => self.roll_back(process, None, (Why::RolledBack, None), ctx),
            Request::End { process } => self.end(process, None, ctx),
            Request::Detect => self.detect(ctx),
            Request::ReportTo { controller } => self.report_to(controller, ctx),
        }
        self.settle(ctx);
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        self.offers(view)
    }

    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        self.refusal(request, policy_of(view)).map_or_else(|| show::unknown(request, view), Err)
    }

    fn status(&self) -> Status {
        self.shown()
    }

    fn waits_for(&self) -> Vec<Wait> {
        self.waits()
    }

    fn above(&self) -> Option<NodeId> {
        match &self.detector {
            Detector::Controller(controller) => controller.parent,
            _ => None,
        }
    }

    fn parts(&self) -> Vec<Part> {
        self.all_parts()
    }

    fn edges(&self) -> Vec<PartEdge> {
        self.arrows()
    }

    fn telling(message: &Message) -> String {
        show::telling(message)
    }

    fn label(request: &Request) -> Option<String> {
        Some(show::words(request))
    }
}

fn policy_of(view: &View<'_>) -> Policy {
    view.policy.and_then(crate::Datum::get).copied().unwrap_or_default()
}

/// Whether the lines of the program are lit, or those of the detector.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Program,
    Detector,
}

/// Lights a line of the pseudocode. That of a detector says nothing of programs, that of programs nothing of detectors.
fn line(ctx: &mut Context<'_, Site>, of: Lines, tag: &'static str) {
    let program = ctx.setup().algorithm.id == "deadlock/lock-workload";
    if program == (of == Lines::Program) {
        ctx.line(tag);
    }
}

impl Site {
    /// A site as it is at the start of a run.
    pub fn new(setup: &Setup, me: NodeId) -> Self {
        let mut site = Self {
            me,
            clock: 0,
            processes: Map::new(),
            resources: Map::new(),
            spools: Map::new(),
            places: Map::new(),
            graph: vec![],
            detector: Detector::of(setup, me),
            banker: Banker::default(),
            todo: vec![],
        };
        site.place(setup);
        site
    }

    /// Sends a message; one to itself needs none.
    fn post(&mut self, to: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        if to == self.me { self.todo.push(message) } else { ctx.send(to, message) }
    }

    /// Does what it has told itself, and then looks at who waits for whom.
    fn settle(&mut self, ctx: &mut Context<'_, Self>) {
        loop {
            while !self.todo.is_empty() {
                let message = self.todo.remove(0);
                self.handle(self.me, message, ctx);
            }
            let graph = self.local_graph();
            if graph != self.graph {
                let old = std::mem::replace(&mut self.graph, graph);
                ctx.output(Output::Changed);
                self.waits_have_changed(&old, ctx);
            }
            if self.todo.is_empty() {
                // Somebody who is waited for here may have begun to wait elsewhere.
                self.follow(&[], ctx);
            }
            if self.todo.is_empty() {
                return;
            }
        }
    }

    fn handle(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request { resource, ticket, rule } => self.receive_request(resource, ticket, rule, ctx),
            Message::Grant { process, resource, number } => self.receive_grant(process, resource, number, from, ctx),
            Message::Refuse { process, resource, number } => self.receive_refusal(process, resource, number, ctx),
            Message::GiveWay { process, resource, number, why, to } => {
                self.give_way(process, resource, number, (why, to), ctx);
            }
            Message::Withdraw { process, resource, number } => self.withdraw(process, resource, number, ctx),
            Message::Release { process, resource, number } => self.take_back(process, resource, number, ctx),
            Message::Claim { resource, ticket } => self.receive_claim(resource, ticket, ctx),
            Message::Permit { process, resource, number } => self.receive_permit(process, resource, number, from, ctx),
            Message::Return { process, resource, number } => self.receive_return(process, resource, number, ctx),
            Message::Report(report) => self.receive_report(from, report, ctx),
            Message::Query { run, stamp } => self.receive_query(from, run, stamp, ctx),
            Message::Verify(question) => self.receive_question(from, question, ctx),
            Message::Answer { question, stands } => self.receive_answer(&question, stands, ctx),
            Message::Path(path) => self.receive_path(path, ctx),
        }
    }
}
