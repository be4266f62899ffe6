//! The shell: what every page may ask of the frame around it, as a context.

use crate::{dom, keys::Key, library::Library, palette::PaletteAction, theme::Settings};
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

/// The frame around the page, as every component can have it with [`use_shell`].
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
    /// What the page in view offers; see [`use_page_actions`] and [`use_page_keys`].
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

/// The frame around the page.
#[hook]
pub fn use_shell() -> Shell {
    use_context().expect("the frame is around every page")
}

/// Offers actions of this page in the command palette, for as long as the component is there. They are taken over at
/// every drawing, so that they may refer to what is on the screen.
#[hook]
pub fn use_page_actions(actions: Vec<PaletteAction>) {
    let offers = use_shell().offers;
    {
        let offers = offers.clone();
        use_effect(move || offers.0.borrow_mut().actions = actions);
    }
    use_effect_with((), move |()| move || offers.0.borrow_mut().actions.clear());
}

/// Lists the keys of this page in the help, for as long as the component is there.
#[hook]
pub fn use_page_keys(keys: &'static [Key]) {
    let offers = use_shell().offers;
    use_effect_with((), move |()| {
        offers.0.borrow_mut().keys = keys;
        move || offers.0.borrow_mut().keys = &[]
    });
}

/// Calls a handler for keys pressed while no dialogue is open and nothing is being written.
#[hook]
pub fn use_keys(handler: Callback<KeyboardEvent>) {
    use wasm_bindgen::JsCast;
    use_effect_with(handler, |handler| {
        let handler = handler.clone();
        let listener = dom::listen(&dom::document(), "keydown", move |event| {
            if event.default_prevented() || dom::is_typing(event) || dom::dialog_is_open() {
                return;
            }
            if let Some(event) = event.dyn_ref::<KeyboardEvent>().filter(|event| dom::is_plain(event)) {
                handler.emit(event.clone());
            }
        });
        move || drop(listener)
    });
}
