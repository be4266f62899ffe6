//! The resource allocation graph: processes, resource types with units, requests and assignments. The user draws it; the
//! bench says at each moment whether there is a cycle, a knot, a deadlock, and why. The judgement itself can be stepped:
//! the graph is reduced process by process, and what is left is the deadlock.

use super::{
    holdings::{Drawing, Findings, Holdings, KINDS, in_vain, listed, words},
    names::ProcessId,
};
use crate::{
    Algorithm, Context, Datum, Edit, Micros, Never, NodeId, Offer, Part, PartEdge, Process, Property, Stand, Status,
    Table, Tone, View, Violation, World,
    algorithm::{Bug, Kind, NodeShape},
    json::{Json, Read},
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const RIGHT: &str = "a deadlock is called one exactly where nobody in it can ever go on";
const UNITS: &str = "no more units are held than there are";
const SINGLE: &str = "where every type has one unit and all is needed, a cycle is a deadlock";
const KNOT: &str = "an expedient state with a knot is a deadlock";

/// Processes up to which each has its buttons; of more, the tools of the stage do it.
const FEW: usize = 12;
/// The time of one step of the reduction.
const STEP: Micros = Micros::from_millis(10);

/// The graph bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/rag",
    title: "Resource allocation graph",
    summary: "Draw who holds and who wants what; see whether anybody can still move.",
    kind: Kind::Laboratory,
    sources: &[
        "R. C. Holt, Some Deadlock Properties of Computer Systems, ACM Computing Surveys 4(3), 1972, pages 179–196",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, section 8.3",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.5",
    ],
    texts: texts!(
        "deadlock/rag",
        "rag",
        [
            "single-cycle",
            "cycle-no-deadlock",
            "knot",
            "two-requests",
            "knot-free-unit",
            "one-of-two",
            "philosophers",
            "three-hundred",
            "cycle-is-deadlock",
            "knot-is-needed",
            "any-knot",
        ]
    ),
    scenarios: &[
        "single-cycle",
        "cycle-no-deadlock",
        "knot",
        "two-requests",
        "knot-free-unit",
        "one-of-two",
        "philosophers",
        "three-hundred",
        "cycle-is-deadlock",
        "knot-is-needed",
        "any-knot",
    ],
    properties: &[
        Property::always(RIGHT, is_rightly_called),
        Property::always(UNITS, units_add_up),
        Property::always(SINGLE, single_units),
        Property::always(KNOT, knots_are_deadlocks),
    ],
    bugs: &[
        Bug {
            id: "cycle-is-deadlock",
            title: "whoever is on a cycle is called deadlocked",
            lesson: "A type of several units can be given back by somebody who is not on the cycle. A cycle is needed for a deadlock, but it is not enough.",
            breaks: RIGHT,
            scenario: "cycle-is-deadlock",
        },
        Bug {
            id: "knot-is-needed",
            title: "only a knot is called a deadlock",
            lesson: "A process that needs two things at once can be stuck for one of them while an arrow leads out to the other.",
            breaks: RIGHT,
            scenario: "knot-is-needed",
        },
        Bug {
            id: "any-knot",
            title: "every knot is called a deadlock, even where a unit is free",
            lesson: "A request that could be granted now must be granted before one looks for knots: the state must be expedient.",
            breaks: RIGHT,
            scenario: "any-knot",
        },
    ],
    node_prefix: "Graph ",
    first_number: 1,
    node_shape: NodeShape::Bench,
    configure,
    spawn: |setup, _| Arc::new(Graph::new(setup.config(), Rule::of(setup))),
    ..Algorithm::EMPTY
};

/// The bench.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Graph {
    holdings: Holdings,
    rule: Rule,
    /// The reduction, once it was begun.
    reduction: Option<Progress>,
}

/// What is called a deadlock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Rule {
    /// What cannot be reduced.
    Irreducible,
    /// A mistake: every cycle.
    Cycle,
    /// A mistake: knots of expedient states, and nothing else.
    Knot,
    /// A mistake: every knot.
    AnyKnot,
}

impl Rule {
    fn of(setup: &crate::Setup) -> Self {
        match setup {
            _ if setup.variant("cycle-is-deadlock") => Self::Cycle,
            _ if setup.variant("knot-is-needed") => Self::Knot,
            _ if setup.variant("any-knot") => Self::AnyKnot,
            _ => Self::Irreducible,
        }
    }

    /// Whom the bench calls deadlocked, in order.
    fn judge(self, findings: &Findings) -> Vec<ProcessId> {
        let knotted = || findings.knots.iter().flatten().filter_map(|&part| ProcessId::of_part(part)).collect();
        let right = findings.stuck();
        match self {
            Self::Cycle => findings.on_cycles.clone(),
            Self::Knot if findings.knots.is_empty() => vec![],
            Self::AnyKnot if right.is_empty() => knotted(),
            Self::Irreducible | Self::Knot | Self::AnyKnot => right,
        }
    }
}

