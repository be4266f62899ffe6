//! Keeps the moment in the address (SEMANTICS 26): when stepping rests, at most three times a second, and at once on
//! pause, when the page is left, and for sharing.

use crate::{dom, lab::Lab, parts, storage};
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Characters of an address that are borne everywhere.
const MAX_ADDRESS: usize = 2_000;
/// Milliseconds between two writings: browsers refuse a hundred in half a minute.
const REST_MILLIS: u32 = 400;
/// Moments of a branch up to which the address is made for every single event.
const SHORT_LINE: usize = 20_000;

/// What begins the run of an address that names a session kept in this browser.
pub const LOCAL: char = '~';

/// Where an over-long session is kept.
fn local_key(topic: &str) -> String {
    format!("moment.{}", topic.replace('/', "."))
}

/// A moment as an address can hold it.
pub struct Kept {
    /// What follows the `#`.
    pub hash: String,
    /// Why the link alone does not do, if so: what the share panel says.
    pub too_long: bool,
}

/// The address of one workbench.
pub struct Keeper {
    lab: Rc<RefCell<Lab>>,
    timer: RefCell<Option<Timeout>>,
    written: RefCell<String>,
    told: Cell<f64>,
    good: RefCell<String>,
}

impl Keeper {
    /// A keeper that believes that the address holds `hash`.
    pub fn new(lab: Rc<RefCell<Lab>>, hash: String) -> Rc<Self> {
        let good = RefCell::new(hash.clone());
        Rc::new(Self { lab, timer: RefCell::default(), written: RefCell::new(hash), told: Cell::new(0.0), good })
    }

    /// What the address was last made to hold.
    pub fn written(&self) -> String {
        self.written.borrow().clone()
    }

    /// Tells the guard the moment before an event, so that a trap costs nothing but the event.
    pub fn before_event(&self, now: f64) {
        let lab = self.lab.borrow();
        let long = lab.session.line().len() > SHORT_LINE;
        if long && now - self.told.get() < 1_000.0 {
            return;
        }
        self.told.set(now);
        let link = format!("#{}", lab.address());
        let earlier = self.good.replace(link.clone());
        keep_in_guard(&link, &earlier);
    }

    /// Something has changed: the address follows when stepping rests.
    pub fn changed(self: &Rc<Self>) {
        if self.timer.borrow().is_some() {
            return;
        }
        let keeper = Rc::downgrade(self);
        let timer = Timeout::new(REST_MILLIS, move || {
            if let Some(keeper) = keeper.upgrade() {
                keeper.timer.borrow_mut().take();
                keeper.write();
            }
        });
        self.timer.replace(Some(timer));
    }

    /// The moment as an address, kept in this browser where it is too long for one.
    pub fn keep(&self) -> Kept {
        let Ok(lab) = self.lab.try_borrow() else { return Kept { hash: self.written(), too_long: false } };
        let mut address = lab.address();
        let too_long = page_address().len() + address.to_string().len() + 1 > MAX_ADDRESS;
        if too_long {
            if !parts::ready("tools") {
                let _ = parts::begin("tools");
                return Kept { hash: self.written(), too_long };
            }
            address.run = store(&lab, &address.topic);
        }
        Kept { hash: format!("#{address}"), too_long }
    }

    /// Makes the address hold the present moment now. A refusal by the browser is tried again later.
    pub fn write(self: &Rc<Self>) {
        let Kept { hash, too_long } = self.keep();
        if too_long && !parts::ready("tools") {
            return self.changed();
        }
        if *self.written.borrow() == hash {
            return;
        }
        let history = dom::window().history();
        let replaced = history.and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&hash)));
        match replaced {
            Ok(()) => {
                self.written.replace(hash);
            }
            Err(_) => self.changed(),
        }
    }
}

/// Keeps the session in this browser; what the address says in its place. A gate of its part (`crate::parts`).
#[inline(never)]
fn store(lab: &Lab, topic: &str) -> String {
    let key = local_key(topic);
    match storage::write(&key, &lab.session.to_file().write()) {
        Ok(()) => format!("{LOCAL}{key}"),
        Err(_) => String::new(),
    }
}

/// The session that an address with a local run names.
pub fn read_local(run: &str) -> Option<Result<sim::Session, String>> {
    let key = run.strip_prefix(LOCAL)?;
    Some(match storage::read(key) {
        Ok(Some(text)) => sim::Session::read(&text).map_err(|error| error.to_string()),
        Ok(None) => Err("This address names a session that was kept in another browser. Ask for its file.".into()),
        Err(trouble) => Err(trouble),
    })
}

#[wasm_bindgen]
extern "C" {
    /// Tells the guard outside the module which moments are good (static/guard.js).
    #[wasm_bindgen(js_namespace = interleaveGuard, js_name = keep)]
    fn keep_in_guard(good: &str, earlier: &str);
}

/// The page's own address, without what follows the `#`.
fn page_address() -> String {
    let href = dom::window().location().href().unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}
