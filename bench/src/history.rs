//! The history: a million moments of ten nodes, and how soon any one of them is there again.

use crate::figure::{Bound, Figure};
use interleave_bench_ring::kept;
use sim::Moment;
use std::time::Instant;

/// Moments of the run.
const MOMENTS: u32 = 1_000_000;
/// Places that are visited.
const VISITS: u32 = 200;

/// Bytes of memory that are in use, as the system counts them; 0 where it does not say.
fn resident_bytes() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0
}

/// Play with full history, stamps and properties; memory; visits.
pub fn history() -> Vec<Figure> {
    let before = resident_bytes();
    let mut session = kept::ten_processes();
    let start = Instant::now();
    let played = session.play(MOMENTS, |_, _, _| false).expect("there is room for a million moments");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(played, MOMENTS, "the run never ends");
    let grown = resident_bytes() - before;
    let digest = session.world().digest();
    let mut visits: Vec<f64> = (1..=VISITS)
        .map(|k| {
            // A stride that is prime to the distance of the checkpoints meets every distance from one.
            let depth = (u64::from(k) * 617_777 % u64::from(MOMENTS)) as u32;
            let start = Instant::now();
            assert!(session.seek(depth));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    session.seek(MOMENTS);
    assert_eq!(session.world().digest(), digest, "the end is what it was");
    visits.sort_by(f64::total_cmp);
    vec![
        Figure::new("history.bytes_a_moment", size_of::<Moment>() as f64, "bytes").bound(Bound::AtMost(64.0)),
        Figure::new("history.million.memory", grown / 1e6, "MB").bound(Bound::AtMost(256.0)),
        Figure::new("history.million.seek_worst", visits[visits.len() - 1], "ms").bound(Bound::AtMost(16.0)),
        Figure::new("history.million.seek_median", visits[visits.len() / 2], "ms"),
        Figure::new("history.play", f64::from(played) / seconds, "events/s"),
    ]
}
