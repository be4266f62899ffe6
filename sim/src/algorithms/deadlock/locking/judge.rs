//! What is judged about a run.

use super::{
    Detector, Edge, Message, NodeId, Output, Party, Phase, ProcessId, ResourceId, Site, Spool,
    graph::{self, Transaction},
    policy::Policy,
    program::Config,
};
use crate::order::Order as _;
use crate::sorted::{Map, Set};
use crate::{Effect, Step, Violation, World, causality::Claim, property::Monitor};

pub(super) fn policy(world: &World) -> Policy {
    world.policy().and_then(crate::Datum::get).copied().unwrap_or_default()
}

/// Whether no deadlock can come about: sharing helps only where every resource can be shared.
fn promised(world: &World) -> bool {
    let policy = policy(world);
    let all =
        world.setup().config::<Config>().is_some_and(|config| config.layout.resources.iter().all(|one| one.spooled));
    Policy { mutual_exclusion: policy.mutual_exclusion || !all, ..policy }.prevents() && unchanged(world)
}

/// Whether the rules are still those of the start: what was begun under others keeps its promises to nobody.
pub(super) fn unchanged(world: &World) -> bool {
    world.policy() == world.setup().policy.as_ref()
}

/// An edge of the true graph: who waits by which request, and who holds by which.
pub type TrueEdge = ((Transaction, u32), (Transaction, u32));

/// Who waits for whom at this instant. A process waits for a resource from the moment it asks until the moment in which
/// the resource is granted to it; it holds one from that moment until it gives it back. What is in a message under way
/// has happened already, though the receiver does not know it yet.
pub fn true_graph(world: &World) -> Vec<TrueEdge> {
    let mut holders: Map<ResourceId, Vec<(Transaction, u32)>> = Map::new();
    for (_, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            for (&resource, &number) in &local.holds {
                holders.or_default(resource).push(((process, local.round), number));
            }
        }
    }
    for flight in world.flights() {
        let Some(&Message::Grant { process, resource, number }) = flight.payload.get() else { continue };
        let local = world.process_at::<Site>(flight.to).and_then(|site| site.processes.get(&process));
        if let Some(local) = local.filter(|local| local.waits.get(&resource) == Some(&number)) {
            holders.or_default(resource).push(((process, local.round), number));
        }
    }
    let mut edges = Vec::new();
    for (_, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            for (resource, &number) in &local.waits {
                let Some(held) = holders.get(resource) else { continue };
                let others = held.iter().filter(|((holder, _), _)| *holder != process);
                edges.extend(others.map(|holder| (((process, local.round), number), *holder)));
            }
        }
    }
    edges.order();
    edges.dedup();
    edges
}

/// The transactions of the graph that are on a cycle.
fn on_cycles(edges: &[TrueEdge]) -> Set<Transaction> {
    let mut nodes: Vec<Transaction> = edges.iter().flat_map(|(from, to)| [from.0, to.0]).collect();
    nodes.order();
    nodes.dedup();
    let position = |node: &Transaction| nodes.binary_search(node).unwrap_or_default();
    let pairs: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (position(&from.0), position(&to.0))).collect();
    let on = crate::graph::on_cycle(nodes.len(), &pairs);
    edges.iter().zip(on).filter(|(_, on)| *on).map(|((from, _), _)| from.0).collect()
}

fn site_of(world: &World, process: ProcessId) -> Option<NodeId> {
    world.setup().config::<Config>()?.layout.party(process).map(|party| party.site)
}

fn list(processes: &[Transaction]) -> String {
    let names: Vec<String> = processes.iter().map(|(process, _)| process.to_string()).collect();
    names.join(", ")
}

// Properties of the workload.

/// A resource is with one process at a time; where it is spooled, with the daemon alone, while any number write files.
pub fn one_at_a_time(world: &World) -> Result<(), Violation> {
    for (at, site) in world.processes::<Site>() {
        let busy = |id| usize::from(site.spools.get(id).is_some_and(Spool::is_printing));
        if let Some((id, _)) = site.resources.iter().find(|(id, lent)| lent.holders.len() + busy(id) > 1) {
            return Err(Violation::new(format!("{id} is with more than one at a time."), [at]));
        }
    }
    if !(policy(world).mutual_exclusion && unchanged(world)) {
        return Ok(());
    }
    let mut holders: Map<ResourceId, (ProcessId, NodeId)> = Map::new();
    for (at, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            for &resource in local.holds.keys() {
                if let Some((other, there)) = holders.insert(resource, (process, at)) {
                    return Err(Violation::new(format!("{other} and {process} both hold {resource}."), [there, at]));
                }
            }
        }
    }
    Ok(())
}

