//! Time and order: which came first, without a common clock.

pub mod active_server_broadcast;
pub mod average;
pub mod berkeley;
pub mod chandy_lamport;
mod clock_condition;
pub mod clock_properties;
pub mod discipline;
pub mod distributed;
pub mod dts_intersection;
pub mod happened_before;
pub mod internal_external;
pub mod lamport_clock;
pub mod lamport_physical;
pub mod marzullo;
pub mod monotone_adjust;
pub mod ntp;
pub mod passive_server;
pub mod physical_clock;
pub mod resync_interval;
pub mod software_clock;
pub mod total_order;
pub mod vector_clock;

/// "10 ms ahead of", to be read before whatever it is compared with.
fn ahead_of(ahead: crate::Skew) -> String {
    match ahead.0 {
        0 => "the same as".into(),
        1.. => format!("{} ahead of", ahead.size()),
        _ => format!("{} behind", ahead.size()),
    }
}
