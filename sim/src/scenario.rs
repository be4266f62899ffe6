//! Scenario files: the data that a run starts from. Reading is total: any text gives a scenario or an error that names
//! the place and what was expected.

mod file_event;
mod prepare;
mod trace;
mod workload;

pub(crate) use file_event::event_reader;
pub use file_event::{FileEvent, LinkRef, MessageName};
pub use trace::Trace;
pub use workload::Template;

use crate::{
    Algorithm, Delay, Micros, NodeId, Order,
    json::{self, Json, Read, Wrong},
    link::Preset,
    read_record,
};
use serde::Serialize;
use std::fmt;

/// The version of the file format that this program writes. It reads every version up to this one.
pub const VERSION: u32 = 1;

/// A scenario as it stands in its file.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Scenario {
    /// The version of the format: 1.
    pub version: u32,
    /// The algorithm's id: `mutex/ricart-agrawala`.
    pub algorithm: String,
    /// The topic that it teaches, where that is not its algorithm: a concept, or a policy, shown on a run of another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Its name in addresses: lower case, digits and hyphens.
    pub name: String,
    /// Its name on the screen.
    pub title: String,
    /// One or two sentences that put the question.
    pub sentence: String,
    /// One sentence that says what to notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub notice: String,
    /// How many nodes, or the nodes one by one.
    pub nodes: Nodes,
    /// How they are connected: a preset, or the links one by one. Complete if nothing is said.
    #[serde(skip_serializing_if = "Topology::is_default")]
    pub topology: Topology,
    /// The delay of every link that does not say otherwise.
    #[serde(skip_serializing_if = "is_default_delay")]
    pub delay: Delay,
    /// The order of every channel that does not say otherwise.
    #[serde(skip_serializing_if = "is_default_order")]
    pub order: Order,
    /// How many in a million messages are lost, on every link.
    #[serde(skip_serializing_if = "is_zero")]
    pub loss: u32,
    /// Parameters of the algorithm: numbers, times (`"25 ms"`) or words.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub parameters: serde_json::Map<String, Json>,
    /// A variant or planted bug of the algorithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What the algorithm needs to know besides: its own format.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub config: Json,
    /// The policy at the start: the algorithm's own format.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub policy: Json,
    /// What every draw depends on.
    pub seed: u64,
    /// What happens by itself at given times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub script: Vec<ScriptItem>,
    /// What is asked again and again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub workload: Vec<WorkloadRule>,
    /// What was recorded elsewhere: a table, as text, whose rows a rule of the workload asks for, or draws from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trace: String,
    /// Sentences that appear with certain events.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<Caption>,
}

read_record!(Scenario {
    version, algorithm, topic, name, title, sentence,
    notice = String::new(),
    nodes,
    topology = Topology::default(),
    delay = Delay::DEFAULT,
    order = Order::Any,
    loss = 0,
    parameters = serde_json::Map::new(),
    variant,
    config = Json::Null,
    policy = Json::Null,
    seed = 1,
    script = vec![], workload = vec![], trace = String::new(), captions = vec![],
});

/// The nodes of a scenario.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Nodes {
    /// So many, named and placed by themselves.
    Count(u32),
    /// One by one.
    List(Vec<NodeEntry>),
}

impl Read for Nodes {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Number(_) => u32::read(json).map(Self::Count),
            Json::Array(_) => Vec::read(json).map(Self::List),
            _ => Err(Wrong::expected("a number of nodes, or a list of nodes such as [{\"name\": \"P0\"}]", json)),
        }
    }
}

impl Nodes {
    /// How many there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Count(count) => *count,
            Self::List(list) => list.len() as u32,
        }
    }
}

/// One node of a scenario. What is left out is chosen.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct NodeEntry {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is drawn: thousandths of the stage's width…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<i16>,
    /// …and height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<i16>,
    /// Its clock minus true time at the start, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<i64>,
    /// The rate of its clock: local microseconds in so many true ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_rate: Option<(u32, u32)>,
}

read_record!(NodeEntry { name, x, y, clock_offset from "clock-offset", clock_rate from "clock-rate" });

/// How a scenario's nodes are connected.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Topology {
    /// A preset.
    Preset(Preset),
    /// Links one by one.
    Links(Vec<LinkEntry>),
}

impl Read for Topology {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::String(_) => Preset::read(json).map(Self::Preset),
            Json::Array(_) => Vec::read(json).map(Self::Links),
            _ => Err(Wrong::expected(
                "ring, star, tree, line, complete, grid, or a list of links such as [{\"ends\": [0, 1]}]",
                json,
            )),
        }
    }
}

impl Default for Topology {
    fn default() -> Self {
        Self::Preset(Preset::Complete)
    }
}

impl Topology {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One link of a scenario. What is left out is the scenario's.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LinkEntry {
    /// Its two ends.
    pub ends: (u32, u32),
    /// How long a message takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// How long it takes from the second end to the first, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<Delay>,
    /// The order in which it delivers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// How many in a million messages are lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<u32>,
}

read_record!(LinkEntry { ends, delay, back, order, loss });

/// A scripted event.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ScriptItem {
    /// When it is due.
    pub at: Micros,
    /// What happens.
    pub event: FileEvent,
}

read_record!(ScriptItem { at, event });

