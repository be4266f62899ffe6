//! Mutual exclusion: one at a time, nobody starved, in a fair order.

pub mod ricart_agrawala;
