//! States that were kept: from the nearest one, any moment is made again by replay.

use super::MomentId;
use crate::{Judge, World, order::Order as _, sorted::Map};
use std::ops::Index;

/// The fewest steps between two checkpoints.
const LEAST_DISTANCE: u32 = 1024;
/// The most: what is replayed for one visit must be done within a frame.
const GREATEST_DISTANCE: u32 = 4096;
/// A checkpoint may cost each step before it so many bytes; one of a large world comes less often.
const BYTES_A_STEP: usize = 64;
/// Bytes of all checkpoints, as [`World::bytes`] counts them; past it, every second one of the older ones goes.
pub(super) const MAX_BYTES: usize = 64 << 20;
/// Checkpoints in all, with the same consequence. A history that has just become full has a thousand.
pub(super) const MAX_COUNT: usize = 1_536;

/// A state that was kept.
#[derive(Clone)]
pub(super) struct Checkpoint {
    pub world: World,
    pub judge: Judge,
}

/// Whether the state after so many steps is one to keep.
pub(super) fn is_due(depth: u32, world: &World) -> bool {
    if !depth.is_multiple_of(LEAST_DISTANCE) {
        return false;
    }
    // All distances are powers of two: where the world grows and shrinks, no gap is longer than the greatest of them.
    let distance = ((world.bytes() / BYTES_A_STEP) as u32).next_power_of_two();
    depth.is_multiple_of(distance.clamp(LEAST_DISTANCE, GREATEST_DISTANCE))
}

/// Checkpoints by their moments.
pub(super) struct Checkpoints {
    // Boxed: an insertion moves those behind it.
    kept: Map<MomentId, Box<Checkpoint>>,
    bytes: usize,
}

impl Index<MomentId> for Checkpoints {
    type Output = Checkpoint;
    fn index(&self, id: MomentId) -> &Checkpoint {
        &self.kept[&id]
    }
}

impl Checkpoints {
    /// The state that the run started from, which is never given up.
    pub fn from_start(start: Checkpoint) -> Self {
        let mut checkpoints = Self { kept: Map::new(), bytes: 0 };
        checkpoints.insert(MomentId::START, start);
        checkpoints
    }

    pub fn contains(&self, id: MomentId) -> bool {
        self.kept.contains_key(&id)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn insert(&mut self, id: MomentId, checkpoint: Checkpoint) {
        self.bytes += checkpoint.world.bytes();
        if let Some(old) = self.kept.insert(id, Box::new(checkpoint)) {
            self.bytes -= old.world.bytes();
        }
    }

    /// Drops every second one of the older three quarters once they are too large together.
    pub fn thin(&mut self, depth: impl Fn(MomentId) -> u32) {
        if self.bytes <= MAX_BYTES && self.kept.len() <= MAX_COUNT {
            return;
        }
        let mut gone: Vec<MomentId> = self.kept.keys().copied().filter(|&id| id != MomentId::START).collect();
        gone.order_by_key(|&id| depth(id));
        gone.truncate(gone.len() * 3 / 4);
        let mut second = false;
        gone.retain(|_| {
            second = !second;
            !second
        });
        gone.order();
        self.kept.retain(|id, _| gone.binary_search(id).is_err());
        self.bytes = self.kept.values().map(|kept| kept.world.bytes()).sum();
    }
}
