//! What becomes of a deadlock that is found: operator, termination, rollback, and the choice of a victim.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/recover",
    title: "Recovery",
    summary: "Who has to give way, and how far back?",
    kind: Kind::Policy,
    sources: &[
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6",
    ],
    texts: texts!("deadlock/recover", "recover", no pseudocode, ["operator", "terminate", "roll-back", "perpetual-victim", "counted"]),
    scenarios: &["operator", "terminate", "roll-back", "perpetual-victim", "counted"],
    ..Algorithm::EMPTY
};
