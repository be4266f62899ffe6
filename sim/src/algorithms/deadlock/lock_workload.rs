//! The workload on which everything about deadlocks can be tried: processes that ask for resources of several sites, hold
//! them, work and give them back, under rules that can be changed while they run.

use super::locking::{self, Site, counts, judge, program};
use crate::{
    Algorithm, Order, Property,
    algorithm::{
        Assumptions, Bug, Cost, Faults, Growth, Kind, Links, NodeShape, Parameter, Plot, Relation, Statistic, Timing,
        Unit,
    },
    texts,
};
use std::sync::Arc;

const ONE: &str = "a resource is with one process at a time";
const FREE: &str = "no deadlock where the rules promise none";
const HANDS: &str = "nobody rests with something in its hands";
const OLDER: &str = "nobody gives way to one that began later";
const ENDS: &str = "every program ends where the rules promise it";

/// How often a program runs.
pub const ROUNDS: Parameter = Parameter {
    name: "rounds",
    label: "each program runs so many times",
    unit: Unit::Count,
    min: 1,
    max: 1_000,
    default: 1,
};

/// When somebody goes on who was rolled back or refused.
pub const RESTART: Parameter = Parameter {
    name: "restart",
    label: "who was rolled back or refused goes on",
    unit: Unit::Choice(&["after a time of its own", "after the same time", "by hand"]),
    min: 0,
    max: 2,
    default: 0,
};

/// After what time.
pub const RESTART_AFTER: Parameter = Parameter {
    name: "restart-after",
    label: "and does so after at least",
    unit: Unit::Time,
    min: 1_000,
    max: 60_000_000,
    default: 30_000,
};

/// What everything here relies on.
pub const ASSUMES: Assumptions =
    Assumptions { links: Links::Reliable, order: Order::Any, timing: Timing::Asynchronous, faults: Faults::None };

/// The workload, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/lock-workload",
    title: "A lock workload",
    summary: "Ask, hold, work, release, under rules of your choice.",
    kind: Kind::Algorithm,
    assumes: ASSUMES,
    sources: &[
        "E. G. Coffman, M. J. Elphick and A. Shoshani, System Deadlocks, ACM Computing Surveys 3(2), 1971, pages 67–78",
        "D. J. Rosenkrantz, R. E. Stearns and P. M. Lewis, System Level Concurrency Control for Distributed Database Systems, ACM Transactions on Database Systems 3(2), 1978, pages 178–198",
        "A. Silberschatz, P. B. Galvin and G. Gagne, Operating System Concepts, 10th edition, 2018, chapter 8",
    ],
    texts: texts!(
        "deadlock/lock-workload",
        "lock_workload",
        [
            "deadlock",
            "lucky",
            "banker",
            "unsafe-banker",
            "detected",
            "rounds",
            "starving",
            "keeps-what-it-got",
            "fifo-hand-over",
        ],
        ["rules"]
    ),
    parameters: &[
        ROUNDS,
        Parameter {
            name: "detector",
            label: "deadlocks are looked for by",
            unit: Unit::Choice(&["nobody", "a central coordinator", "paths with P_ex"]),
            min: 0,
            max: 2,
            default: 0,
        },
        RESTART,
        RESTART_AFTER,
    ],
    policy: Some(locking::policy::POLICY),
    scenarios: &[
        "deadlock",
        "lucky",
        "banker",
        "unsafe-banker",
        "detected",
        "rounds",
        "starving",
        "keeps-what-it-got",
        "fifo-hand-over",
    ],
    properties: &[
        Property::always(ONE, judge::one_at_a_time),
        Property::always(FREE, judge::no_deadlock_where_promised),
        Property::always(HANDS, judge::nobody_holds_and_waits),
        Property::monitor::<judge::OnlyToTheOlder>(OLDER),
        Property::eventually(ENDS, judge::every_program_ends),
    ],
    costs: &[Cost {
        what: "messages for resources of other sites",
        formula: "3 × grants",
        relation: Relation::AtMost,
        count: counts::count_messages,
        when: "without other rules: request, grant, release",
    }],
    bugs: &[
        Bug {
            id: "new-stamp",
            title: "whoever starts again gets a new age",
            lesson: "An age that is made new at each restart makes the youngest young for ever: those who came later overtake it, and it starves.",
            breaks: OLDER,
            scenario: "starving",
        },
        Bug {
            id: "no-second-look",
            title: "the rule of age is not looked at when a resource changes hands",
            lesson: "Who waited for an older one may now wait for a younger one, against the rule: the waits no longer go one way only, and close to a circle.",
            breaks: FREE,
            scenario: "fifo-hand-over",
        },
        Bug {
            id: "keeps-what-it-got",
            title: "whoever is refused keeps what it has got, and asks again for the rest",
            lesson: "All or nothing means nothing, too. With something in its hands everybody can wait for everybody again.",
            breaks: HANDS,
            scenario: "keeps-what-it-got",
        },
        Bug {
            id: "lends-what-is-free",
            title: "the banker lends whatever is free",
            lesson: "A state from which not all can be sure to finish need not be a deadlock, but the processes can make one of it.",
            breaks: FREE,
            scenario: "unsafe-banker",
        },
    ],
    plots: &[
        Plot { title: "waiting processes", unit: "processes", values: counts::plot_of_waiting },
        Plot { title: "what has come of it", unit: "", values: counts::plot_of_counters },
        Plot { title: "programs ended in 100 s", unit: "programs", values: counts::plot_of_throughput },
        Plot { title: "work undone", unit: "ms", values: counts::plot_of_lost_work },
    ],
    growths: &[Growth { name: counts::WAITING, rate: counts::held_up }],
    statistics: &[Statistic {
        name: "time held up for each program that has ended",
        unit: "µs",
        total: counts::waiting_per_program,
    }],
    experiments: &["rules"],
    milestones: &["Finished", "GivesWay", "Deadlock"],
    claims: judge::claims,
    node_prefix: "Site ",
    first_number: 1,
    node_shape: NodeShape::Site,
    scripts: Some(program::SCRIPTS),
    configure: |json, sites| program::configure(json, sites, central),
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};

/// All report to the first site.
pub fn central(sites: u32) -> Vec<Option<crate::NodeId>> {
    (0..sites).map(|site| (site > 0).then_some(crate::NodeId(0))).collect()
}
