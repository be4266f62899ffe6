//! The semaphore on one machine: several processes over shared memory, as parts of one node. Each machine instruction is a
//! step of its own, and the user, or chance, says whose is next. P and V with a queue let in as many as there are units;
//! without them an update is lost. It is where mutual exclusion begins: with memory in common, which the others lack.

mod shown;

use crate::{
    Algorithm, Context, Datum, Edit, Never, NodeId, Offer, Part, PartEdge, Process, Property, Setup, Status, Table,
    Tone, View, Violation, World,
    algorithm::{Bug, Kind, NodeShape},
    json::{Json, Read as _},
    read_record, read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const COUNTED: &str = "s = s0 − #P + #V, and s is never below 0";
const LIMITED: &str = "no more processes are between P and V than s0";
const KEPT: &str = "no update is lost";
const FINISHED: &str = "every process comes to its end";

const PROCESSES: usize = 8;
const INSTRUCTIONS: usize = 12;
const UNITS: i64 = 9;

/// The semaphore bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/semaphore",
    title: "Semaphore",
    summary: "One machine, one memory: P and V let in as many as there are units; without them an update is lost.",
    kind: Kind::Laboratory,
    sources: &[
        "E. W. Dijkstra, Cooperating Sequential Processes, 1965, section 4: P and V",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, sections 6.1 and 6.6",
    ],
    texts: texts!(
        "mutex/semaphore",
        "semaphore",
        ["guarded", "lost-update", "two-units", "by-chance", "split-wait", "wake-and-add"]
    ),
    scenarios: &["guarded", "lost-update", "two-units", "by-chance", "split-wait", "wake-and-add"],
    properties: &[
        Property::always(COUNTED, is_counted),
        Property::always(LIMITED, is_limited),
        Property::always(KEPT, nothing_is_lost),
        Property::eventually(FINISHED, all_finish),
    ],
    bugs: &[
        Bug {
            id: "split-wait",
            title: "P tests s in one step and takes a unit in the next",
            lesson: "P must be one step. Between the test and the taking another process can test as well, and both find the last unit free.",
            breaks: COUNTED,
            scenario: "split-wait",
        },
        Bug {
            id: "wake-and-add",
            title: "V wakes the first in the queue and adds a unit besides",
            lesson: "The unit goes to the one that is woken. Who adds it as well gives one unit to two processes.",
            breaks: COUNTED,
            scenario: "wake-and-add",
        },
    ],
    node_prefix: "machine ",
    node_shape: NodeShape::Site,
    configure,
    spawn: |setup, _| Arc::new(Machine::new(setup)),
    ..Algorithm::EMPTY
};

/// One instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Op {
    /// Nothing: it takes no step.
    Skip,
    /// P(s): take a unit, or wait for one.
    Wait,
    /// Copy x into the register.
    Load,
    /// Add 1 to the register.
    Add,
    /// Copy the register into x.
    Store,
    /// V(s): give a unit back, or hand it to the first that waits.
    Signal,
}

read_variants!(Op { Skip from "-", Wait from "P", Load from "load", Add from "add", Store from "store", Signal from "V" });

/// The instructions, by their numbers in the table.
const OPS: [Op; 6] = [Op::Skip, Op::Wait, Op::Load, Op::Add, Op::Store, Op::Signal];

impl Op {
    fn words(self) -> &'static str {
        match self {
            Self::Skip => "nothing",
            Self::Wait => "P(s)",
            Self::Load => "load x",
            Self::Add => "add 1",
            Self::Store => "store x",
            Self::Signal => "V(s)",
        }
    }
}

/// The machine: its memory and its processes.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Machine {
    /// s0.
    initial: i64,
    s: i64,
    x: i64,
    /// How many P have been completed.
    taken: u32,
    /// How many V.
    given: u32,
    /// Who waits at its P, in the order of coming.
    queue: Vec<u32>,
    /// How often x has been stored.
    version: u32,
    /// How many of these stores have overwritten a change that they had not seen.
    lost: u32,
    threads: Vec<Thread>,
    /// The number of the next process that is added.
    next: u32,
}

