//! The vectors of the reference: whatever lies beside the tests is used by one of them, as soon as its topic is in the list.

use crate::{algorithms, all_right};
use std::{fs, path::Path};

/// The text of every test, read from the sources.
fn tests(folder: &Path, text: &mut String) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            tests(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

/// A vector is named by its id, or by what its id begins with where there is one for each number or case:
/// `format!("chang-roberts-{n}")`, or a look at all that begin with `supermarket-d`.
fn is_named(id: &str, text: &str) -> bool {
    let quoted = |name: &str, end: char| text.contains(&format!("\"{name}{end}"));
    let stem = |cut: usize| quoted(&id[..cut], '{') || quoted(&id[..cut], '"');
    quoted(id, '"') || (4..id.len()).rev().filter(|&cut| id.is_char_boundary(cut)).any(stem)
}

#[test]
fn every_vector_is_used_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let (mut text, mut faults, mut count) = (String::new(), Vec::new(), 0);
    tests(&folder, &mut text);
    for path in
        fs::read_dir(folder.join("vectors")).expect("the vectors").filter_map(Result::ok).map(|entry| entry.path())
    {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read: Vec<serde_json::Value> = serde_json::from_str(&fs::read_to_string(&path).expect("a file"))
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        if !text.contains(&format!("vectors/{file}")) {
            faults.push(format!("{file} is read by no test"));
        }
        for vector in &read {
            let id = vector["id"].as_str().unwrap_or_else(|| panic!("{file}: a vector without an id"));
            let topics = vector["algorithm"].as_str().unwrap_or_default();
            let listed = topics.ends_with('*') || algorithms().any(|algorithm| topics.contains(algorithm.id));
            count += 1;
            if listed && !is_named(id, &text) {
                faults.push(format!("{file}: no test names {id}"));
            }
        }
    }
    assert!(count > 100, "only {count} vectors were found");
    all_right(&faults);
}
