//! Totally ordered multicast with Lamport's stamps: everybody gets every message in the same order. Who receives a message
//! keeps it in a queue by its stamp and tells all that it has it; the head is delivered once everybody else has been heard
//! from with something later, as over FIFO channels nothing earlier can come after that. On top, replicas of one bank
//! account: a deposit and an interest in two orders give two balances.

use crate::{
    Algorithm, Context, Never, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Violation, Wait,
    World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    algorithms::stamp::Stamp,
    process::Field,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const SAME_ORDER: &str = "all deliver in the same order";
const DELIVERED: &str = "what was sent is delivered everywhere";
const SAME_BALANCE: &str = "all replicas show the same balance in the end";

/// Totally ordered multicast, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/total-order",
    title: "Totally ordered multicast",
    summary: "Hold a message back until nothing earlier can come: all deliver in the same order.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Fifo,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "L. Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978, pages 558–565: the total order, and the queue that it makes",
        "A. S. Tanenbaum and M. van Steen, Distributed Systems, 2nd edition, 2007, section 6.2.1: the deposit and the interest at two replicas",
        "L. Lamport, The Implementation of Reliable Distributed Multiprocess Systems, Computer Networks 2, 1978: replicas that apply the same commands in the same order",
    ],
    texts: texts!(
        "time/total-order",
        "total_order",
        [
            "deposit-and-interest",
            "three-replicas",
            "workload",
            "overtaken",
            "silent",
            "deliver-at-once",
            "no-tie-break",
            "tell-only-the-sender"
        ]
    ),
    parameters: &[Parameter {
        name: "balance",
        label: "balance of the account at the start",
        unit: Unit::Count,
        min: 0,
        max: 1_000_000,
        default: 1_000,
    }],
    scenarios: &[
        "deposit-and-interest",
        "three-replicas",
        "workload",
        "overtaken",
        "silent",
        "deliver-at-once",
        "no-tie-break",
        "tell-only-the-sender",
    ],
    properties: &[
        Property::always(SAME_ORDER, deliver_in_the_same_order),
        Property::eventually(DELIVERED, all_is_delivered),
        Property::eventually(SAME_BALANCE, balances_agree),
    ],
    costs: &[Cost {
        what: "messages in all",
        formula: "n(n − 1) × multicasts",
        relation: Relation::Exactly,
        count: messages,
        when: "when all has arrived: n − 1 copies, and each of those who get one tells all others",
    }],
    bugs: &[
        Bug {
            id: "deliver-at-once",
            title: "the head of the queue is delivered at once",
            lesson: "The head of my queue is the first that I know of. Somebody else may have sent something earlier that is still under way.",
            breaks: SAME_ORDER,
            scenario: "deliver-at-once",
        },
        Bug {
            id: "no-tie-break",
            title: "equal numbers are queued as they come",
            lesson: "Numbers alone leave concurrent messages equal. Any rule that all apply alike breaks the tie, and the order of arrival is none.",
            breaks: SAME_ORDER,
            scenario: "no-tie-break",
        },
        Bug {
            id: "tell-only-the-sender",
            title: "only the sender is told that a message has arrived",
            lesson: "Everybody has to know that nothing earlier can come from anybody. What is told to the sender alone helps the sender alone.",
            breaks: DELIVERED,
            scenario: "tell-only-the-sender",
        },
    ],
    plots: &[
        Plot { title: "balance of each replica", unit: "", values: |world| plot(world, |member| member.balance) },
        Plot { title: "held back", unit: "messages", values: |world| plot(world, |member| member.queue.len() as u64) },
    ],
    milestones: &["Delivered"],
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One member of the group, with its replica of the account.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    clock: u64,
    /// What has been received and not been delivered, in the order of the stamps.
    queue: Vec<(Stamp, Change)>,
    /// The latest number heard from each member, by id.
    heard: Vec<u64>,
    /// What has been delivered, in this order.
    delivered: Vec<Stamp>,
    balance: u64,
}

