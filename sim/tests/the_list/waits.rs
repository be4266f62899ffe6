//! `waits_for` against the truth: whom the overlay "why is it waiting?" names.
//!
//! In a state in which no message is in flight, p waits for q if an event at q lets p go on. Taken literally, in the
//! states that a bounded walk reaches (with the faults that the algorithm bears). What lets p go on is a chain: an event of
//! a user, a timer or a recovery, the messages that it sends, those that their receipts send, up to one that p receives.
//!
//! - *Only who waits names anybody*: the node, or the part that waits, says so by its tone.
//! - *Nobody is named in vain*: after a few such events q is taken off p's list by a chain that passes through q; a wait
//!   on p's own node ends by some event there. Not asked where the names lead into a cycle, because then nobody goes on,
//!   nor where q is down for good.
//! - *Nobody is left out*: a chain that takes somebody off p's list passes through them all, and one by which p goes on
//!   altogether passes through somebody whom p has named. And if no chain of names leads from p to q, then p goes on in
//!   some continuation in which q does nothing of its own accord: it answers what it receives, and no more. (A part that
//!   waits for a resource names who holds it, not who stands before it in the queue: there it is enough that the list
//!   changes.)
//!
//! Where a token is looked for, or a queue is kept by somebody else, who waits cannot know whose turn comes before its
//! own. There it is enough that somebody whom it names ends the wait ([`KNOWS_ONLY_WHOM_TO_ASK`]).
//! Where a message was lost that must not be, nobody need ever go on, and nothing is asked.

use crate::{Case, again, algorithms, all_right, claims::plain, deep};
use sim::{
    Algorithm, Assumption, Effect, Event, Life, MessageId, Mode, NodeId, PartId, Tone, Wait,
    algorithm::{Faults, Kind, NodeShape, Timing},
    scenario::FileEvent,
    testing::Bench,
};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// Events of users, timers and recoveries after which whoever waits should have gone on.
const ROUNDS: u32 = 4;

/// Events of one round: a token can go round for ever.
const LONGEST_ROUND: u32 = 60;

/// Who waits, or is waited for: a process, or a part of a node.
type Party = (NodeId, Option<PartId>);
/// One wait: whose, and for whom.
type Edge = (Party, Party);
type Waits = BTreeSet<Edge>;
/// The nodes that a chain of events passes through.
type Nodes = BTreeSet<NodeId>;

#[test]
fn who_waits_names_exactly_whom_it_waits_for() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        let mut walk = Walk::new(algorithm);
        let mut somebody_waits = false;
        for (start, bench) in starts(algorithm) {
            walk.start = start;
            walk.all(bench, if deep() { 30_000 } else { 1_200 });
            let quiet = std::mem::take(&mut walk.quiet);
            somebody_waits |= !quiet.is_empty();
            for (bench, run) in quiet.iter().take(if deep() { 1_000 } else { 50 }) {
                walk.judge(bench, run);
            }
        }
        let how = again(algorithm.id, "who_waits");
        walk.faults.sort_by_key(String::len);
        faults.extend(walk.faults.iter().take(2).map(|fault| format!("{}/{fault}; {how}", algorithm.id)));
        // Where nobody crashes and nothing is lost, it may be that all who wait wait for a message that is under way.
        somebody_waits |= walk.under_way && !walk.nameless;
        // On a bench the user decides who goes on.
        let runs = algorithm.kind == Kind::Algorithm;
        if runs && WAITING.contains(&algorithm.family()) && !somebody_waits {
            faults.push(format!("{}: the walk reaches nobody who waits, so nothing was tested; {how}", algorithm.id));
        }
    }
    all_right(&faults);
}

/// Families in which somebody waits for somebody.
const WAITING: [&str; 3] = ["mutex", "election", "deadlock"];

/// Algorithms in which who waits knows whom it has asked, and not who goes first.
const KNOWS_ONLY_WHOM_TO_ASK: [&str; 9] = [
    "deadlock/lock-workload",
    "deadlock/detect-centralized",
    "deadlock/detect-hierarchical",
    "deadlock/detect-wfg-pex",
    "mutex/centralized",
    "mutex/suzuki-kasami",
    "mutex/raymond",
    "mutex/token-ring",
    "mutex/maekawa",
];

/// Three plain nodes, and the small scenarios: some algorithms need a configuration before anybody waits.
fn starts(algorithm: &'static Algorithm) -> Vec<(&'static str, Bench)> {
    let cases = algorithm.scenarios.iter().filter_map(|name| Case::read(algorithm, name).ok());
    let small = cases.map(|case| case.variant(None)).filter(|case| case.scenario.nodes.count() <= 4);
    let benches = small.filter_map(|case| Some((case.name, case.bench().ok()?)));
    plain(algorithm, 3, 1).map(|bench| ("(three nodes)", bench)).into_iter().chain(benches).collect()
}

