//! The power of two choices (Mitzenmacher; Vvedenskaya, Dobrushin and Karpelevich): a job compares the queue where it
//! arrives with `Lp` others, drawn at random and asked at once, and joins the shortest. With one other queue, that is d = 2.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/power-of-two",
    title: "The power of two choices",
    summary: "Every arrival looks at one other queue, drawn at random, and joins the shorter one.",
    sources: &[
        "M. Mitzenmacher: The Power of Two Choices in Randomized Load Balancing. \
         IEEE Transactions on Parallel and Distributed Systems 12 (10), 2001",
        "N. D. Vvedenskaya, R. L. Dobrushin, F. I. Karpelevich: Queueing System with Selection of the Shortest of Two \
         Queues: An Asymptotic Approach. Problems of Information Transmission 32 (1), 1996",
    ],
    texts: texts!(
        "load/power-of-two",
        "power_of_two",
        ["two-queues", "eight-machines", "same-idle-machine"],
        ["choices"]
    ),
    policy: Some(policy::kind(r#"{"threshold": 1, "probe-limit": 1, "location": "choices"}"#)),
    scenarios: &["two-queues", "eight-machines", "same-idle-machine"],
    experiments: &["choices"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::WithinMoves>("no job moves more than once"),
        Property::monitor::<checks::NoneTwice>("no machine is probed twice for one job"),
        Property::monitor::<checks::WithinLimit>("at most d − 1 other machines are asked for one job"),
        Property::monitor::<checks::JoinsShortest>("a job joins the shortest queue of which it heard"),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[
        Cost {
            what: "messages for one arrival, at most",
            formula: "2·(d − 1) + 1",
            relation: Relation::AtMost,
            count: checks::messages_an_arrival,
            when: "for every job that arrives; d − 1 is the greatest probe limit that was in force",
        },
        Cost {
            what: "messages in all",
            formula: "2·probes + moves",
            relation: Relation::Exactly,
            count: checks::messages_in_all,
            when: "while no message is under way",
        },
    ],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[Bug {
    id: "join-longer",
    title: "the job joins the longer queue",
    lesson: "One question and the wrong answer to it: worse than no question at all.",
    breaks: "a job joins the shortest queue of which it heard",
    scenario: "two-queues",
}];
