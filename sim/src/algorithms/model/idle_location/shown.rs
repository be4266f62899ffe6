//! What a workstation shows of itself.

use super::{JobId, NodeId, Owner, Slot, Station, Task, is_registry};
use crate::{Part, PartKind, Status, Tone, View};

impl Station {
    /// Its status, as far as it follows from its own state.
    pub(super) fn show(&self) -> Status {
        let (word, tone) = match (&self.slot, self.owner) {
            (Slot::Frozen(_), _) => ("guest stopped", Tone::Waiting),
            (Slot::Runs { .. }, Owner::Present) => ("owner and guest", Tone::Violated),
            (Slot::Runs { .. }, _) => ("guest", Tone::Active),
            (Slot::Kept(_), _) => ("kept", Tone::Waiting),
            (Slot::Free, _) if !self.searches.is_empty() => ("looks for one", Tone::Waiting),
            (Slot::Free, Owner::Present) => ("in use", Tone::Done),
            (Slot::Free, Owner::Left) => ("just left", Tone::Idle),
            (Slot::Free, Owner::Away) => ("idle", Tone::Idle),
        };
        let detail = match &self.slot {
            Slot::Runs { task, .. } | Slot::Frozen(task) => format!("process {}", task.id),
            Slot::Kept(task) => format!("for process {task}"),
            Slot::Free => String::new(),
        };
        Status::new(word, tone).detail(detail)
    }

    /// Its status, with names.
    pub(super) fn show_in(&self, view: &View<'_>) -> Status {
        let name = |node: &NodeId| match view.setup.nodes.get(node.index()) {
            Some(node) => node.name.to_string(),
            None => view.setup.algorithm.node_name(*node),
        };
        if !is_registry(view.setup, view.me) {
            let status = self.show();
            return match self.elsewhere.iter().next() {
                Some((task, host)) if self.slot == Slot::Free => status.detail(format!("{task} is at {}", name(host))),
                _ => status,
            };
        }
        let idle: Vec<String> = self.believed.iter().map(name).collect();
        let detail = if idle.is_empty() { "nobody is idle".to_owned() } else { format!("idle: {}", idle.join(", ")) };
        Status::new("registry", Tone::Idle).detail(detail)
    }

    /// Processes that are here.
    pub(super) fn tasks_here(&self) -> Vec<Part> {
        let part = |id: JobId, tone, word: &str| Part {
            id: id.part(),
            name: format!("process {id}"),
            kind: PartKind::Job,
            tone,
            word: word.to_owned(),
        };
        let waiting = self.waiting.iter().map(|task| part(task.id, Tone::Waiting, "looks for a machine"));
        let at_home = |(place, task): (usize, &Task)| match place {
            0 => part(task.id, Tone::Active, "runs at home"),
            _ => part(task.id, Tone::Waiting, "waits at home"),
        };
        let home = self.home.iter().enumerate().map(at_home);
        let guest = match &self.slot {
            Slot::Runs { task, warned: true, .. } => Some(part(task.id, Tone::Waiting, "guest, warned")),
            Slot::Runs { task, .. } => Some(part(task.id, Tone::Active, "guest")),
            Slot::Frozen(task) => Some(part(task.id, Tone::Waiting, "stopped")),
            _ => None,
        };
        waiting.chain(home).chain(guest).collect()
    }
}
