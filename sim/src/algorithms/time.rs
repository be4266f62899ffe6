//! Time and order: which came first, without a common clock.

pub mod average;
pub mod berkeley;
pub mod chandy_lamport;
mod clock_condition;
pub mod clock_properties;
pub mod discipline;
pub mod happened_before;
pub mod internal_external;
pub mod lamport_clock;
pub mod lamport_physical;
pub mod marzullo;
pub mod monotone_adjust;
pub mod passive_server;
pub mod physical_clock;
pub mod resync_interval;
pub mod software_clock;
pub mod total_order;
pub mod vector_clock;
