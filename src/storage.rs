//! What the browser keeps for this page. It may be blocked, full or damaged: every failure is a sentence for the user, and
//! none of them stops anything. What the browser does not take lives as long as the page.

use std::{cell::RefCell, collections::BTreeMap};
use web_sys::Storage;

/// Why something could not be kept or read, as a sentence.
pub type Trouble = String;

const BLOCKED: &str = "This browser keeps nothing for this page: its storage is blocked.";
const FULL: &str = "This browser has no room left for this page: delete sessions that are not needed any more.";

thread_local! {
    /// What the browser did not take.
    static HELD: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

fn storage() -> Result<Storage, Trouble> {
    // The mere access throws where cookies are blocked or the page is in a sandbox.
    crate::dom::window().local_storage().ok().flatten().ok_or_else(|| BLOCKED.to_owned())
}

/// Everything that this page keeps begins with this: a host may serve other pages as well.
fn full(key: &str) -> String {
    format!("interleave.{key}")
}

/// What is kept under this name, if anything.
pub fn read(key: &str) -> Result<Option<String>, Trouble> {
    if let Some(text) = HELD.with_borrow(|held| held.get(key).cloned()) {
        return Ok(Some(text));
    }
    storage()?.get_item(&full(key)).map_err(|_| BLOCKED.to_owned())
}

/// Keeps a text under this name. On failure it is there until the page is closed.
pub fn write(key: &str, text: &str) -> Result<(), Trouble> {
    let kept = storage().and_then(|storage| storage.set_item(&full(key), text).map_err(|_| FULL.to_owned()));
    match kept {
        Ok(()) => drop(HELD.with_borrow_mut(|held| held.remove(key))),
        Err(_) => hold(key, text),
    }
    kept
}

/// Holds a text under this name until the page is closed, without asking the browser.
pub fn hold(key: &str, text: &str) {
    HELD.with_borrow_mut(|held| held.insert(key.to_owned(), text.to_owned()));
}

/// Forgets what is kept under this name.
pub fn remove(key: &str) -> Result<(), Trouble> {
    let held = HELD.with_borrow_mut(|held| held.remove(key));
    let removed = storage().and_then(|storage| storage.remove_item(&full(key)).map_err(|_| BLOCKED.to_owned()));
    if held.is_some() { Ok(()) } else { removed }
}
