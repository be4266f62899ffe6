//! Task assignment (Stone): tasks with a cost on each processor, and a cost for each pair that talks from one processor to
//! another. The user assigns by hand and sees what it costs; for two processors the best assignment is a minimum cut,
//! found path by path; for more it is searched, by branch and bound as long as that is feasible.

use crate::{
    Algorithm, Context, Datum, Edit, Micros, Never, NodeId, Offer, Part, PartEdge, Process, Property, Stand, Status,
    Table, Tone, View,
    algorithm::{Bug, Kind, NodeShape},
    json::{Json, Read},
    read_variants, texts,
};
use costs::{Costs, KINDS, Written, processor, task};
use search::{Branch, Climb, Cut, MOST_PROVED, MOST_SEARCHED, Moved, Proof, Search, Tried};
use serde::Serialize;
use std::sync::Arc;

mod costs;
mod judge;
mod search;
mod shown;

const RIGHT: &str = "what is called the best costs what is said, and nothing costs less";
const CUT: &str = "the cut weighs as much as flows, and as the assignment that it says costs";
const FLOWS: &str = "what flows into a task flows out of it, and no edge carries more than it can";

/// The time of one step of the search.
const STEP: Micros = Micros::from_millis(10);
/// Steps of branch and bound in one event, when it is hurried.
const HURRY: u32 = 2_000;

/// The bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/task-assignment",
    title: "Task assignment",
    summary: "Which task on which processor, so that running and talking together cost least?",
    kind: Kind::Laboratory,
    sources: &[
        "H. S. Stone, Multiprocessor Scheduling with the Aid of Network Flow Algorithms, IEEE Transactions on Software \
         Engineering 3(1), 1977, pages 85–93",
        "J. Edmonds and R. M. Karp, Theoretical Improvements in Algorithmic Efficiency for Network Flow Problems, Journal \
         of the ACM 19(2), 1972, pages 248–264",
        "P. K. Sinha, Distributed Operating Systems: Concepts and Design, 1997, section 7.3",
    ],
    texts: texts!(
        "load/task-assignment",
        "task_assignment",
        [
            "six-tasks",
            "by-hand",
            "chatty-pair",
            "three-processors",
            "too-many",
            "wrong-estimate",
            "own-side",
            "never-back",
            "bound-too-high",
        ]
    ),
    scenarios: &[
        "six-tasks",
        "by-hand",
        "chatty-pair",
        "three-processors",
        "too-many",
        "wrong-estimate",
        "own-side",
        "never-back",
        "bound-too-high",
    ],
    properties: &[
        Property::monitor::<judge::Best>(RIGHT),
        Property::monitor::<judge::CutIsCost>(CUT),
        Property::always(FLOWS, judge::flows),
    ],
    bugs: &[
        Bug {
            id: "own-side",
            title: "a task is joined to each processor by its cost there",
            lesson: "An edge is cut when the task is on the other side. It must weigh what the task costs on the other side.",
            breaks: CUT,
            scenario: "own-side",
        },
        Bug {
            id: "never-back",
            title: "flow is never taken back",
            lesson: "An early path can be in the way of two later ones. Without taking flow back the search ends too early, and what it calls a cut is none.",
            breaks: CUT,
            scenario: "never-back",
        },
        Bug {
            id: "bound-too-high",
            title: "the bound counts talk that need not be paid",
            lesson: "A bound must never be above what can still be reached, or the best branch is cut off.",
            breaks: RIGHT,
            scenario: "bound-too-high",
        },
    ],
    milestones: &["Best", "Good"],
    node_prefix: "Bench ",
    first_number: 1,
    node_shape: NodeShape::Bench,
    configure,
    spawn: |setup, _| Arc::new(Bench::new(setup)),
    ..Algorithm::EMPTY
};

/// The bench.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Bench {
    costs: Costs,
    mistake: Option<Mistake>,
    /// The search, once it was begun.
    search: Option<Search>,
    /// What it has found.
    found: Option<Found>,
    proof: Option<Proof>,
}

/// What is planted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Mistake {
    OwnSide,
    NeverBack,
    BoundTooHigh,
}

