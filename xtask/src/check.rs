//! Everything that can be said about the sources without running them, and the weight of the page.

use std::path::Path;

use crate::command::{cargo, run, say};
use crate::failure::{Failure, Outcome};
use crate::{page, sizes, system};

/// Formatting, lints, documentation, and the release page under its size.
pub fn check(root: &Path) -> Outcome<()> {
    // The bound is for the page as published, that is after wasm-opt.
    system::ensure_node()?;
    run(cargo(root).args(["fmt", "--all", "--check"]))?;
    run(cargo(root).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let page_lints =
        ["clippy", "--package", "interleave-web", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"];
    run(cargo(root).args(page_lints))?;
    run(cargo(root).args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    let page = page::build(root, false)?;
    sizes::check_budget(page.weight)?;
    if !page.complaints.is_empty() {
        return Err(Failure::new(format!("the topics' files are not complete:\n  {}", page.complaints.join("\n  "))));
    }
    say("check passed: formatting, lints natively and in WASM, documentation, the topics' files, the page's weight");
    Ok(())
}
