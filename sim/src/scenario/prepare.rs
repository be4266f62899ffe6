//! Checking a scenario against its algorithm.

use super::{
    FileError, LinkEntry, NodeEntry, Nodes, Scenario, Template, Topology, Trace, WorkloadRule,
    file_event::{FileEvent, Reader},
};
use crate::{
    Algorithm, AnyProcess, Link, Micros, NodeId, Payloads, Rate, Scripted, Setup,
    algorithm::{Parameter, Unit},
    json, limits,
    link::{Preset, new_link},
    setup::NodeSpec,
};
use std::sync::Arc;

impl Scenario {
    /// Checks every field against the algorithm and makes what a world is made from.
    pub fn prepare(&self, algorithm: &'static Algorithm) -> Result<Setup, FileError> {
        if self.algorithm != algorithm.id {
            let message = format!("this is a scenario of {}, not of {}", self.algorithm, algorithm.id);
            return Err(FileError::field("algorithm", message));
        }
        if crate::algorithms::topic(self.topic()).is_none() && self.topic.is_some() {
            let message = format!("there is no topic `{}`; leave it out, or name one of the list", self.topic());
            return Err(FileError::field("topic", message));
        }
        let n = self.nodes.count();
        if n == 0 || n as usize > limits::NODES {
            return Err(FileError::field("nodes", format!("{n} nodes: between 1 and {}", limits::NODES)));
        }
        self.delay.check().map_err(|why| FileError::field("delay", why))?;
        let mut setup = Setup {
            algorithm,
            seed: self.seed,
            parameters: vec![],
            variant: None,
            config: None,
            order: self.order,
            delay: self.delay,
            nodes: vec![],
            links: vec![],
            script: vec![],
            workload: self.workload.clone(),
            templates: vec![],
            trace: None,
            policy: None,
            payloads: Payloads::default(),
        };
        // One by one into the whole: an error then has one thing to take apart, not as many as are there by then.
        setup.parameters = self.read_parameters(algorithm)?;
        setup.variant = self.read_variant(algorithm)?;
        setup.config = (algorithm.configure)(&self.config, n).map_err(|why| FileError::field("config", why))?;
        setup.nodes = self.place_nodes(algorithm, n)?;
        setup.links = self.make_links(n)?;
        setup.policy = self.read_policy(algorithm)?;
        let processes: Vec<Arc<dyn AnyProcess>> = (0..n).map(|k| (algorithm.spawn)(&setup, NodeId(k))).collect();
        setup.trace = self.read_trace(&setup)?;
        setup.templates = self.read_workload(&setup, &processes)?;
        let (script, payloads) = self.read_script(&setup, &processes)?;
        setup.script = script;
        setup.payloads = payloads;
        Ok(setup)
    }

