//! The workbench: one topic, open. Network, space–time diagram, inspector, transport, and the loop that draws.

mod charts;
mod controls;
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

use crate::{
    dom,
    lab::{Action, Lab, LabHandle, Tool},
    library::Topic,
    palette::PaletteAction,
    shell::{Overlay, Shell, use_keys, use_page_actions, use_page_keys, use_shell},
};
use frames::{Frames, FramesHandle};
use keeper::{Keeper, read_local};
use sim::{Algorithm, Scenario, Session, address::Address};
use std::{cell::RefCell, rc::Rc};
use yew::prelude::*;

/// The props of the workbench.
#[derive(Clone, PartialEq, Properties)]
pub struct WorkbenchProps {
    /// The topic's id.
    pub topic: AttrValue,
    /// Its article, pseudocode and scenarios.
    pub texts: Rc<Topic>,
    /// Where to open it.
    pub address: Address,
}

/// Opens a topic, or says why it cannot be opened.
#[component]
pub fn Workbench(props: &WorkbenchProps) -> Html {
    let opened = use_memo((props.topic.clone(), props.address.scenario.clone()), |_| open(props));
    match &*opened {
        Ok((lab, warning)) => html! {
            <Open lab={Shared(Rc::clone(lab))} warning={warning.clone()} texts={props.texts.clone()} address={props.address.clone()} />
        },
        Err(reason) => html! {
            <main class="failure">
                <h1>{ "This cannot be opened" }</h1>
                <p role="alert">{ reason.clone() }</p>
                <p><a href="#/">{ "To the catalogue" }</a></p>
            </main>
        },
    }
}

type Found = (Rc<RefCell<Lab>>, Option<String>);

/// The lab that an address leads to, and what the user must be told about it.
fn open(props: &WorkbenchProps) -> Result<Found, String> {
    let algorithm = sim::algorithms::find(&props.topic).ok_or("There is no such topic.")?;
    let (session, own, warning) = open_address(algorithm, &props.texts, &props.address)?;
    Ok((Rc::new(RefCell::new(Lab::new(session, own))), warning))
}

fn own_scenario(algorithm: &Algorithm, texts: &Topic, name: &str) -> Result<Scenario, String> {
    let name = if name.is_empty() { algorithm.scenarios.first().copied().unwrap_or_default() } else { name };
    let found = texts.scenario(name).ok_or_else(|| {
        format!("{} has no scenario called “{name}”. It has: {}.", algorithm.title, algorithm.scenarios.join(", "))
    })?;
    found.map_err(|error| error.to_string())
}

