//! What is judged about the execution of a matrix.

use super::{Output, Processor, Timer};
use crate::{
    Life, Micros, NodeId, Step, Violation, World,
    property::Monitor,
    sorted::{Map, Set},
    step::Cause,
};

fn processors(world: &World) -> impl Iterator<Item = (NodeId, &Processor)> {
    world.processes::<Processor>()
}

/// Exchanges of each gang.
pub fn exchanges(world: &World) -> Vec<(String, i64)> {
    let mut all: Map<u32, i64> = Map::new();
    for (gang, member) in processors(world).flat_map(|(_, processor)| processor.members.iter()) {
        *all.or_default(*gang) += i64::from(member.done);
    }
    all.iter().map(|(gang, done)| (format!("gang {gang}"), *done)).collect()
}

/// Where all processors are in the same slot with the same matrix, a gang without fragments runs everywhere or nowhere.
pub fn together(world: &World) -> Result<(), Violation> {
    let up = world.nodes().iter().filter(|node| node.life() == Life::Up).count();
    let all: Vec<(NodeId, &Processor)> = processors(world).collect();
    let Some((_, first)) = all.first() else { return Ok(()) };
    let same = all.iter().all(|(_, other)| (other.slot, &other.matrix) == (first.slot, &first.matrix));
    // A tick that is due at this moment has not come everywhere yet; a processor that is down runs nothing.
    if !same || up < world.nodes().len() {
        return Ok(());
    }
    for gang in first.matrix.gangs() {
        let (_, parts) = first.matrix.whole_and_parts(gang);
        let members = first.matrix.processors(gang);
        let running: Vec<NodeId> =
            all.iter().filter(|(_, processor)| processor.running == gang).map(|(node, _)| *node).collect();
        if parts.is_empty() && !running.is_empty() && running.len() < members.len() {
            let why = format!("{} of the {} processes of gang {gang} run.", running.len(), members.len());
            return Err(Violation::new(why, running));
        }
    }
    Ok(())
}

/// Who packs puts a gang into one row, the first with room for it.
pub struct OneSlot;

impl Monitor for OneSlot {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for output in step.outputs() {
            let (Some(Output::Placed { gang, size, .. }), Some((node, processor))) =
                (output.get::<Output>(), processors(world).next())
            else {
                continue;
            };
            let matrix = &processor.matrix;
            let rows: Set<u32> = (0..matrix.height()).filter(|&row| matrix.rows[row as usize].contains(gang)).collect();
            let row = rows.iter().next().copied().unwrap_or(0);
            if rows.len() > 1 || matrix.processors(*gang).len() != *size as usize {
                let why = format!("Gang {gang} stands in {} slots: it never runs as a whole.", rows.len());
                return Err(Violation::new(why, [node]));
            }
            if let Some(before) = (0..row).find(|&before| matrix.free(before) >= *size) {
                let why = format!("Gang {gang} is in slot {row}, but slot {before} had room for it.");
                return Err(Violation::new(why, [node]));
            }
        }
        Ok(())
    }
}

/// Whether the processors begin each slot within a tenth of it.
pub struct InStep;

impl Monitor for InStep {
    /// The latest slot, and when the first processor began it.
    type State = (i64, Micros);

    fn observe((slot, began): &mut Self::State, step: &Step, world: &World) -> Result<(), Violation> {
        let (Cause::Timer(timer), Some(node)) = (&step.cause, step.node) else { return Ok(()) };
        let Some(processor) =
            world.process_at::<Processor>(node).filter(|_| timer.get::<Timer>() == Some(&Timer::Tick))
        else {
            return Ok(());
        };
        let now = world.now();
        if processor.slot > *slot {
            (*slot, *began) = (processor.slot, now);
        }
        let late = now.since(*began);
        let length = world.setup().span("slot");
        if processor.slot == *slot && late.0 <= length.0 / 10 || processor.slot < *slot && late == Micros::ZERO {
            return Ok(());
        }
        Err(Violation::new(format!("{} begins its slot {late} later than the first.", world.name(node)), [node]))
    }
}
