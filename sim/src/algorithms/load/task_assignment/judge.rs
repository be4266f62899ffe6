//! What is judged about a search, by other ways than the search's own.

use super::{
    Bench, Found, Output,
    costs::Costs,
    search::{Cut, MOST_PROVED, Search},
};
use crate::{NodeId, Step, Violation, World, property::Monitor};

/// The least cost of all assignments, by placing one task after another on every processor.
fn least(costs: &Costs, on: &mut Vec<u32>) -> u32 {
    if on.len() == costs.len() {
        return costs.total(on).unwrap_or(u32::MAX);
    }
    let mut best = u32::MAX;
    for k in 0..costs.width() as u32 {
        on.push(k);
        best = best.min(least(costs, on));
        on.pop();
    }
    best
}

/// The bench that has just found something.
fn finder<'a>(step: &Step, world: &'a World) -> Option<(NodeId, &'a Bench, &'a Found)> {
    step.outputs().find_map(|output| output.get::<Output>())?;
    let (node, bench) = world.processes::<Bench>().next()?;
    Some((node, bench, bench.found.as_ref()?))
}

/// What is said to be the best is that.
pub struct Best;

impl Monitor for Best {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        let Some((node, bench, found)) = finder(step, world) else { return Ok(()) };
        let wrong = |why: String| Err(Violation::new(why, [node]));
        match bench.costs.total(&found.on) {
            Some(cost) if cost == found.cost => {}
            Some(cost) => return wrong(format!("It is said to cost {}, but costs {cost}.", found.cost)),
            None => return wrong("A task is put where it cannot run.".into()),
        }
        if !found.best || bench.costs.assignments() > MOST_PROVED {
            return Ok(());
        }
        match least(&bench.costs, &mut vec![]) {
            least if least < found.cost => {
                wrong(format!("{} is called the least, but {least} is possible.", found.cost))
            }
            _ => Ok(()),
        }
    }
}

/// The cut proves itself: no flow is greater than any cut, so a flow and a cut of one weight are the greatest and the
/// least. And the cut of an assignment must weigh what the assignment costs.
pub struct CutIsCost;

impl Monitor for CutIsCost {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        let Some((node, bench, found)) = finder(step, world) else { return Ok(()) };
        let Some(Search::Cut(Cut { network, side: Some(side), flow, .. })) = &bench.search else { return Ok(()) };
        let weight = network.weight(side);
        let why = match bench.costs.total(&found.on) {
            _ if weight != u64::from(*flow) => format!("{flow} flow, but the cut weighs {weight}."),
            Some(cost) if u64::from(cost) != weight => {
                format!("The cut weighs {weight}, but the assignment that it says costs {cost}.")
            }
            None => "The cut puts a task where it cannot run.".into(),
            Some(_) => return Ok(()),
        };
        Err(Violation::new(why, [node]))
    }
}

/// A flow is one.
pub fn flows(world: &World) -> Result<(), Violation> {
    for (node, bench) in world.processes::<Bench>() {
        let Some(Search::Cut(Cut { network, flow, .. })) = &bench.search else { continue };
        if network.edges.iter().any(|edge| edge.flow > edge.there.into() || -edge.flow > edge.back.into()) {
            return Err(Violation::new("An edge carries more than it can.", [node]));
        }
        let balanced = (2..network.nodes).all(|task| network.surplus(task) == 0);
        if !balanced || network.surplus(0) != i64::from(*flow) {
            return Err(Violation::new("What flows in does not flow out.", [node]));
        }
    }
    Ok(())
}
