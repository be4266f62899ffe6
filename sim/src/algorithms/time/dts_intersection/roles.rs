//! Who is a clerk, who is a server, and how inaccurate they are at the start.

use crate::{
    Datum, Micros, NodeId, Setup,
    json::{Json, Read as _},
    read_record,
};
use serde::Serialize;

/// The scenario's `config`: `{"clerks": [3], "providers": [0], "inaccuracy": ["5 ms", "2 ms"]}`, each optional. The last
/// node is the clerk if nothing is said, and all others are servers.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
pub(super) struct Config {
    pub(super) clerks: Vec<u32>,
    /// Servers with a receiver: they do not ask, and do not get more inaccurate.
    pub(super) providers: Vec<u32>,
    /// By node; what the parameters say where the list ends.
    pub(super) inaccuracy: Vec<Micros>,
}

read_record!(Config { clerks, providers = vec![], inaccuracy = vec![] });

pub(super) fn configure(json: &Json, nodes: u32) -> Result<Option<Datum>, String> {
    if json.is_null() {
        return Ok(None);
    }
    let expected =
        "expected {\"clerks\": […], \"providers\": […], \"inaccuracy\": […]} with numbers of nodes and times";
    let config = Config::read(json).map_err(|wrong| format!("{wrong}; {expected}"))?;
    let mut all = config.clerks.iter().chain(&config.providers);
    if all.all(|&node| node < nodes) && config.inaccuracy.len() <= nodes as usize {
        Ok(Some(Datum::new(config)))
    } else {
        Err(expected.into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) enum Role {
    Clerk,
    Server,
    Provider,
}

pub(super) fn role(setup: &Setup, node: NodeId) -> Role {
    match setup.config::<Config>() {
        None if node.index() + 1 == setup.nodes.len() => Role::Clerk,
        Some(config) if config.clerks.contains(&node.0) => Role::Clerk,
        Some(config) if config.providers.contains(&node.0) => Role::Provider,
        _ => Role::Server,
    }
}
