//! What happened before what, within a window of the run.

use super::{Kind, Window};
use crate::sorted::Map;
use crate::{MessageId, NodeId};

/// How an event is related to the selected one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Causality {
    /// Nothing is selected, or it is the selected one.
    Plain,
    /// It happened before.
    Past,
    /// It happened after.
    Future,
    /// Neither.
    Concurrent,
}

/// How the events of the window are related to the one at this depth, along lines and messages.
pub(super) fn relations(window: &Window, selected: Option<u32>) -> Vec<Causality> {
    let plain = vec![Causality::Plain; window.rows.len()];
    let Some(selected) = selected else { return plain };
    let Some(index) = window.rows.iter().position(|row| row.depth == selected && row.node.is_some()) else {
        return plain;
    };
    let past = reach(window, index, true);
    let future = reach(window, index, false);
    (0..window.rows.len())
        .map(|k| match (k == index, past[k], future[k]) {
            (true, ..) => Causality::Plain,
            (_, true, _) => Causality::Past,
            (_, _, true) => Causality::Future,
            _ if window.rows[k].node.is_none() => Causality::Plain,
            _ => Causality::Concurrent,
        })
        .collect()
}

/// The events that lead to (or come from) one, along lines and messages.
fn reach(window: &Window, from: usize, back: bool) -> Vec<bool> {
    let rows = &window.rows;
    let mut reached = vec![false; rows.len()];
    reached[from] = true;
    let senders = rows.iter().enumerate().flat_map(|(k, row)| row.sent.iter().map(move |sent| (sent.id, k)));
    let senders: Map<MessageId, usize> = Map::from_pairs(senders.collect());
    let mut latest: Map<NodeId, usize> = Map::new();
    let order: Vec<usize> = if back { (0..=from).rev().collect() } else { (from..rows.len()).collect() };
    if back {
        let mut wanted: Vec<bool> = reached.clone();
        for &k in &order {
            if !wanted[k] {
                continue;
            }
            reached[k] = true;
            if let Kind::Receive { id, .. } = rows[k].kind
                && let Some(&sender) = senders.get(&id)
            {
                wanted[sender] = true;
            }
            if let Some(before) =
                (0..k).rev().find(|&before| rows[before].node.is_some() && rows[before].node == rows[k].node)
            {
                wanted[before] = true;
            }
        }
        return reached;
    }
    for &k in &order {
        let Some(node) = rows[k].node else { continue };
        let by_line = latest.get(&node).is_some_and(|&before| reached[before]);
        let by_message = match rows[k].kind {
            Kind::Receive { id, .. } => senders.get(&id).is_some_and(|&sender| reached[sender]),
            _ => false,
        };
        reached[k] = reached[k] || by_line || by_message;
        latest.insert(node, k);
    }
    reached
}