/// What may still be done on one path of the walk.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Budget {
    requests: u32,
    crashes: u32,
}

struct Walk {
    /// The name of the scenario.
    start: &'static str,
    mode: Mode,
    budget: Budget,
    /// States without a message in flight in which somebody waits, with the way there.
    quiet: Vec<(Bench, Vec<Event>)>,
    /// Whether somebody shows that it waits while a message is in flight.
    under_way: bool,
    /// Whether somebody shows that it waits while none is, and names nobody, though no assumption is broken.
    nameless: bool,
    faults: Vec<String>,
}

impl Walk {
    fn new(algorithm: &Algorithm) -> Self {
        let assumes = algorithm.assumes;
        let mode = match assumes.timing {
            Timing::Bounded => Mode::TimeoutsLongEnough,
            Timing::Asynchronous => Mode::Untimed,
        };
        let budget = Budget { requests: 4, crashes: u32::from(assumes.faults != Faults::None) };
        Self { start: "", mode, budget, quiet: vec![], under_way: false, nameless: false, faults: vec![] }
    }

    /// Walks every interleaving, breadth first, up to so many states.
    fn all(&mut self, start: Bench, limit: usize) {
        let mut known = HashSet::from([(start.world.state_key(self.mode), self.budget)]);
        let mut queue = VecDeque::from([(start, self.budget, vec![])]);
        while let Some((mut bench, budget, run)) = queue.pop_front() {
            for (event, left) in self.moves(&mut bench, budget) {
                let next = after(&bench, event);
                let mut longer = run.clone();
                longer.push(event);
                if known.len() >= limit || !known.insert((next.world.state_key(self.mode), left)) {
                    continue;
                }
                let lost = next.world.breaches().iter().any(|(broken, _)| *broken == Assumption::NoLoss);
                let quiet = next.world.flights().next().is_none();
                let names = !waits(&next).is_empty();
                if quiet && names && !lost {
                    self.quiet.push((next.clone(), longer.clone()));
                }
                let waiting = next.world.members().iter().any(|&node| shows_waiting(&next, node, None));
                self.under_way |= waiting && !quiet;
                self.nameless |= waiting && quiet && !names && next.world.broken_assumption().is_none();
                queue.push_back((next, left, longer));
            }
        }
    }

    /// What can be done next, with what may still be done after it.
    fn moves(&self, bench: &mut Bench, budget: Budget) -> Vec<(Event, Budget)> {
        let mut moves = Vec::new();
        if budget.requests > 0 {
            let left = Budget { requests: budget.requests - 1, ..budget };
            moves.extend(bench.ready_requests().into_iter().map(|event| (event, left)));
        }
        let recovers = bench.world.setup().algorithm.assumes.faults == Faults::CrashRecovery;
        for &node in bench.world.members() {
            let possible = |event: Event| bench.world.refusal(event, &bench.payloads).is_none();
            if budget.crashes > 0 && possible(Event::Crash(node)) {
                moves.push((Event::Crash(node), Budget { crashes: budget.crashes - 1, ..budget }));
            }
            if recovers && possible(Event::Recover(node)) {
                moves.push((Event::Recover(node), budget));
            }
        }
        moves.extend(bench.world.enabled(self.mode).into_iter().map(|event| (event, budget)));
        moves
    }

    /// A chain that has taken somebody off p's list at this delivery passes through them, or, where p goes on altogether,
    /// through somebody whom p has named.
    fn compare(&mut self, before: &Bench, after: &Bench, p: NodeId, chain: &Nodes, run: &[Event]) {
        let (old, new) = (names(before, p), names(after, p));
        let name = |node: &NodeId| before.world.name(*node).to_owned();
        // Who was made to give way has not gone on, and could not know by whom.
        if after.step.outputs().any(|output| output.kind() == "GivesWay") {
            return;
        }
        // At a site it is the parts that wait; its own tone sums them up.
        let site = before.world.setup().algorithm.node_shape == NodeShape::Site;
        let waiting = |bench: &Bench| !site && shows_waiting(bench, p, None) || !names(bench, p).is_empty();
        let went_on = waiting(before) && !waiting(after);
        let by_whom: Vec<String> = chain.iter().map(name).collect();
        if went_on && !old.contains(&p) && old.is_disjoint(chain) {
            self.fault(&format!("{} goes on by {by_whom:?}, of whom it has named nobody", name(&p)), before, run);
        }
        if let Some(other) = old.difference(&new).find(|q| !chain.contains(q) && **q != p).filter(|_| !went_on) {
            self.fault(&format!("{} stops naming {} by {by_whom:?}", name(&p), name(other)), before, run);
        }
    }

