//! What must hold, what it costs, what is plotted, and what is planted.

use super::{Job, JobId, Machine, Message, Output, Policy};
use crate::order::Order as _;
use crate::sorted::{Map, Set};
use crate::{Effect, NodeId, Step, Violation, World, algorithm::Bug, property::Monitor, step::Cause};

type Checked = Result<(), Violation>;

fn machines(world: &World) -> impl Iterator<Item = (NodeId, &Machine)> {
    world.processes::<Machine>()
}

/// Every job that is somewhere, with the machine where it is or to which it travels.
fn jobs(world: &World) -> impl Iterator<Item = (NodeId, &Job)> {
    let here = machines(world).flat_map(|(node, machine)| machine.queue.iter().map(move |job| (node, job)));
    let travelling = world.flights().filter_map(|flight| match flight.payload.get::<Message>() {
        Some(Message::Transfer(job)) => Some((flight.to, job)),
        _ => None,
    });
    here.chain(travelling)
}

fn policy(world: &World) -> Policy {
    world.policy().and_then(|policy| policy.get()).copied().unwrap_or_default()
}

/// arrived = here + travelling + finished, and none of them twice.
pub fn one_place(world: &World) -> Checked {
    let mut seen: Vec<(JobId, NodeId)> = jobs(world).map(|(node, job)| (job.id, node)).collect();
    seen.order_by_key(|&(job, _)| job);
    if let Some(twice) = seen.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(Violation::new(format!("Job {} is in two places.", twice[1].0), [twice[1].1]));
    }
    let arrived: u32 = machines(world).map(|(_, machine)| machine.arrived).sum();
    let finished: u32 = machines(world).map(|(_, machine)| machine.finished).sum();
    let known = seen.len() as u32 + finished;
    if known == arrived {
        return Ok(());
    }
    let why = format!("{arrived} jobs have arrived, but {known} are at a machine, on their way or finished.");
    Err(Violation::new(why, []))
}

