//! Clocks (SEMANTICS 7): the hardware, exact, monotone, drifting; and what an algorithm makes of it.

use crate::{Micros, read_record};
use serde::Serialize;

/// The rate of a clock: `numerator` local microseconds pass in `denominator` true ones. Neither is zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Rate {
    /// Local microseconds…
    pub numerator: u32,
    /// …in so many true ones.
    pub denominator: u32,
}

read_record!(Rate { numerator, denominator });

impl Rate {
    /// A perfect clock.
    pub const TRUE: Self = Self { numerator: 1, denominator: 1 };

    /// Whether a clock of this rate neither gains nor loses: most do not, and a division of 128 bits takes its time.
    const fn is_true(self) -> bool {
        self.numerator == self.denominator
    }

    /// A clock that gains (or, below zero, loses) so many parts in a million.
    pub fn from_ppm(ppm: i32) -> Self {
        Self { numerator: (1_000_000 + i64::from(ppm).max(-999_999)) as u32, denominator: 1_000_000 }
    }
}

/// A clock that has shown `local_anchor` at the true time `true_anchor` and has run at `rate` since.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct HardwareClock {
    true_anchor: Micros,
    local_anchor: i64,
    rate: Rate,
}

impl HardwareClock {
    /// A clock that shows `reading` at the true time 0.
    pub const fn new(reading: i64, rate: Rate) -> Self {
        Self { true_anchor: Micros::ZERO, local_anchor: reading, rate }
    }

    /// The rate it runs at.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// What it shows at the true time `now`, in local microseconds, rounded down.
    pub fn read(&self, now: Micros) -> i64 {
        if self.rate.is_true() {
            return self.local_anchor.wrapping_add(now.0.wrapping_sub(self.true_anchor.0).cast_signed());
        }
        let elapsed = i128::from(now.0) - i128::from(self.true_anchor.0);
        let local = (elapsed * i128::from(self.rate.numerator)).div_euclid(i128::from(self.rate.denominator));
        (i128::from(self.local_anchor) + local) as i64
    }

    /// The first true microsecond at which it shows `reading` or more.
    pub fn first_showing(&self, reading: i64) -> Micros {
        let missing = i128::from(reading) - i128::from(self.local_anchor);
        let numerator = i128::from(self.rate.numerator);
        let elapsed = match self.rate.is_true() {
            true => missing,
            false => (missing * i128::from(self.rate.denominator) + numerator - 1).div_euclid(numerator),
        };
        Micros((i128::from(self.true_anchor.0) + elapsed).clamp(0, i128::from(u64::MAX)) as u64)
    }

    /// Changes the rate from `now` on; the reading does not jump.
    pub fn set_rate(&mut self, now: Micros, rate: Rate) {
        *self = Self { true_anchor: now, local_anchor: self.read(now), rate };
    }
}

/// What an algorithm has made of a node's clock (SEMANTICS 7): a software clock shows hardware + what the user has set +
/// this. It lives in the process' own state and moves no timer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Correction {
    /// Microseconds to add to the hardware clock.
    pub by: i64,
    /// How far the true time may be from the reading, where the process knows a bound: half the width of an interval.
    pub within: Option<Micros>,
}

impl Correction {
    /// So many microseconds to add, with no bound on the error.
    pub const fn by(by: i64) -> Self {
        Self { by, within: None }
    }
}

/// What an algorithm promises of its clocks, for whoever draws or judges them. Nothing is promised where nothing stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ClockBounds {
    /// ρ: no clock gains or loses more than so many parts in a million.
    pub drift: Option<u32>,
    /// π: no two clocks are further apart.
    pub precision: Option<Micros>,
    /// α: no clock is further from the true time.
    pub accuracy: Option<Micros>,
    /// How often clocks are set right.
    pub every: Option<Micros>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_6_8_and_10_ticks_are_exact() {
        for ticks in [6, 8, 10] {
            let clock = HardwareClock::new(0, Rate { numerator: ticks, denominator: 10 });
            assert_eq!(clock.read(Micros(100)), i64::from(ticks) * 10);
        }
    }

    #[test]
    fn a_deadline_is_due_at_the_first_microsecond_that_shows_it() {
        let clock = HardwareClock::new(5, Rate { numerator: 3, denominator: 7 });
        for reading in 5..200 {
            let due = clock.first_showing(reading);
            assert!(clock.read(due) >= reading);
            assert!(due.0 == 0 || clock.read(Micros(due.0 - 1)) < reading);
        }
    }

    #[test]
    fn a_change_of_rate_does_not_move_the_reading() {
        let mut clock = HardwareClock::new(0, Rate::from_ppm(250));
        let before = clock.read(Micros(123_456));
        clock.set_rate(Micros(123_456), Rate { numerator: 1, denominator: 3 });
        assert_eq!(clock.read(Micros(123_456)), before);
    }
}
