//! Controllers in a tree: each keeps the union of what its own site and its children report, and resolves the cycles that
//! it is the lowest to see. One controller over all sites is the central coordinator.

use super::graph::Transaction;
use super::{
    Detector, Edge, Lines, Message, Output, Paths, ProcessId, ResourceId, Site, Timer, graph, line, program::Config,
};
use crate::sorted::{Map, Set};
use crate::{Context, Micros, NodeId, Setup};
use serde::Serialize;

/// The state of a controller.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Controller {
    /// The controller to which it reports; nothing at the top.
    pub parent: Option<NodeId>,
    /// What each child has reported last.
    pub children: Map<NodeId, Report>,
    /// What it has reported last.
    told: Vec<Edge>,
    /// How often it has asked for reports.
    pub run: u32,
    /// Children that have not answered yet.
    pending: Set<NodeId>,
    /// Who wants an answer when they have, and in which run.
    asker: Option<(NodeId, u32)>,
    /// The cycles that it knows.
    pub found: Vec<Found>,
}

/// A cycle that a controller has seen.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Found {
    /// Its edges.
    pub cycle: Vec<Edge>,
    /// What is known about it.
    pub stage: Stage,
}

/// What is known about a cycle.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Stage {
    /// It waits until all children have reported once more.
    Asks,
    /// So many of its processes have said that they still wait and hold.
    Verifies(Set<ProcessId>),
    /// It was reported.
    Reported,
    /// It is none: one of its edges was gone.
    Cleared,
}

/// Who waits for whom in a part of the tree.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Report {
    /// Lamport's stamp: later reports of a site have higher ones.
    pub stamp: u32,
    /// The edges that can be part of a cycle which leads out of that part.
    pub edges: Vec<Edge>,
    /// The sites of that part.
    pub sites: Set<NodeId>,
    /// The run to which it is the answer.
    pub run: Option<u32>,
}

impl Report {
    /// Whether it is the last one of a site that reports to another controller now: it speaks of no site, not even of its
    /// own.
    fn says_farewell(&self) -> bool {
        self.stamp > 0 && self.sites.is_empty()
    }
}

/// Does this process still wait by this request, and hold by that one?
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Question {
    /// The process.
    pub process: ProcessId,
    /// What it waits for, and by which request.
    pub waits: (ResourceId, u32),
    /// What it holds, and by which request.
    pub holds: (ResourceId, u32),
}

/// The positions of the words of the parameter `transfer`.
const CONTINUOUS: i64 = 0;
const PERIODIC: i64 = 1;
const ON_REQUEST: i64 = 2;

/// The positions of the words of the parameter `before-reporting`.
const ASKS_ALL: i64 = 1;
const ASKS_PROCESSES: i64 = 2;

impl Detector {
    /// The detector of a site, by the topic or by the parameter of the workload.
    pub fn of(setup: &Setup, me: NodeId) -> Self {
        match setup.algorithm.id {
            "deadlock/detect-wfg-pex" => Self::Paths(Paths::default()),
            "deadlock/detect-centralized" | "deadlock/detect-hierarchical" => {
                Self::Controller(Controller::of(setup, me))
            }
            _ => match setup.parameter("detector") {
                0 => Self::None,
                1 => Self::Controller(Controller::of(setup, me)),
                _ => Self::Paths(Paths::default()),
            },
        }
    }
}

impl Controller {
    fn of(setup: &Setup, me: NodeId) -> Self {
        let parents = setup.config::<Config>().map(|config| config.parents.clone()).unwrap_or_default();
        let mut children = Map::new();
        for (child, parent) in parents.iter().enumerate() {
            if *parent == Some(me) {
                children.insert(NodeId(child as u32), Report::default());
            }
        }
        Self {
            parent: parents.get(me.index()).copied().flatten(),
            children,
            told: vec![],
            run: 0,
            pending: Set::new(),
            asker: None,
            found: vec![],
        }
    }

    /// The sites below it.
    fn sites(&self, me: NodeId) -> Set<NodeId> {
        let mut sites = Set::new();
        sites.insert(me);
        for (child, report) in self.children.iter().filter(|(_, report)| !report.says_farewell()) {
            sites.insert(*child);
            sites.extend(report.sites.iter().copied());
        }
        sites
    }
}

/// A parameter that only some of the topics have.
fn parameter(ctx: &Context<'_, Site>, name: &str) -> i64 {
    let known = ctx.setup().algorithm.parameters.iter().any(|parameter| parameter.name == name);
    if known { ctx.setup().parameter(name) } else { 0 }
}

