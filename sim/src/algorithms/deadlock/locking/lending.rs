//! How a site lends its resources: who gets one, who waits, and who has to give way.

use super::{Age, Lines, Message, ProcessId, ResourceId, Rule, Site, Spool, Ticket, Why, line};
use crate::Context;

impl Ticket {
    /// The smaller is the older.
    pub(super) fn age(&self) -> Age {
        (self.stamp, self.who.process)
    }

    /// The age with which it first began.
    pub(super) fn beginning(&self) -> Age {
        (self.began, self.who.process)
    }
}

impl Site {
    pub(super) fn receive_request(&mut self, id: ResourceId, ticket: Ticket, rule: Rule, ctx: &mut Context<'_, Self>) {
        let Some(lent) = self.resources.get_mut(&id) else { return };
        self.clock = self.clock.max(ticket.stamp);
        let known = |other: &Ticket| (other.who, other.number) == (ticket.who, ticket.number);
        let files = self.spools.get(&id).map_or(&[][..], |spool| &spool.open);
        if lent.holders.iter().chain(files).chain(lent.queue.iter().map(|(other, _)| other)).any(known) {
            return ctx.note(format_args!("{ticket} has asked for {id} already: this is a copy."));
        }
        let who = ticket.who.process;
        if rule == Rule::Spool {
            return self.open_file(id, ticket, ctx);
        }
        let printing = self.spools.get(&id).is_some_and(Spool::is_printing);
        if lent.holders.is_empty() && !printing {
            line(ctx, Lines::Program, "grant");
            ctx.note(format_args!("{id} is free: {who} gets it."));
            return self.give(id, ticket, ctx);
        }
        let holders = lent.holders.clone();
        let first = holders.first().map_or_else(|| "its daemon".to_owned(), ToString::to_string);
        if rule == Rule::Try {
            line(ctx, Lines::Program, "refuse");
            ctx.note(format_args!("{id} is held by {first}: {who} is refused, and does not wait."));
            let refusal = Message::Refuse { process: who, resource: id, number: ticket.number };
            return self.post(ticket.who.site, refusal, ctx);
        }
        let older = holders.iter().find(|holder| holder.who != ticket.who && holder.age() < ticket.age());
        if let (Rule::WaitDie, Some(older)) = (rule, older) {
            line(ctx, Lines::Program, "die");
            ctx.note(format_args!(
                "{who} ({}) is younger than {older} ({}), which holds {id}: it must start again.",
                ticket.stamp, older.stamp
            ));
            return self.send_off(id, &ticket, Why::Dies, older, ctx);
        }
        line(ctx, Lines::Program, "queue");
        lent.queue.push((ticket.clone(), rule));
        ctx.note(format_args!("{id} is held by {first}: {who} must wait for it."));
        if rule == Rule::WoundWait {
            self.wound(id, &ticket, ctx);
        }
    }

    /// Tells the younger ones that hold a resource to give way to an older one.
    fn wound(&mut self, id: ResourceId, older: &Ticket, ctx: &mut Context<'_, Self>) {
        let holders = self.resources.get(&id).map(|lent| lent.holders.clone()).unwrap_or_default();
        for holder in holders.iter().filter(|holder| holder.age() > older.age()) {
            line(ctx, Lines::Program, "wound");
            ctx.note(format_args!(
                "{older} ({}) is older than {holder} ({}): {holder} must start again.",
                older.stamp, holder.stamp
            ));
            self.send_off(id, holder, Why::Wounded, older, ctx);
        }
    }

    fn send_off(&mut self, id: ResourceId, who: &Ticket, why: Why, to: &Ticket, ctx: &mut Context<'_, Self>) {
        let to = Some(to.beginning());
        let message = Message::GiveWay { process: who.who.process, resource: id, number: who.number, why, to };
        self.post(who.who.site, message, ctx);
    }

