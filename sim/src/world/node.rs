//! A node: its process, its clock, its counters, its channels.

use super::network::Channel;
use crate::{AnyProcess, Correction, Datum, HardwareClock, Micros, NodeId, Place, Setup, Status, TimerId, Tone};
use std::sync::{Arc, OnceLock};

/// Whether a node is up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Life {
    /// It runs, or is paused.
    Up,
    /// It has crashed.
    Down,
    /// It has left for good.
    Removed,
}

/// A node of the world.
#[derive(Clone)]
pub struct Node {
    pub(super) name: Arc<str>,
    pub(super) place: Place,
    pub(super) life: Life,
    pub(super) paused: bool,
    /// Taken out only while its own handler runs.
    pub(super) process: Option<Arc<dyn AnyProcess>>,
    /// What survived the crash, where something did.
    pub(super) survivor: Option<Arc<dyn AnyProcess>>,
    pub(super) clock: HardwareClock,
    /// Software clock minus hardware clock, as the user has set it.
    pub(super) offset: i64,
    pub(super) lamport: u64,
    pub(super) vector: Option<Arc<[u32]>>,
    pub(super) sends: u32,
    pub(super) timers_set: u32,
    pub(super) requests: u32,
    pub(super) draws: u32,
    pub(super) arrivals: u32,
    /// How often each rule of the workload has fired here.
    pub(super) fired: Vec<u32>,
    /// Channels to the nodes it has sent to, in the order of their ids.
    pub(super) channels: Arc<Vec<Channel>>,
    pub(super) fingerprint: OnceLock<u128>,
}

impl Node {
    pub(super) fn new(setup: &Setup, id: NodeId, vectors: bool) -> Self {
        let spec = &setup.nodes[id.index()];
        Self {
            name: spec.name.clone(),
            place: spec.place,
            clock: HardwareClock::new(0, spec.rate),
            offset: spec.offset,
            vector: vectors.then(|| vec![0; setup.nodes.len()].into()),
            ..Self::at(&spec.name, spec.place, (setup.algorithm.spawn)(setup, id))
        }
    }

    /// A node that has just come into being.
    pub(super) fn at(name: &Arc<str>, place: Place, process: Arc<dyn AnyProcess>) -> Self {
        Self {
            name: name.clone(),
            place,
            life: Life::Up,
            paused: false,
            process: Some(process),
            survivor: None,
            clock: HardwareClock::new(0, crate::Rate::TRUE),
            offset: 0,
            lamport: 0,
            vector: None,
            sends: 0,
            timers_set: 0,
            requests: 0,
            draws: 0,
            arrivals: 0,
            fired: vec![],
            channels: Arc::default(),
            fingerprint: OnceLock::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Where it is drawn.
    pub fn place(&self) -> Place {
        self.place
    }
    /// Whether it is up.
    pub fn life(&self) -> Life {
        self.life
    }
    /// Whether the user has paused it.
    pub fn is_paused(&self) -> bool {
        self.paused
    }
    /// Its process; of a crashed node, as it was at the crash.
    pub fn process(&self) -> &dyn AnyProcess {
        self.process.as_deref().expect("a process is away only while its own handler runs")
    }
    /// Whether something survived its crash.
    pub fn can_recover(&self) -> bool {
        self.survivor.is_some()
    }
    /// Its hardware clock.
    pub fn hardware_clock(&self) -> &HardwareClock {
        &self.clock
    }
    /// What the user has added to its hardware clock, in microseconds.
    pub fn offset(&self) -> i64 {
        self.offset
    }
    /// What its software clock shows at the true time `now`, in local microseconds: exact until the next event.
    pub fn clock_at(&self, now: Micros) -> i64 {
        self.uncorrected(now).saturating_add(self.correction_at(now).by)
    }
    /// What its process has made of its clock, at the true time `now`.
    pub fn correction_at(&self, now: Micros) -> Correction {
        self.process().correction(self.clock.read(now))
    }
    /// Hardware and what the user has set: also there while the process' own handler runs.
    pub(super) fn uncorrected(&self, now: Micros) -> i64 {
        self.clock.read(now).saturating_add(self.offset)
    }
    /// The Lamport stamp of its latest event.
    pub fn lamport(&self) -> u64 {
        self.lamport
    }
    /// The vector stamp of its latest event, where vectors are kept.
    pub fn vector(&self) -> Option<&[u32]> {
        self.vector.as_deref()
    }
    /// How many requests were put to it.
    pub fn requests(&self) -> u32 {
        self.requests
    }

    /// What it shows as far as its own state tells: its process' status, or that it is down. [`World::status`] also
    /// knows the policy in force.
    ///
    /// [`World::status`]: crate::World::status
    pub fn status(&self) -> Status {
        self.status_of(|process| process.status())
    }

    pub(super) fn status_of(&self, of_process: impl Fn(&dyn AnyProcess) -> Status) -> Status {
        match (self.life, self.paused) {
            (Life::Up, false) => of_process(self.process()),
            (Life::Up, true) => Status { detail: "paused".into(), ..of_process(self.process()) },
            (Life::Down, _) => Status::new("crashed", Tone::Failed),
            (Life::Removed, _) => Status::new("gone", Tone::Failed),
        }
    }

    /// About how many bytes a copy of it takes, once it has changed.
    pub(super) fn bytes(&self) -> usize {
        let vector = self.vector.as_ref().map_or(0, |vector| size_of_val(&**vector));
        size_of::<Self>() + size_of_val(self.process()) + vector + self.channels.len() * size_of::<Channel>()
    }

    pub(super) fn fired(&self, rule: u32) -> u32 {
        self.fired.get(rule as usize).copied().unwrap_or(0)
    }
    pub(super) fn count_firing(&mut self, rule: u32) {
        let needed = rule as usize + 1;
        if self.fired.len() < needed {
            self.fired.resize(needed, 0);
        }
        self.fired[rule as usize] += 1;
    }

    pub(super) fn state_fingerprint(&self) -> u128 {
        *self.fingerprint.get_or_init(|| {
            let own = self.process().fingerprint();
            let survivor = self.survivor.as_ref().map(|process| process.fingerprint());
            crate::fingerprint::fingerprint(&(own, survivor, self.life, self.paused))
        })
    }
}

/// A timer that is set.
#[derive(Clone, Debug)]
pub struct Timer {
    /// Its id.
    pub id: TimerId,
    /// What it is for.
    pub payload: Datum,
    /// The hardware reading at which it goes off.
    pub deadline: i64,
    /// The first true time at which the clock shows that.
    pub due: Micros,
    pub(super) sequence: u64,
}
