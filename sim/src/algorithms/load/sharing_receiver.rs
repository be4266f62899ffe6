//! Receiver-initiated load sharing (Eager, Lazowska and Zahorjan): a machine that is below the threshold when it has
//! finished a job asks others for work, one after another and at random, up to `Lp` of them. Who has more jobs than the
//! threshold gives the last one that waits.

use super::machine::{
    Machine, SERVICE, checks,
    policy::{self, Config},
};
use crate::{
    Algorithm, Order,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, NodeShape, Relation, Timing},
    property::Property,
    texts,
};
use std::sync::Arc;

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "load/sharing-receiver",
    title: "Receiver-initiated sharing",
    summary: "A machine that runs out of work asks the others for some.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
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
        ["idle-asks", "nobody-has-work", "eight-machines", "asks-again"]
    ),
    parameters: &[SERVICE],
    policy: Some(policy::kind(r#"{"threshold": 1, "probe-limit": 3, "location": "nowhere", "receive": "yes"}"#)),
    scenarios: &["idle-asks", "nobody-has-work", "eight-machines", "asks-again"],
    properties: &[
        Property::always("every job is in exactly one place", checks::one_place),
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
    plots: checks::PLOTS,
    milestones: &["JobMoved"],
    node_prefix: "M",
    first_number: 1,
    node_shape: NodeShape::Machine,
    configure: policy::configure,
    spawn: |setup, node| Arc::new(Machine::new(setup.config::<Config>(), node)),
    ..Algorithm::EMPTY
};

/// Planted bugs, each with its lesson.
const BUGS: &[Bug] = &[Bug {
    id: "give-last",
    title: "a machine gives its only job away",
    lesson: "The job wanders from one idle machine to the next: everybody is busy with moving it, nobody with running it.",
    breaks: "who gives work away keeps some",
    scenario: "idle-asks",
}];
