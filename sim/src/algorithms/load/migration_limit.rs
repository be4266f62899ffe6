//! Migration limits: uncontrolled, controlled, irrevocable. Host: load/machines with jobs that are sent unasked.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/migration-limit",
    title: "How often may a job move?",
    summary: "A job that may move for ever never runs; one that may move once stays where it was unlucky.",
    kind: Kind::Policy,
    sources: &[
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
    ],
    texts: texts!("load/migration-limit", "migration_limit", no pseudocode, ["once", "three-times", "for-ever"]),
    scenarios: &["once", "three-times", "for-ever"],
    ..Algorithm::EMPTY
};
