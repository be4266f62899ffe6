//! The timeline: the branch in view from its start to its tip, with marks, and the branches that leave it.

use crate::{
    lab::{Action, LabHandle},
    markup::{classes, decimal, html},
    view::{Keeps, View, part},
};
use sim::order::Order as _;
use sim::{Moment, MomentId, Session};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, InputEvent};
use yew::{AttrValue, Callback, Html};

/// Marks that are drawn at most; of more, those that matter most.
const MAX_MARKS: usize = 160;
/// Branches that are drawn at most.
const MAX_BRANCHES: usize = 12;

/// What a mark on the timeline stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Decision,
    Milestone,
    Fault,
    Bookmark,
    Violation,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Milestone => "milestone",
            Self::Fault => "fault",
            Self::Bookmark => "bookmark",
            Self::Violation => "violation",
        }
    }
    fn word(self) -> &'static str {
        match self {
            Self::Decision => "your choice",
            Self::Milestone => "a grant or a leader",
            Self::Fault => "a fault or an edit",
            Self::Bookmark => "a bookmark",
            Self::Violation => "a property breaks",
        }
    }
    /// A shape of its own, around the origin.
    fn path(self) -> &'static str {
        match self {
            Self::Decision => "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
            Self::Milestone => "M0 5l5 7h-10z",
            Self::Fault => "M-1.5-7h3v14h-3z",
            Self::Bookmark => "M-4-13h8v9l-4-3-4 3z",
            Self::Violation => "M0-14l6 10h-12z",
        }
    }
}

struct Mark {
    depth: u32,
    kind: Kind,
    name: Option<String>,
}

impl Mark {
    fn dot(&self, at: f64) -> Dot {
        let kind = self.kind;
        let title = self.name.clone().map_or(AttrValue::Static(kind.word()), AttrValue::from);
        Dot { at, kind: kind.class(), path: kind.path(), title }
    }
}

/// A branch that leaves the one in view.
struct Fork {
    at: u32,
    tip: MomentId,
    steps: u32,
}

/// The timeline.
pub fn timeline(handle: &LabHandle) -> Html {
    let lab = handle.get();
    let session = &lab.session;
    let (depth, end) = (session.depth(), session.end());
    let span = f64::from(end.max(8));
    let x = |depth: u32| 8.0 + 984.0 * f64::from(depth) / span;
    let marks = marks(session);
    let forks = forks(session);
    let seek = {
        let lab = handle.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(depth) = input.and_then(|input| input.value().parse().ok()) {
                lab.act(Action::Seek(depth));
            }
        })
    };
    let folded = session.is_folded();
    html! {
        <div class="timeline">
            <svg class="timeline-picture" viewBox="0 0 1000 56" preserveAspectRatio="none" aria-hidden="true">
                <line class="rail" x1="8" x2="992" y1="28" y2="28" />
                <line class="past" x1="8" x2={decimal(x(depth))} y1="28" y2="28" />
                { for forks.iter().take(MAX_BRANCHES).enumerate().map(|(row, fork)| {
                    let y = 20 - 5 * (row as i32 % 3);
                    let to = x(fork.at + fork.steps).min(992.0);
                    html! { <path class="branch" d={branch_path(x(fork.at), y, to)} /> }
                }) }
            </svg>
            <div class="timeline-marks" aria-hidden="true">
                { for marks.iter().map(|mark| part(mark.dot(x(mark.depth)))) }
                { part(Dot { at: x(depth), kind: "now", path: "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0", title: "now".into() }) }
            </div>
            <input class="timeline-range" type="range" min="0" max={end.to_string()} value={depth.to_string()} step="1"
                aria-label="Step" aria-valuetext={format!("step {depth} of {end}")} oninput={seek} />
            <div class="timeline-words">
                <span class="steps">{ format!("step {depth} of {end}") }</span>
                <span class="time">{ session.world().now().to_string() }</span>
                if folded { <span title="Old stretches of Play are kept as counts: they are reached by playing them again.">{ "old steps folded" }</span> }
                { jump(handle, &marks, depth) }
                if !forks.is_empty() { { branches(handle, &forks) } }
            </div>
        </div>
    }
}

/// The line of a branch: from where it leaves the rail up to its row, and on to its end.
fn branch_path(from: f64, y: i32, to: f64) -> String {
    let [start, turn, level, end] = [from, from + 8.0, from + 14.0, to].map(decimal);
    format!("M{start} 28C{turn} {y} {turn} {y} {level} {y}H{end}")
}

