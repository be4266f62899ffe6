//! What the user sets: the policy, which can be replaced in the middle of a run, and the scenario's configuration.

use crate::{Datum, Micros, NodeId, algorithm::PolicyKind, process::Field};
use serde::{Deserialize, Deserializer, Serialize};

/// How machines decide. In force for every decision that is made from now on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// T: a machine with fewer jobs takes one more; with as many, it looks for another.
    pub threshold: u32,
    /// Lp: how many machines are probed for one job, at most. With 0, nothing is shared.
    pub probe_limit: u32,
    /// Whether a machine that answers that it is below keeps a place for the job until it comes.
    #[serde(deserialize_with = "flag")]
    pub reserve: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { threshold: 2, probe_limit: 3, reserve: false }
    }
}

/// How policies are read, and what the page offers.
pub const POLICY: PolicyKind = PolicyKind {
    read,
    default: r#"{"threshold": 2, "probe-limit": 3, "reserve": false}"#,
    fields: &[
        Field {
            name: "threshold",
            label: "threshold T: look elsewhere from T jobs on",
            unit: "jobs",
            min: 1,
            max: MOST,
            default: 2,
        },
        Field { name: "probe-limit", label: "probe limit Lp", unit: "probes", min: 0, max: MOST, default: 3 },
        Field { name: "reserve", label: "keep a place (0 no, 1 yes)", unit: "", min: 0, max: 1, default: 0 },
    ],
};

/// The greatest threshold and probe limit.
const MOST: i64 = 1_000;

fn read(json: &serde_json::Value) -> Result<Datum, String> {
    let policy: Policy = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    if !(1..=MOST).contains(&policy.threshold.into()) {
        return Err(format!("`threshold`: {} is not a number of jobs from 1 to {MOST}", policy.threshold));
    }
    if i64::from(policy.probe_limit) > MOST {
        return Err(format!("`probe-limit`: {} is not a number of probes from 0 to {MOST}", policy.probe_limit));
    }
    Ok(Datum::new(policy))
}

/// A form of the page has numbers only: 0 and 1 are as good as no and yes.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "true or false, or 1 or 0")]
    enum Flag {
        Word(bool),
        Number(u8),
    }
    match Flag::deserialize(deserializer)? {
        Flag::Word(yes) => Ok(yes),
        Flag::Number(number @ 0..=1) => Ok(number == 1),
        Flag::Number(other) => Err(serde::de::Error::custom(format!("{other} is neither 0 nor 1"))),
    }
}

/// What a scenario may say besides.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// For each machine, the service times of the jobs that are there at the start, the first in service.
    #[serde(default)]
    pub jobs: Vec<Vec<Micros>>,
    /// The order in which machines are probed, in place of a random one. Machines that are not named are not probed.
    #[serde(default)]
    pub probe_order: Vec<NodeId>,
}

/// Jobs that a machine may have at the start.
const MOST_AT_START: usize = 1_000;

/// Reads the scenario's `config`.
pub fn configure(json: &serde_json::Value, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config: Config = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    if config.jobs.len() > nodes as usize {
        return Err(format!("`jobs`: {} machines, but the scenario has {nodes}", config.jobs.len()));
    }
    if config.jobs.iter().any(|jobs| jobs.len() > MOST_AT_START) {
        return Err(format!("`jobs`: a machine has at most {MOST_AT_START} jobs at the start"));
    }
    if config.jobs.iter().flatten().any(|&demand| demand > super::LONGEST_SERVICE) {
        return Err(format!("`jobs`: a job is in service for at most {}", super::LONGEST_SERVICE));
    }
    if let Some(node) = config.probe_order.iter().find(|node| node.0 >= nodes) {
        return Err(format!("`probe-order`: there is no node {}", node.0));
    }
    Ok(Some(Datum::new(config)))
}
