//! The workbench: one topic, open. Network, space–time diagram, inspector, transport, and the loop that draws.

mod bar;
mod board;
mod charts;
mod controls;
mod divider;
mod edit;
mod frames;
mod inspector;
mod keeper;
mod keys;
mod menu;
mod share;
mod spacetime;
mod stage;
mod timeline;
mod transport;
mod views;

pub use share::save_file;

use crate::{
    dom,
    lab::{Action, Lab, LabHandle, Tool, takes_parts},
    library::Book,
    markup::{classes, html, truth},
    palette::PaletteAction,
    parts,
    shell::{Shell, listen_keys, offer_actions, offer_keys, shell},
    view::{Keeps, State, View, part},
};
use bar::{bar, topic_of};
use frames::{Frames, FramesHandle};
use keeper::{Keeper, read_local};
use sim::{Scenario, Session, address::Address, algorithms::Listed, scene::Theme};
use std::{cell::RefCell, rc::Rc};
use web_sys::KeyboardEvent;
use yew::{Callback, Html};

/// The workbench of a topic, at an address: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn page(topic: &'static Listed, texts: &Rc<Book>, address: &Address) -> Html {
    part(Workbench { topic, texts: Rc::clone(texts), address: address.clone() })
}

/// Opens a topic, or says why it cannot be opened.
struct Workbench {
    topic: &'static Listed,
    texts: Rc<Book>,
    address: Address,
}

impl PartialEq for Workbench {
    fn eq(&self, other: &Self) -> bool {
        self.topic.id == other.topic.id && self.texts == other.texts && self.address == other.address
    }
}

impl View for Workbench {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let opened = keeps.memo((self.topic.id, self.address.scenario.clone()), || open(self));
        match &*opened {
            Ok((lab, warning)) => {
                part(Open { lab: Shared(Rc::clone(lab)), warning: warning.clone(), texts: Rc::clone(&self.texts) })
            }
            Err(reason) => html! {
                <main class="failure">
                    <h1>{ "This cannot be opened" }</h1>
                    <p role="alert">{ reason }</p>
                    <p><a href="#/">{ "To the catalogue" }</a></p>
                </main>
            },
        }
    }
}

type Found = (Rc<RefCell<Lab>>, Option<String>);

/// The lab that an address leads to, and what the user must be told about it.
fn open(asked: &Workbench) -> Result<Found, String> {
    let (session, own, warning) = open_address(asked.topic, &asked.texts, &asked.address)?;
    Ok((Rc::new(RefCell::new(Lab::new(session, own))), warning))
}

fn own_scenario(topic: &Listed, texts: &Book, name: &str) -> Result<Scenario, String> {
    let name = if name.is_empty() { topic.scenarios.first().copied().unwrap_or_default() } else { name };
    let found = texts.scenario(name).ok_or_else(|| {
        format!("{} has no scenario called “{name}”. It has: {}.", topic.title, topic.scenarios.join(", "))
    })?;
    found.map_err(|error| error.to_string())
}

type Opened = (Session, Option<Scenario>, Option<String>);

fn open_address(topic: &Listed, texts: &Book, address: &Address) -> Result<Opened, String> {
    let own = own_scenario(topic, texts, &address.scenario);
    if !address.run.is_empty() {
        return open_run(&address.run, own);
    }
    let own = own?;
    let session = Session::new(own.clone()).map_err(|error| error.to_string())?;
    Ok((session, Some(own), None))
}

/// Opens a link, or what is kept in this browser: a gate of its part (`crate::parts`).
#[inline(never)]
fn open_run(run: &str, own: Result<Scenario, String>) -> Result<Opened, String> {
    if let Some(session) = read_local(run) {
        return session.map(|session| (session, own.ok(), None));
    }
    let known = own.as_ref().ok().cloned();
    let (error, own) = match (sim::address::open(run, known), own) {
        (Ok(opened), own) => return Ok((opened.session, own.ok(), opened.warning)),
        (Err(error), Ok(own)) => (error, own),
        // The address names a scenario that is not there, and holds none itself.
        (Err(_), Err(reason)) => return Err(reason),
    };
    let session = Session::new(own.clone()).map_err(|error| error.to_string())?;
    Ok((session, Some(own), Some(format!("{error}. The scenario starts from its beginning."))))
}

