//! Symmetric load sharing: senders look for a place when a job arrives at a busy machine, receivers look for work when a
//! machine has nothing left to do.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/symmetric",
    title: "Symmetric sharing",
    summary: "Who has too much asks for a place, who has too little asks for work.",
    sources: &[
        "N. G. Shivaratri, P. Krueger, M. Singhal: Load Distributing for Locally Distributed Systems. \
         IEEE Computer 25 (12), 1992",
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: A Comparison of Receiver-Initiated and Sender-Initiated Adaptive \
         Load Sharing. Performance Evaluation 6 (1), 1986",
    ],
    texts: texts!("load/symmetric", "symmetric", ["both-ways", "eight-machines", "wasted-probes"]),
    policy: Some(policy::kind(r#"{"threshold": 1, "probe-limit": 3, "location": "threshold", "receive": "yes"}"#)),
    scenarios: &["both-ways", "eight-machines", "wasted-probes"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::NoneTwice>("no machine is probed twice for one job"),
        Property::monitor::<checks::WithinLimit>("at most Lp machines are probed for one job"),
        Property::monitor::<checks::ChosenBelow>("a chosen machine was below the threshold when it answered"),
        Property::monitor::<checks::GiverKeeps>("who gives work away keeps some"),
        Property::always("at most Lp machines are asked for work, one after another", checks::asks_within_limit),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2·probes + 2·questions + moves of senders",
        relation: Relation::Exactly,
        count: checks::messages_in_all,
        when: "while no message is under way",
    }],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "give-last",
        title: "a machine gives its only job away",
        lesson: "A single job goes to and fro between machines that have nothing else.",
        breaks: "who gives work away keeps some",
        scenario: "both-ways",
    },
    Bug {
        id: "any-answer",
        title: "the job moves to whoever answers first",
        lesson: "A probe whose answer is not looked at is worth nothing.",
        breaks: "a chosen machine was below the threshold when it answered",
        scenario: "wasted-probes",
    },
];
