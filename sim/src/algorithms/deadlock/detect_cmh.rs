//! Chandy, Misra and Haas' probes. A process that has waited long asks along the wait-for graph whether it waits for
//! itself: a small message (initiator, sender, receiver) goes from each blocked process to those that it waits for, and
//! when it comes home the initiator is in a deadlock. No site ever sees more of the graph than its own edges.
//!
//! Each process here waits until it has *all* that it has asked for (the AND model). Each resource has one unit and is
//! given out by its site, which tells those that must wait who holds it. So the graph changes by real messages.

use crate::sorted::Map;
use crate::{
    Algorithm, Context, EdgeKind, NodeId, Offer, Order, Part, PartEdge, PartKind, Process, Property, Status, Tone,
    View, Wait,
    algorithm::{
        Assumptions, Bug, Cost, Faults, Kind, Links, Membership, NodeShape, Parameter, Plot, Relation, Timing, Unit,
    },
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

mod judge;
mod rules;

use super::layout::{self, Layout, Party, ProcessId, ResourceId};

const REAL: &str = "a declared deadlock is a real cycle";
const HOME: &str = "a probe that starts on a cycle comes home";
const DECLARED: &str = "every deadlock is declared";
const ONCE: &str = "at most one probe for each edge and run";

/// The probe algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/detect-cmh",
    title: "Chandy–Misra–Haas probes",
    summary: "Ask along the waits whether you wait for yourself.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    membership: Membership::Fixed,
    sources: &[
        "K. M. Chandy, J. Misra and L. M. Haas, Distributed Deadlock Detection, ACM Transactions on Computer Systems 1(2), 1983, pages 144–156",
        "K. M. Chandy and J. Misra, A Distributed Algorithm for Detecting Resource Deadlocks in Distributed Systems, PODC 1982, pages 157–164",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.5: the figure with processes 0 to 8 on three machines",
    ],
    texts: texts!(
        "deadlock/detect-cmh",
        "detect_cmh",
        [
            "three-sites",
            "tanenbaum",
            "off-cycle",
            "no-deadlock",
            "two-initiators",
            "reprobe",
            "slow-release",
            "early-release",
            "notes-version",
            "write-once-array",
            "no-hold-check",
            "one-edge",
        ]
    ),
    parameters: &[
        Parameter {
            name: "start",
            label: "a probe is started by",
            unit: Unit::Choice(&["timeout", "hand"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "probe-after",
            label: "a blocked process probes after",
            unit: Unit::Time,
            min: 1_000,
            max: 60_000_000,
            default: 50_000,
        },
        Parameter {
            name: "probes",
            label: "probes for one wait, at most",
            unit: Unit::Count,
            min: 1,
            max: 100,
            default: 1,
        },
        Parameter {
            name: "when-blocked",
            label: "a blocked process",
            unit: Unit::Choice(&["keeps what it holds", "may release"]),
            min: 0,
            max: 1,
            default: 0,
        },
    ],
    scenarios: &[
        "three-sites",
        "tanenbaum",
        "off-cycle",
        "no-deadlock",
        "two-initiators",
        "reprobe",
        "slow-release",
        "early-release",
        "notes-version",
        "write-once-array",
        "no-hold-check",
        "one-edge",
    ],
    properties: &[
        Property::monitor::<judge::DeclaredIsReal>(REAL),
        Property::monitor::<judge::ComesHome>(HOME),
        Property::eventually(DECLARED, judge::every_deadlock_is_declared),
        Property::monitor::<judge::OncePerEdge>(ONCE),
    ],
    costs: &[Cost {
        what: "probes between sites",
        formula: "runs × edges between sites",
        relation: Relation::AtMost,
        count: judge::count_probes,
        when: "as long as no resource has changed hands",
    }],
    bugs: &[
        Bug {
            id: "no-dependent-array",
            title: "three fields, no dependent array, every hop a message: the version of the notes",
            lesson: "Without a mark at the processes that it has passed, a probe whose initiator is not on the cycle goes round it for ever.",
            breaks: ONCE,
            scenario: "notes-version",
        },
        Bug {
            id: "write-once-array",
            title: "runs have no numbers: what was marked once stays marked",
            lesson: "A probe that was sent before the cycle closed leaves marks behind. If they belong to no run, they swallow every later probe of the same process.",
            breaks: HOME,
            scenario: "write-once-array",
        },
        Bug {
            id: "no-hold-check",
            title: "the receiver does not ask whether it still holds what the sender waits for",
            lesson: "The sender's knowledge is old. An edge that is gone lets the probe through, and it comes home round a cycle that never was: a phantom.",
            breaks: REAL,
            scenario: "no-hold-check",
        },
        Bug {
            id: "one-edge",
            title: "a process that waits for several passes the probe to one of them",
            lesson: "It needs all that it waits for, so a cycle through any of them is a deadlock: the probe must go to every one.",
            breaks: HOME,
            scenario: "one-edge",
        },
    ],
    plots: &[Plot { title: "blocked processes", unit: "processes", values: judge::plot_of_blocked }],
    milestones: &["Deadlock"],
    node_prefix: "Site ",
    first_number: 1,
    node_shape: NodeShape::Site,
    configure: layout::configure,
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};

/// A site: the processes that run on it, and the resources that it gives out.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Site {
    me: NodeId,
    processes: Map<ProcessId, Local>,
    resources: Map<ResourceId, Resource>,
}

/// A process of this site.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Local {
    holds: Map<ResourceId, Held>,
    /// What it has asked for and not got. It is blocked as long as this is not empty.
    waits: Map<ResourceId, Awaited>,
    /// For each initiator: the latest of its runs in which a probe has come here.
    dependent: Map<ProcessId, u32>,
    /// How many runs it has started.
    runs: u32,
    /// How many of them since its waits have last changed.
    tries: u32,
    /// Its probe has come home.
    deadlocked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Held {
    /// The site that has given it out.
    at: NodeId,
    /// The how manieth grant of it this is.
    grant: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Awaited {
    /// The site that gives it out.
    at: NodeId,
    /// Who holds it, as far as that site has told.
    holder: Option<Holder>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Holder {
    who: Party,
    grant: u32,
}

/// A resource of this site.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
struct Resource {
    holder: Option<Party>,
    /// How often it was given out: each grant has its number.
    grants: u32,
    queue: Vec<Party>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// The process asks for the resource.
    Request { process: ProcessId, resource: ResourceId },
    /// It must wait: this one holds it.
    Held { process: ProcessId, resource: ResourceId, holder: Holder },
    /// It has it.
    Grant { process: ProcessId, resource: ResourceId, grant: u32 },
    /// It gives it back.
    Release { resource: ResourceId, grant: u32 },
    /// Does the initiator wait for itself?
    Probe(Probe),
}

/// The probe: the three fields of the textbooks, the number of the run, and what the sender waits for at the receiver.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Probe {
    initiator: ProcessId,
    sender: ProcessId,
    receiver: ProcessId,
    /// Nothing in the version of the notes.
    run: Option<u32>,
    /// By this the receiver knows whether it has answered the sender in the meantime.
    claims: Vec<(ResourceId, u32)>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The process has been blocked for long.
    Probe(ProcessId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Ask { process: ProcessId, resources: Vec<ResourceId> },
    Release { process: ProcessId, resource: ResourceId },
    Probe { process: ProcessId },
}

read_variants!(Request { Ask { process, resources }, Release { process, resource }, Probe { process } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It waits for something.
    Blocked(ProcessId),
    /// It has got something that it has asked for.
    Granted(ProcessId, ResourceId),
    /// It has all that it has asked for.
    Runs(ProcessId),
    /// It has started a run.
    Probes(ProcessId, Option<u32>),
    /// Its probe has come home.
    Deadlock(ProcessId),
}

impl Process for Site {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        let processes: Vec<ProcessId> = self.processes.keys().copied().collect();
        for process in processes {
            self.expect_a_probe(process, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request { process, resource } => {
                self.receive_request(Party { process, site: from }, resource, ctx);
            }
            Message::Held { process, resource, holder } => self.learn_holder(process, resource, holder, ctx),
            Message::Grant { process, resource, grant } => {
                self.receive_grant(process, resource, Held { at: from, grant }, ctx);
            }
            Message::Release { resource, grant } => self.take_back(resource, grant, ctx),
            Message::Probe(probe) => {
                if self.passes_on(&probe, ctx) {
                    self.spread(probe.initiator, probe.run, probe.receiver, ctx);
                }
            }
        }
    }

    fn on_timer(&mut self, Timer::Probe(process): Timer, ctx: &mut Context<'_, Self>) {
        let after = ctx.setup().span("probe-after");
        ctx.note(format_args!("For {after} nothing has changed for {process}, which waits."));
        self.start_run(process, ctx);
        let most = ctx.setup().parameter("probes");
        if self.processes.get(&process).is_some_and(|local| !local.deadlocked && i64::from(local.tries) < most) {
            ctx.set_timer(after, Timer::Probe(process));
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let may_release = ctx.setup().parameter("when-blocked") == 1;
        // A workload asks by the clock, whatever has happened meanwhile.
        if let Some(reason) = self.refusal(&request, may_release) {
            return ctx.note(reason);
        }
        match request {
            Request::Ask { process, resources } => self.ask(process, &resources, ctx),
            Request::Release { process, resource } => self.release(process, resource, ctx),
            Request::Probe { process } => self.start_run(process, ctx),
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let Some(layout) = view.setup.config::<Layout>() else { return vec![] };
        let mut asks = Vec::new();
        for (&process, local) in &self.processes {
            if local.is_blocked() {
                asks.push(Request::Ask { process, resources: vec![] });
                asks.push(Request::Probe { process });
            } else {
                let others = layout.resources.iter().map(|placed| placed.resource);
                let others = others.filter(|resource| !local.holds.contains_key(resource));
                asks.extend(others.map(|resource| Request::Ask { process, resources: vec![resource] }));
            }
            asks.extend(local.holds.keys().map(|&resource| Request::Release { process, resource }));
        }
        let may_release = view.setup.parameter("when-blocked") == 1;
        let offer =
            |request| Offer { refused: self.refusal(&request, may_release), ..Offer::ready(words(&request), request) };
        asks.into_iter().map(offer).collect()
    }

    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        if let (Request::Ask { resources, .. }, Some(layout)) = (request, view.setup.config::<Layout>())
            && let Some(unknown) = resources.iter().find(|&&resource| layout.placed(resource).is_none())
        {
            return Err(format!("There is no resource {unknown}."));
        }
        self.refusal(request, view.setup.parameter("when-blocked") == 1).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        let blocked = self.processes.values().filter(|local| local.is_blocked()).count();
        let deadlocked = self.processes.iter().filter(|(_, local)| local.deadlocked).map(|(id, _)| id.to_string());
        let deadlocked: Vec<String> = deadlocked.collect();
        let status = match (deadlocked.is_empty(), blocked) {
            (false, _) => Status::new(format!("deadlock of {}", deadlocked.join(", ")), Tone::Violated),
            (true, 0) => Status::new("all run", Tone::Idle),
            (true, _) => Status::new(format!("{blocked} of {} blocked", self.processes.len()), Tone::Waiting),
        };
        status.detail(self.local_graph())
    }

    fn waits_for(&self) -> Vec<Wait> {
        let mut waits = Vec::new();
        for (process, local) in &self.processes {
            for (resource, awaited) in &local.waits {
                let (on, on_part, what) = match awaited.holder {
                    Some(holder) => (holder.who.site, holder.who.process.part(), resource.to_string()),
                    None => (awaited.at, resource.part(), format!("an answer about {resource}")),
                };
                waits.push(Wait { part: Some(process.part()), on, on_part: Some(on_part), what, any: false });
            }
        }
        waits
    }

    fn parts(&self) -> Vec<Part> {
        let process = |(id, local): (&ProcessId, &Local)| {
            let waits: Vec<String> = local.waits.keys().map(ToString::to_string).collect();
            let (tone, word) = match (local.deadlocked, waits.is_empty()) {
                (true, _) => (Tone::Violated, "deadlocked".into()),
                (false, false) => (Tone::Waiting, format!("waits for {}", waits.join(", "))),
                (false, true) => (Tone::Active, "runs".into()),
            };
            Part { id: id.part(), name: id.to_string(), kind: PartKind::Process, tone, word }
        };
        let resource = |(id, resource): (&ResourceId, &Resource)| {
            let word = resource.holder.map_or_else(|| "free".into(), |holder| format!("held by {}", holder.process));
            Part { id: id.part(), name: id.to_string(), kind: PartKind::Resource, tone: Tone::Idle, word }
        };
        self.processes.iter().map(process).chain(self.resources.iter().map(resource)).collect()
    }

    fn edges(&self) -> Vec<PartEdge> {
        let mut edges = Vec::new();
        for (process, local) in &self.processes {
            for (resource, awaited) in &local.waits {
                let (to_node, to) = match awaited.holder {
                    Some(holder) => (holder.who.site, holder.who.process.part()),
                    None => (awaited.at, resource.part()),
                };
                let edge = PartEdge::new(process.part(), to_node, to, EdgeKind::WaitsFor);
                // It may wait for several resources of the same holder.
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
        }
        for (id, resource) in &self.resources {
            if let Some(holder) = resource.holder {
                let (to_node, to) = (holder.site, holder.process.part());
                edges.push(PartEdge::new(id.part(), to_node, to, EdgeKind::HeldBy));
            }
        }
        edges
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Request { process, resource } => format!("REQUEST {resource} for {process}"),
            Message::Held { resource, holder, .. } => format!("HELD {resource} by {}", holder.who.process),
            Message::Grant { process, resource, .. } => format!("GRANT {resource} to {process}"),
            Message::Release { resource, .. } => format!("RELEASE {resource}"),
            Message::Probe(probe) => match probe.run {
                Some(run @ 2..) => format!("PROBE {probe} run {run}"),
                _ => format!("PROBE {probe}"),
            },
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(words(request))
    }
}

/// What the button of a request says.
fn words(request: &Request) -> String {
    match request {
        Request::Ask { process, resources } if resources.is_empty() => format!("Let {process} ask for more"),
        Request::Ask { process, resources } => {
            let names: Vec<String> = resources.iter().map(ToString::to_string).collect();
            format!("Let {process} ask for {}", names.join(" and "))
        }
        Request::Release { process, resource } => format!("Let {process} release {resource}"),
        Request::Probe { process } => format!("Start a probe for {process}"),
    }
}

impl std::fmt::Display for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({}, {}, {})", self.initiator.0, self.sender.0, self.receiver.0)
    }
}
