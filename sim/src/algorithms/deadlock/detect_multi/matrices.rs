//! The state as tables: what is held, what is asked for, what there is.

use super::System;
use crate::{
    Cell, Edit, Place, Row, Table, Tone,
    algorithms::deadlock::{
        holdings::{Drawing, Holdings, MOST_UNITS, Process, Resource, Units, listed},
        names::{ProcessId, ResourceId},
        scan::{numbers, put},
    },
    json::{Json, Read},
    read_record,
};

/// Rows and columns up to which there are tables; beyond that there is the graph.
const MOST_ROWS: usize = 20;
const MOST_COLUMNS: usize = 10;

/// Tables as a scenario gives them.
struct Written {
    available: Vec<u32>,
    allocation: Vec<Vec<u32>>,
    request: Vec<Vec<u32>>,
    /// The number of the first process.
    first: u32,
}

read_record!(Written { available, allocation, request, first = 0 });

/// Reads tables, or a graph as it is drawn.
pub fn read(json: &Json) -> Result<Holdings, String> {
    if json.get("allocation").is_some() {
        return Written::read(json).map_err(|wrong| wrong.to_string())?.holdings();
    }
    let drawing = if json.is_null() { Ok(Drawing::simple()) } else { Drawing::read(json) };
    drawing.map_err(|wrong| wrong.to_string())?.holdings()
}

impl Written {
    /// Processes stand in a line at the top, types in a line below.
    fn holdings(self) -> Result<Holdings, String> {
        let (count, types) = (self.allocation.len(), self.available.len());
        let fits = |rows: &[Vec<u32>]| rows.len() == count && rows.iter().all(|row| row.len() == types);
        if count == 0 || types == 0 || count > MOST_ROWS || types > MOST_COLUMNS {
            return Err(format!("there may be 1 to {MOST_ROWS} processes and 1 to {MOST_COLUMNS} types"));
        }
        if !fits(&self.allocation) || !fits(&self.request) {
            return Err(
                "`allocation` and `request` must have a row a process, with as many numbers as `available`".into()
            );
        }
        let across = |k: usize, of: usize| (1_000 * (2 * k + 1) / (2 * of)) as i16;
        let mut graph = Holdings::default();
        for (column, free) in self.available.iter().enumerate() {
            let held: u32 = self.allocation.iter().map(|row| row[column]).sum();
            let units = free.saturating_add(held);
            if !(1..=MOST_UNITS).contains(&units) {
                return Err(format!("a type can have 1 to {MOST_UNITS} units"));
            }
            let at = Place { x: across(column, types), y: 900 };
            graph.resources.insert(ResourceId(column as u32 + 1), Resource { at, units });
        }
        for (row, (holds, wants)) in self.allocation.iter().zip(&self.request).enumerate() {
            let process = ProcessId(self.first + row as u32);
            graph.processes.insert(process, Process { at: Place { x: across(row, count), y: 100 }, any: false });
            for (column, (&holds, &wants)) in holds.iter().zip(wants).enumerate() {
                set(&mut graph, process, ResourceId(column as u32 + 1), Units { holds, wants })?;
            }
        }
        Ok(graph)
    }
}

/// Sets both numbers of a pair, where that can be.
fn set(graph: &mut Holdings, process: ProcessId, resource: ResourceId, units: Units) -> Result<(), String> {
    let all = graph.resources.get(&resource).map_or(0, |resource| resource.units);
    if units.holds + units.wants > all {
        return Err(format!(
            "{process}, {resource}: {} held and {} asked for, but there are only {all}.",
            units.holds, units.wants
        ));
    }
    if units == Units::default() {
        graph.claims.remove(&(process, resource));
    } else {
        graph.claims.insert((process, resource), units);
    }
    let taken = graph.taken(resource);
    if taken > all {
        return Err(format!("{resource}: {taken} units would be held, but there are only {all}."));
    }
    Ok(())
}

/// An edit of a table, or of the graph.
pub fn edit(graph: &mut Holdings, edit: &Edit) -> Result<(), String> {
    let middle = |down: i16, count: usize| Place { x: (80 + 70 * (count % 13)) as i16, y: down };
    match edit {
        Edit::Write { table, row, column, values } => write(graph, table, (*row, *column), values),
        Edit::AddRow { .. } if graph.processes.len() < MOST_ROWS => {
            let at = middle(250, graph.processes.len());
            graph.edit(&Edit::Add { kind: "process".into(), at })
        }
        Edit::AddColumn { .. } if graph.resources.len() < MOST_COLUMNS => {
            let at = middle(750, graph.resources.len());
            graph.edit(&Edit::Add { kind: "resource".into(), at })
        }
        Edit::AddRow { .. } | Edit::AddColumn { .. } => {
            Err(format!("A table has at most {MOST_ROWS} rows and {MOST_COLUMNS} columns."))
        }
        Edit::RemoveRow { row, .. } => {
            let process = graph.processes.keys().nth(*row as usize).copied();
            graph.edit(&Edit::Remove { part: process.ok_or("There is no such row.")?.part() })
        }
        Edit::RemoveColumn { column, .. } => {
            let resource = graph.resources.keys().nth(*column as usize).copied();
            graph.edit(&Edit::Remove { part: resource.ok_or("There is no such column.")?.part() })
        }
        other => graph.edit(other),
    }
}

