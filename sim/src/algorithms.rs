//! THE LIST: the only place that names every algorithm. Menus, links, tests, docs and benches walk it.

pub mod alloc;
pub mod deadlock;
pub mod election;
pub mod load;
pub mod migrate;
pub mod model;
pub mod mutex;
mod ring;
pub mod sched;
mod stamp;
mod task_id;
pub mod time;

use crate::{Algorithm, algorithm::Kind};
use std::sync::OnceLock;

/// Makes the list from the modules that it names, each with its family before it.
macro_rules! the_list {
    ($($family:ident::$name:ident),* $(,)?) => {
        /// Every algorithm, in the order of the catalogue.
        pub static ALGORITHMS: &[&Algorithm] = &[$(&$family::$name::ALGORITHM),*];

        /// Every topic, in the same order, without its code.
        pub static TOPICS: &[Listed] = &[$({
            use crate::algorithms::$family::$name::ALGORITHM;
            // A function of its own, so that a topic's code can be loaded when it is first asked for.
            mod $family {
                pub fn $name() -> &'static crate::Algorithm {
                    &crate::algorithms::$family::$name::ALGORITHM
                }
            }
            Listed {
                id: ALGORITHM.id,
                title: ALGORITHM.title,
                summary: ALGORITHM.summary,
                kind: ALGORITHM.kind,
                scenarios: ALGORITHM.scenarios,
                experiments: ALGORITHM.experiments,
                algorithm: $family::$name,
            }
        }),*];
    };
}

the_list![
    time::physical_clock,
    time::resync_interval,
    time::monotone_adjust,
    time::passive_server,
    time::active_server_broadcast,
    time::berkeley,
    time::distributed,
    time::dts_intersection,
    time::ntp,
    time::internal_external,
    time::happened_before,
    time::lamport_clock,
    time::lamport_physical,
    time::vector_clock,
    time::total_order,
    time::chandy_lamport,
    mutex::requirements,
    mutex::semaphore,
    mutex::centralized,
    mutex::lamport,
    mutex::ricart_agrawala,
    mutex::token_ring,
    mutex::suzuki_kasami,
    mutex::raymond,
    mutex::maekawa,
    mutex::comparison,
    election::bully,
    election::ring_list,
    election::ring_silberschatz,
    election::chang_roberts,
    election::hirschberg_sinclair,
    deadlock::conditions,
    deadlock::rag,
    deadlock::wfg,
    deadlock::bankers,
    deadlock::lock_workload,
    deadlock::prevent_collective,
    deadlock::prevent_ordered,
    deadlock::prevent_preempt,
    deadlock::prevent_spooling,
    deadlock::detect_multi,
    deadlock::detect_centralized,
    deadlock::detect_hierarchical,
    deadlock::detect_wfg_pex,
    deadlock::detect_cmh,
    deadlock::recover,
    model::workstation,
    model::idle_location,
    model::owner_returns,
    model::processor_pool,
    model::hybrid,
    alloc::design_issues,
    alloc::up_down,
    alloc::sender_random,
    alloc::sender_probe,
    alloc::sender_shortest,
    alloc::receiver,
    sched::coscheduling,
    load::machines,
    load::goals,
    load::bounds,
    load::features,
    load::taxonomy,
    load::task_assignment,
    load::location_threshold,
    load::location_shortest,
    load::location_bidding,
    load::location_pairing,
    load::power_of_two,
    load::sharing_receiver,
    load::symmetric,
    load::sharing_transfer,
    load::transfer_single,
    load::transfer_double,
    load::priority,
    load::migration_limit,
    migrate::why,
    migrate::eager_all,
    migrate::precopy,
    migrate::eager_dirty,
    migrate::copy_on_reference,
    migrate::flushing,
    migrate::negotiation,
    migrate::eviction,
];

/// What the list says of a topic, without touching its code.
pub struct Listed {
    /// Its id in the syllabus: `mutex/ricart-agrawala`.
    pub id: &'static str,
    /// Its name on the screen.
    pub title: &'static str,
    /// One line that says what it is.
    pub summary: &'static str,
    /// What kind of topic it is.
    pub kind: Kind,
    /// The names of its scenarios; the first is the one that opens.
    pub scenarios: &'static [&'static str],
    /// The names of its experiments.
    pub experiments: &'static [&'static str],
    /// Its code. In the page, its part must have been loaded before.
    pub algorithm: fn() -> &'static Algorithm,
}

impl Listed {
    /// The family: the part of the id before the slash.
    pub fn family(&self) -> &'static str {
        self.id.split('/').next().unwrap_or("")
    }
}

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
    Family { id: "model", title: "Machines", line: "whose machine it is, and who may use it" },
    Family { id: "alloc", title: "Processor allocation", line: "who decides which processor runs what" },
    Family { id: "sched", title: "Scheduling", line: "what runs where, and when" },
    Family { id: "load", title: "Load balancing and load sharing", line: "which machine runs which job" },
    Family { id: "migrate", title: "Process migration", line: "a process moves, and its pages with it or behind it" },
];

/// The topic of this id.
pub fn topic(id: &str) -> Option<&'static Listed> {
    TOPICS.iter().find(|topic| topic.id == id)
}

/// The topic that runs a bare trace, and the request of a row.
pub const OF_TRACES: (&str, &str) = ("load/machines", r#"{"Submit": {"demand": {"column": "demand"}}}"#);

static IS_HERE: OnceLock<fn(&str) -> bool> = OnceLock::new();

/// Lets somebody else say which topics' code is here: the page loads it topic by topic. Otherwise all is.
pub fn ask_before_use(is_here: fn(&str) -> bool) {
    // Said twice, the first counts: it is the same program that says it.
    let _ = IS_HERE.set(is_here);
}

/// The algorithm of this id; nothing where there is none, or where its code is not here.
pub fn find(id: &str) -> Option<&'static Algorithm> {
    let topic = topic(id).filter(|topic| IS_HERE.get().is_none_or(|is_here| is_here(topic.id)));
    topic.map(|topic| (topic.algorithm)())
}
