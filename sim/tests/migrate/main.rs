//! Process migration: what the tests over THE LIST cannot say. A failure names the strategy, and the seed or the moment.
#![cfg(feature = "embed")]

mod eviction;
mod negotiation;
mod schedules;
mod support;
mod vectors;
