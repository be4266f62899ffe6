//! How a graph is written down in a scenario's `config`.

use super::{Holdings, MOST, MOST_UNITS, Process, Resource};
use crate::{
    Place,
    algorithms::deadlock::names::{ProcessId, ResourceId},
    json::{Json, Read},
    read_record,
};

/// A graph as it is written down.
pub struct Drawing {
    processes: Vec<ProcessLine>,
    resources: Vec<ResourceLine>,
    /// `["P1", "R1"]`: it asks for a unit; `["R1", "P1"]`: it holds one.
    edges: Vec<(String, String)>,
    /// So many philosophers, each of whom holds the fork at the left and asks for the one at the right.
    philosophers: u32,
}

read_record!(Drawing { processes = vec![], resources = vec![], edges = vec![], philosophers = 0 });

struct ProcessLine {
    name: ProcessId,
    x: Option<i16>,
    y: Option<i16>,
    any: bool,
}

read_record!(ProcessLine { name, x, y, any = false });

struct ResourceLine {
    name: ResourceId,
    x: Option<i16>,
    y: Option<i16>,
    units: u32,
}

read_record!(ResourceLine { name, x, y, units = 1 });

impl Drawing {
    /// A small graph to begin with.
    pub fn simple() -> Self {
        Self { processes: vec![], resources: vec![], edges: vec![], philosophers: 2 }
    }

    /// The graph; the error says what is wrong with it.
    pub fn holdings(self) -> Result<Holdings, String> {
        if self.philosophers > 0 {
            return philosophers(self.philosophers);
        }
        let mut graph = Holdings::default();
        let count = self.processes.len() + self.resources.len();
        for (index, line) in self.processes.iter().enumerate() {
            let at = place(line.x, line.y, 2 * index, count);
            if graph.processes.insert(line.name, Process { at, any: line.any }).is_some() {
                return Err(format!("{} is listed twice", line.name));
            }
        }
        for (index, line) in self.resources.iter().enumerate() {
            let at = place(line.x, line.y, 2 * index + 1, count);
            if !(1..=MOST_UNITS).contains(&line.units) {
                return Err(format!("{} has {} units, but 1 to {MOST_UNITS} are allowed", line.name, line.units));
            }
            if graph.resources.insert(line.name, Resource { at, units: line.units }).is_some() {
                return Err(format!("{} is listed twice", line.name));
            }
        }
        if graph.processes.len().max(graph.resources.len()) > MOST {
            return Err(format!("there may be {MOST} processes and {MOST} resources"));
        }
        for (from, to) in &self.edges {
            connect(&mut graph, from, to).map_err(|why| format!("the edge from {from} to {to}: {why}"))?;
        }
        Ok(graph)
    }
}

fn connect(graph: &mut Holdings, from: &str, to: &str) -> Result<(), String> {
    let process = |name: &str| ProcessId::read(&Json::String(name.to_owned())).ok();
    let resource = |name: &str| ResourceId::read(&Json::String(name.to_owned())).ok();
    match (process(from), resource(to), resource(from), process(to)) {
        (Some(process), Some(resource), ..) => graph.ask(process, resource),
        (.., Some(resource), Some(process)) => graph.give(resource, process),
        _ => Err("one end must be a process such as P1, the other a resource such as R1".into()),
    }
}

/// Where the `index`-th of so many parts stands, where nothing is said: on a rounded rectangle, clockwise.
fn place(x: Option<i16>, y: Option<i16>, index: usize, count: usize) -> Place {
    if let (Some(x), Some(y)) = (x, y) {
        return Place { x, y };
    }
    let way = (index % count.max(1)) as i32 * 4_000 / count.max(1) as i32;
    let (x, y) = match way {
        0..1_000 => (way, 0),
        1_000..2_000 => (1_000, way - 1_000),
        2_000..3_000 => (3_000 - way, 1_000),
        _ => (0, 4_000 - way),
    };
    Place { x: (100 + x * 8 / 10) as i16, y: (100 + y * 8 / 10) as i16 }
}

/// Each philosopher and the fork at the right stand next to each other, round the table; of very many, in lines to and
/// fro.
fn philosophers(count: u32) -> Result<Holdings, String> {
    if !(2..=MOST as u32).contains(&count) {
        return Err(format!("{count} philosophers, but 2 to {MOST} are allowed"));
    }
    let mut graph = Holdings::default();
    let parts = 2 * count as usize;
    for number in 0..count {
        let at = |index: usize| if parts <= 60 { place(None, None, index, parts) } else { to_and_fro(index, parts) };
        let index = 2 * number as usize;
        graph.processes.insert(ProcessId(number + 1), Process { at: at(index), any: false });
        graph.resources.insert(ResourceId(number + 1), Resource { at: at(index + 1), units: 1 });
    }
    for number in 1..=count {
        let left = if number == 1 { count } else { number - 1 };
        graph.give(ResourceId(left), ProcessId(number))?;
    }
    for number in 1..=count {
        graph.ask(ProcessId(number), ResourceId(number))?;
    }
    Ok(graph)
}

fn to_and_fro(index: usize, parts: usize) -> Place {
    let columns = (1..=parts).find(|columns| 10 * columns * columns >= 17 * parts).unwrap_or(1);
    let rows = parts.div_ceil(columns);
    let (row, column) = (index / columns, index % columns);
    let column = if row % 2 == 0 { column } else { columns - 1 - column };
    let share = |k: usize, of: usize| (500 + 1_000 * k).div_ceil(of.max(1)) as i16;
    Place { x: share(column, columns), y: share(row, rows) }
}
