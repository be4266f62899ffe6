//! Sending, routes, loss and duplication (SEMANTICS 8 to 10).

use super::{Life, World};
use crate::order::Order as _;
use crate::{
    Datum, Effect, Hop, Link, LinkId, MessageId, Micros, NodeId, Order, RequestId, Setup, Stamp, Step,
    random::{Purpose, below, draw},
};
use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Which.
    pub id: MessageId,
    /// To whom.
    pub to: NodeId,
    /// What it says.
    pub payload: Datum,
    /// When it was sent.
    pub sent_at: Micros,
    /// When it arrives, unless something comes between.
    pub due: Micros,
    /// The latest time at which its links allow it to arrive; [`Micros::NEVER`] where they set no bound.
    pub bound: Micros,
    /// Whether the user holds it back.
    pub held: bool,
    /// The way it takes.
    pub route: Route,
    /// The logical time of its sending.
    pub stamp: Stamp,
    /// The request that it serves.
    pub serves: Option<RequestId>,
    pub(super) sequence: u64,
}

/// The way of a message, fixed at sending.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Route {
    /// To the node itself.
    Local,
    /// Over one link.
    Direct(LinkId),
    /// Over several links, in this order.
    Hops(Arc<[Hop]>),
}

impl Route {
    /// Whether a message that left at `sent_at` and arrives at `due` still has this link under or ahead of it. One that
    /// is past its due counts as on its last hop.
    fn still_needs(&self, link: LinkId, sent_at: Micros, now: Micros) -> bool {
        match self {
            Self::Local => false,
            Self::Direct(only) => *only == link,
            Self::Hops(hops) => hops[position(hops, sent_at, now)..].iter().any(|hop| hop.link == link),
        }
    }

    /// Whether a message must still be relayed by this node.
    fn still_relayed_by(&self, node: NodeId, sent_at: Micros, now: Micros) -> bool {
        match self {
            Self::Hops(hops) => hops[position(hops, sent_at, now)..hops.len() - 1].iter().any(|hop| hop.to == node),
            _ => false,
        }
    }
}

/// The hop that a message is on.
fn position(hops: &[Hop], sent_at: Micros, now: Micros) -> usize {
    let mut arrives = sent_at;
    for (index, hop) in hops.iter().enumerate() {
        arrives = arrives.plus(Micros(hop.delay.into()));
        if now < arrives {
            return index;
        }
    }
    hops.len() - 1
}

/// What a sender keeps for one receiver.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub to: NodeId,
    /// How many it has sent there: the counter of every draw.
    pub sent: u32,
    /// The latest due so far: what FIFO may not undercut.
    last_due: Micros,
    last_bound: Micros,
    /// The way as last computed, and the topology for which it holds. Never part of a digest.
    way: Way,
    topology: u32,
}

impl Channel {
    /// Notes what FIFO may not undercut from now on.
    fn remember(&mut self, due: Micros, bound: Micros) {
        self.last_due = self.last_due.max(due);
        self.last_bound = self.last_bound.max(bound);
    }

    /// What of it decides the rest of the run; the route is only remembered.
    pub fn hash_counters(&self, into: &mut impl Hasher) {
        (self.to, self.sent, self.last_due, self.last_bound).hash(into);
    }
}

/// Links to take, in order; empty where there is no way.
#[derive(Clone, Debug)]
enum Way {
    None,
    Direct(LinkId),
    Through(Arc<[LinkId]>),
}

/// What the network does to a message at once.
enum Fate {
    Arrives,
    ArrivesTwice,
    Lost(&'static str),
}

/// What chance does to the n-th message of a pair.
struct Dice<'w> {
    setup: &'w Setup,
    links: &'w [Link],
    from: NodeId,
    to: NodeId,
    nth: u32,
}

