//! Machines between which a process moves with its address space: the process of every topic about migration but the
//! negotiation. How the pages get to the other machine is a strategy, a few lines each in `rules.rs`.
//!
//! The hand-over is the same for all: the target says that it has everything that is to come (READY), the source lets go
//! (COMMIT), the target runs the process. Until it lets go the source can take it back, however long the target is
//! silent; after that, only the target has it. The table that says where each page is moves with the process.

pub mod checks;
pub mod policy;
pub mod rules;
mod running;
mod shown;
mod source;
mod target;

use crate::{
    Algorithm, Context, Micros, NodeId, Offer, Part, Process, Status, View, Wait,
    algorithm::{Assumptions, Faults, NodeShape},
    read_variants,
};
use policy::Policy;
use rules::Frame;
use running::HOME;
use serde::Serialize;
use source::Outgoing;
use std::sync::Arc;
use target::Incoming;

/// What every topic of the family has in common; each adds its name, its texts, its strategy, its costs and bugs.
pub const TOPIC: Algorithm = Algorithm {
    assumes: Assumptions { faults: Faults::CrashStop, ..Algorithm::EMPTY.assumes },
    policy: Some(policy::KIND),
    properties: checks::PROPERTIES,
    plots: checks::PLOTS,
    statistics: checks::STATISTICS,
    milestones: &["Frozen", "Resumed", "Finished"],
    node_prefix: "M",
    first_number: 1,
    node_shape: NodeShape::Site,
    configure: rules::configure,
    spawn: |setup, node| Arc::new(Machine::new(setup, node)),
    ..Algorithm::EMPTY
};

/// What a process is besides its pages: what the state message carries.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Program {
    /// Accesses that it has made.
    done: u32,
    /// The page for which it waits.
    awaits: Option<u32>,
    /// The page that it used last.
    last: Option<u32>,
    /// Whether it is frozen.
    frozen: bool,
    /// Where each page is.
    place: Vec<NodeId>,
    /// The number of the latest attempt to move it.
    attempt: u32,
    /// How often it has moved, and how many accesses it had made when it moved last.
    moves: u32,
    before: u32,
    /// When it was frozen, and how long it was frozen in all.
    froze: i64,
    lost: Micros,
    /// Pages, those of the state included, that were on the wire while it was frozen.
    shipped: u32,
    /// Changed pages that it had when it was frozen, all moves together.
    changed: u32,
}

/// One machine, or the file server.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Machine {
    /// The process, where this machine has it.
    program: Option<Program>,
    /// The pages that are here, by their numbers.
    memory: Vec<Option<Frame>>,
    /// The move of the process away from here.
    outgoing: Option<Outgoing>,
    /// What has come of a process that is on its way here.
    incoming: Option<Incoming>,
    /// The latest attempt that is over, as far as this machine knows.
    closed: u32,
    /// Pages that others have asked for.
    asked: Vec<(NodeId, u32)>,
    /// Of a file server: the latest flush, and how many of its pages have come.
    flushed: (u32, u32),
    /// Whether the owner is here.
    owner: bool,
    /// The process, where it has come to its end here.
    ended: Option<Program>,
    /// The file server, if there is one, and whether it is this.
    server: Option<NodeId>,
    serves: bool,
}

/// What machines send each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    /// A page, ahead of the process or with it.
    Page { attempt: u32, page: u32, frame: Frame },
    /// All the rest of the process, after so many pages.
    State { attempt: u32, pages: u32, program: Program },
    /// All of it is here.
    Ready { attempt: u32 },
    /// The process is yours.
    Commit { attempt: u32 },
    /// The move is off: the process stays where it was.
    Abort { attempt: u32 },
    /// Not here: my owner is back.
    Refuse { attempt: u32 },
    /// I need this page.
    Fetch { page: u32 },
    /// Here it is.
    Fetched { page: u32, frame: Frame },
    /// A changed page for the file server, one of so many.
    Flush { attempt: u32, page: u32, value: u32, of: u32 },
    /// All of them are on the file server.
    Flushed { attempt: u32 },
}

/// What a machine wakes itself up for.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Timer {
    /// The process makes its next access.
    NextAccess,
    /// A page of the process that moves has left.
    PageLeaves,
    /// A page that somebody has asked for has left.
    AnswerLeaves,
    /// Nothing was heard of the other side.
    GiveUp { attempt: u32 },
    /// The guest could not be moved, and is tried again.
    TryAgain,
}

/// What a user may ask.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Request {
    /// The process moves to another machine.
    Migrate { to: NodeId },
    /// The owner of the machine is back.
    WelcomeOwner,
    /// The owner leaves.
    LetOwnerGo,
}

read_variants!(Request { Migrate { to }, WelcomeOwner, LetOwnerGo });

/// What a machine tells.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Output {
    /// The process has used a page: what it found in it, and what it left.
    Accessed { page: u32, found: u32, left: u32 },
    /// It needs a page that is elsewhere.
    Fault { page: u32 },
    /// A round of copying begins, with so many pages.
    Round { number: u32, pages: u32 },
    /// The process is frozen; so many pages are still to go.
    Frozen { pages: u32 },
    /// It runs again, here or elsewhere, after so long.
    Resumed { frozen: Micros },
    /// A move was given up.
    GaveUp,
    /// The process has done all that it had to.
    Finished { moves: u32 },
    /// It was killed after so many accesses.
    Killed { done: u32 },
}

impl Process for Machine {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.run_on(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match request {
            Request::Migrate { to } => self.migrate(to, ctx),
            Request::WelcomeOwner => self.owner_returns(ctx),
            Request::LetOwnerGo => {
                self.owner = false;
                ctx.note(format_args!("The owner of {} has left: it takes guests again.", ctx.name(ctx.me())));
            }
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Page { attempt, page, frame } => self.take_page(from, attempt, (page, frame), ctx),
            Message::State { attempt, pages, program } => self.take_state(from, attempt, (pages, program), ctx),
            Message::Ready { attempt } => self.commit(attempt, ctx),
            Message::Commit { attempt } => self.adopt(attempt, ctx),
            Message::Abort { attempt } => self.forget(attempt, ctx),
            Message::Refuse { attempt } => {
                let who = ctx.name(from);
                self.take_back(attempt, format_args!("{who} takes no guests now"), ctx);
            }
            Message::Fetch { page } => self.asked_for(from, page, ctx),
            Message::Fetched { page, frame } => self.fetched(page, frame, ctx),
            Message::Flush { attempt, page, value, of } => self.write_back(from, attempt, (page, value, of), ctx),
            Message::Flushed { attempt } => self.flushed(attempt, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::NextAccess => self.run(ctx),
            Timer::PageLeaves => self.ship(ctx),
            Timer::AnswerLeaves => self.serve(ctx),
            Timer::GiveUp { attempt } => self.take_back(attempt, format_args!("Nothing was heard in time"), ctx),
            Timer::TryAgain => self.evict(ctx),
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        self.offers(view)
    }
    fn check(&self, request: &Request, view: &View<'_>) -> Result<(), String> {
        self.refusal(request, view).map_or(Ok(()), Err)
    }
    fn status(&self) -> Status {
        self.show()
    }
    fn waits_for(&self) -> Vec<Wait> {
        self.waits()
    }
    fn parts(&self) -> Vec<Part> {
        self.shown_parts()
    }
    fn telling(message: &Message) -> String {
        shown::telling(message)
    }
    fn label(request: &Request) -> Option<String> {
        shown::label(request)
    }
}

fn policy(ctx: &Context<'_, Machine>) -> Policy {
    ctx.policy().copied().unwrap_or_default()
}