/// Under rules that prevent or avoid deadlock there is none.
pub fn no_deadlock_where_promised(world: &World) -> Result<(), Violation> {
    if !promised(world) {
        return Ok(());
    }
    // The wound is under way to whoever must give way: until it is there, the older one waits for the younger.
    let wounded = world.flights().any(|flight| matches!(flight.payload.get(), Some(Message::GiveWay { .. })));
    let edges = true_graph(world);
    let caught: Vec<Transaction> = on_cycles(&edges).into_iter().collect();
    if caught.is_empty() || wounded || !is_settled(world, &edges) {
        return Ok(());
    }
    let sites: Set<NodeId> = caught.iter().filter_map(|(process, _)| site_of(world, *process)).collect();
    let why = format!("{} wait for each other in a circle, though the rules promise that nobody does.", list(&caught));
    Err(Violation::new(why, sites))
}

/// Whether each wait is known where the resource is: before that nobody could have decided anything about it.
fn is_settled(world: &World, edges: &[TrueEdge]) -> bool {
    let mut known: Vec<TrueEdge> = world
        .processes::<Site>()
        .flat_map(|(_, site)| site.local_graph())
        .map(|edge| ((edge.from(), edge.waiter.number), (edge.to(), edge.holder.number)))
        .collect();
    // Who waits for the banker's leave waits for what the banker has lent.
    for (_, site) in world.processes::<Site>() {
        let deferred: Vec<u32> = site.banker.queue.iter().map(|(_, ticket)| ticket.number).collect();
        known.extend(edges.iter().filter(|(from, _)| deferred.contains(&from.1)));
    }
    let caught = on_cycles(edges);
    let inside = edges.iter().filter(|(from, to)| caught.contains(&from.0) && caught.contains(&to.0));
    inside.into_iter().all(|edge| known.contains(edge))
}

/// Where what is needed is to be had at once or not at all, nobody stands in a queue with something in its hands.
pub fn nobody_holds_and_waits(world: &World) -> Result<(), Violation> {
    let Policy { hold_and_wait, mutual_exclusion, avoidance, .. } = policy(world);
    if hold_and_wait || !mutual_exclusion || avoidance || !unchanged(world) {
        return Ok(());
    }
    for (at, site) in world.processes::<Site>() {
        for (process, local) in &site.processes {
            if local.phase == Phase::Rests && !local.holds.is_empty() {
                let held: Vec<String> = local.holds.keys().map(ToString::to_string).collect();
                let why = format!("{process} holds {} while it waits for something else.", held.join(", "));
                return Err(Violation::new(why, [at]));
            }
        }
    }
    Ok(())
}

/// Nobody gives way to somebody who has begun after it.
pub struct OnlyToTheOlder;

impl Monitor for OnlyToTheOlder {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for output in step.outputs() {
            if let Some(&Output::GivesWay { process, began, to: Some(to), .. }) = output.get()
                && began < to
            {
                let other = to.1;
                let why = format!("{process} began before {other}, and has to give way to it: it can happen for ever.");
                return Err(Violation::new(why, site_of(world, process)));
            }
        }
        Ok(())
    }
}

/// Every program comes to its end, where the rules promise that nobody waits for ever.
pub fn every_program_ends(world: &World) -> Result<(), Violation> {
    if !promised(world) {
        return Ok(());
    }
    let rests_by_hand = world.setup().parameter("restart") == 2;
    for (at, site) in world.processes::<Site>() {
        for (process, local) in &site.processes {
            let waits = local.phase == Phase::Waits;
            if waits || local.phase == Phase::Rests {
                // What somebody else holds by hand is the user's.
                let by_hand = world.processes::<Site>().any(|(_, other)| {
                    other.processes.values().any(|other| other.phase == Phase::Idle && !other.holds.is_empty())
                });
                let why = format!("{process} has not come to the end of its program.");
                let turn = by_hand || rests_by_hand && !waits;
                return Err(Violation::new(why, [at]).users_turn(turn || rests_by_hand));
            }
        }
    }
    Ok(())
}

