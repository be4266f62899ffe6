//! What happened before what, as far as it is wanted: the log of the run is read a bounded stretch a frame, and what is
//! found is kept until the run, the selection or the cut changes.

use sim::{
    NodeId, Session,
    causality::{Cut, Judgement, Log, Relation, Search},
    scene::spacetime::{CutMark, Over, Stretch},
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
    /// The search for a cut that contains what a step claims.
    search: Option<Search>,
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
            self.over.stretches = self.search(session).map(stretches).unwrap_or_default();
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
        (self.other, self.comparing, self.cut, self.search) = (None, false, None, None);
    }

    /// The search for a cut that contains what a step claims, as long as that step is on the branch in view.
    pub fn search(&self, session: &Session) -> Option<&Search> {
        let search = self.search.as_ref()?;
        let line = session.line();
        let at = line.partition_point(|&id| session.moment(id).depth < search.depth);
        (line.get(at) == Some(&search.moment)).then_some(search)
    }

    /// Searches the run up to here for a consistent cut that contains what the latest step claims, and draws it; where
    /// there is none, one that comes near. What a screen reader is told, or why there is no answer.
    pub fn look_for_cut(&mut self, session: &Session) -> Result<String, String> {
        while !self.log.follow(session) {}
        let search = Search::of(&self.log, session)?;
        self.cut = Some(search.cut.clone());
        let told = format!("{} {}", search.verdict(), search.why);
        self.search = Some(search);
        self.found = Wanted::default();
        Ok(told)
    }

    /// A cut through the present moment, or none any more.
    pub fn toggle_cut(&mut self, session: &Session) {
        let here = Cut::at(session.depth(), session.world().nodes().len());
        self.cut = if self.cut.is_some() { None } else { Some(here) };
        self.search = None;
    }
}

/// What was claimed as bars on the lines.
fn stretches(search: &Search) -> Vec<Stretch> {
    let all = search.stretches();
    let draw = |one: &sim::causality::Claimed| Stretch {
        node: one.node,
        words: one.words.as_str().into(),
        spans: one.stays.iter().map(|stay| (stay.from, Some(stay.to + 1).filter(|end| *end <= search.depth))).collect(),
    };
    all.iter().map(draw).collect()
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
