//! Means and their intervals. Only sums, products, quotients and square roots, which are the same everywhere.

/// What is known of a mean.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Estimate {
    /// How many values there are.
    pub count: u32,
    /// Their mean.
    pub mean: f64,
    /// Half the width of the 95 % confidence interval; nothing for less than two values.
    pub half_width: Option<f64>,
    /// The least of them.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Estimate {
    /// What these independent values say of the mean; nothing where there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let (first, count) = (*values.first()?, values.len() as f64);
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let half_width =
            (values.len() > 1).then(|| student(values.len() as u32 - 1) * libm::sqrt(squares / (count - 1.0) / count));
        let least = values.iter().copied().fold(first, f64::min);
        let greatest = values.iter().copied().fold(first, f64::max);
        Some(Self { count: values.len() as u32, mean, half_width, least, greatest })
    }

    /// Whether the interval has this value in it. Rounding is no reason to say no.
    pub fn has(&self, value: f64) -> bool {
        self.half_width.is_some_and(|half| (self.mean - value).abs() <= half + 1e-9 * value.abs())
    }
}

/// Student's t: the 97.5 % quantile for so many degrees of freedom, at least 1.
pub fn student(freedom: u32) -> f64 {
    const TABLE: [f64; 30] = [
        12.706_204_736,
        4.302_652_730,
        3.182_446_305,
        2.776_445_105,
        2.570_581_836,
        2.446_911_851,
        2.364_624_252,
        2.306_004_135,
        2.262_157_163,
        2.228_138_852,
        2.200_985_160,
        2.178_812_830,
        2.160_368_656,
        2.144_786_688,
        2.131_449_546,
        2.119_905_299,
        2.109_815_578,
        2.100_922_040,
        2.093_024_054,
        2.085_963_447,
        2.079_613_845,
        2.073_873_068,
        2.068_657_610,
        2.063_898_562,
        2.059_538_553,
        2.055_529_439,
        2.051_830_516,
        2.048_407_142,
        2.045_229_642,
        2.042_272_456,
    ];
    if let Some(quantile) = TABLE.get(freedom.max(1) as usize - 1) {
        return *quantile;
    }
    // Beyond the table by the expansion about the normal quantile, right to seven digits.
    let (z, v) = (1.959_963_984_540_054_f64, f64::from(freedom));
    let (z3, z5) = (z * z * z, z * z * z * z * z);
    let z7 = z5 * z * z;
    z + (z3 + z) / (4.0 * v)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v * v * v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_that_of_the_tables() {
        // Sample standard deviation √2.5, √5 in the denominator: 2.776 · 0.7071.
        let estimate = Estimate::of(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        assert!((estimate.mean - 3.0).abs() < 1e-12 && (estimate.half_width.unwrap() - 1.963_243_161).abs() < 1e-8);
        assert_eq!((estimate.least, estimate.greatest, estimate.count), (1.0, 5.0, 5));
        assert!(estimate.has(4.9) && !estimate.has(5.0));
        assert_eq!(Estimate::of(&[2.0]).unwrap().half_width, None);
        assert_eq!(Estimate::of(&[]), None);
    }

    #[test]
    fn students_quantile_goes_on_beyond_the_table() {
        for (freedom, quantile) in [
            (1, 12.7062),
            (10, 2.2281),
            (31, 2.039_513),
            (40, 2.021_075),
            (60, 2.000_298),
            (120, 1.979_930),
            (1000, 1.962_339),
        ] {
            assert!((student(freedom) - quantile).abs() < 5e-5, "{freedom}: {}", student(freedom));
        }
    }
}
