//! What every election must come to: one leader, the highest that is up, known to all.
//!
//! Processes are asked through function pointers, so that what is judged is compiled once and not for each of them.

use crate::{AnyProcess, Life, NodeId, Process, Violation, World};

/// The name of [`known_to_all`] as a property.
pub const KNOWN: &str = "a leader, the highest alive, known to all";
/// The name of [`only_the_highest`] as a property.
pub const HIGHEST: &str = "nobody but the highest is elected";

/// A process that takes part in an election.
pub trait Elector: Process {
    /// Whom it takes for the leader, where that is settled.
    fn leader(&self) -> Option<NodeId>;
}

/// A number that a process is asked for.
pub type Ask = fn(&dyn AnyProcess) -> i64;

/// A number of a process whose type is known.
pub fn number<P: Process>(process: &dyn AnyProcess, read: fn(&P) -> i64) -> i64 {
    process.as_any().downcast_ref().map_or(-1, read)
}

/// Whom a process takes for the leader: −1 for nobody.
pub fn leader<P: Elector>(process: &dyn AnyProcess) -> i64 {
    number::<P>(process, |member| member.leader().map_or(-1, |leader| leader.0.into()))
}

fn is_up(world: &World, id: NodeId) -> bool {
    world.node(id).is_some_and(|node| node.life() == Life::Up)
}

/// The number that each process that is up gives.
pub fn of_each(world: &World, ask: Ask) -> Vec<(NodeId, i64)> {
    let mut found = Vec::new();
    for &id in world.members() {
        if is_up(world, id) {
            found.push((id, ask(world.nodes()[id.index()].process())));
        }
    }
    found
}

/// The number that each process gives, up or down, to be plotted.
pub fn plotted(world: &World, ask: Ask) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for &id in world.members() {
        found.push((world.name(id).to_owned(), ask(world.nodes()[id.index()].process())));
    }
    found
}

/// Whom each process follows, to be plotted: −1 for nobody.
pub fn leaders<P: Elector>(world: &World) -> Vec<(String, i64)> {
    plotted(world, leader::<P>)
}

/// Every process that is up follows the highest of them.
pub fn known_to_all<P: Elector>(world: &World) -> Result<(), Violation> {
    all_follow_the_highest(world, leader::<P>)
}

fn all_follow_the_highest(world: &World, ask: Ask) -> Result<(), Violation> {
    let mut wrong = of_each(world, ask);
    let Some(&(highest, _)) = wrong.last() else { return Ok(()) };
    wrong.retain(|(_, leader)| *leader != i64::from(highest.0));
    let Some(&(first, leader)) = wrong.first() else { return Ok(()) };
    let is_down = |leader: i64| !is_up(world, NodeId(leader as u32));
    // That a leader is down is found out when somebody needs it, and an election begins when somebody calls it: both are
    // for the user to say.
    let nobody_has_begun = world.tally().sent_in_all() == 0;
    let users_turn = wrong.iter().all(|(_, leader)| if *leader < 0 { nobody_has_begun } else { is_down(*leader) });
    let named = NodeId(leader.max(0) as u32);
    let state = match leader {
        ..0 => format!("{first} knows no leader."),
        _ if is_down(leader) => format!("{first} has not noticed yet that {named} is down."),
        _ if named == first => format!("{first} takes itself for the leader, but {highest} is up."),
        _ => format!("{first} follows {named}, but {highest} is the highest that is up."),
    };
    Err(Violation::new(state, wrong.iter().map(|(id, _)| *id)).users_turn(users_turn))
}

/// Where nobody crashes: whoever is taken for the leader is the highest of all.
pub fn only_the_highest<P: Elector>(world: &World) -> Result<(), Violation> {
    none_follows_another(world, leader::<P>)
}

fn none_follows_another(world: &World, ask: Ask) -> Result<(), Violation> {
    let followed = of_each(world, ask);
    let Some(&(highest, _)) = followed.last() else { return Ok(()) };
    for (who, leader) in followed {
        if leader >= 0 && leader != i64::from(highest.0) {
            let why = format!("{who} takes {} for the leader, but {highest} is higher.", NodeId(leader as u32));
            return Err(Violation::new(why, [who]));
        }
    }
    Ok(())
}

/// No two processes that are up take themselves for the leader.
pub fn at_most_one<P: Elector>(world: &World) -> Result<(), Violation> {
    at_most_one_leads(world, leader::<P>)
}

fn at_most_one_leads(world: &World, ask: Ask) -> Result<(), Violation> {
    let mut leads = of_each(world, ask);
    leads.retain(|(id, leader)| *leader == i64::from(id.0));
    match leads[..] {
        [(first, _), (second, _), ..] => {
            let why = format!("{first} and {second} both take themselves for the leader.");
            Err(Violation::new(why, [first, second]))
        }
        _ => Ok(()),
    }
}