impl Site {
    fn controller(&mut self) -> Option<&mut Controller> {
        match &mut self.detector {
            Detector::Controller(controller) => Some(controller),
            _ => None,
        }
    }

    /// Everything that this controller knows.
    fn union(&self) -> Vec<Edge> {
        let mut edges = self.graph.clone();
        if let Detector::Controller(controller) = &self.detector {
            controller.children.values().for_each(|report| edges.extend(report.edges.iter().cloned()));
        }
        edges
    }

    /// Somebody waits here for somebody else than before.
    pub(super) fn waits_have_changed(&mut self, old: &[Edge], ctx: &mut Context<'_, Self>) {
        match self.detector {
            Detector::None => {}
            Detector::Controller(_) => {
                line(ctx, Lines::Detector, "change");
                self.look(ctx);
                self.pass_up(ctx);
            }
            Detector::Paths(_) => self.follow(old, ctx),
        }
    }

    /// Looks for cycles that no child sees alone.
    fn look(&mut self, ctx: &mut Context<'_, Self>) {
        let on_request = parameter(ctx, "transfer") == ON_REQUEST;
        // Between two runs the reports of the children are old.
        let alone = on_request && self.controller().is_some_and(|controller| controller.asker.is_none());
        let edges = if alone { self.graph.clone() } else { self.union() };
        let everything = self.union();
        let Some(controller) = self.controller() else { return };
        controller.found.retain(|found| found.cycle.iter().all(|edge| everything.contains(edge)));
        let mut new = Vec::new();
        for cycle in graph::cycles(&edges) {
            let below = controller.children.values().any(|report| cycle.iter().all(|edge| report.edges.contains(edge)));
            if !below && controller.found.iter().all(|found| found.cycle != cycle) {
                new.push(cycle);
            }
        }
        for cycle in new {
            self.examine(&cycle, ctx);
        }
    }

    /// What is done with a new cycle before it is reported.
    fn examine(&mut self, cycle: &[Edge], ctx: &mut Context<'_, Self>) {
        line(ctx, Lines::Detector, "cycle");
        let own = cycle.iter().all(|edge| self.graph.contains(edge));
        let remedy = parameter(ctx, "before-reporting");
        let stage = match remedy {
            ASKS_ALL if !own => Stage::Asks,
            ASKS_PROCESSES => Stage::Verifies(Set::new()),
            _ => Stage::Reported,
        };
        let Some(controller) = self.controller() else { return };
        controller.found.push(Found { cycle: cycle.to_vec(), stage: stage.clone() });
        match stage {
            Stage::Asks => {
                ctx.note(format_args!("There is a cycle: {}. All sites are asked for news.", graph::words(cycle)));
                self.query(None, ctx);
            }
            Stage::Verifies(_) => {
                line(ctx, Lines::Detector, "verify");
                ctx.note(format_args!(
                    "There is a cycle: {}. Its processes are asked whether they still wait.",
                    graph::words(cycle)
                ));
                for (site, question) in questions(cycle) {
                    self.post(site, Message::Verify(question), ctx);
                }
            }
            _ => self.declare(cycle, ctx),
        }
    }

    fn declare(&mut self, cycle: &[Edge], ctx: &mut Context<'_, Self>) {
        line(ctx, Lines::Detector, "declare");
        ctx.output(Output::Deadlock(Self::parties(cycle)));
        ctx.note(format_args!("{} wait for each other in a circle: this is a deadlock.", graph::members(cycle)));
        self.resolve(cycle, ctx);
    }

    // Reports.

    /// What can be part of a cycle which leads out of the sites below: what lies between two transactions that can wait,
    /// or be waited for, elsewhere.
    fn restricted(&self, ctx: &Context<'_, Self>) -> Vec<Edge> {
        let Detector::Controller(controller) = &self.detector else { return vec![] };
        let mut edges = self.union();
        let (Some(config), false) = (ctx.setup().config::<Config>(), ctx.setup().variant("reports-cycles-only")) else {
            edges.retain(|_| false);
            return edges;
        };
        let sites = controller.sites(self.me);
        let leads_out = |process: ProcessId| {
            config.sites_of(process).is_none_or(|used| used.iter().any(|site| !sites.contains(site)))
        };
        let entered = spread(&edges, leads_out, |edge| (edge.from(), edge.to()));
        let left = spread(&edges, leads_out, |edge| (edge.to(), edge.from()));
        edges.retain(|edge| entered.contains(&edge.from()) && left.contains(&edge.to()));
        edges
    }

