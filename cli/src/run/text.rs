//! A run for people.

use super::{Ended, Moment, Printer, summary};
use crate::{failure::Failure, open, output::Output};
use sim::{
    Scenario, Session, Stamp, Step, Verdict,
    algorithm::{Relation, Unit},
    narrate,
    scenario::Topology,
};
use std::io::{self, Write};

/// Steps one below the other, with what came of each.
pub struct Text {
    vector: bool,
}

/// The columns before the words: number, time, stamp.
const INDENT: usize = 6 + 2 + 12 + 2 + 7 + 2;

impl Text {
    /// With vector stamps, if they are wanted.
    pub fn new(vector: bool) -> Self {
        Self { vector }
    }

    fn rows(&self, session: &Session, moment: &Moment, out: &mut Output) -> io::Result<()> {
        let (step, world) = (session.step(), session.world());
        let headline = narrate::headline(step, world, session.payloads());
        let (number, time, stamp) = (session.depth(), step.at.to_string(), lamport(step));
        writeln!(out, "{number:>6}  {time:>12}  {stamp:>7}  {headline}")?;
        let mut row = |mark: &str, words: &str| writeln!(out, "{:INDENT$}  {mark} {words}", "");
        if self.vector
            && let Some(vectors) = vectors(step)
        {
            row("vector", &vectors)?;
        }
        for caption in &moment.captions {
            row("»", caption)?;
        }
        for effect in narrate::effects(world, step) {
            // That a message was lost at its delivery is the headline already.
            if effect != headline {
                row("→", &effect)?;
            }
        }
        for note in &step.notes {
            row("·", note)?;
        }
        if let Some(assumption) = step.broke {
            row("!", &format!("assumption broken: {}", assumption.sentence()))?;
        }
        for &index in &moment.changed {
            let verdict = &session.verdicts()[index];
            row(mark(verdict), &judged(session, index, verdict))?;
        }
        Ok(())
    }
}

impl Printer for Text {
    fn start(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        let (scenario, setup) = (session.scenario(), session.setup());
        writeln!(out, "{}: {}", open::title(session), scenario.title)?;
        writeln!(out, "{}", scenario.sentence)?;
        writeln!(out, "{}", conditions(session))?;
        for remark in (setup.algorithm.remarks)(setup) {
            let label = setup.algorithm.parameters.iter().find(|known| known.name == remark.parameter);
            let label = label.map_or(remark.parameter, |parameter| parameter.label);
            let mark = if remark.warns { "! " } else { "" };
            writeln!(out, "{mark}{label}: {}", remark.text)?;
        }
        if !scenario.notice.is_empty() {
            writeln!(out, "Notice: {}", scenario.notice)?;
        }
        writeln!(out, "\n  step          time  Lamport  what happens")?;
        Ok(self.rows(session, moment, out)?)
    }

    fn step(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        Ok(self.rows(session, moment, out)?)
    }

    fn end(&mut self, session: &Session, ended: Ended, out: &mut Output) -> Result<(), Failure> {
        let world = session.world();
        let s = if session.depth() == 1 { "" } else { "s" };
        writeln!(out, "\n{} step{s}, {}. {}", session.depth(), world.now(), summary::why(session, ended))?;
        let tally = world.tally();
        let kinds: Vec<String> =
            tally.sent_by_kind().iter().map(|(kind, sent)| format!("{} {sent}", narrate::message_kind(kind))).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        writeln!(out, "Messages sent: {}{kinds}; lost: {}", tally.sent_in_all(), tally.lost)?;
        let outputs: Vec<String> =
            tally.outputs_by_kind().iter().map(|(kind, count)| format!("{} {count}", narrate::kind(kind))).collect();
        if !outputs.is_empty() {
            writeln!(out, "Told: {}", outputs.join(", "))?;
        }
        print_costs(session, out)?;
        writeln!(out, "Properties")?;
        for (index, verdict) in session.verdicts().iter().enumerate() {
            writeln!(out, "  {} {}", mark(verdict), judged(session, index, verdict))?;
        }
        for (assumption, at) in summary::breaches(session) {
            writeln!(out, "  ! since {at}: {}", assumption.sentence())?;
        }
        Ok(())
    }
}

