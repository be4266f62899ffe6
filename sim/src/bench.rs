//! Benches: what a user edits by hand. Parts that stand where the user has put them, edges that are drawn from one to
//! another, tables with cells. Each edit is a request to the process like any other, so that it is undone, branched,
//! shared and refused like one. A process says what it has with [`Stand`]s and [`Table`]s, and which request makes an
//! [`Edit`]; the pictures and the page do the rest without knowing what it is about.

use crate::{
    PartId, Place, Tone,
    json::{Json, Read, Wrong},
    read_variants,
};
use serde::Serialize;

/// Where a part stands that the user places, and what can be set on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stand {
    /// The part.
    pub part: PartId,
    /// Where it stands: thousandths of the bench.
    pub at: Place,
    /// Units that it has, drawn as dots; 0 where it is not made of units.
    pub units: u32,
    /// How many of them are taken.
    pub taken: u32,
    /// What can be set on it.
    pub settings: Vec<Setting>,
}

/// A number of a part that the user sets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// What it is called in an edit.
    pub name: &'static str,
    /// What stands beside it on the page.
    pub label: &'static str,
    /// What it is now.
    pub value: i64,
    /// The least value allowed.
    pub min: i64,
    /// The greatest value allowed.
    pub max: i64,
    /// What the numbers from `min` on mean, where they stand for words.
    pub words: &'static [&'static str],
}

/// A table: to be read, or to be filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// What it is called in an edit.
    pub id: &'static str,
    /// Its title.
    pub title: String,
    /// The headings of its columns. Empty: it has no line of headings.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What a further row would be called, where rows can be added and taken away.
    pub next_row: Option<String>,
    /// What a further column would be called, where columns can be added and taken away.
    pub next_column: Option<String>,
}

/// A row of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its heading.
    pub name: String,
    /// What its state means.
    pub tone: Tone,
    /// Its cells.
    pub cells: Vec<Cell>,
    /// What its button says, if it has one, and why it cannot be pressed.
    pub button: Option<(String, Option<String>)>,
}

impl Row {
    /// A row to be read.
    pub fn new(name: impl Into<String>, tone: Tone, cells: Vec<Cell>) -> Self {
        Self { name: name.into(), tone, cells, button: None }
    }
}

/// A cell of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// The least and the greatest number that it takes, if it can be filled in. What is refused beyond that, the process
    /// says.
    pub limits: Option<(i64, i64)>,
}

impl Cell {
    /// A cell to be read.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), limits: None }
    }
    /// A number that can be changed.
    pub fn number(value: u32, limits: (i64, i64)) -> Self {
        Self { text: value.to_string(), limits: Some(limits) }
    }
}

/// What a user does to a bench by hand. Rows and columns are counted from 0.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[allow(missing_docs)] // the fields are what the sentences name
pub enum Edit {
    /// Put a new part of this kind here.
    Add { kind: String, at: Place },
    /// Move a part.
    Move { part: PartId, to: Place },
    /// Draw an edge.
    Connect { from: PartId, to: PartId },
    /// Take an edge away; of several equal ones, one.
    Disconnect { from: PartId, to: PartId },
    /// Take a part away, with its edges.
    Remove { part: PartId },
    /// Set a number of a part.
    Set { part: PartId, what: String, value: i64 },
    /// Write a block of numbers into a table, its upper left corner here. All of it is written, or nothing.
    Write { table: String, row: u32, column: u32, values: Vec<Vec<i64>> },
    /// Add a row at the end.
    AddRow { table: String },
    /// Take a row away.
    RemoveRow { table: String, row: u32 },
    /// Add a column at the end.
    AddColumn { table: String },
    /// Take a column away.
    RemoveColumn { table: String, column: u32 },
    /// Press a row's button.
    Press { table: String, row: u32 },
}

read_variants!(Edit {
    Add { kind, at },
    Move { part, to },
    Connect { from, to },
    Disconnect { from, to },
    Remove { part },
    Set { part, what, value },
    Write { table, row, column, values },
    AddRow { table },
    RemoveRow { table, row },
    AddColumn { table },
    RemoveColumn { table, column },
    Press { table, row },
});

impl Read for PartId {
    fn read(json: &Json) -> Result<Self, Wrong> {
        u32::read(json).map(Self)
    }
}

/// What a cell holds that says ∞, where a process takes that.
pub const INFINITE: i64 = i64::MAX;

