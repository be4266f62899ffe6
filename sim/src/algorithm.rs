//! What is known about an algorithm besides its code: one `static ALGORITHM` a file.

mod plots;

pub use plots::{Growth, Plot, Statistic};

use crate::json::Json;
use crate::{AnyProcess, ClockBounds, Datum, NodeId, Order, Property, Ranges, Setup, Step, World, causality::Claim};
use std::sync::Arc;

/// Everything that menus, links, tests, docs and benches need to know about one topic.
pub struct Algorithm {
    /// Its id in the syllabus, which is its path everywhere: `mutex/ricart-agrawala`.
    pub id: &'static str,
    /// Its name on the screen.
    pub title: &'static str,
    /// One line that says what it is, for its card.
    pub summary: &'static str,
    /// What kind of topic it is.
    pub kind: Kind,
    /// Raised whenever a change alters any run, so that old links are recognized.
    pub revision: u16,
    /// What it relies on. Whatever breaks one of these is named on the screen.
    pub assumes: Assumptions,
    /// Whether nodes can join and leave while it runs.
    pub membership: Membership,
    /// Where the rules come from.
    pub sources: &'static [&'static str],
    /// Article and pseudocode.
    pub texts: Texts,
    /// What can be set before a run.
    pub parameters: &'static [Parameter],
    /// What stands beside the parameters, worked out from the scenario.
    pub remarks: fn(&Setup) -> Vec<Remark>,
    /// What can be replaced in the middle of a run.
    pub policy: Option<PolicyKind>,
    /// The names of its scenarios; the first is the one that opens.
    pub scenarios: &'static [&'static str],
    /// What must hold.
    pub properties: &'static [Property],
    /// What it costs, as a formula beside the count.
    pub costs: &'static [Cost],
    /// Variants and planted bugs.
    pub bugs: &'static [Bug],
    /// Whether logical stamps are shown from the start; they can always be asked for.
    pub stamps: bool,
    /// What can be plotted over time.
    pub plots: &'static [Plot],
    /// Quantities that grow while time passes, counted by the engine.
    pub growths: &'static [Growth],
    /// What is summed up over a whole run, for experiments.
    pub statistics: &'static [Statistic],
    /// What theory says of one of these where arrivals are Poisson and services exponential, as it is written and as a
    /// formula of `load`, `n` and the mean `service`, in milliseconds: statistic, words, formula.
    pub theory: &'static [(&'static str, &'static str, &'static str)],
    /// The names of its experiments.
    pub experiments: &'static [&'static str],
    /// Outputs at which Play pauses when *pause on interesting events* is on.
    pub milestones: &'static [&'static str],
    /// The output by which a process tells that it recorded its state: just before that event the recorded cut crosses
    /// its line. Nothing where none is recorded.
    pub records: Option<&'static str>,
    /// What a step claims to have been so at several nodes at once: a detector, what it has found. The page looks for a
    /// consistent cut that contains it.
    pub claims: fn(&Step, &World) -> Vec<Claim>,
    /// The prefix of its nodes' names: `"P"`, `"M"`, `"S"`.
    pub node_prefix: &'static str,
    /// The number in the name of its first node: 0 for P0, 1 for M1.
    pub first_number: u32,
    /// The outline of its nodes.
    pub node_shape: NodeShape,
    /// The order of its nodes round a logical ring, in the direction of its messages; nothing where it has none.
    pub ring: Option<fn(&Setup) -> Vec<NodeId>>,
    /// What it promises of its nodes' clocks; nothing where time is not its subject.
    pub clocks: Option<fn(&World) -> ClockBounds>,
    /// Ranges that are drawn beside the network, picture by picture; nothing where it reasons with none. Always as many
    /// pictures, so that nothing jumps.
    pub ranges: Option<fn(&World) -> Vec<Ranges>>,
    /// What nodes do, as lines of text that can be rewritten; nothing where there are none.
    pub scripts: Option<Scripts>,
    /// Reads the scenario's `config`, given the number of nodes.
    pub configure: fn(&Json, u32) -> Result<Option<Datum>, String>,
    /// Makes the process of a node.
    pub spawn: fn(&Setup, NodeId) -> Arc<dyn AnyProcess>,
}

