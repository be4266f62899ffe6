//! A software clock over the hardware clock: set at once, or slewed until it is right (SEMANTICS 7). Shared by every
//! topic that corrects clocks.

use crate::{Context, Micros, Process, Rate};
use serde::Serialize;

/// A clock that shows the hardware's reading plus a correction. Whole microseconds only.
///
/// While it is slewed it shows `S = c·(E − E_skew) + T_skew`: `E` is the hardware's reading, `E_skew` and `T_skew` are
/// what hardware and clock showed when the slewing began, and `c` is a fraction. Once the correction is absorbed it runs
/// as the hardware does. It never runs backward then, for every rate there is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct SoftwareClock {
    /// What was added to the hardware's reading when `since` was shown.
    by: i64,
    /// The hardware's reading at the latest adjustment.
    since: i64,
    /// What is being absorbed from then on, if something is.
    slew: Option<Slew>,
    /// The clock advances only when the hardware has counted so many microseconds: a timer interrupt. 1 for always.
    tick: i64,
}

/// A correction that is absorbed little by little.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
struct Slew {
    /// The whole of it.
    amount: i64,
    /// How fast the clock runs meanwhile, seen from the hardware.
    rate: Rate,
}

impl Default for SoftwareClock {
    fn default() -> Self {
        Self::ticking(Micros(1))
    }
}

impl SoftwareClock {
    /// A clock that advances by whole ticks of the hardware: at 100 Hz it shows a new time every 10 ms.
    pub const fn ticking(tick: Micros) -> Self {
        let tick = if tick.0 == 0 { 1 } else { tick.0 as i64 };
        Self { by: 0, since: 0, slew: None, tick }
    }

    /// What is added to the hardware when that shows `hardware`.
    pub fn correction(&self, hardware: i64) -> i64 {
        let shown = self.ticked(hardware);
        let elapsed = shown.saturating_sub(self.ticked(self.since));
        let absorbed = self.slew.map_or(0, |slew| slew.absorbed(elapsed));
        self.by.saturating_add(absorbed).saturating_add(shown - hardware)
    }

    /// What it shows now, with what the user has set.
    pub fn read<P: Process>(&self, ctx: &Context<'_, P>) -> i64 {
        ctx.clock().saturating_add(self.correction(ctx.hardware_clock()))
    }

    /// What is still to be absorbed when the hardware shows `hardware`.
    pub fn left(&self, hardware: i64) -> i64 {
        let elapsed = self.ticked(hardware).saturating_sub(self.ticked(self.since));
        self.slew.map_or(0, |slew| slew.amount - slew.absorbed(elapsed))
    }

    /// Sets the clock at once. What was still being absorbed is forgotten: whoever measured the error measured the clock
    /// as it was shown. Gives whether time ran backward.
    pub fn step(&mut self, hardware: i64, by: i64) -> bool {
        self.settle(hardware);
        self.by = self.by.saturating_add(by);
        by < 0
    }

    /// Lets the clock run at `rate` until it has absorbed `amount`; the rate is below 1 for an amount below 0. What was
    /// still being absorbed is forgotten, not added: the new amount was measured with it half done.
    pub fn slew(&mut self, hardware: i64, amount: i64, rate: Rate) {
        self.settle(hardware);
        self.slew = (amount != 0).then_some(Slew { amount, rate });
    }

    /// Makes the present correction the one that counts from now on.
    fn settle(&mut self, hardware: i64) {
        let between = self.ticked(hardware) - hardware;
        self.by = self.correction(hardware) - between;
        self.since = hardware;
        self.slew = None;
    }

    /// The hardware's reading at its latest tick.
    fn ticked(&self, hardware: i64) -> i64 {
        hardware - hardware.rem_euclid(self.tick)
    }
}

impl Slew {
    /// What is absorbed when the hardware has counted so much since the slewing began: of two clocks that never run
    /// backward, the slewed one and the corrected one, the one that is later or earlier.
    fn absorbed(self, elapsed: i64) -> i64 {
        let rate = (i128::from(self.rate.numerator), i128::from(self.rate.denominator));
        let run = (i128::from(elapsed) * rate.0).div_euclid(rate.1) - i128::from(elapsed);
        let amount = i128::from(self.amount);
        (if self.amount < 0 { run.clamp(amount, 0) } else { run.clamp(0, amount) }) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Rate = Rate { numerator: 1, denominator: 2 };

    fn shown(clock: &SoftwareClock, hardware: i64) -> i64 {
        hardware + clock.correction(hardware)
    }

    #[test]
    fn a_slewed_clock_never_runs_backward_and_is_right_in_the_end() {
        for (amount, numerator, denominator) in
            [(-7, 1, 3), (7, 7, 5), (-100, 9, 10), (100, 11, 10), (-1, 1, 1_000_000)]
        {
            let mut clock = SoftwareClock::default();
            clock.slew(50, amount, Rate { numerator, denominator });
            let end = 50 + amount.abs() * 1_000_001;
            for at in 50..2_050 {
                assert!(shown(&clock, at + 1) >= shown(&clock, at), "{amount} at {at}");
            }
            assert_eq!((shown(&clock, 50), shown(&clock, end), clock.left(end)), (50, end + amount, 0));
        }
    }

    #[test]
    fn a_second_correction_takes_the_place_of_what_is_left_of_the_first() {
        let mut clock = SoftwareClock::default();
        clock.slew(0, -1_000, HALF);
        assert_eq!((shown(&clock, 1_000), clock.left(1_000)), (500, -500));
        // Measured against what the clock shows: half of the first correction is in that measure already.
        clock.slew(1_000, -600, HALF);
        assert_eq!(shown(&clock, 10_000), 10_000 - 500 - 600);
    }

    #[test]
    fn a_step_back_says_so_and_ends_a_slewing() {
        let mut clock = SoftwareClock::default();
        clock.slew(0, 1_000, Rate { numerator: 3, denominator: 2 });
        assert!(!clock.step(100, 5) && clock.left(100) == 0);
        assert!(clock.step(200, -30));
        assert_eq!(shown(&clock, 200), 200 + 50 + 5 - 30);
    }

    #[test]
    fn a_clock_of_ticks_shows_the_time_of_the_latest_tick() {
        let mut clock = SoftwareClock::ticking(Micros(10));
        assert_eq!([shown(&clock, 39), shown(&clock, 40)], [30, 40]);
        clock.slew(42, -3, Rate { numerator: 9, denominator: 10 });
        let ticks: Vec<i64> = (4..10).map(|tick| shown(&clock, tick * 10)).collect();
        assert_eq!(ticks, [40, 49, 58, 67, 77, 87], "nine for ten, three times");
        assert_eq!(shown(&clock, 59), 49, "and nothing between two ticks");
    }
}
