//! Bidding (the contract net of Smith): a job is offered to all others, each names a price, and the lowest bid is awarded the
//! job, if the bidder still wants it.

use super::machine::{self, accounts::AddsUp, checks, policy};
use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    property::Property,
    texts,
};
/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/location-bidding",
    title: "Bidding",
    summary: "A job is offered to all, each names its price, and the lowest bid gets the job.",
    sources: &[
        "R. G. Smith: The Contract Net Protocol: High-Level Communication and Control in a Distributed Problem Solver. \
         IEEE Transactions on Computers 29 (12), 1980",
        "P. K. Sinha: Distributed Operating Systems: Concepts and Design, 1997, chapter 7",
    ],
    texts: texts!("load/location-bidding", "location_bidding", ["five-bidders", "two-managers", "no-good-bid"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "location": "bids"}"#)),
    scenarios: &["five-bidders", "two-managers", "no-good-bid"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<AddsUp>("waiting, service and travel add up to the response time"),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::monitor::<checks::RoomForContracts>("nobody agrees to a job without room for it"),
        Property::monitor::<checks::WithinMoves>("no job moves more than once"),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "2(n − 1) an offer + 2 an award + moves",
        relation: Relation::Exactly,
        count: checks::messages_in_all,
        when: "while no message is under way",
    }],
    bugs: BUGS,
    ..machine::TOPIC
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[Bug {
    id: "never-declines",
    title: "a contractor takes whatever it is awarded",
    lesson: "Its bid was true when it was made. Without a last question the cheapest bidder wins from everybody and is buried in work.",
    breaks: "nobody agrees to a job without room for it",
    scenario: "two-managers",
}];
