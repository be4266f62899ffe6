//! What is given: what each task costs on each processor, and what two tasks cost that are on different ones. What cannot
//! be is refused by the name of the cell, with the nearest number that can.

use crate::{Edit, PartId, Place, bench, read_record};
use serde::Serialize;

/// Tasks that there may be.
pub const MOST_TASKS: usize = 20;
/// Processors that there may be, and at least.
pub const MOST_PROCESSORS: usize = 8;
const FEWEST_PROCESSORS: usize = 2;
/// The greatest cost.
pub const MOST_COST: i64 = 9_999;
/// Parts from this number on are processors.
const PROCESSORS: u32 = 1_000;

/// The kinds of parts that can be added.
pub const KINDS: &[&str] = &["task", "processor"];

/// Tasks, processors, costs and where everything runs now. A task and a processor are known by their positions.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Costs {
    /// By task and processor: what it costs to run it there; nothing where it cannot run.
    pub run: Vec<Vec<Option<u32>>>,
    /// By two tasks, the same both ways: what it costs where they are on different processors.
    pub talk: Vec<Vec<u32>>,
    /// By task: the processor on which it runs now.
    pub on: Vec<u32>,
    /// Where tasks and processors stand.
    pub tasks: Vec<Place>,
    pub processors: Vec<Place>,
}

/// The same as a scenario gives it.
pub struct Written {
    run: Vec<Vec<Option<u32>>>,
    /// By two tasks, "t1 t4".
    talk: Vec<(String, u32)>,
    on: Vec<u32>,
    tasks: Vec<Place>,
}

read_record!(Written { run, talk = vec![], on = vec![], tasks = vec![] });

/// "t3".
pub fn task(k: usize) -> String {
    format!("t{}", k + 1)
}

/// "n2".
pub fn processor(k: usize) -> String {
    format!("n{}", k + 1)
}

/// The part of a task.
pub fn task_part(k: usize) -> PartId {
    PartId(k as u32 + 1)
}

/// The part of a processor.
pub fn processor_part(k: usize) -> PartId {
    PartId(PROCESSORS + k as u32 + 1)
}

/// "∞", or the number.
pub fn written(cost: Option<u32>) -> String {
    cost.map_or_else(|| "∞".into(), |cost| cost.to_string())
}

impl Written {
    /// The tables, checked.
    pub fn costs(self) -> Result<Costs, String> {
        let (tasks, processors) = (self.run.len(), self.run.first().map_or(0, Vec::len));
        if tasks == 0 || tasks > MOST_TASKS {
            return Err(format!("`run` has {tasks} rows, but there are 1 to {MOST_TASKS} tasks"));
        }
        if !(FEWEST_PROCESSORS..=MOST_PROCESSORS).contains(&processors) {
            return Err(format!("`run` has {processors} columns, but there are 2 to {MOST_PROCESSORS} processors"));
        }
        if self.run.iter().any(|row| row.len() != processors) {
            return Err("every row of `run` must have a number, or null, for each processor".into());
        }
        let mut talk = vec![vec![0; tasks]; tasks];
        let number =
            |name: &str| (0..tasks).find(|&k| task(k) == name).ok_or_else(|| format!("there is no task {name}"));
        for (pair, cost) in &self.talk {
            let (one, other) =
                pair.split_once(' ').ok_or_else(|| format!("`talk`: {pair} is not a pair such as t1 t2"))?;
            let (a, b) = (number(one)?, number(other)?);
            if a == b {
                return Err(format!("`talk`: {one} does not talk with itself"));
            }
            (talk[a][b], talk[b][a]) = (*cost, *cost);
        }
        let cheapest = |row: &Vec<Option<u32>>| {
            let finite = (1..).zip(row).filter_map(|(k, cost)| Some((k, (*cost)?)));
            finite.min_by_key(|&(_, cost)| cost).map_or(1, |(k, _)| k)
        };
        let given = if self.on.is_empty() { self.run.iter().map(cheapest).collect() } else { self.on };
        let on: Vec<u32> = given.iter().map(|k| k.wrapping_sub(1)).collect();
        if on.len() != tasks || on.iter().any(|&k| k as usize >= processors) {
            return Err("`on` must name a processor for each task, from 1".into());
        }
        let stand = |k: usize| task_place(k, tasks, processors);
        let stands = (0..tasks).map(|k| self.tasks.get(k).copied().unwrap_or_else(|| stand(k))).collect();
        let around = (0..processors).map(|k| processor_place(k, processors)).collect();
        let costs = Costs { run: self.run, talk, on, tasks: stands, processors: around };
        costs.check()?;
        Ok(costs)
    }
}