    fn fault(&mut self, what: &str, bench: &Bench, run: &[Event]) {
        let events: Vec<FileEvent> = run.iter().map(|&event| FileEvent::of(event, &bench.payloads)).collect();
        let run = serde_json::to_string(&events).unwrap_or_default();
        self.faults.push(format!("{}: {what}, after {run}", self.start));
    }

    /// The rules in one state without messages.
    fn judge(&mut self, bench: &Bench, run: &[Event]) {
        let waits = waits(bench);
        let name = |node: NodeId| bench.world.name(node).to_owned();
        let only_asked = KNOWS_ONLY_WHOM_TO_ASK.contains(&bench.world.setup().algorithm.id);
        if only_asked && bench.world.members().iter().any(|&node| is_dead(bench, node)) {
            // Whoever is down for good may be the one before it in the line.
            return;
        }
        for &edge in &waits {
            let ((p, part), (q, _)) = edge;
            if !shows_waiting(bench, p, part) {
                self.fault(&format!("{} names {} and does not show that it waits", name(p), name(q)), bench, run);
            }
            let asked = !is_dead(bench, q) && !reaches_a_cycle(&waits, edge.0);
            let ends = |edge: Edge| {
                self.goes_on(bench, None, |before, after, at, chain| ended(edge, before, after, at, chain))
            };
            let others = waits.iter().filter(|other| only_asked && other.0 == edge.0);
            if asked && !ends(edge) && !others.copied().any(ends) {
                self.fault(&format!("{} names {1}, and nothing through {1} ends that", name(p), name(q)), bench, run);
            }
        }
        let who: BTreeSet<Party> = waits.iter().map(|(who, _)| *who).collect();
        for party in who.into_iter().filter(|_| !only_asked) {
            let reached: Nodes = reach(&waits, party).into_iter().map(|(node, _)| node).collect();
            if reaches_a_cycle(&waits, party) || reached.iter().any(|&q| is_dead(bench, q)) {
                continue;
            }
            let (p, part) = party;
            let free = |after: &Bench| {
                let now = self::waits(after);
                let mut old = waits.iter().filter(|edge| edge.0 == party);
                if part.is_some() {
                    old.any(|edge| !now.contains(edge))
                } else {
                    now.iter().all(|edge| edge.0 != party)
                }
            };
            for &q in bench.world.members().iter().filter(|&&q| q != p && !reached.contains(&q)) {
                if !self.goes_on(bench, Some(q), |_, after, _, _| free(after)) {
                    let what = format!("{} cannot go on without {}, whom no chain of names leads to", name(p), name(q));
                    self.fault(&what, bench, run);
                }
            }
        }
        self.judge_first_steps(bench, run);
    }

    /// What each chain that can begin now takes off the lists.
    fn judge_first_steps(&mut self, bench: &Bench, run: &[Event]) {
        let mut bench = bench.clone();
        for (event, _) in self.moves(&mut bench, self.budget) {
            let mut longer = run.to_vec();
            longer.push(event);
            let mut found = Vec::new();
            round(&bench, event, |before, after, at, chain| {
                // The first of a chain is an event of its own node: what p does by itself is p's business.
                if chain.len() > 1 || !chain.contains(&at) {
                    found.push((before.clone(), after.clone(), at, chain.clone()));
                }
                false
            });
            for (before, after, at, chain) in found {
                self.compare(&before, &after, at, &chain, &longer);
            }
        }
    }

    /// Whether `reached` becomes true in some continuation, with one node that does nothing of its own accord.
    fn goes_on(
        &self,
        start: &Bench,
        frozen: Option<NodeId>,
        reached: impl Fn(&Bench, &Bench, NodeId, &Nodes) -> bool,
    ) -> bool {
        let budget = Budget { requests: ROUNDS, crashes: 0 };
        let mut known = HashSet::from([start.world.state_key(self.mode)]);
        let mut queue = VecDeque::from([(start.clone(), 0)]);
        while let Some((mut bench, depth)) = queue.pop_front() {
            for (event, _) in self.moves(&mut bench, budget) {
                if frozen.is_some_and(|node| happens_at(&bench, event) == Some(node)) {
                    continue;
                }
                let Some(now) = round(&bench, event, &reached) else { return true };
                if depth + 1 < ROUNDS && known.insert(now.world.state_key(self.mode)) {
                    queue.push_back((now, depth + 1));
                }
            }
        }
        false
    }
}