// Properties of detectors.

/// A cycle that is reported has existed: all its waits at one and the same time.
pub struct ReportedHasExisted;

/// The cycles that have existed, each as its waits, and whether somebody was rolled back or ended in between.
#[derive(Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Seen {
    waits: Set<Vec<TrueEdge>>,
    disturbed: bool,
}

impl Monitor for ReportedHasExisted {
    type State = Seen;

    fn observe(state: &mut Seen, step: &Step, world: &World) -> Result<(), Violation> {
        let edges = true_graph(world);
        let caught = on_cycles(&edges);
        if !caught.is_empty() {
            let inside = edges.iter().filter(|(from, to)| caught.contains(&from.0) && caught.contains(&to.0));
            state.waits.insert(inside.copied().collect());
        }
        state.disturbed |= step.outputs().any(|output| matches!(output.get(), Some(Output::GivesWay { .. })));
        for effect in &step.effects {
            let Effect::Output(at, output) = effect else { continue };
            let Some(Output::Deadlock(parties)) = output.get() else { continue };
            let Some(cycle) = world.process_at::<Site>(*at).and_then(|site| latest(site, parties)) else { continue };
            let waits: Vec<TrueEdge> =
                cycle.iter().map(|edge| ((edge.from(), edge.waiter.number), (edge.to(), edge.holder.number))).collect();
            let existed = state.waits.iter().any(|seen| waits.iter().all(|wait| seen.contains(wait)));
            // Paths promise nothing where somebody gives way while they are under way.
            let excused = state.disturbed && world.setup().algorithm.id == "deadlock/detect-wfg-pex";
            if !existed && !excused {
                let why = format!(
                    "{} are reported to wait for each other in a circle, and at no time have they all done so: a phantom.",
                    graph::members(cycle)
                );
                return Err(Violation::new(why, [*at]));
            }
        }
        Ok(())
    }
}

/// The cycle of these processes that a site has reported.
fn latest<'a>(site: &'a Site, parties: &[Party]) -> Option<&'a [Edge]> {
    let cycles = site.reported().into_iter().rev();
    cycles.into_iter().find(|cycle| Site::parties(cycle) == parties)
}

