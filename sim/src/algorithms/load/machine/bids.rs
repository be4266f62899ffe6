//! Bidding: a job is offered to everybody, and goes to the best bid, if the bidder still wants it.

use super::{Counted, JobId, Machine, Message, choose, policy, sender::Search};
use crate::{Context, NodeId};

impl Machine {
    /// The manager offers a job to all others.
    pub(super) fn call_for_bids(&mut self, mut search: Search, ctx: &mut Context<'_, Self>) {
        ctx.line("call");
        while let Some(next) = choose(&search.asked, ctx) {
            ctx.send(next, Message::Call(search.job));
            search.asked.push(next);
        }
        let asked = Counted(search.asked.len() as u32, "machine");
        ctx.note(format_args!("Job {} is offered to {asked}.", search.job));
        search.open.clone_from(&search.asked);
        if !search.open.is_empty() {
            self.searches.push(search);
        }
    }

    /// A contractor names its price: the jobs that are ahead.
    pub(super) fn bid(&mut self, from: NodeId, job: JobId, ctx: &mut Context<'_, Self>) {
        ctx.line("bid");
        let price = self.load();
        ctx.note(format_args!("{} bids {price} for job {job}: so many jobs are ahead of it.", ctx.name(ctx.me())));
        ctx.send(from, Message::Bid { job, price });
    }

    /// The manager waits for all bids, then awards the job to the lowest below the threshold.
    pub(super) fn weigh_bid(&mut self, from: NodeId, job: JobId, price: u32, ctx: &mut Context<'_, Self>) {
        let waits = |search: &Search| search.job == job && search.open.contains(&from);
        let Some(index) = self.searches.iter().position(waits) else {
            ctx.line("late");
            return ctx.note(format_args!("Job {job} was started here meanwhile: the bid comes too late."));
        };
        let search = &mut self.searches[index];
        search.open.retain(|asked| *asked != from);
        if search.best.as_ref().is_none_or(|&(best, _)| price < best) {
            search.best = Some((price, from));
        }
        if !search.open.is_empty() {
            ctx.line("next-bid");
            return ctx.note(format_args!("A bid of {price}. Others have not answered yet."));
        }
        match search.best {
            Some((price, best)) if price < policy(ctx).threshold => {
                search.open = vec![best];
                ctx.line("award");
                ctx.note(format_args!("The lowest bid is {price}: job {job} is awarded to {}.", ctx.name(best)));
                ctx.send(best, Message::Award(job));
            }
            _ => {
                self.searches.remove(index);
                ctx.line("no-bid");
                ctx.note(format_args!("No bid is below the threshold: job {job} stays and is run here."));
            }
        }
    }

    /// The contractor says whether it still wants the job: it may have won another one meanwhile.
    pub(super) fn agree_to_award(&mut self, from: NodeId, job: JobId, ctx: &mut Context<'_, Self>) {
        let (load, threshold) = (self.load(), policy(ctx).threshold);
        let agreed = load < threshold || ctx.setup().variant("never-declines");
        ctx.line("confirm");
        if agreed {
            ctx.note(format_args!("There is room: a place is kept for job {job}."));
            self.kept.insert(job);
        } else {
            ctx.note(format_args!("{} by now: job {job} is declined.", Counted(load, "job")));
        }
        ctx.send(from, Message::Contract { job, agreed });
    }

    /// The manager sends the job, or runs it itself.
    pub(super) fn close_contract(&mut self, from: NodeId, job: JobId, agreed: bool, ctx: &mut Context<'_, Self>) {
        let waits = |search: &Search| search.job == job && search.open.contains(&from);
        let found = self.searches.iter().position(waits).map(|index| self.searches.remove(index));
        match (found, agreed) {
            (None, true) => {
                ctx.line("late");
                ctx.note(format_args!("Job {job} was started here meanwhile: the place is given back."));
                ctx.send(from, Message::Release(job));
            }
            (None, false) => ctx.line("late"),
            (Some(search), true) => self.send_found(job, from, search.best.map_or(0, |(price, _)| price), ctx),
            (Some(_), false) => {
                ctx.line("declined");
                ctx.note(format_args!("{} declines: job {job} stays and is run here.", ctx.name(from)));
            }
        }
    }
}
