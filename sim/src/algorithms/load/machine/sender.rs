//! A machine that has too much to do looks for another: the location policies of senders.

use super::{
    Counted, Job, JobId, Machine, Message, Place, choose, policy,
    policy::{Location, Policy},
};
use crate::{Context, NodeId};
use serde::Serialize;

/// The search for a place for one job.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Search {
    pub job: JobId,
    /// The machines that were asked, the latest last.
    pub asked: Vec<NodeId>,
    /// Those of them that have not answered yet.
    pub open: Vec<NodeId>,
    /// The shortest queue of which it has heard, and where it is.
    pub best: Option<(u32, NodeId)>,
}

impl Machine {
    /// A job arrives from outside.
    pub(super) fn arrive(&mut self, job: Job, ctx: &mut Context<'_, Self>) {
        let (id, load, policy) = (job.id, self.load(), policy(ctx));
        let last = self.queue.len();
        self.queue.insert(if ctx.setup().variant("pushes-in") { last.min(1) } else { last }, job);
        if policy.location == Location::Partner {
            ctx.line("arrive");
            self.start(ctx);
            return self.look_for_partner(vec![], ctx);
        }
        let jobs = Counted(load, "job");
        // With a choice of several queues the own one is compared like the others, however short it is.
        let threshold = if policy.location == Location::Choices { 1 } else { policy.threshold };
        if load < threshold || !self.busy || policy.location == Location::Nowhere {
            ctx.line("below");
            match policy.location {
                Location::Nowhere | Location::Choices => {
                    ctx.note(format_args!("Job {id} finds {jobs} here. It stays."));
                }
                _ => ctx.note(format_args!("Job {id} finds {jobs} here; the threshold is {threshold}. It stays.")),
            }
            return self.start(ctx);
        }
        ctx.line("over");
        let me = ctx.name(ctx.me());
        if policy.location == Location::Choices {
            ctx.note(format_args!("{me} has {jobs}: job {id} compares its queue with others."));
        } else {
            ctx.note(format_args!(
                "{me} has {jobs} and the threshold is {threshold}: job {id} looks for a place elsewhere."
            ));
        }
        self.greatest_limit = self.greatest_limit.max(policy.probe_limit);
        let search = Search { job: id, asked: vec![], open: vec![], best: None };
        match policy.location {
            Location::Random => self.send_anywhere(id, ctx),
            Location::Bids => self.call_for_bids(search, ctx),
            Location::Choices => self.ask_all_at_once(search, policy, ctx),
            _ => self.ask_one_more(search, ctx),
        }
    }

    /// Sends a job to a machine of which nothing is known.
    fn send_anywhere(&mut self, job: JobId, ctx: &mut Context<'_, Self>) {
        let place = self.queue.iter().position(|waiting| waiting.id == job);
        let (Some(to), Some(place)) = (choose(&[], ctx), place) else { return };
        ctx.line("anywhere");
        ctx.note(format_args!("Job {job} is sent to {}, which was not asked.", ctx.name(to)));
        self.send_job(place, to, Message::Transfer, ctx);
    }

    /// Asks so many machines together.
    fn ask_all_at_once(
        &mut self,
        mut search: Search,
        Policy { probe_limit: limit, .. }: Policy,
        ctx: &mut Context<'_, Self>,
    ) {
        ctx.line("choose");
        for nth in 1..=limit {
            let Some(next) = choose(&search.asked, ctx) else { break };
            ctx.send(next, Message::Probe { job: search.job, nth, limit });
            search.asked.push(next);
        }
        ctx.note(format_args!("Job {} asks {}.", search.job, Counted(search.asked.len() as u32, "machine")));
        search.open.clone_from(&search.asked);
        if !search.open.is_empty() {
            self.searches.push(search);
        }
    }

    /// Asks one more machine, or decides with what it has heard.
    fn ask_one_more(&mut self, mut search: Search, ctx: &mut Context<'_, Self>) {
        let limit = policy(ctx).probe_limit;
        let asked = search.asked.len() as u32;
        let within = asked < limit || ctx.setup().variant("no-limit");
        let Some(next) = choose(&search.asked, ctx).filter(|_| within) else {
            if let Some((load, best)) = search.best {
                return self.send_found(search.job, best, load, ctx);
            }
            ctx.line("exhausted");
            let machines = Counted(asked, "machine");
            return ctx.note(format_args!("{machines} said no: job {} stays and is run here.", search.job));
        };
        ctx.line("choose");
        let nth = asked + 1;
        ctx.note(format_args!("Job {} looks for a place: {} is asked, {nth} of {limit}.", search.job, ctx.name(next)));
        ctx.send(next, Message::Probe { job: search.job, nth, limit });
        search.asked.push(next);
        search.open = vec![next];
        self.searches.push(search);
    }

    /// Another machine asks whether its job could be run here.
    pub(super) fn answer(&mut self, from: NodeId, job: JobId, ctx: &mut Context<'_, Self>) {
        let (load, policy) = (self.load(), policy(ctx));
        let Policy { reserve, location, .. } = policy;
        let mark = policy.takes_below();
        let below = load < mark;
        ctx.line("answer");
        let (me, jobs) = (ctx.name(ctx.me()), Counted(load, "job"));
        let verdict = if below { "below" } else { "not below" };
        match location {
            Location::Choices => ctx.note(format_args!("{me} answers {load}.")),
            _ => ctx.note(format_args!("{me} answers {load}: {jobs}, {verdict} the threshold of {mark}.")),
        }
        let place = match below {
            false => Place::None,
            true if reserve && location == Location::Threshold => Place::Kept,
            true => Place::Free,
        };
        if place == Place::Kept {
            ctx.line("keep");
            ctx.note(format_args!("It keeps a place for job {job}."));
            self.kept.insert(job);
        }
        ctx.send(from, Message::Load { job, load, place });
    }

