//! What a site shows, and what can be asked of it.

use super::{
    Controller, Detector, Message, Phase, Policy, Request, Site, Spool, Why, controller::Stage, graph, policy_of,
    program::Config, running::BANKER,
};
use crate::{
    EdgeKind, NodeId, Offer, Part, PartEdge, PartKind, Status, Tone, View, Wait,
    algorithms::deadlock::layout::{ProcessId, ResourceId},
};

/// What the button of a request says.
pub fn words(request: &Request) -> String {
    match request {
        Request::Ask { process, resources } => {
            let names: Vec<String> = resources.iter().map(ToString::to_string).collect();
            format!("Let {process} ask for {}", names.join(" and "))
        }
        Request::Release { process, resource } => format!("Let {process} release {resource}"),
        Request::Start { process } => format!("Start the program of {process}"),
        Request::Again { process } => format!("Let {process} go on"),
        Request::RollBack { process } => format!("Roll {process} back to its start"),
        Request::End { process } => format!("End {process}"),
        Request::Detect => "Ask for reports".into(),
        Request::ReportTo { controller } => format!("Report to site {}", controller.0),
    }
}

/// The same where the names of the sites are known.
fn named(request: &Request, view: &View<'_>) -> String {
    match request {
        Request::ReportTo { controller } => format!("Report to {}", view.setup.name(*controller)),
        other => words(other),
    }
}

/// What a message's capsule says.
pub fn telling(message: &Message) -> String {
    match message {
        Message::Request { resource, ticket, rule } => match rule {
            super::Rule::WaitDie | super::Rule::WoundWait => {
                format!("REQUEST {resource} for {ticket} ({})", ticket.stamp)
            }
            super::Rule::Try => format!("TRY {resource} for {ticket}"),
            _ => format!("REQUEST {resource} for {ticket}"),
        },
        Message::Grant { process, resource, .. } => format!("GRANT {resource} to {process}"),
        Message::Refuse { process, resource, .. } => format!("REFUSE {resource} to {process}"),
        Message::GiveWay { process, resource, why, .. } => match why {
            Why::Dies => format!("DIE {process}"),
            Why::Wounded => format!("WOUND {process}"),
            Why::RolledBack => format!("ROLL BACK {process} from {resource}"),
            Why::Ended => format!("END {process}"),
        },
        Message::Withdraw { process, resource, .. } => format!("WITHDRAW {resource} for {process}"),
        Message::Release { process, resource, .. } => format!("RELEASE {resource} by {process}"),
        Message::Claim { resource, ticket } => format!("CLAIM {resource} for {ticket}"),
        Message::Permit { process, resource, .. } => format!("PERMIT {resource} to {process}"),
        Message::Return { process, resource, .. } => format!("RETURN {resource} by {process}"),
        Message::Report(report) if report.edges.is_empty() => "REPORT nobody waits".into(),
        Message::Report(report) => format!("REPORT {}", graph::words(&report.edges)),
        Message::Query { .. } => "QUERY".into(),
        Message::Verify(question) => format!("VERIFY {}", question.process),
        Message::Answer { question, stands: true } => format!("STANDS {}", question.process),
        Message::Answer { question, stands: false } => format!("GONE {}", question.process),
        Message::Path(path) => format!("PATH {}", path.words()),
    }
}

/// What a request names that there is not.
pub fn unknown(request: &Request, view: &View<'_>) -> Result<(), String> {
    let Some(config) = view.setup.config::<Config>() else { return Ok(()) };
    match request {
        Request::Ask { resources, .. } => {
            let unknown = resources.iter().find(|&&resource| config.layout.placed(resource).is_none());
            unknown.map_or(Ok(()), |unknown| Err(format!("There is no resource {unknown}.")))
        }
        Request::ReportTo { controller } if !view.members.contains(controller) => Err("There is no such site.".into()),
        _ => Ok(()),
    }
}