/// On a rounded rectangle, clockwise from the upper left; `way` is a share of 4,000.
fn around(way: i32, (left, right, top, bottom): (i32, i32, i32, i32)) -> Place {
    let (x, y) = match way {
        0..1_000 => (way, 0),
        1_000..2_000 => (1_000, way - 1_000),
        2_000..3_000 => (3_000 - way, 1_000),
        _ => (0, 4_000 - way),
    };
    Place { x: (left + x * (right - left) / 1_000) as i16, y: (top + y * (bottom - top) / 1_000) as i16 }
}

fn task_place(k: usize, tasks: usize, processors: usize) -> Place {
    let way = 4_000 * k as i32 / tasks.max(1) as i32;
    if processors == 2 { around(way, (270, 730, 60, 940)) } else { around(way, (280, 720, 250, 750)) }
}

fn processor_place(k: usize, processors: usize) -> Place {
    if processors == 2 {
        return Place { x: 1_000 * k as i16, y: 500 };
    }
    around((500 + 4_000 * k as i32 / processors as i32) % 4_000, (20, 980, 0, 1_000))
}

impl Costs {
    /// A few tasks to begin with.
    pub fn simple() -> Self {
        let place = |x, y| Place { x, y };
        Self {
            run: vec![vec![Some(4), Some(7)], vec![Some(6), Some(2)], vec![Some(3), Some(5)]],
            talk: vec![vec![0, 5, 0], vec![5, 0, 2], vec![0, 2, 0]],
            on: vec![0, 1, 0],
            tasks: vec![place(500, 100), place(500, 500), place(500, 900)],
            processors: vec![processor_place(0, 2), processor_place(1, 2)],
        }
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.run.len()
    }

    /// How many processors there are.
    pub fn width(&self) -> usize {
        self.run[0].len()
    }

