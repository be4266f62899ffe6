//! What the tests need from the system: Node with npm, and a Chromium.

use std::process::Command;

use crate::command::{answers, output, run, say};
use crate::failure::{Failure, Outcome};

/// The names under which systems install it; `tests/harness/chromium.mjs` looks for the same ones.
const CHROMIUMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Node and npm answer afterwards, or the failure says how to install them.
pub fn ensure_node() -> Outcome<()> {
    if answers("node") && answers("npm") {
        return Ok(());
    }
    install("Node (with npm)", &["nodejs", "npm"])?;
    if answers("node") && answers("npm") { Ok(()) } else { Err(missing("Node (with npm)", &["nodejs", "npm"])) }
}

/// A Chromium answers afterwards, or the failure says how to install one.
pub fn ensure_chromium() -> Outcome<()> {
    let found = || CHROMIUMS.into_iter().any(answers);
    if found() {
        return Ok(());
    }
    // Without a font every text is boxes, and pages of boxes have other sizes.
    let packages = ["chromium", "fonts-liberation"];
    install("Chromium", &packages)?;
    if found() { Ok(()) } else { Err(missing("Chromium", &packages)) }
}

fn install(what: &str, packages: &[&str]) -> Outcome<()> {
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0");
    if !is_root || !answers("apt-get") {
        return Err(missing(what, packages));
    }
    say(&format!("{what} is missing: installing it from the system's packages"));
    run(Command::new("apt-get").arg("update"))?;
    run(Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages))
}

fn missing(what: &str, packages: &[&str]) -> Failure {
    Failure::new(format!(
        "{what} is needed and not there. Install it, on Debian and its kin by `sudo apt-get install {}`; \
         `cargo xtask test --no-browser` runs the tests that do without Node and Chromium",
        packages.join(" ")
    ))
}
