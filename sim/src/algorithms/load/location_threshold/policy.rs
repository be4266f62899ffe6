//! What the user sets: the policy, which can be replaced in the middle of a run, and the scenario's configuration.

use crate::{
    Datum, Micros, NodeId,
    algorithm::PolicyKind,
    json::{Fields, Json, Read, Wrong},
    process::Field,
    read_record,
};
use serde::Serialize;

/// How machines decide. In force for every decision that is made from now on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Policy {
    /// T: a machine with fewer jobs takes one more; with as many, it looks for another.
    pub threshold: u32,
    /// Lp: how many machines are probed for one job, at most. With 0, nothing is shared.
    pub probe_limit: u32,
    /// Whether a machine that answers that it is below keeps a place for the job until it comes.
    pub reserve: bool,
}

impl Read for Policy {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let mut fields = Fields::of(json, &["threshold", "probe-limit", "reserve"])?;
        let mut policy = Self::default();
        policy.threshold = fields.or("threshold", policy.threshold).unwrap_or_default();
        policy.probe_limit = fields.or("probe-limit", policy.probe_limit).unwrap_or_default();
        policy.reserve = fields.or("reserve", Flag(policy.reserve)).is_some_and(|flag| flag.0);
        fields.check().map(|()| policy)
    }
}

/// A form of the page has numbers only: 0 and 1 are as good as no and yes.
struct Flag(bool);

impl Read for Flag {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match (json.as_bool(), json.as_u64()) {
            (Some(yes), _) => Ok(Self(yes)),
            (_, Some(number @ 0..=1)) => Ok(Self(number == 1)),
            _ => Err(Wrong::expected("true or false, or 1 or 0", json)),
        }
    }
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

fn read(json: &Json) -> Result<Datum, String> {
    let policy = Policy::read(json).map_err(|wrong| wrong.to_string())?;
    if !(1..=MOST).contains(&policy.threshold.into()) {
        return Err(format!("`threshold`: {} is not a number of jobs from 1 to {MOST}", policy.threshold));
    }
    if i64::from(policy.probe_limit) > MOST {
        return Err(format!("`probe-limit`: {} is not a number of probes from 0 to {MOST}", policy.probe_limit));
    }
    Ok(Datum::new(policy))
}

/// What a scenario may say besides.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Config {
    /// For each machine, the service times of the jobs that are there at the start, the first in service.
    pub jobs: Vec<Vec<Micros>>,
    /// The order in which machines are probed, in place of a random one. Machines that are not named are not probed.
    pub probe_order: Vec<NodeId>,
}

read_record!(Config { jobs = vec![], probe_order from "probe-order" = vec![] });

/// Jobs that a machine may have at the start.
const MOST_AT_START: usize = 1_000;

/// Reads the scenario's `config`.
pub fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
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
