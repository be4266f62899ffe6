//! Who holds and who asks for which units of which resource types: the state that the graph benches edit and judge.

mod drawing;
mod findings;
mod vain;

pub use drawing::Drawing;
pub use findings::{Findings, listed};
pub use vain::{in_vain, wait_for};

use super::names::{NUMBERS, ProcessId, ResourceId};
use crate::{
    EdgeKind, Edit, NodeId, Part, PartEdge, PartId, PartKind, Place, Setting, Stand, Tone, graph::Claim, sorted::Map,
};
use serde::Serialize;

/// Parts of one kind that a bench may have.
pub const MOST: usize = 400;
/// Units that a resource type may have.
pub const MOST_UNITS: u32 = 50;

/// The kinds of parts that can be added.
pub const KINDS: &[&str] = &["process", "resource"];
/// What a process needs of what it asks for.
const NEEDS: &[&str] = &["all that it asks for", "one of what it asks for"];

/// Who holds and who asks for what.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Holdings {
    /// The processes.
    pub processes: Map<ProcessId, Process>,
    /// The resource types.
    pub resources: Map<ResourceId, Resource>,
    /// What holds between a process and a type. Pairs of nothing are left out.
    pub claims: Map<(ProcessId, ResourceId), Units>,
}

/// A process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Process {
    /// Where it stands.
    pub at: Place,
    /// Whether one of the types that it asks for is enough.
    pub any: bool,
}

/// A resource type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Resource {
    /// Where it stands.
    pub at: Place,
    /// How many units it has.
    pub units: u32,
}

/// Units of a type that a process has, and that it asks for.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Units {
    /// It holds so many.
    pub holds: u32,
    /// It asks for so many more.
    pub wants: u32,
}

impl Holdings {
    /// Units of a type that nobody holds.
    pub fn free(&self, resource: ResourceId) -> u32 {
        let units = self.resources.get(&resource).map_or(0, |resource| resource.units);
        units.saturating_sub(self.taken(resource))
    }

    /// Units of a type that somebody holds.
    pub fn taken(&self, resource: ResourceId) -> u32 {
        self.claims.iter().filter(|((_, of), _)| *of == resource).map(|(_, units)| units.holds).sum()
    }

    /// What holds between a process and the types, in the order of the types.
    pub fn of(&self, process: ProcessId) -> impl Iterator<Item = (ResourceId, Units)> {
        let own = self.claims.starting_at(&(process, ResourceId(0))).take_while(move |((of, _), _)| *of == process);
        own.map(|((_, resource), units)| (*resource, *units))
    }

    /// Whether a process asks for something.
    pub fn is_blocked(&self, process: ProcessId) -> bool {
        self.of(process).any(|(_, units)| units.wants > 0)
    }

    /// The types by position with what is free of each, and the claims of the processes in their order.
    pub fn numbered(&self) -> (Vec<u32>, Vec<Claim>) {
        let types: Vec<ResourceId> = self.resources.keys().copied().collect();
        let mut free: Vec<u32> = self.resources.values().map(|resource| resource.units).collect();
        let order: Vec<ProcessId> = self.processes.keys().copied().collect();
        let mut claims: Vec<Claim> =
            self.processes.values().map(|process| Claim { any: process.any, ..Claim::default() }).collect();
        for ((process, resource), units) in &self.claims {
            let (Ok(row), Ok(column)) = (order.binary_search(process), types.binary_search(resource)) else { continue };
            free[column] = free[column].saturating_sub(units.holds);
            if units.holds > 0 {
                claims[row].holds.push((column, units.holds));
            }
            if units.wants > 0 {
                claims[row].wants.push((column, units.wants));
            }
        }
        (free, claims)
    }

    fn change(&mut self, process: ProcessId, resource: ResourceId, change: impl FnOnce(&mut Units)) {
        let units = self.claims.or_default((process, resource));
        change(units);
        if *units == Units::default() {
            self.claims.remove(&(process, resource));
        }
    }

    // What can be done. An error says why not, and nothing has changed.

