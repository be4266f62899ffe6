//! Pre-copy (the V system; virtual machines): the pages are copied while the process runs on. What it changes meanwhile is
//! copied again, in rounds that get shorter; only for the last, short one it is frozen.

use super::machine::{self, checks, rules};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/precopy",
    title: "Pre-copy",
    summary: "Copy the pages while the process runs on, and again what it changes. Freeze it only for the rest.",
    sources: &[
        "M. M. Theimer, K. A. Lantz, D. R. Cheriton: Preemptable Remote Execution Facilities for the V-System. ACM SOSP, 1985",
        "C. Clark et al.: Live Migration of Virtual Machines. USENIX NSDI, 2005",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!(
        "migrate/precopy",
        "precopy",
        ["rounds", "read-only", "too-busy", "target-crashes", "overtaken"],
        ["dirtying"]
    ),
    parameters: &rules::parameters(1),
    scenarios: &["rounds", "read-only", "too-busy", "target-crashes", "overtaken"],
    experiments: &["dirtying"],
    costs: &[
        Cost {
            what: "milliseconds frozen",
            formula: "(pages left + s) / B",
            relation: Relation::AtLeast,
            count: checks::frozen_for_shipped,
            when: "for each freeze; three messages come on top",
        },
        Cost {
            what: "pages on the wire",
            formula: "M + s",
            relation: Relation::AtLeast,
            count: checks::shipped_all,
            when: "for each move, where none came to nothing",
        },
    ],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "misses-change",
        title: "a change of a page that has left in this round is not noted",
        lesson: "The dirty bit is all that tells that the copy is old. Without it, the target runs on yesterday's page.",
        breaks: "P finds each page as it left it",
        scenario: "rounds",
    },
    Bug {
        id: "last-wins",
        title: "the copy that arrives last is kept",
        lesson: "Copies of a page can overtake each other. They need numbers: the newest counts, not the latest to arrive.",
        breaks: "P finds each page as it left it",
        scenario: "overtaken",
    },
    Bug {
        id: "runs-on",
        title: "the process is not stopped for the last round",
        lesson: "However short the last round is: what is changed in it is lost, and what is done in it is done twice.",
        breaks: "while P is frozen it does nothing",
        scenario: "rounds",
    },
];
