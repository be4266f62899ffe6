//! Session files: a scenario and the tree of its moments, as JSON. Reading is total.

use super::{Moment, MomentId, Session};
use crate::{
    FileError, Refusal, Scenario,
    json::{self, Fields, Json, Read, Wrong},
    limits, read_record,
    scenario::{FileEvent, VERSION, check_version},
};
use serde::Serialize;

/// A session as it stands in its file.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SessionFile {
    /// The version of the format: 1.
    pub interleave: u32,
    /// The scenario.
    pub scenario: Scenario,
    /// The branches: the first begins at the start, each other one at a step of an earlier one.
    pub branches: Vec<Branch>,
    /// The branch in view.
    pub branch: usize,
    /// The step at which one stands, counted from the start.
    pub step: u32,
}

read_record!(SessionFile { interleave, scenario, branches, branch = 0, step = 0 });

/// One branch of a session.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Branch {
    /// The branch that it leaves, by its position in the list.
    pub from: usize,
    /// The step after which it leaves.
    pub after: u32,
    /// What happened.
    pub events: Vec<Entry>,
    /// Names of moments: how many steps from the start, and the name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bookmarks: Vec<(u32, String)>,
}

read_record!(Branch { from = 0, after = 0, events, bookmarks = vec![] });

/// A stretch of Play, or a decision.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Entry {
    /// So many steps of Play.
    Play {
        /// How many.
        play: u32,
    },
    /// A decision.
    Event(FileEvent),
}

impl Read for Entry {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match (json, json.get("play")) {
            (_, Some(play)) => {
                Fields::of(json, &["play"])?;
                u32::read(play).map(|play| Self::Play { play }).map_err(|wrong| wrong.in_field("play"))
            }
            (Json::Object(_) | Json::String(_), None) => FileEvent::read(json).map(Self::Event),
            _ => Err(Wrong::expected("{\"play\": 12} for a stretch of Play, or an event such as {\"crash\": 1}", json)),
        }
    }
}

impl Session {
    /// The session as a file.
    pub fn to_file(&self) -> SessionFile {
        let mut branches = vec![];
        let mut current = 0;
        // A branch to write: its first moment, the branch that it leaves, and the step after which.
        let mut open = vec![(MomentId::START, 0, 0)];
        while let Some((first, from, after)) = open.pop() {
            let number = branches.len();
            let mut branch = Branch { from, after, events: vec![], bookmarks: vec![] };
            let mut next = Some(first);
            while let Some(id) = next {
                self.write_moment(id, &mut branch);
                if id == self.here() {
                    current = number;
                }
                let favourite = self.tree.favourite(id);
                let others = self.tree.children(id).filter(|&child| Some(child) != favourite);
                open.extend(others.map(|child| (child, number, self.tree[id].depth)));
                next = favourite;
            }
            branches.push(branch);
        }
        SessionFile {
            interleave: VERSION,
            scenario: self.scenario.clone(),
            branches,
            branch: current,
            step: self.depth(),
        }
    }

    fn write_moment(&self, id: MomentId, branch: &mut Branch) {
        let moment = self.tree[id];
        let played = moment.folded + u32::from(moment.is_played());
        if played > 0 {
            match branch.events.last_mut() {
                Some(Entry::Play { play }) => *play += played,
                _ => branch.events.push(Entry::Play { play: played }),
            }
        }
        if let (false, Some(event)) = (moment.is_played(), moment.event) {
            branch.events.push(Entry::Event(FileEvent::of(event, &self.payloads)));
        }
        if moment.has(Moment::BOOKMARK)
            && let Some(name) = self.bookmarks.get(&id)
        {
            branch.bookmarks.push((moment.depth, name.clone()));
        }
    }

    /// Reads a session file by replaying it, or a scenario file, or a bare trace.
    pub fn read(text: &str) -> Result<Self, FileError> {
        Self::read_within(text, limits::REPLAY_EVENTS)
    }