    /// A process asks for one more unit.
    pub fn ask(&mut self, process: ProcessId, resource: ResourceId) -> Result<(), String> {
        let units = self.claims.get(&(process, resource)).copied().unwrap_or_default();
        let all = self.known(process, resource)?.units;
        if units.holds + units.wants >= all {
            return Err(match all {
                1 => format!("{resource} has one unit: {process} cannot ask for more."),
                _ => format!("{resource} has {all} units: {process} cannot hold or ask for more than that."),
            });
        }
        self.change(process, resource, |units| units.wants += 1);
        Ok(())
    }

    /// A process gets a unit: one that it has asked for, or one more.
    pub fn give(&mut self, resource: ResourceId, process: ProcessId) -> Result<(), String> {
        self.known(process, resource)?;
        if self.free(resource) == 0 {
            return Err(format!("All units of {resource} are taken."));
        }
        self.change(process, resource, |units| {
            units.holds += 1;
            units.wants = units.wants.saturating_sub(1);
        });
        Ok(())
    }

    /// Whether all that a process asks for could be granted now; of one that needs one of several, one of them.
    pub fn can_be_granted(&self, process: ProcessId) -> bool {
        let any = self.processes.get(&process).is_some_and(|process| process.any);
        let mut wants = self.of(process).filter(|(_, units)| units.wants > 0).peekable();
        let enough = |(resource, units): (ResourceId, Units)| self.free(resource) >= units.wants;
        wants.peek().is_some() && if any { wants.any(enough) } else { wants.all(enough) }
    }

    /// Grants what a process asks for; of one that needs one of several, the first that is free, and it asks no more.
    pub fn grant(&mut self, process: ProcessId) -> Result<(), String> {
        if !self.is_blocked(process) {
            return Err(format!("{process} asks for nothing."));
        }
        if !self.can_be_granted(process) {
            return Err(format!("{process} must wait: {}.", self.lack(process)));
        }
        let any = self.processes.get(&process).is_some_and(|process| process.any);
        let wants: Vec<(ResourceId, u32)> = self
            .of(process)
            .filter(|(_, units)| units.wants > 0)
            .map(|(resource, units)| (resource, units.wants))
            .collect();
        let mut granted = false;
        for (resource, wanted) in wants {
            let gets = !any || (!granted && self.free(resource) >= wanted);
            self.change(process, resource, |units| {
                units.holds += if gets { wanted } else { 0 };
                units.wants = 0;
            });
            granted |= gets;
        }
        Ok(())
    }

    /// A process finishes: it gives back all that it holds.
    pub fn finish(&mut self, process: ProcessId) -> Result<(), String> {
        if self.is_blocked(process) {
            return Err(format!("{process} waits: it cannot finish."));
        }
        self.claims.retain(|(of, _), _| *of != process);
        Ok(())
    }

    /// What a process lacks: "R1 has no unit free, R2 has 1 of 2".
    pub fn lack(&self, process: ProcessId) -> String {
        let lacks = self.of(process).filter(|&(resource, units)| units.wants > self.free(resource));
        let lacks: Vec<String> = lacks
            .map(|(resource, units)| match self.free(resource) {
                0 => format!("no unit of {resource} is free"),
                free => format!("{resource} has {free} free of the {} that it asks for", units.wants),
            })
            .collect();
        lacks.join(", ")
    }

    fn known(&self, process: ProcessId, resource: ResourceId) -> Result<Resource, String> {
        if !self.processes.contains_key(&process) {
            return Err(format!("There is no process {process}."));
        }
        self.resources.get(&resource).copied().ok_or_else(|| format!("There is no resource {resource}."))
    }

