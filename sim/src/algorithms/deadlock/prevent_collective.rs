//! Prevention by asking for everything at once: nobody waits while it holds something.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/prevent-collective",
    title: "Collective requests",
    summary: "All that you need at once, or nothing.",
    kind: Kind::Policy,
    sources: &[
        "J. W. Havender, Avoiding Deadlock in Multitasking Systems, IBM Systems Journal 7(2), 1968, pages 74–84",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
    ],
    texts: texts!("deadlock/prevent-collective", "prevent_collective", no pseudocode, ["two-printers", "one-by-one", "livelock", "popular"]),
    scenarios: &["two-printers", "one-by-one", "livelock", "popular"],
    ..Algorithm::EMPTY
};
