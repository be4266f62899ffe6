//! Process and Context: what an algorithm's author reads first.
//!
//! A process is ordinary Rust: its fields are its state, its handlers are exhaustive matches over its own enums. It sees
//! its own fields and its [`Context`], never another process: that is what makes it a distributed algorithm.

use crate::json::{Json, Read, Wrong};
use crate::{Correction, Data, Datum, Edit, Micros, NodeId, Setup, Stand, Table, Value};
use serde::Serialize;
use std::{fmt, sync::Arc};

pub use crate::shown::{EdgeKind, Flag, Gauge, Part, PartEdge, PartId, PartKind, Range, Ranges, Status, Tone, Wait};

/// One process of a distributed algorithm.
pub trait Process: Data {
    /// What processes send each other. All roles of one algorithm share one type.
    type Message: Data;
    /// What a process wakes itself up for.
    type Timer: Data;
    /// What a user may ask: enter the critical section, start an election, submit a job.
    type Request: Data + Read;
    /// What it tells the user: entered, elected, finished.
    type Output: Data;

    /// Runs once, before anything else happens.
    fn on_start(&mut self, _ctx: &mut Context<'_, Self>) {}
    /// A message arrives.
    fn on_message(&mut self, from: NodeId, message: Self::Message, ctx: &mut Context<'_, Self>);
    /// A timer that this process has set goes off.
    fn on_timer(&mut self, _timer: Self::Timer, _ctx: &mut Context<'_, Self>) {}
    /// The user, the script or the workload asks for something.
    fn on_request(&mut self, _request: Self::Request, _ctx: &mut Context<'_, Self>) {}
    /// The node is back after a crash; no timers are set.
    fn on_recover(&mut self, _ctx: &mut Context<'_, Self>) {}
    /// A node has joined or left. Only algorithms with open membership are told.
    fn on_members(&mut self, _change: Members, _ctx: &mut Context<'_, Self>) {}

    /// What can be asked of it now, and why not: buttons of the page, and moves of the search.
    fn requests(&self, _view: &View<'_>) -> Vec<Offer<Self::Request>> {
        vec![]
    }
    /// Refuses a request that makes no sense now, with the reason.
    fn check(&self, _request: &Self::Request, _view: &View<'_>) -> Result<(), String> {
        Ok(())
    }
    /// What survives a crash. `None`: nothing, and the node cannot recover. No code of the process runs in a crash.
    fn after_crash(&self) -> Option<Self> {
        None
    }
    /// What the node shows.
    fn status(&self) -> Status;
    /// What the node shows where that depends on more than its own state: on the policy in force, on its clock.
    fn status_in(&self, _view: &View<'_>) -> Status {
        self.status()
    }
    /// Whom this process waits for, and for what.
    fn waits_for(&self) -> Vec<Wait> {
        vec![]
    }
    /// The node above it in a tree that the algorithm keeps: to whom it reports.
    fn above(&self) -> Option<NodeId> {
        None
    }
    /// Processes, resources, jobs or pages that live on this node.
    fn parts(&self) -> Vec<Part> {
        vec![]
    }
    /// Edges from parts of this node to parts of any node.
    fn edges(&self) -> Vec<PartEdge> {
        vec![]
    }
    /// Where its parts stand, where the user places them: a bench.
    fn stands(&self) -> Vec<Stand> {
        vec![]
    }
    /// Its tables, to be read or to be filled in.
    fn tables(&self, _view: &View<'_>) -> Vec<Table> {
        vec![]
    }
    /// What can be added to it by hand: "process", "resource".
    fn addable() -> &'static [&'static str] {
        &[]
    }
    /// The request that makes an edit by hand; nothing where it takes none.
    fn edit(_edit: Edit) -> Option<Self::Request> {
        None
    }
    /// What it has made of its clock, at this reading of its hardware clock. Asked only of algorithms that have
    /// [`clocks`](crate::Algorithm::clocks).
    fn correction(&self, _hardware: i64) -> Correction {
        Correction::default()
    }
    /// What a message's capsule says: its kind and one or two telling fields.
    fn telling(message: &Self::Message) -> String {
        Value::of(message).telling()
    }
    /// What the button of a request says, also where it is not offered any more: so that a run can be told afterwards.
    fn label(_request: &Self::Request) -> Option<String> {
        None
    }
}

/// The type of timers, requests or outputs where an algorithm has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Never {}

impl Read for Never {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Err(Wrong::expected("nothing", json))
    }
}

/// A change of the membership.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Members {
    /// This node has joined.
    Joined(NodeId),
    /// This node has left.
    Left(NodeId),
}

/// Something that can be asked of a node now.
#[derive(Clone, Debug)]
pub struct Offer<R> {
    /// What the button says: "Enter the critical section".
    pub label: String,
    /// Why it cannot be asked now, if so.
    pub refused: Option<String>,
    /// The other node that it is about, if there is one: then it can be asked by dragging to it, too.
    pub towards: Option<NodeId>,
    /// A request that is ready, or a form that makes one.
    pub ask: Ask<R>,
}

/// A request that is ready, or the fields that are missing.
#[derive(Clone, Debug)]
pub enum Ask<R> {
    /// Press and it is asked.
    Ready(R),
    /// The page fills these fields; the request is the variant `name` with them.
    Form {
        /// The name of the request's variant.
        name: &'static str,
        /// Its fields.
        fields: Vec<Field>,
    },
}

/// One field of a form.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// The name in the request's JSON.
    pub name: &'static str,
    /// What stands beside it on the page.
    pub label: &'static str,
    /// Its unit: "ms"; empty where there is none. Of a choice, its words: "slew|step"; the JSON then has one of them, and
    /// the values are their positions.
    pub unit: &'static str,
    /// The least value allowed.
    pub min: i64,
    /// The greatest value allowed.
    pub max: i64,
    /// What stands there at first.
    pub default: i64,
}

impl Field {
    /// The words of a choice; nothing for a number.
    pub fn words(&self) -> Vec<&'static str> {
        if self.unit.contains('|') { self.unit.split('|').collect() } else { vec![] }
    }
}

impl<R> Offer<R> {
    /// A button that asks `request`.
    pub fn ready(label: impl Into<String>, request: R) -> Self {
        Self { label: label.into(), refused: None, towards: None, ask: Ask::Ready(request) }
    }
    /// A form that makes the request `name`.
    pub fn form(label: impl Into<String>, name: &'static str, fields: Vec<Field>) -> Self {
        Self { label: label.into(), refused: None, towards: None, ask: Ask::Form { name, fields } }
    }
    /// It is about another node: one can drag from this node to that one instead of pressing the button.
    #[must_use]
    pub fn towards(mut self, node: NodeId) -> Self {
        self.towards = Some(node);
        self
    }
    /// Greyed out with the reason, where there is one.
    #[must_use]
    pub fn refused_if(mut self, refused: bool, reason: impl Into<String>) -> Self {
        if refused {
            self.refused = Some(reason.into());
        }
        self
    }
}

/// What a process may look at without acting.
pub struct View<'a> {
    /// This node.
    pub me: NodeId,
    /// Every member, this one included, in the order of their ids.
    pub members: &'a [NodeId],
    /// This node's own software clock, in local microseconds, with the process' correction in it.
    pub clock: i64,
    /// The policy in force.
    pub policy: Option<&'a Datum>,
    /// The scenario's parameters and configuration.
    pub setup: &'a Setup,
}

