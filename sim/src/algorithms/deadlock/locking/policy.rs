//! The rules under which processes share resources: four conditions that can be switched off one by one, avoidance, and
//! what becomes of a deadlock that is found. A transaction keeps the rules with which it began.

use crate::{
    Datum,
    algorithm::PolicyKind,
    json::{Fields, Json, Read, Wrong},
    process::Field,
};
use serde::Serialize;

/// The rules in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Policy {
    /// A resource has one holder at a time. Without: a daemon has it, and processes write files for it.
    pub mutual_exclusion: bool,
    /// A process may wait while it holds something. Without: it gets all that it needs at once, or nothing.
    pub hold_and_wait: bool,
    /// Nothing is taken from a process. Without: the younger gives way to the older.
    pub no_preemption: bool,
    /// Resources are asked for in any order. Without: in the order of their numbers.
    pub circular_wait: bool,
    /// How the younger gives way.
    pub preempt_by: Preemption,
    /// A banker, who knows what each will need, lends only where everybody can still finish.
    pub avoidance: bool,
    /// Nothing is released before the end of a program.
    pub two_phase: bool,
    /// What becomes of a deadlock that is found.
    pub recovery: Recovery,
    /// Who has to give way then.
    pub victim: Victim,
}

/// How the younger gives way to the older.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preemption {
    /// Who asks an older one does not wait but starts again.
    WaitDie,
    /// Who is asked by an older one starts again.
    WoundWait,
}

/// What becomes of a deadlock that is found.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recovery {
    /// The operator is told, and decides.
    Operator,
    /// A victim is ended.
    Terminate,
    /// A victim goes back to the checkpoint before it got what the others wait for.
    RollBack,
}

/// Who has to give way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Victim {
    /// The youngest.
    Age,
    /// The one that has worked least.
    Progress,
    /// The one that holds least.
    Resources,
    /// The one that has worked least, where each earlier rollback counts as much as ten milliseconds of work, doubled
    /// each time.
    Rollbacks,
}

impl Policy {
    /// Whether no deadlock can come about under these rules.
    pub fn prevents(&self) -> bool {
        !(self.mutual_exclusion && self.hold_and_wait && self.no_preemption && self.circular_wait) || self.avoidance
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mutual_exclusion: true,
            hold_and_wait: true,
            no_preemption: true,
            circular_wait: true,
            preempt_by: Preemption::WaitDie,
            avoidance: false,
            two_phase: false,
            recovery: Recovery::Operator,
            victim: Victim::Age,
        }
    }
}

/// The position of a word, or the number itself.
struct Choice(u32);

impl Read for Choice {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let number = match json {
            Json::Bool(yes) => Some(u32::from(*yes)),
            Json::Number(_) => Some(u32::read(json)?),
            Json::String(word) => [
                &["wait-die", "operator", "age"][..],
                &["wound-wait", "terminate", "progress"],
                &["roll-back", "resources"],
                &["rollbacks"],
            ]
            .iter()
            .position(|words| words.contains(&word.as_str()))
            .map(|at| at as u32),
            _ => None,
        };
        number.map(Self).ok_or_else(|| Wrong::expected("a number, yes or no, or the name of a rule", json))
    }
}

const NAMES: [&str; 9] = [
    "mutual-exclusion",
    "hold-and-wait",
    "no-preemption",
    "circular-wait",
    "preempt-by",
    "avoidance",
    "two-phase",
    "recovery",
    "victim",
];

impl Read for Policy {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let mut fields = Fields::of(json, &NAMES)?;
        let mut values = [1, 1, 1, 1, 0, 0, 0, 0, 0];
        for (name, value) in NAMES.iter().zip(&mut values) {
            *value = fields.or(name, Choice(*value)).map_or(0, |choice| choice.0);
        }
        fields.check()?;
        let most = [1, 1, 1, 1, 1, 1, 1, 2, 3];
        if let Some(k) = (0..NAMES.len()).find(|&k| values[k] > most[k]) {
            return Err(Wrong::new(format!("`{}`: {} is not a number from 0 to {}", NAMES[k], values[k], most[k])));
        }
        Ok(Self {
            mutual_exclusion: values[0] == 1,
            hold_and_wait: values[1] == 1,
            no_preemption: values[2] == 1,
            circular_wait: values[3] == 1,
            preempt_by: [Preemption::WaitDie, Preemption::WoundWait][values[4] as usize],
            avoidance: values[5] == 1,
            two_phase: values[6] == 1,
            recovery: [Recovery::Operator, Recovery::Terminate, Recovery::RollBack][values[7] as usize],
            victim: [Victim::Age, Victim::Progress, Victim::Resources, Victim::Rollbacks][values[8] as usize],
        })
    }
}

const fn switch(name: &'static str, label: &'static str, default: i64) -> Field {
    Field { name, label, unit: "", min: 0, max: 1, default }
}

const RECOVERY: Field = Field {
    name: "recovery",
    label: "when a deadlock is found",
    unit: "operator|terminate|roll-back",
    min: 0,
    max: 2,
    default: 0,
};

const VICTIM: Field = Field {
    name: "victim",
    label: "the victim is chosen by",
    unit: "age|progress|resources|rollbacks",
    min: 0,
    max: 3,
    default: 0,
};

const TWO_PHASE: Field = switch("two-phase", "two-phase: release at the end only", 0);

/// How the rules are read, and what the page offers where processes run under any of them.
pub const POLICY: PolicyKind = PolicyKind {
    read,
    default: "{}",
    fields: &[
        switch("mutual-exclusion", "mutual exclusion (off: spooled)", 1),
        switch("hold-and-wait", "hold and wait (off: all at once)", 1),
        switch("no-preemption", "no preemption (off: one gives way)", 1),
        switch("circular-wait", "circular wait (off: asks in order)", 1),
        Field { name: "preempt-by", label: "who gives way", unit: "wait-die|wound-wait", min: 0, max: 1, default: 0 },
        switch("avoidance", "avoidance by a banker", 0),
        TWO_PHASE,
        RECOVERY,
        VICTIM,
    ],
};

/// The same for controllers: processes wait as they like.
pub const OF_CONTROLLERS: PolicyKind = PolicyKind { read, default: "{}", fields: &[TWO_PHASE, RECOVERY, VICTIM] };

/// The same for ways along the waits, which are true only where everything is released at the end.
pub const OF_PATHS: PolicyKind =
    PolicyKind { read, default: r#"{"two-phase": true}"#, fields: &[TWO_PHASE, RECOVERY, VICTIM] };

fn read(json: &Json) -> Result<Datum, String> {
    Policy::read(json).map(Datum::new).map_err(|wrong| wrong.to_string())
}
