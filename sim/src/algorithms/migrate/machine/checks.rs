//! What must hold of a process that moves, what is counted and what is plotted.

use super::{
    HOME, Machine, Message, Output, Program,
    policy::{Guest, Policy},
    rules::{self, Strategy},
};
use crate::sorted::{Map, Set};
use crate::{
    Life, NodeId, Setup, Step, Violation, World,
    algorithm::{Plot, Statistic},
    property::{Monitor, Property},
};

/// What must hold under every strategy, and what only some promise.
pub const PROPERTIES: &[Property] = &[
    Property::always("P is in exactly one place", one_place),
    Property::monitor::<FrozenRests>("while P is frozen it does nothing"),
    Property::monitor::<PagesKeep>("P finds each page as it left it"),
    Property::monitor::<FetchedOnce>("no page is fetched twice"),
    Property::always("nothing of P stays behind", nothing_behind).where_promised(leaves_nothing),
    Property::always("P outlives the machines that it has left", outlives).where_promised(leaves_nothing),
    Property::eventually("P comes to its end", comes_to_its_end),
    Property::eventually("guests leave when the owner is back", guests_leave),
];

/// What is plotted.
pub const PLOTS: &[Plot] = &[
    Plot { title: "pages on the wire", unit: "pages", values: on_the_wire },
    Plot { title: "pages at each machine", unit: "pages", values: pages_at },
];

/// What is summed up over a run.
pub const STATISTICS: &[Statistic] = &[Statistic { name: "time frozen in a move", unit: "µs", total: time_frozen }];

type Checked = Result<(), Violation>;

fn machines(world: &World) -> impl Iterator<Item = (NodeId, &Machine)> {
    world.processes::<Machine>()
}

fn is_down(world: &World, node: NodeId) -> bool {
    world.node(node).is_none_or(|node| node.life() != Life::Up)
}

fn leaves_nothing(setup: &Setup) -> bool {
    !Strategy::of(setup).leaves_pages()
}

/// The process, wherever it runs or has ended.
fn program(world: &World) -> Option<&Program> {
    machines(world).find_map(|(_, machine)| machine.program.as_ref().or(machine.ended.as_ref()))
}

/// The process where it is alive, with its machine.
fn alive(world: &World) -> Option<(NodeId, &Program)> {
    machines(world).find_map(|(node, machine)| Some((node, machine.program.as_ref()?)))
}

/// To which machines it is handed over.
fn travelling(world: &World) -> impl Iterator<Item = NodeId> {
    let commits = world.flights().filter(|flight| matches!(flight.payload.get(), Some(Message::Commit { .. })));
    commits.map(|flight| flight.to)
}

/// One machine has it, or it is on its way to one that has everything else. It is lost only with a machine.
fn one_place(world: &World) -> Checked {
    let has = |machine: &Machine| machine.program.is_some() || machine.ended.is_some();
    let mut places: Vec<NodeId> = machines(world).filter(|(_, machine)| has(machine)).map(|(node, _)| node).collect();
    places.extend(travelling(world));
    match places[..] {
        [_] => Ok(()),
        [] if machines(world).any(|(node, machine)| {
            is_down(world, node) && machine.incoming.as_ref().is_some_and(|incoming| incoming.ready)
        }) =>
        {
            Ok(())
        }
        [] => Err(Violation::new("No machine has P any more.", [])),
        [one, two, ..] => {
            let why = format!("P is at {} and at {}.", world.name(one), world.name(two));
            Err(Violation::new(why, [one, two]))
        }
    }
}

/// Watches that a frozen process makes no access.
struct FrozenRests;

