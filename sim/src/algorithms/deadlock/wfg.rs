//! The wait-for graph: what is left of a resource allocation graph when the resources are taken out. Each site makes one of
//! what it knows; a cycle may lead through several sites, and is seen only in the union of their graphs.

use super::{
    holdings::{Drawing, Holdings, KINDS, in_vain, listed, wait_for, words},
    names::{ProcessId, ResourceId},
};
use crate::{
    Algorithm, Context, Datum, Edit, Micros, NodeId, Offer, Part, PartEdge, Process, Property, Stand, Status, Table,
    View, Violation, World,
    algorithm::{Assumptions, Bug, Faults, Kind, Links, NodeShape, Timing},
    graph::{first_cycle, on_cycle},
    json::{Json, Read},
    order::Order as _,
    read_record, read_variants,
    sorted::{Map, Set},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

mod shown;

const RIGHT: &str = "as long as it is up to date, the union has a cycle exactly where somebody waits for ever";

/// The time of one step of the transformation.
const STEP: Micros = Micros::from_millis(10);

/// The bench, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/wfg",
    title: "Wait-for graph",
    summary: "Take the resources out of the picture, then unite what the sites know.",
    kind: Kind::Laboratory,
    assumes: Assumptions {
        links: Links::Reliable,
        order: crate::Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.5: wait-for graphs of sites and their union",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, section 8.7",
        "E. Knapp, Deadlock Detection in Distributed Databases, ACM Computing Surveys 19(4), 1987, pages 303–328",
    ],
    texts: texts!(
        "deadlock/wfg",
        "wfg",
        ["one-site", "two-sites", "three-sites", "long-chain", "old-news", "no-union", "first-waiter"]
    ),
    scenarios: &["one-site", "two-sites", "three-sites", "long-chain", "old-news", "no-union", "first-waiter"],
    properties: &[Property::always(RIGHT, is_rightly_judged)],
    bugs: &[
        Bug {
            id: "no-union",
            title: "each graph is judged by itself",
            lesson: "Every site is free of cycles, and still nobody goes on. Only the union shows it.",
            breaks: RIGHT,
            scenario: "no-union",
        },
        Bug {
            id: "first-waiter",
            title: "of those who wait for a resource only the first gets an edge",
            lesson: "Each of them waits for the holder. A cycle through the second one stays unseen.",
            breaks: RIGHT,
            scenario: "first-waiter",
        },
    ],
    milestones: &["Deadlock"],
    node_prefix: "Site ",
    node_shape: NodeShape::Bench,
    configure,
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};

/// Who waits for whom.
type Edges = Vec<(ProcessId, ProcessId)>;

/// The scenario's `config`: a graph a site, with names that are different everywhere.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Sites(Vec<Holdings>);

/// Node 0 unites the graphs of the others.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Site {
    Local(Local),
    Union(Union),
}

/// A site that knows its own resources.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Local {
    me: NodeId,
    holdings: Holdings,
    /// Resources that the transformation has taken out.
    gone: Set<ResourceId>,
    first_waiter_only: bool,
}

/// Where the graphs come together.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Union {
    /// The latest graph of each site.
    graphs: Map<NodeId, Edges>,
    /// Sites that have not answered yet.
    asked: Set<NodeId>,
    each_by_itself: bool,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Who waits for whom with you?
    Ask,
    /// These wait here.
    Graph(Edges),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The next resource is taken out.
    NextResource,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Ask all sites for their graphs.
    Collect,
    /// Take the resources out, one by one.
    Transform,
    /// Show them again.
    Restore,
    /// The user draws.
    Edit(Edit),
}

