//! Two goals: all queues alike, or nobody idle while work waits.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/goals",
    title: "Balancing or sharing",
    summary: "Should all queues be equally long, or is it enough that nobody is idle while work waits?",
    kind: Kind::Concept,
    sources: &[
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
        "M. Livny, M. Melman: Load Balancing in Homogeneous Broadcast Distributed Systems. \
         ACM Computer Network Performance Symposium, 1982",
    ],
    texts: texts!("load/goals", "goals", no pseudocode, ["balance", "share"]),
    scenarios: &["balance", "share"],
    ..Algorithm::EMPTY
};
