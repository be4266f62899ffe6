//! What is counted and plotted of a run: costs beside their formulas, and the counters by which rules are compared.

use super::{
    Detector, Edge, Local, Message, Phase, Site, graph, judge,
    judge::{policy, unchanged},
    policy::Policy,
    program::Config,
};
use crate::World;

/// Messages of a process that asks for one resource at another site and gives it back: request, grant, release.
pub fn count_messages(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let granted = tally.sent("Grant");
    let plain = policy(world) == Policy::default() && unchanged(world) && world.setup().variant.is_none();
    let quiet = world.flights().next().is_none() && tally.outputs("GivesWay") == 0;
    if !plain || !quiet || granted == 0 || world.broken_assumption().is_some() {
        return None;
    }
    Some((tally.sent("Request") + granted + tally.sent("Release"), 3 * granted.max(tally.sent("Request"))))
}

/// Reports, beside how often somebody has begun or ceased to wait for somebody.
pub fn count_reports(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let asked = tally.sent("Query") > 0 || world.setup().variant.is_some();
    let changes = tally.outputs("Changed") * height(world);
    (world.setup().parameter("transfer") == 0 && changes > 0 && !asked && !has_moved(world))
        .then(|| (tally.sent("Report"), changes))
}

fn has_moved(world: &World) -> bool {
    let Some(config) = world.setup().config::<Config>() else { return false };
    world.processes::<Site>().any(|(at, site)| match &site.detector {
        Detector::Controller(own) => own.parent != config.parents.get(at.index()).copied().flatten(),
        _ => false,
    })
}

/// How many controllers are above the deepest site.
fn height(world: &World) -> u64 {
    let Some(config) = world.setup().config::<Config>() else { return 0 };
    let depth = |site: usize| {
        let (mut at, mut depth) = (site, 0);
        while let Some(parent) = config.parents.get(at).copied().flatten() {
            at = parent.index();
            depth += 1;
        }
        depth
    };
    (0..config.parents.len()).map(depth).max().unwrap_or(0)
}

fn reporters(world: &World) -> u64 {
    let config = world.setup().config::<Config>();
    config.map_or(0, |config| config.parents.iter().flatten().count() as u64)
}

/// Reports where they are sent at the end of a period, beside one a site and period.
pub fn count_periodic(world: &World) -> Option<(u64, u64)> {
    let sent = world.tally().sent("Report");
    let asked = world.tally().sent("Query") > 0 || has_moved(world);
    let periods = world.now().0 / world.setup().span("period").0.max(1) + 1;
    (world.setup().parameter("transfer") == 1 && sent > 0 && !asked).then(|| (sent, reporters(world) * periods))
}

/// Messages of the runs that were asked for: a query and a report for each site below.
pub fn count_on_request(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let of_detector = |message: Option<&Message>| matches!(message, Some(Message::Query { .. } | Message::Report(_)));
    let under_way = world.flights().any(|flight| of_detector(flight.payload.get()));
    let runs = world.processes::<Site>().filter_map(|(_, site)| match &site.detector {
        Detector::Controller(own) => Some(u64::from(own.run) * own.children.len() as u64),
        _ => None,
    });
    let messages: u64 = runs.sum::<u64>() * 2;
    let usable = world.setup().parameter("transfer") == 2 && world.broken_assumption().is_none() && !has_moved(world);
    (usable && messages > 0 && !under_way).then(|| (tally.sent("Query") + tally.sent("Report"), messages))
}

/// Paths that were sent, beside n(n − 1)/2 for the one cycle that there is, which enters sites n times.
pub fn count_paths(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let edges: Vec<Edge> = world.processes::<Site>().flat_map(|(_, site)| site.local_graph()).collect();
    let cycles = graph::cycles(&edges);
    let [cycle] = cycles.as_slice() else { return None };
    let config = world.setup().config::<Config>()?;
    let at_home = edges.iter().all(|edge| config.layout.site_of(edge.resource) == Some(edge.holder.who.site));
    let disturbed = tally.sent("Release") + tally.sent("Grant") + tally.outputs("GivesWay") > 0;
    if cycle.len() != edges.len() || !at_home || disturbed || world.setup().variant.is_some() {
        return None;
    }
    let next = cycle.iter().skip(1).chain(cycle.first());
    let enters = cycle.iter().zip(next).filter(|(edge, next)| edge.holder.who.site != next.holder.who.site);
    let n = enters.count() as u64;
    Some((tally.sent("Path"), n * n.saturating_sub(1) / 2))
}

/// How many processes of each site wait.
pub fn plot_of_waiting(world: &World) -> Vec<(String, i64)> {
    let waiting = |site: &Site| site.processes.values().filter(|local| local.phase == Phase::Waits).count() as i64;
    world.processes::<Site>().map(|(id, site)| (world.name(id).to_owned(), waiting(site))).collect()
}

/// Throughput: programs that have ended, in a hundred seconds.
pub fn plot_of_throughput(world: &World) -> Vec<(String, i64)> {
    let ended = world.tally().outputs("Finished");
    vec![("all".into(), (ended * 100_000_000 / world.now().0.max(1)) as i64)]
}

/// How many processes wait for a resource now, or rest after they were refused or rolled back.
pub fn held_up(world: &World) -> i64 {
    let held_up = |local: &&Local| matches!(local.phase, Phase::Waits | Phase::Rests);
    world.processes::<Site>().map(|(_, site)| site.processes.values().filter(held_up).count() as i64).sum()
}

/// The name of the time for which processes were held up.
pub const WAITING: &str = "time held up";

/// The same for experiments: of how many programs that have ended.
pub fn waiting_per_program(world: &World) -> (i64, i64) {
    (world.tally().grown(WAITING) as i64, world.tally().outputs("Finished") as i64)
}

/// What has come of it: programs that have ended, rollbacks, refusals, messages.
pub fn plot_of_counters(world: &World) -> Vec<(String, i64)> {
    let tally = world.tally();
    let counts = [
        ("programs ended", tally.outputs("Finished")),
        ("held up, ms in all", tally.grown(WAITING) / 1_000),
        ("rolled back or ended", tally.outputs("GivesWay")),
        ("refused", tally.outputs("Refused")),
        ("messages", tally.sent_in_all()),
    ];
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count as i64)).collect()
}

/// How much work was undone, process by process, in milliseconds.
pub fn plot_of_lost_work(world: &World) -> Vec<(String, i64)> {
    let mut lost = Vec::new();
    for (_, site) in world.processes::<Site>() {
        lost.extend(site.processes.iter().map(|(process, local)| (process.to_string(), (local.lost.0 / 1_000) as i64)));
    }
    lost
}

/// The name of the time for which a deadlock stands that nobody has reported.
pub const UNREPORTED: &str = "a deadlock is not reported";

/// Whether there is one now.
pub fn unreported(world: &World) -> i64 {
    i64::from(judge::every_deadlock_is_reported(world).is_err())
}

/// How long deadlocks stood before they were reported, and how many reports there were.
pub fn detection_delay(world: &World) -> (i64, i64) {
    (world.tally().grown(UNREPORTED) as i64, world.tally().outputs("Deadlock") as i64)
}
