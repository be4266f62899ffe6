//! What must hold of workstations and their guests, what it costs, and what is plotted.

use super::{JobId, Message, Micros, NodeId, Owner, Slot, Station};
use crate::sorted::Map;
use crate::{
    Effect, Step, Violation, World,
    algorithm::{Cost, Plot, Relation},
    order::Order as _,
    property::Monitor,
};

type Checked = Result<(), Violation>;

fn stations(world: &World) -> impl Iterator<Item = (NodeId, &Station)> {
    world.processes::<Station>()
}

fn slot_of(slot: &Slot) -> Option<JobId> {
    match slot {
        Slot::Free => None,
        Slot::Kept(task) => Some(*task),
        Slot::Runs { task, .. } | Slot::Frozen(task) => Some(task.id),
    }
}

/// Every process that has not ended, with the machine where it is or to which it travels, or news of its end.
fn tasks(world: &World) -> Vec<(JobId, NodeId)> {
    let mut found = Vec::new();
    for (node, station) in stations(world) {
        found.extend(station.waiting.iter().map(|task| (task.id, node)));
        found.extend(station.home.iter().map(|task| (task.id, node)));
        if !matches!(station.slot, Slot::Kept(_)) {
            found.extend(slot_of(&station.slot).map(|task| (task, node)));
        }
    }
    found.extend(world.flights().filter_map(|flight| match flight.payload.get::<Message>() {
        Some(Message::Process(task) | Message::Exit(task) | Message::Killed(task)) => Some((task.id, flight.to)),
        _ => None,
    }));
    found
}

/// started = somewhere + ended, and none of them twice.
pub fn one_place(world: &World) -> Checked {
    let mut seen = tasks(world);
    seen.order_by_key(|&(task, _)| task);
    if let Some(twice) = seen.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Violation::new(format!("Process {} is in two places.", twice[1].0), [twice[1].1]));
    }
    let started: u32 = stations(world).map(|(_, station)| station.started).sum();
    let ended: u32 = stations(world).map(|(_, station)| station.ended).sum();
    let known = seen.len() as u32 + ended;
    if known == started {
        return Ok(());
    }
    Err(Violation::new(format!("{started} processes were started, but {known} are somewhere or have ended."), []))
}

