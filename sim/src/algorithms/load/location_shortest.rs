//! Shortest location (Eager, Lazowska and Zahorjan): as threshold location, but up to `Lp` machines are asked before the job
//! moves to the shortest queue among them. An idle machine ends the search: none can be shorter.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/location-shortest",
    title: "Shortest queue",
    summary: "A machine that is over its threshold asks several others and takes the shortest queue.",
    sources: &[
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!("load/location-shortest", "location_shortest", ["three-asked", "idle-ends-search", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "location": "shortest"}"#)),
    scenarios: &["three-asked", "idle-ends-search", "eight-machines"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::WithinMoves>("no job moves more than once"),
        Property::monitor::<checks::NoneTwice>("no machine is probed twice for one job"),
        Property::monitor::<checks::WithinLimit>("at most Lp machines are probed for one job"),
        Property::monitor::<checks::ChosenBelow>("a chosen machine was below the threshold when it answered"),
        Property::monitor::<checks::JoinsShortest>("a job moves to the shortest queue of which it heard"),
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
const BUGS: &[Bug] = &[
    Bug {
        id: "longest",
        title: "the comparison is the wrong way round",
        lesson: "More questions do not help who draws the wrong conclusion from the answers.",
        breaks: "a job moves to the shortest queue of which it heard",
        scenario: "three-asked",
    },
    Bug {
        id: "no-limit",
        title: "asking goes on until every machine was asked",
        lesson: "The true minimum costs a question to everybody, and buys next to nothing over three.",
        breaks: "at most Lp machines are probed for one job",
        scenario: "eight-machines",
    },
];