fn write(graph: &mut Holdings, table: &str, place: (u32, u32), values: &[Vec<i64>]) -> Result<(), String> {
    let mut next = graph.clone();
    if table == "resources" {
        let mut totals = vec![graph.resources.values().map(|resource| resource.units).collect::<Vec<u32>>()];
        put(&mut totals, place, values, MOST_UNITS, |_| "total".into())?;
        for (resource, &units) in graph.resources.keys().zip(&totals[0]) {
            next.edit(&Edit::Set { part: resource.part(), what: "units".into(), value: units.into() })?;
        }
        *graph = next;
        return Ok(());
    }
    let held = table == "allocation";
    let names: Vec<ProcessId> = graph.processes.keys().copied().collect();
    let mut rows = numbers_of(graph, |units| if held { units.holds } else { units.wants });
    put(&mut rows, place, values, MOST_UNITS, |row| names.get(row).map_or_else(String::new, ToString::to_string))?;
    // All old numbers go first: a block that moves units from one process to another is fine as a whole.
    if held {
        next.claims.retain(|_, units| {
            units.holds = 0;
            units.wants > 0
        });
    }
    for (process, row) in names.iter().zip(&rows) {
        for (resource, &number) in graph.resources.keys().zip(row) {
            let old = next.claims.get(&(*process, *resource)).copied().unwrap_or_default();
            let units = if held { Units { holds: number, ..old } } else { Units { wants: number, ..old } };
            set(&mut next, *process, *resource, units)?;
        }
    }
    *graph = next;
    Ok(())
}

fn numbers_of(graph: &Holdings, of: impl Fn(Units) -> u32) -> Vec<Vec<u32>> {
    let row = |process: &ProcessId| {
        let units = |resource: &ResourceId| graph.claims.get(&(*process, *resource)).map_or(0, |units| of(*units));
        graph.resources.keys().map(units).collect()
    };
    graph.processes.keys().map(row).collect()
}

/// The tables, where the graph is not too large for them.
pub fn tables(system: &System) -> Vec<Table> {
    let graph = &system.holdings;
    let mut all = vec![findings(system)];
    let (rows, columns) = (graph.processes.len(), graph.resources.len());
    if rows > MOST_ROWS || columns > MOST_COLUMNS || rows == 0 || columns == 0 {
        return all;
    }
    let deadlocked = system.deadlocked();
    let tone = |process: ProcessId| match system.row_tone(process).0 {
        Tone::Idle if system.scan.is_none() && deadlocked.contains(&process) => Tone::Violated,
        tone => tone,
    };
    let limits = Some((0, i64::from(MOST_UNITS)));
    let table = |id: &'static str, title: &str, of: fn(Units) -> u32| {
        let lines = graph.processes.keys().zip(numbers_of(graph, of));
        let sized = id == "allocation";
        Table {
            id,
            title: title.into(),
            columns: graph.resources.keys().map(ToString::to_string).collect(),
            rows: lines.map(|(process, units)| numbers(process.to_string(), tone(*process), &units, limits)).collect(),
            next_row: (sized && rows < MOST_ROWS).then(|| "process".into()),
            next_column: (sized && columns < MOST_COLUMNS).then(|| "type".into()),
        }
    };
    all.push(table("allocation", "Allocation: holds", |units| units.holds));
    all.push(table("request", "Request: asks for", |units| units.wants));
    let totals: Vec<u32> = graph.resources.values().map(|resource| resource.units).collect();
    let free: Vec<u32> = graph.resources.keys().map(|&resource| graph.free(resource)).collect();
    let mut rows = vec![
        numbers("total".into(), Tone::Idle, &totals, limits),
        numbers("available".into(), Tone::Idle, &free, None),
    ];
    if let Some(detection) = &system.scan {
        rows.push(numbers("work".into(), Tone::Active, &detection.scan.work, None));
    }
    let columns = graph.resources.keys().map(ToString::to_string).collect();
    all.push(Table { id: "resources", title: "Resources".into(), columns, rows, next_row: None, next_column: None });
    all
}

/// What can be said now.
fn findings(system: &System) -> Table {
    let row = |name: &str, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
    let graph = &system.holdings;
    let deadlocked = system.deadlocked();
    let nothing = |process: &ProcessId| graph.of(*process).all(|(_, units)| units.holds == 0);
    let testing = system.scan.as_ref().is_some_and(|detection| !detection.over);
    let verdict = match (testing, deadlocked.is_empty()) {
        (true, _) => row("Deadlock", Tone::Idle, "the rows are being looked at".into()),
        (false, true) => row("Deadlock", Tone::Done, "none".into()),
        (false, false) => row("Deadlock", Tone::Violated, listed(&deadlocked)),
    };
    let idle: Vec<ProcessId> = graph.processes.keys().copied().filter(nothing).collect();
    let marked = if idle.is_empty() { "nobody".into() } else { listed(&idle) };
    let rows = vec![verdict, row("Hold nothing", Tone::Idle, marked)];
    Table {
        id: "findings",
        title: "What can be said now".into(),
        columns: vec![],
        rows,
        next_row: None,
        next_column: None,
    }
}