impl Monitor for FrozenRests {
    type State = bool;
    fn observe(frozen: &mut bool, step: &Step, _: &World) -> Checked {
        for output in step.outputs() {
            match output.get() {
                Some(Output::Frozen { .. }) => *frozen = true,
                Some(Output::Resumed { .. }) => *frozen = false,
                Some(Output::Accessed { page, .. }) if *frozen => {
                    return Err(Violation::new(format!("P uses page {page} while it is frozen."), step.node));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Watches that what the process finds in a page is what it has left there, wherever it was.
struct PagesKeep;

impl Monitor for PagesKeep {
    /// What it left in the pages that it has used.
    type State = Map<u32, u32>;
    fn observe(known: &mut Self::State, step: &Step, world: &World) -> Checked {
        for output in step.outputs() {
            let Some(&Output::Accessed { page, found, left }) = output.get() else { continue };
            let expected = known.get(&page).copied().unwrap_or_else(|| rules::at_start(world.setup(), page).value);
            known.insert(page, left);
            if found != expected {
                let why = format!("P finds {found} in page {page}, where it left {expected}.");
                return Err(Violation::new(why, step.node));
            }
        }
        Ok(())
    }
}

/// Watches that a page that has come is not asked for again, as long as the process stays.
struct FetchedOnce;

impl Monitor for FetchedOnce {
    /// Pages that were asked for since the last move.
    type State = Set<u32>;
    fn observe(asked: &mut Self::State, step: &Step, _: &World) -> Checked {
        for output in step.outputs() {
            match output.get() {
                Some(Output::Resumed { .. }) => asked.clear(),
                Some(Output::Fault { page }) if !asked.insert(*page) => {
                    return Err(Violation::new(format!("P asks for page {page} a second time."), step.node));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Pages that are neither where the process is nor on the file server.
fn nothing_behind(world: &World) -> Checked {
    let Some((here, program)) = alive(world).filter(|(_, program)| !program.frozen) else { return Ok(()) };
    let behind = |place: &&NodeId| **place != here && Some(**place) != rules::server(world.setup());
    let count = program.place.iter().filter(behind).count();
    match program.place.iter().find(behind) {
        Some(&place) => {
            Err(Violation::new(format!("Pages of P that are still at {}: {count}.", world.name(place)), [place]))
        }
        None => Ok(()),
    }
}

fn outlives(world: &World) -> Checked {
    let Some((here, program)) = alive(world) else { return Ok(()) };
    let Some(page) = program.awaits.filter(|_| !is_down(world, here)) else { return Ok(()) };
    let place = program.place[page as usize];
    let comes = world.flights().any(|flight| matches!(flight.payload.get(), Some(Message::Fetched { .. })));
    if Some(place) == rules::server(world.setup()) || !is_down(world, place) || comes {
        return Ok(());
    }
    let why = format!("P waits for page {page}, which was at {}. It will never come.", world.name(place));
    Err(Violation::new(why, [here, place]))
}

/// As long as the machine on which it is stays up, and all that have a page of it.
fn comes_to_its_end(world: &World) -> Checked {
    if machines(world).any(|(_, machine)| machine.ended.is_some()) {
        return Ok(());
    }
    let Some((here, program)) = alive(world) else {
        return match travelling(world).next() {
            Some(to) => Err(Violation::new("P is on its way.", [to])),
            None => Ok(()),
        };
    };
    if is_down(world, here) || program.place.iter().any(|&place| is_down(world, place)) {
        return Ok(());
    }
    let all = rules::accesses(world.setup());
    Err(Violation::new(format!("P has made {} of {all} accesses.", program.done), [here]))
}

/// As long as it has a home to go to, and does not wait for a page that will never come.
fn guests_leave(world: &World) -> Checked {
    let policy: Policy = world.policy().and_then(|policy| policy.get()).copied().unwrap_or_default();
    let Some((here, program)) = alive(world) else { return Ok(()) };
    let owner = world.process_at::<Machine>(here).is_some_and(|machine| machine.owner);
    let can_go = !is_down(world, here) && !is_down(world, HOME) && program.awaits.is_none();
    if !owner || here == HOME || policy.guest == Guest::Stays || !can_go {
        return Ok(());
    }
    Err(Violation::new(format!("The owner of {} is back, and P is still there.", world.name(here)), [here]))
}

/// Pages on the wire: those that left with the process, those of its state, those that went to the file server, and those
/// that came when they were needed.
fn on_the_wire(world: &World) -> Vec<(String, i64)> {
    let sent = |kind| world.tally().sent(kind).cast_signed();
    let shipped = sent("Page") + sent("State") * world.setup().parameter("state");
    let flushes = sent("Flush") > 0;
    let lines =
        [("with the process", shipped), ("when needed", sent("Fetched")), ("to the file server", sent("Flush"))];
    lines.into_iter().take(if flushes { 3 } else { 2 }).map(|(name, count)| (name.to_owned(), count)).collect()
}

fn pages_at(world: &World) -> Vec<(String, i64)> {
    let count = |machine: &Machine| i64::from(machine.memory.iter().flatten().count() as u32);
    machines(world).map(|(node, machine)| (world.name(node).to_owned(), count(machine))).collect()
}

fn time_frozen(world: &World) -> (i64, i64) {
    program(world).map_or((0, 0), |program| (program.lost.0.cast_signed(), program.moves.into()))
}

/// A process that has moved, and is not moving now.
fn settled(world: &World) -> Option<&Program> {
    let moving = machines(world).any(|(_, machine)| machine.outgoing.is_some() || machine.incoming.is_some());
    program(world).filter(|program| program.moves > 0 && !moving)
}

/// The same, where no move came to nothing.
fn settled_at_once(world: &World) -> Option<&Program> {
    settled(world).filter(|program| program.attempt == program.moves)
}

fn state(world: &World) -> u64 {
    world.setup().parameter("state") as u64
}

/// Milliseconds frozen, beside what its pages took on the wire meanwhile.
pub fn frozen_for_shipped(world: &World) -> Option<(u64, u64)> {
    let program = settled(world)?;
    let formula = u64::from(program.shipped) * world.setup().span("page-time").0;
    Some((program.lost.0 / 1000, formula / 1000))
}

/// Milliseconds frozen, beside (M + s)/B for each move.
pub fn frozen_for_all(world: &World) -> Option<(u64, u64)> {
    let program = settled(world)?;
    let pages = u64::from(program.moves) * (u64::from(rules::pages(world.setup())) + state(world));
    Some((program.lost.0 / 1000, pages * world.setup().span("page-time").0 / 1000))
}

/// Pages that came with the process, beside M + s for each move.
pub fn shipped_all(world: &World) -> Option<(u64, u64)> {
    let program = settled_at_once(world)?;
    let count = world.tally().sent("Page") + world.tally().sent("State") * state(world);
    Some((count, u64::from(program.moves) * (u64::from(rules::pages(world.setup())) + state(world))))
}

/// Pages on the wire while the process was frozen, beside d + s: those that had changed, and its state.
pub fn shipped_changed(world: &World) -> Option<(u64, u64)> {
    let program = settled_at_once(world)?;
    Some((program.shipped.into(), u64::from(program.changed) + u64::from(program.moves) * state(world)))
}

/// Pages on the wire while the process was frozen, beside s.
pub fn shipped_state(world: &World) -> Option<(u64, u64)> {
    let program = settled_at_once(world)?;
    Some((program.shipped.into(), u64::from(program.moves) * state(world)))
}

/// Pages that came when they were needed, beside the pages that the process has used since it moved.
pub fn fetched_for_used(world: &World) -> Option<(u64, u64)> {
    let program = settled_at_once(world).filter(|program| program.moves == 1 && program.awaits.is_none())?;
    let used: Set<u32> = (program.before..program.done).map(|k| rules::access(world.setup(), k).page).collect();
    Some((world.tally().sent("Fetched"), used.len() as u64))
}
