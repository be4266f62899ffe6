//! Process migration: a process moves to another machine, and its pages with it, before it, or behind it.

pub mod copy_on_reference;
pub mod eager_all;
pub mod eager_dirty;
pub mod flushing;
mod machine;
pub mod precopy;
