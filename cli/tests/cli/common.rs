//! What the tests share.

use serde_json::Value as Json;
use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// What the program has printed and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program.
pub fn interleave(arguments: &[&str]) -> Ran {
    interleave_with(arguments, "")
}

/// Runs the program with something on its standard input.
pub fn interleave_with(arguments: &[&str], input: &str) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that does not read may have ended before all is written.
    let _ = child.stdin.take().expect("standard input is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    let code = output.status.code().expect("no signal ends the program");
    let ran = Ran { code, out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("panicked"), "{arguments:?} panics: {}", ran.err);
    ran
}

/// Runs the program, which must like its input: exit code 0 or 1, nothing on standard error.
pub fn fine(arguments: &[&str]) -> Ran {
    let ran = interleave(arguments);
    assert!(ran.code < 2 && ran.err.is_empty(), "{arguments:?} ends with {}: {}", ran.code, ran.err);
    ran
}

/// The JSON lines of a run.
pub fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The summary of a run, in JSON.
pub fn summary(text: &str) -> Json {
    lines(text).pop().filter(|line| line["line"] == "summary").expect("a run ends with its summary")
}

/// A file that lives as long as the test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(unique);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let path = folder.join(name);
        fs::write(&path, content).expect("the file can be written");
        Self(path)
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("the path is UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.0.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A scenario of Ricart–Agrawala that belongs to these tests.
pub const LECTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/lecture.json");

/// That scenario, changed.
pub fn changed(change: impl FnOnce(&mut Json)) -> Scratch {
    let text = fs::read_to_string(LECTURE).expect("the scenario is there");
    let mut json: Json = serde_json::from_str(&text).expect("the scenario is JSON");
    change(&mut json);
    Scratch::new("scenario.json", serde_json::to_string_pretty(&json).expect("JSON can be written"))
}
