//! How the best assignment is found: by the minimum cut for two processors, by branch and bound for more, and, where that
//! would take too long, by moving one task at a time. Each goes step by step.

use super::costs::Costs;
use crate::{
    graph::flow::{Edge, Network, Path},
    order::Order as _,
};
use serde::Serialize;

/// Assignments up to which branch and bound is tried.
pub const MOST_SEARCHED: u64 = 1 << 20;
/// Assignments up to which all of them are looked at for a proof.
pub const MOST_PROVED: u64 = 1 << 16;

/// What is being searched.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Search {
    /// Two processors: the minimum cut.
    Cut(Cut),
    /// More: one task after another is tried on each.
    Branch(Branch),
    /// Too many for that: one task is moved at a time.
    Climb(Climb),
}

/// The search for the minimum cut. Node 0 of the network is the first processor, node 1 the second, then come the tasks.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Cut {
    pub network: Network,
    pub flow: u32,
    pub paths: u32,
    /// The path that was found last.
    pub last: Option<Path>,
    /// Once no path is left: the side of the first processor.
    pub side: Option<Vec<bool>>,
}

impl Cut {
    /// The network of Stone: a task is joined to each processor by what it would cost on the other one. With `own_side` it
    /// is a mistake: by what it costs on this one.
    pub fn new(costs: &Costs, own_side: bool) -> Self {
        let all: u32 =
            costs.run.iter().flatten().flatten().sum::<u32>() + costs.pairs().map(|(.., cost)| cost).sum::<u32>();
        // More than any cut without it.
        let infinite = all + 1;
        let mut edges = vec![];
        for (a, run) in (2..).zip(&costs.run) {
            let cost = |k: usize| run[if own_side { 1 - k } else { k }].unwrap_or(infinite);
            edges.push(Edge { from: 0, to: a, there: cost(1), back: 0, flow: 0 });
            edges.push(Edge { from: a, to: 1, there: cost(0), back: 0, flow: 0 });
        }
        let talk = |(a, b, cost): (usize, usize, u32)| Edge {
            from: a as u32 + 2,
            to: b as u32 + 2,
            there: cost,
            back: cost,
            flow: 0,
        };
        edges.extend(costs.pairs().map(talk));
        let network = Network { nodes: costs.len() as u32 + 2, edges };
        Self { network, flow: 0, paths: 0, last: None, side: None }
    }

    /// What an edge can carry, "∞" where it may not be cut.
    pub fn infinite(&self) -> u32 {
        self.network.edges.iter().map(|edge| edge.there).max().unwrap_or(0)
    }

    /// One more path; false: there is none, and the cut is there.
    pub fn step(&mut self, take_back: bool) -> bool {
        self.last = self.network.augment(0, 1, take_back);
        let Some(path) = &self.last else {
            self.side = Some(self.network.side(0, take_back));
            return false;
        };
        self.flow += path.amount;
        self.paths += 1;
        true
    }

    /// The assignment that the cut says.
    pub fn on(&self) -> Vec<u32> {
        let side = self.side.iter().flatten().skip(2);
        side.map(|&first| u32::from(!first)).collect()
    }
}

/// Branch and bound: the tasks one after another, those that talk most first; each is tried on every processor.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Branch {
    /// The tasks in the order in which they are tried.
    pub order: Vec<u32>,
    /// Where the first of them are tried now.
    pub tried: Vec<u32>,
    /// Where the next one is tried next.
    next: u32,
    /// The best that was found, in the order of the tasks, and what it costs.
    pub best: Vec<u32>,
    pub cost: u32,
    /// How often something was tried, and how often that was given up at once.
    pub looked: u32,
    pub pruned: u32,
}

/// What a step of branch and bound was.
pub enum Tried {
    /// This task on this processor: it will cost at least so much, and that may still be better.
    Deeper { task: u32, on: u32, bound: u32 },
    /// The same, but the best that is known costs no more.
    Pruned { task: u32, on: u32, bound: u32 },
    /// It cannot run there.
    Impossible { task: u32, on: u32 },
    /// All tasks are placed, and it is better than what was known.
    Better { cost: u32 },
    /// All processors were tried for the next task: the one before it moves on.
    Back,
    /// Everything was tried or given up.
    Over,
}

impl Branch {
    /// Begins with what moving one task at a time finds.
    pub fn new(costs: &Costs) -> Self {
        let mut order: Vec<u32> = (0..costs.len() as u32).collect();
        let talk = |task: u32| costs.talk[task as usize].iter().sum::<u32>();
        order.order_by_key(|&task| std::cmp::Reverse(talk(task)));
        let mut climb = Climb::new();
        while climb.step(costs) != Moved::Over {}
        let (best, cost) = (climb.best, climb.cost);
        Self { order, tried: vec![], next: 0, best, cost, looked: 0, pruned: 0 }
    }

    /// One step. With `too_high` it is a mistake: the bound counts talk that need not be paid.
    pub fn step(&mut self, costs: &Costs, too_high: bool) -> Tried {
        if self.tried.len() == self.order.len() {
            return self.go_back();
        }
        let (depth, on) = (self.tried.len(), self.next);
        if on as usize >= costs.width() {
            return if depth == 0 { Tried::Over } else { self.go_back() };
        }
        let task = self.order[depth];
        self.looked += 1;
        if costs.run[task as usize][on as usize].is_none() {
            self.next += 1;
            return Tried::Impossible { task, on };
        }
        self.tried.push(on);
        let bound = self.bound(costs, too_high);
        if bound >= self.cost {
            self.tried.pop();
            (self.next, self.pruned) = (on + 1, self.pruned + 1);
            return Tried::Pruned { task, on, bound };
        }
        self.next = 0;
        if self.tried.len() < self.order.len() {
            return Tried::Deeper { task, on, bound };
        }
        self.cost = bound;
        self.best = vec![0; self.order.len()];
        for (&task, &on) in self.order.iter().zip(&self.tried) {
            self.best[task as usize] = on;
        }
        Tried::Better { cost: bound }
    }

