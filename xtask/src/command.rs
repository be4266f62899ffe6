//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome, While as _};

/// Prints one line of progress.
pub fn say(line: &str) {
    println!("xtask: {line}");
}

/// The cargo that started this tool, in the project's folder.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// The command as one would type it.
fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or_else(|| OsStr::new("?"));
    std::iter::once(name)
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs the command with its output on this terminal; anything but success is a failure.
pub fn run(command: &mut Command) -> Outcome<()> {
    let line = typed(command);
    say(&line);
    let status = command.status().to(|| format!("start `{line}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{line}` failed ({status}): its own words are above")))
    }
}

/// Runs the command and returns what it printed; its errors appear on this terminal.
pub fn output(command: &mut Command) -> Outcome<String> {
    let line = typed(command);
    let output = command.stderr(Stdio::inherit()).output().to(|| format!("start `{line}`"))?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{line}` failed ({}): its own words are above", output.status)));
    }
    String::from_utf8(output.stdout).to(|| format!("read what `{line}` printed as UTF-8"))
}

/// Whether a program of this name answers `--version`.
pub fn answers(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
