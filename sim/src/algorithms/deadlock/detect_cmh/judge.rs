//! What is judged and counted about a run of the probe algorithm.

use super::{Layout, Message, Output, ProcessId, ResourceId, Site};
use crate::order::Order as _;
use crate::sorted::{Map, Set};
use crate::{Effect, NodeId, Step, Violation, World, property::Monitor};

/// Edges from processes that wait to those for which they wait.
pub type Edges = Vec<(ProcessId, ProcessId)>;

/// Whether a way along the edges leads from a process back to it.
pub fn is_on_cycle(edges: &[(ProcessId, ProcessId)], process: ProcessId) -> bool {
    reachable(edges, process).contains(&process)
}

/// Where the ways along the edges lead that start at a process; the process itself only if one leads back.
fn reachable(edges: &[(ProcessId, ProcessId)], process: ProcessId) -> Set<ProcessId> {
    let mut found = Set::new();
    let mut open = vec![process];
    while let Some(from) = open.pop() {
        for &(_, to) in edges.iter().filter(|(known, _)| *known == from) {
            if found.insert(to) {
                open.push(to);
            }
        }
    }
    found
}

/// The edges of a shortest cycle through a process, if there is one.
fn cycle_through(edges: &[(ProcessId, ProcessId)], process: ProcessId) -> Option<Edges> {
    let mut before: Map<ProcessId, ProcessId> = Map::new();
    let mut open = vec![process];
    let mut next = 0;
    while let Some(&from) = open.get(next) {
        next += 1;
        for &(_, to) in edges.iter().filter(|(known, _)| *known == from) {
            if to != process && !before.contains_key(&to) {
                before.insert(to, from);
                open.push(to);
            }
            if to == process {
                let mut cycle = vec![(from, to)];
                let mut at = from;
                while at != process {
                    let previous = *before.get(&at)?;
                    cycle.push((previous, at));
                    at = previous;
                }
                return Some(cycle);
            }
        }
    }
    None
}

/// The wait-for graph of this instant. A process waits for a resource from the moment it asks until the moment in which
/// the resource is granted to it; it holds one from that moment until it releases it. What is in a message under way has
/// happened already, though the receiver does not know it yet.
fn wait_for_graph(world: &World) -> Edges {
    let mut holders: Map<ResourceId, ProcessId> = Map::new();
    for (_, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            holders.extend(local.holds.keys().map(|&resource| (resource, process)));
        }
    }
    for flight in world.flights() {
        if let Some(&Message::Grant { process, resource, .. }) = flight.payload.get() {
            holders.insert(resource, process);
        }
    }
    let mut edges = Vec::new();
    for (_, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            let waited = local.waits.keys().filter_map(|resource| holders.get(resource));
            edges.extend(waited.filter(|&&holder| holder != process).map(|&holder| (process, holder)));
        }
    }
    edges.order();
    edges.dedup();
    edges
}

/// The edges that the site of the waiting process knows, and that are still there.
fn known_graph(world: &World) -> Edges {
    let mut edges = Vec::new();
    for (_, site) in world.processes::<Site>() {
        for (&process, local) in &site.processes {
            for (holder, claims) in local.holders() {
                let Some(site) = world.process_at::<Site>(holder.site) else { continue };
                let Some(other) = site.processes.get(&holder.process) else { continue };
                if claims
                    .iter()
                    .any(|(resource, grant)| other.holds.get(resource).is_some_and(|held| held.grant == *grant))
                {
                    edges.push((process, holder.process));
                }
            }
        }
    }
    edges
}

fn site_of(world: &World, process: ProcessId) -> Option<NodeId> {
    world.setup().config::<Layout>()?.party(process).map(|party| party.site)
}

fn list(processes: &[ProcessId]) -> String {
    let names: Vec<String> = processes.iter().map(ToString::to_string).collect();
    match names.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, start)) => format!("{} and {end}", start.join(", ")),
        None => "nobody".into(),
    }
}

// Properties.

/// At the moment in which a process declares that it is in a deadlock, it is on a cycle of the wait-for graph of that
/// moment. What happens to the cycle later is no business of this check.
pub struct DeclaredIsReal;

impl Monitor for DeclaredIsReal {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for effect in &step.effects {
            let Effect::Output(site, output) = effect else { continue };
            let Some(&Output::Deadlock(process)) = output.get() else { continue };
            let edges = wait_for_graph(world);
            if is_on_cycle(&edges, process) {
                continue;
            }
            let waits: Vec<ProcessId> = edges.iter().filter(|(from, _)| *from == process).map(|(_, to)| *to).collect();
            let why = if waits.is_empty() {
                "what it waits for is free or granted to it by now".to_owned()
            } else {
                format!("it waits for {}, and no way leads back from there", list(&waits))
            };
            let early = if world.setup().parameter("when-blocked") == 1 {
                " Blocked processes may release here; the algorithm relies on their not doing so."
            } else {
                ""
            };
            let why = format!("{process} declares a deadlock, but {why}: a phantom.{early}");
            return Err(Violation::new(why, [*site]));
        }
        Ok(())
    }
}

/// A run that starts when its initiator is on a cycle of edges that the sites know does not end before the initiator has
/// declared, as long as the cycle stands.
pub struct ComesHome;