/// Refuses a number that is not within these limits, with the reason and the nearest that is.
pub fn within(place: impl Fn() -> String, value: i64, (least, most): (i64, i64)) -> Result<(), String> {
    let (than, nearest) = match value {
        _ if value < least => ("less", least),
        _ if value > most => ("more", most),
        _ => return Ok(()),
    };
    let value = if value == INFINITE { "∞".to_owned() } else { value.to_string() };
    Err(format!("{}: {value} is {than} than {nearest}, which is the nearest that can be.", place()))
}

/// Numbers as a spreadsheet copies them: a line a row, cells between tabs, semicolons or commas. Empty lines at the end
/// are left out; an empty cell is 0, and ∞ or inf is without an end. The error names the cell that is no number.
pub fn block(text: &str) -> Result<Vec<Vec<i64>>, String> {
    let lines: Vec<&str> = text.trim_end_matches(['\r', '\n']).lines().collect();
    let has = |mark: char| lines.iter().any(|line| line.contains(mark));
    let mark = ['\t', ';', ','].into_iter().find(|&mark| has(mark));
    let mut rows = Vec::with_capacity(lines.len());
    for (row, line) in lines.iter().enumerate() {
        let cells: Vec<&str> = match mark {
            Some(mark) => line.split(mark).collect(),
            None => line.split_whitespace().collect(),
        };
        let mut numbers = Vec::with_capacity(cells.len());
        for (column, cell) in cells.into_iter().enumerate() {
            let cell = cell.trim().trim_matches('"');
            let number = match cell {
                "" => Some(0),
                "∞" | "inf" => Some(INFINITE),
                _ => cell.parse().ok(),
            };
            let place =
                || format!("Row {}, column {} holds “{cell}”, which is not a whole number.", row + 1, column + 1);
            numbers.push(number.ok_or_else(place)?);
        }
        rows.push(numbers);
    }
    if rows.iter().all(Vec::is_empty) { Err("There is nothing in it.".into()) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    #[test]
    fn a_block_is_read_as_spreadsheets_copy_it() {
        let expected = Ok(vec![vec![7, 5, 3], vec![3, 2, 2]]);
        for text in
            ["7\t5\t3\r\n3\t2\t2\r\n", "7,5,3\n3,2,2", "7;5;3\n3;2;2\n\n", "7 5 3\n 3 2  2", "\"7\",\"5\",3\n3,2,2"]
        {
            assert_eq!(block(text), expected, "{text:?}");
        }
        assert_eq!(block("12"), Ok(vec![vec![12]]));
        assert_eq!(
            block("1\t\t-3"),
            Ok(vec![vec![1, 0, -3]]),
            "an empty cell is 0; a minus is read, to be refused with a reason"
        );
        assert_eq!(block("2,∞\ninf,4"), Ok(vec![vec![2, INFINITE], vec![INFINITE, 4]]));
        assert_eq!(block("A\tB"), Err("Row 1, column 1 holds “A”, which is not a whole number.".into()));
        assert_eq!(block("1,2\n3,2.5").unwrap_err(), "Row 2, column 2 holds “2.5”, which is not a whole number.");
        assert_eq!(block("\n\n"), Err("There is nothing in it.".into()));
    }

    #[test]
    fn what_is_out_of_the_limits_is_refused_with_the_nearest_number_that_is_not() {
        let cell = |value| within(|| "t1 on n2".into(), value, (0, 9));
        assert_eq!((cell(0), cell(9)), (Ok(()), Ok(())));
        assert_eq!(cell(-5), Err("t1 on n2: -5 is less than 0, which is the nearest that can be.".into()));
        assert!(cell(INFINITE).unwrap_err().contains("∞ is more than 9,"));
    }

    #[test]
    fn an_edit_is_read_as_it_is_written() {
        let edits = [
            Edit::Add { kind: "process".into(), at: Place { x: 10, y: 990 } },
            Edit::Write { table: "max".into(), row: 1, column: 0, values: vec![vec![7, -5], vec![3, 2]] },
            Edit::Press { table: "requests".into(), row: 3 },
            Edit::Connect { from: PartId(3), to: PartId(1_004) },
        ];
        for edit in edits {
            assert_eq!(Edit::read(&Value::of(&edit).to_json()).as_ref(), Ok(&edit));
        }
    }
}
