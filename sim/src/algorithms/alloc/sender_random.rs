//! The sender picks a machine at random and sends the process there, unasked. Whoever cannot take it sends it on, until it
//! is accepted or has moved as often as it may.

use crate::{
    Algorithm,
    algorithm::{Bug, Cost, Relation},
    algorithms::load::machine::{self, checks, policy},
    property::Property,
    texts,
};

const WITHIN_HOPS: &str = "no job moves more often than the hop limit";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/sender-random",
    title: "Send it anywhere",
    summary: "A machine with too much sends a job to any other, unasked. It travels until somebody keeps it.",
    sources: &[
        "D. L. Eager, E. D. Lazowska, J. Zahorjan: Adaptive Load Sharing in Homogeneous Distributed Systems. \
         IEEE Transactions on Software Engineering 12 (5), 1986",
        "A. S. Tanenbaum: Distributed Operating Systems, 1995, section 4.3: a sender-initiated distributed heuristic algorithm",
    ],
    texts: texts!("alloc/sender-random", "sender_random", ["sent-on", "has-to-stay", "for-ever", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "location": "random", "moves": 3}"#)),
    scenarios: &["sent-on", "has-to-stay", "for-ever", "eight-machines"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
        Property::monitor::<checks::WithinMoves>(WITHIN_HOPS),
        Property::always("no machine has work and does nothing", checks::none_sleeps),
        Property::eventually("every job is finished", checks::all_finished),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "moves; nobody is asked",
        relation: Relation::Exactly,
        count: checks::messages_in_all,
        when: "while no message is under way; at most the hop limit for each job",
    }],
    bugs: &[Bug {
        id: "no-hop-limit",
        title: "a job is sent on as long as machines are busy",
        lesson: "When all are busy there is nobody to accept it. The network carries jobs round and round: thrashing.",
        breaks: WITHIN_HOPS,
        scenario: "has-to-stay",
    }],
    ..machine::TOPIC
};
