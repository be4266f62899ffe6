//! The clock condition, judged for every pair of events, however far apart: a → b implies C(a) < C(b). Shared by the topics
//! whose events have a stamp that is one number.
//!
//! `→` is the least transitive relation that holds between an event and the next one of its process, and between a
//! sending and its receipts; `<` is transitive. So the condition holds for all pairs exactly if it holds for these, and
//! it is enough to remember the stamp of the latest event of every process.

use crate::sorted::Map;
use crate::{Cause, NodeId, Step, Violation, World};

/// The stamp of the latest event of each process.
pub type Latest = Map<NodeId, i64>;

/// The process whose event a step is; nothing for a timer, a crash, and what reaches a process that is down: those are no
/// events of the stamped kind.
pub fn event_at(step: &Step, world: &World) -> Option<NodeId> {
    let node = step.node.filter(|_| matches!(step.cause, Cause::Message { .. } | Cause::Request(_)))?;
    world.node(node).filter(|node| node.life() == crate::Life::Up).map(|_| node)
}

/// Judges the event of `id` with this stamp. `received` is the stamp of the message that came, `carried` those of the
/// messages that it sends, and `shown` writes a stamp.
pub fn judge(
    latest: &mut Latest,
    (id, stamp): (NodeId, i64),
    received: Option<(NodeId, i64)>,
    mut carried: impl Iterator<Item = i64>,
    shown: fn(i64) -> String,
) -> Result<(), Violation> {
    let before = latest.insert(id, stamp).filter(|&before| before >= stamp);
    let own = shown(stamp);
    if let Some((from, ts)) = received.filter(|&(_, ts)| ts >= stamp) {
        let why = format!("The receipt at {id} is stamped {own}, and the sending at {from} before it {}.", shown(ts));
        return Err(Violation::new(why, [id, from]));
    }
    if let Some(before) = before {
        let why = format!("This event of {id} is stamped {own}, and the one before it in {id} {}.", shown(before));
        return Err(Violation::new(why, [id]));
    }
    match carried.find(|&ts| ts != stamp) {
        Some(ts) => {
            let why = format!("{id} sends {} with a message, and stamps the sending {own}.", shown(ts));
            Err(Violation::new(why, [id]))
        }
        None => Ok(()),
    }
}
