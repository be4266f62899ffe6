//! The page: `dist/`, ready for any static file server and any sub-path.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::command::say;
use crate::failure::{Failure, Outcome, While as _};
use crate::files::{empty_folder, hashed_name, read, read_text, target, write};
use crate::html::{MODULE_HINTS, Tag, replace_tags};
use crate::{names, parts, precache, sizes, topics, wasm, weights};

const PACKAGE: &str = "interleave-web";

/// A built page.
pub struct Page {
    /// The folder to serve.
    pub dist: PathBuf,
    /// What a first visit loads.
    pub weight: sizes::Weight,
    /// What is missing in the topics' files.
    pub complaints: Vec<String>,
}

/// Builds the page into `dist/`. `quick` leaves wasm-opt out.
pub fn build(root: &Path, quick: bool) -> Outcome<Page> {
    let started = Instant::now();
    let work = target(root)?.join("xtask");
    let (glue, stage) = (work.join("glue"), work.join("page"));
    let module = wasm::compile(root, PACKAGE, "--bins", PACKAGE)?;
    empty_folder(&glue)?;
    wasm::write_glue(&module, PACKAGE, wasm::Host::Web, &glue)?;
    if glue.join("snippets").exists() {
        return Err(Failure::new(
            "a crate brings its own JavaScript (wasm-bindgen snippets), which this build does not publish: \
             use web-sys for what it does, or teach xtask/src/page.rs to copy the folder `snippets`",
        ));
    }
    let wasm_file = glue.join(format!("{PACKAGE}_bg.wasm"));
    names::shorten(&glue.join(format!("{PACKAGE}.js")), &wasm_file)?;
    let later = parts::cut(&module, &wasm_file, &parts::listed(root, PACKAGE)?)?;
    if quick {
        say("--quick: wasm-opt is left out, the page is about a quarter larger");
    } else {
        for file in later.iter().map(|part| &part.file).chain([&wasm_file]) {
            wasm::shrink(root, file)?;
        }
    }

    empty_folder(&stage)?;
    let names = Names {
        glue: copy_hashed(&glue.join(format!("{PACKAGE}.js")), &stage)?,
        wasm: copy_hashed(&wasm_file, &stage)?,
        parts: later.iter().map(|part| part_hint(part, &stage)).collect::<Outcome<_>>()?,
    };
    let page = replace_tags(&read_text(&root.join("index.html"))?, |tag| place(root, &stage, &names, tag))?;
    write(&stage.join("index.html"), page.as_bytes())?;
    let written = topics::write_all(root, &stage)?;
    precache::write_service_worker(root, &stage)?;

    // Built aside and moved at the end: whoever serves `dist` meets a complete page, and a failed build keeps the old one.
    let dist = root.join("dist");
    replace_folder(&stage, &dist)?;
    weights::print_topics(&later)?;
    let weight = sizes::print_first_load(&dist)?;
    say(&format!("dist/ is ready: {} topics, {:.1} s", written.count, started.elapsed().as_secs_f32()));
    Ok(Page { dist, weight, complaints: written.complaints })
}

/// The published names of the module's files.
struct Names {
    glue: String,
    wasm: String,
    /// What `static/boot.js` has to know of the parts, as tags.
    parts: String,
}

/// Publishes a part of the module; the tag that names it.
fn part_hint(part: &parts::Piece, stage: &Path) -> Outcome<String> {
    let file = copy_hashed(&part.file, stage)?;
    let after = part.after.as_ref().map(|base| format!(" data-after=\"{base}\"")).unwrap_or_default();
    Ok(format!("<meta name=\"part-{}\" content=\"./{file}\"{after}>", part.name))
}

fn place(root: &Path, stage: &Path, names: &Names, tag: Tag) -> Outcome<String> {
    Ok(match tag {
        Tag::Css { href, part } => {
            let file = copy_hashed(&root.join(href), stage)?;
            match part {
                Some(part) => format!("<meta name=\"style-{part}\" content=\"./{file}\">"),
                None => format!("<link rel=\"stylesheet\" href=\"{file}\">"),
            }
        }
        Tag::Script { src, rest } => {
            format!("<script src=\"{}\"{rest}></script>", copy_hashed(&root.join(src), stage)?)
        }
        Tag::Copy { href } => {
            let from = root.join(href);
            let name = from.file_name().ok_or_else(|| Failure::new("index.html: copy-file needs a file's name"))?;
            write(&stage.join(name), &read(&from)?)?;
            String::new()
        }
        Tag::Module => {
            let hints =
                MODULE_HINTS.replace("{base}", "./").replace("{js}", &names.glue).replace("{wasm}", &names.wasm);
            hints + &names.parts
        }
    })
}

fn copy_hashed(from: &Path, stage: &Path) -> Outcome<String> {
    let bytes = read(from)?;
    let name = hashed_name(from, &bytes);
    write(&stage.join(&name), &bytes)?;
    Ok(name)
}

/// Moves a folder to a place that may be taken, or on another disk.
fn replace_folder(from: &Path, to: &Path) -> Outcome<()> {
    if to.exists() {
        fs::remove_dir_all(to).to(|| format!("replace {}", to.display()))?;
    }
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    for file in crate::files::files_below(from)? {
        let below = file.strip_prefix(from).to(|| format!("copy {}", file.display()))?;
        write(&to.join(below), &read(&file)?)?;
    }
    Ok(())
}