/// What a search has ended with.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Found {
    on: Vec<u32>,
    cost: u32,
    /// Whether nothing costs less.
    best: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next step of the search.
    Step,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Look for the best assignment, step by step.
    Search,
    /// Take many steps at once.
    Hurry,
    /// Look at all assignments.
    Prove,
    /// The tasks go where the search has found.
    Adopt,
    /// Show the assignment again.
    Restore,
    /// The user draws or writes.
    Edit(Edit),
}

read_variants!(Request { Search, Hurry, Prove, Adopt, Restore, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// Nothing costs less than this.
    Best { cost: u32 },
    /// Good, and perhaps not the best.
    Good { cost: u32 },
}

impl Process for Bench {
    type Message = Never;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _: NodeId, message: Never, _: &mut Context<'_, Self>) {
        match message {}
    }

    fn on_timer(&mut self, Timer::Step: Timer, ctx: &mut Context<'_, Self>) {
        self.step(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        // A script asks whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request) {
            return ctx.note(reason);
        }
        match request {
            Request::Search => return self.begin(ctx),
            Request::Hurry => return self.hurry(ctx),
            Request::Prove => {
                ctx.line("all");
                self.proof = Some(Proof::of(&self.costs));
                return;
            }
            Request::Adopt => {
                if let Some(found) = &self.found {
                    ctx.note("Every task goes where the search has found.");
                    self.costs.on.clone_from(&found.on);
                }
            }
            Request::Restore => {}
            Request::Edit(Edit::Move { part, to }) => {
                // A part that stands elsewhere costs what it did.
                return drop(self.costs.edit(&Edit::Move { part, to }));
            }
            Request::Edit(edit) => {
                let before = self.costs.clone();
                // It was checked before.
                drop(self.costs.edit(&edit));
                self.say_difference(&before, ctx);
                if (&before.run, &before.talk) != (&self.costs.run, &self.costs.talk) {
                    (self.found, self.proof) = (None, None);
                }
            }
        }
        ctx.cancel_timer(Timer::Step);
        self.search = None;
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let searches = self.search.is_some() && self.found.is_none();
        let mut offers = vec![self.offer(if searches { Request::Hurry } else { Request::Search })];
        offers.push(self.offer(Request::Prove));
        if self.found.is_some() {
            offers.push(self.offer(Request::Adopt));
        }
        if self.search.is_some() {
            offers.push(self.offer(Request::Restore));
        }
        offers
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        self.refusal(request).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        let cost = self.costs.total(&self.costs.on);
        let now = cost.map_or_else(|| "impossible".into(), |cost| format!("costs {cost}"));
        match (&self.search, &self.found) {
            (Some(search), None) => Status::new(shown::progress(&self.costs, search), Tone::Active),
            (_, Some(found)) if found.best && Some(found.cost) == cost => {
                Status::new(now, Tone::Done).detail("the least")
            }
            (_, Some(found)) => Status::new(now, Tone::Idle).detail(shown::verdict(found)),
            (None, None) => Status::new(now, Tone::Idle),
        }
    }

    fn parts(&self) -> Vec<Part> {
        shown::parts(self)
    }

    fn edges(&self) -> Vec<PartEdge> {
        shown::edges(self, NodeId(0))
    }

    fn stands(&self) -> Vec<Stand> {
        shown::stands(&self.costs)
    }

    fn tables(&self, _: &View<'_>) -> Vec<Table> {
        shown::tables(self)
    }

    fn addable() -> &'static [&'static str] {
        KINDS
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Search => "Find the best assignment step by step".into(),
            Request::Hurry => "Take many steps at once".into(),
            Request::Prove => "Look at all assignments".into(),
            Request::Adopt => "Assign as it was found".into(),
            Request::Restore => "Show the assignment again".into(),
            Request::Edit(Edit::Write { table, row, column, values }) => match (values.as_slice(), table.as_str()) {
                ([line], "on") if line.len() == 1 => format!("{} on n{}", task(*row as usize), line[0]),
                ([line], _) if line.len() == 1 => {
                    let of = if table == "run" { processor(*column as usize) } else { task(*column as usize) };
                    format!("{}, {of}: {}", task(*row as usize), shown::number(line[0]))
                }
                _ => "Write a block of costs".into(),
            },
            Request::Edit(Edit::Move { .. }) => "Move a part".into(),
            Request::Edit(_) => "Draw".into(),
        })
    }
}