read_variants!(Request { Collect, Transform, Restore, Edit(edit) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A cycle in the union.
    Deadlock(Vec<ProcessId>),
    /// There is none.
    NoCycle,
}

impl Process for Site {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match (self, message) {
            (Self::Local(local), Message::Ask) => {
                ctx.line("answer");
                ctx.send(from, Message::Graph(local.graph()));
            }
            (Self::Union(union), Message::Graph(edges)) => union.receive(from, edges, ctx),
            _ => {}
        }
    }

    fn on_timer(&mut self, Timer::NextResource: Timer, ctx: &mut Context<'_, Self>) {
        if let Self::Local(local) = self {
            local.take_one_out(ctx);
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        // A script asks whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request) {
            return ctx.note(reason);
        }
        match (self, request) {
            (Self::Union(union), Request::Collect) => {
                ctx.line("ask");
                union.asked = ctx.peers().collect();
                ctx.broadcast(Message::Ask);
            }
            (Self::Local(local), Request::Transform) => {
                local.gone = Set::new();
                ctx.set_timer(STEP, Timer::NextResource);
            }
            (Self::Local(local), request) => {
                ctx.cancel_timer(Timer::NextResource);
                local.gone = Set::new();
                if let Request::Edit(edit) = request
                    && let Err(reason) = local.edit(&edit)
                {
                    ctx.note(reason);
                }
            }
            _ => {}
        }
    }

    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let all = match self {
            Self::Union(_) => vec![Request::Collect],
            Self::Local(local) if local.gone.is_empty() => vec![Request::Transform],
            Self::Local(_) => vec![Request::Transform, Request::Restore],
        };
        let offer = |request: Request| Offer {
            refused: self.refusal(&request),
            ..Offer::ready(Self::label(&request).unwrap_or_default(), request)
        };
        all.into_iter().map(offer).collect()
    }

    fn check(&self, request: &Request, _: &View<'_>) -> Result<(), String> {
        self.refusal(request).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        shown::status(self)
    }

    fn parts(&self) -> Vec<Part> {
        shown::parts(self)
    }

    fn edges(&self) -> Vec<PartEdge> {
        shown::edges(self)
    }

    fn stands(&self) -> Vec<Stand> {
        shown::stands(self)
    }

    fn tables(&self, view: &View<'_>) -> Vec<Table> {
        vec![shown::table(self, view)]
    }

    fn addable() -> &'static [&'static str] {
        KINDS
    }

    fn edit(edit: Edit) -> Option<Request> {
        Some(Request::Edit(edit))
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Ask => "ASK".into(),
            Message::Graph(edges) if edges.is_empty() => "GRAPH: nobody waits".into(),
            Message::Graph(edges) => {
                let words: Vec<String> = edges.iter().take(3).map(|(a, b)| format!("{a}→{b}")).collect();
                format!("GRAPH {}{}", words.join(" "), if edges.len() > 3 { " …" } else { "" })
            }
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Collect => "Ask all sites for their graphs".into(),
            Request::Transform => "Take the resources out, one by one".into(),
            Request::Restore => "Show the resources again".into(),
            Request::Edit(edit) => words(edit),
        })
    }
}

impl Site {
    fn new(setup: &crate::Setup, me: NodeId) -> Self {
        if me == NodeId(0) {
            let each_by_itself = setup.variant("no-union");
            return Self::Union(Union { graphs: Map::new(), asked: Set::new(), each_by_itself });
        }
        let holdings =
            setup.config::<Sites>().and_then(|sites| sites.0.get(me.index() - 1)).cloned().unwrap_or_default();
        Self::Local(Local { me, holdings, gone: Set::new(), first_waiter_only: setup.variant("first-waiter") })
    }

    fn refusal(&self, request: &Request) -> Option<String> {
        match (self, request) {
            (Self::Union(union), Request::Collect) => {
                (!union.asked.is_empty()).then(|| "Some sites have not answered yet.".into())
            }
            (Self::Union(_), Request::Edit(_)) => {
                Some("The union is put together from what the sites tell. Edit a site.".into())
            }
            (Self::Local(local), Request::Edit(edit)) => local.clone().edit(edit).err(),
            (Self::Local(local), Request::Transform) => {
                local.holdings.resources.is_empty().then(|| "There are no resources here.".into())
            }
            (Self::Local(_), Request::Restore) => None,
            _ => Some("That is no request for this node.".into()),
        }
    }
}

