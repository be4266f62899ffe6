//! A scenario that has been checked against its algorithm: what a world is made from.

use crate::{
    Algorithm, Data, Datum, Delay, Event, Link, Micros, NodeId, Order, Payloads, Place, Rate,
    scenario::{Template, Trace, WorkloadRule},
};
use std::sync::Arc;

/// Everything that is fixed for a run.
pub struct Setup {
    /// The algorithm.
    pub algorithm: &'static Algorithm,
    /// What every draw depends on.
    pub seed: u64,
    /// The values of the algorithm's parameters, in its order.
    pub parameters: Vec<i64>,
    /// The variant or planted bug that is on, if any.
    pub variant: Option<&'static str>,
    /// The scenario's `config`, as the algorithm has read it.
    pub config: Option<Datum>,
    /// The order of routed pairs and of new links.
    pub order: Order,
    /// The delay of new links.
    pub delay: Delay,
    /// The nodes.
    pub nodes: Vec<NodeSpec>,
    /// The links.
    pub links: Vec<Link>,
    /// Scripted events, in the order of the file.
    pub script: Vec<Scripted>,
    /// What the workload asks.
    pub workload: Vec<WorkloadRule>,
    /// The request of each rule, taken apart.
    pub(crate) templates: Vec<Template>,
    /// What was recorded elsewhere, where the scenario has a trace.
    pub trace: Option<Trace>,
    /// The policy at the start.
    pub policy: Option<Datum>,
    /// The payloads of the script: those of a session begin with these.
    pub payloads: Payloads,
}

/// A node at the start.
#[derive(Clone, Debug)]
pub struct NodeSpec {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is drawn.
    pub place: Place,
    /// Its software clock minus its hardware clock, in microseconds.
    pub offset: i64,
    /// The rate of its hardware clock.
    pub rate: Rate,
}

/// An event of the script.
#[derive(Clone, Copy, Debug)]
pub struct Scripted {
    /// When it is due.
    pub at: Micros,
    /// What happens.
    pub event: Event,
}

impl Setup {
    /// The value of a parameter; 0 for a name that the algorithm does not have.
    pub fn parameter(&self, name: &str) -> i64 {
        let index = self.algorithm.parameters.iter().position(|parameter| parameter.name == name);
        index.and_then(|index| self.parameters.get(index)).copied().unwrap_or(0)
    }
    /// The value of a parameter that is a span.
    pub fn span(&self, name: &str) -> Micros {
        Micros(self.parameter(name).max(0) as u64)
    }
    /// Whether this variant or planted bug is on.
    pub fn variant(&self, id: &str) -> bool {
        self.variant == Some(id)
    }
    /// The scenario's configuration, in the type of the algorithm.
    pub fn config<T: Data>(&self) -> Option<&T> {
        self.config.as_ref().and_then(Datum::get)
    }
    /// What a scripted event does; any other is what it is.
    pub fn unscripted(&self, event: Event) -> Event {
        match event {
            Event::Script(k) => self.script.get(k as usize).map_or(event, |item| item.event),
            other => other,
        }
    }
    /// The name of a node at the start.
    pub fn name(&self, node: NodeId) -> &str {
        self.nodes.get(node.index()).map_or("?", |spec| &spec.name)
    }
}
