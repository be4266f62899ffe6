//! The ring on nexosim 1.0, one thread, as its examples write such models.

// nexosim's macro writes code that our lints do not like.
#![allow(clippy::pedantic, missing_docs)]

use std::time::Duration;

use interleave_bench_ring::{NODES, TOKENS};
use nexosim::{
    model::{Context, Model, schedulable},
    ports::{Output, QuerySource},
    simulation::{Mailbox, QueryId, SimInit, Simulation},
    time::MonotonicTime,
};
use serde::{Deserialize, Serialize};

use crate::heap::{self, delay};
use crate::rounds::time;

/// A member of the ring. In nexosim a port has no delay: the sender schedules the sending.
#[derive(Serialize, Deserialize)]
pub struct Member {
    me: u32,
    sent: u32,
    seen: u64,
    next: Output<u32>,
}

#[Model]
impl Member {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        let me = self.me;
        for token in (0..TOKENS).filter(|token| token % NODES == me) {
            self.send(token, cx);
        }
    }

    async fn receive(&mut self, token: u32, cx: &Context<Self>) {
        self.seen += 1;
        self.send(token, cx);
    }

    fn send(&mut self, token: u32, cx: &Context<Self>) {
        let to = if self.me + 1 == NODES { 0 } else { self.me + 1 };
        let after = Duration::from_micros(delay(self.me, to, self.sent));
        self.sent += 1;
        cx.schedule_event(after, schedulable!(Self::arrive), token).expect("a delay is never zero");
    }

    #[nexosim(schedulable)]
    async fn arrive(&mut self, token: u32) {
        self.next.send(token).await;
    }

    async fn seen(&mut self) -> u64 {
        self.seen
    }
}

/// The ring, ready to run.
pub struct Ring {
    simulation: Simulation,
    seen: Vec<QueryId<(), u64>>,
}

impl Ring {
    pub fn new() -> Self {
        let mailboxes: Vec<Mailbox<Member>> = (0..NODES).map(|_| Mailbox::new()).collect();
        let mut bench = SimInit::with_num_threads(1);
        let mut seen = Vec::new();
        let addresses: Vec<_> = mailboxes.iter().map(Mailbox::address).collect();
        for (me, mailbox) in mailboxes.into_iter().enumerate() {
            let mut member = Member { me: me as u32, sent: 0, seen: 0, next: Output::default() };
            member.next.connect(Member::receive, &addresses[(me + 1) % NODES as usize]);
            seen.push(QuerySource::new().connect(Member::seen, &mailbox).register(&mut bench));
            bench = bench.add_model(member, mailbox, &format!("P{me}"));
        }
        let simulation = bench.init(MonotonicTime::EPOCH).expect("the ring is well formed");
        Self { simulation, seen }
    }

    /// Runs up to a time, in microseconds since the start.
    pub fn play_until(&mut self, micros: u64) {
        let time = MonotonicTime::EPOCH + Duration::from_micros(micros);
        self.simulation.step_until(time).expect("nothing goes wrong on the ring");
    }

    /// Tokens seen, node by node.
    pub fn seen(&mut self) -> Vec<u64> {
        let Self { simulation, seen } = self;
        seen.iter().map(|query| simulation.process_query(query, ()).expect("every member answers")).collect()
    }
}

/// How long it takes to move about so many tokens by a hop, after a tenth as many hops of warming up.
pub fn play(events: u64) -> Duration {
    let mut bare = heap::Ring::new();
    bare.play(events / 10);
    let warm = bare.now;
    bare.play(events);
    play_between(warm, bare.now, events / 10 + events)
}

/// How long the run takes from one time to another, in microseconds, by when so many tokens have been moved.
pub fn play_between(warm: u64, end: u64, events: u64) -> Duration {
    let mut ring = Ring::new();
    ring.play_until(warm);
    let taken = time(|| ring.play_until(end));
    // Hops that are due in the very last microsecond may differ: nexosim takes them all.
    let moved: u64 = ring.seen().iter().sum();
    assert!(moved.abs_diff(events) < 100, "nexosim moved {moved} tokens");
    taken
}
