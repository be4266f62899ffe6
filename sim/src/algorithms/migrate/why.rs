//! Why processes are moved, who decides it, and what has to be moved.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/why",
    title: "Why processes move",
    summary: "Load, communication, data, availability: who starts a migration, and what has to be moved?",
    kind: Kind::Concept,
    sources: &[
        "J. M. Smith: A Survey of Process Migration Mechanisms. ACM Operating Systems Review 22 (3), 1988",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 8",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!("migrate/why", "why", no pseudocode, ["before-it-goes-down", "it-stays", "to-its-data"]),
    scenarios: &["before-it-goes-down", "it-stays", "to-its-data"],
    ..Algorithm::EMPTY
};
