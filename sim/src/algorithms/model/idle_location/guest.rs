//! The other side: a machine that is idle, its guest, and its owner who comes back.

use super::{
    JobId, Message, Micros, Output, Owner, Rule, Slot, Station, Task, Timer, is_registry, policy::Config, returns,
    since,
};
use crate::{Context, NodeId};

impl Station {
    /// Somebody hunts for an idle machine.
    pub(super) fn sought(&mut self, from: NodeId, task: JobId, ctx: &mut Context<'_, Self>) {
        if !self.is_free() {
            ctx.line("silent");
            return ctx.note(format_args!("{} is not idle and says nothing.", ctx.name(ctx.me())));
        }
        let wait = Micros(u64::from(own_load(ctx)) * ctx.setup().span("answer-after").0);
        if wait == Micros::ZERO {
            return self.offer(from, task, ctx);
        }
        ctx.line("hold-back");
        ctx.note(format_args!("{} has a load of its own: it holds its offer back for {wait}.", ctx.name(ctx.me())));
        ctx.set_timer(wait, Timer::Answer(from, task));
    }

    /// Offers itself, if it still can.
    pub(super) fn offer(&mut self, to: NodeId, task: JobId, ctx: &mut Context<'_, Self>) {
        if !self.is_free() {
            return ctx.note("It is not idle any more and says nothing.");
        }
        ctx.line("offer");
        let load = own_load(ctx);
        ctx.note(format_args!("{} is idle and offers itself. It keeps nothing for that.", ctx.name(ctx.me())));
        ctx.send(to, Message::Offer { task, load });
    }

    /// Somebody wants to use this machine.
    pub(super) fn claimed(&mut self, from: NodeId, task: JobId, ctx: &mut Context<'_, Self>) {
        let me = ctx.name(ctx.me());
        if self.is_free() || ctx.setup().variant("grants-anyway") && self.slot == Slot::Free {
            ctx.line("grant");
            ctx.note(format_args!("{me} is idle at this moment: it keeps its place for process {task}."));
            self.granted += 1;
            self.slot = Slot::Kept(task);
            ctx.send(from, Message::Grant { task, granted: true });
            return self.announce(false, ctx);
        }
        ctx.line("deny");
        let why = if self.owner == Owner::Away { "It has promised its place already" } else { "Its owner is back" };
        ctx.note(format_args!("{why}: {me} denies the claim."));
        ctx.send(from, Message::Grant { task, granted: false });
    }

    /// A process arrives: a guest, or one that comes home.
    pub(super) fn take_in(&mut self, mut task: Task, ctx: &mut Context<'_, Self>) {
        if let Some(stopped) = task.stopped.take() {
            self.frozen = self.frozen.plus(since(stopped, ctx));
        }
        if task.id.origin == ctx.me() {
            return self.start_at_home(task, ctx);
        }
        if !matches!(&self.slot, Slot::Kept(kept) if *kept == task.id) && self.slot != Slot::Free {
            // Only a process that has not claimed can come here: the place is taken.
            ctx.note(format_args!("{} has a guest already.", ctx.name(ctx.me())));
            return self.queue_here(task, ctx);
        }
        ctx.line("run");
        ctx.note(format_args!("Process {} is set up at {} and runs.", task.id, ctx.name(ctx.me())));
        ctx.set_timer(Micros(task.demand.0 - task.done.0), Timer::GuestDone);
        self.slot = Slot::Runs { task, since: ctx.hardware_clock(), tolerated: false, warned: false };
        if self.owner == Owner::Present {
            self.owner_meets_guest(ctx);
        }
    }

    /// The guest has done its work.
    pub(super) fn guest_done(&mut self, ctx: &mut Context<'_, Self>) {
        let Slot::Runs { task, since, .. } = std::mem::replace(&mut self.slot, Slot::Free) else { return };
        ctx.line("exit");
        ctx.cancel_timer(Timer::Grace);
        self.count_shared(since, &task, ctx);
        self.worked = self.worked.plus(Micros(task.demand.0 - task.done.0));
        ctx.note(format_args!(
            "Process {} has ended. {} tells its home, and is as it was.",
            task.id,
            ctx.name(ctx.me())
        ));
        if !ctx.setup().variant("silent-exit") {
            ctx.send(task.id.origin, Message::Exit(task));
        }
        if self.owner == Owner::Away {
            self.announce(true, ctx);
        }
    }

    /// What the owner has shared with a guest since then, if there.
    fn count_shared(&mut self, since: i64, task: &Task, ctx: &Context<'_, Self>) {
        if self.owner == Owner::Present {
            self.shared = self.shared.plus(super::since(since, ctx).min(Micros(task.demand.0 - task.done.0)));
        }
    }

