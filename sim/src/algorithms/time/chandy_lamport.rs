//! Chandy and Lamport's snapshot: the state of a system that never stands still, put together from states that were
//! recorded at different moments. Whoever records sends a marker on every channel at once, and what comes in between its own
//! record and the marker of a channel was under way. The application on top moves money, so that everybody can add up.

use crate::{
    Algorithm, Cause, Context, Micros, NodeId, Offer, Order, Process, Property, Setup, Status, Step, Tone, View,
    Violation, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Links, Parameter, Plot, Relation, Timing, Unit},
    process::Field,
    property::Monitor,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const CONSERVED: &str = "a complete snapshot shows exactly the money that there is";
const CONSISTENT: &str = "nothing that was sent after the snapshot is received before it";
const COMPLETE: &str = "a snapshot that was started is completed";
/// As many peers have a button each; for more there is only the form.
const MOST_BUTTONS: usize = 8;
/// What a button pays, where there is as much.
const USUAL_AMOUNT: u32 = 10;

/// Chandy and Lamport's snapshot, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/chandy-lamport",
    title: "Chandy–Lamport snapshot",
    summary: "A picture of a system that never stands still: record, send markers, keep what was under way.",
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Fifo,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    sources: &[
        "K. M. Chandy and L. Lamport, Distributed Snapshots: Determining Global States of Distributed Systems, ACM Transactions on Computer Systems 3(1), 1985, pages 63–75",
        "T. H. Lai and T. H. Yang, On Distributed Snapshots, Information Processing Letters 25(3), 1987: the two colours of messages, by which the cut is judged here",
    ],
    texts: texts!(
        "time/chandy-lamport",
        "chandy_lamport",
        [
            "two-accounts",
            "money-moves",
            "never-existed",
            "two-starters",
            "marker-overtakes",
            "payment-overtakes",
            "crash",
            "late-markers",
            "forget-channels"
        ]
    ),
    parameters: &[Parameter {
        name: "balance",
        label: "money of each process at the start",
        unit: Unit::Count,
        min: 0,
        max: 1_000_000,
        default: 100,
    }],
    scenarios: &[
        "two-accounts",
        "money-moves",
        "never-existed",
        "two-starters",
        "marker-overtakes",
        "payment-overtakes",
        "crash",
        "late-markers",
        "forget-channels",
    ],
    properties: &[
        Property::always(CONSERVED, shows_all_money),
        Property::monitor::<ConsistentCut>(CONSISTENT),
        Property::eventually(COMPLETE, is_completed),
    ],
    costs: &[Cost {
        what: "markers",
        formula: "n(n − 1)",
        relation: Relation::Exactly,
        count: |world| {
            let n = world.setup().nodes.len() as u64;
            let counts = recorded_total(world).is_some() && world.broken_assumption().is_none();
            counts.then(|| (world.tally().sent("Marker"), n * (n - 1)))
        },
        when: "when the snapshot is complete: one on every channel, whoever started it and however many did",
    }],
    bugs: &[
        Bug {
            id: "late-markers",
            title: "markers are sent some time after the record",
            lesson: "What is paid between the record and its marker is counted twice: it had not left when the sender recorded, and has arrived when the receiver does.",
            breaks: CONSERVED,
            scenario: "late-markers",
        },
        Bug {
            id: "forget-channels",
            title: "what arrives after the record is not kept",
            lesson: "Money under way is in nobody's balance. Without the states of the channels it is missing.",
            breaks: CONSERVED,
            scenario: "forget-channels",
        },
    ],
    plots: &[Plot { title: "money", unit: "", values: plot }],
    milestones: &["Recorded", "Finished"],
    records: Some("Recorded"),
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

/// One process: its account, and its part of the snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    balance: u32,
    /// Its balance in the snapshot, once it has recorded.
    recorded: Option<u32>,
    /// The channels that lead here, by their senders. There is none from itself: that one is closed from the start.
    channels: Vec<Channel>,
}

/// A channel in the snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Channel {
    /// Whether its marker has come.
    closed: bool,
    /// What was under way on it.
    money: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    Money {
        amount: u32,
        /// Whether its sender had recorded. No rule looks at it: the cut is judged by it.
        after: bool,
    },
    Marker,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// Only with the planted bug.
    SendMarkers,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Pay { to: NodeId, amount: u32 },
    Snapshot,
}

read_variants!(Request { Pay { to, amount }, Snapshot });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It has recorded its balance.
    Recorded,
    /// It has the states of all channels that lead to it.
    Finished,
}