/// How far the reduction is.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Progress {
    /// The graph that is left.
    left: Holdings,
    /// Who has finished, in this order.
    finished: Vec<ProcessId>,
    /// Nobody who is left can finish.
    over: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next process of the reduction.
    NextProcess,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Reduce the graph, step by step.
    Reduce,
    /// Show the whole graph again.
    Restore,
    /// Grant what a process asks for.
    Grant { process: ProcessId },
    /// A process gives back all that it holds.
    Finish { process: ProcessId },
    /// The user draws.
    Edit(Edit),
}

read_variants!(Request { Reduce, Restore, Grant { process }, Finish { process }, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// Everybody has finished.
    Reduced,
    /// These cannot.
    Deadlock(Vec<ProcessId>),
}

impl Process for Graph {
    type Message = Never;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _: NodeId, message: Never, _: &mut Context<'_, Self>) {
        match message {}
    }

    fn on_timer(&mut self, Timer::NextProcess: Timer, ctx: &mut Context<'_, Self>) {
        self.reduce_one(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if request == Request::Reduce {
            ctx.line("start");
            self.reduction = Some(Progress { left: self.holdings.clone(), ..Progress::default() });
            return ctx.set_timer(STEP, Timer::NextProcess);
        }
        // What has been found out about the old graph says nothing about the new one.
        ctx.cancel_timer(Timer::NextProcess);
        self.reduction = None;
        if let Request::Grant { process } = request {
            ctx.note(format_args!("{process} gets what it has asked for: its request arrows turn round."));
        }
        // A workload or a script asks whatever has happened meanwhile.
        if let Err(reason) = self.do_it(&request) {
            ctx.note(reason);
        }
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let running = self.reduction.as_ref().is_some_and(|progress| !progress.over);
        let mut offers = vec![offer(Request::Reduce).refused_if(running, "The graph is being reduced: step on.")];
        if self.reduction.is_some() {
            offers.push(offer(Request::Restore));
        }
        if self.holdings.processes.len() <= FEW {
            for &process in self.holdings.processes.keys() {
                let grant = Request::Grant { process };
                if self.holdings.is_blocked(process) {
                    let refused = self.do_it_on_a_copy(&grant).err();
                    offers.push(Offer { refused, ..offer(grant) });
                } else if self.holdings.of(process).next().is_some() {
                    offers.push(offer(Request::Finish { process }));
                }
            }
        }
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        if *request == Request::Reduce && self.reduction.as_ref().is_some_and(|progress| !progress.over) {
            return Err("The graph is being reduced: step on.".into());
        }
        self.do_it_on_a_copy(request)
    }

    fn status(&self) -> Status {
        let findings = Findings::of(&self.holdings);
        let deadlocked = self.rule.judge(&findings);
        match &self.reduction {
            _ if !deadlocked.is_empty() => Status::new(format!("deadlock of {}", listed(&deadlocked)), Tone::Violated),
            _ if findings.cycle.is_empty() => Status::new("no cycle, no deadlock", Tone::Idle),
            _ => Status::new("a cycle, but no deadlock", Tone::Idle),
        }
        .detail(self.progress())
    }

    fn parts(&self) -> Vec<Part> {
        let deadlocked = self.rule.judge(&Findings::of(&self.holdings));
        let graph = self.left();
        graph.parts(|process| match &self.reduction {
            Some(progress) if progress.finished.contains(&process) => (Tone::Done, "finished".into()),
            _ if deadlocked.binary_search(&process).is_ok() => (Tone::Violated, "deadlocked".into()),
            _ if graph.is_blocked(process) => (Tone::Waiting, "waits".into()),
            _ => (Tone::Idle, "runs".into()),
        })
    }

    fn edges(&self) -> Vec<PartEdge> {
        self.left().edges(NodeId(0))
    }

    fn stands(&self) -> Vec<Stand> {
        self.left().stands()
    }

    fn tables(&self, _: &View<'_>) -> Vec<Table> {
        vec![Findings::of(&self.holdings).table(&self.holdings)]
    }

    fn addable() -> &'static [&'static str] {
        KINDS
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Reduce => "Reduce the graph step by step".into(),
            Request::Restore => "Show the whole graph again".into(),
            Request::Grant { process } => format!("{process} gets what it asks for"),
            Request::Finish { process } => format!("{process} gives back all that it holds"),
            Request::Edit(edit) => words(edit),
        })
    }
}

fn offer(request: Request) -> Offer<Request> {
    Offer::ready(Graph::label(&request).unwrap_or_default(), request)
}

impl Graph {
    fn new(holdings: Option<&Holdings>, rule: Rule) -> Self {
        Self { holdings: holdings.cloned().unwrap_or_default(), rule, reduction: None }
    }

    /// The graph that is drawn: what the reduction has left of it.
    fn left(&self) -> &Holdings {
        self.reduction.as_ref().map_or(&self.holdings, |progress| &progress.left)
    }

    fn do_it(&mut self, request: &Request) -> Result<(), String> {
        match request {
            Request::Reduce | Request::Restore => Ok(()),
            Request::Grant { process } => self.holdings.grant(*process),
            Request::Finish { process } => self.holdings.finish(*process),
            Request::Edit(edit) => self.holdings.edit(edit),
        }
    }

