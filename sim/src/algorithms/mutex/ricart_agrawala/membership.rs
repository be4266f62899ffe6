//! Joining and leaving. Who takes part is told to all at the same moment; what is left to the algorithm is what becomes of
//! the requests that are under way then.
//!
//! - A newcomer hears from everybody how far the numbers are, before its first request. So its stamp is greater than those of
//!   all who wait or are inside, and they need not ask it: it could only agree.
//! - Whoever asks later asks it like all others.
//! - Whoever has left is waited for no longer, and is owed nothing.

use super::{Member, Message, State};
use crate::{Context, NodeId};

impl Member {
    /// This process is new.
    pub(super) fn join(&mut self, ctx: &mut Context<'_, Self>) {
        if ctx.setup().variant("newcomer-from-zero") {
            return ctx.note(format_args!("{} joins, and takes the numbers to begin with 0.", self.me));
        }
        ctx.line("join");
        self.state = State::Joining(false);
        self.asked = ctx.peers().collect();
        ctx.note(format_args!("{} joins. It asks for nothing before it has heard of everybody.", self.me));
        self.settle_if_all_are_known(ctx);
    }

    /// Another process is new.
    pub(super) fn meet(&mut self, new: NodeId, ctx: &mut Context<'_, Self>) {
        ctx.line("welcome");
        let number = match self.state {
            State::Wanted(mine) | State::Held(mine) => self.hsn.max(mine.ts),
            State::Released | State::Joining(_) => self.hsn,
        };
        ctx.note(format_args!("{} tells {new} how far the numbers are: {number}.", self.me));
        ctx.send(new, Message::Welcome(number));
    }

    /// Another process has left.
    pub(super) fn part_with(&mut self, gone: NodeId, ctx: &mut Context<'_, Self>) {
        if ctx.setup().variant("wait-for-leaver") {
            return;
        }
        ctx.line("forget");
        self.asked.remove(&gone);
        self.replies.retain(|&node| node != gone);
        self.deferred.remove(&gone);
        match self.state {
            State::Wanted(mine) => {
                ctx.note(format_args!("{} waits for {gone} no longer.", self.me));
                self.enter_if_all_agree(mine, ctx);
            }
            State::Joining(_) => self.settle_if_all_are_known(ctx),
            State::Released | State::Held(_) => {}
        }
    }

    pub(super) fn receive_welcome(&mut self, from: NodeId, number: u64, ctx: &mut Context<'_, Self>) {
        ctx.line("hear");
        self.hsn = self.hsn.max(number);
        ctx.note(format_args!("The highest number that {from} has seen is {number}. {} goes on from there.", self.me));
        if matches!(self.state, State::Joining(_)) && self.is_new_here(from) {
            let place = self.replies.partition_point(|&known| known <= from);
            self.replies.insert(place, from);
            self.settle_if_all_are_known(ctx);
        }
    }

    fn settle_if_all_are_known(&mut self, ctx: &mut Context<'_, Self>) {
        let State::Joining(wants) = self.state else { return };
        if self.replies.len() < self.asked.len() {
            return;
        }
        ctx.line("settle");
        self.state = State::Released;
        self.asked.clear();
        self.replies.clear();
        ctx.note(format_args!("{} has heard of everybody, and takes part like the others.", self.me));
        if wants {
            self.want(ctx);
        }
    }
}
