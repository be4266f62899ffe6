//! Detection with several units of each type: nobody says anything beforehand; now and then somebody looks whether the
//! requests that wait can ever be served. The same scan as the Banker's, over what is asked for instead of what may be
//! asked for, row by row. Graph and tables are two views of one state, and both can be edited.

use super::{
    holdings::{Holdings, KINDS, in_vain, listed, words},
    names::{ProcessId, ResourceId},
    scan::{Needs, Order, Scan, Step, vector},
};
use crate::{
    Algorithm, Context, Datum, Edit, Micros, Never, NodeId, Offer, Part, PartEdge, Process, Property, Stand, Status,
    Table, Tone, View, Violation, World,
    algorithm::{Bug, Kind, NodeShape},
    json::Json,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

mod matrices;

const RIGHT: &str = "who is called deadlocked holds something and can never go on, and nobody else is";
const UNITS: &str = "no more units are held than there are";

/// The time of one step.
const STEP: Micros = Micros::from_millis(10);
/// Processes up to which each has its buttons.
const FEW: usize = 12;

/// The bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/detect-multi",
    title: "Detection with several units",
    summary: "Can what is asked for now ever be granted? Row by row.",
    kind: Kind::Laboratory,
    sources: &[
        "E. G. Coffman, M. J. Elphick and A. Shoshani, System Deadlocks, ACM Computing Surveys 3(2), 1971, pages 67–78",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, section 8.7",
        "W. Stallings, Operating Systems: Internals and Design Principles, 9th edition, 2018, section 6.4",
    ],
    texts: texts!(
        "deadlock/detect-multi",
        "detect_multi",
        ["one-more", "holds-nothing", "two-by-two", "never-given-back", "unmarked"]
    ),
    scenarios: &["one-more", "holds-nothing", "two-by-two", "never-given-back", "unmarked"],
    properties: &[Property::always(RIGHT, is_rightly_called), Property::always(UNITS, units_add_up)],
    bugs: &[
        Bug {
            id: "never-given-back",
            title: "a row that fits gives nothing back",
            lesson: "Whoever gets what it asks for will finish, and what it holds serves the others. Who forgets that sees deadlocks everywhere.",
            breaks: RIGHT,
            scenario: "never-given-back",
        },
        Bug {
            id: "unmarked",
            title: "rows that hold nothing are not marked at the start",
            lesson: "A process that holds nothing keeps nobody from going on: it may wait for a deadlock, but it is no part of one.",
            breaks: RIGHT,
            scenario: "unmarked",
        },
    ],
    milestones: &["Deadlock"],
    node_prefix: "System ",
    first_number: 1,
    node_shape: NodeShape::Bench,
    configure,
    spawn: |setup, _| Arc::new(System::new(setup)),
    ..Algorithm::EMPTY
};

/// The processes and resources, and the scan over them.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct System {
    holdings: Holdings,
    mistake: Option<Mistake>,
    scan: Option<Detection>,
}

/// What is planted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Mistake {
    NeverGivenBack,
    Unmarked,
}

/// A scan under way, or the latest one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Detection {
    scan: Scan,
    over: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next row.
    NextRow,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Look for a deadlock, row by row.
    Detect,
    /// Grant what a process asks for.
    Grant { process: ProcessId },
    /// A process gives back all that it holds.
    Finish { process: ProcessId },
    /// The user draws, or writes.
    Edit(Edit),
}

