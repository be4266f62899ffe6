//! Priority between jobs of a machine and jobs that came from others: selfish, altruistic, intermediate. Host: load/location-threshold.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/priority",
    title: "Own jobs or those of others?",
    summary: "Does a machine serve its own jobs first, or those that came from others?",
    kind: Kind::Policy,
    sources: &[
        "K. J. Lee, D. Towsley: A Comparison of Priority-Based Decentralized Load Balancing Policies. \
         ACM SIGMETRICS, 1986",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!("load/priority", "priority", no pseudocode, ["selfish", "altruistic", "intermediate"]),
    scenarios: &["selfish", "altruistic", "intermediate"],
    ..Algorithm::EMPTY
};