/// Takes an event and everything that follows from it, in the order of sending. `found` looks at each event with its node
/// and the nodes that its chain passes through; where it says so, the round ends and gives nothing.
fn round(start: &Bench, event: Event, mut found: impl FnMut(&Bench, &Bench, NodeId, &Nodes) -> bool) -> Option<Bench> {
    let mut chains: BTreeMap<MessageId, Nodes> = BTreeMap::new();
    let (mut now, mut next) = (start.clone(), Some(event));
    for _ in 0..LONGEST_ROUND {
        let Some(event) = next else { break };
        let node = happens_at(&now, event);
        let mut chain = match event {
            Event::Deliver(id) => chains.remove(&id).unwrap_or_default(),
            _ => Nodes::new(),
        };
        let later = after(&now, event);
        // At the end of a chain its receiver does not count: p is not among those who let p go on.
        if let Event::Deliver(_) = event
            && found(&now, &later, node?, &chain)
        {
            return None;
        }
        chain.extend(node);
        if !matches!(event, Event::Deliver(_)) && node.is_some_and(|node| found(&now, &later, node, &chain)) {
            return None;
        }
        for effect in &later.step.effects {
            if let Effect::Sent { id, .. } = effect {
                chains.insert(*id, chain.clone());
            }
        }
        now = later;
        next = first_delivery(&now);
    }
    Some(now)
}

fn after(bench: &Bench, event: Event) -> Bench {
    let mut next = bench.clone();
    next.step.recording = false;
    next.take(event);
    next
}

/// The earliest sent message that can be delivered.
fn first_delivery(bench: &Bench) -> Option<Event> {
    let free = bench.world.flights().map(|flight| Event::Deliver(flight.id));
    let possible = free.filter(|&event| bench.world.refusal(event, &bench.payloads).is_none());
    possible.min_by_key(|event| match event {
        Event::Deliver(id) => Some(*id),
        _ => None,
    })
}

fn happens_at(bench: &Bench, event: Event) -> Option<NodeId> {
    match event {
        Event::Deliver(id) => bench.world.flight(id).map(|flight| flight.to),
        Event::Fire(timer) => Some(timer.node),
        Event::Arrive(request) => Some(request.node),
        Event::Request(node, _) | Event::Crash(node) | Event::Recover(node) => Some(node),
        Event::Script(k) => happens_at(bench, bench.world.setup().script.get(k as usize)?.event),
        _ => None,
    }
}

/// Whether an event at p has ended the wait as it says: by a chain through the one it names, or at home.
fn ended(edge: Edge, before: &Bench, after: &Bench, at: NodeId, chain: &Nodes) -> bool {
    let ((p, _), (q, _)) = edge;
    at == p && (p == q || chain.contains(&q)) && waits(before).contains(&edge) && !waits(after).contains(&edge)
}

fn shows_waiting(bench: &Bench, p: NodeId, part: Option<PartId>) -> bool {
    match part {
        None => matches!(bench.world.status(p).tone, Tone::Waiting | Tone::Violated),
        Some(id) => {
            let parts = bench.world.nodes()[p.index()].process().parts();
            parts.iter().any(|part| part.id == id && matches!(part.tone, Tone::Waiting | Tone::Violated))
        }
    }
}

/// Down, and cannot come back.
fn is_dead(bench: &Bench, node: NodeId) -> bool {
    let node = &bench.world.nodes()[node.index()];
    let recovers = bench.world.setup().algorithm.assumes.faults == Faults::CrashRecovery;
    node.life() == Life::Down && !(recovers && node.can_recover())
}

fn waits(bench: &Bench) -> Waits {
    let up = bench.world.members().iter().filter(|node| bench.world.nodes()[node.index()].life() == Life::Up);
    let lists = up.map(|&node| (node, bench.world.nodes()[node.index()].process().waits_for()));
    let edge = |node: NodeId, wait: Wait| ((node, wait.part), (wait.on, wait.on_part));
    lists.flat_map(|(node, waits)| waits.into_iter().map(move |wait| edge(node, wait))).collect()
}

/// The nodes that a node names.
fn names(bench: &Bench, p: NodeId) -> Nodes {
    waits(bench).into_iter().filter(|((who, _), _)| *who == p).map(|(_, (on, _))| on).collect()
}

/// To whom a chain of names leads.
fn reach(waits: &Waits, from: Party) -> BTreeSet<Party> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(party) = open.pop() {
        let named = waits.iter().filter(|(who, _)| *who == party).map(|(_, on)| *on);
        open.extend(named.filter(|&next| reached.insert(next)));
    }
    reached
}

/// Whether a chain of names comes back to somebody whom it has passed.
fn reaches_a_cycle(waits: &Waits, from: Party) -> bool {
    let reached = reach(waits, from);
    reached.iter().chain([&from]).any(|&party| reach(waits, party).contains(&party))
}
