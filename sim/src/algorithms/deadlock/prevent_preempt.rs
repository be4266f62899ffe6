//! Prevention by taking away: the age of transactions says who may wait and who must start again.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/prevent-preempt",
    title: "Wait-die and wound-wait",
    summary: "The younger gives way to the older.",
    kind: Kind::Policy,
    sources: &[
        "D. J. Rosenkrantz, R. E. Stearns and P. M. Lewis, System Level Concurrency Control for Distributed Database Systems, ACM Transactions on Database Systems 3(2), 1978, pages 178–198",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6",
    ],
    texts: texts!("deadlock/prevent-preempt", "prevent_preempt", no pseudocode, ["wait-die", "wound-wait", "hand-over", "circle"]),
    scenarios: &["wait-die", "wound-wait", "hand-over", "circle"],
    ..Algorithm::EMPTY
};
