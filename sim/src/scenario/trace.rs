//! Traces: what came when, recorded elsewhere, as rows of a table that is pasted or opened from a file.
//!
//! The first line names the columns, divided by commas, semicolons or tabs; each line after it is a row. Two columns have
//! a meaning of their own: `at`, when the row happens, rising, and `node`, where, by its name; without it the nodes take
//! turns. The others are times or whole numbers, which the workload puts into its requests. A line that begins with `#`
//! says nothing.

use super::FileError;
use crate::{Micros, NodeId};

/// Rows of a trace.
const MOST_ROWS: usize = 200_000;
/// What an error of the first line expects.
const HEADER: &str = "expected the names of the columns, such as `at, node, demand`";

/// A trace that was read.
#[derive(Default)]
pub struct Trace {
    /// The columns that are numbers.
    columns: Vec<String>,
    /// When each row happens; nothing where there is no such column.
    at: Vec<Micros>,
    /// The numbers, row by row.
    values: Vec<u64>,
    /// The rows of each node, in their order.
    rows_of: Vec<Vec<u32>>,
}

/// Where a row is read: its line, and the names of the nodes.
struct Place<'a> {
    line: usize,
    names: &'a [&'a str],
}

impl Place<'_> {
    fn wrong<T>(&self, column: usize, message: String) -> Result<T, FileError> {
        Err(FileError { place: Some((self.line, column)), field: Some("trace".to_owned()), message })
    }
}

/// What a column is.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    At,
    Node,
    Number,
}

/// The cells of a line, with the column of the text at which each begins, from 1.
fn cells(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    line.split([',', ';', '\t']).map(move |cell| {
        let blank = cell.len() - cell.trim_start().len();
        let column = start + line[..0].len() + cell[..blank].chars().count() + 1;
        start += cell.chars().count() + 1;
        (column, cell.trim())
    })
}

