//! A tree of controllers: each knows the waits below it, as far as they can matter outside, and resolves the circles that
//! it is the lowest to see. Reports travel only as far up as they must.

use super::detect_centralized::{BEFORE_REPORTING, PERIOD, TRANSFER};
use super::lock_workload::{ASSUMES, RESTART, RESTART_AFTER, ROUNDS};
use super::locking::{Site, counts, judge, policy, program};
use crate::{
    Algorithm, NodeId, Property,
    algorithm::{Bug, Cost, Growth, Kind, NodeShape, Plot, Relation, Statistic},
    texts,
};
use std::sync::Arc;

const EXISTED: &str = "a reported deadlock has existed";
const REPORTED: &str = "every deadlock is reported";
const ONCE: &str = "a circle is reported by one controller";

/// The tree of controllers, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/detect-hierarchical",
    title: "Hierarchical detection",
    summary: "The lowest controller above a circle finds it.",
    kind: Kind::Algorithm,
    assumes: ASSUMES,
    sources: &[
        "D. A. Menasce and R. R. Muntz, Locking and Deadlock Detection in Distributed Data Bases, IEEE Transactions on Software Engineering 5(3), 1979, pages 195–202",
        "G. S. Ho and C. V. Ramamoorthy, Protocols for Deadlock Detection in Distributed Database Systems, IEEE Transactions on Software Engineering 8(6), 1982, pages 554–557",
    ],
    texts: texts!(
        "deadlock/detect-hierarchical",
        "detect_hierarchical",
        ["lowest-above", "local", "bad-tree", "good-tree", "late-news", "controller-down", "circles-only"]
    ),
    parameters: &[TRANSFER, PERIOD, BEFORE_REPORTING, ROUNDS, RESTART, RESTART_AFTER],
    policy: Some(policy::OF_CONTROLLERS),
    scenarios: &["lowest-above", "local", "bad-tree", "good-tree", "late-news", "controller-down", "circles-only"],
    properties: &[
        Property::monitor::<judge::ReportedHasExisted>(EXISTED),
        Property::eventually(REPORTED, judge::every_deadlock_is_reported),
        Property::always(ONCE, judge::reported_once),
    ],
    costs: &[Cost {
        what: "reports at every change",
        formula: "h a change",
        relation: Relation::AtMost,
        count: counts::count_reports,
        when: "in a tree of height h, as long as nobody is asked for one",
    }],
    bugs: &[Bug {
        id: "reports-cycles-only",
        title: "a controller passes up only what is a circle already",
        lesson: "A circle through several sites is none at any of them. What has to go up is what could be a part of one.",
        breaks: REPORTED,
        scenario: "circles-only",
    }],
    plots: &[Plot { title: "waiting processes", unit: "processes", values: counts::plot_of_waiting }],
    growths: &[Growth { name: counts::UNREPORTED, rate: counts::unreported }],
    statistics: &[Statistic { name: "time from a circle to its report", unit: "µs", total: counts::detection_delay }],
    milestones: &["Deadlock"],
    claims: judge::claims,
    node_prefix: "Site ",
    first_number: 1,
    node_shape: NodeShape::Site,
    scripts: Some(program::SCRIPTS),
    configure: |json, sites| program::configure(json, sites, heap),
    spawn: |setup, me| Arc::new(Site::new(setup, me)),
    ..Algorithm::EMPTY
};

/// If nothing is said: two below each.
fn heap(sites: u32) -> Vec<Option<NodeId>> {
    (0..sites).map(|site| site.checked_sub(1).map(|before| NodeId(before / 2))).collect()
}
