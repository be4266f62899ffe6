//! What a process does: steps that are written as a line of text, and the scenario's `config` in which they stand.

use crate::algorithms::deadlock::layout::{self, Layout, Placed, ProcessId, ResourceId};
use crate::json::{Fields, Json, Read, Wrong};
use crate::sorted::Set;
use crate::{Datum, Micros, NodeId, Setup, algorithm::Scripts};
use serde::Serialize;
use std::fmt;

/// One step of a program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Step {
    /// It needs all of these to go on.
    Ask(Vec<ResourceId>),
    /// It works for so long.
    Compute(Micros),
    /// It gives these back; all that it holds, where the list is empty.
    Release(Vec<ResourceId>),
}

/// A program: `"ask R1, 20 ms, ask R2, 10 ms, release"`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Program(pub Vec<Step>);

/// Steps that a program may have.
const MOST_STEPS: usize = 100;

impl Program {
    /// Every resource that it asks for.
    pub fn claims(&self) -> Set<ResourceId> {
        self.asked_after(0)
    }

    /// Every resource that it asks for in this step or a later one.
    pub fn asked_after(&self, step: u32) -> Set<ResourceId> {
        let mut found = Set::new();
        for later in self.0.iter().skip(step as usize) {
            if let Step::Ask(wanted) = later {
                found.extend(wanted.iter().copied());
            }
        }
        found
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, step) in self.0.iter().enumerate() {
            f.write_str(if k > 0 { ", " } else { "" })?;
            let resources = match step {
                Step::Compute(time) => {
                    write!(f, "{time}")?;
                    continue;
                }
                Step::Ask(resources) => ("ask", resources),
                Step::Release(resources) => ("release", resources),
            };
            f.write_str(resources.0)?;
            resources.1.iter().try_for_each(|resource| write!(f, " {resource}"))?;
        }
        Ok(())
    }
}

/// The programs as lines that can be rewritten, one for each process.
pub const SCRIPTS: Scripts = Scripts {
    hint: "Steps with commas between: ask R1 R2, 20 ms, release R1, release. Without a program a process does what you ask it.",
    read: |setup| {
        let Some(config) = setup.config::<Config>() else { return vec![] };
        let text = |&process: &ProcessId| config.program(process).map(ToString::to_string).unwrap_or_default();
        config.layout.sites.iter().flatten().map(|process| (process.to_string(), text(process))).collect()
    },
    write: with_program,
};

/// The `config` with another program of one process; with none, where the text is empty.
fn with_program(setup: &Setup, json: &Json, index: usize, text: &str) -> Json {
    let Some(config) = setup.config::<Config>() else { return json.clone() };
    let Some(&process) = config.layout.sites.iter().flatten().nth(index) else { return json.clone() };
    let mut json = json.clone();
    if json.is_null() {
        let list = |items: Vec<Json>| Json::Array(items);
        let sites =
            config.layout.sites.iter().map(|site| list(site.iter().map(|one| one.to_string().into()).collect()));
        let resources = config.layout.resources.iter().map(|placed| {
            let fields = [("resource", placed.resource.to_string().into()), ("site", placed.site.into())];
            Json::Object(fields.into_iter().map(|(name, value): (&str, Json)| (name.to_owned(), value)).collect())
        });
        let programs = config.programs.iter().map(|(process, program)| pair(*process, &program.to_string()));
        let fields = [("sites", sites.collect()), ("resources", resources.collect()), ("programs", programs.collect())];
        json = Json::Object(fields.into_iter().map(|(name, items)| (name.to_owned(), list(items))).collect());
    }
    let Json::Object(fields) = &mut json else { return json };
    if !fields.contains_key("programs") {
        fields.insert("programs".into(), Json::Array(vec![]));
    }
    if let Some(Json::Array(programs)) = fields.get_mut("programs") {
        let name = process.to_string();
        let at = programs.iter().position(|known| known.get(0).and_then(Json::as_str) == Some(&name));
        match (at, text.trim()) {
            (Some(at), "") => drop(programs.remove(at)),
            (Some(at), text) => programs[at] = pair(process, text),
            (None, "") => {}
            (None, text) => programs.push(pair(process, text)),
        }
    }
    json
}

fn pair(process: ProcessId, text: &str) -> Json {
    Json::Array(vec![process.to_string().into(), text.into()])
}

impl Read for Program {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let expected = || Wrong::expected("steps such as \"ask R1, 20 ms, ask R2 R3, 10 ms, release\"", json);
        let text = json.as_str().ok_or_else(expected)?;
        let steps: Result<Vec<Step>, Wrong> = text.split(',').map(|step| read_step(step.trim())).collect();
        let steps = steps?;
        if steps.len() > MOST_STEPS {
            return Err(Wrong::new(format!("a program has at most {MOST_STEPS} steps")));
        }
        Ok(Self(steps))
    }
}

fn read_step(text: &str) -> Result<Step, Wrong> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let resources =
        || rest.split_whitespace().map(|name| ResourceId::read(&Json::from(name))).collect::<Result<Vec<_>, Wrong>>();
    match word {
        "ask" => match resources()? {
            none if none.is_empty() => Err(Wrong::new("`ask` needs the names of resources")),
            resources => Ok(Step::Ask(resources)),
        },
        "release" => resources().map(Step::Release),
        _ => Micros::parse(text).map(Step::Compute).map_err(|_| {
            Wrong::new(format!("`{text}` is no step: expected \"ask R1\", \"20 ms\", \"release R1\" or \"release\""))
        }),
    }
}

