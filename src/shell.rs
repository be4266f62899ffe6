//! The shell: what every page may ask of the frame around it, as a context.

use crate::{
    dom,
    keys::Key,
    library::Library,
    palette::PaletteAction,
    theme::Settings,
    view::{AtEnd, Keeps, Signal},
};
use sim::scene::Theme;
use std::{cell::RefCell, rc::Rc};
use yew::prelude::*;

/// A dialogue of the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlay {
    /// The command palette.
    Palette,
    /// The list of keys.
    Keys,
    /// The sessions kept in this browser.
    Sessions,
    /// Theme, motion, single keys.
    Theme,
}

/// What the page in view offers to the palette and to the list of keys.
#[derive(Default)]
struct Offers {
    actions: Vec<PaletteAction>,
    keys: &'static [Key],
}

/// The frame around the page, as every view can have it with [`shell`].
#[derive(Clone, PartialEq)]
pub struct Shell {
    /// What the user has chosen.
    pub settings: Settings,
    /// The theme in force.
    pub theme: Theme,
    /// Whether motion is to be avoided.
    pub reduced_motion: bool,
    /// Changes what the user has chosen.
    pub change: Callback<Settings>,
    /// Tells the user something: a sentence.
    pub say: Callback<String>,
    /// Opens a dialogue of the frame.
    pub open: Callback<Overlay>,
    /// Lets the user choose a file and opens it.
    pub open_file: Callback<()>,
    /// Articles, pseudocode and scenarios.
    pub library: Library,
    /// What the page in view offers; see [`offer_actions`] and [`offer_keys`].
    pub offers: SharedOffers,
}

/// What the page in view offers. Compared by identity: it changes without anybody having to be drawn anew.
#[derive(Clone, Default)]
pub struct SharedOffers(Rc<RefCell<Offers>>);

impl PartialEq for SharedOffers {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Shell {
    /// The actions of the page in view.
    pub fn actions(&self) -> Vec<PaletteAction> {
        self.offers.0.borrow().actions.clone()
    }

    /// The keys of the page in view.
    pub fn keys(&self) -> &'static [Key] {
        self.offers.0.borrow().keys
    }
}

thread_local! {
    /// The shell in force; the frame provides it before anything is drawn.
    static SHELL: Signal<Option<Shell>> = Signal::new(None);
}

/// Makes a shell the one in force.
pub fn provide(shell: &Shell) {
    SHELL.with(|signal| signal.set(Some(shell.clone())));
}

/// The frame around the page.
pub fn shell(keeps: &mut Keeps) -> Shell {
    SHELL.with(Signal::clone).read(keeps).expect("the frame is around every page")
}

/// Offers actions of this page in the command palette, for as long as the view is there. They are taken over at every
/// drawing, so that they may refer to what is on the screen.
pub fn offer_actions(keeps: &mut Keeps, actions: Vec<PaletteAction>) {
    let offers = shell(keeps).offers;
    {
        let offers = offers.clone();
        keeps.always(move || offers.0.borrow_mut().actions = actions);
    }
    keeps.effect((), move || AtEnd(move || offers.0.borrow_mut().actions.clear()));
}

/// Lists the keys of this page in the help, for as long as the view is there.
pub fn offer_keys(keeps: &mut Keeps, keys: &'static [Key]) {
    let offers = shell(keeps).offers;
    keeps.effect((), move || {
        offers.0.borrow_mut().keys = keys;
        AtEnd(move || offers.0.borrow_mut().keys = &[])
    });
}

/// Calls a handler for keys pressed while no dialogue is open and nothing is being written.
pub fn listen_keys(keeps: &mut Keeps, handler: Callback<KeyboardEvent>) {
    use wasm_bindgen::JsCast;
    keeps.effect(handler.clone(), move || {
        dom::listen(&dom::document(), "keydown", move |event| {
            if event.default_prevented() || dom::is_typing(event) || dom::dialog_is_open() {
                return;
            }
            if let Some(event) = event.dyn_ref::<KeyboardEvent>().filter(|event| dom::is_plain(event)) {
                handler.emit(event.clone());
            }
        })
    });
}
