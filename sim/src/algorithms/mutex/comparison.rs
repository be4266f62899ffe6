//! The seven algorithms for mutual exclusion side by side: the same processes want in at the same moments, and what an
//! entry costs, how long it takes and what one crash does is measured on runs of all of them.

use crate::{Algorithm, algorithm::Kind, texts};

/// The comparison, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/comparison",
    title: "Mutual exclusion compared",
    summary: "One workload on all seven: messages, delays, and what one crash does.",
    kind: Kind::Concept,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.2: the table of the three algorithms",
        "M. Singhal, A Taxonomy of Distributed Mutual Exclusion, Journal of Parallel and Distributed Computing 18(1), 1993",
    ],
    texts: texts!(
        "mutex/comparison",
        "comparison",
        no pseudocode,
        [
            "centralized",
            "lamport",
            "ricart-agrawala",
            "token-ring",
            "suzuki-kasami",
            "raymond",
            "maekawa",
            "crash-permissions",
            "crash-token"
        ],
        ["busy", "idle", "one-crash"]
    ),
    scenarios: &[
        "centralized",
        "lamport",
        "ricart-agrawala",
        "token-ring",
        "suzuki-kasami",
        "raymond",
        "maekawa",
        "crash-permissions",
        "crash-token",
    ],
    experiments: &["busy", "idle", "one-crash"],
    ..Algorithm::EMPTY
};
