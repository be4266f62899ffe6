//! Processor allocation: which processor runs which process, and who decides.

pub mod design_issues;
pub mod receiver;
pub mod sender_probe;
pub mod sender_random;
pub mod sender_shortest;
pub mod up_down;
