//! The engine without history: 1,000 tokens on a ring of 100 nodes with random delays.

use interleave_bench_ring::Run;

use crate::figure::{Bound, Figure};
use crate::rounds::{median, rate, time};
use crate::{heap, nexo};

/// Rounds, each of which runs everything once.
const ROUNDS: usize = 15;
/// Events of a round before the clock is started.
const WARM_UP: u64 = 20_000;
/// Events of a round that are measured.
const EVENTS: u64 = 400_000;

/// One round: events per second.
struct Round {
    bare: f64,
    ours: f64,
    watched: f64,
    nexosim: f64,
}

/// Our engine beside a bare heap and beside nexosim.
pub fn ring() -> Vec<Figure> {
    let rounds: Vec<Round> = (0..ROUNDS).map(|_| round()).collect();
    let of = |value: fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    vec![
        Figure::new("engine.ring.ratio_to_bare_loop", of(|round| round.ours / round.bare), "×")
            .bound(Bound::AtLeast(0.3)),
        Figure::new("engine.ring.ratio_to_nexosim", of(|round| round.ours / round.nexosim), "×")
            .bound(Bound::AtLeast(2.5)),
        Figure::new("engine.ring.events", of(|round| round.ours), "events/s"),
        Figure::new("engine.ring.watched_events", of(|round| round.watched), "events/s"),
        Figure::new("engine.ring.bare_loop", of(|round| round.bare), "events/s"),
        Figure::new("engine.ring.nexosim", of(|round| round.nexosim), "events/s"),
    ]
}

fn round() -> Round {
    let mut bare = heap::Ring::new();
    bare.play(WARM_UP);
    let warm = bare.now;
    let bare_time = time(|| bare.play(EVENTS));

    let mut ours = Run::bare();
    ours.play(WARM_UP);
    let our_time = time(|| ours.play(EVENTS));
    assert_eq!(
        (ours.world.now().0, ours.seen()),
        (bare.now, bare.seen.clone()),
        "the engine and the bare loop moved the same tokens"
    );

    let mut watched = Run::watched();
    watched.play(WARM_UP);
    let watched_time = time(|| watched.play(EVENTS));

    let nexosim_time = nexo::play_between(warm, bare.now, WARM_UP + EVENTS);

    Round {
        bare: rate(EVENTS, bare_time),
        ours: rate(EVENTS, our_time),
        watched: rate(EVENTS, watched_time),
        nexosim: rate(EVENTS, nexosim_time),
    }
}
