//! Looking for a machine: for a process that its user has just started, and for a guest that has to leave.

use super::{JobId, Message, Micros, Output, Slot, Station, Task, Timer, since};
use crate::{Context, NodeId};
use serde::Serialize;

/// The search for a machine for one process.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Search {
    pub task: JobId,
    /// Whom it claims, and waits for the answer.
    pub claims: Option<NodeId>,
    /// Who has offered itself besides.
    pub offers: Vec<NodeId>,
    /// Who has said no.
    pub denied: Vec<NodeId>,
}

impl Station {
    /// A process of this user's is to run elsewhere.
    pub(super) fn begin(&mut self, task: Task, ctx: &mut Context<'_, Self>) {
        ctx.line("want");
        let id = task.id;
        ctx.note(format_args!("Process {id} of {} is to run on an idle machine.", ctx.name(ctx.me())));
        self.waiting.push(task);
        self.look_for_machine(id, ctx);
    }

    /// Looks for a machine by the protocol in use.
    pub(super) fn look_for_machine(&mut self, task: JobId, ctx: &mut Context<'_, Self>) {
        let search = Search { task, claims: None, offers: vec![], denied: vec![] };
        self.searches.push(search);
        match ctx.setup().parameter("protocol") {
            0 => {
                ctx.line("hunt");
                ctx.note("It asks everybody: who is idle?");
                self.broadcasts += 1;
                ctx.broadcast(Message::Seek(task));
                ctx.set_timer(ctx.setup().span("patience"), Timer::GiveUp(task));
            }
            1 => Self::ask_registry(task, ctx),
            _ => self.choose_from_table(task, ctx),
        }
    }

    fn ask_registry(task: JobId, ctx: &mut Context<'_, Self>) {
        ctx.line("lookup");
        ctx.note("It asks the registry who is idle.");
        ctx.send(NodeId(0), Message::Lookup(task));
        ctx.set_timer(ctx.setup().span("patience"), Timer::GiveUp(task));
    }

    /// Takes one of the machines that this one believes to be idle, at random: so not everybody takes the same.
    fn choose_from_table(&mut self, task: JobId, ctx: &mut Context<'_, Self>) {
        let denied = self.search(task).map(|search| search.denied.clone()).unwrap_or_default();
        let open: Vec<NodeId> = self.believed.iter().copied().filter(|node| !denied.contains(node)).collect();
        if open.is_empty() {
            ctx.line("table-empty");
            ctx.note("Its table names nobody else.");
            return self.run_at_home(task, ctx);
        }
        let host = open[ctx.random_below(open.len() as u32) as usize];
        ctx.line("table");
        ctx.note(format_args!("Its table names {} as idle, among {}.", ctx.name(host), open.len()));
        self.claim(task, host, ctx);
    }

    fn search(&mut self, task: JobId) -> Option<&mut Search> {
        self.searches.iter_mut().find(|search| search.task == task)
    }

    /// An idle machine has answered the hunt.
    pub(super) fn offered(&mut self, from: NodeId, task: JobId, load: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("offered");
        let name = ctx.name(from);
        match self.search(task) {
            Some(search) if search.claims.is_some() => {
                search.offers.push(from);
                ctx.note(format_args!("{name} is idle too. It is remembered, in case the other says no."));
            }
            Some(_) => {
                ctx.note(format_args!("{name} is the first to answer; it carries {load} of its own."));
                self.claim(task, from, ctx);
            }
            None => ctx.note(format_args!("{name} is idle too. Process {task} has its place already.")),
        }
    }

    /// The registry has answered.
    pub(super) fn told(&mut self, task: JobId, host: Option<NodeId>, ctx: &mut Context<'_, Self>) {
        if self.search(task).is_none_or(|search| search.claims.is_some()) {
            return ctx.note("The answer comes too late.");
        }
        match host {
            // A second time the same: the registry has not heard yet that it is taken.
            Some(host) if self.search(task).is_some_and(|search| !search.denied.contains(&host)) => {
                self.claim(task, host, ctx);
            }
            _ => {
                ctx.line("nobody");
                ctx.note("The registry knows nobody else.");
                self.run_at_home(task, ctx);
            }
        }
    }

    fn claim(&mut self, task: JobId, host: NodeId, ctx: &mut Context<'_, Self>) {
        ctx.cancel_timer(Timer::GiveUp(task));
        if ctx.setup().variant("without-claim") {
            self.searches.retain(|search| search.task != task);
            return self.place(task, host, ctx);
        }
        ctx.line("claim");
        ctx.note(format_args!("Process {task} claims {}.", ctx.name(host)));
        if let Some(search) = self.search(task) {
            search.claims = Some(host);
        }
        ctx.send(host, Message::Claim(task));
    }

    /// A machine has answered the claim.
    pub(super) fn answered(&mut self, from: NodeId, task: JobId, granted: bool, ctx: &mut Context<'_, Self>) {
        if granted {
            self.searches.retain(|search| search.task != task);
            return self.place(task, from, ctx);
        }
        ctx.line("denied");
        ctx.note(format_args!("{} is not idle any more: process {task} has to look on.", ctx.name(from)));
        let Some(search) = self.search(task) else { return };
        search.claims = None;
        search.denied.push(from);
        let next = (!search.offers.is_empty()).then(|| search.offers.remove(0));
        match ctx.setup().parameter("protocol") {
            0 => match next {
                Some(next) => self.claim(task, next, ctx),
                None => ctx.set_timer(ctx.setup().span("patience"), Timer::GiveUp(task)),
            },
            1 => Self::ask_registry(task, ctx),
            _ => {
                self.believed.remove(&from);
                self.choose_from_table(task, ctx);
            }
        }
    }