    /// The pairs of tasks that talk, with what that costs.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize, u32)> {
        let pairs = (0..self.len()).flat_map(|a| (a + 1..self.len()).map(move |b| (a, b)));
        pairs.map(|(a, b)| (a, b, self.talk[a][b])).filter(|&(.., cost)| cost > 0)
    }

    /// What an assignment costs to run and in talk; nothing where a task cannot run where it would.
    pub fn cost(&self, on: &[u32]) -> Option<(u32, u32)> {
        let mut run = 0;
        for (costs, &k) in self.run.iter().zip(on) {
            run += costs[k as usize]?;
        }
        Some((run, self.pairs().filter(|&(a, b, _)| on[a] != on[b]).map(|(.., cost)| cost).sum()))
    }

    /// The sum of the two.
    pub fn total(&self, on: &[u32]) -> Option<u32> {
        self.cost(on).map(|(run, talk)| run + talk)
    }

    /// How many assignments there are, whether all tasks can run there or not.
    pub fn assignments(&self) -> u64 {
        (self.width() as u64).saturating_pow(self.len() as u32)
    }

    /// Whether nothing impossible stands in the tables; the error names the place.
    fn check(&self) -> Result<(), String> {
        for (a, row) in self.run.iter().enumerate() {
            if row.iter().all(Option::is_none) {
                return Err(format!("{}: one of its costs must be a number, or it can run nowhere.", task(a)));
            }
            for (k, cost) in row.iter().enumerate() {
                let place = || format!("{} on {}", task(a), processor(k));
                bench::within(place, cost.map_or(0, i64::from), (0, MOST_COST))?;
            }
            for (b, &cost) in self.talk[a].iter().enumerate() {
                let place = || format!("{} with {}", task(a), task(b));
                bench::within(place, cost.into(), (0, if a == b { 0 } else { MOST_COST }))?;
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
                let place = (*row as usize, *column as usize);
                match table.as_str() {
                    "run" => self.write_run(place, values),
                    "talk" => self.write_talk(place, values),
                    "on" => self.write_on(place, values),
                    _ => Err("These numbers follow from the others.".into()),
                }
            }
            Edit::AddRow { .. } => self.add_task(None),
            Edit::AddColumn { .. } => self.add_processor(None),
            Edit::RemoveRow { row, .. } => self.remove_task(*row as usize),
            Edit::RemoveColumn { column, .. } => self.remove_processor(*column as usize),
            Edit::Add { kind, at } if kind == KINDS[0] => self.add_task(Some(*at)),
            Edit::Add { at, .. } => self.add_processor(Some(*at)),
            Edit::Move { part, to } => self.place(*part).map(|place| *place = *to),
            Edit::Remove { part } => match self.known(*part)? {
                (k, true) => self.remove_task(k),
                (k, false) => self.remove_processor(k),
            },
            Edit::Connect { from, to } => self.connect(*from, *to),
            Edit::Disconnect { from, to } => match (self.known(*from)?, self.known(*to)?) {
                ((a, true), (b, true)) => {
                    (self.talk[a][b], self.talk[b][a]) = (0, 0);
                    Ok(())
                }
                _ => Err("A task always runs somewhere: draw an arrow to another processor.".into()),
            },
            Edit::Set { part, value, .. } => {
                let row = part.0.wrapping_sub(1);
                self.write_on((row as usize, 0), &[vec![*value]])
            }
            Edit::Press { .. } => Err("There is nothing to press.".into()),
        }
    }

    /// What a block of the table of running costs says. A block that is larger than the table brings tasks and processors
    /// with it.
    fn write_run(&mut self, (row, column): (usize, usize), values: &[Vec<i64>]) -> Result<(), String> {
        if values.len() > 1 || values.iter().any(|line| line.len() > 1) {
            while self.len() < row + values.len() {
                self.add_task(None)?;
            }
            let width = values.iter().map(Vec::len).max().unwrap_or(0);
            while self.width() < column + width {
                self.add_processor(None)?;
            }
        }
        for (a, k, value) in cells((row, column), values) {
            let cell = self.run.get_mut(a).and_then(|row| row.get_mut(k)).ok_or("There is no such cell.")?;
            *cell = if value == bench::INFINITE {
                None
            } else {
                bench::within(|| format!("{} on {}", task(a), processor(k)), value, (0, MOST_COST))?;
                Some(value as u32)
            };
        }
        Ok(())
    }

    /// The same of the table of talk, which is the same both ways: it is enough to fill in one half.
    fn write_talk(&mut self, corner: (usize, usize), values: &[Vec<i64>]) -> Result<(), String> {
        let block: Vec<(usize, usize, i64)> = cells(corner, values).collect();
        let last = block.iter().map(|&(a, b, _)| a.max(b)).max().unwrap_or(0);
        while block.len() > 1 && self.len() <= last {
            self.add_task(None)?;
        }
        if last >= self.len() {
            return Err("There is no such task.".into());
        }
        for &(a, b, value) in &block {
            let most = if a == b { 0 } else { MOST_COST };
            bench::within(|| format!("{} with {}", task(a), task(b)), value, (0, most))?;
            let mirrored = block.iter().find(|&&(c, d, _)| (c, d) == (b, a)).map_or(0, |&(.., other)| other);
            let value = match (value, mirrored) {
                (0, other) => other,
                (value, other) if other != 0 && other != value => {
                    let (one, two) = (task(a), task(b));
                    return Err(format!(
                        "{one} with {two} is {value}, but {two} with {one} is {other}: it is one cost."
                    ));
                }
                (value, _) => value,
            };
            (self.talk[a][b], self.talk[b][a]) = (value as u32, value as u32);
        }
        Ok(())
    }

    /// Where tasks run, by the number of the processor.
    fn write_on(&mut self, corner: (usize, usize), values: &[Vec<i64>]) -> Result<(), String> {
        for (a, column, value) in cells(corner, values) {
            if a >= self.len() || column > 0 {
                return Err("There is no such task.".into());
            }
            bench::within(|| task(a), value, (1, self.width() as i64))?;
            self.put(a, value as usize - 1)?;
        }
        Ok(())
    }

    fn put(&mut self, a: usize, k: usize) -> Result<(), String> {
        if self.run[a][k].is_none() {
            return Err(format!("{} cannot run on {}: its cost there is ∞.", task(a), processor(k)));
        }
        self.on[a] = k as u32;
        Ok(())
    }

    fn connect(&mut self, from: PartId, to: PartId) -> Result<(), String> {
        match (self.known(from)?, self.known(to)?) {
            ((a, true), (k, false)) | ((k, false), (a, true)) => self.put(a, k),
            ((a, true), (b, true)) if a != b => {
                if self.talk[a][b] > 0 {
                    return Err(format!("{} and {} talk already: change the number in the table.", task(a), task(b)));
                }
                (self.talk[a][b], self.talk[b][a]) = (1, 1);
                Ok(())
            }
            _ => Err("Draw from a task to a processor or to another task.".into()),
        }
    }

    /// The position of a part, and whether it is a task.
    fn known(&self, part: PartId) -> Result<(usize, bool), String> {
        let k = part.0.wrapping_sub(1) as usize;
        let processor = part.0.wrapping_sub(PROCESSORS + 1) as usize;
        match () {
            () if k < self.len() => Ok((k, true)),
            () if processor < self.width() => Ok((processor, false)),
            () => Err("It is not here any more.".into()),
        }
    }

    fn place(&mut self, part: PartId) -> Result<&mut Place, String> {
        let (k, is_task) = self.known(part)?;
        Ok(if is_task { &mut self.tasks[k] } else { &mut self.processors[k] })
    }

    fn add_task(&mut self, at: Option<Place>) -> Result<(), String> {
        let (tasks, processors) = (self.len(), self.width());
        if tasks >= MOST_TASKS {
            return Err(format!("There may be {MOST_TASKS} tasks."));
        }
        self.run.push(vec![Some(1); processors]);
        self.talk.iter_mut().for_each(|row| row.push(0));
        self.talk.push(vec![0; tasks + 1]);
        self.on.push(0);
        // Between those that stand there already.
        self.tasks.push(at.unwrap_or_else(|| task_place(2 * tasks + 1, 2 * MOST_TASKS, processors)));
        Ok(())
    }

    fn add_processor(&mut self, at: Option<Place>) -> Result<(), String> {
        let processors = self.width();
        if processors >= MOST_PROCESSORS {
            return Err(format!("There may be {MOST_PROCESSORS} processors."));
        }
        self.run.iter_mut().for_each(|row| row.push(Some(1)));
        self.processors.push(at.unwrap_or_else(|| processor_place(2 * processors, 2 * MOST_PROCESSORS)));
        Ok(())
    }

    fn remove_task(&mut self, a: usize) -> Result<(), String> {
        if self.len() < 2 || a >= self.len() {
            return Err("There is at least one task.".into());
        }
        self.run.remove(a);
        self.talk.remove(a);
        self.talk.iter_mut().for_each(|row| _ = row.remove(a));
        self.on.remove(a);
        self.tasks.remove(a);
        Ok(())
    }

    fn remove_processor(&mut self, k: usize) -> Result<(), String> {
        if self.width() <= FEWEST_PROCESSORS || k >= self.width() {
            return Err(format!("There are at least {FEWEST_PROCESSORS} processors."));
        }
        self.run.iter_mut().for_each(|row| _ = row.remove(k));
        self.processors.remove(k);
        let gone = k as u32;
        for (row, on) in self.run.iter().zip(&mut self.on) {
            *on = match *on {
                // Whoever ran there goes to the first that it can run on.
                here if here == gone => row.iter().position(Option::is_some).unwrap_or(0) as u32,
                here if here > gone => here - 1,
                here => here,
            };
        }
        Ok(())
    }
}

/// The cells that a block covers.
fn cells((row, column): (usize, usize), values: &[Vec<i64>]) -> impl Iterator<Item = (usize, usize, i64)> {
    let line = move |(down, line)| {
        let of = |(right, value): (usize, &i64)| (row + down, column + right, *value);
        let line: &Vec<i64> = line;
        line.iter().enumerate().map(of).collect::<Vec<_>>()
    };
    values.iter().enumerate().flat_map(line)
}
