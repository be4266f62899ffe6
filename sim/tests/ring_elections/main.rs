//! What the tests that walk the list cannot say about the elections on a ring: the vectors of the reference, every
//! reachable state of small rings, random schedules, and the shortest run to each planted mistake.
#![cfg(feature = "embed")]

mod chang_roberts;
mod hirschberg_sinclair;
mod ring_list;
mod silberschatz;
mod support;
