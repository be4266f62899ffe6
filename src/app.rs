//! The frame of the page: which page is in view, dialogues, messages, settings.

use crate::{
    catalogue::Catalogue,
    dom,
    files::Files,
    keys::keys_dialog,
    library::{Book, Card, Library, Load, read_topic},
    markup::html,
    messages::{Messages, Say, say},
    palette::{PaletteAction, palette},
    parts::{self, Arrival},
    sessions::sessions_dialog,
    shell::{Overlay, SharedOffers, Shell, listen_keys, provide, shell},
    theme::{self, Settings, THEMES, theme_dialog},
    topbar::topbar,
    view::{Keeps, State, View, keyed, part},
    workbench,
};
use sim::{
    address::Address,
    algorithms::{self, Listed},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::{AttrValue, Callback, Html, NodeRef};

const TITLE: &str = "Interleave: distributed coordination, one message at a time";

/// The whole page.
#[derive(PartialEq)]
pub struct App;

impl View for App {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let address = keeps.state(dom::address);
        {
            let address = address.clone();
            keeps.effect((), move || dom::listen(&dom::window(), "hashchange", move |_| address.set(dom::address())));
        }
        let overlay = keeps.state(|| (0, None));
        let field = keeps.node();
        let shell = frame(keeps, &overlay, &field);
        provide(&shell);
        listen_everywhere(keeps, &shell);

        let on_close = {
            let overlay = overlay.clone();
            Callback::from(move |()| overlay.set((overlay.get().0, None)))
        };
        let on_close = (*keeps.once(|| on_close)).clone();
        let skip = Callback::from(|event: web_sys::Event| {
            // Following the link would change the address, which holds the moment.
            event.prevent_default();
            dom::focus_main();
        });
        let (number, overlay) = overlay.get();
        html! {
            <a class="skip" href="#main" onclick={skip}>{ "Skip to the content" }</a>
            { part(Page { address: address.get() }) }
            if let Some(overlay) = overlay {
                { dialogue(number, overlay, &on_close) }
            }
            { part(Files { shell, field }) }
            if overlay.is_none() {
                { part(Messages) }
            }
        }
    }
}

/// The dialogue that is open, and how many have been: one may be asked for while the browser is still closing another.
type Opened = State<(u32, Option<Overlay>)>;

/// The shell, with everything that it can do.
fn frame(keeps: &mut Keeps, overlay: &Opened, field: &NodeRef) -> Shell {
    let loaded = keeps.once(Settings::load);
    let chosen = keeps.state(|| loaded.0);
    let settings = chosen.get();
    follow_system(keeps);
    keeps.effect(settings, move || settings.apply());
    keeps.effect((), move || {
        if let Some(trouble) = &loaded.1 {
            say(Say::This(trouble.clone()));
        }
    });
    // What never changes, so that equal shells are equal.
    let lasting = keeps.once(|| {
        let (overlay, field) = (overlay.clone(), field.clone());
        Shell {
            settings,
            theme: settings.resolved(),
            reduced_motion: false,
            change: Callback::from(move |to: Settings| {
                chosen.set(to);
                dom::forget_parameters();
                if let Err(trouble) = to.store() {
                    say(Say::This(trouble));
                }
            }),
            say: Callback::from(|text| say(Say::This(text))),
            open: Callback::from(move |which| {
                let overlay = overlay.clone();
                let show = move || overlay.set((overlay.get().0 + 1, Some(which)));
                parts::after("dialogues", &Callback::from(|text| say(Say::This(text))), Box::new(show));
            }),
            open_file: Callback::from(move |()| {
                if let Some(field) = field.cast::<HtmlElement>() {
                    field.click();
                }
            }),
            library: Library::default(),
            offers: SharedOffers::default(),
        }
    });
    Shell { settings, theme: settings.resolved(), reduced_motion: settings.reduced_motion(), ..(*lasting).clone() }
}

/// Draws the frame anew when the system's wishes change: dark in the evening, less motion.
fn follow_system(keeps: &mut Keeps) {
    let redraw = keeps.redraw();
    keeps.effect((), move || {
        let lists = [theme::DARK, theme::REDUCED].map(|query| dom::window().match_media(query).ok().flatten());
        let listeners: Vec<_> = lists
            .iter()
            .flatten()
            .map(|list| {
                let redraw = redraw.clone();
                dom::listen(list, "change", move |_| redraw.request())
            })
            .collect();
        (lists, listeners)
    });
}

