//! What a mutual exclusion must do, as a topic: safety, liveness and order, shown on runs of the others.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/requirements",
    title: "What must hold",
    summary: "Enter, use, leave; at most one inside, everybody served, in a fair order.",
    kind: Kind::Concept,
    sources: &[
        "G. Coulouris, J. Dollimore, T. Kindberg and G. Blair, Distributed Systems: Concepts and Design, 2012, section 15.2: ME1 to ME3",
        "B. Alpern and F. B. Schneider, Defining Liveness, Information Processing Letters 21(4), 1985, pages 181–185",
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978: the order of requests",
    ],
    texts: texts!(
        "mutex/requirements",
        "requirements",
        no pseudocode,
        ["enter-use-leave", "two-inside", "nobody-inside", "starved", "asked-before", "two-orders"]
    ),
    scenarios: &["enter-use-leave", "two-inside", "nobody-inside", "starved", "asked-before", "two-orders"],
    ..Algorithm::EMPTY
};