    /// Reports to the controller above, now or when it is time.
    fn pass_up(&mut self, ctx: &mut Context<'_, Self>) {
        let edges = self.restricted(ctx);
        let Some(controller) = self.controller().filter(|controller| controller.parent.is_some()) else { return };
        let news = controller.told != edges;
        match parameter(ctx, "transfer") {
            CONTINUOUS if news => self.report(None, ctx),
            PERIODIC if news => {
                let period = ctx.setup().span("period").0;
                let passed = u64::try_from(ctx.hardware_clock()).unwrap_or(0) % period.max(1);
                ctx.set_timer(Micros(period - passed), Timer::Report);
            }
            _ => {}
        }
    }

    pub(super) fn report_now(&mut self, ctx: &mut Context<'_, Self>) {
        let edges = self.restricted(ctx);
        if self.controller().is_some_and(|controller| controller.told != edges) {
            self.report(None, ctx);
        }
    }

    fn report(&mut self, answers: Option<(NodeId, u32)>, ctx: &mut Context<'_, Self>) {
        let edges = self.restricted(ctx);
        self.clock += 1;
        let (stamp, me) = (self.clock, self.me);
        let Some(controller) = self.controller() else { return };
        let Some(to) = answers.map(|(asker, _)| asker).or(controller.parent) else { return };
        line(ctx, Lines::Detector, "report");
        controller.told.clone_from(&edges);
        let sites = controller.sites(me);
        self.post(to, Message::Report(Report { stamp, edges, sites, run: answers.map(|(_, run)| run) }), ctx);
    }

    pub(super) fn receive_report(&mut self, from: NodeId, report: Report, ctx: &mut Context<'_, Self>) {
        self.clock = self.clock.max(report.stamp);
        let in_order_of_arrival = ctx.setup().variant("no-stamps");
        let Some(controller) = self.controller() else { return };
        line(ctx, Lines::Detector, "union");
        let answers = report.run == Some(controller.run) && controller.pending.remove(&from);
        let known = controller.children.or_default(from);
        // Reports can overtake each other: the one with the higher stamp is the later one.
        if known.stamp > report.stamp && !in_order_of_arrival {
            ctx.note(format_args!("This report is older than what is known, and changes nothing."));
        } else {
            // What is no longer below matters outside now: the controller above must hear what was kept from it.
            let lost = known.sites.iter().any(|site| !report.sites.contains(site)) || report.says_farewell();
            *known = report;
            if lost && controller.parent.is_some() {
                self.report(None, ctx);
            }
        }
        let Some(controller) = self.controller() else { return };
        let complete = controller.pending.is_empty();
        if answers && complete {
            self.conclude(ctx);
        } else {
            self.look(ctx);
            self.pass_up(ctx);
        }
    }

    // Asking for reports.

    /// The user wants to know whether there is a deadlock.
    pub(super) fn detect(&mut self, ctx: &mut Context<'_, Self>) {
        self.query(Some((self.me, 0)), ctx);
    }

    /// Asks all children for a report; `asker` is who wants the answer when they have all answered.
    fn query(&mut self, asker: Option<(NodeId, u32)>, ctx: &mut Context<'_, Self>) {
        let Some(controller) = self.controller() else { return };
        line(ctx, Lines::Detector, "query");
        controller.run += 1;
        if asker.is_some() {
            controller.asker = asker;
        }
        let children = controller.children.iter().filter(|(_, report)| !report.says_farewell());
        let (run, children) = (controller.run, children.map(|(child, _)| *child).collect::<Vec<_>>());
        controller.pending.extend(children.iter().copied());
        if children.is_empty() {
            return self.conclude(ctx);
        }
        let stamp = self.clock;
        for child in children {
            self.post(child, Message::Query { run, stamp }, ctx);
        }
    }

    pub(super) fn receive_query(&mut self, from: NodeId, run: u32, stamp: u32, ctx: &mut Context<'_, Self>) {
        // The answer has a later stamp than all that the asker knew.
        self.clock = self.clock.max(stamp);
        self.query(Some((from, run)), ctx);
    }

    /// All children have answered.
    fn conclude(&mut self, ctx: &mut Context<'_, Self>) {
        self.look(ctx);
        let Some(controller) = self.controller() else { return };
        let asker = controller.asker.take();
        let mut standing = Vec::new();
        for found in controller.found.iter_mut().filter(|found| found.stage == Stage::Asks) {
            found.stage = Stage::Reported;
            standing.push(found.cycle.clone());
        }
        for cycle in standing {
            ctx.note(format_args!("After the news of all sites the cycle {} stands.", graph::words(&cycle)));
            self.declare(&cycle, ctx);
        }
        match asker {
            Some((asker, run)) if asker != self.me => self.report(Some((asker, run)), ctx),
            _ => self.pass_up(ctx),
        }
    }

