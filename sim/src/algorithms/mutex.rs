//! Mutual exclusion: one at a time, nobody starved, in a fair order.

mod application;
pub mod centralized;
pub mod comparison;
mod fairness;
pub mod lamport;
pub mod maekawa;
pub mod raymond;
pub mod requirements;
pub mod ricart_agrawala;
pub mod semaphore;
mod stamp;
pub mod suzuki_kasami;
pub mod token_ring;
