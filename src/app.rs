//! The frame of the page: which page is in view, dialogues, messages, settings.

use crate::{
    catalogue::Catalogue,
    dom,
    files::Files,
    keys::KeysDialog,
    library::{Library, Load, use_index, use_topic},
    messages::{Messages, Notices, Said, Say},
    palette::{Palette, PaletteAction},
    sessions::SessionsDialog,
    shell::{Overlay, SharedOffers, Shell, use_keys, use_shell},
    theme::{self, Settings, THEMES, ThemeDialog},
    topbar::Topbar,
    workbench::Workbench,
};
use sim::{
    address::Address,
    algorithms::{self, Listed},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

const TITLE: &str = "Interleave: distributed coordination, one message at a time";

/// The whole page.
#[component]
pub fn App() -> Html {
    let address = use_address();
    let overlay = use_state_eq(|| None::<Overlay>);
    let messages = use_reducer(Said::default);
    let file_field = use_node_ref();
    let shell = use_frame(&overlay, &messages, &file_field);
    use_global_keys(&shell);

    let close = use_callback(overlay.setter(), |(), overlay| overlay.set(None));
    let forget = use_callback(messages.dispatcher(), |number, messages| messages.dispatch(Say::Forget(number)));
    let notices = Notices { said: (*messages).clone(), forget };
    let skip = Callback::from(|event: MouseEvent| {
        // Following the link would change the address, which holds the moment.
        event.prevent_default();
        dom::focus_main();
    });
    html! {
        <ContextProvider<Shell> context={shell.clone()}>
        <ContextProvider<Notices> context={notices}>
            <a class="skip" href="#main" onclick={skip}>{ "Skip to the content" }</a>
            <Page address={(*address).clone()} />
            <Dialogs overlay={*overlay} on_close={close} />
            <Files shell={shell} field={file_field} />
            if overlay.is_none() {
                <Messages />
            }
        </ContextProvider<Notices>>
        </ContextProvider<Shell>>
    }
}

/// Where the page's address leads, as it changes.
#[hook]
fn use_address() -> UseStateHandle<Address> {
    let address = use_state_eq(dom::address);
    use_effect_with(address.setter(), |address| {
        let address = address.clone();
        let listener = dom::listen(&dom::window(), "hashchange", move |_| address.set(dom::address()));
        move || drop(listener)
    });
    address
}

/// The shell, with everything that it can do.
#[hook]
fn use_frame(overlay: &UseStateHandle<Option<Overlay>>, messages: &UseReducerHandle<Said>, field: &NodeRef) -> Shell {
    let loaded = use_memo((), |()| Settings::load());
    let settings = use_state_eq(|| loaded.0);
    let library = use_state(Library::default);
    let offers = use_state(SharedOffers::default);
    use_system_wishes();
    use_effect_with(*settings, |settings| settings.apply());

    let say = use_callback(messages.dispatcher(), |text, messages| messages.dispatch(Say::This(text)));
    let open = use_callback(overlay.setter(), |which, overlay| overlay.set(Some(which)));
    let change = use_callback((settings.setter(), say.clone()), |to: Settings, (settings, say)| {
        settings.set(to);
        dom::forget_parameters();
        if let Err(trouble) = to.store() {
            say.emit(trouble);
        }
    });
    let open_file = use_callback(field.clone(), |(), field| {
        if let Some(field) = field.cast::<HtmlElement>() {
            field.click();
        }
    });
    use_effect_with((), {
        let say = say.clone();
        move |()| {
            if let Some(trouble) = &loaded.1 {
                say.emit(trouble.clone());
            }
        }
    });
    Shell {
        settings: *settings,
        theme: settings.resolved(),
        reduced_motion: settings.reduced_motion(),
        change,
        say,
        open,
        open_file,
        library: (*library).clone(),
        offers: (*offers).clone(),
    }
}

/// Draws the frame anew when the system's wishes change: dark in the evening, less motion.
#[hook]
fn use_system_wishes() {
    let update = use_force_update();
    use_effect_with((), move |()| {
        let lists = [theme::DARK, theme::REDUCED].map(|query| dom::window().match_media(query).ok().flatten());
        let listeners: Vec<_> = lists
            .iter()
            .flatten()
            .map(|list| {
                let update = update.clone();
                dom::listen(list, "change", move |_| update.force_update())
            })
            .collect();
        move || drop((lists, listeners))
    });
}

/// The keys that work on every page.
#[hook]
fn use_global_keys(shell: &Shell) {
    use_effect_with(shell.open.clone(), |open| {
        let open = open.clone();
        let listener = dom::listen(&dom::document(), "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let chord = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
            if chord && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                if !dom::dialog_is_open() {
                    open.emit(Overlay::Palette);
                }
            }
        });
        move || drop(listener)
    });
    let single = shell.settings.single_keys;
    let handler = use_callback((shell.open.clone(), single), |event: KeyboardEvent, (open, single)| {
        let which = match event.key().as_str() {
            "/" if *single => Overlay::Palette,
            "?" if *single => Overlay::Keys,
            _ => return,
        };
        event.prevent_default();
        open.emit(which);
    });
    use_keys(handler);
}

#[derive(Clone, PartialEq, Properties)]
struct DialogsProps {
    overlay: Option<Overlay>,
    on_close: Callback<()>,
}

