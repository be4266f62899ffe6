//! Time and order: which came first, without a common clock.

pub mod lamport_clock;
