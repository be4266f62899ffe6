//! Spooling: processes write files, and only the daemon ever has the device. Whoever wants to print opens a file, which
//! any number can do at once; when it closes it, the file is a job, and the daemon prints one after the other.

use super::{Lines, Message, Output, ProcessId, ResourceId, Site, Ticket, Timer, line};
use crate::algorithms::deadlock::names::NUMBERS;
use crate::{Context, EdgeKind, Micros, NodeId, Part, PartEdge, PartId, PartKind, Tone};
use serde::Serialize;

/// For how long a job is on the device.
const PRINTING: Micros = Micros(15_000);

/// The spool of a device.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Spool {
    /// Files that are being written.
    pub open: Vec<Ticket>,
    /// Files that are closed, the oldest first.
    pub jobs: Vec<Ticket>,
    /// The job for which the daemon has the device.
    pub printing: Option<Ticket>,
}

impl Spool {
    /// Whether the daemon has the device.
    pub fn is_printing(&self) -> bool {
        self.printing.is_some()
    }
}

impl Site {
    /// A process opens a file: there is nothing to wait for.
    pub(super) fn open_file(&mut self, id: ResourceId, ticket: Ticket, ctx: &mut Context<'_, Self>) {
        line(ctx, Lines::Program, "grant");
        let (home, process, number) = (ticket.who.site, ticket.who.process, ticket.number);
        ctx.note(format_args!("{id} is spooled: {process} gets a file to write to. Only the daemon has the device."));
        self.spools.or_default(id).open.push(ticket);
        self.post(home, Message::Grant { process, resource: id, number }, ctx);
    }

    /// A process closes its file, and the daemon has a job. Whether there was such a file.
    pub(super) fn close_file(
        &mut self,
        process: ProcessId,
        id: ResourceId,
        number: u32,
        ctx: &mut Context<'_, Self>,
    ) -> bool {
        let Some(spool) = self.spools.get_mut(&id) else { return false };
        let is_its = |ticket: &Ticket| (ticket.who.process, ticket.number) == (process, number);
        let Some(at) = spool.open.iter().position(is_its) else { return false };
        let job = spool.open.remove(at);
        spool.jobs.push(job);
        ctx.note(format_args!("{process} has closed its file: it is a job for the daemon of {id} now."));
        self.print_next(id, ctx);
        true
    }

    /// The daemon takes the oldest job to the device, if both are there.
    pub(super) fn print_next(&mut self, id: ResourceId, ctx: &mut Context<'_, Self>) {
        let free = self.resources.get(&id).is_some_and(|lent| lent.holders.is_empty());
        let Some(spool) = self.spools.get_mut(&id).filter(|spool| free && !spool.is_printing()) else { return };
        if spool.jobs.is_empty() {
            return;
        }
        let job = spool.jobs.remove(0);
        ctx.note(format_args!("The daemon of {id} prints the job of {job}."));
        spool.printing = Some(job);
        ctx.set_timer(PRINTING, Timer::Printed(id));
    }

    /// A job is on paper. Whoever has asked for the device itself comes before the next one.
    pub(super) fn printed(&mut self, id: ResourceId, ctx: &mut Context<'_, Self>) {
        let Some(job) = self.spools.get_mut(&id).and_then(|spool| spool.printing.take()) else { return };
        ctx.output(Output::Printed(job.who.process, id));
        ctx.note(format_args!("The job of {job} is printed."));
        self.next_holder(id, ctx);
        self.print_next(id, ctx);
    }

    /// The daemons, and the files and jobs in their spools.
    pub(super) fn spooled_parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        for (&id, spool) in &self.spools {
            let (tone, word) = match &spool.printing {
                Some(job) => (Tone::Active, format!("prints for {job}")),
                None => (Tone::Idle, "has nothing to print".into()),
            };
            parts.push(Part { id: daemon(id), name: format!("D{}", id.0), kind: PartKind::Process, tone, word });
            let open = spool.open.iter().map(|file| (file, Tone::Idle, "is being written"));
            let jobs = spool.jobs.iter().map(|job| (job, Tone::Waiting, "is to be printed"));
            let now = spool.printing.iter().map(|job| (job, Tone::Active, "is printed"));
            for (k, (file, tone, word)) in now.chain(jobs).chain(open).enumerate() {
                let id = PartId((3 + id.0) * NUMBERS + k as u32);
                let (name, word) = (file.to_string(), format!("file of {file}: {word}"));
                parts.push(Part { id, name, kind: PartKind::Job, tone, word });
            }
        }
        parts
    }

    /// Daemons that have their device.
    pub(super) fn spooled_arrows(&self, me: NodeId) -> Vec<PartEdge> {
        let busy = self.spools.iter().filter(|(_, spool)| spool.is_printing());
        busy.map(|(id, _)| PartEdge::new(id.part(), me, daemon(*id), EdgeKind::HeldBy)).collect()
    }
}

/// The part that is the daemon of a device.
fn daemon(id: ResourceId) -> PartId {
    PartId(2 * NUMBERS + id.0)
}
