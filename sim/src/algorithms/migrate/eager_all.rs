//! Eager (all): the process is frozen, all of its address space is sent, and only then does it run at the target. The
//! source is not needed any more, and the process stands still for as long as its pages are on the wire.

use super::machine::{self, checks, rules};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/eager-all",
    title: "Eager (all)",
    summary: "Freeze the process, send every page, run it at the target. Nothing stays behind.",
    sources: &[
        "J. M. Smith: A Survey of Process Migration Mechanisms. ACM Operating Systems Review 22 (3), 1988",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!(
        "migrate/eager-all",
        "eager_all",
        ["twelve-pages", "target-crashes", "mostly-unused", "source-crashes", "source-crashes-early", "overtaken"]
    ),
    parameters: &rules::parameters(0),
    scenarios: &[
        "twelve-pages",
        "target-crashes",
        "mostly-unused",
        "source-crashes",
        "source-crashes-early",
        "overtaken",
    ],
    costs: &[
        Cost {
            what: "milliseconds frozen",
            formula: "(M + s) / B",
            relation: Relation::AtLeast,
            count: checks::frozen_for_all,
            when: "for each move; three messages come on top",
        },
        Cost {
            what: "pages on the wire",
            formula: "M + s",
            relation: Relation::Exactly,
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
        id: "runs-on",
        title: "the process is not stopped while its pages leave",
        lesson: "What it changes after a page has left is changed on the wrong machine, and what it has done is done again.",
        breaks: "while P is frozen it does nothing",
        scenario: "twelve-pages",
    },
    Bug {
        id: "runs-unasked",
        title: "the target runs the process as soon as it has everything",
        lesson: "The source has not let go yet: if READY is late it takes the process back, and there are two.",
        breaks: "P is in exactly one place",
        scenario: "twelve-pages",
    },
    Bug {
        id: "lets-go-early",
        title: "the source forgets the process when the state has left",
        lesson: "If the target does not get it, nobody has it. Who gives something away keeps it until the other says that it is there.",
        breaks: "P is in exactly one place",
        scenario: "target-crashes",
    },
    Bug {
        id: "ready-early",
        title: "the target is ready when the state has come, though pages are still on their way",
        lesson: "The state says how many pages were sent. Without counting them, a page that was overtaken is missing.",
        breaks: "P finds each page as it left it",
        scenario: "overtaken",
    },
];
