//! The safety test of the Banker and the detection of Coffman and others are one scan: a row for each process, what it
//! needs and what it holds, and units to work with. The rows are looked at one by one.

use crate::{Cell, Row, Tone};
use serde::Serialize;

/// A row: what a process needs to finish, and what it gives back then, by resource type.
#[derive(Clone, Copy)]
pub struct Needs<'a> {
    /// Units that it needs.
    pub needs: &'a [u32],
    /// Units that it holds.
    pub holds: &'a [u32],
}

/// How far a scan is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Scan {
    /// Units to work with.
    pub work: Vec<u32>,
    /// The rows that can finish, in the order in which they were found.
    pub finished: Vec<u32>,
    /// The row that is looked at next.
    pub next: u32,
    /// Rows in a line that could not finish.
    misses: u32,
    /// The row that was looked at last, and whether it can finish.
    pub looked: Option<(u32, bool)>,
}

/// What a step of a scan was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// This row can finish: its units were added to those to work with.
    Fits(u32),
    /// This row cannot finish now.
    Misses(u32),
    /// All rows can finish.
    AllFinish,
    /// None of those that are left can.
    Stuck,
}

/// Where the scan goes on after a row that can finish.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Order {
    /// With the next row, round and round.
    Round,
    /// At the first row again.
    FromTheTop,
}

impl Scan {
    /// Begins with these units; some rows may be marked as finished before.
    pub fn new(work: Vec<u32>, finished: Vec<u32>) -> Self {
        Self { work, finished, next: 0, misses: 0, looked: None }
    }

    /// Looks at one row, or finds that it is over.
    pub fn step(&mut self, rows: &[Needs<'_>], order: Order) -> Step {
        self.looked = None;
        let count = rows.len() as u32;
        let open = count - self.finished.len() as u32;
        if open == 0 {
            return Step::AllFinish;
        }
        if self.misses >= open {
            return Step::Stuck;
        }
        let row = (0..count).map(|k| (self.next + k) % count).find(|row| !self.finished.contains(row)).unwrap_or(0);
        let Needs { needs, holds } = rows[row as usize];
        let fits = needs.iter().zip(&self.work).all(|(need, work)| need <= work);
        self.looked = Some((row, fits));
        if !fits {
            (self.next, self.misses) = (row + 1, self.misses + 1);
            return Step::Misses(row);
        }
        for (work, held) in self.work.iter_mut().zip(holds) {
            *work += held;
        }
        self.finished.push(row);
        self.misses = 0;
        self.next = if order == Order::Round { row + 1 } else { 0 };
        Step::Fits(row)
    }

    /// The whole scan at once: the rows that finish, in order, and whether all do.
    pub fn run(mut self, rows: &[Needs<'_>], order: Order) -> (Vec<u32>, bool) {
        loop {
            match self.step(rows, order) {
                Step::AllFinish => return (self.finished, true),
                Step::Stuck => return (self.finished, false),
                _ => {}
            }
        }
    }

    /// What the scan makes of a row.
    pub fn tone(&self, row: u32, over: bool) -> Tone {
        match self.looked {
            Some((looked, true)) if looked == row => Tone::Active,
            Some((looked, false)) if looked == row => Tone::Waiting,
            _ if self.finished.contains(&row) => Tone::Done,
            _ if over => Tone::Violated,
            _ => Tone::Idle,
        }
    }
}

/// The name of the k-th resource type: A, B, …
pub fn letter(k: usize) -> String {
    char::from(b'A' + (k % 26) as u8).to_string()
}

/// "(1, 0, 2)".
pub fn vector(units: &[u32]) -> String {
    let units: Vec<String> = units.iter().map(ToString::to_string).collect();
    format!("({})", units.join(", "))
}

/// A row of numbers to be read, or to be changed within limits.
pub fn numbers(name: String, tone: Tone, units: &[u32], limits: Option<(i64, i64)>) -> Row {
    let cell = |&units: &u32| Cell { text: units.to_string(), limits };
    Row::new(name, tone, units.iter().map(cell).collect())
}

/// Puts a block of numbers into a table. Numbers below 0 or above `most` are refused by name, and so are blocks that do
/// not fit.
pub fn put(
    table: &mut [Vec<u32>],
    (row, column): (u32, u32),
    values: &[Vec<i64>],
    most: u32,
    name: impl Fn(usize) -> String,
) -> Result<(), String> {
    let columns = table.first().map_or(0, Vec::len);
    for (down, line) in values.iter().enumerate() {
        for (right, &value) in line.iter().enumerate() {
            let (row, column) = (row as usize + down, column as usize + right);
            if row >= table.len() || column >= columns {
                let size = format!("{} rows and {columns} columns", table.len());
                return Err(format!("The block is too large: the table has {size}."));
            }
            let units = u32::try_from(value).ok().filter(|units| *units <= most);
            let place = || format!("{}, {}", name(row), letter(column));
            table[row][column] = units.ok_or_else(|| match value {
                ..0 => format!("{}: there are no {value} units.", place()),
                _ => format!("{}: {value} is more than {most}.", place()),
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_looks_at_each_row_and_goes_round() {
        let needs = [[2_u32], [0], [9]];
        let holds = [[1_u32], [2], [0]];
        let rows: Vec<Needs<'_>> = needs.iter().zip(&holds).map(|(needs, holds)| Needs { needs, holds }).collect();
        let mut scan = Scan::new(vec![1], vec![]);
        let mut steps = vec![];
        while !matches!(steps.last(), Some(Step::Stuck | Step::AllFinish)) {
            steps.push(scan.step(&rows, Order::Round));
        }
        assert_eq!(
            steps,
            [Step::Misses(0), Step::Fits(1), Step::Misses(2), Step::Fits(0), Step::Misses(2), Step::Stuck]
        );
        assert_eq!((scan.work, scan.finished), (vec![4], vec![1, 0]));
    }

    #[test]
    fn a_block_is_put_whole_or_refused_by_the_name_of_the_cell() {
        let mut table = vec![vec![0, 0], vec![0, 0]];
        let name = |row: usize| format!("P{row}");
        assert_eq!(put(&mut table, (0, 0), &[vec![1, 2], vec![3, 4]], 9, name), Ok(()));
        assert_eq!(table, [[1, 2], [3, 4]]);
        assert_eq!(put(&mut table.clone(), (1, 1), &[vec![-3]], 9, name), Err("P1, B: there are no -3 units.".into()));
        assert_eq!(put(&mut table.clone(), (0, 0), &[vec![10]], 9, name), Err("P0, A: 10 is more than 9.".into()));
        assert!(put(&mut table, (1, 1), &[vec![1, 1]], 9, name).unwrap_err().contains("2 rows and 2 columns"));
    }
}
