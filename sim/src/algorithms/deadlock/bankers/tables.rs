//! The tables of the Banker: totals, maximum claims, allocations. What is impossible is refused by the name of the cell.

use crate::{
    Edit,
    algorithms::deadlock::scan::{Needs, Order, Scan, letter, put},
    read_record,
};
use serde::Serialize;

/// Processes and types that there may be.
pub const MOST_PROCESSES: usize = 20;
/// See [`MOST_PROCESSES`].
pub const MOST_TYPES: usize = 10;
/// Units of a type that there may be.
pub const MOST_UNITS: u32 = 999;

/// Who may claim and who has what.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Tables {
    /// Units of each type.
    pub total: Vec<u32>,
    /// By process: the most that it will ever hold.
    pub maximum: Vec<Vec<u32>>,
    /// By process: what it holds.
    pub allocation: Vec<Vec<u32>>,
}

/// Tables as a scenario gives them.
pub struct Written {
    total: Vec<u32>,
    available: Vec<u32>,
    maximum: Vec<Vec<u32>>,
    allocation: Vec<Vec<u32>>,
}

read_record!(Written { total = vec![], available = vec![], maximum, allocation });

impl Written {
    /// The tables, checked.
    pub fn tables(self) -> Result<Tables, String> {
        let types = self.total.len().max(self.available.len());
        let held = |column: usize| self.allocation.iter().map(|row| row.get(column).copied().unwrap_or(0)).sum::<u32>();
        let total = if self.total.is_empty() {
            self.available.iter().enumerate().map(|(column, free)| free + held(column)).collect()
        } else {
            self.total.clone()
        };
        let tables = Tables { total, maximum: self.maximum, allocation: self.allocation };
        let fits = |rows: &[Vec<u32>]| rows.iter().all(|row| row.len() == types);
        if types == 0 || !fits(&tables.maximum) || !fits(&tables.allocation) {
            return Err("every row of `maximum` and `allocation` must have as many numbers as `total`".into());
        }
        if tables.maximum.len() != tables.allocation.len() || tables.maximum.is_empty() {
            return Err("`maximum` and `allocation` must have as many rows as there are processes".into());
        }
        if tables.maximum.len() > MOST_PROCESSES || types > MOST_TYPES {
            return Err(format!("there may be {MOST_PROCESSES} processes and {MOST_TYPES} types"));
        }
        tables.check()?;
        Ok(tables)
    }
}

/// The name of a process.
pub fn name(process: usize) -> String {
    format!("P{process}")
}

impl Tables {
    /// Units of each type that nobody holds.
    pub fn available(&self) -> Vec<u32> {
        let free = |(column, total): (usize, &u32)| {
            total.saturating_sub(self.allocation.iter().map(|row| row[column]).sum::<u32>())
        };
        self.total.iter().enumerate().map(free).collect()
    }

    /// What a process may still ask for.
    pub fn need(&self, process: usize) -> Vec<u32> {
        self.maximum[process]
            .iter()
            .zip(&self.allocation[process])
            .map(|(max, held)| max.saturating_sub(*held))
            .collect()
    }

    /// What all may still ask for.
    pub fn needs(&self) -> Vec<Vec<u32>> {
        (0..self.maximum.len()).map(|process| self.need(process)).collect()
    }

    /// The rows that can finish, in order, and whether all can: the state is safe.
    pub fn safety(&self, order: Order) -> (Vec<u32>, bool) {
        let needs = self.needs();
        Scan::new(self.available(), vec![]).run(&rows(&needs, &self.allocation), order)
    }

    /// Whether nothing impossible stands in the tables; the error names the place.
    fn check(&self) -> Result<(), String> {
        for (column, &total) in self.total.iter().enumerate() {
            let of = letter(column);
            for (process, (max, held)) in self.maximum.iter().zip(&self.allocation).enumerate() {
                let (max, held, who) = (max[column], held[column], name(process));
                if held > max {
                    return Err(format!("{who}, {of}: it holds {held}, which is more than its maximum of {max}."));
                }
                if max > total {
                    return Err(format!("{who}, {of}: it may claim {max}, but there are only {total} units."));
                }
            }
            let held: u32 = self.allocation.iter().map(|row| row[column]).sum();
            if held > total {
                return Err(format!("{of}: {held} units would be held, but there are only {total}."));
            }
        }
        Ok(())
    }

    /// Does an edit, or refuses it: then nothing has changed.
    pub fn edit(&mut self, edit: &Edit) -> Result<(), String> {
        let mut next = self.clone();
        next.try_edit(edit)?;
        next.check()?;
        *self = next;
        Ok(())
    }

    fn try_edit(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Write { table, row, column, values } => {
                let place = (*row, *column);
                match table.as_str() {
                    "allocation" => {
                        self.grow(place, values)?;
                        put(&mut self.allocation, place, values, MOST_UNITS, name)
                    }
                    "maximum" => {
                        self.grow(place, values)?;
                        put(&mut self.maximum, place, values, MOST_UNITS, name)
                    }
                    "resources" => {
                        let mut rows = vec![self.total.clone()];
                        put(&mut rows, place, values, MOST_UNITS, |_| "total".into())?;
                        self.total = rows.swap_remove(0);
                        Ok(())
                    }
                    _ => Err("These numbers follow from the others.".into()),
                }
            }
            Edit::AddRow { .. } => self.add_row(),
            Edit::RemoveRow { row, .. } => {
                if self.maximum.len() < 2 || *row as usize >= self.maximum.len() {
                    return Err("There is at least one process.".into());
                }
                self.maximum.remove(*row as usize);
                self.allocation.remove(*row as usize);
                Ok(())
            }
            Edit::AddColumn { .. } => {
                if self.total.len() >= MOST_TYPES {
                    return Err(format!("There may be {MOST_TYPES} types."));
                }
                self.total.push(0);
                self.maximum.iter_mut().chain(&mut self.allocation).for_each(|row| row.push(0));
                Ok(())
            }
            Edit::RemoveColumn { column, .. } => {
                let column = *column as usize;
                if self.total.len() < 2 || column >= self.total.len() {
                    return Err("There is at least one type.".into());
                }
                self.total.remove(column);
                for row in self.maximum.iter_mut().chain(&mut self.allocation) {
                    row.remove(column);
                }
                Ok(())
            }
            _ => Err("There are no parts to be placed here.".into()),
        }
    }

    fn add_row(&mut self) -> Result<(), String> {
        if self.maximum.len() >= MOST_PROCESSES {
            return Err(format!("There may be {MOST_PROCESSES} processes."));
        }
        self.maximum.push(vec![0; self.total.len()]);
        self.allocation.push(vec![0; self.total.len()]);
        Ok(())
    }

    /// A block that is pasted brings its rows with it.
    fn grow(&mut self, (row, _): (u32, u32), values: &[Vec<i64>]) -> Result<(), String> {
        while values.len() > 1 && self.maximum.len() < row as usize + values.len() {
            self.add_row()?;
        }
        Ok(())
    }
}

/// The rows of a scan.
pub fn rows<'a>(needs: &'a [Vec<u32>], holds: &'a [Vec<u32>]) -> Vec<Needs<'a>> {
    needs.iter().zip(holds).map(|(needs, holds)| Needs { needs, holds }).collect()
}

/// Units of one type with which no order of requests can end in a deadlock: one more than all can hold with each of them
/// lacking one.
pub fn units_that_never_deadlock(maximum: impl Iterator<Item = u32>) -> u32 {
    maximum.map(|max| max.saturating_sub(1)).sum::<u32>() + 1
}
