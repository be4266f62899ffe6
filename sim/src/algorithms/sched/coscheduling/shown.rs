//! Processors, their processes and the matrix as the screen shows them.

use super::{Gauge, MOST_GANGS, Matrix, Part, PartId, PartKind, Processor, Status, Table, Tone, View};
use crate::{Cell, NodeId, Row};

/// What a processor shows.
pub fn status(processor: &Processor) -> Status {
    let waiting: u32 = processor.members.values().map(|member| member.mailbox.len() as u32).sum();
    let (word, tone) = match processor.members.get(&processor.running) {
        None => ("idle".into(), Tone::Idle),
        Some(member) if member.waits_for().next().is_some() => (format!("gang {}", processor.running), Tone::Waiting),
        Some(_) => (format!("gang {}", processor.running), Tone::Active),
    };
    let exchanges = processor.members.iter().filter(|(_, member)| member.done > 0);
    let done: Vec<String> = exchanges.map(|(gang, member)| format!("gang {gang}: {} exchanges", member.done)).collect();
    let gauge = Gauge { name: "mailbox", value: waiting, full: 8, marks: vec![] };
    Status::new(word, tone).detail(done.join(", ")).gauge(gauge)
}

/// Its processes.
pub fn parts(processor: &Processor) -> Vec<Part> {
    let part = |(&gang, member): (&u32, &super::Member)| {
        let runs = gang == processor.running;
        let waits = member.waits_for().next().is_some();
        let (tone, word) = match (runs, waits, member.mailbox.is_empty()) {
            (true, false, _) => (Tone::Active, "runs"),
            (true, true, _) => (Tone::Waiting, "runs, and waits for answers"),
            (false, true, _) => (Tone::Waiting, "does not run, and waits for answers"),
            (false, false, false) => (Tone::Waiting, "does not run, and has mail"),
            (false, false, true) => (Tone::Idle, "does not run"),
        };
        Part { id: PartId(gang), name: gang.to_string(), kind: PartKind::Process, tone, word: word.into() }
    };
    processor.members.iter().map(part).collect()
}

/// The matrix, and what can be said of its gangs.
pub fn tables(processor: &Processor, view: &View<'_>) -> Vec<Table> {
    let matrix = &processor.matrix;
    let name = |node: &NodeId| view.setup.name(*node).to_owned();
    let columns: Vec<String> = (0..matrix.width()).map(|k| name(&NodeId(k))).collect();
    let row = |(k, cells): (usize, &Vec<u32>)| {
        let tone = if k as u32 == processor.row() { Tone::Active } else { Tone::Idle };
        let cell = |gang: &u32| Cell::number(*gang, (0, MOST_GANGS.into()));
        Row::new(Matrix::row_name(k), tone, cells.iter().map(cell).collect())
    };
    let next_row = (matrix.rows.len() < super::matrix::MOST_ROWS).then(|| Matrix::row_name(matrix.rows.len()));
    let title = "Who runs when: the number of a gang, or 0".into();
    let rows = matrix.rows.iter().enumerate().map(row).collect();
    let filled = Table { id: "matrix", title, columns, rows, next_row, next_column: None };
    let said = Table {
        id: "gangs",
        title: "What can be said now".into(),
        columns: vec![],
        rows: gangs(matrix, name),
        next_row: None,
        next_column: None,
    };
    vec![filled, said]
}

fn gangs(matrix: &Matrix, name: impl Fn(&NodeId) -> String) -> Vec<Row> {
    let row = |name: String, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
    let slots = |rows: &[u32]| rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let all = matrix.gangs();
    let mut rows: Vec<Row> = all
        .iter()
        .map(|&gang| {
            let members: Vec<String> = matrix.processors(gang).iter().map(&name).collect();
            let (whole, parts) = matrix.whole_and_parts(gang);
            let (tone, words) = match (members.len(), whole.is_empty(), parts.is_empty()) {
                (1, ..) => (Tone::Idle, format!("one process, in slot {}", slots(&whole))),
                (_, true, _) => (Tone::Waiting, format!("never as a whole: parts in slots {}", slots(&parts))),
                (_, false, true) => (Tone::Done, format!("as a whole in slot {}", slots(&whole))),
                (_, false, false) => {
                    let words = format!("as a whole in slot {}, parts of it in slot {}", slots(&whole), slots(&parts));
                    (Tone::Done, words)
                }
            };
            row(format!("gang {gang}"), tone, format!("{}: {words}", members.join(", ")))
        })
        .collect();
    let cells = matrix.width() * matrix.height();
    let free: u32 = (0..matrix.height()).map(|row| matrix.free(row)).sum();
    rows.push(row("Used".into(), Tone::Idle, format!("{} of {cells} cells, {free} holes", cells - free)));
    rows
}