/// One rule of the workload: an occasion, a time after it, a request.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct WorkloadRule {
    /// The occasion: `start`, `trace` for each row of the trace, or the name of an output of the node: `Entered`.
    pub on: String,
    /// How long after it the request is put: a think time, a stay, an interarrival time. At once, if nothing is said.
    #[serde(skip_serializing_if = "is_at_once")]
    pub after: Delay,
    /// The request, as JSON. An object `{"draw": DELAY}` in it becomes a number of microseconds drawn from that
    /// distribution, `{"draw": {"column": "demand"}}` what stands there in some row of the trace, and `{"column":
    /// "demand"}` what stands there in the row that is asked for.
    pub request: Json,
    /// How many requests are put at a time: a burst.
    #[serde(skip_serializing_if = "is_one")]
    pub burst: u32,
    /// Whether the rule fires again after each of its own requests: open arrivals.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub repeat: bool,
    /// How often it fires at one node, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The nodes at which it holds; all, if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Vec<u32>>,
}

read_record!(WorkloadRule {
    on,
    after = Delay::AT_ONCE,
    request,
    burst = 1,
    repeat = false,
    limit, nodes,
});

impl WorkloadRule {
    /// The occasion of rules that begin with the run.
    pub const START: &str = "start";
    /// The occasion of rules that ask for the rows of the trace.
    pub const TRACE: &str = "trace";
    /// Requests that are put at a time, at most.
    pub const MOST_AT_A_TIME: u32 = 1_000;

    /// Whether it begins with the run, and answers to nothing that a process tells.
    pub fn is_open(&self) -> bool {
        self.on == Self::START || self.on == Self::TRACE
    }
    /// Whether it holds at this node.
    pub fn applies_to(&self, node: NodeId) -> bool {
        self.nodes.as_ref().is_none_or(|nodes| nodes.contains(&node.0))
    }
}

/// A sentence that appears with an event.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Caption {
    /// The event.
    pub on: FileEvent,
    /// The sentence.
    pub text: String,
}

read_record!(Caption { on, text });

/// What is wrong with a file, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileError {
    /// Line and column, from 1, where the text itself is at fault.
    pub place: Option<(usize, usize)>,
    /// The field, where its value is at fault: `script[2].event`.
    pub field: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl FileError {
    /// A field whose value is at fault.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: None, field: Some(field.into()), message: message.into() }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "`{field}`: ")?;
        }
        f.write_str(&self.message)
    }
}
impl std::error::Error for FileError {}

impl Scenario {
    /// The topic that it teaches, which is where it is found.
    pub fn topic(&self) -> &str {
        self.topic.as_ref().unwrap_or(&self.algorithm)
    }

    /// Reads a scenario file.
    pub fn read(text: &str) -> Result<Self, FileError> {
        if text.len() > crate::limits::FILE_BYTES {
            let message = format!("the file is larger than {} MiB", crate::limits::FILE_BYTES >> 20);
            return Err(FileError { place: None, field: None, message });
        }
        let json = json::parse(text)?;
        check_version(&json, "version")?;
        <Self as Read>::read(&json).map_err(|wrong| wrong.in_text(text))
    }

    /// Whether a file is no JSON but a bare trace: it begins with the name of a column, or with a remark.
    pub fn is_bare_trace(text: &str) -> bool {
        text.trim_start().starts_with(|first: char| first.is_ascii_alphabetic() || first == '#')
    }

    /// A scenario that does what a trace says, at the nodes of which it speaks.
    pub fn of_trace(text: &str) -> Result<Self, FileError> {
        let (algorithm, request) = crate::algorithms::OF_TRACES;
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
        if !first.split([',', ';', '\t']).any(|name| name.trim() == "at") {
            let message = "expected a scenario or a session, which begins with `{`, or a trace, whose first line names its \
                           columns: `at, node, demand`";
            return Err(FileError { place: Some((1, 1)), field: None, message: message.to_owned() });
        }
        let names = Trace::names_in(text);
        let nodes = match names.len() {
            0 => Nodes::Count(1),
            _ => Nodes::List(
                names.iter().map(|name| NodeEntry { name: Some(name.clone()), ..NodeEntry::default() }).collect(),
            ),
        };
        Trace::read(text, &if names.is_empty() { vec!["M1"] } else { names.iter().map(String::as_str).collect() })?;
        let json = serde_json::json!({
            "version": VERSION, "algorithm": algorithm, "name": "trace", "title": "A trace",
            "sentence": "Jobs arrive as it was recorded. What does another policy make of them?", "nodes": 1,
            "workload": [{"on": WorkloadRule::TRACE, "request": json::parse(request)?}],
        });
        let scenario = <Self as Read>::read(&json)?;
        Ok(Self { nodes, trace: text.to_owned(), ..scenario })
    }

    /// Writes a scenario file.
    pub fn write(&self) -> String {
        json::pretty(self)
    }

    /// One of the topic's own scenarios; nothing where texts are not embedded or there is none of that name.
    pub fn embedded(topic: &Algorithm, name: &str) -> Option<Result<Self, FileError>> {
        let (_, text) = topic.texts.scenarios.iter().find(|(known, _)| *known == name)?;
        Some(Self::read(text))
    }
}

/// Refuses what a later version of the program has written, before anything else is wrong with it.
pub(crate) fn check_version(json: &Json, field: &str) -> Result<(), FileError> {
    match json.get(field).and_then(Json::as_u64) {
        Some(version) if version == 0 || version > VERSION.into() => {
            let message = format!("version {version} is not known to this program, which reads up to {VERSION}");
            Err(FileError::field(field, message))
        }
        _ => Ok(()),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_at_once(delay: &Delay) -> bool {
    *delay == Delay::AT_ONCE
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_one(number: &u32) -> bool {
    *number == 1
}
fn is_default_delay(delay: &Delay) -> bool {
    *delay == Delay::DEFAULT
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_default_order(order: &Order) -> bool {
    *order == Order::Any
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference
fn is_zero(number: &u32) -> bool {
    *number == 0
}