impl Algorithm {
    /// What stands in every field that an algorithm does not set.
    pub const EMPTY: Self = Self {
        id: "",
        title: "",
        summary: "",
        kind: Kind::Algorithm,
        revision: 1,
        assumes: Assumptions {
            links: Links::Reliable,
            order: Order::Any,
            timing: Timing::Asynchronous,
            faults: Faults::None,
        },
        membership: Membership::Fixed,
        sources: &[],
        texts: Texts { article: "", pseudocode: "", scenarios: &[], experiments: &[] },
        parameters: &[],
        remarks: |_| vec![],
        policy: None,
        scenarios: &[],
        properties: &[],
        costs: &[],
        bugs: &[],
        stamps: true,
        plots: &[],
        growths: &[],
        statistics: &[],
        theory: &[],
        experiments: &[],
        milestones: &[],
        records: None,
        claims: |_, _| vec![],
        node_prefix: "P",
        first_number: 0,
        node_shape: NodeShape::Circle,
        ring: None,
        clocks: None,
        ranges: None,
        scripts: None,
        configure: no_configuration,
        spawn: |_, _| Arc::new(Nobody),
    };

    /// The family: the part of the id before the slash.
    pub fn family(&self) -> &'static str {
        self.id.split('/').next().unwrap_or("")
    }

    /// The name of a node that nobody has named.
    pub fn node_name(&self, node: NodeId) -> String {
        format!("{}{}", self.node_prefix, node.0 + self.first_number)
    }

    /// Whether even Play can break an assumption, so that it must look before each event.
    pub fn is_watchful(&self) -> bool {
        self.assumes.order == Order::Fifo || self.assumes.timing == Timing::Bounded
    }

    /// The bug of this id.
    pub fn bug(&self, id: &str) -> Option<&'static Bug> {
        self.bugs.iter().find(|bug| bug.id == id)
    }
}

/// Refuses a configuration: for algorithms that need none.
fn no_configuration(json: &Json, _nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() { Ok(None) } else { Err("this algorithm takes no `config`".into()) }
}

/// A process that does nothing, for topics without one.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize)]
struct Nobody;

impl crate::Process for Nobody {
    type Message = ();
    type Timer = ();
    type Request = ();
    type Output = ();
    fn on_message(&mut self, _: NodeId, (): (), _: &mut crate::Context<'_, Self>) {}
    fn status(&self) -> crate::Status {
        crate::Status::new("", crate::Tone::Idle)
    }
}

/// The kinds of topics of the syllabus.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Kind {
    /// A distributed algorithm that runs on the engine.
    Algorithm,
    /// A policy that changes how an algorithm behaves.
    Policy,
    /// A bench over state that a student edits and an exact algorithm judges.
    Laboratory,
    /// An article with live runs.
    Concept,
}

impl Kind {
    /// The syllabus' letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Algorithm => "A",
            Self::Policy => "P",
            Self::Laboratory => "L",
            Self::Concept => "C",
        }
    }
    /// The word behind the letter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Algorithm => "algorithm",
            Self::Policy => "policy",
            Self::Laboratory => "laboratory",
            Self::Concept => "concept",
        }
    }
}

/// The outline of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeShape {
    /// A process.
    Circle,
    /// A machine: a rounded square, with gauges beside it.
    Machine,
    /// A site: a wide box that its parts sit in.
    Site,
    /// A bench: a box that fills its share of the stage, in which the user places parts.
    Bench,
}

impl NodeShape {
    /// Whether it is a box that its parts sit in.
    pub fn holds_parts(self) -> bool {
        matches!(self, Self::Site | Self::Bench)
    }
}

/// What an algorithm relies on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Assumptions {
    /// What links may do to messages.
    pub links: Links,
    /// Whether messages of one pair may overtake each other.
    pub order: Order,
    /// Whether delays are bounded.
    pub timing: Timing,
    /// What nodes may do.
    pub faults: Faults,
}

