//! Co-scheduling (Ousterhout): processes that talk all the time should run at the same time. A matrix says which process
//! runs on which processor in which time slot; all processors go through its rows together. The user fills it, and it is
//! executed: in each gang, one process asks all others, waits for their answers, and asks again. Who does not run cannot
//! answer, and the message waits.

use crate::{
    Algorithm, Context, Datum, EdgeKind, Edit, Gauge, Micros, NodeId, Offer, Part, PartEdge, PartId, PartKind, Process,
    Property, Status, Table, Tone, View,
    algorithm::{Bug, Kind, NodeShape, Parameter, Plot, Unit},
    json::{Json, Read},
    process::Field,
    read_record, read_variants,
    sorted::{Map, Set},
    texts,
};
use matrix::{MOST_GANGS, Matrix};
use serde::Serialize;
use std::sync::Arc;

mod judge;
mod matrix;
mod shown;

const TOGETHER: &str = "a gang that stands in one slot runs as a whole, or not at all";
const ONE_SLOT: &str = "who packs puts each gang into the first slot with room for all of it";
const IN_STEP: &str = "all processors begin a slot at the same time";

/// The bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "sched/coscheduling",
    title: "Co-scheduling",
    summary: "Processes that talk to each other should run at the same time.",
    kind: Kind::Laboratory,
    sources: &[
        "J. K. Ousterhout, Scheduling Techniques for Concurrent Systems, 3rd International Conference on Distributed \
         Computing Systems, 1982, pages 22–30",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 4.4.6",
    ],
    texts: texts!(
        "sched/coscheduling",
        "coscheduling",
        ["out-of-phase", "in-phase", "pack", "holes", "half-a-slot", "own-row", "split"]
    ),
    parameters: &[
        Parameter {
            name: "slot",
            label: "length of a time slot",
            unit: Unit::Time,
            min: 1_000,
            max: 60_000_000,
            default: 100_000,
        },
        Parameter {
            name: "compute",
            label: "time from one exchange to the next question",
            unit: Unit::Time,
            min: 0,
            max: 60_000_000,
            default: 0,
        },
    ],
    scenarios: &["out-of-phase", "in-phase", "pack", "holes", "half-a-slot", "own-row", "split"],
    properties: &[
        Property::always(TOGETHER, judge::together),
        Property::monitor::<judge::OneSlot>(ONE_SLOT),
        Property::monitor::<judge::InStep>(IN_STEP).not_promised(),
    ],
    bugs: &[
        Bug {
            id: "own-row",
            title: "each processor begins with a row of its own",
            lesson: "Time slices alone are not enough: the processors must be in the same row at the same time.",
            breaks: TOGETHER,
            scenario: "own-row",
        },
        Bug {
            id: "split",
            title: "a gang is put wherever there is room",
            lesson: "The matrix gets full more evenly, and gangs fall apart into fragments that wait for each other.",
            breaks: ONE_SLOT,
            scenario: "split",
        },
    ],
    stamps: false,
    plots: &[Plot { title: "exchanges so far", unit: "exchanges", values: judge::exchanges }],
    milestones: &["Placed"],
    node_prefix: "CPU",
    node_shape: NodeShape::Machine,
    configure,
    spawn: |setup, me| Arc::new(Processor::new(setup, me)),
    ..Algorithm::EMPTY
};

/// A processor with the processes of its column.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Processor {
    me: NodeId,
    matrix: Matrix,
    mistake: Option<Mistake>,
    /// The slot that it is in, counted from time 0 of its clock.
    slot: i64,
    /// The gang whose process runs; 0: none.
    running: u32,
    /// Its processes, by gang.
    members: Map<u32, Member>,
}

/// What is planted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Mistake {
    OwnRow,
    Split,
}

/// The process of a gang on this processor.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Member {
    /// Exchanges that it has completed, and the number of the one that it is in; of the one that asks.
    done: u32,
    round: u32,
    /// Whose answers are missing.
    missing: Set<NodeId>,
    /// Messages that came while it did not run: from whom, and of which round.
    mailbox: Vec<(NodeId, u32)>,
}

