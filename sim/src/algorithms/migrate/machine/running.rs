//! The process as it runs: its accesses, its page faults, and who answers them; its end, and what its machine's owner has
//! to do with it.

use super::{
    Machine, Message, Output, Program, Timer, policy,
    policy::Guest,
    rules::{self, Frame},
};
use crate::{Context, Micros, NodeId, Setup};

impl Machine {
    /// The machine of a node. The process is on the first at the start; the file server has every page as it was read.
    pub fn new(setup: &Setup, node: NodeId) -> Self {
        let pages = rules::pages(setup);
        let frame = |page| match node {
            NodeId(0) => Some(rules::at_start(setup, page)),
            _ if rules::server(setup) == Some(node) => Some(Frame { value: 0, dirty: false }),
            _ => None,
        };
        let program = Program {
            done: 0,
            awaits: None,
            last: None,
            frozen: false,
            place: vec![NodeId(0); pages as usize],
            attempt: 0,
            moves: 0,
            before: 0,
            froze: 0,
            lost: Micros::ZERO,
            shipped: 0,
            changed: 0,
        };
        Self {
            program: (node == NodeId(0)).then_some(program),
            memory: (0..pages).map(frame).collect(),
            outgoing: None,
            incoming: None,
            closed: 0,
            asked: vec![],
            flushed: (0, 0),
            owner: false,
            ended: None,
            server: rules::server(setup),
            serves: rules::server(setup) == Some(node),
        }
    }

    /// The next access comes after a while.
    pub(super) fn run_on(&self, ctx: &mut Context<'_, Self>) {
        if self.program.is_some() {
            ctx.set_timer(ctx.setup().span("access-time"), Timer::NextAccess);
        }
    }

    /// The next access.
    pub(super) fn run(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(program) = &mut self.program else { return };
        if program.done >= rules::accesses(ctx.setup()) {
            return self.finish(ctx);
        }
        let page = rules::access(ctx.setup(), program.done).page;
        let place = program.place[page as usize];
        if place == ctx.me() {
            return self.touch(ctx);
        }
        program.awaits = Some(page);
        ctx.line("fault");
        ctx.note(format_args!(
            "P needs page {page}, which is at {}: it waits until the page has come.",
            ctx.name(place)
        ));
        ctx.output(Output::Fault { page });
        ctx.send(place, Message::Fetch { page });
    }

    /// Makes the access whose turn it is; the page is here.
    fn touch(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(program) = &mut self.program else { return };
        let k = program.done;
        let access = rules::access(ctx.setup(), k);
        let page = access.page;
        // A page that should be here and is not reads as if it were new: that is what makes a mistake dangerous.
        let mut frame = self.memory[page as usize].unwrap_or(Frame { value: 0, dirty: false });
        let found = frame.value;
        ctx.line("access");
        if access.writes {
            frame = Frame { value: rules::written(k), dirty: true };
            ctx.note(format_args!("P changes page {page}."));
        } else {
            ctx.note(format_args!("P reads page {page}."));
        }
        self.memory[page as usize] = Some(frame);
        program.done += 1;
        program.awaits = None;
        program.last = Some(page);
        ctx.output(Output::Accessed { page, found, left: frame.value });
        if access.writes {
            self.note_change(page, ctx);
        }
        self.run_on(ctx);
    }

    /// The process has nothing left to do.
    fn finish(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(program) = self.program.take() else { return };
        ctx.line("finish");
        ctx.note(format_args!("P has made all its {} accesses.", program.done));
        ctx.output(Output::Finished { moves: program.moves });
        self.end(program, ctx);
    }

    /// The process is no more: a move that is under way is called off.
    fn end(&mut self, program: Program, ctx: &mut Context<'_, Self>) {
        ctx.cancel_timer(Timer::NextAccess);
        ctx.cancel_timer(Timer::PageLeaves);
        ctx.cancel_timer(Timer::GiveUp { attempt: program.attempt });
        if let Some(outgoing) = self.outgoing.take() {
            ctx.send(outgoing.to, Message::Abort { attempt: program.attempt });
        }
        self.ended = Some(program);
    }

    /// Another machine needs a page that is here: it leaves when those asked for before have left.
    pub(super) fn asked_for(&mut self, from: NodeId, page: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("asked");
        ctx.note(format_args!("{} needs page {page}, which is here.", ctx.name(from)));
        self.asked.push((from, page));
        if self.asked.len() == 1 {
            ctx.set_timer(ctx.setup().span("page-time"), Timer::AnswerLeaves);
        }
    }

    /// A page that was asked for leaves. A file server keeps it, a machine does not need it any more.
    pub(super) fn serve(&mut self, ctx: &mut Context<'_, Self>) {
        if self.asked.is_empty() {
            return;
        }
        let (to, page) = self.asked.remove(0);
        let keeps = self.serves;
        let place = &mut self.memory[page as usize];
        if let Some(frame) = if keeps { *place } else { place.take() } {
            ctx.line("serve");
            ctx.note(format_args!("Page {page} leaves for {}.", ctx.name(to)));
            ctx.send(to, Message::Fetched { page, frame });
        }
        if !self.asked.is_empty() {
            ctx.set_timer(ctx.setup().span("page-time"), Timer::AnswerLeaves);
        }
    }

    /// The page for which the process has waited.
    pub(super) fn fetched(&mut self, page: u32, frame: Frame, ctx: &mut Context<'_, Self>) {
        let me = ctx.me();
        let Some(program) = self.program.as_mut().filter(|program| program.awaits == Some(page)) else { return };
        ctx.line("fetched");
        if !ctx.setup().variant("asks-again") {
            program.place[page as usize] = me;
        }
        self.memory[page as usize] = Some(frame);
        self.note_change(page, ctx);
        self.touch(ctx);
        self.after_the_wait(ctx);
        if self.owner {
            self.evict(ctx);
        }
    }

    /// The owner is back: what is on its way here is turned away, and a guest has to go.
    pub(super) fn owner_returns(&mut self, ctx: &mut Context<'_, Self>) {
        self.owner = true;
        ctx.note(format_args!("The owner of {} is back.", ctx.name(ctx.me())));
        if ctx.me() != HOME
            && policy(ctx).guest != Guest::Stays
            && let Some(incoming) = self.incoming.take_if(|incoming| !incoming.ready)
        {
            ctx.note("What has come of P so far is thrown away: P stays where it is.");
            self.closed = incoming.attempt;
            ctx.send(incoming.from, Message::Refuse { attempt: incoming.attempt });
        }
        self.evict(ctx);
    }

    /// Sends a guest away, or ends it, as the policy says.
    pub(super) fn evict(&mut self, ctx: &mut Context<'_, Self>) {
        let me = ctx.me();
        let is_guest = self.owner && me != HOME && self.outgoing.is_none();
        let Some(program) = self.program.as_ref().filter(|program| is_guest && program.awaits.is_none()) else {
            return;
        };
        match policy(ctx).guest {
            Guest::Stays => ctx.note("P stays, and the owner shares the machine with it."),
            Guest::Killed => {
                let done = program.done;
                ctx.note(format_args!("P is ended: the work of {done} accesses is lost."));
                ctx.output(Output::Killed { done });
                if let Some(program) = self.program.take() {
                    self.end(program, ctx);
                }
            }
            Guest::Migrate => {
                ctx.note(format_args!("P is a guest here and moves home to {}.", ctx.name(HOME)));
                self.migrate(HOME, ctx);
            }
        }
    }
}

/// The machine at which the process began, and to which it goes back.
pub const HOME: NodeId = NodeId(0);