read_variants!(Request { Detect, Grant { process }, Finish { process }, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// These are deadlocked.
    Deadlock(Vec<ProcessId>),
    /// Nobody is.
    NoDeadlock,
}

impl Process for System {
    type Message = Never;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _: NodeId, message: Never, _: &mut Context<'_, Self>) {
        match message {}
    }

    fn on_timer(&mut self, Timer::NextRow: Timer, ctx: &mut Context<'_, Self>) {
        self.look_at_row(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if request == Request::Detect {
            return self.begin(ctx);
        }
        ctx.cancel_timer(Timer::NextRow);
        self.scan = None;
        // A script asks whatever has happened meanwhile.
        if let Err(reason) = self.do_it(&request) {
            ctx.note(reason);
        }
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let running = self.scan.as_ref().is_some_and(|detection| !detection.over);
        let mut offers = vec![offer(Request::Detect).refused_if(running, "The rows are being looked at: step on.")];
        if self.holdings.processes.len() <= FEW {
            for &process in self.holdings.processes.keys() {
                if self.holdings.is_blocked(process) {
                    let grant = Request::Grant { process };
                    let refused = self.clone().do_it(&grant).err();
                    offers.push(Offer { refused, ..offer(grant) });
                } else if self.holdings.of(process).next().is_some() {
                    offers.push(offer(Request::Finish { process }));
                }
            }
        }
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        self.clone().do_it(request)
    }

    fn status(&self) -> Status {
        let deadlocked = self.deadlocked();
        if deadlocked.is_empty() {
            return Status::new("no deadlock", Tone::Idle);
        }
        Status::new(format!("deadlock of {}", listed(&deadlocked)), Tone::Violated)
    }

    fn parts(&self) -> Vec<Part> {
        let deadlocked = self.deadlocked();
        self.holdings.parts(|process| match self.row_tone(process) {
            (Tone::Active, _) => (Tone::Active, "can finish".into()),
            (Tone::Done, _) => (Tone::Done, "can finish".into()),
            _ if deadlocked.binary_search(&process).is_ok() => (Tone::Violated, "deadlocked".into()),
            _ if self.holdings.is_blocked(process) => (Tone::Waiting, "waits".into()),
            _ => (Tone::Idle, "runs".into()),
        })
    }

    fn edges(&self) -> Vec<PartEdge> {
        self.holdings.edges(NodeId(0))
    }

    fn stands(&self) -> Vec<Stand> {
        let mut stands = self.holdings.stands();
        // Rows of numbers say nothing of requests of which one is enough.
        stands.iter_mut().for_each(|stand| stand.settings.retain(|setting| setting.name != "needs"));
        stands
    }

    fn tables(&self, _: &View<'_>) -> Vec<Table> {
        matrices::tables(self)
    }

    fn addable() -> &'static [&'static str] {
        KINDS
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Detect => "Look for a deadlock, row by row".into(),
            Request::Grant { process } => format!("{process} gets what it asks for"),
            Request::Finish { process } => format!("{process} gives back all that it holds"),
            Request::Edit(edit) => words(edit),
        })
    }
}

fn offer(request: Request) -> Offer<Request> {
    Offer::ready(System::label(&request).unwrap_or_default(), request)
}

impl System {
    fn new(setup: &crate::Setup) -> Self {
        let mistake = match setup {
            _ if setup.variant("never-given-back") => Some(Mistake::NeverGivenBack),
            _ if setup.variant("unmarked") => Some(Mistake::Unmarked),
            _ => None,
        };
        Self { holdings: setup.config::<Holdings>().cloned().unwrap_or_default(), mistake, scan: None }
    }

    fn do_it(&mut self, request: &Request) -> Result<(), String> {
        match request {
            Request::Detect => match &self.scan {
                Some(detection) if !detection.over => Err("The rows are being looked at: step on.".into()),
                _ => Ok(()),
            },
            Request::Grant { process } => self.holdings.grant(*process),
            Request::Finish { process } => self.holdings.finish(*process),
            Request::Edit(Edit::Set { what, .. }) if what == "needs" => {
                Err("Here everybody needs all that it asks for.".into())
            }
            Request::Edit(edit) => matrices::edit(&mut self.holdings, edit),
        }
    }