impl Member {
    /// Who has not answered yet. An answer in the mailbox is one.
    fn waits_for(&self) -> impl Iterator<Item = NodeId> {
        let has_come = |node: NodeId| self.mailbox.iter().any(|&(from, round)| (from, round) == (node, self.round));
        self.missing.iter().copied().filter(move |&node| !has_come(node))
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// The process of the gang that asks wants to know something of the others.
    Ask { gang: u32, round: u32 },
    /// Here it is.
    Answer { gang: u32, round: u32 },
    /// The matrix is this from now on.
    Fill(Matrix),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The slot is over.
    Tick,
    /// The first process of this gang has computed enough, and asks again.
    Next(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Put a new gang of so many processes into the matrix.
    Place { size: u32 },
    /// Take a gang out.
    Remove { gang: u32 },
    /// Let processes of the same column run in the holes.
    Fill,
    /// The user fills in the matrix.
    Edit(Edit),
}

read_variants!(Request { Place { size }, Remove { gang }, Fill, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A gang of so many processes has got this row, counted from 0.
    Placed { gang: u32, size: u32, row: u32 },
    /// All have answered.
    Exchanged { gang: u32, round: u32 },
}

impl Process for Processor {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.slot = i64::MIN;
        self.begin_slot(ctx);
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        self.begin_slot(ctx);
        if let Timer::Next(gang) = timer
            && gang == self.running
        {
            self.ask(gang, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        // A message that comes with the tick comes into the new slot.
        self.begin_slot(ctx);
        match message {
            Message::Ask { gang, round } | Message::Answer { gang, round } => self.take_in(from, gang, round, ctx),
            Message::Fill(matrix) => {
                if matrix.version > self.matrix.version {
                    ctx.line("new");
                    self.change(matrix, ctx);
                }
            }
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        // A script asks whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request) {
            return ctx.note(reason);
        }
        let mut next = self.matrix.clone();
        match request {
            Request::Place { size } => {
                ctx.line("pack");
                let (gang, row) = next.place(size, self.mistake == Some(Mistake::Split));
                ctx.note(format_args!("Gang {gang}: {} has {size} cells free.", Matrix::row_name(row as usize)));
                ctx.output(Output::Placed { gang, size, row });
            }
            Request::Remove { gang } => next.remove(gang),
            Request::Fill => {
                ctx.line("fill");
                let filled = next.fill();
                ctx.note(format_args!("{filled} holes are filled with a process of the same column."));
            }
            Request::Edit(edit) => drop(next.edit(&edit)),
        }
        next.version += 1;
        ctx.broadcast(Message::Fill(next.clone()));
        self.change(next, ctx);
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        if self.me != NodeId(0) {
            return vec![];
        }
        let (most, default) = (i64::from(self.matrix.width()), 2.min(i64::from(self.matrix.width())));
        let size = Field { name: "size", label: "processes", unit: "", min: 1, max: most, default };
        let full = self.check(&Request::Place { size: 1 }, view).err().unwrap_or_default();
        let place = Offer::form("Put a new gang into the first slot with room", "Place", vec![size]);
        let mut offers = vec![place.refused_if(!full.is_empty(), &full), self.offer(Request::Fill)];
        offers.extend(self.matrix.gangs().into_iter().map(|gang| self.offer(Request::Remove { gang })));
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        self.refusal(request).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        shown::status(self)
    }

    fn edges(&self) -> Vec<PartEdge> {
        let edges = |(&gang, member): (&u32, &Member)| -> Vec<PartEdge> {
            let part = PartId(gang);
            member.waits_for().map(|node| PartEdge::new(part, node, part, EdgeKind::WaitsFor)).collect()
        };
        self.members.iter().flat_map(edges).collect()
    }

    fn parts(&self) -> Vec<Part> {
        shown::parts(self)
    }

    fn tables(&self, view: &View<'_>) -> Vec<Table> {
        if self.me == NodeId(0) { shown::tables(self, view) } else { vec![] }
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Ask { gang, round } => format!("ASK {gang}.{round}"),
            Message::Answer { gang, round } => format!("ANSWER {gang}.{round}"),
            Message::Fill(matrix) => format!("MATRIX {}", matrix.version),
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Place { size } => format!("A new gang of {size}"),
            Request::Remove { gang } => format!("Take gang {gang} out"),
            Request::Fill => "Fill the holes with processes of the same column".into(),
            Request::Edit(Edit::Write { row, column, values, .. }) => match values.as_slice() {
                [line] if line.len() == 1 => format!("{}, CPU{column}: {}", Matrix::row_name(*row as usize), line[0]),
                _ => "Write a block into the matrix".into(),
            },
            Request::Edit(_) => "Change the number of slots".into(),
        })
    }
}

impl Processor {
    fn new(setup: &crate::Setup, me: NodeId) -> Self {
        let mistake = match setup {
            _ if setup.variant("own-row") => Some(Mistake::OwnRow),
            _ if setup.variant("split") => Some(Mistake::Split),
            _ => None,
        };
        let width = setup.nodes.len() as u32;
        let matrix = setup.config::<Matrix>().cloned().unwrap_or_else(|| Matrix::simple(width));
        let mut new = Self { me, matrix, mistake, slot: 0, running: 0, members: Map::new() };
        new.keep_members();
        new
    }

    fn offer(&self, request: Request) -> Offer<Request> {
        let refused = self.refusal(&request);
        Offer { refused, ..Offer::ready(Self::label(&request).unwrap_or_default(), request) }
    }

    /// Why a request makes no sense now.
    fn refusal(&self, request: &Request) -> Option<String> {
        if self.me != NodeId(0) {
            return Some("The matrix is kept at the first processor.".into());
        }
        match request {
            Request::Place { size } => self.matrix.clone().try_place(*size).err(),
            Request::Remove { gang } if !self.matrix.gangs().contains(gang) => Some("There is no such gang.".into()),
            Request::Fill if self.matrix.clone().fill() == 0 => Some("No hole can be filled.".into()),
            Request::Edit(edit) => self.matrix.clone().edit(edit).err(),
            _ => None,
        }
    }

    /// Keeps a process for each gang of its column.
    fn keep_members(&mut self) {
        let here = self.matrix.column(self.me);
        self.members.retain(|gang, _| here.contains(gang));
        for &gang in &here {
            self.members.or_default(gang);
        }
    }

    /// Goes over to another matrix. Whoever asks asks anew, because the others may be others.
    fn change(&mut self, matrix: Matrix, ctx: &mut Context<'_, Self>) {
        self.matrix = matrix;
        self.keep_members();
        for member in self.members.values_mut() {
            member.missing = Set::new();
        }
        self.run(ctx);
    }

    /// The slot that its clock is in, if it is not in it yet; and the next tick. It may be that somebody has set the clock.
    fn begin_slot(&mut self, ctx: &mut Context<'_, Self>) {
        let length = ctx.setup().span("slot").0.max(1) as i64;
        let clock = ctx.clock();
        let slot = clock.div_euclid(length);
        ctx.set_timer(Micros(((slot + 1) * length - clock) as u64), Timer::Tick);
        if slot != self.slot {
            self.slot = slot;
            ctx.line("tick");
            self.run(ctx);
        }
    }

    /// The row that its slot stands for.
    fn row(&self) -> u32 {
        let own = if self.mistake == Some(Mistake::OwnRow) { i64::from(self.me.0) } else { 0 };
        (self.slot + own).rem_euclid(i64::from(self.matrix.height())) as u32
    }

    /// The process of this row runs: first it looks into its mailbox.
    fn run(&mut self, ctx: &mut Context<'_, Self>) {
        self.running = self.matrix.cell(self.row(), self.me);
        let (name, row) = (ctx.name(ctx.me()), Matrix::row_name(self.row() as usize));
        let gang = self.running;
        let Some(member) = self.members.get_mut(&gang) else {
            return ctx.note(format_args!("{row}: nothing runs on {name}."));
        };
        let mailbox = std::mem::take(&mut member.mailbox);
        match mailbox.len() {
            0 => ctx.note(format_args!("{row}: gang {gang} runs on {name}.")),
            waited => ctx.note(format_args!("{row}: gang {gang} runs on {name}; in its mailbox: {waited}.")),
        }
        let done = member.done;
        for (from, round) in mailbox {
            self.handle(from, gang, round, ctx);
        }
        if self.members.get(&gang).is_some_and(|member| member.done == done) {
            self.ask(gang, ctx);
        }
    }

    /// A message for one of its processes.
    fn take_in(&mut self, from: NodeId, gang: u32, round: u32, ctx: &mut Context<'_, Self>) {
        if gang == self.running {
            return self.handle(from, gang, round, ctx);
        }
        let name = ctx.name(ctx.me());
        match self.members.get_mut(&gang) {
            Some(member) => {
                ctx.line("wait");
                ctx.note(format_args!("Gang {gang} does not run on {name} now: the message waits."));
                member.mailbox.push((from, round));
            }
            None => ctx.note(format_args!("Gang {gang} is not on {name} any more.")),
        }
    }

    /// The running process reads a message: a question from the first of its gang, or an answer, if it is the first.
    fn handle(&mut self, from: NodeId, gang: u32, round: u32, ctx: &mut Context<'_, Self>) {
        let first = self.matrix.processors(gang).first() == Some(&self.me);
        if !first {
            ctx.line("answer");
            return ctx.send(from, Message::Answer { gang, round });
        }
        let Some(member) = self.members.get_mut(&gang) else { return };
        if round != member.round || !member.missing.remove(&from) {
            return;
        }
        if member.missing.is_empty() {
            ctx.line("done");
            member.done += 1;
            ctx.note(format_args!("All of gang {gang} have answered: exchange {} is complete.", member.done));
            ctx.output(Output::Exchanged { gang, round });
            ctx.set_timer(ctx.setup().span("compute"), Timer::Next(gang));
        }
    }

    /// The first process of a gang asks all others, unless it waits for answers.
    fn ask(&mut self, gang: u32, ctx: &mut Context<'_, Self>) {
        let all = self.matrix.processors(gang);
        let Some(member) = self.members.get_mut(&gang) else { return };
        if all.first() != Some(&self.me) || !member.missing.is_empty() || all.len() < 2 {
            return;
        }
        ctx.line("ask");
        member.round += 1;
        for &node in &all[1..] {
            member.missing.insert(node);
            ctx.send(node, Message::Ask { gang, round: member.round });
        }
    }
}

/// What a scenario says.
struct Written {
    matrix: Vec<Vec<u32>>,
}

read_record!(Written { matrix });

fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let rows = Written::read(json).map_err(|wrong| wrong.to_string())?.matrix;
    Matrix::of(rows, nodes).map(|matrix| Some(Datum::new(matrix)))
}
