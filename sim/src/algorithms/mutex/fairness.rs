//! Fairness, judged in the same way for every mutual exclusion: how often a process that waits is overtaken, and whether
//! requests are served in the order in which they were made. What an algorithm does not promise is judged all the same.

use super::application::{Client, Phase};
use crate::{
    Effect, Life, NodeId, Step, Violation, World,
    property::Monitor,
    sorted::{Map, Set},
};
use serde::Serialize;
use std::marker::PhantomData;

pub(super) const OVERTAKEN: &str = "once a request is known, each other process enters at most once before it";
pub(super) const CAUSAL: &str = "a request that happened before another is served before it";

/// Counts, for each process that waits, how often each other one has entered although the request was known.
pub(super) struct Overtaking<P>(PhantomData<P>);

impl<P: Client> Monitor for Overtaking<P> {
    type State = Entries;

    fn concerns(step: &Step) -> bool {
        told(step, "Entered").next().is_some()
    }
    fn observe(state: &mut Entries, step: &Step, world: &World) -> Result<(), Violation> {
        count_entries(state, step, world, &|id| waits::<P>(world, id), &|waiting, entered| {
            P::is_known(world, waiting, entered)
        })
    }
    fn read(state: &Entries, world: &World) -> String {
        say_most(state, world, &|id| waits::<P>(world, id))
    }
}

/// Compares the order of the entries with happened-before among the requests. It needs vector stamps, and is silent where
/// none are kept.
pub(super) struct Causality<P>(PhantomData<P>);

impl<P: Client> Monitor for Causality<P> {
    type State = Requests;

    fn concerns(step: &Step) -> bool {
        step.stamps.event.vector.is_some() && step.outputs().next().is_some()
    }
    fn observe(state: &mut Requests, step: &Step, world: &World) -> Result<(), Violation> {
        compare_with_causality(state, step, &|id| waits::<P>(world, id))
    }
}

/// How often the second has entered while the first waited and was known.
type Entries = Map<(NodeId, NodeId), u32>;

/// The requests that wait.
type Requests = Map<NodeId, Pending>;

/// A request that waits.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Pending {
    /// The how-manieth event of its process it is.
    at: u32,
    /// Whose requests, of those that waited then, happened before it.
    before: Set<NodeId>,
}

/// Who told this in a step, in order.
fn told<'a>(step: &'a Step, kind: &'a str) -> impl Iterator<Item = NodeId> {
    step.effects.iter().filter_map(move |effect| match effect {
        Effect::Output(node, output) if output.kind() == kind => Some(*node),
        _ => None,
    })
}

/// Whether a process is up and waits.
fn waits<P: Client>(world: &World, id: NodeId) -> bool {
    let up = world.node(id).is_some_and(|node| node.life() == Life::Up);
    up && world.process_at::<P>(id).is_some_and(|process| process.phase() == Phase::Waiting)
}

fn count_entries(
    state: &mut Entries,
    step: &Step,
    world: &World,
    waits: &dyn Fn(NodeId) -> bool,
    is_known: &dyn Fn(NodeId, NodeId) -> bool,
) -> Result<(), Violation> {
    let mut verdict = Ok(());
    for entered in told(step, "Entered") {
        state.retain(|(waiting, _), _| *waiting != entered && waits(*waiting));
        for &waiting in world.members() {
            if waiting == entered || !waits(waiting) || !is_known(waiting, entered) {
                continue;
            }
            let times = state.or_insert((waiting, entered), 0);
            *times += 1;
            if *times > 1 {
                let why = format!("{entered} enters again, and {waiting}, whose request was known, still waits.");
                verdict = Err(Violation::new(why, [waiting, entered]));
            }
        }
    }
    verdict
}

fn say_most(state: &Entries, world: &World, waits: &dyn Fn(NodeId) -> bool) -> String {
    let waiting = state.iter().filter(|((waiting, _), _)| waits(*waiting));
    let most = waiting.max_by_key(|(pair, times)| (**times, std::cmp::Reverse(**pair)));
    let Some(((waiting, by), times)) = most else { return String::new() };
    let times = match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    format!("{} has been overtaken {times} by {}.", world.name(*waiting), world.name(*by))
}

fn compare_with_causality(state: &mut Requests, step: &Step, waits: &dyn Fn(NodeId) -> bool) -> Result<(), Violation> {
    if let (Some(asks), Some(vector)) = (told(step, "Wanted").next(), &step.stamps.event.vector) {
        state.retain(|&id, _| waits(id));
        let events = |id: NodeId| vector.get(id.index()).copied().unwrap_or(0);
        let before = state.iter().filter(|(id, request)| events(**id) >= request.at).map(|(id, _)| *id).collect();
        state.insert(asks, Pending { at: events(asks), before });
    }
    let mut verdict = Ok(());
    for entered in told(step, "Entered") {
        let Some(request) = state.remove(&entered) else { continue };
        if let Some(first) = request.before.iter().find(|&&id| waits(id)) {
            let why = format!("The request of {first} happened before that of {entered}, and {entered} is in first.");
            verdict = Err(Violation::new(why, [*first, entered]));
        }
        for other in state.values_mut() {
            other.before.remove(&entered);
        }
    }
    verdict
}
