//! What must hold of machines and jobs, what is counted and what is plotted: for each topic about load to choose from.

use super::{
    Job, JobId, Machine, Message, Output, accounts, offered,
    policy::{Location, Policy},
};
use crate::order::Order as _;
use crate::sorted::{Map, Set};
use crate::{Effect, NodeId, Step, Violation, World, algorithm::Plot, property::Monitor, step::Cause};
use serde::Serialize;

/// What is plotted for each of them.
pub const PLOTS: &[Plot] = &[
    Plot { title: "jobs at each machine", unit: "jobs", values: queue_lengths },
    Plot { title: "messages so far", unit: "messages", values: messages_so_far },
    Plot { title: "mean response so far", unit: "µs", values: mean_response },
    Plot { title: "Little's law", unit: "jobs ÷ 1,000", values: accounts::littles_law },
    Plot { title: "moves so far", unit: "moves in 1,000 jobs", values: moves_in_a_thousand },
];

type Checked = Result<(), Violation>;

fn machines(world: &World) -> impl Iterator<Item = (NodeId, &Machine)> {
    world.processes::<Machine>()
}

/// Every job that is somewhere, with the machine where it is or to which it travels.
pub fn jobs(world: &World) -> impl Iterator<Item = (NodeId, &Job)> {
    let here = machines(world).flat_map(|(node, machine)| machine.queue.iter().map(move |job| (node, job)));
    let travelling = world.flights().filter_map(|flight| match flight.payload.get::<Message>() {
        Some(Message::Transfer(job) | Message::Work(job)) => Some((flight.to, job)),
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

/// Watches that a job for which a place was found stays there, once it has moved as often as the policy in force allows.
pub struct WithinMoves;

impl Monitor for WithinMoves {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        let limit = policy(world).moves;
        for (_, to, message) in sent(step) {
            if let Message::Transfer(job) = message
                && job.moves > limit
            {
                let why = format!("Job {} moves for the {}. time; the limit is {limit}.", job.id, job.moves);
                return Err(Violation::new(why, [to]));
            }
        }
        Ok(())
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
    sent(step).filter_map(|(_, to, message)| match message {
        Message::Probe { job, .. } => Some((*job, to)),
        _ => None,
    })
}

/// The jobs that a step sent to a place that was found for them.
fn transfers(step: &Step) -> impl Iterator<Item = (JobId, NodeId)> {
    sent(step).filter_map(|(_, to, message)| match message {
        Message::Transfer(job) => Some((job.id, to)),
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
        for (job, to) in transfers(step).filter(|sent| !below.contains(sent)) {
            let why = format!("Job {job} moves to {}, which was not below the threshold.", world.name(to));
            checked = Err(Violation::new(why, [to]));
        }
        settled(step).for_each(|job| below.retain(|(other, _)| *other != job));
        if let (Cause::Message { payload, .. }, Some(node)) = (&step.cause, step.node)
            && let Some(Message::Probe { job, .. }) = payload.get::<Message>()
            && let Some((_, machine)) = machines(world).find(|(id, _)| *id == node)
        {
            // A place that was kept just now is not part of what it had.
            let had = machine.load() - u32::from(machine.kept.contains(job));
            if had < policy(world).takes_below() {
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

/// All messages, beside two for each question to a machine, and one for each job that was sent and each place given back.
pub fn messages_in_all(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let questions: u64 = ["Probe", "Ask", "Call", "Award"].map(|kind| tally.sent(kind)).iter().sum();
    let formula = 2 * questions + tally.sent("Transfer") + tally.sent("Release");
    (world.flights().next().is_none() && formula > 0).then(|| (tally.sent_in_all(), formula))
}

/// Jobs at each machine.
fn queue_lengths(world: &World) -> Vec<(String, i64)> {
    machines(world)
        .map(|(node, machine)| (world.name(node).to_owned(), i64::from(machine.queue.len() as u32)))
        .collect()
}

/// Messages of each kind.
fn messages_so_far(world: &World) -> Vec<(String, i64)> {
    let count = |(kind, word): (&str, &str)| (word.to_owned(), world.tally().sent(kind).cast_signed());
    let kinds = [("Probe", "probes"), ("Load", "answers"), ("Transfer", "jobs")];
    let for_work = [("Ask", "asked for work"), ("Work", "jobs given"), ("Nothing", "refusals")];
    let asks = world.tally().sent("Ask") > 0;
    kinds.into_iter().chain(for_work.into_iter().filter(|_| asks)).map(count).collect()
}

/// The mean of the response times of the jobs that are finished, in microseconds, and what theory says where it does.
fn mean_response(world: &World) -> Vec<(String, i64)> {
    let jobs: i64 = machines(world).map(|(_, machine)| i64::from(machine.finished)).sum();
    let mut lines = vec![("mean response".into(), accounts::responses(world) / jobs.max(1))];
    lines.extend(offered::bounds(world));
    lines
}

/// How many moves there were for a thousand jobs that have arrived.
fn moves_in_a_thousand(world: &World) -> Vec<(String, i64)> {
    let jobs: u64 = machines(world).map(|(_, machine)| u64::from(machine.arrived)).sum();
    let moves: u64 = machines(world).map(|(_, machine)| u64::from(machine.moved)).sum();
    vec![("moves".into(), (1000 * moves / jobs.max(1)).cast_signed())]
}

/// Watches that a job which compares queues joins the shortest of those that it has heard of.
pub struct JoinsShortest;

/// What is known of the decision about one job.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Heard {
    asked: u32,
    answers: Vec<(NodeId, u32)>,
}

impl Monitor for JoinsShortest {
    /// Of each job that is not settled.
    type State = Map<JobId, Heard>;
    fn observe(heard: &mut Self::State, step: &Step, world: &World) -> Checked {
        probes(step).for_each(|(job, _)| heard.or_default(job).asked += 1);
        let Cause::Message { id, payload, .. } = &step.cause else { return Ok(()) };
        let Some(Message::Load { job, load, .. }) = payload.get::<Message>() else { return Ok(()) };
        let known = heard.or_default(*job);
        known.answers.push((id.from, *load));
        let all = known.answers.len() as u32 == known.asked;
        let Some(least) = known.answers.iter().copied().min_by_key(|(_, load)| *load) else { return Ok(()) };
        let sent = transfers(step).find(|(sent, _)| sent == job);
        let checked = match sent.map(|(_, to)| to) {
            Some(to) => {
                let chosen = known.answers.iter().rfind(|(node, _)| *node == to).map_or(u32::MAX, |(_, load)| *load);
                joins(*job, (to, chosen), least, world)
            }
            None if all && policy(world).location == Location::Choices => stays(*job, step, least, world),
            None => Ok(()),
        };
        settled(step).for_each(|job| drop(heard.remove(&job)));
        checked
    }
}

fn joins(job: JobId, (to, chosen): (NodeId, u32), (node, least): (NodeId, u32), world: &World) -> Checked {
    if chosen <= least {
        return Ok(());
    }
    let (to_name, name) = (world.name(to), world.name(node));
    Err(Violation::new(format!("Job {job} joins {to_name}, which has {chosen}; {name} answered {least}."), [to]))
}

/// A job that all have answered stays in the queue where it is.
fn stays(job: JobId, step: &Step, (node, least): (NodeId, u32), world: &World) -> Checked {
    let here = step.node.and_then(|node| machines(world).find(|(id, _)| *id == node));
    let Some((me, machine)) = here else { return Ok(()) };
    // Whoever is in service has not been decided about: its turn had come.
    let waits = machine.queue.iter().skip(usize::from(machine.busy)).any(|waiting| waiting.id == job);
    let own = machine.load().saturating_sub(1);
    if !waits || own <= least {
        return Ok(());
    }
    let (me_name, name) = (world.name(me), world.name(node));
    Err(Violation::new(format!("Job {job} stays with {own} others at {me_name}; {name} answered {least}."), [me]))
}

/// Watches that a machine that gives work away is not without work afterwards.
pub struct GiverKeeps;

impl Monitor for GiverKeeps {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        for effect in &step.effects {
            if let (Effect::Sent { payload, .. }, Some(node)) = (effect, step.node)
                && let Some(Message::Work(job)) = payload.get::<Message>()
                && let Some((_, machine)) = machines(world).find(|(id, _)| *id == node)
                && machine.queue.is_empty()
            {
                let why = format!("{} has given its only job, {}, away.", world.name(node), job.id);
                return Err(Violation::new(why, [node]));
            }
        }
        Ok(())
    }
}

/// No machine has jobs that wait while it does nothing.
pub fn none_sleeps(world: &World) -> Checked {
    match machines(world).find(|(_, machine)| !machine.busy && !machine.queue.is_empty()) {
        Some((node, _)) => {
            let why = format!("{} has jobs and does nothing.", world.name(node));
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

/// Jobs of one machine are served in the order in which they came.
pub fn first_come_first_served(world: &World) -> Checked {
    if world.setup().span("quantum") > crate::Micros::ZERO {
        // They are served in turns.
        return Ok(());
    }
    let out_of_turn =
        |(_, machine): &(NodeId, &Machine)| machine.queue.windows(2).any(|pair| pair[0].arrived > pair[1].arrived);
    match machines(world).find(out_of_turn) {
        Some((node, _)) => {
            let why = format!("At {} a job is before another that came earlier.", world.name(node));
            Err(Violation::new(why, [node]))
        }
        None => Ok(()),
    }
}

/// A machine asks at most so many others for work, one after another.
pub fn asks_within_limit(world: &World) -> Checked {
    let over = |(_, machine): &(NodeId, &Machine)| {
        machine.hunt.as_ref().is_some_and(|hunt| hunt.asked.len() as u32 > machine.greatest_limit)
    };
    match machines(world).find(over) {
        Some((node, _)) => {
            Err(Violation::new(format!("{} asks more machines than the limit allows.", world.name(node)), [node]))
        }
        None => Ok(()),
    }
}

/// All messages of pairs, beside two a proposal, one a job and one for the end of a pair.
pub fn messages_of_pairs(world: &World) -> Option<(u64, u64)> {
    let tally = world.tally();
    let formula = 2 * tally.sent("Propose") + tally.sent("Work") + tally.sent("Part");
    (world.flights().next().is_none() && formula > 0).then(|| (tally.sent_in_all(), formula))
}

/// What a step sent: by whom, to whom, and what.
fn sent(step: &Step) -> impl Iterator<Item = (NodeId, NodeId, &Message)> {
    step.effects.iter().filter_map(|effect| match effect {
        Effect::Sent { id, to, payload, .. } => Some((id.from, *to, payload.get::<Message>()?)),
        _ => None,
    })
}

/// Watches that nobody agrees to a second partner.
pub struct OnePartner;

impl Monitor for OnePartner {
    /// Who has agreed to whom, and has not heard the end of it.
    type State = Map<NodeId, NodeId>;
    fn observe(agreed: &mut Self::State, step: &Step, world: &World) -> Checked {
        if let (Cause::Message { id, payload, .. }, Some(node)) = (&step.cause, step.node)
            && matches!(payload.get::<Message>(), Some(Message::Part))
            && agreed.get(&node) == Some(&id.from)
        {
            agreed.remove(&node);
        }
        let mut checked = Ok(());
        for (from, to, message) in sent(step) {
            if let Message::Agree { over, .. } = message {
                if let Some(partner) = agreed.get(&from) {
                    let (me, one, other) = (world.name(from), world.name(*partner), world.name(to));
                    checked =
                        Err(Violation::new(format!("{me} has {one} for a partner and agrees to {other}."), [from]));
                }
                if !over {
                    agreed.insert(from, to);
                }
            }
        }
        checked
    }
}

/// Watches that nobody agrees to a job for which there is no room.
pub struct RoomForContracts;

impl Monitor for RoomForContracts {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        for (from, _, message) in sent(step) {
            if let Message::Contract { job, agreed: true } = message
                && let Some((_, machine)) = machines(world).find(|(node, _)| *node == from)
                && machine.load() > policy(world).threshold
            {
                let name = world.name(from);
                return Err(Violation::new(format!("{name} agrees to job {job}, for which it has no room."), [from]));
            }
        }
        Ok(())
    }
}

/// Watches that the class that the policy names is served first. Who was in the middle of a service when the policy
/// changed is left alone.
pub struct ClassServed;

impl Monitor for ClassServed {
    /// Of each machine, the job in service.
    type State = Map<NodeId, JobId>;
    fn observe(serving: &mut Self::State, step: &Step, world: &World) -> Checked {
        let Some(node) = step.node else { return Ok(()) };
        let Some((_, machine)) = machines(world).find(|(id, _)| *id == node) else { return Ok(()) };
        let Some(first) = machine.queue.first().filter(|_| machine.busy) else {
            serving.remove(&node);
            return Ok(());
        };
        if serving.get(&node) == Some(&first.id) {
            return Ok(());
        }
        serving.insert(node, first.id);
        let others = machine.queue.iter().filter(|job| job.moves > 0).count() as u32;
        let own = machine.queue.len() as u32 - others;
        let wanted = policy(world).priority.own_first(own, others).filter(|_| own > 0 && others > 0);
        if wanted.is_none_or(|own_first| own_first == (first.moves == 0)) {
            return Ok(());
        }
        let why = format!("{} serves job {}, which is of the other kind.", world.name(node), first.id);
        Err(Violation::new(why, [node]))
    }
}
