//! What becomes of a guest when the owner is back: it stays, is killed, or migrates. Host: model/idle-location.

use crate::{Algorithm, algorithm::Kind, texts};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "model/owner-returns",
    title: "The owner is back",
    summary: "A guest runs on your machine when you come back. Bear it, kill it, or send it away?",
    kind: Kind::Policy,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 4.2: using idle workstations",
        "F. Douglis, J. Ousterhout, Transparent Process Migration: Design Alternatives and the Sprite Implementation, Software: Practice and Experience 21(8), 1991",
        "M. J. Litzkow, M. Livny, M. W. Mutka, Condor: A Hunter of Idle Workstations, 8th International Conference on Distributed Computing Systems, 1988",
    ],
    texts: texts!("model/owner-returns", "owner_returns", no pseudocode, ["stays", "killed", "migrates", "grace", "all-come-back"]),
    scenarios: &["stays", "killed", "migrates", "grace", "all-come-back"],
    ..Algorithm::EMPTY
};
