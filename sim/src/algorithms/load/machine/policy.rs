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
    /// A machine takes jobs of others only while it has fewer than this; 0: as long as it is below T.
    pub low: u32,
    /// Lp: how many machines are probed for one job, at most. With 0, nothing is shared.
    pub probe_limit: u32,
    /// Whether a machine that answers that it is below keeps a place for the job until it comes.
    pub reserve: bool,
    /// Where a machine that is over its threshold looks for a place.
    pub location: Location,
    /// Whether a machine that is below its threshold when a job is finished asks others for work.
    pub receive: bool,
    /// How long it waits before it asks again when nobody had work; zero: until its next job is finished.
    pub retry: Micros,
    /// How often a job may move when nobody is asked before.
    pub moves: u32,
    /// Who is served first, of jobs that came from outside and jobs that came from other machines.
    pub priority: Priority,
}

impl Policy {
    /// With so many jobs a machine takes no more of others.
    pub fn takes_below(&self) -> u32 {
        if self.low == 0 { self.threshold } else { self.low }
    }
}

/// Who is served first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Who came first.
    Arrival,
    /// Jobs of this machine.
    Selfish,
    /// Jobs of others.
    Altruistic,
    /// Jobs of the kind of which more wait; its own if they are as many.
    Intermediate,
}

impl Priority {
    /// Whether a job of this machine is served next, where so many of its own and of others wait; nothing where it does
    /// not matter whose it is.
    pub fn own_first(self, own: u32, others: u32) -> Option<bool> {
        match self {
            Self::Arrival => None,
            Self::Selfish => Some(own > 0),
            Self::Altruistic => Some(others == 0),
            Self::Intermediate => Some(own >= others),
        }
    }
}

const PRIORITIES: [(&str, Priority); 4] = [
    ("arrival", Priority::Arrival),
    ("selfish", Priority::Selfish),
    ("altruistic", Priority::Altruistic),
    ("intermediate", Priority::Intermediate),
];

impl Read for Priority {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = PRIORITIES.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, priority)| priority);
        found.ok_or_else(|| Wrong::expected("arrival, selfish, altruistic or intermediate", json))
    }
}

/// Location policies of a sender.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// A job stays where it arrives.
    Nowhere,
    /// It is sent to any machine, unasked.
    Random,
    /// The first machine below the threshold, asked one after another.
    Threshold,
    /// The shortest queue below the threshold among those asked, one after another; an idle one ends the search.
    Shortest,
    /// The shortest queue among the own one and those asked, all at once.
    Choices,
    /// The best of the bids that all others make for it.
    Bids,
    /// A partner, with which it evens out its queue.
    Partner,
}

const LOCATIONS: [(&str, Location); 7] = [
    ("nowhere", Location::Nowhere),
    ("random", Location::Random),
    ("threshold", Location::Threshold),
    ("shortest", Location::Shortest),
    ("choices", Location::Choices),
    ("bids", Location::Bids),
    ("partner", Location::Partner),
];

impl Read for Location {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = LOCATIONS.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, location)| location);
        found.ok_or_else(|| Wrong::expected("nowhere, random, threshold, shortest, choices, bids or partner", json))
    }
}

impl Read for Policy {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let known = ["threshold", "low", "probe-limit", "reserve", "location", "receive", "retry", "moves", "priority"];
        let mut fields = Fields::of(json, &known)?;
        let mut policy = Self::default();
        policy.threshold = fields.or("threshold", policy.threshold).unwrap_or_default();
        policy.probe_limit = fields.or("probe-limit", policy.probe_limit).unwrap_or_default();
        policy.reserve = fields.or("reserve", Flag(policy.reserve)).is_some_and(|flag| flag.0);
        policy.location = fields.or("location", policy.location).unwrap_or(policy.location);
        policy.receive = fields.or("receive", Flag(policy.receive)).is_some_and(|flag| flag.0);
        policy.retry = fields.or("retry", policy.retry).unwrap_or_default();
        policy.moves = fields.or("moves", policy.moves).unwrap_or_default();
        policy.low = fields.or("low", policy.low).unwrap_or_default();
        policy.priority = fields.or("priority", policy.priority).unwrap_or(policy.priority);
        fields.check().map(|()| policy)
    }
}

/// Yes or no, as a choice of the page or as a number.
struct Flag(bool);

