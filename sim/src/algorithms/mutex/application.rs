//! The application on top of every mutual exclusion: a process thinks, wants in, is inside, and leaves again. What it can
//! be asked, what it tells, what must hold and what is counted is the same for all of them and stands here once.

use crate::{NodeId, Offer, Process, Status, Tone, Violation, World, read_variants};
use serde::Serialize;

pub(super) const ONE_INSIDE: &str = "at most one process is in the critical section";
pub(super) const SERVED: &str = "every request is served";

/// What the application of one process is doing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub(super) enum Phase {
    /// It does not need the critical section.
    Thinking,
    /// It has asked to enter.
    Waiting,
    /// It is in the critical section.
    Inside,
}

/// What the application asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Request {
    /// Enter the critical section, or wait for it.
    Enter,
    /// Leave it.
    Exit,
}

read_variants!(Request { Enter, Exit });

/// What the application is told; closed-loop workloads hang on these.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Output {
    /// It has asked.
    Wanted,
    /// It is inside.
    Entered,
    /// It has left.
    Exited,
}

impl Phase {
    /// Why this cannot be asked of `me` now; empty where it can.
    pub(super) fn refusal(self, me: NodeId, request: Request) -> String {
        match (request, self) {
            (Request::Enter, Self::Thinking) | (Request::Exit, Self::Inside) => String::new(),
            (Request::Enter, Self::Waiting) => format!("{me} waits to enter already."),
            (Request::Enter, Self::Inside) => format!("{me} is in the critical section already."),
            (Request::Exit, _) => format!("{me} is not in the critical section."),
        }
    }

    /// The same as a verdict.
    pub(super) fn check(self, me: NodeId, request: Request) -> Result<(), String> {
        let refusal = self.refusal(me, request);
        if refusal.is_empty() { Ok(()) } else { Err(refusal) }
    }

    /// The two buttons.
    pub(super) fn offers(self, me: NodeId) -> Vec<Offer<Request>> {
        let offer = |label: &str, request| {
            let refusal = self.refusal(me, request);
            Offer::ready(label, request).refused_if(!refusal.is_empty(), refusal)
        };
        vec![offer("Enter the critical section", Request::Enter), offer("Leave the critical section", Request::Exit)]
    }

    /// What a node shows of its application.
    pub(super) fn status(self) -> Status {
        match self {
            Self::Thinking => Status::new("thinking", Tone::Idle),
            Self::Waiting => Status::new("waiting", Tone::Waiting),
            Self::Inside => Status::new("in the critical section", Tone::Active),
        }
    }
}

/// A process that has this application on top.
pub(super) trait Client: Process {
    /// What the application does.
    fn phase(&self) -> Phase;
    /// Whether the request of `waiting` has come to where it must be minded when `entering` enters: whoever is let in
    /// after that was let in before it.
    fn is_known(world: &World, waiting: NodeId, entering: NodeId) -> bool;
}

/// The phases of the processes that are up, with their nodes.
fn phases<P: Client>(world: &World) -> Vec<(NodeId, Phase)> {
    world.live::<P>().map(|(id, process)| (id, process.phase())).collect()
}

/// "P1", "P1 and P2", "P1, P2 and P4".
pub(super) fn list(nodes: &[NodeId]) -> String {
    let mut text = String::new();
    for (index, node) in nodes.iter().enumerate() {
        text += match index {
            0 => "",
            _ if index + 1 == nodes.len() => " and ",
            _ => ", ",
        };
        text += &node.to_string();
    }
    text
}

/// Whether a REQUEST of `from` is on its way, to `to` where one is named.
pub(super) fn request_is_on_its_way(world: &World, from: NodeId, to: Option<NodeId>) -> bool {
    let mut flights = world.flights().filter(|flight| flight.id.from == from && flight.payload.kind() == "Request");
    flights.any(|flight| to.is_none_or(|to| flight.to == to))
}

fn those(phases: &[(NodeId, Phase)], wanted: Phase) -> Vec<NodeId> {
    phases.iter().filter(|(_, phase)| *phase == wanted).map(|(id, _)| *id).collect()
}

// Properties.

/// Safety.
pub(super) fn at_most_one_inside<P: Client>(world: &World) -> Result<(), Violation> {
    judge_safety(&phases::<P>(world))
}

fn judge_safety(phases: &[(NodeId, Phase)]) -> Result<(), Violation> {
    let inside = those(phases, Phase::Inside);
    if inside.len() <= 1 {
        return Ok(());
    }
    Err(Violation::new(format!("{} are in the critical section at the same time.", list(&inside)), inside))
}

/// Liveness. As long as somebody is inside whom the user can let out, it is the user's turn.
pub(super) fn every_request_is_served<P: Client>(world: &World) -> Result<(), Violation> {
    judge_liveness(&phases::<P>(world), world)
}

fn judge_liveness(phases: &[(NodeId, Phase)], world: &World) -> Result<(), Violation> {
    let waiting = those(phases, Phase::Waiting);
    let Some(first) = waiting.first() else { return Ok(()) };
    let inside = those(phases, Phase::Inside);
    let why = match (world.is_quiet(), inside.is_empty()) {
        (false, _) => format!("{first} waits to enter."),
        (true, false) => format!("{first} waits until you let {} leave the critical section.", list(&inside)),
        (true, true) if waiting.len() == 1 => format!("{first} waits for ever, and nobody is inside."),
        (true, true) => format!("{} wait for ever, and nobody is inside.", list(&waiting)),
    };
    Err(Violation::new(why, waiting).users_turn(!inside.is_empty()))
}

// Costs and plots.

/// Entries so far, once nobody waits or is inside and all that was sent has arrived, as it was sent.
pub(super) fn entries_at_rest<P: Client>(world: &World) -> Option<u64> {
    rest(&phases::<P>(world), world)
}

fn rest(phases: &[(NodeId, Phase)], world: &World) -> Option<u64> {
    let entries = world.tally().outputs("Entered");
    let calm = phases.iter().all(|(_, phase)| *phase == Phase::Thinking) && world.flights().next().is_none();
    (entries > 0 && calm && is_undisturbed(world)).then_some(entries)
}

/// Whether no assumption was broken and no message lost, so that what was counted can be compared.
pub(super) fn is_undisturbed(world: &World) -> bool {
    world.broken_assumption().is_none() && world.tally().lost == 0
}

/// How many wait and how many are inside.
pub(super) fn plot<P: Client>(world: &World) -> Vec<(String, i64)> {
    let phases = phases::<P>(world);
    let count = |phase| i64::from(those(&phases, phase).len() as u32);
    vec![("waiting".to_owned(), count(Phase::Waiting)), ("in the critical section".to_owned(), count(Phase::Inside))]
}
