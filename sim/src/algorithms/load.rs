//! Load balancing and load sharing: which machine runs which job.

pub mod bounds;
pub mod features;
pub mod goals;
pub mod location_bidding;
pub mod location_pairing;
pub mod location_shortest;
pub mod location_threshold;
pub(super) mod machine;
pub mod machines;
pub mod migration_limit;
pub mod power_of_two;
pub mod priority;
pub mod sharing_receiver;
pub mod sharing_transfer;
pub mod symmetric;
pub mod task_assignment;
pub mod taxonomy;
pub mod theory;
pub mod transfer_double;
pub mod transfer_single;