    // Asking the processes.

    pub(super) fn receive_question(&mut self, from: NodeId, question: Question, ctx: &mut Context<'_, Self>) {
        line(ctx, Lines::Detector, "answer");
        let still = self.processes.get(&question.process).is_some_and(|local| {
            // What was lent to it may still be under way.
            let lent =
                [&local.holds, &local.waits].iter().any(|map| map.get(&question.holds.0) == Some(&question.holds.1));
            lent && local.waits.get(&question.waits.0) == Some(&question.waits.1)
        });
        let (process, waits, holds) = (question.process, question.waits.0, question.holds.0);
        match still {
            true => ctx.note(format_args!("{process} still waits for {waits}, and still holds {holds}.")),
            false => ctx.note(format_args!("{process} does not both wait for {waits} and hold {holds} any more.")),
        }
        self.post(from, Message::Answer { question, stands: still }, ctx);
    }

    pub(super) fn receive_answer(&mut self, question: &Question, stands: bool, ctx: &mut Context<'_, Self>) {
        let Some(controller) = self.controller() else { return };
        let (mut standing, mut cleared) = (Vec::new(), Vec::new());
        for found in &mut controller.found {
            let Stage::Verifies(yes) = &mut found.stage else { continue };
            if questions(&found.cycle).iter().all(|(_, asked)| asked != question) {
                continue;
            }
            yes.insert(question.process);
            let all = yes.len() == found.cycle.len();
            if !stands {
                found.stage = Stage::Cleared;
                cleared.push(found.cycle.clone());
            } else if all {
                found.stage = Stage::Reported;
                standing.push(found.cycle.clone());
            }
        }
        for cycle in cleared {
            line(ctx, Lines::Detector, "clear");
            ctx.output(Output::Cleared(Self::parties(&cycle)));
            ctx.note(format_args!("{} does not wait any more: the cycle is none.", question.process));
        }
        for cycle in standing {
            self.declare(&cycle, ctx);
        }
    }

    // The tree.

    /// The site reports to another controller from now on.
    pub(super) fn report_to(&mut self, parent: NodeId, ctx: &mut Context<'_, Self>) {
        self.clock += 1;
        let stamp = self.clock;
        let Some(controller) = self.controller() else { return };
        let old = controller.parent.replace(parent);
        controller.told.clear();
        if let Some(old) = old {
            self.post(old, Message::Report(Report { stamp, ..Report::default() }), ctx);
        }
        self.report(None, ctx);
    }

    /// Why a site cannot report to this one.
    pub(super) fn refuses_parent(&self, parent: NodeId) -> Option<&'static str> {
        match &self.detector {
            Detector::Controller(controller) if controller.parent == Some(parent) => Some("It reports there already."),
            Detector::Controller(controller) if controller.parent.is_none() => Some("It is the top of the tree."),
            Detector::Controller(controller) if controller.sites(self.me).contains(&parent) => {
                Some("That controller is below this one.")
            }
            Detector::Controller(_) => None,
            _ => Some("There are no controllers here."),
        }
    }
}

/// The transactions that can be reached from those that lead out, the edges being taken in one direction or the other.
fn spread(
    edges: &[Edge],
    leads_out: impl Fn(ProcessId) -> bool,
    ends: impl Fn(&Edge) -> (Transaction, Transaction),
) -> Set<Transaction> {
    let nodes = edges.iter().flat_map(|edge| [edge.from(), edge.to()]);
    let mut found: Set<Transaction> = nodes.filter(|(process, _)| leads_out(*process)).collect();
    let mut open: Vec<Transaction> = found.iter().copied().collect();
    while let Some(node) = open.pop() {
        for (from, to) in edges.iter().map(&ends) {
            if from == node && found.insert(to) {
                open.push(to);
            }
        }
    }
    found
}

/// What the processes of a cycle are asked, with their homes: whether each waits as its own edge says, and holds what the
/// one before it waits for.
fn questions(cycle: &[Edge]) -> Vec<(NodeId, Question)> {
    let before = cycle.iter().skip(cycle.len().saturating_sub(1)).chain(cycle);
    cycle
        .iter()
        .zip(before)
        .map(|(edge, before)| {
            let waits = (edge.resource, edge.waiter.number);
            let holds = (before.resource, before.holder.number);
            (edge.waiter.who.site, Question { process: edge.waiter.who.process, waits, holds })
        })
        .collect()
}
