//! No controller at all: each site looks at its own waits, and at a node `P_ex` that stands for all others. A circle through
//! `P_ex` may be a deadlock, and so its way is sent to where its last process waits.

use super::lock_workload::{ASSUMES, RESTART, RESTART_AFTER, ROUNDS, central};
use super::locking::{Site, counts, judge, policy, program};
use crate::{
    Algorithm, Property,
    algorithm::{Bug, Cost, Kind, NodeShape, Plot, Relation},
    texts,
};
use std::sync::Arc;

const EXISTED: &str = "a reported deadlock has existed";
const REPORTED: &str = "every deadlock is reported";
const ONCE: &str = "a circle is reported by one site";

/// Path pushing with `P_ex`, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "deadlock/detect-wfg-pex",
    title: "Wait-for graphs with P_ex",
    summary: "Send on the way that leads out of your site.",
    kind: Kind::Algorithm,
    assumes: ASSUMES,
    sources: &[
        "R. Obermarck, Distributed Deadlock Detection Algorithm, ACM Transactions on Database Systems 7(2), 1982, pages 187–208",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.6: the node P_ex",
        "G. T. Wuu and A. J. Bernstein, False Deadlock Detection in Distributed Systems, IEEE Transactions on Software Engineering 11(8), 1985, pages 820–821",
    ],
    texts: texts!(
        "deadlock/detect-wfg-pex",
        "detect_wfg_pex",
        ["three-sites", "two-sites", "chain", "released", "every-site-sends", "own-ways-only"]
    ),
    parameters: &[ROUNDS, RESTART, RESTART_AFTER],
    policy: Some(policy::OF_PATHS),
    scenarios: &["three-sites", "two-sites", "chain", "released", "every-site-sends", "own-ways-only"],
    properties: &[
        Property::monitor::<judge::ReportedHasExisted>(EXISTED),
        Property::eventually(REPORTED, judge::every_deadlock_is_reported),
        Property::monitor::<judge::ReportedByOneSite>(ONCE),
    ],
    costs: &[Cost {
        what: "paths",
        formula: "n(n − 1)/2",
        relation: Relation::AtMost,
        count: counts::count_paths,
        when: "for one circle that enters sites n times, each resource being with a process of its own site",
    }],
    bugs: &[
        Bug {
            id: "no-order",
            title: "every site sends its way, whatever the numbers",
            lesson: "The rule of order lets one site begin. Without it all do, several find the same deadlock, and too many victims fall.",
            breaks: ONCE,
            scenario: "every-site-sends",
        },
        Bug {
            id: "own-ways-only",
            title: "a site sends only ways of its own edges",
            lesson: "A way must grow from site to site. If nobody passes on what it has received, no site ever has more than two pieces.",
            breaks: REPORTED,
            scenario: "own-ways-only",
        },
    ],
    plots: &[Plot { title: "waiting processes", unit: "processes", values: counts::plot_of_waiting }],
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