/// The keys that work on every page.
fn listen_everywhere(keeps: &mut Keeps, shell: &Shell) {
    let open = shell.open.clone();
    keeps.effect((), move || {
        dom::listen(&dom::document(), "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let chord = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
            if chord && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                if !dom::dialog_is_open() {
                    open.emit(Overlay::Palette);
                }
            }
        })
    });
    let (open, single) = (shell.open.clone(), shell.settings.single_keys);
    let handler = keeps.memo(single, || {
        Callback::from(move |event: KeyboardEvent| {
            let which = match event.key().as_str() {
                "/" if single => Overlay::Palette,
                "?" if single => Overlay::Keys,
                _ => return,
            };
            event.prevent_default();
            open.emit(which);
        })
    });
    listen_keys(keeps, (*handler).clone());
}

/// A dialogue of the frame: a gate of its part (`crate::parts`).
#[inline(never)]
fn dialogue(number: u32, overlay: Overlay, on_close: &Callback<()>) -> Html {
    keyed(number, Dialogs { overlay, on_close: on_close.clone() })
}

#[derive(PartialEq)]
struct Dialogs {
    overlay: Overlay,
    on_close: Callback<()>,
}

impl View for Dialogs {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        match self.overlay {
            Overlay::Palette => {
                let mut actions = shell.actions();
                actions.extend(frame_actions(&shell));
                palette(keeps, &shell, actions, &self.on_close)
            }
            Overlay::Keys => keys_dialog(keeps, shell.keys(), shell.settings.single_keys, &self.on_close),
            Overlay::Sessions => sessions_dialog(keeps, &shell, &self.on_close),
            Overlay::Theme => theme_dialog(keeps, &shell, &self.on_close),
        }
    }
}

/// What can be done on every page.
fn frame_actions(shell: &Shell) -> Vec<PaletteAction> {
    let opens = |title: &'static str, which: Overlay| {
        let open = shell.open.clone();
        PaletteAction::new(title, Callback::from(move |()| open.emit(which)))
    };
    let mut actions = vec![
        PaletteAction::new("All topics", Callback::from(|()| dom::go(&Address::default()))),
        opens("My sessions", Overlay::Sessions),
        PaletteAction::new("Open file…", shell.open_file.clone()),
        opens("Keys", Overlay::Keys).keys("?"),
        opens("Theme, motion and single keys", Overlay::Theme),
    ];
    for (theme, name) in THEMES {
        let (change, settings) = (shell.change.clone(), Settings { theme, ..shell.settings });
        actions.push(PaletteAction::new(format!("Theme: {name}"), Callback::from(move |()| change.emit(settings))));
    }
    actions
}

/// The page that the address leads to. When it is another one than before, the focus goes to its beginning.
#[derive(PartialEq)]
struct Page {
    address: Address,
}

impl View for Page {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let topic = &self.address.topic;
        let is_first = keeps.once(|| Cell::new(true));
        let place = if topic.contains('/') { topic.clone() } else { String::new() };
        keeps.effect(place, move || {
            if !is_first.replace(false) {
                dom::focus_main();
                dom::window().scroll_to_with_x_and_y(0.0, 0.0);
            }
        });
        if !topic.contains('/') {
            return part(Catalogue { family: topic.clone().into() });
        }
        match algorithms::topic(topic) {
            Some(topic) => keyed(topic.id, TopicPage { topic: ById(topic), address: self.address.clone() }),
            None => part(Missing { what: format!("There is no topic “{topic}” here.").into(), topic: None }),
        }
    }
}

