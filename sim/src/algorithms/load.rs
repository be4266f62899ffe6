//! Load balancing and load sharing: which machine runs which job.

pub mod location_threshold;
pub mod theory;
