//! What is judged about a run of the Banker, by another way than the Banker's own test.

use super::{Banker, Output, Purpose, tables::Tables};
use crate::{Datum, Effect, NodeId, Step, Violation, World, algorithms::deadlock::names::ProcessId, property::Monitor};

/// Whether all can finish, by the definition turned round: no set of processes is left each of which needs more than all
/// outside the set could give back.
pub fn is_safe(tables: &Tables) -> bool {
    let mut left: Vec<usize> = (0..tables.maximum.len()).collect();
    loop {
        let kept = |column: usize| left.iter().map(|&process| tables.allocation[process][column]).sum::<u32>();
        let lacks = |process: usize| {
            let mut need = tables.need(process).into_iter().enumerate();
            need.any(|(column, units)| units > tables.total[column] - kept(column))
        };
        let before = left.len();
        let stay: Vec<usize> = left.iter().copied().filter(|&process| lacks(process)).collect();
        left = stay;
        if left.len() == before {
            return left.is_empty();
        }
    }
}

fn told(step: &Step) -> impl Iterator<Item = (NodeId, &Output)> {
    step.effects.iter().filter_map(|effect| match effect {
        Effect::Output(node, output) => Some((*node, Datum::get::<Output>(output)?)),
        _ => None,
    })
}

/// As long as the Banker looks ahead, what it grants leaves a safe state.
pub struct GrantedIsSafe;

impl Monitor for GrantedIsSafe {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for (node, output) in told(step) {
            let (Output::Granted(who), Some(banker)) = (output, world.process_at::<Banker>(node)) else { continue };
            if banker.avoids && !is_safe(&banker.tables) {
                let why = format!("{who} got what it asked for, but now there is no order in which all can finish.");
                return Err(Violation::new(why, [node]));
            }
        }
        Ok(())
    }
}

/// A test ends with what is so, and its order can be run.
pub struct TestIsRight;

impl Monitor for TestIsRight {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        for (node, output) in told(step) {
            let Some(banker) = world.process_at::<Banker>(node) else { continue };
            let mut tables = banker.tables.clone();
            if *output == Output::Unsafe {
                // What was given out provisionally has been taken back at once.
                let purpose = banker.test.as_ref().map_or(Purpose::Question, |test| test.purpose.clone());
                let (process, units) = banker.asked(&purpose);
                let row = tables.allocation[process as usize].iter_mut().zip(&units);
                row.for_each(|(held, units)| *held += units);
            }
            let why = match output {
                Output::Unsafe if is_safe(&tables) => {
                    "The test says “unsafe”, but there is an order in which all can finish."
                }
                Output::Safe(order) if !can_be_run(&tables, order) => {
                    "The test says “safe”, but its order cannot be run."
                }
                _ => continue,
            };
            return Err(Violation::new(why, [node]));
        }
        Ok(())
    }
}

/// Whether all can finish in this order.
fn can_be_run(tables: &Tables, order: &[ProcessId]) -> bool {
    let mut free = tables.available();
    order.len() == tables.maximum.len()
        && order.iter().all(|process| {
            let process = process.0 as usize;
            let fits = tables.need(process).iter().zip(&free).all(|(need, free)| need <= free);
            free.iter_mut().zip(&tables.allocation[process]).for_each(|(free, held)| *free += held);
            fits
        })
}

/// Nobody holds more than its claim, nobody claims more than there is, and what is held and free is all there is.
pub fn units_add_up(world: &World) -> Result<(), Violation> {
    for (node, banker) in world.processes::<Banker>() {
        let tables = &banker.tables;
        for (column, &total) in tables.total.iter().enumerate() {
            let held: u32 = tables.allocation.iter().map(|row| row[column]).sum();
            let claims = tables.maximum.iter().zip(&tables.allocation);
            if held + tables.available()[column] != total {
                return Err(Violation::new("Units have come from nowhere, or are gone.", [node]));
            }
            if claims.into_iter().any(|(max, held)| held[column] > max[column] || max[column] > total) {
                return Err(Violation::new(
                    "Somebody holds more than its claim, or claims more than there is.",
                    [node],
                ));
            }
        }
    }
    Ok(())
}
