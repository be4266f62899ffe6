//! What is judged, counted and plotted in a run of Ricart–Agrawala: all that looks at more than one process.

use super::{Member, Message, Stamp, State, list, smallest_is_inside};
use crate::algorithms::mutex::application;
use crate::sorted::Set;
use crate::{Assumption, Life, NodeId, RequestId, Violation, World};

fn holders(world: &World) -> Vec<(NodeId, Stamp)> {
    let held = world.live::<Member>().filter_map(|(id, member)| match member.state {
        State::Held(stamp) => Some((id, stamp)),
        _ => None,
    });
    held.collect()
}

fn wanting(world: &World) -> Vec<(NodeId, &Member, Stamp)> {
    let wanted = world.live::<Member>().filter_map(|(id, member)| match member.state {
        State::Wanted(stamp) => Some((id, member, stamp)),
        _ => None,
    });
    wanted.collect()
}

/// Stronger than "entries happen in the order of the stamps", and simpler to see: nobody with a smaller stamp waits
/// while somebody is inside. It holds because whoever answers a request has advanced its clock past it.
pub(super) fn goes_to_the_smallest_stamp(world: &World) -> Result<(), Violation> {
    let inside = holders(world).into_iter().map(|(_, stamp)| stamp);
    smallest_is_inside(inside.max(), wanting(world).into_iter().map(|(.., stamp)| stamp).min())
}

/// The process of a node that is up.
fn live(world: &World, id: NodeId) -> Option<&Member> {
    world.node(id).filter(|node| node.life() == Life::Up)?;
    world.process_at(id)
}

/// A request to a process that runs is on its way, deferred, or answered; and exactly one of these, unless the network
/// makes copies. So #REQUEST = #REPLY when all is quiet and nobody is inside.
pub(super) fn no_request_is_forgotten(world: &World) -> Result<(), Violation> {
    let asking = wanting(world);
    let found = answers_found(world, &asking);
    let width = world.nodes().len();
    let copies = world.breaches().iter().any(|(broken, _)| *broken == Assumption::NoDuplication);
    for (row, (asker, member, stamp)) in asking.into_iter().enumerate() {
        for &asked in &member.asked {
            let found = found.get(row * width + asked.index()).copied().unwrap_or(1);
            if found == 1 || live(world, asked).is_none() {
                continue;
            }
            if found == 0 {
                let why = format!("{asker} waits for a reply from {asked}, but its request or the reply is lost.");
                return Err(Violation::new(why, [asker, asked]));
            }
            if !copies {
                let why = format!("{asked} answers the request {stamp} of {asker} more than once.");
                return Err(Violation::new(why, [asked, asker]));
            }
        }
    }
    Ok(())
}

/// In how many places the answer of every process is, row by row for those that ask: on its way there or back, put off,
/// or come. A table, because this is looked at after every event.
fn answers_found(world: &World, asking: &[(NodeId, &Member, Stamp)]) -> Vec<u8> {
    let width = world.nodes().len();
    let mut rows = vec![None; width];
    for (row, (asker, ..)) in asking.iter().enumerate() {
        rows[asker.index()] = Some(row);
    }
    let mut found = vec![0_u8; asking.len() * width];
    let mut count = |stamp: Stamp, asked: NodeId| {
        if let Some(row) = rows.get(stamp.id.index()).copied().flatten()
            && asking[row].2 == stamp
            && let Some(place) = found.get_mut(row * width + asked.index())
        {
            *place = place.saturating_add(1);
        }
    };
    for flight in world.flights() {
        match flight.payload.get::<Message>() {
            Some(Message::Request(stamp)) => count(*stamp, flight.to),
            Some(Message::Reply(stamp)) => count(*stamp, flight.id.from),
            Some(Message::Welcome(_)) | None => {}
        }
    }
    for (asked, member) in world.live::<Member>() {
        for (&id, &ts) in &member.deferred {
            count(Stamp { ts, id }, asked);
        }
    }
    for (_, member, stamp) in asking {
        for &asked in &member.replies {
            count(*stamp, asked);
        }
    }
    found
}

