//! Four conditions that must all hold for a deadlock, as four switches of one running program.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/conditions",
    title: "The four conditions",
    summary: "All four together, or no deadlock.",
    kind: Kind::Concept,
    sources: &[
        "E. G. Coffman, M. J. Elphick and A. Shoshani, System Deadlocks, ACM Computing Surveys 3(2), 1971, pages 67–78",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
    ],
    texts: texts!("deadlock/conditions", "conditions", no pseudocode, ["all-four", "without-mutual-exclusion", "without-hold-and-wait", "without-no-preemption", "without-circular-wait"]),
    scenarios: &[
        "all-four",
        "without-mutual-exclusion",
        "without-hold-and-wait",
        "without-no-preemption",
        "without-circular-wait",
    ],
    ..Algorithm::EMPTY
};
