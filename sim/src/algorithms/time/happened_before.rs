//! Happened-before: not an algorithm but the relation that all of them live with. Shown on runs of other topics; the page
//! finds it on any run.

use crate::{Algorithm, algorithm::Kind, texts};

/// The relation, as the catalogue and the page know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/happened-before",
    title: "Happened before",
    summary: "Which of two events can have caused the other: follow lines and messages, and trust no clock.",
    kind: Kind::Concept,
    sources: &[
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978, pages 558–565",
        "G. Coulouris, J. Dollimore, T. Kindberg and G. Blair, Distributed Systems, 5th edition, 2012, sections 14.4 and 14.5: happened-before and consistent cuts",
        "V. K. Garg and B. Waldecker, Detection of Weak Unstable Predicates in Distributed Programs, IEEE TPDS 5(3), 1994",
    ],
    texts: texts!(
        "time/happened-before",
        "happened_before",
        no pseudocode,
        ["one-message", "no-message", "later-by-the-clock", "who-knew", "cut-by-hand"]
    ),
    scenarios: &["one-message", "no-message", "later-by-the-clock", "who-knew", "cut-by-hand"],
    ..Algorithm::EMPTY
};