impl Bench {
    fn new(setup: &crate::Setup) -> Self {
        let mistake = match setup {
            _ if setup.variant("own-side") => Some(Mistake::OwnSide),
            _ if setup.variant("never-back") => Some(Mistake::NeverBack),
            _ if setup.variant("bound-too-high") => Some(Mistake::BoundTooHigh),
            _ => None,
        };
        let costs = setup.config::<Costs>().cloned().unwrap_or_else(Costs::simple);
        Self { costs, mistake, search: None, found: None, proof: None }
    }

    fn offer(&self, request: Request) -> Offer<Request> {
        let refused = self.refusal(&request);
        Offer { refused, ..Offer::ready(Self::label(&request).unwrap_or_default(), request) }
    }

    /// Why a request makes no sense now.
    fn refusal(&self, request: &Request) -> Option<String> {
        match request {
            Request::Search if self.search.is_some() && self.found.is_none() => {
                Some("The search is under way: step on.".into())
            }
            Request::Hurry if self.search.is_none() || self.found.is_some() => Some("No search is under way.".into()),
            Request::Adopt if self.found.is_none() => Some("Nothing was found yet.".into()),
            Request::Prove if self.costs.assignments() > MOST_PROVED => {
                let all = self.costs.assignments();
                Some(format!("There are {all} assignments; up to {MOST_PROVED} can be looked at."))
            }
            Request::Edit(edit) => self.costs.clone().edit(edit).err(),
            _ => None,
        }
    }

    /// What an edit has made of the costs.
    fn say_difference(&self, before: &Costs, ctx: &mut Context<'_, Self>) {
        if let (Some(old), Some((run, talk))) = (before.total(&before.on), self.costs.cost(&self.costs.on))
            && old != run + talk
        {
            ctx.note(format_args!("{run} to run and {talk} to talk: {}, where it was {old}.", run + talk));
        }
    }

    fn begin(&mut self, ctx: &mut Context<'_, Self>) {
        let costs = &self.costs;
        self.found = None;
        self.search = Some(if costs.width() == 2 {
            ctx.line("network");
            ctx.note(
                "Two processors: every assignment is a cut between n1 and n2, and the least cut is found by flow.",
            );
            Search::Cut(Cut::new(costs, self.mistake == Some(Mistake::OwnSide)))
        } else if costs.assignments() <= MOST_SEARCHED {
            ctx.line("order");
            let branch = Branch::new(costs);
            ctx.note(format_args!(
                "{} assignments: each is tried or cut off. Moving one task at a time has found {}, to begin with.",
                costs.assignments(),
                branch.cost
            ));
            Search::Branch(branch)
        } else {
            ctx.line("climb");
            ctx.note(format_args!(
                "{} assignments are more than {MOST_SEARCHED}: the best is not searched for, only a good one.",
                costs.assignments()
            ));
            Search::Climb(Climb::new())
        });
        ctx.set_timer(STEP, Timer::Step);
    }

    fn hurry(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.cancel_timer(Timer::Step);
        if let Some(Search::Branch(branch)) = &mut self.search {
            let too_high = self.mistake == Some(Mistake::BoundTooHigh);
            for _ in 0..HURRY {
                if matches!(branch.step(&self.costs, too_high), Tried::Over) {
                    break;
                }
            }
            ctx.note(format_args!("{} were tried by now; the best costs {}.", branch.looked, branch.cost));
            return ctx.set_timer(STEP, Timer::Step);
        }
        while self.found.is_none() {
            self.step(ctx);
        }
        ctx.cancel_timer(Timer::Step);
    }

