//! Avoidance: a banker at one site, who knows what each process may ask for, and lends only where all can still finish.

use super::{Lines, Message, ProcessId, ResourceId, Site, Ticket, line, program::Config};
use crate::Context;
use crate::sorted::{Map, Set};
use serde::Serialize;

/// What the banker knows.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Banker {
    /// To whom each resource is lent, with the number of the request.
    pub lent: Map<ResourceId, (ProcessId, u32)>,
    /// Who has asked and must wait, in the order of asking.
    pub queue: Vec<(ResourceId, Ticket)>,
}

impl Banker {
    /// Whether all can finish one after the other, whatever they still ask for of what they may.
    fn is_safe(&self, config: &Config) -> bool {
        let mut open: Vec<(ProcessId, Set<ResourceId>)> = config
            .layout
            .sites
            .iter()
            .flatten()
            .map(|&process| (process, config.program(process).map(super::program::Program::claims).unwrap_or_default()))
            .collect();
        let mut finished: Set<ProcessId> = Set::new();
        loop {
            let free = |process: ProcessId, resource: &ResourceId| {
                self.lent.get(resource).is_none_or(|(holder, _)| *holder == process || finished.contains(holder))
            };
            let next = open.iter().position(|(process, claims)| claims.iter().all(|resource| free(*process, resource)));
            let Some(next) = next else { return open.is_empty() };
            finished.insert(open.remove(next).0);
        }
    }
}

impl Site {
    pub(super) fn receive_claim(&mut self, resource: ResourceId, ticket: Ticket, ctx: &mut Context<'_, Self>) {
        self.clock = self.clock.max(ticket.stamp);
        self.banker.queue.push((resource, ticket));
        self.lend(ctx);
    }

    pub(super) fn receive_return(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        number: u32,
        ctx: &mut Context<'_, Self>,
    ) {
        self.banker.queue.retain(|(_, ticket)| (ticket.who.process, ticket.number) != (process, number));
        if self.banker.lent.get(&id) == Some(&(process, number)) {
            self.banker.lent.remove(&id);
        }
        self.lend(ctx);
    }

    /// Permits whatever is safe, the earliest first.
    fn lend(&mut self, ctx: &mut Context<'_, Self>) {
        let mut next = 0;
        while let Some((resource, ticket)) = self.banker.queue.get(next).cloned() {
            let who = ticket.who.process;
            let mut then = self.banker.clone();
            let taken = then.lent.insert(resource, (who, ticket.number)).is_some();
            let safe = ctx.setup().config::<Config>().is_some_and(|config| then.is_safe(config));
            if taken || !safe && !ctx.setup().variant("lends-what-is-free") {
                line(ctx, Lines::Program, "defer");
                let reason = if taken { "it is lent" } else { "it is free, but then not all could be sure to finish" };
                ctx.note(format_args!("The banker lets {who} wait for {resource}: {reason}."));
                next += 1;
                continue;
            }
            line(ctx, Lines::Program, "permit");
            ctx.note(format_args!("The banker lends {resource} to {who}: all can still finish."));
            then.queue.remove(next);
            self.banker = then;
            let permit = Message::Permit { process: who, resource, number: ticket.number };
            self.post(ticket.who.site, permit, ctx);
        }
    }
}
