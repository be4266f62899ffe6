//! The figures: native, in WASM under Node, and of the page.

use std::path::{Path, PathBuf};

use crate::command::{answers, cargo, run, say};
use crate::failure::Outcome;
use crate::files::{empty_folder, target};
use crate::test;
use crate::wasm::{Host, compile, shrink, write_glue};

const PACKAGE: &str = "interleave-bench-ring";
const MODULE: &str = "interleave_bench_ring";
/// The groups of figures that need the module.
const IN_WASM: [&str; 2] = ["load", "wasm"];
/// The variable by which the bench learns where its module's glue is.
const GLUE: &str = "INTERLEAVE_BENCH_WASM";

/// Prints the figures; `arguments` are the bench's.
pub fn bench(root: &Path, page: bool, arguments: &[String]) -> Outcome<()> {
    let mut native = cargo(root);
    native.args(["run", "--release", "--package", "interleave-bench", "--"]).args(arguments);
    let mut groups = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    if groups.peek().is_none() || groups.any(|group| IN_WASM.iter().any(|name| name.starts_with(group.as_str()))) {
        if answers("node") {
            native.env(GLUE, module(root)?);
        } else {
            say("there is no Node here: the figures of WASM are left out");
        }
    }
    run(&mut native)?;
    if page { test::page_figures(root, arguments) } else { Ok(()) }
}

/// The bench's module, compiled and shrunk as the page is; returns its glue.
fn module(root: &Path) -> Outcome<PathBuf> {
    let linked = compile(root, PACKAGE, "--lib", MODULE)?;
    let folder = target(root)?.join("xtask/bench");
    empty_folder(&folder)?;
    write_glue(&linked, MODULE, Host::Node, &folder)?;
    shrink(root, &folder.join(format!("{MODULE}_bg.wasm")))?;
    Ok(folder.join(format!("{MODULE}.js")))
}