/// What the engine does for a process. An author uses it through [`Context`].
pub trait Host {
    /// The node whose handler runs.
    fn me(&self) -> NodeId;
    /// Every member, in the order of their ids.
    fn members(&self) -> &Arc<[NodeId]>;
    /// Nodes with a link to this one that is up.
    fn neighbours(&self) -> Vec<NodeId>;
    /// This node's hardware clock, in local microseconds.
    fn hardware_clock(&self) -> i64;
    /// What the user has set this node's clock to, in local microseconds, without the process' own correction.
    fn clock(&self) -> i64;
    /// 64 random bits of this node's own.
    fn random(&mut self) -> u64;
    /// Sends a message.
    fn send(&mut self, to: NodeId, message: Datum);
    /// Sets a timer, or moves the equal one that is set.
    fn set_timer(&mut self, after: Micros, timer: Datum);
    /// Cancels an equal timer; nothing where there is none.
    fn cancel_timer(&mut self, timer: &Datum);
    /// Tells the user something.
    fn output(&mut self, output: Datum);
    /// The policy in force.
    fn policy(&self) -> Option<&Datum>;
    /// The scenario's parameters and configuration.
    fn setup(&self) -> &Setup;
    /// Whether lines and notes are wanted.
    fn recording(&self) -> bool;
    /// Lights a line of the pseudocode.
    fn line(&mut self, tag: &'static str);
    /// One sentence for the learner.
    fn note(&mut self, sentence: &dyn fmt::Display);
    /// What is sent from now on in this handler serves the request that is open at this node.
    fn on_behalf_of(&mut self, node: NodeId);
}

/// What a handler may do.
pub struct Context<'a, P: Process> {
    host: &'a mut dyn Host,
    wrap_message: &'a dyn Fn(P::Message) -> Datum,
    wrap_timer: &'a dyn Fn(P::Timer) -> Datum,
    /// Where outputs go: to the user, or, in a process inside another, to the outer one.
    outputs: Option<&'a mut Vec<P::Output>>,
}

impl<'a, P: Process> Context<'a, P> {
    /// The context of a process that is not inside another.
    pub(crate) fn new(host: &'a mut dyn Host) -> Self {
        Self {
            host,
            wrap_message: &|message| Datum::new(message),
            wrap_timer: &|timer| Datum::new(timer),
            outputs: None,
        }
    }

