//! Which events can be taken now, and why not the others.

use super::{Flight, Life, Refusal, World, node::Node};
use crate::{Event, LinkId, Membership, MessageId, Micros, NodeId, Payload, PayloadId, Payloads};

impl World {
    /// Refuses an event that cannot be taken now, with the reason; else gives its due.
    pub(super) fn admit(&self, event: Event, payloads: &Payloads) -> Result<Micros, Refusal> {
        match event {
            Event::Deliver(id) => self.admit_delivery(id),
            Event::Drop(id) | Event::Duplicate(id) => self.in_flight(id).map(|_| self.now),
            Event::Hold(id) => match self.in_flight(id)?.held {
                true => refuse("You are holding this message already."),
                false => Ok(self.now),
            },
            Event::Release(id) => match self.in_flight(id)?.held {
                true => Ok(self.now),
                false => refuse("This message is not held."),
            },
            Event::Fire(id) => {
                let timer = self.timer(id).ok_or_else(|| Refusal("This timer is not set any more.".into()))?;
                self.not_paused(id.node)?;
                Ok(timer.due)
            }
            Event::Script(_) | Event::Arrive(_) => self.admit_planned(event),
            Event::Request(node, payload) => self.admit_request(node, payload, payloads),
            Event::Crash(node) => self.is_up(node).map(|()| self.now),
            Event::Recover(node) => self.admit_recovery(node),
            Event::Pause(node) => {
                self.is_up(node)?;
                self.not_paused(node)?;
                Ok(self.now)
            }
            Event::Resume(node) => match self.member(node)?.paused {
                true => Ok(self.now),
                false => Err(Refusal(format!("{} is not paused.", self.name(node)))),
            },
            Event::AddNode(_) => self.admit_new_node(),
            Event::RemoveNode(node) => match self.members.len() {
                1 => refuse("The last node cannot leave."),
                _ => self.member(node).map(|_| self.now),
            },
            Event::MoveNode(node, _) | Event::SetClock(node, _) => self.member(node).map(|_| self.now),
            Event::SetRate(node, rate) => match rate.numerator == 0 || rate.denominator == 0 {
                true => refuse("A clock's rate cannot be zero."),
                false => self.member(node).map(|_| self.now),
            },
            Event::AddLink(a, b) => self.admit_new_link(a, b),
            Event::RemoveLink(_)
            | Event::CutLink(_)
            | Event::MendLink(_)
            | Event::SetOrder(..)
            | Event::SetDelay(..)
            | Event::SetDelayFrom(..) => self.admit_link(event),
            Event::SetLoss(link, chance) | Event::SetDuplication(link, chance) => match chance > 1_000_000 {
                true => refuse("A probability is at most 1,000,000 in a million."),
                false => self.known_link(link).map(|_| self.now),
            },
            Event::Partition(payload) => match payloads.get(payload) {
                Some(Payload::Side(side)) if !side.is_empty() && side.len() < self.members.len() => Ok(self.now),
                _ => refuse("A partition needs at least one node on either side."),
            },
            Event::Heal => match self.links.iter().any(|link| link.severed) {
                true => Ok(self.now),
                false => refuse("The network is not partitioned."),
            },
            Event::SetPolicy(payload) => match payloads.get(payload) {
                Some(Payload::Policy(..)) => Ok(self.now),
                _ => refuse("This is not a policy of this algorithm."),
            },
        }
    }

    fn in_flight(&self, id: MessageId) -> Result<&Flight, Refusal> {
        self.flight(id).ok_or_else(|| Refusal("This message is not in flight any more.".into()))
    }

    fn member(&self, id: NodeId) -> Result<&Node, Refusal> {
        let node = self.nodes.get(id.index()).filter(|node| node.life != Life::Removed);
        node.ok_or_else(|| Refusal(format!("There is no node {}.", id.0)))
    }

    fn is_up(&self, id: NodeId) -> Result<(), Refusal> {
        match self.member(id)?.life {
            Life::Up => Ok(()),
            _ => Err(Refusal(format!("{} is down.", self.name(id)))),
        }
    }

    /// What is on its way to one that has left can be taken, and reaches nobody: as Play does it.
    fn not_paused(&self, id: NodeId) -> Result<(), Refusal> {
        match self.node(id).is_some_and(Node::is_paused) {
            true => Err(Refusal(format!("{} is paused.", self.name(id)))),
            false => Ok(()),
        }
    }