impl Read for Flag {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match (json.as_bool(), json.as_u64(), json.as_str()) {
            (Some(yes), ..) => Ok(Self(yes)),
            (_, Some(number @ 0..=1), _) => Ok(Self(number == 1)),
            (_, _, Some(word @ ("yes" | "no"))) => Ok(Self(word == "yes")),
            _ => Err(Wrong::expected("true or false, or 1 or 0", json)),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            threshold: 2,
            low: 0,
            probe_limit: 3,
            reserve: false,
            location: Location::Threshold,
            receive: false,
            retry: Micros::ZERO,
            moves: 1,
            priority: Priority::Arrival,
        }
    }
}

/// How policies are read, and what the page offers, where this is the policy at first.
pub const fn kind(default: &'static str) -> PolicyKind {
    PolicyKind { read, default, fields: FIELDS }
}

const FIELDS: &[Field] = &[
    Field {
        name: "threshold",
        label: "threshold T: look elsewhere from T jobs on",
        unit: "jobs",
        min: 1,
        max: MOST,
        default: 2,
    },
    Field {
        name: "location",
        label: "a machine over its threshold sends to",
        unit: "nowhere|random|threshold|shortest|choices|bids|partner",
        min: 0,
        max: 6,
        default: 2,
    },
    Field {
        name: "receive",
        label: "a machine with too little asks for work",
        unit: "no|yes",
        min: 0,
        max: 1,
        default: 0,
    },
    Field { name: "reserve", label: "who says yes keeps a place", unit: "no|yes", min: 0, max: 1, default: 0 },
    Field { name: "low", label: "take jobs of others below (0: as T)", unit: "jobs", min: 0, max: MOST, default: 0 },
    Field { name: "probe-limit", label: "probe limit Lp", unit: "probes", min: 0, max: MOST, default: 3 },
    Field {
        name: "priority",
        label: "served first",
        unit: "arrival|selfish|altruistic|intermediate",
        min: 0,
        max: 3,
        default: 0,
    },
    Field { name: "moves", label: "moves of a job that is sent unasked", unit: "moves", min: 1, max: MOST, default: 1 },
];

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
    if policy.low > policy.threshold {
        return Err(format!("`low`: {} is above the threshold, {}", policy.low, policy.threshold));
    }
    if policy.moves == 0 {
        return Err("`moves`: 0 moves are a location of `nowhere`; it is at least 1".to_owned());
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
    /// The speed of each machine, in per cent of the normal one; those that are not named have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speeds: Vec<u32>,
}

read_record!(Config { jobs = vec![], probe_order from "probe-order" = vec![], speeds = vec![] });

impl Config {
    /// The speed of a machine.
    pub fn speed_of(&self, node: NodeId) -> Speed {
        self.speeds.get(node.index()).map_or(Speed::NORMAL, |&percent| Speed(percent))
    }
}

/// The speed of a processor, in per cent of the normal one.
#[derive(Clone, Copy)]
pub struct Speed(u32);

impl Speed {
    pub const NORMAL: Self = Self(100);
    const LEAST: u32 = 1;
    const MOST: u32 = 10_000;

    /// How long it takes for so much work, which is counted in time at the normal speed.
    pub fn time_for(self, work: Micros) -> Micros {
        Micros((100 * work.0).div_ceil(u64::from(self.0)))
    }

    /// The work that it does in this time; a little of it however short that is.
    pub fn work_in(self, time: Micros) -> Micros {
        Micros((time.0 * u64::from(self.0) / 100).max(1))
    }
}

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
    if config.speeds.len() > nodes as usize {
        return Err(format!("`speeds`: {} machines, but the scenario has {nodes}", config.speeds.len()));
    }
    let possible = Speed::LEAST..=Speed::MOST;
    if let Some(speed) = config.speeds.iter().find(|speed| !possible.contains(speed)) {
        let (least, most) = (Speed::LEAST, Speed::MOST);
        let nearest = (*speed).clamp(least, most);
        return Err(format!("`speeds`: {speed} is no speed from {least} to {most} per cent; the nearest is {nearest}"));
    }
    if let Some(node) = config.probe_order.iter().find(|node| node.0 >= nodes) {
        return Err(format!("`probe-order`: there is no node {}", node.0));
    }
    Ok(Some(Datum::new(config)))
}