/// The scenario's `config`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Config {
    /// Where processes and resources are, and who waits at the start.
    pub layout: Layout,
    /// What the processes do. Who has no program does what the user says.
    pub programs: Vec<(ProcessId, Program)>,
    /// The stamps of the first transactions, where they are given: the lower is the older.
    pub ages: Vec<(ProcessId, u32)>,
    /// For each site, the controller to which it reports.
    pub parents: Vec<Option<NodeId>>,
}

impl Config {
    /// The program of a process.
    pub fn program(&self, process: ProcessId) -> Option<&Program> {
        self.programs.iter().find(|(known, _)| *known == process).map(|(_, program)| program)
    }

    /// The sites of the resources that a process may ask for; nothing where that cannot be known.
    pub fn sites_of(&self, process: ProcessId) -> Option<Set<NodeId>> {
        let mut sites = Set::new();
        for resource in &self.program(process)?.claims() {
            sites.insert(self.layout.site_of(*resource)?);
        }
        let held = self.layout.resources.iter().filter(|placed| placed.holder == Some(process));
        sites.extend(held.map(|placed| NodeId(placed.site)));
        Some(sites)
    }

    fn check(&self, sites: u32) -> Result<(), String> {
        self.layout.check(sites)?;
        for (process, program) in &self.programs {
            if self.layout.party(*process).is_none() {
                return Err(format!("{process} has a program, but is in no list of `sites`"));
            }
            let mut claims = program.claims().into_iter();
            if let Some(unknown) = claims.find(|&resource| self.layout.placed(resource).is_none()) {
                return Err(format!("{process} asks for {unknown}, which is not in `resources`"));
            }
        }
        if self.parents.len() > sites as usize {
            return Err(format!("`parents` lists {} sites, but there are {sites} nodes", self.parents.len()));
        }
        for site in 0..sites {
            let mut at = NodeId(site);
            for _ in 0..=sites {
                match self.parents.get(at.index()).copied().flatten() {
                    Some(parent) if parent.0 >= sites => return Err(format!("`parents`: there is no site {parent}")),
                    Some(parent) => at = parent,
                    None => break,
                }
            }
            if self.parents.get(at.index()).copied().flatten().is_some() {
                return Err(format!("`parents`: above site {site} is a ring, not a tree"));
            }
        }
        Ok(())
    }
}

/// If nothing is said: on each site a process and a resource, and each process first takes the resource of its own site
/// and then that of the next one, round.
fn of_sites(sites: u32) -> Config {
    let mut layout = Layout::of_sites(sites);
    layout.resources.iter_mut().for_each(|placed| placed.holder = None);
    let program = |site: u32| {
        let (own, next) = (ResourceId(site + 1), ResourceId((site + 1) % sites + 1));
        let work = Step::Compute(Micros(20_000));
        let steps = vec![Step::Ask(vec![own]), work.clone(), Step::Ask(vec![next]), work, Step::Release(vec![])];
        (ProcessId(site + 1), Program(steps))
    };
    Config { layout, programs: (0..sites).map(program).collect(), ages: vec![], parents: vec![] }
}

/// Reads the `config`; `parents` are those of an algorithm whose scenario names none.
pub fn configure(json: &Json, sites: u32, parents: fn(u32) -> Vec<Option<NodeId>>) -> Result<Option<Datum>, String> {
    let mut config = if json.is_null() {
        if sites >= layout::NUMBERS {
            return Err(format!("no more than {} sites", layout::NUMBERS - 1));
        }
        of_sites(sites)
    } else {
        let expected = "expected {\"sites\": [[\"P1\"], …], \"resources\": [{\"resource\": \"R1\", \"site\": 0}, …], \"programs\": [[\"P1\", \"ask R1, 20 ms, release\"], …]}";
        read(json).map_err(|wrong| format!("{wrong}; {expected}"))?
    };
    if config.parents.is_empty() {
        config.parents = parents(sites);
    }
    config.check(sites)?;
    Ok(Some(Datum::new(config)))
}

fn read(json: &Json) -> Result<Config, Wrong> {
    let mut fields = Fields::of(json, &["sites", "resources", "waits", "programs", "ages", "parents"])?;
    let sites: Option<Vec<Vec<ProcessId>>> = fields.field("sites");
    let resources: Option<Vec<Placed>> = fields.or("resources", vec![]);
    let waits = fields.or("waits", vec![]);
    let programs = fields.or("programs", vec![]);
    let ages = fields.or("ages", vec![]);
    let parents = fields.or("parents", vec![]);
    fields.check()?;
    let layout = Layout {
        sites: sites.unwrap_or_default(),
        resources: resources.unwrap_or_default(),
        waits: waits.unwrap_or_default(),
    };
    Ok(Config {
        layout,
        programs: programs.unwrap_or_default(),
        ages: ages.unwrap_or_default(),
        parents: parents.unwrap_or_default(),
    })
}