/// What a message does to the account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
enum Change {
    Deposit(u32),
    /// So many per cent; what is less than 1 is not paid.
    Interest(u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// To be delivered everywhere.
    Data(Stamp, Change),
    /// I have your message, and whatever I send from now on is later than this.
    Ack(u64),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Deposit { amount: u32 },
    Interest { percent: u32 },
}

read_variants!(Request { Deposit { amount }, Interest { percent } });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// A message has been delivered, and the replica shows this now.
    Delivered { stamp: Stamp, balance: u64 },
}

impl Process for Member {
    type Message = Message;
    type Timer = Never;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        ctx.line("heard");
        let (Message::Data(Stamp { ts, .. }, _) | Message::Ack(ts)) = message;
        self.clock = self.clock.max(ts) + 1;
        let heard = &mut self.heard[from.index()];
        *heard = ts.max(*heard);
        if let Message::Data(stamp, change) = message {
            ctx.line("queue");
            self.insert(stamp, change, ctx.setup().variant("no-tie-break"));
            ctx.line("ack");
            let whom = if ctx.setup().variant("tell-only-the-sender") {
                ctx.send(from, Message::Ack(self.clock));
                "the sender"
            } else {
                ctx.broadcast(Message::Ack(self.clock));
                "all"
            };
            ctx.note(format_args!("{} queues {stamp} and tells {whom} that it has it.", self.me));
        }
        self.deliver(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        ctx.line("send");
        self.clock += 1;
        let stamp = Stamp { ts: self.clock, id: self.me };
        let change = match request {
            Request::Deposit { amount } => Change::Deposit(amount),
            Request::Interest { percent } => Change::Interest(percent),
        };
        self.insert(stamp, change, ctx.setup().variant("no-tie-break"));
        ctx.note(format_args!("{} stamps it {stamp}, sends it to all and queues its own copy.", self.me));
        ctx.broadcast(Message::Data(stamp, change));
        self.deliver(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        let ready = |request: Request| Offer::ready(Self::label(&request).unwrap_or_default(), request);
        let field = |name, label, unit, max, default| Field { name, label, unit, min: 1, max, default };
        vec![
            ready(Request::Deposit { amount: 100 }),
            ready(Request::Interest { percent: 1 }),
            Offer::form("Deposit another amount", "Deposit", vec![field("amount", "amount", "", 1_000_000, 50)]),
        ]
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        match request {
            Request::Deposit { amount: 1..=1_000_000 } | Request::Interest { percent: 1..=100 } => Ok(()),
            Request::Deposit { .. } => Err("An amount is a number from 1 to 1000000.".into()),
            Request::Interest { .. } => Err("An interest is from 1 to 100 per cent.".into()),
        }
    }

    fn status(&self) -> Status {
        let status = |tone| Status::new(format!("balance {}", self.balance), tone);
        let Some((head, _)) = self.queue.first() else { return status(Tone::Idle) };
        let missing: Vec<String> = self.silent(*head).map(|node| node.to_string()).collect();
        status(Tone::Waiting).detail(format!("holds {head} back for {}", missing.join(", ")))
    }

    /// For those of whom it has heard nothing later than the head of its queue.
    fn waits_for(&self) -> Vec<Wait> {
        let head = self.queue.first().map(|(head, _)| *head);
        let silent = head.into_iter().flat_map(|head| self.silent(head));
        silent.map(|node| Wait::node(node, "something later")).collect()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Data(Stamp { ts, id }, Change::Deposit(_)) => format!("DEPOSIT {ts}·{id}"),
            Message::Data(Stamp { ts, id }, Change::Interest(_)) => format!("INTEREST {ts}·{id}"),
            Message::Ack(ts) => format!("ACK {ts}"),
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Deposit { amount } => format!("Deposit {amount}"),
            Request::Interest { percent } => format!("Pay {percent} % interest"),
        })
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let heard = vec![0; setup.nodes.len()];
        Self { me, clock: 0, queue: vec![], heard, delivered: vec![], balance: setup.span("balance").0 }
    }

    fn insert(&mut self, stamp: Stamp, change: Change, as_they_come: bool) {
        let later = |(other, _): &(Stamp, Change)| if as_they_come { other.ts > stamp.ts } else { *other > stamp };
        let place = self.queue.iter().position(later).unwrap_or(self.queue.len());
        self.queue.insert(place, (stamp, change));
    }

    /// Who may still send something earlier than this: all but this process and the sender, unless they were heard later.
    fn silent(&self, head: Stamp) -> impl Iterator<Item = NodeId> {
        let heard = self.heard.iter().enumerate();
        let stamps = heard.map(|(index, &ts)| Stamp { ts, id: NodeId(index as u32) });
        let me = self.me;
        stamps.filter(move |last| last.id != me && last.id != head.id && *last < head).map(|last| last.id)
    }

    fn deliver(&mut self, ctx: &mut Context<'_, Self>) {
        while let Some(&(head, change)) = self.queue.first() {
            let me = self.me;
            if let Some(node) = self.silent(head).next()
                && !ctx.setup().variant("deliver-at-once")
            {
                return ctx.note(format_args!("{me} holds {head} back: something earlier can still come from {node}."));
            }
            ctx.line("deliver");
            self.queue.remove(0);
            self.delivered.push(head);
            let more = match change {
                Change::Deposit(amount) => u64::from(amount),
                Change::Interest(percent) => self.balance.saturating_mul(u64::from(percent)) / 100,
            };
            self.balance = self.balance.saturating_add(more);
            ctx.note(format_args!("{me} delivers {head}. Its replica shows {} now.", self.balance));
            ctx.output(Output::Delivered { stamp: head, balance: self.balance });
        }
    }
}

