//! What is judged, counted and plotted.

use super::{Client, Machine, SERVER};
use crate::{Micros, NodeId, Violation, World, narrate::reading};

fn clients(world: &World) -> impl Iterator<Item = (NodeId, &Client)> {
    world.live::<Machine>().filter_map(|(id, machine)| match machine {
        Machine::Client(client) => Some((id, client)),
        Machine::Server => None,
    })
}

/// Each client's clock and the server's differ by no more than the client believes. A clock that is being slewed is judged
/// by what it will be then.
pub fn belief(world: &World) -> Result<(), Violation> {
    let now = world.now();
    let Some(server) = world.node(SERVER).map(|node| node.clock_at(now)) else { return Ok(()) };
    for (id, client) in clients(world) {
        let Some(node) = world.node(id) else { continue };
        let hardware = node.hardware_clock().read(now);
        let Some(within) = client.within(hardware) else { continue };
        let left = client.clock.left(hardware);
        let off = Micros((node.clock_at(now).saturating_add(left)).abs_diff(server));
        let within = within.since(Micros(left.unsigned_abs()));
        // Both readings are rounded down.
        if off > within.plus(Micros(1)) {
            let (name, once) = (world.name(id), if left == 0 { "" } else { ", once corrected," });
            let why = format!("{name}'s clock{once} is {off} from the server's, and {name} believes at most {within}.");
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}

/// Times of files go up.
pub fn files_in_order(world: &World) -> Result<(), Violation> {
    match clients(world).find_map(|(id, client)| Some((id, client.inverted?))) {
        None => Ok(()),
        Some((id, (first, second))) => {
            let (name, first, second) = (world.name(id), reading(first), reading(second));
            let why = format!("{name} has saved a file at {first}, and later one at {second}: the newer seems older.");
            Err(Violation::new(why, [id]))
        }
    }
}

/// Messages, and what the formula says.
pub fn messages(world: &World) -> Option<(u64, u64)> {
    let wasted = clients(world).any(|(_, client)| client.wasted > 0 || client.asked.is_some());
    let probes = world.setup().parameter("probes").unsigned_abs();
    let set: u64 = clients(world).map(|(_, client)| u64::from(client.set)).sum();
    (set > 0 && !wasted && world.flights().next().is_none()).then(|| (world.tally().sent_in_all(), 2 * probes * set))
}

/// What each client may be wrong by, in microseconds.
pub fn believed(world: &World) -> Vec<(String, i64)> {
    let within = |id: NodeId| world.node(id).and_then(|node| node.correction_at(world.now()).within);
    clients(world).filter_map(|(id, _)| Some((world.name(id).to_owned(), within(id)?.0.cast_signed()))).collect()
}
