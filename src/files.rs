//! Opening files: scenarios and sessions, chosen or dropped. What cannot be opened is told with the place in the file.

use crate::{
    dom,
    markup::html,
    parts, sessions,
    shell::Shell,
    view::{Keeps, State, View},
};
use sim::{
    Scenario, Session,
    address::{self, Address},
    algorithms::{self, Listed},
    limits,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::{Callback, Html, NodeRef};

/// The longest run of a link that goes into an address. Longer ones are kept, and the address names them.
const ADDRESS_CHARS: usize = 2_000;

/// Where a file leads, and a sentence where it is only kept until the page is closed.
fn read(name: &str, text: &str) -> Result<(Address, Option<String>), String> {
    if let Some(link) = link_in(text) {
        return Ok((Address::read(&link), None));
    }
    let session = Session::read(text).map_err(|error| format!("{error}."))?;
    if session.moments() <= 1 {
        // A scenario, or a session that has not begun: its link says it all.
        let address = address::write(&session, None);
        if address.run.len() <= ADDRESS_CHARS {
            return Ok((address, None));
        }
    }
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    let kept = sessions::keep(&session, None, name);
    Ok((kept.entry.address(), kept.warning))
}

/// The topic whose program the file needs; nothing where it names none, of which `read` tells.
fn runs(text: &str) -> Option<&'static Listed> {
    if Scenario::is_bare_trace(text) {
        return algorithms::topic(algorithms::OF_TRACES.0);
    }
    let json = sim::json::parse(text).ok()?;
    let scenario = json.get("scenario").unwrap_or(&json);
    algorithms::topic(scenario.get("algorithm")?.as_str()?)
}

/// The link that a file of the guard keeps: what was saved when the program had stopped.
fn link_in(text: &str) -> Option<String> {
    if text.len() > limits::LINK_CHARS * 2 {
        return None;
    }
    let json = sim::json::parse(text).ok()?;
    Some(json.as_object()?.get("link")?.as_str()?.to_owned())
}

/// Opens a file, once what reads it is here.
fn open_later(file: File, shell: &Shell) {
    let shell = shell.clone();
    let say = shell.say.clone();
    parts::after("tools", &say, Box::new(move || open(&file, &shell)));
}

/// Opens a file: a gate of its part (`crate::parts`).
#[inline(never)]
fn open(file: &File, shell: &Shell) {
    let name = file.name();
    let say = shell.say.clone();
    if file.size() > limits::FILE_BYTES as f64 {
        say.emit(format!("“{name}” is not opened: it is larger than {} MiB.", limits::FILE_BYTES >> 20));
        return;
    }
    let text = file.text();
    spawn_local(async move {
        let Ok(text) = JsFuture::from(text).await else {
            say.emit(format!("“{name}” could not be read. Is it still where it was?"));
            return;
        };
        let text = text.as_string().unwrap_or_default();
        if let Some(topic) = runs(&text)
            && let Err(why) = parts::finish(parts::begin(topic.id)).await
        {
            say.emit(why.to_string());
            return;
        }
        match read(&name, &text) {
            Ok((address, warning)) => {
                crate::dialog::close_open();
                dom::go(&address);
                if let Some(warning) = warning {
                    say.emit(warning);
                }
            }
            Err(error) => say.emit(format!("“{name}” is no scenario, session or trace that can be opened: {error}")),
        }
    });
}

/// The hidden field for files, and what shows where a file can be dropped: anywhere.
#[derive(PartialEq)]
pub struct Files {
    /// The frame.
    pub shell: Shell,
    /// The hidden field through which the browser lets files be chosen.
    pub field: NodeRef,
}

impl View for Files {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let over = keeps.state(|| false);
        {
            let (over, shell) = (over.clone(), self.shell.clone());
            keeps.effect(self.shell.clone(), move || {
                let page = dom::document();
                ["dragover", "dragleave", "drop"].map(|name| {
                    let (over, shell) = (over.clone(), shell.clone());
                    dom::listen(&page, name, move |event| {
                        if let Some(event) = event.dyn_ref::<DragEvent>() {
                            dragged(name, event, &over, &shell);
                        }
                    })
                })
            });
        }
        let onchange = {
            let (field, shell) = (self.field.clone(), self.shell.clone());
            Callback::from(move |()| {
                let Some(field) = field.cast::<HtmlInputElement>() else { return };
                if let Some(file) = field.files().and_then(|files| files.get(0)) {
                    open_later(file, &shell);
                }
                // The same file may be chosen again after it was mended.
                field.set_value("");
            })
        };
        html! {
            <input ref={self.field.clone()} type="file" hidden=true accept=".json,.csv,.tsv,.txt,application/json,text/plain,text/csv" {onchange}
                aria-label="A scenario, session or trace file" />
            if over.get() {
                <div class="drop-here">{ "Drop a scenario, a session or a trace to open it." }</div>
            }
        }
    }
}

fn dragged(name: &str, event: &DragEvent, over: &State<bool>, shell: &Shell) {
    let Some(data) = event.data_transfer() else { return };
    let has_files = data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files"));
    if !has_files {
        return;
    }
    match name {
        "dragover" => {
            // Only who prevents the default gets the drop; else the browser would leave the page for the file.
            event.prevent_default();
            over.set(true);
        }
        "drop" => {
            event.prevent_default();
            over.set(false);
            if let Some(file) = data.files().and_then(|files| files.get(0)) {
                open_later(file, shell);
            }
        }
        _ => {
            if event.related_target().is_none() {
                over.set(false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_file_is_refused_with_the_place() {
        for (text, place) in [
            ("not json", "line 1, column 1"),
            ("at, node\n1 s, M1\nsoon, M1", "line 3, column 1"),
            ("{\n  \"version\": 1,\n  oops", "line 3, column 3"),
            ("[]", "`file`"),
            ("{\"version\": 1}", "line 1, column 14"),
            ("{\"interleave\": 1}", "missing field `scenario`"),
        ] {
            let error = read("x.json", text).unwrap_err();
            assert!(error.contains(place), "{text}: {error}");
        }
    }

    #[test]
    fn a_file_says_what_it_runs() {
        let id = algorithms::TOPICS[0].id;
        for text in [format!(r#"{{"algorithm": "{id}"}}"#), format!(r#"{{"scenario": {{"algorithm": "{id}"}}}}"#)] {
            assert_eq!(runs(&text).map(|topic| topic.id), Some(id));
        }
        assert!(runs("[1]").is_none() && runs(r#"{"algorithm": "mutex/none"}"#).is_none());
    }

    #[test]
    fn a_file_of_the_guard_leads_to_its_link() {
        let (address, _) =
            read("interleave-session.json", r##"{"interleave": 1, "link": "#/mutex/a/tie?1AbC"}"##).unwrap();
        assert_eq!(address.to_string(), "/mutex/a/tie?1AbC");
    }
}