/// A topic that is compared by its id.
#[derive(Clone, Copy)]
struct ById(&'static Listed);

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

/// Gives the page its name in the browser.
pub fn set_title(keeps: &mut Keeps, title: String) {
    keeps.effect(title.clone(), move || dom::document().set_title(&title));
}

/// The name of the catalogue.
pub fn catalogue_title(keeps: &mut Keeps) {
    set_title(keeps, TITLE.to_owned());
}

/// A topic: its workbench, once its texts are here.
#[derive(PartialEq)]
struct TopicPage {
    topic: ById,
    address: Address,
}

impl View for TopicPage {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        let ById(topic) = self.topic;
        let (texts, again) = read_topic(keeps, &shell.library, topic, true);
        let scenario = match self.address.scenario.as_str() {
            "" => topic.scenarios.first().copied().unwrap_or(""),
            named => named,
        };
        let experiment = self.address.scenario.strip_prefix(Address::EXPERIMENTS);
        // What runs may be another topic, which is known when the texts are here.
        let runs = texts.ready().and_then(|texts| texts.runs(scenario)).unwrap_or(topic).id;
        let runs = if experiment.is_some() { "experiments" } else { runs };
        let (workbench, again_workbench) = parts::arrival(keeps, runs);
        // To open a link needs more; within an open scenario the workbench follows links by itself.
        let opened = keeps.once(|| RefCell::new(None::<String>));
        let is_open = opened.borrow().as_ref() == Some(&self.address.scenario);
        let is_link = !self.address.run.is_empty() && !is_open && experiment.is_none();
        let (link, again_link) = parts::arrival(keeps, if is_link { "tools" } else { runs });
        let (workbench, again_workbench) = match workbench {
            Arrival::Here => (link, again_link),
            missing => (missing, again_workbench),
        };
        let card = texts.ready().map(|texts| match experiment {
            Some(name) => texts.experiment_card(name),
            None => texts.card(scenario),
        });
        let title = match card {
            Some(card) => format!("{}, {} · Interleave", card.title, topic.title),
            None => format!("{} · Interleave", topic.title),
        };
        set_title(keeps, title);
        // What waited had the focus and is gone.
        keeps.effect(texts.ready().is_some() && workbench == Arrival::Here, || {
            if dom::focus_is_lost() {
                dom::focus_main();
            }
        });
        match (texts, workbench) {
            (Load::Failed(why), _) => failed(&shell, &why, again),
            (_, Arrival::Failed(why)) => failed(&shell, &why, again_workbench),
            (Load::Waiting, _) | (_, Arrival::Waiting) => html! {
                { topbar(&shell) }
                <main id="main" class="notice-page" aria-busy="true"><p role="status">{ format!("{} is loading…", topic.title) }</p></main>
            },
            (Load::Ready(texts), Arrival::Here) if experiment.is_some() => {
                self.experiment(experiment.unwrap_or_default(), &texts)
            }
            (Load::Ready(texts), Arrival::Here) => {
                let unknown = self.address.run.is_empty() && !texts.has(scenario);
                if unknown {
                    let what = format!("“{}” has no scenario “{scenario}”.", topic.title).into();
                    return part(Missing { what, topic: Some(self.topic) });
                }
                opened.replace(Some(self.address.scenario.clone()));
                workbench::page(topic, &texts, &self.address)
            }
        }
    }
}

impl TopicPage {
    /// One of the topic's experiments.
    fn experiment(&self, name: &str, texts: &Rc<Book>) -> Html {
        let ById(topic) = self.topic;
        if texts.has_experiment(name) || name.starts_with(Address::FROM_SCENARIO) {
            return crate::experiments::page(topic.id, name, &self.address.run, texts);
        }
        part(Missing {
            what: format!("“{}” has no experiment “{name}”.", topic.title).into(), topic: Some(self.topic)
        })
    }
}

/// Why a topic is not here.
fn failed(shell: &Shell, why: &AttrValue, again: Callback<()>) -> Html {
    notice(shell, "This topic could not be opened", html! { <p role="alert">{ why }</p> }, "Try again", again)
}

/// A page that says why there is nothing on it, and what can be done.
fn notice(shell: &Shell, title: &'static str, words: Html, label: &'static str, press: Callback<()>) -> Html {
    html! {
        { topbar(shell) }
        <main id="main" class="notice-page">
            <h1>{ title }</h1>
            { words }
            <p class="row">
                <button class="primary" onclick={press}>{ label }</button>
                <a class="button" href="#/">{ "All topics" }</a>
            </p>
        </main>
    }
}

/// An address that leads nowhere: what was asked for, and what there is.
#[derive(PartialEq)]
struct Missing {
    what: AttrValue,
    /// The topic whose scenarios may have been meant.
    topic: Option<ById>,
}

impl View for Missing {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        set_title(keeps, "Not found · Interleave".to_owned());
        let scenarios = self.topic.map(|ById(topic)| {
            let texts = shell.library.known_texts(topic);
            let link = |&name: &&'static str| {
                let title = texts.as_ref().map_or_else(|| Card::unknown(name), |texts| texts.card(name)).title;
                html! { <li><a href={format!("#/{}/{name}", topic.id)}>{ title }</a></li> }
            };
            html! { <p>{ "Its scenarios:" }</p><ul>{ for topic.scenarios.iter().map(link) }</ul> }
        });
        let words = html! {
            <p>{ &self.what }{ " The link may be cut off, or newer than this page." }</p>
            { scenarios }
        };
        notice(&shell, "Nothing at this address", words, "Find a topic", shell.open.reform(|()| Overlay::Palette))
    }
}