/// What links may do to messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Links {
    /// Every message arrives, once.
    Reliable,
    /// Messages may be lost.
    Lossy,
    /// Messages may be lost or arrive more than once.
    LossyAndDuplicating,
}

/// Whether delays are bounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Timing {
    /// Any delay is legal.
    Asynchronous,
    /// No message takes longer than its link's greatest delay.
    Bounded,
}

/// What nodes may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Faults {
    /// They never crash.
    None,
    /// They may crash and stay down.
    CrashStop,
    /// They may crash and come back.
    CrashRecovery,
}

/// An assumption that was broken, in the words of the screen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
pub enum Assumption {
    /// No message is lost.
    NoLoss,
    /// No message arrives twice.
    NoDuplication,
    /// First in, first out.
    Fifo,
    /// Every message arrives within its link's bound.
    BoundedDelay,
    /// No node crashes.
    NoCrash,
    /// A crashed node stays down.
    NoRecovery,
}

impl Assumption {
    /// The sentence above the checks.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoLoss => "This algorithm assumes that no message is lost.",
            Self::NoDuplication => "This algorithm assumes that no message arrives twice.",
            Self::Fifo => "This algorithm assumes FIFO channels: messages of one pair arrive in the order of sending.",
            Self::BoundedDelay => "This algorithm assumes that every message arrives within the bound of its link.",
            Self::NoCrash => "This algorithm assumes that no process crashes.",
            Self::NoRecovery => "This algorithm assumes that a crashed process stays down.",
        }
    }
}

/// Whether nodes can join and leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Membership {
    /// The members are those of the start.
    Fixed,
    /// Processes are told who joins and leaves.
    Open,
}

/// Article, pseudocode, scenarios and experiments. Empty in the page, which fetches them as files.
pub struct Texts {
    /// The article, in Markdown.
    pub article: &'static str,
    /// The pseudocode: a line with a `#tag` at its end can be lit.
    pub pseudocode: &'static str,
    /// The scenarios' names and their JSON.
    pub scenarios: &'static [(&'static str, &'static str)],
    /// The experiments' names and their JSON.
    pub experiments: &'static [(&'static str, &'static str)],
}

/// The texts of an algorithm: `texts!("mutex/ricart-agrawala", "ricart_agrawala", ["tie", "crash"])`, with the names of its
/// experiments behind those of its scenarios, if it has any; of a topic that is shown on runs of others, and has no
/// pseudocode: `texts!("mutex/requirements", "requirements", no pseudocode, [])`.
#[macro_export]
macro_rules! texts {
    ($id:literal, $file:literal, no pseudocode, $scenarios:tt $(, $experiments:tt)?) => {
        $crate::texts!(@ $id, concat!($file, ".md"), "", $scenarios $(, $experiments)?)
    };
    ($id:literal, $file:literal, $scenarios:tt $(, $experiments:tt)?) => {
        $crate::texts!(@ $id, concat!($file, ".md"), include_str!(concat!($file, ".txt")), $scenarios $(, $experiments)?)
    };
    (@ $id:literal, $article:expr, $pseudocode:expr, [$($scenario:literal),* $(,)?] $(, [$($experiment:literal),* $(,)?])?) => {{
        #[cfg(feature = "embed")]
        {
            $crate::Texts {
                article: include_str!($article),
                pseudocode: $pseudocode,
                scenarios: &[$(($scenario, include_str!(concat!("../../../../scenarios/", $id, "/", $scenario, ".json")))),*],
                experiments: &[$($(($experiment, include_str!(concat!("../../../../experiments/", $id, "/", $experiment, ".json")))),*)?],
            }
        }
        #[cfg(not(feature = "embed"))]
        $crate::Texts { article: "", pseudocode: "", scenarios: &[], experiments: &[] }
    }};
}

