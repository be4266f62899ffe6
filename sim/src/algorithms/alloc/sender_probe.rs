//! The sender asks before it sends: it probes machines at random, one after another, until one can take the process. It is
//! threshold location (load/location-threshold), in the words of processor allocation.

use crate::{
    Algorithm,
    algorithm::Bug,
    algorithms::load::{location_threshold, machine::policy},
    texts,
};

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "alloc/sender-probe",
    title: "Ask before you send",
    summary: "A machine with too much probes others at random, until one can take a job or it has asked enough.",
    texts: texts!("alloc/sender-probe", "sender_probe", ["asks-first", "asks-in-vain", "place-kept", "eight-machines"]),
    policy: Some(policy::kind(r#"{"threshold": 2, "probe-limit": 3, "location": "threshold"}"#)),
    scenarios: &["asks-first", "asks-in-vain", "place-kept", "eight-machines"],
    // What is measured about it is measured there.
    experiments: &[],
    bugs: &[
        Bug {
            id: "any-answer",
            title: "the job goes to whoever answers first",
            lesson: "Who asks and does not listen has paid for two messages and knows as much as before.",
            breaks: "a chosen machine was below the threshold when it answered",
            scenario: "asks-in-vain",
        },
        Bug {
            id: "no-limit",
            title: "it asks until everybody was asked",
            lesson: "When all are busy, everybody asks everybody. Work that cannot be shared costs most.",
            breaks: "at most Lp machines are probed for one job",
            scenario: "asks-in-vain",
        },
    ],
    ..location_threshold::ALGORITHM
};
