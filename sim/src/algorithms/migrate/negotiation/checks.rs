//! What must hold of a negotiation, and what it costs.

use super::{Host, Job, Kernel, Message, OfferId, jobs_at_start};
use crate::{Effect, Life, NodeId, Step, Violation, World, property::Monitor, sorted::Set};

type Checked = Result<(), Violation>;

fn kernels(world: &World) -> impl Iterator<Item = (NodeId, &Kernel)> {
    world.processes::<Host>().filter_map(|(node, host)| match host {
        Host::Kernel(kernel) => Some((node, kernel)),
        Host::Starter(_) => None,
    })
}

fn is_down(world: &World, node: NodeId) -> bool {
    world.node(node).is_none_or(|node| node.life() != Life::Up)
}

/// The processes that are under way.
fn travelling(world: &World) -> impl Iterator<Item = (NodeId, OfferId, Job)> {
    world.flights().filter_map(|flight| match flight.payload.get() {
        Some(Message::Transfer { offer, job }) => Some((flight.to, *offer, *job)),
        _ => None,
    })
}

/// None is lost, unless the machine crashes to which it travels, and none is doubled.
pub fn one_place(world: &World) -> Checked {
    let mut here: Vec<(u32, NodeId)> =
        kernels(world).flat_map(|(node, kernel)| kernel.jobs.iter().map(move |job| (job.number, node))).collect();
    here.extend(travelling(world).map(|(to, _, job)| (job.number, to)));
    let down = kernels(world).filter(|(node, _)| is_down(world, *node));
    let with_it: Vec<u32> = down.flat_map(|(_, kernel)| kernel.reserved.iter().map(|(_, job)| job.number)).collect();
    let machines = world.setup().nodes.len() as u32 / 2;
    let all: u32 = (0..machines).map(|machine| jobs_at_start(world.setup(), machine).len() as u32).sum();
    for number in 1..=all {
        let places: Vec<NodeId> = here.iter().filter(|(known, _)| *known == number).map(|(_, node)| *node).collect();
        match places[..] {
            [_] => {}
            [] if with_it.contains(&number) => {}
            [] => return Err(Violation::new(format!("No machine has P{number} any more."), [])),
            [..] => return Err(Violation::new(format!("P{number} is in two places."), places)),
        }
    }
    Ok(())
}

pub fn fits(world: &World) -> Checked {
    match kernels(world).find(|(_, kernel)| kernel.used() > kernel.memory) {
        Some((node, kernel)) => {
            let why = format!("{} has promised {} of {} MB.", world.name(node), kernel.used(), kernel.memory);
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

pub fn reserved(world: &World) -> Checked {
    for (to, offer, job) in travelling(world) {
        let kept =
            kernels(world).any(|(node, kernel)| node == to && kernel.reserved.iter().any(|(known, _)| *known == offer));
        if !kept {
            let why = format!("P{} is on its way to {}, where no place is kept for it.", job.number, world.name(to));
            return Err(Violation::new(why, [to]));
        }
    }
    Ok(())
}

/// Watches that what leaves was let in.
pub struct BothAgree;

impl Monitor for BothAgree {
    /// The offers that were let in.
    type State = Set<OfferId>;
    fn observe(agreed: &mut Self::State, step: &Step, world: &World) -> Checked {
        for effect in &step.effects {
            let Effect::Sent { to, payload, .. } = effect else { continue };
            match payload.get() {
                Some(Message::MigrateIn { offer }) => {
                    agreed.insert(*offer);
                }
                Some(Message::Transfer { offer, job }) if !agreed.contains(offer) => {
                    let why = format!("P{} leaves for {}, and nobody has let it in.", job.number, world.name(*to));
                    return Err(Violation::new(why, [*to]));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// As long as the kernel that made the offer is up.
pub fn none_left_over(world: &World) -> Checked {
    for (node, kernel) in kernels(world).filter(|(node, _)| !is_down(world, *node)) {
        if let Some((_, job)) = kernel.reserved.iter().find(|(offer, _)| !is_down(world, offer.kernel)) {
            let why = format!("{} keeps a place for P{}, which does not come.", world.name(node), job.number);
            return Err(Violation::new(why, [node]));
        }
    }
    Ok(())
}

fn sent(world: &World, kinds: &[&str]) -> u64 {
    kinds.iter().map(|kind| world.tally().sent(kind)).sum()
}

/// How many requests were answered, where nothing is under way.
fn all_over(world: &World) -> Option<u64> {
    let asked = world.tally().sent("Ask");
    (asked > 0 && world.is_quiet() && world.members().iter().all(|&node| !is_down(world, node))).then_some(asked)
}

/// The seven, where all went well.
pub fn control_messages(world: &World) -> Option<(u64, u64)> {
    let moves = all_over(world).filter(|&asked| world.tally().outputs("Moved") == asked)?;
    if sent(world, &["Withdraw", "Reject", "Decline", "Deny"]) > 0 {
        return None;
    }
    Some((sent(world, &["Ask", "Agree", "MigrateOut", "Offer", "Relay", "MigrateIn", "Accept"]), 7 * moves))
}

/// What was spent where the target's kernel said at once that it has no room.
pub fn messages_before_no_room(world: &World) -> Option<(u64, u64)> {
    let refused = all_over(world).filter(|&asked| world.tally().outputs("NoRoom") == asked)?;
    let early = sent(world, &["Relay", "Withdraw", "Decline"]) == 0;
    early.then(|| (world.tally().sent_in_all() - world.tally().sent("Reject"), 4 * refused))
}
