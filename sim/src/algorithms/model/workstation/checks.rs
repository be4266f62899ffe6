//! What must hold of workstations and their server, what it costs, and what is plotted.

use super::{Datum, Disk, Item, Machine, Message, NodeId, Output, SERVER, disk};
use crate::sorted::Map;
use crate::{
    Effect, Step, Violation, World,
    algorithm::{Cost, Plot, Relation},
    property::Monitor,
};

type Checked = Result<(), Violation>;

fn stations(world: &World) -> impl Iterator<Item = (NodeId, &Machine)> {
    world.processes::<Machine>().filter(|(node, _)| *node != SERVER)
}

/// Watches what is fetched.
pub struct FromDisk;

impl Monitor for FromDisk {
    type State = ();
    fn observe((): &mut (), step: &Step, world: &World) -> Checked {
        for effect in &step.effects {
            let Effect::Sent { id, payload, .. } = effect else { continue };
            let Some(Message::Fetch(item)) = payload.get::<Message>() else { continue };
            let disk = disk(id.from, world.policy().and_then(Datum::get), world.setup());
            let enough = match item {
                Item::Page => Disk::Paging,
                Item::Program => Disk::Programs,
                Item::File(_) => Disk::Everything,
            };
            if disk >= enough {
                let why = format!("{} fetches what is on its disk.", world.name(id.from));
                return Err(Violation::new(why, [id.from]));
            }
        }
        Ok(())
    }
}

/// Watches whether users see each other's work: not with copies that nobody checks, nor with files of one's own.
pub struct Latest;

impl Monitor for Latest {
    /// Of each file, how often it was written anywhere.
    type State = Map<u32, u32>;
    fn observe(written: &mut Self::State, step: &Step, world: &World) -> Checked {
        for output in step.outputs().filter_map(|output| output.get::<Output>()) {
            match *output {
                Output::HasWritten { file, .. } => *written.or_default(file) += 1,
                Output::HasRead { file, version } => {
                    let latest = written.get(&file).copied().unwrap_or(0);
                    if version < latest {
                        let name = step.node.map_or("Somebody", |node| world.name(node));
                        let why =
                            format!("{name} reads version {version} of file {file}; it was written {latest} times.");
                        return Err(Violation::new(why, step.node));
                    }
                }
            }
        }
        Ok(())
    }
}

/// When nothing can happen any more, nobody waits for the server.
pub fn all_answered(world: &World) -> Checked {
    match stations(world).find(|(_, station)| station.open > 0) {
        Some((node, _)) => Err(Violation::new(format!("{} waits for the file server.", world.name(node)), [node])),
        None => Ok(()),
    }
}

/// What it costs.
pub const COSTS: &[Cost] = &[
    Cost {
        what: "KB over the network",
        formula: "pages fetched × page + programs fetched × program + files moved × file",
        relation: Relation::Exactly,
        count: |world| {
            let asked: u64 = stations(world).map(|(_, station)| station.traffic(world.setup())).sum();
            let sent: u64 = world.processes::<Machine>().map(|(_, machine)| machine.sent).sum();
            (world.is_quiet() && stations(world).all(|(_, station)| station.open == 0)).then_some((sent, asked))
        },
        when: "when all is answered",
    },
    Cost {
        what: "KB over the network, beside all that was needed",
        formula: "pages × page + programs × program + (reads + writes) × file",
        relation: Relation::AtMost,
        count: |world| {
            let size = |name: &str| world.setup().parameter(name).max(0).cast_unsigned();
            let (page, program, file) = (size("page"), size("program"), size("file"));
            let all = stations(world).map(|(_, station)| {
                u64::from(station.pages) * page
                    + u64::from(station.programs) * program
                    + u64::from(station.reads + station.writes) * file
            });
            Some((stations(world).map(|(_, station)| station.traffic(world.setup())).sum(), all.sum()))
        },
        when: "as much without disks; the rest is what disks have saved",
    },
];

/// What can be plotted.
pub const PLOTS: &[Plot] = &[Plot { title: "over the network", unit: "KB", values: traffic }];

fn traffic(world: &World) -> Vec<(String, i64)> {
    let line = |(node, station): (NodeId, &Machine)| {
        (world.name(node).to_owned(), station.traffic(world.setup()).cast_signed())
    };
    stations(world).map(line).collect()
}