impl Site {
    /// Why a request makes no sense now.
    pub(super) fn refusal(&self, request: &Request, policy: Policy) -> Option<String> {
        let process = match request {
            Request::Detect => {
                let has_children = matches!(&self.detector, Detector::Controller(own) if !own.children.is_empty());
                return (!has_children).then(|| "Nobody reports to it.".into());
            }
            Request::ReportTo { controller } => return self.refuses_parent(*controller).map(Into::into),
            Request::Ask { process, .. }
            | Request::Release { process, .. }
            | Request::Start { process }
            | Request::Again { process }
            | Request::RollBack { process }
            | Request::End { process } => *process,
        };
        let Some(local) = self.processes.get(&process) else {
            return Some(format!("{process} does not run at this site."));
        };
        let idle = || match local.phase {
            Phase::Idle => None,
            Phase::Works => Some(format!("{process} does what its program says.")),
            Phase::Waits => Some(format!("{process} waits for {}.", local.wanted())),
            Phase::Rests => Some(format!("{process} has to go on first.")),
            Phase::Ended => Some(format!("{process} was ended.")),
        };
        match request {
            Request::Ask { resources, .. } => {
                let held = resources.iter().find(|resource| local.holds.contains_key(resource));
                let highest = local.holds.keys().last();
                let lower = resources.iter().find(|resource| Some(*resource) < highest);
                idle().or_else(|| match (held, lower) {
                    _ if resources.is_empty() => Some("It asks for nothing.".into()),
                    (Some(held), _) => Some(format!("{process} holds {held} already.")),
                    _ if !policy.hold_and_wait && !local.holds.is_empty() => {
                        Some(format!("{process} holds something: it may ask only while it holds nothing."))
                    }
                    (_, Some(lower)) if !policy.circular_wait => Some(format!(
                        "{lower} comes before what {process} holds: it may ask only for what comes after."
                    )),
                    _ => None,
                })
            }
            Request::Release { resource, .. } if !local.holds.contains_key(resource) => {
                Some(format!("{process} does not hold {resource}."))
            }
            Request::Release { .. } | Request::Start { .. } => idle(),
            Request::Detect | Request::ReportTo { .. } => None,
            Request::Again { .. } => (local.phase != Phase::Rests).then(|| format!("{process} was not stopped.")),
            Request::RollBack { .. } | Request::End { .. } => {
                let busy = local.phase == Phase::Waits || local.phase == Phase::Works;
                (!busy).then(|| format!("{process} neither works nor waits."))
            }
        }
    }

    pub(super) fn offers(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let Some(config) = view.setup.config::<Config>() else { return vec![] };
        let mut asks = Vec::new();
        for (&process, local) in &self.processes {
            if local.phase == Phase::Idle {
                if config.program(process).is_some() {
                    asks.push(Request::Start { process });
                }
                let others = config.layout.resources.iter().map(|placed| placed.resource);
                let others = others.filter(|resource| !local.holds.contains_key(resource));
                asks.extend(others.map(|resource| Request::Ask { process, resources: vec![resource] }));
                asks.extend(local.holds.keys().map(|&resource| Request::Release { process, resource }));
            }
            match local.phase {
                Phase::Rests => asks.push(Request::Again { process }),
                Phase::Waits => asks.extend([Request::RollBack { process }, Request::End { process }]),
                _ => {}
            }
        }
        if let Detector::Controller(own) = &self.detector {
            if !own.children.is_empty() {
                asks.push(Request::Detect);
            }
            if view.setup.algorithm.id == "deadlock/detect-hierarchical" {
                let above = |site: &NodeId| config.parents.contains(&Some(*site)) && *site != self.me;
                let others = view.members.iter().copied().filter(above);
                asks.extend(others.map(|controller| Request::ReportTo { controller }));
            }
        }
        let refused = |request: &Request| self.refusal(request, policy_of(view));
        let offer = |request: Request| {
            let (refused, label) = (refused(&request), named(&request, view));
            let towards = match request {
                Request::ReportTo { controller } => Some(controller),
                _ => None,
            };
            Offer { refused, towards, ..Offer::ready(label, request) }
        };
        asks.into_iter().map(offer).collect()
    }

    pub(super) fn shown(&self) -> Status {
        let waiting = self.processes.values().filter(|local| local.phase == Phase::Waits).count();
        let found: Vec<String> = self.reported().iter().map(|cycle| graph::members(cycle)).collect();
        let status = match (found.is_empty(), waiting) {
            (false, _) => Status::new(format!("deadlock of {}", found.join("; ")), Tone::Violated),
            _ if !self.banker.queue.is_empty() => Status::new("the banker defers", Tone::Idle),
            (true, 0) if self.processes.is_empty() => {
                let is_above = matches!(&self.detector, Detector::Controller(own) if !own.children.is_empty());
                Status::new(if is_above { "controller" } else { "" }, Tone::Idle)
            }
            (true, 0) => Status::new("all run", Tone::Idle),
            (true, _) => Status::new(format!("{waiting} of {} wait", self.processes.len()), Tone::Waiting),
        };
        status.detail(self.known())
    }

    /// The cycles that this site has reported.
    pub fn reported(&self) -> Vec<&[graph::Edge]> {
        match &self.detector {
            Detector::None => vec![],
            Detector::Controller(own) => {
                let reported = own.found.iter().filter(|found| found.stage == Stage::Reported);
                reported.map(|found| found.cycle.as_slice()).collect()
            }
            Detector::Paths(paths) => paths.reported.iter().map(Vec::as_slice).collect(),
        }
    }

