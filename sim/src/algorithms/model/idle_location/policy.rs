//! What becomes of a guest when the owner of its machine comes back: a policy, which can be replaced in the middle of a
//! run. And what a scenario says besides.

use crate::{
    Datum, Micros, NodeId,
    algorithm::PolicyKind,
    json::{Json, Read, Wrong},
    process::Field,
    read_record,
};
use serde::Serialize;

/// What happens when an owner comes back to a machine with a guest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Returns {
    /// What becomes of the guest.
    pub guest: Rule,
    /// How long it may stay before that.
    pub grace: Micros,
}

read_record!(Returns { guest = Returns::default().guest, grace = Returns::default().grace });

impl Default for Returns {
    fn default() -> Self {
        Self { guest: Rule::Migrate, grace: Micros::ZERO }
    }
}

/// What becomes of a guest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// It stays, and the owner shares the machine with it.
    Stays,
    /// It is killed, and begins again from the start.
    Killed,
    /// It is stopped, and goes on at another machine.
    Migrate,
}

const RULES: [(&str, Rule); 3] = [("stays", Rule::Stays), ("killed", Rule::Killed), ("migrates", Rule::Migrate)];

impl Read for Rule {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = RULES.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, rule)| rule);
        found.ok_or_else(|| Wrong::expected("stays, killed or migrates", json))
    }
}

/// How the policy is read, and what the page offers.
pub const KIND: PolicyKind = PolicyKind { read, default: r#"{"guest": "migrates", "grace": 0}"#, fields: FIELDS };

const FIELDS: &[Field] = &[
    Field {
        name: "guest",
        label: "when the owner comes back, the guest",
        unit: "stays|killed|migrates",
        min: 0,
        max: 2,
        default: 2,
    },
    Field { name: "grace", label: "grace period", unit: "µs", min: 0, max: LONGEST_GRACE.0.cast_signed(), default: 0 },
];

/// The longest grace period.
const LONGEST_GRACE: Micros = Micros(3_600_000_000);

fn read(json: &Json) -> Result<Datum, String> {
    let policy = Returns::read(json).map_err(|wrong| wrong.to_string())?;
    if policy.grace > LONGEST_GRACE {
        return Err(format!("`grace`: {} is longer than {LONGEST_GRACE}", policy.grace));
    }
    Ok(Datum::new(policy))
}

/// What a scenario may say besides.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Config {
    /// The machines that are idle at the start.
    pub idle: Vec<NodeId>,
    /// What each machine carries of its own: mail, daemons. The more, the later it offers itself.
    pub background: Vec<u32>,
}

read_record!(Config { idle = vec![], background = vec![] });

/// The greatest load of its own that a machine may carry.
const MOST_BACKGROUND: u32 = 100;

/// Reads the scenario's `config`.
pub fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    if let Some(node) = config.idle.iter().find(|node| node.0 >= nodes) {
        return Err(format!("`idle`: there is no node {}", node.0));
    }
    if config.background.len() > nodes as usize {
        return Err(format!("`background`: {} machines, but the scenario has {nodes}", config.background.len()));
    }
    if config.background.iter().any(|&load| load > MOST_BACKGROUND) {
        return Err(format!("`background`: a machine carries at most {MOST_BACKGROUND}"));
    }
    Ok(Some(Datum::new(config)))
}
