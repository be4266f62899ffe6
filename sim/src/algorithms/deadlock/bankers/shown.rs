//! The Banker's books as tables.

use super::{
    Banker, Purpose,
    sequences::MOST_LISTED,
    tables::{MOST_PROCESSES, MOST_TYPES, MOST_UNITS, name, units_that_never_deadlock},
};
use crate::{
    Cell, Row, Table, Tone,
    algorithms::deadlock::scan::{letter, numbers, vector},
};

/// All tables, in the order in which they are read.
pub fn tables(banker: &Banker) -> Vec<Table> {
    let mut all = vec![state(banker)];
    all.extend(books(banker));
    all.push(resources(banker));
    if let Some(sequences) = &banker.sequences {
        let title = match sequences.count {
            Some(0) => "No safe sequence".into(),
            Some(1) => "1 safe sequence".into(),
            Some(count) if count as usize > sequences.listed.len() => {
                format!("{count} safe sequences, the first {MOST_LISTED}")
            }
            Some(count) => format!("{count} safe sequences"),
            None => format!("Too many safe sequences to count; the first {MOST_LISTED}"),
        };
        let line = |(index, order): (usize, &Vec<u32>)| {
            Row::new((index + 1).to_string(), Tone::Idle, vec![Cell::text(names(order))])
        };
        let rows = sequences.listed.iter().enumerate().map(line).collect();
        all.push(Table { id: "sequences", title, columns: vec![], rows, next_row: None, next_column: None });
    }
    all
}

fn names(order: &[u32]) -> String {
    let names: Vec<String> = order.iter().map(|&process| name(process as usize)).collect();
    names.join(", ")
}

/// What can be said now.
fn state(banker: &Banker) -> Table {
    let row = |name: &str, tone: Tone, text: String| Row::new(name, tone, vec![Cell::text(text)]);
    let (order, safe) = banker.tables.safety(banker.rule.order);
    let testing = banker.is_testing();
    let verdict = match (testing, safe) {
        // While the test is stepped its end is not given away.
        (true, _) => row("State", Tone::Idle, "the test is under way".into()),
        (false, true) => row("State", Tone::Done, format!("safe: all can finish in the order {}", names(&order))),
        (false, false) => {
            let left: Vec<u32> = (0..banker.tables.maximum.len() as u32).filter(|row| !order.contains(row)).collect();
            let first =
                if order.is_empty() { String::new() } else { format!("{} can finish, but then ", names(&order)) };
            row("State", Tone::Waiting, format!("unsafe: {first}there may not be enough for {}", names(&left)))
        }
    };
    let avoids = if banker.avoids {
        "yes: a request is granted only if the state stays safe"
    } else {
        "no: whatever is available is granted"
    };
    let pending: Vec<String> = banker
        .queue
        .iter()
        .map(|pending| {
            let why = if pending.denied { "unsafe" } else { "not available" };
            format!("{} for {} ({why})", name(pending.process as usize), vector(&pending.units))
        })
        .collect();
    let waiting = if pending.is_empty() { "nobody".into() } else { pending.join("; ") };
    let stuck = banker.deadlocked();
    let deadlock = if stuck.is_empty() {
        row("Deadlock", Tone::Idle, "none".into())
    } else {
        row("Deadlock", Tone::Violated, format!("{}: each waits for what the others hold", names(&stuck)))
    };
    let mut rows =
        vec![verdict, row("Looks ahead", Tone::Idle, avoids.into()), row("Waiting", Tone::Idle, waiting), deadlock];
    if let [total] = banker.tables.total[..] {
        let enough = units_that_never_deadlock(banker.tables.maximum.iter().map(|row| row[0]));
        let so = if total >= enough { "so no deadlock is possible at all" } else { "there are fewer" };
        rows.push(row("Enough for ever", Tone::Idle, format!("1 + Σ(maximum − 1) = {enough} units; {so}")));
    }
    Table {
        id: "state",
        title: "What can be said now".into(),
        columns: vec![],
        rows,
        next_row: None,
        next_column: None,
    }
}

/// A row a process.
fn books(banker: &Banker) -> [Table; 4] {
    let tables = &banker.tables;
    let (count, types) = (tables.maximum.len(), tables.total.len());
    let stuck = banker.deadlocked();
    let tone = |process: usize| match &banker.test {
        Some(test) => test.scan.tone(process as u32, test.safe.is_some()),
        None if stuck.contains(&(process as u32)) => Tone::Violated,
        None if banker.is_queued(process as u32) => Tone::Waiting,
        None => Tone::Idle,
    };
    let columns = || (0..types).map(letter).collect::<Vec<_>>();
    let limits = Some((0, i64::from(MOST_UNITS)));
    let table = |id: &'static str, title: &str, rows: Vec<Row>| {
        let sized = id == "allocation";
        Table {
            id,
            title: title.into(),
            columns: columns(),
            rows,
            next_row: (sized && count < MOST_PROCESSES).then(|| name(count)),
            next_column: (sized && types < MOST_TYPES).then(|| letter(types)),
        }
    };
    let lines = |of: &[Vec<u32>], limits: Option<(i64, i64)>| {
        of.iter().enumerate().map(|(process, units)| numbers(name(process), tone(process), units, limits)).collect()
    };
    let mut requests: Vec<Row> = lines(&banker.draft, limits);
    for (process, row) in requests.iter_mut().enumerate() {
        let press = super::Request::Ask { process: process as u32, units: banker.draft[process].clone() };
        row.button = Some(("Ask".into(), banker.refusal(&press)));
    }
    [
        table("allocation", "Allocation: holds", lines(&tables.allocation, limits)),
        table("maximum", "Maximum: may claim", lines(&tables.maximum, limits)),
        table("need", "Need: may still ask for", lines(&tables.needs(), None)),
        table("request", "Next request", requests),
    ]
}

/// A row for all units, for those that are free, and for those that the test works with.
fn resources(banker: &Banker) -> Table {
    let tables = &banker.tables;
    let mut rows = vec![
        numbers("total".into(), Tone::Idle, &tables.total, Some((0, i64::from(MOST_UNITS)))),
        numbers("available".into(), Tone::Idle, &tables.available(), None),
    ];
    if let Some(test) = &banker.test {
        let what = match &test.purpose {
            Purpose::Question => "work".to_owned(),
            Purpose::Request { process, .. } => format!("work, if {} gets it", name(*process as usize)),
            Purpose::Again { .. } => "work, if it is granted".to_owned(),
        };
        rows.push(numbers(what, Tone::Active, &test.scan.work, None));
    }
    let columns = (0..tables.total.len()).map(letter).collect();
    Table { id: "resources", title: "Resources".into(), columns, rows, next_row: None, next_column: None }
}
