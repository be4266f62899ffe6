//! The drawing loop: runs while something moves, and stops by itself.
//!
//! It reads the shared lab and draws the views that have signed up; Yew renders only when an event has happened.

use crate::{
    lab::{Lab, Speed},
    view::{AtEnd, Keeps},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, prelude::Closure};
use yew::Callback;

/// Milliseconds between two renderings of the panels while Play goes as fast as it can.
const RUSHING_MILLIS: f64 = 200.0;

/// A view draws itself at a time of the page's clock.
pub type Draw = Rc<dyn Fn(f64)>;

/// What the browser calls for a frame.
type OnFrame = Closure<dyn FnMut(f64)>;

/// The loop of one workbench.
pub struct Frames {
    lab: Rc<RefCell<Lab>>,
    views: RefCell<Vec<(&'static str, Draw)>>,
    callback: RefCell<Option<OnFrame>>,
    scheduled: Cell<Option<i32>>,
    changed: Callback<()>,
    before_event: Callback<f64>,
    /// When `changed` was last told.
    told: Cell<f64>,
}

/// The page's clock in milliseconds, the same that animation frames are given.
pub fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

impl Frames {
    /// A loop that tells `before_event` before Play takes one, and `changed` when one has happened.
    pub fn new(lab: Rc<RefCell<Lab>>, changed: Callback<()>, before_event: Callback<f64>) -> Rc<Self> {
        let frames = Rc::new(Self {
            lab,
            views: RefCell::default(),
            callback: RefCell::default(),
            scheduled: Cell::default(),
            changed,
            before_event,
            told: Cell::new(0.0),
        });
        // The closure holds the loop weakly, or neither would ever be dropped.
        let weak = Rc::downgrade(&frames);
        let closure = Closure::new(move |now: f64| {
            if let Some(frames) = weak.upgrade() {
                frames.frame(now);
            }
        });
        frames.callback.replace(Some(closure));
        frames
    }

    /// Signs a view up, in the place of the one of the same name.
    pub fn show(&self, name: &'static str, draw: Draw) {
        let mut views = self.views.borrow_mut();
        views.retain(|(known, _)| *known != name);
        views.push((name, draw));
        drop(views);
        self.kick();
    }

    /// Signs a view off.
    pub fn hide(&self, name: &'static str) {
        self.views.borrow_mut().retain(|(known, _)| *known != name);
    }

    /// Draws once more, soon.
    pub fn kick(&self) {
        if self.scheduled.get().is_some() {
            return;
        }
        let callback = self.callback.borrow();
        let (Some(window), Some(callback)) = (web_sys::window(), callback.as_ref()) else { return };
        if let Ok(handle) = window.request_animation_frame(callback.as_ref().unchecked_ref()) {
            self.scheduled.set(Some(handle));
        }
    }

    fn frame(&self, time: f64) {
        self.scheduled.set(None);
        if self.lab.borrow().will_play(time) {
            self.before_event.emit(time);
        }
        let changed = self.lab.borrow_mut().tick(time, now);
        // At full speed panels follow a few times a second: nobody reads faster, and the time is better spent on events.
        let rushing = {
            let lab = self.lab.borrow();
            lab.playing && lab.speed == Speed::Unbounded
        };
        if changed && !(rushing && time - self.told.get() < RUSHING_MILLIS) {
            self.told.set(time);
            self.changed.emit(());
        }
        let views: Vec<Draw> = self.views.borrow().iter().map(|(_, draw)| Rc::clone(draw)).collect();
        for draw in views {
            draw(time);
        }
        let lab = self.lab.borrow();
        if lab.playing || lab.moving.is_some() || lab.relations.reading().is_some() {
            drop(lab);
            self.kick();
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let (Some(handle), Some(window)) = (self.scheduled.get(), web_sys::window()) {
            let _ = window.cancel_animation_frame(handle);
        }
    }
}

impl FramesHandle {
    /// Keeps a view signed up for as long as it is there.
    pub fn keep_drawing(&self, keeps: &mut Keeps, name: &'static str, draw: Draw) {
        let frames = self.clone();
        keeps.effect(self.clone(), move || {
            frames.0.show(name, draw);
            AtEnd(move || frames.0.hide(name))
        });
    }

    /// Draws once more whenever the key has changed.
    pub fn draw_on<K: PartialEq + 'static>(&self, keeps: &mut Keeps, key: K) {
        let frames = self.clone();
        keeps.effect(key, move || frames.0.kick());
    }
}

/// The loop as components hold it.
#[derive(Clone)]
pub struct FramesHandle(pub Rc<Frames>);

impl PartialEq for FramesHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