    /// This node.
    pub fn me(&self) -> NodeId {
        self.host.me()
    }
    /// What a node is called on the screen.
    pub fn name(&self, node: NodeId) -> Arc<str> {
        let setup = self.setup();
        let given = setup.nodes.get(node.index()).map(|spec| Arc::clone(&spec.name));
        given.unwrap_or_else(|| setup.algorithm.node_name(node).into())
    }
    /// The other members, in the order of their ids, up or down.
    pub fn peers(&self) -> Peers {
        Peers { members: Arc::clone(self.host.members()), next: 0, me: self.me() }
    }
    /// How many members there are, this one included.
    pub fn member_count(&self) -> u32 {
        self.host.members().len() as u32
    }
    /// Whether this node takes part, up or down.
    pub fn is_member(&self, node: NodeId) -> bool {
        self.host.members().binary_search(&node).is_ok()
    }
    /// Nodes with a link to this one that is up.
    pub fn neighbours(&self) -> Vec<NodeId> {
        self.host.neighbours()
    }
    /// The next member in the order of ids, round the ring; this node if it is alone.
    pub fn successor(&self) -> NodeId {
        let (members, me) = (self.host.members(), self.me());
        // As long as nobody has left, the members' ids are their positions.
        let unbroken = members.get(me.index()) == Some(&me);
        let next = if unbroken { me.index() + 1 } else { members.partition_point(|&node| node <= me) };
        members[if next < members.len() { next } else { 0 }]
    }
    /// This node's hardware clock and what the user has added to it, in local microseconds. A process that corrects its
    /// clock adds its own correction: that is in its own state, which the engine cannot look into while a handler runs.
    pub fn clock(&self) -> i64 {
        self.host.clock()
    }
    /// This node's hardware clock, in local microseconds.
    pub fn hardware_clock(&self) -> i64 {
        self.host.hardware_clock()
    }
    /// A random whole number in `0..bound` of this node's own.
    pub fn random_below(&mut self, bound: u32) -> u32 {
        crate::random::below(self.host.random(), bound.into()) as u32
    }
    /// Sends a message.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        let message = (self.wrap_message)(message);
        self.host.send(to, message);
    }
    /// Sends a message to every other member: n − 1 messages.
    pub fn broadcast(&mut self, message: P::Message) {
        let message = (self.wrap_message)(message);
        for peer in self.peers() {
            self.host.send(peer, message.clone());
        }
    }
    /// Wakes this process up after so many local microseconds. An equal timer that is set is moved.
    pub fn set_timer(&mut self, after: Micros, timer: P::Timer) {
        let timer = (self.wrap_timer)(timer);
        self.host.set_timer(after, timer);
    }
    /// Cancels an equal timer; nothing happens where there is none.
    pub fn cancel_timer(&mut self, timer: P::Timer) {
        let timer = (self.wrap_timer)(timer);
        self.host.cancel_timer(&timer);
    }
    /// Tells the user something; in a process inside another: tells the outer one.
    pub fn output(&mut self, output: P::Output) {
        match &mut self.outputs {
            Some(outputs) => outputs.push(output),
            None => self.host.output(Datum::new(output)),
        }
    }
    /// The policy in force, where the world has one of this type.
    pub fn policy<T: Data>(&self) -> Option<&T> {
        self.host.policy().and_then(Datum::get)
    }
    /// The scenario's parameters and configuration.
    pub fn setup(&self) -> &Setup {
        self.host.setup()
    }
    /// Lights the line of the pseudocode that carries this `#tag`.
    pub fn line(&mut self, tag: &'static str) {
        self.host.line(tag);
    }
    /// One sentence for the learner. Nothing is formatted unless somebody reads it.
    pub fn note(&mut self, sentence: impl fmt::Display) {
        if self.host.recording() {
            self.host.note(&sentence);
        }
    }
    /// What is sent from now on in this handler serves the request that is open at `node`, so that costs can be counted
    /// per request. A handler of a request serves that request; a handler of a message serves what the message served.
    pub fn on_behalf_of(&mut self, node: NodeId) {
        self.host.on_behalf_of(node);
    }

    /// Runs a process that lives inside this one: its messages and timers travel wrapped, its outputs come back.
    pub fn scope<I: Process, R>(
        &mut self,
        wrap_message: impl Fn(I::Message) -> P::Message,
        wrap_timer: impl Fn(I::Timer) -> P::Timer,
        run: impl FnOnce(&mut Context<'_, I>) -> R,
    ) -> (R, Vec<I::Output>) {
        let mut outputs = Vec::new();
        let (outer_message, outer_timer) = (self.wrap_message, self.wrap_timer);
        let result = run(&mut Context {
            host: &mut *self.host,
            wrap_message: &|message| outer_message(wrap_message(message)),
            wrap_timer: &|timer| outer_timer(wrap_timer(timer)),
            outputs: Some(&mut outputs),
        });
        (result, outputs)
    }
}

/// The other members, as an iterator that does not borrow the context.
#[derive(Clone)]
pub struct Peers {
    members: Arc<[NodeId]>,
    next: usize,
    me: NodeId,
}

impl Iterator for Peers {
    type Item = NodeId;
    fn next(&mut self) -> Option<NodeId> {
        loop {
            let node = *self.members.get(self.next)?;
            self.next += 1;
            if node != self.me {
                return Some(node);
            }
        }
    }
}