fn print_costs(session: &Session, out: &mut Output) -> io::Result<()> {
    let costs = summary::costs(session);
    if !costs.is_empty() {
        writeln!(out, "Costs")?;
    }
    for counted in costs {
        let cost = counted.cost;
        let relation = cost.relation.words();
        match (counted.figures, counted.holds()) {
            (Some((count, formula)), Some(holds)) => {
                let mark = match (cost.relation, holds) {
                    (Relation::OnAverage, _) => "~", // one run says nothing about a mean
                    (_, true) => "✓",
                    (_, false) => "✗",
                };
                let value = if cost.formula == formula.to_string() { String::new() } else { format!(" = {formula}") };
                writeln!(out, "  {mark} {}: {count} counted; {relation} {}{value}", cost.what, cost.formula)?;
            }
            _ => writeln!(out, "  · {}: {relation} {}; holds {}", cost.what, cost.formula, cost.when)?,
        }
    }
    Ok(())
}

fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "✓",
        Verdict::Pending(_) => "…",
        Verdict::NotPromised(_) => "○",
        Verdict::Broken { .. } => "✗",
    }
}

fn judged(session: &Session, index: usize, verdict: &Verdict) -> String {
    let property = &session.setup().algorithm.properties[index];
    let unpromised = *verdict == Verdict::Holds && !(property.promised)(session.setup());
    let words = if unpromised { "holds so far; not promised".into() } else { narrate::verdict(verdict) };
    let reading = session.reading(index);
    let after = if reading.is_empty() { String::new() } else { format!(" {reading}") };
    format!("{}: {words}{}{after}", property.name, if words.ends_with('.') || reading.is_empty() { "" } else { "." })
}

/// "4", or "4, 5" where a receipt and what it sent are two events.
fn lamport(step: &Step) -> String {
    match (&step.stamps.event, &step.stamps.sent) {
        (Stamp { lamport: 0, .. }, None) => String::new(),
        (Stamp { lamport: 0, .. }, Some(sent)) => sent.lamport.to_string(),
        (event, Some(sent)) if sent.lamport != event.lamport => format!("{}, {}", event.lamport, sent.lamport),
        (event, _) => event.lamport.to_string(),
    }
}

/// "[1, 0, 2]", with the stamp of what was sent where that is another event.
fn vectors(step: &Step) -> Option<String> {
    let list = |stamp: &Stamp| stamp.vector.as_ref().map(|vector| format!("{vector:?}"));
    let (event, sent) = (list(&step.stamps.event), step.stamps.sent.as_ref().and_then(list));
    match (event, sent) {
        (Some(event), Some(sent)) if event != sent => Some(format!("{event}, sends with {sent}")),
        (Some(event), _) => Some(event),
        (None, sent) => sent.map(|sent| format!("sends with {sent}")),
    }
}

/// "3 nodes, complete; delay 10 ms; seed 1; timeout 25 ms".
fn conditions(session: &Session) -> String {
    let Scenario { topology, delay, seed, .. } = session.scenario();
    let setup = session.setup();
    let shape = match topology {
        Topology::Preset(preset) => preset.name().to_owned(),
        Topology::Links(links) => format!("{} links", links.len()),
    };
    let s = if setup.nodes.len() == 1 { "" } else { "s" };
    let mut parts = vec![
        format!("{} node{s}, {shape}", setup.nodes.len()),
        format!("delay {}", narrate::delay(*delay)),
        format!("seed {seed}"),
    ];
    for (parameter, &value) in setup.algorithm.parameters.iter().zip(&setup.parameters) {
        // A choice's word goes on where its label stops: "stamp rule of the notes".
        let colon = if matches!(parameter.unit, Unit::Choice(_)) { "" } else { ":" };
        parts.push(format!("{}{colon} {}", parameter.label, parameter.show(value)));
    }
    if let Some(bug) = setup.variant.and_then(|variant| setup.algorithm.bug(variant)) {
        parts.push(format!("planted bug: {}", bug.title));
    }
    parts.join("; ")
}
