//! Pairing (Bryant and Finkel): a machine with two jobs or more proposes to another one, drawn at random. If their queues
//! differ, they are a pair until half of the difference has moved, and refuse everybody else meanwhile.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/location-pairing",
    title: "Pairing",
    summary: "Two machines whose queues differ form a pair, even them out, and part.",
    sources: &[
        "R. M. Bryant, R. A. Finkel: A Stable Distributed Scheduling Algorithm. \
         2nd International Conference on Distributed Computing Systems, 1981",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!("load/location-pairing", "location_pairing", ["eight-and-two", "taken", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "location": "partner"}"#)),
    scenarios: &["eight-and-two", "taken", "eight-machines"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::OnePartner>("nobody has two partners"),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2·proposals + jobs moved + pairs that are parted",
        relation: Relation::Exactly,
        count: checks::messages_of_pairs,
        when: "while no message is under way",
    }],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[Bug {
    id: "two-partners",
    title: "a machine agrees although it has a partner",
    lesson: "Two others count on the same difference, and both send: the queue that was short is the longest.",
    breaks: "nobody has two partners",
    scenario: "taken",
}];
