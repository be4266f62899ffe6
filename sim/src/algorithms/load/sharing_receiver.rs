//! Receiver-initiated load sharing (Eager, Lazowska and Zahorjan): a machine that is below the threshold when it has
//! finished a job asks others for work, one after another and at random, up to `Lp` of them. Who has more jobs than the
//! threshold gives the last one that waits.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/sharing-receiver",
    title: "Receiver-initiated sharing",
    summary: "A machine that runs out of work asks the others for some.",
    sources: &[
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: A Comparison of Receiver-Initiated and Sender-Initiated Adaptive \
         Load Sharing. Performance Evaluation 6 (1), 1986",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
        "N. G. Shivaratri, P. Krueger, M. Singhal: Load Distributing for Locally Distributed Systems. \
         IEEE Computer 25 (12), 1992",
    ],
    texts: texts!(
        "load/sharing-receiver",
        "sharing_receiver",
        ["idle-asks", "nobody-has-work", "eight-machines", "asks-again"],
        ["crossover"]
    ),
    policy: Some(policy::kind(r#"{"threshold": 1, "probe-limit": 3, "location": "nowhere", "receive": "yes"}"#)),
    scenarios: &["idle-asks", "nobody-has-work", "eight-machines", "asks-again"],
    experiments: &["crossover"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::GiverKeeps>("who gives work away keeps some"),
        Property::always("at most Lp machines are asked, one after another", checks::asks_within_limit),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2·questions",
        relation: Relation::Exactly,
        count: checks::messages_in_all,
        when: "while no message is under way",
    }],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[Bug {
    id: "give-last",
    title: "a machine gives its only job away",
    lesson: "The job wanders from one idle machine to the next: everybody is busy with moving it, nobody with running it.",
    breaks: "who gives work away keeps some",
    scenario: "idle-asks",
}];
