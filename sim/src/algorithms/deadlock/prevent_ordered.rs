//! Prevention by a linear order of the resources: waits only lead upwards.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/prevent-ordered",
    title: "Ordered requests",
    summary: "Ask in one order, and no circle can close.",
    kind: Kind::Policy,
    sources: &[
        "J. W. Havender, Avoiding Deadlock in Multitasking Systems, IBM Systems Journal 7(2), 1968, pages 74–84",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
    ],
    texts: texts!("deadlock/prevent-ordered", "prevent_ordered", no pseudocode, ["philosophers", "natural-order"]),
    scenarios: &["philosophers", "natural-order"],
    ..Algorithm::EMPTY
};
