//! Who waits in vain, by the definition: what the verdicts of the benches are compared with.

use super::{Holdings, Units};
use crate::{
    algorithms::deadlock::names::{ProcessId, ResourceId},
    sorted::{Map, Set},
};

/// By the definition, not by reduction: the largest set of processes that wait, each in vain even when everybody outside
/// it has given back all.
pub fn in_vain(graph: &Holdings) -> Set<ProcessId> {
    let blocked = graph.processes.keys().copied().filter(|&process| graph.is_blocked(process));
    let mut set: Set<ProcessId> = blocked.collect();
    let mut rest: Map<ResourceId, u32> = graph.resources.iter().map(|(id, resource)| (*id, resource.units)).collect();
    for ((process, resource), units) in &graph.claims {
        if set.contains(process) {
            *rest.or_insert(*resource, 0) -= units.holds;
        }
    }
    // Whoever does not wait in vain leaves the set and gives back what it holds, until nobody leaves any more: what is
    // left then does not depend on the order.
    loop {
        let before = set.len();
        for process in set.iter().copied().collect::<Vec<_>>() {
            let lacks = |(resource, units): (ResourceId, Units)| rest[&resource] < units.wants;
            let mut wants = graph.of(process).filter(|(_, units)| units.wants > 0);
            let any = graph.processes.get(&process).is_some_and(|process| process.any);
            if if any { wants.all(lacks) } else { wants.any(lacks) } {
                continue;
            }
            set.remove(&process);
            for (resource, units) in graph.of(process) {
                *rest.or_insert(resource, 0) += units.holds;
            }
        }
        if set.len() == before {
            return set;
        }
    }
}

/// Whom those who wait for a resource of one unit wait for because of it: an edge from each to the holder.
pub fn wait_for(graph: &Holdings, resource: ResourceId) -> Vec<(ProcessId, ProcessId)> {
    let of = || graph.claims.iter().filter(move |((_, what), _)| *what == resource);
    let holders = || of().filter(|(_, units)| units.holds > 0).map(|((process, _), _)| *process);
    let waiters = of().filter(|(_, units)| units.wants > 0).map(|((process, _), _)| *process);
    let edges = waiters.flat_map(|waiter| holders().map(move |holder| (waiter, holder)));
    edges.filter(|(waiter, holder)| waiter != holder).collect()
}
