//! Step and slew, by the numbers of the books.

use super::*;
use sim::{
    Rate,
    algorithms::time::{
        discipline::{Adjust, Discipline},
        software_clock::SoftwareClock,
    },
};

/// A clock of 100 Hz whose interrupt adds 9 ms for 10, or 11: a second is gone in a thousand ticks.
#[test]
fn vector_slew_tick() {
    let vector = vector("slew-tick");
    let number = |name: &str| vector["inputs"][name].as_i64().expect("a number");
    let tick = 1_000_000 / number("hz");
    let excess = number("excess_ms") * 1_000;
    assert_eq!(tick, number("normal_ms") * 1_000);
    for (name, amount) in [("slow_ms", -excess), ("fast_ms", excess)] {
        let rate = Rate { numerator: number(name) as u32, denominator: number("normal_ms") as u32 };
        let mut clock = SoftwareClock::ticking(Micros(tick as u64));
        clock.slew(0, amount, rate);
        let mut ticks = 0;
        while clock.left(ticks * tick) != 0 {
            ticks += 1;
            let shown = |at: i64| at + clock.correction(at);
            let expected =
                if clock.left(ticks * tick) == 0 && ticks * tick > 10_000_000 { tick } else { number(name) * 1_000 };
            assert_eq!(shown(ticks * tick) - shown((ticks - 1) * tick), expected, "tick {ticks}");
        }
        assert_eq!(json!(ticks), vector["expected"]["ticks"]);
        assert_eq!(ticks * tick, micros(&vector["expected"]["real_seconds"]));
    }
}

/// Four seconds fast, right after eight: half the rate.
#[test]
fn vector_slew_coulouris() {
    let vector = vector("slew-coulouris");
    let fast = micros(&vector["inputs"]["fast_by_s"]);
    let span = micros(&vector["inputs"]["correct_after_s"]);
    let start = time_of_day(&vector["inputs"]["clock"]);
    let percent = 100 * fast / span;
    let discipline = Discipline { adjust: Adjust::Slew, slew: percent as u32 };
    let rate = discipline.rate(-fast);
    assert_eq!(Some(f64::from(rate.numerator) / f64::from(rate.denominator)), vector["expected"]["rate"].as_f64());
    // The hardware shows what the clock shows: it is as fast.
    let mut clock = SoftwareClock::default();
    discipline.apply(&mut clock, start, -fast);
    let shown = |at: i64| at + clock.correction(at);
    assert_eq!(shown(start + span), time_of_day(&vector["expected"]["clock_after"]));
    assert_eq!(start - fast + span, time_of_day(&vector["expected"]["true_after"]));
    assert_eq!(shown(start + span + 7) - shown(start + span), 7, "and from then on it runs as the hardware does");
    assert_eq!(shown(start + span / 2) - start, span / 4, "half way there it has run at half the rate");
}
