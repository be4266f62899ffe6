//! Ousterhout's matrix: a row a time slot, a column a processor, in each cell the gang whose process runs, or nothing.

use crate::{Edit, NodeId, bench, sorted::Set};
use serde::Serialize;

/// Gangs that there may be.
pub const MOST_GANGS: u32 = 99;
/// Slots that there may be.
pub const MOST_ROWS: usize = 12;

/// The matrix.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Matrix {
    /// How often it was changed.
    pub version: u32,
    /// By slot and processor: a gang, or 0.
    pub rows: Vec<Vec<u32>>,
}

impl Matrix {
    /// Two rows, and a pair in each where there are two processors.
    pub fn simple(width: u32) -> Self {
        let row = |gang: u32| (0..width).map(|k| if k < 2 { gang } else { 0 }).collect();
        Self { version: 0, rows: vec![row(1), row(2)] }
    }

    /// Checks what a scenario gives.
    pub fn of(rows: Vec<Vec<u32>>, width: u32) -> Result<Self, String> {
        if rows.is_empty() || rows.len() > MOST_ROWS {
            return Err(format!("`matrix` has {} rows, but there are 1 to {MOST_ROWS} slots", rows.len()));
        }
        if rows.iter().any(|row| row.len() != width as usize) {
            return Err(format!("every row of `matrix` must have a number for each of the {width} processors"));
        }
        if let Some(gang) = rows.iter().flatten().find(|gang| **gang > MOST_GANGS) {
            return Err(format!("`matrix`: {gang} is no gang from 1 to {MOST_GANGS}, nor 0 for none"));
        }
        Ok(Self { version: 0, rows })
    }

    /// "slot 1", counted from 0.
    pub fn row_name(row: usize) -> String {
        format!("slot {row}")
    }

    /// How many slots there are.
    pub fn height(&self) -> u32 {
        self.rows.len() as u32
    }

    /// How many processors there are.
    pub fn width(&self) -> u32 {
        self.rows[0].len() as u32
    }

    /// The gang that a processor runs in a row.
    pub fn cell(&self, row: u32, node: NodeId) -> u32 {
        self.rows[row as usize].get(node.index()).copied().unwrap_or(0)
    }

    /// The gangs that have a process on this processor.
    pub fn column(&self, node: NodeId) -> Set<u32> {
        (0..self.height()).map(|row| self.cell(row, node)).filter(|&gang| gang > 0).collect()
    }

    /// All gangs, in order.
    pub fn gangs(&self) -> Vec<u32> {
        let all: Set<u32> = self.rows.iter().flatten().copied().filter(|&gang| gang > 0).collect();
        all.iter().copied().collect()
    }

    /// The processors of a gang, in order.
    pub fn processors(&self, gang: u32) -> Vec<NodeId> {
        (0..self.width())
            .map(NodeId)
            .filter(|&node| (0..self.height()).any(|row| self.cell(row, node) == gang))
            .collect()
    }

    /// The rows in which all of a gang run, and those in which only some of it do.
    pub fn whole_and_parts(&self, gang: u32) -> (Vec<u32>, Vec<u32>) {
        let all = self.processors(gang).len();
        let count = |row: u32| self.rows[row as usize].iter().filter(|cell| **cell == gang).count();
        let rows = (0..self.height()).filter(|&row| count(row) > 0);
        rows.partition(|&row| count(row) == all)
    }

    /// Cells of a row with nothing in them.
    pub fn free(&self, row: u32) -> u32 {
        self.rows[row as usize].iter().filter(|cell| **cell == 0).count() as u32
    }

