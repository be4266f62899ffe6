//! Properties: named monitors, evaluated after every event (SEMANTICS 21).

use crate::{Assumption, Data, Datum, NodeId, Setup, Step, World};

/// Something that must hold, with a name.
pub struct Property {
    /// Its name, as a statement: "at most one process is in the critical section".
    pub name: &'static str,
    /// How it is judged.
    pub check: Check,
    /// Whether the algorithm promises it, with these parameters. What it does not promise is judged all the same, and no
    /// fault where it does not hold.
    pub promised: fn(&Setup) -> bool,
}

/// How a property is judged.
#[derive(Clone, Copy)]
pub enum Check {
    /// It must hold in every state; the error says why it does not.
    Always(fn(&World) -> Result<(), Violation>),
    /// It must hold in some state of the run.
    Sometimes(fn(&World) -> bool),
    /// It must hold when nothing can happen any more; the error says what is still missing.
    Eventually(fn(&World) -> Result<(), Violation>),
    /// A monitor with a state of its own: how it starts, what it makes of a step, and what its state says.
    Monitor(fn() -> Datum, Observe, Read),
}

/// What a monitor makes of a step: its new state, if that has changed, and whether the property holds.
pub type Observe = fn(&Datum, &Step, &World) -> (Option<Datum>, Result<(), Violation>);

/// What a monitor's state says, in a sentence; empty where there is nothing to say.
pub type Read = fn(&Datum, &World) -> String;

/// Why a property does not hold, and who is to blame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// One sentence.
    pub why: String,
    /// The nodes that show it.
    pub culprits: Vec<NodeId>,
    /// For *eventually*: it is the user's turn, so that nothing pending does not mean that it never comes.
    pub users_turn: bool,
}

impl Violation {
    /// A violation shown by these nodes.
    pub fn new(why: impl Into<String>, culprits: impl IntoIterator<Item = NodeId>) -> Self {
        Self { why: why.into(), culprits: culprits.into_iter().collect(), users_turn: false }
    }
    /// Not yet, and the user can bring it about: "P0 stays in the critical section until you let it leave."
    #[must_use]
    pub fn users_turn(mut self, users_turn: bool) -> Self {
        self.users_turn = users_turn;
        self
    }
}

/// A property that remembers something.
pub trait Monitor {
    /// What it remembers; part of the search key.
    type State: Data + Default;
    /// Whether this step can say anything to it: most monitors wait for certain outputs.
    fn concerns(_step: &Step) -> bool {
        true
    }
    /// Looks at what has just happened.
    fn observe(state: &mut Self::State, step: &Step, world: &World) -> Result<(), Violation>;
    /// What it has counted, in a sentence: "P1 has been overtaken once by P2."
    fn read(_state: &Self::State, _world: &World) -> String {
        String::new()
    }
}

impl Property {
    /// Must hold in every state.
    pub const fn always(name: &'static str, check: fn(&World) -> Result<(), Violation>) -> Self {
        Self { name, check: Check::Always(check), promised: |_| true }
    }
    /// Must hold in some state.
    pub const fn sometimes(name: &'static str, check: fn(&World) -> bool) -> Self {
        Self { name, check: Check::Sometimes(check), promised: |_| true }
    }
    /// Must hold when nothing can happen any more.
    pub const fn eventually(name: &'static str, check: fn(&World) -> Result<(), Violation>) -> Self {
        Self { name, check: Check::Eventually(check), promised: |_| true }
    }
    /// Watched by a monitor with a state of its own.
    pub const fn monitor<M: Monitor>(name: &'static str) -> Self {
        fn start<M: Monitor>() -> Datum {
            Datum::new(M::State::default())
        }
        fn observe<M: Monitor>(state: &Datum, step: &Step, world: &World) -> (Option<Datum>, Result<(), Violation>) {
            if !M::concerns(step) {
                return (None, Ok(()));
            }
            let old = state.get::<M::State>().cloned().unwrap_or_default();
            let mut new = old.clone();
            let verdict = M::observe(&mut new, step, world);
            ((new != old).then(|| Datum::new(new)), verdict)
        }
        fn read<M: Monitor>(state: &Datum, world: &World) -> String {
            state.get::<M::State>().map_or_else(String::new, |state| M::read(state, world))
        }
        Self { name, check: Check::Monitor(start::<M>, observe::<M>, read::<M>), promised: |_| true }
    }
    /// Promised only where this says so: with a FIFO queue, with stamps. Elsewhere it is a question, not a fault.
    #[must_use]
    pub const fn where_promised(self, promised: fn(&Setup) -> bool) -> Self {
        Self { promised, ..self }
    }
    /// Not promised at all.
    #[must_use]
    pub const fn not_promised(self) -> Self {
        self.where_promised(|_| false)
    }
}

/// What is known about a property at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// Not yet, and something can still happen.
    Pending(Violation),
    /// It does not hold.
    Broken {
        /// Why.
        violation: Violation,
        /// The assumption that had been broken before, if any: then the algorithm is not to blame.
        after: Option<Assumption>,
    },
    /// It does not hold, and the algorithm does not promise it.
    NotPromised(Violation),
}

