//! The Banker's algorithm: every process says beforehand how much it may ever ask for, and a request is granted only where
//! afterwards there is still an order in which all can finish, whatever they ask for next. The test for that is stepped
//! row by row.

use super::{
    names::ProcessId,
    scan::{Order, Scan, letter, vector},
};
use crate::{
    Algorithm, Context, Datum, Edit, Micros, Never, NodeId, Offer, Process, Property, Status, Table, Tone, View,
    algorithm::{Bug, Kind, Parameter, Unit},
    json::{Json, Read},
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

mod judge;
mod rules;
mod sequences;
mod shown;
mod tables;

pub use sequences::Sequences;
use tables::name;
pub use tables::{Tables, Written, units_that_never_deadlock};

const GRANTED: &str = "the Banker grants only what leaves a safe state";
const RIGHT: &str = "the test says what is so";
const UNITS: &str = "nobody holds more than its claim, and all units are accounted for";

/// The time of one step of the test.
const STEP: Micros = Micros::from_millis(10);

/// The Banker, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/bankers",
    title: "Banker's algorithm",
    summary: "Grant only what leaves a way out for everybody.",
    kind: Kind::Laboratory,
    sources: &[
        "E. W. Dijkstra, Cooperating Sequential Processes, 1965, section 6: the Banker's algorithm",
        "A. N. Habermann, Prevention of System Deadlocks, Communications of the ACM 12(7), 1969, pages 373–377",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, section 8.6",
    ],
    texts: texts!(
        "deadlock/bankers",
        "bankers",
        [
            "three-requests",
            "p0-first",
            "tape-drives",
            "without-avoidance",
            "unsafe-but-lucky",
            "four-types",
            "stallings",
            "available-only",
            "one-pass",
            "max-for-need",
        ]
    ),
    parameters: &[Parameter {
        name: "scan",
        label: "after a row that fits, the test goes on",
        unit: Unit::Choice(&["with the next row", "at the top"]),
        min: 0,
        max: 1,
        default: 0,
    }],
    scenarios: &[
        "three-requests",
        "p0-first",
        "tape-drives",
        "without-avoidance",
        "unsafe-but-lucky",
        "four-types",
        "stallings",
        "available-only",
        "one-pass",
        "max-for-need",
    ],
    properties: &[
        Property::monitor::<judge::GrantedIsSafe>(GRANTED),
        Property::monitor::<judge::TestIsRight>(RIGHT),
        Property::always(UNITS, judge::units_add_up),
    ],
    bugs: &[
        Bug {
            id: "available-only",
            title: "grants whatever is available",
            lesson: "Enough for this request is not enough for the next ones: the state can become unsafe, and then nobody can promise a way out.",
            breaks: GRANTED,
            scenario: "available-only",
        },
        Bug {
            id: "one-pass",
            title: "looks at each row once only",
            lesson: "A row that does not fit now may fit when others have given back what they hold: the test must go round until nothing changes.",
            breaks: RIGHT,
            scenario: "one-pass",
        },
        Bug {
            id: "max-for-need",
            title: "compares the maximum, not what is still needed",
            lesson: "What a process holds already it need not ask for again. Who compares the whole claim calls safe states unsafe.",
            breaks: RIGHT,
            scenario: "max-for-need",
        },
    ],
    milestones: &["Granted", "Denied", "Safe", "Unsafe"],
    node_prefix: "Banker ",
    first_number: 1,
    configure,
    spawn: |setup, _| Arc::new(Banker::new(setup)),
    ..Algorithm::EMPTY
};

/// The Banker with its books.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Banker {
    tables: Tables,
    /// Whether a request must leave a safe state.
    avoids: bool,
    rule: Rule,
    /// What the user has written down to be asked next.
    draft: Vec<Vec<u32>>,
    /// Requests that were not granted yet, in the order in which they came.
    queue: Vec<Pending>,
    test: Option<Test>,
    /// Something was given back: the requests of the queue from this place on are tried again.
    retry: Option<u32>,
    sequences: Option<Sequences>,
}

/// How the Banker decides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Rule {
    order: Order,
    mistake: Option<Mistake>,
}

/// What is planted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Mistake {
    AvailableOnly,
    OnePass,
    MaxForNeed,
}

/// A request that was not granted.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Pending {
    process: u32,
    units: Vec<u32>,
    /// It was available, but would have left an unsafe state.
    denied: bool,
}

