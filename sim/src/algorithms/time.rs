//! Time and order: which came first, without a common clock.

pub mod average;
pub mod berkeley;
pub mod chandy_lamport;
pub mod clock_properties;
pub mod discipline;
pub mod lamport_clock;
pub mod marzullo;
pub mod software_clock;
pub mod total_order;
pub mod vector_clock;
