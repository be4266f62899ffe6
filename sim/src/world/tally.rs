//! What is counted as a run goes on: messages and outputs by kind, and messages a request.

use crate::RequestId;
use std::collections::VecDeque;

/// Counts since the start of the run. None of them is in a search key.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Events taken.
    pub events: u64,
    /// Messages lost.
    pub lost: u64,
    sent: Vec<(&'static str, u64)>,
    outputs: Vec<(&'static str, u64)>,
    grown: Vec<(&'static str, u64)>,
    bills: VecDeque<Bill>,
    /// Of each node, one more than the greatest number of a request that has, or had, a bill.
    billed: Vec<u32>,
}

/// The messages that one request has cost so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Whose.
    pub request: RequestId,
    /// How many messages were sent for it.
    pub messages: u64,
}

impl Tally {
    /// Requests whose bills are kept: the latest.
    const MAX_BILLS: usize = 256;

    /// Messages sent of this kind, those to crashed nodes included.
    pub fn sent(&self, kind: &str) -> u64 {
        of_kind(&self.sent, kind)
    }
    /// Messages sent of each kind, in the order in which the kinds first appeared.
    pub fn sent_by_kind(&self) -> &[(&'static str, u64)] {
        &self.sent
    }
    /// Messages sent in all.
    pub fn sent_in_all(&self) -> u64 {
        self.sent.iter().map(|(_, count)| count).sum()
    }
    /// Outputs of this kind.
    pub fn outputs(&self, kind: &str) -> u64 {
        of_kind(&self.outputs, kind)
    }
    /// Outputs of each kind, in the order in which the kinds first appeared.
    pub fn outputs_by_kind(&self) -> &[(&'static str, u64)] {
        &self.outputs
    }
    /// How far a quantity has grown that grows while time passes, in microseconds times its rate.
    pub fn grown(&self, name: &str) -> u64 {
        of_kind(&self.grown, name)
    }
    /// The latest requests, oldest first, with what each has cost so far.
    pub fn bills(&self) -> impl Iterator<Item = &Bill> {
        self.bills.iter()
    }

    pub(super) fn count_sent(&mut self, kind: &'static str, serves: Option<RequestId>) {
        count(&mut self.sent, kind);
        let Some(request) = serves else { return };
        // The first message of a request is frequent: nobody looks through all bills for it.
        if self.billed.len() <= request.node.index() {
            self.billed.resize(request.node.index() + 1, 0);
        }
        let billed = &mut self.billed[request.node.index()];
        let known = request.number < *billed;
        *billed = (*billed).max(request.number + 1);
        if known && let Some(bill) = self.bills.iter_mut().rev().find(|bill| bill.request == request) {
            bill.messages += 1;
            return;
        }
        if self.bills.len() == Self::MAX_BILLS {
            self.bills.pop_front();
        }
        self.bills.push_back(Bill { request, messages: 1 });
    }
    pub(super) fn grow(&mut self, name: &'static str, by: u64) {
        match self.grown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, value)) => *value += by,
            None => self.grown.push((name, by)),
        }
    }
    pub(super) fn count_output(&mut self, kind: &'static str) {
        count(&mut self.outputs, kind);
    }
}

fn of_kind(counts: &[(&'static str, u64)], kind: &str) -> u64 {
    counts.iter().find(|(name, _)| *name == kind).map_or(0, |(_, count)| *count)
}

fn count(counts: &mut Vec<(&'static str, u64)>, kind: &'static str) {
    match counts.iter_mut().find(|(name, _)| std::ptr::eq(*name, kind) || *name == kind) {
        Some((_, count)) => *count += 1,
        None => counts.push((kind, 1)),
    }
}
