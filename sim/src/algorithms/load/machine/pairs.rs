//! Pairing (Bryant and Finkel): two machines that differ in their queues agree to even them out, and to nothing else
//! meanwhile.

use super::{Counted, Machine, Message, choose, policy};
use crate::{Context, NodeId, Wait};
use serde::Serialize;

/// How far two machines have come.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Pairing {
    /// It has asked these, the latest last, which has not answered yet.
    Proposed(Vec<NodeId>),
    /// It moves jobs to or from this machine.
    Paired(NodeId),
}

impl Pairing {
    /// Whom it waits for.
    pub fn waits_for(&self) -> Option<Wait> {
        match self {
            Self::Proposed(asked) => asked.last().map(|&node| Wait::node(node, "an answer to its proposal")),
            Self::Paired(_) => None,
        }
    }

    /// Whether there is a pair.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Paired(_))
    }
}

/// Jobs that a machine must have to look for a partner, and that two machines must differ by.
const LEAST: u32 = 2;

impl Machine {
    /// Proposes to a machine that was not asked yet, if this one is free and has enough jobs.
    pub(super) fn look_for_partner(&mut self, mut asked: Vec<NodeId>, ctx: &mut Context<'_, Self>) {
        let load = self.queue.len() as u32;
        if self.pairing.is_some() || load < LEAST {
            return;
        }
        let limit = policy(ctx).probe_limit;
        let Some(next) = choose(&asked, ctx).filter(|_| (asked.len() as u32) < limit) else {
            ctx.line("nobody");
            return ctx.note(format_args!("{} said no: no pair.", Counted(asked.len() as u32, "machine")));
        };
        ctx.line("propose");
        ctx.note(format_args!("{} has {load} jobs and proposes to {}.", ctx.name(ctx.me()), ctx.name(next)));
        ctx.send(next, Message::Propose { load });
        asked.push(next);
        self.pairing = Some(Pairing::Proposed(asked));
    }

    /// Another machine proposes. Who has a partner, or waits for an answer, refuses; so does who is as busy.
    pub(super) fn answer_proposal(&mut self, from: NodeId, theirs: u32, ctx: &mut Context<'_, Self>) {
        let mine = self.queue.len() as u32;
        let taken = self.pairing.is_some() && !ctx.setup().variant("two-partners");
        let (me, them) = (ctx.name(ctx.me()), ctx.name(from));
        if taken || theirs.abs_diff(mine) < LEAST {
            ctx.line("refuse");
            match taken {
                true => ctx.note(format_args!("{me} has somebody else: it refuses.")),
                false => ctx.note(format_args!("{me} has {mine}, {them} {theirs}: too much alike for a pair.")),
            }
            return ctx.send(from, Message::Refuse);
        }
        ctx.line("agree");
        ctx.note(format_args!("{me} has {mine}, {them} {theirs}: they are a pair."));
        let over = mine > theirs;
        ctx.send(from, Message::Agree { load: mine, over });
        if over {
            self.send_half(from, mine - theirs, ctx);
        } else {
            self.pairing = Some(Pairing::Paired(from));
        }
    }

    /// The proposal was taken: unless the other one had more and has sent it, half of the difference goes there.
    pub(super) fn even_out(&mut self, from: NodeId, theirs: u32, over: bool, ctx: &mut Context<'_, Self>) {
        let mine = self.queue.len() as u32;
        self.pairing = None;
        ctx.line("even");
        ctx.note(format_args!("{} agrees and had {theirs}; here are {mine}.", ctx.name(from)));
        if !over {
            self.send_half(from, mine.saturating_sub(theirs), ctx);
            ctx.send(from, Message::Part);
        }
    }

    /// Sends half of a difference, of the jobs that wait.
    fn send_half(&mut self, to: NodeId, difference: u32, ctx: &mut Context<'_, Self>) {
        let jobs = difference / 2;
        ctx.line("send");
        ctx.note(format_args!("{} to move to {}, then the pair is over.", Counted(jobs, "job"), ctx.name(to)));
        for _ in 0..jobs {
            let last = self.queue.len().saturating_sub(1);
            if self.queue.len() <= usize::from(self.busy) {
                break;
            }
            let job = self.queue[last].id;
            self.searches.retain(|search| search.job != job);
            self.send_job(last, to, Message::Work, ctx);
        }
    }

    /// The partner has sent all: the pair is over.
    pub(super) fn part(&mut self, from: NodeId, ctx: &mut Context<'_, Self>) {
        ctx.line("part");
        if self.pairing == Some(Pairing::Paired(from)) {
            ctx.note(format_args!("{} and {} are no pair any more.", ctx.name(ctx.me()), ctx.name(from)));
            self.pairing = None;
        }
    }

    /// The machine that was asked refuses: the next one.
    pub(super) fn try_next_partner(&mut self, from: NodeId, ctx: &mut Context<'_, Self>) {
        let Some(Pairing::Proposed(asked)) =
            self.pairing.take_if(|pairing| matches!(pairing, Pairing::Proposed(asked) if asked.last() == Some(&from)))
        else {
            return;
        };
        ctx.line("refused");
        self.look_for_partner(asked, ctx);
    }
}