/// Of every circle of processes that wait for each other, somebody has reported some cycle.
pub fn every_deadlock_is_reported(world: &World) -> Result<(), Violation> {
    let edges = true_graph(world);
    let mut open = on_cycles(&edges);
    if open.is_empty() {
        return Ok(());
    }
    let sites = world.processes::<Site>();
    let reported: Vec<TrueEdge> = sites
        .flat_map(|(_, site)| site.reported().concat())
        .map(|edge| ((edge.from(), edge.waiter.number), (edge.to(), edge.holder.number)))
        .collect();
    // Whoever is on a cycle with a wait that was reported is in a deadlock that is known.
    let mut known: Vec<Transaction> =
        edges.iter().filter(|edge| reported.contains(edge)).map(|(from, _)| from.0).collect();
    while let Some(node) = known.pop() {
        if open.remove(&node) {
            known.extend(
                edges.iter().filter(|(from, to)| from.0 == node || to.0 == node).flat_map(|(from, to)| [from.0, to.0]),
            );
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let missing: Vec<Transaction> = open.into_iter().collect();
    let sites: Set<NodeId> = missing.iter().filter_map(|(process, _)| site_of(world, *process)).collect();
    let has = |name: &str| world.setup().algorithm.parameters.iter().any(|parameter| parameter.name == name);
    let by_hand = has("transfer") && world.setup().parameter("transfer") == 2;
    let turn = if by_hand { " You can let the controller ask for reports." } else { "" };
    let why = format!("{} wait for each other in a circle, and nobody has reported it.{turn}", list(&missing));
    Err(Violation::new(why, sites).users_turn(by_hand))
}

/// No two sites have reported the same cycle.
pub fn reported_once(world: &World) -> Result<(), Violation> {
    let Some(config) = world.setup().config::<Config>() else { return Ok(()) };
    let moved = |(at, site): (NodeId, &Site)| match &site.detector {
        Detector::Controller(own) => own.parent != config.parents.get(at.index()).copied().flatten(),
        _ => false,
    };
    if world.processes::<Site>().any(moved) {
        return Ok(());
    }
    let mut known: Vec<(Vec<Edge>, NodeId)> = Vec::new();
    for (at, site) in world.processes::<Site>() {
        for cycle in site.reported() {
            if let Some((_, other)) = known.iter().find(|(known, _)| known == cycle) {
                let why = format!("The cycle of {} is reported by two sites.", graph::members(cycle));
                return Err(Violation::new(why, [*other, at]));
            }
            known.push((cycle.to_vec(), at));
        }
    }
    Ok(())
}

/// No two sites report the same cycle, as long as all waits form one line or ring, which enters each site once.
pub struct ReportedByOneSite;

/// The waits that there have ever been, and whether they have branched.
#[derive(Clone, Default, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Waits {
    pairs: Set<(Transaction, Transaction)>,
    branched: bool,
}

impl Monitor for ReportedByOneSite {
    type State = Waits;

    fn observe(state: &mut Waits, _: &Step, world: &World) -> Result<(), Violation> {
        if state.branched {
            return Ok(());
        }
        let config = world.setup().config::<Config>();
        for (at, site) in world.processes::<Site>() {
            for edge in site.local_graph() {
                let pair = (edge.from(), edge.to());
                let joins =
                    |other: &&(Transaction, Transaction)| **other != pair && (other.0 == pair.0 || other.1 == pair.1);
                state.branched |= state.pairs.iter().find(joins).is_some() || edge.holder.who.site != at;
                state.pairs.insert(pair);
            }
        }
        // The holders live where they are waited for: two at one site are two visits.
        let homes = state.pairs.iter().filter_map(|(_, (process, _))| config?.layout.party(*process));
        let mut homes: Vec<NodeId> = homes.map(|party| party.site).collect();
        homes.order();
        state.branched |= homes.windows(2).any(|two| two[0] == two[1]);
        if state.branched {
            state.pairs.clear();
            return Ok(());
        }
        reported_once(world)
    }
}

/// What the report of a cycle claims: that each of its processes still waits by its request, that the next one holds by
/// its own, and that the resource is with that one and not on its way to the other.
pub fn claims(step: &Step, world: &World) -> Vec<Claim> {
    let reported = step.effects.iter().find_map(|effect| match effect {
        Effect::Output(at, output) => match output.get() {
            Some(Output::Deadlock(parties)) => latest(world.process_at::<Site>(*at)?, parties),
            _ => None,
        },
        _ => None,
    });
    let mut claims = Vec::new();
    for edge in reported.into_iter().flatten() {
        let resource = edge.resource;
        let (waiter, holder) = (edge.waiter.who, edge.holder.who);
        let (asked, held) = (edge.waiter.number, edge.holder.number);
        claim(&mut claims, holder.site, format!("{} holds {resource}", holder.process), move |site| {
            site.processes.get(&holder.process).is_some_and(|local| {
                // What was lent to it may still be under way.
                [&local.holds, &local.waits].iter().any(|map| map.get(&resource) == Some(&held))
            })
        });
        claim(&mut claims, waiter.site, format!("{} waits for {resource}", waiter.process), move |site| {
            site.processes.get(&waiter.process).is_some_and(|local| local.waits.get(&resource) == Some(&asked))
        });
        let lender = world.setup().config::<Config>().and_then(|config| config.layout.site_of(resource));
        claim(
            &mut claims,
            lender.unwrap_or(holder.site),
            format!("{resource} is lent to {}", holder.process),
            move |site| {
                let holders = site.resources.get(&resource).map_or(&[][..], |lent| &lent.holders);
                holders.iter().any(|ticket| (ticket.who, ticket.number) == (holder, held))
            },
        );
    }
    claims
}

fn claim(claims: &mut Vec<Claim>, node: NodeId, words: String, holds: impl Fn(&Site) -> bool + 'static) {
    let holds = Box::new(move |world: &World| world.process_at::<Site>(node).is_some_and(&holds));
    claims.push(Claim { node, words, holds });
}
