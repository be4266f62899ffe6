//! The usage table: a score for each workstation, what it uses, and who waits.

use super::{NodeId, Rule, TaskId};
use serde::Serialize;

/// What is known of one workstation.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Usage {
    /// Above zero: it has used more than its share. Below: it is owed something.
    pub points: i32,
    /// Processors that it has now.
    pub using: u32,
}

/// The table, and the requests that wait in the order in which they came.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UsageTable {
    /// One row for each node; empty at all but the coordinator.
    pub rows: Vec<Usage>,
    /// Processes for which a processor is wanted.
    pub queue: Vec<TaskId>,
}

impl UsageTable {
    /// A table with so many rows, all at zero.
    pub fn new(rows: usize) -> Self {
        Self { rows: vec![Usage::default(); rows], queue: vec![] }
    }

    /// The score of a workstation.
    pub fn points(&self, node: NodeId) -> i32 {
        self.rows.get(node.index()).map_or(0, |row| row.points)
    }

    /// How many of its processes wait.
    pub fn waiting(&self, node: NodeId) -> u32 {
        self.queue.iter().filter(|id| id.origin == node).count() as u32
    }

    /// Of those that wait, the first of the workstation with the fewest points; of equals, that with the smaller name.
    pub fn lowest(&self) -> Option<TaskId> {
        self.queue.iter().copied().min_by_key(|id| (self.points(id.origin), *id))
    }

    /// The other end of the table: a planted bug.
    pub fn highest(&self) -> Option<TaskId> {
        self.queue.iter().copied().min_by_key(|id| (-self.points(id.origin), *id))
    }

    /// Who came first.
    pub fn first(&self) -> Option<TaskId> {
        self.queue.first().copied()
    }

    /// A process that waited has got a processor.
    pub fn lent(&mut self, id: TaskId) {
        self.queue.retain(|known| *known != id);
        if let Some(row) = self.rows.get_mut(id.origin.index()) {
            row.using += 1;
        }
    }

    /// A workstation has given a processor back.
    pub fn returned(&mut self, node: NodeId) {
        if let Some(row) = self.rows.get_mut(node.index()) {
            row.using = row.using.saturating_sub(1);
        }
    }

    /// Counts points once, for everybody. A request is counted once, however many wait.
    pub fn count(&mut self, rule: Rule, most: i32, overshoots: bool) {
        for index in 0..self.rows.len() {
            let waits = self.waiting(NodeId(index as u32)) > 0;
            let row = &mut self.rows[index];
            row.points = match (row.using, waits) {
                (0, false) if overshoots => row.points - row.points.signum() * rule.back.cast_signed(),
                (0, false) => toward_zero(row.points, rule.back.cast_signed()),
                (using, waits) => {
                    let down = if waits { rule.down.cast_signed() } else { 0 };
                    row.points + rule.up.saturating_mul(using).cast_signed() - down
                }
            };
            row.points = row.points.clamp(-most, most);
        }
    }

    /// Whether nothing would change at the next count, nor until somebody asks.
    pub fn is_at_rest(&self) -> bool {
        self.queue.is_empty() && self.rows.iter().all(|row| row.using == 0 && row.points == 0)
    }
}

/// So many points nearer to zero, and never past it.
pub fn toward_zero(points: i32, step: i32) -> i32 {
    if points > 0 { (points - step).max(0) } else { (points + step).min(0) }
}