fn open_address(
    algorithm: &'static Algorithm,
    texts: &Topic,
    address: &Address,
) -> Result<(Session, Option<Scenario>, Option<String>), String> {
    let own = own_scenario(algorithm, texts, &address.scenario);
    if let Some(session) = read_local(&address.run) {
        return session.map(|session| (session, own.ok(), None));
    }
    let known = own.as_ref().ok().cloned();
    let opened = match (sim::address::open(&address.run, known), own) {
        (Ok(opened), own) => return Ok((opened.session, own.ok(), opened.warning)),
        (Err(error), Ok(own)) => (error, own),
        // The address names a scenario that is not there, and holds none itself.
        (Err(_), Err(reason)) => return Err(reason),
    };
    let (error, own) = opened;
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

#[derive(Clone, PartialEq, Properties)]
struct OpenProps {
    lab: Shared,
    warning: Option<String>,
    texts: Rc<Topic>,
    address: Address,
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
#[hook]
fn use_machinery(lab: &Shared, version: &UseStateHandle<u64>) -> Rc<Machinery> {
    let set_version = version.setter();
    use_memo(lab.clone(), move |Shared(lab)| {
        let hash = dom::window().location().hash().unwrap_or_default();
        let keeper = Keeper::new(Rc::clone(lab), hash);
        let changed = {
            let (lab, keeper) = (Rc::clone(lab), Rc::clone(&keeper));
            Callback::from(move |()| {
                set_version.set(lab.borrow().version());
                keeper.changed();
            })
        };
        let frames = Frames::new(Rc::clone(lab), changed.clone(), {
            let keeper = Rc::clone(&keeper);
            Callback::from(move |now| keeper.before_event(now))
        });
        let dispatch = {
            let (lab, frames, keeper) = (Rc::clone(lab), Rc::clone(&frames), Rc::clone(&keeper));
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
        Rc::new(Machinery { frames, keeper, dispatch })
    })
    .as_ref()
    .clone()
}

/// The open topic.
#[component]
fn Open(props: &OpenProps) -> Html {
    let shell = use_shell();
    let version = use_state(|| 0_u64);
    let machinery = use_machinery(&props.lab, &version);
    let pane = use_state(|| Pane::Network);
    let only = use_state(|| None::<Pane>);
    let shared = use_state(|| false);
    let lab = LabHandle::new(&props.lab.0, machinery.dispatch.clone());
    let frames = FramesHandle(Rc::clone(&machinery.frames));

    {
        let (say, warning) = (shell.say.clone(), props.warning.clone());
        use_effect_with(props.lab.clone(), move |_| {
            if let Some(warning) = warning {
                say.emit(warning);
            }
        });
    }
    {
        let (cell, frames) = (props.lab.clone(), Rc::clone(&machinery.frames));
        use_effect_with((shell.theme, shell.reduced_motion), move |&(_, reduced)| {
            cell.0.borrow_mut().reduced_motion = reduced;
            frames.kick();
        });
    }
    use_address(&props.lab, &machinery, &props.texts, &shell.say);
    use_rest(&props.lab, &machinery);

    let ask = {
        let (only, shared, lab) = (only.clone(), shared.clone(), lab.clone());
        Callback::from(move |what: keys::Ask| match what {
            keys::Ask::OnlyNetwork => only.set(if *only == Some(Pane::Network) { None } else { Some(Pane::Network) }),
            keys::Ask::OnlySpacetime => {
                only.set(if *only == Some(Pane::Spacetime) { None } else { Some(Pane::Spacetime) });
            }
            keys::Ask::Share => shared.set(!*shared),
            keys::Ask::Edit => {
                let editing = lab.get().tool.is_some();
                let next = if editing { None } else { Some(Tool::Move) };
                lab.act(Action::Edit(next));
            }
            keys::Ask::FullScreen => toggle_full_screen(),
        })
    };
    let handler = {
        let (lab, ask, single) = (lab.clone(), ask.clone(), shell.settings.single_keys);
        Callback::from(move |event: KeyboardEvent| {
            let choices = inspector::numbered_choices(&lab.get());
            keys::handle(&event, &lab, single, &choices, &|what| ask.emit(what));
        })
    };
    use_keys(handler);
    use_page_keys(keys::KEYS);
    use_page_actions(actions(&lab, &ask));

    let state = lab.get();
    let class = classes!(
        "workbench",
        match *pane {
            Pane::Network => "pane-network",
            Pane::Spacetime => "pane-spacetime",
            Pane::Side => "pane-side",
        },
        match *only {
            Some(Pane::Network) => Some("only-network"),
            Some(Pane::Spacetime) => Some("only-spacetime"),
            _ => None,
        },
    );
    let kept = if *shared { Some(machinery.keeper.keep()) } else { None };
    let close_share = {
        let shared = shared.clone();
        Callback::from(move |()| shared.set(false))
    };
    html! {
        <main {class} id="main">
            { bar(&shell, &lab, &ask) }
            <div class="pane-tabs" role="tablist" aria-label="Pane">
                { for [(Pane::Network, "Network"), (Pane::Spacetime, "Space–time"), (Pane::Side, "Steps")].map(|(which, word)| {
                    let pane = pane.clone();
                    let chosen = *pane == which;
                    html! { <button role="tab" aria-selected={chosen.to_string()} onclick={move |_| pane.set(which)}>{ word }</button> }
                }) }
            </div>
            <stage::Stage lab={lab.clone()} frames={frames.clone()} theme={shell.theme} />
            <Divider />
            <spacetime::Spacetime lab={lab.clone()} frames={frames.clone()} theme={shell.theme} />
            <aside class="side" aria-label="Inspector">
                <inspector::Inspector lab={lab.clone()} texts={props.texts.clone()} />
                <menu::SelectionMenu lab={lab.clone()} />
            </aside>
            { transport::transport(&lab) }
            if let Some(kept) = kept {
                <share::Share lab={lab.clone()} hash={kept.hash} too_long={kept.too_long} on_close={close_share} />
            }
            <p class="visually-hidden" role="status" aria-live="polite">{ state.announcement.clone() }</p>
            if let Some(message) = &state.message {
                <p class="notice" role="alert">{ message.clone() }</p>
            }
        </main>
    }
}

/// An address that the user changes by hand, or a link that is followed within the topic, leads to its moment.
#[hook]
fn use_address(lab: &Shared, machinery: &Rc<Machinery>, texts: &Rc<Topic>, say: &Callback<String>) {
    let (lab, machinery, texts, say) = (lab.clone(), Rc::clone(machinery), Rc::clone(texts), say.clone());
    use_effect_with(lab.clone(), move |_| {
        let listener = dom::listen(&dom::window(), "hashchange", move |_| {
            let hash = dom::window().location().hash().unwrap_or_default();
            if hash == machinery.keeper.written() {
                return;
            }
            let address = Address::read(&hash);
            let algorithm = lab.0.borrow().session.setup().algorithm;
            let same = lab.0.borrow().session.scenario().name == address.scenario;
            if address.topic != algorithm.id || !(same || address.scenario.is_empty()) {
                return;
            }
            match open_address(algorithm, &texts, &address) {
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
        });
        move || drop(listener)
    });
}

/// A tab that is hidden pauses, and a page that is left keeps its moment.
#[hook]
fn use_rest(lab: &Shared, machinery: &Rc<Machinery>) {
    let (lab, machinery) = (lab.clone(), Rc::clone(machinery));
    use_effect_with(lab.clone(), move |_| {
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
        move || drop((hidden, left))
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
    let act = |title: &'static str, keys: &'static str, action: fn() -> Action| PaletteAction {
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
        act("One step", "→", || Action::Step),
        act("One step back", "←", || Action::Back),
        act("Play or pause", "Space", || Action::TogglePlay),
        act("Back to the start", "R", || Action::Reset),
        asked("Share this moment", "S", keys::Ask::Share),
        asked("Edit nodes and links", "E", keys::Ask::Edit),
        asked("Network alone", "N", keys::Ask::OnlyNetwork),
        asked("Space–time diagram alone", "T", keys::Ask::OnlySpacetime),
        asked("Full screen", "F", keys::Ask::FullScreen),
    ]
}

/// The bar on top: where one is, which scenario, and what can be opened.
fn bar(shell: &Shell, handle: &LabHandle, on_ask: &Callback<keys::Ask>) -> Html {
    let lab = handle.get();
    let algorithm = lab.session.setup().algorithm;
    let family = sim::algorithms::FAMILIES.iter().find(|family| family.id == algorithm.family());
    let current = lab.session.scenario().name.clone();
    let index = shell.library.known_index();
    let choose = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
            dom::go(&Address { topic: algorithm.id.into(), scenario: select.value(), run: String::new() });
        }
    });
    let open = |overlay: Overlay| shell.open.reform(move |_: MouseEvent| overlay);
    let ask = |what: keys::Ask| on_ask.reform(move |_: MouseEvent| what);
    let foreign = !algorithm.scenarios.contains(&current.as_str());
    html! {
        <header class="bar">
            <nav class="crumbs" aria-label="Place">
                <a class="home" href="#/" aria-label="Interleave, all topics"><img src="icon.svg" alt="" width="24" height="24" /><span>{ "Interleave" }</span></a>
                <span class="sep" aria-hidden="true">{ "/" }</span>
                if let Some(family) = family {
                    <a class="crumb" href={format!("#/{}", family.id)}>{ family.title }</a>
                    <span class="sep" aria-hidden="true">{ "/" }</span>
                }
                <h1>{ algorithm.title }</h1>
            </nav>
            <select aria-label="Scenario" onchange={choose}>
                { for algorithm.scenarios.iter().map(|&name| {
                    let title = index.as_ref().map_or_else(|| name.replace('-', " "), |index| index.card(algorithm.id, name).title);
                    html! { <option value={name} selected={name == current}>{ title }</option> }
                }) }
                if foreign { <option value={current.clone()} selected=true>{ lab.session.scenario().title.clone() }</option> }
            </select>
            <span class="gap"></span>
            <button class="find" onclick={open(Overlay::Palette)}>{ "Find" }<kbd>{ "Ctrl K" }</kbd></button>
            <button aria-pressed={lab.tool.is_some().to_string()} onclick={ask(keys::Ask::Edit)}>{ "Edit" }</button>
            <button onclick={ask(keys::Ask::Share)}>{ "Share" }</button>
            <button onclick={open(Overlay::Theme)}>{ "Theme" }</button>
            <button aria-label="Keys" onclick={open(Overlay::Keys)}>{ "?" }</button>
        </header>
    }
}

/// The line between network and space–time diagram: dragged, or moved by the arrow keys.
#[component]
fn Divider() -> Html {
    let node = use_node_ref();
    let share = use_state(|| 60_i32);
    let apply = {
        let (node, share) = (node.clone(), share.clone());
        Callback::from(move |percent: i32| {
            let percent = percent.clamp(20, 80);
            share.set(percent);
            let parent = node.cast::<web_sys::HtmlElement>().and_then(|element| element.parent_element());
            if let Some(parent) =
                parent.and_then(|parent| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(parent).ok())
            {
                let _ = parent.style().set_property("--network-share", &format!("{percent}fr"));
                let _ = parent.style().set_property("--spacetime-share", &format!("{}fr", 100 - percent));
            }
        })
    };
    let down = Callback::from(|event: PointerEvent| {
        if let Some(element) = event.target_dyn_into::<web_sys::Element>() {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    });
    let drag = {
        let (node, apply) = (node.clone(), apply.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(element) = node.cast::<web_sys::Element>() else { return };
            if !element.has_pointer_capture(event.pointer_id()) {
                return;
            }
            let Some(parent) = element.parent_element() else { return };
            let whole = parent.get_bounding_client_rect();
            let room = (whole.height() - 48.0 - 72.0).max(1.0);
            apply.emit(((f64::from(event.client_y()) - whole.top() - 48.0) / room * 100.0) as i32);
        })
    };
    let keydown = {
        let share = share.clone();
        Callback::from(move |event: KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowUp" => -5,
                "ArrowDown" => 5,
                _ => return,
            };
            event.prevent_default();
            apply.emit(*share + step);
        })
    };
    html! {
        <div ref={node} class="divider" role="separator" tabindex="0" aria-orientation="horizontal" aria-label="Height of the network"
            aria-valuenow={share.to_string()} aria-valuemin="20" aria-valuemax="80"
            onpointerdown={down} onpointermove={drag} onkeydown={keydown}></div>
    }
}
