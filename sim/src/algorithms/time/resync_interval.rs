//! How often clocks must be put right: δ/2ρ. Shown on the passive server.

use crate::{Algorithm, algorithm::Kind, texts};

/// The resynchronization interval, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/resync-interval",
    title: "How often to synchronize",
    summary: "Two clocks drift apart by 2ρ a second: put them right every δ/2ρ, or lose the bound.",
    kind: Kind::Concept,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1.2: at least every δ/2ρ",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2.2: drifting of clocks",
    ],
    texts: texts!(
        "time/resync-interval",
        "resync_interval",
        no pseudocode,
        ["just-right", "too-seldom", "lost-round", "faulty"]
    ),
    scenarios: &["just-right", "too-seldom", "lost-round", "faulty"],
    ..Algorithm::EMPTY
};
