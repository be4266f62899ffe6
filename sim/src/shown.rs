//! What a process shows of itself: its status, what it waits for, its parts and the edges between them.

use crate::NodeId;
use serde::Serialize;

/// What a state means, as a shape and a colour on every screen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Tone {
    /// Nothing is going on.
    Idle,
    /// It waits for somebody.
    Waiting,
    /// It has what it wanted: in the critical section, leader, running.
    Active,
    /// It has finished.
    Done,
    /// It is down, or has given up.
    Failed,
    /// Something that must not be.
    Violated,
}

/// What a node shows beside its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Status {
    /// One word or a few: "wanted (1, P2)".
    pub word: String,
    /// What is behind it: "has 0 of 2 replies". Empty where there is nothing to add.
    pub detail: String,
    /// What it means.
    pub tone: Tone,
    /// Tokens held, drawn as solid marks on the rim.
    pub tokens: u32,
    /// Bars beside the node.
    pub gauges: Vec<Gauge>,
    /// What it says of other nodes, shown at those.
    pub flags: Vec<Flag>,
}

impl Status {
    /// A status of one word.
    pub fn new(word: impl Into<String>, tone: Tone) -> Self {
        Self { word: word.into(), detail: String::new(), tone, tokens: 0, gauges: vec![], flags: vec![] }
    }
    /// With more behind the word.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
    /// With a bar beside the node.
    #[must_use]
    pub fn gauge(mut self, gauge: Gauge) -> Self {
        self.gauges.push(gauge);
        self
    }
    /// With a word about other nodes, shown at those.
    #[must_use]
    pub fn flagging(mut self, nodes: impl IntoIterator<Item = NodeId>, what: &'static str) -> Self {
        self.flags.extend(nodes.into_iter().map(|on| Flag { on, what }));
        self
    }
}

/// What one node says of another: that it is faulty, that it was left out. It is the opinion of the one, not a state of the
/// other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Flag {
    /// The other.
    pub on: NodeId,
    /// What it says of it: "faulty".
    pub what: &'static str,
}

/// Ranges of one quantity, drawn below each other over one scale.
#[derive(Clone, Debug)]
pub struct Ranges {
    /// What they are.
    pub title: String,
    /// The ranges, from the top.
    pub bars: Vec<Range>,
    /// What stands at 0: "true time".
    pub zero: String,
    /// The place that is being looked at, if one is.
    pub cursor: Option<i64>,
    /// Stretches that are marked across all bars, and what they are.
    pub marked: (Vec<(i64, i64)>, &'static str),
    /// A value in words.
    pub words: fn(i64) -> String,
}

/// One range.
#[derive(Clone, Debug)]
pub struct Range {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub from: i64,
    /// Where it ends.
    pub to: i64,
    /// What it means.
    pub tone: Tone,
}

/// A bar beside a node: a queue, a load.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Gauge {
    /// What is measured: "queue".
    pub name: &'static str,
    /// How much.
    pub value: u32,
    /// The value at which the bar is full.
    pub full: u32,
    /// Thresholds drawn across the bar, with their names.
    pub marks: Vec<(u32, &'static str)>,
}

/// One party for which a process waits.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Wait {
    /// The part of this node that waits; `None` if the process itself does.
    pub part: Option<PartId>,
    /// The node that it waits for.
    pub on: NodeId,
    /// The part of that node; `None` if it is the process itself.
    pub on_part: Option<PartId>,
    /// What it waits for, to be read after "waits for": "a reply".
    pub what: String,
    /// Whether one of all its waits that say so is enough: it does not know which.
    pub any: bool,
}

impl Wait {
    /// This process waits for that node.
    pub fn node(on: NodeId, what: impl Into<String>) -> Self {
        Self { part: None, on, on_part: None, what: what.into(), any: false }
    }
    /// This process waits for that node, or for any other of which it says the same.
    pub fn any(on: NodeId, what: impl Into<String>) -> Self {
        Self { any: true, ..Self::node(on, what) }
    }
}

/// A part of a node, by a number that its process chooses and keeps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct PartId(pub u32);

/// What a part is, which says how it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum PartKind {
    /// A process: a circle.
    Process,
    /// A resource: a square.
    Resource,
    /// A job: a small filled square that can travel.
    Job,
    /// A page of memory: a cell of a grid.
    Page,
    /// A processor: a square with round corners.
    Processor,
}

/// Something that lives on a node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Part {
    /// Its number, unique on this node, or everywhere for parts that travel.
    pub id: PartId,
    /// Its name: "P4", "R2", "job 31".
    pub name: String,
    /// What it is.
    pub kind: PartKind,
    /// What its state means.
    pub tone: Tone,
    /// Its state in a word.
    pub word: String,
}

/// What an edge between two parts means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum EdgeKind {
    /// The first waits for the second.
    WaitsFor,
    /// The first waits for one of several, of which the second is one.
    WaitsForOne,
    /// The first is held by the second.
    HeldBy,
    /// The first moves to where the second is.
    Migrating,
    /// The first runs on the second.
    RunsOn,
    /// The two have to do with each other; neither comes first.
    Joined,
    /// Something flows from the first to the second.
    Flow,
    /// A piece of the way that was found last.
    Path,
    /// The two are joined, and a boundary runs between them.
    Cut,
}

impl EdgeKind {
    /// Whether it says who waits for whom or holds what, so that a cycle of such edges means something.
    pub fn can_deadlock(self) -> bool {
        matches!(self, Self::WaitsFor | Self::WaitsForOne | Self::HeldBy)
    }
}

/// An edge from a part of this node to a part of any node. Equal edges are drawn as one, with their number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PartEdge {
    /// A part of this node.
    pub from: PartId,
    /// The other end's node.
    pub to_node: NodeId,
    /// The other end.
    pub to: PartId,
    /// What it means.
    pub kind: EdgeKind,
    /// What is written on it: "5", "3/8". Empty: nothing.
    pub label: String,
}

impl PartEdge {
    /// An edge with nothing written on it.
    pub fn new(from: PartId, to_node: NodeId, to: PartId, kind: EdgeKind) -> Self {
        Self { from, to_node, to, kind, label: String::new() }
    }
    /// With this written on it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}