impl Process for Member {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Money { amount, .. } => self.receive_money(from, amount, ctx),
            Message::Marker => self.receive_marker(from, ctx),
        }
    }

    fn on_timer(&mut self, Timer::SendMarkers: Timer, ctx: &mut Context<'_, Self>) {
        self.send_markers(ctx);
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Some(refusal) = self.refusal(&request) {
            return ctx.note(refusal);
        }
        match request {
            Request::Pay { to, amount } => {
                ctx.line("pay");
                self.balance -= amount;
                ctx.note(format_args!("{} pays {amount} to {to} and has {} left.", self.me, self.balance));
                ctx.send(to, Message::Money { amount, after: self.recorded.is_some() });
            }
            Request::Snapshot => {
                ctx.line("start");
                ctx.note(format_args!("{} starts the snapshot and records its balance, {}.", self.me, self.balance));
                self.record(ctx);
                self.finish(ctx);
            }
        }
    }

    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let amount = self.balance.min(USUAL_AMOUNT);
        let peers: Vec<NodeId> = view.members.iter().copied().filter(|&peer| peer != self.me).collect();
        let mut requests = vec![];
        if peers.len() <= MOST_BUTTONS {
            requests.extend(peers.iter().map(|&to| Request::Pay { to, amount }));
        }
        requests.push(Request::Snapshot);
        let offer = |request: Request| {
            let refusal = self.refusal(&request);
            let label = Self::label(&request).unwrap_or_default();
            Offer::ready(label, request).refused_if(refusal.is_some(), refusal.unwrap_or_default())
        };
        let mut offers: Vec<Offer<Request>> = requests.into_iter().map(offer).collect();
        if let (Some(first), Some(last)) = (peers.first(), peers.last()) {
            let field = |name, label, (min, max)| Field { name, label, unit: "", min, max, default: min };
            let fields = vec![
                field("to", "to process number", (first.0.into(), last.0.into())),
                field("amount", "amount", (1, i64::from(self.balance.max(1)))),
            ];
            offers.push(
                Offer::form("Pay another amount", "Pay", fields)
                    .refused_if(self.balance == 0, format!("{} has nothing left.", self.me)),
            );
        }
        offers
    }

    fn check(&self, request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal(request).map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        let open = self.open().count();
        let status = |tone| Status::new(format!("has {}", self.balance), tone);
        let Some(recorded) = self.recorded else { return status(Tone::Idle) };
        let under_way = self.under_way();
        let under_way = if under_way > 0 { format!(" and {under_way} under way") } else { String::new() };
        let status = status(if open > 0 { Tone::Waiting } else { Tone::Done });
        let markers = match open {
            0 => String::new(),
            1 => ", 1 marker missing".into(),
            more => format!(", {more} markers missing"),
        };
        status.detail(format!("recorded {recorded}{under_way}{markers}"))
    }

    fn waits_for(&self) -> Vec<Wait> {
        let waits = self.recorded.is_some();
        self.open().filter(|_| waits).map(|node| Wait::node(node, "its MARKER")).collect()
    }

    fn telling(message: &Message) -> String {
        match message {
            Message::Money { amount, .. } => format!("MONEY {amount}"),
            Message::Marker => "MARKER".into(),
        }
    }

    fn label(request: &Request) -> Option<String> {
        Some(match request {
            Request::Pay { to, amount } => format!("Pay {amount} to {to}"),
            Request::Snapshot => "Start the snapshot".into(),
        })
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        let channel = |node| Channel { closed: node == me.0, money: vec![] };
        Self {
            me,
            balance: setup.parameter("balance") as u32,
            recorded: None,
            channels: (0..setup.nodes.len() as u32).map(channel).collect(),
        }
    }

    /// Whose markers are missing.
    fn open(&self) -> impl Iterator<Item = NodeId> {
        let channels = self.channels.iter().enumerate();
        channels.filter(|(_, channel)| !channel.closed).map(|(index, _)| NodeId(index as u32))
    }

    /// The money on the channels that lead here, in the snapshot.
    fn under_way(&self) -> u64 {
        self.channels.iter().flat_map(|channel| &channel.money).map(|&amount| u64::from(amount)).sum()
    }

    fn refusal(&self, request: &Request) -> Option<String> {
        let me = self.me;
        match *request {
            Request::Pay { to, .. } if to == me || to.index() >= self.channels.len() => {
                Some(format!("{me} can pay to another process only."))
            }
            Request::Pay { amount, .. } if amount == 0 || amount > self.balance => {
                Some(format!("{me} has {} and cannot pay {amount}.", self.balance))
            }
            Request::Snapshot if self.recorded.is_some() => Some(format!("{me} has recorded already.")),
            _ => None,
        }
    }

    fn record(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("record");
        self.recorded = Some(self.balance);
        ctx.output(Output::Recorded);
        if ctx.setup().variant("late-markers") {
            ctx.note(format_args!("{} will send its markers a little later.", self.me));
            ctx.set_timer(Micros::from_millis(5), Timer::SendMarkers);
        } else {
            self.send_markers(ctx);
        }
    }

    fn send_markers(&self, ctx: &mut Context<'_, Self>) {
        ctx.line("markers");
        ctx.note(format_args!("{} sends a marker on every channel: what comes behind it was sent later.", self.me));
        ctx.broadcast(Message::Marker);
    }

    fn receive_money(&mut self, from: NodeId, amount: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("money");
        self.balance = self.balance.saturating_add(amount);
        ctx.note(format_args!("{} has {} now.", self.me, self.balance));
        let channel = &mut self.channels[from.index()];
        if self.recorded.is_none() || channel.closed || ctx.setup().variant("forget-channels") {
            return;
        }
        ctx.line("under-way");
        channel.money.push(amount);
        ctx.note(format_args!(
            "{} has recorded, and no marker of {from} has come: this {amount} was under way.",
            self.me
        ));
    }

    fn receive_marker(&mut self, from: NodeId, ctx: &mut Context<'_, Self>) {
        ctx.line("marker");
        self.channels[from.index()].closed = true;
        let me = self.me;
        if self.recorded.is_none() {
            ctx.note(format_args!(
                "The first marker reaches {me}. It records its balance, {}; the channel from {from} is empty.",
                self.balance
            ));
            self.record(ctx);
        } else {
            let kept: Vec<String> = self.channels[from.index()].money.iter().map(u32::to_string).collect();
            let kept = if kept.is_empty() { "nothing".to_owned() } else { kept.join(" and ") };
            ctx.note(format_args!("The channel from {from} to {me} is complete: {kept} was under way on it."));
        }
        self.finish(ctx);
    }

    fn finish(&self, ctx: &mut Context<'_, Self>) {
        if self.open().next().is_none() {
            ctx.line("done");
            ctx.note(format_args!("{} has all markers: its part of the snapshot is complete.", self.me));
            ctx.output(Output::Finished);
        }
    }
}