// What is judged, counted and plotted.

/// Of any two sequences, one is the beginning of the other.
fn deliver_in_the_same_order(world: &World) -> Result<(), Violation> {
    let mut longest: Option<(NodeId, &Member)> = None;
    for (id, member) in world.live::<Member>() {
        let Some((other, most)) = longest else {
            longest = Some((id, member));
            continue;
        };
        let pairs = member.delivered.iter().zip(&most.delivered);
        if let Some((mine, theirs)) = pairs.into_iter().find(|(mine, theirs)| mine != theirs) {
            let why = format!("Where {id} has delivered {mine}, {other} has delivered {theirs}.");
            return Err(Violation::new(why, [id, other]));
        }
        if member.delivered.len() > most.delivered.len() {
            longest = Some((id, member));
        }
    }
    Ok(())
}

fn all_is_delivered(world: &World) -> Result<(), Violation> {
    match world.live::<Member>().find_map(|(id, member)| Some((id, member.queue.first()?.0))) {
        Some((id, head)) => Err(Violation::new(format!("{id} holds {head} back."), [id])),
        None if world.flights().next().is_some() => Err(Violation::new("Messages are under way.", [])),
        None => Ok(()),
    }
}

fn balances_agree(world: &World) -> Result<(), Violation> {
    let mut members = world.live::<Member>();
    let Some((first, replica)) = members.next() else { return Ok(()) };
    match members.find(|(_, other)| other.balance != replica.balance) {
        None => Ok(()),
        Some((id, other)) => {
            let why = format!("{first} shows {}, and {id} shows {}.", replica.balance, other.balance);
            Err(Violation::new(why, [first, id]))
        }
    }
}

fn messages(world: &World) -> Option<(u64, u64)> {
    let n = world.setup().nodes.len() as u64;
    let (sent, tally) = (world.tally().sent("Data"), world.tally());
    let counts = world.flights().next().is_none() && world.broken_assumption().is_none() && sent > 0;
    // A multicast is n − 1 copies.
    counts.then(|| (tally.sent_in_all(), n * sent))
}

fn plot(world: &World, value: fn(&Member) -> u64) -> Vec<(String, i64)> {
    let members = world.processes::<Member>();
    members.map(|(id, member)| (world.name(id).to_owned(), value(member).cast_signed())).collect()
}