/// A shared lab, compared by identity.
#[derive(Clone)]
struct Shared(Rc<RefCell<Lab>>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Which panes are seen: on a wide screen one may fill the stage, on a narrow one there is always one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pane {
    Network,
    Spacetime,
    Side,
}

/// What the workbench holds for its whole life.
struct Machinery {
    frames: Rc<Frames>,
    keeper: Rc<Keeper>,
    dispatch: Callback<Action>,
}

/// The loop, the keeper and the way in, made once a lab.
fn machinery(keeps: &mut Keeps, lab: &Shared) -> Rc<Machinery> {
    let redraw = keeps.redraw();
    let Shared(lab) = lab.clone();
    keeps.memo(Shared(Rc::clone(&lab)), || {
        let hash = dom::window().location().hash().unwrap_or_default();
        let keeper = Keeper::new(Rc::clone(&lab), hash);
        let changed = {
            let keeper = Rc::clone(&keeper);
            Callback::from(move |()| {
                redraw.request();
                keeper.changed();
            })
        };
        let frames = Frames::new(Rc::clone(&lab), changed.clone(), {
            let keeper = Rc::clone(&keeper);
            Callback::from(move |now| keeper.before_event(now))
        });
        let dispatch = {
            let (frames, keeper) = (Rc::clone(&frames), Rc::clone(&keeper));
            Callback::from(move |action: Action| {
                let now = frames::now();
                keeper.before_event(now);
                let pauses = matches!(action, Action::TogglePlay);
                lab.borrow_mut().act(action, now);
                changed.emit(());
                if pauses && !lab.borrow().playing {
                    keeper.write();
                }
                frames.kick();
            })
        };
        Machinery { frames, keeper, dispatch }
    })
}

/// The open topic.
#[derive(PartialEq)]
struct Open {
    lab: Shared,
    warning: Option<String>,
    texts: Rc<Book>,
}

/// What of the workbench is seen.
#[derive(Clone, Copy, PartialEq)]
struct Seen {
    /// The pane that is in view on a narrow screen.
    pane: Pane,
    /// The only pane on a wide one, if there is but one.
    only: Option<Pane>,
    /// Whether the share panel is open.
    shared: bool,
    /// Whether the clocks stand in the place of the space–time diagram.
    clocks: bool,
}

impl View for Open {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        let machinery = machinery(keeps, &self.lab);
        // What a bench of one node does has no space–time diagram to speak of.
        let alone = {
            let lab = self.lab.0.borrow();
            let world = lab.session.world();
            takes_parts(world) || board::is_alone(world) || board::is_of_one_node(world)
        };
        let only = alone.then_some(Pane::Network);
        let clocks = views::clocks_first(self.lab.0.borrow().session.world());
        let seen = keeps.state(|| Seen { pane: Pane::Network, only, shared: false, clocks });
        let lab = LabHandle::new(&self.lab.0, machinery.dispatch.clone());
        let frames = FramesHandle(Rc::clone(&machinery.frames));
        {
            let (say, warning) = (shell.say.clone(), self.warning.clone());
            keeps.effect(self.lab.clone(), move || {
                if let Some(warning) = warning {
                    say.emit(warning);
                }
            });
        }
        {
            let (cell, frames) = (self.lab.clone(), Rc::clone(&machinery.frames));
            let reduced = shell.reduced_motion;
            keeps.effect((shell.theme, reduced), move || {
                cell.0.borrow_mut().reduced_motion = reduced;
                frames.kick();
            });
        }
        follow_address(keeps, &self.lab, &machinery, &self.texts, &shell.say);
        rest(keeps, &self.lab, &machinery);

        let ask = {
            let (seen, lab) = (seen.clone(), lab.clone());
            Callback::from(move |what: keys::Ask| answer(what, &seen, &lab))
        };
        let handler = {
            let (lab, ask, single) = (lab.clone(), ask.clone(), shell.settings.single_keys);
            Callback::from(move |event: KeyboardEvent| {
                let choices = inspector::numbered_choices(&lab.get());
                keys::handle(&event, &lab, single, &choices, &|what| ask.emit(what));
            })
        };
        listen_keys(keeps, handler);
        offer_keys(keeps, keys::KEYS);
        offer_actions(keeps, actions(&lab, &ask));
        self.show(&shell, &lab, &frames, &machinery, (&seen, &ask))
    }
}

