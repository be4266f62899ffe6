//! Maekawa's mutual exclusion: whoever wants in asks a quorum for its votes, and any two quorums have a voter in common.
//! With quorums of about √n that is far less than asking everybody. Each voter has one vote, so two that want in can each
//! hold half of what they need: the rules of INQUIRE, RELINQUISH and FAILED let a vote be taken back.

mod quorums;
mod voter;

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, entries_at_rest,
        every_request_is_served, list, plot, request_is_on_its_way,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
    stamp::{IN_ORDER, Stamp, StampedQueue, smallest_is_inside},
};
use crate::{
    Algorithm, Context, Never, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Violation, Wait,
    World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

const ONE_OWNER: &str = "every vote is held by one request at most";

/// Maekawa's algorithm, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/maekawa",
    title: "Maekawa's quorums",
    summary: "Ask about √n voters; any two quorums share one, which lets in one at a time.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "M. Maekawa, A √N Algorithm for Mutual Exclusion in Decentralized Systems, ACM Transactions on Computer Systems 3(2), 1985, pages 145–159",
        "B. A. Sanders, The Information Structure of Distributed Mutual Exclusion Algorithms, ACM Transactions on Computer Systems 5(3), 1987: FAILED to the one that was displaced",
    ],
    texts: texts!(
        "mutex/maekawa",
        "maekawa",
        [
            "three-in-a-circle",
            "seven",
            "voter-crash",
            "workload",
            "no-rules",
            "no-rules-grid",
            "yield-inside",
            "drop-inquiry",
            "lock-only",
            "no-displaced",
        ]
    ),
    parameters: &[
        Parameter {
            name: "quorums",
            label: "quorums from a",
            unit: Unit::Choice(&["plane", "grid"]),
            min: 0,
            max: 1,
            default: 0,
        },
        Parameter {
            name: "stamps",
            label: "requests are ordered by",
            unit: Unit::Choice(&["clock", "id"]),
            min: 0,
            max: 1,
            default: 0,
        },
    ],
    scenarios: &[
        "three-in-a-circle",
        "seven",
        "voter-crash",
        "workload",
        "no-rules",
        "no-rules-grid",
        "yield-inside",
        "drop-inquiry",
        "lock-only",
        "no-displaced",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, every_request_is_served::<Member>),
        Property::always(ONE_OWNER, every_vote_has_one_owner),
        Property::always(IN_ORDER, goes_to_the_smallest_stamp).not_promised(),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN).not_promised(),
    ],
    costs: &[
        Cost {
            what: "messages in all",
            formula: "3(K − 1) × entries",
            relation: Relation::AtLeast,
            count: |world| quorums::cost(world, 3),
            when: "when all is at rest; K is the size of a quorum. Without competition they are equal",
        },
        Cost {
            what: "messages in all, with competition",
            formula: "5(K − 1) × entries",
            relation: Relation::AtMost,
            count: |world| quorums::cost(world, 5),
            when: "when all is at rest",
        },
    ],
    bugs: &[
        Bug {
            id: "no-rules",
            title: "votes are never asked back",
            lesson: "A quorum is several locks, taken in no particular order: hold and wait. With three processes, three first votes make a circle.",
            breaks: SERVED,
            scenario: "no-rules",
        },
        Bug {
            id: "yield-inside",
            title: "a vote is given back even from inside the critical section",
            lesson: "An INQUIRE to somebody who is inside must go unanswered: the RELEASE will come. Giving the vote back lets the next one in.",
            breaks: ONE_INSIDE,
            scenario: "yield-inside",
        },
        Bug {
            id: "drop-inquiry",
            title: "an INQUIRE that cannot be answered yet is forgotten",
            lesson: "Whoever does not know yet whether it will fail must remember the question, and answer it with the first FAILED.",
            breaks: SERVED,
            scenario: "drop-inquiry",
        },
        Bug {
            id: "lock-only",
            title: "a voter compares a request with its lock only, not with the head of its queue",
            lesson: "A wording that can be found in print. A request that beats the lock but not the head is never told that it has failed. It takes four voters to see it.",
            breaks: SERVED,
            scenario: "lock-only",
        },
        Bug {
            id: "no-displaced",
            title: "no FAILED to the one that is displaced from the head of the queue",
            lesson: "Another wording in print. Whoever was the head had been hoping; when an earlier request passes it, it must learn that it has failed, or it sits on its votes.",
            breaks: SERVED,
            scenario: "no-displaced",
        },
    ],
    plots: &[Plot { title: "who wants in", unit: "processes", values: plot::<Member> }],
    milestones: &["Entered"],
    configure: quorums::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process: it wants in, and it votes for others.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    phase: Phase,
    clock: u64,
    /// The number of its present request.
    ts: u64,
    /// Whose votes it needs, its own included.
    quorum: Vec<NodeId>,
    /// Who has voted for it.
    granted: Vec<NodeId>,
    /// Who has said that somebody goes before it.
    failed: Vec<NodeId>,
    /// Who wants its vote back, and could not be answered yet.
    inquiries: Vec<NodeId>,
    voter: voter::Voter,
}

