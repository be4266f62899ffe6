//! What happened before what, as far as it is wanted: the log of the run is read a bounded stretch a frame, and what is
//! found is kept until the run, the selection or the cut changes.

use sim::{
    NodeId, Session,
    causality::{Cut, Judgement, Log, Relation},
    scene::spacetime::{CutMark, Over},
};
use std::sync::Arc;

/// Milliseconds of a frame that may be spent on reading.
const MILLIS: f64 = 6.0;

/// What the user wants to know.
#[derive(Clone, PartialEq, Default)]
struct Wanted {
    event: Option<u32>,
    other: Option<u32>,
    cut: Option<Cut>,
    /// The step that one stands at: what was recorded is known from then on.
    now: u32,
    log: u64,
}

/// What is known of what happened before what.
#[derive(Default)]
pub struct Relations {
    /// The event with which the selected one is compared.
    pub other: Option<u32>,
    /// Whether the next event that is selected is compared with the one that is.
    pub comparing: bool,
    /// The cut that is moved by hand.
    pub cut: Option<Cut>,
    log: Log,
    /// Whether the log has all of the branch.
    whole: bool,
    found: Wanted,
    over: Over,
    judgement: Option<Arc<Judgement>>,
}

impl Relations {
    /// Reads on and finds out what is wanted. Gives whether something is known that was not, and what a screen reader is
    /// to be told of it.
    pub fn read(
        &mut self,
        session: &Session,
        (event, always): (Option<u32>, bool),
        clock: &mut dyn FnMut() -> f64,
    ) -> Option<String> {
        if event.is_none() && self.cut.is_none() && !always {
            let had = std::mem::take(&mut self.found) != Wanted::default();
            (self.over, self.judgement, self.whole) = (Over::default(), None, true);
            return had.then(String::new);
        }
        let start = clock();
        loop {
            self.whole = self.log.follow(session);
            if self.whole || clock() - start > MILLIS {
                break;
            }
        }
        let (other, cut) = (self.other.filter(|_| event.is_some()), self.cut.clone());
        let wanted = Wanted { event, other, cut, now: session.depth(), log: self.log.changes() };
        if !self.whole || wanted == self.found {
            return None;
        }
        let before = std::mem::replace(&mut self.found, wanted);
        self.over = Over::of(&self.log, event, other, session.depth());
        self.judgement = self.cut.as_ref().map(|cut| Arc::new(self.log.judge(cut)));
        if let (Some(cut), judgement) = (&self.cut, self.judgement.clone()) {
            let nodes = 0..session.world().nodes().len() as u32;
            let places = nodes.map(NodeId).map(|node| (node, cut.upto(node))).collect();
            self.over.cuts.push(CutMark { name: "cut", places, judgement, movable: true });
        }
        let asked = (before.event, before.other, &before.cut) != (self.found.event, self.found.other, &self.found.cut);
        Some(if asked { self.told(session, &before) } else { String::new() })
    }

    /// What a screen reader is told: of the cut where it has changed, else of the events.
    fn told(&self, session: &Session, before: &Wanted) -> String {
        match (&self.judgement, self.counts(), self.answer(session)) {
            (Some(judgement), ..) if before.cut != self.found.cut => judgement.words(),
            (_, _, Some((relation, why))) => format!("{} {why}", said(relation)),
            (_, Some([past, future, beside]), None) => {
                format!("{past} events happened before it, {future} after it, {beside} are concurrent with it.")
            }
            _ => String::new(),
        }
    }

    /// Whether more of the run has to be read first, and how many steps are read.
    pub fn reading(&self) -> Option<u32> {
        (!self.whole).then(|| self.log.len())
    }

    /// What is drawn over the run.
    pub fn over(&self) -> &Over {
        &self.over
    }

    /// What is to be said of the cut.
    pub fn judgement(&self) -> Option<&Arc<Judgement>> {
        self.judgement.as_ref()
    }

    /// How many events happened before the selected one, after it, and neither.
    pub fn counts(&self) -> Option<[u32; 3]> {
        self.over.cone.as_ref().map(|cone| cone.counts)
    }

    /// The log, as far as it is read.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// How the selected event is related to the one that it is compared with, and why.
    pub fn answer(&self, session: &Session) -> Option<(Relation, String)> {
        let Wanted { event, other, .. } = self.found;
        self.log.answer(event?, other?, session.world())
    }

    /// Another session: nothing of the old one is asked any more.
    pub fn reset(&mut self) {
        (self.other, self.comparing, self.cut) = (None, false, None);
    }

    /// A cut through the present moment, or none any more.
    pub fn toggle_cut(&mut self, session: &Session) {
        let here = Cut::at(session.depth(), session.world().nodes().len());
        self.cut = if self.cut.is_some() { None } else { Some(here) };
    }
}

/// A relation in words.
fn said(relation: Relation) -> &'static str {
    match relation {
        Relation::Same => "The same event.",
        Relation::Before => "The selected event happened before the other.",
        Relation::After => "The selected event happened after the other.",
        Relation::Concurrent => "The two events are concurrent.",
    }
}
