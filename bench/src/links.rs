//! Links: how many characters follow the `#` after so many decisions.

use crate::figure::{Bound, Figure};
use sim::{
    Mode, Scenario, Session, address,
    random::{Purpose, below, draw},
};

/// Five processes that want in again and again.
fn scenario() -> Scenario {
    let json = serde_json::json!({
        "version": 1, "algorithm": "mutex/ricart-agrawala", "name": "workload", "title": "Five", "sentence": "Again and again.",
        "nodes": 5,
        "workload": [
            {"on": "start", "after": {"uniform": ["1 ms", "50 ms"]}, "request": "Enter"},
            {"on": "Entered", "after": {"uniform": ["1 ms", "20 ms"]}, "request": "Exit"},
            {"on": "Exited", "after": {"uniform": ["1 ms", "90 ms"]}, "request": "Enter"},
        ],
    });
    Scenario::read(&json.to_string()).expect("the bench's own scenario is in order")
}

/// Characters after so many decisions in a row, none of which Play would have taken.
fn characters(decisions: u64) -> f64 {
    let scenario = scenario();
    let mut session = Session::new(scenario.clone()).expect("the bench's own scenario starts");
    let mut taken = 0;
    while taken < decisions {
        let next = session.world().peek_next().map(|(event, _)| event);
        let mut others = session.world().enabled(Mode::Untimed);
        others.retain(|&event| Some(event) != next);
        if others.is_empty() {
            session.step_forward().expect("there is room");
            continue;
        }
        let bits = draw(taken, Purpose::Process, (3, 3), decisions);
        session.take(others[below(bits, others.len() as u64) as usize]).expect("what is enabled can be taken");
        taken += 1;
    }
    let link = address::write(&session, Some(&scenario));
    let opened = address::open(&link.run, Some(scenario)).expect("our own link opens");
    assert_eq!(opened.session.world().digest(), session.world().digest(), "it leads to the very moment");
    link.to_string().chars().count() as f64
}

/// Both lengths.
pub fn lengths() -> Vec<Figure> {
    vec![
        Figure::new("link.50_decisions", characters(50), "characters").bound(Bound::AtMost(160.0)),
        Figure::new("link.500_decisions", characters(500), "characters").bound(Bound::AtMost(450.0)),
    ]
}