impl Trace {
    /// Reads a trace for nodes of these names.
    pub fn read(text: &str, names: &[&str]) -> Result<Self, FileError> {
        let mut trace = Self { rows_of: vec![vec![]; names.len()], ..Self::default() };
        let mut columns = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let place = Place { line: number + 1, names };
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if columns.is_empty() {
                columns = trace.read_header(line, &place)?;
            } else {
                trace.read_row(line, &columns, &place)?;
            }
        }
        if trace.rows() == 0 {
            let place = Place { line: text.lines().count().max(1), names };
            let expected = if columns.is_empty() { HEADER } else { "expected a row below the names of the columns" };
            return place.wrong(1, format!("{expected}; the trace ends here"));
        }
        Ok(trace)
    }

    fn read_header(&mut self, line: &str, place: &Place<'_>) -> Result<Vec<Column>, FileError> {
        let mut columns = Vec::new();
        for (at, name) in cells(line) {
            let column = match name {
                "at" => Column::At,
                "node" => Column::Node,
                _ => Column::Number,
            };
            let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 40;
            if !is_name {
                return place.wrong(at, format!("`{name}` is no name of a column; {HEADER}"));
            }
            let again = columns.contains(&column) || self.columns.iter().any(|known| known == name);
            if again && (column != Column::Number || self.columns.iter().any(|known| known == name)) {
                return place.wrong(at, format!("there is a column `{name}` already"));
            }
            if column == Column::Number {
                self.columns.push(name.to_owned());
            }
            columns.push(column);
        }
        Ok(columns)
    }

    fn read_row(&mut self, line: &str, columns: &[Column], place: &Place<'_>) -> Result<(), FileError> {
        let row = self.rows();
        if row == MOST_ROWS {
            return place.wrong(1, format!("a trace has at most {MOST_ROWS} rows"));
        }
        let mut node = row % place.names.len();
        let mut found = 0;
        for (at, cell) in cells(line) {
            let Some(column) = columns.get(found) else {
                return place.wrong(at, format!("`{cell}` has no column: the first line names {}", columns.len()));
            };
            found += 1;
            match column {
                Column::Node => {
                    let named = place.names.iter().position(|name| *name == cell);
                    let Some(named) = named else {
                        let (first, last) = (place.names[0], place.names[place.names.len() - 1]);
                        let expected = format!("expected the name of a node, {first} to {last}, found `{cell}`");
                        return place.wrong(at, expected);
                    };
                    node = named;
                }
                Column::At | Column::Number => match Micros::parse(cell) {
                    Ok(time) if *column == Column::Number => self.values.push(time.0),
                    Ok(time) if self.at.last().is_some_and(|last| time < *last) => {
                        let last = self.at[self.at.len() - 1];
                        return place.wrong(at, format!("{time} is before {last}, the time of the row above"));
                    }
                    Ok(time) => self.at.push(time),
                    Err(_) => {
                        let expected = "expected a time such as `10 ms`, or a whole number";
                        return place.wrong(at, format!("{expected}, found `{cell}`"));
                    }
                },
            }
        }
        if found < columns.len() {
            let end = line.chars().count() + 1;
            return place.wrong(end, format!("expected {} cells, found {found}", columns.len()));
        }
        self.rows_of[node].push(row as u32);
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows_of.iter().map(Vec::len).sum()
    }

    /// The position of the column of this name; the error says which there are.
    pub fn column(&self, name: &str) -> Result<usize, String> {
        let found = self.columns.iter().position(|known| known == name);
        found.ok_or_else(|| format!("the trace has no column `{name}`; it has: {}", self.columns.join(", ")))
    }

    /// Whether it says when its rows happen.
    pub fn is_timed(&self) -> bool {
        !self.at.is_empty()
    }

    /// The n-th row of this node, from 0, and when it happens.
    pub fn row_of(&self, node: NodeId, nth: u32) -> Option<(u32, Micros)> {
        let row = *self.rows_of.get(node.index())?.get(nth as usize)?;
        Some((row, *self.at.get(row as usize)?))
    }

    /// The number in this column of this row.
    pub fn value(&self, row: u32, column: usize) -> u64 {
        self.values.get(row as usize * self.columns.len() + column).copied().unwrap_or(0)
    }

    /// The names of nodes that a text speaks of, each once, in the order in which they come.
    pub fn names_in(text: &str) -> Vec<String> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let column = lines.next().and_then(|header| cells(header).position(|(_, name)| name == "node"));
        let mut names: Vec<String> = vec![];
        for line in lines {
            let name = column.and_then(|column| cells(line).nth(column)).map_or("", |(_, name)| name);
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
            if names.len() > crate::limits::NODES {
                break;
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["M1", "M2"];

    #[test]
    fn rows_belong_to_their_nodes() {
        let text = "# two machines\nat, node, demand\n10 ms, M2, 300 ms\n\n40 ms; M1; 5\n40 ms\tM2\t7 s\n";
        let trace = Trace::read(text, &NAMES).unwrap();
        assert_eq!(trace.rows(), 3);
        assert_eq!(trace.row_of(NodeId(1), 0), Some((0, Micros(10_000))));
        assert_eq!(trace.row_of(NodeId(1), 1), Some((2, Micros(40_000))));
        assert_eq!(trace.row_of(NodeId(0), 1), None);
        let demand = trace.column("demand").unwrap();
        assert_eq!((0..3).map(|row| trace.value(row, demand)).collect::<Vec<_>>(), [300_000, 5, 7_000_000]);
        assert_eq!(Trace::names_in(text), ["M2", "M1"]);
    }

    #[test]
    fn without_nodes_they_take_turns_and_without_times_nothing_happens_by_itself() {
        let trace = Trace::read("demand\n1\n2\n3\n", &NAMES).unwrap();
        assert_eq!(trace.rows_of, [vec![0, 2], vec![1]]);
        assert!(!trace.is_timed() && trace.row_of(NodeId(0), 0).is_none());
    }

    #[test]
    fn what_is_no_trace_is_refused_with_line_column_and_what_was_expected() {
        for (text, place, message) in [
            ("", (1, 1), "expected the names of the columns"),
            ("at, node\n", (1, 1), "expected a row"),
            ("10 ms, M1\n", (1, 1), "`10 ms` is no name of a column; expected the names"),
            ("at, at\n1, 2\n", (1, 5), "there is a column `at` already"),
            (
                "at, node, demand\n10 ms, M1, many\n",
                (2, 12),
                "expected a time such as `10 ms`, or a whole number, found `many`",
            ),
            ("at, node\n10 ms, M9\n", (2, 8), "expected the name of a node, M1 to M2, found `M9`"),
            ("at, node\n10 ms\n", (2, 6), "expected 2 cells, found 1"),
            ("at\n10 ms, M1\n", (2, 8), "`M1` has no column: the first line names 1"),
            ("at\n10 ms\n\n9 ms\n", (4, 1), "9 ms is before 10 ms"),
        ] {
            let error = Trace::read(text, &NAMES).map(|_| ()).unwrap_err();
            assert_eq!(error.place, Some(place), "{text:?}: {error}");
            assert!(error.message.contains(message), "{text:?}: {error}");
        }
    }
}
