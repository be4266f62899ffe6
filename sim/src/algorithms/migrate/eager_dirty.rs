//! Eager (dirty): while the process is frozen, only the pages that it has changed are sent. The others stay at the source,
//! which sends each when it is touched: it is needed for as long as the process lives.

use super::machine::{self, checks, rules};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/eager-dirty",
    title: "Eager (dirty)",
    summary: "Send the changed pages while the process is frozen, the others when it touches them.",
    sources: &[
        "J. M. Smith: A Survey of Process Migration Mechanisms. ACM Operating Systems Review 22 (3), 1988",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!("migrate/eager-dirty", "eager_dirty", ["four-changed", "all-changed", "power-off"]),
    parameters: &rules::parameters(2),
    scenarios: &["four-changed", "all-changed", "power-off"],
    costs: &[
        Cost {
            what: "milliseconds frozen",
            formula: "(d + s) / B",
            relation: Relation::AtLeast,
            count: checks::frozen_for_shipped,
            when: "for each freeze; three messages come on top",
        },
        Cost {
            what: "pages sent while it is frozen",
            formula: "d + s",
            relation: Relation::Exactly,
            count: checks::shipped_changed,
            when: "for each move, where none came to nothing",
        },
        Cost {
            what: "pages sent when they are needed",
            formula: "u",
            relation: Relation::AtMost,
            count: checks::fetched_for_used,
            when: "for one move; u: pages that it has used since",
        },
    ],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "throws-away",
        title: "the source throws away all pages when it hands over",
        lesson: "The pages that were not sent are nowhere now: the first one that is needed never comes.",
        breaks: "P comes to its end",
        scenario: "four-changed",
    },
    Bug {
        id: "asks-again",
        title: "the table of pages is not changed when a page has come",
        lesson: "The page is here, and the process asks for it at the machine that does not have it any more.",
        breaks: "no page is fetched twice",
        scenario: "four-changed",
    },
    Bug {
        id: "runs-on",
        title: "the process is not stopped while its changed pages leave",
        lesson: "What it changes after a page has left is changed on the wrong machine, and what it has done is done again.",
        breaks: "while P is frozen it does nothing",
        scenario: "four-changed",
    },
];
