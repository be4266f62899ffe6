//! Links: a version, a scenario, and the run up to a moment, in as few URL-safe characters as can be.
//!
//! `mutex/ricart-agrawala/equal-stamps?1AbC…`: topic, scenario, version 1, then the run, packed by a range coder.
//! Stretches of Play are counts; a decision is its position among the enabled events, coded with just the bits that so
//! many choices need (SEMANTICS 18, 25). A scenario that is not one of the page's own travels whole. Reading is total:
//! any text gives a session or a reason.

mod base64;
mod range_coder;
mod run;

pub use run::{Opened, open, open_within};

use crate::{Scenario, Session};
use run::write_run;
use std::fmt;

/// The version that this program writes, as the first character after the question mark.
const VERSION: char = '1';

/// Where an address leads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Address {
    /// The topic's id: `mutex/ricart-agrawala`; empty for the catalogue.
    pub topic: String,
    /// The scenario's name; empty for the topic's first.
    pub scenario: String,
    /// The run, packed; empty for the start.
    pub run: String,
}

impl Address {
    /// What stands before an experiment's name in the place of a scenario's: `mutex/comparison/experiments/messages`.
    pub const EXPERIMENTS: &str = "experiments/";

    /// What stands there before the name of a scenario from which an experiment is made.
    pub const FROM_SCENARIO: &str = "of/";

    /// Reads what follows the `#` of an address. Anything can be read; what it leads to may not exist.
    pub fn read(hash: &str) -> Self {
        let hash = hash.trim_start_matches('#').trim_start_matches('/');
        let (path, run) = hash.split_once('?').unwrap_or((hash, ""));
        let mut parts = path.trim_end_matches('/').split('/');
        let family = parts.next().unwrap_or("");
        let topic = parts.next().map_or_else(|| family.to_owned(), |name| format!("{family}/{name}"));
        Self { topic, scenario: parts.collect::<Vec<_>>().join("/"), run: run.to_owned() }
    }
}

impl fmt::Display for Address {
    /// What follows the `#`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.topic)?;
        if !self.scenario.is_empty() {
            write!(f, "/{}", self.scenario)?;
        }
        if !self.run.is_empty() {
            write!(f, "?{}", self.run)?;
        }
        Ok(())
    }
}

/// The address of the present moment of a session. `own`: the scenario is one of the page's, under this very name and
/// unchanged, so that its name says it all.
pub fn write(session: &Session, own: Option<&Scenario>) -> Address {
    let scenario = session.scenario();
    let whole = own != Some(scenario);
    let run =
        if session.depth() == 0 && !whole { String::new() } else { format!("{VERSION}{}", write_run(session, whole)) };
    Address { topic: scenario.topic().to_owned(), scenario: scenario.name.clone(), run }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for text in ["/", "/time/lamport-clock", "/mutex/ricart-agrawala/equal-stamps", "/a/b/c?1xYz-_"] {
            assert_eq!(Address::read(&format!("#{text}")).to_string(), text);
        }
    }
}
