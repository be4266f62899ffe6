//! Suzuki and Kasami's mutual exclusion: one token, and who has it may enter. Whoever wants in tells everybody, with a
//! number; the token carries the number of each process's request that was served last, and the line of those who wait.
//! It costs n messages an entry, none if the token is still there, and a process that wants nothing may crash.

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, entries_at_rest,
        every_request_is_served, list, plot,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
};
use crate::{
    Algorithm, Context, Never, NodeId, Offer, Order, Process, Property, Setup, Status, View, Violation, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Plot, Relation, Timing},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

const ONE_TOKEN: &str = "there is exactly one token";
const WANTED_TOKEN: &str = "the token travels only to a process that waits";

/// Suzuki–Kasami, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/suzuki-kasami",
    title: "Suzuki–Kasami",
    summary: "Tell everybody that you want the token; it brings the waiting line along.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "I. Suzuki and T. Kasami, A Distributed Mutual Exclusion Algorithm, ACM Transactions on Computer Systems 3(4), 1985, pages 344–349",
        "G. Ricart and A. K. Agrawala, Author's response to 'On Mutual Exclusion in Computer Networks', CACM 26(2), 1983: the same idea",
    ],
    texts: texts!(
        "mutex/suzuki-kasami",
        "suzuki_kasami",
        [
            "three-in-line",
            "idle-crash",
            "again-for-nothing",
            "workload",
            "lost-token",
            "busy-holder",
            "no-served",
            "answer-outdated"
        ]
    ),
    scenarios: &[
        "three-in-line",
        "idle-crash",
        "again-for-nothing",
        "workload",
        "lost-token",
        "busy-holder",
        "no-served",
        "answer-outdated",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(ONE_TOKEN, exactly_one_token),
        Property::always(WANTED_TOKEN, token_goes_to_who_waits),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "n × entries",
        relation: Relation::AtMost,
        count: |world| {
            let formula = world.setup().nodes.len() as u64;
            entries_at_rest::<Member>(world).map(|entries| (world.tally().sent_in_all(), formula * entries))
        },
        when: "when all is at rest: n for an entry that needs the token, 0 where it is already",
    }],
    bugs: &[
        Bug {
            id: "busy-holder",
            title: "the holder gives the token away while it is inside",
            lesson: "The token is the permission: who gives it away has none any more, and is still inside.",
            breaks: ONE_INSIDE,
            scenario: "busy-holder",
        },
        Bug {
            id: "no-served",
            title: "leaving does not record the served request in the token",
            lesson: "RN = LN + 1 means “asked once more than served”. If LN stays behind, the next request does not fit, and the token is never sent.",
            breaks: SERVED,
            scenario: "no-served",
        },
        Bug {
            id: "answer-outdated",
            title: "the idle holder answers any request, outdated or not",
            lesson: "A request that was slow has been served by another holder meanwhile. Without the comparison of numbers the token goes to somebody who does not want it.",
            breaks: WANTED_TOKEN,
            scenario: "answer-outdated",
        },
    ],
    plots: &[Plot { title: "who wants in", unit: "processes", values: plot::<Member> }],
    milestones: &["Entered"],
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process. At the start P0 has the token.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    phase: Phase,
    /// RN: the highest request number heard of each process, by id.
    heard: Vec<u32>,
    token: Option<Token>,
}

