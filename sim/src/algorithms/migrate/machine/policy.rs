//! What a machine does with a guest when its owner is back: the policy, which can be replaced in the middle of a run.

use crate::{
    Datum,
    algorithm::PolicyKind,
    json::{Json, Read, Wrong},
    process::Field,
    read_record,
};
use serde::Serialize;

/// The policy in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Policy {
    /// What happens to a guest when the owner is back.
    pub guest: Guest,
}

read_record!(Policy { guest = Guest::Migrate });

/// What happens to a guest when the owner is back.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Guest {
    /// Nothing: the owner puts up with it.
    Stays,
    /// It is ended, and its work is lost.
    Killed,
    /// It moves home.
    Migrate,
}

const WORDS: [(&str, Guest); 3] = [("stays", Guest::Stays), ("killed", Guest::Killed), ("migrate", Guest::Migrate)];

impl Read for Guest {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let found = WORDS.iter().find(|(word, _)| json.as_str() == Some(word)).map(|&(_, guest)| guest);
        found.ok_or_else(|| Wrong::expected("stays, killed or migrate", json))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { guest: Guest::Migrate }
    }
}

/// How policies are read, and what the page offers.
pub const KIND: PolicyKind = PolicyKind {
    read: |json| Policy::read(json).map(Datum::new).map_err(|wrong| wrong.to_string()),
    default: r#"{"guest": "migrate"}"#,
    fields: &[Field {
        name: "guest",
        label: "when the owner is back, a guest",
        unit: "stays|killed|migrate",
        min: 0,
        max: 2,
        default: 2,
    }],
};