/// A process on the machine.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Thread {
    id: u32,
    program: Vec<Op>,
    /// How many instructions it has behind it.
    at: u32,
    register: i64,
    /// The version of x that is in its register.
    seen: u32,
    /// Units that it has taken and not given back.
    units: u32,
    /// Only with a planted mistake: it has found a unit free and not yet taken it.
    tested: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// The process of this number executes its next instruction.
    Step(u32),
    /// Chance says who does.
    Slice,
    /// All begin again.
    Restart,
    /// Programs, processes and s0 are changed by hand.
    Edit(Edit),
}

read_variants!(Request { Step(id), Slice, Restart, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// An instruction was executed.
    Stepped(u32),
}

/// The scenario's `config`: `{"initial": 1, "programs": [["P", "load", "add", "store", "V"], …]}`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    initial: i64,
    programs: Vec<Vec<Op>>,
}

read_record!(Config { initial, programs });

fn configure(json: &Json, _nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    let short = config.programs.iter().all(|program| program.len() <= INSTRUCTIONS);
    match (0..=UNITS).contains(&config.initial) && config.programs.len() <= PROCESSES && short {
        true => Ok(Some(Datum::new(config))),
        false => Err(format!(
            "expected `initial` from 0 to {UNITS} and at most {PROCESSES} programs of at most {INSTRUCTIONS} instructions"
        )),
    }
}

impl Process for Machine {
    type Message = Never;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _: NodeId, message: Never, _: &mut Context<'_, Self>) {
        match message {}
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match request {
            Request::Step(id) => self.step(id, ctx),
            Request::Slice => {
                let able: Vec<u32> = self.able().map(|thread| thread.id).collect();
                if !able.is_empty() {
                    let chosen = able[ctx.random_below(able.len() as u32) as usize];
                    self.step(chosen, ctx);
                }
            }
            Request::Restart => self.restart(),
            Request::Edit(Edit::Press { row, .. }) => {
                if let Some(thread) = self.threads.get(row as usize) {
                    self.step(thread.id, ctx);
                }
            }
            Request::Edit(edit) => self.change(&edit),
        }
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let mut offers: Vec<Offer<Request>> = self.threads.iter().map(|thread| self.offer(thread)).collect();
        offers.push(
            Offer::ready("Chance says who is next", Request::Slice)
                .refused_if(self.able().next().is_none(), "Nobody can go on."),
        );
        offers.push(Offer::ready("Begin again", Request::Restart).refused_if(!self.has_begun(), "Nobody has begun."));
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        match request {
            Request::Step(id) => self.can_step(*id),
            Request::Slice if self.able().next().is_none() => Err("Nobody can go on.".into()),
            Request::Restart if !self.has_begun() => Err("Nobody has begun.".into()),
            Request::Slice | Request::Restart => Ok(()),
            Request::Edit(Edit::Press { row, .. }) => match self.threads.get(*row as usize) {
                Some(thread) => self.can_step(thread.id),
                None => Err("There is no such process.".into()),
            },
            Request::Edit(edit) => self.can_change(edit),
        }
    }

    fn status(&self) -> Status {
        let (word, tone) = match (self.able().next(), self.queue.is_empty()) {
            (Some(_), _) => ("at work", Tone::Active),
            (None, true) => ("all at their end", Tone::Done),
            (None, false) => ("all wait", Tone::Waiting),
        };
        let queue =
            if self.queue.is_empty() { String::new() } else { format!(", queue {}", shown::names(&self.queue)) };
        Status::new(word, tone).detail(format!("x = {}, s = {}{queue}", self.x, self.s))
    }

    fn parts(&self) -> Vec<Part> {
        shown::parts(self)
    }

    fn edges(&self) -> Vec<PartEdge> {
        shown::edges(self)
    }

    fn tables(&self, _: &View<'_>) -> Vec<Table> {
        shown::tables(self)
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Step(id) => format!("Let {} execute its next instruction", shown::name(*id)),
            Request::Slice => "Let chance say who is next".into(),
            Request::Restart => "Begin again".into(),
            Request::Edit(Edit::Press { row, .. }) => format!("Let the process in row {} go on", row + 1),
            Request::Edit(_) => "Change programs or s0".into(),
        })
    }
}

