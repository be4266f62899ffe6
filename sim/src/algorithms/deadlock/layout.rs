//! Where processes and resources live and who waits at the start: what the `config` of every topic here says.

use crate::{
    Datum, NodeId,
    json::{Json, Read},
    read_record,
};
use serde::Serialize;

pub use crate::algorithms::deadlock::names::{NUMBERS, ProcessId, ResourceId};

/// A process, and the site on which it runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Party {
    /// The process.
    pub process: ProcessId,
    /// Its site.
    pub site: NodeId,
}

/// The scenario's `config`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Layout {
    /// The processes of each site, in the order of the sites.
    pub sites: Vec<Vec<ProcessId>>,
    /// The resources.
    pub resources: Vec<Placed>,
    /// Who waits for what at the start. The one that stands first for a resource is served first.
    pub waits: Vec<(ProcessId, ResourceId)>,
}

read_record!(Layout { sites, resources = vec![], waits = vec![] });

/// A resource, and where it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Placed {
    /// The resource.
    pub resource: ResourceId,
    /// The site that gives it out.
    pub site: u32,
    /// Who holds it at the start.
    pub holder: Option<ProcessId>,
    /// Whether its site can take work for it from several at once.
    pub spooled: bool,
}

read_record!(Placed { resource, site, holder, spooled = true });

impl Layout {
    /// If nothing is said: on each site one process, which holds the one resource there.
    pub fn of_sites(sites: u32) -> Self {
        let placed =
            |site| Placed { resource: ResourceId(site + 1), site, holder: Some(ProcessId(site + 1)), spooled: true };
        Self {
            sites: (0..sites).map(|site| vec![ProcessId(site + 1)]).collect(),
            resources: (0..sites.min(NUMBERS - 1)).map(placed).collect(),
            waits: vec![],
        }
    }

    /// A process with its site.
    pub fn party(&self, process: ProcessId) -> Option<Party> {
        let site = self.sites.iter().position(|site| site.contains(&process))?;
        Some(Party { process, site: NodeId(site as u32) })
    }

    /// A resource as it is at the start.
    pub fn placed(&self, resource: ResourceId) -> Option<&Placed> {
        self.resources.iter().find(|placed| placed.resource == resource)
    }

    /// The site that gives out a resource.
    pub fn site_of(&self, resource: ResourceId) -> Option<NodeId> {
        self.placed(resource).map(|placed| NodeId(placed.site))
    }

    /// Whether it fits so many sites, and nothing stands in it twice.
    pub fn check(&self, sites: u32) -> Result<(), String> {
        if self.sites.len() != sites as usize {
            return Err(format!("`sites` lists {} sites, but there are {sites} nodes", self.sites.len()));
        }
        let processes: Vec<ProcessId> = self.sites.concat();
        if let Some(k) = (0..processes.len()).find(|&k| processes[..k].contains(&processes[k])) {
            return Err(format!("{} is listed twice in `sites`", processes[k]));
        }
        for (k, placed) in self.resources.iter().enumerate() {
            let Placed { resource, site, holder, .. } = *placed;
            if self.resources[..k].iter().any(|other| other.resource == resource) {
                return Err(format!("{resource} is listed twice in `resources`"));
            }
            if site >= sites {
                return Err(format!("{resource} is at site {site}, but there are only {sites} sites, from 0"));
            }
            if let Some(holder) = holder.filter(|holder| !processes.contains(holder)) {
                return Err(format!("{resource} is held by {holder}, which is in no list of `sites`"));
            }
        }
        for (k, &(process, resource)) in self.waits.iter().enumerate() {
            if !processes.contains(&process) {
                return Err(format!("{process} waits, but is in no list of `sites`"));
            }
            let Some(placed) = self.placed(resource) else {
                return Err(format!("{process} waits for {resource}, which is not in `resources`"));
            };
            match placed.holder {
                None => return Err(format!("{process} waits for {resource}, which nobody holds")),
                Some(holder) if holder == process => {
                    return Err(format!("{process} waits for {resource} and holds it"));
                }
                Some(_) if self.waits[..k].contains(&(process, resource)) => {
                    return Err(format!("{process} waits for {resource} twice"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// Reads the `config`.
pub fn configure(json: &Json, sites: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        if sites >= NUMBERS {
            return Err(format!("no more than {} sites", NUMBERS - 1));
        }
        return Ok(Some(Datum::new(Layout::of_sites(sites))));
    }
    let expected = "expected {\"sites\": [[\"P1\"], …], \"resources\": [{\"resource\": \"R1\", \"site\": 0, \"holder\": \"P1\"}, …], \"waits\": [[\"P2\", \"R1\"], …]}";
    let layout = Layout::read(json).map_err(|wrong| format!("{wrong}; {expected}"))?;
    layout.check(sites)?;
    Ok(Some(Datum::new(layout)))
}