    /// "local graph: P1 → P2, no cycle": all that this site sees, or, for a controller, its children's reports as well.
    fn known(&self) -> String {
        let mut edges = self.graph.clone();
        let mut whose = "local graph";
        match &self.detector {
            Detector::Controller(Controller { children, .. }) if !children.is_empty() => {
                whose = "union";
                children.values().for_each(|report| edges.extend(report.edges.iter().cloned()));
            }
            Detector::Paths(paths) => {
                for edge in paths.received.iter().flat_map(|path| &path.edges) {
                    if !edges.contains(edge) {
                        edges.push(edge.clone());
                    }
                }
            }
            _ => {}
        }
        match (edges.is_empty(), graph::cycles(&edges).is_empty()) {
            (true, _) => format!("{whose}: no edge"),
            (_, true) => format!("{whose}: {}, no cycle", graph::words(&edges)),
            (_, false) => format!("{whose}: {}, a cycle", graph::words(&edges)),
        }
    }

    /// A process knows whom it has asked, not who goes before it.
    pub(super) fn waits(&self) -> Vec<Wait> {
        let mut waits = Vec::new();
        for (process, local) in &self.processes {
            for resource in local.waits.keys() {
                let part = Some(process.part());
                if local.policy.avoidance && !local.permitted.contains(resource) {
                    let what = format!("the banker's leave to ask for {resource}");
                    waits.push(Wait { part, on: BANKER, on_part: None, what, any: false });
                } else if let Some(&on) = self.places.get(resource) {
                    waits.push(Wait {
                        part,
                        on,
                        on_part: Some(resource.part()),
                        what: resource.to_string(),
                        any: false,
                    });
                }
            }
        }
        waits
    }

    pub(super) fn all_parts(&self) -> Vec<Part> {
        let reported = self.reported();
        let process = |(id, local): (&ProcessId, &super::Local)| {
            let caught = reported.iter().any(|cycle| cycle.iter().any(|edge| edge.waiter.who.process == *id));
            let (tone, word) = match local.phase {
                Phase::Waits if caught => (Tone::Violated, "deadlocked".into()),
                Phase::Waits => (Tone::Waiting, format!("waits for {}", local.wanted())),
                Phase::Works => (Tone::Active, "works".into()),
                Phase::Rests if local.rollbacks > 0 => (Tone::Idle, format!("rolled back {} times", local.rollbacks)),
                Phase::Rests => (Tone::Idle, format!("refused {} times", local.tries)),
                Phase::Idle if local.round > 0 => (Tone::Done, format!("finished {} times", local.round)),
                Phase::Idle => (Tone::Idle, "idle".into()),
                Phase::Ended => (Tone::Failed, "ended".into()),
            };
            Part { id: id.part(), name: id.to_string(), kind: PartKind::Process, tone, word }
        };
        let resource = |(id, lent): (&ResourceId, &super::Resource)| {
            let holders: Vec<String> = lent.holders.iter().map(ToString::to_string).collect();
            let printing = self.spools.get(id).is_some_and(Spool::is_printing);
            let word = match (holders.is_empty(), lent.queue.len()) {
                _ if printing => "held by its daemon".into(),
                (true, _) => "free".into(),
                (false, 0) => format!("held by {}", holders.join(", ")),
                (false, more) => format!("held by {}, wanted by {more}", holders.join(", ")),
            };
            Part { id: id.part(), name: id.to_string(), kind: PartKind::Resource, tone: Tone::Idle, word }
        };
        let own = self.processes.iter().map(process).chain(self.resources.iter().map(resource));
        own.chain(self.spooled_parts()).collect()
    }

    /// The resource-allocation graph, as far as this site has it: requests of its processes, loans of its resources.
    pub(super) fn arrows(&self) -> Vec<PartEdge> {
        let mut edges = Vec::new();
        for (process, local) in &self.processes {
            for resource in local.waits.keys() {
                if let Some(&to_node) = self.places.get(resource) {
                    edges.push(PartEdge::new(process.part(), to_node, resource.part(), EdgeKind::WaitsFor));
                }
            }
        }
        edges.extend(self.spooled_arrows(self.me));
        for (id, lent) in &self.resources {
            // Where somebody waits, it waits for the holder.
            let kind = if lent.queue.is_empty() { EdgeKind::HeldBy } else { EdgeKind::WaitsFor };
            for holder in &lent.holders {
                edges.push(PartEdge::new(id.part(), holder.who.site, holder.who.process.part(), kind));
            }
        }
        edges
    }
}
