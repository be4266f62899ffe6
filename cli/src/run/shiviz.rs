//! A run as a log for `ShiViz` (<https://bestchai.bitbucket.io/shiviz/>).
//!
//! Its files begin with a regular expression for events and one, which may be empty, between runs; then come the
//! events: a line that says what happened, and a line with the host and its vector clock as JSON. A host's own
//! component begins at 1 and goes up by one at each of its events.

use super::{Ended, Moment, Printer};
use crate::{failure::Failure, output::Output};
use sim::{NodeId, Session, World, narrate};
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// How `ShiViz` reads the two lines of an event.
const EVENT: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})";

/// A run as a log for `ShiViz`.
pub struct ShiViz {
    hosts: Vec<String>,
    /// The events of each node that have been written.
    written: Vec<u32>,
}

impl ShiViz {
    /// Refuses a run for which no vectors are kept.
    pub fn new(session: &Session) -> Result<Self, Failure> {
        let nodes = session.world().nodes().len();
        if nodes > World::MAX_VECTOR_NODES {
            let most = World::MAX_VECTOR_NODES;
            return Err(Failure::input(format!(
                "--format shiviz: {nodes} nodes; vector clocks are kept for up to {most}"
            )));
        }
        Ok(Self { hosts: vec![], written: vec![] })
    }

    /// Names without spaces, and no name twice.
    fn name_hosts(&mut self, world: &World) {
        for (index, node) in world.nodes().iter().enumerate().skip(self.hosts.len()) {
            let mut name: String =
                node.name().chars().map(|letter| if letter.is_whitespace() { '_' } else { letter }).collect();
            if self.hosts.contains(&name) {
                let _ = write!(name, "#{index}");
            }
            self.hosts.push(name);
        }
        self.written.resize(self.hosts.len(), 0);
    }

    /// Writes the events that have been stamped since the last call.
    fn write(&mut self, session: &Session, out: &mut Output) -> io::Result<()> {
        let (world, step) = (session.world(), session.step());
        self.name_hosts(world);
        let headline = narrate::headline(step, world, session.payloads());
        let effects = narrate::effects(world, step);
        for index in 0..world.nodes().len() {
            let node = NodeId(index as u32);
            let Some(vector) = world.nodes()[index].vector() else { continue };
            let own = vector.get(index).copied().unwrap_or(0);
            let first = self.written[index] + 1;
            for nth in first..=own {
                let mut clock = vector.to_vec();
                clock[index] = nth;
                let said = words(world, node, (nth == first, nth == own), &headline, &effects);
                writeln!(out, "{said}\n{} {}", self.hosts[index], self.clock(&clock))?;
            }
            self.written[index] = own;
        }
        Ok(())
    }

    /// A clock as JSON; hosts of which nothing is known are left out.
    fn clock(&self, vector: &[u32]) -> String {
        let known = self.hosts.iter().zip(vector).filter(|(_, count)| **count > 0);
        let entries = known.map(|(host, count)| (host.clone(), (*count).into()));
        serde_json::Value::Object(entries.collect()).to_string()
    }
}

/// What is said of an event: the headline for the receipt, request or timer itself, and what came of it for the sending,
/// which after a receipt is an event of its own.
fn words(world: &World, node: NodeId, (first, last): (bool, bool), headline: &str, effects: &[String]) -> String {
    let name = world.name(node);
    // Effects are told with their node in front: "P0 sends …", "P0: entered".
    let own =
        effects.iter().filter(|effect| effect.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':'])));
    let own: Vec<&str> = own.map(String::as_str).collect();
    let said = match (first, last) {
        (true, true) => [&[headline], own.as_slice()].concat().join("; "),
        (true, false) => headline.to_owned(),
        (false, _) => own.join("; "),
    };
    let said = said.replace(['\n', '\r'], " ");
    if said.is_empty() { headline.to_owned() } else { said }
}

impl Printer for ShiViz {
    fn start(&mut self, session: &Session, _moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        writeln!(out, "{EVENT}\n")?;
        Ok(self.write(session, out)?)
    }

    fn step(&mut self, session: &Session, _moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        Ok(self.write(session, out)?)
    }

    fn end(&mut self, _session: &Session, _ended: Ended, _out: &mut Output) -> Result<(), Failure> {
        Ok(())
    }
}
