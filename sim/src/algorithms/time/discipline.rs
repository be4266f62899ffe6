//! How a node puts its clock right: a policy that all topics of physical clocks share, so that step and slew can be
//! compared on each of them.

use super::software_clock::SoftwareClock;
use crate::{
    Datum, Rate,
    algorithm::PolicyKind,
    json::{Fields, Json, Read, Wrong},
    process::Field,
};
use serde::Serialize;

/// The policy.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Discipline {
    /// What is done with a correction.
    pub adjust: Adjust,
    /// By how many percent a clock runs slower or faster while it is slewed.
    pub slew: u32,
}

/// What is done with a correction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Adjust {
    /// The clock runs slower or faster until it is right.
    Slew,
    /// It jumps forward, but is slowed where it would have to go back.
    Forward,
    /// It is set, also back.
    Step,
}

impl Read for Adjust {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json.as_str() {
            Some("slew") => Ok(Self::Slew),
            Some("forward") => Ok(Self::Forward),
            Some("step") => Ok(Self::Step),
            _ => Err(Wrong::expected("slew, forward or step", json)),
        }
    }
}

impl Default for Discipline {
    fn default() -> Self {
        Self { adjust: Adjust::Slew, slew: 10 }
    }
}

impl Read for Discipline {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let mut fields = Fields::of(json, &["adjust", "slew"])?;
        let standard = Self::default();
        let adjust = fields.or("adjust", standard.adjust).unwrap_or(standard.adjust);
        let slew = fields.or("slew", standard.slew).unwrap_or_default();
        fields.check().map(|()| Self { adjust, slew })
    }
}

/// How it is read, and what the page offers.
pub const DISCIPLINE: PolicyKind = PolicyKind {
    read,
    default: r#"{"adjust": "slew", "slew": 10}"#,
    fields: &[
        Field {
            name: "adjust",
            label: "a wrong clock is put right by",
            unit: "slew|forward|step",
            min: 0,
            max: 2,
            default: 0,
        },
        Field { name: "slew", label: "slewing changes its rate by", unit: "%", min: 1, max: MOST, default: 10 },
    ],
};

/// The greatest change of the rate: a clock must go on.
const MOST: i64 = 90;

fn read(json: &Json) -> Result<Datum, String> {
    let policy = Discipline::read(json).map_err(|wrong| wrong.to_string())?;
    if (1..=MOST).contains(&policy.slew.into()) {
        Ok(Datum::new(policy))
    } else {
        Err(format!("`slew`: {} is not a change of the rate from 1 to {MOST} %", policy.slew))
    }
}

/// What has become of a correction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Adjusted {
    /// The clock was right.
    Right,
    /// It was set at once, backward or not.
    Stepped {
        /// Whether time ran backward.
        back: bool,
    },
    /// It runs at another rate until it is right.
    Slewing,
}

impl Discipline {
    /// Puts the clock right by so many microseconds, when the hardware shows `hardware`. What was still being absorbed
    /// counts no more: the error was measured on the clock as it is shown.
    pub fn apply(self, clock: &mut SoftwareClock, hardware: i64, by: i64) -> Adjusted {
        let steps = self.adjust == Adjust::Step || self.adjust == Adjust::Forward && by > 0;
        if steps && by != 0 {
            return Adjusted::Stepped { back: clock.step(hardware, by) };
        }
        clock.slew(hardware, by, self.rate(by));
        if by == 0 { Adjusted::Right } else { Adjusted::Slewing }
    }

    /// The rate at which such a correction is absorbed.
    pub fn rate(self, by: i64) -> Rate {
        let slew = self.slew.min(MOST as u32);
        Rate { numerator: if by < 0 { 100 - slew } else { 100 + slew }, denominator: 100 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_steps_turns_time_back() {
        let adjusted = |adjust, by| {
            let mut clock = SoftwareClock::default();
            Discipline { adjust, slew: 10 }.apply(&mut clock, 100, by)
        };
        for (adjust, ahead, back) in [
            (Adjust::Slew, Adjusted::Slewing, Adjusted::Slewing),
            (Adjust::Forward, Adjusted::Stepped { back: false }, Adjusted::Slewing),
            (Adjust::Step, Adjusted::Stepped { back: false }, Adjusted::Stepped { back: true }),
        ] {
            assert_eq!(
                [adjusted(adjust, 5), adjusted(adjust, -5), adjusted(adjust, 0)],
                [ahead, back, Adjusted::Right]
            );
        }
    }

    #[test]
    fn a_policy_is_read_by_its_words() {
        let read = |text: &str| (DISCIPLINE.read)(&crate::json::parse(text).expect("JSON"));
        assert_eq!(read(DISCIPLINE.default).ok().and_then(|policy| policy.get().copied()), Some(Discipline::default()));
        let step = read(r#"{"adjust": "step"}"#).ok().and_then(|policy| policy.get::<Discipline>().copied());
        assert_eq!(step.map(|policy| policy.adjust), Some(Adjust::Step));
        assert!(read(r#"{"adjust": "jump"}"#).is_err() && read(r#"{"slew": 91}"#).is_err());
    }
}
