//! The high-low policy: above the high mark a machine sends, below the low one it takes, between it does neither. Host: load/location-threshold.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/transfer-double",
    title: "Two marks: high and low",
    summary: "Above the high mark a machine sends, below the low one it takes, between them it keeps still.",
    kind: Kind::Policy,
    sources: &["P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7"],
    texts: texts!("load/transfer-double", "transfer_double", no pseudocode, ["keeps-still", "three-regions"]),
    scenarios: &["keeps-still", "three-regions"],
    ..Algorithm::EMPTY
};
