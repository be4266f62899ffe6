//! Events that the user gives: one JSON value a line.

use crate::{failure::Failure, open};
use sim::{
    FileError,
    json::{self, Read as _},
    limits,
    scenario::FileEvent,
};
use std::{io::Read, path::Path};

/// Something to do before Play takes over.
pub struct Move {
    /// What.
    pub entry: Entry,
    /// Where it stands, for an error.
    pub place: String,
}

/// An event, or a stretch of Play.
pub enum Entry {
    /// An event.
    Event(FileEvent),
    /// So many steps of Play.
    Play(u32),
}

/// Reads what stands behind each `--events`: JSON itself, `-` for standard input, or the name of a file.
pub fn read(arguments: &[String]) -> Result<Vec<Move>, Failure> {
    let mut moves = Vec::new();
    for argument in arguments {
        let (name, text) = match argument.trim_start() {
            "-" => ("standard input".to_owned(), read_standard_input()?),
            inline if inline.starts_with(['{', '"', '[']) => ("--events".to_owned(), argument.clone()),
            _ => (argument.clone(), open::read_text(Path::new(argument))?),
        };
        read_lines(&name, &text, &mut moves)?;
    }
    Ok(moves)
}

fn read_standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().take(limits::FILE_BYTES as u64).read_to_string(&mut text);
    read.map_err(|error| Failure::input(format!("standard input cannot be read: {error}")))?;
    Ok(text)
}

fn read_lines(name: &str, text: &str, moves: &mut Vec<Move>) -> Result<(), Failure> {
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let entry = read_line(line).map_err(|error| {
            let column = error.place.map_or(1, |(_, column)| column);
            Failure::input(format!("{name}, line {}, column {column}: {}", index + 1, error.message))
        })?;
        moves.extend(entry.map(|entry| Move { entry, place: format!("{name}, line {}", index + 1) }));
    }
    Ok(())
}

/// An event, a stretch of Play, or a line that `--format jsonl` has printed; of those, what is no step is passed over.
fn read_line(line: &str) -> Result<Option<Entry>, FileError> {
    let json = json::parse(line)?;
    if let Some(kind) = json.get("line") {
        return match (kind.as_str(), json.get("event")) {
            (Some("step"), Some(event)) if !event.is_null() => Ok(Some(Entry::Event(FileEvent::read(event)?))),
            _ => Ok(None),
        };
    }
    if let (Some(play), Some(1)) = (json.get("play"), json.as_object().map(serde_json::Map::len)) {
        let steps = play.as_u64().filter(|&steps| steps <= limits::REPLAY_EVENTS);
        let steps = steps.ok_or_else(|| {
            let most = limits::REPLAY_EVENTS;
            FileError::field(
                "play",
                format!("expected a number of steps of Play, at most {most}, as in {{\"play\": 3}}"),
            )
        })?;
        return Ok(Some(Entry::Play(steps as u32)));
    }
    if json.is_array() || json.is_number() || json.is_null() || json.is_boolean() {
        let expected = "expected one event a line, as in {\"deliver\": [0, 1]}";
        return Err(FileError { place: None, field: None, message: expected.into() });
    }
    Ok(Some(Entry::Event(FileEvent::read(&json).map_err(|wrong| wrong.in_text(line))?)))
}
