//! What a client knows of the server's time: one answer, and what it believes since.

use serde::Serialize;

/// One answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Sample {
    /// The round trip, without what the server is known to have taken.
    pub(super) round_trip: i64,
    /// How far the server's clock is ahead of this hardware clock and what the user has set.
    pub(super) ahead: i64,
    /// By how much that may be wrong: half of the round trip, and what two clocks drift apart meanwhile, less what a
    /// message takes at least.
    pub(super) within: i64,
    /// What the hardware showed.
    pub(super) at: i64,
}

/// How well it knows the server's time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Sure {
    /// Half of the round trip, less what a message takes at least.
    pub(super) within: i64,
    /// What the hardware showed then: clocks drift apart since.
    pub(super) since: i64,
}

/// How far two clocks drift apart in so long by one of them: the other may gain ρ while this one loses it.
pub(super) fn drifted(elapsed: i64, drift: u32) -> i64 {
    let drift = i128::from(drift);
    (i128::from(elapsed) * 2 * drift).div_euclid((1_000_000 - drift).max(1)) as i64
}
