//! Machines: workstations with owners, a pool of processors, both together.

pub mod hybrid;
pub mod idle_location;
pub mod owner_returns;
pub mod processor_pool;
pub mod workstation;
