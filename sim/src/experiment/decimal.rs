//! Decimal numbers, exact in files: whole numbers as they are, others as texts, `"0.85"`.

use crate::json::{Json, Read, Wrong};
use serde::{Serialize, Serializer};
use std::fmt;

/// A decimal number: so many units of the last of so many places.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    units: i64,
    places: u32,
}

impl Decimal {
    /// The most places behind the point.
    const MOST_PLACES: u32 = 9;
    /// The greatest number of units, so that it is exact as a float.
    const MOST_UNITS: u64 = 1 << 53;

    /// A whole number.
    pub fn whole(units: i64) -> Self {
        Self { units, places: 0 }
    }

    /// The number itself: rounded once, and the same everywhere.
    pub fn value(self) -> f64 {
        self.units as f64 / 10_i64.pow(self.places) as f64
    }

    /// Reads `"0.85"`, `"-3"`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || format!("`{text}` is not a decimal number, such as 3 or 0.85");
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() || !(whole.bytes().chain(fraction.bytes())).all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let places = fraction.len() as u32;
        let units = format!("{whole}{fraction}").parse::<u64>().ok().filter(|units| *units <= Self::MOST_UNITS);
        match units {
            Some(units) if places <= Self::MOST_PLACES => Ok(Self { units: sign * units as i64, places }),
            _ => Err(format!("`{text}` has too many digits: at most {} behind the point", Self::MOST_PLACES)),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, units) = (if self.units < 0 { "-" } else { "" }, self.units.unsigned_abs());
        let scale = 10_u64.pow(self.places);
        write!(f, "{sign}{}", units / scale)?;
        if self.places > 0 { write!(f, ".{:0width$}", units % scale, width = self.places as usize) } else { Ok(()) }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.places == 0 { serializer.serialize_i64(self.units) } else { serializer.collect_str(self) }
    }
}

impl Read for Decimal {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let number = match json {
            Json::Number(number) => number.to_string(),
            Json::String(text) => text.clone(),
            _ => return Err(Wrong::expected("a number, or a decimal one as a text such as \"0.85\"", json)),
        };
        Self::parse(&number).map_err(Wrong::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_numbers_are_read_and_written() {
        for (text, value, shown) in [
            ("3", 3.0, "3"),
            ("0.85", 0.85, "0.85"),
            ("-0.50", -0.5, "-0.5"),
            ("12.0", 12.0, "12"),
            (" 1.05 ", 1.05, "1.05"),
        ] {
            let decimal = Decimal::parse(text).unwrap();
            assert_eq!((decimal.value(), decimal.to_string().as_str()), (value, shown));
        }
        for text in ["", ".5", "1e3", "0x1", "1.2.3", "--1", "99999999999999999999", "0.0000000001", "NaN"] {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
    }
}
