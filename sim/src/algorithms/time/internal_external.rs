//! Clocks that agree with each other, and clocks that agree with the world. Shown on Berkeley, and on the passive server.

use crate::{Algorithm, algorithm::Kind, texts};

/// Internal and external synchronization, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/internal-external",
    title: "Internal and external synchronization",
    summary: "All clocks alike is one thing, all clocks right is another.",
    kind: Kind::Concept,
    sources: &[
        "G. Coulouris and others, Distributed Systems: Concepts and Design, 5th edition, 2012, section 14.3: internal and external synchronization",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2.2: mutual synchronization, and synchronization with real time",
    ],
    texts: texts!(
        "time/internal-external",
        "internal_external",
        no pseudocode,
        ["alike-and-wrong", "adrift-together", "by-the-true-time", "a-wrong-server"]
    ),
    scenarios: &["alike-and-wrong", "adrift-together", "by-the-true-time", "a-wrong-server"],
    ..Algorithm::EMPTY
};
