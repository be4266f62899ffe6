//! `interleave run`: takes the events that were given, plays on, and prints each step.

mod diagram;
mod events;
mod json_lines;
mod moment;
mod shiviz;
mod summary;
mod text;

use crate::{
    Outcome,
    arguments::{Format, RunArguments, Until},
    failure::Failure,
    open::{self, Opened},
    output::Output,
};
use events::{Entry, Move};
use moment::{Moment, Watch};
use sim::{Session, limits, scenario::FileEvent};

/// Steps of Play after which `--until quiet` gives up: a run with a workload never becomes quiet.
pub const QUIET_STEPS: u32 = 10_000;

/// One way of printing a run.
trait Printer {
    /// Before the first step; the world is that of the start.
    fn start(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure>;
    /// After each step.
    fn step(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure>;
    /// After the last one.
    fn end(&mut self, session: &Session, ended: Ended, out: &mut Output) -> Result<(), Failure>;
}

/// Why a run ended where it did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ended {
    /// Nothing can happen by itself.
    Quiet,
    /// The events that were given, or that a link or a session held, have been taken.
    Events,
    /// As many steps as `--until` says.
    Steps,
    /// What comes next comes after the time that `--until` says.
    Time,
    /// So many steps of Play, which is the limit of `--until quiet` or of Play at all.
    Limit(u32),
}

/// Runs a scenario, a session or a link.
pub fn run(arguments: &RunArguments, out: &mut Output) -> Result<Outcome, Failure> {
    let opened = open::open(arguments)?;
    let given = events::read(&arguments.events)?;
    let Opened { scenario, name, recorded } = opened;
    let until = match (arguments.until, &recorded) {
        (Some(until), _) => Some(until),
        // A recorded run is what it is; whoever wants more says so.
        (None, Some(_)) if given.is_empty() => None,
        (None, _) => Some(Until::Quiet),
    };
    let label = changed_name(&name, arguments);
    let session = Session::new(scenario).map_err(|error| Failure::within(&label, &error))?;
    let moves = from_record(recorded.unwrap_or_default(), &name).into_iter().chain(given).collect();
    let format = if arguments.json { Format::Jsonl } else { arguments.format };
    let printer: Box<dyn Printer> = match format {
        Format::Text => Box::new(text::Text::new(arguments.vector)),
        Format::Jsonl => Box::new(json_lines::JsonLines),
        Format::Shiviz => Box::new(shiviz::ShiViz::new(&session)?),
        Format::Svg => Box::new(diagram::Diagram {
            theme: arguments.theme.into(),
            vector: arguments.vector,
            selected: diagram::selected(&arguments.select)?,
        }),
    };
    let watch = Watch::new(&session);
    let mut run = Run { session, watch, printer, out };
    run.all(moves, until)?;
    let violated = run.session.verdicts().iter().any(sim::Verdict::is_broken);
    Ok(if violated { Outcome::Violated } else { Outcome::Fine })
}

/// The name of the scenario, with what was changed in it: an error may come from the change.
fn changed_name(name: &str, arguments: &RunArguments) -> String {
    let nodes = arguments.nodes.map(|nodes| format!(" --nodes {nodes}"));
    let variant = arguments.variant.as_ref().map(|variant| format!(" --variant {variant}"));
    let changes: String = [nodes, variant].into_iter().flatten().collect();
    if changes.is_empty() { name.to_owned() } else { format!("{name} with{changes}") }
}

/// What a link or a session held, as events to be taken.
fn from_record(events: Vec<FileEvent>, name: &str) -> Vec<Move> {
    let step = |(k, event)| Move { entry: Entry::Event(event), place: format!("{name}, step {}", k + 1) };
    events.into_iter().enumerate().map(step).collect()
}

/// A run that is being made and printed.
struct Run<'a> {
    session: Session,
    watch: Watch,
    printer: Box<dyn Printer>,
    out: &'a mut Output,
}

impl Run<'_> {
    fn all(&mut self, moves: Vec<Move>, until: Option<Until>) -> Result<(), Failure> {
        let moment = self.watch.look(&mut self.session);
        self.printer.start(&self.session, &moment, self.out)?;
        for Move { entry, place } in moves {
            match entry {
                Entry::Event(event) => self.take(&event, &place)?,
                Entry::Play(steps) => self.play_exactly(steps, &place)?,
            }
        }
        let ended = match until {
            Some(until) => self.play(until)?,
            None => Ended::Events,
        };
        self.printer.end(&self.session, ended, self.out)?;
        Ok(())
    }

    fn take(&mut self, event: &FileEvent, place: &str) -> Result<(), Failure> {
        let event = self.session.resolve(event);
        let event = event.map_err(|error| Failure::input(format!("{place}: {}", error.message)))?;
        self.session.take(event).map_err(|refusal| Failure::input(format!("{place}: {refusal}")))?;
        self.tell()
    }

    fn play_exactly(&mut self, steps: u32, place: &str) -> Result<(), Failure> {
        for played in 0..steps {
            if !self.step()? {
                let message = format!("{place}: nothing can happen after {played} of {steps} steps of Play");
                return Err(Failure::input(message));
            }
        }
        Ok(())
    }

    fn play(&mut self, until: Until) -> Result<Ended, Failure> {
        let most = match until {
            Until::Quiet => QUIET_STEPS,
            Until::Steps(steps) => steps.saturating_sub(self.session.depth()),
            Until::Time(_) => limits::REPLAY_EVENTS as u32,
        };
        for _ in 0..most {
            if let (Until::Time(time), Some((_, due))) = (until, self.session.world().peek_next())
                && due.max(self.session.world().now()) > time
            {
                return Ok(Ended::Time);
            }
            if !self.step()? {
                return Ok(Ended::Quiet);
            }
        }
        Ok(match (self.session.world().peek_next(), until) {
            (None, _) => Ended::Quiet,
            (Some(_), Until::Steps(_)) => Ended::Steps,
            (Some(_), _) => Ended::Limit(most),
        })
    }

    /// One step of Play; whether there was one.
    fn step(&mut self) -> Result<bool, Failure> {
        let played = self.session.step_forward().map_err(|refusal| Failure::input(refusal.to_string()))?;
        if played.is_none() {
            return Ok(false);
        }
        self.tell()?;
        Ok(true)
    }

    fn tell(&mut self) -> Result<(), Failure> {
        let moment = self.watch.look(&mut self.session);
        self.printer.step(&self.session, &moment, self.out)?;
        Ok(())
    }
}
