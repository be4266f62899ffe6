//! Deadlock: who waits for whom, and who can see it.

pub mod bankers;
pub mod detect_cmh;
mod holdings;
mod names;
pub mod rag;
mod scan;
