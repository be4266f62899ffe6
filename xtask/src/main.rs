//! `cargo xtask …`: everything that one does with this project, on a machine that has only Rust and a network.

#![forbid(unsafe_code)]

mod bench;
mod check;
mod command;
mod digests;
mod failure;
mod files;
mod html;
mod names;
mod page;
mod parts;
mod precache;
mod serve;
mod sizes;
mod system;
mod test;
mod topics;
mod wasm;
mod weights;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Outcome;

/// Set-up, build, test, serve and bench of Interleave.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page and serve it on this machine.
    Serve {
        /// The port on 127.0.0.1.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Build again whenever a source changes.
        #[arg(long)]
        watch: bool,
        /// Leave wasm-opt out: quicker to build, slower to load.
        #[arg(long)]
        quick: bool,
    },
    /// Build the page into dist/, for any static file server and any sub-path.
    Build {
        /// Leave wasm-opt out: quicker to build, slower to load.
        #[arg(long)]
        quick: bool,
    },
    /// Run every test: native, in WASM under Node, in a real browser.
    Test {
        /// Leave out what needs Node or Chromium (the closing line says so).
        #[arg(long)]
        no_browser: bool,
        /// Longer searches and more random schedules.
        #[arg(long)]
        deep: bool,
    },
    /// Formatting, lints, documentation, and the page's weight.
    Check,
    /// Measure. What follows goes to the bench, e.g. `cargo xtask bench --json`.
    Bench {
        /// The page's figures as well: built and measured in a headless Chromium.
        #[arg(long)]
        page: bool,
        /// Arguments of the bench.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Write the topics' files (articles, pseudocode, scenarios) into a folder. Trunk's hook calls it.
    Topics {
        /// The folder.
        #[arg(long, env = "TRUNK_STAGING_DIR")]
        into: PathBuf,
        /// Write the service worker as well: the folder must be complete otherwise.
        #[arg(long)]
        service_worker: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match files::root().and_then(|root| perform(&root, arguments.task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn perform(root: &Path, task: Task) -> Outcome<()> {
    match task {
        Task::Serve { port, watch, quick } => serve::serve(root, port, watch, quick),
        Task::Build { quick } => page::build(root, quick).map(|_| ()),
        Task::Test { no_browser, deep } => test::test(root, no_browser, deep),
        Task::Check => check::check(root),
        Task::Bench { page, arguments } => bench::bench(root, page, &arguments),
        Task::Topics { into, service_worker } => {
            topics::write_all(root, &into)?;
            if service_worker { precache::write_service_worker(root, &into) } else { Ok(()) }
        }
    }
}
