//! The rules of a voter: one vote, and a queue of those that wait for it.

use super::{Message, Post};
use crate::algorithms::mutex::stamp::{Stamp, StampedQueue};
use serde::Serialize;

/// The voter's half of a process.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Voter {
    /// The request that has its vote.
    pub(super) lock: Option<Stamp>,
    /// Whether it has asked for its vote back.
    pub(super) inquired: bool,
    /// Requests that wait for its vote.
    pub(super) queue: StampedQueue,
}

impl Voter {
    /// Somebody asks for the vote.
    pub(super) fn ask(&mut self, theirs: Stamp, post: &mut Post<'_, '_, '_>) {
        let Some(lock) = self.lock else { return self.vote_for(theirs, post) };
        let me = post.ctx.me();
        let head = self.queue.head();
        self.queue.insert(theirs);
        let rules = |id| post.ctx.setup().variant(id);
        if rules("no-rules") {
            post.ctx.line("queue");
            return post.ctx.note(format_args!("{me} has voted for {}. {} has to wait.", lock.id, theirs.id));
        }
        let before_head = head.is_none_or(|head| theirs < head) || rules("lock-only");
        let tells_head = !rules("no-displaced") && !rules("lock-only");
        if theirs > lock || !before_head {
            post.ctx.line("queue");
            post.ctx
                .note(format_args!("{me} has voted for {}. {} is told that it has failed here.", lock.id, theirs.id));
            return post.send(theirs.id, Message::Failed(theirs.ts));
        }
        if let Some(head) = head.filter(|head| *head < lock && tells_head) {
            post.ctx.line("displace");
            post.ctx.note(format_args!("{theirs} passes {head}, which had been hoping for {me}'s vote."));
            post.send(head.id, Message::Failed(head.ts));
        }
        if self.inquired {
            post.ctx.note(format_args!("{me} has asked {} for its vote back already.", lock.id));
        } else {
            post.ctx.line("inquire");
            self.inquired = true;
            post.ctx.note(format_args!("{theirs} is before {lock}: {me} asks {} for its vote back.", lock.id));
            post.send(lock.id, Message::Inquire(lock.ts));
        }
    }

    /// One that had the vote has left.
    pub(super) fn released(&mut self, theirs: Stamp, post: &mut Post<'_, '_, '_>) {
        if self.lock == Some(theirs) {
            post.ctx.line("released");
            self.next(post);
        } else {
            // Only a planted bug gives a vote back and releases it as well.
            self.queue.remove(theirs.id);
        }
    }

    /// One that had the vote gives it back and goes on waiting.
    pub(super) fn given_back(&mut self, theirs: Stamp, post: &mut Post<'_, '_, '_>) {
        if self.lock == Some(theirs) {
            post.ctx.line("back");
            self.queue.insert(theirs);
            self.next(post);
        }
    }

    /// The vote goes to the first in the queue.
    fn next(&mut self, post: &mut Post<'_, '_, '_>) {
        self.lock = None;
        self.inquired = false;
        if let Some(first) = self.queue.pop() {
            self.vote_for(first, post);
        } else {
            let me = post.ctx.me();
            post.ctx.note(format_args!("The vote of {me} is free."));
        }
    }

    fn vote_for(&mut self, theirs: Stamp, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("vote");
        self.lock = Some(theirs);
        self.inquired = false;
        let me = post.ctx.me();
        post.ctx.note(format_args!("{me} votes for {}.", theirs.id));
        post.ctx.on_behalf_of(theirs.id);
        post.send(theirs.id, Message::Grant(theirs.ts));
    }
}
