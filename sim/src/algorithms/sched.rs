//! Scheduling: what runs where, and when.

pub mod coscheduling;
