//! Deadlock: who waits for whom, and who can see it.

pub mod bankers;
pub mod detect_cmh;
pub mod detect_multi;
mod holdings;
mod names;
pub mod rag;
mod scan;
pub mod wfg;