    /// One step of the search that is under way.
    fn step(&mut self, ctx: &mut Context<'_, Self>) {
        // The search is put back where it was, whatever it has found.
        let Some(mut search) = self.search.take() else { return };
        let found = match &mut search {
            Search::Cut(cut) => self.cut_on(cut, ctx),
            Search::Branch(branch) => self.branch_on(branch, ctx),
            Search::Climb(climb) => self.climb_on(climb, ctx),
        };
        self.search = Some(search);
        let Some(found) = found else { return ctx.set_timer(STEP, Timer::Step) };
        ctx.output(if found.best { Output::Best { cost: found.cost } } else { Output::Good { cost: found.cost } });
        self.found = Some(found);
    }

    fn cut_on(&self, cut: &mut Cut, ctx: &mut Context<'_, Self>) -> Option<Found> {
        if cut.step(self.mistake != Some(Mistake::NeverBack)) {
            ctx.line("path");
            if let Some(path) = &cut.last {
                let way = shown::way(cut, path);
                ctx.note(format_args!("{way} can carry {} more. In all {} flow.", path.amount, cut.flow));
            }
            return None;
        }
        ctx.line("cut");
        let on = cut.on();
        let cost = self.costs.total(&on).unwrap_or(u32::MAX);
        ctx.note(format_args!(
            "No path can carry more. What n1 still reaches stays with it: {}. The edges that lead out of there are full; \
             they carry {}.",
            shown::sides(&on, 2),
            cut.flow
        ));
        Some(Found { on, cost, best: true })
    }

    fn branch_on(&self, branch: &mut Branch, ctx: &mut Context<'_, Self>) -> Option<Found> {
        let best = branch.cost;
        let name = |k: u32, on: u32| format!("{} on {}", task(k as usize), processor(on as usize));
        match branch.step(&self.costs, self.mistake == Some(Mistake::BoundTooHigh)) {
            Tried::Deeper { task, on, bound } => {
                ctx.line("deeper");
                ctx.note(format_args!("{}: at least {bound}, so it may be better than {best}.", name(task, on)));
            }
            Tried::Pruned { task, on, bound } => {
                ctx.line("prune");
                ctx.note(format_args!("{}: at least {bound}, and {best} is known. Cut off.", name(task, on)));
            }
            Tried::Impossible { task, on } => {
                ctx.line("impossible");
                ctx.note(format_args!("{} is impossible.", name(task, on)));
            }
            Tried::Better { cost } => {
                ctx.line("better");
                ctx.note(format_args!("All tasks are placed, for {cost}: less than {best}."));
            }
            Tried::Back => ctx.line("back"),
            Tried::Over => {
                ctx.line("over");
                ctx.note(format_args!(
                    "Everything was tried or cut off: {} looks instead of {} assignments. Nothing costs less than {best}.",
                    branch.looked,
                    self.costs.assignments()
                ));
                return Some(Found { on: branch.best.clone(), cost: branch.cost, best: true });
            }
        }
        None
    }

    fn climb_on(&self, climb: &mut Climb, ctx: &mut Context<'_, Self>) -> Option<Found> {
        match climb.step(&self.costs) {
            Moved::Start => {
                ctx.line("start");
                let whole = climb.starts as usize <= self.costs.width();
                let start = if whole { "All tasks on one processor" } else { "Each task where it is cheapest" };
                ctx.note(format_args!("{start}: {}.", climb.now));
            }
            Moved::Task { task: moved, to } => {
                ctx.line("move");
                let (moved, to) = (task(moved as usize), processor(to as usize));
                ctx.note(format_args!("Moving {moved} to {to} saves most: {}.", climb.now));
            }
            Moved::Stuck => {
                ctx.line("stuck");
                ctx.note(format_args!("No single move saves anything. The best so far costs {}.", climb.cost));
            }
            Moved::Over => {
                ctx.line("good");
                ctx.note(format_args!(
                    "{} is the best of all starts. Perhaps two moves at once would be better.",
                    climb.cost
                ));
                return Some(Found { on: climb.best.clone(), cost: climb.cost, best: false });
            }
        }
        None
    }
}

/// Reads the `config`: the tables.
fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if nodes != 1 {
        return Err("this bench has one node".into());
    }
    if json.is_null() {
        return Ok(None);
    }
    let written = Written::read(json).map_err(|wrong| wrong.to_string())?;
    Ok(Some(Datum::new(written.costs()?)))
}
