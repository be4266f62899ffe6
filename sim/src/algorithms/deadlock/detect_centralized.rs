//! Every site tells a coordinator who waits there for whom, and the coordinator looks for circles in the union: at every
//! change, once a period, or when it asks. What it sees was true at different times, and need never have been true at one.

use super::lock_workload::{ASSUMES, RESTART, RESTART_AFTER, ROUNDS, central};
use super::locking::{Site, counts, judge, policy, program};
use crate::{
    Algorithm, Property,
    algorithm::{Bug, Cost, Growth, Kind, NodeShape, Parameter, Plot, Relation, Statistic, Unit},
    texts,
};
use std::sync::Arc;

const EXISTED: &str = "a reported deadlock has existed";
const REPORTED: &str = "every deadlock is reported";

/// How reports are transferred.
pub const TRANSFER: Parameter = Parameter {
    name: "transfer",
    label: "sites report",
    unit: Unit::Choice(&["at every change", "once a period", "on request"]),
    min: 0,
    max: 2,
    default: 0,
};

/// What a controller does before it reports a circle.
pub const BEFORE_REPORTING: Parameter = Parameter {
    name: "before-reporting",
    label: "a controller that sees a circle",
    unit: Unit::Choice(&["reports at once", "asks all sites again", "asks the processes"]),
    min: 0,
    max: 2,
    default: 2,
};

/// The time between two reports.
pub const PERIOD: Parameter = Parameter {
    name: "period",
    label: "period of reports",
    unit: Unit::Time,
    min: 1_000,
    max: 60_000_000,
    default: 100_000,
};

/// The central coordinator, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/detect-centralized",
    title: "Central detection",
    summary: "Tell one site who waits, and beware of phantoms.",
    kind: Kind::Algorithm,
    assumes: ASSUMES,
    sources: &[
        "G. S. Ho and C. V. Ramamoorthy, Protocols for Deadlock Detection in Distributed Database Systems, IEEE Transactions on Software Engineering 8(6), 1982, pages 554–557",
        "G. T. Wuu and A. J. Bernstein, False Deadlock Detection in Distributed Systems, IEEE Transactions on Software Engineering 11(8), 1985, pages 820–821",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.5: the figure of the false deadlock",
    ],
    texts: texts!(
        "deadlock/detect-centralized",
        "detect_centralized",
        [
            "continuous",
            "phantom",
            "stamped",
            "verified",
            "two-phase",
            "release-under-way",
            "periodic",
            "on-request",
            "coordinator-down",
            "old-news",
        ],
        ["transfer", "messages"]
    ),
    parameters: &[TRANSFER, PERIOD, BEFORE_REPORTING, ROUNDS, RESTART, RESTART_AFTER],
    policy: Some(policy::OF_CONTROLLERS),
    scenarios: &[
        "continuous",
        "phantom",
        "stamped",
        "verified",
        "two-phase",
        "release-under-way",
        "periodic",
        "on-request",
        "coordinator-down",
        "old-news",
    ],
    properties: &[
        Property::monitor::<judge::ReportedHasExisted>(EXISTED),
        Property::eventually(REPORTED, judge::every_deadlock_is_reported),
    ],
    costs: &[
        Cost {
            what: "reports at every change",
            formula: "1 a change",
            relation: Relation::AtMost,
            count: counts::count_reports,
            when: "as long as nobody is asked for one",
        },
        Cost {
            what: "reports once a period",
            formula: "sites × periods",
            relation: Relation::AtMost,
            count: counts::count_periodic,
            when: "as long as nobody is asked for one",
        },
        Cost {
            what: "messages on request",
            formula: "2 × sites × runs",
            relation: Relation::Exactly,
            count: counts::count_on_request,
            when: "once a run has ended",
        },
    ],
    bugs: &[Bug {
        id: "no-stamps",
        title: "the report that comes last counts as the latest",
        lesson: "Reports of one site can overtake each other. Without a stamp an old one overrules a new one, and an edge is lost.",
        breaks: REPORTED,
        scenario: "old-news",
    }],
    plots: &[Plot { title: "waiting processes", unit: "processes", values: counts::plot_of_waiting }],
    experiments: &["transfer", "messages"],
    growths: &[Growth { name: counts::UNREPORTED, rate: counts::unreported }],
    statistics: &[Statistic { name: "time from a circle to its report", unit: "µs", total: counts::detection_delay }],
    milestones: &["Deadlock"],
    claims: judge::claims,
    node_prefix: "Site ",
    first_number: 1,
    node_shape: NodeShape::Site,
    scripts: Some(program::SCRIPTS),
    configure: |json, sites| program::configure(json, sites, central),
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};
