//! Runs that are kept as the page keeps them: full history, stamps and properties.

use sim::{Scenario, Session, Stamping};

use crate::{prepared, scenario};

/// The ring with full history.
pub fn ring() -> Session {
    Session::with(scenario(), prepared(), Stamping::Vectors)
}

/// Ten processes of Ricart and Agrawala that want in again and again, for ever.
///
/// # Panics
/// If the engine refuses the scenario: then the bench is wrong.
pub fn ten_processes() -> Session {
    let json = serde_json::json!({
        "version": 1, "algorithm": "mutex/ricart-agrawala", "name": "bench", "title": "Ten processes", "sentence": "For ever.",
        "nodes": 10,
        "workload": [
            {"on": "start", "after": {"uniform": ["1 ms", "50 ms"]}, "request": "Enter"},
            {"on": "Entered", "after": {"uniform": ["1 ms", "20 ms"]}, "request": "Exit"},
            {"on": "Exited", "after": {"uniform": ["1 ms", "90 ms"]}, "request": "Enter"},
        ],
    });
    let scenario = Scenario::read(&json.to_string()).expect("the bench's own scenario is in order");
    Session::new(scenario).expect("the bench's own scenario starts")
}
