//! The receiver asks: a machine that has run out of work asks others for some. It is receiver-initiated load sharing
//! (load/sharing-receiver), in the words of processor allocation.

use crate::{
    Algorithm,
    algorithm::Bug,
    algorithms::load::{machine::policy, sharing_receiver},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/receiver",
    title: "Ask for work",
    summary: "A machine that has run out of work asks others for a job that has not begun.",
    texts: texts!("alloc/receiver", "receiver", ["gets-work", "too-early", "asks-again", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 1, "probe-limit": 3, "location": "nowhere", "receive": "yes"}"#)),
    scenarios: &["gets-work", "too-early", "asks-again", "eight-machines"],
    // What is measured about it is measured there.
    experiments: &[],
    bugs: &[Bug {
        id: "give-last",
        title: "a machine gives its only job away",
        lesson: "The job wanders from one idle machine to the next, and nobody has the time to run it.",
        breaks: "who gives work away keeps some",
        scenario: "too-early",
    }],
    ..sharing_receiver::ALGORITHM
};
