//! Quorums: sets of voters of which any two have one in common.

use super::{Member, entries_at_rest};
use crate::{
    Datum, NodeId, Setup, World,
    json::{Json, Read as _},
    read_record,
};
use serde::Serialize;

/// Perfect difference sets: shifted round, they are the lines of a projective plane, and any two share exactly one voter.
const PLANES: [(u32, &[u32]); 4] = [(3, &[0, 1]), (7, &[0, 1, 3]), (13, &[0, 1, 3, 9]), (21, &[0, 1, 4, 14, 16])];

/// The scenario's `config`: `{"quorums": [[0, 1], [1, 2], [2, 0]]}`, one a process.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Config {
    quorums: Vec<Vec<u32>>,
}

read_record!(Config { quorums });

/// The quorum of a process, in the order of ids: as configured, a line of a plane where there is one, else the row and
/// the column of the process in a grid.
pub(super) fn of(setup: &Setup, me: NodeId) -> Vec<NodeId> {
    let n = setup.nodes.len() as u32;
    let plane = PLANES.iter().find(|(size, _)| *size == n && setup.parameter("quorums") == 0);
    let mut quorum: Vec<NodeId> = if let Some(config) = setup.config::<Config>() {
        config.quorums.get(me.index()).into_iter().flatten().copied().map(NodeId).collect()
    } else if let Some((_, difference)) = plane {
        difference.iter().map(|shift| NodeId((me.0 + shift) % n)).collect()
    } else {
        // The last row may be short: then the row of one and the column of the other meet in a row above it.
        let width = (1..=n).find(|width| width * width >= n).unwrap_or(1);
        let same = |node: &u32| node / width == me.0 / width || node % width == me.0 % width;
        (0..n).filter(same).map(NodeId).collect()
    };
    quorum.sort_unstable();
    quorum.dedup();
    quorum
}

/// Reads and checks the configuration: one quorum a process, each with its process in it, any two with a common voter.
pub(super) fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected = || format!("expected {{\"quorums\": [[…], …]}} with {nodes} lists of numbers below {nodes}");
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {}", expected()))?;
    let quorums = &config.quorums;
    if quorums.len() != nodes as usize || quorums.iter().flatten().any(|&node| node >= nodes) {
        return Err(expected());
    }
    for (i, mine) in (0..nodes).zip(quorums) {
        if !mine.contains(&i) {
            return Err(format!("the quorum of {i} does not contain {i}"));
        }
        for (j, theirs) in (0..nodes).zip(quorums) {
            if !mine.iter().any(|node| theirs.contains(node)) {
                return Err(format!("the quorums of {i} and {j} have no voter in common"));
            }
        }
    }
    Ok(Some(Datum::new(config)))
}

/// What was sent, and `times` (K − 1) for each entry, with the K of the largest quorum; only where all have K alike.
pub(super) fn cost(world: &World, times: u64) -> Option<(u64, u64)> {
    let entries = entries_at_rest::<Member>(world)?;
    let mut sizes = world.processes::<Member>().map(|(_, member)| member.quorum.len() as u64);
    let size = sizes.next()?;
    sizes.all(|other| other == size).then(|| (world.tally().sent_in_all(), times * (size - 1) * entries))
}
