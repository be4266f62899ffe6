//! Draws that come from no stream (SEMANTICS 1).
//!
//! A draw is a pure function of seed, purpose, owner and counter. Reordering, holding, dropping or editing one thing
//! changes no other draw, and two policies that are compared meet the same arrivals.

use crate::{
    Micros,
    fingerprint::mix,
    json::{Json, Read, Wrong},
    read_variants,
};
use serde::Serialize;

/// What a draw is for. The numbers are part of every published run: never change one.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Purpose {
    /// The time that a message takes over one link.
    Delay = 1,
    /// Whether a message is lost.
    Loss = 2,
    /// Whether the network duplicates a message.
    Duplication = 3,
    /// What a process draws for itself.
    Process = 4,
    /// Times and sizes of a workload.
    Workload = 5,
    /// The seeds of an experiment's replications.
    Replication = 6,
}

/// 64 random bits that depend on nothing but the arguments.
pub fn draw(seed: u64, purpose: Purpose, owner: (u64, u64), counter: u64) -> u64 {
    let start = seed ^ (purpose as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let place = mix(start).wrapping_add((owner.0 << 32) ^ owner.1);
    mix(mix(place).wrapping_add(counter.wrapping_mul(0xD1B5_4A32_D192_ED03)))
}

/// A whole number in `0..bound`, from 64 random bits. `bound` is at least 1.
pub fn below(bits: u64, bound: u64) -> u64 {
    ((u128::from(bits) * u128::from(bound.max(1))) >> 64) as u64
}

/// A number in 0 < x ≤ 1, from 64 random bits: 53 of them, so that it is exact.
pub fn unit(bits: u64) -> f64 {
    ((bits >> 11) + 1) as f64 / (1_u64 << 53) as f64
}

/// `libm`, because the platform's `ln` differs in its last bits between native and WASM.
fn exponential(x: f64, mean: u32) -> u64 {
    libm::round(-libm::log(x) * f64::from(mean)) as u64
}

/// How long something takes: a message on a link, a think time, a service demand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delay {
    /// Always the same.
    Constant(Micros32),
    /// Any whole number of microseconds between the two, both included.
    Uniform(Micros32, Micros32),
    /// Exponential with this mean, rounded once to a microsecond; it has no greatest value.
    Exponential(Micros32),
    /// Hyperexponential: so many of a thousand are exponential with the first mean, the others with the second. Most are
    /// short and some very long.
    Hyperexponential(u16, Micros32, Micros32),
}

read_variants!(Delay {
    Constant(span) from "constant", Uniform(low, high) from "uniform", Exponential(mean) from "exponential",
    Hyperexponential(share, first, second) from "hyperexponential",
});

/// A span of at most 4,294 seconds, so that an event that carries one stays small. In files as [`Micros`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Micros32(pub u32);

impl Serialize for Micros32 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Micros(self.0.into()).serialize(serializer)
    }
}

impl Read for Micros32 {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Self::try_from(Micros::read(json)?).map_err(Wrong::new)
    }
}

impl TryFrom<Micros> for Micros32 {
    type Error = String;
    fn try_from(span: Micros) -> Result<Self, String> {
        u32::try_from(span.0).map(Self).map_err(|_| format!("{span} is too long: at most {}", Micros(u32::MAX.into())))
    }
}

impl Delay {
    /// No time.
    pub const AT_ONCE: Self = Self::millis(0);
    /// 10 ms, if nothing else is said.
    pub const DEFAULT: Self = Self::millis(10);

    /// Always `millis` milliseconds.
    pub const fn millis(millis: u32) -> Self {
        Self::Constant(Micros32(millis * 1000))
    }

    /// One value of this distribution, from 64 random bits.
    #[inline]
    pub fn sample(self, bits: u64) -> Micros {
        Micros(match self {
            Self::Constant(span) => span.0.into(),
            Self::Uniform(low, high) => u64::from(low.0) + below(bits, u64::from(high.0.saturating_sub(low.0)) + 1),
            Self::Exponential(mean) => exponential(unit(bits), mean.0),
            Self::Hyperexponential(share, first, second) => {
                // One draw decides both: what is left of it, stretched to 0 < x ≤ 1 again.
                let (x, share) = (unit(bits), f64::from(share) / 1000.0);
                if x <= share {
                    exponential(x / share, first.0)
                } else {
                    exponential((x - share) / (1.0 - share), second.0)
                }
            }
        })
    }

    /// The greatest value, or nothing where there is none.
    pub fn greatest(self) -> Option<Micros> {
        match self {
            Self::Constant(span) | Self::Uniform(_, span) => Some(Micros(span.0.into())),
            Self::Exponential(_) | Self::Hyperexponential(..) => None,
        }
    }

    /// The mean, by which the cheapest route is chosen.
    pub fn mean(self) -> Micros {
        match self {
            Self::Constant(span) | Self::Exponential(span) => Micros(span.0.into()),
            Self::Uniform(low, high) => Micros(u64::from(low.0).midpoint(high.0.into())),
            Self::Hyperexponential(share, first, second) => {
                let share = u64::from(share);
                Micros((share * u64::from(first.0) + (1000 - share.min(1000)) * u64::from(second.0)) / 1000)
            }
        }
    }