    fn do_it_on_a_copy(&self, request: &Request) -> Result<(), String> {
        self.clone().do_it(request)
    }

    fn progress(&self) -> String {
        match &self.reduction {
            None => String::new(),
            Some(progress) if progress.finished.is_empty() => "nobody is taken away yet".into(),
            Some(progress) => format!("taken away: {}", listed(&progress.finished)),
        }
    }

    /// One step: somebody who can finish does, and everything that it holds is free again.
    fn reduce_one(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(Progress { left, finished, over }) = &mut self.reduction else { return };
        let open = || left.processes.keys().copied().filter(|process| !finished.contains(process));
        // Round and round: after the one that was taken last.
        let last = finished.last().copied();
        let can = |process: &ProcessId| !left.is_blocked(*process) || left.can_be_granted(*process);
        let next = open().filter(|process| Some(*process) > last).find(can).or_else(|| open().find(can));
        if let Some(process) = next {
            ctx.line("take");
            let asked = left.is_blocked(process);
            let why = if asked { "All that it needs is free" } else { "It asks for nothing" };
            let held: Vec<String> = left
                .of(process)
                .filter(|(_, units)| units.holds > 0)
                .map(|(resource, _)| resource.to_string())
                .collect();
            ctx.line("free");
            if held.is_empty() {
                ctx.note(format_args!(
                    "{process}: {} and it holds nothing. Its arrows are taken away.",
                    why.to_lowercase()
                ));
            } else {
                ctx.note(format_args!(
                    "{process}: {}, so it can finish and give back {}.",
                    why.to_lowercase(),
                    held.join(" and ")
                ));
            }
            left.claims.retain(|(of, _), _| *of != process);
            finished.push(process);
            return ctx.set_timer(STEP, Timer::NextProcess);
        }
        let stuck: Vec<ProcessId> = open().collect();
        *over = true;
        if stuck.is_empty() {
            ctx.line("none");
            ctx.note("Everybody could finish: there is no deadlock.");
            return ctx.output(Output::Reduced);
        }
        ctx.line("stuck");
        let lacks: Vec<String> =
            stuck.iter().take(4).map(|&process| format!("{process} waits: {}", left.lack(process))).collect();
        ctx.note(format_args!("Nobody of those who are left can finish. {}.", lacks.join("; ")));
        ctx.output(Output::Deadlock(stuck));
    }
}

/// Reads the `config`: a graph.
fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if nodes != 1 {
        return Err("this bench has one node".into());
    }
    let drawing =
        if json.is_null() { Drawing::simple() } else { Drawing::read(json).map_err(|wrong| wrong.to_string())? };
    Ok(Some(Datum::new(drawing.holdings()?)))
}

// Properties.

fn graphs(world: &World) -> impl Iterator<Item = (NodeId, &Graph)> {
    world.processes::<Graph>()
}

fn is_rightly_called(world: &World) -> Result<(), Violation> {
    for (node, graph) in graphs(world) {
        let called = graph.rule.judge(&Findings::of(&graph.holdings));
        let right = in_vain(&graph.holdings);
        if let Some(process) = called.iter().find(|process| !right.contains(process)) {
            let why =
                format!("{process} is called deadlocked, but it can get all that it needs when others have finished.");
            return Err(Violation::new(why, [node]));
        }
        if let Some(process) = right.iter().find(|process| !called.contains(process)) {
            let why = format!("{process} can never go on, but nobody says so: {}.", graph.holdings.lack(*process));
            return Err(Violation::new(why, [node]));
        }
        let left: Option<Vec<ProcessId>> = graph.reduction.as_ref().filter(|progress| progress.over).map(|progress| {
            graph.holdings.processes.keys().copied().filter(|process| !progress.finished.contains(process)).collect()
        });
        if left.is_some_and(|left| left.iter().ne(right.iter())) {
            return Err(Violation::new("What the reduction has left is not what can never go on.", [node]));
        }
    }
    Ok(())
}

fn units_add_up(world: &World) -> Result<(), Violation> {
    for (node, graph) in graphs(world) {
        for (&id, resource) in &graph.holdings.resources {
            let taken = graph.holdings.taken(id);
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

fn single_units(world: &World) -> Result<(), Violation> {
    for (node, graph) in graphs(world) {
        let graph = &graph.holdings;
        let single = graph.resources.values().all(|resource| resource.units == 1);
        let findings = Findings::of(graph);
        if single
            && graph.processes.values().all(|process| !process.any)
            && findings.cycle.is_empty() != in_vain(graph).is_empty()
        {
            return Err(Violation::new("There is a cycle without a deadlock, or a deadlock without a cycle.", [node]));
        }
    }
    Ok(())
}

fn knots_are_deadlocks(world: &World) -> Result<(), Violation> {
    for (node, graph) in graphs(world) {
        let findings = Findings::of(&graph.holdings);
        if findings.is_expedient() && !findings.knots.is_empty() && in_vain(&graph.holdings).is_empty() {
            return Err(Violation::new("There is a knot in an expedient state, but no deadlock.", [node]));
        }
    }
    Ok(())
}
