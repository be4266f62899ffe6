//! What must hold of the pool and its users, what it costs, and what is plotted and summed up.

use super::{Message, NodeId, Place, Policy, Rack, Role, SERVER, TaskId};
use crate::{
    Effect, Step, Violation, World,
    algorithm::{Cost, Plot, Relation, Statistic},
    order::Order as _,
    property::Monitor,
};

type Checked = Result<(), Violation>;

fn racks(world: &World) -> impl Iterator<Item = (NodeId, &Rack)> {
    world.processes::<Rack>()
}

/// Every process that is not finished, with where it is or to where it travels.
fn tasks(world: &World) -> Vec<(TaskId, NodeId)> {
    let here = racks(world).flat_map(|(node, rack)| rack.queue.iter().map(move |task| (task.id, node)));
    let travelling = world.flights().filter_map(|flight| match flight.payload.get::<Message>() {
        Some(Message::Submit(task) | Message::Run(task) | Message::Result(task)) => Some((task.id, flight.to)),
        _ => None,
    });
    here.chain(travelling).collect()
}

/// started = somewhere + finished, and none of them twice.
pub fn one_place(world: &World) -> Checked {
    let mut seen = tasks(world);
    seen.order_by_key(|&(task, _)| task);
    if let Some(twice) = seen.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Violation::new(format!("Process {} is in two places.", twice[1].0), [twice[1].1]));
    }
    let started: u32 = racks(world).map(|(_, rack)| rack.started).sum();
    let finished: u32 = racks(world).map(|(_, rack)| rack.commands + rack.jobs).sum();
    let known = seen.len() as u32 + finished;
    if known == started {
        return Ok(());
    }
    Err(Violation::new(format!("{started} processes were started, but {known} are somewhere or finished."), []))
}

/// No process waits at the run server while it knows of a free processor.
pub fn conserved(world: &World) -> Checked {
    let wasteful =
        |(_, rack): &(NodeId, &Rack)| rack.role == Role::Server && !rack.queue.is_empty() && !rack.free.is_empty();
    match racks(world).find(wasteful) {
        Some((_, rack)) => {
            let why = format!("{} processes wait and {} processors are free.", rack.queue.len(), rack.free.len());
            Err(Violation::new(why, [SERVER]))
        }
        None => Ok(()),
    }
}

/// No processor of the pool has a second process.
pub fn one_at_a_time(world: &World) -> Checked {
    match racks(world).find(|(_, rack)| rack.role == Role::Processor && rack.queue.len() > 1) {
        Some((node, _)) => Err(Violation::new(format!("{} has two processes.", world.name(node)), [node])),
        None => Ok(()),
    }
}

/// When nothing can happen any more, no process is left.
pub fn all_finished(world: &World) -> Checked {
    let left = tasks(world);
    match left.first() {
        Some((task, _)) => {
            let why = format!("Process {task} is not finished yet ({} in all).", left.len());
            Err(Violation::new(why, left.iter().map(|(_, node)| *node)))
        }
        None => Ok(()),
    }
}

/// Watches that commands stay where their user is, where the policy says so.
pub struct CommandsStay;

impl Monitor for CommandsStay {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        let policy: Option<&Policy> = world.policy().and_then(|policy| policy.get());
        let own = world.setup().parameter("own-speed") > 0;
        if !own || policy.is_none_or(|policy| policy.place != Place::Hybrid) {
            return Ok(());
        }
        for effect in &step.effects {
            let Effect::Sent { id, payload, .. } = effect else { continue };
            if let Some(Message::Submit(task)) = payload.get::<Message>().filter(|message| is_command(message)) {
                let why = format!("Command {} is sent to the pool.", task.id);
                return Err(Violation::new(why, [id.from]));
            }
        }
        Ok(())
    }
}

fn is_command(message: &Message) -> bool {
    matches!(message, Message::Submit(task) if !task.is_job)
}

/// What it costs.
pub const COSTS: &[Cost] = &[Cost {
    what: "messages in all",
    formula: "4 × processes in the pool",
    relation: Relation::Exactly,
    count: |world| {
        let pooled: u64 = racks(world).map(|(_, rack)| u64::from(rack.pooled)).sum();
        let started = racks(world).any(|(_, rack)| rack.started > 0);
        (started && world.is_quiet()).then(|| (world.tally().sent_in_all(), 4 * pooled))
    },
    when: "when all are finished; none for what runs on its user's own machine",
}];

/// What can be plotted.
pub const PLOTS: &[Plot] = &[
    Plot { title: "processes here", unit: "processes", values: queues },
    Plot { title: "mean response so far", unit: "µs", values: responses },
];

fn queues(world: &World) -> Vec<(String, i64)> {
    racks(world).map(|(node, rack)| (world.name(node).to_owned(), i64::from(rack.queue.len() as u32))).collect()
}

fn responses(world: &World) -> Vec<(String, i64)> {
    let mean = |(total, count): (i64, i64)| total / count.max(1);
    vec![("commands".to_owned(), mean(commands(world))), ("jobs".to_owned(), mean(jobs(world)))]
}

/// What is summed up.
pub const STATISTICS: &[Statistic] = &[
    Statistic {
        name: "response",
        unit: "µs",
        total: |world| {
            let (commands, jobs) = (commands(world), jobs(world));
            (commands.0 + jobs.0, commands.1 + jobs.1)
        },
    },
    Statistic { name: "response of a command", unit: "µs", total: commands },
    Statistic { name: "response of a job", unit: "µs", total: jobs },
];

fn commands(world: &World) -> (i64, i64) {
    racks(world)
        .fold((0, 0), |sum, (_, rack)| (sum.0 + rack.command_time.0.cast_signed(), sum.1 + i64::from(rack.commands)))
}

fn jobs(world: &World) -> (i64, i64) {
    racks(world).fold((0, 0), |sum, (_, rack)| (sum.0 + rack.job_time.0.cast_signed(), sum.1 + i64::from(rack.jobs)))
}