    fn give(&mut self, id: ResourceId, ticket: Ticket, ctx: &mut Context<'_, Self>) {
        let Some(lent) = self.resources.get_mut(&id) else { return };
        let (home, process, number) = (ticket.who.site, ticket.who.process, ticket.number);
        lent.holders.push(ticket);
        self.post(home, Message::Grant { process, resource: id, number }, ctx);
    }

    /// A process asks no more. What is already on its way to it counts as given back.
    pub(super) fn withdraw(&mut self, process: ProcessId, id: ResourceId, number: u32, ctx: &mut Context<'_, Self>) {
        let Some(lent) = self.resources.get_mut(&id) else { return };
        let before = lent.queue.len();
        lent.queue.retain(|(ticket, _)| (ticket.who.process, ticket.number) != (process, number));
        if lent.queue.len() < before {
            return ctx.note(format_args!("{process} waits for {id} no longer."));
        }
        self.take_back(process, id, number, ctx);
    }

    pub(super) fn take_back(&mut self, process: ProcessId, id: ResourceId, number: u32, ctx: &mut Context<'_, Self>) {
        if self.close_file(process, id, number, ctx) {
            return;
        }
        let Some(lent) = self.resources.get_mut(&id) else { return };
        let before = lent.holders.len();
        lent.holders.retain(|ticket| (ticket.who.process, ticket.number) != (process, number));
        if lent.holders.len() == before || !lent.holders.is_empty() {
            return;
        }
        self.next_holder(id, ctx);
        self.print_next(id, ctx);
    }

    /// A resource that nobody has goes to whoever is next.
    pub(super) fn next_holder(&mut self, id: ResourceId, ctx: &mut Context<'_, Self>) {
        let Some(lent) = self.resources.get_mut(&id) else { return };
        // Under wound-wait the oldest comes first, so that nobody older is left waiting for somebody younger.
        let unordered = ctx.setup().variant("no-second-look");
        let oldest = |k: &usize| (lent.queue[*k].1 != Rule::WoundWait || unordered, lent.queue[*k].0.age());
        let by_age = lent.queue.iter().any(|(_, rule)| *rule == Rule::WoundWait) && !unordered;
        let next =
            if by_age { (0..lent.queue.len()).min_by_key(oldest) } else { (!lent.queue.is_empty()).then_some(0) };
        let Some(next) = next else { return ctx.note(format_args!("{id} is free again.")) };
        line(ctx, Lines::Program, "next");
        let (ticket, _) = lent.queue.remove(next);
        ctx.note(format_args!("{id} goes to {ticket}."));
        self.give(id, ticket.clone(), ctx);
        if !unordered {
            self.look_again(id, &ticket, ctx);
        }
    }

    /// The rule of age once more, for those who now wait for another holder than before.
    fn look_again(&mut self, id: ResourceId, holder: &Ticket, ctx: &mut Context<'_, Self>) {
        let Some(lent) = self.resources.get_mut(&id) else { return };
        let younger = |(ticket, rule): &(Ticket, Rule)| *rule == Rule::WaitDie && ticket.age() > holder.age();
        let leaving: Vec<Ticket> =
            lent.queue.iter().filter(|waiting| younger(waiting)).map(|(ticket, _)| ticket.clone()).collect();
        lent.queue.retain(|waiting| !younger(waiting));
        let waiting: Vec<Ticket> =
            lent.queue.iter().filter(|(_, rule)| *rule == Rule::WoundWait).map(|(ticket, _)| ticket.clone()).collect();
        for ticket in leaving {
            line(ctx, Lines::Program, "look");
            ctx.note(format_args!(
                "{ticket} ({}) is younger than {holder} ({}), which now holds {id}: it must start again.",
                ticket.stamp, holder.stamp
            ));
            self.send_off(id, &ticket, Why::Dies, holder, ctx);
        }
        for older in waiting.iter().filter(|ticket| ticket.age() < holder.age()) {
            self.wound(id, older, ctx);
        }
    }
}