    /// The owner goes away.
    pub(super) fn owner_leaves(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("leave");
        ctx.output(Output::Left);
        self.settle(ctx);
        self.owner = Owner::Left;
        let after = ctx.setup().span("idle-after");
        ctx.note(format_args!("Nobody works at {}. Untouched for {after}, it will be idle.", ctx.name(ctx.me())));
        ctx.set_timer(after, Timer::Idle);
        if let Slot::Runs { tolerated, warned, .. } = &mut self.slot {
            (*tolerated, *warned) = (false, false);
            ctx.cancel_timer(Timer::Grace);
        }
    }

    /// What the guest has done so far is written down, and it runs on.
    fn settle(&mut self, ctx: &Context<'_, Self>) {
        let Slot::Runs { task, since: start, .. } = &mut self.slot else { return };
        let done = since(*start, ctx).min(Micros(task.demand.0 - task.done.0));
        task.done = task.done.plus(done);
        *start = ctx.hardware_clock();
        self.worked = self.worked.plus(done);
        if self.owner == Owner::Present {
            self.shared = self.shared.plus(done);
        }
    }

    /// The owner is back.
    pub(super) fn owner_returns(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("return");
        ctx.output(Output::Returned);
        let was_idle = self.is_free();
        self.settle(ctx);
        self.owner = Owner::Present;
        ctx.cancel_timer(Timer::Idle);
        match &self.slot {
            Slot::Runs { .. } => self.owner_meets_guest(ctx),
            Slot::Kept(task) => ctx.note(format_args!("The owner is back. Process {task} is on its way here.")),
            _ => ctx.note(format_args!("The owner of {} is back. No guest is here.", ctx.name(ctx.me()))),
        }
        if was_idle {
            self.announce(false, ctx);
        }
    }

    /// Owner and guest are at one machine: what the policy says.
    fn owner_meets_guest(&mut self, ctx: &mut Context<'_, Self>) {
        let policy = returns(ctx);
        let Slot::Runs { task, tolerated, warned, .. } = &mut self.slot else { return };
        let (id, left) = (task.id, Micros(task.demand.0 - task.done.0));
        self.left_to_do = self.left_to_do.plus(left);
        if ctx.setup().variant("guest-stays-on") {
            return ctx.note("Nobody cares.");
        }
        if policy.guest == Rule::Stays {
            *tolerated = true;
            ctx.line("stay");
            return ctx.note(format_args!("Process {id} stays: the owner shares the machine for {left}."));
        }
        if policy.grace > Micros::ZERO {
            *warned = true;
            ctx.line("warn");
            ctx.note(format_args!("Process {id} is warned: it has {} to end.", policy.grace));
            return ctx.set_timer(policy.grace, Timer::Grace);
        }
        self.evict(ctx);
    }

    /// The guest has to go.
    pub(super) fn evict(&mut self, ctx: &mut Context<'_, Self>) {
        self.settle(ctx);
        let Slot::Runs { mut task, .. } = std::mem::replace(&mut self.slot, Slot::Free) else { return };
        ctx.cancel_timer(Timer::GuestDone);
        let (id, done) = (task.id, task.done);
        if returns(ctx).guest == Rule::Killed {
            ctx.line("kill");
            ctx.note(format_args!("Process {id} is killed: {done} of work are lost."));
            self.lost = self.lost.plus(done);
            task.done = Micros::ZERO;
            ctx.output(Output::Lost { process: id, work: done });
            return ctx.send(id.origin, Message::Killed(task));
        }
        ctx.line("freeze");
        ctx.note(format_args!("Process {id} is stopped after {done} of work. It has to go on elsewhere."));
        task.stopped = Some(ctx.hardware_clock());
        self.slot = Slot::Frozen(task);
        self.look_for_machine(id, ctx);
    }

    /// The stopped guest is copied, to be sent there.
    pub(super) fn copy_guest(to: NodeId, ctx: &mut Context<'_, Self>) {
        let freeze = ctx.setup().span("freeze");
        ctx.line("copy");
        ctx.note(format_args!("Its memory is copied, for {}. That takes {freeze}.", ctx.name(to)));
        ctx.set_timer(freeze, Timer::Copied(to));
    }

    /// The guest is copied: it goes, and leaves nothing behind.
    pub(super) fn send_guest(&mut self, to: NodeId, ctx: &mut Context<'_, Self>) {
        let Slot::Frozen(task) = std::mem::replace(&mut self.slot, Slot::Free) else { return };
        ctx.line("move");
        let home = task.id.origin;
        ctx.note(format_args!("Process {} goes to {}. Nothing of it stays here.", task.id, ctx.name(to)));
        if home != to {
            ctx.send(home, Message::Moved { task: task.id, to });
        }
        ctx.send(to, Message::Process(task));
        if self.owner == Owner::Away {
            self.announce(true, ctx);
        }
    }
}

/// What a machine carries of its own.
fn own_load(ctx: &Context<'_, Station>) -> u32 {
    debug_assert!(!is_registry(ctx.setup(), ctx.me()), "the registry is never idle");
    let config = ctx.setup().config::<Config>();
    config.and_then(|config| config.background.get(ctx.me().index())).copied().unwrap_or(0)
}
