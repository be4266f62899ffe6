//! Flushing (Sprite): the pages that the process has changed are written to the file server while it is frozen. At the target
//! each page comes from there when it is touched. The source is free at once; the file server is needed as ever.

use super::machine::{self, checks, rules};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/flushing",
    title: "Flushing",
    summary: "Write the changed pages to the file server, and fetch each page from there when it is touched.",
    sources: &[
        "F. Douglis, J. Ousterhout: Transparent Process Migration: Design Alternatives and the Sprite Implementation. \
         Software: Practice and Experience 21 (8), 1991",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!("migrate/flushing", "flushing", ["four-flushed", "power-off", "server-down", "slow-way"]),
    parameters: &rules::parameters(4),
    scenarios: &["four-flushed", "power-off", "server-down", "slow-way"],
    costs: &[
        Cost {
            what: "milliseconds frozen",
            formula: "(d + s) / B",
            relation: Relation::AtLeast,
            count: checks::frozen_for_shipped,
            when: "for each freeze; five messages come on top",
        },
        Cost {
            what: "pages sent while it is frozen",
            formula: "d + s",
            relation: Relation::Exactly,
            count: checks::shipped_changed,
            when: "for each move, where none came to nothing",
        },
        Cost {
            what: "pages from the file server",
            formula: "u",
            relation: Relation::Exactly,
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
        id: "no-receipt",
        title: "the source does not wait until the file server has the pages",
        lesson: "The target may ask the file server before the changed page is there, and gets the old one.",
        breaks: "P finds each page as it left it",
        scenario: "slow-way",
    },
    Bug {
        id: "asks-again",
        title: "the table of pages is not changed when a page has come",
        lesson: "The page is here, and the process asks for it at the machine that does not have it any more.",
        breaks: "no page is fetched twice",
        scenario: "four-flushed",
    },
    Bug {
        id: "lets-go-early",
        title: "the source forgets the process when the state has left",
        lesson: "If the target does not get it, nobody has it. Who gives something away keeps it until the other says that it is there.",
        breaks: "P is in exactly one place",
        scenario: "four-flushed",
    },
];