    fn go_back(&mut self) -> Tried {
        match self.tried.pop() {
            Some(on) => {
                self.next = on + 1;
                Tried::Back
            }
            None => Tried::Over,
        }
    }

    /// What any assignment that goes on like this costs at least: what is placed, and for each other task the processor
    /// that is cheapest for it and its talk with those that are placed.
    fn bound(&self, costs: &Costs, too_high: bool) -> u32 {
        let placed = || self.order.iter().zip(&self.tried).map(|(&task, &on)| (task as usize, on));
        let talk = |task: usize, on: u32, with: usize| -> u32 {
            placed().take(with).filter(|&(_, other)| other != on).map(|(other, _)| costs.talk[task][other]).sum()
        };
        let mut sum = 0;
        for (with, (task, on)) in placed().enumerate() {
            sum += costs.run[task][on as usize].unwrap_or(0) + talk(task, on, with);
        }
        let open = &self.order[self.tried.len()..];
        for &task in open {
            let task = task as usize;
            let on = |(on, run): (u32, &Option<u32>)| Some((*run)? + talk(task, on, self.tried.len()));
            sum += (0..).zip(&costs.run[task]).filter_map(on).min().unwrap_or(0);
        }
        if too_high {
            let among = |&task: &u32| open.iter().map(|&other| costs.talk[task as usize][other as usize]).sum::<u32>();
            sum += open.iter().map(among).sum::<u32>() / 2;
        }
        sum
    }
}

/// From several starts, the one move of one task that saves most, as long as there is one.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Climb {
    /// Starts that were made: all on the first processor, all on the second…, each where it is cheapest.
    pub starts: u32,
    /// Where the tasks are now, and what that costs.
    pub on: Vec<u32>,
    pub now: u32,
    /// The best end of those before.
    pub best: Vec<u32>,
    pub cost: u32,
}

/// What a step of it was.
#[derive(PartialEq, Eq)]
pub enum Moved {
    /// A new start.
    Start,
    /// This task was moved there.
    Task { task: u32, to: u32 },
    /// No move of a single task saves anything: an end.
    Stuck,
    /// All starts were tried.
    Over,
}

impl Climb {
    /// Nothing was tried yet.
    pub fn new() -> Self {
        Self { starts: 0, on: vec![], now: 0, best: vec![], cost: u32::MAX }
    }

    fn start(&mut self, costs: &Costs) {
        let wanted = self.starts as usize;
        let place = |run: &Vec<Option<u32>>| {
            let cheapest = || (0..run.len()).filter(|&k| run[k].is_some()).min_by_key(|&k| run[k]);
            let there = Some(wanted).filter(|&k| run.get(k).is_some_and(Option::is_some));
            there.or_else(cheapest).unwrap_or(0) as u32
        };
        self.on = costs.run.iter().map(place).collect();
        self.now = costs.total(&self.on).unwrap_or(u32::MAX);
        self.starts += 1;
    }

    /// One step.
    pub fn step(&mut self, costs: &Costs) -> Moved {
        if self.on.is_empty() {
            if self.starts as usize > costs.width() {
                return Moved::Over;
            }
            self.start(costs);
            return Moved::Start;
        }
        let mut best = (self.now, 0, 0);
        for task in 0..costs.len() {
            let here = self.on[task];
            for to in (0..costs.width() as u32).filter(|&to| to != here) {
                self.on[task] = to;
                let cost = costs.total(&self.on).unwrap_or(u32::MAX);
                best = best.min((cost, task as u32, to));
            }
            self.on[task] = here;
        }
        let (cost, task, to) = best;
        if cost < self.now {
            self.on[task as usize] = to;
            self.now = cost;
            return Moved::Task { task, to };
        }
        if self.now < self.cost {
            (self.cost, self.best) = (self.now, self.on.clone());
        }
        self.on.clear();
        Moved::Stuck
    }
}

/// What looking at all assignments has shown.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Proof {
    /// How many there are, and in how many every task can run where it is.
    pub all: u64,
    pub possible: u64,
    /// The least cost, how many have it, and the next higher one.
    pub least: u32,
    pub ties: u64,
    pub next: Option<u32>,
}

impl Proof {
    /// Looks at all of them, like a counter with a digit for each task.
    pub fn of(costs: &Costs) -> Self {
        let mut proof = Self { all: costs.assignments(), possible: 0, least: u32::MAX, ties: 0, next: None };
        let mut on = vec![0; costs.len()];
        loop {
            if let Some(cost) = costs.total(&on) {
                proof.add(cost);
            }
            let Some(digit) = on.iter().position(|&k| k + 1 < costs.width() as u32) else { return proof };
            on[..digit].fill(0);
            on[digit] += 1;
        }
    }

    fn add(&mut self, cost: u32) {
        self.possible += 1;
        if cost < self.least {
            self.next = Some(self.least).filter(|_| self.ties > 0);
            (self.least, self.ties) = (cost, 1);
        } else if cost == self.least {
            self.ties += 1;
        } else if self.next.is_none_or(|next| cost < next) {
            self.next = Some(cost);
        }
    }
}
