//! Deadlock: who waits for whom, and who can see it.

pub mod detect_cmh;
