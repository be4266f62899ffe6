//! What queueing theory says about machines with Poisson arrivals and exponential service: the curves that every
//! experiment must lie between. All times are in mean service times; `load` is the utilization ρ of one machine, 0 to 1.
//!
//! Statistics, not state: nothing here is part of a run, so floats are fine.

/// No sharing: the mean response of one machine left to itself (M/M/1).
pub fn alone(load: f64) -> f64 {
    1.0 / (1.0 - load)
}

/// Perfect sharing at no cost: the mean response of `machines` that serve one common queue (M/M/K, Erlang's C).
pub fn pooled(machines: u32, load: f64) -> f64 {
    let servers = f64::from(machines);
    let offered = servers * load;
    // Erlang's B by its recurrence, which does not overflow; C follows from it.
    let blocked = (1..=machines).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let waits = blocked / (1.0 - load * (1.0 - blocked));
    1.0 + waits / (servers * (1.0 - load))
}

/// Threshold location with infinitely many machines and no cost: the mean response for threshold `threshold` and probe
/// limit `probes`. For a threshold of 1 it is 1 / (1 − ρ^(L + 1)).
///
/// With x the share of machines at or above the threshold, an arrival there fails to find a place with probability
/// x^L. So a machine below the threshold gets jobs at the rate ρ (1 + x (1 − x^L) / (1 − x)), one at or above it at the
/// rate ρ x^L, and x is where the queue lengths that follow give x again.
pub fn threshold_mean_field(threshold: u32, probes: u32, load: f64) -> f64 {
    // The share at or above the threshold, and the mean queue, that follow from assuming the share x.
    let follow = |x: f64| {
        let fail = power(x, probes);
        let below = load * (1.0 + x * (1.0 - fail) / (1.0 - x));
        let above = load * fail;
        // Queue lengths as multiples of the share of idle machines: below^k up to the threshold, then geometric.
        let top = power(below, threshold);
        let (mut shares, mut jobs) = (0.0, 0.0);
        for k in 0..threshold {
            shares += power(below, k);
            jobs += f64::from(k) * power(below, k);
        }
        let tail = top / (1.0 - above);
        jobs += top * (f64::from(threshold) / (1.0 - above) + above / (1.0 - above).powi(2));
        (tail / (shares + tail), jobs / (shares + tail))
    };
    let (mut low, mut high) = (0.0, 1.0 - 1e-12);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if follow(middle).0 > middle {
            low = middle;
        } else {
            high = middle;
        }
    }
    follow(f64::midpoint(low, high)).1 / load
}

fn power(base: f64, exponent: u32) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}