/// A test under way, or the latest one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Test {
    scan: Scan,
    /// What for.
    purpose: Purpose,
    /// Its result.
    safe: Option<bool>,
}

/// What a test is made for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Purpose {
    /// The user wants to know.
    Question,
    /// A new request; its units are given out provisionally.
    Request { process: u32, units: Vec<u32> },
    /// The same of the request at this place of the queue.
    Again { place: u32 },
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next row of the test.
    NextRow,
    /// The next request of the queue.
    NextRequest,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Is the state safe?
    Test,
    /// Which orders are there?
    List,
    /// From now on the Banker looks ahead, or does not.
    Avoid(bool),
    /// A process asks for units.
    Ask { process: u32, units: Vec<u32> },
    /// A process is done, and gives back all that it holds.
    Finish { process: u32 },
    /// The user writes in the tables.
    Edit(Edit),
}

read_variants!(Request { Test, List, Avoid(on), Ask { process, units }, Finish { process }, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It has what it has asked for.
    Granted(String),
    /// It asks for more than its claim.
    Error(String),
    /// There is not enough now.
    Waits(String),
    /// There is enough, but the state would be unsafe.
    Denied(String),
    /// All can finish, in this order.
    Safe(Vec<ProcessId>),
    /// Some might never finish.
    Unsafe,
}

impl Process for Banker {
    type Message = Never;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _: NodeId, message: Never, _: &mut Context<'_, Self>) {
        match message {}
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::NextRow => self.look_at_row(ctx),
            Timer::NextRequest => self.try_again(ctx),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        // A script asks whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request) {
            return ctx.note(reason);
        }
        self.sequences = None;
        match request {
            Request::Test => self.begin(Purpose::Question, ctx),
            Request::List => {
                ctx.note("All orders in which everybody can finish, one after the other.");
                self.sequences = Some(Sequences::of(&self.tables));
            }
            Request::Avoid(on) => self.avoids = on,
            Request::Ask { process, units } => self.ask(process, units, ctx),
            Request::Finish { process } => self.finish(process, ctx),
            Request::Edit(Edit::Press { row, .. }) => {
                let units = self.draft[row as usize].clone();
                self.ask(row, units, ctx);
            }
            Request::Edit(edit) => self.write(&edit),
        }
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let mut offers =
            vec![self.offer(Request::Test), self.offer(Request::List), self.offer(Request::Avoid(!self.avoids))];
        for process in 0..self.tables.maximum.len() {
            let need = self.tables.need(process);
            let process = process as u32;
            if need.iter().any(|&units| units > 0) {
                offers.push(self.offer(Request::Ask { process, units: need }));
            }
            offers.push(self.offer(Request::Finish { process }));
        }
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        self.refusal(request).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        let stuck = self.deadlocked();
        if !stuck.is_empty() {
            let names: Vec<String> = stuck.iter().map(|&process| name(process as usize)).collect();
            return Status::new(format!("deadlock of {}", names.join(", ")), Tone::Violated);
        }
        if self.is_testing() {
            // What the test will find is not given away.
            return Status::new("tests the state", Tone::Active);
        }
        let avoids = if self.avoids { "looks ahead" } else { "does not look ahead" };
        match self.tables.safety(self.rule.order).1 {
            true => Status::new("safe", Tone::Done).detail(avoids),
            false => Status::new("unsafe", Tone::Waiting).detail(avoids),
        }
    }

    fn tables(&self, _: &View<'_>) -> Vec<Table> {
        shown::tables(self)
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn label(request: &Request) -> Option<String> {
        let who = |process: &u32| name(*process as usize);
        Some(match request {
            Request::Test => "Test whether the state is safe".into(),
            Request::List => "List all safe sequences".into(),
            Request::Avoid(true) => "Look ahead again".into(),
            Request::Avoid(false) => "Look ahead no more".into(),
            Request::Ask { process, units } => format!("{} asks for {}", who(process), vector(units)),
            Request::Finish { process } => format!("{} gives back all that it holds", who(process)),
            Request::Edit(Edit::Press { row, .. }) => format!("{} asks for what stands in its row", who(row)),
            Request::Edit(Edit::Write { table, row, column, values }) => match (values.as_slice(), table.as_str()) {
                ([line], table) if line.len() == 1 && table != "resources" => {
                    format!("{}, {}: {} in the table {table}", who(row), letter(*column as usize), line[0])
                }
                _ => format!("Write in the table {table}"),
            },
            Request::Edit(_) => "Change the size of the tables".into(),
        })
    }
}