/// The space–time diagram. It comes when the network has been drawn: the first step does not wait for it.
fn diagram(lab: &LabHandle, frames: &FramesHandle, theme: Theme) -> Html {
    let (lab, frames) = (lab.clone(), frames.clone());
    let empty = html! { <section class="spacetime" aria-label="Space–time diagram"></section> };
    parts::later_than("panels", empty, move || spacetime::diagram(&lab, &frames, theme))
}

/// Does what was asked of the workbench itself.
fn answer(what: keys::Ask, state: &State<Seen>, lab: &LabHandle) {
    let seen = state.get();
    let only = |pane: Pane| if seen.only == Some(pane) { None } else { Some(pane) };
    match what {
        keys::Ask::OnlyNetwork => state.set(Seen { only: only(Pane::Network), ..seen }),
        keys::Ask::OnlySpacetime => state.set(Seen { only: only(Pane::Spacetime), ..seen }),
        keys::Ask::Clocks => {
            let there = charts::clocks::are_there(lab.get().session.world());
            state.set(Seen { clocks: there && !seen.clocks, ..seen });
        }
        keys::Ask::Share => state.set(Seen { shared: !seen.shared, ..seen }),
        keys::Ask::Edit => {
            let editing = lab.get().tool.is_some();
            let next = if editing { None } else { Some(Tool::Move) };
            lab.act(Action::Edit(next));
        }
        keys::Ask::FullScreen => toggle_full_screen(),
    }
}

impl Open {
    fn show(
        &self,
        shell: &Shell,
        lab: &LabHandle,
        frames: &FramesHandle,
        machinery: &Machinery,
        (seen, ask): (&State<Seen>, &Callback<keys::Ask>),
    ) -> Html {
        let (announcement, message, selected) = {
            let lab = lab.get();
            (lab.announcement.clone(), lab.message.clone(), lab.selection.is_some() || lab.relations.cut.is_some())
        };
        let Seen { pane, only, shared, clocks } = seen.get();
        let has_clocks = charts::clocks::are_there(lab.get().session.world());
        let pane_class = match pane {
            Pane::Network => "pane-network",
            Pane::Spacetime => "pane-spacetime",
            Pane::Side => "pane-side",
        };
        let only_class = match only {
            Some(Pane::Network) => "only-network",
            Some(Pane::Spacetime) => "only-spacetime",
            _ => "",
        };
        let tab = |(which, word): (Pane, &'static str)| {
            let seen = seen.clone();
            let press = Callback::from(move |()| seen.set(Seen { pane: which, ..seen.get() }));
            html! { <button role="tab" aria-selected={truth(pane == which)} onclick={press}>{ word }</button> }
        };
        let close_share = {
            let seen = seen.clone();
            Callback::from(move |()| seen.set(Seen { shared: false, ..seen.get() }))
        };
        let theme = shell.theme;
        html! {
            <main class={classes(&["workbench", pane_class, only_class])} id="main">
                { bar(shell, lab, ask) }
                <div class="pane-tabs" role="tablist" aria-label="Pane">
                    { for [(Pane::Network, "Network"), (Pane::Spacetime, "Space–time"), (Pane::Side, "Steps")].map(tab) }
                </div>
                { part(stage::Stage { lab: lab.clone(), frames: frames.clone(), theme }) }
                { part(divider::Divider) }
                if clocks && has_clocks {
                    { parts::later("charts", { let lab = lab.clone(); move || charts::clocks::pane(&lab, theme) }) }
                } else {
                    { diagram(lab, frames, theme) }
                }
                if has_clocks { { views::tabs(clocks, ask) } }
                <aside class="side" aria-label="Inspector">
                    { part(inspector::Inspector { lab: lab.clone(), texts: Rc::clone(&self.texts), theme }) }
                    if selected { { parts::later("tools", { let lab = lab.clone(); move || menu::menu(&lab) }) } }
                </aside>
                { transport::transport(lab) }
                if shared {
                    { parts::later("tools", { let (lab, keeper) = (lab.clone(), Rc::clone(&machinery.keeper)); move || share::panel(&lab, &keeper, &close_share) }) }
                }
                <p class="visually-hidden" role="status" aria-live="polite">{ announcement }</p>
                if let Some(message) = message {
                    <p class="notice" role="alert">{ message }</p>
                }
            </main>
        }
    }
}

