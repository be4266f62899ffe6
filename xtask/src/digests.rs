//! The same runs natively, in WASM under Node and in WASM in Chromium: every digest must agree.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, output, say};
use crate::failure::{Failure, Outcome};
use crate::files::{empty_folder, target};
use crate::wasm::{Host, compile, write_glue};

const PACKAGE: &str = "interleave-digests";
const MODULE: &str = "interleave_digests";

/// Compares the three; returns how many lines agree.
pub fn compare(root: &Path) -> Outcome<usize> {
    say("comparing digests: native, WASM under Node, WASM in Chromium");
    let native = output(cargo(root).args(["run", "--quiet", "--package", PACKAGE]))?;
    let module = compile(root, PACKAGE, "--lib", MODULE)?;
    let work = target(root)?.join("xtask/digests");
    let (node, web) = (work.join("node"), work.join("web"));
    empty_folder(&work)?;
    write_glue(&module, MODULE, Host::Node, &node)?;
    write_glue(&module, MODULE, Host::Web, &web)?;

    let tests = root.join("tests/wasm");
    let under_node = output(Command::new("node").arg(tests.join("node.cjs")).arg(node.join(format!("{MODULE}.js"))))?;
    same("WASM under Node", &native, &under_node)?;
    let in_chromium = output(Command::new("node").arg(tests.join("chromium.mjs")).arg(&web))?;
    same("WASM in Chromium", &native, &in_chromium)?;
    Ok(native.lines().count())
}

fn same(place: &str, native: &str, other: &str) -> Outcome<()> {
    if native.lines().next().is_none() {
        return Err(Failure::new("there are no digests to compare: tests/wasm/src/lib.rs returned nothing"));
    }
    match first_difference(native, other) {
        None => Ok(()),
        Some((line, here, there)) => Err(Failure::new(format!(
            "the digests differ first at line {line}.\n  native: {here}\n  {place}: {there}\n\
             Something in `sim` depends on the machine: a pointer's width, a float, the order of a hash map"
        ))),
    }
}

/// The first line (counted from 1) in which two texts differ, and what each has there.
fn first_difference<'a>(one: &'a str, other: &'a str) -> Option<(usize, &'a str, &'a str)> {
    const ENDED: &str = "(no more lines)";
    let (mut left, mut right) = (one.lines(), other.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => return Some((number, a.unwrap_or(ENDED), b.unwrap_or(ENDED))),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        assert_eq!(first_difference("a\nb\n", "a\n"), Some((2, "b", "(no more lines)")));
    }
}
