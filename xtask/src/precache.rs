//! The service worker, written last: it carries the list of everything else in the folder.

use std::path::Path;

use serde_json::json;

use crate::failure::{Failure, Outcome};
use crate::files::{address, content_hash, files_below, read, read_text, write};

const VERSION_LINE: &str = "const VERSION = \"unbuilt\";";
const FILES_LINE: &str = "const FILES = [];";
const NAME: &str = "sw.js";

/// Writes `sw.js` into a folder that is otherwise complete.
pub fn write_service_worker(root: &Path, into: &Path) -> Outcome<()> {
    let mut files = Vec::new();
    let mut contents = String::new();
    for path in files_below(into)? {
        let name = address(&path, into);
        if name == NAME {
            continue;
        }
        contents.extend([&name, " ", &content_hash(&read(&path)?), "\n"]);
        // Some hosts redirect `index.html` to the folder, and a redirected answer may not be kept for a page.
        files.push(if name == "index.html" { "./".to_owned() } else { name });
    }
    let template = read_text(&root.join("static").join(NAME))?;
    if !template.contains(VERSION_LINE) || !template.contains(FILES_LINE) {
        return Err(Failure::new(format!("static/{NAME} must hold the lines `{VERSION_LINE}` and `{FILES_LINE}`")));
    }
    let version = content_hash((contents + &template).as_bytes());
    let script = template
        .replace(VERSION_LINE, &format!("const VERSION = \"{version}\";"))
        .replace(FILES_LINE, &format!("const FILES = {};", json!(files)));
    write(&into.join(NAME), script.as_bytes())
}
