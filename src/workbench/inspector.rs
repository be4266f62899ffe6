//! The inspector: what just happened and what can happen next, the state, the checks, the costs, charts, the article.

mod ask;
mod checks;
mod cost;
mod next;
mod now;
mod pseudocode;
mod settings;
mod state;
mod why;

pub use ask::{buttons, offers};
pub use next::numbered_choices;
pub use why::waits;

use super::charts;
use crate::{
    article::article,
    dom,
    lab::{Action, LabHandle, Tab},
    library::Book,
    markup::{html, truth},
    parts,
    view::{Keeps, View, part},
};
use sim::scene::Theme;
use std::rc::Rc;
use web_sys::{KeyboardEvent, MouseEvent};
use yew::{Callback, Html};

/// The tabs, in their order.
const TABS: [(Tab, &str); 6] = [
    (Tab::Now, "Now"),
    (Tab::State, "State"),
    (Tab::Checks, "Checks"),
    (Tab::Cost, "Cost"),
    (Tab::Charts, "Charts"),
    (Tab::Read, "Read"),
];

const PANEL: &str = "inspector-panel";

/// The inspector.
#[derive(PartialEq)]
pub struct Inspector {
    /// The lab.
    pub lab: LabHandle,
    /// Article and pseudocode.
    pub texts: Rc<Book>,
    /// The theme in force.
    pub theme: Theme,
}

impl View for Inspector {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let lab = &self.lab;
        let tab = lab.get().tab;
        // Every tab begins at its top.
        keeps.effect(tab, || {
            if let Some(panel) = dom::by_id(PANEL) {
                panel.set_scroll_top(0);
            }
        });
        let panel = match tab {
            Tab::Now => {
                let (lab, texts) = (lab.clone(), Rc::clone(&self.texts));
                parts::later("panels", move || now::now(&lab, &texts))
            }
            Tab::State => later(lab, state::state),
            Tab::Checks => later(lab, checks::checks),
            Tab::Cost => later(lab, cost::cost),
            Tab::Charts => {
                let (lab, theme) = (lab.clone(), self.theme);
                parts::later("charts", move || charts::panel(&lab, theme))
            }
            Tab::Read => {
                let texts = Rc::clone(&self.texts);
                parts::later("tools", move || read(&texts))
            }
        };
        html! {
            <div class="inspector">
                { tabs(lab, tab) }
                <div class="panel" role="tabpanel" id={PANEL} aria-labelledby={id(tab)} tabindex="0">
                    <div key={id(tab)}>{ panel }</div>
                </div>
            </div>
        }
    }
}

/// A tab that is loaded when first used.
fn later(lab: &LabHandle, panel: fn(&LabHandle) -> Html) -> Html {
    let lab = lab.clone();
    parts::later("tools", move || panel(&lab))
}

/// The article: a gate of its part (`crate::parts`).
#[inline(never)]
fn read(texts: &Rc<Book>) -> Html {
    part(Read { texts: Rc::clone(texts) })
}

/// The article: read once, and drawn once.
#[derive(PartialEq)]
struct Read {
    texts: Rc<Book>,
}

impl View for Read {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        article(keeps, self.texts.article())
    }
}

/// The id of a tab's button.
fn id(tab: Tab) -> &'static str {
    match tab {
        Tab::Now => "tab-now",
        Tab::State => "tab-state",
        Tab::Checks => "tab-checks",
        Tab::Cost => "tab-cost",
        Tab::Charts => "tab-charts",
        Tab::Read => "tab-read",
    }
}

/// The row of tabs. The arrow keys move along it while it has the focus; a click with the pointer leaves the focus to the
/// panel, so that they step the run again. Home and End always belong to the run.
fn tabs(lab: &LabHandle, current: Tab) -> Html {
    let onkeydown = {
        let lab = lab.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = TABS.iter().position(|(tab, _)| *tab == current).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (at + 1) % TABS.len(),
                "ArrowLeft" => (at + TABS.len() - 1) % TABS.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            lab.act(Action::Show(TABS[to].0));
            dom::focus(id(TABS[to].0));
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label="Inspector" {onkeydown}>
            { for TABS.iter().map(|&(tab, name)| {
                let chosen = tab == current;
                html! {
                    <button type="button" role="tab" id={id(tab)} class="tab" aria-selected={truth(chosen)}
                        aria-controls={PANEL} tabindex={if chosen { "0" } else { "-1" }} onclick={show(lab, tab)}>
                        { name }
                        if tab == Tab::Checks { { badge(lab) } }
                    </button>
                }
            }) }
        </div>
    }
}

fn show(lab: &LabHandle, tab: Tab) -> Callback<MouseEvent> {
    let lab = lab.clone();
    Callback::from(move |event: MouseEvent| {
        lab.act(Action::Show(tab));
        // A press of a key is a click of no button at all.
        if event.detail() > 0 {
            dom::focus(PANEL);
        }
    })
}

fn badge(lab: &LabHandle) -> Html {
    let (sign, words) = checks::badge(lab.get().session.verdicts());
    let class = if sign.starts_with('✗') { "badge bad" } else { "badge good" };
    html! { if !sign.is_empty() { <span class={class} role="img" aria-label={words}>{ sign }</span> } }
}
