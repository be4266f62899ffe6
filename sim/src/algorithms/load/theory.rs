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
    1.0 + waits(machines, load) / (f64::from(machines) * (1.0 - load))
}

/// The share of jobs that wait where `machines` serve one common queue (Erlang's C).
pub fn waits(machines: u32, load: f64) -> f64 {
    let offered = f64::from(machines) * load;
    // Erlang's B by its recurrence, which does not overflow; C follows from it.
    let blocked = (1..=machines).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    blocked / (1.0 - load * (1.0 - blocked))
}

/// The share of time in which some of `machines` that are left to themselves is idle while a job waits at another (Livny
/// and Melman).
pub fn idle_while_waiting(machines: u32, load: f64) -> f64 {
    let all = |chance: f64| power(chance, machines);
    1.0 - all(load) - all(1.0 - load * load) + all((1.0 - load) * load)
}

/// The share of queues with at least `jobs` jobs where each arrival joins the shortest of `choices` among infinitely many:
/// ρ to the power (d^i − 1) / (d − 1), which is 1 + d + … + d^(i−1).
pub fn choices_tail(choices: u32, load: f64, jobs: u32) -> f64 {
    let exponent = (0..jobs).fold(0.0, |sum, _| sum * f64::from(choices) + 1.0);
    libm::pow(load, exponent)
}

/// The mean response where each arrival joins the shortest of `choices` queues among infinitely many (Mitzenmacher).
pub fn choices(choices: u32, load: f64) -> f64 {
    let mut jobs = 0.0;
    for at_least in 1..100_000 {
        let share = choices_tail(choices, load, at_least);
        if share < 1e-15 {
            break;
        }
        jobs += share;
    }
    jobs / load
}

/// Receivers that ask up to `probes` others whenever they fall idle, with infinitely many machines and no cost: ρ / π₁,
/// with π₁ = ρ − s the share of machines with one job and s that of (ρ − s)(1 − s)^L = ρ (1 − ρ).
pub fn receiver_mean_field(probes: u32, load: f64) -> f64 {
    let missing = |s: f64| (load - s) * power(1.0 - s, probes) - load * (1.0 - load);
    load / (load - falling_root(missing, load))
}

/// Both sides, threshold 1, with infinitely many machines and no cost: 1 / (1 − r), where P(two or more) = ρ r and
/// (1 − r)(1 − ρ r)^L = 1 − ρ^(L+1).
pub fn symmetric_mean_field(probes: u32, load: f64) -> f64 {
    let missing = |r: f64| (1.0 - r) * power(1.0 - load * r, probes) - (1.0 - power(load, probes + 1));
    1.0 / (1.0 - falling_root(missing, 1.0))
}

/// Where a falling function that begins above zero passes it, between 0 and `end`.
fn falling_root(function: impl Fn(f64) -> f64, end: f64) -> f64 {
    let (mut low, mut high) = (0.0, end);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if function(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
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