/// A mark, placed through the style object: a strict page allows no style attributes.
#[derive(PartialEq)]
struct Dot {
    at: f64,
    kind: &'static str,
    path: &'static str,
    title: AttrValue,
}

impl View for Dot {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let node = keeps.node();
        let (there, at) = (node.clone(), self.at);
        keeps.effect(at.to_bits(), move || {
            if let Some(element) = there.cast::<web_sys::SvgElement>() {
                let _ = element.style().set_property("left", &format!("{}%", decimal(at / 10.0)));
            }
        });
        html! {
            <svg ref={node} class={classes(&["dot", self.kind])} viewBox="-16 -16 32 32"><title>{ &self.title }</title><path d={self.path} /></svg>
        }
    }
}

/// A jump to the next violation, where there is one.
fn jump(lab: &LabHandle, marks: &[Mark], depth: u32) -> Html {
    let violations = || marks.iter().filter(|mark| mark.kind == Kind::Violation).map(|mark| mark.depth);
    let Some(target) = violations().find(|&at| at > depth).or_else(|| violations().next()) else { return html! {} };
    html! { <button class="chip violation" onclick={lab.on(Action::Seek(target))}>{ format!("goes wrong at step {target}") }</button> }
}

/// The branches as a list to choose from.
fn branches(lab: &LabHandle, forks: &[Fork]) -> Html {
    let choose = {
        let lab = lab.clone();
        let tips: Vec<MomentId> = forks.iter().map(|fork| fork.tip).collect();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
            let chosen =
                select.as_ref().and_then(|select| usize::try_from(select.selected_index()).ok()?.checked_sub(1));
            if let Some(&tip) = chosen.and_then(|index| tips.get(index)) {
                lab.act(Action::GoTo(tip));
            }
        })
    };
    html! {
        <label class="branches">
            <span class="label">{ "Branches" }</span>
            <select onchange={choose}>
                <option selected=true>{ format!("{} other{}", forks.len(), if forks.len() == 1 { "" } else { "s" }) }</option>
                { for forks.iter().map(|fork| html! { <option>{ format!("from step {}: {} steps", fork.at, fork.steps) }</option> }) }
            </select>
        </label>
    }
}

/// What is marked on the branch in view. Runs of a million moments are looked at in strides.
fn marks(session: &Session) -> Vec<Mark> {
    let line = session.line();
    // Both come in the order of the moments.
    let broken: Vec<(MomentId, bool)> =
        session.marks().map(|(id, verdicts)| (id, verdicts.iter().any(sim::Verdict::is_broken))).collect();
    let is_broken = |id: MomentId| broken.binary_search_by_key(&id, |known| known.0).is_ok_and(|at| broken[at].1);
    let names: Vec<(MomentId, &str)> = session.bookmarks().collect();
    let name_of = |id: MomentId| names.iter().find(|known| known.0 == id).map(|known| known.1);
    let mut marks: Vec<Mark> = Vec::new();
    let from = line.len().saturating_sub(20_000);
    for &id in &line[from..] {
        let moment = session.moment(id);
        let kind = if moment.has(Moment::VERDICT) && is_broken(id) {
            Kind::Violation
        } else if moment.has(Moment::BOOKMARK) && name_of(id).is_some() {
            Kind::Bookmark
        } else if moment.has(Moment::MILESTONE) {
            Kind::Milestone
        } else if moment.is_played() || moment.event.is_none() {
            continue;
        } else if moment.event.is_some_and(|event| event.is_pending_item() || matches!(event, sim::Event::Request(..)))
        {
            Kind::Decision
        } else {
            Kind::Fault
        };
        marks.push(Mark { depth: moment.depth, kind, name: name_of(id).map(str::to_owned) });
    }
    if marks.len() > MAX_MARKS {
        marks.order_by_key(|mark| std::cmp::Reverse(mark.kind));
        marks.truncate(MAX_MARKS);
        marks.order_by_key(|mark| mark.depth);
    }
    marks
}

/// The branches that leave the one in view.
fn forks(session: &Session) -> Vec<Fork> {
    let line = session.line();
    let mut forks = Vec::new();
    let from = line.len().saturating_sub(20_000);
    for pair in line[from..].windows(2) {
        let at = session.moment(pair[0]).depth;
        for child in session.children(pair[0]).filter(|&child| child != pair[1]) {
            let mut tip = child;
            while let Some(next) = session.children(tip).next() {
                tip = next;
            }
            forks.push(Fork { at, tip, steps: session.moment(tip).depth - at });
        }
        if forks.len() >= 64 {
            break;
        }
    }
    forks
}