    /// The least number that no gang has, and the first row with room for so many; a new row where there is none.
    pub fn try_place(&mut self, size: u32) -> Result<(u32, u32), String> {
        bench::within(|| "a gang".into(), size.into(), (1, self.width().into()))?;
        let gangs = self.gangs();
        let gang = (1..=MOST_GANGS).find(|gang| !gangs.contains(gang));
        let gang = gang.ok_or_else(|| format!("There may be {MOST_GANGS} gangs."))?;
        let row = (0..self.height()).find(|&row| self.free(row) >= size).unwrap_or(self.height());
        if row as usize >= MOST_ROWS {
            return Err(format!("There is no room, and there may be {MOST_ROWS} slots."));
        }
        if row == self.height() {
            self.rows.push(vec![0; self.width() as usize]);
        }
        Ok((gang, row))
    }

    /// Puts a new gang into the first row with room for all of it. With `split` it is a mistake: into the first cells that
    /// are free, wherever they are. It was asked before whether there is room.
    pub fn place(&mut self, size: u32, split: bool) -> (u32, u32) {
        let Ok((gang, row)) = self.try_place(size) else { return (0, 0) };
        let first = if split { 0 } else { row as usize };
        let mut left = size;
        // No processor has two of one gang.
        let mut used: Set<u32> = Set::new();
        for cells in &mut self.rows[first..] {
            for (k, cell) in (0..).zip(cells) {
                if left > 0 && *cell == 0 && !used.contains(&k) {
                    used.insert(k);
                    (*cell, left) = (gang, left - 1);
                }
            }
        }
        (gang, row)
    }

    /// Takes a gang out, and rows at the end that are empty then.
    pub fn remove(&mut self, gang: u32) {
        self.rows.iter_mut().flatten().filter(|cell| **cell == gang).for_each(|cell| *cell = 0);
        while self.rows.len() > 1 && self.rows.last().is_some_and(|row| row.iter().all(|cell| *cell == 0)) {
            self.rows.pop();
        }
    }

    /// Lets a process of the same column run in each hole, another one in each. How many holes were filled.
    pub fn fill(&mut self) -> u32 {
        let mut filled = 0;
        for k in 0..self.width() {
            let here: Vec<u32> = self.column(NodeId(k)).iter().copied().collect();
            let holes = self.rows.iter_mut().filter_map(|row| row.get_mut(k as usize)).filter(|cell| **cell == 0);
            for (hole, &gang) in holes.zip(here.iter().cycle()) {
                (*hole, filled) = (gang, filled + 1);
            }
        }
        filled
    }

    /// Does an edit, or refuses it: then nothing has changed.
    pub fn edit(&mut self, edit: &Edit) -> Result<(), String> {
        let mut next = self.clone();
        next.try_edit(edit)?;
        *self = next;
        Ok(())
    }

    fn try_edit(&mut self, edit: &Edit) -> Result<(), String> {
        match edit {
            Edit::Write { table, row, column, values } if table == "matrix" => {
                while values.len() > 1 && self.rows.len() < *row as usize + values.len() {
                    self.add_row()?;
                }
                for (down, line) in values.iter().enumerate() {
                    for (right, &value) in line.iter().enumerate() {
                        let (row, column) = (*row as usize + down, *column as usize + right);
                        let place = || format!("{}, CPU{column}", Self::row_name(row));
                        bench::within(place, value, (0, MOST_GANGS.into()))?;
                        let cell = self.rows.get_mut(row).and_then(|row| row.get_mut(column));
                        *cell.ok_or("There are not so many slots and processors.")? = value as u32;
                    }
                }
                Ok(())
            }
            Edit::AddRow { .. } => self.add_row(),
            Edit::RemoveRow { row, .. } => {
                if self.rows.len() < 2 || *row as usize >= self.rows.len() {
                    return Err("There is at least one slot.".into());
                }
                self.rows.remove(*row as usize);
                Ok(())
            }
            _ => Err("Here only the matrix is filled in.".into()),
        }
    }

    fn add_row(&mut self) -> Result<(), String> {
        if self.rows.len() >= MOST_ROWS {
            return Err(format!("There may be {MOST_ROWS} slots."));
        }
        self.rows.push(vec![0; self.width() as usize]);
        Ok(())
    }
}
