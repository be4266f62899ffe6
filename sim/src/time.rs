//! Time: whole microseconds, for instants and for spans.

use crate::json::{Json, Read, Wrong};
use serde::{Serialize, Serializer};
use std::{fmt, ops};

/// An instant since the start of the run, or a span, in whole microseconds.
///
/// In files it is a number of microseconds or a text with a unit: `"10 ms"`, `"1.5 s"`, `"250 us"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Micros(pub u64);

impl Micros {
    /// The instant 0 and the empty span.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// A span of whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1000)
    }

    /// This plus `other`, or [`Micros::NEVER`] where that would not fit.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This minus `other`, or zero where `other` is later.
    #[must_use]
    pub const fn since(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Reads `"10 ms"`, `"1.5 s"`, `"250 us"` or a bare number of microseconds.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || format!("`{text}` is not a time; write a number and us, ms or s, as in `10 ms`");
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let scale: u64 = match unit.trim() {
            "" | "us" | "µs" => 1,
            "ms" => 1_000,
            "s" => 1_000_000,
            _ => return Err(wrong()),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let mut micros = whole.checked_mul(scale).ok_or_else(wrong)?;
        let mut place = scale;
        for digit in fraction.chars() {
            place /= 10;
            micros = micros.saturating_add(u64::from(digit.to_digit(10).ok_or_else(wrong)?) * place);
        }
        Ok(Self(micros))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0;
        if *self == Self::NEVER {
            return f.write_str("never");
        }
        let (scale, unit, places) = match us {
            0 => return f.write_str("0 ms"),
            1..100 => return write!(f, "{us} µs"),
            100..10_000_000 => (1_000, "ms", 3),
            _ => (1_000_000, "s", 3),
        };
        let fraction = format!("{:06}", us % scale * (1_000_000 / scale));
        let fraction = fraction[..places].trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{fraction} {unit}", us / scale)
    }
}

/// A span that may be below zero: by how much a clock is ahead, in whole microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Skew(pub i64);

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            0 => "±",
            1.. => "+",
            _ => "−",
        })?;
        f.write_str(&self.size())
    }
}

impl Skew {
    /// How much it is, without its sign; whole minutes as such.
    pub fn size(self) -> String {
        const MINUTE: u64 = 60_000_000;
        match self.0.unsigned_abs() {
            minutes if minutes >= MINUTE && minutes.is_multiple_of(MINUTE) => format!("{} min", minutes / MINUTE),
            other => Micros(other).to_string(),
        }
    }
}

impl Serialize for Skew {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Skew", &self.0)
    }
}

impl ops::Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.plus(other)
    }
}

impl Serialize for Micros {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("Micros", &self.0)
    }
}

impl Read for Micros {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let number = match json {
            Json::String(text) => return Self::parse(text).map_err(Wrong::new),
            Json::Number(number) => number.as_u64(),
            _ => None,
        };
        let expected = || Wrong::expected("a time such as \"10 ms\", or a whole number of microseconds", json);
        number.map(Self).ok_or_else(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skew_has_a_sign_and_long_ones_are_in_minutes() {
        let shown = [0, 10_000, -250, 300_000_000, -61_000_000].map(|skew| Skew(skew).to_string());
        assert_eq!(shown, ["±0 ms", "+10 ms", "−0.25 ms", "+5 min", "−61 s"]);
    }

    #[test]
    fn times_are_read_and_written_with_their_units() {
        for (text, micros, shown) in [
            ("10 ms", 10_000, "10 ms"),
            ("1.5 s", 1_500_000, "1500 ms"),
            ("250us", 250, "0.25 ms"),
            ("42", 42, "42 µs"),
            ("12.5 ms", 12_500, "12.5 ms"),
            ("12 s", 12_000_000, "12 s"),
        ] {
            assert_eq!(Micros::parse(text), Ok(Micros(micros)), "{text}");
            assert_eq!(Micros(micros).to_string(), shown);
        }
        for text in ["", "ms", "10 min", "-3 ms", "1e9", "99999999999999999999 s"] {
            assert!(Micros::parse(text).is_err(), "{text}");
        }
    }
}
