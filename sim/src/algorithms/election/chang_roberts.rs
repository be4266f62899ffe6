//! Chang and Roberts' election on a ring. Messages travel one way round. Whoever starts sends its own id; a process lets
//! higher ids pass and swallows lower ones, so that only the highest comes home to its owner, who then leads and sends the
//! news round once more. A process knows its own id and its successor: neither how many there are nor who they are.

use crate::{
    Algorithm, Context, NodeId, Offer, Order, Process, Property, Setup, Status, Tone, View, Wait, World,
    algorithm::{Assumptions, Bug, Cost, Faults, Kind, Links, Membership, Plot, Relation, Timing},
    algorithms::{
        election::outcome::{self, Elector, HIGHEST, KNOWN},
        ring,
    },
    property::Violation,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const CLEAN: &str = "nobody stays a participant";

/// Chang–Roberts, as the catalogue, the page and the tests know it.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "election/chang-roberts",
    title: "Chang–Roberts ring",
    summary: "Let higher ids pass, swallow lower ones: only the highest comes home.",
    kind: Kind::Algorithm,
    assumes: Assumptions {
        links: Links::Reliable,
        order: Order::Fifo,
        timing: Timing::Asynchronous,
        faults: Faults::None,
    },
    membership: Membership::Fixed,
    sources: &[
        "E. Chang and R. Roberts, An Improved Algorithm for Decentralized Extrema-Finding in Circular Configurations of Processes, Communications of the ACM 22(5), 1979, pages 281–283",
        "G. Coulouris, J. Dollimore and T. Kindberg, Distributed Systems, 3rd edition, 2001, section 11.3: 3N − 1 messages for one starter",
        "W. R. Franklin, On an Improved Algorithm for Decentralized Extrema Finding in Circular Configurations of Processors, Communications of the ACM 25(5), 1982: N(N + 1)/2 at worst",
    ],
    texts: texts!(
        "election/chang-roberts",
        "chang_roberts",
        ["falling", "rising", "one-starter", "two-starters", "shuffled", "overtaken", "crash", "forward-all"],
        ["random-rings"]
    ),
    parameters: &[ring::PLACEMENT],
    scenarios: &["falling", "rising", "one-starter", "two-starters", "shuffled", "overtaken", "crash", "forward-all"],
    properties: &[
        Property::always(HIGHEST, outcome::only_the_highest::<Member>),
        Property::eventually(KNOWN, outcome::known_to_all::<Member>),
        Property::eventually(CLEAN, nobody_stays_a_participant),
    ],
    costs: COSTS,
    bugs: &[Bug {
        id: "forward-all",
        title: "it forwards lower ids too",
        lesson: "An id that nobody swallows comes home, whosever it is. Swallowing is what makes the one that comes home the highest.",
        breaks: HIGHEST,
        scenario: "forward-all",
    }],
    plots: &[Plot {
        title: "whom each process follows",
        unit: "id of the leader, −1 for none",
        values: outcome::leaders::<Member>,
    }],
    experiments: &["random-rings"],
    milestones: &["Elected"],
    ring: Some(ring::of),
    configure: ring::configure,
    spawn: |setup, me| Arc::new(Member::new(setup, me)),
    ..Algorithm::EMPTY
};

const COSTS: &[Cost] = &[
    Cost {
        what: "ELECTION, against the worst ring",
        formula: "n(n + 1)/2",
        relation: Relation::AtMost,
        count: |world| over(world).map(|(n, _)| (elections(world), n * (n + 1) / 2)),
        when: "when the election is over",
    },
    Cost {
        what: "ELECTION, against the mean of all rings",
        formula: "n·Hn, rounded",
        relation: Relation::OnAverage,
        count: |world| all_started(world).map(|n| (elections(world), mean(n))),
        when: ALL,
    },
    Cost {
        what: "ELECTION, against the best ring",
        formula: "2n − 1",
        relation: Relation::AtLeast,
        count: |world| all_started(world).map(|n| (elections(world), 2 * n - 1)),
        when: ALL,
    },
    Cost {
        what: "ELECTED",
        formula: "n",
        relation: Relation::Exactly,
        count: |world| over(world).map(|(n, _)| (world.tally().sent("Elected"), n)),
        when: "when the election is over",
    },
    Cost {
        what: "both, one starter, at worst",
        formula: "3n − 1",
        relation: Relation::AtMost,
        count: |world| one_started(world).map(|n| (world.tally().sent_in_all(), 3 * n - 1)),
        when: ONE,
    },
    Cost {
        what: "both, one starter, at best",
        formula: "2n",
        relation: Relation::AtLeast,
        count: |world| one_started(world).map(|n| (world.tally().sent_in_all(), 2 * n)),
        when: ONE,
    },
];

const ALL: &str = "when all have started of their own accord and the election is over";
const ONE: &str = "when one process has started and the election is over";

/// One process of the ring.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Member {
    me: NodeId,
    /// The next on the ring: the only one to whom it sends.
    next: NodeId,
    /// Whether an id that it has sent may still be on its way.
    participant: bool,
    leader: Option<NodeId>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    /// The highest id that this message has met.
    Election(NodeId),
    /// This one leads.
    Elected(NodeId),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Start,
}

