//! A single threshold: with as many jobs a machine sends, with fewer it takes. Host: load/location-threshold.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/transfer-single",
    title: "One threshold",
    summary: "One mark says when a machine has too much and when it has room: it flips from one to the other.",
    kind: Kind::Policy,
    sources: &["P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7"],
    texts: texts!("load/transfer-single", "transfer_single", no pseudocode, ["flips", "after-a-burst"]),
    scenarios: &["flips", "after-a-burst"],
    ..Algorithm::EMPTY
};
