//! Tokens on a ring: the model that the bench runs on our engine, on others, and on a bare heap.
//!
//! It is written as an author of an algorithm would write it, with nothing done for the sake of the measurement.

#![forbid(unsafe_code)]

use std::sync::Arc;

use serde::Serialize;
use sim::{
    Algorithm, Context, Judge, Never, NodeId, Payloads, Process, Property, Scenario, Setup, Stamping, Status, Step,
    Tone, Violation, World, property::Monitor,
};

#[cfg(target_arch = "wasm32")]
mod exports;
pub mod kept;
pub mod load;

/// Nodes of the ring.
pub const NODES: u32 = 100;
/// Tokens that go round.
pub const TOKENS: u32 = 1_000;
/// What every draw depends on.
pub const SEED: u64 = 7;
/// The least delay of a hop, in microseconds.
pub const LEAST_DELAY_US: u32 = 1_000;
/// The greatest delay of a hop, in microseconds.
pub const GREATEST_DELAY_US: u32 = 20_000;

/// The ring, as any topic is described.
pub static RING: Algorithm = Algorithm {
    id: "bench/ring",
    title: "Tokens on a ring",
    properties: &[
        Property::always("no token is lost", no_token_is_lost),
        Property::monitor::<PassedOn>("every token is passed on"),
    ],
    spawn: |_, _| Arc::new(Member { seen: 0 }),
    ..Algorithm::EMPTY
};

/// A member of the ring. It passes on what it gets.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Member {
    /// Tokens that came by.
    pub seen: u64,
}

/// What goes round.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    /// The token of this number.
    Token(u32),
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Never;
    type Output = Never;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        let me = ctx.me().0;
        for token in (0..TOKENS).filter(|token| token % NODES == me) {
            ctx.send(ctx.successor(), Message::Token(token));
        }
    }

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        self.seen += 1;
        ctx.send(ctx.successor(), message);
    }

    fn status(&self) -> Status {
        Status::new(format!("{} seen", self.seen), Tone::Idle)
    }
}

fn no_token_is_lost(world: &World) -> Result<(), Violation> {
    if world.pending() == TOKENS as usize {
        return Ok(());
    }
    Err(Violation::new(format!("{} of {TOKENS} tokens are under way.", world.pending()), []))
}

/// Watches that whoever gets a token sends one.
struct PassedOn;

impl Monitor for PassedOn {
    type State = u64;
    fn observe(swallowed: &mut u64, step: &Step, _world: &World) -> Result<(), Violation> {
        if step.event.is_some() && step.effects.is_empty() {
            *swallowed += 1;
        }
        if *swallowed == 0 { Ok(()) } else { Err(Violation::new("A token was swallowed.", step.node)) }
    }
}

/// The ring as a scenario.
fn scenario() -> Scenario {
    let json = serde_json::json!({
        "version": 1, "algorithm": RING.id, "name": "ring", "title": "Ring", "sentence": "Tokens go round.",
        "nodes": NODES, "topology": "ring", "seed": SEED,
        "delay": {"uniform": [LEAST_DELAY_US, GREATEST_DELAY_US]},
    });
    Scenario::read(&json.to_string()).expect("the ring's scenario is well formed")
}

/// The ring, ready to start.
fn prepared() -> Setup {
    scenario().prepare(&RING).expect("the ring's scenario fits the ring")
}

/// A run of the ring by Play.
pub struct Run {
    /// The world.
    pub world: World,
    step: Step,
    judge: Option<Judge>,
    payloads: Payloads,
}

impl Run {
    /// As experiments and the search run it: no stamps, no properties, no record.
    pub fn bare() -> Self {
        Self::with(Stamping::None, Step::default(), false)
    }

    /// As the page runs it: stamps, properties, lines and notes.
    pub fn watched() -> Self {
        Self::with(Stamping::Vectors, Step::recorder(), true)
    }

    fn with(stamping: Stamping, mut step: Step, judged: bool) -> Self {
        let world = World::new(Arc::new(prepared()), stamping, &mut step);
        let judge = judged.then(|| Judge::new(RING.properties, &world));
        Self { world, step, judge, payloads: Payloads::default() }
    }

    /// Plays so many events.
    ///
    /// # Panics
    /// If the ring falls silent or a property breaks.
    pub fn play(&mut self, events: u64) {
        for _ in 0..events {
            let event = self.world.next(&self.payloads, &mut self.step);
            assert!(event.is_some(), "the ring has fallen silent");
            if let Some(judge) = &mut self.judge {
                assert!(!judge.observe(&self.step, &self.world), "a property of the ring broke");
            }
        }
    }

    /// Tokens seen, node by node.
    pub fn seen(&self) -> Vec<u64> {
        self.world.processes::<Member>().map(|(_, member)| member.seen).collect()
    }
}