impl Dice<'_> {
    fn draw(&self, purpose: Purpose, hop: usize) -> u64 {
        draw(self.setup.seed, purpose, (self.from.0.into(), self.to.0.into()), u64::from(self.nth) << 12 | hop as u64)
    }

    /// Draws the delays of the hops: the due and the bound, and the order that the channel keeps. Sets the route.
    fn set_out(&self, now: Micros, way: &Way, route: &mut Route) -> (Micros, Micros, Order) {
        let (mut due, mut bound) = (now, Some(now));
        let mut travel = |hop: usize, link: &Link, at: NodeId| {
            let takes = link.delay_from(at);
            let delay = takes.sample(self.draw(Purpose::Delay, hop));
            bound = bound.and_then(|so_far| Some(so_far.plus(takes.greatest()?)));
            due = due.plus(delay);
            delay
        };
        let order = match way {
            Way::None => Order::Any,
            Way::Direct(id) => {
                let link = &self.links[id.index()];
                travel(0, link, self.from);
                *route = Route::Direct(*id);
                link.order
            }
            Way::Through(links) => {
                let mut at = self.from;
                let mut hops = Vec::with_capacity(links.len());
                for (hop, &id) in links.iter().enumerate() {
                    let link = &self.links[id.index()];
                    let delay = travel(hop, link, at);
                    at = link.other(at);
                    hops.push(Hop { link: id, to: at, delay: delay.0.min(u32::MAX.into()) as u32 });
                }
                *route = Route::Hops(hops.into());
                self.setup.order
            }
        };
        (due, bound.unwrap_or(Micros::NEVER), order)
    }

    /// Whether one of the links of the way loses or duplicates this message.
    fn fate(&self, way: &Way) -> Fate {
        let links = match way {
            Way::None => return Fate::Lost("there is no way to its receiver"),
            Way::Direct(link) if self.links[link.index()].is_faithful() => return Fate::Arrives,
            Way::Direct(link) => std::slice::from_ref(link),
            Way::Through(links) => &links[..],
        };
        let hit = |purpose, chance_of: fn(&Link) -> u32| {
            links.iter().enumerate().any(|(hop, link)| {
                let chance = chance_of(&self.links[link.index()]);
                chance > 0 && below(self.draw(purpose, hop), 1_000_000) < u64::from(chance)
            })
        };
        if hit(Purpose::Loss, |link| link.loss) {
            Fate::Lost("the link lost it")
        } else if hit(Purpose::Duplication, |link| link.duplication) {
            Fate::ArrivesTwice
        } else {
            Fate::Arrives
        }
    }
}

