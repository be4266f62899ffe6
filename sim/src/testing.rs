//! What tests of algorithms share: runs by Play, random schedules with faults, bounded exhaustive walks.
//!
//! The walk here is for tests. The search of the page has an issue of its own; both stand on [`World::enabled`] and
//! [`World::state_key`].

use crate::json::Json;
use crate::{
    Algorithm, Event, Experiment, FileError, Judge, Micros, Mode, NodeId, Payload, Payloads, Scenario, Setup, Stamping,
    Step, Verdict, World,
    experiment::{Plan, Results, Shard},
    process::Ask,
    random::{Purpose, below, draw},
};
use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

/// A world with its monitors and payloads.
#[derive(Clone)]
pub struct Bench {
    /// The world.
    pub world: World,
    /// The monitors.
    pub judge: Judge,
    /// The payloads of the events.
    pub payloads: Payloads,
    /// The latest step.
    pub step: Step,
}

impl Bench {
    /// The start of a scenario.
    pub fn new(setup: Setup) -> Self {
        Self::with(Arc::new(setup), Stamping::Lamport)
    }

    /// The start of a scenario, with the stamps that are wanted.
    pub fn with(setup: Arc<Setup>, stamping: Stamping) -> Self {
        let mut step = Step::recorder();
        let payloads = setup.payloads.clone();
        let world = World::new(setup, stamping, &mut step);
        let judge = Judge::new(world.setup().algorithm.properties, &world);
        Self { world, judge, payloads, step }
    }

    /// The start of a scenario given as JSON.
    #[allow(clippy::needless_pass_by_value)] // tests write `json!({…})` in place
    pub fn of_json(algorithm: &'static Algorithm, json: Json) -> Result<Self, FileError> {
        Ok(Self::new(Scenario::read(&json.to_string())?.prepare(algorithm)?))
    }

    /// Without the monitors that have a state of their own, which would be part of every counted state.
    #[must_use]
    pub fn without_monitors(mut self) -> Self {
        self.judge.forget_monitors();
        self
    }

    /// Takes an event; a refusal is a mistake of the test.
    pub fn take(&mut self, event: Event) -> &Step {
        if let Err(refusal) = self.world.take(event, &self.payloads, &mut self.step) {
            panic!("{event:?} was refused: {refusal}");
        }
        self.judge.observe(&self.step, &self.world);
        &self.step
    }

    /// Puts a request, given as JSON, to a node.
    pub fn ask(&mut self, node: u32, json: Json) -> &Step {
        let event = self.request(node, json);
        self.take(event)
    }

    /// The event that puts a request to a node.
    pub fn request(&mut self, node: u32, json: Json) -> Event {
        let node = NodeId(node);
        let read = self.world.node(node).map(|seat| seat.process().read_request(&json));
        match read {
            Some(Ok(request)) => Event::Request(node, self.payloads.intern(Payload::Request(json, request))),
            other => panic!("{json} is no request of {node}: {other:?}"),
        }
    }

    /// Delivers the earliest sent message of `from` to `to`.
    pub fn deliver(&mut self, from: u32, to: u32) -> &Step {
        let pair = self.world.flights().filter(|flight| flight.id.from.0 == from && flight.to.0 == to);
        let id = pair.map(|flight| flight.id).min();
        self.take(Event::Deliver(id.unwrap_or_else(|| panic!("nothing is under way from {from} to {to}"))))
    }

    /// Plays one event; whether there was one.
    pub fn play_one(&mut self) -> bool {
        let played = self.world.next(&self.payloads, &mut self.step).is_some();
        if played {
            self.judge.observe(&self.step, &self.world);
        }
        played
    }

    /// Plays until nothing can happen by itself, or `limit` events have; gives how many.
    pub fn play(&mut self, limit: u64) -> u64 {
        let mut count = 0;
        while count < limit && self.play_one() {
            count += 1;
        }
        count
    }

    /// Plays all that is due up to a time.
    pub fn play_until(&mut self, time: Micros) {
        while self.world.peek_next().is_some_and(|(_, due)| due.max(self.world.now()) <= time) {
            self.play_one();
        }
    }

