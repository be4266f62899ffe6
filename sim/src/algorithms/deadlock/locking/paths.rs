//! Ways along the waits that lead from site to site: each site looks at its own waits and at what was sent to it. Whoever
//! waits here and is waited for elsewhere, or is waited for here and waits elsewhere, has an edge from or to `P_ex`.

use super::{Detector, Edge, Lines, Message, NodeId, Output, ProcessId, Site, graph, line};
use crate::Context;
use crate::algorithms::deadlock::locking::running::site_of;
use crate::sorted::Set;
use serde::Serialize;

/// A way along the waits: each edge begins where the one before it ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Path {
    /// Its edges.
    pub edges: Vec<Edge>,
}

/// What a site knows besides its own waits.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Paths {
    /// Ways that were sent to it.
    pub received: Vec<Path>,
    /// Ways that it has sent or left to others, where they lead, and by which request the last one waits there, if known.
    known: Set<(NodeId, u32, Path)>,
    /// Cycles that it has reported.
    pub reported: Vec<Vec<Edge>>,
}

/// Ways that a site keeps.
const MOST: usize = 200;

impl Path {
    /// "3 → 1 → 2": the processes.
    pub fn words(&self) -> String {
        let mut words: Vec<String> = self.edges.iter().map(|edge| edge.waiter.to_string()).collect();
        words.extend(self.edges.last().map(|edge| edge.holder.to_string()));
        words.join(" → ")
    }

    fn ends(&self) -> Option<(ProcessId, &Edge)> {
        Some((self.edges.first()?.waiter.who.process, self.edges.last()?))
    }
}

impl Site {
    fn paths(&mut self) -> Option<&mut Paths> {
        match &mut self.detector {
            Detector::Paths(paths) => Some(paths),
            _ => None,
        }
    }

    pub(super) fn receive_path(&mut self, path: Path, ctx: &mut Context<'_, Self>) {
        line(ctx, Lines::Detector, "receive");
        let Some(paths) = self.paths() else { return };
        if !paths.received.contains(&path) && paths.received.len() < MOST {
            paths.received.push(path);
        }
    }

    /// Looks at its own waits and at what was sent to it: for cycles, and for ways that lead out.
    pub(super) fn follow(&mut self, old: &[Edge], ctx: &mut Context<'_, Self>) {
        if self.paths().is_none() {
            return;
        }
        self.forget(old);
        let mut all = self.graph.clone();
        let Some(paths) = self.paths() else { return };
        for edge in paths.received.iter().flat_map(|path| &path.edges) {
            if !all.contains(edge) {
                all.push(edge.clone());
            }
        }
        paths.reported.retain(|cycle| cycle.iter().all(|edge| all.contains(edge)));
        let mut new = graph::cycles(&all);
        new.retain(|cycle| !paths.reported.contains(cycle));
        for cycle in new {
            line(ctx, Lines::Detector, "cycle");
            if let Some(paths) = self.paths() {
                paths.reported.push(cycle.clone());
            }
            ctx.output(Output::Deadlock(Self::parties(&cycle)));
            ctx.note(format_args!(
                "{} wait for each other in a circle without P_ex: this is a deadlock.",
                graph::members(&cycle)
            ));
            self.resolve(&cycle, ctx);
        }
        self.send_paths(ctx);
    }

    /// What was sent about somebody who has stopped waiting here, or who lives here and holds that no more.
    fn forget(&mut self, old: &[Edge]) {
        let over: Vec<&Edge> = old.iter().filter(|edge| !self.graph.contains(edge)).collect();
        let (processes, graph) = (&self.processes, &self.graph);
        let Detector::Paths(paths) = &mut self.detector else { return };
        paths.received.retain(|path| {
            let Some(last) = path.edges.last() else { return false };
            let waits = graph.iter().any(|edge| edge.from() == last.to());
            let left = !waits && over.iter().any(|edge| edge.from() == last.to());
            // What was lent to it may still be under way.
            let number = Some(&last.holder.number);
            let gone = processes.get(&last.holder.who.process).is_some_and(|local| {
                local.holds.get(&last.resource) != number && local.waits.get(&last.resource) != number
            });
            !left && !gone
        });
    }

    /// Sends each way from `P_ex` to `P_ex` to where its last process waits.
    fn send_paths(&mut self, ctx: &mut Context<'_, Self>) {
        let mut open: Vec<Vec<Edge>> =
            self.graph.iter().filter(|edge| edge.waiter.elsewhere).map(|edge| vec![edge.clone()]).collect();
        let Some(paths) = self.paths() else { return };
        if !ctx.setup().variant("own-ways-only") {
            open.extend(paths.received.iter().map(|path| path.edges.clone()));
        }
        let mut steps = 0;
        while let Some(way) = open.pop() {
            steps += 1;
            let Some(last) = way.last().filter(|_| steps <= MOST) else { return };
            for edge in self.graph.iter().filter(|edge| edge.from() == last.to()) {
                // A way that comes back to one of its own is a cycle, and leads no further.
                if !way.contains(edge) && way.iter().all(|known| known.from() != edge.to()) {
                    let mut longer = way.clone();
                    longer.push(edge.clone());
                    open.push(longer);
                }
            }
            self.send_path(&Path { edges: way }, ctx);
        }
    }

    fn send_path(&mut self, path: &Path, ctx: &mut Context<'_, Self>) {
        let Some((first, last)) = path.ends() else { return };
        let (holder, ordered) = (last.holder.who, first > last.holder.who.process);
        let to = match self.processes.get(&holder.process) {
            // It lives here: this site knows where it waits.
            Some(local) => {
                let waits = local.waits.iter();
                let sites = waits.filter_map(|(resource, number)| Some((site_of(*resource, ctx)?, *number)));
                sites.filter(|(site, _)| *site != self.me).collect::<Set<(NodeId, u32)>>()
            }
            // It does not: its home knows. What was sent from there was sent to where it waits.
            None if self.graph.contains(last) => [(holder.site, 0)].into_iter().collect(),
            None => Set::new(),
        };
        for (site, number) in to.iter().copied() {
            let Some(paths) = self.paths() else { return };
            if !paths.known.insert((site, number, path.clone())) {
                continue;
            }
            if !ordered && !ctx.setup().variant("no-order") {
                line(ctx, Lines::Detector, "order");
                ctx.note(format_args!("The way {} leads out, but not from a higher number to a lower one: another site will send its own.", path.words()));
                continue;
            }
            line(ctx, Lines::Detector, "send");
            ctx.note(format_args!(
                "The way {} leads out of this site: it is sent to where {} may wait.",
                path.words(),
                holder.process
            ));
            self.post(site, Message::Path(path.clone()), ctx);
        }
    }
}
