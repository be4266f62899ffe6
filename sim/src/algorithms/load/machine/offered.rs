//! What the workload offers, where queueing theory has a word for it: the lines that a measured response is held against.

use super::Config;
use crate::{
    Delay, Setup, World,
    algorithms::load::theory::{alone, pooled},
    json::Read as _,
    scenario::WorkloadRule,
};

/// Mean responses in microseconds where every machine has Poisson arrivals and exponential service, and neither is too
/// much: each machine left to itself, and one queue common to all. Nothing for any other workload.
pub fn bounds(world: &World) -> Vec<(String, i64)> {
    let machines = world.setup().nodes.len() as u32;
    let Some((load, service)) = offered(world.setup()).filter(|&(load, _)| load < 1.0) else { return vec![] };
    let line = |name: String, times: f64| (name, libm::round(times * service) as i64);
    vec![line("M/M/1, alone".into(), alone(load)), line(format!("M/M/{machines}, one queue"), pooled(machines, load))]
}

/// The utilization of a machine and the mean service in microseconds.
fn offered(setup: &Setup) -> Option<(f64, f64)> {
    if setup.config::<Config>().is_some_and(|config| !config.speeds.is_empty()) {
        return None;
    }
    let streams: Vec<(f64, f64)> = setup.workload.iter().map(stream).collect::<Option<_>>()?;
    let (_, service) = *streams.first()?;
    let same = streams.iter().all(|&(_, other)| other.to_bits() == service.to_bits());
    same.then(|| (streams.iter().map(|(gap, _)| service / gap).sum(), service))
}

/// The mean time between two arrivals at each machine, and the mean service, if both are exponential.
fn stream(rule: &WorkloadRule) -> Option<(f64, f64)> {
    let one = rule.burst == 1 && rule.repeat;
    let open = rule.on == WorkloadRule::START && one && rule.limit.is_none() && rule.nodes.is_none();
    let demand = rule.request.get("Submit")?.get("demand")?.get("draw")?;
    match (rule.after, Delay::read(demand).ok()?) {
        (Delay::Exponential(gap), Delay::Exponential(service)) if open => {
            Some((f64::from(gap.0), f64::from(service.0)))
        }
        _ => None,
    }
}