    /// The verdict on the property of this name.
    pub fn verdict(&self, property: &str) -> &Verdict {
        let index = self.world.setup().algorithm.properties.iter().position(|known| known.name == property);
        &self.judge.verdicts()[index.unwrap_or_else(|| panic!("no property is called `{property}`"))]
    }

    /// The names of the properties that are broken.
    pub fn broken(&self) -> Vec<&'static str> {
        self.judged(Verdict::is_broken)
    }

    /// The names of the properties that do not hold and are not promised.
    pub fn not_promised(&self) -> Vec<&'static str> {
        self.judged(|verdict| matches!(verdict, Verdict::NotPromised(_)))
    }

    fn judged(&self, as_this: fn(&Verdict) -> bool) -> Vec<&'static str> {
        let properties = self.world.setup().algorithm.properties.iter().zip(self.judge.verdicts());
        properties.filter(|(_, verdict)| as_this(verdict)).map(|(property, _)| property.name).collect()
    }

    /// The ready requests that are not refused, as events, node by node: what a user could press.
    pub fn ready_requests(&mut self) -> Vec<Event> {
        let mut found = Vec::new();
        for &node in self.world.members() {
            let seat = &self.world.nodes()[node.index()];
            if seat.life() != crate::Life::Up || seat.is_paused() {
                continue;
            }
            for offer in seat.process().offers(&self.world.view(node)) {
                if let (None, Ask::Ready(json)) = (offer.refused, offer.ask) {
                    found.push((node, json));
                }
            }
        }
        found.into_iter().map(|(node, json)| self.request(node.0, json)).collect()
    }
}

