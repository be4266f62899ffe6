//! The bare loop: the ring's integers moved by `std`'s binary heap, and nothing else.

use std::{cmp::Reverse, collections::BinaryHeap};

use interleave_bench_ring::{GREATEST_DELAY_US, LEAST_DELAY_US, NODES, SEED, TOKENS};
use sim::random::{Purpose, below, draw};

/// A hop that is under way, ordered as the engine orders them: by due, then by sequence.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Hop {
    due: u64,
    sequence: u64,
    to: u32,
    token: u32,
}

/// The ring without an engine.
pub struct Ring {
    heap: BinaryHeap<Reverse<Hop>>,
    pub now: u64,
    sequence: u64,
    sent: Vec<u32>,
    pub seen: Vec<u64>,
}

impl Ring {
    pub fn new() -> Self {
        let zeros = |_| 0;
        let mut ring = Self {
            heap: BinaryHeap::new(),
            now: 0,
            sequence: 0,
            sent: (0..NODES).map(zeros).collect(),
            seen: vec![0; NODES as usize],
        };
        for from in 0..NODES {
            for token in (0..TOKENS).filter(|token| token % NODES == from) {
                ring.send(from, token);
            }
        }
        ring
    }

    /// The same draw as the engine makes for the n-th message of this pair over a direct link.
    fn send(&mut self, from: u32, token: u32) {
        let to = if from + 1 == NODES { 0 } else { from + 1 };
        let nth = self.sent[from as usize];
        self.sent[from as usize] += 1;
        self.sequence += 1;
        let due = self.now + delay(from, to, nth);
        self.heap.push(Reverse(Hop { due, sequence: self.sequence, to, token }));
    }

    /// Moves so many tokens by one hop each.
    pub fn play(&mut self, events: u64) {
        for _ in 0..events {
            let Some(Reverse(hop)) = self.heap.pop() else { return };
            self.now = hop.due;
            self.seen[hop.to as usize] += 1;
            self.send(hop.to, hop.token);
        }
    }
}

/// How long the n-th token from `from` to `to` takes, in microseconds.
pub fn delay(from: u32, to: u32, nth: u32) -> u64 {
    let bits = draw(SEED, Purpose::Delay, (from.into(), to.into()), u64::from(nth) << 12);
    u64::from(LEAST_DELAY_US) + below(bits, u64::from(GREATEST_DELAY_US - LEAST_DELAY_US) + 1)
}