impl Banker {
    fn new(setup: &crate::Setup) -> Self {
        let empty = || Tables { total: vec![1], maximum: vec![vec![1]], allocation: vec![vec![0]] };
        let tables = setup.config::<Tables>().cloned().unwrap_or_else(empty);
        let mistake = match setup {
            _ if setup.variant("available-only") => Some(Mistake::AvailableOnly),
            _ if setup.variant("one-pass") => Some(Mistake::OnePass),
            _ if setup.variant("max-for-need") => Some(Mistake::MaxForNeed),
            _ => None,
        };
        let order = if setup.parameter("scan") == 0 { Order::Round } else { Order::FromTheTop };
        let draft = tables.maximum.iter().map(|row| vec![0; row.len()]).collect();
        let rule = Rule { order, mistake };
        Self { tables, avoids: true, rule, draft, queue: vec![], test: None, retry: None, sequences: None }
    }

    fn offer(&self, request: Request) -> Offer<Request> {
        let refused = self.refusal(&request);
        Offer { refused, ..Offer::ready(Self::label(&request).unwrap_or_default(), request) }
    }

    fn is_testing(&self) -> bool {
        self.test.as_ref().is_some_and(|test| test.safe.is_none())
    }

    fn is_queued(&self, process: u32) -> bool {
        self.queue.iter().any(|pending| pending.process == process)
    }

    /// Why a request makes no sense now.
    fn refusal(&self, request: &Request) -> Option<String> {
        if self.is_testing() || self.retry.is_some() {
            return Some("The test is under way: step on, or go back.".into());
        }
        let known = |process: u32| (process as usize) < self.tables.maximum.len();
        let (process, units) = match request {
            Request::Ask { process, units } => (*process, units.clone()),
            Request::Edit(Edit::Press { row, .. }) if known(*row) => (*row, self.draft[*row as usize].clone()),
            Request::Finish { process } if known(*process) => {
                let holds = self.tables.allocation[*process as usize].iter().any(|&units| units > 0);
                let who = name(*process as usize);
                return match (self.is_queued(*process), holds) {
                    (true, _) => Some(format!("{who} waits: it cannot finish.")),
                    (false, false) => Some(format!("{who} holds nothing.")),
                    (false, true) => None,
                };
            }
            Request::Edit(edit) => return self.clone().try_write(edit).err(),
            Request::Finish { .. } => return Some("There is no such process.".into()),
            Request::Test | Request::List | Request::Avoid(_) => return None,
        };
        match () {
            () if !known(process) || units.len() != self.tables.total.len() => Some("There is no such process.".into()),
            () if self.is_queued(process) => Some(format!("{} waits already.", name(process as usize))),
            () if units.iter().all(|&units| units == 0) => Some("A request for nothing changes nothing.".into()),
            () => None,
        }
    }

    fn write(&mut self, edit: &Edit) {
        if self.try_write(edit).is_ok() {
            self.test = None;
        }
    }

    fn try_write(&mut self, edit: &Edit) -> Result<(), String> {
        if let Edit::Write { table, row, column, values } = edit
            && table == "request"
        {
            return super::scan::put(&mut self.draft, (*row, *column), values, tables::MOST_UNITS, name);
        }
        self.tables.edit(edit)?;
        // A row or column that is gone takes with it what was asked for.
        let (count, types) = (self.tables.maximum.len(), self.tables.total.len());
        if self.draft.len() != count || self.draft.iter().any(|row| row.len() != types) {
            self.draft = vec![vec![0; types]; count];
            self.queue.clear();
        }
        let tables = &self.tables;
        self.queue.retain(|pending| {
            let need = tables.need(pending.process as usize);
            pending.units.iter().zip(need).all(|(units, need)| *units <= need)
        });
        Ok(())
    }
}

/// Reads the `config`: the tables.
fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if nodes != 1 {
        return Err("there is one Banker".into());
    }
    if json.is_null() {
        return Ok(None);
    }
    let written = Written::read(json).map_err(|wrong| wrong.to_string())?;
    Ok(Some(Datum::new(written.tables()?)))
}