/// What a walk has found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Distinct states.
    pub states: usize,
    /// States in which nothing is pending and no budgeted request is left.
    pub quiet: usize,
    /// Whether every reachable state was seen.
    pub complete: bool,
    /// For each property that was broken: its name and a shortest run to it.
    pub broken: Vec<(&'static str, Vec<Event>)>,
    /// The same for what did not hold and is not promised.
    pub not_promised: Vec<(&'static str, Vec<Event>)>,
}

/// Walks every reachable state, breadth first, up to `limit` states. `budget`: how often each request event may be
/// taken, at any moment at which the process does not refuse it; `u32::MAX` is as often as it does not.
pub fn explore(start: &Bench, mode: Mode, budget: &[(Event, u32)], limit: usize) -> Walk {
    struct Place {
        bench: Bench,
        left: Vec<u32>,
        run: Vec<Event>,
    }
    let key = |bench: &Bench, left: &[u32]| {
        let monitors: Vec<u128> = bench.judge.states().map(crate::Datum::fingerprint).collect();
        crate::fingerprint::fingerprint(&(bench.world.state_key(mode), monitors, left))
    };
    let left: Vec<u32> = budget.iter().map(|(_, count)| *count).collect();
    let mut walk = Walk { complete: true, ..Walk::default() };
    let mut seen: HashSet<u128> = HashSet::from([key(start, &left)]);
    let mut queue = VecDeque::from([Place { bench: start.clone(), left, run: vec![] }]);
    walk.states = 1;
    while let Some(Place { bench, left, run }) = queue.pop_front() {
        let mut moves: Vec<(Event, Option<usize>)> =
            bench.world.enabled(mode).into_iter().map(|event| (event, None)).collect();
        for (index, (event, _)) in budget.iter().enumerate() {
            if left[index] > 0 && bench.world.refusal(*event, &bench.payloads).is_none() {
                moves.push((*event, Some(index)));
            }
        }
        walk.quiet += usize::from(moves.is_empty());
        for (event, request) in moves {
            let mut next = Place { bench: bench.clone(), left: left.clone(), run: run.clone() };
            next.bench.step.recording = false;
            next.bench.take(event);
            next.run.push(event);
            if let Some(index) = request
                && next.left[index] < u32::MAX
            {
                next.left[index] -= 1;
            }
            // "Eventually" is judged when nothing can happen any more, requests in the budget included.
            for (found, names) in
                [(&mut walk.broken, next.bench.broken()), (&mut walk.not_promised, next.bench.not_promised())]
            {
                for name in names {
                    if found.iter().all(|(known, _)| *known != name) {
                        found.push((name, next.run.clone()));
                    }
                }
            }
            if !seen.insert(key(&next.bench, &next.left)) {
                continue;
            }
            walk.states += 1;
            if walk.states >= limit {
                walk.complete = false;
                return walk;
            }
            queue.push_back(next);
        }
    }
    walk
}

/// A random schedule: at each of `steps` steps one of the enabled events, a ready request, or one of `faults`.
/// Every choice depends only on `seed`. Gives the events that were taken.
pub fn random_run(
    bench: &mut Bench,
    seed: u64,
    steps: u64,
    mode: Mode,
    faults: impl Fn(&mut Bench, u64) -> Option<Event>,
) -> Vec<Event> {
    let mut taken = Vec::new();
    for k in 0..steps {
        let bits = |purpose: u64| draw(seed, Purpose::Process, (purpose, 0), k);
        let fault = if below(bits(1), 100) < 10 { faults(bench, bits(2)) } else { None };
        let request = || below(bits(3), 100) < 20;
        let enabled = bench.world.enabled(mode);
        let event = fault.or_else(|| {
            let requests = if request() || enabled.is_empty() { bench.ready_requests() } else { vec![] };
            let moves = if requests.is_empty() { &enabled } else { &requests };
            (!moves.is_empty()).then(|| moves[below(bits(4), moves.len() as u64) as usize])
        });
        let Some(event) = event else { break };
        if bench.world.refusal(event, &bench.payloads).is_some() {
            continue;
        }
        bench.take(event);
        taken.push(event);
    }
    taken
}

/// The digest of every embedded scenario after each of its first events, one line each: a run must be the same, bit for
/// bit, natively, in WASM under Node and in a browser. Every third choice is not Play's, so that picking is compared too.
pub fn digests() -> String {
    let mut lines = String::new();
    for algorithm in crate::algorithms::ALGORITHMS {
        for (name, text) in algorithm.texts.scenarios {
            let prepared = Scenario::read(text).and_then(|scenario| {
                let runs = crate::algorithms::find(&scenario.algorithm).unwrap_or(algorithm);
                scenario.prepare(runs)
            });
            match prepared {
                Ok(setup) => digest_scenario(&mut lines, &format!("{}/{name}", algorithm.id), setup),
                Err(error) => lines += &format!("{}/{name}: {error}\n", algorithm.id),
            }
        }
        for (name, text) in algorithm.texts.experiments {
            lines += &match small_results(text) {
                Ok(results) => results,
                Err(error) => format!("{}/{name}: {error}\n", algorithm.id),
            };
        }
    }
    lines
}

/// The results of an experiment's first points, each run twice: means, intervals and curves, too, are the same everywhere.
fn small_results(text: &str) -> Result<String, FileError> {
    let mut experiment = Experiment::read(text)?;
    let find = |id: &str| {
        let (topic, name) = id.rsplit_once('/')?;
        let scenarios = crate::algorithms::find(topic)?.texts.scenarios;
        scenarios.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned())
    };
    experiment.resolve(find)?;
    experiment.sweep.values.truncate(2);
    experiment.replications = 2;
    let plan = Plan::new(experiment)?;
    let outcomes: Vec<_> = (0..plan.cells()).map(|cell| Some(plan.run(cell))).collect();
    Ok(Results::new(&plan, &outcomes).to_csv() + &Shard::new(&plan, &outcomes).write() + "\n")
}

fn digest_scenario(lines: &mut String, id: &str, setup: Setup) {
    const EVENTS: u64 = 200;
    let mut bench = Bench::with(Arc::new(setup), Stamping::Vectors);
    for k in 0..EVENTS {
        let enabled = bench.world.enabled(Mode::Untimed);
        if k % 3 == 2 && !enabled.is_empty() {
            let bits = draw(k, Purpose::Process, (0, 0), 0);
            bench.take(enabled[below(bits, enabled.len() as u64) as usize]);
        } else if !bench.play_one() {
            break;
        }
        let (digest, key) = (bench.world.digest(), bench.world.state_key(Mode::Untimed));
        *lines += &format!("{id} {k} {digest:032x} {key:032x}\n");
    }
}