/// The instructions, named as in the pseudocode.
impl Machine {
    fn new(setup: &Setup) -> Self {
        let guarded = || vec![Op::Wait, Op::Load, Op::Add, Op::Store, Op::Signal];
        let config = setup.config::<Config>();
        let programs = config.map_or_else(|| vec![guarded(), guarded()], |config| config.programs.clone());
        let initial = config.map_or(1, |config| config.initial);
        let threads = (0..).zip(programs).map(|(id, program)| Thread::new(id, program)).collect::<Vec<_>>();
        let next = threads.len() as u32;
        let (queue, lost) = (vec![], 0);
        Self { initial, s: initial, x: 0, taken: 0, given: 0, queue, version: 0, lost, threads, next }
    }

    /// The processes that can execute an instruction now.
    fn able(&self) -> impl Iterator<Item = &Thread> {
        self.threads.iter().filter(|thread| thread.op().is_some() && !self.queue.contains(&thread.id))
    }

    fn thread_mut(&mut self, id: u32) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.id == id)
    }

    fn step(&mut self, id: u32, ctx: &mut Context<'_, Self>) {
        if self.can_step(id).is_err() {
            return;
        }
        let (x, version) = (self.x, self.version);
        let Some(thread) = self.thread_mut(id) else { return };
        let Some(op) = thread.op() else { return };
        let who = shown::name(id);
        ctx.output(Output::Stepped(id));
        match op {
            Op::Wait => return self.wait(id, ctx),
            Op::Signal => return self.signal(id, ctx),
            Op::Load => {
                ctx.line("load");
                ctx.note(format_args!("{who} copies x into its register: {x}."));
                (thread.register, thread.seen) = (x, version);
            }
            Op::Add => {
                ctx.line("add");
                thread.register += 1;
                ctx.note(format_args!("{who} adds 1 in its register: {}. x is still {x}.", thread.register));
            }
            Op::Store => {
                ctx.line("store");
                let (register, stale) = (thread.register, thread.seen != version);
                thread.seen = version + 1;
                self.x = register;
                self.version += 1;
                self.lost += u32::from(stale);
                match stale {
                    true => ctx.note(format_args!(
                        "{who} stores {register}. It had not seen what was stored meanwhile: that update is lost."
                    )),
                    false => ctx.note(format_args!("{who} stores {register}.")),
                }
            }
            Op::Skip => {}
        }
        self.advance(id);
    }

    fn advance(&mut self, id: u32) {
        if let Some(thread) = self.thread_mut(id) {
            thread.at = thread.place() + 1;
        }
    }

    fn wait(&mut self, id: u32, ctx: &mut Context<'_, Self>) {
        let who = shown::name(id);
        let tested = self.thread_mut(id).is_some_and(|thread| std::mem::take(&mut thread.tested));
        if self.s > 0 && !tested && ctx.setup().variant("split-wait") {
            ctx.note(format_args!("{who} finds s = {}, above 0. It will take a unit in its next step.", self.s));
            if let Some(thread) = self.thread_mut(id) {
                thread.tested = true;
            }
        } else if self.s > 0 || tested {
            ctx.line("take");
            self.s -= 1;
            ctx.note(format_args!("{who} takes a unit: s = {}.", self.s));
            self.complete(id);
        } else {
            ctx.line("block");
            self.queue.push(id);
            ctx.note(format_args!("s is 0: {who} waits, behind all who wait already."));
        }
    }

    /// A P is completed.
    fn complete(&mut self, id: u32) {
        self.taken += 1;
        if let Some(thread) = self.thread_mut(id) {
            thread.units += 1;
        }
        self.advance(id);
    }

    fn signal(&mut self, id: u32, ctx: &mut Context<'_, Self>) {
        let who = shown::name(id);
        self.given += 1;
        if let Some(thread) = self.thread_mut(id) {
            thread.units = thread.units.saturating_sub(1);
        }
        self.advance(id);
        let wakes = !self.queue.is_empty();
        if !wakes || ctx.setup().variant("wake-and-add") {
            ctx.line("free");
            self.s += 1;
            ctx.note(format_args!("{who} gives a unit back: s = {}.", self.s));
        }
        if wakes {
            ctx.line("wake");
            let first = self.queue.remove(0);
            ctx.note(format_args!("{who} hands its unit to {}, which has waited longest.", shown::name(first)));
            self.complete(first);
        }
    }

    fn restart(&mut self) {
        let threads = self.threads.iter().map(|thread| Thread::new(thread.id, thread.program.clone())).collect();
        *self = Self {
            s: self.initial,
            x: 0,
            taken: 0,
            given: 0,
            queue: vec![],
            version: 0,
            lost: 0,
            threads,
            ..self.clone()
        };
    }

    fn has_begun(&self) -> bool {
        self.threads.iter().any(|thread| thread.at > 0 || thread.tested || self.queue.contains(&thread.id))
    }
}

