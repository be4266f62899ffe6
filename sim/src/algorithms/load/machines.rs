//! Machines and jobs: the model under every policy. Jobs arrive, wait, are served one at a time and are gone.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/machines",
    title: "Machines and jobs",
    summary: "Jobs arrive, wait and are served, first come, first served. What would it be worth to share them?",
    sources: &[
        "L. Kleinrock: Queueing Systems, volume 1: Theory. 1975",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!(
        "load/machines",
        "machines",
        ["one-machine", "eight-alone", "shared-or-not", "in-turns", "fast-and-slow", "bursts", "trace-file"],
        ["littles-law", "services"]
    ),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "location": "nowhere"}"#)),
    scenarios: &["one-machine", "eight-alone", "shared-or-not", "in-turns", "fast-and-slow", "bursts", "trace-file"],
    experiments: &["littles-law", "services"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::always("first come, first served", checks::first_come_first_served),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2·probes + moves",
        relation: Relation::Exactly,
        count: checks::messages_in_all,
        when: "while no message is under way; none where nothing is shared",
    }],
    bugs: BUGS,
    milestones: &[],
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "sleeps-after",
        title: "a machine that has finished a job forgets the next",
        lesson: "Work is there and nobody does it: the queue only grows.",
        breaks: "no machine has work and does nothing",
        scenario: "one-machine",
    },
    Bug {
        id: "counts-from-here",
        title: "the response time of a job that has moved is counted from its arrival at the last machine",
        lesson: "Each machine reports good figures, and the users wait: what a job has waited elsewhere is nobody's.",
        breaks: "waiting, service and travel add up to the response time",
        scenario: "shared-or-not",
    },
    Bug {
        id: "pushes-in",
        title: "a new job goes to the front of the queue",
        lesson: "The mean hardly changes, but who is unlucky waits without end: first come, first served is a promise to each single job.",
        breaks: "first come, first served",
        scenario: "one-machine",
    },
];