impl Verdict {
    /// Whether it does not hold.
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Broken { .. })
    }
    /// Why it does not hold, or not yet.
    pub fn violation(&self) -> Option<&Violation> {
        match self {
            Self::Holds => None,
            Self::Pending(violation) | Self::NotPromised(violation) | Self::Broken { violation, .. } => Some(violation),
        }
    }
    /// Whether it does not hold, promised or not.
    fn fails(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::NotPromised(_))
    }
}

/// The monitors of one run: their states and their verdicts.
#[derive(Clone)]
pub struct Judge {
    properties: &'static [Property],
    states: Vec<Option<Datum>>,
    verdicts: Vec<Verdict>,
}

impl Judge {
    /// The monitors before anything has happened, looking at the first state.
    pub fn new(properties: &'static [Property], world: &World) -> Self {
        let states = properties.iter().map(|property| match property.check {
            Check::Monitor(start, ..) => Some(start()),
            _ => None,
        });
        let mut judge = Self { properties, states: states.collect(), verdicts: vec![Verdict::Holds; properties.len()] };
        judge.observe(&Step::default(), world);
        judge
    }

    /// The verdicts, in the order of the properties.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The states of the monitors that have one: part of the search key.
    pub fn states(&self) -> impl Iterator<Item = &Datum> {
        self.states.iter().flatten()
    }

    /// What the monitor of this property has counted, in a sentence; empty where there is nothing to say.
    pub fn reading(&self, property: usize, world: &World) -> String {
        match (self.properties.get(property).map(|property| property.check), self.states.get(property)) {
            (Some(Check::Monitor(.., read)), Some(Some(state))) => read(state, world),
            _ => String::new(),
        }
    }

    /// Judges without the monitors that have a state from now on: for walks whose states are counted.
    pub fn forget_monitors(&mut self) {
        self.states.fill(None);
    }

    /// Replaces the verdicts by those that were marked at this moment.
    pub(crate) fn set_verdicts(&mut self, verdicts: &[Verdict]) {
        self.verdicts.clone_from_slice(verdicts);
    }

    /// Lets only the monitors that have a state look: on the way of a replay.
    pub(crate) fn follow(&mut self, step: &Step, world: &World) {
        for index in 0..self.properties.len() {
            self.follow_one(index, step, world);
        }
    }

    fn follow_one(&mut self, index: usize, step: &Step, world: &World) {
        if let (Check::Monitor(_, observe, _), Some(state)) = (self.properties[index].check, &self.states[index])
            && let (Some(state), _) = observe(state, step, world)
        {
            self.states[index] = Some(state);
        }
    }

    /// Looks at what has just happened; whether a property was broken or mended, or has held for the first time.
    pub fn observe(&mut self, step: &Step, world: &World) -> bool {
        let mut changed = false;
        for (index, property) in self.properties.iter().enumerate() {
            let old = &self.verdicts[index];
            // A safety property stays broken: the run has gone wrong, whatever comes next.
            let safety = matches!(property.check, Check::Always(_) | Check::Monitor(..));
            if safety && old.fails() {
                // What is counted goes on: a replay counts it too.
                self.follow_one(index, step, world);
                continue;
            }
            let mut new = match property.check {
                Check::Always(check) => broken_unless(check(world), world),
                Check::Monitor(_, observe, _) => {
                    let Some(state) = &self.states[index] else { continue };
                    let (state, verdict) = observe(state, step, world);
                    if state.is_some() {
                        self.states[index] = state;
                    }
                    broken_unless(verdict, world)
                }
                Check::Sometimes(check) => sometimes(check(world), old, step, world),
                Check::Eventually(check) => eventually(check(world), world),
            };
            if let Verdict::Broken { violation, .. } | Verdict::Pending(violation) = &mut new {
                violation.why = world.with_names(&violation.why);
            }
            if !(property.promised)(world.setup())
                && let Verdict::Broken { violation, .. } = new
            {
                new = Verdict::NotPromised(violation);
            }
            let first =
                matches!(property.check, Check::Sometimes(_)) && new == Verdict::Holds && *old != Verdict::Holds;
            changed |= first || new.fails() != old.fails();
            self.verdicts[index] = new;
        }
        changed
    }
}

fn broken_unless(result: Result<(), Violation>, world: &World) -> Verdict {
    match result {
        Ok(()) => Verdict::Holds,
        Err(violation) => Verdict::Broken { violation, after: world.broken_assumption() },
    }
}

fn sometimes(now: bool, old: &Verdict, step: &Step, world: &World) -> Verdict {
    let before = *old == Verdict::Holds && !step.is_start();
    if now || before {
        return Verdict::Holds;
    }
    eventually(Err(Violation::new("It has not happened yet.", [])), world)
}

/// Pending while something can still happen; held messages and paused nodes are the user's.
fn eventually(result: Result<(), Violation>, world: &World) -> Verdict {
    let Err(mut violation) = result else { return Verdict::Holds };
    if world.is_quiet() && !violation.users_turn {
        return Verdict::Broken { violation, after: world.broken_assumption() };
    }
    if let Some(waiting) = world.held_by_user() {
        violation.why = format!("{} {waiting}", violation.why);
    }
    Verdict::Pending(violation)
}