    fn read_variant(&self, algorithm: &'static Algorithm) -> Result<Option<&'static str>, FileError> {
        let Some(variant) = &self.variant else { return Ok(None) };
        let known: Vec<&str> = algorithm.bugs.iter().map(|bug| bug.id).collect();
        match algorithm.bug(variant) {
            Some(bug) => Ok(Some(bug.id)),
            None => Err(FileError::field("variant", format!("`{variant}` is none of: {}", known.join(", ")))),
        }
    }

    fn read_parameters(&self, algorithm: &Algorithm) -> Result<Vec<i64>, FileError> {
        let known: Vec<&str> = algorithm.parameters.iter().map(|parameter| parameter.name).collect();
        for name in self.parameters.keys() {
            if !known.contains(&name.as_str()) {
                let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let message = format!("this algorithm has no such parameter; it has: {list}");
                return Err(FileError::field(format!("parameters.{name}"), message));
            }
        }
        let read = |parameter: &Parameter| match self.parameters.get(parameter.name) {
            None => Ok(parameter.default),
            Some(json) => {
                parameter.read(json).map_err(|why| FileError::field(format!("parameters.{}", parameter.name), why))
            }
        };
        algorithm.parameters.iter().map(read).collect()
    }

    fn read_policy(&self, algorithm: &Algorithm) -> Result<Option<crate::Datum>, FileError> {
        let wrong = |why| FileError::field("policy", why);
        match (&algorithm.policy, self.policy.is_null()) {
            (None, true) => Ok(None),
            (None, false) => Err(wrong("this algorithm has no policy to set".to_owned())),
            (Some(kind), true) => {
                let json = json::parse(kind.default).map_err(|error| wrong(error.to_string()))?;
                (kind.read)(&json).map(Some).map_err(wrong)
            }
            (Some(kind), false) => (kind.read)(&self.policy).map(Some).map_err(wrong),
        }
    }

    fn place_nodes(&self, algorithm: &Algorithm, n: u32) -> Result<Vec<NodeSpec>, FileError> {
        let preset = match &self.topology {
            Topology::Preset(preset) => *preset,
            Topology::Links(_) => Preset::Complete,
        };
        let place = |k: u32, entry: &NodeEntry| {
            let chosen = preset.place(k, n);
            let field = |name: &str| format!("nodes[{k}].{name}");
            let within = |value: Option<i16>, chosen: i16, name: &str| match value {
                Some(value) if !(0..=1000).contains(&value) => {
                    Err(FileError::field(field(name), format!("{value} is off the stage: 0 to 1000")))
                }
                value => Ok(value.unwrap_or(chosen)),
            };
            let (numerator, denominator) = entry.clock_rate.unwrap_or((1, 1));
            if numerator == 0 || denominator == 0 {
                return Err(FileError::field(field("clock-rate"), "a clock's rate cannot be zero"));
            }
            let name = entry.name.clone().unwrap_or_else(|| algorithm.node_name(NodeId(k)));
            if name.is_empty() || name.chars().count() > 24 {
                return Err(FileError::field(field("name"), "a name has 1 to 24 characters"));
            }
            Ok(NodeSpec {
                name: name.into(),
                place: crate::Place { x: within(entry.x, chosen.x, "x")?, y: within(entry.y, chosen.y, "y")? },
                offset: entry.clock_offset.unwrap_or(0),
                rate: Rate { numerator, denominator },
            })
        };
        match &self.nodes {
            Nodes::Count(count) => (0..*count).map(|k| place(k, &NodeEntry::default())).collect(),
            Nodes::List(list) => list.iter().enumerate().map(|(k, entry)| place(k as u32, entry)).collect(),
        }
    }

    fn make_links(&self, n: u32) -> Result<Vec<Link>, FileError> {
        let make = |entry: &LinkEntry| {
            let ends = (NodeId(entry.ends.0), NodeId(entry.ends.1));
            let mut link = new_link(ends, entry.delay.unwrap_or(self.delay), entry.order.unwrap_or(self.order));
            link.loss = entry.loss.unwrap_or(self.loss);
            if let Some(back) = entry.back {
                link.set_delay_from(ends.1, back);
            }
            link
        };
        let links: Vec<Link> = match &self.topology {
            Topology::Preset(Preset::Complete) if n as usize * (n as usize - 1) / 2 > limits::LINKS => {
                let message = format!(
                    "{n} nodes, each linked with each: more than {} links; choose a ring or a grid",
                    limits::LINKS
                );
                return Err(FileError::field("topology", message));
            }
            Topology::Preset(preset) => {
                let pairs = preset.pairs(n);
                pairs.iter().map(|(a, b)| make(&LinkEntry { ends: (a.0, b.0), ..LinkEntry::default() })).collect()
            }
            Topology::Links(list) => {
                for (k, entry) in list.iter().enumerate() {
                    check_link(entry, n).map_err(|why| FileError::field(format!("topology[{k}]"), why))?;
                }
                list.iter().map(make).collect()
            }
        };
        // A preset links no two nodes twice.
        let listed = matches!(self.topology, Topology::Links(_)) && links.len() <= 5_000;
        let doubled = (1..links.len()).find(|&k| listed && links[..k].iter().any(|other| other.ends == links[k].ends));
        match doubled {
            Some(k) => Err(FileError::field(format!("topology[{k}]"), "these two nodes are linked already")),
            None if links.len() > limits::LINKS => {
                Err(FileError::field("topology", format!("no more than {} links", limits::LINKS)))
            }
            None if self.loss > 1_000_000 => Err(FileError::field("loss", "at most 1,000,000 in a million")),
            None => Ok(links),
        }
    }

    fn read_trace(&self, setup: &Setup) -> Result<Option<Trace>, FileError> {
        if self.trace.is_empty() {
            return Ok(None);
        }
        let names: Vec<&str> = setup.nodes.iter().map(|node| &*node.name).collect();
        Trace::read(&self.trace, &names).map(Some)
    }

    fn read_workload(&self, setup: &Setup, processes: &[Arc<dyn AnyProcess>]) -> Result<Vec<Template>, FileError> {
        let n = processes.len() as u32;
        let mut templates = Vec::with_capacity(self.workload.len());
        for (k, rule) in self.workload.iter().enumerate() {
            let field = |name: &str| format!("workload[{k}].{name}");
            if !(1..=WorkloadRule::MOST_AT_A_TIME).contains(&rule.burst) {
                let most = WorkloadRule::MOST_AT_A_TIME;
                return Err(FileError::field(field("burst"), format!("{} at a time: from 1 to {most}", rule.burst)));
            }
            if rule.on == WorkloadRule::TRACE && !setup.trace.as_ref().is_some_and(Trace::is_timed) {
                let message = "`trace` asks for the rows of a trace, and there is none with a column `at`";
                return Err(FileError::field(field("on"), message));
            }
            rule.after.check().map_err(|why| FileError::field(field("after"), why))?;
            if rule.repeat && rule.after.mean() == Micros::ZERO {
                return Err(FileError::field(field("after"), "a rule that repeats needs a time between its requests"));
            }
            if let Some(node) = rule.nodes.iter().flatten().find(|&&node| node >= n) {
                return Err(FileError::field(field("nodes"), format!("there is no node {node}")));
            }
            let template = rule.template(setup.trace.as_ref(), &*processes[0]);
            templates.push(template.map_err(|why| FileError::field(field("request"), why))?);
        }
        Ok(templates)
    }

    fn read_script(
        &self,
        setup: &Setup,
        processes: &[Arc<dyn AnyProcess>],
    ) -> Result<(Vec<Scripted>, Payloads), FileError> {
        if self.script.len() > limits::SCRIPT_ITEMS {
            return Err(FileError::field("script", format!("no more than {} items", limits::SCRIPT_ITEMS)));
        }
        let mut payloads = Payloads::default();
        // Those that join in the course of the script read what they are asked as the others do.
        let join = self.script.iter().filter(|item| matches!(item.event, FileEvent::AddNode(_))).count();
        let process = |id: NodeId| {
            let newcomer = || processes.first().filter(|_| id.index() < processes.len() + join);
            processes.get(id.index()).or_else(newcomer).map(AsRef::as_ref)
        };
        let reader = Reader { process: &process, links: &setup.links, setup };
        let mut script = Vec::with_capacity(self.script.len());
        for (k, item) in self.script.iter().enumerate() {
            let field = format!("script[{k}].event");
            let event = item.event.resolve(&reader, &mut payloads, &field)?;
            if event.is_pending_item() {
                return Err(FileError::field(field, "the script can ask, crash or change, but not deliver or fire"));
            }
            script.push(Scripted { at: item.at, event });
        }
        Ok((script, payloads))
    }
}

fn check_link(entry: &LinkEntry, n: u32) -> Result<(), String> {
    let (a, b) = entry.ends;
    if a >= n || b >= n || a == b {
        return Err(format!("[{a}, {b}]: two different nodes between 0 and {}", n - 1));
    }
    if entry.loss.is_some_and(|loss| loss > 1_000_000) {
        return Err("loss: at most 1,000,000 in a million".into());
    }
    entry.delay.iter().chain(&entry.back).try_for_each(|delay| delay.check().map(|_| ()))
}

impl Parameter {
    /// Reads a value from JSON: a number, a time, or one of the words. The error says what is allowed.
    pub fn read(&self, json: &serde_json::Value) -> Result<i64, String> {
        let number = match (self.unit, json) {
            (Unit::Choice(words), serde_json::Value::String(word)) => {
                let found = words.iter().position(|known| known == word);
                found.map(|index| index as i64).ok_or_else(|| format!("`{word}` is none of: {}", words.join(", ")))?
            }
            (Unit::Time, serde_json::Value::String(text)) => Micros::parse(text)?.0.min(i64::MAX as u64) as i64,
            (_, serde_json::Value::Number(number)) => {
                number.as_i64().ok_or_else(|| format!("{number} is not a whole number"))?
            }
            (Unit::Count, serde_json::Value::String(text)) => {
                text.parse().map_err(|_| format!("`{text}` is not a whole number"))?
            }
            _ => return Err(format!("expected {}", self.expected())),
        };
        if (self.min..=self.max).contains(&number) {
            Ok(number)
        } else {
            Err(format!("{} is out of range: {}", self.show(number), self.expected()))
        }
    }

    /// A value as the page and the command line show it.
    pub fn show(&self, value: i64) -> String {
        match self.unit {
            Unit::Count => value.to_string(),
            Unit::Time => Micros(value.max(0) as u64).to_string(),
            Unit::Choice(words) => {
                words.get(value.max(0) as usize).map_or_else(|| value.to_string(), ToString::to_string)
            }
        }
    }

    /// What is allowed: "a time from 1 ms to 1 s".
    pub fn expected(&self) -> String {
        match self.unit {
            Unit::Choice(words) => format!("one of: {}", words.join(", ")),
            Unit::Time => format!("a time from {} to {}", self.show(self.min), self.show(self.max)),
            Unit::Count => format!("a whole number from {} to {}", self.min, self.max),
        }
    }
}
