//! What the semaphore bench shows, and what can be changed on it by hand.

use super::{INSTRUCTIONS, Machine, OPS, Op, PROCESSES, Request, Thread, UNITS};
use crate::{
    EdgeKind, Edit, NodeId, Offer, Part, PartEdge, PartId, PartKind, Table, Tone,
    bench::{Cell, Row},
};

const S: PartId = PartId(1_000);
const X: PartId = PartId(1_001);

/// "A", "B", and so on.
pub(super) fn name(id: u32) -> String {
    let letter = char::from(b'A' + (id % 26) as u8);
    if id < 26 { letter.to_string() } else { format!("{letter}{}", id / 26) }
}

/// "A, B and C".
pub(super) fn names(ids: &[u32]) -> String {
    let all: Vec<String> = ids.iter().map(|&id| name(id)).collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

pub(super) fn parts(machine: &Machine) -> Vec<Part> {
    let part = |id, name: String, kind, tone, word: String| Part { id, name, kind, tone, word };
    let threads = machine.threads.iter().map(|thread| {
        let waits = machine.queue.contains(&thread.id);
        let (tone, word) = match thread.op() {
            _ if waits => (Tone::Waiting, "waits".to_owned()),
            Some(op) if thread.units > 0 => (Tone::Active, op.words().to_owned()),
            Some(op) => (Tone::Idle, op.words().to_owned()),
            None => (Tone::Done, "done".to_owned()),
        };
        part(PartId(thread.id), name(thread.id), PartKind::Process, tone, word)
    });
    let tone = if machine.s > 0 { Tone::Idle } else { Tone::Active };
    let s = part(
        S,
        "s".into(),
        PartKind::Resource,
        if machine.s < 0 { Tone::Violated } else { tone },
        machine.s.to_string(),
    );
    let tone = if machine.lost > 0 { Tone::Violated } else { Tone::Idle };
    let x = part(X, "x".into(), PartKind::Resource, tone, machine.x.to_string());
    threads.chain([s, x]).collect()
}

pub(super) fn edges(machine: &Machine) -> Vec<PartEdge> {
    let here = NodeId(0);
    let waits = machine.queue.iter().map(|&id| PartEdge::new(PartId(id), here, S, EdgeKind::WaitsFor));
    let holders = machine.threads.iter().filter(|thread| thread.units > 0);
    let held = holders.map(|thread| PartEdge::new(S, here, PartId(thread.id), EdgeKind::HeldBy));
    waits.chain(held).collect()
}

pub(super) fn tables(machine: &Machine) -> Vec<Table> {
    let length = machine.threads.iter().map(|thread| thread.program.len()).max().unwrap_or(0);
    let rows = machine.threads.iter().map(|thread| {
        let cells = (0..length).map(|place| {
            let op = thread.program.get(place).copied().unwrap_or(Op::Skip);
            let number = OPS.iter().position(|known| *known == op).unwrap_or(0) as u32;
            if (place as u32) < thread.at { Cell::text(op.words()) } else { Cell::number(number, (0, 5)) }
        });
        let offer = machine.offer(thread);
        let tone = if machine.queue.contains(&thread.id) { Tone::Waiting } else { Tone::Idle };
        let cells = cells.chain([Cell::text(thread.register.to_string())]).collect();
        Row { name: name(thread.id), tone, cells, button: Some((offer.label, offer.refused)) }
    });
    let columns = (1..=length).map(|place| place.to_string()).chain(["register".to_owned()]).collect();
    let programs = Table {
        id: "programs",
        title: "Programs: 1 P(s), 2 load x, 3 add 1, 4 store x, 5 V(s), 0 nothing".into(),
        columns,
        rows: rows.collect(),
        next_row: (machine.threads.len() < PROCESSES).then(|| name(machine.next)),
        next_column: (length < INSTRUCTIONS).then(|| (length + 1).to_string()),
    };
    let initial = Cell::number(u32::try_from(machine.initial).unwrap_or(0), (0, UNITS));
    let values = [("s0", initial), ("s", Cell::text(machine.s.to_string())), ("x", Cell::text(machine.x.to_string()))];
    let (columns, cells): (Vec<String>, Vec<Cell>) =
        values.into_iter().map(|(name, cell)| (name.to_owned(), cell)).unzip();
    let memory = Table {
        id: "memory",
        title: "Memory".into(),
        columns,
        rows: vec![Row::new("value", Tone::Idle, cells)],
        next_row: None,
        next_column: None,
    };
    vec![programs, memory]
}

impl Machine {
    /// The button of a process.
    pub(super) fn offer(&self, thread: &Thread) -> Offer<Request> {
        let next = thread.op().map_or("at its end", Op::words);
        let refused = self.can_step(thread.id).err();
        let offer = Offer::ready(format!("{}: {next}", name(thread.id)), Request::Step(thread.id));
        Offer { refused, ..offer }
    }

    pub(super) fn can_step(&self, id: u32) -> Result<(), String> {
        match self.threads.iter().find(|thread| thread.id == id) {
            None => Err(format!("There is no process {}.", name(id))),
            Some(_) if self.queue.contains(&id) => Err(format!("{} waits until somebody does a V.", name(id))),
            Some(thread) if thread.op().is_none() => Err(format!("{} is at its end.", name(id))),
            Some(_) => Ok(()),
        }
    }

    /// Whether this can be changed now.
    pub(super) fn can_change(&self, edit: &Edit) -> Result<(), String> {
        let length = self.threads.iter().map(|thread| thread.program.len()).max().unwrap_or(0);
        match edit {
            Edit::Write { table, row: 0, column: 0, values } if table == "memory" => match values.as_slice() {
                [line] if line.len() == 1 && (0..=UNITS).contains(&line[0]) => match self.has_begun() {
                    true => Err("Begin again first: s0 is the value at the start.".into()),
                    false => Ok(()),
                },
                _ => Err(format!("s0 is a number from 0 to {UNITS}.")),
            },
            Edit::Write { table, row, column, values } if table == "programs" => {
                self.can_write(*row as usize, *column as usize, values, length)
            }
            Edit::AddRow { table } if table == "programs" && self.threads.len() < PROCESSES => Ok(()),
            Edit::RemoveRow { table, row } if table == "programs" && (*row as usize) < self.threads.len() => Ok(()),
            Edit::AddColumn { table } if table == "programs" && length < INSTRUCTIONS => Ok(()),
            Edit::RemoveColumn { table, column } if table == "programs" && (*column as usize) < length => {
                let passed = self.threads.iter().find(|thread| thread.at > *column);
                passed.map_or(Ok(()), |thread| Err(format!("{} has executed this already.", name(thread.id))))
            }
            _ => Err("This cannot be changed.".into()),
        }
    }

    fn can_write(&self, row: usize, column: usize, values: &[Vec<i64>], length: usize) -> Result<(), String> {
        for (line, thread) in values.iter().zip((row..).map(|row| self.threads.get(row))) {
            let Some(thread) = thread else { return Err("There is no such process.".into()) };
            if column + line.len() > length {
                return Err("There is no such instruction.".into());
            }
            if column < thread.at as usize || (self.queue.contains(&thread.id) && column <= thread.place() as usize) {
                return Err(format!("{} has begun with this already.", name(thread.id)));
            }
            if line.iter().any(|number| !(0..OPS.len() as i64).contains(number)) {
                return Err("An instruction is a number from 0 to 5.".into());
            }
        }
        Ok(())
    }

    /// Changes what was found to be changeable.
    pub(super) fn change(&mut self, edit: &Edit) {
        if self.can_change(edit).is_err() {
            return;
        }
        match edit {
            Edit::Write { table, values, .. } if table == "memory" => {
                self.initial = values[0][0];
                self.s = self.initial;
            }
            Edit::Write { row, column, values, .. } => {
                for (line, thread) in values.iter().zip(self.threads.iter_mut().skip(*row as usize)) {
                    for (place, &number) in (*column as usize..).zip(line) {
                        if thread.program.len() <= place {
                            thread.program.resize(place + 1, Op::Skip);
                        }
                        thread.program[place] = OPS[number.clamp(0, 5) as usize];
                    }
                }
            }
            Edit::AddRow { .. } => {
                let program = self.threads.first().map_or_else(Vec::new, |thread| thread.program.clone());
                self.threads.push(Thread::new(self.next, program));
                self.next += 1;
            }
            Edit::RemoveRow { row, .. } => {
                let gone = self.threads.remove(*row as usize);
                self.queue.retain(|id| *id != gone.id);
            }
            Edit::AddColumn { .. } => {
                let length = self.threads.iter().map(|thread| thread.program.len()).max().unwrap_or(0);
                self.threads.iter_mut().for_each(|thread| thread.program.resize(length + 1, Op::Skip));
            }
            Edit::RemoveColumn { column, .. } => {
                for thread in &mut self.threads {
                    if (*column as usize) < thread.program.len() {
                        thread.program.remove(*column as usize);
                    }
                }
            }
            _ => {}
        }
    }
}
