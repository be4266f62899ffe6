//! How long an answer may take: the least timeout with which silence means a crash.

use crate::{Micros, Setup, algorithm::Remark};

/// How long an answer can take where a message takes at most `transmission` and a process answers within `processing`:
/// the least T1 with which silence means a crash.
pub fn least_timeout(transmission: Micros, processing: Micros) -> Micros {
    transmission.plus(transmission).plus(processing)
}

/// The longest that a message can take between any two nodes, over the links of the start; [`Micros::NEVER`] where nothing
/// bounds it. Nothing where the network is both sparse and so large that it would take long to say.
pub fn greatest_delay(setup: &Setup) -> Option<Micros> {
    let n = setup.nodes.len();
    let time = |delay: crate::Delay| (delay.mean(), delay.greatest().unwrap_or(Micros::NEVER));
    if setup.links.len() * 2 == n * n.saturating_sub(1) {
        return setup.links.iter().map(|link| time(link.delay).1).max();
    }
    if n > 100 {
        return None;
    }
    let mut ways = vec![vec![None; n]; n];
    for link in &setup.links {
        let (a, b) = (link.ends.0.index(), link.ends.1.index());
        (ways[a][b], ways[b][a]) = (Some(time(link.delay)), Some(time(link.delay)));
    }
    let linked: Vec<Vec<bool>> = ways.iter().map(|row| row.iter().map(Option::is_some).collect()).collect();
    // A message without a link of its own takes the way that is shortest on average.
    for via in 0..n {
        for a in 0..n {
            for b in 0..n {
                let (Some(first), Some(second)) = (ways[a][via], ways[via][b]) else { continue };
                let through = (first.0.plus(second.0), first.1.plus(second.1));
                if a != b && !linked[a][b] && ways[a][b].is_none_or(|known| through < known) {
                    ways[a][b] = Some(through);
                }
            }
        }
    }
    ways.into_iter().flatten().flatten().map(|(_, greatest)| greatest).max()
}

/// The longest that a message and the answer to it can take; as [`greatest_delay`] says.
pub fn round_trip(setup: &Setup) -> Option<Micros> {
    greatest_delay(setup).map(|delay| least_timeout(delay, Micros::ZERO))
}

/// What stands beside two timeouts: the one for an answer, and the one for the end of the election, with what that should
/// not fall short of.
pub fn remarks(setup: &Setup, answer: &'static str, end: &'static str, enough: (&str, Micros)) -> Vec<Remark> {
    let Some(round_trip) = round_trip(setup) else { return vec![] };
    if round_trip == Micros::NEVER {
        let text = "delays have no bound: no timeout is long enough".to_owned();
        return vec![Remark { parameter: answer, text, warns: true }];
    }
    let (what, least) = enough;
    vec![
        Remark { parameter: answer, text: format!("round trip {round_trip}"), warns: setup.span(answer) < round_trip },
        Remark { parameter: end, text: format!("{what} {least}"), warns: setup.span(end) < least },
    ]
}