impl Thread {
    fn new(id: u32, program: Vec<Op>) -> Self {
        Self { id, program, at: 0, register: 0, seen: 0, units: 0, tested: false }
    }

    /// Where its next instruction stands.
    fn place(&self) -> u32 {
        let rest = self.program.iter().skip(self.at as usize);
        self.at + rest.take_while(|op| **op == Op::Skip).count() as u32
    }

    /// Its next instruction, if it is not at its end.
    fn op(&self) -> Option<Op> {
        self.program.get(self.place() as usize).copied()
    }
}

// What is judged.

fn machines(world: &World) -> impl Iterator<Item = (NodeId, &Machine)> {
    world.live::<Machine>()
}

fn is_counted(world: &World) -> Result<(), Violation> {
    for (id, machine) in machines(world) {
        let should = machine.initial - i64::from(machine.taken) + i64::from(machine.given);
        if machine.s < 0 || machine.s != should {
            let (s0, p, v) = (machine.initial, machine.taken, machine.given);
            return Err(Violation::new(
                format!("s is {}, and s0 − #P + #V = {s0} − {p} + {v} = {should}.", machine.s),
                [id],
            ));
        }
    }
    Ok(())
}

fn is_limited(world: &World) -> Result<(), Violation> {
    for (id, machine) in machines(world) {
        let between: Vec<u32> =
            machine.threads.iter().filter(|thread| thread.units > 0).map(|thread| thread.id).collect();
        if between.len() as i64 > machine.initial {
            let why = format!("{} are between P and V, and s0 is {}.", shown::names(&between), machine.initial);
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}

fn nothing_is_lost(world: &World) -> Result<(), Violation> {
    match machines(world).find(|(_, machine)| machine.lost > 0) {
        Some((id, Machine { version, x, .. })) => {
            let why = format!("x was stored {version} times and is {x}: an update was overwritten.");
            Err(Violation::new(why, [id]))
        }
        None => Ok(()),
    }
}

/// As long as somebody can go on, it is the user's turn.
fn all_finish(world: &World) -> Result<(), Violation> {
    for (id, machine) in machines(world) {
        if let Some(able) = machine.able().next() {
            return Err(Violation::new(format!("{} can go on.", shown::name(able.id)), [id]).users_turn(true));
        }
        if !machine.queue.is_empty() {
            let s = if machine.queue.len() == 1 { "s" } else { "" };
            let why = format!("{} wait{s} for ever: nobody is left who could do a V.", shown::names(&machine.queue));
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}