/// The permission, with the memory that it needs.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Token {
    /// LN: the number of the request of each process that was served last.
    served: Vec<u32>,
    /// Q: who gets it next.
    queue: Vec<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// I want the token, for the so-manieth time.
    Request(u32),
    Token(Token),
}

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    /// Known to the token, or to who has it.
    fn is_known(world: &World, waiting: NodeId, entering: NodeId) -> bool {
        world.process_at::<Self>(entering).is_some_and(|holder| {
            let token = holder.token.as_ref();
            token.is_some_and(|token| token.queue.contains(&waiting) || holder.is_next(token, waiting))
        })
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request(number) => self.receive_request(from, number, ctx),
            Message::Token(token) => {
                ctx.line("token");
                self.token = Some(token);
                if self.phase == Phase::Waiting {
                    ctx.note(format_args!("{} has the token and enters.", self.me));
                    self.enter(ctx);
                } else {
                    ctx.note(format_args!("{} has the token and does not want it.", self.me));
                }
            }
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => self.want(ctx),
            (Request::Exit, Phase::Inside) => self.leave(ctx),
            (request, phase) => ctx.note(phase.refusal(self.me, request)),
        }
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        let status = Status { tokens: u32::from(self.token.is_some()), ..self.phase.status() };
        match &self.token {
            Some(token) if !token.queue.is_empty() => status.detail(format!("then {}", list(&token.queue))),
            None if self.phase == Phase::Waiting => status.detail(format!("for the token, request {}", self.number())),
            _ => status,
        }
    }

    /// It has asked everybody, and does not know who has the token.
    fn waits_for(&self) -> Vec<Wait> {
        let others = (0..self.heard.len() as u32).map(NodeId).filter(|&node| node != self.me);
        let waits = self.phase == Phase::Waiting;
        others.filter(|_| waits).map(|node| Wait::any(node, "the token")).collect()
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let nothing = vec![0; setup.nodes.len()];
        let token = (me == NodeId(0)).then(|| Token { served: nothing.clone(), queue: vec![] });
        Self { me, phase: Phase::Thinking, heard: nothing, token }
    }

    /// Whether this process knows of one request more than the token says were served.
    fn is_next(&self, token: &Token, other: NodeId) -> bool {
        self.heard[other.index()] == token.served[other.index()] + 1
    }

    /// The number of its latest request.
    fn number(&self) -> u32 {
        self.heard[self.me.index()]
    }

    fn enter(&mut self, ctx: &mut Context<'_, Self>) {
        self.phase = Phase::Inside;
        ctx.output(Output::Entered);
    }

    fn want(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("want");
        ctx.output(Output::Wanted);
        let me = self.me;
        if self.token.is_some() {
            ctx.note(format_args!("The token is still at {me}: it enters and asks nobody."));
            return self.enter(ctx);
        }
        ctx.line("ask");
        self.phase = Phase::Waiting;
        self.heard[me.index()] += 1;
        let number = self.number();
        ctx.note(format_args!("{me} does not know where the token is. It tells everyone: my request {number}."));
        ctx.broadcast(Message::Request(number));
    }

    fn receive_request(&mut self, from: NodeId, number: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("request");
        let heard = &mut self.heard[from.index()];
        *heard = number.max(*heard);
        let (me, heard) = (self.me, *heard);
        let Some(token) = &self.token else {
            return ctx.note(format_args!(
                "{me} has no token. It keeps in mind that the latest request of {from} is number {heard}."
            ));
        };
        if self.phase == Phase::Inside && !ctx.setup().variant("busy-holder") {
            return ctx.note(format_args!("{me} has the token and is inside. It looks at the request when it leaves."));
        }
        let served = token.served[from.index()];
        if heard != served + 1 && !ctx.setup().variant("answer-outdated") {
            return ctx.note(format_args!(
                "Request {number} of {from} is outdated: {served} were served. {me} keeps the token."
            ));
        }
        ctx.line("give");
        let and = if self.phase == Phase::Inside { "is inside" } else { "does not use it" };
        ctx.note(format_args!("{me} has the token and {and}. It sends it to {from}."));
        ctx.on_behalf_of(from);
        if let Some(token) = self.token.take() {
            ctx.send(from, Message::Token(token));
        }
    }

    fn leave(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("leave");
        let me = self.me;
        self.phase = Phase::Thinking;
        ctx.output(Output::Exited);
        // Only a planted bug lets a process be inside without the token.
        let Some(mut token) = self.token.take() else { return };
        if !ctx.setup().variant("no-served") {
            ctx.line("served");
            token.served[me.index()] = self.number();
        }
        ctx.line("append");
        for other in (0..self.heard.len() as u32).map(NodeId) {
            if other != me && self.is_next(&token, other) && !token.queue.contains(&other) {
                token.queue.push(other);
            }
        }
        if token.queue.is_empty() {
            ctx.note(format_args!("{me} leaves. Nobody waits, so it keeps the token."));
            self.token = Some(token);
            return;
        }
        ctx.line("pass");
        let next = token.queue.remove(0);
        match token.queue.as_slice() {
            [] => ctx.note(format_args!("{me} leaves and sends the token to {next}, the only one that waits.")),
            rest => ctx.note(format_args!("{me} leaves and sends the token to {next}. In its queue: {}.", list(rest))),
        }
        ctx.on_behalf_of(next);
        ctx.send(next, Message::Token(token));
    }
}

// What is judged.

fn exactly_one_token(world: &World) -> Result<(), Violation> {
    let holders: Vec<NodeId> =
        world.live::<Member>().filter(|(_, member)| member.token.is_some()).map(|(id, _)| id).collect();
    let count = holders.len() + tokens_on_their_way(world).count();
    match count {
        1 => Ok(()),
        0 => Err(Violation::new("The token is lost.", [])),
        more => Err(Violation::new(format!("There are {more} tokens."), holders)),
    }
}

/// Where tokens travel to.
fn tokens_on_their_way(world: &World) -> impl Iterator<Item = NodeId> {
    let tokens = world.flights().filter(|flight| matches!(flight.payload.get(), Some(Message::Token(_))));
    tokens.map(|flight| flight.to)
}

fn token_goes_to_who_waits(world: &World) -> Result<(), Violation> {
    let unwanted = tokens_on_their_way(world)
        .find(|&to| world.live::<Member>().any(|(id, member)| id == to && member.phase != Phase::Waiting));
    match unwanted {
        Some(to) => Err(Violation::new(format!("The token travels to {to}, which does not wait for it."), [to])),
        None => Ok(()),
    }
}