/// For each such initiator: the number of its run, and the cycle.
pub type RunsOnCycles = Map<ProcessId, (Option<u32>, Edges)>;

impl Monitor for ComesHome {
    type State = RunsOnCycles;

    fn observe(state: &mut RunsOnCycles, step: &Step, world: &World) -> Result<(), Violation> {
        let outputs: Vec<&Output> = step.outputs().filter_map(crate::Datum::get).collect();
        if state.is_empty() && outputs.is_empty() {
            return Ok(());
        }
        let edges = known_graph(world);
        for output in outputs {
            match *output {
                Output::Probes(process, run) => {
                    state.remove(&process);
                    if let Some(cycle) = cycle_through(&edges, process) {
                        state.insert(process, (run, cycle));
                    }
                }
                Output::Deadlock(process) => drop(state.remove(&process)),
                _ => {}
            }
        }
        state.retain(|_, (_, cycle)| cycle.iter().all(|edge| edges.contains(edge)));
        for (&process, &(run, _)) in state.iter() {
            if !is_under_way(world, process, run) {
                let why = format!(
                    "{process} was on a cycle when it started its probe, and still is, but the probe has ended without coming home."
                );
                return Err(Violation::new(why, site_of(world, process)));
            }
        }
        Ok(())
    }
}

fn is_under_way(world: &World, initiator: ProcessId, run: Option<u32>) -> bool {
    world.flights().filter_map(|flight| flight.payload.get()).any(|message| match message {
        Message::Probe(probe) => probe.initiator == initiator && probe.run == run,
        _ => false,
    })
}

/// Whoever is on a cycle has declared it, or another process of the same cycle has.
pub fn every_deadlock_is_declared(world: &World) -> Result<(), Violation> {
    let edges = wait_for_graph(world);
    let sites = world.processes::<Site>();
    let declared: Set<ProcessId> = sites
        .flat_map(|(_, site)| site.processes.iter().filter(|(_, local)| local.deadlocked).map(|(process, _)| *process))
        .collect();
    let mut judged: Set<ProcessId> = Set::new();
    for &(process, _) in &edges {
        if judged.contains(&process) || !is_on_cycle(&edges, process) {
            continue;
        }
        let circle: Vec<ProcessId> = reachable(&edges, process)
            .into_iter()
            .filter(|&other| reachable(&edges, other).contains(&process))
            .collect();
        judged.extend(&circle);
        if !circle.iter().any(|member| declared.contains(member)) {
            let by_hand = world.setup().parameter("start") == 1;
            let turn = if by_hand { " You can start a probe for one of them." } else { "" };
            let why = format!("{} wait for each other in a circle, and none of them knows it.{turn}", list(&circle));
            let sites: Set<NodeId> = circle.iter().filter_map(|&member| site_of(world, member)).collect();
            return Err(Violation::new(why, sites).users_turn(by_hand));
        }
    }
    Ok(())
}

/// Within one run a probe goes along each edge at most once.
pub struct OncePerEdge;

/// Initiator, run, sender, receiver: of the runs of which a probe is still under way.
pub type Passed = Set<(ProcessId, Option<u32>, ProcessId, ProcessId)>;

impl Monitor for OncePerEdge {
    type State = Passed;

    fn observe(state: &mut Passed, step: &Step, world: &World) -> Result<(), Violation> {
        let mut verdict = Ok(());
        for effect in &step.effects {
            match effect {
                Effect::Output(_, output) => {
                    if let Some(&Output::Probes(process, run)) = output.get() {
                        state.retain(|&(initiator, known, ..)| (initiator, known) != (process, run));
                    }
                }
                // A copy that the network makes is nobody's probe.
                Effect::Sent { id, payload, .. } if id.copy == 0 => {
                    let Some(Message::Probe(probe)) = payload.get() else { continue };
                    if !state.insert((probe.initiator, probe.run, probe.sender, probe.receiver)) {
                        let why = format!("The probe {probe} is sent a second time in the same run.");
                        verdict = Err(Violation::new(why, [id.from]));
                    }
                }
                _ => {}
            }
        }
        // A run of which nothing is under way has ended: what it passed matters no more.
        state.retain(|&(initiator, run, ..)| is_under_way(world, initiator, run));
        verdict
    }
}

// Costs and plots.

/// Probes between sites, and what they may be at most. While no resource changes hands the graph only grows, so that the
/// edges of now are at least those of each run.
pub fn count_probes(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let runs = tally.outputs("Probes");
    let moved = tally.sent("Grant") + tally.sent("Release") + tally.outputs("Granted");
    let undisturbed = world.broken_assumption().is_none() && world.setup().variant.is_none();
    if runs == 0 || moved > 0 || !undisturbed {
        return None;
    }
    let between_sites = |&&(from, to): &&(ProcessId, ProcessId)| site_of(world, from) != site_of(world, to);
    let edges = wait_for_graph(world).iter().filter(between_sites).count() as u64;
    Some((tally.sent("Probe"), runs * edges))
}

/// How many processes of each site are blocked.
pub fn plot_of_blocked(world: &World) -> Vec<(String, i64)> {
    let blocked = |site: &Site| site.processes.values().map(|local| i64::from(local.is_blocked())).sum();
    world.processes::<Site>().map(|(id, site)| (world.name(id).to_owned(), blocked(site))).collect()
}