    /// So many times as long, in thousandths: a delay of its own kind. What takes no time has nothing to be multiplied: it
    /// counts as 1 ms. Rounded to two digits, as one would say it.
    #[must_use]
    pub fn scaled(self, thousandths: u32) -> Self {
        let scale = |span: Micros32| {
            let long =
                u64::from(span.0.max(if thousandths == 1_000 { 0 } else { 1_000 })) * u64::from(thousandths) / 1_000;
            let digit = 10_u64.pow(long.max(1).ilog10().saturating_sub(1));
            Micros32(((long + digit / 2) / digit * digit).min(u32::MAX.into()) as u32)
        };
        match self {
            _ if thousandths == 1_000 => self,
            Self::Constant(span) => Self::Constant(scale(span)),
            Self::Uniform(Micros32(0), high) => Self::Uniform(Micros32(0), scale(high)),
            Self::Uniform(low, high) => Self::Uniform(scale(low), scale(high)),
            Self::Exponential(mean) => Self::Exponential(scale(mean)),
            Self::Hyperexponential(share, first, second) => Self::Hyperexponential(share, scale(first), scale(second)),
        }
    }

    /// Refuses an interval that is upside down, and a share that is none.
    pub fn check(self) -> Result<Self, String> {
        match self {
            Self::Uniform(low, high) if low > high => Err(format!(
                "uniform between {} and {}: the first must be the smaller",
                Micros(low.0.into()),
                Micros(high.0.into())
            )),
            Self::Hyperexponential(share, ..) if share == 0 || share > 999 => {
                let nearest = share.clamp(1, 999);
                Err(format!(
                    "hyperexponential: {share} is no share from 1 to 999 of a thousand; the nearest is {nearest}"
                ))
            }
            fine => Ok(fine),
        }
    }
}

impl std::fmt::Display for Delay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let show = |span: Micros32| Micros(span.0.into());
        match *self {
            Self::Constant(span) => write!(f, "{}", show(span)),
            Self::Uniform(low, high) => write!(f, "{} to {}", show(low), show(high)),
            Self::Exponential(mean) => write!(f, "exponential, mean {}", show(mean)),
            Self::Hyperexponential(share, first, second) => {
                write!(f, "hyperexponential, {share} ‰ of mean {}, the rest of mean {}", show(first), show(second))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_made_longer_and_shorter_in_its_own_kind() {
        assert_eq!(Delay::millis(10).scaled(3_141), Delay::millis(31));
        assert_eq!(Delay::millis(10).scaled(1_000), Delay::millis(10));
        assert_eq!(Delay::millis(0).scaled(4_000), Delay::millis(4));
        let [low, high] = [5_000, 15_000].map(Micros32);
        assert_eq!(Delay::Uniform(low, high).scaled(500), Delay::Uniform(Micros32(2_500), Micros32(7_500)));
        assert_eq!(Delay::Uniform(Micros32(0), high).scaled(2_000), Delay::Uniform(Micros32(0), Micros32(30_000)));
        assert_eq!(Delay::Exponential(Micros32(u32::MAX)).scaled(u32::MAX), Delay::Exponential(Micros32(u32::MAX)));
        assert!(Delay::Uniform(Micros32(1), Micros32(2)).scaled(10).check().is_ok());
    }

    #[test]
    fn an_exponential_delay_has_its_mean() {
        let delay = Delay::Exponential(Micros32(10_000));
        let sum: u64 = (0..100_000).map(|k| delay.sample(draw(7, Purpose::Delay, (0, 1), k)).0).sum();
        assert!((980_000_000..1_020_000_000).contains(&sum), "mean of 100,000 draws: {}", sum / 100_000);
    }

    #[test]
    fn a_hyperexponential_delay_has_its_mean_and_its_spread() {
        // Nine of ten of mean 5 ms, one of mean 55 ms: mean 10 ms, E[X²] = 0.9·2·5² + 0.1·2·55² = 650 ms².
        let delay = Delay::Hyperexponential(900, Micros32(5_000), Micros32(55_000));
        assert_eq!(delay.mean(), Micros(10_000));
        let draws: Vec<f64> =
            (0..200_000).map(|k| delay.sample(draw(7, Purpose::Delay, (0, 1), k)).0 as f64 / 1e3).collect();
        let count = draws.len() as f64;
        let (mean, square) = (draws.iter().sum::<f64>() / count, draws.iter().map(|x| x * x).sum::<f64>() / count);
        assert!((mean / 10.0 - 1.0).abs() < 0.02 && (square / 650.0 - 1.0).abs() < 0.05, "{mean} ms, {square} ms²");
        assert!(
            Delay::Hyperexponential(1000, Micros32(1), Micros32(1)).check().unwrap_err().contains("nearest is 999")
        );
    }

    #[test]
    fn a_uniform_delay_takes_both_its_ends() {
        let delay = Delay::Uniform(Micros32(3), Micros32(5));
        let mut seen = [0; 3];
        for k in 0..3_000 {
            seen[(delay.sample(draw(7, Purpose::Delay, (0, 1), k)).0 - 3) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| count > 900), "{seen:?}");
    }
}
