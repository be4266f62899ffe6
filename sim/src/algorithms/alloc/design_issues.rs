//! The choices that whoever builds a processor allocation has to make, each with a pair of runs.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/design-issues",
    title: "Five choices",
    summary: "Known in advance or not, central or not, best or good enough, local or global, sender or receiver.",
    kind: Kind::Concept,
    sources: &[
        "A. S. Tanenbaum: Distributed Operating Systems, 1995, section 4.3: processor allocation",
        "T. L. Casavant, J. G. Kuhl: A Taxonomy of Scheduling in General-Purpose Distributed Computing Systems. \
         IEEE Transactions on Software Engineering 14 (2), 1988",
    ],
    texts: texts!(
        "alloc/design-issues",
        "design_issues",
        no pseudocode,
        ["in-advance", "by-rule", "central", "distributed", "best", "good-enough", "local", "global", "sender", "receiver"]
    ),
    scenarios: &[
        "in-advance",
        "by-rule",
        "central",
        "distributed",
        "best",
        "good-enough",
        "local",
        "global",
        "sender",
        "receiver",
    ],
    ..Algorithm::EMPTY
};