    /// Does an edit by hand.
    pub fn edit(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Add { kind, at } => self.add(kind, *at),
            Edit::Move { part, to } => {
                *self.place(*part)? = *to;
                Ok(())
            }
            Edit::Connect { from, to } => match ends(*from, *to)? {
                (process, resource, true) => self.ask(process, resource),
                (process, resource, false) => self.give(resource, process),
            },
            Edit::Disconnect { from, to } => self.disconnect(*from, *to),
            Edit::Remove { part } => {
                self.place(*part)?;
                self.processes.retain(|process, _| process.part() != *part);
                self.resources.retain(|resource, _| resource.part() != *part);
                self.claims.retain(|(process, resource), _| process.part() != *part && resource.part() != *part);
                Ok(())
            }
            Edit::Set { part, what, value } => self.set(*part, what, *value),
            _ => Err("There is no such table here.".into()),
        }
    }

    fn add(&mut self, kind: &str, at: Place) -> Result<(), String> {
        let full = |count: usize| (count >= MOST).then(|| format!("There may be {MOST} of them."));
        let next = |last: Option<u32>| last.map_or(1, |last| last + 1);
        if kind == "process" {
            let number = next(self.processes.keys().next_back().map(|process| process.0));
            if let Some(full) = full(self.processes.len()).or_else(|| (number >= NUMBERS).then(too_many)) {
                return Err(full);
            }
            self.processes.insert(ProcessId(number), Process { at, any: false });
        } else {
            let number = next(self.resources.keys().next_back().map(|resource| resource.0));
            if let Some(full) = full(self.resources.len()).or_else(|| (number >= NUMBERS).then(too_many)) {
                return Err(full);
            }
            self.resources.insert(ResourceId(number), Resource { at, units: 1 });
        }
        Ok(())
    }

    fn place(&mut self, part: PartId) -> Result<&mut Place, String> {
        let gone = || "It is not here any more.".to_owned();
        if let Some(process) = ProcessId::of_part(part) {
            return self.processes.get_mut(&process).map(|process| &mut process.at).ok_or_else(gone);
        }
        let resource = ResourceId::of_part(part).and_then(|resource| self.resources.get_mut(&resource));
        resource.map(|resource| &mut resource.at).ok_or_else(gone)
    }

    fn disconnect(&mut self, from: PartId, to: PartId) -> Result<(), String> {
        let (process, resource, asks) = ends(from, to)?;
        let units = self.claims.get(&(process, resource)).copied().unwrap_or_default();
        if if asks { units.wants } else { units.holds } == 0 {
            return Err("There is no such arrow.".into());
        }
        self.change(process, resource, |units| if asks { units.wants -= 1 } else { units.holds -= 1 });
        Ok(())
    }

    fn set(&mut self, part: PartId, what: &str, value: i64) -> Result<(), String> {
        self.place(part)?;
        if let (Some(process), "needs", 0 | 1) = (ProcessId::of_part(part), what, value) {
            self.processes.or_insert(process, Process { at: Place { x: 0, y: 0 }, any: false }).any = value == 1;
            return Ok(());
        }
        let Some(resource) = ResourceId::of_part(part).filter(|_| what == "units") else {
            return Err("There is no such number to set.".into());
        };
        let units = u32::try_from(value).ok().filter(|units| (1..=MOST_UNITS).contains(units));
        let Some(units) = units else {
            return Err(format!("{resource} can have 1 to {MOST_UNITS} units."));
        };
        let taken = self.taken(resource);
        if units < taken {
            return Err(format!("{taken} units of {resource} are taken: it cannot have fewer."));
        }
        let wish = self.claims.iter().filter(|((_, of), _)| *of == resource);
        if let Some(((process, _), claim)) = wish.into_iter().find(|(_, claim)| claim.holds + claim.wants > units) {
            let needs = claim.holds + claim.wants;
            return Err(format!("{process} needs {needs} units of {resource}: it cannot have fewer."));
        }
        if let Some(resource) = self.resources.get_mut(&resource) {
            resource.units = units;
        }
        Ok(())
    }

    // What is shown.

    /// Processes and resources; `tone` and word of a process are given.
    pub fn parts(&self, of: impl Fn(ProcessId) -> (Tone, String)) -> Vec<Part> {
        let processes = self.processes.keys().map(|&process| {
            let (tone, word) = of(process);
            Part { id: process.part(), name: process.to_string(), kind: PartKind::Process, tone, word }
        });
        let resources = self.resources.iter().map(|(id, resource)| {
            let word = match (resource.units, self.free(*id)) {
                (1, 0) => "taken".into(),
                (1, _) => "free".into(),
                (units, free) => format!("{free} of {units} units free"),
            };
            Part { id: id.part(), name: id.to_string(), kind: PartKind::Resource, tone: Tone::Idle, word }
        });
        processes.chain(resources).collect()
    }

    /// An arrow a unit: from who asks to the type, from the type to who holds.
    pub fn edges(&self, me: NodeId) -> Vec<PartEdge> {
        let mut edges = Vec::new();
        for ((process, resource), units) in &self.claims {
            let any = self.processes.get(process).is_some_and(|process| process.any);
            let kind = if any { EdgeKind::WaitsForOne } else { EdgeKind::WaitsFor };
            let (one, other) = (process.part(), resource.part());
            let asks = PartEdge::new(one, me, other, kind);
            let has = PartEdge::new(other, me, one, EdgeKind::HeldBy);
            edges.extend((0..units.wants).map(|_| asks.clone()));
            edges.extend((0..units.holds).map(|_| has.clone()));
        }
        edges
    }

    /// Where they stand and what can be set.
    pub fn stands(&self) -> Vec<Stand> {
        let processes = self.processes.iter().map(|(id, process)| {
            let value = i64::from(process.any);
            let needs = Setting { name: "needs", label: "needs", value, min: 0, max: 1, words: NEEDS };
            Stand { part: id.part(), at: process.at, units: 0, taken: 0, settings: vec![needs] }
        });
        let resources = self.resources.iter().map(|(id, resource)| {
            let (units, taken) = (resource.units, self.taken(*id));
            let (value, max) = (i64::from(units), i64::from(MOST_UNITS));
            let setting = Setting { name: "units", label: "units", value, min: 1, max, words: &[] };
            Stand { part: id.part(), at: resource.at, units, taken, settings: vec![setting] }
        });
        processes.chain(resources).collect()
    }
}

