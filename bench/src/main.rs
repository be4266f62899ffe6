//! The figures of Interleave, beside other engines: `cargo xtask bench`.
//!
//! It measures and asserts nothing about time: a bound that is missed is printed as missed. What is asserted is that the
//! things compared did the same work. Machines drift, so figures that are compared are taken in turns in one run.

mod dedicated;
mod engine;
mod figure;
mod heap;
mod history;
mod links;
mod load;
mod nexo;
mod rounds;
mod wasm;

use figure::{Figure, Report};

/// One group of figures: the prefix of their names, and what measures them.
type Group = (&'static str, fn() -> Vec<Figure>);

const GROUPS: &[Group] = &[
    ("engine.ring", engine::ring),
    ("history", history::history),
    ("link", links::lengths),
    ("load", load::load),
    ("wasm", wasm::wasm),
];

const USAGE: &str = "cargo xtask bench [--json] [GROUP…]
  --json   one JSON object a line: name, value, unit, and where there is a bound: bound, ok
  GROUP    only the groups of figures whose names begin so";

fn main() {
    let (options, wanted): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with('-'));
    if let Some(unknown) = options.iter().find(|option| *option != "--json") {
        eprintln!("`{unknown}` is no option of the bench.\n{USAGE}");
        std::process::exit(2);
    }
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|prefix| name.starts_with(prefix.as_str()));
    if !GROUPS.iter().any(|(name, _)| chosen(name)) {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no such group of figures; there are: {}.\n{USAGE}", names.join(", "));
        std::process::exit(2);
    }
    let mut report = Report::new(!options.is_empty());
    for (_, measure) in GROUPS.iter().filter(|(name, _)| chosen(name)) {
        report.print(&measure());
    }
}