    /// Reads a session file, or a scenario file, replaying at most so many steps.
    pub fn read_within(text: &str, steps: u64) -> Result<Self, FileError> {
        if text.len() > limits::FILE_BYTES {
            return Err(FileError::field("file", format!("it is larger than {} MiB", limits::FILE_BYTES >> 20)));
        }
        if Scenario::is_bare_trace(text) {
            return Self::new(Scenario::of_trace(text)?);
        }
        let json = json::parse(text)?;
        let Some(object) = json.as_object() else {
            return Err(FileError::field(
                "file",
                "expected a scenario or a session, which is an object in braces, or a trace, which begins with the names of its columns",
            ));
        };
        if let Some(link) = object.get("link") {
            let link = link.as_str().ok_or_else(|| FileError::field("link", "expected a text"))?;
            return Err(FileError::field("link", format!("this file keeps the link {link}: open it in the page")));
        }
        if !object.contains_key("interleave") {
            return Self::new(Scenario::read(text)?);
        }
        check_version(&json, "interleave")?;
        let file: SessionFile = Read::read(&json).map_err(|wrong: Wrong| wrong.in_text(text))?;
        file.replay(steps)
    }
}

impl SessionFile {
    /// Writes the file.
    pub fn write(&self) -> String {
        json::pretty(self)
    }

    /// Writes the file on one line, for keeping.
    pub fn write_compact(&self) -> String {
        json::compact(self)
    }

    fn replay(self, steps: u64) -> Result<Session, FileError> {
        let mut session = Session::new(self.scenario)?;
        let mut left = steps;
        let mut tips: Vec<MomentId> = vec![];
        for (number, branch) in self.branches.iter().enumerate() {
            let field = |name: &str| format!("branches[{number}].{name}");
            if number > 0 {
                let tip = tips.get(branch.from);
                let tip =
                    *tip.ok_or_else(|| FileError::field(field("from"), "a branch leaves an earlier one of the list"))?;
                session.go_to(tip);
                if !session.seek(branch.after) {
                    let message = format!("branch {} has no step {}", branch.from, branch.after);
                    return Err(FileError::field(field("after"), message));
                }
            }
            for (k, entry) in branch.events.iter().enumerate() {
                session.replay_entry(entry, &mut left, &format!("branches[{number}].events[{k}]"))?;
            }
            tips.push(session.here());
            for (depth, name) in &branch.bookmarks {
                if session.seek(*depth) {
                    session.bookmark(name.chars().take(80).collect());
                }
            }
        }
        if let Some(&tip) = tips.get(self.branch) {
            session.go_to(tip);
        }
        if !session.seek(self.step) {
            return Err(FileError::field("step", format!("the branch has no step {}", self.step)));
        }
        Ok(session)
    }
}

impl Session {
    /// Takes what an entry of a file says, within what may still be replayed.
    fn replay_entry(&mut self, entry: &Entry, left: &mut u64, field: &str) -> Result<(), FileError> {
        let steps = match entry {
            Entry::Play { play } => u64::from(*play),
            Entry::Event(_) => 1,
        };
        *left = left.checked_sub(steps).ok_or_else(|| {
            FileError::field(
                field,
                format!("more than {} steps in all: this program replays no more", limits::REPLAY_EVENTS),
            )
        })?;
        let wrong = |Refusal(reason): Refusal| FileError::field(field, reason);
        match entry {
            Entry::Play { play } => {
                let played = self.play(*play, |_, _, _| false).map_err(wrong)?;
                if played < *play {
                    return Err(FileError::field(
                        field,
                        format!("nothing can happen after {played} of {play} steps of Play"),
                    ));
                }
            }
            Entry::Event(event) => {
                let event = self.resolve(event).map_err(|error| FileError::field(field, error.message))?;
                self.take(event).map_err(wrong)?;
            }
        }
        Ok(())
    }
}