impl Local {
    /// The wait-for graph of this site.
    fn graph(&self) -> Edges {
        let mut edges = Edges::new();
        for &resource in self.holdings.resources.keys() {
            edges.extend(self.through(resource));
        }
        edges.order();
        edges.dedup();
        edges
    }

    /// Who waits for whom because of one resource.
    fn through(&self, resource: ResourceId) -> Edges {
        let mut edges = wait_for(&self.holdings, resource);
        if self.first_waiter_only {
            edges.truncate(1);
        }
        edges
    }

    fn take_one_out(&mut self, ctx: &mut Context<'_, Site>) {
        let next = self.holdings.resources.keys().copied().find(|resource| !self.gone.contains(resource));
        let Some(resource) = next else { return };
        ctx.line("out");
        let edges = self.through(resource);
        match edges.as_slice() {
            [] => ctx.note(format_args!("Nobody waits for {resource}: it leaves no edge.")),
            edges => {
                for (waiter, holder) in edges {
                    ctx.line("edge");
                    ctx.note(format_args!("{waiter} waits for {resource}, which {holder} holds: {waiter} → {holder}."));
                }
            }
        }
        self.gone.insert(resource);
        if self.gone.len() < self.holdings.resources.len() {
            ctx.set_timer(STEP, Timer::NextResource);
        }
    }

    fn edit(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Set { what, value, .. } if what == "units" && *value != 1 => {
                Err("With several units it is not known for whose unit one waits: the wait-for graph needs types of one unit.".into())
            }
            Edit::Set { what, .. } if what == "needs" => Err("Here everybody needs all that it asks for.".into()),
            edit => self.holdings.edit(edit),
        }
    }
}

impl Union {
    fn receive(&mut self, from: NodeId, edges: Edges, ctx: &mut Context<'_, Site>) {
        ctx.line("unite");
        self.graphs.insert(from, edges);
        self.asked.remove(&from);
        if !self.asked.is_empty() {
            return;
        }
        let deadlocked = self.deadlocked();
        if deadlocked.is_empty() {
            ctx.line("none");
            ctx.note("All graphs are here. There is no cycle.");
            return ctx.output(Output::NoCycle);
        }
        ctx.line("cycle");
        ctx.note(format_args!(
            "All graphs are here, and there is a cycle: {} wait for each other.",
            listed(&deadlocked)
        ));
        ctx.output(Output::Deadlock(deadlocked));
    }

    /// All edges, each once.
    fn edges(&self) -> Edges {
        let mut edges: Edges = self.graphs.values().flatten().copied().collect();
        edges.order();
        edges.dedup();
        edges
    }

    /// Whom the union calls deadlocked: those on a cycle.
    fn deadlocked(&self) -> Vec<ProcessId> {
        if self.each_by_itself {
            return self.graphs.values().flat_map(|edges| circling(edges)).collect();
        }
        circling(&self.edges())
    }
}

/// The processes of a graph in order, and its edges between their positions.
fn numbered(edges: &[(ProcessId, ProcessId)]) -> (Vec<ProcessId>, Vec<(usize, usize)>) {
    let all: Set<ProcessId> = edges.iter().flat_map(|&(a, b)| [a, b]).collect();
    let all: Vec<ProcessId> = all.iter().copied().collect();
    let place = |process: ProcessId| all.binary_search(&process).unwrap_or(0);
    let edges = edges.iter().map(|&(a, b)| (place(a), place(b))).collect();
    (all, edges)
}

