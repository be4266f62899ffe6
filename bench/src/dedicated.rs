//! Threshold location written by hand and nothing else: no engine, no messages, a probe is a look at another queue.

use std::{cmp::Reverse, collections::BinaryHeap, collections::VecDeque};

use interleave_bench_ring::load::{Found, GAP_US, MACHINES, PROBES, SERVICE_US, THRESHOLD};
use sim::random::{Purpose, below, draw, unit};

/// What the engine's run has drawn: the same arrivals, demands and choices.
const SEED_OF: u64 = 7;

#[derive(Default)]
struct Machine {
    /// Demand, and when it arrived.
    queue: VecDeque<(u64, u64)>,
    arrived: u64,
    draws: u64,
}

/// At one time arrivals come before ends, as in the engine.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Arrival(u64),
    End,
}

struct Run {
    seed: u64,
    heap: BinaryHeap<Reverse<(u64, Kind, u32)>>,
    machines: Vec<Machine>,
    moves: u64,
    probes: u64,
}

/// Runs until so many jobs are finished.
pub fn run(jobs: u32) -> Found {
    let machines = (0..MACHINES).map(|_| Machine::default()).collect();
    let seed = sim::experiment::seed_of(SEED_OF, 0);
    let mut run = Run { seed, heap: BinaryHeap::new(), machines, moves: 0, probes: 0 };
    (0..MACHINES).for_each(|machine| run.plan_arrival(machine, 0));
    let (mut finished, mut response) = (0, 0);
    while finished < jobs {
        let Some(Reverse((now, kind, machine))) = run.heap.pop() else { break };
        match kind {
            Kind::Arrival(demand) => {
                run.arrive(machine, demand, now);
                run.plan_arrival(machine, now);
            }
            Kind::End => {
                let queue = &mut run.machines[machine as usize].queue;
                if let Some((_, arrived)) = queue.pop_front() {
                    response += now - arrived;
                    finished += 1;
                }
                if let Some(&(demand, _)) = queue.front() {
                    run.heap.push(Reverse((now + demand, Kind::End, machine)));
                }
            }
        }
    }
    let response = response as f64 / 1e6 / f64::from(finished);
    Found { events: 0, response, moves: run.moves, probes: run.probes }
}

impl Run {
    fn plan_arrival(&mut self, machine: u32, now: u64) {
        let own = &mut self.machines[machine as usize];
        own.arrived += 1;
        let counter = own.arrived << 8;
        let sample = |which: u64, mean: u32| {
            let bits = draw(self.seed, Purpose::Workload, (machine.into(), 0), counter | which);
            (-unit(bits).ln() * f64::from(mean)).round() as u64
        };
        let (due, demand) = (now + sample(1, GAP_US), sample(2, SERVICE_US));
        self.heap.push(Reverse((due, Kind::Arrival(demand), machine)));
    }

    fn arrive(&mut self, machine: u32, demand: u64, now: u64) {
        let length = self.machines[machine as usize].queue.len() as u32;
        let place = if length < THRESHOLD { machine } else { self.look_for_place(machine) };
        let queue = &mut self.machines[place as usize].queue;
        queue.push_back((demand, now));
        if queue.len() == 1 {
            self.heap.push(Reverse((now + demand, Kind::End, place)));
        }
    }

    fn look_for_place(&mut self, machine: u32) -> u32 {
        let mut asked = [u32::MAX; PROBES as usize];
        for nth in 0..PROBES as usize {
            let own = &mut self.machines[machine as usize];
            own.draws += 1;
            let bits = draw(self.seed, Purpose::Process, (machine.into(), 0), own.draws);
            let nth_open = below(bits, u64::from(MACHINES) - 1 - nth as u64) as usize;
            let open = |other: &u32| *other != machine && !asked.contains(other);
            let Some(next) = (0..MACHINES).filter(open).nth(nth_open) else { break };
            asked[nth] = next;
            self.probes += 1;
            if (self.machines[next as usize].queue.len() as u32) < THRESHOLD {
                self.moves += 1;
                return next;
            }
        }
        machine
    }
}