/// The dialogue of the frame that is open, if any.
#[component]
fn Dialogs(props: &DialogsProps) -> Html {
    let shell = use_shell();
    let on_close = props.on_close.clone();
    match props.overlay {
        None => html! {},
        Some(Overlay::Palette) => {
            let mut actions = shell.actions();
            actions.extend(frame_actions(&shell));
            html! { <Palette {actions} {on_close} /> }
        }
        Some(Overlay::Keys) => {
            html! { <KeysDialog page={shell.keys()} single_keys={shell.settings.single_keys} {on_close} /> }
        }
        Some(Overlay::Sessions) => html! { <SessionsDialog {on_close} /> },
        Some(Overlay::Theme) => {
            html! { <ThemeDialog settings={shell.settings} on_change={shell.change.clone()} {on_close} /> }
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

#[derive(Clone, PartialEq, Properties)]
struct PageProps {
    address: Address,
}

/// The page that the address leads to. When it is another one than before, the focus goes to its beginning.
#[component]
fn Page(props: &PageProps) -> Html {
    let topic = &props.address.topic;
    let is_first = use_mut_ref(|| true);
    let place = if topic.contains('/') { topic.clone() } else { String::new() };
    use_effect_with(place, move |_| {
        if !is_first.replace(false) {
            dom::focus_main();
            dom::window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
    if !topic.contains('/') {
        return html! { <CataloguePage family={topic.clone()} /> };
    }
    match algorithms::topic(topic) {
        Some(topic) => html! { <TopicPage key={topic.id} topic={ById(topic)} address={props.address.clone()} /> },
        None => html! { <Missing what={format!("There is no topic “{topic}” here.")} topic={None::<ById>} /> },
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

#[derive(Clone, PartialEq, Properties)]
struct CatalogueProps {
    family: AttrValue,
}

#[component]
fn CataloguePage(props: &CatalogueProps) -> Html {
    use_effect_with((), |()| dom::document().set_title(TITLE));
    html! { <Catalogue family={props.family.clone()} /> }
}

#[derive(Clone, PartialEq, Properties)]
struct TopicProps {
    topic: ById,
    address: Address,
}

/// A topic: its workbench, once its texts are here.
#[component]
fn TopicPage(props: &TopicProps) -> Html {
    let shell = use_shell();
    let ById(topic) = props.topic;
    let (index, _) = use_index(&shell.library);
    let (texts, again) = use_topic(&shell.library, topic, true);
    let scenario = match props.address.scenario.as_str() {
        "" => topic.scenarios.first().copied().unwrap_or(""),
        named => named,
    };
    let title = match index.ready() {
        Some(index) if !scenario.is_empty() => {
            format!("{}, {} · Interleave", index.card(topic.id, scenario).title, topic.title)
        }
        _ => format!("{} · Interleave", topic.title),
    };
    use_effect_with(title, |title| dom::document().set_title(title));
    {
        let arrived = texts.ready().is_some();
        // What waited had the focus and is gone.
        use_effect_with(arrived, |_| {
            if dom::focus_is_lost() {
                dom::focus_main();
            }
        });
    }
    match texts {
        Load::Waiting => html! { <Waiting what={format!("{} is loading…", topic.title)} /> },
        Load::Failed(why) => html! { <Failed why={why} again={again} /> },
        Load::Ready(texts) => {
            let unknown = props.address.run.is_empty() && texts.scenario(scenario).is_none();
            if unknown {
                let what = format!("“{}” has no scenario “{scenario}”.", topic.title);
                return html! { <Missing what={what} topic={Some(props.topic)} /> };
            }
            html! { <Workbench topic={topic.id} {texts} address={props.address.clone()} /> }
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
struct WaitingProps {
    what: AttrValue,
}

#[component]
fn Waiting(props: &WaitingProps) -> Html {
    html! {
        <>
            <Topbar />
            <main id="main" class="notice-page" aria-busy="true"><p role="status">{ &props.what }</p></main>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct FailedProps {
    why: AttrValue,
    again: Callback<()>,
}

#[component]
fn Failed(props: &FailedProps) -> Html {
    html! {
        <>
            <Topbar />
            <main id="main" class="notice-page">
                <h1>{ "This topic could not be opened" }</h1>
                <p role="alert">{ &props.why }</p>
                <p class="row">
                    <button class="primary" onclick={props.again.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
                    <a class="button" href="#/">{ "All topics" }</a>
                </p>
            </main>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct MissingProps {
    what: AttrValue,
    /// The topic whose scenarios may have been meant.
    topic: Option<ById>,
}

/// An address that leads nowhere: what was asked for, and what there is.
#[component]
fn Missing(props: &MissingProps) -> Html {
    let shell = use_shell();
    let (index, _) = use_index(&shell.library);
    use_effect_with((), |()| dom::document().set_title("Not found · Interleave"));
    let scenarios = props.topic.map(|ById(topic)| {
        let link = |&name: &&'static str| {
            let title = index.ready().map_or(name.to_owned(), |index| index.card(topic.id, name).title);
            html! { <li><a href={format!("#/{}/{name}", topic.id)}>{ title }</a></li> }
        };
        html! { <><p>{ "Its scenarios:" }</p><ul>{ for topic.scenarios.iter().map(link) }</ul></> }
    });
    let find = shell.open.reform(|_: MouseEvent| Overlay::Palette);
    html! {
        <>
            <Topbar />
            <main id="main" class="notice-page">
                <h1>{ "Nothing at this address" }</h1>
                <p>{ &props.what }{ " The link may be cut off, or newer than this page." }</p>
                { scenarios }
                <p class="row">
                    <button class="primary" onclick={find}>{ "Find a topic" }</button>
                    <a class="button" href="#/">{ "All topics" }</a>
                </p>
            </main>
        </>
    }
}