fn too_many() -> String {
    format!("Numbers of new parts end at {}.", NUMBERS - 1)
}

/// The process and the type at the ends of an arrow, and whether it leads from the process to the type.
fn ends(from: PartId, to: PartId) -> Result<(ProcessId, ResourceId, bool), String> {
    let (of, to_process) = (ProcessId::of_part, ResourceId::of_part);
    match (of(from), to_process(to), of(to), to_process(from)) {
        (Some(process), Some(resource), ..) => Ok((process, resource, true)),
        (.., Some(process), Some(resource)) => Ok((process, resource, false)),
        _ => Err("An arrow leads from a process to a resource that it asks for, or from a resource to the process that holds it.".into()),
    }
}

/// What an edit is called afterwards.
pub fn words(edit: &Edit) -> String {
    let name = |part: PartId| match (ProcessId::of_part(part), ResourceId::of_part(part)) {
        (Some(process), _) => process.to_string(),
        (_, Some(resource)) => resource.to_string(),
        _ => "a part".into(),
    };
    match edit {
        Edit::Add { kind, .. } => format!("Add a {kind}"),
        Edit::Move { part, .. } => format!("{} is moved", name(*part)),
        Edit::Connect { from, to } => match ends(*from, *to) {
            Ok((process, resource, true)) => format!("{process} asks for {resource}"),
            Ok((process, resource, false)) => format!("{process} gets a unit of {resource}"),
            Err(_) => format!("{} → {}", name(*from), name(*to)),
        },
        Edit::Disconnect { from, to } => match ends(*from, *to) {
            Ok((process, resource, true)) => format!("{process} asks no more for {resource}"),
            Ok((process, resource, false)) => format!("{process} gives back a unit of {resource}"),
            Err(_) => format!("{} → {}", name(*from), name(*to)),
        },
        Edit::Remove { part } => format!("{} is taken away", name(*part)),
        Edit::Set { part, what, value } if what == "needs" => {
            format!("{} needs {}", name(*part), NEEDS.get(*value as usize).unwrap_or(&"?"))
        }
        Edit::Set { part, what, value } => format!("{} has {value} {what}", name(*part)),
        _ => "Change a table".into(),
    }
}
