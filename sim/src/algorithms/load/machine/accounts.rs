//! Where the time of a job goes: kept by the machines, and kept again by whoever watches them.

use super::{JobId, Machine, Output};
use crate::sorted::Map;
use crate::{Micros, NodeId, Step, Violation, World, algorithm::Statistic, property::Monitor};
use serde::Serialize;

/// What experiments measure of every topic about load.
pub const STATISTICS: &[Statistic] = &[
    Statistic { name: "response time of a job", unit: "µs", total: |world| a_job(world, |machine| machine.response) },
    Statistic { name: "waiting time of a job", unit: "µs", total: |world| a_job(world, waited) },
    Statistic { name: "service time of a job", unit: "µs", total: |world| a_job(world, |machine| machine.served) },
    Statistic {
        name: "time of a job on its way",
        unit: "µs",
        total: |world| a_job(world, |machine| machine.travelled),
    },
    Statistic { name: "jobs in the system", unit: "jobs", total: |world| (time_in_system(world), now(world)) },
    Statistic { name: "throughput × response time", unit: "jobs", total: |world| (responses(world), now(world)) },
];

/// What theory says of them.
pub const THEORY: &[(&str, &str, &str)] = &[
    ("response time of a job", "M/M/1: no sharing", "service/(1-load)"),
    ("response time of a job", "M/M/K: one queue", "service*mmk(n, load)"),
    ("waiting time of a job", "M/M/1: no sharing", "service*load/(1-load)"),
    ("waiting time of a job", "M/M/K: one queue", "service*(mmk(n, load)-1)"),
    ("jobs in the system", "M/M/1: no sharing", "n*load/(1-load)"),
    ("jobs in the system", "M/M/K: one queue", "n*load*mmk(n, load)"),
    ("throughput × response time", "M/M/1: no sharing", "n*load/(1-load)"),
    ("throughput × response time", "M/M/K: one queue", "n*load*mmk(n, load)"),
];

fn now(world: &World) -> i64 {
    world.now().0.cast_signed()
}

fn waited(machine: &Machine) -> Micros {
    machine.response.since(machine.served).since(machine.travelled)
}

/// What the machines have summed up of the jobs that are finished, and how many they are.
fn a_job(world: &World, of: fn(&Machine) -> Micros) -> (i64, i64) {
    let machines = || world.processes::<Machine>().map(|(_, machine)| machine);
    let sum: u64 = machines().map(|machine| of(machine).0).sum();
    (sum.cast_signed(), machines().map(|machine| i64::from(machine.finished)).sum())
}

/// The response times of the jobs that are finished, together.
pub fn responses(world: &World) -> i64 {
    a_job(world, |machine| machine.response).0
}

/// The time that all jobs have spent in the system so far, those that are still there included: their number, summed up
/// over time.
pub fn time_in_system(world: &World) -> i64 {
    let so_far = super::checks::jobs(world).map(|(_, job)| (now(world) - job.arrived).max(0));
    responses(world) + so_far.sum::<i64>()
}

/// Little's law, which asks for no distribution: the mean number of jobs, and throughput times mean response. In
/// thousandths of a job.
pub fn littles_law(world: &World) -> Vec<(String, i64)> {
    let mean = |sum: i64| i64::try_from(i128::from(sum) * 1000 / i128::from(now(world).max(1))).unwrap_or(0);
    vec![
        ("jobs in the system, on average so far".to_owned(), mean(time_in_system(world))),
        ("throughput × mean response".to_owned(), mean(responses(world))),
    ]
}

/// Watches from outside how long each job waits, is served and travels, and compares it with what is told of it at its end:
/// the time in the system is the sum of the three, and its parts are what they are said to be.
pub struct AddsUp;

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Doing {
    Waits,
    IsServed,
    Travels,
}

/// What is known of a job.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Watched {
    doing: Doing,
    since: Micros,
    arrived: Micros,
    served: Micros,
    travelled: Micros,
}

impl Watched {
    /// From now on it does something else.
    fn turn(&mut self, doing: Doing, now: Micros) {
        let span = now.since(self.since);
        match self.doing {
            Doing::Waits => {}
            Doing::IsServed => self.served = self.served.plus(span),
            Doing::Travels => self.travelled = self.travelled.plus(span),
        }
        (self.doing, self.since) = (doing, now);
    }
}

type Jobs = Map<JobId, Watched>;

impl Monitor for AddsUp {
    type State = Jobs;
    fn observe(jobs: &mut Jobs, step: &Step, world: &World) -> Result<(), Violation> {
        let now = step.at;
        let mut checked = Ok(());
        for output in step.outputs() {
            match output.get::<Output>() {
                Some(Output::JobArrived { job, .. }) => {
                    let none = Micros::ZERO;
                    let watched =
                        Watched { doing: Doing::Waits, since: now, arrived: now, served: none, travelled: none };
                    jobs.insert(*job, watched);
                }
                Some(Output::JobMoved { job, .. }) => {
                    if let Some(watched) = jobs.get_mut(job) {
                        watched.turn(Doing::Travels, now);
                    }
                }
                Some(Output::JobFinished { job, response, travelled, served, .. }) => {
                    if let Some(mut watched) = jobs.remove(job) {
                        watched.turn(Doing::Waits, now);
                        checked = compare(*job, &watched, (*response, *travelled, *served), step);
                    }
                }
                None => {}
            }
        }
        let started = (step.is_start()).then(|| world.processes::<Machine>().map(|(node, _)| node));
        step.node.into_iter().chain(started.into_iter().flatten()).for_each(|node| look_at(jobs, node, now, world));
        checked
    }
}

/// Notes what the jobs at a machine do.
fn look_at(jobs: &mut Jobs, node: NodeId, now: Micros, world: &World) {
    let Some(machine) = world.process_at::<Machine>(node) else { return };
    for (place, job) in machine.queue.iter().enumerate() {
        let doing = if place == 0 && machine.busy { Doing::IsServed } else { Doing::Waits };
        if let Some(watched) = jobs.get_mut(&job.id)
            && watched.doing != doing
        {
            watched.turn(doing, now);
        }
    }
}

fn compare(job: JobId, seen: &Watched, told: (Micros, Micros, Micros), step: &Step) -> Result<(), Violation> {
    let was = (step.at.since(seen.arrived), seen.travelled, seen.served);
    if was == told {
        return Ok(());
    }
    let ((response, travelled, served), (all, way, service)) = (told, was);
    let why = format!(
        "Job {job} is said to have taken {response}, {served} of it in service and {travelled} on its way; \
         it took {all}, {service} of it in service and {way} on its way."
    );
    Err(Violation::new(why, step.node))
}
