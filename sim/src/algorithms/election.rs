//! Elections: one leader, and everybody knows which.

pub mod bully;
