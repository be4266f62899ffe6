//! Ricart and Agrawala's mutual exclusion: whoever wants in stamps its request, asks everybody, and enters when
//! everybody has answered. Whoever is inside, or has asked with a smaller stamp, answers later: when it leaves. There is
//! no coordinator and no queue of its own: the deferred answers are the queue. It costs 2(n − 1) messages an entry, needs
//! no order of the channels, and stops for ever when a single process does, an idle one included.

mod checks;
mod membership;

use super::{
    application::{
        Client, ONE_INSIDE, Output, Phase, Request, SERVED, at_most_one_inside, list, request_is_on_its_way,
    },
    fairness::{CAUSAL, Causality, OVERTAKEN, Overtaking},
    stamp::{Clocks, IN_ORDER, Stamp, configure, smallest_is_inside},
};
use crate::sorted::{Map, Set};
use crate::{
    Algorithm, Context, Members, Never, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Wait,
    World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Parameter, Plot, Relation, Timing, Unit},
    texts,
};
use serde::Serialize;
use std::sync::Arc;

const ANSWERED: &str = "no request is forgotten";

/// Ricart–Agrawala, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "mutex/ricart-agrawala",
    title: "Ricart–Agrawala",
    summary: "Ask everybody; enter when all have answered; answer late to those who must wait.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Any,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    revision: 2,
    membership: Membership::Open,
    sources: &[
        "G. Ricart and A. K. Agrawala, An Optimal Algorithm for Mutual Exclusion in Computer Networks, CACM 24(1), 1981, pages 9–17",
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978: the stamps",
        "O. S. F. Carvalho and G. Roucairol, On Mutual Exclusion in Computer Networks, CACM 26(2), 1983: fewer messages by keeping permissions",
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.2: the requests stamped 8 and 12",
    ],
    texts: texts!(
        "mutex/ricart-agrawala",
        "ricart_agrawala",
        [
            "equal-stamps",
            "eight-and-twelve",
            "idle-crash",
            "newcomer",
            "leaver",
            "workload",
            "logical-order",
            "every-message-twice",
            "stale-clock",
            "no-tie-break",
            "yield-on-tie",
            "count-replies",
            "newcomer-from-zero",
            "wait-for-leaver",
        ]
    ),
    parameters: &[Parameter {
        name: "stamps",
        label: "stamp rule of the",
        unit: Unit::Choice(&["notes", "paper"]),
        min: 0,
        max: 1,
        default: 0,
    }],
    scenarios: &[
        "equal-stamps",
        "eight-and-twelve",
        "idle-crash",
        "newcomer",
        "leaver",
        "workload",
        "logical-order",
        "every-message-twice",
        "stale-clock",
        "no-tie-break",
        "yield-on-tie",
        "count-replies",
        "newcomer-from-zero",
        "wait-for-leaver",
    ],
    properties: &[
        Property::always(ONE_INSIDE, at_most_one_inside::<Member>),
        Property::eventually(SERVED, checks::every_request_is_served),
        Property::always(IN_ORDER, checks::goes_to_the_smallest_stamp),
        Property::always(ANSWERED, checks::no_request_is_forgotten),
        Property::monitor::<Causality<Member>>(CAUSAL).not_promised(),
        Property::monitor::<Overtaking<Member>>(OVERTAKEN),
    ],
    costs: &[
        Cost {
            what: "messages for one entry",
            formula: "2(n − 1)",
            relation: Relation::Exactly,
            count: checks::messages_for_one_entry,
            when: "each time a process has entered, if nothing was lost or duplicated and nobody has joined or left",
        },
        Cost {
            what: "messages in all",
            formula: "2(n − 1) × entries",
            relation: Relation::Exactly,
            count: checks::messages_in_all,
            when: "whenever nobody waits to enter, if nothing was lost or duplicated and nobody has joined or left",
        },
    ],
    bugs: &[
        Bug {
            id: "stale-clock",
            title: "a REQUEST does not advance the receiver's clock",
            lesson: "A process that has answered a request can then ask with a smaller stamp: it overtakes the one it has just let through, and both go in.",
            breaks: ONE_INSIDE,
            scenario: "stale-clock",
        },
        Bug {
            id: "no-tie-break",
            title: "a process yields only to a smaller stamp",
            lesson: "Taken literally, “answer at once if your own stamp is greater” leaves equal stamps open: each of the two defers the other, and both wait for ever.",
            breaks: SERVED,
            scenario: "no-tie-break",
        },
        Bug {
            id: "yield-on-tie",
            title: "a process yields to an equal stamp",
            lesson: "If both yield at equal stamps, both have all answers and both go in. A tie must be broken, and in the same way everywhere: by the id.",
            breaks: ONE_INSIDE,
            scenario: "yield-on-tie",
        },
        Bug {
            id: "count-replies",
            title: "every REPLY counts, whoever sent it and whatever it answers",
            lesson: "A number of replies is not a set of repliers: when the network delivers one reply twice, it passes for the reply of somebody who never agreed.",
            breaks: ONE_INSIDE,
            scenario: "count-replies",
        },
        Bug {
            id: "newcomer-from-zero",
            title: "a newcomer begins with the number 0 and asks at once",
            lesson: "Whoever waits has asked all who were there, and not the newcomer. A newcomer with a smaller number is let in by everybody, and lets nobody wait for it.",
            breaks: ONE_INSIDE,
            scenario: "newcomer-from-zero",
        },
        Bug {
            id: "wait-for-leaver",
            title: "a process waits for the reply of one that has left",
            lesson: "The membership is part of the algorithm. Who is not told that another has left, or does not mind, waits for ever, as after a crash.",
            breaks: SERVED,
            scenario: "wait-for-leaver",
        },
    ],
    plots: &[
        Plot { title: "who wants in", unit: "processes", values: checks::plot_of_states },
        Plot { title: "greatest stamp seen", unit: "", values: checks::plot_of_stamps },
    ],
    milestones: &["Entered"],
    configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process. It knows who takes part, and nothing about the others but what they have sent.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    state: State,
    /// The highest sequence number seen so far: the notes' greatest entry of `TS_ARRAY`.
    hsn: u64,
    /// Who must answer the present request: all who took part when it was made, without those who have left. In a
    /// newcomer: of whom it must hear before its first request.
    asked: Set<NodeId>,
    /// Who of them has, in the order of their ids.
    replies: Vec<NodeId>,
    /// Whose answers are put off until this process leaves, with the number of each request.
    deferred: Map<NodeId, u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum State {
    /// It is new and does not know yet how far the numbers are; whether it wants in as soon as it does.
    Joining(bool),
    Released,
    Wanted(Stamp),
    Held(Stamp),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// May I enter?
    Request(Stamp),
    /// You may. It names the request that it answers, so that a late copy is not taken for the answer to the next one.
    Reply(Stamp),
    /// You are new: this is the highest number that I have seen.
    Welcome(u64),
}

