//! What can be said about the sources without running them.

use crate::{algorithms, all_right, is_guest, package};
use sim::{Algorithm, algorithms::ALGORITHMS};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Lines that a file may have.
const MOST_LINES: usize = 500;
/// Lines that a function may have, its signature and braces included.
const MOST_LINES_OF_A_FUNCTION: usize = 70;

/// All Rust files below a folder, by their paths in the package, with their text.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&package().join(folder), &mut found);
    found.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(package()).unwrap_or(&path).to_string_lossy().into_owned();
        Some((name, fs::read_to_string(path).ok()?))
    };
    found.into_iter().filter_map(named).collect()
}

/// `src/algorithms/mutex/ricart_agrawala`, without an extension.
fn stem(id: &str) -> String {
    format!("src/algorithms/{}", id.replace('-', "_"))
}

/// The sources of an algorithm: its file, and the folder of the same name if there is one.
pub fn of(algorithm: &Algorithm) -> Vec<(String, String)> {
    let stem = stem(algorithm.id);
    let own = |name: &str| name == format!("{stem}.rs") || name.starts_with(&format!("{stem}/"));
    rust_files("src/algorithms").into_iter().filter(|(name, _)| own(name)).collect()
}

#[test]
fn an_id_is_the_path_of_code_article_and_pseudocode() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        for extension in ["rs", "md", "txt"] {
            let file = format!("{}.{extension}", stem(algorithm.id));
            let wanted = extension != "txt" || !is_guest(algorithm);
            match (package().join(&file).is_file(), wanted) {
                (false, true) => faults.push(format!("{}: there is no sim/{file}", algorithm.id)),
                (true, false) => faults.push(format!("{}: sim/{file} is of no process of its own", algorithm.id)),
                _ => {}
            }
        }
    }
    all_right(&faults);
}

/// A topic that is written but not listed is found by nobody.
#[test]
fn every_article_and_scenario_file_is_listed() {
    let stems: BTreeSet<String> = ALGORITHMS.iter().map(|algorithm| stem(algorithm.id)).collect();
    let scenarios: BTreeSet<String> = ALGORITHMS
        .iter()
        .flat_map(|algorithm| algorithm.scenarios.iter().map(|name| format!("scenarios/{}/{name}.json", algorithm.id)))
        .collect();
    let mut faults = Vec::new();
    for extension in ["md", "txt"] {
        for file in files_below(&package().join("src/algorithms"), extension) {
            let name = file.strip_prefix(package()).unwrap_or(&file).with_extension("");
            if !stems.contains(&*name.to_string_lossy()) {
                faults.push(format!("sim/{}.{extension} belongs to no listed algorithm", name.display()));
            }
        }
    }
    let root = package().join("..");
    for file in files_below(&root.join("scenarios"), "json") {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
        if !scenarios.contains(&name) {
            faults.push(format!("{name} is a scenario of no listed algorithm"));
        }
    }
    for file in files_below(&root.join("experiments"), "json") {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
        let of_one = |known: &&Algorithm| {
            known.experiments.iter().any(|own| name == format!("experiments/{}/{own}.json", known.id))
        };
        if !ALGORITHMS.iter().any(of_one) {
            faults.push(format!("{name} is an experiment of no listed topic"));
        }
    }
    all_right(&faults);
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Their bytes differ between native and WASM, or from machine to machine (SEMANTICS 23 and 24).
#[test]
fn no_state_or_message_holds_a_float_or_a_number_of_pointer_width() {
    let mut faults = Vec::new();
    for (name, source) in rust_files("src/algorithms") {
        let mut inside = false;
        for (number, line) in source.lines().enumerate() {
            let opens = line.trim_start().trim_start_matches("pub ").trim_start_matches("(super) ");
            if (opens.starts_with("struct ") || opens.starts_with("enum ")) && !line.trim_end().ends_with(';') {
                inside = true;
            }
            let words = line.split("//").next().unwrap_or("").split(|letter: char| !letter.is_alphanumeric());
            let forbidden = words.into_iter().find(|word| ["usize", "isize", "f32", "f64"].contains(word));
            let tuple = opens.starts_with("struct ") && line.trim_end().ends_with(';');
            if let Some(word) = forbidden.filter(|_| inside || tuple) {
                faults.push(format!("sim/{name}:{}: a `{word}` in a type", number + 1));
            }
            inside &= line.trim_end() != "}" && !(line.trim_end().ends_with('}') && opens.starts_with("struct "));
        }
    }
    all_right(&faults);
}

#[test]
fn files_and_functions_are_of_readable_length() {
    let mut faults = Vec::new();
    for (name, source) in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines: Vec<&str> = source.lines().collect();
        if lines.len() > MOST_LINES {
            faults.push(format!("sim/{name}: {} lines, at most {MOST_LINES}", lines.len()));
        }
        for (start, length) in functions(&lines).filter(|&(_, length)| length > MOST_LINES_OF_A_FUNCTION) {
            let head = lines[start].trim();
            faults
                .push(format!("sim/{name}:{}: {length} lines, at most {MOST_LINES_OF_A_FUNCTION}: {head}", start + 1));
        }
    }
    all_right(&faults);
}

/// Where functions begin, and how many lines they have: to the closing brace of the same indentation.
fn functions<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let is_function = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().take(5).collect();
        words.contains(&"fn") && !line.trim_start().starts_with("//") && !line.trim_end().ends_with(';')
    };
    let starts = lines.iter().enumerate().filter(move |(_, line)| is_function(line));
    starts.filter_map(move |(start, line)| {
        let indentation = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indentation));
        let length = lines[start..].iter().position(|line| *line == closing)?;
        Some((start, length + 1))
    })
}