    /// A machine keeps its place for the process: off it goes. A guest that runs has to be copied before.
    fn place(&mut self, task: JobId, host: NodeId, ctx: &mut Context<'_, Self>) {
        ctx.line("place");
        if let Some(index) = self.waiting.iter().position(|waiting| waiting.id == task) {
            let task = self.waiting.remove(index);
            ctx.note(format_args!(
                "{} is granted: process {} goes there, with its environment.",
                ctx.name(host),
                task.id
            ));
            ctx.output(Output::Placed { process: task.id, host });
            self.elsewhere.insert(task.id, host);
            return ctx.send(host, Message::Process(task));
        }
        Self::copy_guest(host, ctx);
    }

    /// Nobody has answered for so long.
    pub(super) fn give_up(&mut self, task: JobId, ctx: &mut Context<'_, Self>) {
        ctx.line("give-up");
        ctx.note("Nobody has answered for long enough.");
        self.run_at_home(task, ctx);
    }

    /// Nobody is idle: the process runs where its user is.
    fn run_at_home(&mut self, task: JobId, ctx: &mut Context<'_, Self>) {
        ctx.cancel_timer(Timer::GiveUp(task));
        self.searches.retain(|search| search.task != task);
        if let Some(index) = self.waiting.iter().position(|waiting| waiting.id == task) {
            let task = self.waiting.remove(index);
            return self.start_at_home(task, ctx);
        }
        if let Slot::Frozen(guest) = &self.slot {
            let home = guest.id.origin;
            ctx.note(format_args!("Process {task} goes home, to {}.", ctx.name(home)));
            Self::copy_guest(home, ctx);
        }
    }

    pub(super) fn start_at_home(&mut self, task: Task, ctx: &mut Context<'_, Self>) {
        ctx.line("at-home");
        ctx.note(format_args!("Process {} is run at home, beside its own user.", task.id));
        ctx.output(Output::AtHome { process: task.id });
        self.elsewhere.remove(&task.id);
        self.queue_here(task, ctx);
    }

    /// Runs it here when those before it are done.
    pub(super) fn queue_here(&mut self, task: Task, ctx: &mut Context<'_, Self>) {
        self.home.push(task);
        if self.home.len() == 1 {
            self.run_next_here(ctx);
        }
    }

    fn run_next_here(&mut self, ctx: &mut Context<'_, Self>) {
        if let Some(task) = self.home.first() {
            ctx.set_timer(Micros(task.demand.0 - task.done.0), Timer::HomeDone(task.id));
        }
    }

    /// A process that was run at home has done its work.
    pub(super) fn home_done(&mut self, id: JobId, ctx: &mut Context<'_, Self>) {
        let Some(index) = self.home.iter().position(|task| task.id == id) else { return };
        let task = self.home.remove(index);
        self.worked = self.worked.plus(Micros(task.demand.0 - task.done.0));
        self.ended(&task, ctx);
        self.run_next_here(ctx);
    }

    /// A process of this user's has ended.
    pub(super) fn ended(&mut self, task: &Task, ctx: &mut Context<'_, Self>) {
        ctx.line("ended");
        let response = since(task.asked, ctx);
        self.elsewhere.remove(&task.id);
        self.ended += 1;
        self.finished_work = self.finished_work.plus(task.demand);
        ctx.note(format_args!("Process {} has ended, {response} after it was started.", task.id));
        ctx.output(Output::Ended { process: task.id, response });
    }

    // The registry, and tables

    /// Somebody asks the registry.
    pub(super) fn look_up(&mut self, from: NodeId, task: JobId, ctx: &mut Context<'_, Self>) {
        ctx.line("found");
        let host = self.believed.iter().copied().find(|&host| host != from);
        match host {
            Some(host) => ctx.note(format_args!("The first of its list is {}.", ctx.name(host))),
            None => ctx.note("Its list is empty."),
        }
        ctx.send(from, Message::Found { task, host });
    }

    /// A machine has fallen idle, or is not idle any more.
    pub(super) fn learn(&mut self, node: NodeId, idle: bool, ctx: &mut Context<'_, Self>) {
        ctx.line("learn");
        let name = ctx.name(node);
        if idle {
            ctx.note(format_args!("{name} is put on the list."));
            self.believed.insert(node);
        } else {
            ctx.note(format_args!("{name} is struck off the list."));
            self.believed.remove(&node);
        }
    }

    /// Tells whoever keeps a list that this machine is idle, or not any more.
    pub(super) fn announce(&mut self, idle: bool, ctx: &mut Context<'_, Self>) {
        match ctx.setup().parameter("protocol") {
            0 => {}
            1 => {
                ctx.line("register");
                ctx.send(NodeId(0), if idle { Message::Register } else { Message::Deregister });
            }
            _ => {
                ctx.line("announce");
                self.broadcasts += 1;
                ctx.broadcast(Message::Announce(idle));
            }
        }
    }
}