/// Something that is set before a run and fixed for it.
pub struct Parameter {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// What the page calls it.
    pub label: &'static str,
    /// How its number is read.
    pub unit: Unit,
    /// The least value allowed.
    pub min: i64,
    /// The greatest value allowed.
    pub max: i64,
    /// The value if nothing is said.
    pub default: i64,
}

/// What stands beside a parameter, so that its value can be judged before the run: "round trip 20 ms".
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Remark {
    /// The parameter's name.
    pub parameter: &'static str,
    /// The remark.
    pub text: String,
    /// Whether the value is one with which the algorithm can go wrong.
    pub warns: bool,
}

/// How a parameter's number is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A bare number.
    Count,
    /// Microseconds, written with a unit.
    Time,
    /// The position of one of these words.
    Choice(&'static [&'static str]),
}

/// Lines of text in the scenario's `config` that say what its nodes do.
#[derive(Clone, Copy)]
pub struct Scripts {
    /// What they are, and how one is written.
    pub hint: &'static str,
    /// The name of each, and its text.
    pub read: fn(&Setup) -> Vec<(String, String)>,
    /// The `config` with another text in the place of one of them.
    pub write: fn(&Setup, &Json, usize, &str) -> Json,
}

/// A value in the world that an event can replace.
pub struct PolicyKind {
    /// Reads a policy; the error says what was expected.
    pub read: fn(&Json) -> Result<Datum, String>,
    /// The policy if the scenario says nothing, as JSON.
    pub default: &'static str,
    /// The fields that the page offers: name in the JSON, label, unit, least, greatest.
    pub fields: &'static [crate::process::Field],
}

/// A cost: what is counted, beside what the theory says.
pub struct Cost {
    /// What is counted: "messages per entry".
    pub what: &'static str,
    /// The formula as it is written: "2(n − 1)".
    pub formula: &'static str,
    /// How count and formula relate.
    pub relation: Relation,
    /// What was counted, and what the formula gives, once both can be said.
    pub count: fn(&World) -> Option<(u64, u64)>,
    /// When the relation must hold.
    pub when: &'static str,
}

/// How a count and its formula relate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub enum Relation {
    /// They are equal.
    Exactly,
    /// The count is not above.
    AtMost,
    /// The count is not below.
    AtLeast,
    /// The formula is the mean over many runs: one run cannot contradict it.
    OnAverage,
}

impl Relation {
    /// Whether the relation holds.
    pub fn holds(self, counted: u64, formula: u64) -> bool {
        match self {
            Self::Exactly => counted == formula,
            Self::AtMost => counted <= formula,
            Self::AtLeast => counted >= formula,
            Self::OnAverage => true,
        }
    }

    /// In words, to be read before the formula.
    pub fn words(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::OnAverage => "on average",
        }
    }

    /// The sign between count and formula where the relation holds, and the one where it does not.
    pub fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Exactly => ("=", "≠"),
            Self::AtMost => ("≤", ">"),
            Self::AtLeast => ("≥", "<"),
            Self::OnAverage => ("~", "~"),
        }
    }
}

/// A variant with a planted mistake, and what it teaches.
pub struct Bug {
    /// Its name in files: `"stale-clock"`.
    pub id: &'static str,
    /// What was changed, in a few words.
    pub title: &'static str,
    /// What one learns from it.
    pub lesson: &'static str,
    /// The property that it breaks; a test proves that it does.
    pub breaks: &'static str,
    /// The scenario that shows it.
    pub scenario: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_says_what_it_judges() {
        let verdicts =
            |relation: Relation| [(1, 2), (2, 2), (3, 2)].map(|(count, formula)| relation.holds(count, formula));
        assert_eq!(verdicts(Relation::Exactly), [false, true, false]);
        assert_eq!(verdicts(Relation::AtMost), [true, true, false]);
        assert_eq!(verdicts(Relation::AtLeast), [false, true, true]);
        assert_eq!(verdicts(Relation::OnAverage), [true, true, true]);
        assert_eq!(Relation::AtMost.signs(), ("≤", ">"), "a count that differs gets the sign that is true");
    }
}
