//! What must hold of the coordinator, what it costs, and what is plotted and summed up.

use super::{COORDINATOR, Message, Next, NodeId, Rule, Site, Timer};
use crate::{
    Effect, Step, Violation, World,
    algorithm::{Cost, Plot, Relation, Statistic},
    property::Monitor,
    step::Cause,
};

type Checked = Result<(), Violation>;

fn sites(world: &World) -> impl Iterator<Item = (NodeId, &Site)> {
    world.processes::<Site>()
}

fn coordinator(world: &World) -> Option<&Site> {
    sites(world).find(|(node, _)| *node == COORDINATOR).map(|(_, site)| site)
}

fn rule(world: &World) -> Rule {
    world.policy().and_then(|policy| policy.get()).copied().unwrap_or_default()
}

/// free + lent = all, and as many processes have one, or news of it is under way.
pub fn lent_once(world: &World) -> Checked {
    let Some(desk) = coordinator(world) else { return Ok(()) };
    let lent: u32 = desk.usage.rows.iter().map(|row| row.using).sum();
    let all = world.setup().parameter("processors") as u32;
    let running: u32 = sites(world).map(|(_, site)| site.running.len() as u32).sum();
    let news = world
        .flights()
        .filter(|flight| matches!(flight.payload.get::<Message>(), Some(Message::Grant(_) | Message::Exit(_))));
    let known = running + news.count() as u32;
    if desk.free + lent == all && known == lent {
        return Ok(());
    }
    let why =
        format!("{} of {all} processors are free, {lent} are booked as lent, {known} processes have one.", desk.free);
    Err(Violation::new(why, [COORDINATOR]))
}

/// When nothing can happen any more, no process is left.
pub fn all_finished(world: &World) -> Checked {
    let left = sites(world).find(|(_, site)| site.finished < site.started);
    match left {
        Some((node, site)) => {
            let why =
                format!("{} has {} processes that are not finished.", world.name(node), site.started - site.finished);
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

/// Watches who gets a processor.
pub struct LowestFirst;

impl Monitor for LowestFirst {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        let Some(desk) = coordinator(world).filter(|_| rule(world).next == Next::Lowest) else { return Ok(()) };
        for effect in &step.effects {
            let Effect::Sent { payload, .. } = effect else { continue };
            let Some(Message::Grant(id)) = payload.get::<Message>() else { continue };
            let points = desk.usage.points(id.origin);
            let lower = desk.usage.queue.iter().find(|waits| desk.usage.points(waits.origin) < points);
            if let Some(lower) = lower {
                let (name, other) = (world.name(id.origin), world.name(lower.origin));
                let fewer = desk.usage.points(lower.origin);
                let why = format!("{name} gets a processor with {points} points; {other} waits with {fewer}.");
                return Err(Violation::new(why, [id.origin, lower.origin]));
            }
        }
        Ok(())
    }
}

/// Watches the points of whoever neither uses a processor nor waits for one.
pub struct BackToZero;

impl Monitor for BackToZero {
    /// The points after the last count, or the last change of somebody's use.
    type State = Vec<i32>;
    fn concerns(step: &Step) -> bool {
        step.node == Some(COORDINATOR)
    }
    fn observe(before: &mut Vec<i32>, step: &Step, world: &World) -> Checked {
        let Some(desk) = coordinator(world) else { return Ok(()) };
        let now: Vec<i32> = desk.usage.rows.iter().map(|row| row.points).collect();
        let old = std::mem::replace(before, now);
        let counted = matches!(&step.cause, Cause::Timer(timer) if timer.get() == Some(&Timer::Tick));
        let back = rule(world).back > 0;
        for (index, (&old, row)) in old.iter().zip(&desk.usage.rows).enumerate().filter(|_| counted && back) {
            let node = NodeId(index as u32);
            let rests = row.using == 0 && desk.usage.waiting(node) == 0;
            let nearer =
                if old == 0 { row.points == 0 } else { row.points * old.signum() >= 0 && row.points.abs() < old.abs() };
            if rests && !nearer {
                let why =
                    format!("{} neither uses nor waits, and goes from {old} to {}.", world.name(node), row.points);
                return Err(Violation::new(why, [node]));
            }
        }
        Ok(())
    }
}

/// What it costs.
pub const COSTS: &[Cost] = &[Cost {
    what: "messages in all",
    formula: "3 × processes",
    relation: Relation::Exactly,
    count: |world| {
        let started: u64 = sites(world).map(|(_, site)| u64::from(site.started)).sum();
        (started > 0 && world.is_quiet()).then(|| (world.tally().sent_in_all(), 3 * started))
    },
    when: "when all are finished",
}];

/// What can be plotted.
pub const PLOTS: &[Plot] = &[
    Plot { title: "points", unit: "points", values: points },
    Plot { title: "processors in use", unit: "processors", values: in_use },
];

fn points(world: &World) -> Vec<(String, i64)> {
    of_each(world, |desk, node| desk.usage.points(node).into())
}

fn in_use(world: &World) -> Vec<(String, i64)> {
    of_each(world, |desk, node| desk.usage.rows.get(node.index()).map_or(0, |row| row.using.into()))
}

/// A line for each workstation.
fn of_each(world: &World, value: fn(&Site, NodeId) -> i64) -> Vec<(String, i64)> {
    let Some(desk) = coordinator(world) else { return vec![] };
    let stations = sites(world).filter(|(node, _)| *node != COORDINATOR);
    stations.map(|(node, _)| (world.name(node).to_owned(), value(desk, node))).collect()
}

/// What is summed up: how long the first user waits for a processor, and how long the others do.
pub const STATISTICS: &[Statistic] = &[
    Statistic { name: "wait of the first user", unit: "µs", total: |world| waited(world, |node| node.0 == 1) },
    Statistic { name: "wait of the others", unit: "µs", total: |world| waited(world, |node| node.0 > 1) },
];

fn waited(world: &World, whose: fn(NodeId) -> bool) -> (i64, i64) {
    let mut total = (0, 0);
    for (_, site) in sites(world).filter(|(node, _)| whose(*node)) {
        total = (total.0 + site.waited.0.cast_signed(), total.1 + i64::from(site.granted));
    }
    total
}