pub(super) fn every_request_is_served(world: &World) -> Result<(), Violation> {
    let mut newcomers = world.live::<Member>().filter(|(_, member)| matches!(member.state, State::Joining(true)));
    if let Some((id, member)) = newcomers.next() {
        let why = format!("{id} is new and waits to hear of {}.", list(&member.awaited()));
        return Err(Violation::new(why, [id]));
    }
    let waiting = wanting(world);
    let Some((first, member, _)) = waiting.first() else { return Ok(()) };
    if !world.is_quiet() {
        return Err(Violation::new(format!("{first} waits for {}.", replies_from(&member.awaited())), [*first]));
    }
    // Nothing moves by itself any more. Those inside can be let out; whoever waits only for such, or for others who wait
    // only for such, will be served then.
    let mut served: Set<NodeId> = holders(world).into_iter().map(|(id, _)| id).collect();
    let will_answer = |served: &Set<NodeId>, asked: &NodeId, asker: &NodeId| {
        served.contains(asked) && live(world, *asked).is_some_and(|other| other.deferred.contains_key(asker))
    };
    while let Some((id, ..)) = waiting.iter().find(|(id, member, _)| {
        !served.contains(id) && member.awaited().iter().all(|asked| will_answer(&served, asked, id))
    }) {
        served.insert(*id);
    }
    let Some((stuck, member, _)) = waiting.iter().find(|(id, ..)| !served.contains(id)) else {
        let inside: Vec<NodeId> = holders(world).into_iter().map(|(id, _)| id).collect();
        let why = format!("{first} waits until you let {} leave the critical section.", list(&inside));
        return Err(Violation::new(why, [*first]).users_turn(true));
    };
    let silent = member.awaited().into_iter().filter(|asked| !will_answer(&served, asked, stuck)).collect::<Vec<_>>();
    let reason = match (silent.as_slice(), silent.first().map(|&asked| live(world, asked))) {
        ([_], Some(None)) => ", which is down",
        ([_], Some(Some(other))) if other.deferred.contains_key(stuck) => ", which waits too",
        ([_], _) => ", which has no request to answer",
        _ => "",
    };
    let why = format!("{stuck} waits for ever for {}{reason}.", replies_from(&silent));
    let others = waiting.iter().map(|(id, ..)| *id).filter(|id| !served.contains(id));
    Err(Violation::new(why, others))
}

fn replies_from(nodes: &[NodeId]) -> String {
    match nodes.len() {
        1 => format!("a reply from {}", list(nodes)),
        2..=4 => format!("replies from {}", list(nodes)),
        count => format!("{count} replies"),
    }
}

// Costs and plots.

/// The bill of the latest entry; of the first that differs from the formula, if one does.
pub(super) fn messages_for_one_entry(world: &World) -> Option<(u64, u64)> {
    let formula = 2 * (world.setup().nodes.len() as u64 - 1);
    let waits = |id: NodeId| wanting(world).iter().any(|(waiting, ..)| *waiting == id);
    let latest_of =
        |id: NodeId| world.tally().bills().map(|bill| bill.request).filter(|request| request.node == id).max();
    // Only requests to enter cost messages: replies that a process sends when it leaves serve those who have asked.
    let finished = |request: RequestId| !(waits(request.node) && latest_of(request.node) == Some(request));
    if !is_undisturbed(world) {
        return None;
    }
    let bills: Vec<u64> =
        world.tally().bills().filter(|bill| finished(bill.request)).map(|bill| bill.messages).collect();
    let latest = *bills.last()?;
    Some((bills.into_iter().find(|&messages| messages != formula).unwrap_or(latest), formula))
}

pub(super) fn messages_in_all(world: &World) -> Option<(u64, u64)> {
    let somebody_waits = world.processes::<Member>().any(|(_, member)| matches!(member.state, State::Wanted(_)));
    let entries = world.tally().outputs("Entered");
    let known = entries > 0 && !somebody_waits && is_undisturbed(world);
    known.then(|| (world.tally().sent_in_all(), 2 * (world.setup().nodes.len() as u64 - 1) * entries))
}

fn is_undisturbed(world: &World) -> bool {
    let same_members =
        world.members().len() == world.setup().nodes.len() && world.nodes().len() == world.members().len();
    application::is_undisturbed(world) && same_members
}

pub(super) fn plot_of_states(world: &World) -> Vec<(String, i64)> {
    vec![
        ("waiting".to_owned(), (wanting(world).len() as u32).into()),
        ("in the critical section".to_owned(), (holders(world).len() as u32).into()),
    ]
}

pub(super) fn plot_of_stamps(world: &World) -> Vec<(String, i64)> {
    world.processes::<Member>().map(|(id, member)| (world.name(id).to_owned(), member.hsn.cast_signed())).collect()
}
