//! What a user does.

use super::{Overlays, Selection, Speed, Tab, Tool};
use sim::{Event, MomentId, NodeId, Scenario, Session};
use std::cell::RefCell;

/// What the user does.
#[derive(Clone, Debug)]
pub enum Action {
    /// One step of Play.
    Step,
    /// One step back.
    Back,
    /// So many steps forward or back on the branch in view.
    Jump(i64),
    /// To the moment after so many steps.
    Seek(u32),
    /// To a moment of any branch.
    GoTo(MomentId),
    /// Take this event now.
    Take(Event),
    /// Put this request to a node.
    Ask(NodeId, serde_json::Value),
    /// Separate these nodes from the others.
    Partition(Vec<NodeId>),
    /// Replace the policy.
    SetPolicy(serde_json::Value),
    /// Move the event at a depth behind another.
    Postpone(u32, u32),
    /// Play, or pause.
    TogglePlay,
    /// Change the speed.
    SetSpeed(Speed),
    /// Pause on interesting events, or not.
    TogglePausing,
    /// Select something, or nothing.
    Select(Option<Selection>),
    /// Compare the selected event with this one; with the next that is selected, where none is said.
    Compare(Option<u32>),
    /// Draw a cut across all lines, or take it away.
    ToggleCut,
    /// Move the cut on the line of a node: it holds the events up to this step.
    MoveCut(NodeId, u32),
    /// Take the largest consistent cut inside the one that is drawn.
    MendCut,
    /// Look for a consistent cut that contains what the latest step claims.
    LookForCut,
    /// Show this tab.
    Show(Tab),
    /// Change what is drawn over the network.
    Overlay(Overlays),
    /// Edit with this tool, or stop editing.
    Edit(Option<Tool>),
    /// Start a changed scenario with the same events as far as they apply.
    Restart(Box<Scenario>),
    /// Start the scenario from its beginning.
    Reset,
    /// Name the present moment.
    Bookmark(String),
    /// Put another session in the place of this one.
    Replace(Box<SessionSlot>),
    /// Nothing but drawing anew.
    Refresh,
}

/// A session on its way into the lab; only moved, never copied or compared.
pub struct SessionSlot(pub RefCell<Option<Session>>);

impl Clone for SessionSlot {
    fn clone(&self) -> Self {
        Self(RefCell::new(self.0.borrow_mut().take()))
    }
}

impl std::fmt::Debug for SessionSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a session")
    }
}