/// An address that the user changes by hand, or a link that is followed within the topic, leads to its moment.
fn follow_address(
    keeps: &mut Keeps,
    lab: &Shared,
    machinery: &Rc<Machinery>,
    texts: &Rc<Book>,
    say: &Callback<String>,
) {
    let (lab, machinery, texts, say) = (lab.clone(), Rc::clone(machinery), Rc::clone(texts), say.clone());
    keeps.effect(lab.clone(), move || {
        dom::listen(&dom::window(), "hashchange", move |_| {
            let hash = dom::window().location().hash().unwrap_or_default();
            if hash == machinery.keeper.written() {
                return;
            }
            let address = Address::read(&hash);
            let topic = topic_of(&lab.0.borrow().session);
            let same = lab.0.borrow().session.scenario().name == address.scenario;
            if address.topic != topic.id || !(same || address.scenario.is_empty()) {
                return;
            }
            if !address.run.is_empty() && !parts::ready("tools") {
                return parts::after("tools", &say, Box::new(dom::tell_address));
            }
            match open_address(topic, &texts, &address) {
                Ok((session, _, warning)) => {
                    machinery
                        .dispatch
                        .emit(Action::Replace(Box::new(crate::lab::SessionSlot(RefCell::new(Some(session))))));
                    if let Some(warning) = warning {
                        say.emit(warning);
                    }
                }
                Err(reason) => say.emit(reason),
            }
        })
    });
}

/// A tab that is hidden pauses, and a page that is left keeps its moment.
fn rest(keeps: &mut Keeps, lab: &Shared, machinery: &Rc<Machinery>) {
    let (lab, machinery) = (lab.clone(), Rc::clone(machinery));
    keeps.effect(lab.clone(), move || {
        let hidden = {
            let machinery = Rc::clone(&machinery);
            dom::listen(&dom::document(), "visibilitychange", move |_| {
                if dom::document().hidden() {
                    if lab.0.borrow().playing {
                        machinery.dispatch.emit(Action::TogglePlay);
                    }
                    machinery.keeper.write();
                } else {
                    machinery.frames.kick();
                }
            })
        };
        let left = {
            let keeper = Rc::clone(&machinery.keeper);
            dom::listen(&dom::window(), "pagehide", move |_| keeper.write())
        };
        (hidden, left)
    });
}

fn toggle_full_screen() {
    let document = dom::document();
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else if let Some(root) = document.document_element() {
        let _ = root.request_fullscreen();
    }
}

/// What the palette offers here.
fn actions(lab: &LabHandle, ask: &Callback<keys::Ask>) -> Vec<PaletteAction> {
    let act = |title: &'static str, keys: &'static str, action: Action| PaletteAction {
        title: title.into(),
        keys,
        run: lab.on(action),
    };
    let asked = |title: &'static str, keys: &'static str, what: keys::Ask| PaletteAction {
        title: title.into(),
        keys,
        run: ask.reform(move |()| what),
    };
    vec![
        act("One step", "→", Action::Step),
        act("One step back", "←", Action::Back),
        act("Play or pause", "Space", Action::TogglePlay),
        act("Back to the start", "R", Action::Reset),
        asked("Share this moment", "S", keys::Ask::Share),
        asked("Edit nodes and links", "E", keys::Ask::Edit),
        asked("Network alone", "N", keys::Ask::OnlyNetwork),
        asked("Space–time diagram alone", "T", keys::Ask::OnlySpacetime),
        asked("Clocks in the place of the diagram, or back", "K", keys::Ask::Clocks),
        asked("Full screen", "F", keys::Ask::FullScreen),
    ]
}
