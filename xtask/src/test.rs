//! Every test: native, in WASM, and in a real browser.

use std::path::Path;
use std::process::Command;

use crate::command::{answers, cargo, run, say};
use crate::failure::{Outcome, While as _};
use crate::files::{read, target};
use crate::{digests, page, system, wasm};

/// The variable by which tests learn that there is time for the long ones.
const DEEP: &str = "INTERLEAVE_DEEP";

/// Runs the tests and says at the end what passed.
pub fn test(root: &Path, no_browser: bool, deep: bool) -> Outcome<()> {
    if !no_browser {
        // First: a missing program should be known before minutes of compiling.
        system::ensure_node()?;
        system::ensure_chromium()?;
    }
    let mut native = cargo(root);
    // The bench is left out because it compiles other engines, the digests because they are run below.
    native.args(["test", "--workspace", "--exclude", "interleave-bench", "--exclude", "interleave-digests"]);
    if deep {
        native.env(DEEP, "1");
    }
    run(&mut native)?;
    if no_browser {
        say(
            "passed: the native tests. NOT RUN because of --no-browser: digests in WASM under Node and in Chromium, and the page in a browser",
        );
        return Ok(());
    }

    install_harness(root)?;
    let lines = digests::compare(root)?;
    let dist = page::build(root, false)?.dist;
    browser_tests(root, &dist, deep, &[])?;
    let trunk = trunk_smoke_test(root)?;
    say(&format!(
        "passed: the native tests; {lines} digests equal natively, in WASM under Node and in Chromium; the page in a browser; {trunk}"
    ));
    Ok(())
}

/// Installs the browser driver and the accessibility checker that `tests/package-lock.json` pins.
fn install_harness(root: &Path) -> Outcome<()> {
    let tests = root.join("tests");
    let stamp = tests.join("node_modules/.interleave-lock");
    let lock = read(&tests.join("package-lock.json"))?;
    if read(&stamp).is_ok_and(|bytes| bytes == lock) {
        return Ok(());
    }
    say("installing the browser driver into tests/node_modules");
    wasm::npm_ci(&tests)?;
    std::fs::write(&stamp, lock).to(|| format!("write {}", stamp.display()))
}

fn browser_tests(root: &Path, dist: &Path, deep: bool, names: &[&str]) -> Outcome<()> {
    let mut command = Command::new("node");
    command.arg(root.join("tests/run.mjs")).arg("--dist").arg(dist).args(names);
    if deep {
        command.env(DEEP, "1");
    }
    run(&mut command)
}

/// Builds the page and measures it in a browser; `arguments` are the bench's.
pub fn page_figures(root: &Path, arguments: &[String]) -> Outcome<()> {
    system::ensure_node()?;
    system::ensure_chromium()?;
    install_harness(root)?;
    let dist = page::build(root, false)?.dist;
    let json = arguments.iter().filter(|argument| *argument == "--json");
    run(Command::new("node").arg(root.join("tests/figures.mjs")).arg("--dist").arg(dist).args(json))
}

/// The page that Trunk builds passes the same test of the shell. Trunk is optional, so its absence is said, not failed.
fn trunk_smoke_test(root: &Path) -> Outcome<&'static str> {
    if !answers("trunk") {
        return Ok("no Trunk on PATH, so its build of the page was not tried");
    }
    let dist = target(root)?.join("xtask/trunk");
    run(Command::new("trunk").args(["build", "--dist"]).arg(&dist).current_dir(root))?;
    browser_tests(root, &dist, false, &["shell"])?;
    Ok("Trunk's build of the page as well")
}
