//! The features by which policies about load are judged.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/features",
    title: "What a good policy has",
    summary: "Eight features by which policies are judged, each with a run that shows its absence.",
    kind: Kind::Concept,
    sources: &[
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
    ],
    texts: texts!("load/features", "features", no pseudocode, ["no-stability", "quick-and-cheap", "grows-with-load"]),
    scenarios: &["no-stability", "quick-and-cheap", "grows-with-load"],
    ..Algorithm::EMPTY
};
