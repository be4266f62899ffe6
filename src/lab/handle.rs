//! The lab as components hold it.

use super::{Action, Lab};
use std::{
    cell::{Ref, RefCell},
    rc::Rc,
};
use yew::Callback;

/// The lab as components hold it: shared, and different whenever something has changed.
#[derive(Clone)]
pub struct LabHandle {
    lab: Rc<RefCell<Lab>>,
    version: u64,
    dispatch: Callback<Action>,
}

impl PartialEq for LabHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.lab, &other.lab) && self.version == other.version
    }
}

impl LabHandle {
    /// A handle at the lab's present version.
    pub fn new(lab: &Rc<RefCell<Lab>>, dispatch: Callback<Action>) -> Self {
        Self { version: lab.borrow().version, lab: Rc::clone(lab), dispatch }
    }
    /// The lab, to be looked at.
    pub fn get(&self) -> Ref<'_, Lab> {
        self.lab.borrow()
    }
    /// The shared cell, for the drawing loop.
    pub fn cell(&self) -> Rc<RefCell<Lab>> {
        Rc::clone(&self.lab)
    }
    /// Does something.
    pub fn act(&self, action: Action) {
        self.dispatch.emit(action);
    }
    /// A callback that does something.
    pub fn on(&self, action: Action) -> Callback<()> {
        let dispatch = self.dispatch.clone();
        Callback::from(move |()| dispatch.emit(action.clone()))
    }
}
