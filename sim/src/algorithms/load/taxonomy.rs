//! The classes of policies about load, each leaf a policy that can be run.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/taxonomy",
    title: "A tree of policies",
    summary: "Static or dynamic, central or distributed, alone or together: every leaf is a policy that runs.",
    kind: Kind::Concept,
    sources: &[
        "T. L. Casavant, J. G. Kuhl: A Taxonomy of Scheduling in General-Purpose Distributed Computing Systems. \
         IEEE Transactions on Software Engineering 14 (2), 1988",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!("load/taxonomy", "taxonomy", no pseudocode, ["static-random", "dynamic-alone", "dynamic-together"]),
    scenarios: &["static-random", "dynamic-alone", "dynamic-together"],
    ..Algorithm::EMPTY
};