impl World {
    /// Sends a message, with the stamp of what this step sends: fixes its route and delay, or loses it at once.
    pub(super) fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        payload: Datum,
        serves: Option<RequestId>,
        step: &mut Step,
    ) {
        self.tally.count_sent(payload.kind(), serves);
        let seat = &mut self.nodes[from.index()];
        let (number, now, sequence) = (seat.sends, self.now, self.agenda.take_sequence());
        seat.sends += 1;
        // Made where it stays and changed there: moving it would cost more than all the rest.
        let (slot, place) = self.flights.take_slot();
        *place = Some(Flight {
            id: MessageId { from, number, copy: 0 },
            to,
            payload,
            sent_at: now,
            due: now,
            bound: Micros::NEVER,
            held: false,
            route: Route::Local,
            stamp: Stamp::default(),
            serves,
            sequence,
        });
        let fate = self.set_out(from, to, slot);
        self.launch(slot, step);
        match fate {
            Fate::Arrives => {}
            Fate::ArrivesTwice => self.duplicate(MessageId { from, number, copy: 0 }, step),
            Fate::Lost(why) => {
                if let Some(Flight { id, payload, .. }) = self.take_flight(slot) {
                    self.lose(id, to, payload, why, step);
                }
            }
        }
    }

    /// Fixes how the message in this slot travels.
    fn set_out(&mut self, from: NodeId, to: NodeId, slot: u32) -> Fate {
        if self.nodes.get(to.index()).is_none_or(|node| node.life == Life::Removed) {
            return Fate::Lost("its receiver is not a member");
        }
        if self.flights.len() > crate::limits::FLIGHTS {
            return Fate::Lost("too many messages are in flight");
        }
        if from == to {
            return Fate::Arrives;
        }
        let at = self.channel(from, to);
        let Self { nodes, links, setup, flights, .. } = self;
        let channel = &mut Arc::make_mut(&mut nodes[from.index()].channels)[at];
        let dice = Dice { setup, links, from, to, nth: channel.sent };
        channel.sent += 1;
        let Some(flight) = flights.get_mut(slot) else { return Fate::Arrives };
        let (mut due, mut bound, order) = dice.set_out(self.now, &channel.way, &mut flight.route);
        if order == Order::Fifo {
            due = due.max(channel.last_due);
            bound = bound.max(channel.last_bound);
        }
        let fate = dice.fate(&channel.way);
        if !matches!(fate, Fate::Lost(_)) {
            channel.remember(due, bound);
        }
        (flight.due, flight.bound) = (due, bound);
        fate
    }

    /// Puts the message in this slot on its way.
    fn launch(&mut self, slot: u32, step: &mut Step) {
        let Some(flight) = self.flights.get_mut(slot) else { return };
        if let Some(stamp) = &step.stamps.sent {
            flight.stamp.clone_from(stamp);
        }
        let Flight { id, to, due, sequence, .. } = *flight;
        step.effects.push(Effect::Sent { id, to, payload: flight.payload.clone(), due });
        self.agenda.push_flight(due, sequence, slot);
    }

    /// A copy directly behind its original: the next copy number, a delay draw of its own.
    pub(super) fn duplicate(&mut self, id: MessageId, step: &mut Step) {
        let Some(original) = self.flight(id).cloned() else { return };
        let copies = self.flights.iter().filter(|flight| flight.id.from == id.from && flight.id.number == id.number);
        let copy = copies.map(|flight| flight.id.copy).max().unwrap_or(0) + 1;
        let mut twin = Flight { id: MessageId { copy, ..id }, held: false, ..original.clone() };
        let (from, to) = (id.from, original.to);
        let links: Vec<LinkId> = match &original.route {
            Route::Local => vec![],
            Route::Direct(link) => vec![*link],
            Route::Hops(hops) => hops.iter().map(|hop| hop.link).collect(),
        };
        // The k-th copy of the n-th message draws with a counter that no message uses.
        let nth = u64::from(id.number) << 24 | u64::from(copy) << 8 | 0xFF;
        let mut at = from;
        let delay = links.iter().fold(Micros::ZERO, |sum, link| {
            let bits = draw(
                self.setup.seed,
                Purpose::Duplication,
                (from.0.into(), to.0.into()),
                nth << 8 | u64::from(link.0 & 0xFF),
            );
            let takes = self.links[link.index()].delay_from(at);
            at = self.links[link.index()].other(at);
            sum.plus(takes.sample(bits))
        });
        twin.due = self.now.plus(delay);
        twin.sequence = self.agenda.take_sequence();
        if self.order_of(&original) == Order::Fifo {
            // Directly behind the original; those behind it move back as far as they must.
            twin.due = twin.due.max(original.due);
            let slot = self.flights.insert(twin);
            self.launch(slot, step);
            self.make_monotone(from, to);
        } else {
            let slot = self.flights.insert(twin);
            self.launch(slot, step);
        }
    }

    /// The channel from `from` to `to`, with a way that holds for the present topology: its position at the sender.
    fn channel(&mut self, from: NodeId, to: NodeId) -> usize {
        let topology = self.topology;
        let channels = &self.nodes[from.index()].channels;
        let found = channels.binary_search_by_key(&to, |channel| channel.to);
        if let Ok(at) = found
            && channels[at].topology == topology
        {
            return at;
        }
        let way = self.find_way(from, to);
        let channels = Arc::make_mut(&mut self.nodes[from.index()].channels);
        match found {
            Ok(at) => {
                channels[at].way = way;
                channels[at].topology = topology;
                at
            }
            Err(at) => {
                let new = Channel { to, sent: 0, last_due: Micros::ZERO, last_bound: Micros::ZERO, way, topology };
                channels.insert(at, new);
                at
            }
        }
    }

    fn remember_due(&mut self, flight: &Flight) {
        let channels = Arc::make_mut(&mut self.nodes[flight.id.from.index()].channels);
        if let Ok(at) = channels.binary_search_by_key(&flight.to, |channel| channel.to) {
            channels[at].remember(flight.due, flight.bound);
        }
    }

    /// The direct link, or the cheapest path by mean delay, ties by smaller ids. A crashed node does not relay.
    fn find_way(&self, from: NodeId, to: NodeId) -> Way {
        if let Some(link) = self.link_between(from, to) {
            return Way::Direct(link);
        }
        let mut best: Vec<Option<(Micros, Vec<LinkId>)>> = vec![None; self.nodes.len()];
        let mut done = vec![false; self.nodes.len()];
        best[from.index()] = Some((Micros::ZERO, vec![]));
        loop {
            let open = best.iter().enumerate().filter(|(node, _)| !done[*node]);
            let next = open.filter_map(|(node, path)| path.as_ref().map(|path| (path.0, node))).min();
            let Some((cost, node)) = next else { return Way::None };
            let path = best[node].as_ref().map_or_else(Vec::new, |(_, path)| path.clone());
            if node == to.index() {
                return Way::Through(path.into());
            }
            done[node] = true;
            let here = NodeId(node as u32);
            if here != from && self.nodes[node].life != Life::Up {
                continue;
            }
            for (index, link) in self.links.iter().enumerate() {
                if !link.is_up() || (link.ends.0 != here && link.ends.1 != here) {
                    continue;
                }
                let other = link.other(here).index();
                let mut longer = path.clone();
                longer.push(LinkId(index as u32));
                let candidate = (cost.plus(link.delay_from(here).mean()), longer);
                if !done[other] && best[other].as_ref().is_none_or(|known| candidate < *known) {
                    best[other] = Some(candidate);
                }
            }
        }
    }

    /// The order that holds for a message's channel.
    pub(super) fn order_of(&self, flight: &Flight) -> Order {
        match &flight.route {
            Route::Local => Order::Fifo,
            Route::Direct(link) => self.links[link.index()].order,
            Route::Hops(_) => self.setup.order,
        }
    }

    /// In a FIFO channel: the undelivered message next ahead of this one.
    pub(super) fn ahead_of(&self, flight: &Flight) -> Option<MessageId> {
        if self.order_of(flight) == Order::Any {
            return None;
        }
        self.earlier_of_pair(flight)
    }

    /// The first undelivered message of the same pair that was sent before this one.
    pub(super) fn earlier_of_pair(&self, flight: &Flight) -> Option<MessageId> {
        let same_pair = |other: &&Flight| other.id.from == flight.id.from && other.to == flight.to;
        self.flights.iter().filter(same_pair).map(|other| other.id).filter(|&id| id < flight.id).min()
    }

    /// Makes the dues of a FIFO channel follow its order again.
    pub(super) fn make_monotone(&mut self, from: NodeId, to: NodeId) {
        let mut slots = self.flights.find_all(|flight| flight.id.from == from && flight.to == to);
        slots.order_by_key(|&slot| self.flights.get(slot).map(|flight| flight.id));
        let mut least = Micros::ZERO;
        for slot in slots {
            let sequence = self.agenda.take_sequence();
            if let Some(flight) = self.flights.get_mut(slot) {
                flight.due = flight.due.max(least);
                flight.sequence = sequence;
                least = flight.due;
                let flight = flight.clone();
                self.remember_due(&flight);
            }
        }
        self.rebuild_agenda();
    }

    /// Loses the messages that still need a link that has gone down.
    pub(super) fn lose_on_link(&mut self, link: LinkId, why: &'static str, step: &mut Step) {
        let now = self.now;
        self.lose_all(|flight| flight.route.still_needs(link, flight.sent_at, now), why, step);
    }

    /// Loses the messages that a crashed node would have to relay.
    pub(super) fn lose_relayed_by(&mut self, node: NodeId, step: &mut Step) {
        let now = self.now;
        self.lose_all(|flight| flight.route.still_relayed_by(node, flight.sent_at, now), "its relay crashed", step);
    }

    fn lose_all(&mut self, condition: impl Fn(&Flight) -> bool, why: &'static str, step: &mut Step) {
        let mut slots = self.flights.find_all(condition);
        slots.order_by_key(|&slot| self.flights.get(slot).map(|flight| flight.id));
        for slot in slots {
            if let Some(Flight { id, to, payload, .. }) = self.take_flight(slot) {
                self.lose(id, to, payload, why, step);
            }
        }
    }

    /// Takes a message out of flight.
    pub(super) fn take_flight(&mut self, slot: u32) -> Option<Flight> {
        let flight = self.flights.remove(slot)?;
        self.held -= u32::from(flight.held);
        Some(flight)
    }
}
