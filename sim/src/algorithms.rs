//! THE LIST: the only place that names every algorithm. Menus, links, tests, docs and benches walk it.

pub mod deadlock;
pub mod election;
pub mod load;
pub mod mutex;
pub mod time;

use crate::Algorithm;

/// Every topic, in the order of the catalogue.
pub static ALGORITHMS: &[&Algorithm] = &[
    &time::lamport_clock::ALGORITHM,
    &mutex::ricart_agrawala::ALGORITHM,
    &election::bully::ALGORITHM,
    &deadlock::detect_cmh::ALGORITHM,
    &load::location_threshold::ALGORITHM,
];

/// The topic whose first scenario runs at the top of the landing page; the first of the list where it is missing.
pub static OPENING: &str = "mutex/ricart-agrawala";

/// A family of topics.
pub struct Family {
    /// Its id: the part of a topic's id before the slash.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One line that says what it is about.
    pub line: &'static str,
}

/// The families, in the order of the catalogue.
pub static FAMILIES: &[Family] = &[
    Family { id: "time", title: "Time and order", line: "which came first, without a common clock" },
    Family { id: "mutex", title: "Mutual exclusion", line: "one at a time, nobody starved, in a fair order" },
    Family { id: "election", title: "Elections", line: "one leader, and everybody knows which" },
    Family { id: "deadlock", title: "Deadlock", line: "who waits for whom, and who can see it" },
    Family { id: "load", title: "Load balancing and load sharing", line: "which machine runs which job" },
];

/// The topic of this id.
pub fn find(id: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().copied().find(|algorithm| algorithm.id == id)
}
