//! What a run comes to: steps, time, counted messages, costs beside their formulas, verdicts.

use super::Ended;
use sim::{Assumption, Micros, Session, algorithm::Cost};

/// A cost of the algorithm, as counted in this run.
pub struct Counted {
    /// The cost.
    pub cost: &'static Cost,
    /// What was counted and what the formula gives, where both can be said.
    pub figures: Option<(u64, u64)>,
}

impl Counted {
    /// Whether count and formula agree, where both can be said.
    pub fn holds(&self) -> Option<bool> {
        self.figures.map(|(counted, formula)| self.cost.relation.holds(counted, formula))
    }
}

/// The costs of the algorithm in this run.
pub fn costs(session: &Session) -> Vec<Counted> {
    let costs = session.setup().algorithm.costs;
    costs.iter().map(|cost| Counted { cost, figures: (cost.count)(session.world()) }).collect()
}

/// The assumptions that were broken, with the times.
pub fn breaches(session: &Session) -> &[(Assumption, Micros)] {
    session.world().breaches()
}

/// Why the run ended where it did, as a sentence.
pub fn why(session: &Session, ended: Ended) -> String {
    let pending = match session.world().pending() {
        0 => "nothing is pending".to_owned(),
        1 => "1 event is pending".to_owned(),
        many => format!("{many} events are pending"),
    };
    match ended {
        Ended::Quiet => match session.world().held_by_user() {
            Some(holding) if !session.world().is_quiet() => format!("Nothing more happens by itself. {holding}"),
            _ => "Nothing more happens by itself.".into(),
        },
        Ended::Events => format!("This is where the recorded run stands; {pending}. --until quiet plays on."),
        Ended::Steps => format!("That is as many steps as --until asks for; {pending}."),
        Ended::Time => format!("What comes next comes later than --until asks for; {pending}."),
        Ended::Limit(most) => format!(
            "Play stopped after {most} steps, which is its limit; {pending}, and the run may never become quiet. \
             --until with a number of steps or a time says how far to go."
        ),
    }
}