/// All messages name the number of the request that they are about, so that late ones are known.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// Vote for my request.
    Request(u64),
    /// You have my vote.
    Grant(u64),
    /// I have left; your vote is free.
    Release(u64),
    /// Somebody goes before you.
    Failed(u64),
    /// Somebody should go before you: can I have my vote back?
    Inquire(u64),
    /// Here is your vote back.
    Relinquish(u64),
}

impl Client for Member {
    fn phase(&self) -> Phase {
        self.phase
    }
    /// Known to all whose votes it needs.
    fn is_known(world: &World, waiting: NodeId, _entering: NodeId) -> bool {
        !request_is_on_its_way(world, waiting, None)
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        let mut at_home = vec![];
        self.receive(from, &message, &mut Post { ctx, at_home: &mut at_home });
        self.settle(at_home, ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let mut at_home = vec![];
        let post = &mut Post { ctx, at_home: &mut at_home };
        match (request, self.phase) {
            (Request::Enter, Phase::Thinking) => self.want(post),
            (Request::Exit, Phase::Inside) => self.leave(post),
            (request, phase) => post.ctx.note(phase.refusal(self.me, request)),
        }
        self.settle(at_home, ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase.offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase.check(self.me, *request)
    }

    fn status(&self) -> Status {
        let vote = self.voter.lock.map_or(String::new(), |lock| format!("votes for {}", lock.id));
        match self.phase {
            Phase::Waiting => Status::new(format!("waiting {}", self.stamp()), Tone::Waiting).detail(format!(
                "has {} of {} votes",
                self.granted.len(),
                self.quorum.len()
            )),
            phase => phase.status().detail(vote),
        }
    }

    fn waits_for(&self) -> Vec<Wait> {
        let missing = self.quorum.iter().filter(|voter| !self.granted.contains(voter));
        let missing = missing.filter(|_| self.phase == Phase::Waiting);
        missing.map(|&voter| Wait::node(voter, "its vote")).collect()
    }
}

/// Where messages go: out, or, to the process itself, into a line that is worked off in the same step.
struct Post<'c, 'a, 'm> {
    ctx: &'c mut Context<'a, Member>,
    at_home: &'m mut Vec<Message>,
}

impl Post<'_, '_, '_> {
    fn send(&mut self, to: NodeId, message: Message) {
        if to == self.ctx.me() { self.at_home.push(message) } else { self.ctx.send(to, message) }
    }
}

