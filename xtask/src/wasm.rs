//! From Rust to WebAssembly: compile, write the glue, shrink.

use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::command::{answers, cargo, output, run, say};
use crate::failure::{Failure, Outcome, While as _};
use crate::files::{read, target, write};

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "page";

/// What the compiler is told beside `.cargo/config.toml`. The linker says which function and which piece of data refers
/// to which (`parts/needs.rs`; nothing of it reaches the page), and no path of this machine is built in. At level `z` next
/// to nothing is put in line; a little of it, and the engine takes half as many events again for a twentieth of its size.
fn flags(root: &Path) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    format!(
        "target.wasm32-unknown-unknown.rustflags=['-C', 'link-arg=--emit-relocs', \
         '-C', 'llvm-args=-inline-threshold=30', '--remap-path-prefix={}=cargo', \
         '--remap-path-prefix={}=.']",
        home.display(),
        root.display()
    )
}

/// What rustc emits for this target by default: wasm-opt must neither refuse nor undo it.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Where the glue will run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// A page: an ES module that is told where its WASM file is.
    Web,
    /// Node: a `CommonJS` module that reads its WASM file itself.
    Node,
}

/// Compiles a package with the page's profile and returns the WASM file, still without glue.
/// `kind` says which of its targets (`--lib`, or `--bins`), `artifact` how cargo names the result.
pub fn compile(root: &Path, package: &str, kind: &str, artifact: &str) -> Outcome<PathBuf> {
    ensure_target(root)?;
    let build =
        ["build", "--config", &flags(root), "--profile", PROFILE, "--target", TARGET, "--package", package, kind];
    run(cargo(root).args(build))?;
    let file = target(root)?.join(TARGET).join(PROFILE).join(artifact).with_extension("wasm");
    if file.is_file() {
        Ok(file)
    } else {
        Err(Failure::new(format!("the build left no {}: has the package or its binary been renamed?", file.display())))
    }
}

/// Adds the compilation target to the toolchain where it is missing.
fn ensure_target(root: &Path) -> Outcome<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    if !answers("rustup") {
        return Err(Failure::new(format!(
            "this Rust cannot compile for {TARGET}, and there is no rustup to add it: install Rust by https://rustup.rs, \
             or add your system's package for that target"
        )));
    }
    say(&format!("adding {TARGET} to the toolchain"));
    run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root))
}

/// Writes `<name>.js` and `<name>_bg.wasm` into the folder.
pub fn write_glue(module: &Path, name: &str, host: Host, into: &Path) -> Outcome<()> {
    say(&format!("writing the glue of {name} (wasm-bindgen)"));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .typescript(false)
        // The names as the linker knows them: the module is cut into parts by them. wasm-opt takes them out.
        .demangle(false)
        .remove_producers_section(true);
    match host {
        Host::Web => bindgen.web(true),
        Host::Node => bindgen.nodejs(true),
    }
    .to(|| "set up wasm-bindgen".into())?;
    bindgen.generate(into).map_err(|error| {
        Failure::new(format!(
            "wasm-bindgen failed: {error:#}. If it speaks of a schema version, Cargo.lock holds another wasm-bindgen than xtask/Cargo.toml"
        ))
    })
}

/// Shrinks a WASM file in place. Without Node it stays as it is, and that is said.
pub fn shrink(root: &Path, file: &Path) -> Outcome<()> {
    if !answers("node") || !answers("npm") {
        say("there is no Node here, so wasm-opt is left out: the page works and is about a quarter larger");
        return Ok(());
    }
    let script = install_binaryen(root)?;
    let (before, smaller) = (read(file)?.len(), file.with_extension("opt.wasm"));
    // At last what is like each other stands together: the file compresses better by a fiftieth.
    let passes = ["-Oz", "--strip-producers", "--strip-target-features", "--reorder-functions-by-name"];
    run(Command::new("node").arg(&script).args(passes).args(FEATURES).arg(file).arg("-o").arg(&smaller))?;
    std::fs::rename(&smaller, file).to(|| format!("replace {}", file.display()))?;
    say(&format!("wasm-opt: {before} bytes became {}", read(file)?.len()));
    Ok(())
}

/// Installs the pinned npm package `binaryen` into `.tools/` and returns its wasm-opt.
fn install_binaryen(root: &Path) -> Outcome<PathBuf> {
    let tools = root.join(".tools");
    let script = tools.join("node_modules/binaryen/bin/wasm-opt");
    let lock = read(&root.join("xtask/binaryen/package-lock.json"))?;
    let installed = tools.join("package-lock.json");
    if script.is_file() && read(&installed).is_ok_and(|bytes| bytes == lock) {
        return Ok(script);
    }
    say("installing wasm-opt (npm package binaryen) into .tools/");
    for name in ["package.json", ".npmrc"] {
        write(&tools.join(name), &read(&root.join("xtask/binaryen").join(name))?)?;
    }
    write(&installed, &lock)?;
    npm_ci(&tools)?;
    Ok(script)
}

/// Installs exactly what a folder's package-lock.json names.
pub fn npm_ci(folder: &Path) -> Outcome<()> {
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder))
}
