//! Deadlock: who waits for whom, and who can see it.

pub mod bankers;
pub mod conditions;
pub mod detect_centralized;
pub mod detect_cmh;
pub mod detect_hierarchical;
pub mod detect_multi;
pub mod detect_wfg_pex;
mod holdings;
mod layout;
pub mod lock_workload;
mod locking;
mod names;
pub mod prevent_collective;
pub mod prevent_ordered;
pub mod prevent_preempt;
pub mod prevent_spooling;
pub mod rag;
pub mod recover;
mod scan;
pub mod wfg;
