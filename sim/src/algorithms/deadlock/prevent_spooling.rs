//! Prevention by sharing: what is not exclusive cannot be waited for.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/prevent-spooling",
    title: "Spooling",
    summary: "Only the daemon owns the device.",
    kind: Kind::Policy,
    sources: &[
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6",
    ],
    texts: texts!("deadlock/prevent-spooling", "prevent_spooling", no pseudocode, ["spooled", "not-spooled", "full-disk"]),
    scenarios: &["spooled", "not-spooled", "full-disk"],
    ..Algorithm::EMPTY
};
