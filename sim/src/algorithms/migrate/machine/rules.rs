//! What is fixed for a run: the strategy, the address space, and what the process does to it, access by access.

use crate::{
    Datum, NodeId, Setup,
    algorithm::{Parameter, Unit},
    json::{Json, Read, Wrong},
    random::{Purpose, below, draw},
    read_record,
};
use serde::Serialize;

/// A page as a machine has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Frame {
    /// What is in it: which write was the last.
    pub value: u32,
    /// Whether the file server has it otherwise, or not at all.
    pub dirty: bool,
}

/// How the address space gets to the other machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Strategy {
    /// All pages, while the process is frozen.
    EagerAll,
    /// All pages while it runs on, and again what it has changed meanwhile; the rest while it is frozen.
    Precopy,
    /// The changed pages while it is frozen; the others when they are touched.
    EagerDirty,
    /// No page before it is touched.
    CopyOnReference,
    /// The changed pages to the file server while it is frozen; from there, each page when it is touched.
    Flushing,
}

/// The strategies in files and on the page.
pub const STRATEGIES: &[&str] = &["eager-all", "precopy", "eager-dirty", "copy-on-reference", "flushing"];

impl Strategy {
    /// The strategy of a run.
    pub fn of(setup: &Setup) -> Self {
        match setup.parameter("strategy") {
            0 => Self::EagerAll,
            1 => Self::Precopy,
            2 => Self::EagerDirty,
            3 => Self::CopyOnReference,
            _ => Self::Flushing,
        }
    }
    /// Whether pages are copied while the process still runs.
    pub fn copies_first(self) -> bool {
        self == Self::Precopy
    }
    /// Whether this page goes over the wire while the process is frozen, where nothing was copied before.
    pub fn ships(self, frame: Frame) -> bool {
        match self {
            Self::EagerAll | Self::Precopy => true,
            Self::EagerDirty | Self::Flushing => frame.dirty,
            Self::CopyOnReference => false,
        }
    }
    /// Where a page of the source is to be found after the hand-over.
    pub fn place_after(self, frame: Frame, source: NodeId, target: NodeId, server: Option<NodeId>) -> NodeId {
        match self {
            Self::EagerAll | Self::Precopy => target,
            Self::EagerDirty if frame.dirty => target,
            Self::EagerDirty | Self::CopyOnReference => source,
            Self::Flushing => server.unwrap_or(source),
        }
    }
    /// Whether the source is needed for as long as the process lives.
    pub fn leaves_pages(self) -> bool {
        matches!(self, Self::EagerDirty | Self::CopyOnReference)
    }
}

/// The parameters of a topic whose strategy is the one at this place of [`STRATEGIES`].
pub const fn parameters(strategy: i64) -> [Parameter; 12] {
    [
        Parameter {
            name: "strategy",
            label: "how the pages get there",
            unit: Unit::Choice(STRATEGIES),
            min: 0,
            max: 4,
            default: strategy,
        },
        count("pages", "pages of the process (M)", 1, MOST_PAGES, 12),
        count("dirty", "of them changed at the start (d)", 0, MOST_PAGES, 4),
        count("state", "pages of state: registers, tables (s)", 0, 1_000, 1),
        time("page-time", "time that a page takes on the wire (1/B)", 10_000),
        time("access-time", "time from one access to the next", 20_000),
        count("accesses", "accesses until the process is done", 0, 1_000_000, 24),
        count("writes", "of 100 accesses that write", 0, 100, 50),
        count("working-set", "pages that it uses (0: all)", 0, MOST_PAGES, 0),
        count("stop-at", "pre-copy: freeze when so few are left", 0, MOST_PAGES, 1),
        count("rounds", "pre-copy: rounds at most", 1, 1_000, 5),
        time("timeout", "give up when the target says nothing for", 1_000_000),
    ]
}

const fn count(name: &'static str, label: &'static str, min: i64, max: i64, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Count, min, max, default }
}

const fn time(name: &'static str, label: &'static str, default: i64) -> Parameter {
    Parameter { name, label, unit: Unit::Time, min: 0, max: 600_000_000, default }
}

/// Pages of an address space at most.
pub const MOST_PAGES: i64 = 4_096;

/// The file server: the last node, where there are three or more. Processes run on the others.
pub fn server(setup: &Setup) -> Option<NodeId> {
    let nodes = setup.nodes.len() as u32;
    (nodes >= 3).then(|| NodeId(nodes - 1))
}

/// How many pages the process has.
pub fn pages(setup: &Setup) -> u32 {
    setup.parameter("pages") as u32
}

/// What stands in a page at the start, and whether it was changed since it came from the file server. The changed ones
/// are spread evenly.
pub fn at_start(setup: &Setup, page: u32) -> Frame {
    let (pages, dirty) = (u64::from(pages(setup)), setup.parameter("dirty") as u64);
    let dirty = u64::from(page) * dirty.min(pages) % pages.max(1) < dirty;
    Frame { value: u32::from(dirty), dirty }
}

/// The value that the k-th access leaves in a page, counted from 0.
pub fn written(k: u32) -> u32 {
    k + 2
}

/// What a scenario may say besides.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Config {
    /// What the process does, access by access, in place of a random course.
    pub trace: Vec<Access>,
}

read_record!(Config { trace = vec![] });

/// One access of the process: in files `"7"`, or `"7w"` where it writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Access {
    /// The page.
    pub page: u32,
    /// Whether it is changed.
    pub writes: bool,
}

impl Read for Access {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let text = json.as_str().unwrap_or("");
        let number = text.strip_suffix('w').unwrap_or(text);
        let page =
            number.parse().map_err(|_| Wrong::expected("the number of a page such as \"7\", or \"7w\"", json))?;
        Ok(Self { page, writes: text.ends_with('w') })
    }
}

/// Reads the scenario's `config`.
pub fn configure(json: &Json, _nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let config = Config::read(json).map_err(|wrong| wrong.to_string())?;
    match config.trace.iter().find(|access| i64::from(access.page) >= MOST_PAGES) {
        Some(access) => Err(format!("`trace`: page {} is beyond the largest address space, {MOST_PAGES}", access.page)),
        None => Ok(Some(Datum::new(config))),
    }
}

/// How many accesses the process makes.
pub fn accesses(setup: &Setup) -> u32 {
    match setup.config::<Config>() {
        Some(config) if !config.trace.is_empty() => config.trace.len() as u32,
        _ => setup.parameter("accesses") as u32,
    }
}

/// What the process does in its k-th access. It depends on nothing but the scenario and its seed: the same process runs
/// under every strategy, wherever it is.
pub fn access(setup: &Setup, k: u32) -> Access {
    /// What the draws belong to: no node has this number.
    const PROCESS: u64 = 0xFFFF_FFFF;
    let pages = pages(setup);
    if let Some(config) = setup.config::<Config>()
        && let Some(access) = config.trace.get(k as usize)
    {
        // A trace may be longer than the address space that somebody tries it on.
        return Access { page: access.page % pages, ..*access };
    }
    let used = match setup.parameter("working-set") as u32 {
        0 => pages,
        some => some.min(pages),
    };
    let bits = |what| draw(setup.seed, Purpose::Process, (PROCESS, what), k.into());
    Access { page: below(bits(0), used.into()) as u32, writes: below(bits(1), 100) < setup.parameter("writes") as u64 }
}
