//! The sender asks several and takes the best: it probes some machines for their load and sends the process to the one
//! with the least. It is shortest location (load/location-shortest), in the words of processor allocation.

use crate::{
    Algorithm,
    algorithm::Bug,
    algorithms::load::{location_shortest, machine::policy},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/sender-shortest",
    title: "Ask several, take the best",
    summary: "A machine with too much asks some others how much they have, and sends a job to the one with the least.",
    texts: texts!("alloc/sender-shortest", "sender_shortest", ["the-least", "none-is-better", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "location": "shortest"}"#)),
    scenarios: &["the-least", "none-is-better", "eight-machines"],
    // What is measured about it is measured there.
    experiments: &[],
    bugs: &[Bug {
        id: "longest",
        title: "the comparison is the wrong way round",
        lesson: "The most expensive answers do not help who draws the wrong conclusion from them.",
        breaks: "a job moves to the shortest queue of which it heard",
        scenario: "the-least",
    }],
    ..location_shortest::ALGORITHM
};