/// The rules of one that wants in, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let voter = voter::Voter { lock: None, inquired: false, queue: StampedQueue::default() };
        let quorum = quorums::of(setup, me);
        let (granted, failed, inquiries) = (vec![], vec![], vec![]);
        Self { me, phase: Phase::Thinking, clock: 0, ts: 0, quorum, granted, failed, inquiries, voter }
    }

    fn stamp(&self) -> Stamp {
        Stamp { ts: self.ts, id: self.me }
    }

    /// What the process sends itself takes no time and is no message.
    fn settle(&mut self, mut at_home: Vec<Message>, ctx: &mut Context<'_, Self>) {
        while !at_home.is_empty() {
            let message = at_home.remove(0);
            self.receive(self.me, &message, &mut Post { ctx, at_home: &mut at_home });
        }
    }

    fn receive(&mut self, from: NodeId, message: &Message, post: &mut Post<'_, '_, '_>) {
        let (Message::Request(ts)
        | Message::Grant(ts)
        | Message::Release(ts)
        | Message::Failed(ts)
        | Message::Inquire(ts)
        | Message::Relinquish(ts)) = *message;
        let current = self.phase != Phase::Thinking && ts == self.ts;
        match message {
            Message::Request(_) => {
                if by_clock(post.ctx.setup()) {
                    self.clock = self.clock.max(ts);
                }
                self.voter.ask(Stamp { ts, id: from }, post);
            }
            Message::Release(_) => self.voter.released(Stamp { ts, id: from }, post),
            Message::Relinquish(_) => self.voter.given_back(Stamp { ts, id: from }, post),
            Message::Grant(_) if current => self.granted(from, post),
            Message::Failed(_) if current && self.phase == Phase::Waiting => self.failed(from, post),
            Message::Inquire(_) if current => self.inquired(from, post),
            _ => post.ctx.note(format_args!("{} needs no such answer any more.", self.me)),
        }
    }

    fn want(&mut self, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("want");
        if by_clock(post.ctx.setup()) {
            self.clock += 1;
            self.ts = self.clock;
        }
        self.phase = Phase::Waiting;
        post.ctx.output(Output::Wanted);
        post.ctx.note(format_args!("{} asks its quorum for votes: {}.", self.me, list(&self.quorum)));
        for &voter in &self.quorum {
            post.send(voter, Message::Request(self.ts));
        }
    }

    fn granted(&mut self, from: NodeId, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("granted");
        insert(&mut self.granted, from);
        self.failed.retain(|&node| node != from);
        if self.phase == Phase::Waiting && self.granted.len() == self.quorum.len() {
            post.ctx.line("enter");
            self.phase = Phase::Inside;
            self.failed.clear();
            self.inquiries.clear();
            post.ctx.output(Output::Entered);
            post.ctx.note(format_args!("{} has all {} votes and enters.", self.me, self.quorum.len()));
        } else if !self.failed.is_empty() {
            // Without FIFO an INQUIRE can come before the vote that it asks back.
            self.answer_inquiries(post);
        } else {
            post.ctx.note(format_args!("{} has {} of {} votes.", self.me, self.granted.len(), self.quorum.len()));
        }
    }

    fn failed(&mut self, from: NodeId, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("failed");
        insert(&mut self.failed, from);
        post.ctx.note(format_args!("{} learns from {from} that somebody goes before it.", self.me));
        self.answer_inquiries(post);
    }

    fn inquired(&mut self, from: NodeId, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("inquired");
        let me = self.me;
        if self.phase == Phase::Inside {
            if post.ctx.setup().variant("yield-inside") {
                return self.give_back(from, post);
            }
            return post.ctx.note(format_args!("{me} is inside: {from} will get its RELEASE."));
        }
        if post.ctx.setup().variant("drop-inquiry") && (self.failed.is_empty() || !self.granted.contains(&from)) {
            return post.ctx.note(format_args!("{me} may still win and forgets that {from} has asked."));
        }
        insert(&mut self.inquiries, from);
        if self.failed.is_empty() {
            return post.ctx.note(format_args!("{me} may still win. It remembers that {from} wants its vote back."));
        }
        self.answer_inquiries(post);
    }

    /// Gives back every vote that is wanted back and is here.
    fn answer_inquiries(&mut self, post: &mut Post<'_, '_, '_>) {
        let ready: Vec<NodeId> = self.inquiries.iter().copied().filter(|node| self.granted.contains(node)).collect();
        for voter in ready {
            self.inquiries.retain(|&node| node != voter);
            self.give_back(voter, post);
        }
    }

    fn give_back(&mut self, voter: NodeId, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("relinquish");
        self.granted.retain(|&node| node != voter);
        insert(&mut self.failed, voter);
        post.ctx.note(format_args!("{} gives {voter} its vote back.", self.me));
        post.send(voter, Message::Relinquish(self.ts));
    }

    fn leave(&mut self, post: &mut Post<'_, '_, '_>) {
        post.ctx.line("leave");
        self.phase = Phase::Thinking;
        let forgotten = [&mut self.granted, &mut self.failed, &mut self.inquiries];
        forgotten.into_iter().for_each(Vec::clear);
        post.ctx.output(Output::Exited);
        post.ctx.note(format_args!("{} leaves and gives all votes back.", self.me));
        for &voter in &self.quorum {
            post.send(voter, Message::Release(self.ts));
        }
        self.ts = 0;
    }
}

/// Puts a node into a sorted set.
fn insert(set: &mut Vec<NodeId>, node: NodeId) {
    if let Err(place) = set.binary_search(&node) {
        set.insert(place, node);
    }
}

fn by_clock(setup: &Setup) -> bool {
    setup.parameter("stamps") == 0
}

/// The notes' order; the votes can go another way.
fn goes_to_the_smallest_stamp(world: &World) -> Result<(), Violation> {
    let pending = |wanted: Phase| {
        let members = world.live::<Member>().filter(move |(_, member)| member.phase == wanted);
        members.map(|(_, member)| member.stamp())
    };
    smallest_is_inside(pending(Phase::Inside).max(), pending(Phase::Waiting).min())
}

/// A voter has one vote: it is in the hand of one request at most, or on its way.
fn every_vote_has_one_owner(world: &World) -> Result<(), Violation> {
    for &voter in world.members() {
        let holders: Vec<NodeId> =
            world.live::<Member>().filter(|(_, member)| member.granted.contains(&voter)).map(|(id, _)| id).collect();
        if holders.len() > 1 {
            return Err(Violation::new(format!("{} both hold the vote of {voter}.", list(&holders)), holders));
        }
    }
    Ok(())
}
