//! The transfer policy of load sharing: all or nothing, or one job ahead. Host: load/sharing-receiver.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/sharing-transfer",
    title: "When to ask for work",
    summary: "Ask when the last job is done, or when the last job begins?",
    kind: Kind::Policy,
    sources: &["P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7"],
    texts: texts!("load/sharing-transfer", "sharing_transfer", no pseudocode, ["all-or-nothing", "one-ahead"]),
    scenarios: &["all-or-nothing", "one-ahead"],
    ..Algorithm::EMPTY
};
