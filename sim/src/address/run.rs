//! The run inside a link: what precedes the moment, and 16 bits of its digest at the end.

use super::{
    VERSION, base64,
    range_coder::{Coder, Decoder, Encoder, Odds, TextModel},
};
use crate::{Event, FileError, Mode, Refusal, Scenario, Session, json, limits, scenario::FileEvent};

/// What a link has led to.
pub struct Opened {
    /// The session, at the moment of the link, or at the last one that could be reached.
    pub session: Session,
    /// What the user must be told: the link was made with an older version, or something in it no longer applies.
    pub warning: Option<String>,
    /// Whether the whole run could be followed.
    pub complete: bool,
}

/// What is learned while a run is coded.
struct Model {
    more: Odds,
    runs: [Odds; 64],
    picks: Odds,
    numbers: [Odds; 64],
    texts: TextModel,
}

impl Default for Model {
    fn default() -> Self {
        let even = [Odds::EVEN; 64];
        Self { more: Odds::EVEN, runs: even, picks: Odds::EVEN, numbers: even, texts: TextModel::default() }
    }
}

/// The coded run from the start to the present moment; with the scenario itself, if `whole`.
pub(super) fn write_run(session: &Session, whole: bool) -> String {
    let mut coder = Encoder::new();
    let mut model = Model::default();
    let revision = session.setup().algorithm.revision;
    coder.uniform(u32::from(whole), 2);
    coder.number(revision.into(), &mut model.numbers);
    if whole {
        let text = json::compact(session.scenario());
        coder.text(&text, &mut model.texts);
    }
    let mut depth = 0;
    for id in session.decisions() {
        let moment = session.moment(id);
        coder.bit(true, &mut model.more);
        coder.number(u64::from(moment.depth - 1 - depth), &mut model.runs);
        depth = moment.depth;
        let pick = session.pick(id);
        coder.bit(pick.is_some(), &mut model.picks);
        match (pick, moment.event) {
            (Some(pick), _) => {
                coder.uniform(pick.index.into(), pick.of.into());
            }
            (None, Some(event)) => {
                let event = FileEvent::of(event, session.payloads());
                coder.text(&json::compact(&event), &mut model.texts);
            }
            (None, None) => {}
        }
    }
    coder.bit(false, &mut model.more);
    coder.number(u64::from(session.depth() - depth), &mut model.runs);
    coder.uniform(check_bits(session), 1 << 16);
    base64::encode(&coder.finish())
}

/// 16 bits of the digest.
fn check_bits(session: &Session) -> u32 {
    (session.world().digest() as u32) & 0xFFFF
}

/// Opens a link. `own` is the scenario that the address names, where the page has it.
pub fn open(run: &str, own: Option<Scenario>) -> Result<Opened, FileError> {
    open_within(run, own, limits::REPLAY_EVENTS)
}

/// Opens a link, replaying at most so many steps.
pub fn open_within(run: &str, own: Option<Scenario>, steps: u64) -> Result<Opened, FileError> {
    let wrong = |message: &str| FileError::field("link", message);
    let start = |scenario: Option<Scenario>| {
        let scenario = scenario.ok_or_else(|| wrong("it names a scenario that this page does not have"))?;
        Session::new(scenario)
    };
    if run.is_empty() {
        return Ok(Opened { session: start(own)?, warning: None, complete: true });
    }
    if run.len() > limits::LINK_CHARS {
        return Err(wrong("it is longer than any link that this page makes"));
    }
    let code = run.strip_prefix(VERSION).ok_or_else(|| {
        wrong("it was made by a version that this page does not know; reload the page, or ask for a new link")
    })?;
    let bytes = base64::decode(code)
        .map_err(|letter| wrong(&format!("`{letter}` does not belong there: was it cut off or changed?")))?;
    let mut coder = Decoder::new(&bytes);
    let mut model = Model::default();
    let whole = coder.uniform(0, 2) == 1;
    let revision = coder.number(0, &mut model.numbers);
    let own = if whole {
        let text = coder.text("", &mut model.texts);
        let text = String::from_utf8(text).map_err(|_| wrong("its scenario is damaged: was it cut off or changed?"))?;
        Some(Scenario::read(&text)?)
    } else {
        own
    };
    let mut session = start(own)?;
    let made_by = u64::from(session.setup().algorithm.revision);
    let stopped = read_run(&mut coder, &mut model, &mut session, steps);
    let depth = session.depth();
    let older = revision != made_by;
    let complete = stopped.is_ok();
    let warning = match (stopped, older) {
        (Ok(()), false) => None,
        (Ok(()), true) => Some(format!(
            "This link was made with another version of the algorithm; the run is the same up to step {depth}."
        )),
        (Err(_), true) => {
            Some(format!("This link was made with another version of the algorithm. It holds up to step {depth}."))
        }
        (Err(reason), false) => {
            Some(format!("This link is damaged or incomplete: {reason} It holds up to step {depth}."))
        }
    };
    Ok(Opened { session, warning, complete })
}

/// Replays the run; stops with a reason at the first thing that cannot be.
fn read_run(coder: &mut Decoder<'_>, model: &mut Model, session: &mut Session, steps: u64) -> Result<(), String> {
    let mut left = steps;
    let text = |Refusal(reason): Refusal| reason;
    loop {
        let more = coder.bit(false, &mut model.more);
        let play = coder.number(0, &mut model.runs);
        left = left.checked_sub(play).ok_or("it has more steps than this page replays.")?;
        let played = session.play(play as u32, |_, _, _| false).map_err(text)?;
        if u64::from(played) < play {
            return Err("nothing more can happen there.".into());
        }
        if coder.is_spent() {
            return Err("its end is missing.".into());
        }
        if !more {
            break;
        }
        left = left.checked_sub(1).ok_or("it has more steps than this page replays.")?;
        let event = read_decision(coder, model, session)?;
        session.take(event).map_err(text)?;
    }
    if coder.uniform(0, 1 << 16) == check_bits(session) {
        Ok(())
    } else {
        Err("what it describes is not what happened when it was made.".into())
    }
}

fn read_decision(coder: &mut Decoder<'_>, model: &mut Model, session: &mut Session) -> Result<Event, String> {
    if coder.bit(false, &mut model.picks) {
        let next = session.world().peek_next().map(|(event, _)| event);
        let mut others = session.world().enabled(Mode::Untimed);
        others.retain(|&event| Some(event) != next);
        let index = coder.uniform(0, others.len() as u32);
        return others.get(index as usize).copied().ok_or_else(|| "it picks an event that is not there.".into());
    }
    let text = coder.text("", &mut model.texts);
    let event: FileEvent = read_event(text).ok_or("one of its events cannot be read.")?;
    session.resolve(&event).map_err(|error| error.to_string())
}

fn read_event(text: Vec<u8>) -> Option<FileEvent> {
    json::read(&String::from_utf8(text).ok()?).ok()
}