/// No machine runs two processes of others.
pub fn one_guest(world: &World) -> Checked {
    let beside = |(node, station): (NodeId, &Station)| {
        let second = station.home.iter().map(|task| task.id).find(|task| task.origin != node)?;
        Some((node, second))
    };
    match stations(world).find_map(beside) {
        Some((node, task)) => {
            let why = format!("{} has another guest beside process {task}.", world.name(node));
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

/// When nothing can happen any more, no process is left.
pub fn all_finished(world: &World) -> Checked {
    let left = tasks(world);
    match left.first() {
        Some((task, _)) => {
            let why = format!("Process {task} has not ended yet ({} in all).", left.len());
            Err(Violation::new(why, left.iter().map(|(_, node)| *node)))
        }
        None => Ok(()),
    }
}

/// No guest runs beside an owner who has not put up with it, but in its grace period.
pub fn owner_alone(world: &World) -> Checked {
    let disturbed = |(_, station): &(NodeId, &Station)| {
        station.owner == Owner::Present && matches!(station.slot, Slot::Runs { tolerated: false, warned: false, .. })
    };
    match stations(world).find(disturbed) {
        Some((node, _)) => {
            Err(Violation::new(format!("The owner of {} is back, and the guest runs on.", world.name(node)), [node]))
        }
        None => Ok(()),
    }
}

/// Watches what machines grant.
pub struct GrantedIdle;

impl Monitor for GrantedIdle {
    /// Of each machine, the process that it was granted to and that has not left it.
    type State = Map<NodeId, JobId>;
    fn observe(granted: &mut Self::State, step: &Step, world: &World) -> Checked {
        let mut checked = Ok(());
        for effect in &step.effects {
            let Effect::Sent { id, payload, .. } = effect else { continue };
            let Some(Message::Grant { task, granted: true }) = payload.get::<Message>() else { continue };
            let present = stations(world).any(|(node, station)| node == id.from && station.owner != Owner::Away);
            let name = world.name(id.from);
            if present {
                let why = format!("{name} is granted to process {task} although it is not idle.");
                checked = Err(Violation::new(why, [id.from]));
            }
            if let Some(other) = granted.insert(id.from, *task) {
                let why = format!("{name} is granted to process {task}, and process {other} has it.");
                checked = Err(Violation::new(why, [id.from]));
            }
        }
        granted.retain(|node, task| {
            stations(world).any(|(known, station)| known == *node && slot_of(&station.slot) == Some(*task))
        });
        checked
    }
}

/// What it costs.
pub const COSTS: &[Cost] = &[
    Cost {
        what: "messages to find machines, by hunting",
        formula: "(n − 1)·hunts + offers + 2·claims",
        relation: Relation::Exactly,
        count: |world| found_by(world, 0),
        when: "while no message is under way",
    },
    Cost {
        what: "messages to find machines, in a registry",
        formula: "2·lookups + 2·claims + changes of the list",
        relation: Relation::Exactly,
        count: |world| found_by(world, 1),
        when: "while no message is under way; found at once: 2 + 2 + 1",
    },
    Cost {
        what: "messages to find machines, in own tables",
        formula: "(n − 1)·changes + 2·claims",
        relation: Relation::Exactly,
        count: |world| found_by(world, 2),
        when: "while no message is under way",
    },
    Cost {
        what: "processor time used, in ms",
        formula: "work of the processes that have ended + work lost",
        relation: Relation::Exactly,
        count: processor_time,
        when: "when no process is left",
    },
    Cost {
        what: "time for which guests were stopped, in ms",
        formula: "moves × time to move",
        relation: Relation::AtLeast,
        count: |world| {
            let moves: u64 = arrivals(world);
            let freeze = world.setup().span("freeze").0 / 1_000;
            (moves > 0 && world.flights().next().is_none())
                .then(|| (sum(world, |station| station.frozen), moves * freeze))
        },
        when: "while no message is under way; more where a machine had to be looked for",
    },
    Cost {
        what: "time for which owners shared their machine, in ms",
        formula: "what guests had left to do when owners came back",
        relation: Relation::AtMost,
        count: |world| {
            let left = sum(world, |station| station.left_to_do);
            (left > 0).then(|| (sum(world, |station| station.shared), left))
        },
        when: "as much where the guest stays; nothing where it goes at once",
    },
];

/// Guests that have come to another machine, or home, in the middle of their work.
fn arrivals(world: &World) -> u64 {
    let tally = world.tally();
    // Each process that is sent is one that was placed at first, or one that was moved.
    tally.sent("Process") - tally.outputs("Placed").min(tally.sent("Process"))
}

/// The messages by which machines were found, where this is the protocol.
fn found_by(world: &World, protocol: i64) -> Option<(u64, u64)> {
    if world.setup().parameter("protocol") != protocol || world.flights().next().is_some() {
        return None;
    }
    let tally = world.tally();
    let kinds = ["Seek", "Offer", "Lookup", "Found", "Register", "Deregister", "Announce", "Claim", "Grant"];
    let counted: u64 = kinds.iter().map(|kind| tally.sent(kind)).sum();
    let others = world.members().len() as u64 - 1;
    let broadcasts: u64 = stations(world).map(|(_, station)| u64::from(station.broadcasts)).sum();
    let changes = tally.sent("Register") + tally.sent("Deregister");
    let formula = match protocol {
        0 => others * broadcasts + tally.sent("Offer"),
        1 => 2 * tally.sent("Lookup") + changes,
        _ => others * broadcasts,
    };
    (counted > 0).then(|| (counted, formula + 2 * tally.sent("Claim")))
}

fn processor_time(world: &World) -> Option<(u64, u64)> {
    let worked = sum(world, |station| station.worked);
    let formula = stations(world).map(|(_, station)| station.finished_work.0 + station.lost.0).sum::<u64>() / 1_000;
    (worked > 0 && tasks(world).is_empty()).then_some((worked, formula))
}

/// In all, in whole milliseconds.
fn sum(world: &World, of: fn(&Station) -> Micros) -> u64 {
    stations(world).map(|(_, station)| of(station).0).sum::<u64>() / 1_000
}

/// What can be plotted.
pub const PLOTS: &[Plot] = &[
    Plot { title: "what owners' returns have cost", unit: "µs", values: price },
    Plot { title: "messages so far", unit: "messages", values: messages },
];

/// Work lost, time stopped and time shared, so far.
fn price(world: &World) -> Vec<(String, i64)> {
    let line = |name: &str, of: fn(&Station) -> Micros| {
        let total: u64 = stations(world).map(|(_, station)| of(station).0).sum();
        (name.to_owned(), total.cast_signed())
    };
    vec![
        line("work lost", |station| station.lost),
        line("guests stopped", |station| station.frozen),
        line("owners share", |station| station.shared),
    ]
}

/// Messages to find machines, and the other ones.
fn messages(world: &World) -> Vec<(String, i64)> {
    let tally = world.tally();
    let moving = ["Process", "Moved", "Exit", "Killed"].iter().map(|kind| tally.sent(kind)).sum::<u64>();
    vec![
        ("to find machines".to_owned(), (tally.sent_in_all() - moving).cast_signed()),
        ("processes and their ends".to_owned(), moving.cast_signed()),
    ]
}
