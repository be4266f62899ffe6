//! A workstation for each user and a pool besides: commands run on the own machine, jobs in the pool. The machines and
//! the rules are those of model/processor-pool; the policy differs, and what is promised.

use super::processor_pool::{self, CONSERVED, checks};
use crate::{
    Algorithm,
    algorithm::{Bug, PolicyKind},
    property::Property,
    texts,
};

const COMMANDS_STAY: &str = "commands run where their user sits";

/// The topic.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "model/hybrid",
    title: "Workstations and a pool",
    summary: "What must answer at once runs on the own machine, what takes long in the pool. Who waits for whom?",
    texts: texts!("model/hybrid", "hybrid", ["pool-is-full", "pool-only", "pool-is-empty", "busy-day"], ["guarantee"]),
    policy: Some(PolicyKind { default: r#"{"place": "hybrid"}"#, ..processor_pool::POLICY }),
    scenarios: &["pool-is-full", "pool-only", "pool-is-empty", "busy-day"],
    experiments: &["guarantee"],
    properties: &[
        Property::always("every process is in exactly one place", checks::one_place),
        Property::always(CONSERVED, checks::conserved),
        Property::monitor::<checks::CommandsStay>(COMMANDS_STAY),
        Property::eventually("every process is finished", checks::all_finished),
    ],
    bugs: &[Bug {
        id: "commands-too",
        title: "commands are sent to the pool as well",
        lesson: "A user at the keyboard waits behind somebody's simulation. The own machine was there to prevent just that.",
        breaks: COMMANDS_STAY,
        scenario: "pool-is-full",
    }],
    ..processor_pool::ALGORITHM
};