    /// A machine that was asked has answered.
    pub(super) fn decide(&mut self, from: NodeId, job: JobId, load: u32, place: Place, ctx: &mut Context<'_, Self>) {
        let waits = |search: &Search| search.job == job && search.open.contains(&from);
        let Some(index) = self.searches.iter().position(waits) else {
            ctx.line("late");
            ctx.note(format_args!("Job {job} was started here meanwhile: the answer comes too late."));
            if place == Place::Kept {
                ctx.send(from, Message::Release(job));
            }
            return;
        };
        let mut search = self.searches.remove(index);
        search.open.retain(|asked| *asked != from);
        match policy(ctx).location {
            Location::Shortest => self.compare(search, from, (load, place), ctx),
            Location::Choices => self.choose_shortest(search, from, load, ctx),
            _ if place == Place::None && !ctx.setup().variant("any-answer") => {
                ctx.line("next-probe");
                ctx.note(format_args!("{} answered {load} and is not below its threshold.", ctx.name(from)));
                self.ask_one_more(search, ctx);
            }
            _ => self.send_found(job, from, load, ctx),
        }
    }

    /// Shortest: remembers the best of those below the threshold, and stops early at an idle machine.
    fn compare(&mut self, mut search: Search, from: NodeId, (load, place): (u32, Place), ctx: &mut Context<'_, Self>) {
        let longest = ctx.setup().variant("longest");
        let better = |&(best, _): &(u32, NodeId)| if longest { load > best } else { load < best };
        if place != Place::None && search.best.as_ref().is_none_or(better) {
            search.best = Some((load, from));
        }
        if load == 0 && !longest {
            ctx.line("idle-found");
            return self.send_found(search.job, from, load, ctx);
        }
        ctx.line("next-probe");
        ctx.note(format_args!("{} answered {load}.", ctx.name(from)));
        self.ask_one_more(search, ctx);
    }

    /// Choices: when all have answered, the job joins the shortest queue, its own one if that is as short.
    fn choose_shortest(&mut self, mut search: Search, from: NodeId, load: u32, ctx: &mut Context<'_, Self>) {
        let longer = ctx.setup().variant("join-longer");
        let better = |&(best, _): &(u32, NodeId)| if longer { load > best } else { load < best };
        if search.best.as_ref().is_none_or(better) {
            search.best = Some((load, from));
        }
        if !search.open.is_empty() {
            ctx.line("next-probe");
            ctx.note(format_args!("{} answered {load}. Others have not answered yet.", ctx.name(from)));
            return self.searches.push(search);
        }
        let own = self.load() - 1;
        match search.best {
            Some((least, to)) if if longer { least > own } else { least < own } => {
                self.send_found(search.job, to, least, ctx);
            }
            best => {
                ctx.line("own-queue");
                let least = best.map_or(0, |(least, _)| least);
                ctx.note(format_args!(
                    "The shortest queue elsewhere is {least}, here {own}: job {} stays.",
                    search.job
                ));
            }
        }
    }

    /// Sends a job to the machine that was found for it.
    pub(super) fn send_found(&mut self, job: JobId, to: NodeId, load: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("move");
        ctx.note(format_args!("Job {job} moves to {}, which answered {load}.", ctx.name(to)));
        if let Some(place) = self.queue.iter().position(|waiting| waiting.id == job) {
            self.send_job(place, to, Message::Transfer, ctx);
        }
    }

    /// A job arrives from another machine. Once its moves are used up it has to stay, whatever has happened here since.
    pub(super) fn accept(&mut self, mut job: Job, ctx: &mut Context<'_, Self>) {
        Self::unpack(&mut job, ctx);
        self.kept.remove(&job.id);
        let (me, load, policy) = (ctx.name(ctx.me()), self.load(), policy(ctx));
        ctx.line("accept");
        let jobs = Counted(load, "job");
        if load < policy.threshold || policy.location == Location::Choices {
            ctx.note(format_args!("Job {} is at {me} and is run here.", job.id));
        } else if policy.location == Location::Random {
            if job.moves < policy.moves || ctx.setup().variant("no-hop-limit") {
                ctx.note(format_args!("{me} has {jobs} already: job {} is sent on.", job.id));
                let id = job.id;
                self.queue.push(job);
                return self.send_anywhere(id, ctx);
            }
            ctx.line("hops");
            ctx.note(format_args!("Job {} has moved {}: it has to stay.", job.id, Counted(job.moves, "time")));
        } else {
            ctx.note(format_args!("The answer was stale: {me} has {jobs} by now. Job {} has to stay.", job.id));
            if ctx.setup().variant("lost-transfer") {
                return ctx.note("It is turned away.");
            }
        }
        if ctx.setup().variant("bounce") {
            return self.arrive(job, ctx);
        }
        self.queue.push(job);
        if !ctx.setup().variant("sleeper") {
            self.start(ctx);
        }
    }
}