read_variants!(Request { Start });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    /// It sends its id because it was asked to.
    Starts,
    /// It leads.
    Elected,
    /// It follows this one.
    Accepted(NodeId),
}

impl Process for Member {
    type Message = Message;
    type Timer = ();
    type Request = Request;
    type Output = Output;

    fn on_message(&mut self, _from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Election(id) => self.compare(id, ctx),
            Message::Elected(id) => self.hear_elected(id, ctx),
        }
    }

    fn on_request(&mut self, Request::Start: Request, ctx: &mut Context<'_, Self>) {
        if let Some(reason) = self.refusal() {
            return ctx.note(reason);
        }
        ctx.line("start");
        ctx.output(Output::Starts);
        self.stand(ctx);
    }

    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Request>> {
        vec![Offer { refused: self.refusal(), ..Offer::ready("Start an election", Request::Start) }]
    }

    fn check(&self, _request: &Request, _view: &View<'_>) -> Result<(), String> {
        self.refusal().map_or(Ok(()), Err)
    }

    fn status(&self) -> Status {
        match self.leader {
            _ if self.participant => Status::new("participant", Tone::Waiting),
            Some(leader) if leader == self.me => Status::new("leader", Tone::Active),
            Some(leader) => Status::new(format!("follows {leader}"), Tone::Idle),
            None => Status::new("knows no leader", Tone::Idle),
        }
    }

    /// The next: by it the news comes round, or does not.
    fn waits_for(&self) -> Vec<Wait> {
        if self.participant { vec![Wait::node(self.next, "the news to come round")] } else { vec![] }
    }
}

impl Elector for Member {
    fn leader(&self) -> Option<NodeId> {
        self.leader
    }
}

/// The rules, named as in the pseudocode.
impl Member {
    fn new(setup: &Setup, me: NodeId) -> Self {
        Self { me, next: ring::after(&ring::of(setup), me), participant: false, leader: None }
    }

    /// Why it cannot start an election.
    fn refusal(&self) -> Option<String> {
        match self.leader {
            _ if self.participant => Some(format!("{} takes part in an election already.", self.me)),
            Some(leader) => Some(format!("{} knows the leader: {leader}.", self.me)),
            None => None,
        }
    }

    /// Sends its own id round.
    fn stand(&mut self, ctx: &mut Context<'_, Self>) {
        self.participant = true;
        ctx.send(self.next, Message::Election(self.me));
    }

    fn compare(&mut self, id: NodeId, ctx: &mut Context<'_, Self>) {
        let me = self.me;
        if id == me {
            ctx.line("win");
            ctx.note(format_args!("{me}'s own id has come round: nobody on the ring is higher. {me} leads."));
            self.leader = Some(me);
            self.participant = false;
            ctx.output(Output::Elected);
            ctx.send(self.next, Message::Elected(me));
        } else if id > me || ctx.setup().variant("forward-all") {
            ctx.line("forward");
            ctx.note(format_args!("{me} lets {id} pass."));
            self.participant = true;
            ctx.send(self.next, Message::Election(id));
        } else if self.participant {
            ctx.line("swallow");
            ctx.note(format_args!(
                "{id} is lower than {me}, and {me} has sent a higher id already: {id} goes no further."
            ));
        } else {
            ctx.line("replace");
            ctx.note(format_args!("{id} is lower than {me}: {me} sends its own id in its place."));
            self.stand(ctx);
        }
    }

    fn hear_elected(&mut self, leader: NodeId, ctx: &mut Context<'_, Self>) {
        if leader == self.me {
            ctx.line("done");
            return ctx.note(format_args!("The news is back at {leader}: everybody knows."));
        }
        ctx.line("learn");
        self.leader = Some(leader);
        self.participant = false;
        ctx.output(Output::Accepted(leader));
        ctx.send(self.next, Message::Elected(leader));
    }
}

// Properties and costs.

fn nobody_stays_a_participant(world: &World) -> Result<(), Violation> {
    let mut open =
        outcome::of_each(world, |process| outcome::number::<Member>(process, |member| member.participant.into()));
    open.retain(|(_, participant)| *participant > 0);
    match open.first() {
        Some((first, _)) => {
            Err(Violation::new(format!("{first} is still a participant."), open.iter().map(|(id, _)| *id)))
        }
        None => Ok(()),
    }
}

/// How many processes there are, and how many of them were asked to start, once an election has run its course.
fn over(world: &World) -> Option<(u64, u64)> {
    let as_planned = world.setup().variant.is_none() && world.broken_assumption().is_none();
    let settled = world.flights().next().is_none() && world.tally().outputs("Elected") > 0;
    let n = world.members().len() as u64;
    (as_planned && settled).then(|| (n, world.tally().outputs("Starts")))
}

fn all_started(world: &World) -> Option<u64> {
    over(world).filter(|(n, starters)| n == starters).map(|(n, _)| n)
}

fn one_started(world: &World) -> Option<u64> {
    over(world).filter(|(_, starters)| *starters == 1).map(|(n, _)| n)
}

fn elections(world: &World) -> u64 {
    world.tally().sent("Election")
}

/// n·Hn, rounded to a whole number: the mean over all orders of the ids.
fn mean(n: u64) -> u64 {
    const ONE: u64 = 1 << 32;
    let sum: u64 = (1..=n).map(|k| n * ONE / k).sum();
    (sum + ONE / 2) / ONE
}