// What is judged, counted and plotted.

/// The money in the snapshot, once all have finished.
fn recorded_total(world: &World) -> Option<u64> {
    let part = |member: &Member| {
        let recorded = member.recorded.filter(|_| member.open().next().is_none())?;
        Some(u64::from(recorded) + member.under_way())
    };
    world.processes::<Member>().map(|(_, member)| part(member)).sum()
}

fn shows_all_money(world: &World) -> Result<(), Violation> {
    let setup = world.setup();
    let there_is = setup.span("balance").0 * setup.nodes.len() as u64;
    match recorded_total(world).filter(|&total| total != there_is) {
        None => Ok(()),
        Some(total) => Err(Violation::new(format!("The snapshot shows {total}, and there is {there_is}."), [])),
    }
}

fn is_completed(world: &World) -> Result<(), Violation> {
    let mut members = world.processes::<Member>();
    let started = world.processes::<Member>().any(|(_, member)| member.recorded.is_some());
    let unfinished = members.find(|(_, member)| member.recorded.is_none() || member.open().next().is_some());
    match unfinished.filter(|_| started) {
        None => Ok(()),
        Some((id, member)) if member.recorded.is_none() => {
            Err(Violation::new(format!("{id} has not recorded yet."), [id]))
        }
        Some((id, _)) => Err(Violation::new(format!("Markers for {id} are missing."), [id])),
    }
}

/// The cut has no receipt without its sending. Every message has the colour of its sender, and one that was sent after
/// the record of its sender must not reach a process before its own.
struct ConsistentCut;

impl Monitor for ConsistentCut {
    type State = ();

    fn observe((): &mut (), step: &Step, world: &World) -> Result<(), Violation> {
        let Cause::Message { id, payload, .. } = &step.cause else { return Ok(()) };
        let before = step.node.filter(|&to| world.process_at::<Member>(to).is_some_and(|it| it.recorded.is_none()));
        match (payload.get(), before) {
            (Some(Message::Money { after: true, .. }), Some(to)) => {
                let why = format!(
                    "{} has sent this after its record, and {to} receives it before its own: in the snapshot it arrives without having left.",
                    id.from
                );
                Err(Violation::new(why, [id.from, to]))
            }
            _ => Ok(()),
        }
    }
}

fn plot(world: &World) -> Vec<(String, i64)> {
    let members = world.processes::<Member>();
    let mut lines: Vec<(String, i64)> =
        members.map(|(id, member)| (world.name(id).to_owned(), i64::from(member.balance))).collect();
    let amounts = world.flights().map(|flight| match flight.payload.get() {
        Some(Message::Money { amount, .. }) => i64::from(*amount),
        _ => 0,
    });
    lines.push(("under way".to_owned(), amounts.sum()));
    lines
}
