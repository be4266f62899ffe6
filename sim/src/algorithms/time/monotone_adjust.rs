//! Time must never run backward: a clock that is ahead is slowed until it is right, instead of being set. A policy of all
//! topics that put clocks right (`discipline`), shown on the passive server.

use crate::{Algorithm, algorithm::Kind, texts};

/// Step or slew, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/monotone-adjust",
    title: "Step or slew",
    summary: "Put a clock right without ever setting it back: run slower until it is.",
    kind: Kind::Policy,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1.3: the interrupt that adds 9 ms instead of 10, and make",
        "G. Coulouris and others, Distributed Systems: Concepts and Design, 5th edition, 2012, section 14.2: S = c·(E − Eskew) + Tskew",
        "R. Gusella and S. Zatti, The Accuracy of the Clock Synchronization Achieved by TEMPO in Berkeley UNIX 4.3BSD, IEEE Transactions on Software Engineering 15(7), 1989",
    ],
    texts: texts!(
        "time/monotone-adjust",
        "monotone_adjust",
        no pseudocode,
        ["slew", "step", "behind", "four-seconds", "second-correction"]
    ),
    scenarios: &["slew", "step", "behind", "four-seconds", "second-correction"],
    ..Algorithm::EMPTY
};
