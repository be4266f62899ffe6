//! Copy-on-reference (Accent): only the state is sent while the process is frozen. Each page comes when it is touched for the
//! first time: the shortest freeze, and a dependency on the source that lasts as long as the process.

use super::machine::{self, checks, rules};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "migrate/copy-on-reference",
    title: "Copy-on-reference",
    summary: "Send nothing but the state. Each page comes when the process touches it.",
    sources: &[
        "E. R. Zayas: Attacking the Process Migration Bottleneck. ACM SOSP, 1987",
        "W. Stallings: Operating Systems: Internals and Design Principles, 7th edition, 2012, chapter 18",
    ],
    texts: texts!(
        "migrate/copy-on-reference",
        "copy_on_reference",
        ["two-of-forty", "everything", "power-off", "moved-twice"],
        ["touched"]
    ),
    parameters: &rules::parameters(3),
    scenarios: &["two-of-forty", "everything", "power-off", "moved-twice"],
    experiments: &["touched"],
    costs: &[
        Cost {
            what: "milliseconds frozen",
            formula: "s / B",
            relation: Relation::AtLeast,
            count: checks::frozen_for_shipped,
            when: "for each freeze; three messages come on top",
        },
        Cost {
            what: "pages sent while it is frozen",
            formula: "s",
            relation: Relation::Exactly,
            count: checks::shipped_state,
            when: "for each move, where none came to nothing",
        },
        Cost {
            what: "pages sent when they are needed",
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
        id: "throws-away",
        title: "the source throws away all pages when it hands over",
        lesson: "The pages that were not sent are nowhere now: the first one that is needed never comes.",
        breaks: "P comes to its end",
        scenario: "two-of-forty",
    },
    Bug {
        id: "asks-again",
        title: "the table of pages is not changed when a page has come",
        lesson: "The page is here, and the process asks for it at the machine that does not have it any more.",
        breaks: "no page is fetched twice",
        scenario: "everything",
    },
    Bug {
        id: "runs-unasked",
        title: "the target runs the process as soon as the state has come",
        lesson: "The source has not let go yet: if READY is late it takes the process back, and there are two.",
        breaks: "P is in exactly one place",
        scenario: "two-of-forty",
    },
];
