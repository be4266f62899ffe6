//! What a rule of the workload asks: its request, taken apart once, so that little is left to do for each of millions.

use super::{Trace, WorkloadRule};
use crate::{
    AnyProcess, Datum, Delay, Micros,
    json::{Json, Read as _},
    random::below,
};
use std::sync::Mutex;

/// The request of a rule, ready to be filled in.
pub struct Template {
    /// The request itself, where nothing in it changes.
    same: Option<Datum>,
    /// The request, with room where something is put in. Each time all of it is, so that nobody sees what was there.
    room: Mutex<Json>,
    gaps: Vec<(Vec<String>, Gap)>,
}

/// What is put into a place of a request.
#[derive(Clone, Copy)]
enum Gap {
    /// A number of microseconds drawn from this distribution.
    Draw(Delay),
    /// What stands in this column of the row at hand.
    Column(usize),
    /// What stands in this column of some row.
    AnyRow(usize),
}

impl WorkloadRule {
    /// Takes the request apart. The error says what is wrong with it.
    pub(crate) fn template(&self, trace: Option<&Trace>, process: &dyn AnyProcess) -> Result<Template, String> {
        let mut json = self.request.clone();
        let mut gaps = Vec::new();
        let mut finder = Finder { trace, in_row: self.on == Self::TRACE, way: vec![], gaps: &mut gaps };
        finder.find(&mut json)?;
        let sample = process.read_request(&json)?;
        let same = gaps.is_empty().then_some(sample);
        Ok(Template { same, room: Mutex::new(json), gaps })
    }
}

struct Finder<'a> {
    trace: Option<&'a Trace>,
    /// Whether there is a row at hand.
    in_row: bool,
    way: Vec<String>,
    gaps: &'a mut Vec<(Vec<String>, Gap)>,
}

impl Finder<'_> {
    /// Looks for places that are filled in, and leaves a number there.
    fn find(&mut self, json: &mut Json) -> Result<(), String> {
        if let Some(gap) = self.gap(json)? {
            self.gaps.push((self.way.clone(), gap));
            *json = match gap {
                Gap::Draw(delay) => delay.mean().0.into(),
                Gap::Column(column) | Gap::AnyRow(column) => {
                    self.trace.map_or(0, |trace| trace.value(0, column)).into()
                }
            };
            return Ok(());
        }
        match json {
            Json::Object(map) => map.iter_mut().try_for_each(|(name, value)| self.within(name.clone(), value)),
            Json::Array(items) => {
                (0..).zip(items).try_for_each(|(index, item): (u32, _)| self.within(index.to_string(), item))
            }
            _ => Ok(()),
        }
    }

    fn within(&mut self, turn: String, json: &mut Json) -> Result<(), String> {
        self.way.push(turn);
        let found = self.find(json);
        self.way.pop();
        found
    }

    /// `{"draw": DELAY}`, `{"draw": {"column": NAME}}` or `{"column": NAME}`.
    fn gap(&self, json: &Json) -> Result<Option<Gap>, String> {
        let only = |json: &Json, name: &str| json.as_object().filter(|map| map.len() == 1)?.get(name).cloned();
        let column = |name: &Json| {
            let trace = self.trace.ok_or("a column is of a trace, and this scenario has none")?;
            trace.column(name.as_str().unwrap_or_default())
        };
        if let Some(name) = only(json, "column") {
            if !self.in_row {
                return Err("a column is of a row: put `{\"draw\": {\"column\": …}}`, or ask on `trace`".to_owned());
            }
            return column(&name).map(|column| Some(Gap::Column(column)));
        }
        let Some(from) = only(json, "draw") else { return Ok(None) };
        if let Some(name) = only(&from, "column") {
            return column(&name).map(|column| Some(Gap::AnyRow(column)));
        }
        Ok(Delay::read(&from).ok().map(Gap::Draw))
    }
}

impl Template {
    /// The request, filled in: `bits` are drawn for each gap, and `row` is the one at hand.
    pub(crate) fn request(
        &self,
        (trace, row): (Option<&Trace>, u32),
        process: &dyn AnyProcess,
        bits: &mut dyn FnMut() -> u64,
    ) -> Option<Datum> {
        if let Some(same) = &self.same {
            return Some(same.clone());
        }
        // Nobody panics while they hold it.
        let mut room = self.room.lock().ok()?;
        for (way, gap) in &self.gaps {
            let value = match *gap {
                Gap::Draw(delay) => delay.sample(bits()),
                Gap::Column(column) => Micros(trace?.value(row, column)),
                Gap::AnyRow(column) => Micros(trace?.value(below(bits(), trace?.rows() as u64) as u32, column)),
            };
            let mut place = &mut *room;
            for turn in way {
                place = match place {
                    Json::Object(map) => map.get_mut(turn)?,
                    other => other.get_mut(turn.parse::<usize>().ok()?)?,
                };
            }
            *place = value.0.into();
        }
        process.read_request(&room).ok()
    }
}