/// A job that has moved stays: the migration limit is one.
pub fn one_move(world: &World) -> Checked {
    match jobs(world).find(|(_, job)| job.moves > 1) {
        Some((node, job)) => {
            let why = format!("Job {} has moved {} times.", job.id, job.moves);
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

/// When nothing can happen any more, no job is left.
pub fn all_finished(world: &World) -> Checked {
    let left: Vec<(NodeId, &Job)> = jobs(world).collect();
    match left.first() {
        Some((_, job)) => {
            let why = format!("Job {} is not finished yet ({} in all).", job.id, left.len());
            Err(Violation::new(why, left.iter().map(|(node, _)| *node)))
        }
        None => Ok(()),
    }
}

/// The probes that a step sent: the job and who is asked.
fn probes(step: &Step) -> impl Iterator<Item = (JobId, NodeId)> {
    step.effects.iter().filter_map(|effect| match effect {
        Effect::Sent { to, payload, .. } => match payload.get::<Message>() {
            Some(Message::Probe { job, .. }) => Some((*job, *to)),
            _ => None,
        },
        _ => None,
    })
}

/// The jobs whose decision ended with a step: they have moved, or are finished.
fn settled(step: &Step) -> impl Iterator<Item = JobId> {
    step.outputs().filter_map(|output| match output.get::<Output>() {
        Some(Output::JobMoved { job, .. } | Output::JobFinished { job, .. }) => Some(*job),
        _ => None,
    })
}

/// Which machines were probed for each job that is not settled.
type Asked = Map<JobId, Vec<NodeId>>;

/// Remembers the probes of a step; `judge` looks at each, with those before it.
fn watch(asked: &mut Asked, step: &Step, judge: impl Fn(JobId, &[NodeId], NodeId) -> Checked) -> Checked {
    settled(step).for_each(|job| drop(asked.remove(&job)));
    for (job, to) in probes(step) {
        let before = asked.or_default(job);
        judge(job, before, to)?;
        before.push(to);
    }
    Ok(())
}

/// Watches that nobody is asked again.
pub struct NoneTwice;

impl Monitor for NoneTwice {
    type State = Asked;
    fn observe(asked: &mut Asked, step: &Step, world: &World) -> Checked {
        watch(asked, step, |job, before, to| {
            let again = || Violation::new(format!("{} is probed again for job {job}.", world.name(to)), [to]);
            if before.contains(&to) { Err(again()) } else { Ok(()) }
        })
    }
}

/// Watches that the probe limit in force is kept.
pub struct WithinLimit;

impl Monitor for WithinLimit {
    type State = Asked;
    fn observe(asked: &mut Asked, step: &Step, world: &World) -> Checked {
        let limit = policy(world).probe_limit;
        watch(asked, step, |job, before, _| {
            if (before.len() as u32) < limit {
                return Ok(());
            }
            let why = format!("Job {job} is at its probe {}; the limit is {limit}.", before.len() + 1);
            Err(Violation::new(why, step.node))
        })
    }
}

/// Watches what machines really had when they answered.
pub struct ChosenBelow;

impl Monitor for ChosenBelow {
    /// Who was below the threshold when it answered for which job.
    type State = Set<(JobId, NodeId)>;
    fn observe(below: &mut Self::State, step: &Step, world: &World) -> Checked {
        let mut checked = Ok(());
        for output in step.outputs() {
            if let Some(Output::JobMoved { job, to, .. }) = output.get::<Output>()
                && !below.contains(&(*job, *to))
            {
                let why = format!("Job {job} moves to {}, which was not below the threshold.", world.name(*to));
                checked = Err(Violation::new(why, [*to]));
            }
        }
        settled(step).for_each(|job| below.retain(|(other, _)| *other != job));
        if let (Cause::Message { payload, .. }, Some(node)) = (&step.cause, step.node)
            && let Some(Message::Probe { job, .. }) = payload.get::<Message>()
            && let Some((_, machine)) = machines(world).find(|(id, _)| *id == node)
        {
            // A place that was kept just now is not part of what it had.
            let had = machine.load() - u32::from(machine.kept.contains(job));
            if had < policy(world).threshold {
                below.insert((*job, node));
            }
        }
        checked
    }
}

/// The greatest bill of a job that arrived, beside 2·Lp + 1.
pub fn messages_an_arrival(world: &World) -> Option<(u64, u64)> {
    let limit = machines(world).map(|(_, machine)| machine.greatest_limit).max()?;
    let greatest = world.tally().bills().map(|bill| bill.messages).max()?;
    Some((greatest, 2 * u64::from(limit) + 1))
}

/// All messages, beside two a probe and one a move or a place given back.
pub fn messages_in_all(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let formula = 2 * tally.sent("Probe") + tally.outputs("JobMoved") + tally.sent("Release");
    (world.flights().next().is_none() && formula > 0).then(|| (tally.sent_in_all(), formula))
}

/// Jobs at each machine.
pub fn queue_lengths(world: &World) -> Vec<(String, i64)> {
    machines(world)
        .map(|(node, machine)| (world.name(node).to_owned(), i64::from(machine.queue.len() as u32)))
        .collect()
}

/// Messages of each kind.
pub fn messages_so_far(world: &World) -> Vec<(String, i64)> {
    let count = |(kind, word): (&str, &str)| (word.to_owned(), world.tally().sent(kind).cast_signed());
    [("Probe", "probes"), ("Load", "answers"), ("Transfer", "jobs")].map(count).to_vec()
}

/// The mean of the response times of the jobs that are finished, in microseconds.
pub fn mean_response(world: &World) -> Vec<(String, i64)> {
    let jobs: u64 = machines(world).map(|(_, machine)| u64::from(machine.finished)).sum();
    let micros: u64 = machines(world).map(|(_, machine)| machine.response.0).sum();
    vec![("mean response".into(), (micros / jobs.max(1)).cast_signed())]
}

/// How many moves there were for a thousand jobs that have arrived.
pub fn moves_in_a_thousand(world: &World) -> Vec<(String, i64)> {
    let jobs: u64 = machines(world).map(|(_, machine)| u64::from(machine.arrived)).sum();
    let moves: u64 = machines(world).map(|(_, machine)| u64::from(machine.moved)).sum();
    vec![("moves".into(), (1000 * moves / jobs.max(1)).cast_signed())]
}

/// Planted bugs, each with its lesson.
pub const BUGS: &[Bug] = &[
    Bug {
        id: "probe-with-replacement",
        title: "the next machine is drawn among all",
        lesson: "Who has said no is asked again: the probe limit buys fewer answers than it pays for.",
        breaks: "no machine is probed twice for one job",
        scenario: "all-busy",
    },
    Bug {
        id: "no-limit",
        title: "probing goes on until every machine was asked",
        lesson: "When all are busy, every arrival asks everybody: the load of the network grows with the load of the \
                 machines, when it helps least.",
        breaks: "at most Lp machines are probed for one job",
        scenario: "eight-machines",
    },
    Bug {
        id: "any-answer",
        title: "the job moves to whoever answers first",
        lesson: "A probe whose answer is not looked at is worth nothing: the job lands on a machine that is just as \
                 busy.",
        breaks: "a chosen machine was below the threshold when it answered",
        scenario: "all-busy",
    },
    Bug {
        id: "bounce",
        title: "a job that has moved is probed for again",
        lesson: "With stale answers a busy machine passes on what it was just sent: without a migration limit, \
                 machines are busy passing work around.",
        breaks: "no job moves more than once",
        scenario: "stale-answer",
    },
    Bug {
        id: "lost-transfer",
        title: "a machine that is busy by now turns a job away that was sent to it",
        lesson: "The sender has let the job go. Once it has moved, it has to run where it is, or nobody has it.",
        breaks: "every job is in exactly one place",
        scenario: "stale-answer",
    },
    Bug {
        id: "sleeper",
        title: "a job that was sent does not wake an idle machine",
        lesson: "The job was moved so that it need not wait, and now nobody starts it.",
        breaks: "every job is finished",
        scenario: "two-busy",
    },
];
