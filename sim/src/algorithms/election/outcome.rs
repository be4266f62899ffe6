//! What every election must come to: one leader, the highest that is up, known to all.

use crate::{Life, NodeId, Process, Violation, World};

/// The name of [`known_to_all`] as a property.
pub const KNOWN: &str = "a leader, the highest alive, known to all";
/// The name of [`only_the_highest`] as a property.
pub const HIGHEST: &str = "nobody but the highest is elected";

/// A process that takes part in an election.
pub trait Elector: Process {
    /// Whom it takes for the leader, where that is settled.
    fn leader(&self) -> Option<NodeId>;
}

/// Whom each process that is up takes for the leader.
pub fn followed<P: Elector>(world: &World) -> Vec<(NodeId, Option<NodeId>)> {
    world.live::<P>().map(|(id, member)| (id, member.leader())).collect()
}

/// Every process that is up follows the highest of them.
pub fn known_to_all<P: Elector>(world: &World) -> Result<(), Violation> {
    all_follow_the_highest(&followed::<P>(world), world)
}

fn all_follow_the_highest(followed: &[(NodeId, Option<NodeId>)], world: &World) -> Result<(), Violation> {
    let Some(highest) = followed.iter().map(|(id, _)| *id).max() else { return Ok(()) };
    let wrong = || followed.iter().filter(|(_, leader)| *leader != Some(highest));
    let Some(&(first, leader)) = wrong().next() else { return Ok(()) };
    let is_down = |id: NodeId| world.node(id).is_none_or(|node| node.life() != Life::Up);
    // That a leader is down is found out when somebody needs it, and an election begins when somebody calls it: both are
    // for the user to say.
    let users_turn = wrong().all(|(_, leader)| leader.map_or(world.tally().sent_in_all() == 0, is_down));
    let state = match leader {
        Some(leader) if is_down(leader) => format!("{first} has not noticed yet that {leader} is down."),
        Some(leader) if leader == first => format!("{first} takes itself for the leader, but {highest} is up."),
        Some(leader) => format!("{first} follows {leader}, but {highest} is the highest that is up."),
        None => format!("{first} knows no leader."),
    };
    Err(Violation::new(state, wrong().map(|(id, _)| *id)).users_turn(users_turn))
}

/// Where nobody crashes: whoever is taken for the leader is the highest of all.
pub fn only_the_highest<P: Elector>(world: &World) -> Result<(), Violation> {
    none_follows_another(&followed::<P>(world))
}

fn none_follows_another(followed: &[(NodeId, Option<NodeId>)]) -> Result<(), Violation> {
    let Some(highest) = followed.iter().map(|(id, _)| *id).max() else { return Ok(()) };
    let Some(&(who, Some(leader))) = followed.iter().find(|(_, leader)| leader.is_some_and(|leader| leader != highest))
    else {
        return Ok(());
    };
    Err(Violation::new(format!("{who} takes {leader} for the leader, but {highest} is higher."), [who]))
}

/// Whom each process follows, up or down, to be plotted: −1 for nobody.
pub fn leaders<P: Elector>(world: &World) -> Vec<(String, i64)> {
    let leader = |member: &P| member.leader().map_or(-1, |leader| i64::from(leader.0));
    world.processes::<P>().map(|(id, member)| (world.name(id).to_owned(), leader(member))).collect()
}
