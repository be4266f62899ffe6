//! What a coordinator keeps: who is inside, who waits, and whose entries are over.

use super::Member;
use crate::algorithms::mutex::application::entries_at_rest;
use crate::{NodeId, Violation, World};
use serde::Serialize;

/// One entry that was asked for: whose, and their how-manieth.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Entry {
    pub(super) id: NodeId,
    pub(super) number: u32,
}

impl Entry {
    pub(super) fn new(id: NodeId, number: u32) -> Self {
        Self { id, number }
    }
}

/// The coordinator's memory. It is lost in a crash.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Desk {
    /// Who has the grant.
    pub(super) holder: Option<Entry>,
    /// Who waits, in the order of arrival.
    pub(super) queue: Vec<Entry>,
    /// How often the first in the queue was passed over by another discipline than FIFO.
    passed_over: u32,
    /// The number of the latest entry of each process that is over, by id: a RELEASE can overtake other messages.
    pub(super) done: Vec<u32>,
    /// Whether it still waits to hear who is inside.
    pub(super) settling: bool,
}

impl Desk {
    pub(super) fn new(members: usize) -> Self {
        Self { holder: None, queue: vec![], passed_over: 0, done: vec![0; members], settling: false }
    }

    pub(super) fn is_over(&self, entry: Entry) -> bool {
        self.done[entry.id.index()] >= entry.number
    }

    /// Somebody says that it is inside.
    pub(super) fn claim(&mut self, entry: Entry) {
        if !self.is_over(entry) {
            self.holder = Some(entry);
        }
    }

    /// An entry is over; whether it was the one that had the grant.
    pub(super) fn end(&mut self, entry: Entry) -> bool {
        let done = &mut self.done[entry.id.index()];
        *done = entry.number.max(*done);
        self.queue.retain(|waiting| waiting.id != entry.id || waiting.number > entry.number);
        self.holder.is_some_and(|holder| holder.id == entry.id && holder.number <= entry.number)
    }

    /// Takes the next out of the queue: 0 the one that came first, 1 the one that came last, 2 the one with the lowest id.
    pub(super) fn next(&mut self, discipline: i64) -> Option<Entry> {
        let places = 0..self.queue.len();
        let place = match discipline {
            1 => places.last(),
            2 => places.min_by_key(|&place| self.queue[place].id),
            _ => places.min(),
        }?;
        self.passed_over = if place == 0 { 0 } else { self.passed_over + 1 };
        Some(self.queue.remove(place))
    }
}

/// FIFO alone keeps this.
pub(super) fn nobody_is_passed_over(world: &World) -> Result<(), Violation> {
    for (id, member) in world.live::<Member>() {
        if let (1.., Some(first)) = (member.desk.passed_over, member.desk.queue.first()) {
            let why = format!("{} has waited longest at {id}, and another was let in before it.", first.id);
            return Err(Violation::new(why, [first.id]));
        }
    }
    Ok(())
}

/// How often each process was passed over while it waited first in a queue.
pub(super) fn passed_over(world: &World) -> Vec<(String, i64)> {
    let times = |id: NodeId| {
        let desks = world.live::<Member>().map(|(_, member)| &member.desk);
        let first = desks.filter(|desk| desk.queue.first().is_some_and(|entry| entry.id == id));
        first.map(|desk| i64::from(desk.passed_over)).max().unwrap_or(0)
    };
    world.members().iter().map(|&id| (world.name(id).to_owned(), times(id))).collect()
}

/// What was sent, and `each` for every entry; nothing where a coordinator has entered or an election was held.
pub(super) fn messages(world: &World, each: u64) -> Option<(u64, u64)> {
    let entries = entries_at_rest::<Member>(world)?;
    let plain = world.processes::<Member>().all(|(_, member)| !member.coordinates() || member.number == 0);
    let plain = plain && world.setup().parameter("take-over") == 0;
    plain.then(|| (world.tally().sent_in_all(), each * entries))
}
