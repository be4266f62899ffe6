//! Load balancing and load sharing: which machine runs which job.

pub mod location_shortest;
pub mod location_threshold;
mod machine;
pub mod machines;
pub mod power_of_two;
pub mod sharing_receiver;
pub mod symmetric;
pub mod theory;