    /// The rows in the order of the processes: what each asks for and holds, by type.
    fn rows(&self) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
        let row = |process: ProcessId, of: fn(super::holdings::Units) -> u32| -> Vec<u32> {
            let units =
                |resource: &ResourceId| self.holdings.claims.get(&(process, *resource)).map_or(0, |units| of(*units));
            self.holdings.resources.keys().map(units).collect()
        };
        let processes = || self.holdings.processes.keys().copied();
        let wants = processes().map(|process| row(process, |units| units.wants)).collect();
        let holds = match self.mistake {
            Some(Mistake::NeverGivenBack) => processes().map(|_| vec![0; self.holdings.resources.len()]).collect(),
            _ => processes().map(|process| row(process, |units| units.holds)).collect(),
        };
        (wants, holds)
    }

    /// The scan with which a detection begins: rows that hold nothing are marked.
    fn fresh(&self) -> Scan {
        let free = self.holdings.resources.keys().map(|&resource| self.holdings.free(resource)).collect();
        let holds_nothing = |process: ProcessId| self.holdings.of(process).all(|(_, units)| units.holds == 0);
        let rows = self.holdings.processes.keys().enumerate();
        let marked = match self.mistake {
            Some(Mistake::Unmarked) => vec![],
            _ => rows.filter(|(_, process)| holds_nothing(**process)).map(|(row, _)| row as u32).collect(),
        };
        Scan::new(free, marked)
    }

    /// Whom the rule calls deadlocked, in order.
    fn deadlocked(&self) -> Vec<ProcessId> {
        let (wants, holds) = self.rows();
        let (finished, _) = self.fresh().run(&needs(&wants, &holds), Order::Round);
        let rows = self.holdings.processes.keys().enumerate();
        rows.filter(|(row, _)| !finished.contains(&(*row as u32))).map(|(_, process)| *process).collect()
    }

    /// What the scan makes of a process, and the number of its row.
    fn row_tone(&self, process: ProcessId) -> (Tone, u32) {
        let row = self.holdings.processes.keys().take_while(|known| **known < process).count() as u32;
        (self.scan.as_ref().map_or(Tone::Idle, |detection| detection.scan.tone(row, detection.over)), row)
    }

    fn begin(&mut self, ctx: &mut Context<'_, Self>) {
        let scan = self.fresh();
        ctx.line("begin");
        if !scan.finished.is_empty() {
            ctx.line("mark");
            let rows: Vec<ProcessId> = self.holdings.processes.keys().copied().collect();
            let marked: Vec<ProcessId> = scan.finished.iter().map(|&row| rows[row as usize]).collect();
            ctx.note(format_args!("{} hold nothing: marked.", listed(&marked)));
        }
        self.scan = Some(Detection { scan, over: false });
        ctx.set_timer(STEP, Timer::NextRow);
    }

    /// One row.
    fn look_at_row(&mut self, ctx: &mut Context<'_, Self>) {
        let (wants, holds) = self.rows();
        let processes: Vec<ProcessId> = self.holdings.processes.keys().copied().collect();
        let Some(Detection { scan, over }) = &mut self.scan else { return };
        let before = vector(&scan.work);
        let step = scan.step(&needs(&wants, &holds), Order::Round);
        match step {
            Step::Fits(row) => {
                ctx.line("fits");
                let (who, asked) = (processes[row as usize], vector(&wants[row as usize]));
                ctx.note(format_args!(
                    "{who} asks for {asked}, and {before} is there. It will finish; then there is {}.",
                    vector(&scan.work)
                ));
                ctx.set_timer(STEP, Timer::NextRow);
            }
            Step::Misses(row) => {
                ctx.line("misses");
                let (who, asked) = (processes[row as usize], vector(&wants[row as usize]));
                ctx.note(format_args!("{who} asks for {asked}, but only {before} is there: not yet."));
                ctx.set_timer(STEP, Timer::NextRow);
            }
            Step::AllFinish => {
                *over = true;
                ctx.line("none");
                ctx.note("All rows are marked: nobody is deadlocked.");
                ctx.output(Output::NoDeadlock);
            }
            Step::Stuck => {
                *over = true;
                ctx.line("deadlock");
                let left = processes.iter().enumerate().filter(|(row, _)| !scan.finished.contains(&(*row as u32)));
                let left: Vec<ProcessId> = left.map(|(_, process)| *process).collect();
                ctx.note(format_args!("None of the rows that are left fits: {} are deadlocked.", listed(&left)));
                ctx.output(Output::Deadlock(left));
            }
        }
    }
}

fn needs<'a>(wants: &'a [Vec<u32>], holds: &'a [Vec<u32>]) -> Vec<Needs<'a>> {
    wants.iter().zip(holds).map(|(needs, holds)| Needs { needs, holds }).collect()
}

/// Reads the `config`: the tables, or a graph.
fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if nodes != 1 {
        return Err("this bench has one node".into());
    }
    Ok(Some(Datum::new(matrices::read(json)?)))
}

// Properties.

fn is_rightly_called(world: &World) -> Result<(), Violation> {
    for (node, system) in world.processes::<System>() {
        let called = system.deadlocked();
        let graph = &system.holdings;
        let right: Vec<ProcessId> = in_vain(graph)
            .iter()
            .copied()
            .filter(|&process| graph.of(process).any(|(_, units)| units.holds > 0))
            .collect();
        if let Some(process) = called.iter().find(|process| !right.contains(process)) {
            let why = format!(
                "{process} is called deadlocked, but it is not: it holds nothing, or it can go on when others have finished."
            );
            return Err(Violation::new(why, [node]));
        }
        if let Some(process) = right.iter().find(|process| !called.contains(process)) {
            return Err(Violation::new(format!("{process} is deadlocked, and nobody says so."), [node]));
        }
    }
    Ok(())
}

fn units_add_up(world: &World) -> Result<(), Violation> {
    for (node, system) in world.processes::<System>() {
        for (&id, resource) in &system.holdings.resources {
            let taken = system.holdings.taken(id);
            if taken > resource.units {
                return Err(Violation::new(
                    format!("{taken} units of {id} are held, but it has {}.", resource.units),
                    [node],
                ));
            }
        }
    }
    Ok(())
}