    fn known_link(&self, id: LinkId) -> Result<&crate::Link, Refusal> {
        let link = self.links.get(id.index()).filter(|link| !link.removed);
        link.ok_or_else(|| Refusal(format!("There is no link {}.", id.0)))
    }

    fn admit_delivery(&self, id: MessageId) -> Result<Micros, Refusal> {
        let flight = self.in_flight(id)?;
        if flight.held {
            return refuse("You are holding this message.");
        }
        self.not_paused(flight.to)?;
        match self.ahead_of(flight) {
            Some(ahead) => Err(Refusal(format!("FIFO channel: {ahead} is ahead of it."))),
            None => Ok(flight.due),
        }
    }

    fn admit_planned(&self, event: Event) -> Result<Micros, Refusal> {
        let plan = self.planned.iter().find(|plan| plan.event == event);
        let plan = plan.ok_or_else(|| Refusal("This has happened already, or was never planned.".into()))?;
        if let Some(node) = plan.node {
            self.not_paused(node)?;
        }
        Ok(plan.due)
    }

    fn admit_request(&self, node: NodeId, payload: PayloadId, payloads: &Payloads) -> Result<Micros, Refusal> {
        self.is_up(node)?;
        self.not_paused(node)?;
        let Some(Payload::Request(_, request)) = payloads.get(payload) else {
            return refuse("This is not a request that the process knows.");
        };
        self.nodes[node.index()].process().check(request, &self.view(node)).map_err(Refusal)?;
        Ok(self.now)
    }

    fn admit_recovery(&self, id: NodeId) -> Result<Micros, Refusal> {
        let node = self.member(id)?;
        match (node.life, &node.survivor) {
            (Life::Down, Some(_)) => Ok(self.now),
            (Life::Down, None) => {
                Err(Refusal(format!("{} cannot recover: in this algorithm nothing survives a crash.", self.name(id))))
            }
            _ => Err(Refusal(format!("{} is not down.", self.name(id)))),
        }
    }

    fn admit_new_node(&self) -> Result<Micros, Refusal> {
        match self.setup.algorithm.membership {
            Membership::Open if self.members.len() >= crate::limits::NODES => {
                Err(Refusal(format!("No more than {} nodes.", crate::limits::NODES)))
            }
            Membership::Open => Ok(self.now),
            Membership::Fixed => {
                refuse("This algorithm cannot take members while it runs. Restart with one node more.")
            }
        }
    }

    fn admit_new_link(&self, a: NodeId, b: NodeId) -> Result<Micros, Refusal> {
        self.member(a)?;
        self.member(b)?;
        let ends = (a.min(b), a.max(b));
        if a == b {
            return refuse("A link needs two different nodes.");
        }
        if self.links.iter().any(|link| link.ends == ends && !link.removed) {
            return Err(Refusal(format!("{} and {} are linked already.", self.name(a), self.name(b))));
        }
        if self.links.len() >= crate::limits::LINKS {
            return Err(Refusal(format!("No more than {} links.", crate::limits::LINKS)));
        }
        Ok(self.now)
    }

    fn admit_link(&self, event: Event) -> Result<Micros, Refusal> {
        match event {
            Event::CutLink(id) if self.known_link(id)?.cut => refuse("This link is cut already."),
            Event::MendLink(id) if !self.known_link(id)?.cut => refuse("This link is not cut."),
            Event::SetDelayFrom(id, end, _)
                if self.known_link(id).is_ok_and(|link| ![link.ends.0, link.ends.1].contains(&end)) =>
            {
                Err(Refusal(format!("{} is no end of this link.", self.name(end))))
            }
            Event::SetDelay(id, delay) | Event::SetDelayFrom(id, _, delay) => {
                delay.check().map_err(Refusal)?;
                self.known_link(id).map(|_| self.now)
            }
            Event::RemoveLink(id) | Event::CutLink(id) | Event::MendLink(id) | Event::SetOrder(id, _) => {
                self.known_link(id).map(|_| self.now)
            }
            _ => Ok(self.now),
        }
    }
}

fn refuse<T>(reason: &str) -> Result<T, Refusal> {
    Err(Refusal(reason.into()))
}
