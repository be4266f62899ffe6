//! The keys of the workbench. The table is what the help shows; the handler does what it says.

use crate::keys::Key;
use crate::lab::{Action, Lab, LabHandle, Selection};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Every key, in the order of the help.
pub static KEYS: &[Key] = &[
    Key { keys: "→, PageDown", what: "one step" },
    Key { keys: "←, PageUp", what: "one step back" },
    Key { keys: "Shift →, Shift ←", what: "ten steps, forward or back" },
    Key { keys: "Home, End", what: "to the start, to the end of this branch" },
    Key { keys: "Space, P", what: "play and pause" },
    Key { keys: "1–9", what: "choose what happens next, by its number" },
    Key { keys: "N, T", what: "the network alone, the space–time diagram alone" },
    Key { keys: "K", what: "the clocks in the place of the space–time diagram, where there are any" },
    Key { keys: "W", what: "who waits for whom" },
    Key { keys: "J, K", what: "select the event before, the event after; with Shift on the same line" },
    Key { keys: "X", what: "compare the selected event with the next one that is selected" },
    Key { keys: "G", what: "draw a cut across all lines" },
    Key { keys: "E", what: "edit nodes and links" },
    Key { keys: "H, D", what: "hold or release, drop the selected message" },
    Key { keys: "C", what: "crash or recover the selected node" },
    Key { keys: "B", what: "bookmark this moment" },
    Key { keys: "S", what: "share this moment" },
    Key { keys: "R", what: "back to the start" },
    Key { keys: "F", what: "full screen" },
    Key { keys: "Esc", what: "select nothing, leave edit mode" },
];

/// What a key asks of the workbench itself, as opposed to the lab.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Show the network alone, or both again.
    OnlyNetwork,
    /// Show the space–time diagram alone, or both again.
    OnlySpacetime,
    /// Show the clocks in the place of the space–time diagram, or that again.
    Clocks,
    /// Open or close the share panel.
    Share,
    /// Open or close edit mode.
    Edit,
    /// Fill the screen, or not.
    FullScreen,
}

/// Whether the key belongs to what has the focus: a field that takes text, a slider, an open menu.
fn belongs_to_focus(event: &KeyboardEvent) -> bool {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return false };
    let tag = element.tag_name();
    let key = event.key();
    let presses = key == " " || key == "Enter";
    match tag.as_str() {
        "INPUT" => {
            let kind = element.get_attribute("type").unwrap_or_default();
            let slider = kind == "range"
                && (key.starts_with("Arrow") || key == "Home" || key == "End" || key.starts_with("Page"));
            let text = !matches!(kind.as_str(), "range" | "checkbox" | "radio" | "button");
            slider || text || presses
        }
        "TEXTAREA" | "SELECT" => true,
        "BUTTON" | "A" | "SUMMARY" => presses,
        _ => {
            let role = element.get_attribute("role").unwrap_or_default();
            (role == "separator" || role == "tab") && key.starts_with("Arrow")
        }
    }
}

/// Does what the key says; whether it was one of ours. `single`: whether single letters and digits are on.
pub fn handle(event: &KeyboardEvent, lab: &LabHandle, single: bool, choices: &[sim::Event], ask: &dyn Fn(Ask)) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() || belongs_to_focus(event) {
        return false;
    }
    let key = event.key();
    let shift = event.shift_key();
    let action = match key.as_str() {
        "ArrowRight" | "PageDown" if shift => Some(Action::Jump(10)),
        "ArrowLeft" | "PageUp" if shift => Some(Action::Jump(-10)),
        "ArrowRight" | "PageDown" => Some(Action::Step),
        "ArrowLeft" | "PageUp" => Some(Action::Back),
        "Home" => Some(Action::Seek(0)),
        "End" => Some(Action::Seek(lab.get().session.end())),
        " " => Some(Action::TogglePlay),
        "Escape" if lab.get().tool.is_some() => Some(Action::Edit(None)),
        "Escape" => Some(Action::Select(None)),
        _ => None,
    };
    let action = action.or_else(|| if single { letter(&key, lab, choices, ask) } else { None });
    match action {
        Some(action) => {
            event.prevent_default();
            lab.act(action);
            true
        }
        None => false,
    }
}

fn letter(key: &str, lab: &LabHandle, choices: &[sim::Event], ask: &dyn Fn(Ask)) -> Option<Action> {
    if let Some(number) = key.parse::<usize>().ok().filter(|number| (1..=9).contains(number)) {
        return choices.get(number - 1).copied().map(Action::Take);
    }
    // Before the lab is looked at: what is asked of the workbench may change the lab at once.
    let what = match key {
        "n" | "N" => Some(Ask::OnlyNetwork),
        "t" | "T" => Some(Ask::OnlySpacetime),
        "k" | "K" => Some(Ask::Clocks),
        "s" | "S" => Some(Ask::Share),
        "e" | "E" => Some(Ask::Edit),
        "f" | "F" => Some(Ask::FullScreen),
        _ => None,
    };
    if let Some(what) = what {
        ask(what);
        return Some(Action::Refresh);
    }
    let state = lab.get();
    let world = state.session.world();
    match key {
        "p" | "P" => Some(Action::TogglePlay),
        "j" | "k" | "J" | "K" => neighbour(&state, matches!(key, "k" | "K"), matches!(key, "J" | "K")),
        "x" | "X" => Some(Action::Compare(None)),
        "g" | "G" => Some(Action::ToggleCut),
        "r" | "R" => Some(Action::Reset),
        "b" | "B" => Some(Action::Bookmark(format!("step {}", state.session.depth()))),
        "w" | "W" => {
            let mut overlays = state.overlays;
            overlays.waits_for = !overlays.waits_for;
            Some(Action::Overlay(overlays))
        }
        "h" | "H" => match state.selection {
            Some(Selection::Message(id)) => {
                let held = world.flight(id).is_some_and(|flight| flight.held);
                Some(Action::Take(if held { sim::Event::Release(id) } else { sim::Event::Hold(id) }))
            }
            _ => None,
        },
        "d" | "D" => match state.selection {
            Some(Selection::Message(id)) => Some(Action::Take(sim::Event::Drop(id))),
            _ => None,
        },
        "c" | "C" => match state.selection {
            Some(Selection::Node(id)) => {
                let up = world.node(id).is_some_and(|node| node.life() == sim::Life::Up);
                Some(Action::Take(if up { sim::Event::Crash(id) } else { sim::Event::Recover(id) }))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The event before or after the selected one, or where one stands: of its node's line, or of any. Where one is compared
/// with another, the other moves.
fn neighbour(lab: &Lab, after: bool, same_line: bool) -> Option<Action> {
    let relations = &lab.relations;
    let at = match (relations.other, lab.selection) {
        (Some(other), Some(Selection::Event(_))) => other,
        (_, Some(Selection::Event(depth))) => depth,
        _ => lab.session.depth() + u32::from(!after),
    };
    let events = lab.session.end();
    let steps: Box<dyn Iterator<Item = u32>> = if after { Box::new(at + 1..=events) } else { Box::new((1..at).rev()) };
    let log = relations.log();
    let node = log.node(at).filter(|_| same_line);
    // Before the log is read, steps do: what is no event is passed by the next press.
    let mut fits = steps
        .filter(|&depth| log.is_empty() || (log.node(depth).is_some() && (node.is_none() || log.node(depth) == node)));
    let event = fits.next()?;
    let compares = relations.other.is_some() || relations.comparing;
    Some(if compares { Action::Compare(Some(event)) } else { Action::Select(Some(Selection::Event(event))) })
}
