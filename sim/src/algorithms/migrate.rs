//! Process migration: a process moves to another machine, and its pages with it, before it, or behind it.

pub mod copy_on_reference;
pub mod eager_all;
pub mod eager_dirty;
pub mod eviction;
pub mod flushing;
mod machine;
pub mod negotiation;
pub mod precopy;
pub mod why;
