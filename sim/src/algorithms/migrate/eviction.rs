//! Eviction: what becomes of a guest when the owner of its workstation is back. A policy of the machines of this family.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/eviction",
    title: "Eviction",
    summary: "The owner is back: the guest stays, is ended, or moves home. Who waits, and whose work is lost?",
    kind: Kind::Policy,
    sources: &[
        "F. Douglis, J. Ousterhout: Transparent Process Migration: Design Alternatives and the Sprite Implementation. \
         Software: Practice and Experience 21 (8), 1991",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!(
        "migrate/eviction",
        "eviction",
        no pseudocode,
        ["moves-home", "moves-home-with-all", "killed", "stays", "on-its-way-in"]
    ),
    scenarios: &["moves-home", "moves-home-with-all", "killed", "stays", "on-its-way-in"],
    ..Algorithm::EMPTY
};