impl Client for Member {
    fn phase(&self) -> Phase {
        match self.state {
            State::Released | State::Joining(false) => Phase::Thinking,
            State::Wanted(_) | State::Joining(true) => Phase::Waiting,
            State::Held(_) => Phase::Inside,
        }
    }
    fn is_known(world: &World, waiting: NodeId, entering: NodeId) -> bool {
        let has_asked = |member: &Self| matches!(member.state, State::Wanted(_)) && member.asked.contains(&entering);
        world.process_at(waiting).is_some_and(has_asked) && !request_is_on_its_way(world, waiting, Some(entering))
    }
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        if self.me.index() >= ctx.setup().nodes.len() {
            self.join(ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Request(theirs) => self.receive_request(from, theirs, ctx),
            Message::Reply(answered) => self.receive_reply(from, answered, ctx),
            Message::Welcome(number) => self.receive_welcome(from, number, ctx),
        }
    }

    fn on_members(&mut self, change: Members, ctx: &mut Context<'_, Self>) {
        match change {
            Members::Joined(new) => self.meet(new, ctx),
            Members::Left(gone) => self.part_with(gone, ctx),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        match (request, self.state) {
            (Request::Enter, State::Released) => {
                ctx.output(Output::Wanted);
                self.want(ctx);
            }
            (Request::Enter, State::Joining(false)) => {
                ctx.output(Output::Wanted);
                ctx.note(format_args!("{} is new. It asks as soon as it has heard of everybody.", self.me));
                self.state = State::Joining(true);
            }
            (Request::Exit, State::Held(_)) => self.leave(ctx),
            // A workload asks by the clock, whatever the user has done meanwhile.
            (request, _) => ctx.note(self.phase().refusal(self.me, request)),
        }
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        self.phase().offers(self.me)
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.phase().check(self.me, *request)
    }

    fn status(&self) -> Status {
        match self.state {
            State::Joining(_) => Status::new("joining", Tone::Waiting).detail(format!(
                "has heard of {} of {}",
                self.replies.len(),
                self.asked.len()
            )),
            State::Released => Status::new("released", Tone::Idle),
            State::Wanted(mine) => Status::new(format!("wanted {mine}"), Tone::Waiting).detail(format!(
                "has {} of {} replies",
                self.replies.len(),
                self.asked.len()
            )),
            State::Held(_) => Status::new("in the critical section", Tone::Active).detail(match self.deferred.len() {
                0 => String::new(),
                1 => format!("owes a reply to {}", list(&self.owed())),
                _ => format!("owes replies to {}", list(&self.owed())),
            }),
        }
    }

    fn waits_for(&self) -> Vec<Wait> {
        let what = if matches!(self.state, State::Joining(_)) { "its number" } else { "a reply" };
        self.awaited().into_iter().map(|node| Wait::node(node, what)).collect()
    }
}

impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let hsn = setup.config::<Clocks>().and_then(|config| config.clocks.get(me.index())).copied().unwrap_or(0);
        Self { me, state: State::Released, hsn, asked: Set::new(), replies: vec![], deferred: Map::new() }
    }

    /// Who must still answer.
    fn awaited(&self) -> Vec<NodeId> {
        match self.state {
            State::Wanted(_) | State::Joining(_) => {
                self.asked.iter().copied().filter(|node| self.replies.binary_search(node).is_err()).collect()
            }
            State::Released | State::Held(_) => vec![],
        }
    }

    /// Whether this one was asked and has not answered yet.
    fn is_new_here(&self, from: NodeId) -> bool {
        self.asked.contains(&from) && self.replies.binary_search(&from).is_err()
    }

    /// To whom it owes a reply.
    fn owed(&self) -> Vec<NodeId> {
        self.deferred.keys().copied().collect()
    }

    fn want(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("want");
        ctx.line("stamp");
        let mine = Stamp { ts: self.hsn + 1, id: self.me };
        if ctx.setup().parameter("stamps") == 0 {
            // As in the notes' TS_ARRAY. The paper of 1981 does not: a process that hears of no request in between
            // then asks with the same number again, which is as safe.
            self.hsn = mine.ts;
        }
        self.state = State::Wanted(mine);
        self.replies.clear();
        ctx.note(format_args!(
            "{} wants the critical section. It stamps its request {mine} and asks everyone.",
            self.me
        ));
        ctx.line("ask");
        ctx.on_behalf_of(self.me);
        self.asked = ctx.peers().collect();
        ctx.broadcast(Message::Request(mine));
        self.enter_if_all_agree(mine, ctx);
    }

    fn receive_request(&mut self, from: NodeId, theirs: Stamp, ctx: &mut Context<'_, Self>) {
        ctx.line("request");
        if !ctx.setup().variant("stale-clock") {
            ctx.line("advance");
            self.hsn = self.hsn.max(theirs.ts);
        }
        let me = self.me;
        if !ctx.is_member(from) {
            return ctx.note(format_args!("{from} has left meanwhile. {me} owes it no reply."));
        }
        let defers = match self.state {
            State::Joining(_) => {
                ctx.note(format_args!("{me} is new and has not asked yet. It replies to {from} at once."));
                false
            }
            State::Released => {
                ctx.note(format_args!("{me} does not want in. It replies to {from} at once."));
                false
            }
            State::Held(_) => {
                ctx.note(format_args!("{me} is in the critical section. It defers its reply to {from}."));
                true
            }
            State::Wanted(mine) => self.goes_before(mine, theirs, ctx),
        };
        if defers {
            ctx.line("defer");
            // A copy of an older request may come late: only the latest is still waited for.
            let latest = self.deferred.or_insert(from, theirs.ts);
            *latest = theirs.ts.max(*latest);
        } else {
            ctx.line("reply");
            ctx.send(from, Message::Reply(theirs));
        }
    }

    /// Whether this process, which wants in too, makes the other one wait.
    fn goes_before(&self, mine: Stamp, theirs: Stamp, ctx: &mut Context<'_, Self>) -> bool {
        let me = self.me;
        let tie = mine.ts == theirs.ts;
        if tie && ctx.setup().variant("no-tie-break") {
            ctx.note(format_args!("The number of {theirs} is not smaller than that of {mine}. {me} defers its reply."));
            return true;
        }
        if tie && ctx.setup().variant("yield-on-tie") {
            ctx.note(format_args!("The number of {mine} is not smaller than that of {theirs}. {me} replies at once."));
            return false;
        }
        let (first, second) = (mine.min(theirs), mine.max(theirs));
        let reason = if tie { "the tie goes to the lower id" } else { "the smaller number goes first" };
        let what = if mine < theirs { "defers its reply" } else { "replies at once" };
        ctx.note(format_args!("{first} is before {second}: {reason}. {me} {what}."));
        mine < theirs
    }

    fn receive_reply(&mut self, from: NodeId, answered: Stamp, ctx: &mut Context<'_, Self>) {
        let counts_all = ctx.setup().variant("count-replies");
        match self.state {
            State::Wanted(mine) if counts_all || (answered == mine && self.is_new_here(from)) => {
                ctx.line("count");
                let place = self.replies.partition_point(|&known| known <= from);
                self.replies.insert(place, from);
                self.enter_if_all_agree(mine, ctx);
                if self.state == State::Wanted(mine) {
                    let (has, of) = (self.replies.len(), self.asked.len());
                    ctx.note(format_args!("{} has {has} of {of} replies.", self.me));
                }
            }
            State::Wanted(mine) if answered != mine => {
                ctx.line("ignore");
                ctx.note(format_args!("This reply answers {answered}, an older request. {} ignores it.", self.me));
            }
            _ => {
                ctx.line("ignore");
                ctx.note(format_args!("{} waits for no reply of {from} any more. It ignores this one.", self.me));
            }
        }
    }

    fn enter_if_all_agree(&mut self, mine: Stamp, ctx: &mut Context<'_, Self>) {
        if self.replies.len() < self.asked.len() {
            return;
        }
        ctx.line("enter");
        self.state = State::Held(mine);
        ctx.output(Output::Entered);
        let me = self.me;
        match self.replies.len() {
            count if ctx.setup().variant("count-replies") => {
                ctx.note(format_args!("{me} has counted {count} replies and enters the critical section."));
            }
            0 => ctx.note(format_args!("There is nobody to ask. {me} enters the critical section.")),
            1 => ctx.note(format_args!("{me} has the one reply that it needs and enters the critical section.")),
            2 => ctx.note(format_args!("{me} has both replies and enters the critical section.")),
            all => ctx.note(format_args!("{me} has all {all} replies and enters the critical section.")),
        }
    }

    fn leave(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("leave");
        let owed = self.owed();
        let deferred = std::mem::take(&mut self.deferred);
        let me = self.me;
        match owed.len() {
            0 => ctx.note(format_args!("{me} leaves the critical section. It owes nobody a reply.")),
            1 => ctx.note(format_args!("{me} leaves and sends the reply that it owes to {}.", list(&owed))),
            _ => ctx.note(format_args!("{me} leaves and sends the replies that it owes to {}.", list(&owed))),
        }
        self.state = State::Released;
        self.replies.clear();
        self.asked.clear();
        ctx.output(Output::Exited);
        for (id, ts) in deferred {
            ctx.line("answer");
            ctx.on_behalf_of(id);
            ctx.send(id, Message::Reply(Stamp { ts, id }));
        }
    }
}