/// The processes that are on a cycle, in order.
fn circling(edges: &[(ProcessId, ProcessId)]) -> Vec<ProcessId> {
    let (all, numbers) = numbered(edges);
    let on = edges.iter().zip(on_cycle(all.len(), &numbers)).filter(|(_, on)| *on).map(|(edge, _)| edge.0);
    let on: Set<ProcessId> = on.collect();
    on.iter().copied().collect()
}

/// A cycle of a graph, if it has one.
fn cycle_of(edges: &[(ProcessId, ProcessId)]) -> Vec<ProcessId> {
    let (all, numbers) = numbered(edges);
    first_cycle(all.len(), &numbers).unwrap_or_default().into_iter().map(|node| all[node]).collect()
}

/// The `config`: `{"sites": [graph, …]}`, one fewer than there are nodes.
struct Config {
    sites: Vec<Drawing>,
}

read_record!(Config { sites });

/// Reads the `config`.
fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if nodes < 2 {
        return Err("node 0 unites the graphs of the others: there must be at least two nodes".into());
    }
    if json.is_null() {
        return Ok(Some(Datum::new(Sites(vec![Holdings::default(); nodes as usize - 1]))));
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    if config.sites.len() as u32 + 1 != nodes {
        return Err(format!(
            "`sites` lists {} graphs, but there are {} nodes beside node 0",
            config.sites.len(),
            nodes - 1
        ));
    }
    let mut known: Set<ResourceId> = Set::new();
    let mut sites = Vec::new();
    for drawing in config.sites {
        let graph = drawing.holdings()?;
        if let Some(twice) = graph.resources.keys().find(|resource| known.contains(resource)) {
            return Err(format!("{twice} is at two sites"));
        }
        if graph.resources.values().any(|resource| resource.units != 1) || graph.processes.values().any(|seat| seat.any)
        {
            return Err("the wait-for graph needs types of one unit, and processes that need all".into());
        }
        known.extend(graph.resources.keys());
        sites.push(graph);
    }
    Ok(Some(Datum::new(Sites(sites))))
}

// Properties.

/// What is held and asked for at all sites together. A resource added by hand at two sites under one name counts as two.
fn everything(world: &World) -> Holdings {
    let mut all = Holdings::default();
    for (node, site) in world.processes::<Site>() {
        let Site::Local(local) = site else { continue };
        let own = |resource: ResourceId| ResourceId(resource.0 + 1_000 * node.0);
        all.processes.extend(local.holdings.processes.iter().map(|(process, seat)| (*process, *seat)));
        all.resources.extend(local.holdings.resources.iter().map(|(resource, seat)| (own(*resource), *seat)));
        all.claims.extend(
            local.holdings.claims.iter().map(|((process, resource), units)| ((*process, own(*resource)), *units)),
        );
    }
    all
}

fn is_rightly_judged(world: &World) -> Result<(), Violation> {
    let Some(Site::Union(union)) = world.process_at::<Site>(NodeId(0)) else { return Ok(()) };
    let told = |(node, site): (NodeId, &Site)| match site {
        // What a site would tell now, by the definition and not by its own transformation.
        Site::Local(local) => {
            let mut edges: Edges =
                local.holdings.resources.keys().flat_map(|&resource| wait_for(&local.holdings, resource)).collect();
            edges.order();
            edges.dedup();
            local.first_waiter_only || union.graphs.get(&node) == Some(&edges)
        }
        Site::Union(_) => true,
    };
    if union.graphs.is_empty() || !union.asked.is_empty() || !world.processes::<Site>().all(told) {
        return Ok(());
    }
    let stuck: Vec<ProcessId> = in_vain(&everything(world)).iter().copied().collect();
    match (union.deadlocked().is_empty(), stuck.is_empty()) {
        (true, false) => {
            let why = format!("{} can never go on, but no cycle is seen.", listed(&stuck));
            Err(Violation::new(why, [NodeId(0)]))
        }
        (false, true) => Err(Violation::new("A cycle is seen, but all can go on.", [NodeId(0)])),
        _ => Ok(()),
    }
}
