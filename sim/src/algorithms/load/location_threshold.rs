//! Threshold location (Eager, Lazowska and Zahorjan): a machine at which a job arrives while `T` or more jobs are there
//! already asks other machines, one after another and at random, how many they have. The job moves to the first that is
//! below the threshold, and stays where it is when `Lp` machines have said no. It is never probed for again.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/location-threshold",
    title: "Threshold location",
    summary: "A machine that is over its threshold asks others, one by one, until one is below its own.",
    sources: &[
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!(
        "load/location-threshold",
        "location_threshold",
        ["two-busy", "eight-machines", "all-busy", "probe-order", "stale-answer", "late-answer"],
        ["threshold", "probe-limit", "transfer-cost"]
    ),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "reserve": "no", "location": "threshold"}"#)),
    scenarios: &["two-busy", "eight-machines", "all-busy", "probe-order", "stale-answer", "late-answer"],
    experiments: &["threshold", "probe-limit", "transfer-cost"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::monitor::<checks::WithinMoves>("no job moves more than once"),
        Property::monitor::<checks::NoneTwice>("no machine is probed twice for one job"),
        Property::monitor::<checks::WithinLimit>("at most Lp machines are probed for one job"),
        Property::monitor::<checks::ChosenBelow>("a chosen machine was below the threshold when it answered"),
        Property::monitor::<checks::ClassServed>("whoever is first by the policy is served first"),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[
        Cost {
            what: "messages for one arrival, at most",
            formula: "2·Lp + 1",
            relation: Relation::AtMost,
            count: checks::messages_an_arrival,
            when: "for every job that arrives; Lp is the greatest that was in force",
        },
        Cost {
            what: "messages in all",
            formula: "2·probes + moves + places given back",
            relation: Relation::Exactly,
            count: checks::messages_in_all,
            when: "while no message is under way",
        },
    ],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[
    Bug {
        id: "probe-with-replacement",
        title: "the next machine is drawn among all",
        lesson: "Who has said no is asked again: the probe limit buys fewer answers than it pays for.",
        breaks: "no machine is probed twice for one job",
        scenario: "all-busy",
    },
    Bug {
        id: "no-limit",
        title: "probing goes on until every machine was asked",
        lesson: "When all are busy, every arrival asks everybody: the load of the network grows with the load of the \
                 machines, when it helps least.",
        breaks: "at most Lp machines are probed for one job",
        scenario: "eight-machines",
    },
    Bug {
        id: "any-answer",
        title: "the job moves to whoever answers first",
        lesson: "A probe whose answer is not looked at is worth nothing: the job lands on a machine that is just as \
                 busy.",
        breaks: "a chosen machine was below the threshold when it answered",
        scenario: "all-busy",
    },
    Bug {
        id: "bounce",
        title: "a job that has moved is probed for again",
        lesson: "With stale answers a busy machine passes on what it was just sent: without a migration limit, \
                 machines are busy passing work around.",
        breaks: "no job moves more than once",
        scenario: "stale-answer",
    },
    Bug {
        id: "lost-transfer",
        title: "a machine that is busy by now turns a job away that was sent to it",
        lesson: "The sender has let the job go. Once it has moved, it has to run where it is, or nobody has it.",
        breaks: "every job is in exactly one place",
        scenario: "stale-answer",
    },
    Bug {
        id: "sleeper",
        title: "a job that was sent does not wake an idle machine",
        lesson: "The job was moved so that it need not wait, and now nobody starts it.",
        breaks: "every job is finished",
        scenario: "two-busy",
    },
];
