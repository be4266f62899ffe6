//! The two curves between which every policy lies.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/bounds",
    title: "No sharing, perfect sharing",
    summary: "Between machines that do not talk and one common queue lies all that a policy can win.",
    kind: Kind::Concept,
    sources: &[
        "L. Kleinrock: Queueing Systems, volume 1: Theory. 1975",
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
        "M. Livny, M. Melman: Load Balancing in Homogeneous Broadcast Distributed Systems. \
         ACM Computer Network Performance Symposium, 1982",
    ],
    texts: texts!("load/bounds", "bounds", no pseudocode, ["no-sharing", "nearly-one-queue", "stale-news"], ["policies", "machines"]),
    scenarios: &["no-sharing", "nearly-one-queue", "stale-news"],
    experiments: &["policies", "machines"],
    ..Algorithm::EMPTY
};
