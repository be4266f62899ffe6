//! What is set before a run.

use crate::algorithm::{Parameter, Unit};

const fn span(name: &'static str, label: &'static str, max: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: 0, max, default }
}

const fn count(name: &'static str, label: &'static str, min: i64, max: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Count, min, max, default }
}

const HOUR: i64 = 3_600_000_000;

/// All of them.
pub const PARAMETERS: &[Parameter] = &[
    span("every", "ask again after (0: on request)", HOUR, 0),
    count("probes", "probes for one setting", 1, 16, 1),
    span("least", "what a message takes at least, one way", HOUR, 0),
    span("limit", "longest round trip that counts (0: any)", HOUR, 0),
    Parameter {
        name: "timeout",
        label: "wait for an answer",
        unit: Unit::Time,
        min: 1_000,
        max: HOUR,
        default: 500_000,
    },
    span("processing", "the server takes", HOUR, 0),
    Parameter {
        name: "told",
        label: "the answer says how long the server took",
        unit: Unit::Choice(&["no", "yes"]),
        min: 0,
        max: 1,
        default: 0,
    },
    count("drift", "ρ: drift rate, in parts in a million", 0, 100_000, 100),
    span("precision", "δ: promised bound between any two clocks (0: none)", HOUR, 0),
    span("accuracy", "α: promised bound from the true time (0: none)", HOUR, 0),
];
